"""The planner: many short annealed searches, their children, and the best made lawful.

The search counts what legs see, landings, hours and crossings itself, on a sphere; what it finds
is judged and finished on the ellipsoid (``refine.settle``). See ``anneal`` for the method.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from overflight.planning.board import Board, board_for
from overflight.planning.engine.tours import Random, below, new_random, uniform
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.few import settled_few
from overflight.planning.lower import solve_lower
from overflight.planning.problem import PlanningProblem, Route, Solution
from overflight.planning.protocol import Budget, Meter, Progress, Stop
from overflight.planning.refine import require_fixes, settle
from overflight.planning.timing import book_for, start_of
from overflight.planning.track.anneal import anneal, join, lawful, load, mend
from overflight.planning.track.arrays import (
    BEGUN,
    LATER,
    LENGTH,
    OVER,
    TIMED,
    VALUE,
    Flight,
    Looks,
    fill_flight,
    new_flight,
    new_looks,
)
from overflight.planning.track.begun import bare_points, points_of, route_through
from overflight.planning.track.field import Arena, arena_for
from overflight.planning.track.moves import copy_flight
from overflight.terms.working_plan import SearchReport
from overflight.units import Hours

Watch = Callable[[Route, float], None]
"""Shown a route in hand and what it is worth as counted: a draft, not yet made lawful."""

TRIALS = 10
"""Trials of the kernel that count as one iteration of a budget."""
_CHUNK = 400
_CHUNK_SECONDS = 0.05
_FOR_FEW = 0.5
"""Part of a budget in time that goes into looking at all orders of a few fixes, at most."""
_SEARCHING = 0.85
_BREEDING = 0.5
_MOST_RUNS = 6
_TRIALS_PER_POINT = 60.0
_HOT, _COLD, _CHILD_HOT = 2.0, 0.03, 1.0
_PRICE = 0.02
_SETTLED, _SETTLED_WHEN_LOST = 3, 10
"""Flights made lawful at the end; more of them where that costs the best of them value."""
_FIRST_CHUNKS = 4
_SAYING = 0.2


@dataclass
class _Search:
    """What one call of ``solve`` keeps in hand."""

    problem: PlanningProblem
    book: LegBook
    board: Board
    meter: Meter
    progress: Progress | None
    watch: Watch | None
    arena: Arena
    looks: Looks
    random: Random
    best: Route | None = None
    rate: float = 5000.0
    """Trials in a second."""
    settling: float = 0.0
    settled: set[bytes] = field(default_factory=set)
    flights: list[Flight] = field(default_factory=list)
    said: float = -1.0

    def flight(self) -> Flight:
        return new_flight(len(self.problem.targets))

    def offer(self, route: Route | None) -> None:
        """Keep a lawful route if it is the best so far."""
        if route is None:
            return
        if self.best is None or self.book.score(route) > self.book.score(self.best):
            self.best = route

    def say(self, flight: Flight) -> None:
        """Tell how far it is, and show the flight in hand, now and then."""
        seconds = self.meter.seconds
        if seconds - self.said < _SAYING or (self.progress is None and self.watch is None):
            return
        self.said = seconds
        promising = float(flight.sums[VALUE])
        if self.watch is not None:
            self.watch(route_through(self.arena, flight), promising)
        if self.progress is None:
            return
        value = 0.0 if self.best is None else self.book.value(self.best)
        better = f", {promising:g} in sight" if promising > value else ""
        self.progress(f"{min(100, int(100 * self.meter.spent)):3d} %  value {value:g}{better}")


class TrackPlanner:
    """Own search over landings, fixes and legs; see the module.

    ``begin`` is a route to begin with. Where it is lawful, what ``solve`` gives is worth no less.
    ``watch`` is shown what is in hand a few times a second.
    """

    name = "overflight"

    def __init__(self, begin: Route | None = None, watch: Watch | None = None) -> None:
        self.begin = begin
        self.watch = watch

    def solve(
        self,
        problem: PlanningProblem,
        budget: Budget,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Solution:
        """See ``RoutePlanner``. KeyboardInterrupt ends the search as ``stop`` does.

        It is passed on where ``stop`` has asked for the end already: somebody will not wait.
        """
        if not anneal.signatures and progress is not None:
            progress("loading the search (the first time on a machine, compiling it: a minute)")
        load()
        if problem.descends:
            return solve_lower(
                problem, self._again, self.begin, budget, progress=progress, stop=stop
            )
        meter = Meter(budget, stop)
        board, notes = board_for(problem)
        book = book_for(problem)
        book.detours = board.detours
        search = _Search(
            problem,
            book,
            board,
            meter,
            progress,
            self.watch,
            arena_for(problem, board),
            new_looks(len(problem.targets)),
            new_random(budget.seed),
        )
        try:
            _search(search, self.begin)
        except KeyboardInterrupt:
            if stop is not None and stop():
                raise
            meter.interrupted = True
            _settle_best(search, 1)
        route = require_fixes(problem, search.best)
        report = SearchReport(
            self.name, budget.seed, meter.iterations, meter.seconds, meter.interrupted, notes
        )
        return Solution(route, report)

    def _again(self, begin: Route | None) -> TrackPlanner:
        return TrackPlanner(begin, self.watch)


def _search(search: _Search, begin: Route | None = None) -> None:
    if begin is not None and not violations(search.problem, begin, search.book):
        search.offer(begin)
    few, done = settled_few(search.book, search.board, lambda: search.meter.over(_FOR_FEW))
    for route in few:
        search.offer(route)
    if done:
        return
    bare = _bare(search)
    if bare is None:
        return
    given = None if begin is None else _given(search, begin)
    _first(search, bare)
    begun = search.meter.spent
    trials = max(1.0, _TRIALS_PER_POINT * len(search.arena.points))
    runs = int(min(_MOST_RUNS, max(1.0, _BREEDING * _all_trials(search) / trials)))
    share = (_SEARCHING - begun) * (_BREEDING if runs > 1 else 1.0) / runs
    for run in range(runs):
        _set_start(search, run)
        until = begun + (run + 1) * share
        if given is not None and run == 0:
            search.flights.append(_run(search, given, _CHILD_HOT, until))
        else:
            search.flights.append(_run(search, bare, _HOT, until))
    while not search.meter.over(_SEARCHING):
        _breed(search, min(_SEARCHING, search.meter.spent + share * 0.5))
    _settle_best(search, _SETTLED)
    if _lost(search):
        _settle_best(search, _SETTLED_WHEN_LOST)


def _given(search: _Search, begin: Route) -> Flight | None:
    """A route to begin with, over the arena's points, shortened where it has to be."""
    points = points_of(search.arena, begin)
    if points is None:
        return None
    flight = search.flight()
    fill_flight(flight, points)
    field, looks = search.arena.field, search.looks
    if not lawful(field, looks, flight) and not mend(field, looks, flight, search.random):
        return None
    _judge(search, flight, flight)
    if not lawful(field, looks, flight):
        return None
    search.flights.append(flight)
    return flight


