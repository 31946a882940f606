"""Distances along geodesics of the WGS84 ellipsoid (Karney 2013, by way of PROJ).

Never haversine: the sphere is wrong by up to 0.6 %, which on 5,000 km is 30 km.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from overflight.geo.positions import Position
from overflight.units import Degrees, Kilometres

if TYPE_CHECKING:
    from pyproj import Geod


@lru_cache(maxsize=1)
def wgs84() -> Geod:
    """The ellipsoid, as pyproj knows it."""
    from pyproj import Geod

    return Geod(ellps="WGS84")


def distance_km(a: Position, b: Position) -> Kilometres:
    """Length of the geodesic from ``a`` to ``b``, km."""
    return float(wgs84().inv(a.lon, a.lat, b.lon, b.lat)[2]) / 1000.0


def azimuth_deg(a: Position, b: Position) -> Degrees:
    """Direction at ``a`` of the geodesic to ``b``, degrees clockwise from true north, [0, 360)."""
    return float(wgs84().inv(a.lon, a.lat, b.lon, b.lat)[0]) % 360.0


def destination(start: Position, azimuth: Degrees, distance: Kilometres) -> Position:
    """The point ``distance`` km from ``start`` along the geodesic that leaves at ``azimuth``."""
    lon, lat, _ = wgs84().fwd(start.lon, start.lat, azimuth, distance * 1000.0)
    return Position(lat=float(lat), lon=float(lon))


def leg_lengths_km(path: Sequence[Position]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Lengths of the legs between successive positions, km, shape (n - 1,)."""
    if len(path) < 2:
        return np.zeros(0)
    lon = np.array([p.lon for p in path])
    lat = np.array([p.lat for p in path])
    return np.asarray(wgs84().inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2], dtype=float) / 1000.0


def length_km(path: Sequence[Position]) -> Kilometres:
    """Length of a path of geodesic legs, km."""
    return float(leg_lengths_km(path).sum())


def distance_matrix_km(
    points: Sequence[Position],
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """All distances between n positions, km, shape (n, n), symmetric, zero diagonal."""
    n = len(points)
    lon = np.array([p.lon for p in points])
    lat = np.array([p.lat for p in points])
    rows, columns = np.triu_indices(n, k=1)
    metres = wgs84().inv(lon[rows], lat[rows], lon[columns], lat[columns])[2]
    matrix = np.zeros((n, n))
    matrix[rows, columns] = np.asarray(metres) / 1000.0
    return matrix + matrix.T


def densify(a: Position, b: Position, step: Kilometres) -> list[Position]:
    """Points along the geodesic from ``a`` to ``b``, both ends kept, at most ``step`` km apart."""
    pieces = max(1, int(np.ceil(distance_km(a, b) / step)))
    between = wgs84().npts(a.lon, a.lat, b.lon, b.lat, pieces - 1) if pieces > 1 else []
    return [a, *(Position(lat=lat, lon=lon) for lon, lat in between), b]
