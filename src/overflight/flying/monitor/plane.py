"""Distances of near points, as ``flying.kernels`` has them, for one point at a time.

In plain Python: compiling, or loading what was compiled, would keep the screen dark for seconds.
A test holds the two against each other.
"""

from __future__ import annotations

import math

from overflight.units import Degrees, Kilometres

_RAD = math.pi / 180.0
_A_KM = 6378.137
_E2 = (2.0 - 1.0 / 298.257223563) / 298.257223563


def _radii(lat: Degrees) -> tuple[Kilometres, Kilometres]:
    w2 = 1.0 - _E2 * math.sin(lat * _RAD) ** 2
    normal = _A_KM / math.sqrt(w2)
    return normal, normal * (1.0 - _E2) / w2


def apart_km(lat0: Degrees, lon0: Degrees, lat1: Degrees, lon1: Degrees) -> Kilometres:
    """Distance of two near points, km."""
    phi = 0.5 * (lat0 + lat1)
    normal, meridian = _radii(phi)
    turn = lon1 - lon0
    turn -= 360.0 * math.floor((turn + 180.0) / 360.0)
    north = (lat1 - lat0) * _RAD * meridian
    east = turn * _RAD * normal * math.cos(phi * _RAD)
    return math.sqrt(north * north + east * east)


def to_piece(
    lat: Degrees, lon: Degrees, lat0: Degrees, lon0: Degrees, lat1: Degrees, lon1: Degrees
) -> tuple[Kilometres, float]:
    """Distance, km, of a point from a short piece of a line, and how far along it, 0 to 1."""
    normal, meridian = _radii(lat)
    turn0, turn1 = lon0 - lon, lon1 - lon
    turn0 -= 360.0 * math.floor((turn0 + 180.0) / 360.0)
    turn1 -= 360.0 * math.floor((turn1 + 180.0) / 360.0)
    x0 = turn0 * _RAD * normal * math.cos(0.5 * (lat + lat0) * _RAD)
    x1 = turn1 * _RAD * normal * math.cos(0.5 * (lat + lat1) * _RAD)
    y0, y1 = (lat0 - lat) * _RAD * meridian, (lat1 - lat) * _RAD * meridian
    dx, dy = x1 - x0, y1 - y0
    long = dx * dx + dy * dy
    part = 0.0 if long == 0.0 else -(x0 * dx + y0 * dy) / long
    part = min(max(part, 0.0), 1.0)
    x, y = x0 + part * dx, y0 + part * dy
    return math.sqrt(x * x + y * y), part
