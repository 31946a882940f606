"""What the code under test is held against: GeographicLib's own Python code, and brute force.

Nothing here uses pyproj, shapely or overflight.geo beyond ``Position``.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from geographiclib.geodesic import Geodesic

from overflight.geo.positions import Position

WGS84 = Geodesic.WGS84
A_KM, F = 6378.137, 1 / 298.257223563


def km(a: Position, b: Position) -> float:
    return float(WGS84.Inverse(a.lat, a.lon, b.lat, b.lon)["s12"]) / 1000.0


def go(start: Position, azimuth: float, distance_km: float) -> Position:
    found = WGS84.Direct(start.lat, start.lon, azimuth, distance_km * 1000.0)
    return Position(lat=found["lat2"], lon=found["lon2"])


def along(a: Position, b: Position, share: float) -> Position:
    """The point that divides the leg: 0 is ``a``, 1 is ``b``."""
    line = WGS84.InverseLine(a.lat, a.lon, b.lat, b.lon)
    found = line.Position(share * line.s13)
    return Position(lat=found["lat2"], lon=found["lon2"])


def on_edge(p: tuple[float, float], q: tuple[float, float], share: float) -> Position:
    """A point of an edge that is straight in longitude and latitude (x, y), as GeoJSON draws it."""
    return Position(lat=p[1] + share * (q[1] - p[1]), lon=p[0] + share * (q[0] - p[0]))


def least_km(a: Position, b: Position, p: tuple[float, float], q: tuple[float, float]) -> float:
    """Least distance between a leg and one short edge: golden sections in golden sections."""
    line = WGS84.InverseLine(a.lat, a.lon, b.lat, b.lon)

    def from_leg(share: float) -> float:
        here = line.Position(share * line.s13)

        def to_edge(part: float) -> float:
            there = on_edge(p, q, part)
            return float(
                WGS84.Inverse(here["lat2"], here["lon2"], there.lat, there.lon)["s12"] / 1000.0
            )

        return golden(to_edge)

    return golden(from_leg)


def golden(function: Callable[[float], float], steps: int = 26) -> float:
    """Least value on 0..1 of a function that falls and then rises."""
    ratio = (math.sqrt(5) - 1) / 2
    low, high = 0.0, 1.0
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(steps):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return min(at_left, at_right, function(0.0), function(1.0))


def zone_km2(south: float, north: float, degrees: float) -> float:
    """Area between two parallels over some degrees of longitude (Snyder 1987, equation 3-12)."""
    e = math.sqrt(F * (2 - F))
    b = A_KM * (1 - F)

    def q(latitude: float) -> float:
        s = math.sin(math.radians(latitude))
        return s / (1 - (e * s) ** 2) + math.log((1 + e * s) / (1 - e * s)) / (2 * e)

    return math.radians(degrees) * b * b / 2 * (q(north) - q(south))
