"""The flight that a plan describes: path, landings, heights and times out of its legs.

For the side that made the plan: with its observations the answer tells what of them would be
lost in a turn or a climb.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from overflight.errors import PlanError
from overflight.geo.positions import Position
from overflight.performance.climb_descent import ASSUMED_RATES, VerticalRates
from overflight.performance.flyable import fly
from overflight.performance.fuel import Alternate, FuelModel, ReservePolicy
from overflight.performance.handling import Handling
from overflight.performance.wind import CALM, WindField
from overflight.sensing.track import beside
from overflight.terms.flyability import Flyability
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.sites import Site
from overflight.terms.working_plan import Observation
from overflight.units import Kilometres, Metres

_HANDLING = Handling()
_RESERVE = ReservePolicy()
_AS_IF_AT_SEA_LEVEL = (
    "Where the terrain is not known, a leg is taken to lie at its height above ground over the "
    "sea: climbs are longer where the ground is higher."
)


def fly_plan(
    plan: MissionPlan,
    *,
    sites: Sequence[Site] = (),
    observations: Sequence[Observation] = (),
    handling: Handling = _HANDLING,
    wind: WindField = CALM,
    rates: VerticalRates = ASSUMED_RATES,
    range_km: Kilometres | None = None,
    fuel: FuelModel | None = None,
    reserve: ReservePolicy = _RESERVE,
) -> Flyability:
    """Fly ``plan`` at its cruise speed, with ``observations`` of ``sites`` to be made from legs.

    Raises PlanError for a plan without legs, DataError as ``fly`` does.
    """
    if not plan.legs or len(plan.fixes) != len(plan.legs) + 1:
        raise PlanError(
            f"{len(plan.fixes)} fixes and {len(plan.legs)} legs are no route",
            remedy="Give a plan with the legs between all of its fixes.",
        )
    landings = [i for i, fix in enumerate(plan.fixes) if fix.airfield is not None]
    departs = [leg.departs for leg in plan.legs if leg.departs is not None]
    found = fly(
        plan.path,
        sorted({0, *landings, len(plan.legs)}),
        speed_km_h=plan.cruise_km_h,
        handling=handling,
        wind=wind,
        departs=departs if len(departs) == len(plan.legs) else None,
        sites_km=along_legs(plan.path, sites, observations),
        heights_m=[_height(leg.altitude_m, leg.height_agl_m) for leg in plan.legs],
        rates=rates,
        range_km=range_km,
        fuel=fuel,
        reserve=reserve,
        alternates=[Alternate(field.code, field.position) for field in plan.alternates],
    )
    if all(leg.altitude_m is not None for leg in plan.legs):
        return found
    return replace(found, assumptions=(*found.assumptions, _AS_IF_AT_SEA_LEVEL))


def along_legs(
    path: Sequence[Position], sites: Sequence[Site], observations: Sequence[Observation]
) -> list[list[Kilometres]]:
    """How far along each leg lie the sites that are observed from it, km, each site once."""
    where = {site.id: site.position for site in sites}
    seen: dict[int, dict[str, Position]] = {}
    for observation in observations:
        if observation.site in where and 0 <= observation.leg < len(path) - 1:
            seen.setdefault(observation.leg, {})[observation.site] = where[observation.site]
    found: list[list[Kilometres]] = [[] for _ in range(len(path) - 1)]
    for leg, points in seen.items():
        along, _, _ = beside(path[leg], path[leg + 1], list(points.values()))
        found[leg] = along.tolist()
    return found


def not_shown(
    plan: MissionPlan,
    sites: Sequence[Site],
    observations: Sequence[Observation],
    flight: Flyability,
) -> dict[str, int]:
    """Sites whose every observation falls into a turn, a climb or a descent, with one such leg.

    In the order in which they are passed.
    """
    where = {site.id: site.position for site in sites}
    on_leg: dict[int, dict[str, Position]] = {}
    for seen in observations:
        if seen.site in where:
            on_leg.setdefault(seen.leg, {})[seen.site] = where[seen.site]
    shown, first = set[str](), dict[str, int]()
    for leg, points in sorted(on_leg.items()):
        low, high = flight.legs[leg].shows_km
        along, _, _ = beside(plan.path[leg], plan.path[leg + 1], list(points.values()))
        for site, km in zip(points, along.tolist(), strict=True):
            first.setdefault(site, leg)
            if low <= km <= high:
                shown.add(site)
    return {site: leg for site, leg in first.items() if site not in shown}


def leg_hours(flight: Flyability) -> list[dt.timedelta]:
    """How long each leg takes, for a timetable; whole seconds."""
    return [dt.timedelta(seconds=round(leg.hours * 3600.0)) for leg in flight.legs]


def techniques_by_fix(plan: MissionPlan, flight: Flyability) -> Mapping[str, str]:
    """The technique of each turn by the name of its fix, as a plan would state it."""
    return {plan.fixes[turn.fix].id: turn.technique for turn in flight.turns}


def _height(altitude_m: Metres | None, above_ground_m: Metres) -> Metres:
    return above_ground_m if altitude_m is None else altitude_m
