"""Compiled pieces every search shares: random numbers, neighbour lists, construction, polish.

A tour is an int32 array of nodes, read as a circle. An open path from ``start`` to ``end`` is a
circle too: the matrix then holds a hugely negative way from ``end`` to ``start``, so that no move
pays that breaks it (``api`` does this). Distances may be float32 or float64, shape (n, n),
symmetric. Scores are float64, shape (n,).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from overflight.planning.engine.compiled import leaf

Tour = NDArray[np.int32]
Matrix = NDArray[Any]
Scores = NDArray[np.float64]
Random = NDArray[np.uint64]

FAR = 1e18
TINY = 1e-300


def new_random(seed: int) -> Random:
    """The state of a xorshift64* generator, shape (1,); any seed is good."""
    mixed = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % (1 << 64)
    state = np.array([mixed or 1], dtype=np.uint64)
    for _ in range(8):
        uniform(state)
    return state


@leaf
def uniform(state: Random) -> float:
    """The next number in [0, 1). Vigna 2016, xorshift64*."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@leaf
def below(state: Random, n: int) -> int:
    """A random integer in [0, n)."""
    return int(uniform(state) * n)


@leaf
def arrange(found: Tour, keys: Scores, count: int) -> None:
    """Sort the first ``count`` of ``found`` by their keys, smallest first (Shell's sort)."""
    gap = 1
    while gap < count // 4:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, count):
            key = keys[i]
            c = found[i]
            j = i - gap
            while j >= 0 and keys[j] > key:
                keys[j + gap] = keys[j]
                found[j + gap] = found[j]
                j -= gap
            keys[j + gap] = key
            found[j + gap] = c
        gap //= 3


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def neighbour_lists(distance: Matrix, k: int) -> NDArray[np.int32]:
    """The k nearest other nodes of each node, nearest first, shape (n, k)."""
    n = distance.shape[0]
    out = np.empty((n, k), np.int32)
    near = np.empty(k, np.float64)
    for i in range(n):
        count = 0
        row = distance[i]
        for j in range(n):
            if j == i:
                continue
            d = row[j]
            if count == k and d >= near[k - 1]:
                continue
            at = count if count < k else k - 1
            while at > 0 and near[at - 1] > d:
                near[at] = near[at - 1]
                out[i, at] = out[i, at - 1]
                at -= 1
            near[at] = d
            out[i, at] = j
            if count < k:
                count += 1
    return out


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def chain_order(near: NDArray[np.int32], first: int) -> NDArray[np.int32]:
    """All nodes along a nearest-neighbour walk: near nodes get near numbers (cache lines).

    Where no listed neighbour is left the walk goes on at the next node not yet met.
    """
    n = near.shape[0]
    order = np.empty(n, np.int32)
    met = np.zeros(n, np.uint8)
    order[0] = first
    met[first] = 1
    lowest = 0
    for i in range(1, n):
        following = -1
        for k in range(near.shape[1]):
            c = near[order[i - 1], k]
            if not met[c]:
                following = c
                break
        if following < 0:
            while met[lowest]:
                lowest += 1
            following = lowest
        met[following] = 1
        order[i] = following
    return order


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def renumbered(distance: Matrix, number: NDArray[np.int64], out: Matrix) -> None:
    """Write the distances between ``number[i]`` and ``number[j]`` to ``out[i, j]``."""
    n = number.size
    for i in range(n):
        row = distance[number[i]]
        for j in range(n):
            out[i, j] = row[number[j]]


