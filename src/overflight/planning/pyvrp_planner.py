"""Route search with PyVRP: a prize-collecting vehicle routing problem.

Each stage between two landings is one vehicle that leaves one depot and comes to the next, with
the stage's longest distance as its limit; candidate fixes are clients that may be left out, at
the price of their prize. Prizes are scaled so that any value outweighs any distance, and
distance decides between routes of equal value. Wouda, Lan and Kool, "PyVRP: a high-performance
VRP solver package", INFORMS Journal on Computing 36 (2024); its search is an iterated local
search. What PyVRP does not know (sites seen on the way, crossings) is done around it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from overflight.planning.board import Board, board_for, pairs
from overflight.planning.evaluate import LegBook
from overflight.planning.fixes import Node
from overflight.planning.greedy import Stages, insert_greedily
from overflight.planning.problem import PlanningProblem, Route, Solution
from overflight.planning.protocol import Budget, Meter, Progress, Stop
from overflight.planning.refine import require_fixes, settle
from overflight.planning.stages import StagePlan, split, stage_plans
from overflight.terms.working_plan import SearchReport

_SCOUTS = 4
"""Stage plans that get a short search before the best of them gets the rest."""
_SCOUTING = 0.25
_MAIN = 0.6
"""Parts of the budget gone when scouting and the main search end; the rest goes to rounds."""
_ROUND = 0.1
_MOST_ROUNDS = 12
_BLOCKED_TIMES = 4
"""A blocked leg is this many times longer than any stage may be."""
_METRE = 0.001
_LARGEST_PRIZES = float(1 << 42)


@dataclass
class _Search:
    """What one call of ``solve`` keeps in hand."""

    problem: PlanningProblem
    book: LegBook
    board: Board
    meter: Meter
    progress: Progress | None
    best: Route | None = None
    runs: int = 0
    settling: float = 0.0
    """Seconds that making a route lawful took at most."""

    def offer(self, route: Route | None) -> bool:
        """Keep ``route`` if it is the best so far."""
        if route is None or (
            self.best is not None and self.book.score(route) <= self.book.score(self.best)
        ):
            return False
        self.best = route
        self.say(0.0)
        return True

    def say(self, promising: float) -> None:
        if self.progress is None:
            return
        value = 0.0 if self.best is None else self.book.value(self.best)
        done = min(100, int(100 * self.meter.spent))
        better = f", {promising:g} in sight" if promising > value else ""
        self.progress(f"{done:3d} %  value {value:g}{better}")


class PyVRPPlanner:
    """Search with PyVRP, then with what it does not know, in rounds while the budget lasts."""

    name = "PyVRP"

    def solve(
        self,
        problem: PlanningProblem,
        budget: Budget,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Solution:
        """See ``RoutePlanner``. KeyboardInterrupt ends the search as ``stop`` does."""
        meter = Meter(budget, stop)
        board, notes = board_for(problem)
        search = _Search(problem, LegBook(problem), board, meter, progress)
        plans = stage_plans(problem, board)
        try:
            _search(search, plans)
        except KeyboardInterrupt:
            meter.interrupted = True
            if search.best is None:
                raise
        route = require_fixes(problem, search.best)
        report = SearchReport(
            f"{self.name} {_version()}",
            budget.seed,
            meter.iterations,
            meter.seconds,
            meter.interrupted,
            notes,
        )
        return Solution(route, report)


def _search(search: _Search, plans: Sequence[StagePlan]) -> None:
    starts = _starts(search, plans)
    if not starts:
        return
    scouted = []
    begun = search.meter.spent
    for number, (plan, stages) in enumerate(starts[:_SCOUTS]):
        if len(starts) > 1:
            part = (number + 1) / min(len(starts), _SCOUTS)
            stages = _run(search, search.board, plan, stages, begun + _SCOUTING * part)
        scouted.append((_worth(search.board, stages), -number, plan, stages))
    _, _, plan, stages = max(scouted, key=lambda entry: entry[:2])
    stages = _run(search, search.board, plan, stages, max(_MAIN, begun + 2 * _SCOUTING))
    search.offer(_settled(search, search.board, plan, stages))
    _rounds(search)


def _starts(search: _Search, plans: Sequence[StagePlan]) -> list[tuple[StagePlan, Stages]]:
    """Cheapest insertion for each stage plan, the best first; the first that settles is kept."""
    starts = []
    for plan in plans:
        starts.append((plan, insert_greedily(search.board, plan)))
        if search.meter.over(_SCOUTING):
            break
    starts.sort(key=lambda start: _worth(search.board, start[1]), reverse=True)
    for plan, stages in starts:
        if search.offer(_settled(search, search.board, plan, stages)):
            return starts
    return []


def _worth(board: Board, stages: Stages) -> tuple[float, float]:
    """Value at the fixes, then shortness; stage ends left out, they hardly differ."""
    rows = [row for stage in stages for row in stage]
    legs = [leg for stage in stages for leg in pairs(stage)]
    value = math.fsum(board.nodes[row - board.first_node].value for row in rows)
    return (value, -math.fsum(float(board.km[a, b]) for a, b in legs))


def _settled(search: _Search, board: Board, plan: StagePlan, stages: Stages) -> Route | None:
    begun = search.meter.seconds
    route = settle(search.book, board.route(plan.stations(board), stages), search.board.nodes)
    search.settling = max(search.settling, search.meter.seconds - begun)
    return route


def _rounds(search: _Search) -> None:
    """Again from the best route: limits shared out anew, and prizes only for what needs a fix."""
    for number in range(_MOST_ROUNDS):
        best = search.best
        if best is None or search.meter.over() or not search.meter.fits(search.settling):
            return
        until = min(1.0, max(_MAIN, search.meter.spent) + _ROUND)
        board, stages = _board_around(search, best)
        fresh = _plan_around(search, board, best, number)
        if fresh is None:
            return
        stages = _run(search, board, fresh, stages, until)
        search.offer(_settled(search, board, fresh, stages))


def _board_around(search: _Search, route: Route) -> tuple[Board, Stages]:
    """The fixes of ``route`` at what they alone show, and what it does not see at its value."""
    book, board = search.book, search.board
    seen = book.seen_on(route.path)
    value = book.value(route)
    nodes: list[Node] = []
    rows: list[int] = []
    stages: Stages = []
    for stage, fixes in enumerate(route.stages):
        kept: list[int] = []
        for slot, fix in enumerate(fixes):
            way = route.stage_path(stage)
            without = [*route.path[: route.landings[stage]], *way[: slot + 1]]
            without += [*way[slot + 2 :], *route.path[route.landings[stage + 1] + 1 :]]
            alone = value - book.value_of(book.seen_on(without))
            kept.append(board.first_node + len(nodes))
            nodes.append(Node(fix, (), max(alone, 1e-3 * value / max(1, len(route.fixes)))))
            rows.append(board.nearest_node_row(fix))
        stages.append(kept)
    taken = {node.position for node in nodes}
    for index, node in enumerate(board.nodes):
        gain = book.value_of(set(node.targets) - seen)
        if gain > 0 and node.position not in taken:
            nodes.append(Node(node.position, node.targets, gain))
            rows.append(board.first_node + index)
    return board.with_nodes(nodes, rows), stages


def _plan_around(search: _Search, board: Board, route: Route, number: int) -> StagePlan | None:
    """The landings of ``route`` with what is left of the distance shared out: evenly, or to one."""
    problem, book = search.problem, search.book
    rows = tuple(board.place_row(station) for station in route.stations)
    lengths = [book.length_of(route.stage_path(i)) for i in range(len(route.stages))]
    order = None
    if number % 2:
        first = (number // 2) % len(lengths)
        order = [(first + k) % len(lengths) for k in range(len(lengths))]
    # A metre for each leg, because lengths are rounded up for the solver.
    room = [
        min(length + _METRE * (len(stage) + 1), problem.max_stage_km)
        for length, stage in zip(lengths, route.stages, strict=True)
    ]
    limits = split(room, problem.max_total_km, problem.max_stage_km, order)
    if limits is None:
        limits = split(lengths, problem.max_total_km, problem.max_stage_km, order)
    return None if limits is None else StagePlan(rows, limits)


def _run(search: _Search, board: Board, plan: StagePlan, stages: Stages, until: float) -> Stages:
    """Search one stage plan from ``stages`` on until that part of the budget is gone."""
    import pyvrp
    import pyvrp.exceptions

    if search.meter.over(until) or not board.nodes:
        return stages
    search.runs += 1
    data, scale = _data(pyvrp, board, plan)
    start = _solution(pyvrp, data, board, stages)
    watcher = _Watcher(search, until, math.fsum(n.value for n in board.nodes), scale)
    params = pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=_keeper(watcher)))
    interrupted = False
    try:
        with warnings.catch_warnings():
            # Its penalties reach their ceiling because prizes are large on purpose.
            warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
            result = pyvrp.solve(
                data,
                stop=watcher,
                seed=(search.meter.budget.seed * 1009 + search.runs) % (1 << 31),
                collect_stats=False,
                params=params,
                initial_solution=start,
            )
        solution = result.best
    except KeyboardInterrupt:
        interrupted = True
        solution = watcher.best
    found = _stages(solution, board, plan) if solution is not None else stages
    if interrupted:
        search.offer(_settled(search, board, plan, found))
        raise KeyboardInterrupt
    return found


class _Watcher:
    """PyVRP's stopping criterion: counts, asks whether to stop, reports."""

    def __init__(self, search: _Search, until: float, total: float, scale: float) -> None:
        self.search = search
        self.until = until
        self.total = total
        self.scale = scale
        self.best: Any = None
        self.said = -math.inf

    def __call__(self, best_cost: int) -> bool:
        meter = self.search.meter
        over = meter.over(self.until)
        if not over:
            meter.iterations += 1
        if self.search.progress is not None and meter.seconds - self.said >= 0.2:
            self.said = meter.seconds
            self.search.say(self._value(best_cost))
        return over

    def _value(self, cost: int) -> float:
        """Value behind a cost: distances are below one unit of the least value."""
        return math.floor(self.total - cost / self.scale) if cost < 1 << 62 else 0.0


