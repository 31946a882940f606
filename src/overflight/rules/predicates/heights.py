"""Predicates on the profile: heights above ground, what sensors resolve and cover, hazards."""

from __future__ import annotations

import math
from collections.abc import Iterable

from overflight.errors import OverflightError
from overflight.geo.geodesic import distance_km
from overflight.rules.case import Case
from overflight.rules.outcome import (
    Bound,
    Outcome,
    as_number,
    breach,
    compliant,
    does_not_apply,
    lacking,
    right_arises,
    undetermined,
)
from overflight.rules.paths import Missing, as_quantity, each, find
from overflight.rules.predicates.legs import PlacedLeg, placed_legs
from overflight.terms.aircraft import Sensor
from overflight.terms.mission_plan import HazardousAirspace, MissionPlan, PlanSensor
from overflight.terms.values import CitedValue


def height_above_minimum(case: Case, _bound: Bound) -> Iterable[Outcome]:
    """On every leg each operating sensor is at or above its minimum height above ground.

    A leg that lists no sensor is taken to operate all the plan declares. Categories whose
    resolution does not depend on height are left out.
    """
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    if not plan.sensors:
        return [does_not_apply("The plan declares no sensor.")]
    found: list[Outcome] = []
    margin, nearest = math.inf, ""
    for leg in placed_legs(plan):
        for sensor_id in leg.leg.sensors or tuple(s.id for s in plan.sensors):
            sensor = next((s for s in plan.sensors if s.id == sensor_id), None)
            if sensor is None:
                text = f"{leg.name} operates {sensor_id}, which the plan does not declare."
                found.append(breach(text, where=leg.name, place=leg.line))
            elif _depends_on_height(case, sensor.category):
                least = _least_height(case, plan, sensor)
                outcome = _over_ground(leg, sensor, least)
                if outcome.verdict != "compliant":
                    found.append(outcome)
                elif least is not None and leg.leg.height_agl_m - least < margin:
                    margin, nearest = leg.leg.height_agl_m - least, outcome.message
        found += _altitude_faults(leg)
    if found:
        return list({outcome.message: outcome for outcome in found}.values())
    if not nearest:
        return [does_not_apply("No sensor of the plan is bound to a height.")]
    return [compliant(f"Every leg is high enough. Closest: {nearest}", measured=margin, unit="m")]


def heights_in_periods(case: Case, bound: Bound) -> Iterable[Outcome]:
    """In each observation period at ``path`` the sensor stayed at or above its minimum height."""
    plan, path = case.plan, str(bound.parameter("path"))
    if plan is None:
        return [lacking("the mission plan")]
    periods = each(case, path)
    if isinstance(periods, Missing):
        return [lacking(periods.words)]
    if not periods:
        return [does_not_apply("There was no observation period.")]
    sensors = {s.id: s for s in plan.sensors}
    found = []
    for name, period in periods:
        sensor = sensors.get(str(period.get("sensor", "")))
        height = period.get("least_height_agl_m")
        if sensor is None:
            text = f"{name.capitalize()}: {period.get('sensor')!r} is not a sensor of the plan."
            found.append(breach(text, where=name))
        elif not _depends_on_height(case, sensor.category):
            found.append(compliant(f"{name.capitalize()}: {sensor.id} is bound to no height."))
        elif height is None or (least := _least_height(case, plan, sensor)) is None:
            found.append(lacking(f"the height in {name} and the minimum height of {sensor.id}"))
        else:
            found.append(_period(name, sensor, as_quantity(height, path), least))
    bad = [o for o in found if o.verdict != "compliant"]
    return bad or found


def resolution_no_better(case: Case, bound: Bound) -> Iterable[Outcome]:
    """No sensor resolves finer at its minimum height than its category may."""
    if case.plan is None:
        return [lacking("the mission plan")]
    if not case.plan.sensors:
        return [does_not_apply("The plan declares no sensor.")]
    found = [_resolution(sensor, bound) for sensor in case.plan.sensors]
    bad = [o for o in found if o.verdict != "compliant"]
    return bad or found


def coverage_at_most(case: Case, bound: Bound) -> Iterable[Outcome]:
    """A sensor of ``categories`` reaches no farther from the path than the limit.

    ``measure`` is "each-side" (how far to one side) or "width" (from near to far edge). The view
    angles are those of the aircraft's data; the highest leg on which it operates counts.
    """
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    categories = bound.paths("categories")
    concerned = [s for s in plan.sensors if s.category in categories]
    if not concerned:
        return [does_not_apply(f"No sensor of {' or '.join(categories)} is declared.")]
    models = _sensor_models(case, plan)
    found = []
    for sensor in concerned:
        model = models.get(sensor.id)
        limit = bound.limit or bound.category_limits.get(sensor.category)
        if model is None or limit is None:
            found.append(lacking(f"the view angles of {sensor.id} and the limit of its category"))
            continue
        heights = [
            leg.height_agl_m for leg in plan.legs if not leg.sensors or sensor.id in leg.sensors
        ]
        if heights:
            width = str(bound.parameter("measure")) == "width"
            found.append(_coverage(sensor, model, max(heights), limit, width=width))
    if not found:
        return [does_not_apply("None of these sensors operates on any leg.")]
    bad = [o for o in found if o.verdict != "compliant"]
    return bad or found


