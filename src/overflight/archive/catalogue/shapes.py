"""Outlines of items and searches: their boxes in whole numbers, and the exact test.

Boxes are kept in units of 1e-7 degree (11 mm at the equator), rounded outwards and one unit wider
still, so that no rounding loses an item at an edge; what the boxes let through is tested exactly
on the outline itself, in the plane of longitude and latitude, as PostGIS does.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

UNITS = 10_000_000
_MOST = 2**31 - 1
_MOST_POINTS = 100_000
_MOST_PARTS = 8
_MOST_RING = 1000
_NUMBERS = {int, float}
_REMEDY = "Give west, south, east and north in degrees, or a GeoJSON geometry."
_KINDS = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
     "GeometryCollection"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """In units of 1e-7 degree, west <= east."""

    west: int
    south: int
    east: int
    north: int


WORLD = Box(-_MOST - 1, -_MOST - 1, _MOST, _MOST)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a search looks in. ``boxes`` cover it. ``inner``: whatever lies in one of these boxes
    meets the shape for certain; empty where that cannot be said by boxes."""

    outline: BaseGeometry
    boxes: tuple[Box, ...]
    inner: tuple[Box, ...]


def outwards(west: float, south: float, east: float, north: float) -> Box:
    """The box in whole units that holds the given one for certain."""
    return Box(_down(west), _down(south), _up(east), _up(north))


def inwards(west: float, south: float, east: float, north: float) -> Box:
    """Boxes of items (which are rounded outwards) inside this one lie in the given one."""
    return Box(_up(west), _up(south), _down(east), _down(north))


def geometry(document: object, what: str) -> BaseGeometry:
    """GeoJSON as a shape. DataError for what is no geometry, is empty, not finite or too long."""
    import shapely

    problem = _trouble(document)
    if problem:
        raise DataError(f"{what} {problem}", remedy=_REMEDY)
    try:
        found = _build(document)  # type: ignore[arg-type]
    except (ValueError, TypeError, LookupError, AttributeError, shapely.errors.ShapelyError):
        raise DataError(f"{what} is no GeoJSON geometry", remedy=_REMEDY) from None
    if found.is_empty:
        raise DataError(f"{what} is empty", remedy=_REMEDY)
    return found


def shape_of(bbox: Sequence[float] | None, intersects: Mapping[str, Any] | None) -> Shape | None:
    """The place that a search looks in, None everywhere. DataError where it is given twice."""
    if bbox is not None and intersects is not None:
        raise DataError(
            "a search has a bbox or a geometry, not both", remedy="Leave one of them out."
        )
    if bbox is not None:
        return of_bbox(bbox)
    return None if intersects is None else of_geometry(intersects)


def of_bbox(bbox: Sequence[float]) -> Shape:
    """The place that a bbox names, in two parts where it crosses the antimeridian."""
    import shapely

    if len(bbox) not in (4, 6) or not all(
        isinstance(v, int | float) and math.isfinite(v) for v in bbox
    ):
        raise DataError("a bbox has four numbers, or six with heights", remedy=_REMEDY)
    half = len(bbox) // 2
    west, south, east, north = (float(v) for v in (bbox[0], bbox[1], bbox[half], bbox[half + 1]))
    if south > north:
        raise DataError("the bbox lies with its south north of its north", remedy=_REMEDY)
    if abs(west) > 360 or abs(east) > 360 or abs(south) > 90 or abs(north) > 90:
        raise DataError("the bbox leaves the earth", remedy=_REMEDY)
    sides = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    flat = [_flat(w, south, e, north) for w, e in sides]
    outline = flat[0] if len(flat) == 1 else shapely.union_all(flat)
    return Shape(
        outline,
        tuple(outwards(w, south, e, north) for w, e in sides),
        tuple(inwards(w, south, e, north) for w, e in sides),
    )


def of_geometry(document: Mapping[str, Any]) -> Shape:
    """The place that GeoJSON names."""
    import shapely

    found = geometry(document, "the geometry to look in")
    parts: list[BaseGeometry] = list(shapely.get_parts(found))
    if len(parts) > _MOST_PARTS:
        parts = [found]
    return Shape(found, tuple(outwards(*part.bounds) for part in parts), ())


