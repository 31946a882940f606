"""What a file is, and whether it may go into a bundle that both sides sign and all may ask for.

Denied unless known: a file goes in because it is of a kind that the other side has anyway or is due
(VI.I.21, VI.II.3-4, IX), never because nothing was found against it. What a side keeps to itself
(working plans, own sites, overlays, people, keys) does not go in by any option.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from overflight.errors import DataError, OverflightError
from overflight.files import MAX_INPUT_BYTES, read_bounded
from overflight.formats.hidden import MAX_BYTES, Search, is_packed
from overflight.formats.picture_parts import parts_of
from overflight.formats.sealable import (
    is_picture,
    marks_of,
    refuse_content,
    refuse_name,
    refuse_pixels,
)
from overflight.formats.stac_known import is_stac, stac_oddities
from overflight.formats.strict_json import load_json

RELEASABLE = {
    "mission-report": "mission-report",
    "mission-plan": "mission-plan",
    "notification": "event",
    "counter-proposal": "event",
    "flight-record": "flight-record",
    "flight-audit": "audit",
    "flight-monitor": "audit",
    "track-summary": "track",
    "simulated-flight": "flight-record",
    "certification-report": "certification",
    "certification-record": "certification",
    "sensor-radar": "certification",
    "sensor-radar-certification": "certification",
    "radar-choice": "agreement",
    "frame-annotation": "stac",
    "processed": "audit",
    "bundle-events": "event",
}
"""Kinds of documents that may go in, and the role each has of itself."""

ROLES = (
    "mission-report", "mission-plan", "flight-plan", "flight-record", "track", "audit",
    "frame-original", "frame", "duplicate", "stac", "certification", "event", "agreement",
)  # fmt: skip
PICTURES = ("frame-original", "frame", "duplicate", "certification")

_TABLES = (
    re.compile(rb"sensor,begun,completed(,marks)?\s*"),
    re.compile(rb"cause,begun,completed(,note)?(,marks)?\s*"),
    re.compile(rb"time,lat,lon[a-z0-9_,]*\s*"),
)
_ABOVE = re.compile(
    rb"# (kind: overflight-track|version: \d{1,3}|datum: [a-z-]{1,30}|source: [\w .-]{0,80}"
    rb"|(marks: )?(?P<marks>(SIMULATED|EXERCISE)( (SIMULATED|EXERCISE))?))\r?"
)
"""What our own tables say above their header."""
_MARKED = {
    "EXERCISE": re.compile(rb"OVERFLIGHT_MARKS[^<]{0,99}\bEXERCISE\b|^EXERCISE\b", re.MULTILINE),
    "SIMULATED": re.compile(rb"\bSIMULATED\b"),
}
"""A mark in the texts of a picture: as our writer puts it there, and what is simulated anyhow."""
_SCAN = 1 << 22


def role_of(path: Path, wanted: str | None, *, allowed: bool) -> tuple[str, tuple[str, ...]]:
    """The role a file has, and the marks its content bears.

    ``allowed``: the user vouches for a file of a kind that is not known here. Raises DataError for
    one that may not go in.
    """
    refuse_name(path.name)
    with path.open("rb") as stream:
        head = stream.read(4096)
    picture = is_picture(head)
    odd, marks = _picture(path) if picture else (_content(path), ())
    document = None if picture else _json(path, head)
    if document is not None:
        marks = marks_of(document)
        odd += stac_oddities(document)
        _look_into(document, str(path))
    elif not picture:
        marks = _table(head)[1]
    role = _known_role(path, head, document, wanted)
    if not allowed and (role is None or odd):
        what = f"it is not known to be what a {wanted or 'bundle'} holds"
        if role is not None:
            what = odd[0] + (f" (and {len(odd) - 1} more)" if len(odd) > 1 else "")
        elif is_packed(head):
            what = "it is packed, so nobody sees what it holds"
        raise DataError(
            f"this does not go into a bundle by itself: {what}",
            file=path,
            remedy=f"Leave it out, or look through it and vouch for it: --allow {path.name}",
        )
    if role is None and wanted is None:
        raise DataError(
            "its role is not known", file=path, remedy=f"Say --add ROLE={path}; roles: "
            f"{', '.join(ROLES)}.",
        )  # fmt: skip
    return role or str(wanted), marks


def _picture(path: Path) -> tuple[list[str], tuple[str, ...]]:
    """What is odd about a picture, and the marks that its texts bear.

    Raises DataError for what stays at home: anywhere in the file as it is written, and in its tags
    and between its parts also packed or encoded.
    """
    refuse_pixels(_scanned(path), str(path))
    with path.open("rb") as stream:
        found = parts_of(stream, path.stat().st_size)
    for where, text in found.texts:
        search = Search(f"{path}, {where}")
        search.into(text)
        if is_packed(text):
            found.say(f"its {where} holds something packed")
        found.odd += [f"its {where} holds {words}" for words in search.closed]
    texts = b"\n".join(text for _, text in found.texts)
    return found.odd, tuple(m for m, form in _MARKED.items() if form.search(texts))


def _content(path: Path) -> list[str]:
    """The same of a file that is no picture; what is too large is looked at as it is written."""
    if path.stat().st_size > MAX_BYTES:
        refuse_content(_scanned(path), str(path))
        return []
    Search(str(path)).into(path.read_bytes())
    return []


def _look_into(document: Any, where: str) -> None:
    """Raise DataError where a text in a document is itself a document that stays at home."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and len(value) > 20:
            Search(where).into(value.encode("utf-8", "replace"))
        elif isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting.extend(value)


