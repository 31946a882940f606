"""Areas that legs must not touch, laid on one map on which legs are straight lines.

Asked about a single leg, the exact tests of ``geo.areas`` and ``geo.nearest`` are better; a screen
is for very many legs between many points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.geo.areas import Area
from overflight.geo.local import Floats, to_plane
from overflight.geo.positions import Position
from overflight.geo.straight import WIDEST_KM, StraightPlane, plane_for
from overflight.units import Kilometres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_FEW_PARTS = 40
"""Up to so many parts of a zone are looked at one by one, each with the lines that come near."""

Matrix = np.ndarray[tuple[int, int], np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class Screen:
    """``zone`` on ``plane``, wide enough that the map's error is no excuse.

    What lies outside ``within``, convex on the map, was not drawn; None: all within the radius was.
    """

    plane: StraightPlane
    zone: BaseGeometry
    within: BaseGeometry | None = None

    def covers(self, points: Sequence[Position]) -> bool:
        """Whether all points, and so the legs between them, lie on the part that was drawn."""
        import shapely

        centre = self.plane.centre
        lon, lat = _lon_lat(points)
        away = np.hypot(*to_plane(centre.lon, centre.lat, lon, lat))
        if not (away <= self.plane.radius_km).all():
            return False
        xy = self.xy(points)
        return self.within is None or bool(
            shapely.intersects_xy(self.within, xy[:, 0], xy[:, 1]).all()
        )

    def xy(self, points: Sequence[Position]) -> Floats:
        """Points on the map, shape (n, 2)."""
        return self.plane.project(*_lon_lat(points))

    def blocked(self, points: Sequence[Position]) -> Matrix:
        """True where the leg between two points touches the zone; symmetric, shape (n, n).

        The diagonal says whether the point itself lies in it.
        """
        import shapely

        n = len(points)
        blocked = np.zeros((n, n), dtype=bool)
        if n == 0 or self.zone.is_empty:
            return blocked
        shapely.prepare(self.zone)
        xy = self.xy(points)
        lost = np.asarray(shapely.intersects_xy(self.zone, xy[:, 0], xy[:, 1]))
        blocked |= lost[:, None] | lost[None, :]
        first, second = np.triu_indices(n, k=1)
        free = ~lost[first] & ~lost[second]
        first, second = first[free], second[free]
        hit = self.hits(xy[first], xy[second])
        blocked[first[hit], second[hit]] = True
        blocked[second[hit], first[hit]] = True
        return blocked

    def with_areas(self, areas: Sequence[Area]) -> Screen:
        """A screen of these areas besides, drawn to its map's error."""
        import shapely

        if not areas:
            return self
        drawn = [self.plane.project_geometry(area.geometry, area.frame) for area in areas]
        widened = shapely.buffer(shapely.union_all(drawn), 2.0 * self.plane.error_km + 0.01)
        return Screen(self.plane, shapely.union_all([self.zone, widened]), self.within)

    def hits(self, start: Floats, end: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether each of m lines on the map touches the zone; ends have shape (m, 2)."""
        import shapely

        parts = list(shapely.get_parts(self.zone))
        if len(parts) > _FEW_PARTS:
            parts = [self.zone]
        hit = np.zeros(len(start), dtype=bool)
        for part in parts:
            near = np.flatnonzero(~hit)
            near = near[_passing(start[near], end[near], *_circle(part))]
            shapely.prepare(part)
            lines = shapely.linestrings(np.stack([start[near], end[near]], axis=1))
            hit[near] = shapely.intersects(part, lines)
        return hit


def wide_plane(points: Sequence[Position], beyond_km: Kilometres = 0.0) -> StraightPlane | None:
    """The map around the middle of the points, drawn ``beyond_km`` farther than they lie.

    Not farther than one map goes, though. None when the points lie too far apart for one.
    """
    plane = plane_for(points)
    if plane is None:
        return None
    reach = min(plane.radius_km + beyond_km, WIDEST_KM)
    return replace(plane, radius_km=max(plane.radius_km, reach))


def _lon_lat(points: Sequence[Position]) -> tuple[Floats, Floats]:
    return np.array([p.lon for p in points]), np.array([p.lat for p in points])


def _circle(part: BaseGeometry) -> tuple[Floats, float]:
    """A circle around a polygon: its centre and radius."""
    import shapely

    xy = shapely.get_coordinates(part)
    centre = (xy.min(axis=0) + xy.max(axis=0)) / 2.0
    return centre, float(np.hypot(*(xy - centre).T).max())


def _passing(
    start: Floats, end: Floats, centre: Floats, radius: float
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether each line comes into a circle."""
    along = end - start
    size = np.maximum(np.einsum("ij,ij->i", along, along), 1e-12)
    share = np.clip(np.einsum("ij,ij->i", centre - start, along) / size, 0.0, 1.0)
    off = start + share[:, None] * along - centre
    return np.asarray(np.einsum("ij,ij->i", off, off) <= (radius * (1.0 + 1e-9) + 1e-6) ** 2)