def boxes_of(outline: BaseGeometry) -> tuple[Box, ...]:
    """The boxes of an item: one for each side of the antimeridian where it touches it on both."""
    import shapely

    whole = outwards(*outline.bounds)
    if not (outline.bounds[0] <= -180.0 and outline.bounds[2] >= 180.0):
        return (whole,)
    halves: dict[bool, list[BaseGeometry]] = {True: [], False: []}
    for part in shapely.get_parts(outline):
        if part.bounds[0] < 0.0 < part.bounds[2]:
            return (whole,)
        halves[part.bounds[0] >= 0.0].append(part)
    found = (shapely.GeometryCollection(half).bounds for half in halves.values() if half)
    return tuple(outwards(*bounds) for bounds in found)


def plain_ring(document: object) -> tuple[tuple[Box, ...], bytes] | None:
    """Boxes and WKB of a polygon of one closed ring, which nearly all items are, without building
    a shape; None where it is anything else (or wrong, which ``geometry`` then says)."""
    try:
        if document["type"] != "Polygon":  # type: ignore[index]
            return None
        (ring,) = document["coordinates"]  # type: ignore[index]
        flat = list(chain.from_iterable(ring))
        xs, ys = flat[::2], flat[1::2]
        west, east, south, north = min(xs), max(xs), min(ys), max(ys)
        plain = (
            4 <= len(ring) <= _MOST_RING
            and ring[0] == ring[-1]
            and set(map(len, ring)) == {2}
            and set(map(type, flat)) <= _NUMBERS
            and -180.0 < west <= east < 180.0
            and -90.0 <= south <= north <= 90.0
        )
    except (TypeError, LookupError, ValueError):
        return None
    if not plain:
        return None
    head = (1, 3, 1, len(ring))
    return (outwards(west, south, east, north),), struct.pack(f"<BIII{len(flat)}d", *head, *flat)


def _flat(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A box, or the line or point that it is where it has no width."""
    import shapely

    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def _build(document: Mapping[str, Any]) -> BaseGeometry:
    from shapely import GeometryCollection, Polygon
    from shapely.geometry import shape

    kind = document["type"]
    if kind == "Polygon":
        rings = document["coordinates"]
        return Polygon([p[:2] for p in rings[0]], [[p[:2] for p in r] for r in rings[1:]])
    if kind == "GeometryCollection":
        return GeometryCollection([_build(part) for part in document["geometries"]])
    return shape(dict(document))


def _trouble(document: object) -> str:
    """What is wrong with the form of a geometry; "" where nothing is."""
    if not isinstance(document, Mapping) or str(document.get("type")) not in _KINDS:
        return "is no GeoJSON geometry"
    if document["type"] == "GeometryCollection":
        parts = document.get("geometries")
        if not isinstance(parts, list) or not 0 < len(parts) <= 1000:
            return "has no parts"
        if any(isinstance(p, Mapping) and p.get("type") == "GeometryCollection" for p in parts):
            return "is a collection of collections"
        return next((words for words in map(_trouble, parts) if words), "")
    left = [_MOST_POINTS]
    return "" if _finite(document.get("coordinates"), left, 0) else "has coordinates that are none"


def _finite(value: object, left: list[int], depth: int) -> bool:
    """Whether these are positions, or lists of them, all of finite numbers."""
    if not isinstance(value, list) or not value or depth > 3:
        return False
    if not isinstance(value[0], list):
        left[0] -= 1
        return (
            left[0] >= 0
            and len(value) >= 2
            and all(type(v) in (int, float) and -1e9 < v < 1e9 for v in value)
        )
    return all(_finite(part, left, depth + 1) for part in value)


def _down(degrees: float) -> int:
    return max(-_MOST - 1, min(_MOST, math.floor(degrees * UNITS) - 1))


def _up(degrees: float) -> int:
    return max(-_MOST - 1, min(_MOST, math.ceil(degrees * UNITS) + 1))
