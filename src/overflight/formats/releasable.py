"""What of a working plan may stand in a document for the other side.

A whitelist: every field is copied by name, so that what is added to a working plan later does
not travel by itself. ``mission.release`` is the door that other rooms use; this is the rule it
keeps, and the one by which a working-plan document embeds its mission plan.

What changes on the way:

- fixes that are not airfields are numbered anew in the order flown, so that a number shows
  neither a site nor how many points were weighed;
- a leg names every declared sensor that may work at its height over the territory, not the ones
  for which something waits below;
- a sensor of which a private overlay gave H_min or the resolution there is stated "as certified",
  without figures. Both go, for resolution grows with height: who knows the camera has the one
  from the other. Other sensors keep theirs;
- a height that shows a private H_min is raised to the next whole 50 m. Raising keeps every limit
  that a lower bound sets (VI.II.4(D) of the Treaty on Open Skies);
- assumptions, observations, sites, findings and the search are not copied at all.

Airfields, speed and route are the plan's own content (VI.II.3-4) and travel as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from overflight.errors import PlanError
from overflight.geo.positions import Position
from overflight.terms.mission_plan import (
    Fix,
    HazardousAirspace,
    Leg,
    MissionPlan,
    PlanAirfield,
    PlanSensor,
    PlanTimes,
    Stop,
)
from overflight.terms.working_plan import WorkingPlan
from overflight.units import Metres

AS_CERTIFIED = "as certified"
HEIGHT_STEP_M = 50.0

FIGURES = ("h_min_m", "resolution_at_h_min_m")
"""Fields of a sensor of which a private one hides both."""
TOLD_BY_BASIS = ("near_deg", "far_deg", "assumed")
"""Fields whose being public or assumed a sensor's basis would tell."""

_WHOLE_MINUTE_DEG = 1e-6
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def releasable(working: WorkingPlan) -> MissionPlan:
    """The mission plan that may be handed over.

    Raises PlanError where the plan cannot be released as it stands: a fix finer than whole
    minutes, or a text that names a site, a source or a figure that stays at home. The message
    says which text, and does not repeat what must not be read.
    """
    plan = working.plan
    names = _new_names(plan.fixes)
    secret = withheld_sensors(working)
    released = MissionPlan(
        treaty=plan.treaty,
        observing=plan.observing,
        observed=plan.observed,
        quota_holder=plan.quota_holder,
        aircraft=plan.aircraft,
        aircraft_designated_by=plan.aircraft_designated_by,
        aircraft_provided_by=plan.aircraft_provided_by,
        icao_type=plan.icao_type,
        cruise_km_h=plan.cruise_km_h,
        point_of_entry=_airfield(plan.point_of_entry) if plan.point_of_entry else None,
        start=_airfield(plan.start),
        end=_airfield(plan.end),
        point_of_exit=_airfield(plan.point_of_exit) if plan.point_of_exit else None,
        fixes=tuple(_fix(fix, names) for fix in plan.fixes),
        legs=tuple(_leg(leg, names, plan.sensors, secret) for leg in plan.legs),
        stops=tuple(_stop(stop, names) for stop in plan.stops),
        sensors=tuple(_sensor(s, working) for s in plan.sensors),
        times=PlanTimes(
            arrival_at_point_of_entry=plan.times.arrival_at_point_of_entry,
            submitted=plan.times.submitted,
            commencement=plan.times.commencement,
            completion=plan.times.completion,
        ),
        hazardous_airspace=tuple(
            HazardousAirspace(id=h.id, kind=h.kind, ring=tuple(h.ring), handling=h.handling)
            for h in plan.hazardous_airspace
        ),
        alternates=tuple(_airfield(a) for a in plan.alternates),
        turn_technique=plan.turn_technique,
        distance_condition=plan.distance_condition,
        agreements=tuple(plan.agreements),
        readings=dict(plan.readings),
        marks=tuple(plan.marks),
        remarks=tuple(plan.remarks),
        identification=plan.identification,
        wake_category=plan.wake_category,
        equipment=plan.equipment,
        not_decided_here=tuple(working.not_decided_here),
    )
    _refuse_words(released, working, _private_numbers(working))
    return released


