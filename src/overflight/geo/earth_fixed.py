"""Earth-centred, Earth-fixed coordinates on WGS84, and where a line of sight meets the ground.

Closed forms (Torge, Mueller: Geodesy, 4th edition, section 4.1.3); x points to latitude and
longitude 0, z to the north pole, metres.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from overflight.geo.local import Floats
from overflight.units import Metres

SEMI_MAJOR_M = 6378137.0
FLATTENING = 1.0 / 298.257223563
_E2 = FLATTENING * (2.0 - FLATTENING)
_STEPS = 12


def to_earth_fixed(lat: ArrayLike, lon: ArrayLike, height_m: ArrayLike) -> Floats:
    """Degrees and metres above the ellipsoid to coordinates, shape (..., 3)."""
    phi, lam = np.radians(np.asarray(lat, dtype=float)), np.radians(np.asarray(lon, dtype=float))
    height = np.asarray(height_m, dtype=float)
    normal = SEMI_MAJOR_M / np.sqrt(1.0 - _E2 * np.sin(phi) ** 2)
    flat = (normal + height) * np.cos(phi)
    return np.stack(
        np.broadcast_arrays(
            flat * np.cos(lam),
            flat * np.sin(lam),
            (normal * (1.0 - _E2) + height) * np.sin(phi),
        ),
        axis=-1,
    )


def from_earth_fixed(xyz: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Latitude and longitude, degrees, and height above the ellipsoid, m; from shape (..., 3).

    Iterates on the latitude; near the Earth's surface to some nanometres.
    """
    x, y, z = np.moveaxis(np.asarray(xyz, dtype=float), -1, 0)
    flat = np.hypot(x, y)
    phi = np.arctan2(z, flat * (1.0 - _E2))
    for _ in range(_STEPS):
        normal = SEMI_MAJOR_M / np.sqrt(1.0 - _E2 * np.sin(phi) ** 2)
        phi = np.arctan2(z + _E2 * normal * np.sin(phi), flat)
    normal = SEMI_MAJOR_M / np.sqrt(1.0 - _E2 * np.sin(phi) ** 2)
    height = flat * np.cos(phi) + z * np.sin(phi) - normal * (1.0 - _E2 * np.sin(phi) ** 2)
    return np.degrees(phi), np.degrees(np.arctan2(y, x)), height


def north_east_down(lat: float, lon: float) -> Floats:
    """The local directions at a place, as rows of shape (3, 3)."""
    phi, lam = np.radians(lat), np.radians(lon)
    north = [-np.sin(phi) * np.cos(lam), -np.sin(phi) * np.sin(lam), np.cos(phi)]
    east = [-np.sin(lam), np.cos(lam), 0.0]
    down = [-np.cos(phi) * np.cos(lam), -np.cos(phi) * np.sin(lam), -np.sin(phi)]
    return np.array([north, east, down])


def meets_ground(origin: Floats, directions: Floats, height_m: Metres) -> Floats:
    """Where lines from ``origin`` (shape (3,)) along ``directions`` (shape (n, 3)) meet the
    surface ``height_m`` above the ellipsoid; shape (n, 3), nan where they pass it by.

    First on the ellipsoid with both axes longer by ``height_m``, which parts from the surface
    by centimetres; then by Newton's steps along the line.
    """
    unit = directions / np.linalg.norm(directions, axis=-1, keepdims=True)
    axes = np.array([SEMI_MAJOR_M, SEMI_MAJOR_M, SEMI_MAJOR_M * (1.0 - FLATTENING)]) + height_m
    start, along = origin / axes, unit / axes
    a = np.sum(along * along, axis=-1)
    b = np.sum(start * along, axis=-1)
    inside = b * b - a * (start @ start - 1.0)
    way = np.where(inside >= 0.0, (-b - np.sqrt(np.maximum(inside, 0.0))) / a, np.nan)
    way = np.where(way > 0.0, way, np.nan)
    for _ in range(3):
        lat, lon, height = from_earth_fixed(origin + way[:, None] * unit)
        phi, lam = np.radians(lat), np.radians(lon)
        up = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)
        way = way - (height - height_m) / np.sum(unit * up, axis=-1)
    return np.asarray(origin + way[:, None] * unit)
