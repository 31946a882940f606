"""GeoJSON geometries that a stranger wrote, as positions."""

from __future__ import annotations

from typing import Any, NoReturn

from overflight.errors import DataError
from overflight.formats.rings import refuse_crossed_ring, unwrapped
from overflight.formats.strict_json import pointer
from overflight.geo.positions import Position

MOST_POINTS = 100_000


def point_of(geometry: object, label: str, place: str) -> Position:
    """The place of a Point, or the centre of a Polygon or MultiPolygon.

    Raises DataError for any other geometry: a line or a cloud has no one place.
    """
    kind, coordinates = _parts(geometry, label, place)
    if kind in ("Polygon", "MultiPolygon"):
        return _centre(polygons_of(geometry, label, place))
    if kind == "MultiPoint" and isinstance(coordinates, list) and len(coordinates) == 1:
        return position_of(coordinates[0], label, place)
    if kind != "Point":
        remedy = "Give a Point, or a Polygon around the site."
        _wrong(f"a {kind} has no one place", label, place, remedy)
    return position_of(coordinates, label, place)


def polygons_of(geometry: object, label: str, place: str) -> list[list[tuple[Position, ...]]]:
    """The polygons of a Polygon or MultiPolygon: each a list of rings, the outline first.

    Raises DataError, with the place, for other geometries and for an outline that crosses
    itself.
    """
    kind, coordinates = _parts(geometry, label, place)
    if kind not in ("Polygon", "MultiPolygon"):
        _wrong(f"a {kind} is no area", label, place, "Give a Polygon.")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    result: list[list[tuple[Position, ...]]] = []
    if not isinstance(polygons, list) or not polygons:
        _wrong("the geometry is empty", label, place, "Give the outline, or take the row out.")
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            _wrong("a polygon is not a list of rings", label, place, "Give its outline.")
        rings = [_ring(ring, label, place) for ring in polygon]
        refuse_crossed_ring(rings[0], file=label, where=place)
        result.append(rings)
    return result


def position_of(coordinates: object, label: str, place: str) -> Position:
    """A GeoJSON position [longitude, latitude]; a height after them is ignored."""
    good = (
        isinstance(coordinates, list)
        and len(coordinates) >= 2
        and all(isinstance(c, (int, float)) and not isinstance(c, bool) for c in coordinates[:2])
    )
    if not good:
        _wrong(
            "the coordinates are not [longitude, latitude]",
            label,
            place,
            "Give two numbers in degrees, longitude first.",
        )
    assert isinstance(coordinates, list)
    try:
        return Position.from_xy(float(coordinates[0]), float(coordinates[1]))
    except DataError as error:
        _wrong(error.message, label, place, "GeoJSON puts the longitude first: [36.65, 55.61].")


def _parts(geometry: object, label: str, place: str) -> tuple[str, Any]:
    if not isinstance(geometry, dict) or not isinstance(geometry.get("type"), str):
        _wrong("there is no geometry", label, place, "Give each feature its place, or drop it.")
    return geometry["type"], geometry.get("coordinates")


def _ring(ring: object, label: str, place: str) -> tuple[Position, ...]:
    if not isinstance(ring, list) or len(ring) > MOST_POINTS:
        _wrong("a ring is not a list of positions", label, place, "Give its outline.")
    positions = [
        position_of(c, label, f"{place}{pointer('geometry', i)}") for i, c in enumerate(ring)
    ]
    if len(positions) > 1 and positions[0] == positions[-1]:
        positions.pop()
    return tuple(positions)


def _centre(polygons: list[list[tuple[Position, ...]]]) -> Position:
    """Centroid in degrees; good to well under the size of the area."""
    from shapely import MultiPolygon, Polygon

    shapes = [Polygon(unwrapped(r[0]), [unwrapped(h) for h in r[1:]]) for r in polygons]
    centre = MultiPolygon(shapes).centroid
    return Position.from_xy(centre.x, centre.y)


def _wrong(message: str, label: str, place: str, remedy: str) -> NoReturn:
    raise DataError(message, file=label, where=place, remedy=remedy)
