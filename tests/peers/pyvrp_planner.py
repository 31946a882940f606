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
import random
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from overflight.planning.board import Board, board_for, pairs
from overflight.planning.evaluate import LegBook
from overflight.planning.few import settled_few
from overflight.planning.problem import PlanningProblem, Route, Solution
from overflight.planning.protocol import Budget, Meter, Progress, Stop
from overflight.planning.refine import require_fixes, settle
from overflight.planning.stages import StagePlan, stage_plans
from overflight.planning.timing import TimedBook, book_for, has_hours
from overflight.terms.working_plan import SearchReport
from peers.around import board_around, plan_around
from peers.greedy import Stages, insert_greedily
from peers.improve import improved

_SCOUTS = 4
"""Stage plans that get a short search before the best of them gets the rest."""
_SCOUTING = 0.25
_MAIN = 0.6
"""Parts of the budget gone when scouting and the main search end; the rest goes to rounds."""
_MAIN_IN_TIME = 0.3
_REBUILT_IN_TIME = 0.9
"""The same where hours count: the solver knows nothing of them, taking out and filling does."""
_MOST_HURRIED = 8
_ROUND = 0.1
_MOST_ROUNDS = 12
_BLOCKED_TIMES = 4
"""A blocked leg is this many times longer than any stage may be."""
_NOTHING = 1e-9
_REBUILDING = 0.25
_REBUILDING_MORE = 0.75
"""Part of a round in which parts of the best route are taken out and filled anew."""
_DRAFT = 5
"""A part taken out and filled anew counts as so many iterations."""
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
    lost: bool = False
    """Whether making the solver's route lawful cost value."""
    most: float = field(init=False)
    """What all candidate fixes show together."""

    def __post_init__(self) -> None:
        wanted = {target for node in self.board.nodes for target in node.targets}
        self.most = self.book.value_of(wanted) - _NOTHING

    def value(self) -> float:
        return 0.0 if self.best is None else self.book.value(self.best)

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
        value = self.value()
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
        search = _Search(problem, book_for(problem), board, meter, progress)
        search.book.detours = board.detours
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
    routes, done = settled_few(search.book, search.board, search.meter.halted)
    for route in routes:
        search.offer(route)
    if done:
        return
    starts = _starts(search, plans)
    if not starts:
        return
    scouted = []
    begun = search.meter.spent
    timed = isinstance(search.book, TimedBook)
    for number, (plan, stages) in enumerate(starts[:_SCOUTS]):
        if len(starts) > 1:
            part = (number + 1) / min(len(starts), _SCOUTS)
            stages = _run(search, search.board, plan, stages, begun + _SCOUTING * part)
        lawful = _settled(search, search.board, plan, stages)
        search.offer(lawful)
        if lawful is not None:
            rank = (search.book.score(lawful), _worth(search.board, stages), -number)
            scouted.append((rank, plan, stages))
    if scouted:
        _, plan, stages = max(scouted, key=lambda entry: entry[0])
        until = max(_MAIN_IN_TIME if timed else _MAIN, begun + 2 * _SCOUTING)
        stages = _run(search, search.board, plan, stages, until)
        search.offer(_settled(search, search.board, plan, stages))
        search.lost = _worth(search.board, stages)[0] > search.value() + _NOTHING
    if timed:
        _hurried_first(search, plans)
        _rebuilt(search, _REBUILT_IN_TIME)
    _rounds(search)


def _hurried_first(search: _Search, plans: Sequence[StagePlan]) -> None:
    """Cheapest insertion of what has hours alone, then of all the rest as far as time allows."""
    board = search.board
    targets = search.problem.targets
    hurried = [any(has_hours(targets[index]) for index in node.targets) for node in board.nodes]
    for plan in plans[:_MOST_HURRIED]:
        if search.meter.over(_REBUILT_IN_TIME) or not search.meter.fits(search.settling):
            return
        route = _settled(search, board, plan, insert_greedily(board, plan, np.array(hurried)))
        if route is not None:
            search.offer(route)


def _starts(search: _Search, plans: Sequence[StagePlan]) -> list[tuple[StagePlan, Stages]]:
    """Cheapest insertion for each stage plan, the best first; the first that settles is kept."""
    starts = []
    for plan in plans:
        starts.append((plan, insert_greedily(search.board, plan)))
        if search.meter.over(_SCOUTING):
            break
    starts.sort(key=lambda start: _worth(search.board, start[1]), reverse=True)
    for plan, stages in starts:
        if search.offer(_settled(search, search.board, plan, stages)) or search.best is not None:
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
    """Again from the best route: parts of it flown anew, limits shared out anew.

    In the second, prizes only for what needs a fix. More of the first where what the solver finds
    is not lawful.
    """
    for number in range(_MOST_ROUNDS):
        begun = max(_MAIN, search.meter.spent)
        _rebuilt(search, begun + _ROUND * (_REBUILDING_MORE if search.lost else _REBUILDING))
        best = search.best
        if best is None or search.meter.over() or not search.meter.fits(search.settling):
            return
        board, stages = board_around(search.book, search.board, best)
        fresh = plan_around(search.book, board, best, number)
        if fresh is None:
            return
        stages = _run(search, board, fresh, stages, min(1.0, begun + _ROUND))
        search.offer(_settled(search, board, fresh, stages))


def _rebuilt(search: _Search, until: float) -> None:
    """Parts of the best route taken out and filled anew until that part of the budget is gone."""
    if search.best is None or search.value() >= search.most:
        return
    search.runs += 1
    lot = random.Random(search.meter.budget.seed * 1009 + search.runs)

    def go_on() -> bool:
        if search.meter.over(min(1.0, until)) or not search.meter.fits(search.settling):
            return False
        search.meter.iterations += _DRAFT
        return True

    search.offer(improved(search.book, search.best, search.board.nodes, lot, go_on))


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
