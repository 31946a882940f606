"""The way into the search kernel: orienteering over a distance matrix.

Quality rests on annealed ruin and recreate in a memetic frame (``memetic``, ``anneal``). On one
core the same seed and number of iterations give the same tour. Distances are taken as they are:
symmetric, in any unit, not necessarily a metric.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.errors import PlanError
from overflight.planning.engine import tours
from overflight.planning.engine.memetic import Member, Search, Tuning
from overflight.planning.engine.spending import Spending

LARGE = 2500
"""From this many nodes on a matrix of whole numbers is kept in single precision (it is exact)."""


@dataclass(frozen=True, slots=True)
class OpResult:
    """A route from start to end: ``order`` holds both, or the start once if they are the same.

    ``length`` is in the unit of the matrix and includes the way back of a closed route.
    """

    order: tuple[int, ...]
    score: float
    length: float
    iterations: int
    seconds: float
    stopped: bool


OnBest = Callable[[OpResult], None]


def route_length(distance: NDArray[np.float64], order: ArrayLike, closed: bool) -> float:
    """The length of a route, summed in double precision."""
    nodes = np.asarray(order, dtype=np.intp)
    ahead = np.roll(nodes, -1) if closed else nodes[1:]
    return float(np.asarray(distance[nodes[: ahead.size], ahead], dtype=np.float64).sum())


def solve_op(
    distance_matrix: ArrayLike,
    scores: ArrayLike,
    limit: float,
    start: int = 0,
    end: int | None = None,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    on_best: OnBest | None = None,
    stop: Callable[[], bool] | None = None,
    begun: float | None = None,
    tuning: Tuning | None = None,
) -> OpResult:
    """The best route from ``start`` to ``end`` (None or the same: closed) within ``limit``.

    ``distance_matrix`` has shape (n, n) and is symmetric; ``scores`` shape (n,), none negative.
    ``on_best`` is called with every better route as it is found, ``stop`` is asked about twenty
    times a second. ``begun`` is the monotonic second from which ``seconds`` count, when work was
    done before. Raises PlanError when even the bare way from start to end is too long.
    """
    spending = Spending(seconds, iterations, stop=stop, begun=begun)
    given = np.asarray(distance_matrix)
    n = given.shape[0]
    if given.shape != (n, n) or n == 0:
        raise ValueError("the distance matrix is not square")
    value = np.asarray(scores, dtype=np.float64)
    if value.shape != (n,) or (value < 0).any():
        raise ValueError("scores: one number a node, none negative")
    last = start if end is None else end
    closed = last == start
    if not closed and float(given[start, last]) > limit:
        raise PlanError(
            "The way from start to end is longer than the limit.",
            remedy="Raise the limit or choose another end.",
        )

    dtype = np.float32 if n > LARGE and _exact_in_single(given, limit) else np.float64
    number = _numbering(given, start, last, dtype)
    near_first = np.ascontiguousarray(given[np.ix_(number, number)], dtype=dtype)
    base = 0.0
    fixed = np.array([0] if closed else [0, 1], dtype=np.int32)
    bound = float(limit)

    def result(member: Member) -> OpResult:
        order = number[_from_start(member.tour, closed)]
        return OpResult(
            tuple(int(i) for i in order),
            float(value[order].sum()),
            route_length(given, order, closed),
            spending.done,
            spending.elapsed,
            spending.stopped,
        )

    def streamed(member: Member) -> None:
        if on_best is not None:
            on_best(result(member))

    if n == 1 or (n == 2 and not closed):
        return result(Member(fixed, 0.0, 0.0))
    near = tours.neighbour_lists(near_first, min(n - 1, 24))
    if not closed:
        near_first[0, 1] = near_first[1, 0] = -4.0 * (float(limit) + float(near_first.max()))
        base = float(near_first[0, 1])
        direct = float(given[start, last])
        if n == 2 or direct > bound:
            return result(Member(fixed, 0.0, 0.0))
    search = Search(
        near_first,
        value[number],
        bound + base,
        fixed,
        tours.new_random(seed),
        spending,
        near,
        tuning or Tuning(),
        streamed,
        base,
    )
    return result(search.solve())


def _numbering(
    given: NDArray[np.float64], start: int, last: int, dtype: type[np.floating]
) -> NDArray[np.intp]:
    """New number -> old: start first, end second, the rest so that near nodes are near."""
    n = given.shape[0]
    if n > 400:
        chain = np.asarray(tours.chain_order(np.asarray(given, dtype=dtype), start))
    else:
        chain = np.arange(n)
    ends = [start] if last == start else [start, last]
    rest = chain[~np.isin(chain, ends)]
    return np.concatenate([np.asarray(ends), rest]).astype(np.intp)


def _exact_in_single(given: NDArray[np.float64], limit: float) -> bool:
    """Whether all sums of distances that the search takes are exact in single precision."""
    if 16.0 * (float(given.max()) + abs(limit)) >= 2**24:
        return False
    return np.issubdtype(given.dtype, np.integer) or bool((given == np.rint(given)).all())


def _from_start(tour: NDArray[np.int32], closed: bool) -> NDArray[np.int32]:
    """The circle cut open: start (0) first and, on an open path, end (1) last."""
    at = int(np.flatnonzero(tour == 0)[0])
    order = np.roll(tour, -at)
    if not closed and order.size > 2 and order[1] == 1:
        order = np.roll(order[::-1], 1)
    return order
