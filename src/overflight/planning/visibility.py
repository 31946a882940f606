"""Where a path can bend round areas that it must not touch: their corners, and plain rings.

A shortest path round areas bends only at their convex corners (Lozano-Pérez and Wesley, "An
algorithm for planning collision-free paths among polyhedral obstacles", Communications of the ACM
22 (1979)). Corners are taken a little outside the areas, on maps on which geodesics are straight.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from overflight.errors import PlanError
from overflight.geo.areas import Area
from overflight.geo.legs import trace
from overflight.geo.local import unit_vectors
from overflight.geo.positions import Position
from overflight.geo.screens import Screen, wide_plane
from overflight.geo.straight import WIDEST_KM, StraightPlane
from overflight.planning.fixes import minute_neighbours
from overflight.planning.problem import BoolMatrix, FixAllowed
from overflight.units import Kilometres

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
LonLat = tuple[float, float]
Ring = Sequence[LonLat]

SLACK_KM: Kilometres = 3.0
"""How far outside an area its corners lie at least, where they have to be whole minutes."""
MOST_CORNERS = 300
"""Most corners that whole-minute paths bend at; outlines are straightened until they are few."""
_TOLERANCE_KM = 1.5
_COARSEST_KM = 100.0
_STRAIGHT = 1e-9
_PUSH_KM = 0.06
"""How far outside plain rings their corners lie, besides twice the error of the map."""
_OUTLINE_KM = 0.02
"""Corners of plain rings by which their outline turns less than this are left out."""
_ANYWHERE = Position(lat=0.0, lon=0.0)
_TILES = 80
_TILE_LEG_KM = 6000.0
"""Legs longer than this are looked at one by one where points are spread over the globe."""


def minute_corners(
    screen: Screen, allowed: FixAllowed, *, most: int = MOST_CORNERS
) -> tuple[Position, ...]:
    """Corners of a screen's zone as whole minutes that may be fixes, ``SLACK_KM`` outside it.

    Outlines are straightened outwards: by 1.5 km, and by more until there are no more than
    ``most`` corners. A corner of which no minute around may be a fix is left out.
    """
    import shapely

    if screen.zone.is_empty:
        return ()
    radius = screen.plane.radius_km
    widest = 1.0 / math.cos(radius / 6371.0) ** 2  # most that this map stretches a kilometre
    guard = shapely.buffer(screen.zone, SLACK_KM * widest, quad_segs=4)
    shapely.prepare(guard)
    tolerance = _TOLERANCE_KM
    while True:
        wide = shapely.buffer(guard, tolerance, quad_segs=2)
        lonlat = _drawn(screen.plane, convex_corners(shapely.simplify(wide, tolerance)))
        near = [Position(lat=float(y), lon=float(x)).rounded_to_minutes() for x, y in lonlat]
        few = [fix for fix in dict.fromkeys(near) if allowed(fix)]
        if len(few) <= most or tolerance > _COARSEST_KM:
            return tuple(_as_minutes(few, screen.plane, guard, allowed)[:most])
        tolerance *= 1.6


def convex_corners(polygons: BaseGeometry) -> Floats:
    """Corners at which a path round polygons can bend, shape (n, 2); holes have some as well."""
    import shapely

    found = [np.zeros((0, 2))]
    for polygon in shapely.get_parts(shapely.orient_polygons(polygons)):
        for ring in (polygon.exterior, *polygon.interiors):
            xy = shapely.get_coordinates(ring)[:-1]
            before, after = xy - np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0) - xy
            turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
            size = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
            found.append(xy[turn > _STRAIGHT * size])
    return np.vstack(found)


def _drawn(plane: StraightPlane, xy: Floats) -> Floats:
    """Longitudes and latitudes of what lies within the map's radius, shape (n, 2)."""
    if not len(xy):
        return xy
    # On this map a point at distance r lies at about R tan(r / R).
    inside = np.hypot(*xy.T) <= 6371.0 * math.tan(plane.radius_km / 6371.0)
    return np.column_stack(plane.unproject(xy[inside]))


def _as_minutes(
    near: Sequence[Position], plane: StraightPlane, guard: BaseGeometry, allowed: FixAllowed
) -> list[Position]:
    """For each corner the nearest whole minute that lies outside and may be a fix, if any."""
    import shapely

    found: dict[Position, None] = {}
    for corner in near:
        choice = minute_neighbours(corner, 2)
        xy = plane.project(np.array([p.lon for p in choice]), np.array([p.lat for p in choice]))
        outside = ~shapely.intersects_xy(guard, xy[:, 0], xy[:, 1])
        free = (p for p, out in zip(choice, outside, strict=True) if out and allowed(p))
        fix = next(free, None)
        if fix is not None:
            found[fix] = None
    return list(found)


