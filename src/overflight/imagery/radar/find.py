"""Corner reflectors in a single-look complex image: where bright points stand.

A sample that is the highest of its neighbours and far above the median of its part of the image is
a candidate; from the strongest on, those are dropped that a stronger one's side lobes explain.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

THRESHOLD_DB = 20.0
_PART = 128
_MOST = 2000
_MARGIN = 4.0
"""Power over the envelope of an unweighted side lobe, 1 / (pi u)^2, up to which it is one."""


def bright_points(
    pixels: NDArray[Any],
    cells: tuple[float, float] = (0.7, 0.7),
    threshold_db: float = THRESHOLD_DB,
) -> list[tuple[int, int]]:
    """Row and column of each point, the strongest first. ``cells``: widths of resolution that a
    sample is long along rows' number and columns' (spacing times band)."""
    power = np.abs(pixels) ** 2
    over = 10.0 ** (threshold_db / 10.0)
    inner = power[1:-1, 1:-1]
    peak = np.ones(inner.shape, dtype=bool)
    for i in range(3):
        for j in range(3):
            if (i, j) != (1, 1):
                other = power[i : i + inner.shape[0], j : j + inner.shape[1]]
                peak &= inner > other if (i, j) < (1, 1) else inner >= other
    peak &= inner > over * _clutter(power)[1:-1, 1:-1]
    rows, columns = np.nonzero(peak)
    order = np.argsort(-inner[rows, columns], kind="stable")[: 20 * _MOST]
    found: list[tuple[int, int]] = []
    kept = np.empty((0, 3))
    for n in order:
        row, column = int(rows[n]) + 1, int(columns[n]) + 1
        own = float(power[row, column])
        if len(kept) and (own < _MARGIN * kept[:, 2] * _envelope(kept, row, column, cells)).any():
            continue
        found.append((row, column))
        kept = np.vstack([kept, (row, column, own)])
        if len(found) == _MOST:
            break
    return found


def _envelope(
    kept: NDArray[Any], row: int, column: int, cells: tuple[float, float]
) -> NDArray[Any]:
    """Power of side lobes at a place over their peaks', at the most."""
    total = np.ones(len(kept))
    for axis, at in enumerate((row, column)):
        u = np.abs(kept[:, axis] - at) * cells[axis]
        total *= np.minimum(1.0, 1.0 / (math.pi * np.maximum(u, 0.3)) ** 2)
    return total


def _clutter(power: NDArray[Any]) -> NDArray[Any]:
    """Mean power of the ground by the medians of square parts, over ln 2 as for speckle."""
    rows, columns = power.shape
    out = np.empty_like(power)
    for r in range(0, rows, _PART):
        for c in range(0, columns, _PART):
            part = power[r : r + _PART, c : c + _PART]
            out[r : r + _PART, c : c + _PART] = np.median(part) / math.log(2.0)
    return out
