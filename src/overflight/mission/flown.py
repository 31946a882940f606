"""How a plan is flown: times in the wind, what the turns and climbs cost, and what they lose."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from overflight.errors import DataError, UnknownValueError
from overflight.geo.areas import Area
from overflight.geo.positions import Position
from overflight.mission.outlook import brightest
from overflight.mission.pairings import Pairing, asking
from overflight.mission.setting import RESERVE, Setting, furthest_view_km, targets_for
from overflight.performance.climb_descent import ASSUMED_RATES, VerticalRates
from overflight.performance.flyable import fly
from overflight.performance.fuel import FuelModel
from overflight.performance.handling import CHOOSE, Handling
from overflight.performance.openap_model import openap_fuel, openap_rates
from overflight.performance.planned import fly_plan
from overflight.performance.turns import TECHNIQUES
from overflight.performance.wind import CALM, Wind, WindField
from overflight.planning.assemble import observations
from overflight.planning.evaluate import LegBook
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.schedule import Assumptions, FlightClock, Timetable, timetable
from overflight.planning.terrain import TerrainMaxima, terrain_from
from overflight.planning.timing import book_for, has_hours, seen_by
from overflight.terms.aircraft import Aircraft
from overflight.terms.flyability import Flyability
from overflight.terms.mission_plan import HazardousAirspace, MissionPlan
from overflight.terms.sites import Site
from overflight.terms.working_plan import Observation, WorkingPlan
from overflight.units import Hours, Kilometres, KilometresPerHour, Metres

_ROUNDS = 3
"""Times move the weather of a field, the weather moves the times: after that by seconds."""
_SAMPLES = 60
_NAMED = 20
_MINUTE: Hours = 1.0 / 60.0


@dataclass(frozen=True, slots=True)
class Flying:
    """What a plan is flown in and by: wind, handling, rates, fuel (None: not known), terrain."""

    wind: WindField
    handling: Handling
    rates: VerticalRates
    fuel: FuelModel | None
    terrain: TerrainMaxima | None

    @property
    def windy(self) -> bool:
        return self.wind is not CALM


def flying(
    plane: Aircraft,
    cruise: KilometresPerHour,
    wind: WindField,
    handling: Handling,
    terrain: TerrainMaxima | None,
) -> Flying:
    """How ``plane`` is flown; its fuel and rates where they are known (``openap_model``).

    Raises DataError for turns that are chosen fix by fix: a plan states one technique for all,
    and those chosen for the sites would show where they are.
    """
    if handling.technique == CHOOSE:
        raise DataError(
            "a mission plan states one turn technique, and turns chosen for the sites show them",
            remedy=f"Give one of: {', '.join(TECHNIQUES)}.",
        )
    rates, fuel = ASSUMED_RATES, None
    try:
        fuel = openap_fuel(plane.icao_type)
        rates = openap_rates(plane.icao_type, cruise)
    except UnknownValueError:
        pass  # the plan's assumptions say what is not known
    return Flying(CALM if wind == CALM else wind, handling, rates, fuel, terrain)


def terrain_under(terrain: Path | TerrainMaxima | None, setting: Setting) -> TerrainMaxima | None:
    """The highest ground under legs, out of an elevation model where one is given."""
    if isinstance(terrain, (str, Path)):
        return terrain_from(Path(terrain), corridor_km=furthest_view_km(setting))
    return terrain


def wind_of_stages(setting: Setting, wind: WindField) -> KilometresPerHour:
    """The wind by which stages are limited, km/h: of a field, the mean over some of the sites.

    What is found is held against the wind of its own legs afterwards.
    """
    if isinstance(wind, Wind):
        return wind.speed
    when = np.array(
        [setting.assumptions.commences(setting.view.on).replace(tzinfo=None)], dtype="M8[s]"
    )
    step = max(1, math.ceil(len(setting.sites) / _SAMPLES))
    winds = []
    for site in setting.sites[::step]:
        lat, lon = np.array([site.position.lat]), np.array([site.position.lon])
        try:
            u, v = wind.at(lat, lon, np.array([setting.height_m]), when)
        except DataError:  # a site that is not flown to need not lie in the field
            continue
        winds.append((float(u[0]), float(v[0])))
    if not winds:
        return 0.0
    mean = np.mean(winds, axis=0)
    return min(math.hypot(*mean), setting.ability.cruise_km_h * 0.9)


def times_flown(
    route: Route,
    setting: Setting,
    how: Flying,
    clocks: Assumptions,
    above_ground: Sequence[Metres],
) -> Timetable:
    """The timetable of a route with wind, turns and climbs, each leg at its height above ground.

    Raises DataError as ``fly`` does.
    """
    cruise, on, path = setting.ability.cruise_km_h, setting.view.on, route.path
    ground = [None] * (len(path) - 1) if how.terrain is None else how.terrain(path)
    heights = [own + (top or 0.0) for own, top in zip(above_ground, ground, strict=True)]
    no_lengths = [[0.0] * (b - a) for a, b in pairwise(route.landings)]
    departs: Sequence[dt.datetime] = [clocks.commences(on)] * (len(path) - 1)
    for _ in range(_ROUNDS):
        flight = fly(
            path,
            route.landings,
            speed_km_h=cruise,
            handling=how.handling,
            wind=how.wind,
            departs=departs,
            heights_m=heights,
            rates=how.rates,
        )
        hours = [[leg.hours for leg in flight.legs[a:b]] for a, b in pairwise(route.landings)]
        found = timetable(no_lengths, cruise, on, clocks, hours)
        if found.departs == tuple(departs):
            break
        departs = found.departs
    return found


def too_long(times: Timetable, landings: Sequence[int], setting: Setting) -> float:
    """By which factor the longest stage exceeds the range, or a day's flying; 1 or less: none."""
    most = min(
        setting.ability.range_km / setting.ability.cruise_km_h, setting.assumptions.flying_day
    )
    spent = [times.arrives[b - 1] - times.departs[a] for a, b in pairwise(landings)]
    return max(stage.total_seconds() / 3600.0 for stage in spent) / most


