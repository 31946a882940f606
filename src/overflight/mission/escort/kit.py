"""The observed side's kit for one mission plan: what it shows of one's own, what to answer.

Everything here names places of the observed side's own and stays with it; the draft of an answer
is a document of its own (``terms.counter_proposal``) that names none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from overflight.errors import OverflightError, UnknownValueError
from overflight.geo.areas import Area
from overflight.mission.check import check_plan
from overflight.mission.escort.draft import drafted
from overflight.report.outgoing import plan_digest
from overflight.sensing.exposure import MARGIN_KM, exposures
from overflight.terms.aircraft import Sensor
from overflight.terms.checklists import for_side
from overflight.terms.escort import HazardCrossed, Kit, NearBorder
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.sites import Site
from overflight.treaty.geography import Geography, geography
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.treaty.view import TreatyView
from overflight.units import Kilometres

NEAR_BORDER_KM = 50.0
"""Routes nearer to a neighbour than this are put on the list. Assumed: no distance is named."""

WIDEST = "optical-coverage-each-side"
"""Value of a regime that bounds how far to one side a sensor may see."""

_ANSWER = "deadline.plan-answer"


def kit_for(
    plan: MissionPlan,
    places: Sequence[Site],
    *,
    treaty: Treaty | str | Path | None = None,
    overlay: Path | None = None,
    readings: Mapping[str, str] | None = None,
    borders: Path | None = None,
    margin_km: Kilometres = MARGIN_KM,
    near_km: Kilometres = NEAR_BORDER_KM,
) -> Kit:
    """The kit for a plan that was handed over, and ``places`` of one's own.

    Raises what ``check_plan`` raises.
    """
    book = treaty if isinstance(treaty, Treaty) else load_treaty(treaty or plan.treaty, overlay)
    findings = check_plan(plan, treaty=book, readings=readings, borders=borders)
    assert plan.date is not None
    view = book.on(plan.date, {**plan.readings, **(readings or {})})
    known, notes = sensors_known(view, plan)
    widest, said = _widest(view)
    by, cite = _answer_by(view, plan)
    side = "observed" if plan.aircraft_provided_by == plan.observed else "observing"
    return Kit(
        plan_sha256=plan_digest(plan),
        answer_by=by,
        answer_cite=cite,
        exposures=exposures(plan, places, known, widest_km=widest, margin_km=margin_km),
        findings=findings,
        hazards=_hazards(plan),
        neighbours=_near(geography(view, plan.observed, borders=borders), plan, near_km),
        checklists=for_side(book.checklists, "observed", side),
        draft=drafted(plan, findings, view),
        notes=(*notes, *said, *_how(margin_km, near_km)),
    )


def sensors_known(view: TreatyView, plan: MissionPlan) -> tuple[dict[str, Sensor], list[str]]:
    """Sensors of the plan whose angles the data give, and what is to be said of the others."""
    try:
        sensors = {sensor.id: sensor for sensor in view.aircraft(plan.aircraft).sensors}
    except UnknownValueError as error:
        return {}, [error.message]
    known = {s.id: sensors[s.id] for s in plan.sensors if s.id in sensors}
    notes = []
    if unknown := [s.id for s in plan.sensors if s.id not in known]:
        notes.append(f"No public figures for {', '.join(unknown)}: taken at the widest.")
    if assumed := [s.id for s in known.values() if {"near_deg", "far_deg"} & set(s.assumed)]:
        notes.append(
            f"How far {', '.join(assumed)} sees to the side is assumed, not certified: what is "
            "said to be seen rests on it. An overlay with the certified figures mends that."
        )
    return known, notes


def _widest(view: TreatyView) -> tuple[Kilometres, list[str]]:
    """The widest that a sensor may see to one side, from the regime; else the horizon's order."""
    try:
        value = view.value(WIDEST)
    except OverflightError:  # a regime without such a bound
        return 100.0, ["The regime bounds no sensor's reach to the side: 100 km was taken."]
    return float(value.value), []


def _answer_by(view: TreatyView, plan: MissionPlan) -> tuple[dt.datetime | None, str]:
    if plan.times.submitted is None:
        return None, ""
    try:
        value = view.value(_ANSWER)
    except OverflightError:  # a regime that sets no such time
        return None, ""
    hours = dt.timedelta(hours=float(value.value))
    return plan.times.submitted + hours, value.cite


def _hazards(plan: MissionPlan) -> tuple[HazardCrossed, ...]:
    at = {fix.id: fix.position for fix in plan.fixes}
    found = []
    for area in plan.hazardous_airspace:
        outline = Area.from_ring(area.ring)
        legs = [
            number
            for number, leg in enumerate(plan.legs)
            if outline.intersects_leg(at[leg.start], at[leg.end])
        ]
        if legs:
            first, last = plan.legs[legs[0]], plan.legs[legs[-1]]
            found.append(
                HazardCrossed(area.id, area.kind, tuple(legs), first.departs, last.arrives)
            )
    return tuple(found)


def _near(land: Geography, plan: MissionPlan, within_km: Kilometres) -> tuple[NearBorder, ...]:
    return tuple(
        NearBorder(
            approach.state,
            approach.name,
            approach.standing,
            round(approach.distance_km, 1),
            number,
            plan.legs[number].departs,
            plan.legs[number].arrives,
        )
        for number, approach in land.nearest_to_neighbours(plan.path, within_km=within_km)
    )


def _how(margin_km: Kilometres, near_km: Kilometres) -> tuple[str, ...]:
    return (
        "Seen: by straight legs with level wings over flat ground, at the heights and with the "
        f"sensors of the plan; within {margin_km:g} km of an edge it says perhaps.",
        f"Neighbours are listed within {near_km:g} km of the route; no distance is named by the "
        "rule, this one is ours.",
    )
