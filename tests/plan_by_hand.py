"""A mission plan drawn by hand: Kubinka and back in four legs, with a rest at Tver.

2,000 m above ground on the Saab 340B, 450 km/h. Its strips are 2 km tan(37.5 deg) and
2 km tan(60 deg) wide to each side.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from itertools import pairwise

from overflight.geo.geodesic import destination, distance_km
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

KUBINKA = PlanAirfield("UUMB", "Kubinka", Position(55.6117, 36.6500))
TVER = PlanAirfield("UUEM", "Tver", Position(56.8247, 35.7577))
WEST, NORTH = Position(55.6, 35.0), Position(56.4, 35.4)
BEGINS = dt.datetime(2021, 5, 19, 7, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SENSORS = ("vertical", "oblique-left", "oblique-right")
HALF_KM = 2.0 * math.tan(math.radians(60))


def square(centre: Position, half_km: float) -> tuple[Position, ...]:
    return tuple(destination(centre, az, half_km * math.sqrt(2)) for az in (45, 135, 225, 315))


DANGER = HazardousAirspace("UUD1", "danger", square(Position(55.95, 35.18), 8.0), "crossed")


def leg(fixes: dict[str, Position], start: str, end: str, departs: dt.datetime) -> Leg:
    km = distance_km(fixes[start], fixes[end])
    lasts = dt.timedelta(seconds=round(km / 450 * 3600))
    return Leg(
        start, end, km, km, 2000.0, sensors=SENSORS, departs=departs, arrives=departs + lasts
    )


def plan(height: float = 2000.0) -> MissionPlan:
    at = {
        "UUMB": KUBINKA.position, "W1": WEST, "W2": NORTH, "UUEM": TVER.position,
        "UUMB-2": KUBINKA.position,
    }  # fmt: skip
    order = list(at)
    legs: list[Leg] = []
    clock = BEGINS
    for start, end in pairwise(order):
        legs.append(replace(leg(at, start, end, clock), height_agl_m=height))
        assert legs[-1].arrives is not None
        clock = legs[-1].arrives + (HOUR if end == "UUEM" else dt.timedelta())
    arrived = legs[2].arrives
    assert arrived is not None
    airfields = {"UUMB": "UUMB", "UUEM": "UUEM", "UUMB-2": "UUMB"}
    return MissionPlan(
        treaty="open-skies", observing="DEU", observed="RUS", quota_holder="RUBY",
        aircraft="saab-340b", aircraft_designated_by="SWE", aircraft_provided_by="DEU",
        icao_type="SF34", cruise_km_h=450.0, point_of_entry=KUBINKA, start=KUBINKA, end=KUBINKA,
        point_of_exit=KUBINKA,
        fixes=tuple(Fix(name, p, airfields.get(name)) for name, p in at.items()),
        legs=tuple(legs), stops=(Stop("UUEM", "rest", arrived, arrived + HOUR),),
        sensors=tuple(PlanSensor(s, "optical-framing", 2000.0, 0.3) for s in SENSORS),
        times=PlanTimes(
            arrival_at_point_of_entry=BEGINS - 40 * HOUR, submitted=BEGINS - 30 * HOUR,
            commencement=BEGINS, completion=legs[-1].arrives,
        ),
        hazardous_airspace=(DANGER,), turn_technique="turn short",
        identification="SE-XXX", wake_category="M", equipment="S/S",
    )  # fmt: skip