def hazardous_airspace_considered(case: Case, _bound: Bound) -> Iterable[Outcome]:
    """Each hazardous airspace the plan says it avoids is avoided by its legs."""
    if case.plan is None:
        return [lacking("the mission plan")]
    if not case.plan.hazardous_airspace:
        return [does_not_apply("The plan names no hazardous airspace; none was given to it.")]
    found = []
    for area in case.plan.hazardous_airspace:
        legs = _legs_through(case.plan, area)
        if area.handling not in ("avoided", "crossed"):
            text = (
                f"{area.id}: what the plan does about it, {area.handling!r}, is not said in words"
            )
            found.append(breach(f"{text} a reader knows: avoided or crossed.", where=area.id))
        elif legs and area.handling == "avoided":
            names = ", ".join(leg.name.removeprefix("Leg ") for leg in legs)
            text = f"The plan says it avoids {area.kind} {area.id}, but {names} cross it."
            found.append(breach(text, where=names, place=legs[0].line))
        else:
            found.append(compliant(f"{area.id} is {area.handling}.", where=area.id))
    bad = [o for o in found if o.verdict != "compliant"]
    return bad or [compliant(" ".join(o.message for o in found))]


def hazard_crossing(case: Case, bound: Bound) -> Iterable[Outcome]:
    """A right arises for each hazardous airspace that the path crosses: ``right`` says which."""
    if case.plan is None:
        return [lacking("the mission plan")]
    found = []
    for area in case.plan.hazardous_airspace:
        legs = _legs_through(case.plan, area)
        if legs:
            names = ", ".join(leg.name.removeprefix("Leg ") for leg in legs)
            text = f"{names} cross {area.kind} {area.id}. {bound.parameter('right')}"
            found.append(right_arises(text, where=names, place=legs[0].line))
    return found or [compliant(str(bound.parameter("kept")))]


def hazards_answered(case: Case, bound: Bound) -> Iterable[Outcome]:
    """For each hazardous airspace that the plan crosses, the observed Party named the hazard and
    gave one of the ``answers`` (at ``path``, keyed by the area's id)."""
    if case.plan is None:
        return [lacking("the mission plan")]
    crossed = [a for a in case.plan.hazardous_airspace if _legs_through(case.plan, a)]
    if not crossed:
        return [does_not_apply("The plan crosses no hazardous airspace.")]
    path = str(bound.parameter("path"))
    given = find(case, path)
    if given is None or isinstance(given, Missing):
        return [lacking(f"the observed Party's answer about {', '.join(a.id for a in crossed)}")]
    answers = bound.paths("answers")
    found = []
    for area in crossed:
        reply = given.get(area.id)
        if not reply or reply.get("specified") is not True or reply.get("answer") not in answers:
            text = f"{area.id}: the hazard was not specified, or not answered by any of "
            found.append(breach(f"{text}{', '.join(answers)}.", where=area.id))
        else:
            found.append(compliant(f"{area.id}: specified, and {reply['answer']}.", where=area.id))
    bad = [o for o in found if o.verdict != "compliant"]
    return bad or found


