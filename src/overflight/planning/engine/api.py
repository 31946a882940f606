"""The way into the search kernel: orienteering over a distance matrix.

Quality rests on annealed ruin and recreate in a memetic frame (``memetic``, ``anneal``). On one
core the same seed and number of iterations give the same tour. Distances are taken as they are:
symmetric, in any unit, not necessarily a metric.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.errors import PlanError
from overflight.planning.engine import exact as exhaustive
from overflight.planning.engine import tours
from overflight.planning.engine.memetic import Member, Search, Tuning
from overflight.planning.engine.spending import Spending

Floats = NDArray[np.float64]

LARGE = 300
"""From this many nodes on a matrix of whole numbers is kept in single precision (it is exact)."""
NEIGHBOURS = 24
RENUMBERED = 300
"""From this many nodes on they are numbered so that near nodes lie near in memory."""
ROUNDING = 1e-12
"""The part of the limit by which a length may be over: sums in another order differ by less."""


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


def route_length(distance: Floats, order: ArrayLike, closed: bool) -> float:
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

    ``distance_matrix`` has shape (n, n) and is symmetric, ``scores`` shape (n,); none is negative.
    ``on_best`` is called with every better route as it is found, ``stop`` is asked about twenty
    times a second. ``begun`` is the monotonic second from which ``seconds`` count, when work was
    done before. Raises PlanError when the numbers are not usable (not finite, negative, asymmetric)
    or when even the bare way from start to end is too long.
    """
    spending = Spending(seconds, iterations, stop=stop, begun=begun)
    given, value = _checked(distance_matrix, scores)
    n = given.shape[0]
    last = start if end is None else end
    _check_ends(n, float(limit), start, last)
    faults = np.empty((3, 2), dtype=np.int64)
    largest, whole = tours.inspect(given, faults)
    _check_distances(faults)
    closed = last == start
    bound = float(limit) * (1.0 + ROUNDING)
    if not closed and float(given[start, last]) > bound:
        raise PlanError(
            f"The way from start to end ({given[start, last]:g}) is longer than the limit "
            f"({limit:g}).",
            remedy="Raise the limit or choose another end.",
        )
    exact = whole and 16.0 * (largest + abs(bound)) < 2**24
    near = tours.neighbour_lists(given, min(n - 1, NEIGHBOURS))
    number = _numbering(near, start, last)
    new = np.empty(n, dtype=np.int32)
    new[number] = np.arange(n, dtype=np.int32)
    fixed = np.array([0] if closed else [1, 0], dtype=np.int32)

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

    base = 0.0
    if not closed:
        base = -(2.0 ** math.ceil(math.log2(4.0 * (bound + largest) or 1.0)))
    way = tours.walk(given, value, bound, start, last, near)
    first = Member(new[way], float(value[way].sum()), route_length(given, way, closed) + base)
    streamed(first)
    if n == 1 or (n == 2 and not closed) or spending.spent >= 1.0:
        return result(first)
    if n - fixed.size <= exhaustive.MOST:
        few = np.ascontiguousarray(given[np.ix_(number, number)])
        order = exhaustive.best_order(few, value[number], bound, fixed.size)
        tour = np.array([0, *order.tolist(), *([] if closed else [1])], dtype=np.int32)
        whole_way = number[tour]
        found = OpResult(
            tuple(int(i) for i in whole_way),
            float(value[whole_way].sum()),
            route_length(given, whole_way, closed),
            spending.done,
            spending.elapsed,
            spending.stopped,
        )
        if on_best is not None:
            on_best(found)
        return found
    distance = np.empty((n, n), dtype=np.float32 if n > LARGE and exact else np.float64)
    tours.renumbered(given, number, distance)
    np.fill_diagonal(distance, 0.0)
    if not closed:
        distance[0, 1] = distance[1, 0] = base
    search = Search(
        distance,
        value[number],
        bound + base,
        fixed,
        tours.new_random(seed),
        spending,
        np.ascontiguousarray(new[near[number]]),
        tuning or Tuning(),
        streamed,
        base,
        first,
    )
    return result(search.solve())


def _checked(distance_matrix: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    """Both as arrays of double precision; PlanError when they do not fit each other."""
    try:
        given = np.ascontiguousarray(distance_matrix, dtype=np.float64)
        value = np.ascontiguousarray(scores, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise PlanError(
            f"The distances or scores are not numbers: {error}",
            remedy="Give a square table of numbers and one number a node.",
        ) from None
    if given.ndim != 2 or given.shape[0] != given.shape[1] or given.shape[0] == 0:
        raise PlanError(
            f"The table of distances has shape {given.shape}, not (n, n).",
            remedy="Give one row and one column for every node.",
        )
    if value.shape != given.shape[:1]:
        raise PlanError(
            f"There are scores of shape {value.shape} for {given.shape[0]} nodes.",
            remedy="Give one score for every node.",
        )
    wrong = np.flatnonzero(~(np.isfinite(value) & (value >= 0.0)))
    if wrong.size:
        at = int(wrong[0])
        raise PlanError(
            f"The score of node {at} is {value[at]:g}.",
            remedy="Give scores that are numbers from 0 up.",
        )
    return given, value


def _check_ends(n: int, limit: float, start: int, last: int) -> None:
    """PlanError for a limit that is none and ends that are not there."""
    if not (np.isfinite(limit) and limit >= 0.0):
        raise PlanError(f"The limit is {limit:g}.", remedy="Give a limit from 0 up.")
    for node in (start, last):
        if not 0 <= node < n:
            raise PlanError(
                f"There is no node {node}: they are numbered 0 to {n - 1}.",
                remedy="Choose a start and an end among them.",
            )


def _check_distances(faults: NDArray[np.int64]) -> None:
    """PlanError for what ``tours.inspect`` found."""
    for (i, j), what, remedy in zip(
        faults.tolist(),
        ("is no finite number", "is negative", "is not the same both ways"),
        (
            "Give every distance; a way that is closed needs a large one.",
            "Give distances from 0 up.",
            "Give a symmetric table, for example the longer of both ways.",
        ),
        strict=True,
    ):
        if i >= 0:
            raise PlanError(f"The distance between nodes {j} and {i} {what}.", remedy=remedy)


def _numbering(near: NDArray[np.int32], start: int, last: int) -> NDArray[np.int64]:
    """New number -> old: start first, end second, the rest so that near nodes are near."""
    n = near.shape[0]
    chain = np.arange(n, dtype=np.int64)
    if n > RENUMBERED:
        chain = np.asarray(tours.chain_order(near, start), dtype=np.int64)
    ends = [start] if last == start else [start, last]
    return np.concatenate([np.asarray(ends, dtype=np.int64), chain[~np.isin(chain, ends)]])


def _from_start(tour: NDArray[np.int32], closed: bool) -> NDArray[np.int32]:
    """The circle cut open: start (0) first and, on an open path, end (1) last."""
    at = int(np.flatnonzero(tour == 0)[0])
    order = np.roll(tour, -at)
    if not closed and order.size > 2 and order[1] == 1:
        order = np.roll(order[::-1], 1)
    return order
