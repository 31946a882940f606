"""All routes, not a given pool: the planner looks for the best answer to chances to hide.

Against chances to hide ``y`` the best flight is the one that shows most of the prizes y_s v_s: the
planner's own question (orienteering) with other values. What it finds comes into the programme: the
upper bound. The lower one is that of an easier game, with more routes: any path within the length
that comes as near to a site as the furthest strip reaches. Its routes are tours over discs, their
distances shortened by the radii (``planning.bound``), and it is solved and proved by ``nodes``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from overflight.errors import DataError, PlanError
from overflight.geo.geodesic import distance_matrix_km
from overflight.planning.bound.disc_bound import disc_distances
from overflight.planning.problem import PlanningProblem, Route, Target
from overflight.planning.protocol import Budget, Meter, RoutePlanner, Stop
from overflight.planning.timing import book_for, seen_by
from overflight.study.inspection.master import Column
from overflight.study.inspection.mixing import GAP, Answer, Mixed, mixed
from overflight.study.inspection.nodes import fly_points
from overflight.study.inspection.payoffs import Floats
from overflight.study.inspection.pool import Pool, pool_of
from overflight.study.inspection.teams import together
from overflight.units import Seconds

Begin = Callable[[Route | None], RoutePlanner]
"""A planner that begins with a route, e.g. ``TrackPlanner``."""

_COVERING = 0.15
_PROVING = 0.5
_AT_LEAST = 20
"""Searches that go into showing every site, however slow the machine."""
_MOST_RAISED = 3
_LOWER = 1e-9
"""By this part distances are lowered and radii raised, more than any of them is off."""
_FOOT_KM = 0.002
"""A site is also seen from a leg that ends up to a metre before the foot of its perpendicular."""
_SCALE = 1000.0
_NOTHING = 1e-7
"""Sites with less than this part of all prizes are left to chance in a search, and only there."""


@dataclass(frozen=True, slots=True)
class Flown:
    """Chances to fly each of ``routes``: ``mixed.columns[i].key`` are indices into them.

    ``rows`` are the targets of the problem that are the game's sites: some route shows them.
    ``useful`` are those that some sensor on board resolves: the others no route can show.
    """

    mixed: Mixed
    routes: tuple[Route, ...]
    pool: Pool
    rows: tuple[int, ...]
    useful: tuple[int, ...]


class PlannerPricer:
    """Answers by a planner's search. ``rows`` (m,) are the targets of ``problem`` that are sites.

    Each search takes ``budget``, with another seed each. There is no bound.
    """

    cheap = False
    proving = 0.0

    def __init__(
        self,
        problem: PlanningProblem,
        rows: tuple[int, ...],
        planner: Begin,
        budget: Budget,
        detect: float = 1.0,
        stop: Stop | None = None,
    ) -> None:
        self.problem, self.planner, self.budget = problem, planner, budget
        self.detect, self.stop = detect, stop
        self.routes: list[Route] = []
        self.seen: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
        self._rows = rows
        self._number = {row: site for site, row in enumerate(rows)}
        self._book = book_for(problem)
        self._searches = 0
        self._raised = 0

    def harder(self) -> bool:
        """Three times as long for each search, up to some twenty times what was asked."""
        steps, each = self.budget.iterations, self.budget.seconds
        self.budget = replace(
            self.budget,
            seconds=None if each is None else 3.0 * each,
            iterations=None if steps is None else 3 * steps,
        )
        self._raised += 1
        return self._raised <= _MOST_RAISED

    def answer(self, prizes: Floats, flights: int, columns: int, *, prove: bool) -> Answer:  # noqa: ARG002
        whole = float(prizes.sum())
        if whole <= 0.0:
            return Answer((), 0.0)
        worth = [float(prizes[row].sum()) * self.detect for row in self.seen]
        begin = self.routes[int(np.argmax(worth))] if worth else None
        priced = self._priced(prizes / whole, _NOTHING)
        found: list[Column] = []
        if self.stop is None or not self.stop():
            for start in (begin, None) if begin is not None else (None,):
                self._searches += 1
                budget = replace(self.budget, seed=self.budget.seed + self._searches)
                try:
                    route = self.planner(start).solve(priced, budget, stop=self.stop).route
                except PlanError:  # of the sites with prizes none can be shown
                    break
                column = self._keep(route)
                if column is not None:
                    found.append(column)
        return Answer(tuple(found), math.inf)

    def cover_all(self, over: Stop) -> list[int]:
        """Routes until every site is on one, as far as that goes; the sites that are, ascending."""
        left = np.ones(len(self._rows), dtype=bool)
        while left.any() and (self._searches < _AT_LEAST or not over()):
            values = np.array([self.problem.targets[row].value for row in self._rows])
            self._searches += 1
            budget = replace(self.budget, seed=self.budget.seed + self._searches)
            priced = self._priced(left * values / float((left * values).sum()), 0.0)
            try:
                route = self.planner(None).solve(priced, budget, stop=self.stop).route
            except PlanError:
                break
            if self._keep(route) is None or not left[self.seen[-1]].any():
                break
            left[self.seen[-1]] = False
        return np.flatnonzero(~left).tolist()

    def follow(self, tours: Mixed, over: Stop) -> None:
        """Lawful routes that come as close as they can to what ``tours`` show, the likeliest
        first."""
        for i in np.argsort(-tours.x).tolist():
            if over():
                break
            prizes = np.zeros(len(self._rows))
            prizes[tours.columns[i].sites] = 1.0 / tours.columns[i].sites.size
            self.answer(prizes, 1, 1, prove=False)

    def take(self, other: PlannerPricer) -> None:
        """The routes of another search of the same problem."""
        for route in other.routes:
            self._keep(route)

    def _priced(self, shares: Floats, least: float) -> PlanningProblem:
        """The problem with prizes for values, and only the sites that have some."""
        targets: list[Target] = []
        for row, share in zip(self._rows, shares.tolist(), strict=True):
            if share > least:
                targets.append(replace(self.problem.targets[row], value=share * _SCALE))
        return replace(self.problem, targets=tuple(targets))

    def _keep(self, route: Route) -> Column | None:
        """A route's column, where no earlier one shows the same sites."""
        sites = sorted(self._number[i] for i in seen_by(self._book, route) if i in self._number)
        row = np.array(sites, dtype=np.int64)
        if not row.size or any(np.array_equal(row, other) for other in self.seen):
            return None
        self.routes.append(route)
        self.seen.append(row)
        return self.column(len(self.routes) - 1)

    def column(self, number: int) -> Column:
        """The column of a route that was found."""
        row = self.seen[number]
        return Column((number,), row, np.full(row.size, self.detect))


