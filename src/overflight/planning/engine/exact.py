"""The optimum of a small problem, by dynamic programming over sets of nodes.

Held and Karp, J. SIAM 10 (1962), with a limit: the shortest way over every set that ends at every
node, and of the sets that fit, the one worth most.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from overflight.planning.engine.tours import Matrix, Scores, Tour

MOST = 12
"""Nodes besides start and end up to which this is quick: 12 x 12 x 4096 steps."""


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def best_order(distance: Matrix, scores: Scores, limit: float, first: int) -> Tour:
    """The best order of the nodes from ``first`` on, from node 0 to node ``first - 1``.

    ``distance`` has shape (n, n), ``first`` is 1 for a closed route, 2 for one that ends at node
    1. What is worth nothing is left out; of equal scores the shorter way.
    """
    m = distance.shape[0] - first
    last = first - 1
    sets = 1 << m
    way = np.full((sets, m), np.inf)
    came = np.full((sets, m), -1, np.int32)
    for j in range(m):
        way[1 << j, j] = distance[0, first + j]
    best_score, best_length, best_set, best_end = 0.0, float(distance[0, last]), 0, -1
    for s in range(1, sets):
        score = 0.0
        for j in range(m):
            if s >> j & 1:
                score += scores[first + j]
        for j in range(m):
            if not s >> j & 1 or way[s, j] > limit:
                continue
            length = way[s, j] + distance[first + j, last]
            if length <= limit and (
                score > best_score or (score == best_score and length < best_length)
            ):
                best_score, best_length, best_set, best_end = score, length, s, j
            for k in range(m):
                if s >> k & 1:
                    continue
                longer = way[s, j] + distance[first + j, first + k]
                if longer < way[s | 1 << k, k]:
                    way[s | 1 << k, k] = longer
                    came[s | 1 << k, k] = j
    size = 0
    order = np.empty(m, np.int32)
    s, j = best_set, best_end
    while j >= 0:
        order[size] = first + j
        size += 1
        s, j = s & ~(1 << j), came[s, j]
    return order[:size][::-1].copy()
