"""Several flights planned together: in turn first, then all at once, and the best made lawful.

First each flight in its turn takes what is best of what those before it leave (what a planner does
who plans one flight after the other). Then all are annealed at once, a short while on one of them,
then on another: what a flight gives up another may take. What comes of it is made lawful on the
ellipsoid, and at last each flight is searched for once more with what the others leave. Each step
keeps the better of what it has and what it finds, so that no step loses value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from overflight.errors import PlanError
from overflight.planning.engine.tours import below
from overflight.planning.evaluate import violations
from overflight.planning.obstacles import nothing_observable
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.protocol import Budget, Meter, Progress, Stop
from overflight.planning.refine import settle
from overflight.planning.timing import start_of
from overflight.planning.together.aloft import Fleet, fleet_for
from overflight.planning.together.shares import Routes, Shares, shares_of
from overflight.planning.track.anneal import anneal, load
from overflight.planning.track.planner import TRIALS, TrackPlanner
from overflight.terms.working_plan import SearchReport

NAME = "overflight, flights together"
_IN_TURN = 0.3
_AT_ONCE = 0.65
"""Parts of what is left of the budget, for flights in turn and then for all at once."""
_DONE = 0.97
_HOT, _COLD = 2.0, 0.03
_WARM = (1.0, 0.6, 0.3)
"""How hot it is each time that all are annealed at once, from the best so far."""
_ROUNDS = len(_WARM)
_FIRST_HOT, _FIRST_CHUNKS, _FIRST_TRIALS = 0.5, 3, 200
_CHUNK = 100
_CHUNK_SECONDS = 0.04
_LEAST_AGAIN = 4.0
"""Seconds from which a search for one flight alone is worth beginning."""
_SAYING = 0.2


@dataclass(frozen=True, slots=True)
class Together:
    """A lawful route for each flight (None: it would show nothing more), and how they were found.

    ``in_turn`` is the value that the flights saw, planned one after the other, before they were
    planned together.
    """

    routes: Routes
    value: float
    in_turn: float
    report: SearchReport


@dataclass
class _Search:
    shares: Shares
    fleet: Fleet
    meter: Meter
    progress: Progress | None
    routes: Routes
    score: tuple[float, float] = (0.0, 0.0)
    rate: float = 5000.0
    """Trials in a second."""
    settling: float = 0.0
    """Seconds that it takes to make all flights lawful."""
    said: float = -1.0

    def offer(self, routes: Routes) -> bool:
        """Keep routes that are lawful and see more together than those kept."""
        score = self.shares.score(routes)
        if score <= self.score:
            return False
        for problem, book, route in zip(
            self.shares.problems, self.shares.books, routes, strict=True
        ):
            if route is not None and violations(problem, route, book):
                return False
        self.routes, self.score = routes, score
        return True

    def say(self) -> None:
        seconds = self.meter.seconds
        if self.progress is None or seconds - self.said < _SAYING:
            return
        self.said = seconds
        sight = max(self.fleet.best, self.score[0])
        part = min(100, int(100 * self.meter.spent))
        self.progress(f"{part:3d} %  {len(self.routes)} flights, {sight:g} in sight")


def fly_together(
    problems: Sequence[PlanningProblem],
    budget: Budget,
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Together:
    """Routes for all problems, whose targets count once, whoever sees them.

    Flights with the same problem should be given the same object. The same seed and iterations
    give the same routes. KeyboardInterrupt ends the search as ``stop`` does. Raises PlanError
    where no flight shows anything.
    """
    if not anneal.signatures and progress is not None:
        progress("loading the search (the first time on a machine, compiling it: a minute)")
    load()
    meter = Meter(budget, stop)
    shares = shares_of(problems)
    search = _Search(
        shares, fleet_for(shares, budget.seed), meter, progress, (None,) * len(problems)
    )
    in_turn = 0.0
    try:
        _in_turn(search)
        in_turn = search.score[0]
        _at_once(search)
        _again(search)
    except KeyboardInterrupt:
        if stop is not None and stop():  # asked to end already: somebody will not wait
            raise
        meter.interrupted = True
        search.fleet.land()
        _settle(search)
    if search.score[0] <= 0:
        raise nothing_observable(problems[0])
    report = SearchReport(
        NAME, budget.seed, meter.iterations, meter.seconds, meter.interrupted, search.fleet.notes
    )
    return Together(search.routes, search.score[0], in_turn, report)


def _in_turn(search: _Search) -> None:
    """Each flight by itself, with what those before it leave; then made lawful."""
    fleet, count = search.fleet, len(search.fleet.flights)
    begun = search.meter.spent
    share = max(0.0, 1.0 - begun) * _IN_TURN / count
    for number in range(count):
        fleet.ground(range(number, count))
        fleet.forget()
        for part in range(_FIRST_CHUNKS):  # whatever the budget: there is something to give then
            heat = [_FIRST_HOT * 0.1 ** (step / _FIRST_CHUNKS) for step in (part, part + 1)]
            fleet.work_on(number, _FIRST_TRIALS, *heat)
        _cool(search, [number], _HOT, begun + share * (number + 1))
        fleet.land()
    _settle(search)


def _at_once(search: _Search) -> None:
    """All flights in any order, again and again, each time from the best there is; made lawful."""
    fleet, meter = search.fleet, search.meter
    begun = meter.spent
    left = max(0.0, 1.0 - begun)
    span = _AT_ONCE * left
    if meter.budget.iterations is None:
        seconds = meter.budget.seconds or 0.0
        free = max(0.0, left - 1.2 * search.settling / max(1e-9, seconds))
        span = min(free, span if (free - span) * seconds >= _LEAST_AGAIN else 1.0)
    for number, hot in enumerate(_WARM):
        _set_starts(search)
        until = begun + span * (number + 1) / _ROUNDS
        _cool(search, range(len(fleet.flights)), hot, until)
        fleet.land()
    _settle(search)


def _again(search: _Search) -> None:
    """Each flight by the planner of one flight, from its own route, with what the others leave."""
    meter, shares = search.meter, search.shares
    count = len(shares.problems)
    number = 0
    idle = 0
    while idle < count and not meter.over(_DONE):
        left = _DONE - meter.spent
        part = left / (count - number % count)
        share = meter.budget.share(part, seed=meter.budget.seed + number)
        if share.iterations is None and (share.seconds or 0.0) < _LEAST_AGAIN:
            part = left
            share = meter.budget.share(part, seed=meter.budget.seed + number)
            if (share.seconds or 0.0) < _LEAST_AGAIN:
                return
        flight = number % count
        problem = shares.left_to(flight, shares.by_others(flight, search.routes))
        number += 1
        try:
            planner = TrackPlanner(search.routes[flight])
            found = planner.solve(problem, share, stop=search.meter.stop)
        except PlanError:  # nothing is left to it
            idle += 1
            continue
        meter.iterations += found.report.iterations
        offer = tuple(found.route if i == flight else r for i, r in enumerate(search.routes))
        idle = 0 if search.offer(offer) else idle + 1
        search.say()
        if found.report.iterations == 0 and share.iterations is not None:
            idle += 1


def _cool(search: _Search, flights: Sequence[int], hot: float, until: float) -> None:
    """Anneal flights, drawn one after the other, until the given part of the budget is gone."""
    meter, fleet = search.meter, search.fleet
    begun = meter.spent
    span = max(1e-12, until - begun)
    while not meter.over(until):
        trials = _trials(search, until)
        done = min(1.0, (meter.spent - begun) / span)
        then = min(1.0, done + trials / max(1.0, _all_trials(search)) / span)
        heat = [hot * (_COLD / hot) ** part for part in (done, then)]
        took = fleet.work_on(flights[below(fleet.random, len(flights))], trials, *heat)
        if meter.iterations and took > 0:
            search.rate = 0.7 * search.rate + 0.3 * trials / took
        meter.iterations += max(1, trials // TRIALS)
        search.say()


def _settle(search: _Search) -> None:
    """The flights as they are made lawful to the metre, each with what the others leave it."""
    shares, begun = search.shares, search.meter.seconds
    routes: list[Route | None] = [aloft.route() for aloft in search.fleet.flights]
    for flight, aloft in enumerate(search.fleet.flights):
        book = shares.book_left_to(flight, shares.by_others(flight, routes))
        route = routes[flight]
        settled = None if route is None else settle(book, route, aloft.table.board.nodes)
        kept = settled is not None and book.value(settled) > 0
        routes[flight] = settled if kept else None
    search.offer(tuple(routes))
    search.settling = max(search.settling, search.meter.seconds - begun)


def _set_starts(search: _Search) -> None:
    """Go on with the start that is the best for each flight's route, where targets have hours."""
    for aloft in search.fleet.flights:
        aloft.later = start_of(aloft.book, aloft.route())


def _all_trials(search: _Search) -> float:
    """About how many trials the whole budget holds."""
    budget = search.meter.budget
    if budget.iterations is not None:
        return float(budget.iterations * TRIALS)
    return search.rate * (budget.seconds or 0.0)


def _trials(search: _Search, until: float) -> int:
    """How many trials to run on one flight before turning to another."""
    budget = search.meter.budget
    if budget.iterations is not None:
        left = until * budget.iterations - search.meter.iterations
        return max(TRIALS, min(_CHUNK, round(left * TRIALS)))
    left = max(0.0, until * (budget.seconds or 0.0) - search.meter.seconds)
    return max(20, int(search.rate * min(_CHUNK_SECONDS, left)))
