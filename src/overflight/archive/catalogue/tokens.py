"""Tokens of pages: where a page ended, so that the next one begins there whatever came since."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from overflight.archive.catalogue.protocol import Sort
from overflight.errors import DataError

Value = str | int | float | None
_MOST = 8192


@dataclass(frozen=True, slots=True)
class Place:
    """Beside which item a page lies, by the values that it is sorted by, and on which side."""

    values: tuple[Value, ...]
    backwards: bool = False


def write(place: Place, order: Sequence[Sort]) -> str:
    """A token, of letters, digits, - and _ only."""
    document = [int(place.backwards), _digest(order), *place.values]
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(token: str, order: Sequence[Sort]) -> Place | None:
    """The place that a token names; None for "". DataError for one of another sorting or none."""
    if not token:
        return None
    try:
        if len(token) > _MOST:
            raise ValueError
        packed = token.encode("ascii") + b"=" * (-len(token) % 4)
        document = json.loads(
            base64.b64decode(packed, altchars=b"-_", validate=True), parse_constant=_refuse
        )
        back, digest, *values = document
        known = all(v is None or type(v) in (str, int, float) for v in values)
        if back not in (0, 1) or not known or len(values) != len(order):
            raise ValueError
        if any(isinstance(v, str) and not v.isprintable() for v in values):
            raise ValueError
        if any(type(v) is int and abs(v) >= 2**63 for v in values):
            raise ValueError
    except (ValueError, TypeError, RecursionError):
        raise DataError(
            "the token is none of this archive's", remedy="Follow the links of a page as they are."
        ) from None
    if digest != _digest(order):
        raise DataError(
            "the token is of a search sorted otherwise", remedy="Search again from the first page."
        )
    return Place(tuple(values), bool(back))


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _digest(order: Sequence[Sort]) -> str:
    text = "\n".join(f"{one.field} {one.descending:d}" for one in order)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
