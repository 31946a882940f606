"""What a search for a route is told: sites inside, sensors, height, limits, borders, clocks."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from overflight.errors import DataError, OverflightError, PlanError, SensorError
from overflight.geo.areas import Area
from overflight.mission.height_floors import low_allowed
from overflight.mission.landing_places import Landings
from overflight.mission.outlook import Outlook, sought, unhindered
from overflight.mission.part_limits import part_limits
from overflight.performance.capability import capability
from overflight.performance.fuel import stage_limit_km
from overflight.planning.ground import Ground
from overflight.planning.level import LevelFlight
from overflight.planning.problem import PlanningProblem, Target
from overflight.planning.schedule import Assumptions, FlightClock, flyable_km
from overflight.sensing.heights import flight_height_m
from overflight.sensing.lower import strips_at, widest
from overflight.sensing.swath import ground_strip, strips_for
from overflight.terms.aircraft import Aircraft, Capability, Sensor
from overflight.terms.mission_plan import HazardousAirspace
from overflight.terms.sites import Site
from overflight.terms.values import CitedValue
from overflight.treaty.geography import Geography
from overflight.treaty.view import TreatyView
from overflight.units import Degrees, Hours, Kilometres, KilometresPerHour, Metres

RESERVE = 0.001
"""Part of the maximum flight distance left unused, so that rounding never breaks it."""
BORDER_RESERVE_KM = 1.0
"""Kept clear of a non-party beyond the stand-off and the error of the borders, km."""
DEFAULT_HEIGHT_M = 3000.0
"""Height above ground when no sensor in use is bound to one, m: an assumption."""
CERTIFIED = "certified"
"""The standing of an aircraft or sensor that may be used (IV.11)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for every route, wherever it starts. ``sites`` are those inside the territory.

    ``wind_km_h`` is the wind by which stages between two landings are limited, ``max_fixes`` how
    many fixes a path may have besides its airfields (None: as many as it takes). Under an
    ``outlook`` the sites count with the part ``clear`` of their value, one for each. ``level`` is
    how it is turned and climbed (None: nothing is asked about that). ``lower_m`` are heights at
    which legs may be flown for sites that need it, the highest first; ``passes`` says for a
    resolution that cannot be had at ``height_m`` from which height it could. ``height_asked``:
    somebody chose ``height_m``.
    """

    view: TreatyView
    land: Geography
    plane: Aircraft
    ability: Capability
    sites: tuple[Site, ...]
    sensors: tuple[Sensor, ...]
    height_m: Metres
    ground: Ground
    assumptions: Assumptions
    wind_km_h: KilometresPerHour = 0.0
    max_fixes: int | None = None
    outlook: Outlook | None = None
    clear: tuple[float, ...] | None = None
    level: LevelFlight | None = None
    lower_m: tuple[Metres, ...] = ()
    passes: Mapping[Metres, Metres] = field(default_factory=dict)
    height_asked: bool = False

    @property
    def heights_m(self) -> tuple[Metres, ...]:
        """Every height at which legs may be flown, by number; 0: the usual one."""
        return (self.height_m, *self.lower_m)

    @property
    def still_stage_km(self) -> Kilometres:
        """Longest stage in still air: range, and what fits into a day's flying."""
        in_a_day = self.ability.cruise_km_h * self.assumptions.flying_day
        return min(self.ability.range_km, in_a_day)

    @property
    def stage_km(self) -> Kilometres:
        """Longest stage between two landings; in a wind, of one that ends where it began."""
        return stage_limit_km(self.still_stage_km, self.ability.cruise_km_h, self.wind_km_h)


