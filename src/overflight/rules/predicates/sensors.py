"""Predicates on what sensors resolve and cover, and what is known of the sensors themselves."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from overflight.errors import OverflightError
from overflight.rules.case import Case
from overflight.rules.outcome import (
    Bound,
    Outcome,
    as_number,
    breach,
    compliant,
    does_not_apply,
    lacking,
    summed,
    undetermined,
)
from overflight.rules.predicates.installed import figures_private, installed_sensors
from overflight.terms.aircraft import Sensor
from overflight.terms.mission_plan import PlanSensor
from overflight.terms.values import CitedValue


def sensor_categories_permitted(case: Case, bound: Bound) -> Iterable[Outcome]:
    """Each sensor is of a category the treaty knows, and no category has more than its number.

    ``count`` names the limit of a category that says how many are allowed ("max_count").
    """
    if case.plan is None:
        return [lacking("the mission plan")]
    if not case.plan.sensors:
        return [does_not_apply("The plan declares no sensor.")]
    name, found = str(bound.parameter("count")), list[Outcome]()
    for category, number in Counter(s.category for s in case.plan.sensors).items():
        try:
            known = case.view.sensor_category(category)
        except OverflightError as error:
            found.append(
                breach(f"Sensors of the category {category!r} are not permitted: {error.message}.")
            )
            continue
        limit = known.limits.get(name)
        if not limit:
            text = f"{number} of {category}; the text states no number for this category."
            found.append(compliant(text, measured=number))
            continue
        value = limit[-1]
        text = f"{number} of {category}; at most {value.value:g} are allowed."
        make = compliant if number <= value.value else breach
        found.append(make(text, measured=number, limit=value.value, limit_source=value))
    return summed(found)


def categories_not_used(case: Case, bound: Bound) -> Iterable[Outcome]:
    """No sensor of one of ``categories`` is used."""
    if case.plan is None:
        return [lacking("the mission plan")]
    barred = bound.paths("categories")
    used = [s.id for s in case.plan.sensors if s.category in barred]
    if used:
        return [breach(f"The plan uses {', '.join(used)}. {bound.parameter('broken')}")]
    return [compliant(f"No sensor of {', '.join(barred)} is used.")]


def categories_all_used(case: Case, bound: Bound) -> Iterable[Outcome]:
    """The aircraft carries a sensor of each group in ``groups`` = {name: [categories]}."""
    if case.plan is None:
        return [lacking("the mission plan")]
    groups: Mapping[str, Any] = bound.parameter("groups")
    aboard = {sensor.category for sensor in case.plan.sensors}
    absent = [name for name, members in groups.items() if not aboard & set(members)]
    if absent:
        return [breach(f"The aircraft carries no {' and no '.join(absent)}.")]
    return [compliant(f"The aircraft carries {', '.join(groups)}.")]


def resolution_no_better(case: Case, bound: Bound) -> Iterable[Outcome]:
    """No sensor resolves finer at its minimum height than its category may."""
    if case.plan is None:
        return [lacking("the mission plan")]
    if not case.plan.sensors:
        return [does_not_apply("The plan declares no sensor.")]
    found = [_resolution(sensor, bound) for sensor in case.plan.sensors]
    return summed(found)


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
    models = installed_sensors(case, plan.aircraft) or {}
    found = []
    for sensor in concerned:
        model = models.get(sensor.id)
        limit = bound.limit or bound.category_limits.get(sensor.category)
        if model is None or limit is None:
            found.append(lacking(f"the view angles of {sensor.id} and the limit of its category"))
            continue
        heights = [leg.height_agl_m for leg in plan.legs if sensor.id in leg.sensors]
        if heights:
            width = str(bound.parameter("measure")) == "width"
            angles = (f"{sensor.id}.near_deg", f"{sensor.id}.far_deg")
            secret = figures_private(case, plan.aircraft, *angles)
            outcome = _coverage(sensor, model, max(heights), limit, width=width)
            found.append(replace(outcome, private=secret))
    if not found:
        return [does_not_apply("None of these sensors operates on any leg.")]
    return summed(found)


def depends_on_height(case: Case, category: str) -> bool:
    """Whether the ground resolution of the category depends on height (unknown: it does)."""
    try:
        return bool(case.view.sensor_category(category).height_bound)
    except OverflightError:
        return True


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
    covers = f"{reach:.1f} km" if math.isfinite(reach) else "the ground as far as the horizon"
    covers = f"a swath of {covers}" if width else f"{covers} to each side"
    text = (
        f"{sensor.id} covers {covers} from {height:,.0f} m; at most {as_number(limit):g} "
        f"{limit.unit} are allowed."
    )
    make = compliant if reach <= as_number(limit) else breach
    measured = round(reach, 2) if math.isfinite(reach) else "to the horizon"
    rest = {"measured": measured, "limit": limit.value, "unit": limit.unit}
    return make(text, **rest, limit_source=limit)


def _tangent(degrees: float) -> float:
    return math.inf if degrees >= 90.0 else math.tan(math.radians(degrees))
