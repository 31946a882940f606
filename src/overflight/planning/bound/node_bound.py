"""How much a route over nodes can be worth at most: an upper bound for orienteering."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from overflight.errors import PlanError
from overflight.planning.bound.rows import Box, Bytes, Floats, Ints
from overflight.planning.bound.search import Search, relaxed_distances

_SLACK = 1e-9
"""Routes that are longer than the limit by this part of it still count as within it."""


@dataclass(frozen=True, slots=True)
class NodeBound:
    """No route is worth more than ``bound``. ``incumbent``: the value it was asked about.

    ``left_out``: nodes that no route within the limit reaches. ``cuts``, ``edges`` (priced in),
    ``rounds`` of the linear programme and ``branches`` tell the effort. ``seconds``: wall time.
    """

    bound: float
    incumbent: float
    reachable: float
    left_out: int
    cuts: int
    edges: int
    rounds: int
    branches: int
    seconds: float

    @property
    def proven(self) -> bool:
        """Whether the incumbent is known to be the best."""
        return self.bound <= self.incumbent


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Least length from the start to each node and from each node to the end, shape (n,)."""

    away: Floats
    back: Floats


def bound_nodes(
    distance: ArrayLike,
    scores: ArrayLike,
    limit: float,
    start: int = 0,
    end: int | None = None,
    *,
    incumbent: float = 0.0,
    seconds: float = 10.0,
    reach: Reach | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> NodeBound:
    """An upper bound on the value of any simple route from ``start`` to ``end`` (None: closed).

    ``distance`` (n, n) is symmetric and not negative, not necessarily a metric; ``scores`` (n,),
    none negative. ``incumbent``: a value known to be reached, which speeds the proof up; the bound
    is never below it. ``reach`` may give better least lengths than shortest ways through the
    matrix do. The bound holds whenever the time ends: it comes from multipliers of the linear
    relaxation over the complete graph, by weak duality with the rounding counted against us
    (``rows.price``), for every open branch of the search. Raises PlanError when even the way from
    start to end is too long.
    """
    begun = clock()
    wall = time.monotonic()
    given = np.asarray(distance, dtype=np.float64)
    value = np.asarray(scores, dtype=np.float64)
    n = value.size
    last = start if end is None else end
    if given.shape != (n, n) or n == 0 or (given != given.T).any():
        raise ValueError("the distance matrix is not square and symmetric")
    if not (np.isfinite(given).all() and np.isfinite(value).all()):
        raise ValueError("distances and scores are finite numbers")
    if (given < 0).any() or (value < 0).any():
        raise ValueError("no distance and no score is negative")
    if reach is None:
        reach = Reach(relaxed_distances(given, start), relaxed_distances(given, last))
    allowed = limit * (1.0 + _SLACK)
    if reach.away[last] > allowed:
        raise PlanError(
            "The way from start to end is longer than the limit.",
            remedy="Raise the limit or choose another end.",
        )
    ends = [start] if last == start else [start, last]
    near = reach.away + reach.back <= allowed
    near[ends] = False
    kept = np.concatenate([np.array(ends), np.flatnonzero(near)])
    reachable = math.fsum(value[kept])
    least = _short_route(given, value, allowed, start, last, kept)
    step = _step(value[kept])
    found = max(incumbent, least)
    if kept.size <= 2 or reachable <= found:
        bound = least if kept.size <= 2 else reachable
        return NodeBound(
            max(bound, found), incumbent, reachable, n - kept.size, 0, 0, 0, 0,
            time.monotonic() - wall,
        )  # fmt: skip
    box = _box(given, allowed, kept, reach, len(ends))
    inner = given[np.ix_(kept, kept)]
    if len(ends) == 2:
        inner[0, 1] = inner[1, 0] = 0.0
    search = Search(
        inner,
        allowed,
        value[kept],
        box,
        Reach(reach.away[kept], reach.back[kept]),
        found,
        step,
        begun + seconds,
        clock,
    )
    bound = min(search.run(), max(found, reachable))
    done = search.effort
    return NodeBound(
        bound,
        incumbent,
        reachable,
        n - kept.size,
        done.cuts,
        done.edges,
        done.rounds,
        done.branches,
        time.monotonic() - wall,
    )


def _short_route(
    distance: Floats, value: Floats, limit: float, start: int, last: int, kept: Ints
) -> float:
    """The best route that is no cycle of three nodes or more: straight on, or there and back."""
    if last != start:
        return float(value[start] + value[last])
    there_and_back = kept[2.0 * distance[start, kept] <= limit]
    there_and_back = there_and_back[there_and_back != start]
    return float(value[start] + value[there_and_back].max(initial=0.0))


def _step(value: Floats) -> float:
    """The number that divides every score; 0 where they are not whole numbers."""
    if (value != np.rint(value)).any() or value.sum() > 2.0**50:
        return 0.0
    return float(np.gcd.reduce(value.astype(np.int64)))


def _box(distance: Floats, limit: float, kept: Ints, reach: Reach, ends: int) -> Box:
    """Edges that fit on a route at all; the start (and end) visited; the way back, if open."""
    n = kept.size
    away, back = reach.away[kept], reach.back[kept]
    inner = distance[np.ix_(kept, kept)]
    through = np.minimum(away[:, None] + back[None, :], back[:, None] + away[None, :]) + inner
    high: Bytes = np.triu(through <= limit, 1).astype(np.int8)
    low = np.zeros((n, n), np.int8)
    visited = np.zeros(n, np.int8)
    visited[:ends] = 1
    if ends == 2:
        low[0, 1] = high[0, 1] = 1
    return Box(visited, np.ones(n, np.int8), low, high)
