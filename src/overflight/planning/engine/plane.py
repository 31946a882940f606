"""A plane for the search over discs on WGS84, and ways round hazard polygons in it."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import PlanError

Floats = NDArray[np.float64]

LONGEST_LEG_KM = 40.0
"""Straight lines of the plane and geodesics part by about 10 m on a leg as long as this."""
EDGE_STEP_KM = 10.0
CLEAR_KM = 0.1
"""Hazards are drawn with so much play, less than the margin that ``wall_segments`` is given."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Lambert conformal conic around some places; coordinates in km of the plane."""

    transform: Any
    crs: Any
    box: tuple[float, float, float, float]
    """Least and greatest longitude and latitude, degrees."""

    @classmethod
    def around(cls, places: Floats) -> Plane:
        """A plane that fits the places (longitude, latitude), also across the antimeridian."""
        from pyproj import Proj

        longitude, latitude = places.T
        middle = _middle_longitude(longitude)
        turned = (longitude - middle + 180.0) % 360.0 - 180.0
        low, high = float(latitude.min()), float(latitude.max())
        middle += float(turned.min() + turned.max()) / 2.0
        centre = (low + high) / 2.0
        part = max(1.0, (high - low) / 6.0)
        one, two = low + part, high - part
        if one > two:
            one = two = centre
        if abs(one + two) < 2.0:  # a cone needs its parallels on one side
            definition = f"+proj=merc +lon_0={middle} +lat_ts={abs(centre)}"
        else:
            definition = f"+proj=lcc +lat_1={one} +lat_2={two} +lat_0={centre} +lon_0={middle}"
        transform = Proj(definition + " +ellps=WGS84 +units=km +no_defs")
        half = float(turned.max() - turned.min()) / 2.0
        return cls(transform, definition, (middle - half, middle + half, low, high))

    def forward(self, places: Floats) -> Floats:
        """Longitude, latitude -> x, y; shape (n, 2)."""
        x, y = self.transform(places[:, 0], places[:, 1])
        return np.column_stack([x, y])

    def inverse(self, points: Floats) -> Floats:
        longitude, latitude = self.transform(points[:, 0], points[:, 1], inverse=True)
        return np.column_stack([longitude, latitude])

    def scale(self, places: Floats) -> Floats:
        """Plane km per true km at places; the plane is conformal, so in every direction."""
        if not len(places):
            return np.zeros(0)
        factors = self.transform.get_factors(places[:, 0], places[:, 1])
        return np.asarray(factors.meridional_scale, dtype=np.float64)

    def warp(self) -> Floats:
        """True km per plane km as 1, x, y, xx, xy, yy: least squares over the box."""
        west, east, south, north = self.box
        longitude, latitude = np.meshgrid(
            np.linspace(west, east, 25),
            np.linspace(max(south - 0.5, -89), min(north + 0.5, 89), 25),
        )
        places = np.column_stack([longitude.ravel(), latitude.ravel()])
        x, y = self.forward(places).T
        terms = np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])
        return np.asarray(np.linalg.lstsq(terms, 1.0 / self.scale(places), rcond=None)[0])

    def densified(self, points: Floats, ends: Floats) -> Floats:
        """Longitude, latitude of a path of the plane with points between on long legs."""
        dense = [points[:1]]
        for a, b in itertools.pairwise(points):
            pieces = max(1, math.ceil(float(np.hypot(*(b - a))) / LONGEST_LEG_KM))
            steps = np.arange(1, pieces + 1)[:, None] / pieces
            dense.append(a + steps * (b - a))
        places = self.inverse(np.vstack(dense))
        places[0], places[-1] = ends[0], ends[1]
        return places

    def geodesic_km(self, places: Floats) -> float:
        """The length of a path of geodesics on WGS84."""
        from pyproj import Geod

        return float(Geod(ellps="WGS84").line_length(places[:, 0], places[:, 1])) / 1000.0


def _middle_longitude(longitude: Floats) -> float:
    """The middle of the shortest arc that holds all longitudes."""
    sorted_ = np.sort(longitude % 360.0)
    gaps = np.diff(np.append(sorted_, sorted_[0] + 360.0))
    widest = int(np.argmax(gaps))
    first = sorted_[(widest + 1) % len(sorted_)]
    span = 360.0 - float(gaps[widest])
    return float((first + span / 2.0 + 180.0) % 360.0 - 180.0)