def setting_for(
    view: TreatyView,
    land: Geography,
    sites: Sequence[Site],
    plane: Aircraft,
    *,
    sensors: Sequence[str] | None = None,
    hazards: Sequence[HazardousAirspace] = (),
    assumptions: Assumptions | None = None,
) -> Setting:
    """The setting of a flight.

    Raises PlanError when no site lies inside, DataError for a bad one, SensorError for sensors.
    """
    _refuse_bad_sites(sites)
    inside = tuple(site for site in sites if land.in_territory(site.position))
    if not inside:
        raise PlanError(
            f"none of the {len(sites)} sites lies over the territory of {land.observed}",
            remedy="Check the coordinates (latitude and longitude swapped?) and the observed "
            "Party.",
        )
    chosen = _sensors(view, plane, sensors)
    height = flight_height_m(chosen)
    margin = stand_off_km(view) + land.error_km + BORDER_RESERVE_KM
    avoid = [Area.from_ring(area.ring) for area in hazards if area.handling != "crossed"]
    return Setting(
        view=view,
        land=land,
        plane=plane,
        ability=capability(plane),
        sites=inside,
        sensors=chosen,
        height_m=DEFAULT_HEIGHT_M if height is None else height,
        ground=Ground(land, margin, avoid),
        assumptions=assumptions or assumptions_under(view),
    )


def problem_for(
    setting: Setting, landings: Landings, limit: CitedValue, seed: int = 0
) -> PlanningProblem:
    """The planner's question: limits with their reserves, strips for each site."""
    view, ability = setting.view, setting.ability
    in_time = flyable_km(setting.stage_km, ability.cruise_km_h, view.on, setting.assumptions)
    radius, degrees = _circling(view)
    clock = FlightClock(ability.cruise_km_h, view.on, setting.assumptions)
    return PlanningProblem(
        targets=targets_for(setting, clock, setting.clear),
        start=landings.start,
        end=landings.end,
        stations=landings.stations,
        max_total_km=min(float(limit.value) * (1.0 - RESERVE), in_time),
        max_stage_km=setting.stage_km,
        simple_path=view.readings.get("self-crossing", "strict") == "strict",
        circling_km=radius,
        circling_deg=degrees,
        blocked=setting.ground.blocked,
        fix_allowed=setting.ground.fix_allowed,
        corners=setting.ground.corners,
        parts=part_limits(view, setting.land),
        max_fixes=setting.max_fixes,
        draw=seed,
        clock=clock,
        level=setting.level,
        low_allowed=low_allowed(view),
    )


def targets_for(
    setting: Setting, clock: FlightClock, clear: Sequence[float] | None = None
) -> tuple[Target, ...]:
    """The sites as the search sees them, in their order, each with the part ``clear`` of its value.

    The rest of it counts where a sensor sees the site that no weather hinders: as targets of
    their own, after the others.
    """

    def target(site: Site, value: float, sensors: Sequence[Sensor]) -> Target:
        need = site.resolution_m
        usual = strips_for(sensors, setting.height_m, need)
        at_heights = tuple(strips_at(sensors, height, need) for height in setting.lower_m)
        return Target(
            site.position,
            value,
            widest((usual, *at_heights)) if at_heights else usual,
            opens=clock.hour_of(site.earliest, -math.inf),
            closes=clock.hour_of(site.latest, math.inf),
            name=site.id,
            at_heights=(usual, *at_heights) if at_heights else (),
            pass_m=None if usual or need is None else setting.passes.get(need),
        )

    if clear is None:
        return tuple(target(site, float(site.value), setting.sensors) for site in setting.sites)
    through = unhindered(setting.view, setting.sensors)
    radar = [sensor for sensor in setting.sensors if sensor.id in through]
    parts = list(zip(setting.sites, clear, strict=True))
    first = [target(site, site.value * part, setting.sensors) for site, part in parts]
    rest = [target(site, site.value * (1.0 - part), radar) for site, part in parts if part < 1.0]
    return (*first, *(t for t in rest if t.strips))


def under(setting: Setting, outlook: Outlook | None) -> Setting:
    """The setting with a forecast. Raises DataError where that says nothing of the day."""
    if outlook is None:
        return setting
    clear = sought(outlook, setting.sites, setting.view.on, setting.assumptions)
    return replace(setting, outlook=outlook, clear=clear)


