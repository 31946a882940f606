"""An overlay's part in a check: figures that a plan leaves out, and findings that rest on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from overflight.errors import OverflightError
from overflight.formats.releasable import AS_CERTIFIED, FIGURES, sensors_with
from overflight.terms.findings import Findings
from overflight.terms.mission_plan import MissionPlan, PlanSensor
from overflight.treaty.model import RuleBinding
from overflight.treaty.view import TreatyView

_READ_BY: Mapping[str, tuple[str, ...]] = {
    "height_above_minimum": ("h_min_m",),
    "heights_in_periods": ("h_min_m",),
    "resolution_no_better": FIGURES,  # a private H_min takes the resolution with it
    "coverage_at_most": ("near_deg", "far_deg"),
    "mounted_as_permitted": ("near_deg", "sides"),
}
"""Fields of a sensor that a predicate reads. Its answer may name one sensor, and rest on all."""


def private_sensor_fields(view: TreatyView, plan: MissionPlan) -> tuple[str, ...]:
    """What an overlay gave of the plan's sensors, as "sensor-id.field"."""
    try:
        fields = view.private_sensor_fields(plan.aircraft)
    except OverflightError:
        return ()
    declared = {sensor.id for sensor in plan.sensors}
    return tuple(name for name in dict.fromkeys(fields) if name.rpartition(".")[0] in declared)


def completed(plan: MissionPlan, view: TreatyView) -> MissionPlan:
    """The plan with the figures that it states "as certified" and the overlay gives."""
    known = sensors_with(private_sensor_fields(view, plan), FIGURES)
    if not known:
        return plan
    models = {sensor.id: sensor for sensor in view.aircraft(plan.aircraft).sensors}

    def told(sensor: PlanSensor) -> PlanSensor:
        stated = sensor.h_min_m is not None or sensor.ground_resolution_m is not None
        if stated or sensor.basis != AS_CERTIFIED or sensor.id not in known:
            return sensor
        model = models[sensor.id]
        return replace(
            sensor, h_min_m=model.h_min_m, ground_resolution_m=model.resolution_at_h_min_m
        )

    return replace(plan, sensors=tuple(told(sensor) for sensor in plan.sensors))


def marked(findings: Findings, plan: MissionPlan, view: TreatyView, phase: str) -> Findings:
    """The findings, each marked private that rests on a private figure of the plan's sensors.

    Where several sensors were held against a limit the finding tells of the one that comes
    nearest to it; the answer rests on the others as well.
    """
    secret = private_sensor_fields(view, plan)
    asked = (rule for rule in view.rules if rule.phase == phase)
    rules = {rule.id for rule in asked if _rests_on(rule, plan, view, secret)}
    return replace(
        findings,
        items=tuple(replace(f, private=True) if f.rule in rules else f for f in findings.items),
    )


def _rests_on(
    rule: RuleBinding, plan: MissionPlan, view: TreatyView, secret: tuple[str, ...]
) -> bool:
    categories = rule.parameters.get("categories")
    concerned = {s.id for s in plan.sensors if categories is None or s.category in categories}
    if concerned & sensors_with(secret, _READ_BY.get(rule.predicate, ())):
        return True
    scheme, _, key = rule.limit.partition(":")
    return scheme == "category" and any(
        _limit_is_private(view, category, key) for category in {s.category for s in plan.sensors}
    )


def _limit_is_private(view: TreatyView, category: str, key: str) -> bool:
    try:
        rows = view.sensor_category(category).limits.get(key, ())
    except OverflightError:
        return False
    return bool(rows) and rows[-1].private
