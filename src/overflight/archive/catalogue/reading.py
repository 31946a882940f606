"""An item or a collection as it comes in: what the catalogue finds it by."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from overflight.archive.catalogue.moments import microseconds
from overflight.archive.catalogue.shapes import Box, boxes_of, geometry, plain_ring
from overflight.errors import DataError

MOST_BYTES = 4_000_000
_MOST_NAME = 512
_REMEDY = "Give STAC items and collections as JSON, one document each."


@dataclass(frozen=True, slots=True)
class Row:
    """One item. ``start`` and ``finish`` in microseconds; ``shape`` is WKB; both may be missing
    for an item without a place (``boxes`` is empty then)."""

    collection: str
    name: str
    start: int
    finish: int
    boxes: tuple[Box, ...]
    shape: bytes | None
    body: bytes


def read_item(body: bytes) -> Row:
    """DataError for what is no STAC item with id, collection, geometry (or null) and time."""
    document = _document(body, "item")
    name = _name(document.get("id"), "an item's id")
    collection = _name(document.get("collection"), f"the collection of item {name}")
    properties = document.get("properties")
    if document.get("type") != "Feature" or not isinstance(properties, Mapping):
        raise DataError(f"item {name} is no GeoJSON Feature with properties", remedy=_REMEDY)
    start, finish = _times(properties, name)
    if "geometry" not in document:
        raise DataError(f"item {name} has no geometry", remedy="Give it one, or null.")
    place = document["geometry"]
    if place is None:
        return Row(collection, name, start, finish, (), None, body)
    plain = plain_ring(place)
    if plain is not None:
        return Row(collection, name, start, finish, *plain, body)
    import shapely

    outline = geometry(place, f"the geometry of item {name}")
    return Row(collection, name, start, finish, boxes_of(outline), shapely.to_wkb(outline), body)


def read_collection(body: bytes) -> str:
    """The id of a collection. DataError for what is none."""
    document = _document(body, "collection")
    if document.get("type") != "Collection":
        raise DataError("a collection's type is not Collection", remedy=_REMEDY)
    return _name(document.get("id"), "a collection's id")


def _times(properties: Mapping[str, Any], name: str) -> tuple[int, int]:
    start, end = properties.get("start_datetime"), properties.get("end_datetime")
    try:
        if start is not None and end is not None:
            first, last = microseconds(start), microseconds(end)
        else:
            first = last = microseconds(properties.get("datetime"))
    except DataError as error:
        raise DataError(f"item {name}: {error.message}", remedy=error.remedy) from None
    if first > last:
        raise DataError(f"item {name} ends before it starts", remedy="Exchange the two times.")
    return first, last


def _document(body: bytes, what: str) -> Mapping[str, Any]:
    if len(body) > MOST_BYTES:
        raise DataError(f"an {what} of {len(body)} bytes is too long", remedy=_REMEDY)
    try:
        found = parse(body)
    except (ValueError, RecursionError):
        raise DataError(f"the {what} is no JSON", remedy=_REMEDY) from None
    if not isinstance(found, dict):
        raise DataError(f"the {what} is no JSON object", remedy=_REMEDY)
    return found


def _parser() -> Callable[[bytes], Any]:
    """orjson where it is installed (extra ``archive``), four times as fast as the library's own."""
    try:
        found: Callable[[bytes], Any] = importlib.import_module("orjson").loads
    except ImportError:
        return lambda body: json.loads(body.decode(), parse_constant=_not_finite)
    return found


def _not_finite(word: str) -> NoReturn:
    raise ValueError(word)


def _name(value: object, what: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_NAME or not value.isprintable():
        raise DataError(f"{what} is not printable text of 1 to {_MOST_NAME} letters",
                        remedy=_REMEDY)  # fmt: skip
    return value


parse = _parser()
"""JSON as bytes -> what it says. Raises ValueError."""