def withheld_sensors(working: WorkingPlan) -> frozenset[str]:
    """Ids of the plan's sensors whose figures stay at home."""
    declared = frozenset(sensor.id for sensor in working.plan.sensors)
    if working.private_sensor_fields is None:
        return declared if working.private_values_used else frozenset()
    return declared & sensors_with(working.private_sensor_fields, FIGURES)


def sensors_with(private_fields: Iterable[str], wanted: Container[str]) -> frozenset[str]:
    """Ids in "sensor-id.field" for which a private field is one of ``wanted``."""
    pairs = (name.rpartition(".") for name in private_fields)
    return frozenset(sensor for sensor, _, field in pairs if field in wanted)


def _airfield(airfield: PlanAirfield) -> PlanAirfield:
    return PlanAirfield(code=airfield.code, name=airfield.name, position=airfield.position)


def _new_names(fixes: Iterable[Fix]) -> Mapping[str, str]:
    """Old id -> new id. An airfield that goes by its own code keeps it."""
    names: dict[str, str] = {}
    count = 0
    for fix in fixes:
        if fix.id == fix.airfield:
            names[fix.id] = fix.id
        elif fix.id in names:
            raise PlanError(
                "two fixes of the plan have the same id", remedy="Give each fix its own id."
            )
        else:
            count += 1
            names[fix.id] = f"F{count:02d}"
    return names


def _fix(fix: Fix, names: Mapping[str, str]) -> Fix:
    if fix.airfield is None and not is_whole_minute(fix.position):
        raise PlanError(
            f"fix {names[fix.id]} is not at whole minutes of arc; a finer coordinate shows what "
            "it was put there for, and a flight plan cannot carry it",
            remedy="Plan with fixes at whole minutes.",
        )
    return Fix(id=names[fix.id], position=fix.position, airfield=fix.airfield)


def is_whole_minute(position: Position) -> bool:
    """Whether both coordinates are whole minutes of arc, within 0.1 m."""
    return all(
        abs(value * 60 - round(value * 60)) < 60 * _WHOLE_MINUTE_DEG
        for value in (position.lat, position.lon)
    )


def _leg(
    leg: Leg, names: Mapping[str, str], sensors: Sequence[PlanSensor], secret: frozenset[str]
) -> Leg:
    bounds = [(s.h_min_m, s.id in secret) for s in sensors if s.h_min_m is not None]
    height = discreet_height(leg.height_agl_m, bounds)
    altitude = leg.altitude_m
    if altitude is not None:
        altitude += height - leg.height_agl_m
    return Leg(
        start=_known(leg.start, names),
        end=_known(leg.end, names),
        distance_km=leg.distance_km,
        distance_over_territory_km=leg.distance_over_territory_km,
        height_agl_m=height,
        terrain_max_m=leg.terrain_max_m,
        altitude_m=altitude,
        sensors=_may_operate(leg, sensors),
        departs=leg.departs,
        arrives=leg.arrives,
    )


def _may_operate(leg: Leg, sensors: Iterable[PlanSensor]) -> tuple[str, ...]:
    if leg.distance_over_territory_km <= 0:
        return ()
    return tuple(s.id for s in sensors if s.h_min_m is None or s.h_min_m <= leg.height_agl_m)


def discreet_height(height: Metres, bounds: Iterable[tuple[Metres, bool]]) -> Metres:
    """``height``, raised where it equals a private H_min that no public one explains.

    ``bounds`` are the sensors' H_min, m, each with whether it is private.
    """
    told = tuple(bounds)
    if any(height == h_min for h_min, private in told if not private):
        return height
    return raised(height, [h_min for h_min, private in told if private])


def raised(height: Metres, private: Iterable[float]) -> Metres:
    """``height``, or the next whole 50 m above it while that equals a private figure."""
    private = tuple(private)
    while any(math.isclose(height, value, abs_tol=0.5) for value in private):
        height = (math.floor(height / HEIGHT_STEP_M) + 1) * HEIGHT_STEP_M
    return height


def _stop(stop: Stop, names: Mapping[str, str]) -> Stop:
    return Stop(
        fix=_known(stop.fix, names),
        purpose=stop.purpose,
        arrives=stop.arrives,
        departs=stop.departs,
    )


def _known(name: str, names: Mapping[str, str]) -> str:
    if name not in names:
        raise PlanError(
            "a leg or stop of the plan names a fix that the plan does not have",
            remedy="Make the plan again; its legs and fixes do not belong together.",
        )
    return names[name]


