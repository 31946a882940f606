"""Where places of a map grid are in a frame, point by point and without a short cut.

This is what the fast kernels are held against.
"""

from __future__ import annotations

import numpy as np

from overflight.geo.earth_fixed import to_earth_fixed
from overflight.imagery.collinear import project
from overflight.imagery.elevation import Terrain
from overflight.terms.frames import Floats, OrientedFrame


def positions(frame: OrientedFrame, terrain: Terrain, crs: str, x: Floats, y: Floats) -> Floats:
    """Pixels (column, row), shape (n, 2), of the terrain's surface at ``x`` and ``y``, shape (n,).

    nan where the terrain has no height and where no ray of the camera goes; places beyond the
    frame's edge are outside 0 to columns and rows.
    """
    import pyproj

    to_terrain = pyproj.Transformer.from_crs(crs, terrain.crs, always_xy=True)
    to_world = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    heights = terrain.heights(*to_terrain.transform(x, y))
    lon, lat = to_world.transform(x, y)
    points = to_earth_fixed(lat, lon, heights)
    found = project(frame.interior, frame.exterior, np.asarray(points).reshape(-1, 3))
    above = np.sum((frame.exterior.eye - points) * _up(np.asarray(lon), np.asarray(lat)), axis=-1)
    return np.where((above > 0.0)[:, None], found, np.nan)


def _up(lon: Floats, lat: Floats) -> Floats:
    lam, phi = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)