def reachable_within(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The start airfield is no more hours from the point of entry than the limit, at cruise."""
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    if plan.point_of_entry is None:
        return [lacking("the plan's point of entry")]
    if plan.point_of_entry.code == plan.start.code:
        return [does_not_apply("The point of entry is the Open Skies airfield itself.")]
    limit = bound.the_limit()
    way = distance_km(plan.point_of_entry.position, plan.start.position)
    hours = way / plan.cruise_km_h
    text = (
        f"{plan.start.name} is {way:,.0f} km from {plan.point_of_entry.name}, {hours:.1f} h at "
        f"{plan.cruise_km_h:g} km/h; it must be reached within {limit.value:g} h."
    )
    make = compliant if hours <= as_number(limit) else breach
    return [make(text, measured=round(hours, 2), limit=limit.value, unit="h")]


def _depends_on_height(case: Case, category: str) -> bool:
    try:
        return bool(case.view.sensor_category(category).height_bound)
    except OverflightError:
        return True


def _sensor_models(case: Case, plan: MissionPlan) -> dict[str, Sensor]:
    try:
        return {s.id: s for s in case.view.aircraft(plan.aircraft).sensors}
    except OverflightError:
        return {}


def _least_height(case: Case, plan: MissionPlan, sensor: PlanSensor) -> float | None:
    """The sensor's H_min, m: what the plan states or what the aircraft's data say, the higher.

    An assumed figure of the data does not outweigh what the plan states.
    """
    model = _sensor_models(case, plan).get(sensor.id)
    known = model.h_min_m if model and "h_min_m" not in model.assumed else None
    stated = [h for h in (sensor.h_min_m, known) if h is not None]
    return max(stated) if stated else None


def _over_ground(leg: PlacedLeg, sensor: PlanSensor, least: float | None) -> Outcome:
    if least is None:
        return lacking(f"the minimum height of {sensor.id}")
    height = leg.leg.height_agl_m
    text = f"{leg.name} is flown {height:,.0f} m above ground with {sensor.id}, which needs "
    rest = {
        "measured": height,
        "limit": least,
        "unit": "m",
        "place": leg.line,
        "where": leg.name.removeprefix("Leg "),
    }
    make = compliant if height >= least else breach
    return make(f"{text}at least {least:,.0f} m to stay within its ground resolution.", **rest)


def _altitude_faults(leg: PlacedLeg) -> list[Outcome]:
    """An altitude above sea level that does not give the height above the highest terrain."""
    height, terrain, altitude = leg.leg.height_agl_m, leg.leg.terrain_max_m, leg.leg.altitude_m
    if terrain is None or altitude is None or altitude - terrain >= height - 1.0:
        return []
    text = (
        f"{leg.name} is flown at {altitude:,.0f} m over terrain of up to {terrain:,.0f} m: "
        f"{altitude - terrain:,.0f} m above ground, not the {height:,.0f} m stated."
    )
    rest = {"measured": altitude - terrain, "limit": height, "unit": "m", "place": leg.line}
    return [breach(text, **rest, where=leg.name.removeprefix("Leg "))]


def _period(name: str, sensor: PlanSensor, height: float, least: float) -> Outcome:
    text = f"{name.capitalize()}: {sensor.id} at {height:,.0f} m, at least {least:,.0f} m needed."
    make = compliant if height >= least else breach
    return make(text, measured=height, limit=least, unit="m", where=name)


def _resolution(sensor: PlanSensor, bound: Bound) -> Outcome:
    if sensor.category in bound.category_gaps:
        return undetermined(
            f"{sensor.id}: {bound.category_gaps[sensor.category]}.", sensor.category
        )
    limit = bound.category_limits.get(sensor.category)
    if limit is None:
        return breach(f"{sensor.id} is of the category {sensor.category!r}, which has no limit.")
    if sensor.ground_resolution_m is None:
        return lacking(f"the ground resolution of {sensor.id} at its minimum height")
    text = (
        f"{sensor.id} resolves {sensor.ground_resolution_m:g} m at its minimum height; "
        f"{sensor.category} may be no better than {as_number(limit):g} {limit.unit}."
    )
    rest = {
        "measured": sensor.ground_resolution_m,
        "limit": limit.value,
        "unit": limit.unit,
        "limit_source": limit,
    }
    # 0.1 mm: a figure computed at H_min equals the limit but for rounding.
    fine = sensor.ground_resolution_m >= as_number(limit) - 1e-4
    return (compliant if fine else breach)(text, **rest)


def _coverage(
    sensor: PlanSensor, model: Sensor, height: float, limit: CitedValue, *, width: bool
) -> Outcome:
    far = height / 1000.0 * _tangent(model.far_deg)
    reach = far - height / 1000.0 * _tangent(model.near_deg) if width else far
    what = "a swath of" if width else "to each side"
    text = (
        f"{sensor.id} covers {what} {reach:.1f} km from {height:,.0f} m; "
        f"at most {as_number(limit):g} {limit.unit} are allowed."
    )
    make = compliant if reach <= as_number(limit) else breach
    measured = round(reach, 2) if math.isfinite(reach) else "to the horizon"
    rest = {"measured": measured, "limit": limit.value, "unit": limit.unit}
    return make(text, **rest, limit_source=limit)


def _tangent(degrees: float) -> float:
    return math.inf if degrees >= 90.0 else math.tan(math.radians(degrees))


def _legs_through(plan: MissionPlan, area: HazardousAirspace) -> list[PlacedLeg]:
    from overflight.geo.areas import Area

    shape = Area.from_ring(area.ring)
    return [leg for leg in placed_legs(plan) if shape.intersects_leg(leg.a, leg.b)]
