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

Tour = NDArray[np.int32]
Matrix = NDArray[Any]
Scores = NDArray[np.float64]
Random = NDArray[np.uint64]

FAR = 1e18


def new_random(seed: int) -> Random:
    """The state of a xorshift64* generator, shape (1,); any seed is good."""
    mixed = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % (1 << 64)
    state = np.array([mixed or 1], dtype=np.uint64)
    for _ in range(8):
        uniform(state)
    return state


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def uniform(state: Random) -> float:
    """The next number in [0, 1). Vigna 2016, xorshift64*."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def below(state: Random, n: int) -> int:
    """A random integer in [0, n)."""
    return int(uniform(state) * n)


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
def chain_order(distance: Matrix, first: int) -> NDArray[np.int32]:
    """All nodes along a nearest-neighbour walk: near nodes get near numbers (cache lines)."""
    n = distance.shape[0]
    order = np.empty(n, np.int32)
    left = np.arange(n).astype(np.int32)
    left[first] = left[n - 1]
    count = n - 1
    order[0] = first
    for i in range(1, n):
        row = distance[order[i - 1]]
        best = FAR
        at = 0
        for j in range(count):
            d = row[left[j]]
            if d < best:
                best = d
                at = j
        order[i] = left[at]
        count -= 1
        left[at] = left[count]
    return order


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
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
    noise: float,
    state: Random,
) -> Tour:
    """Grow ``given`` by the best score^alpha / detour until nothing fits."""
    n = distance.shape[0]
    nxt = np.full(n, -1, np.int32)
    m = given.size
    for i in range(m):
        nxt[given[i]] = given[(i + 1) % m]
    length = tour_length(distance, given, m)
    detour = np.full(n, FAR)
    place = np.zeros(n, np.int32)
    worth = np.empty(n)
    for c in range(n):
        worth[c] = scores[c] ** alpha * (1.0 + noise * (uniform(state) - 0.5))
        if nxt[c] >= 0 or scores[c] <= 0.0:
            continue
        for i in range(m):
            p = given[i]
            w = distance[p, c] + distance[c, nxt[p]] - distance[p, nxt[p]]
            if w < detour[c]:
                detour[c] = w
                place[c] = p
    small = 1e-6 * abs(limit) / n
    root = given[0]
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
        length += detour[chosen]
        m += 1
        for c in range(n):
            if nxt[c] >= 0 or detour[c] >= FAR:
                continue
            if place[c] == p:
                best = FAR
                u = root
                while True:
                    v = nxt[u]
                    w = distance[u, c] + distance[c, v] - distance[u, v]
                    if w < best:
                        best = w
                        place[c] = u
                    u = v
                    if u == root:
                        break
                detour[c] = best
            else:
                w = distance[p, c] + distance[c, chosen] - distance[p, chosen]
                if w < detour[c]:
                    detour[c] = w
                    place[c] = p
                w = distance[chosen, c] + distance[c, q] - distance[chosen, q]
                if w < detour[c]:
                    detour[c] = w
                    place[c] = chosen
    tour = np.empty(m, np.int32)
    u = root
    for i in range(m):
        tour[i] = u
        u = nxt[u]
    return tour


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _reverse(tour: Tour, place: Tour, m: int, x: int, y: int) -> None:
    """Reverse the tour from index x on to index y (around the end), on the shorter side."""
    size = (y - x + m) % m + 1
    if size > m - size:
        x, y = (y + 1) % m, (x - 1 + m) % m
        size = m - size
    for _ in range(size // 2):
        u = tour[x]
        v = tour[y]
        tour[x] = v
        tour[y] = u
        place[v] = x
        place[u] = y
        x = x + 1 if x + 1 < m else 0
        y = y - 1 if y > 0 else m - 1


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _move_segment(
    tour: Tour, place: Tour, m: int, i: int, size: int, ahead: bool, j: int, after: bool
) -> None:
    """Move ``size`` nodes from index i (going on or back) next to index j, first node at j."""
    seg = np.empty(size, np.int32)
    for s in range(size):
        seg[s] = tour[(i + s) % m] if ahead else tour[(i - s + m) % m]
    anchor = tour[j]
    first = (i + size) % m if ahead else (i + 1) % m
    rest = np.empty(m, np.int32)
    w = 0
    for s in range(m - size):
        v = tour[(first + s) % m]
        if v == anchor and not after:
            for t in range(size - 1, -1, -1):
                rest[w] = seg[t]
                w += 1
        rest[w] = v
        w += 1
        if v == anchor and after:
            for t in range(size):
                rest[w] = seg[t]
                w += 1
    for s in range(m):
        tour[s] = rest[s]
        place[rest[s]] = s


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def polish(tour: Tour, m: int, distance: Matrix, near: NDArray[np.int32], place: Tour) -> float:
    """Shorten a tour in place by 2-opt and Or-opt (neighbour lists, don't-look bits).

    ``place`` is scratch, shape (n,). Returns the length saved.
    """
    n = distance.shape[0]
    if m < 5:
        return 0.0
    k_max = near.shape[1]
    for i in range(n):
        place[i] = -1
    for i in range(m):
        place[tour[i]] = i
    asleep = np.zeros(n, np.uint8)
    queue = tour[:m].copy()
    saved = 0.0
    awake = True
    while awake:
        awake = False
        for qi in range(m):
            a = queue[qi]
            if asleep[a]:
                continue
            found = False
            for side in range(2):
                i = place[a]
                b = tour[(i + 1) % m] if side == 0 else tour[(i - 1 + m) % m]
                ab = distance[a, b]
                for k in range(k_max):
                    c = near[a, k]
                    ac = distance[a, c]
                    if ac >= ab:
                        break
                    j = place[c]
                    if j < 0:
                        continue
                    d = tour[(j + 1) % m] if side == 0 else tour[(j - 1 + m) % m]
                    delta = ac + distance[b, d] - ab - distance[c, d]
                    if delta < -1e-9:
                        if side == 0:
                            _reverse(tour, place, m, (i + 1) % m, j)
                        else:
                            _reverse(tour, place, m, i, (j - 1 + m) % m)
                        asleep[a] = asleep[b] = asleep[c] = asleep[d] = 0
                        saved -= delta
                        found = True
                        break
                if found:
                    break
            if not found:
                saving = _or_opt(tour, place, m, distance, near, a, asleep)
                saved += saving
                found = saving > 0.0
            if found:
                awake = True
            else:
                asleep[a] = 1
    return saved


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _or_opt(
    tour: Tour,
    place: Tour,
    m: int,
    distance: Matrix,
    near: NDArray[np.int32],
    a: int,
    asleep: NDArray[np.uint8],
) -> float:
    """Move one to three nodes that begin at ``a`` next to a near node; the length saved."""
    i = place[a]
    for way in range(2):
        for size in range(1, 4):
            if m < size + 3:
                break
            if way == 0:
                e, p, q = tour[(i + size - 1) % m], tour[(i - 1 + m) % m], tour[(i + size) % m]
            else:
                e, p, q = tour[(i - size + 1 + m) % m], tour[(i + 1) % m], tour[(i - size + m) % m]
            freed = distance[p, a] + distance[e, q] - distance[p, q]
            if freed <= 0:
                continue
            for k in range(near.shape[1]):
                c = near[a, k]
                if distance[a, c] >= freed:
                    break
                j = place[c]
                if j < 0:
                    continue
                off = (j - i + m) % m if way == 0 else (i - j + m) % m
                if off < size:
                    continue
                for side in range(2):
                    d = tour[(j + 1) % m] if side == 0 else tour[(j - 1 + m) % m]
                    at = place[d]
                    off = (at - i + m) % m if way == 0 else (i - at + m) % m
                    if off < size:
                        continue
                    delta = distance[a, c] + distance[e, d] - distance[c, d] - freed
                    if delta < -1e-9:
                        _move_segment(tour, place, m, i, size, way == 0, j, side == 0)
                        asleep[p] = asleep[q] = asleep[c] = asleep[d] = asleep[a] = asleep[e] = 0
                        return -delta
    return 0.0


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def join(distance: Matrix, near: NDArray[np.int32], one: Tour, other: Tour) -> Tour:
    """``one`` with every node of ``other`` put in where it is cheapest, then polished."""
    n = distance.shape[0]
    nxt = np.full(n, -1, np.int32)
    prv = np.full(n, -1, np.int32)
    m = one.size
    for i in range(m):
        a = one[i]
        b = one[(i + 1) % m]
        nxt[a] = b
        prv[b] = a
    waiting = other.copy()
    count = waiting.size
    while True:
        kept = 0
        for r in range(count):
            c = waiting[r]
            if nxt[c] >= 0:
                continue
            best = FAR
            at = -1
            for k in range(near.shape[1]):
                q = near[c, k]
                if nxt[q] < 0:
                    continue
                w = distance[c, q] + distance[c, nxt[q]] - distance[q, nxt[q]]
                if w < best:
                    best = w
                    at = q
                w = distance[c, q] + distance[c, prv[q]] - distance[q, prv[q]]
                if w < best:
                    best = w
                    at = prv[q]
            if at < 0:
                waiting[kept] = c
                kept += 1
                continue
            q = nxt[at]
            nxt[at] = c
            prv[c] = at
            nxt[c] = q
            prv[q] = c
            m += 1
        if kept == 0 or kept == count:
            break
        count = kept
    tour = np.empty(m, np.int32)
    c = one[0]
    for i in range(m):
        tour[i] = c
        c = nxt[c]
    polish(tour, m, distance, near, np.empty(n, np.int32))
    return tour
