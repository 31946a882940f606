"""The highest ground under a leg, from a grid of elevations.

The highest cell is only the highest point of a grid that holds maxima; where it holds means or
samples, peaks between its cells are missed, the more the coarser it is. The plan says which file
was used, not that its maxima are true.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import DataError
from overflight.geo.geodesic import densify
from overflight.geo.positions import Position
from overflight.units import Kilometres, Metres

TerrainMaxima = Callable[[Sequence[Position]], list[Metres | None]]
"""Highest ground, metres above mean sea level, for each leg of a path; None where not known."""

_PIECE_KM = 25.0
_KM_PER_DEGREE = 110.5
"""Shortest degree of latitude on WGS84, km."""


def terrain_from(path: Path, *, corridor_km: Kilometres) -> TerrainMaxima:
    """Maxima from a raster that rasterio reads (GeoTIFF, SRTM, ...), ``corridor_km`` to each side.

    Raises DataError when the file cannot be read or rasterio is not installed. Looks at boxes
    around pieces of 25 km, which hold the corridor and somewhat more.
    """
    open_grid(path).close()

    def maxima(route: Sequence[Position]) -> list[Metres | None]:
        with open_grid(path) as grid:
            return [_highest(grid, a, b, corridor_km) for a, b in pairwise(route)]

    return maxima


def open_grid(path: Path) -> Any:
    """The raster, opened; close it. DataError where it cannot be read or lies nowhere."""
    try:
        import rasterio
    except ImportError:
        raise DataError(
            "reading elevations needs the package rasterio",
            file=path,
            remedy="Install it: pip install rasterio.",
        ) from None
    try:
        grid = rasterio.open(path)
    except (rasterio.errors.RasterioIOError, OSError) as error:
        raise DataError(
            f"no elevations can be read: {error}",
            file=path,
            remedy="Give a raster with one band of metres, e.g. a GeoTIFF.",
        ) from None
    if grid.crs is None or not grid.count:
        grid.close()
        raise DataError(
            "the raster does not say where it lies",
            file=path,
            remedy="Give one with a coordinate reference system.",
        )
    return grid


def _highest(grid: Any, a: Position, b: Position, corridor: Kilometres) -> Metres | None:
    """Highest cell along a leg; None when part of it lies off the grid or is without data."""
    highest: list[Metres] = []
    for first, second in pairwise(densify(a, b, _PIECE_KM)):
        here = _highest_in_box(grid, _box(first, second, corridor))
        if here is None:
            return None
        highest.append(here)
    return max(highest, default=None)


def _box(a: Position, b: Position, margin: Kilometres) -> tuple[float, float, float, float]:
    """West, south, east, north around a short piece, degrees, ``margin`` km wider."""
    east_of_a = (b.lon - a.lon + 180.0) % 360.0 - 180.0
    up = margin / _KM_PER_DEGREE
    top = min(89.9, max(abs(a.lat), abs(b.lat)) + up)
    side = margin / (_KM_PER_DEGREE * np.cos(np.radians(top)))
    west = a.lon + min(0.0, east_of_a) - side
    east = a.lon + max(0.0, east_of_a) + side
    return west, min(a.lat, b.lat) - up, east, max(a.lat, b.lat) + up


def _highest_in_box(grid: Any, box: tuple[float, float, float, float]) -> Metres | None:
    """The highest cell in a box, which may reach over 180 degrees."""
    west, south, east, north = box
    turns = [0.0, 360.0] if west < -180.0 else [0.0, -360.0] if east > 180.0 else [0.0]
    found = []
    for turn in turns:
        left, right = max(west + turn, -180.0), min(east + turn, 180.0)
        if left < right:
            found.append(_highest_in_window(grid, (left, south, right, north)))
    known = [height for height in found if height is not None]
    return max(known) if known and len(known) == len(found) else None


def _highest_in_window(grid: Any, box: tuple[float, float, float, float]) -> Metres | None:
    from rasterio.warp import transform_bounds
    from rasterio.windows import Window, from_bounds

    bounds = transform_bounds("EPSG:4326", grid.crs, *box, densify_pts=21)
    window = from_bounds(*bounds, transform=grid.transform)
    top, left = _down(window.row_off), _down(window.col_off)
    bottom = -_down(-(window.row_off + window.height))
    right = -_down(-(window.col_off + window.width))
    if top < 0 or left < 0 or bottom > grid.height or right > grid.width:
        return None
    cells = grid.read(1, window=Window(left, top, right - left, bottom - top), masked=True)
    values = np.ma.masked_invalid(cells.astype(float))
    return None if values.count() == 0 else float(values.max())


def _down(cells: float) -> int:
    """Whole cells below a number of cells, rounding errors of the transform left out."""
    return int(np.floor(cells + 1e-6))
