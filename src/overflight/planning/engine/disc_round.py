"""Leading a leg that meets a wall round the corners of what is walled in.

Compiled pieces of the search over discs (``sweep``). Corners lie a little outside the walls; the
shortest ways among them are known beforehand, so a leg needs only the best first and last corner.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from overflight.planning.engine.compiled import owner
from overflight.planning.engine.legs import ROOM, SIZE, Discs, Path, crossings, splice
from overflight.planning.engine.tours import FAR

Floats = NDArray[np.float64]


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def shortest_ways(corners: Floats, walls: Floats) -> tuple[Floats, NDArray[np.int32]]:
    """Lengths of the shortest ways between k corners, and the next corner on each: (k, k) both."""
    k = corners.shape[0]
    ways = np.full((k, k), FAR)
    hops = np.full((k, k), -1, np.int32)
    for i in range(k):
        for j in range(k):
            ax, ay, bx, by = corners[i, 0], corners[i, 1], corners[j, 0], corners[j, 1]
            if i == j:
                ways[i, j] = 0.0
                hops[i, j] = j
            elif crossings(ax, ay, bx, by, walls) == 0:
                ways[i, j] = np.sqrt((ax - bx) ** 2 + (ay - by) ** 2)
                hops[i, j] = j
    for via in range(k):
        for i in range(k):
            for j in range(k):
                way = ways[i, via] + ways[via, j]
                if way < ways[i, j]:
                    ways[i, j] = way
                    hops[i, j] = hops[i, via]
    return ways, hops


@owner
def go_round(path: Path, discs: Discs, i: int, longest: float, reach: float) -> int:
    """Put corners into the leg from point i to i + 1 if it meets a wall; how many were put in.

    0 also when there is no way round that is at most ``longest`` (planar).
    """
    ax, ay, bx, by = path.x[i], path.y[i], path.x[i + 1], path.y[i + 1]
    if crossings(ax, ay, bx, by, discs.walls) == 0:
        return 0
    k = discs.corners.shape[0]
    first, last = np.full(k, FAR), np.full(k, FAR)
    for q in range(k):
        x, y = discs.corners[q, 0], discs.corners[q, 1]
        one = np.sqrt((ax - x) ** 2 + (ay - y) ** 2)
        two = np.sqrt((bx - x) ** 2 + (by - y) ** 2)
        if one <= longest and crossings(ax, ay, x, y, discs.walls) == 0:
            first[q] = one
        if two <= longest and crossings(x, y, bx, by, discs.walls) == 0:
            last[q] = two
    best = longest
    begin = -1
    end = -1
    for q in range(k):
        if first[q] >= best:
            continue
        for o in range(k):
            way = first[q] + discs.ways[q, o] + last[o]
            if way < best:
                best = way
                begin = q
                end = o
    if begin < 0:
        return 0
    put = 0
    q = begin
    while path.counts[SIZE] < ROOM - 2:
        splice(
            path,
            discs,
            i + 1 + put,
            i + 1 + put,
            1,
            discs.corners[q, 0],
            discs.corners[q, 1],
            reach,
        )
        put += 1
        if q == end:
            break
        q = discs.hops[q, end]
    return put
