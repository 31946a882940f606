"""Cuts of the orienteering polytope, found on a fractional cycle.

The fractional cycle is a graph of n nodes with m edges ``u``, ``v`` of weight ``x`` in [0, 1] and
node weights ``y`` in [0, 1], where the edges at a node weigh twice the node. Node 0 is on every
cycle. Each function returns node sets as rows of a boolean matrix; which inequality a set stands
for is said there. Sources: generalised subtour elimination, Fischetti, Salazar Gonzalez and Toth
1998 (Solving the orienteering problem through branch-and-cut, INFORMS J. Comput. 10:133); cocircuit
inequalities, Bauer 1997, with the exact separation of Letchford, Reinelt and Theis 2008.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def adjacency(n: int, u: Ints, v: Ints) -> tuple[Ints, Ints]:
    """Arcs by node: arc 2e leads from u[e] to v[e], arc 2e + 1 back. Pointers (n + 1,), arcs."""
    m = u.size
    first = np.zeros(n + 1, np.int64)
    for e in range(m):
        first[u[e] + 1] += 1
        first[v[e] + 1] += 1
    for i in range(n):
        first[i + 1] += first[i]
    fill = first[:-1].copy()
    arcs = np.empty(2 * m, np.int64)
    for e in range(m):
        arcs[fill[u[e]]] = 2 * e
        fill[u[e]] += 1
        arcs[fill[v[e]]] = 2 * e + 1
        fill[v[e]] += 1
    return first, arcs


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _flow(
    source: int,
    sink: int,
    enough: float,
    first: Ints,
    arcs: Ints,
    head: Ints,
    left: Floats,
    came: Ints,
    queue: Ints,
) -> float:
    """Send flow from source to sink by shortest paths until it is ``enough`` or a cut is found.

    ``left`` (2m,) holds what each arc can still carry and is changed. When a cut is found,
    ``came[i] >= -1`` for exactly the nodes on the source's side.
    """
    total = 0.0
    tiny = 1e-12
    while total < enough:
        came[:] = -2
        came[source] = -1
        queue[0] = source
        low, high = 0, 1
        while low < high and came[sink] == -2:
            i = queue[low]
            low += 1
            for k in range(first[i], first[i + 1]):
                a = arcs[k]
                j = head[a]
                if came[j] == -2 and left[a] > tiny:
                    came[j] = a
                    queue[high] = j
                    high += 1
        if came[sink] == -2:
            break
        most = 1e18
        j = sink
        while j != source:
            a = came[j]
            most = min(most, left[a])
            j = head[a ^ 1]
        j = sink
        while j != source:
            a = came[j]
            left[a] -= most
            left[a ^ 1] += most
            j = head[a ^ 1]
        total += most
    return total


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _heads(u: Ints, v: Ints) -> Ints:
    head = np.empty(2 * u.size, np.int64)
    for e in range(u.size):
        head[2 * e] = v[e]
        head[2 * e + 1] = u[e]
    return head


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _crossing(inside: Bools, u: Ints, v: Ints, x: Floats) -> float:
    total = 0.0
    for e in range(u.size):
        if inside[u[e]] != inside[v[e]]:
            total += x[e]
    return total


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def subtour_sets(
    n: int, u: Ints, v: Ints, x: Floats, y: Floats, least: float, most: int
) -> tuple[Bools, Ints, Floats]:
    """Sets S without node 0, each with a node k in S, where x(delta(S)) < 2 y_k - least.

    By minimum cuts between node 0 and every other node: exact, save that nodes already in a set
    found are not tried again. At most ``most`` sets, shape (found, n); k; by how much each is
    violated.
    """
    sets = np.zeros((most, n), np.bool_)
    key = np.zeros(most, np.int64)
    short = np.zeros(most)
    first, arcs = adjacency(n, u, v)
    head = _heads(u, v)
    m = u.size
    left = np.empty(2 * m)
    came = np.empty(n, np.int64)
    queue = np.empty(n, np.int64)
    done = np.zeros(n, np.bool_)
    found = 0
    for i in np.argsort(-y):
        if i == 0 or done[i] or found + 2 > most:
            continue
        if 2.0 * y[i] <= least:
            break
        for e in range(m):
            left[2 * e] = x[e]
            left[2 * e + 1] = x[e]
        target = 2.0 * y[i] - least
        if _flow(i, 0, target, first, arcs, head, left, came, queue) >= target:
            continue
        near = came > -2
        far = _far_side(n, first, arcs, head, left, y)
        for turn in range(2):
            inside = near if turn == 0 else far
            if turn == 1:
                same = True
                for j in range(n):
                    if near[j] != far[j]:
                        same = False
                        break
                if same:
                    continue
            k = i
            for j in range(n):
                if inside[j] and y[j] > y[k]:
                    k = j
            gap = 2.0 * y[k] - _crossing(inside, u, v, x)
            if gap > least:
                sets[found] = inside
                key[found] = k
                short[found] = gap
                found += 1
        for j in range(n):
            if near[j]:
                done[j] = True
    return sets[:found], key[:found], short[:found]


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _far_side(n: int, first: Ints, arcs: Ints, head: Ints, left: Floats, y: Floats) -> Bools:
    """The largest source side of a minimum cut: nodes that node 0 is not reached from."""
    reaches = np.zeros(n, np.bool_)
    reaches[0] = True
    queue = np.empty(n, np.int64)
    queue[0] = 0
    low, high = 0, 1
    while low < high:
        i = queue[low]
        low += 1
        for k in range(first[i], first[i + 1]):
            a = arcs[k]
            j = head[a]
            if not reaches[j] and left[a ^ 1] > 1e-12:
                reaches[j] = True
                queue[high] = j
                high += 1
    far = np.zeros(n, np.bool_)
    for i in range(n):
        far[i] = not reaches[i] and y[i] > 1e-9
    return far


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def odd_cuts(
    n: int, u: Ints, v: Ints, x: Floats, least: float, most: int
) -> tuple[Bools, Bools, Floats]:
    """Sets H and odd edge sets T in delta(H) with x(delta(H) - T) + |T| - x(T) < 1 - least.

    A cycle crosses every cut an even number of times, so the left side is at least 1 on every
    cycle. From the tree of minimum cuts under weights min(x, 1 - x) (Gusfield 1990).
    Returns sets (found, n), edges (found, m), violations.
    """
    m = u.size
    sets = np.zeros((most, n), np.bool_)
    teeth = np.zeros((most, m), np.bool_)
    short = np.zeros(most)
    first, arcs = adjacency(n, u, v)
    head = _heads(u, v)
    parent = np.zeros(n, np.int64)
    left = np.empty(2 * m)
    came = np.empty(n, np.int64)
    queue = np.empty(n, np.int64)
    chosen = np.zeros(m, np.bool_)
    found = 0
    for i in range(1, n):
        if first[i] == first[i + 1] or found >= most:
            continue
        for e in range(m):
            w = min(x[e], 1.0 - x[e])
            left[2 * e] = w
            left[2 * e + 1] = w
        _flow(i, parent[i], 1e18, first, arcs, head, left, came, queue)
        for j in range(i + 1, n):
            if came[j] > -2 and parent[j] == parent[i]:
                parent[j] = i
        cost, flip, flip_at, odd = 0.0, 1e18, -1, False
        for e in range(m):
            chosen[e] = False
            if (came[u[e]] > -2) != (came[v[e]] > -2):
                cost += min(x[e], 1.0 - x[e])
                if x[e] > 0.5:
                    chosen[e] = True
                    odd = not odd
                if abs(1.0 - 2.0 * x[e]) < flip:
                    flip = abs(1.0 - 2.0 * x[e])
                    flip_at = e
        if not odd:
            if flip_at < 0:
                continue
            cost += flip
            chosen[flip_at] = not chosen[flip_at]
        if cost < 1.0 - least:
            sets[found] = came > -2
            teeth[found] = chosen
            short[found] = 1.0 - cost
            found += 1
    return sets[:found], teeth[:found], short[:found]


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def dense_set(n: int, u: Ints, v: Ints, capacity: Floats, profit: Floats, open_to: Bools) -> Bools:
    """The set S of nodes in ``open_to`` that maximises profit(S) - capacity(delta(S)).

    By one minimum cut; ``profit`` (n,) and ``capacity`` (m,) are not negative. Node 0 and all
    others lie outside. Shape (n,); all False when the empty set is best.
    """
    m = u.size
    extra = 0
    for i in range(1, n):
        if open_to[i] and profit[i] > 0.0:
            extra += 1
    a = np.empty(m + extra, np.int64)
    b = np.empty(m + extra, np.int64)
    left = np.empty(2 * (m + extra))
    for e in range(m):
        a[e] = u[e] if open_to[u[e]] else 0
        b[e] = v[e] if open_to[v[e]] else 0
        left[2 * e] = capacity[e]
        left[2 * e + 1] = capacity[e]
    e = m
    for i in range(1, n):
        if open_to[i] and profit[i] > 0.0:
            a[e] = n
            b[e] = i
            left[2 * e] = profit[i]
            left[2 * e + 1] = 0.0
            e += 1
    first, arcs = adjacency(n + 1, a, b)
    came = np.empty(n + 1, np.int64)
    queue = np.empty(n + 1, np.int64)
    _flow(n, 0, 1e18, first, arcs, _heads(a, b), left, came, queue)
    return came[:n] > -2


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def pieces(members: Bools, u: Ints, v: Ints) -> Ints:
    """A number for each node: its connected component among ``members``; -1 outside."""
    n = members.size
    label = np.empty(n, np.int64)
    for i in range(n):
        label[i] = i if members[i] else -1
    changed = True
    while changed:
        changed = False
        for e in range(u.size):
            i, j = u[e], v[e]
            if label[i] >= 0 and label[j] >= 0 and label[i] != label[j]:
                low = min(label[i], label[j])
                label[i] = low
                label[j] = low
                changed = True
    return label
