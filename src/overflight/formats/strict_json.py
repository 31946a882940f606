"""Reading JSON that a stranger wrote: bounded, UTF-8, finite numbers, no key twice.

Python's own reader accepts NaN, Infinity, repeated keys, lone surrogates and any size. Each of
them ends here as a DataError that says what to change.
"""

from __future__ import annotations

import json
import math
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

from overflight.errors import DataError
from overflight.files import MAX_INPUT_BYTES, read_bounded

STDIN = "-"
_LABEL = "standard input"
_MOST_DIGITS = 400
# Control characters (XML 1.0 and a terminal both choke on them), lone surrogates (cannot be
# encoded) and the two code points that are no characters.
_BAD_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def read_source(source: str | Path | bytes) -> tuple[bytes, str]:
    """The bytes of a file, of standard input ("-") or as given, and a label for messages.

    Raises DataError for a missing, unreadable or too large source.
    """
    if isinstance(source, bytes):
        data, label = source, "the input"
    elif str(source) == STDIN:
        data, label = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1), _LABEL
    else:
        return read_bounded(Path(source)), str(source)
    if len(data) > MAX_INPUT_BYTES:
        raise DataError(
            f"the input is larger than {MAX_INPUT_BYTES / 1e6:.0f} MB, the most that is read",
            file=label,
            remedy="Give a smaller document, for instance only the area and columns needed.",
        )
    return data, label


def decode_utf8(data: bytes, label: str) -> str:
    """``data`` as text without its byte order mark.

    Raises DataError, with the line, where a byte is not UTF-8.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(
            "the text is in UTF-16", file=label, line=1, remedy="Save it as UTF-8 and try again."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8 text",
            file=label,
            line=data.count(b"\n", 0, error.start) + 1,
            remedy="Save the file as UTF-8 and try again.",
        ) from None


def load_json(data: bytes, label: str) -> Any:
    """The JSON value in ``data``.

    Raises DataError for bytes that are not UTF-8, syntax errors (with the line), NaN and
    Infinity, numbers too large for a float, a key given twice, text with control characters,
    and nesting too deep to read.
    """
    text = decode_utf8(data, label)
    if not text.strip():
        raise DataError("it is empty", file=label, remedy="Give a JSON document.")
    try:
        document = json.loads(
            text,
            parse_constant=lambda name: _not_finite(name, label),
            parse_float=lambda number: _finite(number, label),
            parse_int=lambda number: _whole(number, label),
            object_pairs_hook=lambda pairs: _without_repeats(pairs, label),
        )
    except json.JSONDecodeError as error:
        raise DataError(
            f"this is not JSON: {error.msg[0].lower()}{error.msg[1:]} (column {error.colno})",
            file=label,
            line=error.lineno,
            remedy="Correct the syntax there; keys and text stand in double quotes.",
        ) from None
    except RecursionError:
        raise DataError(
            "the document is nested too deeply",
            file=label,
            remedy="Give a flatter document: no document of overflight is nested ten deep.",
        ) from None
    refuse_bad_text(document, label)
    return document


def pointer(*parts: str | int) -> str:
    """A JSON Pointer (RFC 6901): /fixes/3/lat. The whole document is "the document"."""
    escaped = (str(part).replace("~", "~0").replace("/", "~1") for part in parts)
    return "".join(f"/{part}" for part in escaped) or "the document"


def _not_finite(name: str, label: str) -> NoReturn:
    raise DataError(
        f"{name} is not a number that a document may hold",
        file=label,
        remedy="Give a finite number, or leave the field out (null) where it is not known.",
    )


def _finite(number: str, label: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        _not_finite(number[:40], label)
    return value


def _whole(number: str, label: str) -> int:
    if len(number) > _MOST_DIGITS:
        raise DataError(
            f"a number has {len(number)} digits", file=label, remedy="Give a number that can be."
        )
    return int(number)


def _without_repeats(pairs: list[tuple[str, Any]], label: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise DataError(
                f"the key {key[:60]!r} stands twice in one object",
                file=label,
                remedy="Keep one of the two; which one is meant cannot be guessed.",
            )
        result[key] = value
    return result


def refuse_bad_text(document: Any, label: str) -> None:
    """Raise DataError, with the place, for a text that no document may hold.

    Walks without recursion: the document may be as deep as the reader allows.
    """
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(document, ())]
    while stack:
        value, place = stack.pop()
        if isinstance(value, str):
            _check_text(value, place, label)
        elif isinstance(value, dict):
            for key, item in value.items():
                _check_text(key, place, label)
                stack.append((item, (*place, key)))
        elif isinstance(value, list):
            stack.extend((item, (*place, i)) for i, item in enumerate(value))


def _check_text(text: str, place: tuple[str | int, ...], label: str) -> None:
    bad = _BAD_TEXT.search(text)
    if bad is not None:
        raise DataError(
            f"the text holds a character that no document may hold (U+{ord(bad[0]):04X})",
            file=label,
            where=pointer(*place) if place else None,
            remedy="Take the character out.",
        )
