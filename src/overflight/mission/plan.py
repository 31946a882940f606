"""From a list of sites to a working plan: treaty, borders, aircraft, search, times, check."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from overflight.errors import DataError, PlanError
from overflight.mission.aircraft_choice import not_designated, rules_on_landings
from overflight.mission.certified import bound_seconds, certified
from overflight.mission.check import check_plan
from overflight.mission.choosing import best_of
from overflight.mission.drawn_up import Drawn, drawn_up, timed
from overflight.mission.flown import (
    Flying,
    for_bound,
    not_counted,
    shown,
    too_long,
    with_flight,
)
from overflight.mission.height_choice import AUTO, descents_said
from overflight.mission.landing_places import (
    Landings,
    alternates_for,
    alternates_said,
    ends_at,
    starts_from,
)
from overflight.mission.outlook import Outlook, in_weather
from overflight.mission.overlaid import private_sensor_fields
from overflight.mission.pairings import Pairing, hopeful, pairing
from overflight.mission.prepared import HANDLING, prepared
from overflight.mission.setting import RESERVE, Setting
from overflight.mission.withheld import discretion, not_decided_here, private_used
from overflight.performance.handling import Handling
from overflight.performance.wind import CALM, WindField
from overflight.planning.evaluate import violations
from overflight.planning.obstacles import nothing_observable
from overflight.planning.problem import Solution
from overflight.planning.protocol import Budget, Meter, Progress, RoutePlanner, Stop
from overflight.planning.schedule import Assumptions, Timetable
from overflight.planning.terrain import TerrainMaxima
from overflight.planning.timing import book_for
from overflight.planning.veil import given_away, veiled
from overflight.sensing.heights import flight_height_m
from overflight.terms.mission_plan import HazardousAirspace
from overflight.terms.sites import Site
from overflight.terms.values import CitedValue
from overflight.terms.working_plan import SearchReport, WorkingPlan
from overflight.treaty.model import Treaty
from overflight.units import Metres

_FIRST_TRY = 0.6
"""Part of the budget for a route that may prove too long for the window and be sought again."""
_LEAST_TRY = 0.1
_SHORTER = 0.9
_SHORTENINGS = 4
_JUST_SHORTER = 0.995
_NOT_TIMED = "not timed: the budget was iterations"


@dataclass(frozen=True, slots=True)
class _Search:
    """How to search, and between which airfields."""

    planner: RoutePlanner
    end: str | None
    refuel: tuple[str, ...]
    condition: str
    flying: Flying
    progress: Progress | None
    stop: Stop | None


@dataclass(frozen=True, slots=True)
class _Found:
    """A route from one airfield."""

    pair: Pairing
    landings: Landings
    limit: CitedValue
    solution: Solution
    times: Timetable
    value: float
    given_away: int
    clocks: Assumptions
    heights_m: tuple[Metres, ...]


def make_plan(
    sites: Sequence[Site],
    *,
    treaty: str | Path | Treaty,
    observing: str,
    observed: str,
    on: dt.date,
    aircraft: str,
    start: str,
    end: str | None = None,
    refuel: Sequence[str] = (),
    sensors: Sequence[str] | None = None,
    hazards: Sequence[HazardousAirspace] = (),
    terrain: Path | TerrainMaxima | None = None,
    borders: Path | None = None,
    seconds: float = 10.0,
    iterations: int | None = None,
    certificate: float | None = None,
    seed: int = 1,
    overlay: Path | None = None,
    readings: Mapping[str, str] | None = None,
    distance_condition: str = "",
    provided_by: str | None = None,
    marks: tuple[str, ...] = (),
    wind: WindField = CALM,
    handling: Handling = HANDLING,
    max_fixes: int | None = None,
    height: str = AUTO,
    assumptions: Assumptions | None = None,
    outlook: Outlook | None = None,
    planner: RoutePlanner | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> WorkingPlan:
    """Plan an observation flight over ``observed`` that shows as much value as can be shown.

    ``start`` and ``end`` are Open Skies airfields (code, id or name; no end: the start again);
    "any" tries all that may do, the most promising first, as far as the budget goes. The search
    runs for ``seconds``, or for ``iterations``, when the same seed gives the same plan.
    ``certificate`` of these seconds go into a bound on what any plan is worth (``bound_seconds``).
    Hazardous areas marked "avoided" are kept clear of, those marked "crossed" may be crossed.
    ``distance_condition`` names a variant of the maximum flight distance, ``provided_by`` the
    side that brings the aircraft (the observing one). ``max_fixes`` limits the fixes between
    take-off and the last landing, over all stages, those included that lead round something and
    airfields apart. The search counts in still air; with
    ``wind`` the times, the stages and the range of what it finds are those of the wind, the turns
    and the climbs. ``height`` is as ``mission.height_choice`` reads it: by default legs are flown
    lower where a site needs that. ``handling`` says how turns are flown (one technique for all).
    What the treaty forbids and a search cannot mend (an aircraft that is not certified) does not
    stop the plan: it stands in its findings. Under an ``outlook`` what counts is value times the
    probability of clear sky, and the certificate bounds that (``mission.weather`` plans by a
    forecast).

    Raises NotInForceError where the treaty does not bind both sides on that day, PlanError where
    no site can be observed at all, SensorError, UnknownValueError or DataError for the rest.
    """
    bounding = bound_seconds(certificate, seconds, iterations)
    budget = budget_of(seconds - bounding, iterations, seed)
    ready = prepared(
        sites,
        treaty=treaty,
        observing=observing,
        observed=observed,
        on=on,
        aircraft=aircraft,
        sensors=sensors,
        hazards=hazards,
        terrain=terrain,
        borders=borders,
        overlay=overlay,
        readings=readings,
        wind=wind,
        handling=handling,
        assumptions=assumptions,
        max_fixes=max_fixes,
        outlook=outlook,
        height=height,
    )
    book, setting, how = ready.book, ready.setting, ready.flying
    view = setting.view
    search = _Search(
        planner or _default_planner(), end, tuple(refuel), distance_condition, how, progress, stop
    )
    found = _best(setting, search, start, budget)
    route, range_km = found.solution.route, setting.ability.range_km
    alternates = alternates_for(view, observed, route, range_km)
    plan = drawn_up(
        ready,
        Drawn(route, found.times, found.landings, found.heights_m, alternates),
        observing=observing,
        hazards=hazards,
        condition=distance_condition,
        provided_by=provided_by,
        marks=marks,
    )
    findings = check_plan(plan, treaty=book, readings=readings, borders=borders)
    undecided = not_decided_here(plan, findings, book, readings, borders)
    seen = shown(plan, route, found.times, setting, how)
    missed = not_counted(found.pair.problem, route, setting.sites, seen, windy=how.windy)
    working = WorkingPlan(
        plan=plan,
        sites=tuple(sites),
        observations=seen,
        maximum_flight_distance=found.limit,
        findings=findings,
        search=found.solution.report,
        readings=dict(view.readings),
        assumptions=(
            *_assumptions(setting, found, len(sites), iterations is None, how.windy),
            alternates_said(alternates, route, range_km),
            *missed,
        ),
        max_fixes=max_fixes,
        height=height,
        private_values_used=book.overlay_used
        and (bool(undecided) or private_used(setting, found.limit, found.landings)),
        private_sensor_fields=private_sensor_fields(view, plan),
        not_decided_here=undecided,
    )
    working = in_weather(with_flight(working, setting, how), outlook, view)
    return certified(working, for_bound(found.pair, setting, how), bounding, stop)


def budget_of(seconds: float, iterations: int | None, seed: int) -> Budget:
    """The budget asked for. Raises DataError for no time or no steps."""
    if iterations is None:
        if not (math.isfinite(seconds) and seconds > 0):
            raise DataError(
                f"{seconds!r} is no length of time to search for",
                remedy="Give seconds, more than 0.",
            )
        return Budget(seconds=seconds, seed=seed)
    if iterations < 1:
        raise DataError(
            f"{iterations!r} is no number of steps to search for", remedy="Give 1 or more."
        )
    return Budget(iterations=iterations, seed=seed)


def _best(setting: Setting, search: _Search, start: str, budget: Budget) -> _Found:
    """The best route between the airfields named, or between the best of all with "any"."""
    view, observed = setting.view, setting.land.observed
    begin = starts_from(view, observed, start)
    ends = None if search.end is None else ends_at(view, observed, search.end)
    candidates = [(first, last) for first in begin for last in ends or (first,)]
    asked: dict[str, Any] = {
        "refuel": search.refuel,
        "condition": search.condition,
        "seed": budget.seed,
    }
    if len(candidates) == 1:
        return _from(setting, search, pairing(setting, *candidates[0], **asked), budget)
    pairs, dropped = hopeful(candidates, setting, **asked)

    def one(pair: Pairing, part: Budget) -> _Found:
        aloud = replace(search, progress=_prefixed(search.progress, f"{pair.label}: "))
        return _from(setting, aloud, pair, part)

    choice = best_of(pairs, dropped, one, budget, search.stop)
    found = choice.found
    report = found.solution.report
    report = replace(report, notes=(*report.notes, choice.said, *dropped))
    return replace(found, solution=replace(found.solution, report=report))


def _from(setting: Setting, search: _Search, pair: Pairing, budget: Budget) -> _Found:
    """The best route between two airfields that is over in time."""
    window, start = setting.assumptions.window, pair.start
    landings, limit, problem = pair.landings, pair.limit, pair.problem
    meter = Meter(budget, search.stop)
    tight = problem.max_total_km < float(limit.value) * (1.0 - RESERVE)
    windy = search.flying.windy
    part = _FIRST_TRY if (tight or windy) and budget.iterations is None else 1.0
    for _ in range(_SHORTENINGS):
        now = budget.share(part)
        solution = search.planner.solve(problem, now, progress=search.progress, stop=search.stop)
        book = book_for(problem)
        route = solution.route
        broken = violations(problem, route, book)
        if broken:
            raise PlanError(
                f"the planner {search.planner.name!r} gave a route that breaks a limit: "
                f"{broken[0]}",
                remedy="Use another planner, and report this one.",
            )
        if book.value(route) <= 0:
            raise nothing_observable(problem)
        route = veiled(book, route, budget.seed)
        solution = Solution(route, reported(solution.report, budget))
        clocks, heights, times, flown = timed(setting, search.flying, book, route)
        excess = too_long(flown, route.landings, setting)
        times = flown if windy else times
        if times.within(window) and excess <= 1.0:
            away = given_away(problem, route)
            worth = book.value(route)
            return _Found(pair, landings, limit, solution, times, worth, away, clocks, heights)
        if excess > 1.0:
            stage_km = problem.max_stage_km * _JUST_SHORTER / excess
            problem = replace(problem, max_stage_km=stage_km)
        else:
            problem = replace(problem, max_total_km=problem.max_total_km * _SHORTER)
        if budget.iterations is None:
            part = max(_LEAST_TRY, 1.0 - meter.spent)
    raise PlanError(
        f"no flight from {start.name} is over within {window:g} hours of arrival"
        + (", nor within the range, in this wind" if windy else " and within the range"),
        remedy="Arrive later or begin earlier (assumptions), or take a faster aircraft.",
    )


def reported(report: SearchReport, budget: Budget) -> SearchReport:
    """The report; with iterations counted, without what a clock says: same seed, same bytes."""
    if budget.iterations is None:
        return report
    return replace(report, seconds=0.0, notes=(*report.notes, _NOT_TIMED))


def _default_planner() -> RoutePlanner:
    from overflight.planning.track.planner import TrackPlanner

    return TrackPlanner()


def _prefixed(progress: Progress | None, prefix: str) -> Callable[[str], None] | None:
    return None if progress is None else lambda line: progress(prefix + line)


def _assumptions(
    setting: Setting, found: _Found, given: int, timed: bool, windy: bool
) -> tuple[str, ...]:
    """What the plan takes for granted, sentence by sentence."""
    plane, said = setting.plane, []
    if plane.assumed:
        said.append(f"Assumed about {plane.name}, not known: {', '.join(plane.assumed)}.")
    said += [
        "Ground resolution away from H_min grows with the distance along the line of sight: our "
        "model. A site counts as seen when a leg passes it within a sensor's strip with the wings "
        "level and at height, by the turns, climbs and descents reckoned here.",
        "The whole path, not only its part over the territory, is kept within the maximum flight "
        f"distance less {RESERVE:.1%}; non-parties are kept clear of by "
        f"{setting.ground.margin_km:g} km, the error of the borders included.",
        *found.clocks.sentences(flown=windy),
        *discretion(setting),
        *descents_said(setting, found.heights_m),
    ]
    if flight_height_m(setting.sensors) is None and not setting.height_asked:
        said.append(f"No sensor in use is bound to a height: {setting.height_m:g} m assumed.")
    idle = [s.id for s in plane.sensors if s not in setting.sensors]
    if idle:
        said.append(
            f"On board and not in use (not asked for, or not certified): {', '.join(idle)}."
        )
    if found.landings.requested:
        rules = rules_on_landings(setting.view.treaty)
        landed = {station.code for station in found.solution.route.stations}
        said += not_designated(found.landings.requested, landed, rules)
    if given > len(setting.sites):
        said.append(
            f"{given - len(setting.sites)} of {given} sites lie outside the territory of "
            f"{setting.land.observed} and are left out."
        )
    if any(site.earliest or site.latest for site in setting.sites):
        said.append(
            "A site with a window of time counts when it is passed within it by the times of this "
            "plan; the start, the order and the direction of the stages are chosen for that."
        )
    if found.given_away:
        said.append(
            f"{found.given_away} of {len(found.solution.route.fixes)} fixes had to be the nearest "
            "minute to their site: no other shows as much. They give those sites away."
        )
    if timed:
        said.append("The search ran for a length of time: run again, it may find another route.")
    return tuple(said)