def assumptions_under(view: TreatyView) -> Assumptions:
    """The usual assumptions with the regime's own clocks, where it sets them.

    Where its window is short, the observing side arrives later, so that a day's flying fits.
    """
    usual = Assumptions()
    adapted = replace(
        usual,
        window=_hours(view, "deadline.flight-window", usual.window),
        submitted_before=1.0 + _hours(view, "deadline.start-after-plan", 24.0),
    )
    for days in range(usual.arrival_days_before, -1, -1):
        adapted = replace(adapted, arrival_days_before=days)
        if adapted.hours_for_flight(view.on) >= usual.flying_day:
            break
    return adapted


def furthest_view_km(setting: Setting) -> Kilometres:
    """How far to the side the sensors see, km."""
    return max(ground_strip(sensor, setting.height_m).far_km for sensor in setting.sensors)


def _refuse_bad_sites(sites: Sequence[Site]) -> None:
    if not sites:
        raise PlanError("there is no site", remedy="Give at least one place to see.")
    for site in sites:
        if not (math.isfinite(site.value) and site.value > 0):
            raise DataError(
                f"the site {site.id!r} has the value {site.value!r}",
                remedy="Give each site a value above zero, or leave it out.",
            )
        for moment in (site.earliest, site.latest):
            if isinstance(moment, dt.datetime) and moment.tzinfo is None:
                raise DataError(
                    f"the site {site.id!r} has a time without a zone",
                    remedy="Write times in UTC, e.g. 2021-05-19T07:00:00Z.",
                )
    name, times = Counter(site.id for site in sites).most_common(1)[0]
    if times > 1:
        raise DataError(
            f"{times} sites have the id {name!r}", remedy="Give each site an id of its own."
        )


def _sensors(view: TreatyView, plane: Aircraft, wanted: Sequence[str] | None) -> tuple[Sensor, ...]:
    """The sensors asked for; unasked, those certified on the day, or all when none is.

    An aircraft that nobody certified is planned with all it has: the check will say.
    """
    on_board = {sensor.id: sensor for sensor in plane.sensors}
    if not on_board:
        raise SensorError(
            f"no sensor of {plane.name} is known",
            remedy="Describe its sensors in an overlay's aircraft file, or take another aircraft.",
        )
    names = tuple(dict.fromkeys(wanted or ()))
    if wanted is None:
        certified = (s for s in on_board if _certified(view, plane.id, s))
        names = tuple(certified) or tuple(on_board)
    missing = [name for name in names if name not in on_board]
    if missing or not names:
        what = ", ".join(map(repr, missing)) or "of that name"
        raise SensorError(
            f"{plane.name} carries no sensor {what}",
            remedy=f"Choose from: {', '.join(on_board)}.",
        )
    return tuple(on_board[name] for name in names)


def _certified(view: TreatyView, aircraft: str, sensor: str) -> bool:
    try:
        return view.aircraft_standing(aircraft, sensor).standing == CERTIFIED
    except OverflightError:
        return False


def stand_off_km(view: TreatyView) -> Kilometres:
    """How far a path keeps from a non-party's border; 0 where the regime sets nothing."""
    try:
        return float(view.value("non-party-stand-off").value)
    except DataError:
        return 0.0


def _circling(view: TreatyView) -> tuple[Kilometres, Degrees]:
    """Radius and turn from which the regime's rules call it circling; 0 km where none does."""
    for rule in view.rules:
        if rule.predicate == "no_circling":
            return float(rule.parameters["radius_km"]), float(rule.parameters["degrees"])
    return 0.0, 360.0


def _hours(view: TreatyView, key: str, otherwise: Hours) -> Hours:
    """A deadline in hours; ``otherwise`` where the regime has none or nobody knows it."""
    try:
        value = view.value(key)
    except OverflightError:
        return otherwise
    return float(value.value) * (24.0 if value.unit in ("d", "days") else 1.0)
