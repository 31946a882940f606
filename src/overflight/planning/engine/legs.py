"""Paths among discs: points, legs, and how many legs touch each disc, kept up to date.

All lengths are in the unit of the plane. ``warp`` turns planar length into true length: the
mean along a leg of a factor that is a polynomial of the second degree (1, x, y, xx, xy, yy).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.planning.engine.compiled import leaf

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

LENGTH, SCORE = range(2)
SIZE, BLOCKED, LOST, HINT = range(4)
ROOM = 2048
"""Most points a path may have."""
LOG = 1 << 15
"""Room for lost discs in one move; what goes beyond it is forgotten."""


class Discs(NamedTuple):
    """The discs cell by cell of a grid, and walls (x1, y1, x2, y2, shape (w, 4)) not to cross."""

    x: Floats
    y: Floats
    r: Floats
    score: Floats
    near: NDArray[np.int32]
    """The nearest other discs of each, shape (n, k)."""
    first: NDArray[np.int32]
    """Where each disc's part of ``other`` begins, shape (n + 1,)."""
    other: NDArray[np.int32]
    """The discs that overlap each disc."""
    grid: Floats
    """Least x and y of the cells, and cells per unit of length."""
    shape: Counts
    """Cells across (x) and down (y)."""
    cells: NDArray[np.int32]
    """Where the discs of each cell begin, row (y) by row; one more at the end."""
    warp: Floats
    walls: Floats
    corners: Floats
    """Places from which to go round the walls, shape (k, 2)."""
    ways: Floats
    """Shortest ways between corners, shape (k, k)."""
    hops: NDArray[np.int32]
    """The next corner on each of them."""


class Path(NamedTuple):
    """Points in order, how many legs touch each disc, and the sums."""

    x: Floats
    y: Floats
    touched: NDArray[np.int32]
    span: Floats
    """Planar length of the leg that begins at each point."""
    lost: NDArray[np.int32]
    """Discs in the order in which they lost their last leg (some more than once)."""
    sums: Floats
    """Length, score."""
    counts: Counts
    """Points; crossings of walls; entries in ``lost``; the leg changed last."""


def new_path(discs: int) -> Path:
    return Path(
        np.zeros(ROOM),
        np.zeros(ROOM),
        np.zeros(discs, np.int32),
        np.zeros(ROOM),
        np.zeros(LOG, np.int32),
        np.zeros(2),
        np.zeros(4, np.int64),
    )


@leaf
def true_length(ax: float, ay: float, bx: float, by: float, warp: Floats) -> float:
    x = 0.5 * (ax + bx)
    y = 0.5 * (ay + by)
    factor = warp[0] + x * (warp[1] + warp[3] * x + warp[4] * y) + y * (warp[2] + warp[5] * y)
    dx, dy = bx - ax, by - ay
    factor += (warp[3] * dx * dx + warp[4] * dx * dy + warp[5] * dy * dy) / 12.0  # the mean of it
    return float(np.sqrt(dx * dx + dy * dy) * factor)


@leaf
def crossings(ax: float, ay: float, bx: float, by: float, walls: Floats) -> int:
    """How many walls the leg meets."""
    count = 0
    for w in range(walls.shape[0]):
        cx, cy, dx, dy = walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3]
        if max(cx, dx) < min(ax, bx) or min(cx, dx) > max(ax, bx):
            continue
        if max(cy, dy) < min(ay, by) or min(cy, dy) > max(ay, by):
            continue
        one = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        two = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
        three = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
        four = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
        if one * two <= 0.0 and three * four <= 0.0:
            count += 1
    return count


@leaf
def _count_discs(
    path: Path,
    discs: Discs,
    begin: int,
    stop: int,
    sign: int,
    ax: float,
    ay: float,
    dx: float,
    dy: float,
    size: float,
) -> None:
    """Count a leg from a by (dx, dy) in or out at the discs from ``begin`` on that it touches."""
    turn = 1.0 / size if size > 0.0 else 0.0
    for k in range(begin, stop):
        px, py = discs.x[k] - ax, discs.y[k] - ay
        t = (px * dx + py * dy) * turn
        t = 0.0 if t < 0.0 else (1.0 if t > 1.0 else t)
        px -= t * dx
        py -= t * dy
        if px * px + py * py <= discs.r[k] * discs.r[k]:
            if sign > 0:
                if path.touched[k] == 0:
                    path.sums[SCORE] += discs.score[k]
                path.touched[k] += 1
            else:
                path.touched[k] -= 1
                if path.touched[k] == 0:
                    path.sums[SCORE] -= discs.score[k]
                    if path.counts[LOST] < LOG:
                        path.lost[path.counts[LOST]] = k
                        path.counts[LOST] += 1


