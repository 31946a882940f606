"""A plan along its way: heights above sea and ground leg by leg, and what is seen from where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from overflight.terms.mission_plan import MissionPlan
from overflight.terms.working_plan import Observation


def plan_profile(plan: MissionPlan, observations: Sequence[Observation] = ()) -> dict[str, Any]:
    """Legs with the km at which they begin and end, and observations with the km at which the
    site is abeam. None where a plan does not say."""
    legs: list[dict[str, Any]] = []
    at = 0.0
    for leg in plan.legs:
        legs.append(
            {
                "from": leg.start,
                "to": leg.end,
                "from_km": at,
                "to_km": at + leg.distance_km,
                "altitude_m": leg.altitude_m,
                "height_agl_m": leg.height_agl_m,
                "terrain_max_m": leg.terrain_max_m,
                "sensors": None if leg.sensors is None else list(leg.sensors),
            }
        )
        at += leg.distance_km
    seen = []
    for observation in observations:
        leg, row = plan.legs[observation.leg], legs[observation.leg]
        part = 0.5
        if leg.departs is not None and leg.arrives is not None and leg.arrives > leg.departs:
            part = (observation.at - leg.departs) / (leg.arrives - leg.departs)
        seen.append(
            {
                "site": observation.site,
                "sensor": observation.sensor,
                "km": row["from_km"] + min(1.0, max(0.0, part)) * leg.distance_km,
                "off_track_km": observation.off_track_km,
                "ground_resolution_m": observation.ground_resolution_m,
            }
        )
    limits = [
        {
            "sensor": sensor.id,
            "h_min_m": sensor.h_min_m,
            "ground_resolution_m": sensor.ground_resolution_m,
        }
        for sensor in plan.sensors
    ]
    return {"kind": "plan-profile", "version": 1, "km": at, "legs": legs,
            "observations": seen, "sensors": limits}  # fmt: skip
