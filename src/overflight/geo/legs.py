"""A geodesic leg as points close enough together that straight chords stand for it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from overflight.geo.geodesic import wgs84
from overflight.geo.local import MEAN_RADIUS_KM, Floats
from overflight.geo.positions import Position
from overflight.units import Kilometres

CHORD_ERROR_KM = 0.005
"""Farthest that a chord drawn straight in longitude and latitude strays from its leg, km.

Beyond 89.9 degrees of latitude, where degrees of longitude lose their meaning, up to 1 km.
"""

_LONGEST_STEP_KM = 25.0
_SHORTEST_STEP_KM = 0.5


@lru_cache(maxsize=8192)
def trace(a: Position, b: Position) -> tuple[Floats, Floats, Floats]:
    """Longitudes, latitudes (degrees) and distances from ``a`` (km) of points along the leg.

    Both ends are kept; a leg of no length gives two equal points. The geodesic curvature of a line
    that is straight in longitude and latitude is at most 1.1 tan(phi) / R, so a chord of length s
    strays by at most 1.1 s^2 tan(phi) / (8 R): the step is chosen from that. The arrays are kept,
    since rule after rule asks for the same legs, and are read only.
    """
    azimuth, _, metres = wgs84().inv(a.lon, a.lat, b.lon, b.lat)
    length = float(metres) / 1000.0
    reach = max(2, math.ceil(length / 100.0) + 1)
    lon, lat = _points(a, b, float(azimuth), length, reach)
    pieces = max(1, math.ceil(length / _step_km(float(np.abs(lat).max()), length / (reach - 1))))
    if pieces + 1 > reach:
        lon, lat = _points(a, b, float(azimuth), length, pieces + 1)
    along = np.linspace(0.0, length, len(lon))
    for row in (lon, lat, along):
        row.setflags(write=False)
    return lon, lat, along


def _points(
    a: Position, b: Position, azimuth: float, length: Kilometres, count: int
) -> tuple[Floats, Floats]:
    along = np.linspace(0.0, length * 1000.0, count)
    lon, lat, _ = wgs84().fwd(
        np.full(count, a.lon), np.full(count, a.lat), np.full(count, azimuth), along
    )
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    lon[0], lat[0], lon[-1], lat[-1] = a.lon, a.lat, b.lon, b.lat
    return np.unwrap(lon, period=360.0), lat


def _step_km(highest_latitude: float, coarse_step: Kilometres) -> Kilometres:
    """Longest step that keeps the chord error, given latitudes seen at a coarse step."""
    latitude = min(highest_latitude + coarse_step / 2.0 / 111.0, 89.99)
    slope = 1.1 * math.tan(math.radians(latitude))
    step = math.sqrt(8.0 * MEAN_RADIUS_KM * CHORD_ERROR_KM / max(slope, 1e-6))
    return min(max(step, _SHORTEST_STEP_KM), _LONGEST_STEP_KM)
