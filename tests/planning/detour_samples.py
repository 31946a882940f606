"""Another judge of ways round areas: GeographicLib and plain geometry, no code of ours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from geographiclib.geodesic import Geodesic

EARTH = Geodesic.WGS84
LonLat = tuple[float, float]


def km(a: LonLat, b: LonLat) -> float:
    return EARTH.Inverse(a[1], a[0], b[1], b[0])["s12"] / 1000.0


def go(start: LonLat, azimuth: float, distance: float) -> LonLat:
    end = EARTH.Direct(start[1], start[0], azimuth, distance * 1000.0)
    return (end["lon2"], end["lat2"])


def samples(a: LonLat, b: LonLat, step_km: float) -> list[LonLat]:
    """Points of the geodesic from a to b."""
    line = EARTH.InverseLine(a[1], a[0], b[1], b[0])
    count = max(2, math.ceil(line.s13 / 1000.0 / step_km) + 1)
    found = [line.Position(s) for s in np.linspace(0.0, line.s13, count)]
    return [(at["lon2"], at["lat2"]) for at in found]


def encloses(ring: Sequence[LonLat], point: LonLat) -> bool:
    """Whether the directions to the corners, one after the other, turn once round the point.

    Exact for rings with geodesic sides: seen from a point, a geodesic never turns back. Rings are
    less than 3,000 km across: seen from the other side of the Earth they would turn as well.
    """
    if km(ring[0], point) > 3000.0:
        return False
    to = [EARTH.Inverse(point[1], point[0], y, x)["azi1"] for x, y in ring]
    turns = ((b - a + 180.0) % 360.0 - 180.0 for a, b in pairwise([*to, to[0]]))
    return abs(sum(turns)) > 180.0


def meets(path: Sequence[LonLat], rings: Sequence[Sequence[LonLat]], step_km: float) -> bool:
    """Whether a path comes into an area, looked at every ``step_km``."""
    return any(
        encloses(ring, point)
        for a, b in pairwise(path)
        for point in samples(a, b, step_km)
        for ring in rings
    )


def length(path: Sequence[LonLat]) -> float:
    return sum(km(a, b) for a, b in pairwise(path))


def flat(centre: LonLat, point: LonLat) -> tuple[float, float]:
    """Azimuthal equidistant coordinates, km."""
    way = EARTH.Inverse(centre[1], centre[0], point[1], point[0])
    turn = math.radians(way["azi1"])
    return way["s12"] / 1000.0 * math.sin(turn), way["s12"] / 1000.0 * math.cos(turn)


def cuts(a: np.ndarray, b: np.ndarray, ring: np.ndarray) -> bool:
    """Whether a straight line enters a convex ring (counter-clockwise) by more than 1 m."""
    low, high = 0.0, 1.0
    along = b - a
    for p, q in pairwise([*ring, ring[0]]):
        side = q - p
        inward = np.array([-side[1], side[0]]) / np.hypot(*side)
        begin, rate = float(inward @ (a - p)) - 1e-3, float(inward @ along)
        if abs(rate) < 1e-12:
            if begin < 0:
                return False
        elif rate > 0:
            low = max(low, -begin / rate)
        else:
            high = min(high, -begin / rate)
    return low < high


def shortest_by_trying(
    start: LonLat, end: LonLat, rings: Sequence[Sequence[LonLat]], centre: LonLat
) -> float:
    """The least length over all sequences of corners whose legs enter no convex ring."""
    corners = [point for ring in rings for point in ring]
    points = [start, end, *corners]
    xy = np.array([flat(centre, point) for point in points])
    drawn = [np.array([flat(centre, point) for point in ring]) for ring in rings]
    n = len(points)
    leg = np.full((n, n), np.inf)
    for i in range(n):
        for j in range(i + 1, n):
            if not any(cuts(xy[i], xy[j], ring) for ring in drawn):
                leg[i, j] = leg[j, i] = km(points[i], points[j])

    def best(at: int, left: frozenset[int], so_far: float, least: float) -> float:
        least = min(least, so_far + float(leg[at, 1]))
        for following in left:
            longer = so_far + float(leg[at, following])
            if longer + km(points[following], end) < least:
                least = best(following, left - {following}, longer, least)
        return least

    return best(0, frozenset(range(2, n)), 0.0, np.inf)


def convex_ring(centre: LonLat, radius: float, turns: Sequence[float]) -> tuple[LonLat, ...]:
    """Corners on a circle, counter-clockwise: a convex ring."""
    return tuple(go(centre, -turn, radius) for turn in sorted(turns))
