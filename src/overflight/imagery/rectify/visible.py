"""What the terrain hides from the camera by itself: behind a ridge, behind a building.

From a place on the surface the line to the projection centre is followed over the terrain, half a
post at a time, until it is above everything. The line is taken straight in the terrain's own
columns and rows, with the Earth's curvature taken off its height: over some kilometres that is
right within centimetres.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import int32, njit

from overflight.geo.earth_fixed import SEMI_MAJOR_M, from_earth_fixed
from overflight.imagery.elevation import Terrain
from overflight.terms.frames import Exterior, Floats

_CLEAR_M = 0.02
"""A line this little under the surface still sees: heights are in single precision."""


def eye_over(exterior: Exterior, terrain: Terrain) -> Floats:
    """The camera as the terrain counts: column, row, height in metres, metres of a column, of a
    row; shape (5,)."""
    import pyproj

    lat, lon, height = (float(value) for value in from_earth_fixed(exterior.eye))
    to_terrain = pyproj.Transformer.from_crs("EPSG:4326", terrain.crs, always_xy=True)
    column, row = terrain.indices(*to_terrain.transform(lon, lat))
    edge = 1e-4
    across = terrain.indices(*to_terrain.transform(lon + edge, lat))
    along = terrain.indices(*to_terrain.transform(lon, lat + edge))
    jacobian = np.array([[across[k] - at, along[k] - at] for k, at in enumerate((column, row))])
    metres = np.radians(edge) * SEMI_MAJOR_M * np.array([np.cos(np.radians(lat)), 1.0])
    per_post = np.linalg.norm(np.linalg.inv(jacobian / metres[None, :]), axis=0)
    return np.array([float(column), float(row), height, *per_post])


@njit(cache=True, nogil=True, error_model="numpy")
def hide(
    nodes: Any, step: int, row0: int, col0: int, posts: Any, eye: Any, ceiling: float, across: Any
) -> int:  # pragma: no cover - compiled
    """Marks in ``across``, from ``place``, what is hidden as unseen; returns how much that was."""
    found = 0
    for r in range(across.shape[0]):
        upper, down = (row0 + r) // step, ((row0 + r) % step) / step
        for i in range(across.shape[1]):
            if across[r, i] == int32(-(2**31)):
                continue
            left, right = (col0 + i) // step, ((col0 + i) % step) / step
            column = _between(nodes, upper, left, down, right, 6)
            row = _between(nodes, upper, left, down, right, 7)
            if _hidden(posts, column, row, eye, ceiling):
                across[r, i] = int32(-(2**31))
                found += 1
    return found


@njit(nogil=True, error_model="numpy")
def _between(
    nodes: Any, upper: int, left: int, down: float, right: float, k: int
) -> float:  # pragma: no cover - compiled
    top = nodes[upper, left, k] + right * (nodes[upper, left + 1, k] - nodes[upper, left, k])
    end = nodes[upper + 1, left, k]
    end += right * (nodes[upper + 1, left + 1, k] - end)
    return float(top + down * (end - top))


@njit(nogil=True, error_model="numpy")
def _surface(posts: Any, column: float, row: float) -> float:  # pragma: no cover - compiled
    most_row, most_column = posts.shape[0] - 1, posts.shape[1] - 1
    if not (column >= 0.0 and column <= most_column and row >= 0.0 and row <= most_row):
        return np.nan
    c, r = min(int(column), most_column - 1), min(int(row), most_row - 1)
    right, down = column - c, row - r
    top = posts[r, c] * (1.0 - right) + posts[r, c + 1] * right
    end = posts[r + 1, c] * (1.0 - right) + posts[r + 1, c + 1] * right
    return float(top * (1.0 - down) + end * down)


@njit(nogil=True, error_model="numpy")
def _hidden(
    posts: Any, column: float, row: float, eye: Any, ceiling: float
) -> bool:  # pragma: no cover - compiled
    height = _surface(posts, column, row)
    away_c, away_r, rise = eye[0] - column, eye[1] - row, eye[2] - height
    far = max(abs(away_c), abs(away_r))
    if far < 1e-9:
        return False
    square = (away_c * eye[3]) ** 2 + (away_r * eye[4]) ** 2
    sag = square / (2.0 * SEMI_MAJOR_M)
    s, each = 0.0, 0.5 / far
    while True:
        s += each
        if s >= 1.0:
            return False
        line = height + s * rise - s * (1.0 - s) * sag
        if line > ceiling:
            return False
        # Comparing with nan is false: nothing is hidden by a hole.
        if _surface(posts, column + s * away_c, row + s * away_r) > line + _CLEAR_M:
            return True
