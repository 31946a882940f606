"""From a list of sites to a working plan: treaty, borders, aircraft, search, times, check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from overflight.errors import DataError, OverflightError, PlanError
from overflight.geo.areas import Area
from overflight.geo.positions import Position
from overflight.mission.check import check_plan
from overflight.mission.landing_places import Landings, alternates_for, landings_for, starts_from
from overflight.mission.setting import (
    RESERVE,
    Setting,
    furthest_view_km,
    problem_for,
    setting_for,
)
from overflight.planning.assemble import Circumstances, mission_plan, observations
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.problem import Solution
from overflight.planning.protocol import Budget, Progress, RoutePlanner, Stop
from overflight.planning.schedule import Assumptions, Timetable, timetable
from overflight.planning.terrain import TerrainMaxima, terrain_from
from overflight.planning.veil import given_away, veiled
from overflight.sensing.heights import flight_height_m
from overflight.terms.mission_plan import HazardousAirspace
from overflight.terms.sites import Site
from overflight.terms.values import CitedValue
from overflight.terms.working_plan import SearchReport, WorkingPlan
from overflight.treaty.geography import geography
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Airfield, Treaty

_CHOOSING = 0.4
"""Part of the budget that goes into choosing the airfield to start from."""
_SHORTER = 0.9
_SHORTENINGS = 4
_NOT_TIMED = "not timed: the budget was iterations"


@dataclass(frozen=True, slots=True)
class _Search:
    """How to search, and between which airfields."""

    planner: RoutePlanner
    end: str | None
    refuel: tuple[str, ...]
    condition: str
    progress: Progress | None
    stop: Stop | None


@dataclass(frozen=True, slots=True)
class _Found:
    """A route from one airfield."""

    landings: Landings
    limit: CitedValue
    solution: Solution
    times: Timetable
    value: float
    given_away: int


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
    seed: int = 1,
    overlay: Path | None = None,
    readings: Mapping[str, str] | None = None,
    distance_condition: str = "",
    provided_by: str | None = None,
    marks: tuple[str, ...] = (),
    assumptions: Assumptions | None = None,
    planner: RoutePlanner | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> WorkingPlan:
    """Plan an observation flight over ``observed`` that shows as much value as can be shown.

    ``start`` and ``end`` are Open Skies airfields (code, id or name); "any" start tries all. The
    search runs for ``seconds``, or for ``iterations``, when the same seed gives the same plan.
    Hazardous areas marked "avoided" are kept clear of, those marked "crossed" may be crossed.
    ``distance_condition`` names a variant of the maximum flight distance, ``provided_by`` the
    side that brings the aircraft (the observing one). What the treaty forbids and a search cannot
    mend (an aircraft that is not certified) does not stop the plan: it stands in its findings.

    Raises NotInForceError where the treaty does not bind both sides on that day, PlanError where
    no site can be observed at all, SensorError, UnknownValueError or DataError for the rest.
    """
    if isinstance(treaty, Treaty) and overlay is not None:
        raise DataError(
            "an overlay was given together with a treaty that is already loaded",
            remedy="Load the treaty with the overlay: load_treaty(name, overlay=...).",
        )
    book = treaty if isinstance(treaty, Treaty) else load_treaty(treaty, overlay)
    view = book.on(on, readings)
    view.require_parties(observing, observed)
    setting = setting_for(
        view,
        geography(view, observed, borders=borders),
        sites,
        view.aircraft(aircraft),
        sensors=sensors,
        hazards=hazards,
        assumptions=assumptions,
    )
    search = _Search(
        planner or _default_planner(), end, tuple(refuel), distance_condition, progress, stop
    )
    found = _best(setting, search, start, _budget(seconds, iterations, seed))
    route = found.solution.route
    about = Circumstances(
        treaty=book.id,
        observing=observing,
        observed=observed,
        quota_holder=view.holder_of(observed),
        aircraft=setting.plane,
        provided_by=provided_by or observing,
        cruise_km_h=setting.ability.cruise_km_h,
        sensors=setting.sensors,
        height_m=setting.height_m,
        airfields=found.landings.airfields,
        over_territory=setting.land.length_over_territory_km,
        point_of_entry=found.landings.entry,
        point_of_exit=found.landings.exit,
        terrain=_terrain(terrain, setting),
        hazards=tuple(_as_flown(area, route.path) for area in hazards),
        alternates=alternates_for(view, observed, route, setting.ability.range_km),
        distance_condition=distance_condition,
        readings=view.readings,
        marks=tuple(marks),
        remarks=("Coordinates are WGS84, whole minutes of arc; legs are geodesics.",),
    )
    plan = mission_plan(route, found.times, about)
    return WorkingPlan(
        plan=plan,
        sites=tuple(sites),
        observations=observations(
            route, found.times, setting.sites, setting.sensors, setting.height_m
        ),
        maximum_flight_distance=found.limit,
        findings=check_plan(plan, treaty=book, readings=readings, borders=borders),
        search=found.solution.report,
        readings=dict(view.readings),
        assumptions=_assumptions(setting, found, len(sites), iterations is None),
        private_values_used=book.overlay_used and _private(setting, found),
    )


def _budget(seconds: float, iterations: int | None, seed: int) -> Budget:
    if iterations is None:
        return Budget(seconds=seconds, seed=seed)
    return Budget(iterations=iterations, seed=seed)


def _best(setting: Setting, search: _Search, start: str, budget: Budget) -> _Found:
    """The best route from the airfield named, or from the best of all with "any"."""
    begin = starts_from(setting.view, setting.land.observed, start)
    if len(begin) == 1:
        return _from(setting, search, begin[0], budget)
    best: tuple[_Found, Airfield] | None = None
    trouble: list[str] = []
    for airfield in begin:
        say = _prefixed(search.progress, f"from {airfield.code}: ")
        part = budget.share(_CHOOSING / len(begin))
        try:
            found = _from(setting, replace(search, progress=say), airfield, part)
        except OverflightError as error:
            trouble.append(f"{airfield.code}: {error.message}")
            continue
        if best is None or found.value > best[0].value:
            best = (found, airfield)
        if search.stop is not None and search.stop():
            return best[0]
    if best is None:
        raise PlanError(
            f"no flight can be planned from any airfield ({'; '.join(trouble)})",
            remedy="Name an airfield to start from, or give other sites or another aircraft.",
        )
    again = _from(setting, search, best[1], budget.share(1.0 - _CHOOSING))
    return again if again.value >= best[0].value else best[0]


def _from(setting: Setting, search: _Search, start: Airfield, budget: Budget) -> _Found:
    """The best route from one airfield that is over in time."""
    view, window = setting.view, setting.assumptions.window
    landings = landings_for(view, setting.land.observed, start, search.end, search.refuel)
    limit = view.maximum_flight_distance(start, search.condition)
    problem = problem_for(setting, landings, limit, budget.seed)
    for _ in range(_SHORTENINGS):
        solution = search.planner.solve(problem, budget, progress=search.progress, stop=search.stop)
        book = LegBook(problem)
        route = solution.route
        broken = violations(problem, route, book)
        if broken:
            raise PlanError(
                f"the planner {search.planner.name!r} gave a route that breaks a limit: "
                f"{broken[0]}",
                remedy="Use another planner, and report this one.",
            )
        route = veiled(book, route, budget.seed)
        solution = Solution(route, _reported(solution.report, budget))
        stages = [
            [book.length(a, b) for a, b in pairwise(route.stage_path(i))]
            for i in range(len(route.stages))
        ]
        times = timetable(stages, setting.ability.cruise_km_h, view.on, setting.assumptions)
        if times.within(window):
            return _Found(
                landings, limit, solution, times, book.value(route), given_away(problem, route)
            )
        problem = replace(problem, max_total_km=problem.max_total_km * _SHORTER)
    raise PlanError(
        f"no flight from {start.name} is over within {window:g} hours of arrival",
        remedy="Arrive later or begin earlier (assumptions), or take a faster aircraft.",
    )


def _reported(report: SearchReport, budget: Budget) -> SearchReport:
    """The report; with iterations counted, without what a clock says: same seed, same bytes."""
    if budget.iterations is None:
        return report
    return replace(report, seconds=0.0, notes=(*report.notes, _NOT_TIMED))


def _as_flown(area: HazardousAirspace, path: Sequence[Position]) -> HazardousAirspace:
    """The area with what the route does about it."""
    shape = Area.from_ring(area.ring)
    crossed = any(shape.intersects_leg(a, b) for a, b in pairwise(path))
    return replace(area, handling="crossed" if crossed else "avoided")


def _terrain(terrain: Path | TerrainMaxima | None, setting: Setting) -> TerrainMaxima | None:
    if isinstance(terrain, (str, Path)):
        return terrain_from(Path(terrain), corridor_km=furthest_view_km(setting))
    return terrain


def _default_planner() -> RoutePlanner:
    from overflight.planning.pyvrp_planner import PyVRPPlanner

    return PyVRPPlanner()


def _prefixed(progress: Progress | None, prefix: str) -> Callable[[str], None] | None:
    return None if progress is None else lambda line: progress(prefix + line)


def _assumptions(setting: Setting, found: _Found, given: int, timed: bool) -> tuple[str, ...]:
    """What the plan takes for granted, sentence by sentence."""
    plane, said = setting.plane, []
    if plane.assumed:
        said.append(f"Assumed about {plane.name}, not known: {', '.join(plane.assumed)}.")
    said += [
        "Ground resolution away from H_min grows with the distance along the line of sight: our "
        "model. A site counts as seen when a straight leg passes it within a sensor's strip.",
        "The whole path, not only its part over the territory, is kept within the maximum flight "
        f"distance less {RESERVE:.1%}; non-parties are kept clear of by "
        f"{setting.ground.margin_km:g} km, the error of the borders included.",
        *setting.assumptions.sentences(),
    ]
    if flight_height_m(setting.sensors) is None:
        said.append(f"No sensor in use is bound to a height: {setting.height_m:g} m assumed.")
    idle = [s.id for s in plane.sensors if s not in setting.sensors]
    if idle:
        said.append(
            f"On board and not in use (not asked for, or not certified): {', '.join(idle)}."
        )
    if found.landings.requested:
        codes = ", ".join(found.landings.requested)
        said.append(f"Asked for, not designated: landing to refuel at {codes}.")
    if given > len(setting.sites):
        said.append(
            f"{given - len(setting.sites)} of {given} sites lie outside the territory of "
            f"{setting.land.observed} and are left out."
        )
    if any(site.earliest or site.latest for site in setting.sites):
        said.append(
            "Windows of time play no part in the search: a site seen outside its window is not "
            "counted."
        )
    if found.given_away:
        said.append(
            f"{found.given_away} of {len(found.solution.route.fixes)} fixes had to be the nearest "
            "minute to their site: no other shows as much. They give those sites away."
        )
    if timed:
        said.append("The search ran for a length of time: run again, it may find another route.")
    return tuple(said)


def _private(setting: Setting, found: _Found) -> bool:
    """Whether a value of the overlay went into the plan."""
    plane, used = setting.plane, {sensor.id for sensor in setting.sensors}
    figures = (found.limit, plane.range_km, plane.cruise_km_h, plane.max_takeoff_mass_kg)
    fields = setting.view.private_sensor_fields(plane.id)
    return (
        any(figure.private for figure in figures)
        or any(name.split(".")[0] in used for name in fields)
        or found.landings.private
    )
