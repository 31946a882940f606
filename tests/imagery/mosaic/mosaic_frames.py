"""Frames cut from a picture that is known, for the tests of mosaics."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from overflight.imagery.cog import write_cog
from overflight.imagery.mosaic.make import Mosaic, Settings, make_mosaic
from overflight.imagery.mosaic.sheets import read_sheet
from overflight.imagery.rectify.grid import MapGrid

CRS, SIZE = "EPSG:32637", 0.5
LEFT, TOP = 500000.0, 6200000.0
PLACES = ((0, 0), (20, 130), (0, 260))
ROWS, COLUMNS = 240, 220
GAINS = np.array([[0.9, 0.95, 1.0], [1.1, 1.0, 0.92], [1.0, 1.05, 1.08]])


def ground(rows: int = 280, columns: int = 500, bands: int = 3) -> NDArray[np.float64]:
    """Texture between 60 and 190: smooth hills with small detail."""
    random = np.random.default_rng(7)
    y, x = np.mgrid[0:rows, 0:columns]
    hills = np.sin(x / 37.0) + np.cos(y / 29.0) + np.sin((x + y) / 11.0) / 2.0
    detail = random.normal(size=(rows, columns)) / 3.0
    base = 125.0 + 20.0 * (hills + detail)
    return np.stack([base * (1.0 - 0.05 * band) for band in range(bands)], axis=2)


def put(
    path: Path,
    pixels: NDArray[Any],
    at: tuple[int, int],
    mask: NDArray[np.uint8] | None = None,
    marks: tuple[str, ...] = (),
    crs: str = CRS,
    size: float = SIZE,
    shift: float = 0.0,
) -> Path:
    """A frame whose first pixel is at row and column ``at``."""
    rows, columns = pixels.shape[:2]
    grid = MapGrid(crs, LEFT + at[1] * SIZE + shift, TOP - at[0] * SIZE, size, columns, rows)
    write_cog(path, pixels, mask, grid, marks=marks)
    return path


def cut(truth: NDArray[Any], at: tuple[int, int]) -> NDArray[Any]:
    return truth[at[0] : at[0] + ROWS, at[1] : at[1] + COLUMNS]


def frames(folder: Path, gains: NDArray[np.float64] | None = None, **more: Any) -> list[Path]:
    """Three frames of the ground, at PLACES."""
    truth = ground()
    factors = np.ones((3, 3)) if gains is None else gains
    return [
        put(folder / f"f{k}.tif", np.rint(cut(truth, at) * factors[k]).astype(np.uint8), at, **more)
        for k, at in enumerate(PLACES)
    ]


def made(paths: list[Path], out: Path, **more: Any) -> Mosaic:
    return make_mosaic([read_sheet(p.stem, p) for p in paths], out, Settings(**more))


@dataclass(frozen=True)
class Seen:
    pixels: NDArray[Any]
    mask: NDArray[np.uint8]


def look(path: Path) -> Seen:
    with rasterio.open(path) as source:
        return Seen(np.moveaxis(source.read(), 0, 2), source.dataset_mask())
