"""Contents of messages that follow from other documents, so that nobody types them again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from overflight.errors import PlanError
from overflight.formats.times import write_time
from overflight.mission.counter.assess import grounds
from overflight.report.outgoing import plan_digest
from overflight.terms.assessment import Assessment
from overflight.terms.counter_proposal import Change, CounterProposal
from overflight.terms.mission_plan import MissionPlan
from overflight.treaty.view import TreatyView

_KIND = {"height": "altitude", "route": "route", "time": "time", "airfield": "airfield"}
"""What a change changes, in the words of the message; other changes have no word there."""


def named(plan: MissionPlan) -> str:
    """What a message calls a plan."""
    date = "" if plan.date is None else f" of {plan.date.isoformat()}"
    return f"{plan.observing} over {plan.observed}{date}"


def submission(plan: MissionPlan, at: dt.datetime) -> dict[str, Any]:
    """Of the message that submits a plan. Raises PlanError where the plan does not say when."""
    begins, ends = plan.times.commencement, plan.times.completion
    if begins is None:
        raise PlanError(
            "the plan does not say when the flight begins",
            remedy="Give times.commencement in the mission plan.",
        )
    content = {
        "plan": named(plan),
        "digest": plan_digest(plan),
        "submitted": write_time(at),
        "commences": write_time(begins.replace(microsecond=0)),
        "distance_km": round(plan.flight_distance_km, 1),
    }
    if ends is not None:
        content["completes"] = write_time(ends.replace(microsecond=0))
    return content


def acceptance(plan: MissionPlan, at: dt.datetime) -> dict[str, Any]:
    """Of the message that accepts a plan."""
    return {"plan": named(plan), "digest": plan_digest(plan), "accepted": write_time(at)}


def alternatives(plan: MissionPlan, said: str) -> dict[str, Any]:
    """Of the message that answers proposed changes with another plan."""
    return {
        "plan": named(plan),
        "digest": plan_digest(plan),
        "alternatives": [
            {"leg": "all", "answer": "alternative", "alternative": "the plan attached", "why": said}
        ],
    }


def changes(
    plan: MissionPlan,
    proposal: CounterProposal,
    found: Assessment,
    view: TreatyView,
    at: dt.datetime,
) -> dict[str, Any]:
    """Of the message that proposes changes. Raises PlanError for one it has no word for."""
    words = grounds(view)
    rows = []
    for change, assessed in zip(proposal.changes, found.changes, strict=True):
        for means in change.means:
            if means not in _KIND:
                raise PlanError(
                    f"a proposal cannot change {means}",
                    remedy=f"Change one of {', '.join(_KIND)}.",
                )
            rows.append(
                {
                    "leg": _legs(change),
                    "ground": change.cause,
                    "paragraph": words.get(change.cause, change.cause),
                    "facts": _facts(change),
                    "kind": _KIND[means],
                    "change": _said(change, means),
                    "still_observed": assessed.precludes is False,
                }
            )
    return {
        "plan": named(plan),
        "digest": plan_digest(plan),
        "proposed": write_time(at),
        "changes": rows,
    }


def _legs(change: Change) -> str:
    first, last = change.first_leg + 1, change.last_leg + 1
    return f"{first}" if first == last else f"{first} to {last}"


def _facts(change: Change) -> str:
    rests = "; ".join(f"{kind} {value}" for kind, value in change.evidence.items())
    return f"{change.reason} ({rests})" if rests else change.reason


def _said(change: Change, means: str) -> str:
    if means == "route":
        assert change.route is not None
        points = ", ".join(f"{p.lat:.4f} {p.lon:.4f}" for p in change.route)
        return f"by way of {points}" if points else "straight"
    if means == "height":
        return f"{change.height_agl_m:g} m above ground"
    if means == "time":
        assert change.departs is not None
        return f"from {write_time(change.departs)} on"
    assert change.airfield is not None
    return f"{change.airfield.code} ({change.airfield.name})"
