"""The requests that an archive knows, each with what came of it; and their entries in its log.

    access/asked/ID/copy-request.json     as it was sent
                    copy-notice.json      to the observed Party
                    access-decision.json
                    copy-delivery.json
                    *.logged              the index of the document's entry in the log

A document is written first and logged then; what a crash left without its entry gets it when the
register is next written to. No document is ever written over.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.archive.asking.documents import (
    DECISION,
    DELIVERY,
    MOST_BYTES,
    NOTICE,
    REQUEST,
    check_id,
    from_bytes,
    to_bytes,
)
from overflight.archive.keeping import logged
from overflight.archive.keeping.layout import Archive, committing
from overflight.errors import DataError
from overflight.files import read_bounded, write_atomic
from overflight.record.disk import flush
from overflight.record.log.entries import Entry
from overflight.record.refused import Refused

FOLDER = "asked"
ENTRY_OF = {REQUEST: "request", DECISION: "decision", DELIVERY: "delivery"}
_KINDS = (REQUEST, NOTICE, DECISION, DELIVERY)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of one request; None for what there is not yet."""

    id: str
    request: dict[str, Any] | None = None
    notice: dict[str, Any] | None = None
    decision: dict[str, Any] | None = None
    delivery: dict[str, Any] | None = None


def asked(archive: Archive, number: str) -> Asked:
    """What is known of the request of that id. Raises Refused or DataError where it is damaged."""
    folder = archive.access / FOLDER / check_id(number)
    read = [_read(folder, kind) for kind in _KINDS]
    return Asked(number, *read)


def all_asked(archive: Archive) -> Iterator[Asked]:
    """Every request that the archive knows, by id."""
    folder = archive.access / FOLDER
    if folder.is_dir():
        for below in sorted(folder.iterdir()):
            if below.is_dir() and not below.name.startswith("."):
                yield asked(archive, below.name)


def _read(folder: Path, kind: str) -> dict[str, Any] | None:
    path = folder / f"{kind}.json"
    if not path.exists():
        return None
    data = read_bounded(path, limit=MOST_BYTES)
    return from_bytes(data, kind, f"access/{FOLDER}/{folder.name}/{path.name}")


def put(archive: Archive, documents: list[dict[str, Any]], now: dt.datetime) -> dict[str, int]:
    """Keep these documents of one request, and log them; kind -> index in the log.

    What is there already and the same stays. Raises Refused (``other-document``) for one of a kind
    that the request has already with another content.
    """
    number = check_id(str(documents[0].get("id") or documents[0]["request"]))
    folder = archive.access / FOLDER / number
    with committing(archive):
        folder.mkdir(parents=True, exist_ok=True)
        for above in (folder, folder.parent, archive.access):
            flush(above)
        for document in documents:
            _put(folder, document)
        return settle(archive, now).get(number, {})


def _put(folder: Path, document: dict[str, Any]) -> None:
    data, path = to_bytes(document), folder / f"{document['kind']}.json"
    if path.exists():
        if path.read_bytes() == data:
            return
        raise Refused(
            "other-document", f"the archive has another {document['kind']} of this request",
            where=folder.name, remedy="Send a new request; what was decided stays.",
        )  # fmt: skip
    write_atomic(path, data)


def settle(archive: Archive, now: dt.datetime) -> dict[str, dict[str, int]]:
    """Log what has no entry yet, each once: request id -> kind -> index, for all that is kept.

    The caller holds the archive's lock. May be cut short anywhere, and be done again.
    """
    found: dict[str, dict[str, int]] = {}
    left: list[tuple[Path, str, tuple[str, str]]] = []
    asked_here = archive.access / FOLDER
    for folder in sorted(asked_here.iterdir()) if asked_here.is_dir() else ():
        for kind, word in ENTRY_OF.items():
            path = folder / f"{kind}.json"
            if not path.is_file():
                continue
            index = index_of(folder, kind)
            if index is None:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                left.append((folder, kind, (word, digest)))
            else:
                found.setdefault(folder.name, {})[kind] = index
    if left:
        known = {(e.of, e.sha256): at for at, e in logged.entries_read(archive.log)}
        new = [thing for _, _, thing in left if thing not in known]
        if new:
            first = logged.append(archive, [Entry(of, sha256, now) for of, sha256 in new])
            known |= {thing: first + at for at, thing in enumerate(new)}
        for folder, kind, thing in left:
            write_atomic(folder / f"{kind}.logged", f"{known[thing]}\n")
            found.setdefault(folder.name, {})[kind] = known[thing]
    return found


def index_of(folder: Path, kind: str) -> int | None:
    """The entry that a document of the request in ``folder`` says it has; None: none yet."""
    with suppress(OSError, ValueError):
        return int((folder / f"{kind}.logged").read_text(encoding="ascii"))
    return None


def known_request(archive: Archive, number: str) -> dict[str, Any]:
    """The request of that id. Raises DataError where the archive knows none."""
    found = asked(archive, number).request
    if found is None:
        raise DataError(
            f"the archive knows no request {number}", file=archive.root,
            remedy="'overflight archive asked' lists those that it knows.",
        )  # fmt: skip
    return found


def entries(archive: Archive, number: str) -> dict[str, int]:
    """Kind of document -> its entry in the log, of one request."""
    folder = archive.access / FOLDER / check_id(number)
    found = {kind: index_of(folder, kind) for kind in ENTRY_OF}
    return {kind: index for kind, index in found.items() if index is not None}
