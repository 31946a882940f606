"""What SQLite does not have: functions that filters call, defined on each reading connection."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from overflight.archive.catalogue.moments import day_of, microseconds
from overflight.errors import DataError

SPATIAL = {
    "s_intersects": "intersects",
    "s_equals": "equals",
    "s_disjoint": "disjoint",
    "s_touches": "touches",
    "s_within": "within",
    "s_overlaps": "overlaps",
    "s_crosses": "crosses",
    "s_contains": "contains",
}
ARRAYS: dict[str, Callable[[set[str], set[str]], bool]] = {
    "a_equals": lambda left, right: left == right,
    "a_contains": lambda left, right: left >= right,
    "a_containedby": lambda left, right: left <= right,
    "a_overlaps": lambda left, right: not left.isdisjoint(right),
}


def define(connection: sqlite3.Connection) -> None:
    """Make them known to a connection."""
    for name, count, function in (
        ("of_moment", 1, _moment),
        ("of_case", 1, _case),
        ("of_accents", 1, _accents),
        ("of_arrays", 3, _arrays),
        ("of_shapes", 3, _shapes),
    ):
        connection.create_function(name, count, function, deterministic=True)


def one_case(text: str) -> str:
    """Letters of one case, also where one becomes two."""
    return text.casefold()


def plain(text: str) -> str:
    """Without accents."""
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def _moment(text: object) -> int | None:
    if not isinstance(text, str):
        return None
    try:
        day = day_of(text)
        return microseconds(text) if day is None else day
    except DataError:
        return None


def _case(text: object) -> str | None:
    return one_case(text) if isinstance(text, str) else None


def _accents(text: object) -> str | None:
    return plain(text) if isinstance(text, str) else None


def _arrays(op: str, left: object, right: object) -> int | None:
    one, other = _members(left), _members(right)
    if one is None or other is None:
        return None
    return int(ARRAYS[op](one, other))


def _members(text: object) -> set[str] | None:
    if not isinstance(text, str):
        return None
    found = json.loads(text)
    if found is None:
        return None
    values = found if isinstance(found, list) else [found]
    return {value if isinstance(value, str) else json.dumps(value) for value in values}


def _shapes(op: str, place: object, other: bytes) -> int | None:
    if not isinstance(place, bytes):
        return None
    import shapely

    test: Any = getattr(shapely, SPATIAL[op])
    return int(test(shapely.from_wkb(place), _kept(other)))


@lru_cache(maxsize=64)
def _kept(wkb: bytes) -> Any:
    import shapely

    found = shapely.from_wkb(wkb)
    shapely.prepare(found)
    return found
