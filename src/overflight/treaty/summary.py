"""A view as a plain document: what ``treaty show --json`` prints and pages can render."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from overflight.errors import NotInForceError, OverflightError, UnknownValueError
from overflight.terms.values import Status
from overflight.treaty.aircraft import known_aircraft
from overflight.treaty.ceilings import holding
from overflight.treaty.loader import SHARED_AIRCRAFT
from overflight.treaty.model import Airfield
from overflight.treaty.party_summary import parties, parts, readings
from overflight.treaty.plain import between, cite, day, plain, until, value_dict
from overflight.treaty.quota_summary import quotas
from overflight.treaty.quotas import reason
from overflight.treaty.status import termination
from overflight.treaty.view import TreatyView

VERSION = 1


def header(view: TreatyView) -> dict[str, Any]:
    """Instrument, date, whether it is in force and why."""
    treaty, begun = view.treaty, view.entry_into_force
    return {
        "kind": "treaty-view",
        "version": VERSION,
        "instrument": treaty.id,
        "name": treaty.name,
        "short": treaty.short,
        "on": day(view.on),
        "signed": day(treaty.signed),
        "place": treaty.place,
        "depositaries": list(treaty.depositaries),
        "in_force": view.in_force,
        "in_force_since": day(view.in_force_since),
        "entry_into_force": {
            "date": day(begun.date),
            "between": between(begun.between),
            "completed_by": day(begun.completed_by),
            "ratified": begun.ratified,
            "needed": treaty.entry_into_force.instruments,
            "required": list(begun.required),
            "cite": cite(begun.citations),
        },
        "terminated": _terminated(view),
        "parts": [
            {
                "id": part.id,
                "name": part.name,
                "from": day(part.valid_from),
                "until": until(part.valid_until),
                "standing": part.standing(view.on),
                "status": str(part.status),
                "note": part.note,
                "cite": cite(part.citations),
            }
            for part in parts(view)
        ],
        "overlay_used": treaty.overlay_used,
    }


def _terminated(view: TreatyView) -> dict[str, Any] | None:
    over = termination(view.treaty, view.on)
    if over is None:
        return None
    return {"date": day(over.date), "note": over.note, "cite": cite(over.citations)}


def airfields(view: TreatyView) -> dict[str, Any]:
    return {
        "airfields": [_airfield(view, airfield) for airfield in view.airfields()],
        "unknown": [
            {"about": gap.about, "note": gap.note, "cite": cite(gap.citations)}
            for gap in view.treaty.gaps
        ],
    }


def values(view: TreatyView) -> dict[str, Any]:
    timed = {deadline.id for deadline in view.treaty.deadlines}
    return {
        "values": [value_dict(v) for v in view.values if v.key not in timed],
        "ceilings": [
            {
                "zone": ceiling.zone,
                "category": ceiling.category,
                "counts": ceiling.counts,
                "per": ceiling.per,
                **value_dict(ceiling.value),
            }
            for ceiling in holding(view.treaty.ceilings, view.on)
        ],
    }


def deadlines(view: TreatyView) -> dict[str, Any]:
    return {
        "deadlines": [
            {**value_dict(d.value), "who": d.who, "what": d.what, "clock": d.clock}
            for d in view.deadlines
        ]
    }


def sensors(view: TreatyView) -> dict[str, Any]:
    return {
        "sensor_categories": [
            {
                "id": category.id,
                "name": category.name,
                "annotation": list(category.annotation),
                "height_bound": category.height_bound,
                "limits": {
                    name: [value_dict(row) for row in rows]
                    for name, rows in view.sensor_category(category.id).limits.items()
                },
                "cite": cite(category.citations),
            }
            for category in view.treaty.categories
        ]
    }


def aircraft(view: TreatyView) -> dict[str, Any]:
    """Every aircraft designated under the regime, or described in its own folder."""
    treaty = view.treaty
    own = tuple(layer for layer in treaty.aircraft_folders if layer[0] != SHARED_AIRCRAFT)
    ids = {*(d.aircraft for d in treaty.designations), *known_aircraft(own)}
    return {"aircraft": [_aircraft(view, id_) for id_ in sorted(ids)]}


def _aircraft(view: TreatyView, id_: str) -> dict[str, Any]:
    designation = next((d for d in view.treaty.designations if d.aircraft == id_), None)
    standing = view.aircraft_standing(id_)
    row: dict[str, Any] = {
        "id": id_,
        "name": designation.name if designation else "",
        "state": designation.state if designation else "",
        "standing": standing.standing,
        "since": day(standing.since),
        "state_standing": _state_standing(view, designation.state if designation else ""),
        "events": [
            {
                "event": event.kind,
                "date": day(event.earliest) if event.earliest == event.latest else None,
                "between": None
                if event.earliest == event.latest
                else between((event.earliest, event.latest)),
                "sensors": list(event.sensors),
                "note": event.note,
                "cite": cite(event.citations),
            }
            for event in standing.events
        ],
        "cite": cite(standing.citations),
    }
    try:
        described = view.aircraft(id_)
    except OverflightError:  # a standing may be recorded of an aircraft nobody describes
        return row
    row["name"] = row["name"] or described.name
    row["state"] = row["state"] or described.designated_by
    row["sensors"] = [sensor.as_dict() for sensor in described.sensors]
    row["assumed"] = list(described.assumed)
    for figure in (described.range_km, described.cruise_km_h, described.max_takeoff_mass_kg):
        row[figure.key] = value_dict(figure)
    return row


def _state_standing(view: TreatyView, state: str) -> str:
    """What else there is to know of an aircraft: that its State is not bound."""
    if state not in view.statuses or not (why := reason(view, state)):
        return ""
    return f"its State is {why}" if why == "not a party" else f"its State {why}"


def decisions(view: TreatyView) -> dict[str, Any]:
    return {
        "decisions": [
            {
                "number": d.number,
                "date": day(d.date),
                "title": d.title,
                "subject": d.subject,
                "effect": d.effect,
                "status": str(d.status),
                "note": d.note,
                "cite": cite(d.citations),
            }
            for d in view.decisions
        ]
    }


def rules(view: TreatyView) -> dict[str, Any]:
    return {
        "rules": [
            {
                "id": rule.id,
                "title": rule.title,
                "phase": rule.phase,
                "predicate": rule.predicate,
                "limit": rule.limit,
                "parameters": plain(rule.parameters),
                "readings": list(rule.readings),
                "note": rule.note,
                "cite": cite(rule.citations),
            }
            for rule in view.rules
        ]
    }


def disputes(view: TreatyView) -> dict[str, Any]:
    return {
        "disputes": [
            {
                "id": d.id,
                "title": d.title,
                "facts": d.facts,
                "rules": list(d.rules),
                "readings": list(d.readings),
                "status": str(d.status),
                "note": d.note,
                "cite": cite(d.citations),
            }
            for d in view.treaty.disputes
        ]
    }


def access(view: TreatyView) -> dict[str, Any]:
    return {
        "rights": [
            {
                "id": right.id,
                "case": right.case,
                "who": right.who,
                "what": right.what,
                **plain(right.details),
                "note": right.note,
                "cite": cite(right.citations),
            }
            for right in view.treaty.rights
        ]
    }


SECTIONS: Mapping[str, Callable[[TreatyView], dict[str, Any]]] = {
    "parties": parties,
    "airfields": airfields,
    "quotas": quotas,
    "values": values,
    "deadlines": deadlines,
    "sensors": sensors,
    "aircraft": aircraft,
    "readings": readings,
    "decisions": decisions,
    "rules": rules,
    "disputes": disputes,
    "access": access,
}
"""What ``treaty show --section`` can show."""


def _airfield(view: TreatyView, airfield: Airfield) -> dict[str, Any]:
    place = airfield.position
    conditions = dict.fromkeys(row.condition for row in airfield.distances)
    return {
        "id": airfield.id,
        "name": airfield.name,
        "icao": airfield.icao,
        "icao_basis": airfield.icao_basis,
        "holder": airfield.holder,
        "state": airfield.state,
        "roles": [role for role in airfield.roles if airfield.has_role(role, view.on)],
        "inspection": airfield.inspection,
        "lat": None if place is None else place.lat,
        "lon": None if place is None else place.lon,
        "printed": airfield.printed,
        "position_basis": airfield.position_basis,
        "position_note": airfield.position_note,
        "maximum_flight_distance": [
            row for row in (_distance(view, airfield, text) for text in conditions) if row
        ],
        "private": airfield.private,
        "cite": cite(airfield.citations),
    }


def _distance(view: TreatyView, airfield: Airfield, condition: str) -> dict[str, Any] | None:
    try:
        return value_dict(view.maximum_flight_distance(airfield, condition))
    except UnknownValueError as error:
        return {
            "value": None,
            "status": str(Status.UNKNOWN),
            "condition": condition,
            "note": error.message,
        }
    except NotInForceError:
        return None
