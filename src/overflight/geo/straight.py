"""A map on which every geodesic leg is a straight line: for asking about very many legs at once.

The ellipsoidal gnomonic projection (Karney 2013, section 8): through its centre geodesics are
straight, elsewhere they stray by at most (f / 8) r^4 / a^3 at distance r from the centre, which is
2 m at 1,000 km, 130 m at 3,000 km and 1 km at 5,000 km. Lengths and areas on it mean nothing;
"crosses" and "lies inside" do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from overflight.geo.frames import Frame
from overflight.geo.local import MEAN_RADIUS_KM, Floats, from_plane, to_plane, unit_vectors
from overflight.geo.positions import Position
from overflight.units import Kilometres

if TYPE_CHECKING:
    from pyproj import Proj
    from shapely.geometry.base import BaseGeometry

WIDEST_KM = 5000.0
"""Farthest from its centre that the map is used, km."""

_A_KM = 6378.137
_F = 1 / 298.257223563
_LONGEST_EDGE_DEG = 0.25
_LONGEST_HULL_EDGE_KM = 50.0


@dataclass(frozen=True)
class StraightPlane:
    """The map around ``centre``, good for what lies within ``radius_km`` of it."""

    centre: Position
    radius_km: Kilometres

    @property
    def error_km(self) -> Kilometres:
        """Farthest that a straight line on the map strays from its geodesic, km."""
        return _F / 8.0 * self.radius_km**4 / _A_KM**3

    @cached_property
    def _projection(self) -> Proj:
        from pyproj import Proj

        return Proj(proj="gnom", lat_0=self.centre.lat, lon_0=self.centre.lon, ellps="WGS84")

    def project(self, lon: Floats, lat: Floats) -> Floats:
        """Coordinates on the map, km of a kind, shape (n, 2)."""
        return np.column_stack(self._projection(lon, lat)) / 1000.0

    def unproject(self, xy: Floats) -> tuple[Floats, Floats]:
        """Longitudes and latitudes, degrees, of points on the map."""
        lon, lat = self._projection(xy[:, 0] * 1000.0, xy[:, 1] * 1000.0, inverse=True)
        return np.asarray(lon), np.asarray(lat)

    def project_geometry(self, geometry: BaseGeometry, frame: Frame) -> BaseGeometry:
        """What of polygons (in a frame) lies within the radius, on the map."""
        import shapely

        near = geometry.intersection(self.cap(frame))
        if near.is_empty:
            return near
        near = shapely.segmentize(near, _LONGEST_EDGE_DEG)
        projected = shapely.transform(near, lambda xy: self.project(xy[:, 0], xy[:, 1]))
        if projected.is_valid:
            return projected
        parts = shapely.get_parts(shapely.get_parts([shapely.make_valid(projected)]))
        return shapely.MultiPolygon([p for p in parts if shapely.get_dimensions(p) == 2])

    def cap(self, frame: Frame, beyond_km: Kilometres = 0.0) -> BaseGeometry:
        """Everything within the radius and ``beyond_km``, and a little more, in a frame."""
        import shapely

        turn = np.linspace(0.0, 2.0 * np.pi, 181)
        radius = self.radius_km * 1.01 + 10.0 + beyond_km
        lon, lat = from_plane(
            self.centre.lon, self.centre.lat, radius * np.sin(turn), radius * np.cos(turn)
        )
        pole = np.copysign(90.0, self.centre.lat)
        to_pole = float(np.hypot(*to_plane(self.centre.lon, self.centre.lat, 0.0, pole)))
        if to_pole > radius:
            ring = np.column_stack([np.unwrap(lon, period=360.0), lat])
            return frame.place(shapely.Polygon(ring))
        x = frame.x(lon[:-1])
        order = np.argsort(x)
        edge = np.interp([frame.seam, frame.seam + 360.0], x[order], lat[:-1][order], period=360.0)
        ring = np.column_stack([x[order], lat[:-1][order]])
        west, east = frame.seam, frame.seam + 360.0
        return shapely.Polygon(
            [(west, pole), (west, edge[0]), *ring.tolist(), (east, edge[1]), (east, pole)]
        )

    def around(self, xy: Floats, frame: Frame, beyond_km: Kilometres) -> BaseGeometry:
        """Everything within ``beyond_km``, and a little more, of the hull of points on the map.

        All legs between the points lie in their hull. In a frame; shape of ``xy`` (n, 2).
        """
        import shapely

        stretch = 1.0 / np.cos(min(self.radius_km, WIDEST_KM) / MEAN_RADIUS_KM) ** 2
        hull = shapely.convex_hull(shapely.MultiPoint(xy))
        wide = shapely.buffer(hull, (beyond_km + 10.0) * float(stretch))
        ring = shapely.get_coordinates(shapely.segmentize(wide, _LONGEST_HULL_EDGE_KM).exterior)
        lon, lat = self.unproject(ring)
        lon = np.unwrap(lon, period=360.0)
        if abs(float(lon[-1] - lon[0])) > 1.0:  # it goes round a pole
            return self.cap(frame, beyond_km)
        return frame.place(shapely.Polygon(np.column_stack([lon, lat])))

    def legs(self, points: Sequence[Position]) -> tuple[Any, Any, Any]:
        """All legs between points: lines on the map, and the numbers i < j of their ends."""
        import shapely

        xy = self.project(np.array([p.lon for p in points]), np.array([p.lat for p in points]))
        first, second = np.triu_indices(len(points), k=1)
        return shapely.linestrings(np.stack([xy[first], xy[second]], axis=1)), first, second


def plane_for(points: Sequence[Position]) -> StraightPlane | None:
    """The map around the middle of the points; None when they lie too far apart for one."""
    lon, lat = np.array([p.lon for p in points]), np.array([p.lat for p in points])
    middle = unit_vectors(lon, lat).mean(axis=0)
    if np.linalg.norm(middle) < 0.5:
        return None
    centre = Position(
        lat=float(np.degrees(np.arctan2(middle[2], np.hypot(middle[0], middle[1])))),
        lon=float(np.degrees(np.arctan2(middle[1], middle[0]))),
    )
    radius = float(np.hypot(*to_plane(centre.lon, centre.lat, lon, lat)).max())
    plane = StraightPlane(centre, radius + 1.0)
    return plane if radius <= WIDEST_KM and _is_straight(plane) else None


def _is_straight(plane: StraightPlane) -> bool:
    """Whether this PROJ draws the ellipsoidal projection (older ones know the sphere only)."""
    from overflight.geo.geodesic import destination
    from overflight.geo.legs import trace

    side = min(plane.radius_km, 1000.0)
    a, b = destination(plane.centre, 10.0, side), destination(plane.centre, 120.0, side)
    lon, lat, _ = trace(a, b)
    xy = plane.project(lon, lat)
    along = (xy[-1] - xy[0]) / max(float(np.linalg.norm(xy[-1] - xy[0])), 1e-9)
    off = (xy - xy[0]) @ np.array([along[1], -along[0]])
    return bool(np.abs(off).max() < 0.1)
