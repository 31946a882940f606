"""Several observation flights over one party, planned together: each site counts once.

What a verification unit with a quota of flights wants is the most that all of them see together.
Each flight is a whole lawful plan, with its own day's law, its own limits and its own release.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from overflight.errors import DataError, PlanError
from overflight.mission.campaign_bound import campaign_bound
from overflight.mission.campaign_quota import quota_findings
from overflight.mission.certified import bound_seconds
from overflight.mission.flown import for_bound
from overflight.mission.landing_places import ends_at, starts_from
from overflight.mission.pairings import Pairing, hopeful, pairing
from overflight.mission.plan import budget_of, make_plan, reported
from overflight.mission.prepared import Prepared, prepared, treaty_book
from overflight.planning.evaluate import violations
from overflight.planning.problem import PlanningProblem, Route, Solution
from overflight.planning.protocol import Budget, Progress, Stop
from overflight.planning.together.search import fly_together
from overflight.planning.together.shares import Shares, shares_of
from overflight.planning.track.planner import TrackPlanner
from overflight.terms.campaign import Campaign, CampaignFlight
from overflight.terms.findings import Finding
from overflight.terms.sites import Site
from overflight.terms.working_plan import SearchReport, WorkingPlan

_CHOOSING = 0.4
"""Part of the budget for choosing airfields, where there is a choice."""
_MOST_PAIRS = 6
_FINISHING = 0.1
"""Part of the budget to search with again where a route does not hold in the wind or in time."""


@dataclass(frozen=True, slots=True)
class _Day:
    """A flight's day: what holds on it, and the airfields to choose from."""

    ready: Prepared
    pairs: tuple[Pairing, ...]


def make_campaign(
    sites: Sequence[Site],
    *,
    flights: int,
    on: dt.date | Sequence[dt.date],
    treaty: Any,
    observing: str,
    observed: str,
    start: str,
    end: str | None = None,
    refuel: Sequence[str] = (),
    distance_condition: str = "",
    seconds: float = 10.0,
    iterations: int | None = None,
    certificate: float | None = None,
    seed: int = 1,
    progress: Progress | None = None,
    stop: Stop | None = None,
    **asked: Any,
) -> Campaign:
    """Plan ``flights`` observation flights that show as much as can be shown by all together.

    ``on`` is the day of all of them, or the day of each. ``seconds`` (or ``iterations``) are for
    all flights together, ``certificate`` of these seconds for the bound on what any such flights
    see. All else is as for ``make_plan``, and holds for each flight. There are fewer flights
    where one more would show nothing.

    Raises what ``make_plan`` raises; DataError for a number of flights or of days that is none.
    """
    days = _days(on, flights)
    bounding = bound_seconds(certificate, seconds, iterations)
    budget = budget_of(seconds - bounding, iterations, seed)
    book = treaty_book(treaty, asked.pop("overlay", None))
    for name in ("planner", "outlook"):
        if asked.pop(name, None) is not None:
            raise DataError(
                f"flights planned together take no {name}", remedy="Plan the flights one by one."
            )
    parties: dict[str, Any] = {"treaty": book, "observing": observing, "observed": observed}
    finishing: dict[str, Any] = {k: asked.pop(k) for k in ("marks", "provided_by") if k in asked}
    between = _Between(start, end, tuple(refuel), distance_condition)
    by_day = {
        day: _day(prepared(sites, on=day, **parties, **asked), between, seed)
        for day in dict.fromkeys(days)
    }
    chosen, left, said = _choose([by_day[day] for day in days], budget, stop)
    together = fly_together([pair.problem for pair in chosen], left, progress=progress, stop=stop)
    shares = shares_of([pair.problem for pair in chosen])
    search: dict[str, Any] = {"seconds": seconds, "iterations": iterations, "seed": seed}

    def finished(index: int, route: Route) -> WorkingPlan:
        pair, others = chosen[index], shares.by_others(index, together.routes)
        found = _Found(route, shares.left_to(index, others), together.report)
        return make_plan(
            sites,
            **parties,
            **asked,
            **finishing,
            **search,
            on=days[index],
            start=pair.start.code,
            end=pair.end.code,
            refuel=between.refuel,
            distance_condition=distance_condition,
            certificate=0.0,
            planner=found,
            stop=stop,
        )

    order = _order(shares, together.routes, free=len(by_day) == 1)
    routes = [(index, together.routes[index]) for index in order]
    plans = [finished(index, route) for index, route in routes if route is not None]
    views = [by_day[day].ready.setting.view for day in days]
    quota = quota_findings(views, observing, observed)
    done = _campaign(flights, plans, reported(together.report, budget), quota, said)
    bounds = [
        for_bound(pair, by_day[day].ready.setting, by_day[day].ready.flying)
        for pair, day in zip(chosen, days, strict=True)
    ]
    given = 0.0 if stop is not None and stop() else bounding
    total = math.fsum(site.value for site in sites)
    return replace(done, certificate=campaign_bound(_shared(bounds), done.value, total, given))


