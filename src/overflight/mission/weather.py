"""Plans for uncertain skies: where and when to fly so that most is seen, in the mean or for sure.

How likely a site is to be seen depends on when it is passed, and that on the route. So the search
is made in rounds: first every site counts by its mean probability over the day's flying; then by
that of the moment at which the plan passes it, or comes near it; and so on. With a risk the last
rounds count a site by how often it is clear when the plan sees little (``clear_in_tail``), which
spreads the plan over skies that are not bad together. Where the sky changes, the first plan is
also looked at the other way round. The best plan of all rounds is kept, judged by what it is worth
and not by what it was sought by.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from overflight.errors import DataError, PlanError
from overflight.geo.geodesic import wgs84
from overflight.geo.positions import Position
from overflight.mission.again import AsGiven, route_of
from overflight.mission.alternatives import Alternatives, Differing, Make, alternatives
from overflight.mission.certified import bound_seconds
from overflight.mission.outlook import Outlook, clear_at
from overflight.mission.plan import make_plan
from overflight.mission.setting import assumptions_under
from overflight.planning.chance import clear_in_tail, correlations
from overflight.planning.problem import Route
from overflight.planning.protocol import Progress, RoutePlanner, Stop
from overflight.planning.schedule import Assumptions
from overflight.planning.track.planner import TrackPlanner
from overflight.terms.certificates import Certificate
from overflight.terms.sites import Site
from overflight.terms.skies import CloudGrid
from overflight.terms.weather import Odds, WeatherValue
from overflight.terms.working_plan import WorkingPlan
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.units import Hours

_SHARES = (0.5, 0.25, 0.25)
_SHARES_AT_RISK = (0.4, 0.2, 0.2, 0.2)
_SETTLED = 0.005
"""Weights that move by less no longer change what is sought."""
_TURNED_STEPS = 20
"""Steps of search from a route turned round."""
_NEAR: Hours = 1.0
"""A site within so much flying of a fix counts by the sky at the time of that fix."""
_MOST_JOINTLY = 600
"""Of more sites, how clear they are together is not drawn, and a risk only ranks the plans."""
_TAIL_DRAWS = 4000
_EXPECTED = "expected values, each site under its clearest sky in the time for the flight"


@dataclass(frozen=True, slots=True)
class Weathered:
    """The best plan, and the best of every other start, in the order of their worth."""

    best: WorkingPlan
    others: tuple[WorkingPlan, ...] = ()


def worth_of(working: WorkingPlan, by_risk: bool) -> tuple[float, float]:
    """By what plans are ranked: what is reached at the risk, or what is expected, first."""
    weather = _weather(working)
    found = (weather.expected, weather.reached)
    return found[::-1] if by_risk else found


def plan_in_weather(
    sites: Sequence[Site],
    skies: CloudGrid,
    *,
    odds: Odds | None = None,
    by_risk: bool = False,
    starts: Sequence[dt.datetime] = (),
    seconds: float = 10.0,
    iterations: int | None = None,
    certificate: float | None = None,
    planner: RoutePlanner | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
    **asked: Any,
) -> Weathered:
    """The plan worth most under a forecast; all else as ``make_plan`` has it.

    It is the one of the greatest expected value, with ``by_risk`` the one of the greatest value
    that is reached with ``odds.probability``. ``starts`` are moments (UTC) at which the flight may
    begin, the arrival staying where it is; each has an equal share of the budget. The certificate
    bounds what any plan between the same airfields is expected to be worth.

    Raises DataError where the forecast says nothing of the flight, or a start cannot be, and what
    ``make_plan`` raises.
    """
    odds = odds or Odds()
    terms = _starting(starts, asked) if starts else [asked]
    shared: dict[str, Any] = {
        "seconds": seconds / len(terms),
        "iterations": None if iterations is None else max(1, iterations // len(terms)),
        "certificate": None if certificate is None else certificate / len(terms),
        "planner": planner,
        "stop": stop,
    }
    plans = []
    for number, term in enumerate(terms, 1):
        label = f"start {number} of {len(terms)}, " if len(terms) > 1 else ""
        aloud = None if progress is None else _prefixed(progress, label)
        plans.append(_in_rounds(sites, skies, odds, by_risk, term, **shared, progress=aloud))
        if stop is not None and stop():
            break
    best, *others = sorted(plans, key=lambda plan: _descending(plan, by_risk))
    return Weathered(best, tuple(others))


def ranked(
    found: Weathered, make: Make, wanted: int, by_risk: bool, stop: Stop | None = None
) -> Alternatives:
    """``wanted`` more plans by their worth: those of other starts, then others in kind."""
    days = found.others[:wanted]
    more = alternatives(found.best, make, wanted - len(days), stop)
    others = sorted((*days, *more.others), key=lambda plan: _descending(plan, by_risk))
    return Alternatives(found.best, tuple(others), more.said)


def _descending(plan: WorkingPlan, by_risk: bool) -> tuple[float, float]:
    first, second = worth_of(plan, by_risk)
    return -first, -second


def _in_rounds(
    sites: Sequence[Site],
    skies: CloudGrid,
    odds: Odds,
    by_risk: bool,
    asked: dict[str, Any],
    *,
    seconds: float,
    iterations: int | None,
    certificate: float | None,
    planner: RoutePlanner | None,
    progress: Progress | None,
    stop: Stop | None,
) -> WorkingPlan:
    """The best plan of several searches, each with the weights that the one before gave."""
    bounding = bound_seconds(certificate, seconds, iterations)
    shares = list(_SHARES_AT_RISK if by_risk else _SHARES)
    outlook, asked = Outlook(skies, odds), dict(asked)
    made: list[WorkingPlan] = []
    best: WorkingPlan | None = None
    settled = False
    while shares:
        part = math.fsum(shares) if settled else shares[0]
        shares = [] if settled else shares[1:]
        extra = 0.0 if made else bounding
        plan = make_plan(
            sites,
            **asked,
            seconds=(seconds - bounding) * part + extra,
            iterations=None if iterations is None else max(1, int(iterations * part)),
            certificate=extra,
            planner=planner if best is None else _from(planner, route_of(best.plan)),
            outlook=outlook,
            progress=None if progress is None else _prefixed(progress, f"round {len(made) + 1}: "),
            stop=stop,
        )
        made.append(plan)
        if best is None:
            best = _better_way(plan, sites, asked, outlook, by_risk, planner)
        elif _descending(plan, by_risk) < _descending(best, by_risk):
            best = plan
        if stop is not None and stop():
            break
        asked |= {"start": best.plan.start.code, "end": best.plan.end.code}
        weights = _weights(best, outlook, by_risk and len(made) > 1)
        settled = _moved(outlook, weights) < _SETTLED
        outlook = replace(outlook, clear=weights, rounds=len(made) + 1)
    assert best is not None
    return _told(best, made)


def _better_way(
    plan: WorkingPlan,
    sites: Sequence[Site],
    asked: dict[str, Any],
    outlook: Outlook,
    by_risk: bool,
    planner: RoutePlanner | None,
) -> WorkingPlan:
    """The plan, or the same route the other way round where that is worth more.

    Fixes lie where a site is passed with level wings, which from the other side is elsewhere: so a
    short search goes on from the turned route.
    """
    route, times = route_of(plan.plan), outlook.skies.times
    if times is None or len(times) < 2 or route.stations[0] != route.stations[-1]:
        return plan
    back = tuple(tuple(reversed(stage)) for stage in reversed(route.stages))
    turned = Route(tuple(reversed(route.stations)), back)
    ends = {"start": plan.plan.start.code, "end": plan.plan.end.code}
    best = plan
    for turning in (AsGiven(turned, "the other way round"), _from(planner, turned)):
        try:
            other = make_plan(
                sites,
                **{**asked, **ends},
                iterations=_TURNED_STEPS,
                certificate=0.0,
                planner=turning,
                outlook=outlook,
            )
        except PlanError:  # what sees to one side only may see nothing on the way back
            continue
        if _descending(other, by_risk) < _descending(best, by_risk):
            best = other
    if best is plan:
        return plan
    note = "the route of round 1, flown the other way round"
    search = replace(plan.search, notes=(*plan.search.notes, note))
    return replace(best, search=search, certificate=plan.certificate)


def _told(best: WorkingPlan, made: Sequence[WorkingPlan]) -> WorkingPlan:
    """The best plan with the work of all rounds, and the lowest bound that any of them found."""
    weather, bounds = _weather(best), [p.certificate for p in made if p.certificate is not None]
    certificate = best.certificate
    if certificate is not None and bounds:
        lowest = min(bounds, key=lambda c: c.bound)
        bound = max(lowest.bound, weather.expected)
        certificate = Certificate(
            weather.expected, bound, f"{_EXPECTED}; {lowest.how}", lowest.seconds
        )
    note = f"the best of {len(made)} rounds under the forecast, found in round {weather.rounds}"
    search = replace(
        best.search,
        iterations=sum(plan.search.iterations for plan in made),
        seconds=math.fsum(plan.search.seconds for plan in made),
        stopped_early=any(plan.search.stopped_early for plan in made),
        notes=(*best.search.notes, note),
    )
    told = replace(weather, rounds=len(made))
    return replace(best, weather=told, search=search, certificate=certificate)


def _weights(best: WorkingPlan, outlook: Outlook, at_risk: bool) -> dict[str, float]:
    """By which part of its value each site should be counted next, by when the plan passes it.

    Sites that it does not come near are left out: they count by the mean over the day.
    """
    passed = {p.site: p.at for p in _weather(best).passes}
    near = _times_near(best)
    timed = [(site, passed.get(site.id) or near.get(site.id)) for site in best.sites]
    found = [(site, at) for site, at in timed if at is not None]
    clear = clear_at(outlook.skies, [s.position for s, _ in found], [at for _, at in found])
    known = [
        (site, at, p)
        for (site, at), p in zip(found, clear.tolist(), strict=True)
        if not np.isnan(p)
    ]
    weights = {site.id: p for site, _, p in known}
    if not at_risk or not 0 < len(known) <= _MOST_JOINTLY:
        return weights
    odds, begin = outlook.odds, known[0][1]
    together = correlations(
        [site.position for site, _, _ in known],
        [(at - begin).total_seconds() / 3600.0 for _, at, _ in known],
        odds.correlation_km,
        odds.correlation_hours,
    )
    hindered = {p.site for p in _weather(best).passes if p.clear is not None and p.clear < 1.0}
    values = [site.value if site.id in hindered else 0.0 for site, _, _ in known]
    tail = clear_in_tail(
        values, [p for _, _, p in known], together, _TAIL_DRAWS, odds.seed, odds.probability
    )
    return {site.id: float(p) for (site, _, _), p in zip(known, tail, strict=True)}


def _times_near(working: WorkingPlan) -> dict[str, dt.datetime]:
    """When the plan is at the fix nearest to a site, for sites within an hour's flight of it."""
    plan = working.plan
    at: list[tuple[Position, dt.datetime]] = []
    for i, leg in enumerate(plan.legs):
        if leg.departs is not None:
            at.append((plan.fixes[i].position, leg.departs))
        if leg.arrives is not None:
            at.append((plan.fixes[i + 1].position, leg.arrives))
    if not at:
        return {}
    lon, lat = np.array([p.xy for p, _ in at]).T
    reach, found = plan.cruise_km_h * _NEAR, {}
    for site in working.sites:
        x, y = np.full_like(lon, site.position.lon), np.full_like(lat, site.position.lat)
        away = np.asarray(wgs84().inv(x, y, lon, lat)[2]) / 1000.0
        nearest = int(np.argmin(away))
        if away[nearest] <= reach:
            found[site.id] = at[nearest][1]
    return found


