"""Terrain under one place at a time: ``flying.ground`` with the cells near by kept in memory."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

_TILE = 256
_MOST_TILES = 64


class TerrainUnder:
    """Elevation of the raster's cell under a place, m above its own datum; None off the grid.

    Raises DataError, when it is made, for a raster that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        from overflight.planning.terrain import open_grid

        self._grid: Any = open_grid(path)
        self._to_cell = ~self._grid.transform
        self._tiles: dict[tuple[int, int], Any] = {}
        self._moved: Any = None
        if self._grid.crs.to_epsg() != 4326:
            from pyproj import Transformer

            self._moved = Transformer.from_crs("EPSG:4326", self._grid.crs, always_xy=True)

    def __call__(self, lat: float, lon: float) -> float | None:
        x, y = (lon, lat) if self._moved is None else self._moved.transform(lon, lat)
        to = self._to_cell
        column = to.a * x + to.b * y + to.c
        row = to.d * x + to.e * y + to.f
        if not (0.0 <= column < self._grid.width and 0.0 <= row < self._grid.height):
            return None
        at = math.floor(row), math.floor(column)
        value = float(self._tile(at[0] // _TILE, at[1] // _TILE)[at[0] % _TILE, at[1] % _TILE])
        return None if math.isnan(value) else value

    def _tile(self, down: int, across: int) -> Any:
        if (down, across) not in self._tiles:
            import numpy as np
            from rasterio.windows import Window

            while len(self._tiles) >= _MOST_TILES:
                del self._tiles[next(iter(self._tiles))]
            left, top = across * _TILE, down * _TILE
            wide = min(_TILE, self._grid.width - left)
            high = min(_TILE, self._grid.height - top)
            cells = self._grid.read(1, window=Window(left, top, wide, high), masked=True)
            self._tiles[down, across] = cells.astype(np.float64).filled(np.nan)
        return self._tiles[down, across]
