"""Terrain under the points of a track."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError

Floats = NDArray[np.float64]
_MOST_CELLS = 100_000_000


def ground_under(path: Path, lat: Floats, lon: Floats) -> Floats:
    """Elevation of the raster's cell under each point, m above its own datum; NaN off the grid.

    Raises DataError for a raster that cannot be read, or so fine that the part under the track
    has more than 100 million cells.
    """
    from overflight.planning.terrain import open_grid

    with open_grid(path) as grid:
        x, y = lon, lat
        if grid.crs.to_epsg() != 4326:
            x, y = _moved(grid, lon, lat)
        to_cell = ~grid.transform
        columns = to_cell.a * x + to_cell.b * y + to_cell.c
        rows = to_cell.d * x + to_cell.e * y + to_cell.f
        column, row = np.floor(columns).astype(np.int64), np.floor(rows).astype(np.int64)
        inside = (column >= 0) & (column < grid.width) & (row >= 0) & (row < grid.height)
        found = np.full(len(lat), np.nan)
        if not inside.any():
            return found
        left, top = int(column[inside].min()), int(row[inside].min())
        wide, high = int(column[inside].max()) - left + 1, int(row[inside].max()) - top + 1
        if wide * high > _MOST_CELLS:
            raise DataError(
                f"the part of the elevations under the track has {wide * high:,} cells",
                file=path,
                remedy="Give a coarser grid; 90 m is fine enough for heights above ground.",
            )
        from rasterio.windows import Window

        cells = grid.read(1, window=Window(left, top, wide, high), masked=True)
        values = cells.astype(np.float64).filled(np.nan)
        found[inside] = values[row[inside] - top, column[inside] - left]
        return found


def _moved(grid: Any, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    from pyproj import Transformer

    there = Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True)
    x, y = there.transform(lon, lat)
    return np.asarray(x), np.asarray(y)
