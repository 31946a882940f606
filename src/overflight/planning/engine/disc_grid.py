"""Discs sorted into a grid, and from it which are near each other and which overlap.

Only the cells around a disc are looked at, so that thousands of discs are ready in a moment.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from overflight.planning.engine import legs
from overflight.planning.engine.disc_round import shortest_ways
from overflight.planning.engine.tours import FAR

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]

NEAR = 20
"""Neighbours that each disc knows."""


def grid_discs(
    x: Floats, y: Floats, r: Floats, score: Floats, warp: Floats, walls: Floats, corners: Floats
) -> legs.Discs:
    """Discs sorted into a grid whose cells are a little smaller than the largest radius."""
    if not len(x):  # one that is worth nothing keeps the kernel free of special cases
        x, y, r, score = (np.zeros(1) for _ in range(4))
    reach = max(float(r.max()), 1e-9)
    low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
    cell = max(0.7 * reach, float(np.sqrt(np.prod(high - low + reach) / (4.0 * len(x) + 64.0))))
    shape = ((high - low) / cell).astype(np.int64) + 1
    number = ((y - low[1]) / cell).astype(np.int64) * shape[0] + ((x - low[0]) / cell).astype(
        np.int64
    )
    order = np.lexsort((x, number))
    cells = np.searchsorted(number[order], np.arange(shape[0] * shape[1] + 1)).astype(np.int32)
    x, y, r, score = (np.ascontiguousarray(a[order]) for a in (x, y, r, score))
    n = len(x)
    home = np.ascontiguousarray(number[order])
    first = np.zeros(n + 1, np.int64)
    none = np.empty(0, np.int32)
    overlapping(x, y, r, reach, cell, shape, cells, home, first, none)
    other = np.empty(int(first[n]), np.int32)
    overlapping(x, y, r, reach, cell, shape, cells, home, first, other)
    return legs.Discs(
        x,
        y,
        r,
        score,
        nearest(x, y, min(n - 1, NEAR), cell, shape, cells, home),
        first.astype(np.int32),
        other,
        np.array([*low, 1.0 / cell]),
        shape,
        cells,
        warp,
        walls,
        corners,
        *shortest_ways(corners, walls),
    )


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def overlapping(
    x: Floats,
    y: Floats,
    r: Floats,
    reach: float,
    cell: float,
    shape: NDArray[np.int64],
    cells: Indices,
    home: NDArray[np.int64],
    first: NDArray[np.int64],
    other: Indices,
) -> None:
    """Where each disc's overlaps begin and end, into ``first``, and, where it has room, which.

    With an empty ``other`` they are only counted. Each disc's are in rising order. ``home`` is
    the cell of each disc, ``reach`` the largest radius.
    """
    n = x.size
    across, down = shape[0], shape[1]
    total = 0
    for i in range(n):
        first[i] = total
        begun = total
        wide = int((r[i] + reach) / cell) + 1
        column, row = home[i] % across, home[i] // across
        left, right = max(0, column - wide), min(across - 1, column + wide)
        for j in range(max(0, row - wide), min(down - 1, row + wide) + 1):
            for k in range(cells[j * across + left], cells[j * across + right + 1]):
                apart = np.sqrt((x[k] - x[i]) ** 2 + (y[k] - y[i]) ** 2)
                if k != i and apart < r[k] + r[i]:
                    if other.size:
                        other[total] = k
                    total += 1
        if other.size:
            other[begun:total].sort()
    first[n] = total


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def nearest(
    x: Floats,
    y: Floats,
    count: int,
    cell: float,
    shape: NDArray[np.int64],
    cells: Indices,
    home: NDArray[np.int64],
) -> Indices:
    """The nearest other discs of each, nearest first, shape (n, count); of equals the lower one.

    Rings of cells are looked through from the inside out: what lies beyond ring k is at least k
    cells away.
    """
    n = x.size
    across, down = shape[0], shape[1]
    out = np.empty((n, count), np.int32)
    away = np.empty(count, np.float64)
    for i in range(n if count else 0):
        column, row = home[i] % across, home[i] // across
        away[:] = FAR
        found = 0
        for ring in range(max(across, down)):
            if found == count and away[count - 1] < ((ring - 1) * cell) ** 2:
                break
            for j in range(max(0, row - ring), min(down - 1, row + ring) + 1):
                edge = j in (row - ring, row + ring)
                step = 1 if edge or ring == 0 else 2 * ring
                for c in range(column - ring, column + ring + 1, step):
                    if c < 0 or c >= across:
                        continue
                    for k in range(cells[j * across + c], cells[j * across + c + 1]):
                        if k == i:
                            continue
                        d = (x[k] - x[i]) ** 2 + (y[k] - y[i]) ** 2
                        last = count - 1
                        if found == count and (
                            d > away[last] or (d == away[last] and k > out[i, last])
                        ):
                            continue
                        at = found if found < count else last
                        while at > 0 and (
                            d < away[at - 1] or (d == away[at - 1] and k < out[i, at - 1])
                        ):
                            away[at] = away[at - 1]
                            out[i, at] = out[i, at - 1]
                            at -= 1
                        away[at] = d
                        out[i, at] = k
                        if found < count:
                            found += 1
    return out
