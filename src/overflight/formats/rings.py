"""Outlines of areas: checked, made contiguous across the antimeridian, and cut for GeoJSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.errors import DataError
from overflight.geo.positions import Position
from overflight.units import Degrees

if TYPE_CHECKING:
    from shapely import Polygon

Ring = Sequence[Position]
XY = tuple[Degrees, Degrees]

_AT = re.compile(r"\[\s*(-?[\d.eE+-]+)\s+(-?[\d.eE+-]+)")


def open_ring(ring: Ring) -> tuple[Position, ...]:
    """The ring without its first point repeated at the end."""
    return tuple(ring[:-1]) if len(ring) > 1 and ring[0] == ring[-1] else tuple(ring)


def unwrapped(ring: Ring) -> list[XY]:
    """The ring as (x, y) in which no two neighbours are more than 180 degrees apart.

    x runs on past 180 where the ring crosses the antimeridian; the ring is not closed.
    """
    points: list[XY] = []
    x = 0.0
    for position in open_ring(ring):
        x = position.lon + (360.0 * round((x - position.lon) / 360.0) if points else 0.0)
        points.append((x, position.lat))
    return points


def refuse_crossed_ring(
    ring: Ring, *, where: str | None = None, file: str | Path | None = None
) -> None:
    """Raise DataError, with the place, for an outline that is none.

    Refused are fewer than three different points, an outline that crosses or touches itself,
    and one around a pole (it has no inside in a longitude frame).
    """
    import shapely

    if len({*ring}) < 3:
        raise DataError(
            "an area needs at least three different points",
            file=file,
            where=where,
            remedy="Give the whole outline, or leave the area out.",
        )
    points = unwrapped(ring)
    if abs(points[-1][0] - points[0][0]) > 180.0:
        raise DataError(
            "the outline runs around a pole",
            file=file,
            where=where,
            remedy="Cut the area along a meridian into two.",
        )
    reason = shapely.is_valid_reason(shapely.Polygon(points))
    if reason != "Valid Geometry":
        at = _AT.search(reason)
        place = f" at {Position(lat=float(at[2]), lon=float(at[1])).human()}" if at else ""
        what = (
            "crosses or touches itself"
            if "intersection" in reason.lower()
            else f"is not that of an area ({reason.partition('[')[0].strip().lower()})"
        )
        raise DataError(
            f"the outline {what}{place}",
            file=file,
            where=where,
            remedy="Put its points in order around the area, each once.",
        )


def cut_at_antimeridian(ring: Ring) -> list[Polygon]:
    """The area as polygons within -180..180 (RFC 7946, 3.1.9), counterclockwise (3.1.6)."""
    from shapely import Polygon, box
    from shapely.affinity import translate
    from shapely.geometry.polygon import orient

    whole = Polygon(unwrapped(ring))
    parts: list[Polygon] = []
    for turn in (-360.0, 0.0, 360.0):
        piece = translate(whole, xoff=turn).intersection(box(-180.0, -90.0, 180.0, 90.0))
        candidates = getattr(piece, "geoms", [piece])
        parts += [orient(p) for p in candidates if isinstance(p, Polygon) and not p.is_empty]
    return parts
