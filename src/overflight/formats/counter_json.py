"""Proposed changes to a mission plan as JSON (schema: counter-proposal), read and written.

The document counts legs from 1, as the plan's text does; ``Change`` counts from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.formats.strict_json import load_json, pointer, read_source
from overflight.formats.times import read_time, write_time
from overflight.geo.positions import Position
from overflight.terms.counter_proposal import COUNTER_PROPOSAL_VERSION, Change, CounterProposal
from overflight.terms.mission_plan import PlanAirfield


def read_counter_proposal(source: str | Path | bytes) -> CounterProposal:
    """From a file, standard input ("-") or bytes. Raises DataError with place and remedy."""
    data, label = read_source(source)
    return counter_proposal_from_dict(load_json(data, label), file=label)


def counter_proposal_from_dict(document: Any, *, file: str | None = None) -> CounterProposal:
    """The proposal that a JSON document describes. Raises DataError with place and remedy."""
    validate(document, "counter-proposal", file=file)
    proposed = document.get("proposed")
    return CounterProposal(
        treaty=document["treaty"],
        observing=document["observing"],
        observed=document["observed"],
        plan_sha256=document["plan_sha256"],
        proposed=None if proposed is None else read_time(proposed, where="/proposed", file=file),
        changes=tuple(
            _change(change, number, file) for number, change in enumerate(document["changes"])
        ),
        marks=tuple(document.get("marks", ())),
        remarks=tuple(document.get("remarks", ())),
    )


def counter_proposal_to_dict(proposal: CounterProposal) -> dict[str, Any]:
    """The counter-proposal document, JSON-ready."""
    return {
        "kind": "counter-proposal",
        "version": COUNTER_PROPOSAL_VERSION,
        "treaty": proposal.treaty,
        "observing": proposal.observing,
        "observed": proposal.observed,
        "plan_sha256": proposal.plan_sha256,
        "proposed": None if proposal.proposed is None else write_time(proposal.proposed),
        "changes": [change_to_dict(change) for change in proposal.changes],
        "marks": list(proposal.marks),
        "remarks": list(proposal.remarks),
    }


def change_to_dict(change: Change) -> dict[str, Any]:
    """One change as the document writes it: only what it changes."""
    written: dict[str, Any] = {
        "legs": [change.first_leg + 1, change.last_leg + 1],
        "cause": change.cause,
        "reason": change.reason,
        "evidence": dict(change.evidence),
    }
    if change.route is not None:
        written["route"] = [{"lat": p.lat, "lon": p.lon} for p in change.route]
    if change.height_agl_m is not None:
        written["height_agl_m"] = float(change.height_agl_m)
    if change.departs is not None:
        written["departs"] = write_time(change.departs)
    if change.airfield is not None:
        at = change.airfield.position
        written["airfield"] = {
            "code": change.airfield.code,
            "name": change.airfield.name,
            "lat": at.lat,
            "lon": at.lon,
        }
    if change.without_sensors:
        written["without_sensors"] = list(change.without_sensors)
    return written


def _change(part: Mapping[str, Any], number: int, file: str | None) -> Change:
    first, last = part["legs"]
    if last < first:
        raise DataError(
            f"the last leg ({last}) comes before the first ({first})",
            file=file,
            where=pointer("changes", number, "legs"),
            remedy='Write the legs in flying order, for instance "legs": [3, 5].',
        )
    departs, airfield = part.get("departs"), part.get("airfield")
    where = pointer("changes", number, "departs")
    return Change(
        first_leg=first - 1,
        last_leg=last - 1,
        cause=part["cause"],
        reason=part["reason"],
        evidence=dict(part.get("evidence", {})),
        route=(
            tuple(Position(p["lat"], p["lon"]) for p in part["route"]) if "route" in part else None
        ),
        height_agl_m=part.get("height_agl_m"),
        departs=None if departs is None else read_time(departs, where=where, file=file),
        airfield=(
            None
            if airfield is None
            else PlanAirfield(
                airfield["code"], airfield["name"], Position(airfield["lat"], airfield["lon"])
            )
        ),
        without_sensors=tuple(part.get("without_sensors", ())),
    )
