"""A mission that keeps every rule, as four documents, and the means to spoil one thing at a time.

Germany over the Russian Federation on 19 May 2021 from Kubinka, on Sweden's aircraft. Positions of
the airfields are those of Annex E; the fixes are whole minutes of arc in the Volga region, far
from any border. Nothing here is a fact about any flight that took place.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.rules.case import DOCUMENT_OF, Case
from overflight.terms.mission_plan import (
    Fix,
    Leg,
    MissionPlan,
    PlanAirfield,
    PlanSensor,
    PlanTimes,
)
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.treaty.view import TreatyView

KUBINKA = PlanAirfield("UUMB", "Kubinka", Position(55.608333, 36.652778))
CRUISE_KM_H = 450.0
HEIGHT_M = 2500.0

VOLGA = ((56.5, 40.0), (57.5, 43.0), (55.5, 44.0), (54.5, 40.0))
"""Four corners of a ring that begins and ends at Kubinka and crosses nothing."""


def utc(text: str) -> dt.datetime:
    """An instant, from 2021-05-19T07:00:00Z."""
    return dt.datetime.fromisoformat(text)


def legs_through(
    fixes: Sequence[Fix], begin: dt.datetime, *, height_m: float = HEIGHT_M
) -> tuple[Leg, ...]:
    """Direct legs over the territory through all fixes, at cruise."""
    legs: list[Leg] = []
    clock = begin
    for a, b in pairwise(fixes):
        length = distance_km(a.position, b.position)
        arrives = clock + dt.timedelta(hours=length / CRUISE_KM_H)
        legs.append(
            Leg(
                a.id,
                b.id,
                distance_km=length,
                distance_over_territory_km=length,
                height_agl_m=height_m,
                terrain_max_m=200.0,
                altitude_m=height_m + 200.0,
                sensors=("vertical",),
                departs=clock,
                arrives=arrives,
            )
        )
        clock = arrives
    return tuple(legs)


def plan_through(
    corners: Sequence[tuple[float, float]] = VOLGA,
    *,
    start: PlanAirfield = KUBINKA,
    end: PlanAirfield | None = None,
    begin: dt.datetime | None = None,
    **changes: Any,
) -> MissionPlan:
    """A plan from ``start`` through the corners (lat, lon) to ``end`` (default: back)."""
    begin = begin or utc("2021-05-19T07:00:00Z")
    end = end or start
    fixes = (
        Fix("F01", start.position, start.code),
        *(
            Fix(f"F{number:02d}", Position(lat=lat, lon=lon))
            for number, (lat, lon) in enumerate(corners, start=2)
        ),
        Fix(f"F{len(corners) + 2:02d}", end.position, end.code),
    )
    legs = legs_through(fixes, begin)
    plan = MissionPlan(
        treaty="open-skies",
        observing="DEU",
        observed="RUS",
        quota_holder="RUBY",
        aircraft="saab-340b",
        aircraft_designated_by="SWE",
        aircraft_provided_by="DEU",
        icao_type="SF34",
        cruise_km_h=CRUISE_KM_H,
        point_of_entry=start,
        start=start,
        end=end,
        point_of_exit=end,
        fixes=fixes,
        legs=legs,
        stops=(),
        sensors=(PlanSensor("vertical", "optical-framing", 2000.0, 0.30),),
        times=PlanTimes(
            arrival_at_point_of_entry=begin - dt.timedelta(hours=47),
            submitted=begin - dt.timedelta(hours=43),
            commencement=begin,
            completion=legs[-1].arrives,
        ),
        turn_technique="turn short",
        identification="SVF123",
        wake_category="M",
        equipment="S/S",
    )
    return dataclasses.replace(plan, **changes)


def documents() -> dict[str, dict[str, Any]]:
    """The three other documents of the mission, all in order. A fresh copy each time."""
    return copy.deepcopy(_DOCUMENTS)


@cache
def treaty() -> Treaty:
    return load_treaty("open-skies")


def view_on(date: dt.date, readings: Mapping[str, str] | None = None) -> TreatyView:
    return treaty().on(date, readings)


def rule(id_: str, phase: str) -> Any:
    """The binding of a rule in a phase."""
    found = [r for r in treaty().rules if r.id == id_ and r.phase == phase]
    assert len(found) == 1, f"{id_} in {phase}: {len(found)} rules"
    return found[0]


def case(
    plan: MissionPlan | None,
    papers: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    geography: Any = None,
    now: dt.datetime | None = None,
    readings: Mapping[str, str] | None = None,
    on: dt.date | None = None,
) -> Case:
    date = on or (plan.date if plan and plan.date else dt.date(2021, 5, 19))
    return Case(
        view_on(date, readings), documents() if papers is None else papers, plan, geography, now
    )


# --- spoiling one thing -------------------------------------------------------------------------


def patched(
    plan: MissionPlan, papers: dict[str, dict[str, Any]], changes: Mapping[str, Any]
) -> MissionPlan:
    """The plan with dotted paths set anew; other documents are changed in place.

    "plan.legs.0.height_agl_m" is one leg, "plan.legs.*.height_agl_m" all of them. The value
    "(absent)" takes a field out of a document, or sets it to None in a plan.
    """
    for path, value in changes.items():
        first, *names = path.split(".")
        if first == "plan":
            plan = _set_in(plan, names, value)
        else:
            _set_key(papers[DOCUMENT_OF[first]], names, value)
    return plan


def _set_in(thing: Any, names: Sequence[str], value: Any) -> Any:
    if not names:
        return _typed(thing, value)
    name, rest = names[0], names[1:]
    if isinstance(thing, tuple):
        chosen = range(len(thing)) if name == "*" else (int(name),)
        return tuple(
            _set_in(item, rest, value) if i in chosen else item for i, item in enumerate(thing)
        )
    return dataclasses.replace(thing, **{name: _set_in(getattr(thing, name), rest, value)})


def _typed(old: Any, value: Any) -> Any:
    if value == "(absent)":
        return None
    if isinstance(value, str) and re.match(r"^\d{4}-\d\d-\d\dT", value):
        return utc(value)
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict) and (isinstance(old, PlanAirfield) or old is None):
        return PlanAirfield(value["code"], value["name"], Position(value["lat"], value["lon"]))
    return value


def _set_key(thing: Any, names: Sequence[str], value: Any) -> None:
    *path, last = names
    for name in path:
        thing = thing[int(name)] if isinstance(thing, list) else thing[name]
    if value == "(absent)":
        del thing[last]
    elif value == "(null)":
        thing[last] = None
    elif isinstance(thing, list):
        thing[int(last)] = value
    else:
        thing[last] = value


_PERSON = {
    "name": "A. Example",
    "gender": "female",
    "date_of_birth": "1980-01-01",
    "place_of_birth": "Exampletown",
    "passport_number": "X0000000",
    "passport_issuer": "DEU",
    "function": "flight crew",
}

_DOCUMENTS: dict[str, dict[str, Any]] = {
    "notification": {
        "kind": "notification",
        "version": 1,
        "observing": "DEU",
        "observed": "RUS",
        "quota_holder": "RUBY",
        "sent": "2021-05-13T08:00:00Z",
        "acknowledged": "2021-05-13T20:00:00Z",
        "acknowledged_aircraft": None,
        "point_of_entry": "UUMB",
        "start_airfield": None,
        "arrival_at_point_of_entry": "2021-05-17T08:00:00Z",
        "inspection": {"place": "UUMB", "begins": "2021-05-17T14:00:00Z"},
        "diplomatic_clearance": "OS-0000",
        "aircraft": "saab-340b",
        "aircraft_identification": "Saab 340B, an example",
        "aircraft_provided_by": "DEU",
        "flight_distance_km": 1200,
        "personnel": [_PERSON, {**_PERSON, "name": "B. Example"}],
        "all_parties_notified": "2021-05-13T08:00:00Z",
        "flights_planned_in_quarter": 9,
        "flights_this_year": 0,
        "transit": [
            {
                "state": "POL",
                "notified": "2021-05-13T08:00:00Z",
                "along_ats_routes": True,
                "straits": False,
                "originates_in": "DEU",
            }
        ],
    },
    "flight-record": {
        "kind": "flight-record",
        "version": 1,
        "estimated_arrival_at_point_of_entry": "2021-05-17T08:00:00Z",
        "arrival_at_point_of_entry": "2021-05-17T08:30:00Z",
        "departed_point_of_entry": "2021-05-17T10:00:00Z",
        "arrived_start_airfield": "2021-05-17T10:00:00Z",
        "formalities_completed": "2021-05-17T10:00:00Z",
        "entry_documents": {
            "requested": "2021-05-17T08:30:00Z",
            "issued": "2021-05-17T09:00:00Z",
        },
        "equipment_examination": {
            "items_arrived": "2021-05-17T08:30:00Z",
            "begun": "2021-05-17T09:00:00Z",
            "completed": "2021-05-17T09:45:00Z",
            "other_side_present": True,
        },
        "inspection": {
            "by": "observed",
            "inspectors": 8,
            "begun": "2021-05-17T14:00:00Z",
            "completed": "2021-05-17T20:00:00Z",
            "items_removed": True,
            "corresponds": True,
        },
        "demonstration": {
            "requested_by": "observed",
            "begun": "2021-05-18T06:00:00Z",
            "completed": "2021-05-18T07:30:00Z",
            "satisfied": True,
        },
        "plan_submitted": "2021-05-17T12:00:00Z",
        "plan_answered": "2021-05-17T15:00:00Z",
        "plan_agreed": "2021-05-17T16:00:00Z",
        "flight_plan_filed": "2021-05-17T16:30:00Z",
        "changes_proposed": [{"cause": "weather", "precludes_observation": False}],
        "hazards_answered": {},
        "prohibited": None,
        "declined": None,
        "commenced": "2021-05-19T07:00:00Z",
        "completed": "2021-05-19T10:00:00Z",
        "distance_over_territory_km": 1300,
        "deviations": [
            {
                "cause": "weather-safety",
                "max_offset_km": 20,
                "distance_added_km": 30,
                "below_minimum_for": [],
                "personnel_informed": True,
            }
        ],
        "curtailed": None,
        "counted": True,
        "data_retained": True,
        "observation_periods": [
            {
                "sensor": "vertical",
                "begun": "2021-05-19T07:10:00Z",
                "completed": "2021-05-19T09:50:00Z",
                "least_height_agl_m": 2400,
            }
        ],
        "sensors_operated_outside": [],
        "covers_inspected": {
            "point_of_entry": True,
            "leaving_point_of_entry": True,
            "leaving_end_airfield": True,
            "point_of_exit": True,
        },
        "transit_landings": [{"state": "POL", "covers_inspected": True}],
        "personnel_on_board": {
            "flight_monitors": 2,
            "flight_representatives": 0,
            "representatives": 2,
            "interpreters": 1,
            "sensor_control_stations": 1,
        },
        "language_spoken": True,
        "priority_given": True,
        "pilot_overruled": False,
        "national_rules_followed": True,
        "icao_rules_followed": True,
        "data_transmitted": False,
        "other_signals_equipment": False,
        "other_flights_accepted": 0,
        "departed_point_of_exit": "2021-05-20T08:00:00Z",
        "departure_delayed_by": None,
    },
    "mission-report": {
        "kind": "mission-report",
        "version": 1,
        "date": "2021-05-19",
        "time": "07:00-10:00Z",
        "route": "F01 to F06",
        "profile": "2500 m above ground",
        "weather": "clear",
        "observation_periods": "one, vertical camera",
        "amount_of_data": "two rolls",
        "covers": "in position",
        "signed_by": ["DEU", "RUS"],
        "signed_at": "UUMB",
        "signed": "2021-05-20T07:00:00Z",
        "arrived_point_of_exit": "2021-05-19T10:00:00Z",
        "departed_point_of_exit": "2021-05-20T08:00:00Z",
        "departed_territory": "2021-05-20T09:00:00Z",
        "distributed": "2021-05-25T08:00:00Z",
        "prohibited_at": None,
        "declined_at": None,
        "film": {"developed_by": "observed", "developed": "2021-05-21T10:00:00Z"},
    },
    "certification-record": {
        "kind": "certification-record",
        "version": 1,
        "period_days": 7,
        "people": 40,
        "participants": [{"party": "POL", "people": 4}, {"party": "CAN", "people": 2}],
        "ground_periods": [{"hours": 8.0}, {"hours": 7.5}, {"hours": 3.0}],
        "images": [
            {
                "kind": "image",
                "image": f"{sensor}-{number}",
                "sensor": sensor,
                "method": method,
                "mounting": mounting,
                "pass": f"{sensor}-pass-{number}",
                "height_m": 1500.0,
                "tilt_deg": tilt,
                "track_offset_deg": 20.0,
                "centre_offset_percent": -25.0,
                "target_stands": "horizontal",
                "clear_daytime": True,
                "visual": True,
            }
            for sensor, method, mounting, tilt in (
                ("V1", "digital", "vertical", 0.0),
                ("T1", "video", "vertical", 0.0),
                ("T2", "video", "oblique", 60.0),
            )
            for number in range(1, 6)
        ],
        "targets": [{"target": "A", "kind": "bars", "contrast": 5.0, "stands": "horizontal"}],
        "sensors": [
            {
                "kind": "sensor",
                "sensor": sensor,
                "method": method,
                "height_bound": method != "radar",
                "covers": True,
                "agreed_contrast": contrast,
                "limit_m": 0.3 if method != "radar" else 3.0,
                "h_min_m": 1500.0 if method != "radar" else None,
                "h_min_low_m": 1400.0 if method != "radar" else None,
                "stated_h_min_m": 1500.0 if method != "radar" else None,
                "resolution_m": None if method != "radar" else 3.0,
            }
            for sensor, method, contrast in (
                ("V1", "digital", None),
                ("F1", "film", 1.6),
                ("S1", "radar", None),
            )
        ],
        "established": {
            "designated": True,
            "sensors_permitted": True,
            "information_given": True,
        },
        "agreements": [],
    },
}