def as_flown(area: HazardousAirspace, path: Sequence[Position]) -> HazardousAirspace:
    """The area with what the route does about it."""
    shape = Area.from_ring(area.ring)
    crossed = any(shape.intersects_leg(a, b) for a, b in pairwise(path))
    return replace(area, handling="crossed" if crossed else "avoided")


def for_bound(pair: Pairing, setting: Setting, how: Flying) -> Pairing:
    """The pair with limits that no flight in the wind can exceed: a tail wind goes farther.

    In a field ground speed stays below twice the airspeed, since a wind as fast as the aircraft
    lets no track be held. Under an outlook every site has its clearest sky.
    """
    if setting.outlook is not None:
        on, usual = setting.view.on, setting.assumptions
        best = brightest(setting.outlook, setting.sites, on, usual)
        clock = FlightClock(setting.ability.cruise_km_h, on, usual)
        pair = asking(pair, replace(pair.problem, targets=targets_for(setting, clock, best)))
    if not how.windy:
        return pair
    steady = isinstance(how.wind, Wind)
    faster = 1.0 + setting.wind_km_h / setting.ability.cruise_km_h if steady else 2.0
    problem = replace(
        pair.problem,
        max_stage_km=setting.still_stage_km * faster,
        max_total_km=float(pair.limit.value) * (1.0 - RESERVE),
    )
    return asking(pair, problem)


def shown(
    plan: MissionPlan, route: Route, times: Timetable, setting: Setting, how: Flying
) -> tuple[Observation, ...]:
    """What the plan lets be seen: what is passed with the wings level and at height.

    Where the flight cannot be reckoned in still air, what straight legs pass. Raises DataError
    where it cannot in a wind.
    """
    return observations(
        route,
        times,
        setting.sites,
        setting.sensors,
        [leg.height_agl_m for leg in plan.legs],
        _shows(plan, setting, how),
    )