def _bare(search: _Search) -> Flight | None:
    """The shortest way from start to end, measured; None where there is none in one go."""
    rows = bare_points(search.problem, search.board)
    if rows is None:
        return None
    flight = search.flight()
    fill_flight(flight, rows)
    return flight if lawful(search.arena.field, search.looks, flight) else None


def _first(search: _Search, bare: Flight) -> None:
    """A quick lawful route, whatever the budget: there is one to give when all is stopped."""
    now, best, trial = search.flight(), search.flight(), search.flight()
    copy_flight(bare, now)
    copy_flight(bare, best)
    search.flights.append(best)
    mean = max(1e-9, float(search.arena.field.value.mean())) if best.tally.size else 1.0
    for part in range(_FIRST_CHUNKS):
        heat = [mean * 0.5 * 0.1 ** (step / _FIRST_CHUNKS) for step in (part, part + 1)]
        price = _PRICE * mean / search.problem.max_total_km
        field, looks = search.arena.field, search.looks
        anneal(field, looks, now, best, trial, search.random, _CHUNK, heat[0], heat[1], price)
        _judge(search, now, best)
    _settle_best(search, 1)
    search.say(best)


def _set_start(search: _Search, run: int) -> None:
    """Another hour to start for every run, when sites have hours: the first usual, then drawn."""
    clock = search.problem.clock
    if clock is not None and search.arena.field.counts[TIMED]:
        first, last = clock.starts(0.0)
        drawn = first + uniform(search.random) * max(0.0, last - first)
        _start_at(search, 0.0 if run == 0 else drawn)


def _start_at(search: _Search, later: Hours) -> None:
    """Count hours from a start so much later than the usual one."""
    clock, limits = search.problem.clock, search.arena.field.limits
    if clock is not None:
        limits[LATER], limits[OVER] = later, clock.over() - later


def _retime(search: _Search, now: Flight, best: Flight) -> None:
    """Go on with the start that is the best for the best flight."""
    if not search.arena.field.counts[TIMED]:
        return
    later = start_of(search.book, route_through(search.arena, best))
    if abs(later - search.arena.field.limits[LATER]) < 1e-9:
        return
    _start_at(search, later)
    for flight in (now, best):
        if not lawful(search.arena.field, search.looks, flight):
            mend(search.arena.field, search.looks, flight, search.random)