@dataclass(frozen=True, slots=True)
class _Between:
    """The airfields asked for."""

    start: str
    end: str | None
    refuel: tuple[str, ...]
    condition: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A planner that gives the route found together with others.

    Where that does not hold (a wind or a window shortens the limits), it searches again, for what
    the others leave.
    """

    route: Route
    problem: PlanningProblem
    report: SearchReport
    name: str = "overflight, flights together"

    def solve(
        self,
        problem: PlanningProblem,
        budget: Budget,
        *,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Solution:
        """See ``RoutePlanner``."""
        if not violations(problem, self.route):
            return Solution(self.route, self.report)
        shorter = replace(
            self.problem, max_total_km=problem.max_total_km, max_stage_km=problem.max_stage_km
        )
        found = TrackPlanner(self.route).solve(
            shorter, budget.share(_FINISHING), progress=progress, stop=stop
        )
        note = "searched for again alone: with the wind, or within the window, it was too long"
        notes = (*self.report.notes, *found.report.notes, note)
        return Solution(found.route, replace(self.report, notes=notes))


def _days(on: dt.date | Sequence[dt.date], flights: int) -> list[dt.date]:
    """The day of each flight."""
    if flights < 1:
        raise DataError(f"{flights} flights are none", remedy="Give 1 or more.")
    given = [on] if isinstance(on, dt.date) else list(on)
    if len(given) == 1:
        return given * flights
    if len(given) != flights:
        raise DataError(
            f"{len(given)} days are given for {flights} flights",
            remedy="Give one day for all flights, or a day for each.",
        )
    return given


def _day(ready: Prepared, between: _Between, seed: int) -> _Day:
    """The pairs of airfields that a day's flight may have, the most promising first."""
    view, observed = ready.setting.view, ready.setting.land.observed
    begin = starts_from(view, observed, between.start)
    ends = None if between.end is None else ends_at(view, observed, between.end)
    candidates = [(first, last) for first in begin for last in ends or (first,)]
    asked: dict[str, Any] = {
        "refuel": between.refuel,
        "condition": between.condition,
        "seed": seed,
    }
    if len(candidates) == 1:
        return _Day(ready, (pairing(ready.setting, *candidates[0], **asked),))
    pairs, dropped = hopeful(candidates, ready.setting, **asked)
    if not pairs:
        raise PlanError(
            f"no flight can be planned between any of these airfields ({'; '.join(dropped)})",
            remedy="Name the airfields to start from and to end at, or give other sites or "
            "another aircraft.",
        )
    return _Day(ready, tuple(pairs[:_MOST_PAIRS]))