def _sensor(sensor: PlanSensor, working: WorkingPlan) -> PlanSensor:
    if sensor.id in withheld_sensors(working):
        return PlanSensor(sensor.id, sensor.category, None, None, AS_CERTIFIED)
    touched = sensors_with(working.private_sensor_fields or (), TOLD_BY_BASIS)
    return PlanSensor(
        id=sensor.id,
        category=sensor.category,
        h_min_m=sensor.h_min_m,
        ground_resolution_m=sensor.ground_resolution_m,
        basis="" if sensor.id in touched else sensor.basis,
    )


# --- words and figures that stay at home ----------------------------------------------------


def _private_numbers(working: WorkingPlan) -> frozenset[float]:
    """Figures that an overlay gave, as far as a working plan shows them."""
    figures: list[object] = []
    if working.maximum_flight_distance.private:
        figures.append(working.maximum_flight_distance.value)
    for finding in working.findings.items:
        if finding.private:
            figures += [finding.limit, finding.measured]
    secret = withheld_sensors(working)
    for sensor in working.plan.sensors:
        if sensor.id in secret:
            figures += [sensor.h_min_m, sensor.ground_resolution_m]
    return frozenset(
        float(f) for f in figures if isinstance(f, (int, float)) and not isinstance(f, bool)
    )


def _texts(plan: MissionPlan) -> Iterator[tuple[str, str]]:
    """Every free text of a plan, with its field: what a person or a program may have written."""
    yield "turn_technique", plan.turn_technique
    yield "distance_condition", plan.distance_condition
    yield "identification", plan.identification
    for name in ("agreements", "marks", "remarks"):
        for i, text in enumerate(getattr(plan, name)):
            yield f"{name}[{i}]", text
    for key, option in plan.readings.items():
        yield "readings", f"{key} {option}"
    for sensor in plan.sensors:
        yield f"sensors: basis of {sensor.id}", sensor.basis
    for i, hazard in enumerate(plan.hazardous_airspace):
        yield f"hazardous_airspace[{i}]", f"{hazard.id} {hazard.kind}"


def _refuse_words(released: MissionPlan, working: WorkingPlan, private: frozenset[float]) -> None:
    texts = [(field, text) for field, text in _texts(released) if text]
    if not texts:
        return
    secret = _secret_words(released, working)
    figures = {f"{value:g}" for value in private if len(f"{value:g}".replace(".", "")) >= 3}
    places = {f"{abs(x):.3f}" for s in working.sites for x in (s.position.lat, s.position.lon)}
    for field, text in texts:
        words = _as_words(text)
        numbers = _NUMBER.findall(text)
        if (
            any(f" {word} " in words for word in secret)
            or figures.intersection(numbers)
            or any("." in n and _has_decimals(n) and f"{float(n):.3f}" in places for n in numbers)
        ):
            raise PlanError(
                f"{field} of the plan names a site, a source or a figure that stays at home",
                remedy="Take it out of the plan's text, then release the plan.",
            )


def _has_decimals(number: str) -> bool:
    return len(number.partition(".")[2]) >= 3


def _secret_words(released: MissionPlan, working: WorkingPlan) -> set[str]:
    """Names and ids of sites and of private sources, less what the plan itself must state."""
    texts = [text for site in working.sites for text in (site.id, site.name)]
    distance = working.maximum_flight_distance
    if distance.private:
        texts += [
            distance.note,
            *(t for c in distance.citations for t in (c.source.title, c.source.id)),
        ]
    for finding in working.findings.items:
        if finding.private:
            texts.append(finding.limit_cite)
    airfields = (
        *(a for a in (released.point_of_entry, released.point_of_exit) if a is not None),
        released.start,
        released.end,
        *released.alternates,
    )
    public = {released.treaty, released.observing, released.observed, released.quota_holder}
    public |= {released.aircraft, released.aircraft_designated_by, released.aircraft_provided_by}
    public |= {text for a in airfields for text in (a.code, a.name)}
    public |= {fix.airfield for fix in released.fixes if fix.airfield}
    public |= {sensor.id for sensor in released.sensors}
    stated = {_as_words(text).strip() for text in public}
    words = {_as_words(text).strip() for text in texts}
    return {word for word in words - stated if len(word) >= 3}


def _as_words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
