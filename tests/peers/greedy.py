"""Cheapest insertion: the baseline that a better planner has to beat, and its first route.

Each step adds the fix that gives most value for each kilometre of detour, among those that keep
every limit (the S-algorithm's idea: Tsiligirides, "Heuristic methods applied to orienteering",
Journal of the Operational Research Society 35 (1984)).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overflight.planning.board import Board, board_for, pairs
from overflight.planning.problem import PlanningProblem, Route, Solution
from overflight.planning.protocol import Budget, Meter, Progress, Stop
from overflight.planning.refine import require_fixes, settle
from overflight.planning.stages import StagePlan, stage_plans
from overflight.planning.timing import book_for
from overflight.terms.working_plan import SearchReport

Stages = list[list[int]]
"""Rows of nodes on a board, stage by stage."""

_LEAST_DETOUR_KM = 0.001
_MOST_PLANS = 6


class GreedyPlanner:
    """Cheapest insertion over the most promising stage plans. Needs no budget worth the name."""

    name = "greedy insertion"

    def solve(
        self,
        problem: PlanningProblem,
        budget: Budget,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Solution:
        """See ``RoutePlanner``. Chance plays no part; one stage plan counts as one iteration."""
        meter = Meter(budget, stop)
        book = book_for(problem)
        board, notes = board_for(problem)
        book.detours = board.detours
        best: Route | None = None
        for plan in stage_plans(problem, board, _MOST_PLANS):
            route = settle(book, greedy_route(board, plan), board.nodes)
            meter.iterations += 1
            if route is not None and (best is None or book.score(route) > book.score(best)):
                best = route
            if progress is not None and best is not None:
                progress(f"value {book.value(best):g}")
            if best is not None and meter.halted():
                break
        best = require_fixes(problem, best)
        report = SearchReport(
            self.name, budget.seed, meter.iterations, meter.seconds, meter.interrupted, notes
        )
        return Solution(best, report)


def greedy_route(board: Board, plan: StagePlan) -> Route:
    """The route that cheapest insertion gives for one stage plan."""
    return board.route(plan.stations(board), insert_greedily(board, plan))


def insert_greedily(
    board: Board, plan: StagePlan, among: NDArray[np.bool_] | None = None
) -> Stages:
    """Rows of nodes for each stage. Legs that are blocked are never made.

    ``among`` are the nodes to choose from, shape (n,); None: all.
    """
    stages: Stages = [[] for _ in plan.limits]
    ends = pairs(plan.rows)
    spare = [limit - float(board.km[a, b]) for (a, b), limit in zip(ends, plan.limits, strict=True)]
    free = np.ones(len(board.nodes), dtype=bool) if among is None else np.array(among)
    offers = [_best_offer(board, ends[k], stages[k], spare[k], free) for k in range(len(stages))]
    while True:
        rated = [(offer[0], -k) for k, offer in enumerate(offers) if offer is not None]
        if not rated:
            return stages
        stage = -max(rated)[1]
        chosen = offers[stage]
        assert chosen is not None
        _, node, slot, detour = chosen
        stages[stage].insert(slot, board.first_node + node)
        spare[stage] -= detour
        free[node] = False
        for k, offer in enumerate(offers):
            if k == stage or (offer is not None and offer[1] == node):
                offers[k] = _best_offer(board, ends[k], stages[k], spare[k], free)


Offer = tuple[float, int, int, float]
"""Value per km, node, slot in the stage, detour in km."""


def _best_offer(
    board: Board, ends: tuple[int, int], stage: list[int], spare: float, free: np.ndarray
) -> Offer | None:
    """The insertion into one stage that gives most value per km of detour; None: none fits."""
    way = [ends[0], *stage, ends[1]]
    before, after = np.array(way[:-1]), np.array(way[1:])
    first = board.first_node
    detour = board.km[before, first:] + board.km[after, first:] - board.km[before, after][:, None]
    fits = (detour <= spare) & ~board.blocked[before, first:] & ~board.blocked[after, first:] & free
    if not fits.any():
        return None
    value = np.array([node.value for node in board.nodes])
    rate = np.where(fits, value / np.maximum(detour, _LEAST_DETOUR_KM), -1.0)
    slot, node = np.unravel_index(int(np.argmax(rate)), rate.shape)
    return (float(rate[slot, node]), int(node), int(slot), float(detour[slot, node]))
