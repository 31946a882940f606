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
from overflight.formats.strict_json import load_json

RELEASABLE = {
    "mission-report": "mission-report",
    "mission-plan": "mission-plan",
    "notification": "event",
    "counter-proposal": "event",
    "flight-record": "flight-record",
    "flight-audit": "audit",
    "track-summary": "track",
    "simulated-flight": "flight-record",
    "certification-report": "certification",
    "certification-record": "certification",
    "frame-annotation": "stac",
    "processed": "audit",
    "bundle-events": "event",
}
"""Kinds of documents that may go in, and the role each has of itself."""

NEVER = (
    "working-plan", "campaign", "counter-proposal-assessment", "escort-kit", "cost-rates",
    "cost-statement", "people", "plan-comparison", "plan-explanation", "tour-plan", "mission-seat",
)  # fmt: skip
"""Kinds that stay at home, whatever is asked."""

ROLES = (
    "mission-report", "mission-plan", "flight-plan", "flight-record", "track", "audit",
    "frame-original", "frame", "duplicate", "stac", "certification", "event", "agreement",
)  # fmt: skip
PICTURES = ("frame-original", "frame", "duplicate", "certification")

_NAMES = re.compile(
    r"(?:^|[^a-z])(?:private|overlay|working[-_ ]?plan|my[-_ ]?sites|passphrase|secret)(?:[^a-z]|$)"
)
_PACKED = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"\x28\xb5\x2f\xfd",
    b"Rar!",
)
_PICTURE = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\x89PNG\r\n", b"\xff\xd8\xff")
_TABLES = (
    re.compile(rb"sensor,begun,completed\s*"),
    re.compile(rb"cause,begun,completed(,note)?\s*"),
    re.compile(rb"time,lat,lon[a-z0-9_,]*\s*"),
)
# The kind as it stands in JSON, also inside a text of another document, where quotes are escaped.
_NEVER = re.compile(rb'\\*"kind\\*"\s*:\s*\\*"(?:%b)\\*"' % b"|".join(k.encode() for k in NEVER))
_PRIVATE = re.compile(rb'\\*"private\\*"\s*:\s*(?:true|\\*"|\{|\[\s*[^\s\]])')
_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_STAC = ("Feature", "Collection", "Catalog")
_SCAN = 1 << 22
_OVERLAP = 256


def refuse(path: str, why: str) -> DataError:
    """The refusal of a file that stays at home."""
    return DataError(
        f"this does not go into a bundle: {why}",
        file=path,
        remedy="Leave it out. A bundle goes to the other side and to whoever may ask for it.",
    )


def refuse_name(name: str) -> None:
    """Raise DataError for a name of what stays at home."""
    if _NAMES.search(name.casefold()):
        raise refuse(name, "its name says that it is private")


def role_of(path: Path, wanted: str | None, *, allowed: bool) -> tuple[str, tuple[str, ...]]:
    """The role a file has, and the marks its content bears.

    ``allowed``: the user vouches for a file of a kind that is not known here. Raises DataError for
    one that may not go in.
    """
    refuse_name(path.name)
    with path.open("rb") as stream:
        head = stream.read(4096)
    picture = head.startswith(_PICTURE)
    if not picture:
        _refuse_content(path)
    document = None if picture else _json(path, head)
    marks = () if document is None else _marks(document)
    role = _known_role(path, head, document, wanted)
    if role is None and not allowed:
        what = "it is packed, so nobody sees what it holds" if head.startswith(_PACKED) else (
            f"it is not known to be what a {wanted or 'bundle'} holds")  # fmt: skip
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


def _known_role(path: Path, head: bytes, document: Any, wanted: str | None) -> str | None:
    if head.startswith(_PICTURE):
        return wanted if wanted in PICTURES else None
    if document is not None:
        return _role_of_json(path, document, wanted)
    if any(table.fullmatch(head.split(b"\n", 1)[0]) for table in _TABLES):
        return wanted or "track" if wanted in (None, "track", "flight-record", "audit") else None
    if head.startswith(b"(FPL-") and path.suffix == ".txt":
        return "flight-plan"
    return None


def _role_of_json(path: Path, document: Any, wanted: str | None) -> str | None:
    if not isinstance(document, dict):
        return None
    kind = document.get("kind")
    if document.get("type") in _STAC and "stac_version" in document:
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


def _marks(document: Any) -> tuple[str, ...]:
    """Marks that a document bears, at any depth."""
    found: set[str] = set()
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            marks = value.get("marks", value.get("overflight:marks"))
            listed = marks if isinstance(marks, list) else [marks]
            found |= {m for m in ("EXERCISE", "SIMULATED") if m in listed}
            if value.get("kind") == "simulated-flight":
                found.add("SIMULATED")
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return tuple(sorted(found))


def _refuse_content(path: Path) -> None:
    """Raise DataError where the file holds a document that stays at home, or a private key."""
    for part in _scanned(path):
        if _NEVER.search(part):
            raise refuse(str(path), "it holds a document that stays on the side that made it")
        if _KEY.search(part):
            raise refuse(str(path), "it holds a private key")
        if _PRIVATE.search(part):
            raise refuse(str(path), "it holds values from a private overlay")


def _scanned(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        kept = b""
        while part := stream.read(_SCAN):
            yield kept + part
            kept = part[-_OVERLAP:]


def holds_passports(content: bytes) -> bool:
    """Whether a document lists people by their papers."""
    return re.search(rb"passport", content, re.IGNORECASE) is not None


def events_bytes(document: dict[str, Any]) -> bytes:
    """The shared events as they are written."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
