"""How much a path that must come close to places, not onto them, can be worth at most.

Let a path collect some discs, segments counting. For each collected disc take a point of the path
in it and put the discs in the order of these points along the path. The stretch of the path
between the points of successive discs i and j is at least as long as the straight line between
the points, which is at least d_ij - r_i - r_j, and never negative; the same holds for the way
from the start to the first and from the last to the end. So the discs in this order are a route
over nodes that is not longer than the path under the distances max(0, d_ij - r_i - r_j), and worth
the same. Hence the best route over nodes under these distances (each at most once, which holds)
is worth at least as much as the best path: a bound on the former bounds the latter. Nothing is
used but the triangle inequality, so geodesic distances do as well as those of the plane.

The least length to a disc is taken from true distances: |start i| - r_i, not by way of others.
A disc that another one lies in is collected with it, which the relaxation keeps (distance 0).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from overflight.planning.bound.node_bound import NodeBound, Reach, bound_nodes
from overflight.planning.bound.rows import Floats

_LOWER = 1e-9
"""By this part true distances are lowered, more than any of them is off."""


def bound_discs(
    distance: ArrayLike,
    radii: ArrayLike,
    scores: ArrayLike,
    limit: float,
    *,
    closed: bool,
    incumbent: float = 0.0,
    seconds: float = 10.0,
    clock: Callable[[], float] = time.monotonic,
) -> NodeBound:
    """An upper bound on the value of any path of length <= ``limit`` through discs.

    ``distance`` (n, n): true distances (a metric) between the start (row 0), the end (row 1,
    unless ``closed``) and the centres of the discs; ``radii`` and ``scores`` (n,), 0 for start and
    end. Raises PlanError when the end is out of reach.
    """
    true = np.asarray(distance, dtype=np.float64) * (1.0 - _LOWER)
    true = np.minimum(true, true.T)
    radius = np.asarray(radii, dtype=np.float64) * (1.0 + _LOWER)
    value = np.asarray(scores, dtype=np.float64)
    ends = 1 if closed else 2
    keep = (value > 0.0) | (np.arange(value.size) < ends)
    true, radius, value = true[np.ix_(keep, keep)], radius[keep], value[keep]
    lowered = disc_distances(true, radius)
    reach = Reach(lowered[0].copy(), lowered[ends - 1].copy())
    order = None if closed else 1
    return bound_nodes(
        lowered,
        value,
        limit,
        0,
        order,
        incumbent=incumbent,
        seconds=seconds,
        reach=reach,
        clock=clock,
    )


def disc_distances(distance: Floats, radii: Floats) -> Floats:
    """max(0, d_ij - r_i - r_j), shape (n, n), zero on the diagonal."""
    out = np.maximum(0.0, distance - radii[:, None] - radii[None, :])
    np.fill_diagonal(out, 0.0)
    return np.asarray(np.minimum(out, out.T), dtype=np.float64)
