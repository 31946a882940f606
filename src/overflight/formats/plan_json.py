"""Mission plans and working plans as JSON (schemas: mission-plan, working-plan).

``mission_plan_to_dict`` and ``mission_plan_from_dict`` are exact inverses, to the byte: a plan
that is read and written again has the same digest. Nothing travels in a mission-plan document
but its named fields: another one is an error, both ways.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError, PlanError
from overflight.formats.flight_json import flyability_to_dict
from overflight.formats.plan_consistency import refuse_inconsistent
from overflight.formats.releasable import releasable
from overflight.formats.schema import validate
from overflight.formats.strict_json import load_json, pointer, read_source
from overflight.formats.times import read_time, write_time
from overflight.formats.weather_json import weather_to_dict
from overflight.geo.positions import Position
from overflight.terms.certificates import Certificate
from overflight.terms.mission_plan import (
    MISSION_PLAN_VERSION,
    Fix,
    HazardousAirspace,
    Leg,
    MissionPlan,
    PlanAirfield,
    PlanSensor,
    PlanTimes,
    Stop,
)
from overflight.terms.sites import Site
from overflight.terms.working_plan import WORKING_PLAN_VERSION, Observation, WorkingPlan

_TIMES = ("arrival_at_point_of_entry", "submitted", "commencement", "completion")


def read_mission_plan(source: str | Path | bytes) -> MissionPlan:
    """The mission plan in a file, in standard input ("-") or in the bytes given.

    Of a working-plan document only the plan to hand over is read, never the one kept at home.
    Raises DataError, with the place and the remedy, for anything that is not a mission plan.
    """
    data, label = read_source(source)
    document = load_json(data, label)
    if isinstance(document, dict) and document.get("kind") == "working-plan":
        inside = document.get("released_plan", document.get("mission_plan"))
        if not isinstance(inside, dict):
            raise DataError(
                "this working plan holds no mission plan that may be handed over"
                + (f": {document['withheld']}" if document.get("withheld") else ""),
                file=label,
                where="/released_plan",
                remedy="Make the plan again without what stands in the way.",
            )
        document = inside
    return mission_plan_from_dict(document, file=label)


# --- writing ----------------------------------------------------------------------------------


def mission_plan_to_dict(plan: MissionPlan) -> dict[str, Any]:
    """The mission-plan document: JSON-ready, every field of the schema present."""
    return {
        "kind": "mission-plan",
        "version": MISSION_PLAN_VERSION,
        "treaty": plan.treaty,
        "observing": plan.observing,
        "observed": plan.observed,
        "quota_holder": plan.quota_holder,
        "aircraft": plan.aircraft,
        "aircraft_designated_by": plan.aircraft_designated_by,
        "aircraft_provided_by": plan.aircraft_provided_by,
        "icao_type": plan.icao_type,
        "cruise_km_h": plan.cruise_km_h,
        "identification": plan.identification,
        "wake_category": plan.wake_category,
        "equipment": plan.equipment,
        "point_of_entry": _airfield_to_dict(plan.point_of_entry),
        "start": _airfield_to_dict(plan.start),
        "end": _airfield_to_dict(plan.end),
        "point_of_exit": _airfield_to_dict(plan.point_of_exit),
        "fixes": [
            {"id": f.id, **_position_to_dict(f.position), "airfield": f.airfield}
            for f in plan.fixes
        ],
        "legs": [leg_to_dict(leg) for leg in plan.legs],
        "stops": [
            {
                "fix": stop.fix,
                "purpose": stop.purpose,
                "arrives": write_time(stop.arrives),
                "departs": write_time(stop.departs),
            }
            for stop in plan.stops
        ],
        "sensors": [
            {
                "id": sensor.id,
                "category": sensor.category,
                "h_min_m": sensor.h_min_m,
                "ground_resolution_m": sensor.ground_resolution_m,
                "basis": sensor.basis,
            }
            for sensor in plan.sensors
        ],
        "times": {name: _time_or_none(getattr(plan.times, name)) for name in _TIMES},
        "hazardous_airspace": [
            {
                "id": area.id,
                "kind": area.kind,
                "ring": [_position_to_dict(p) for p in area.ring],
                "handling": area.handling,
            }
            for area in plan.hazardous_airspace
        ],
        "alternates": [_airfield_to_dict(a) for a in plan.alternates],
        "turn_technique": plan.turn_technique,
        "distance_condition": plan.distance_condition,
        "agreements": list(plan.agreements),
        "readings": dict(plan.readings),
        "marks": list(plan.marks),
        "remarks": list(plan.remarks),
        "not_decided_here": list(plan.not_decided_here),
    }


def leg_to_dict(leg: Leg) -> dict[str, Any]:
    """A leg as the mission-plan document writes it."""
    return {
        "start": leg.start,
        "end": leg.end,
        "distance_km": leg.distance_km,
        "distance_over_territory_km": leg.distance_over_territory_km,
        "height_agl_m": leg.height_agl_m,
        "terrain_max_m": leg.terrain_max_m,
        "altitude_m": leg.altitude_m,
        "sensors": list(leg.sensors),
        "departs": _time_or_none(leg.departs),
        "arrives": _time_or_none(leg.arrives),
    }


def working_plan_to_dict(working: WorkingPlan) -> dict[str, Any]:
    """The working-plan document. Private: it names sites and what is seen of them.

    Its ``mission_plan`` has all figures and stays at home with the rest. ``released_plan`` is what
    is handed over, and all that ``read_mission_plan`` takes out again; it is None, and
    ``withheld`` says why, where the plan cannot be released as it stands.
    """
    limit, findings = working.maximum_flight_distance, working.findings.as_dict()
    fields = working.private_sensor_fields
    released, withheld = None, ""
    try:
        released = mission_plan_to_dict(releasable(working))
    except PlanError as error:
        withheld = error.message
    return {
        "kind": "working-plan",
        "version": WORKING_PLAN_VERSION,
        "flight_distance_km": working.plan.flight_distance_km,
        "maximum_flight_distance_km": limit.value if limit.unit == "km" else None,
        "maximum_flight_distance": limit.as_dict(),
        "value_observed": working.value_observed,
        "value_total": working.value_total,
        "sites_observed": sorted(working.sites_observed),
        "legs": [leg_to_dict(leg) for leg in working.plan.legs],
        "verdict": findings["verdict"],
        "findings": findings["findings"],
        "does_not_apply": findings["does_not_apply"],
        "notes": findings["notes"],
        "readings": {**findings["readings"], **working.readings},
        "assumptions": list(working.assumptions),
        "search": {
            "solver": working.search.solver,
            "seed": working.search.seed,
            "iterations": working.search.iterations,
            "seconds": working.search.seconds,
            "stopped_early": working.search.stopped_early,
            "notes": list(working.search.notes),
        },
        "certificate": certificate_to_dict(working.certificate),
        "flyability": flyability_to_dict(working.flyability),
        "weather": weather_to_dict(working.weather),
        "max_fixes": working.max_fixes,
        "height": working.height,
        "private_values_used": working.private_values_used,
        "private_sensor_fields": None if fields is None else list(fields),
        "mission_plan": mission_plan_to_dict(working.plan),
        "released_plan": released,
        "withheld": withheld,
        "sites": [_site_to_dict(site) for site in working.sites],
        "observations": [_observation_to_dict(o) for o in working.observations],
    }


def certificate_to_dict(certificate: Certificate | None) -> dict[str, Any] | None:
    """A certificate as the working-plan document writes it; an infinite gap is None."""
    if certificate is None:
        return None
    return {
        "value": certificate.value,
        "bound": certificate.bound,
        "gap": certificate.gap if math.isfinite(certificate.gap) else None,
        "percent": certificate.percent,
        "how": certificate.how,
        "seconds": certificate.seconds,
    }


def _site_to_dict(site: Site) -> dict[str, Any]:
    return {
        "id": site.id,
        "name": site.name,
        **_position_to_dict(site.position),
        "value": site.value,
        "resolution_m": site.resolution_m,
        "earliest": _time_or_none(site.earliest),
        "latest": _time_or_none(site.latest),
    }


def _observation_to_dict(observation: Observation) -> dict[str, Any]:
    return {
        "site": observation.site,
        "sensor": observation.sensor,
        "leg": observation.leg,
        "off_track_km": observation.off_track_km,
        "ground_resolution_m": observation.ground_resolution_m,
        "at": write_time(observation.at),
    }


def _position_to_dict(position: Position) -> dict[str, float]:
    """Degrees as they are read back: no negative zero, and the antimeridian is -180."""
    lon = -180.0 if position.lon >= 180.0 else position.lon
    return {"lat": position.lat + 0.0, "lon": lon + 0.0}


def _airfield_to_dict(airfield: PlanAirfield | None) -> dict[str, Any] | None:
    if airfield is None:
        return None
    return {"code": airfield.code, "name": airfield.name, **_position_to_dict(airfield.position)}


def _time_or_none(moment: dt.datetime | None) -> str | None:
    return None if moment is None else write_time(moment)


# --- reading ----------------------------------------------------------------------------------


def mission_plan_from_dict(
    document: Mapping[str, Any], *, file: str | Path | None = None
) -> MissionPlan:
    """The plan in a mission-plan document, as ``json.loads`` gives it.

    Raises DataError with the JSON Pointer of what is wrong: against the schema first, then
    where the parts do not fit together (``plan_consistency``).
    """
    validate(document, "mission-plan", file=file)
    read = _Reader(file)
    declared = tuple(sensor["id"] for sensor in document["sensors"])
    plan = MissionPlan(
        treaty=document["treaty"],
        observing=document["observing"],
        observed=document["observed"],
        quota_holder=document["quota_holder"],
        aircraft=document["aircraft"],
        aircraft_designated_by=document["aircraft_designated_by"],
        aircraft_provided_by=document["aircraft_provided_by"],
        icao_type=document["icao_type"],
        cruise_km_h=document["cruise_km_h"],
        point_of_entry=read.airfield(document.get("point_of_entry"), "point_of_entry"),
        start=read.some_airfield(document["start"], "start"),
        end=read.some_airfield(document["end"], "end"),
        point_of_exit=read.airfield(document.get("point_of_exit"), "point_of_exit"),
        fixes=tuple(
            Fix(f["id"], read.position(f, "fixes", i), f.get("airfield"))
            for i, f in enumerate(document["fixes"])
        ),
        legs=tuple(read.leg(leg, i, declared) for i, leg in enumerate(document["legs"])),
        stops=tuple(
            Stop(
                fix=s["fix"],
                purpose=s["purpose"],
                arrives=read.time(s["arrives"], "stops", i, "arrives"),
                departs=read.time(s["departs"], "stops", i, "departs"),
            )
            for i, s in enumerate(document.get("stops", ()))
        ),
        sensors=tuple(
            PlanSensor(
                id=s["id"],
                category=s["category"],
                h_min_m=s.get("h_min_m"),
                ground_resolution_m=s.get("ground_resolution_m"),
                basis=s.get("basis", ""),
            )
            for s in document["sensors"]
        ),
        times=PlanTimes(
            **{n: read.time_or_none(document["times"].get(n), "times", n) for n in _TIMES}
        ),
        hazardous_airspace=tuple(
            HazardousAirspace(
                id=h["id"],
                kind=h["kind"],
                ring=tuple(
                    read.position(p, "hazardous_airspace", i, "ring", j)
                    for j, p in enumerate(h["ring"])
                ),
                handling=h.get("handling", "avoided"),
            )
            for i, h in enumerate(document.get("hazardous_airspace", ()))
        ),
        alternates=tuple(
            read.some_airfield(a, "alternates", i)
            for i, a in enumerate(document.get("alternates", ()))
        ),
        turn_technique=document.get("turn_technique", ""),
        distance_condition=document.get("distance_condition", ""),
        agreements=tuple(document.get("agreements", ())),
        readings=dict(document.get("readings", {})),
        marks=tuple(document.get("marks", ())),
        remarks=tuple(document.get("remarks", ())),
        identification=document.get("identification", ""),
        wake_category=document.get("wake_category", ""),
        equipment=document.get("equipment", ""),
        not_decided_here=tuple(document.get("not_decided_here", ())),
    )
    refuse_inconsistent(plan, file=file)
    return plan


class _Reader:
    """Turns parts of a document that passed the schema into terms, naming the place of a fault."""

    def __init__(self, file: str | Path | None) -> None:
        self.file = file

    def position(self, part: Mapping[str, Any], *place: str | int) -> Position:
        try:
            return Position(lat=part["lat"], lon=part["lon"])
        except DataError as error:
            raise DataError(
                error.message, file=self.file, where=pointer(*place), remedy=error.remedy
            ) from None

    def some_airfield(self, part: Mapping[str, Any], *place: str | int) -> PlanAirfield:
        return PlanAirfield(part["code"], part["name"], self.position(part, *place))

    def airfield(self, part: Mapping[str, Any] | None, *place: str | int) -> PlanAirfield | None:
        return None if part is None else self.some_airfield(part, *place)

    def time(self, value: object, *place: str | int) -> dt.datetime:
        return read_time(value, where=pointer(*place), file=self.file)

    def time_or_none(self, value: object, *place: str | int) -> dt.datetime | None:
        return None if value is None else self.time(value, *place)

    def leg(self, part: Mapping[str, Any], i: int, declared: tuple[str, ...]) -> Leg:
        """A leg. Where ``sensors`` is absent all ``declared`` may operate; [] says none."""
        return Leg(
            start=part["start"],
            end=part["end"],
            distance_km=part["distance_km"],
            distance_over_territory_km=part["distance_over_territory_km"],
            height_agl_m=part["height_agl_m"],
            terrain_max_m=part.get("terrain_max_m"),
            altitude_m=part.get("altitude_m"),
            sensors=tuple(part.get("sensors", declared)),
            departs=self.time_or_none(part.get("departs"), "legs", i, "departs"),
            arrives=self.time_or_none(part.get("arrives"), "legs", i, "arrives"),
        )
