"""Keeping what was received: a delivery or a decision on one's own request, a notice of another's.

The files that were delivered are taken in by ``archive ingest``; here it is kept that they came.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.archive.asking import register
from overflight.archive.asking.delivering import GIVEN
from overflight.archive.asking.documents import (
    DECISION,
    DELIVERY,
    MOST_BYTES,
    NOTICE,
    from_bytes,
    sha256_of,
)
from overflight.archive.keeping.layout import COMMON, Archive
from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.record.portion import PORTION
from overflight.record.refused import Refused

_TAKEN = (NOTICE, DECISION, DELIVERY)


def take(archive: Archive, folder: Path, now: dt.datetime) -> tuple[str, Mapping[str, int]]:
    """Keep the documents in ``folder``; the request's id, and their entries in the log.

    Raises Refused where they are not about the request that this archive sent, or where the portion
    beside a delivery is not the one that it names; DataError where there is nothing to keep.
    """
    found = {kind: document for kind in _TAKEN if (document := _read(folder, kind)) is not None}
    if not found:
        raise DataError(
            "there is no delivery, decision or notice here", file=folder,
            remedy="Name the folder as it was received.",
        )  # fmt: skip
    numbers = {str(document["request"]) for document in found.values()}
    if len(numbers) > 1:
        raise _differs(folder, "the documents are of several requests")
    number = numbers.pop()
    sent = register.asked(archive, number).request
    if sent is None and set(found) != {NOTICE}:
        raise DataError(
            f"this archive sent no request {number}", file=folder,
            remedy="Take it into the archive that sent the request.",
        )  # fmt: skip
    for document in found.values():
        if sent is not None and document["request_sha256"] != sha256_of(sent):
            raise _differs(folder, f"the {document['kind']} is of another request of that id")
    _check(archive, folder, found)
    return number, register.put(archive, list(found.values()), now)


def know_delivery(archive: Archive, number: str, path: Path) -> None:
    """Raise DataError where the archive knows no request ``number``, and Refused where it keeps a
    delivery under it that names another portion than the one at ``path``."""
    one = register.asked(archive, number)
    if one.request is None:
        raise DataError(
            f"the archive knows no request {number}", file=archive.root,
            remedy=f"'overflight archive asked {archive.root}' lists those that it knows; "
            "'overflight archive request' makes one.",
        )  # fmt: skip
    portion = path / PORTION
    if one.delivery is None or not portion.is_file():
        return
    if hashlib.sha256(read_bounded(portion)).hexdigest() != one.delivery["portion_sha256"]:
        raise _differs(path, f"the delivery under {number} names another portion")


def _check(archive: Archive, folder: Path, found: Mapping[str, dict[str, Any]]) -> None:
    if (notice := found.get(NOTICE)) is not None:
        holder = archive.settings.holder
        if holder not in (COMMON, notice["to"], notice["from"]):
            raise _differs(folder, f"the notice is to {notice['to']}, the archive is of {holder}")
    delivery = found.get(DELIVERY)
    if delivery is None:
        return
    decision = found.get(DECISION)
    if decision is None or delivery["decision_sha256"] != sha256_of(decision):
        raise _differs(folder, "the delivery does not rest on the decision beside it")
    if decision["decision"]["answer"] != "allowed":
        raise _differs(folder, "the delivery rests on a decision that allows none")
    portion = folder / GIVEN / PORTION
    data = read_bounded(portion) if portion.is_file() else b""
    if hashlib.sha256(data).hexdigest() != delivery["portion_sha256"]:
        raise _differs(folder, "the portion is not the one that the delivery names")


def _read(folder: Path, kind: str) -> dict[str, Any] | None:
    path = folder / f"{kind}.json"
    if not path.is_file():
        return None
    return from_bytes(read_bounded(path, limit=MOST_BYTES), kind, str(path))


def _differs(folder: Path, why: str) -> Refused:
    return Refused("other-request", why, where=folder.name)
