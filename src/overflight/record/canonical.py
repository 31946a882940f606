"""JSON that can be written in one way only, so that the same content has the same digest.

RFC 8785 (JSON Canonicalization Scheme) for a part of JSON: no fractions, whole numbers that every
reader keeps exactly, keys in ASCII, text in Unicode form NFC. Whatever is read is written again
and must give the same bytes, which leaves no room for a key given twice, another order, another
escape or a blank.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any, NoReturn

from overflight.record.refused import Refused

MAX_BYTES = 64 * 1024 * 1024
MAX_VALUES = 3_000_000
"""Bounds the memory that parsing takes: about 100 bytes for a value."""
_EXACT = 2**53 - 1


def dumps(value: Any) -> bytes:
    """The canonical bytes of ``value``. Raises ValueError for what has none."""
    _check(value)
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
    )
    return text.encode("utf-8")


def loads(
    data: bytes, where: str, *, most_bytes: int = MAX_BYTES, most_values: int = MAX_VALUES
) -> Any:
    """The value of canonical bytes.

    Raises Refused (``too-large``, ``not-json``, ``not-canonical``). How many values there can be is
    counted before anything is parsed.
    """
    if len(data) > most_bytes:
        raise Refused(
            "too-large", f"it has {len(data)} bytes; the most that is read is {most_bytes}",
            where=where,
        )  # fmt: skip
    if sum(map(data.count, (b",", b"{", b"["))) > most_values:
        raise Refused(
            "too-large", f"it holds more than {most_values} values, the most that is read",
            where=where,
        )  # fmt: skip
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_no, parse_constant=_no)
    except (ValueError, RecursionError):
        raise Refused(
            "not-json", "this is not JSON of the kind written here", where=where
        ) from None
    try:
        again = dumps(value)
    except (ValueError, RecursionError) as error:
        raise Refused("not-canonical", f"it is not canonical: {error}", where=where) from None
    if again != data:
        raise Refused(
            "not-canonical", "it is not canonical: written again it has other bytes", where=where
        )
    return value


def _no(text: str) -> NoReturn:
    raise ValueError(text[:40])


def _check(value: Any) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            _check_text(item)
        elif item is None or isinstance(item, bool):
            continue
        elif isinstance(item, int):
            if abs(item) > _EXACT:
                raise ValueError("a number is larger than 2^53")
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            if not all(isinstance(key, str) and key.isascii() for key in item):
                raise ValueError("a key is not ASCII text")
            stack.extend(item.values())
        else:
            raise ValueError(f"{type(item).__name__} has no canonical form")


def _check_text(text: str) -> None:
    if text.isascii():
        return
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("a text holds half a character")
    if not unicodedata.is_normalized("NFC", text):
        raise ValueError("a text is not in Unicode form NFC")
