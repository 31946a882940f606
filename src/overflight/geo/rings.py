"""Polygons out of GeoJSON: what is wrong with one is said, not repaired behind one's back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.errors import DataError
from overflight.geo.positions import Position

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_DEPTH = {"Polygon": 1, "MultiPolygon": 2}


def polygons_from_geojson(
    document: Mapping[str, Any], *, file: str | Path | None = None
) -> BaseGeometry:
    """All polygons of a GeoJSON geometry, Feature or FeatureCollection as one MultiPolygon.

    Longitudes may run past 180 degrees (RFC 7946, 3.1.9, asks for a cut there; both are read).
    Raises DataError, with the ring's number, for anything that is not a simple, closed ring of
    finite positions; nothing is mended.
    """
    import shapely

    parts: list[BaseGeometry] = []
    for where, geometry in _geometries(document, "document", file):
        for name, rings in _polygons(geometry, where, file):
            parts.append(_polygon(rings, name, file))
    if not parts:
        raise _error("there is no polygon in it", "Give at least one Polygon.", "document", file)
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _geometries(
    document: Any, where: str, file: str | Path | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(document, Mapping):
        raise _error("this is not a GeoJSON object", "Write an object with a type.", where, file)
    kind = document.get("type")
    if kind == "FeatureCollection":
        for number, feature in enumerate(_list(document.get("features"), where, file), start=1):
            yield from _geometries(feature, f"feature {number}", file)
    elif kind == "Feature":
        yield from _geometries(document.get("geometry"), where, file)
    elif kind == "GeometryCollection":
        for number, member in enumerate(_list(document.get("geometries"), where, file), start=1):
            yield from _geometries(member, f"{where}, geometry {number}", file)
    elif kind in _DEPTH:
        yield where, document
    else:
        raise _error(
            f"its type is {kind!r}, not Polygon or MultiPolygon",
            "Give the area as Polygon or MultiPolygon.",
            where,
            file,
        )


def _polygons(
    geometry: Mapping[str, Any], where: str, file: str | Path | None
) -> Iterator[tuple[str, Sequence[Any]]]:
    coordinates = _list(geometry.get("coordinates"), where, file)
    if geometry["type"] == "Polygon":
        yield where, coordinates
        return
    for number, rings in enumerate(coordinates, start=1):
        yield f"{where}, polygon {number}", _list(rings, where, file)


def _polygon(rings: Sequence[Any], where: str, file: str | Path | None) -> BaseGeometry:
    import shapely

    if not rings:
        raise _error("a polygon without rings", "Give its outline.", where, file)
    points = [
        _ring(_list(ring, where, file), f"{where}, ring {number}", file)
        for number, ring in enumerate(rings, start=1)
    ]
    polygon = shapely.Polygon(points[0], points[1:])
    if not polygon.is_valid:
        reason = shapely.is_valid_reason(polygon)
        raise _error(
            f"the polygon is not simple: {_in_words(reason)}",
            "Redraw the outline so that it does not touch or cross itself.",
            where,
            file,
        )
    return polygon


def _ring(ring: Sequence[Any], where: str, file: str | Path | None) -> list[tuple[float, float]]:
    points = [_xy(point, f"{where}, position {i}", file) for i, point in enumerate(ring, start=1)]
    if len(points) < 4 or points[0] != points[-1]:
        raise _error(
            "the ring is not closed, or has fewer than four positions",
            "Repeat the first position at the end.",
            where,
            file,
        )
    return points


def _xy(point: Any, where: str, file: str | Path | None) -> tuple[float, float]:
    if isinstance(point, str) or not isinstance(point, Sequence) or len(point) < 2:
        raise _error(f"{point!r} is not a position", "Write [longitude, latitude].", where, file)
    for value in point[:2]:
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not math.isfinite(value)
        ):
            raise _error(f"{value!r} is not a finite number", "Write degrees.", where, file)
    x, y = float(point[0]), float(point[1])
    Position.from_xy(x, y)  # refuses what lies outside its range, and says when axes look swapped
    return x, y


def _list(value: Any, where: str, file: str | Path | None) -> Sequence[Any]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _error("a list is missing here", "Write it as GeoJSON does.", where, file)
    return value


def _in_words(reason: str) -> str:
    """GEOS's "Self-intersection[30.5 50.5]" as a person reads it."""
    name, _, place = reason.partition("[")
    numbers = place.rstrip("]").split()[:2]
    words = name.strip().lower()
    return f"{words} near longitude {numbers[0]}, latitude {numbers[1]}" if numbers else words


def _error(message: str, remedy: str, where: str, file: str | Path | None) -> DataError:
    return DataError(message, remedy=remedy, where=where, file=file)