def _keeper(watcher: _Watcher) -> Any:
    """A PyVRP callback that keeps the best feasible solution within reach of an interrupt."""
    from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks

    class Keeper(IteratedLocalSearchCallbacks):
        def on_best(self, best: Any) -> None:
            if best.is_feasible():
                watcher.best = best

    return Keeper()


def _data(pyvrp: Any, board: Board, plan: StagePlan) -> tuple[Any, float]:
    """The problem as PyVRP takes it, in whole metres rounded up, and the prize of one value."""
    metres = np.ceil(board.km * 1000.0).astype(np.int64)
    longest = max(plan.limits)
    metres[board.blocked] = int(_BLOCKED_TIMES * longest * 1000.0)
    np.fill_diagonal(metres, 0)
    values = np.array([node.value for node in board.nodes])
    reach = math.fsum(plan.limits) * 1000.0
    least = max(float(values.min()), 1e-9 * float(values.max()), 1e-12)
    scale = min(1.01 * reach / least, _LARGEST_PRIZES / max(float(values.sum()), least))
    clients = [
        pyvrp.Client(
            location=board.first_node + index, prize=max(1, round(value * scale)), required=False
        )
        for index, value in enumerate(values)
    ]
    vehicles = [
        pyvrp.VehicleType(
            num_available=1, start_depot=a, end_depot=b, max_distance=math.floor(limit * 1000.0)
        )
        for (a, b), limit in zip(pairs(plan.rows), plan.limits, strict=True)
    ]
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(p.lon, p.lat) for p in board.points],
        clients=clients,
        depots=[pyvrp.Depot(location=row) for row in range(board.first_node)],
        vehicle_types=vehicles,
        distance_matrices=[metres],
        duration_matrices=[np.zeros_like(metres)],
    )
    return data, scale


def _solution(pyvrp: Any, data: Any, board: Board, stages: Stages) -> Any:
    """Stages as a PyVRP solution to start from."""
    return pyvrp.Solution(
        data,
        [
            pyvrp.Route(data, [row - board.first_node for row in stage], vehicle)
            for vehicle, stage in enumerate(stages)
            if stage
        ],
    )


def _stages(solution: Any, board: Board, plan: StagePlan) -> Stages:
    """A PyVRP solution as rows of nodes, stage by stage."""
    stages: Stages = [[] for _ in plan.limits]
    for route in solution.routes():
        stages[route.vehicle_type()] = [
            board.first_node + activity.idx for activity in route if activity.is_client()
        ]
    return stages


def _version() -> str:
    from importlib.metadata import version

    return version("pyvrp")
