"""The documents of a request for copies: canonical JSON, so that each has one SHA-256.

copy-request      who asks the observing Party for copies of what, with all particulars
copy-notice       the same, told to the observed Party
access-decision   what was decided on it, by which paragraph and readings
copy-delivery     what was handed over, and that it is of the first generation
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.record import canonical
from overflight.record.instants import read_instant, write_instant
from overflight.record.refused import Refused
from overflight.record.statements import CODE
from overflight.terms.access import Decision
from overflight.treaty.model import Treaty

REQUEST, NOTICE, DECISION, DELIVERY = (
    "copy-request", "copy-notice", "access-decision", "copy-delivery",
)  # fmt: skip
MOST_BYTES = 4 * 1024 * 1024
Json = Mapping[str, Any]
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True, slots=True)
class Span:
    """A portion of an observation period; both ends belong to it."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a request has to state. ``portions`` empty: the whole observation period."""

    observing: str
    observed: str
    flown: dt.date
    sensor: str
    portions: tuple[Span, ...]
    medium: str
    format: str


def to_bytes(document: Json) -> bytes:
    """The bytes of a document, after a look at its schema."""
    validate(document, str(document["kind"]))
    try:
        return canonical.dumps(document)
    except ValueError as error:
        raise DataError(
            f"the document cannot be written: {error}", remedy="Use plain text."
        ) from None


def from_bytes(data: bytes, kind: str, where: str) -> dict[str, Any]:
    """The document of that kind. Raises Refused for bytes that are not written canonically,
    DataError for another kind or what its schema does not allow."""
    value = canonical.loads(data, where, most_bytes=MOST_BYTES)
    validate(value, kind, file=where)
    for key in ("requested_at", "told_at", "decided_at", "delivered_at"):
        if key in value:
            read_instant(value[key], where)
    found: dict[str, Any] = value
    if kind == REQUEST:
        particulars_of(found, where)
        if found["id"] != _id_of(found):
            raise Refused(
                "id-differs", "its id is not that of what it says", where=where,
                remedy="Ask for the request as it was sent.",
            )  # fmt: skip
    return found


def sha256_of(document: Json) -> str:
    """SHA-256 of a document's bytes, hex."""
    return hashlib.sha256(canonical.dumps(document)).hexdigest()


def make_request(
    treaty: Treaty, asker: str, what: Particulars, at: dt.datetime, bundle: str = ""
) -> dict[str, Any]:
    """The request. Raises DataError for a medium that the treaty does not name, for a portion that
    ends before it begins, and for what cannot be a Party's code."""
    for code in (asker, what.observing, what.observed):
        if not CODE.fullmatch(code):
            raise DataError(f"{ascii(code)[:40]} is no Party's code", remedy="Give it in capitals.")
    media = media_of(treaty)
    if media and what.medium not in media:
        raise DataError(
            f"{what.medium!r} is no medium of {treaty.short}",
            remedy=f"Choose one of: {', '.join(media)}.",
        )
    for span in what.portions:
        if span.end < span.start:
            raise DataError("a portion ends before it begins", remedy="Give it as FROM/UNTIL.")
    document: dict[str, Any] = {
        "kind": REQUEST,
        "version": 1,
        "treaty": treaty.id,
        "from": asker,
        "to": what.observing,
        "tells": what.observed,
        "requested_at": write_instant(at),
        "bundle": bundle,
        "particulars": {
            "observing": what.observing,
            "observed": what.observed,
            "flown": what.flown.isoformat(),
            "sensor": what.sensor,
            "portions": [
                {"from": write_instant(span.start), "until": write_instant(span.end)}
                for span in what.portions
            ],
            "medium": what.medium,
            "format": what.format,
        },
        "purpose": "treaty",
    }
    return document | {"id": _id_of(document)}


def _id_of(document: Json) -> str:
    """The same request has the same id; another never has."""
    rest = {key: value for key, value in document.items() if key != "id"}
    said = hashlib.sha256(canonical.dumps(rest)).hexdigest()
    return f"{str(document['from']).lower()}-{said[:16]}"


def check_id(text: str) -> str:
    """``text`` itself. Raises DataError for what is no id of a request."""
    if not _ID.fullmatch(text):
        raise DataError(f"{ascii(text)[:60]} is no id of a request", remedy="See the request.")
    return text


def particulars_of(request: Json, where: str = REQUEST) -> Particulars:
    """What a request is about. Raises Refused for days and moments that there are not."""
    said = request["particulars"]
    try:
        flown = dt.date.fromisoformat(said["flown"])
    except ValueError:
        raise Refused("bad-document", "there is no such day", where=where) from None
    spans = tuple(
        Span(read_instant(p["from"], where), read_instant(p["until"], where))
        for p in said["portions"]
    )
    return Particulars(
        said["observing"], said["observed"], flown, said["sensor"], spans, said["medium"],
        said["format"],
    )  # fmt: skip


def media_of(treaty: Treaty) -> tuple[str, ...]:
    """The media that a request may name, by the treaty's data; none where it names none."""
    for right in treaty.rights:
        if "request" in right.details:
            return tuple(str(medium) for medium in right.details.get("media", ()))
    return ()


def make_notice(request: Json, at: dt.datetime) -> dict[str, Any]:
    """What the observed Party is told of a request."""
    return {
        "kind": NOTICE,
        "version": 1,
        "request": request["id"],
        "request_sha256": sha256_of(request),
        "treaty": request["treaty"],
        "from": request["from"],
        "to": request["tells"],
        "asked": request["to"],
        "told_at": write_instant(at),
        "particulars": request["particulars"],
    }


def make_decision(
    request: Json, decision: Decision, archive: str, keeper: str, on: dt.date, at: dt.datetime,
    readings: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """What was decided on a request. ``readings``: all that the archive decides under."""
    return {
        "kind": DECISION,
        "version": 1,
        "request": request["id"],
        "request_sha256": sha256_of(request),
        "treaty": request["treaty"],
        "archive": archive,
        "keeper": keeper,
        "on": on.isoformat(),
        "decided_at": write_instant(at),
        "decision": decision.as_dict(),
        "readings": dict(readings),
    }


def make_delivery(
    request: Json,
    decision: Json,
    keeper: str,
    mission: Mapping[str, str],
    files: Sequence[Mapping[str, Any]],
    portion: str,
    statement: str,
    at: dt.datetime,
) -> dict[str, Any]:
    """What was handed over. ``mission``: bundle, observing, observed, root. ``portion``: SHA-256 of
    the portion's document, which has the proofs."""
    return {
        "kind": DELIVERY,
        "version": 1,
        "request": request["id"],
        "request_sha256": sha256_of(request),
        "decision_sha256": sha256_of(decision),
        "from": keeper,
        "to": request["from"],
        "delivered_at": write_instant(at),
        **mission,
        "medium": request["particulars"]["medium"],
        "format": request["particulars"]["format"],
        "portion_sha256": portion,
        "generation": "first",
        "statement": statement,
        "files": [dict(file) for file in files],
    }
