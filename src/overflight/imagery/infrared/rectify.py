"""A line scan brought to the map, sample by sample, over terrain or level ground.

For each pixel of the map the line and the sample that looked at its place are found, and the four
samples around are weighted by nearness. Ground that a ridge hides stays empty.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.infrared.ground import Ground
from overflight.imagery.infrared.lines import ScanLines, at_line, ground_of, sample_of
from overflight.imagery.rectify.grid import MapGrid
from overflight.imagery.render import mark

Array = NDArray[np.float64]

_ROWS = 64
_LOOKS = 24
_CLEAR_M = 2.0
_MOST = 100_000_000


def grid_of(lines: ScanLines, terrain: Ground, crs: str, size_m: float) -> MapGrid:
    """The map grid around all that the scan sees, in pixels of ``size_m``."""
    every = np.unique(np.linspace(0.0, lines.count - 1.0, min(lines.count, 400)))
    across = np.linspace(0.0, lines.samples - 1.0, 41)
    i, j = np.meshgrid(every, across, indexing="ij")
    seen = ground_of(lines, i.ravel(), j.ravel(), terrain)
    seen = seen[np.isfinite(seen).all(axis=1)]
    if not len(seen):
        raise ImageError("the scan sees no ground", remedy="Look at heights and the elevations.")
    left = math.floor(seen[:, 0].min() / size_m) * size_m
    top = math.ceil(seen[:, 1].max() / size_m) * size_m
    columns = math.ceil((seen[:, 0].max() - left) / size_m)
    rows = math.ceil((top - seen[:, 1].min()) / size_m)
    if columns * rows > _MOST:
        raise ImageError(
            f"a map of {columns} x {rows} pixels is too large", remedy="Give larger pixels."
        )
    return MapGrid(crs, left, top, size_m, max(columns, 1), max(rows, 1))


def rectified(
    counts: NDArray[Any], lines: ScanLines, terrain: Ground, grid: MapGrid
) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    """Pixels of the map, (rows, columns), of the scan's type, and where anything was seen (255)."""
    if counts.shape != (lines.count, lines.samples):
        raise ImageError(
            f"the scan has {counts.shape[0]} lines of {counts.shape[1]} samples, the places are "
            f"of {lines.count} of {lines.samples}",
            remedy="Give a place for each line of the scan.",
        )
    out = np.zeros(grid.shape, dtype=counts.dtype)
    seen = np.zeros(grid.shape, dtype=np.uint8)
    hilly = terrain.span[1] - terrain.span[0] > _CLEAR_M
    x = grid.left + (np.arange(grid.columns) + 0.5) * grid.size
    for row in range(0, grid.rows, _ROWS):
        end = min(row + _ROWS, grid.rows)
        y = grid.top - (np.arange(row, end) + 0.5) * grid.size
        points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        heights = terrain.heights(points[:, 0], points[:, 1])
        whole = np.column_stack([points, heights])
        known = np.isfinite(heights)
        index, sample = np.full(len(whole), np.nan), np.full(len(whole), np.nan)
        if known.any():
            index[known], sample[known] = sample_of(lines, whole[known])
        good = np.isfinite(index)
        if hilly and good.any():
            good[good] = _clear(lines, terrain, index[good], whole[good])
        values = _bilinear(counts, index[good], sample[good])
        block, mask = np.zeros(len(whole), counts.dtype), np.zeros(len(whole), np.uint8)
        most = float(np.iinfo(counts.dtype).max)
        block[good] = np.clip(np.rint(values), 0.0, most).astype(counts.dtype)
        mask[good] = 255
        out[row:end] = block.reshape(end - row, grid.columns)
        seen[row:end] = mask.reshape(end - row, grid.columns)
    return out, seen


def said_where_seen(pixels: NDArray[Any], seen: NDArray[np.uint8]) -> None:
    """Write SIMULATED over a map, in place: those words of the scan are turned and bent.

    In each quarter the large word stands where most of it lies on what is seen, since a scan lies
    aslant on its map. A map without room for a word is refused.
    """
    rows, columns = pixels.shape
    mark.write(pixels, mark.layout(rows, columns, (), 2), 0, 0, seen)
    dot = mark.large_dot(rows, columns)
    tall, wide = mark.TALL * dot, mark.WIDE * dot
    total = np.pad((seen != 0).astype(np.int64), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    for i in range(2):
        for j in range(2):
            r0, r1 = rows * i // 2, rows * (i + 1) // 2
            c0, c1 = columns * j // 2, columns * (j + 1) // 2
            top, left = np.arange(r0, r1 - tall + 1), np.arange(c0, c1 - wide + 1)
            a, b = top[:, None], left[None, :]
            held = (total[a + tall, b + wide] - total[a, b + wide]
                    - total[a + tall, b] + total[a, b])  # fmt: skip
            best = np.unravel_index(int(held.argmax()), held.shape)
            word = mark.Word(int(top[best[0]]), int(left[best[1]]), dot)
            mark.write(pixels, [word], 0, 0, seen)


def _clear(lines: ScanLines, terrain: Ground, index: Array, points: Array) -> NDArray[np.bool_]:
    """Whether no terrain rises into the way from each point to the aircraft."""
    place, _ = at_line(lines, index)
    clear = np.ones(len(points), dtype=bool)
    for share in (np.arange(_LOOKS) + 1.0) / (_LOOKS + 1.0):
        on_way = points + (place - points) * share
        below = terrain.heights(on_way[:, 0], on_way[:, 1])
        clear &= ~(below > on_way[:, 2] + _CLEAR_M)
    return clear


def _bilinear(counts: NDArray[Any], row: Array, column: Array) -> Array:
    """Values between samples; beyond the first and last half sample the outermost is held."""
    rows, columns = counts.shape
    r, c = np.clip(row, 0.0, rows - 1.0), np.clip(column, 0.0, columns - 1.0)
    r0, c0 = np.minimum(r.astype(int), rows - 2), np.minimum(c.astype(int), columns - 2)
    a, b = r - r0, c - c0
    upper = counts[r0, c0] * (1.0 - b) + counts[r0, c0 + 1] * b
    lower = counts[r0 + 1, c0] * (1.0 - b) + counts[r0 + 1, c0 + 1] * b
    return np.asarray(upper * (1.0 - a) + lower * a)
