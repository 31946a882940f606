"""The observed side's kit, and what it thinks of proposed changes, as JSON. Both stay at home."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from overflight.formats.counter_json import counter_proposal_to_dict
from overflight.formats.times import write_time
from overflight.terms.assessment import ASSESSMENT_VERSION, Assessment
from overflight.terms.escort import ESCORT_KIT_VERSION, HazardCrossed, Kit, NearBorder


def kit_to_dict(kit: Kit) -> dict[str, Any]:
    """The escort-kit document (schema: escort-kit)."""
    return {
        "kind": "escort-kit",
        "version": ESCORT_KIT_VERSION,
        "plan_sha256": kit.plan_sha256,
        "answer_by": None if kit.answer_by is None else write_time(kit.answer_by),
        "answer_cite": kit.answer_cite,
        "places": [exposure.as_dict() for exposure in kit.exposures],
        "findings": kit.findings.as_dict(),
        "hazards_crossed": [_span(hazard) for hazard in kit.hazards],
        "neighbours": [_span(near) for near in kit.neighbours],
        "checklists": [checklist.as_dict() for checklist in kit.checklists],
        "draft": None if kit.draft is None else counter_proposal_to_dict(kit.draft),
        "notes": list(kit.notes),
    }


def assessment_to_dict(assessment: Assessment) -> dict[str, Any]:
    """The counter-proposal-assessment document (schema: counter-proposal-assessment)."""
    return {
        "kind": "counter-proposal-assessment",
        "version": ASSESSMENT_VERSION,
        "changes": [{**asdict(c), "support": str(c.support)} for c in assessment.changes],
        "reading": assessment.reading,
        "distance_before_km": assessment.distance_km[0],
        "distance_after_km": assessment.distance_km[1],
        "lost_km2": assessment.lost_km2,
        "new_breaches": list(assessment.new_breaches),
        "findings": assessment.findings.as_dict(),
        "plan_findings": assessment.plan_findings.as_dict(),
        "notes": list(assessment.notes),
    }


def _span(part: HazardCrossed | NearBorder) -> dict[str, Any]:
    written = asdict(part)
    for name in ("from_utc", "until_utc"):
        written[name] = None if written[name] is None else write_time(written[name])
    if "legs" in written:
        written["legs"] = list(written["legs"])
    return written
