"""Where to land on the way, and how long each stage may be.

The range of an aircraft is often shorter than the maximum flight distance, so a flight is cut
into stages with landings between them. Landing again where one started is allowed: the stages
are then petals around one airfield. A sequence of landings that can be flown is a ``StagePlan``;
there are many, so those that promise most by a rough count are offered first.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from overflight.errors import PlanError
from overflight.planning.board import Board, chain, hop_matrix, pairs
from overflight.planning.problem import BoolMatrix, Place, PlanningProblem
from overflight.units import Kilometres

_SPARE_STAGES = 1
_MOST_BETWEEN = 2
_MOST_STATIONS = 8
_MOST_CHAINS = 4000


@dataclass(frozen=True, slots=True)
class StagePlan:
    """Rows of the places to land at, in order, and the longest each stage may be, km."""

    rows: tuple[int, ...]
    limits: tuple[Kilometres, ...]

    def stations(self, board: Board) -> tuple[Place, ...]:
        return tuple(board.places[row] for row in self.rows)


def stage_plans(problem: PlanningProblem, board: Board, most: int = 24) -> list[StagePlan]:
    """Up to ``most`` ways to land on the way, the most promising first.

    Raises PlanError when the end cannot be reached from the start at all.
    """
    chains = list(itertools.islice(_chains(problem, board), _MOST_CHAINS))
    plans: dict[StagePlan, float] = {}
    for rows in chains:
        ferry = [float(board.km[a, b]) for a, b in pairs(rows)]
        for order in _orders(len(ferry)):
            limits = split(ferry, problem.max_total_km, problem.max_stage_km, order)
            if limits is not None:
                plan = StagePlan(tuple(rows), limits)
                plans.setdefault(plan, _promise(board, plan))
    if not plans:
        raise PlanError(
            f"no flight from {problem.start.code} to {problem.end.code} of at most "
            f"{problem.max_total_km:,.0f} km with stages of at most {problem.max_stage_km:,.0f} km",
            remedy="Choose another airfield to end at, an aircraft with more range, or name "
            "airfields to refuel at on the way.",
        )
    ranked = sorted(plans, key=lambda plan: (-plans[plan], len(plan.rows), plan.rows, plan.limits))
    return ranked[:most]


def split(
    ferry: Sequence[Kilometres],
    total: Kilometres,
    longest: Kilometres,
    order: Sequence[int] | None,
) -> tuple[Kilometres, ...] | None:
    """Share ``total`` among stages that are at least ``ferry`` and at most ``longest`` long.

    ``order`` None: the same for all, as far as that goes; else each stage in that order takes
    as much as it can. None when it does not work out.
    """
    spare = total - math.fsum(ferry)
    if spare < 0 or any(length > longest for length in ferry):
        return None
    limits = list(ferry)
    if order is not None:
        for stage in order:
            before = limits[stage]
            limits[stage] = min(before + spare, longest)  # not before + more: that may round up
            spare = max(0.0, spare - (limits[stage] - before))
    else:
        limits = _levelled(limits, spare, longest)
    return tuple(limits)


def _levelled(limits: list[Kilometres], spare: Kilometres, longest: Kilometres) -> list[Kilometres]:
    """Raise the lowest stages to a common level that uses up ``spare``, at most ``longest``."""
    low, high = min(limits), longest
    for _ in range(60):
        level = (low + high) / 2
        if math.fsum(max(level - limit, 0.0) for limit in limits) > spare:
            high = level
        else:
            low = level
    return [max(limit, low) for limit in limits]


def _orders(stages: int) -> list[tuple[int, ...] | None]:
    if stages == 1:
        return [None]
    return [None, tuple(range(stages)), tuple(reversed(range(stages)))]


def _chains(problem: PlanningProblem, board: Board) -> Iterator[tuple[int, ...]]:
    """Sequences of places: a chain from start to end, with petals at any place of it."""
    start, end = board.place_row(problem.start), board.place_row(problem.end)
    hops = hop_matrix(board, problem.max_stage_km)
    np.fill_diagonal(hops, False)
    if start == end:
        shortest: list[int] | None = [start]
    else:
        shortest = chain(hops, board.km, start, end)
    if shortest is None:
        raise _no_way(problem, board, start, end)
    enough = max(1, math.ceil(problem.max_total_km / problem.max_stage_km - 1e-9))
    seen: set[tuple[int, ...]] = set()
    for stops in _stop_lists(problem, board, hops, shortest):
        least = max(1, len(stops) - 1)
        spare = _SPARE_STAGES if enough > 1 else 0
        most = min(problem.max_stages, max(least, enough) + spare)
        for stages in range(max(least, min(enough, most)), most + 1):
            for petals in _shares(stages - (len(stops) - 1), len(stops)):
                rows = tuple(
                    row for row, more in zip(stops, petals, strict=True) for _ in range(more + 1)
                )
                if rows not in seen:
                    seen.add(rows)
                    yield rows


def _no_way(problem: PlanningProblem, board: Board, start: int, end: int) -> PlanError:
    way = f"from {problem.start.code} to {problem.end.code}"
    if board.blocked[start, end]:
        return PlanError(
            f"the direct leg {way} is blocked: it comes too near to a border or to an area to be "
            "avoided, and no other airfield lies on the way",
            remedy="Choose another airfield to end at, or name one to refuel at on the way.",
        )
    return PlanError(
        f"{way} it is {board.km[start, end]:,.0f} km, more than the {problem.max_stage_km:,.0f} km "
        "that can be flown between two landings, and no other airfield lies on the way",
        remedy="Choose another airfield to end at, an aircraft with more range, or name airfields "
        "to refuel at on the way.",
    )


def _stop_lists(
    problem: PlanningProblem, board: Board, hops: BoolMatrix, shortest: list[int]
) -> Iterator[list[int]]:
    """Chains of places without petals: the shortest, then by way of one or two other places.

    Between two places that are too far apart, the shortest chain of others.
    """
    yield shortest
    start, end = shortest[0], shortest[-1]
    others = [row for row in range(board.first_node) if row not in (start, end)]
    way = {row: board.km[start, row] + board.km[row, end] for row in others}
    others = sorted((r for r in others if way[r] <= problem.max_total_km), key=lambda r: way[r])
    for count in range(1, _MOST_BETWEEN + 1):
        for between in itertools.permutations(others[:_MOST_STATIONS], count):
            ways = [chain(hops, board.km, a, b) for a, b in pairs([start, *between, end])]
            if None not in ways:
                yield [start, *(row for way in ways for row in (way or ())[1:])]


def _shares(extra: int, holders: int) -> Iterator[tuple[int, ...]]:
    """Every way to give ``extra`` petals to the places of a chain."""
    if extra < 0:
        return
    if holders == 1:
        yield (extra,)
        return
    for first in range(extra, -1, -1):
        for rest in _shares(extra - first, holders - 1):
            yield (first, *rest)


def _promise(board: Board, plan: StagePlan) -> float:
    """A rough count of what a plan can see: each value by how little of a stage it takes."""
    near = np.zeros(len(board.nodes))
    for (a, b), limit in zip(pairs(plan.rows), plan.limits, strict=True):
        direct = float(board.km[a, b])
        detour = board.km[a, board.first_node :] + board.km[board.first_node :, b] - direct
        spare = limit - direct
        if spare > 0:
            near += spare * np.clip(1.0 - detour / spare, 0.0, 1.0)
    value = np.array([node.value for node in board.nodes])
    return float(value @ near) if len(value) else 0.0