def _run(search: _Search, begin: Flight, hot: float, until: float) -> Flight:
    """Anneal from a flight until the given part of the budget is gone; the best found."""
    field, meter = search.arena.field, search.meter
    now, best, trial = search.flight(), search.flight(), search.flight()
    copy_flight(begin, now)
    if not lawful(field, search.looks, now):
        mend(field, search.looks, now, search.random)
    copy_flight(now, best)
    mean = max(1e-9, float(field.value.mean())) if len(field.value) else 1.0
    begun = meter.spent
    span = max(1e-12, until - begun)
    while not meter.over(until):
        trials = _trials(search, until)
        done = min(1.0, (meter.spent - begun) / span)
        then = min(1.0, done + trials / max(1.0, _all_trials(search)) / span)
        clock = time.perf_counter()
        anneal(
            field,
            search.looks,
            now,
            best,
            trial,
            search.random,
            trials,
            mean * hot * (_COLD / hot) ** done,
            mean * hot * (_COLD / hot) ** then,
            _PRICE * max(float(best.sums[VALUE]), mean) / search.problem.max_total_km,
        )
        _took(search, trials, time.perf_counter() - clock)
        _judge(search, now, best)
        _retime(search, now, best)
        search.say(best)
    return best


def _judge(search: _Search, now: Flight, best: Flight) -> None:
    """Legs looked at on the ellipsoid; flights with a leg that cannot be flown so are mended."""
    changed = search.arena.judge(search.book, best)
    changed |= search.arena.judge(search.book, now)
    if not changed:
        return
    search.looks.keys[:] = -1
    search.looks.fill[:] = 0
    for flight in (now, best):
        if not lawful(search.arena.field, search.looks, flight):
            mend(search.arena.field, search.looks, flight, search.random)
    if _rank(now) < _rank(best):
        copy_flight(now, best)


def _breed(search: _Search, until: float) -> None:
    """A child of two flights, or one flight heated again, takes the place of the worst."""
    flights = search.flights
    flights.sort(key=_rank)
    size = len(flights)
    one = flights[min(below(search.random, size), below(search.random, size))]
    other = flights[below(search.random, size)]
    _start_at(search, float(one.sums[BEGUN]))
    child = search.flight()
    field = search.arena.field
    if other is one or not join(field, search.looks, one, other, child, search.random):
        copy_flight(one, child)
    grown = _run(search, child, _CHILD_HOT if other is not one else _HOT, until)
    if all(_rank(grown) != _rank(flight) for flight in flights):
        flights.append(grown)
        flights.sort(key=_rank)
        del flights[max(4, _MOST_RUNS) :]


def _rank(flight: Flight) -> tuple[float, float]:
    """To sort by, the best first."""
    return (-round(float(flight.sums[VALUE]), 9), round(float(flight.sums[LENGTH]), 3))


def _lost(search: _Search) -> bool:
    """Whether the best flight showed more before it was made lawful."""
    most = max((float(flight.sums[VALUE]) for flight in search.flights), default=0.0)
    return search.best is None or search.book.value(search.best) < most - 1e-9


def _settle_best(search: _Search, most: int) -> None:
    """Make the best flights lawful to the metre, and keep what is best of them."""
    for flight in sorted(search.flights, key=_rank)[:most]:
        key = flight.seq[: flight.size[0]].tobytes()
        if key in search.settled:
            continue
        if search.best is not None and not search.meter.fits(search.settling):
            return
        begun = search.meter.seconds
        search.settled.add(key)
        search.offer(settle(search.book, route_through(search.arena, flight), search.board.nodes))
        search.settling = max(search.settling, search.meter.seconds - begun)


def _all_trials(search: _Search) -> float:
    """About how many trials the whole budget holds."""
    budget = search.meter.budget
    if budget.iterations is not None:
        return float(budget.iterations * TRIALS)
    return search.rate * (budget.seconds or 0.0)


def _trials(search: _Search, until: float) -> int:
    """How many trials to run before looking about again."""
    budget = search.meter.budget
    if budget.iterations is not None:
        left = until * budget.iterations - search.meter.iterations
        return max(TRIALS, min(_CHUNK, round(left * TRIALS)))
    left = max(0.0, until * (budget.seconds or 0.0) - search.meter.seconds)
    return max(20, int(search.rate * min(_CHUNK_SECONDS, left)))


def _took(search: _Search, trials: int, seconds: float) -> None:
    """Count trials; learn the rate, but not from the first, when code is loaded."""
    if search.meter.iterations:
        search.rate = 0.7 * search.rate + 0.3 * trials / max(1e-6, seconds)
    search.meter.iterations += max(1, trials // TRIALS)
