"""Predicates on the profile: heights above ground, hazardous airspace, the way to the start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

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
    length_of,
    right_arises,
    summed,
)
from overflight.rules.paths import Missing, as_object, as_quantity, each, find
from overflight.rules.predicates.legs import PlacedLeg, part_of, placed_legs
from overflight.rules.predicates.minimum_heights import (
    LeastHeight,
    judged,
    least_heights,
    metres,
)
from overflight.rules.predicates.sensors import depends_on_height
from overflight.terms.mission_plan import HazardousAirspace, MissionPlan, PlanSensor


def height_above_minimum(case: Case, _bound: Bound) -> Iterable[Outcome]:
    """On every leg each operating sensor is at or above its minimum height above ground.

    On a leg that lists no sensor none operates. Categories whose resolution does not depend on
    height are left out.
    """
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    if not plan.sensors:
        return [does_not_apply("The plan declares no sensor.")]
    found, needs = _undeclared(plan), least_heights(case, plan)
    closest: Outcome | None = None
    for leg in placed_legs(plan):
        for sensor in plan.sensors:
            if sensor.id in leg.leg.sensors and depends_on_height(case, sensor.category):
                outcome = _over_ground(leg, sensor, needs[sensor.id])
                if outcome.verdict != "compliant":
                    found.append(outcome)
                elif closest is None or _margin(outcome) < _margin(closest):
                    closest = outcome
        found += _altitude_faults(leg)
    if found:
        return list({outcome.message: outcome for outcome in found}.values())
    if closest is None:
        return [does_not_apply("No sensor bound to a height operates on any leg.")]
    return [replace(closest, message=f"Every leg is high enough. Closest: {closest.message}")]


def height_over_part_at_least(case: Case, bound: Bound) -> Iterable[Outcome]:
    """A leg that touches a part of the country is flown at the limit above ground, or higher.

    ``box`` = [west, south, east, north] cuts the part out, ``name`` names it.
    """
    if case.plan is None:
        return [lacking("the mission plan")]
    part, name, limit = part_of(bound), str(bound.parameter("name")), bound.the_limit()
    legs = [leg for leg in placed_legs(case.plan) if part.intersects_leg(leg.a, leg.b)]
    if not legs:
        return [does_not_apply(f"The flight does not pass over {name}.")]
    found = []
    for leg in legs:
        height = leg.leg.height_agl_m
        text = f"{leg.name} passes over {name} {height:,.0f} m above ground"
        make = compliant if height >= bound.number() else breach
        rest = {"measured": height, "limit": limit.value, "unit": limit.unit, "place": leg.line}
        found.append(
            make(
                f"{text}; at least {limit.value:,g} {limit.unit} are required.",
                **rest,
                where=leg.name.removeprefix("Leg "),
            )
        )
    return summed(found)


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
    sensors, needs = {s.id: s for s in plan.sensors}, least_heights(case, plan)
    found = []
    for name, period in periods:
        period = as_object(period, f"{path}, {name}")
        sensor = sensors.get(str(period.get("sensor", "")))
        height = period.get("least_height_agl_m")
        if sensor is None:
            text = f"{name.capitalize()}: {period.get('sensor')!r} is not a sensor of the plan."
            found.append(breach(text, where=name))
        elif not depends_on_height(case, sensor.category):
            found.append(compliant(f"{name.capitalize()}: {sensor.id} is bound to no height."))
        elif height is None:
            found.append(lacking(f"the height in {name}"))
        else:
            needed = needs[sensor.id]
            found.append(_period(name, sensor, as_quantity(height, path), needed))
    return summed(found)


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
    return summed(found)


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
    given, answers = as_object(given, path), bound.paths("answers")
    found = []
    for area in crossed:
        reply = as_object(given.get(area.id) or {}, f"{path}.{area.id}")
        if reply.get("specified") is not True or reply.get("answer") not in answers:
            text = f"{area.id}: the hazard was not specified, or not answered by any of "
            found.append(breach(f"{text}{', '.join(answers)}.", where=area.id))
        else:
            found.append(compliant(f"{area.id}: specified, and {reply['answer']}.", where=area.id))
    return summed(found)


def reachable_within(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The start airfield is no more hours from the point of entry than the limit, at cruise.

    Beyond it a right arises: the observed Party may provide faster transportation instead.
    """
    plan = case.plan
    if plan is None:
        return [lacking("the mission plan")]
    if plan.point_of_entry is None:
        return [lacking("the plan's point of entry")]
    if plan.point_of_entry.code == plan.start.code:
        return [does_not_apply("The point of entry is the Open Skies airfield itself.")]
    if not plan.cruise_km_h > 0.0:
        return [lacking("the plan's cruising speed")]
    limit = bound.the_limit()
    way = distance_km(plan.point_of_entry.position, plan.start.position)
    hours = way / plan.cruise_km_h
    said = length_of(dt.timedelta(hours=hours), "h", bound.span(), places=1)
    text = (
        f"{plan.start.name} is {way:,.0f} km from {plan.point_of_entry.name}, {said} at "
        f"{plan.cruise_km_h:g} km/h; it must be reached within {limit.value:g} h."
    )
    rest = {"measured": round(hours, 2), "limit": limit.value, "unit": "h"}
    if hours <= as_number(limit):
        return [compliant(text, **rest)]
    # The duty is the observed Party's, which designated the airfield: no breach of this plan's.
    text += " The observing Party may ask for transportation that takes no longer."
    return [right_arises(text, **rest)]


def _undeclared(plan: MissionPlan) -> list[Outcome]:
    """Sensors that a leg operates and the plan does not declare, each with its legs."""
    declared = {sensor.id for sensor in plan.sensors}
    legs: dict[str, list[PlacedLeg]] = {}
    for leg in placed_legs(plan):
        for sensor in set(leg.leg.sensors) - declared:
            legs.setdefault(sensor, []).append(leg)
    found = []
    for sensor, used in sorted(legs.items()):
        names = ", ".join(leg.name.removeprefix("Leg ") for leg in used[:3])
        more = f" and {len(used) - 3} more" if len(used) > 3 else ""
        text = f"{names}{more} operate {sensor}, which the plan does not declare."
        found.append(breach(text, where=names, place=used[0].line))
    return found


def _over_ground(leg: PlacedLeg, sensor: PlanSensor, needs: LeastHeight) -> Outcome:
    height = float(leg.leg.height_agl_m)
    what = f"{leg.name} is flown {metres(height)} above ground with {sensor.id}"
    where = leg.name.removeprefix("Leg ")
    return judged(needs, sensor, height, what, place=leg.line, where=where)


def _margin(outcome: Outcome) -> float:
    """Height above what is needed, m."""
    assert isinstance(outcome.measured, float) and isinstance(outcome.limit, (int, float))
    return outcome.measured - outcome.limit


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


def _period(name: str, sensor: PlanSensor, height: float, needs: LeastHeight) -> Outcome:
    what = f"{name.capitalize()}: {sensor.id} was operated {metres(height)} above ground"
    return judged(needs, sensor, height, what, where=name)


def _legs_through(plan: MissionPlan, area: HazardousAirspace) -> list[PlacedLeg]:
    from overflight.geo.areas import Area

    shape = Area.from_ring(area.ring)
    return [leg for leg in placed_legs(plan) if shape.intersects_leg(leg.a, leg.b)]
