"""Compiled shortening of a linked tour (2-opt and Or-opt) and the union of two tours.

Only the surroundings of the nodes in the queue are looked at, so that after a small change the
search for savings is small too. Both moves need no positions: on a circle with a direction a
2-opt move is always valid, and the shorter of the two ways round is found by walking both at once.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from overflight.planning.engine.compiled import leaf
from overflight.planning.engine.state import (
    NXT,
    PRV,
    QUEUED,
    WAITING,
    Counts,
    Links,
    touch,
)
from overflight.planning.engine.tours import FAR, Matrix, Tour

LONGEST_SEGMENT = 3


@leaf
def _reverse(links: Links, journal: Links, counts: Counts, x: int, y: int) -> None:
    """Reverse the way from x on to y, or the rest of the circle if that is shorter."""
    p = links[x, PRV]
    q = links[y, NXT]
    u = x
    v = q
    while u != y and v != p:
        u = links[u, NXT]
        v = links[v, NXT]
    if u == y:
        first, last = x, y
    else:
        first, last = q, p
        p, q = y, x
    touch(links, journal, counts, p)
    touch(links, journal, counts, q)
    c = first
    while True:
        touch(links, journal, counts, c)
        following = links[c, NXT]
        links[c, NXT] = links[c, PRV]
        links[c, PRV] = following
        if c == last:
            break
        c = following
    links[p, NXT] = last
    links[last, PRV] = p
    links[first, NXT] = q
    links[q, PRV] = first


@leaf
def _move(
    links: Links, journal: Links, counts: Counts, first: int, last: int, u: int, turned: bool
) -> None:
    """Move the segment first .. last (as the tour goes) behind node u, end first if turned."""
    p = links[first, PRV]
    q = links[last, NXT]
    v = links[u, NXT]
    touch(links, journal, counts, p)
    touch(links, journal, counts, q)
    touch(links, journal, counts, u)
    touch(links, journal, counts, v)
    c = first
    while True:
        touch(links, journal, counts, c)
        following = links[c, NXT]
        if turned:
            links[c, NXT] = links[c, PRV]
            links[c, PRV] = following
        if c == last:
            break
        c = following
    links[p, NXT] = q
    links[q, PRV] = p
    if turned:
        first, last = last, first
    v = links[u, NXT]
    links[u, NXT] = first
    links[first, PRV] = u
    links[last, NXT] = v
    links[v, PRV] = last


@leaf
def wake(links: Links, queue: Tour, counts: Counts, c: int) -> None:
    """Have the local search look at node c."""
    if links[c, QUEUED] == 0 and links[c, NXT] >= 0:
        links[c, QUEUED] = 1
        queue[counts[WAITING]] = c
        counts[WAITING] += 1


@leaf
def shorten(
    links: Links,
    journal: Links,
    queue: Tour,
    counts: Counts,
    distance: Matrix,
    near: NDArray[np.int32],
    small: float,
    width: int,
) -> float:
    """2-opt and Or-opt around the waiting nodes until nothing gains; the length saved."""
    saved = 0.0
    while counts[WAITING] > 0:
        counts[WAITING] -= 1
        a = queue[counts[WAITING]]
        links[a, QUEUED] = 0
        gain = 0.0
        b = links[a, NXT]
        ab = distance[a, b]
        for k in range(width):
            c = near[a, k]
            ac = distance[a, c]
            if ac >= ab:
                break
            if links[c, NXT] < 0:
                continue
            d = links[c, NXT]
            gain = ab + distance[c, d] - ac - distance[b, d]
            if gain > small:
                _reverse(links, journal, counts, b, c)
                break
        else:
            gain = 0.0
        if gain <= small:
            b = links[a, PRV]
            ab = distance[a, b]
            for k in range(width):
                c = near[a, k]
                ac = distance[a, c]
                if ac >= ab:
                    break
                if links[c, NXT] < 0:
                    continue
                d = links[c, PRV]
                gain = ab + distance[c, d] - ac - distance[b, d]
                if gain > small:
                    _reverse(links, journal, counts, a, d)
                    break
            else:
                gain = 0.0
        if gain > small:
            saved += gain
            wake(links, queue, counts, a)
            wake(links, queue, counts, b)
            wake(links, queue, counts, c)
            wake(links, queue, counts, d)
            continue
        saved += _or_opt(links, journal, queue, counts, distance, near, a, small, width)
    return saved


@leaf
def _or_opt(
    links: Links,
    journal: Links,
    queue: Tour,
    counts: Counts,
    distance: Matrix,
    near: NDArray[np.int32],
    a: int,
    small: float,
    width: int,
) -> float:
    """Move one to three nodes that begin at ``a`` next to a near node; the length saved."""
    for way in range(2):
        e = a
        s1 = a
        s2 = a
        p = links[a, PRV] if way == 0 else links[a, NXT]
        for size in range(LONGEST_SEGMENT):
            if size > 0:
                e = links[e, NXT] if way == 0 else links[e, PRV]
                if size == 1:
                    s1 = e
                s2 = e
            elif way == 1:
                continue
            q = links[e, NXT] if way == 0 else links[e, PRV]
            if q == p or e == p:
                break
            freed = distance[p, a] + distance[e, q] - distance[p, q]
            if freed <= small:
                continue
            for k in range(width):
                c = near[a, k]
                ac = distance[a, c]
                if ac >= freed:
                    break
                if links[c, NXT] < 0 or c in (s1, s2):
                    continue
                for side in range(2):
                    d = links[c, NXT] if side == 0 else links[c, PRV]
                    if d in (a, s1, s2):
                        continue
                    gain = freed - ac - distance[e, d] + distance[c, d]
                    if gain > small:
                        # a lands next to c; as the tour goes: side 0: c a .. e d; 1: d e .. a c
                        u = c if side == 0 else d
                        if way == 0:
                            _move(links, journal, counts, a, e, u, side == 1)
                        else:
                            _move(links, journal, counts, e, a, u, side == 0)
                        wake(links, queue, counts, p)
                        wake(links, queue, counts, q)
                        wake(links, queue, counts, c)
                        wake(links, queue, counts, d)
                        wake(links, queue, counts, e)
                        wake(links, queue, counts, a)
                        return float(gain)
    return 0.0


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def join(distance: Matrix, near: NDArray[np.int32], one: Tour, other: Tour) -> Tour:
    """``one`` with every node of ``other`` put in where it is cheapest."""
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
    return tour