@dataclass(frozen=True, eq=False)
class RingWalls:
    """Areas given as plain rings of (longitude, latitude), widened by a margin.

    Sides of rings are geodesics. Rings may overlap; the last point may repeat the first. Error: a
    leg is called blocked when it keeps clear by less than the map's error (2 m when all points lie
    within 1,000 km of their middle, 130 m within 3,000 km, 1 km within 5,000 km), never called
    free when it touches. A margin is up to 0.3 % too wide.
    """

    rings: tuple[tuple[LonLat, ...], ...]
    margin_km: Kilometres = 0.0

    @classmethod
    def of(cls, rings: Sequence[Ring], margin_km: Kilometres = 0.0) -> RingWalls:
        """Raises PlanError for a ring of fewer than three points or one that crosses itself."""
        import shapely

        closed = []
        for number, ring in enumerate(rings, start=1):
            points = [(float(x), float(y)) for x, y in ring]
            if points and points[0] == points[-1]:
                points.pop()
            lon = np.unwrap(np.array([x for x, _ in points]), period=360.0)
            shape = [(x, y) for x, (_, y) in zip(lon.tolist(), points, strict=True)]
            if len(points) < 3 or not shapely.Polygon(shape).is_valid:
                raise PlanError(
                    f"ring {number} of the areas to go round is not the outline of an area",
                    remedy="Give each area as three points or more whose sides do not cross.",
                )
            closed.append(tuple(points))
        return cls(tuple(closed), margin_km)

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """The areas with their margin; those that overlap joined into one."""
        import shapely

        drawn = [Area.from_ring(_dense(ring)) for ring in self.rings]
        if self.margin_km > 0:
            drawn = [area.buffered(self.margin_km) for area in drawn]
        if not drawn:
            return ()
        frame = drawn[0].frame
        whole = shapely.union_all([area.in_frame(frame).geometry for area in drawn])
        return tuple(Area(part, frame) for part in shapely.get_parts(whole))

    def corners(self, error_km: Kilometres = 0.0) -> tuple[Position, ...]:
        """The corners, 60 m and twice ``error_km`` outside; more at acute ones."""
        import shapely

        found: list[Position] = []
        for area in self.areas:
            xy = shapely.get_coordinates(area.geometry)
            plane = wide_plane([Position(lat=y, lon=x) for x, y in xy.tolist()])
            if plane is None:
                raise PlanError(
                    "an area to go round is too large for one map",
                    remedy="Divide it into parts less than 8,000 km across.",
                )
            drawn = plane.project_geometry(area.geometry, area.frame)
            tolerance = max(_OUTLINE_KM, 0.005 * self.margin_km)
            drawn = shapely.simplify(drawn, tolerance)
            push = _PUSH_KM + 2.0 * (error_km + plane.error_km) + tolerance
            wide = shapely.buffer(drawn, push, join_style="mitre", mitre_limit=4.0)
            corners = convex_corners(wide)
            lon, lat = plane.unproject(corners)
            found += [Position(lat=float(y), lon=float(x)) for x, y in zip(lon, lat, strict=True)]
        return tuple(dict.fromkeys(found))

    def error_km(self, points: Sequence[Position]) -> Kilometres:
        """Error of the map on which legs between the points are looked at."""
        plane = wide_plane(points) if points else None
        return (plane or StraightPlane(_ANYWHERE, WIDEST_KM)).error_km

    def blocked(self, points: Sequence[Position], /) -> BoolMatrix:
        """See ``problem.BlockedLegs``."""
        if not points or not self.areas:
            return np.zeros((len(points), len(points)), dtype=bool)
        plane = wide_plane(points)
        if plane is not None:
            return self._screen(plane).blocked(points)
        return self._tiled(points)

    def _screen(self, plane: StraightPlane) -> Screen:
        import shapely

        parts = [plane.project_geometry(area.geometry, area.frame) for area in self.areas]
        stretch = 1.0 / math.cos(plane.radius_km / 6371.0) ** 2
        return Screen(
            plane, shapely.buffer(shapely.union_all(parts), plane.error_km * stretch + 1e-3)
        )

    def _tiled(self, points: Sequence[Position]) -> BoolMatrix:
        """For points too far apart for one map: each leg on the map nearest to its middle."""
        n = len(points)
        blocked = np.zeros((n, n), dtype=bool)
        first, second = np.triu_indices(n, k=1)
        vectors = unit_vectors([p.lon for p in points], [p.lat for p in points])
        middle = vectors[first] + vectors[second]
        apart = (
            6371.0
            * 2.0
            * np.arcsin(
                np.clip(np.linalg.norm(vectors[first] - vectors[second], axis=1) / 2.0, 0.0, 1.0)
            )
        )
        tile = np.argmax(middle @ _tile_centres().T, axis=1)
        tile[apart > _TILE_LEG_KM] = -1
        for k in np.flatnonzero(tile == -1):
            i, j = int(first[k]), int(second[k])
            blocked[i, j] = any(area.intersects_leg(points[i], points[j]) for area in self.areas)
        for number in np.unique(tile[tile >= 0]):
            pairs = np.flatnonzero(tile == number)
            x, y, z = _tile_centres()[number]
            centre = Position(lat=math.degrees(math.asin(z)), lon=math.degrees(math.atan2(y, x)))
            plane, at, to = StraightPlane(centre, WIDEST_KM), first[pairs], second[pairs]
            blocked[at, to] = self._on(plane, points, at, to)
        return blocked | blocked.T

    def _on(
        self, plane: StraightPlane, points: Sequence[Position], first: Rows, second: Rows
    ) -> NDArray[np.bool_]:
        screen = self._screen(plane)
        xy = screen.xy(points)
        return screen.hits(xy[first], xy[second])


def _dense(ring: Ring) -> list[Position]:
    """A ring with its geodesic sides drawn as chords that stray less than 5 m."""
    found: list[Position] = []
    corners = [Position(lat=y, lon=x) for x, y in ring]
    for a, b in itertools.pairwise([*corners, corners[0]]):
        lon, lat, _ = trace(a, b)
        turned = (lon + 180.0) % 360.0 - 180.0
        between = zip(turned[1:-1].tolist(), lat[1:-1].tolist(), strict=True)
        found += [a, *(Position(lat=y, lon=x) for x, y in between)]
    return found


def _tile_centres() -> Floats:
    """Unit vectors spread evenly (Fibonacci's spiral): none on Earth is 1,900 km from all."""
    k = np.arange(_TILES) + 0.5
    z = 1.0 - 2.0 * k / _TILES
    turn = math.pi * (3.0 - math.sqrt(5.0)) * k
    side = np.sqrt(1.0 - z * z)
    return np.column_stack([side * np.cos(turn), side * np.sin(turn), z])