def _shows(
    plan: MissionPlan, setting: Setting, how: Flying
) -> list[tuple[Kilometres, Kilometres]] | None:
    try:
        flight = fly_plan(
            plan,
            handling=how.handling,
            wind=how.wind,
            rates=how.rates,
            range_km=setting.ability.range_km,
        )
    except DataError:
        if how.windy:
            raise
        return None
    return [leg.shows_km for leg in flight.legs]


def with_flight(working: WorkingPlan, setting: Setting, how: Flying) -> WorkingPlan:
    """The plan with what flying it takes, and what that adds to its assumptions.

    In still air a route that cannot be reckoned is no reason to have no plan; in a wind, by which
    the times were made, it is: raises DataError.
    """
    plan = working.plan
    try:
        flight = fly_plan(
            plan,
            sites=working.sites,
            observations=working.observations,
            handling=how.handling,
            wind=how.wind,
            rates=how.rates,
            range_km=setting.ability.range_km,
            fuel=how.fuel,
        )
    except DataError as error:
        if how.windy:
            raise
        said = f"Turns, climbs and fuel are not reckoned: {error.message}."
        return replace(working, assumptions=(*working.assumptions, said))
    said_too = [*flight.assumptions, *_left_out(working, flight, how)]
    return replace(working, flyability=flight, assumptions=(*working.assumptions, *said_too))


def _left_out(working: WorkingPlan, flight: Flyability, how: Flying) -> Iterator[str]:
    """How much later a flight in still air lands than its times, which leave out turns."""
    if how.windy:
        return
    timed = math.fsum(
        (leg.arrives - leg.departs).total_seconds() / 3600.0
        for leg in working.plan.legs
        if leg.departs is not None and leg.arrives is not None
    )
    later = flight.hours - timed
    if later >= _MINUTE:
        yield (
            f"Turns, climbs and descents, left out of the times, take about {later * 60.0:.0f} "
            "minutes in all."
        )


def out_of_hours(
    problem: PlanningProblem,
    route: Route,
    sites: Sequence[Site],
    observations: Sequence[Observation],
) -> Iterator[str]:
    """Sites with hours that the search, in still air, counted on and the wind makes it miss."""
    seen = Counter(observation.site for observation in observations)
    counted = seen_by(book_for(problem), route)
    missed = [
        sites[i].name or sites[i].id
        for i in sorted(counted)
        if i < len(sites) and has_hours(problem.targets[i]) and sites[i].id not in seen
    ]
    if missed:
        yield (
            "Routes are sought by the times of still air. In the wind these are passed outside "
            f"their hours and do not count: {_named(missed)}."
        )


def in_turns(
    problem: PlanningProblem,
    route: Route,
    sites: Sequence[Site],
    observations: Sequence[Observation],
) -> Iterator[str]:
    """Sites that straight legs would see and the legs as flown do not, at whatever hour."""
    seen = {observation.site for observation in observations}
    beside = _beside(LegBook(problem), route)
    missed = [
        sites[i].name or sites[i].id
        for i in sorted(beside)
        if i < len(sites) and not has_hours(problem.targets[i]) and sites[i].id not in seen
    ]
    if missed:
        yield (
            "These lie beside legs where the wings are not level, or not at height, and do not "
            f"count as seen: {_named(missed)}."
        )


def _beside(book: LegBook, route: Route) -> frozenset[int]:
    """What straight legs see, each from its height."""
    if not book.problem.descends:
        return book.seen_on(route.path)
    legs = zip(pairwise(route.path), book.heights(route), strict=True)
    return frozenset(t for (a, b), number in legs for t, _ in book.passes(a, b)[number])


def not_counted(
    problem: PlanningProblem,
    route: Route,
    sites: Sequence[Site],
    observations: Sequence[Observation],
    *,
    windy: bool,
) -> Iterator[str]:
    """What legs pass and the plan does not count: out of hours in the wind, and in turns."""
    if windy:
        yield from out_of_hours(problem, route, sites, observations)
    yield from in_turns(problem, route, sites, observations)


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