def _known_role(path: Path, head: bytes, document: Any, wanted: str | None) -> str | None:
    if is_picture(head):
        return wanted if wanted in PICTURES else None
    if document is not None:
        return _role_of_json(path, document, wanted)
    if any(table.fullmatch(_table(head)[0]) for table in _TABLES):
        return wanted or "track" if wanted in (None, "track", "flight-record", "audit") else None
    if head.startswith(b"(FPL-") and path.suffix == ".txt":
        return "flight-plan"
    return None


def _table(head: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The header of a table, below what our own tables say above it, and the marks said there."""
    marks: dict[str, None] = {}
    for line in head.split(b"\n"):
        above = _ABOVE.fullmatch(line)
        if above is None:
            return line, tuple(marks)
        marks.update(dict.fromkeys((above["marks"] or b"").decode("ascii").split()))
    return b"", tuple(marks)


def _role_of_json(path: Path, document: Any, wanted: str | None) -> str | None:
    if not isinstance(document, dict):
        return None
    kind = document.get("kind")
    if is_stac(document):
        return "stac"
    role = RELEASABLE.get(kind) if isinstance(kind, str) else None
    if role is None:
        return None
    _hold_to_schema(path, str(kind), document)
    if wanted is not None and wanted not in (role, "event", "agreement"):
        raise DataError(
            f"a {kind} has the role {role}, not {wanted}", file=path, remedy=f"Add it as {role}."
        )
    return wanted or role


def _hold_to_schema(path: Path, kind: str, document: Any) -> None:
    """A kind is believed where its schema knows every field: more could be anything."""
    from overflight.formats.schema import schema_names, validate

    if kind in schema_names():
        validate(document, kind, file=path)


def _json(path: Path, head: bytes) -> Any:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return None
    if path.stat().st_size > MAX_INPUT_BYTES:
        return None
    try:
        return load_json(read_bounded(path), str(path))
    except OverflightError:
        return None


def _scanned(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while part := stream.read(_SCAN):
            yield part


def holds_passports(content: bytes) -> bool:
    """Whether a document lists people by their papers."""
    return re.search(rb"passport", content, re.IGNORECASE) is not None


def events_bytes(document: dict[str, Any]) -> bytes:
    """The shared events as they are written."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