@leaf
def count_leg(path: Path, discs: Discs, i: int, sign: int, reach: float) -> None:
    """Count the leg from point i to i + 1 in (sign 1) or out (sign -1)."""
    ax, ay, bx, by = path.x[i], path.y[i], path.x[i + 1], path.y[i + 1]
    path.sums[LENGTH] += sign * true_length(ax, ay, bx, by, discs.warp)
    if discs.walls.shape[0]:
        path.counts[BLOCKED] += sign * crossings(ax, ay, bx, by, discs.walls)
    dx, dy = bx - ax, by - ay
    size = dx * dx + dy * dy
    if sign > 0:
        path.span[i] = np.sqrt(size)
    across, down = discs.shape[0], discs.shape[1]
    west, south, fine = discs.grid[0], discs.grid[1], discs.grid[2]
    low = max(0, int((min(ay, by) - reach - south) * fine))
    high = min(down - 1, int((max(ay, by) + reach - south) * fine))
    for row in range(low, high + 1):
        # The part of the leg within reach of this row of cells, widened by the reach.
        left, right = min(ax, bx), max(ax, bx)
        if abs(dy) > 1e-9 * reach:
            one = (south + row / fine - reach - ay) / dy
            two = (south + (row + 1) / fine + reach - ay) / dy
            if one > two:
                one, two = two, one
            one = max(0.0, one)
            two = min(1.0, two)
            if one > two:
                continue
            left = ax + (one if dx > 0.0 else two) * dx
            right = ax + (two if dx > 0.0 else one) * dx
        first = int(max(0.0, (left - reach - west) * fine - 1e-6))
        last = int(min(across - 1.0, (right + reach - west) * fine + 1e-6))
        if first >= across or right + reach < west:
            continue
        begin = discs.cells[row * across + first]
        stop = discs.cells[row * across + last + 1]
        _count_discs(path, discs, begin, stop, sign, ax, ay, dx, dy, size)


@leaf
def widest(discs: Discs) -> float:
    """The largest radius."""
    reach = 0.0
    for k in range(discs.r.size):
        reach = max(reach, discs.r[k])
    return reach


@leaf
def recount(path: Path, discs: Discs) -> None:
    """Take all sums and counts afresh from the points."""
    path.sums[LENGTH] = path.sums[SCORE] = 0.0
    for k in range(path.touched.size):
        path.touched[k] = 0
    path.counts[BLOCKED] = 0
    reach = widest(discs)
    for i in range(path.counts[SIZE] - 1):
        count_leg(path, discs, i, 1, reach)


@leaf
def splice(
    path: Path, discs: Discs, i: int, j: int, put: int, x: float, y: float, reach: float
) -> None:
    """Replace the points i .. j - 1 by ``put`` (0 or 1) point x, y."""
    for k in range(i - 1, j):
        count_leg(path, discs, k, -1, reach)
    m = path.counts[SIZE]
    shift = put - (j - i)
    if shift > 0:
        for k in range(m - 1, j - 1, -1):
            path.x[k + shift] = path.x[k]
            path.y[k + shift] = path.y[k]
            path.span[k + shift] = path.span[k]
    elif shift < 0:
        for k in range(j, m):
            path.x[k + shift] = path.x[k]
            path.y[k + shift] = path.y[k]
            path.span[k + shift] = path.span[k]
    path.counts[SIZE] = m + shift
    path.counts[HINT] = i - 1
    if put:
        path.x[i] = x
        path.y[i] = y
    for k in range(i - 1, i + put):
        count_leg(path, discs, k, 1, reach)


@leaf
def copy_path(source: Path, target: Path) -> None:
    for k in range(source.counts[SIZE]):
        target.x[k] = source.x[k]
        target.y[k] = source.y[k]
        target.span[k] = source.span[k]
    for k in range(source.touched.size):
        target.touched[k] = source.touched[k]
    for k in range(source.sums.size):
        target.sums[k] = source.sums[k]
    for k in range(source.counts.size):
        target.counts[k] = source.counts[k]
