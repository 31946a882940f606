"""All sheets at a reduced size, small enough to be looked at together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from overflight.errors import DataError
from overflight.imagery.mosaic.sheets import Shelf
from overflight.imagery.rectify.grid import MapGrid

MOST_CELLS = 6_000_000
"""Cells of all sheets together: what is held of them is bounded by this, not by the leg."""
_SHARE = 8
_STRIP = 512


@dataclass(frozen=True, slots=True)
class Overview:
    """``factor`` pixels a cell. ``shape`` rows and columns of the mosaic in cells. Of each sheet:
    ``values`` (rows, columns, bands) means, ``seen`` (rows, columns) wholly seen, ``touched`` in
    part at least, ``corners`` (row, column) of its first cell."""

    factor: int
    shape: tuple[int, int]
    values: tuple[NDArray[Any], ...]
    seen: tuple[NDArray[np.bool_], ...]
    touched: tuple[NDArray[np.bool_], ...]
    corners: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Geometry:
    """In pixels of the mosaic: ``middle`` (sheets, 2) row and column of the middle of what each
    sees; ``radius`` the farthest that any sees from its middle, the common measure."""

    middle: NDArray[np.float64]
    radius: float


def factor_of(shelf: Shelf, grid: MapGrid, most: int = MOST_CELLS) -> int:
    """The smallest power of two by which neither the sheets together nor the mosaic have more than
    ``most`` cells, and no sheet more than its share of them."""
    each = [s.grid.rows * s.grid.columns for s in shelf.sheets]
    area = max(sum(each), grid.rows * grid.columns, _SHARE * max(each))
    factor = 1
    while area / factor**2 > most:
        factor *= 2
    return factor


def overview_of(shelf: Shelf, grid: MapGrid, factor: int) -> Overview:
    """Read every sheet once, strip by strip. Raises DataError for one in which nothing is seen."""
    shape = -(-grid.rows // factor), -(-grid.columns // factor)
    each = [_reduced(shelf, k, factor) for k in range(len(shelf.sheets))]
    values, seen, touched = (tuple(one[n] for one in each) for n in range(3))
    corners = tuple((s.row0 // factor, s.col0 // factor) for s in shelf.sheets)
    return Overview(factor, shape, values, seen, touched, corners)


def geometry_of(overview: Overview) -> Geometry:
    middle, radius = [], 0.0
    for seen, corner in zip(overview.seen, overview.corners, strict=True):
        down, right = (np.arange(n) + 0.5 for n in seen.shape)
        in_row, in_column = seen.sum(axis=1), seen.sum(axis=0)
        y, x = (down * in_row).sum() / in_row.sum(), (right * in_column).sum() / in_row.sum()
        middle.append(np.array([corner[0] + y, corner[1] + x]) * overview.factor)
        some = in_row > 0
        first = right[seen[some].argmax(axis=1)]
        last = right[-1 - seen[some][:, ::-1].argmax(axis=1)]
        far = np.hypot(down[some] - y, np.maximum(x - first, last - x)).max()
        radius = max(radius, float(far) * overview.factor)
    return Geometry(np.array(middle), max(radius, 1.0))


def _reduced(
    shelf: Shelf, k: int, factor: int
) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.bool_]]:
    """The cells of the mosaic that a sheet lies in, averaged; which it sees wholly, which in
    part."""
    sheet = shelf.sheets[k]
    top, left = sheet.row0 // factor, sheet.col0 // factor
    bottom, right = -(-sheet.row1 // factor), -(-sheet.col1 // factor)
    values = np.zeros((bottom - top, right - left, sheet.bands), dtype=sheet.dtype)
    seen = np.zeros((bottom - top, right - left), dtype=np.bool_)
    touched = np.zeros_like(seen)
    strip = max(1, _STRIP // factor)
    for row in range(top, bottom, strip):
        end = min(row + strip, bottom)
        pixels, mask = shelf.read(k, row * factor, end * factor, left * factor, right * factor)
        part = np.s_[row - top : end - top]
        _means(pixels, mask, factor, values[part], seen[part], touched[part])
    if not seen.any():
        raise DataError(
            f"too little is seen in this frame: no {factor} x {factor} pixels side by side"
            if touched.any()
            else "nothing is seen in this frame: its mask is empty",
            file=sheet.path,
            remedy="Leave it out.",
        )
    return values, seen, touched


@njit(cache=True, nogil=True)
def _means(
    pixels: Any, mask: Any, factor: int, out: Any, whole: Any, touched: Any
) -> None:  # pragma: no cover - compiled
    rows, columns, bands = out.shape
    area = factor * factor
    total = np.zeros(bands, dtype=np.int64)
    for r in range(rows):
        for c in range(columns):
            total[:] = 0
            count = 0
            for y in range(r * factor, (r + 1) * factor):
                for x in range(c * factor, (c + 1) * factor):
                    if mask[y, x]:
                        count += 1
                        for b in range(bands):
                            total[b] += pixels[y, x, b]
            touched[r, c] = count > 0
            if count == area:
                whole[r, c] = True
                for b in range(bands):
                    out[r, c, b] = (total[b] + area // 2) // area
