"""What stays on the side that made it, whatever a bundle is asked to hold.

Looked for in the bytes of a file, so that it makes no difference in what it is wrapped: kinds of
documents that are never handed over, values from a private overlay, private keys. Used where a
bundle is sealed, and again where one is taken into an archive. ``hidden`` looks into what is packed
or encoded, ``picture_parts`` at what of a picture is no picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from overflight.errors import DataError

NEVER = (
    "working-plan", "campaign", "counter-proposal-assessment", "escort-kit", "cost-rates",
    "cost-statement", "people", "plan-comparison", "plan-explanation", "tour-plan", "mission-seat",
)  # fmt: skip
"""Kinds that stay at home, whatever is asked."""

MARKS = ("EXERCISE", "SIMULATED")

_NAMES = re.compile(
    r"(?:^|[^a-z])(?:private|overlay|working[-_ ]?plan|my[-_ ]?sites|passphrase|secret)(?:[^a-z]|$)"
)
_PICTURE = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\x89PNG\r\n", b"\xff\xd8\xff")
# A quote as JSON, a JSON text inside another text, XML, a web address or Python writes it.
_QUOTE = rb"(?:\\*[\"']|&(?:amp;)*(?:quot|#34|#x22|apos|#39);|%22)"
_IS = rb"\s*(?::|=|%3[Aa])\s*"
_KIND = re.compile(rb"kind%b%b%b(?:%b)%b" % (
    _QUOTE, _IS, _QUOTE, b"|".join(k.encode() for k in NEVER), _QUOTE))  # fmt: skip
_PRIVATE = re.compile(
    rb"private%b%b(?:[Tt]rue|%b|\{|\[\s*[^\s\]])" % (_QUOTE, _IS, _QUOTE)
)  # fmt: skip
_KEY = re.compile(rb"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")
_BEGIN = b"-----BEGIN "
_ESCAPED = re.compile(rb"\\+u00([0-7][0-9a-fA-F])")
_WIDE = (b"k\0i\0n\0d", b"p\0r\0i\0v\0a", b"B\0E\0G\0I\0N")
_OVERLAP = 4096


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


def is_picture(head: bytes) -> bool:
    """Whether a file that begins so is a picture, whose pixels are anything at all."""
    return head.startswith(_PICTURE)


def refuse_content(parts: Iterable[bytes], where: str) -> None:
    """Raise DataError where a file holds a document that stays at home, or a private key."""
    kept = b""
    for part in parts:
        scanned = kept + part
        refuse_text(scanned, where)
        kept = scanned[-_OVERLAP:]


def refuse_pixels(parts: Iterable[bytes], where: str) -> None:
    """The same for a file that is mostly pixels: as it stands, in no other writing."""
    kept = b""
    for part in parts:
        scanned = kept + part
        _refuse(scanned, where)
        kept = scanned[-_OVERLAP:]


def refuse_text(data: bytes, where: str) -> None:
    """The same for bytes held whole: as they stand, with letters escaped as JSON allows, and with
    two bytes a letter."""
    _refuse(data, where)
    if b"\\u00" in data:
        _refuse(_ESCAPED.sub(_letter, data), where)
    if any(map(data.__contains__, _WIDE)):
        _refuse(data.replace(b"\0", b""), where)


def _refuse(data: bytes, where: str) -> None:
    # Finding a word and then looking around it is twenty times as fast as the expressions alone.
    if _at(_KIND, b"kind", data):
        raise refuse(where, "it holds a document that stays on the side that made it")
    if _at(_PRIVATE, b"private", data):
        raise refuse(where, "it holds values from a private overlay")
    if _at(_KEY, _BEGIN, data):
        raise refuse(where, "it holds a private key")


def _at(wanted: re.Pattern[bytes], begins: bytes, data: bytes) -> bool:
    place = data.find(begins)
    while place >= 0:
        if wanted.match(data, place):
            return True
        place = data.find(begins, place + 1)
    return False


def _letter(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def marks_of(document: Any) -> tuple[str, ...]:
    """Marks that a document bears, at any depth."""
    found: set[str] = set()
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            marks = value.get("marks", value.get("overflight:marks"))
            listed = marks if isinstance(marks, list) else [marks]
            found |= {m for m in MARKS if m in listed}
            if value.get("kind") == "simulated-flight":
                found.add("SIMULATED")
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return tuple(sorted(found))
