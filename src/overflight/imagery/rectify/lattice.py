"""A coarse lattice over a map grid, exact at its nodes, smooth enough to be linear in between.

A place (x, y) of the map at height h above the ellipsoid is at U = A + h B in camera axes, where

    A = axes @ (P(x, y) - eye),  P on the ellipsoid, Earth-fixed;  B = axes @ N(x, y), its normal.

Map projection and ellipsoid bend A, B and the terrain's column and row by so little over some
tens of pixels that bilinear interpolation leaves no error to speak of; how much is left is measured
between the nodes, and the lattice is made finer until it is at most ``FINE_PX``. Heights are not in
it: they are looked up pixel by pixel, so a terrain's kinks are where they belong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.geo.earth_fixed import to_earth_fixed
from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.grid import MapGrid
from overflight.terms.frames import Floats, OrientedFrame

STEPS = (64, 32, 16, 8, 4, 2, 1)
FINE_PX = 1e-3
"""Pixels of the frame that the interpolation may be off."""
FINE_POSTS = 1e-3
"""And posts of the terrain."""
_TRIED = 24
"""Cells along each edge in whose middle it is measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """``nodes`` (rows, columns, 8): A, B, then the terrain's column and row; node (i, j) is the
    centre of the grid's pixel in row i step and column j step. ``error_px`` is what interpolation
    was found to leave."""

    nodes: Floats
    step: int
    error_px: float


def lattice(frame: OrientedFrame, terrain: Terrain, grid: MapGrid) -> Lattice:
    """The coarsest lattice that is exact enough. Raises ImageError for a coordinate system that
    is not known or not usable there."""
    for step in STEPS:
        error_px, error_posts = _left_over(frame, terrain, grid, step)
        if (error_px <= FINE_PX and error_posts <= FINE_POSTS) or step == STEPS[-1]:
            break
    rows = np.arange((grid.rows - 1) // step + 2) * step
    columns = np.arange((grid.columns - 1) // step + 2) * step
    across, down = np.meshgrid(columns, rows)
    return Lattice(np.ascontiguousarray(_exact(frame, terrain, grid, down, across)), step, error_px)


def _exact(
    frame: OrientedFrame, terrain: Terrain, grid: MapGrid, rows: NDArray[np.int_],
    columns: NDArray[np.int_],
) -> Floats:  # fmt: skip
    """The eight values at the centres of pixels, (..., 8)."""
    import pyproj

    x = grid.left + grid.size * (columns + 0.5)
    y = grid.top - grid.size * (rows + 0.5)
    try:
        crs = pyproj.CRS.from_user_input(grid.crs)
        theirs = pyproj.CRS.from_user_input(terrain.crs)
        lon, lat = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
        there = (
            (x, y)
            if crs == theirs
            else pyproj.Transformer.from_crs(crs, theirs, always_xy=True).transform(x, y)
        )
    except pyproj.exceptions.ProjError as error:
        raise ImageError(
            f"the map's coordinate system {grid.crs!r} cannot be used ({error})",
            remedy="Name a projected system in metres, such as the UTM zone's EPSG code.",
        ) from None
    values = np.empty((*x.shape, 8))
    axes, eye = frame.exterior.axes, frame.exterior.eye
    values[..., 0:3] = (to_earth_fixed(lat, lon, 0.0) - eye) @ axes.T
    lam, phi = np.radians(lon), np.radians(lat)
    normal = [np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)]
    values[..., 3:6] = np.stack(normal, axis=-1) @ axes.T
    values[..., 6], values[..., 7] = terrain.indices(*there)
    if not np.isfinite(values).all():
        raise ImageError(
            f"part of the map lies where {grid.crs!r} or the terrain's system has no coordinates",
            remedy="Choose a coordinate system of the frame's own area, such as its UTM zone.",
        )
    return values


def _left_over(
    frame: OrientedFrame, terrain: Terrain, grid: MapGrid, step: int
) -> tuple[float, float]:
    """How far the middles of cells are from interpolation: pixels of the frame, posts."""
    down, across = np.meshgrid(_chosen(grid.rows, step), _chosen(grid.columns, step), indexing="ij")
    corners = [
        _exact(frame, terrain, grid, down + i, across + j) for i in (0, step) for j in (0, step)
    ]
    half = step // 2
    shares = ((step - half) ** 2, (step - half) * half, half * (step - half), half * half)
    between = sum(corner * (share / step**2) for corner, share in zip(corners, shares, strict=True))
    off = between - _exact(frame, terrain, grid, down + half, across + half)
    focal = max(frame.interior.focal_x, frame.interior.focal_y)
    worst = 0.0
    for height in terrain.span:
        bent = np.linalg.norm(off[..., 0:3] + height * off[..., 3:6], axis=-1)
        far = np.linalg.norm(corners[0][..., 0:3] + height * corners[0][..., 3:6], axis=-1)
        worst = max(worst, float(np.max(bent / np.maximum(far, 1e-9))) * focal)
    return worst, float(np.max(np.abs(off[..., 6:8])))


def _chosen(count: int, step: int) -> NDArray[np.int_]:
    cells = (count - 1) // step + 1
    return np.unique(np.linspace(0, cells - 1, min(cells, _TRIED)).astype(np.int64)) * step
