"""The cheapest cut of a grid whose cells hang on their four neighbours.

Boykov and Kolmogorov 2004, "An experimental comparison of min-cut/max-flow algorithms for energy
minimization in vision" (IEEE PAMI 26, 1124-1137): two trees grow towards one another, one from the
source, one from the sink; where they meet the flow is raised, and what is torn off is adopted by
whoever still reaches it. Capacities are whole numbers, so that the cut is the same everywhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_FREE, _SOURCE, _SINK = 0, 1, 2
_NONE, _ROOT, _ORPHAN = -1, 4, 5
_FAR = 1 << 30
_RIGHT, _DOWN, _LEFT, _UP = 0, 1, 2, 3
"""Directions; the opposite of d is d ^ 2."""


@njit(cache=True, nogil=True)
def least_cut(room: Any, ends: Any, columns: int) -> Any:  # pragma: no cover - compiled
    """``room`` (cells, 4) int32: what can flow from each cell to the right, down, left, up;
    ``ends`` (cells,) int64: above zero what can flow in from the source, below zero what can flow
    out to the sink. Both are used up. Cells are numbered along rows of ``columns``; no room may
    lead out of the grid.

    Returns uint8 (cells,): 1 where a cell lies on the source's side of the cheapest cut.
    """
    count = ends.size
    step = np.array([1, columns, -1, -columns], dtype=np.int64)
    tree = np.zeros(count, dtype=np.uint8)
    parent = np.full(count, _NONE, dtype=np.int8)
    stamp = np.zeros(count, dtype=np.int32)
    far = np.zeros(count, dtype=np.int32)
    queued = np.zeros(count, dtype=np.bool_)
    queue = np.empty(count + 1, dtype=np.int64)
    head, tail = 0, 0
    orphans = np.empty(1024, dtype=np.int64)
    time = 0
    for p in range(count):
        if ends[p] != 0:
            tree[p] = _SOURCE if ends[p] > 0 else _SINK
            parent[p] = _ROOT
            far[p] = 1
            queued[p] = True
            queue[tail] = p
            tail += 1
    current = -1
    while True:
        if current < 0:
            while head != tail:
                p = queue[head]
                head = (head + 1) % (count + 1)
                queued[p] = False
                if parent[p] != _NONE:
                    current = p
                    break
            if current < 0:
                break
        # Grow from the current cell, until the other tree is met.
        p = current
        meet, way = -1, -1
        for d in range(4):
            q = p + step[d]
            if q < 0 or q >= count:
                continue
            r = room[p, d] if tree[p] == _SOURCE else room[q, d ^ 2]
            if r <= 0:
                continue
            if tree[q] == _FREE:
                tree[q] = tree[p]
                parent[q] = d ^ 2
                stamp[q] = stamp[p]
                far[q] = far[p] + 1
                if not queued[q]:
                    queued[q] = True
                    queue[tail] = q
                    tail = (tail + 1) % (count + 1)
            elif tree[q] != tree[p]:
                meet, way = q, d
                break
            elif stamp[q] <= stamp[p] and far[q] > far[p]:
                parent[q] = d ^ 2
                stamp[q] = stamp[p]
                far[q] = far[p] + 1
        time += 1
        if meet < 0:
            current = -1
            continue
        if tree[p] == _SOURCE:
            a, b, d = p, meet, way
        else:
            a, b, d = meet, p, way ^ 2
        # The narrowest place of the path: source ... a -> b ... sink.
        least = np.int64(room[a, d])
        x = a
        while parent[x] != _ROOT:
            up = parent[x]
            y = x + step[up]
            least = min(least, np.int64(room[y, up ^ 2]))
            x = y
        least = min(least, ends[x])
        x = b
        while parent[x] != _ROOT:
            up = parent[x]
            least = min(least, np.int64(room[x, up]))
            x += step[up]
        least = min(least, -ends[x])
        # Let so much flow; what is filled up tears its tree.
        torn = 0
        room[a, d] -= least
        room[b, d ^ 2] += least
        for side in range(2):
            x = a if side == 0 else b
            while True:
                up = parent[x]
                if up == _ROOT:
                    ends[x] += -least if side == 0 else least
                    empty = ends[x] == 0
                    y = -1
                else:
                    y = x + step[up]
                    if side == 0:
                        room[y, up ^ 2] -= least
                        room[x, up] += least
                        empty = room[y, up ^ 2] == 0
                    else:
                        room[x, up] -= least
                        room[y, up ^ 2] += least
                        empty = room[x, up] == 0
                if empty:
                    parent[x] = _ORPHAN
                    if torn == orphans.size:
                        orphans = np.concatenate((orphans, np.empty_like(orphans)))
                    orphans[torn] = x
                    torn += 1
                if y < 0:
                    break
                x = y
        # Adopt what was torn off, or set it free. First in, first out.
        at = 0
        while at < torn:
            x = orphans[at]
            at += 1
            best, best_far = _NONE, _FAR
            for d in range(4):
                q = x + step[d]
                if q < 0 or q >= count or tree[q] != tree[x] or parent[q] == _NONE:
                    continue
                r = room[q, d ^ 2] if tree[x] == _SOURCE else room[x, d]
                if r <= 0:
                    continue
                # Does q still hang on the root?
                y, length = q, 0
                while True:
                    if stamp[y] == time:
                        length += far[y]
                        break
                    up = parent[y]
                    length += 1
                    if up == _ROOT:
                        stamp[y] = time
                        far[y] = 1
                        break
                    if up in (_ORPHAN, _NONE):
                        length = _FAR
                        break
                    y += step[up]
                if length >= _FAR:
                    continue
                if length < best_far:
                    best, best_far = d, length
                y = q
                while stamp[y] != time:
                    stamp[y] = time
                    far[y] = length
                    length -= 1
                    y += step[parent[y]]
            if best != _NONE:
                parent[x] = best
                stamp[x] = time
                far[x] = best_far + 1
                continue
            for d in range(4):
                q = x + step[d]
                if q < 0 or q >= count or tree[q] != tree[x] or parent[q] == _NONE:
                    continue
                r = room[q, d ^ 2] if tree[x] == _SOURCE else room[x, d]
                if r > 0 and not queued[q]:
                    queued[q] = True
                    queue[tail] = q
                    tail = (tail + 1) % (count + 1)
                up = parent[q]
                if up >= 0 and up < 4 and q + step[up] == x:
                    parent[q] = _ORPHAN
                    if torn == orphans.size:
                        orphans = np.concatenate((orphans, np.empty_like(orphans)))
                    orphans[torn] = q
                    torn += 1
            parent[x] = _NONE
            tree[x] = _FREE
        if parent[current] == _NONE:
            current = -1
    reached = np.zeros(count, dtype=np.uint8)
    for p in range(count):
        if tree[p] == _SOURCE:
            reached[p] = 1
    return reached
