"""What a document for the other side may say, and how it says which plan it belongs to."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING

from overflight.terms.findings import Finding, Findings
from overflight.terms.mission_plan import MissionPlan

if TYPE_CHECKING:
    from overflight.treaty.model import Treaty

NOT_PART = "Decided by a value that is not part of this document."

DIGEST_CHARACTERS = 16


def names_for(plan: MissionPlan, treaty: Treaty) -> dict[str, str]:
    """Names for the codes in a plan's title block: the treaty's, the States', the group's."""
    codes = (
        plan.observing,
        plan.observed,
        plan.quota_holder,
        plan.aircraft_designated_by,
        plan.aircraft_provided_by,
    )
    return {plan.treaty: treaty.name} | {code: treaty.state_name(code) for code in codes}


def public_findings(findings: Findings) -> Findings:
    """The findings without any value of a private overlay.

    Of a private finding the rule, the verdict and the paragraph stay; message, figures, place
    and the source of the limit go. When there is one, the notes of the check go too: they may
    tell of the overlay.
    """
    if not any(finding.private for finding in findings.items):
        return findings
    return Findings(tuple(_public(f) for f in findings.items), dict(findings.readings), ())


def _public(finding: Finding) -> Finding:
    if not finding.private:
        return finding
    return dataclasses.replace(
        finding,
        message=NOT_PART,
        limit_cite="",
        measured=None,
        limit=None,
        unit="",
        place=None,
        where="",
        reading="",
        needs=(),
    )


def plan_bytes(plan: MissionPlan) -> bytes:
    """The mission-plan document as it is written to a file: what the digest is taken of."""
    from overflight.formats.plan_json import mission_plan_to_dict

    document = mission_plan_to_dict(plan)
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def plan_digest(plan: MissionPlan) -> str:
    """SHA-256 of ``plan_bytes``, hexadecimal: what ``sha256sum`` says of the plan's JSON file."""
    return hashlib.sha256(plan_bytes(plan)).hexdigest()