BAD, NEGATIVE, CROOKED = range(3)
TILE = 64


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def inspect(distance: Matrix, faults: NDArray[np.int64]) -> tuple[float, bool]:
    """The largest distance and whether all are whole numbers.

    ``faults``, shape (3, 2), gets the place of one number that is not finite, one negative and
    one that differs from its mirror image by more than 1e-9 of the larger; -1 where there is none.
    The diagonal is not looked at.
    """
    n = distance.shape[0]
    faults[:] = -1
    largest = 0.0
    whole = True
    for top in range(0, n, TILE):
        for left in range(0, top + 1, TILE):
            for i in range(top, min(n, top + TILE)):
                for j in range(left, min(i, left + TILE)):
                    a = float(distance[i, j])
                    b = float(distance[j, i])
                    high = max(a, b)
                    if not (np.isfinite(a) and np.isfinite(b)):
                        faults[BAD, 0] = i
                        faults[BAD, 1] = j
                    elif min(a, b) < 0.0:
                        faults[NEGATIVE, 0] = i
                        faults[NEGATIVE, 1] = j
                    elif abs(a - b) > 1e-9 * high:
                        faults[CROOKED, 0] = i
                        faults[CROOKED, 1] = j
                    if high > largest:
                        largest = high
                    if a != np.floor(a):
                        whole = False
    return largest, whole


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def walk(
    distance: Matrix,
    scores: Scores,
    limit: float,
    start: int,
    end: int,
    near: NDArray[np.int32],
) -> Tour:
    """A first route at once: on to the nearest node of worth while the way to the end still fits.

    The route begins with ``start``; ``end`` is its last node unless both are the same.
    """
    n = distance.shape[0]
    met = np.zeros(n, np.uint8)
    tour = np.empty(n, np.int32)
    met[start] = 1
    met[end] = 1
    tour[0] = start
    m = 1
    here = start
    back = 0.0 if start == end else distance[start, end]
    length = back
    while True:
        following = -1
        for k in range(near.shape[1]):
            c = near[here, k]
            if met[c] or scores[c] <= 0.0:
                continue
            if length + distance[here, c] + distance[c, end] - back <= limit:
                following = c
                break
        if following < 0:
            break
        length += distance[here, following] + distance[following, end] - back
        back = distance[following, end]
        met[following] = 1
        tour[m] = following
        m += 1
        here = following
    if start != end:
        tour[m] = end
        m += 1
    return tour[:m].copy()


@leaf
def tour_length(distance: Matrix, tour: Tour, m: int) -> float:
    total = 0.0
    for i in range(m):
        total += distance[tour[i], tour[i + 1 if i + 1 < m else 0]]
    return total


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def construct(
    distance: Matrix,
    scores: Scores,
    limit: float,
    given: Tour,
    alpha: float,
    near: NDArray[np.int32],
) -> Tour:
    """Grow ``given`` by the best score^alpha / detour until nothing fits.

    A node whose place is gone looks for a new one beside its near nodes and where the place was.
    """
    n = distance.shape[0]
    nxt = np.full(n, -1, np.int32)
    prv = np.full(n, -1, np.int32)
    m = given.size
    for i in range(m):
        nxt[given[i]] = given[(i + 1) % m]
        prv[given[(i + 1) % m]] = given[i]
    length = tour_length(distance, given, m)
    detour = np.full(n, FAR)
    place = np.zeros(n, np.int32)
    worth = np.empty(n)
    for c in range(n):
        worth[c] = scores[c] ** alpha
        if nxt[c] >= 0 or scores[c] <= 0.0:
            continue
        for i in range(m):
            p = given[i]
            w = distance[p, c] + distance[c, nxt[p]] - distance[p, nxt[p]]
            if w < detour[c]:
                detour[c] = w
                place[c] = p
    small = 1e-6 * abs(limit) / n + TINY
    while True:
        top = -1.0
        chosen = -1
        for c in range(n):
            if nxt[c] >= 0 or length + detour[c] > limit:
                continue
            key = worth[c] / (max(detour[c], 0.0) + small)
            if key > top:
                top = key
                chosen = c
        if chosen < 0:
            break
        p = place[chosen]
        q = nxt[p]
        nxt[p] = chosen
        nxt[chosen] = q
        prv[q] = chosen
        prv[chosen] = p
        length += detour[chosen]
        m += 1
        for c in range(n):
            if nxt[c] >= 0 or detour[c] >= FAR:
                continue
            if place[c] == p:
                best = FAR
                for k in range(near.shape[1]):
                    u = near[c, k]
                    if nxt[u] < 0:
                        continue
                    for v in (prv[u], u):
                        w = distance[v, c] + distance[c, nxt[v]] - distance[v, nxt[v]]
                        if w < best:
                            best = w
                            place[c] = v
                detour[c] = best
            w = distance[p, c] + distance[c, chosen] - distance[p, chosen]
            if w < detour[c]:
                detour[c] = w
                place[c] = p
            w = distance[chosen, c] + distance[c, q] - distance[chosen, q]
            if w < detour[c]:
                detour[c] = w
                place[c] = chosen
    tour = np.empty(m, np.int32)
    u = given[0]
    for i in range(m):
        tour[i] = u
        u = nxt[u]
    return tour