def _choose(
    days: Sequence[_Day], budget: Budget, stop: Stop | None
) -> tuple[list[Pairing], Budget, tuple[str, ...]]:
    """The airfields of each flight, what is left of the budget, and how they were chosen.

    Where there is a choice, each flight in turn takes those between which a short search finds
    most of what is left.
    """
    if all(len(day.pairs) == 1 for day in days):
        return [day.pairs[0] for day in days], budget, ()
    tries = sum(len(day.pairs) for day in days if len(day.pairs) > 1)
    share = budget.share(_CHOOSING / tries)
    chosen: list[Pairing] = []
    routes: list[Route | None] = []
    for number, day in enumerate(days):
        best: tuple[float, Pairing, Route | None] | None = None
        for pair in day.pairs:
            shares = shares_of([*(c.problem for c in chosen), pair.problem])
            seen = shares.by_others(number, [*routes, None])
            problem = shares.left_to(number, seen)
            if best is not None and math.fsum(t.value for t in problem.targets) <= best[0]:
                continue
            try:
                route = TrackPlanner().solve(problem, share, stop=stop).route
            except PlanError:
                if best is None:
                    best = (0.0, pair, None)
                continue
            value = shares.value(shares.seen(number, route) - seen)
            if best is None or value > best[0]:
                best = (value, pair, route)
        if best is None:
            best = (0.0, day.pairs[0], None)
        chosen.append(best[1])
        routes.append(best[2])
    said = (
        f"Airfields were chosen for each flight in turn, by {tries} short searches between pairs "
        "of them."
    )
    return chosen, budget.share(1.0 - _CHOOSING), (said,)


def _shared(pairs: Sequence[Pairing]) -> list[Pairing]:
    """Bounds' pairs, those of equal limits between equal airfields on one day as one object."""
    known: dict[Any, Pairing] = {}
    found = []
    for pair in pairs:
        problem = pair.problem
        key = (
            pair.start.code,
            pair.end.code,
            problem.max_total_km,
            problem.max_stage_km,
            tuple((t.name, t.strips) for t in problem.targets),
            problem.stations,
        )
        found.append(known.setdefault(key, pair))
    return found


def _order(shares: Shares, routes: Sequence[Route | None], free: bool) -> list[int]:
    """Flights in the order of their numbers: as given, or those that show most first."""
    left = list(range(len(routes)))
    if not free:
        return left
    order: list[int] = []
    seen: frozenset[int] = frozenset()
    while left:
        best = max(left, key=lambda i: (shares.value(shares.seen(i, routes[i]) - seen), -i))
        order.append(best)
        seen |= shares.seen(best, routes[best])
        left.remove(best)
    return order


def _campaign(
    asked: int,
    plans: Sequence[WorkingPlan],
    report: SearchReport,
    quota: tuple[Finding, ...],
    said: tuple[str, ...],
) -> Campaign:
    """The plans, numbered, each site counting for the first that sees it."""
    flights: list[CampaignFlight] = []
    counted: set[str] = set()
    for plan in plans:
        fresh = plan.sites_observed - counted
        if not fresh:
            continue
        again = tuple(sorted(plan.sites_observed & counted))
        counted |= fresh
        flights.append(CampaignFlight(len(flights) + 1, plan, tuple(sorted(fresh)), again))
    remarks = [
        "A site counts once, for the first flight that sees it.",
        *said,
    ]
    if len(flights) < asked:
        remarks.append(
            f"{asked} flights were asked for; {len(flights)} see all that can be seen between "
            "these airfields as far as was found: another would show nothing more."
        )
    numbered = tuple(replace(f, plan=_as_part(f.plan, f.number, len(flights))) for f in flights)
    return Campaign(asked, numbered, quota, report, None, tuple(remarks))


def _as_part(plan: WorkingPlan, number: int, count: int) -> WorkingPlan:
    """The plan as one of several: a single flight's certificate says nothing of it."""
    said = (
        f"Flight {number} of {count} planned together: what it sees is chosen with what the others "
        "see, so another single flight may be worth more."
    )
    return replace(plan, certificate=None, assumptions=(*plan.assumptions, said))
