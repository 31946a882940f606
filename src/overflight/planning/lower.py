"""The search where some sites need a lower pass.

The compiled search knows one height. So it is asked several times: as if the flight stayed at its
usual height, as if every site could be had from the height that suits it (nothing lost between),
as if all of it were flown lower, and once more without the lower sites that came to nothing. What
it finds is judged, and finished, with the heights at which its legs really show most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from overflight.errors import PlanError
from overflight.planning.board import Board, board_for
from overflight.planning.descents import descended
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.level import LevelFlight
from overflight.planning.problem import PlanningProblem, Route, Solution
from overflight.planning.protocol import Budget, Meter, Progress, RoutePlanner, Stop
from overflight.planning.refine import require_fixes, settle
from overflight.planning.timing import book_for, seen_by
from overflight.terms.working_plan import SearchReport

_USUAL, _BOTH, _AGAIN = 0.3, 0.3, 0.15
"""Parts of the budget; what is left is for flights that are low throughout."""
_LOW = 0.15
_FINISHING = 2
_ENOUGH = 0.9
"""Part of a budget in seconds after which nothing more is tried."""


@dataclass
class _Best:
    """The best route so far, judged by the whole problem."""

    book: LegBook
    board: Board
    meter: Meter
    route: Route | None = None

    def over(self) -> bool:
        """Whether there is no time left; with iterations only once somebody asked to stop."""
        timed = self.meter.budget.iterations is None
        return self.meter.over(_ENOUGH) if timed else self.meter.halted()

    def offer(self, route: Route) -> None:
        """Take a route, finished as far as there is time, where it is better."""
        self._take(route)
        for _ in range(_FINISHING):
            if self.over():
                break
            longer = descended(self.book, route, self.board.nodes, self.over)
            settled = settle(self.book, longer, self.board.nodes)
            better = longer if settled is None else max(longer, settled, key=self.book.score)
            if self.book.score(better) <= self.book.score(route):
                break
            route = better
        self._take(route)

    def _take(self, route: Route) -> None:
        if violations(self.book.problem, route, self.book):
            return
        if self.route is None or self.book.score(route) > self.book.score(self.route):
            self.route = route


def solve_lower(
    problem: PlanningProblem,
    planner: Callable[[Route | None], RoutePlanner],
    begin: Route | None,
    budget: Budget,
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Solution:
    """See ``RoutePlanner``. ``planner`` makes a search for one height from a route to begin with.

    Raises PlanError where nothing can be seen from any height.
    """
    meter = Meter(budget, stop)
    book = book_for(problem)
    board, notes = board_for(problem)
    book.detours = board.detours
    best = _Best(book, board, meter)
    if begin is not None and not violations(problem, begin, book):
        best.offer(begin)
    for part, question in _questions(problem, best):
        if best.route is not None and best.over():
            break
        share = budget.share(part if best.route is None else min(part, max(0.0, 1 - meter.spent)))
        try:
            search = planner(best.route or begin)
            found = search.solve(question, share, progress=progress, stop=stop)
        except PlanError:
            continue
        meter.iterations += found.report.iterations
        meter.interrupted = meter.interrupted or found.report.stopped_early
        best.offer(found.route)
    route = require_fixes(problem, best.route)
    report = SearchReport(
        "overflight", budget.seed, meter.iterations, meter.seconds, meter.interrupted, notes
    )
    return Solution(route, report)


def _questions(problem: PlanningProblem, best: _Best) -> Iterator[tuple[float, PlanningProblem]]:
    """Problems of one height, with the part of the budget for each."""
    level = problem.level
    if level is None:
        return
    yield _USUAL, _from_height(problem, level, 0)
    yield _BOTH, _as_one(problem, level)
    for number in range(1, len(level.heights_m)):
        yield _LOW / len(level.lower_m), _from_height(problem, level, number)
    if best.route is not None:
        seen = seen_by(best.book, best.route)
        kept = tuple(
            replace(t, strips=()) if t.needs_descent and i not in seen else t
            for i, t in enumerate(problem.targets)
        )
        yield _AGAIN, _as_one(replace(problem, targets=kept), level)


def _as_one(problem: PlanningProblem, level: LevelFlight) -> PlanningProblem:
    """The problem as if each site were seen from the height that suits it, all on one flight."""
    targets = tuple(replace(t, at_heights=()) for t in problem.targets)
    return replace(problem, targets=targets, level=replace(level, lower_m=()))


def _from_height(problem: PlanningProblem, level: LevelFlight, number: int) -> PlanningProblem:
    """The problem with all of the flight at one height."""
    targets = tuple(
        replace(t, strips=t.strips_at(number) if t.strips else (), at_heights=())
        for t in problem.targets
    )
    return replace(problem, targets=targets, level=level.at(number))
