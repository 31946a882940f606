"""What a document for the other side may say, and how it says which plan it belongs to."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from overflight.report.wording import counted, verdict_sentence
from overflight.terms.findings import Finding, Findings, Verdict
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
    """The findings without any value of a private overlay, nor the answer that it leads to.

    Of a rule with a private finding the name and the paragraph stay. When there is one, the
    notes of the check go: they may tell of the overlay.
    """
    rules = {finding.rule for finding in findings.items if finding.private}
    if not rules:
        return findings
    return dataclasses.replace(not_decided(findings, rules), notes=())


def not_decided(findings: Findings, rules: Collection[str]) -> Findings:
    """The findings, with each of ``rules`` left open: one finding, however many it had.

    Neither the verdict nor the number of findings may show what the private value is.
    """
    items: dict[object, Finding] = {}
    for i, finding in enumerate(findings.items):
        if finding.rule in rules:
            items.setdefault(finding.rule, _open(finding))
        else:
            items[i] = finding
    return dataclasses.replace(findings, items=tuple(items.values()))


def is_not_decided(finding: Finding) -> bool:
    """Whether the document leaves this finding open for want of a value."""
    return finding.private and finding.message == NOT_PART


def outgoing_verdict(findings: Findings) -> str:
    """The headline: the verdict on what the document can decide, and how much it cannot."""
    left = sum(is_not_decided(finding) for finding in findings.items)
    if not left:
        return verdict_sentence(findings)
    rest = tuple(finding for finding in findings.items if not is_not_decided(finding))
    decided = Findings(rest)
    some = f"{counted(left, 'rule')} not decided here"
    if decided.verdict is not Verdict.COMPLIANT:
        return verdict_sentence(decided).removesuffix(")") + f", {some})"
    kept = counted(len(decided.of(Verdict.COMPLIANT)), "other finding")
    return f"VERDICT: NOT DECIDED IN THIS DOCUMENT ({some}, {kept} compliant)"


def _open(finding: Finding) -> Finding:
    return dataclasses.replace(
        finding,
        verdict=Verdict.UNDETERMINED,
        private=True,
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