def fly_anywhere(
    problem: PlanningProblem,
    flights: int,
    planner: Begin,
    *,
    seconds: Seconds,
    iterations: int | None = None,
    seed: int = 1,
    detect: float = 1.0,
    gap: float = GAP,
    stop: Stop | None = None,
) -> Flown:
    """The best lottery over all routes of a problem, for the sites that the planner can show.

    First routes are sought until each site is on one, as far as that goes: what is on none is no
    part of the game (``Flown.rows`` are the others). With ``iterations`` a search takes so many
    steps and the same seed gives the same routes as long as ``seconds`` suffice. Raises PlanError
    where nothing can be seen.
    """
    if not (math.isfinite(seconds) and seconds > 0.0):
        raise DataError(f"{seconds:g} s are no time", remedy="Give seconds, more than 0.")
    useful = tuple(i for i, t in enumerate(problem.targets) if t.strips and t.value > 0.0)
    each = max(0.3, seconds / 300.0)
    budget = Budget(seconds=each, seed=seed) if iterations is None else Budget(
        iterations=iterations, seed=seed
    )  # fmt: skip
    meter = Meter(Budget(seconds=seconds), stop)
    scout = PlannerPricer(problem, useful, planner, budget, detect, stop)
    covering = _COVERING if iterations is None else _PROVING
    shown = scout.cover_all(lambda: meter.over(covering))
    rows = tuple(useful[i] for i in shown)
    if not rows:
        raise PlanError(
            "no flight shows any of the sites",
            remedy="Give sites over the territory that a sensor on board resolves.",
        )
    values = np.array([problem.targets[i].value for i in rows])
    pricer = PlannerPricer(problem, rows, planner, budget, detect, stop)
    pricer.take(scout)
    easier = _easier(problem, rows, values, flights, detect, 0.1 * gap, _PROVING * seconds)
    pricer.follow(easier, lambda: meter.over(_PROVING + _COVERING))
    first = tuple(pricer.column(i) for i in range(len(pricer.routes)))
    # one route may fly on several days: on each day it is drawn anew
    found = mixed(
        values, flights, pricer, gap=gap, first=first, most=float(flights),
        bound=(easier.lower, easier.hidden), seconds=max(0.2 * seconds, seconds - meter.seconds),
    )  # fmt: skip
    pool = pool_of(pricer.seen, len(rows))
    if flights > 1:
        team = min(flights, pool.routes)
        found = together(pool, values, found, team, detect, gap, max(1.0, 0.1 * seconds))
    return Flown(found, tuple(pricer.routes), pool, rows, useful)


def _easier(
    problem: PlanningProblem,
    rows: tuple[int, ...],
    values: Floats,
    flights: int,
    detect: float,
    gap: float,
    seconds: Seconds,
) -> Mixed:
    """The game over all paths from start to end within the length that come near enough to a site,
    whatever else the treaty asks: no more is left than in the true one."""
    targets = [problem.targets[i] for i in rows]
    ends = [problem.start.position]
    if problem.end.position != problem.start.position:
        ends.append(problem.end.position)
    true = distance_matrix_km([*(t.position for t in targets), *ends]) * (1.0 - _LOWER)
    radii = np.array([max(s.far_km for s in t.strips) + _FOOT_KM for t in targets])
    radii = np.concatenate([radii * (1.0 + _LOWER), np.zeros(len(ends))])
    return fly_points(
        disc_distances(np.minimum(true, true.T), radii), values, problem.max_total_km, flights,
        detect=detect, gap=gap, seconds=seconds, apart=True, alone=True,
    ).mixed  # fmt: skip