def _moved(outlook: Outlook, weights: dict[str, float]) -> float:
    """How far the weights moved at most; infinite after the first round."""
    if outlook.rounds == 1 or outlook.clear.keys() != weights.keys():
        return math.inf
    return max((abs(weights[s] - p) for s, p in outlook.clear.items()), default=0.0)


def _starting(starts: Sequence[dt.datetime], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What is asked with each of the starts instead. Raises DataError for one that cannot be."""
    book = asked["treaty"]
    if not isinstance(book, Treaty):
        book = load_treaty(book, asked.get("overlay"))
    given: Assumptions | None = asked.get("assumptions")
    view = book.on(asked["on"], asked.get("readings"))
    usual = given or assumptions_under(view)
    arrival = usual.arrives(asked["on"])
    terms = []
    for start in dict.fromkeys(starts):
        moment = start.astimezone(dt.UTC)
        first = arrival + dt.timedelta(hours=usual.submitted_before)
        last = arrival + dt.timedelta(hours=usual.window)
        if not first <= moment < last:
            raise DataError(
                f"a flight cannot start at {moment:%Y-%m-%dT%H:%MZ}: after arrival at "
                f"{arrival:%Y-%m-%dT%H:%MZ} it may from {first:%Y-%m-%dT%H:%MZ} on, and is over "
                f"by {last:%Y-%m-%dT%H:%MZ}",
                remedy="Give starts between these, or another day of the flight (--on).",
            )
        moved = replace(
            usual,
            commencement=moment.time().replace(second=0, microsecond=0),
            arrival_days_before=(moment.date() - arrival.date()).days,
        )
        terms.append({**asked, "on": moment.date(), "assumptions": moved})
    return terms


def _from(planner: RoutePlanner | None, route: Route) -> RoutePlanner:
    """The planner with a route to begin with, where it can."""
    if planner is None or isinstance(planner, TrackPlanner):
        return TrackPlanner(route)
    if isinstance(planner, Differing):
        return replace(planner, begin=route)
    return planner


def _prefixed(progress: Progress, prefix: str) -> Progress:
    return lambda line: progress(prefix + line)


def _weather(working: WorkingPlan) -> WeatherValue:
    if working.weather is None:
        raise DataError(
            "the plan was made without a forecast", remedy="Plan again with --weather FILE."
        )
    return working.weather