def hazard_rings(plane: Plane, hazards: Sequence[Sequence[tuple[float, float]]]) -> list[Floats]:
    """Outlines in the plane that hold every hazard, rings of longitude and latitude in degrees.

    An edge may be meant as a geodesic or as a straight line of degrees: both are kept out of.
    """
    from shapely import Polygon, make_valid
    from shapely.ops import unary_union

    rings = []
    for hazard in hazards:
        corners = np.asarray(hazard, dtype=np.float64)
        if not np.array_equal(corners[0], corners[-1]):
            corners = np.vstack([corners, corners[:1]])
        ways = [plane.forward(_dense(corners, along)) for along in (False, True)]
        area = unary_union([make_valid(Polygon(way)) for way in ways]).simplify(CLEAR_KM)
        parts = [p for p in getattr(area, "geoms", [area]) if p.geom_type == "Polygon"]
        rings += [np.asarray(part.exterior.coords) for part in parts]
    return rings


def _dense(corners: Floats, geodesic: bool) -> Floats:
    """A closed ring with a point about every 10 km, along geodesics or along straight degrees."""
    from pyproj import Geod

    earth = Geod(ellps="WGS84")
    corners = np.column_stack([np.unwrap(corners[:, 0], period=360.0), corners[:, 1]])
    points = []
    for a, b in itertools.pairwise(corners):
        course, _, metres = earth.inv(*a, *b)
        steps = np.linspace(0.0, 1.0, math.ceil(metres / 1000.0 / EDGE_STEP_KM) + 1)[:-1]
        if geodesic:
            many = np.ones_like(steps)
            lon, lat, _ = earth.fwd(a[0] * many, a[1] * many, course * many, metres * steps)
            points.append(np.column_stack([lon, lat]))
        else:
            points.append(a + steps[:, None] * (b - a))
    return np.vstack([*points, corners[:1]])


def wall_segments(rings: Sequence[Floats], margin: float) -> Floats:
    """The edges (x1, y1, x2, y2) of polygons made wider by a margin; shape (w, 4)."""
    from shapely import Polygon

    edges = []
    for ring in rings:
        corners = np.asarray(Polygon(ring).buffer(margin, join_style="mitre").exterior.coords)
        edges += [(*a, *b) for a, b in itertools.pairwise(corners)]
    return np.array(edges, dtype=np.float64).reshape(-1, 4)


def corners_of(rings: Sequence[Floats], margin: float) -> Floats:
    """The outward corners of polygons made wider by a margin; shape (k, 2)."""
    from shapely import Polygon
    from shapely.geometry.polygon import orient

    found = []
    for ring in rings:
        wide = orient(Polygon(ring).buffer(margin, join_style="mitre"))
        points = np.asarray(wide.exterior.coords)[:-1]
        before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
        left = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0] > 0.0
        found += [tuple(p) for p in points[left]]
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def way_round(start: Floats, end: Floats, corners: Floats, walls: Floats) -> Floats:
    """The shortest way from start to end that meets no wall (Dijkstra over corners).

    Raises PlanError when there is none, as when an end lies within the walls.
    """
    from overflight.planning.engine.legs import crossings

    def free(a: Floats, b: Floats) -> bool:
        return crossings(float(a[0]), float(a[1]), float(b[0]), float(b[1]), walls) == 0

    if not len(walls) or free(start, end):
        return np.array([start, end])
    nodes = [start, *corners, end]
    last = len(nodes) - 1
    distance = {0: 0.0}
    came: dict[int, int] = {}
    queue = [(0.0, 0)]
    while queue:
        d, i = heapq.heappop(queue)
        if d > distance[i]:
            continue
        if i == last:
            break
        for j in range(1, len(nodes)):
            step = d + float(np.hypot(*(nodes[j] - nodes[i])))
            if step < distance.get(j, math.inf) and free(nodes[i], nodes[j]):
                distance[j] = step
                came[j] = i
                heapq.heappush(queue, (step, j))
    if last not in came:
        raise PlanError(
            "A hazard area lies around the start or the end, or cuts one off from the other.",
            remedy="Choose other airfields or make the hazard area smaller.",
        )
    path = [last]
    while path[-1] in came:
        path.append(came[path[-1]])
    return np.array([nodes[i] for i in reversed(path)])
