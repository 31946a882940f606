"""Proposed changes as somebody wrote them: what the plan says need not be written again."""

from __future__ import annotations

from pathlib import Path

from overflight.formats.counter_json import counter_proposal_from_dict
from overflight.formats.strict_json import load_json, read_source
from overflight.report.outgoing import plan_digest
from overflight.terms.counter_proposal import CounterProposal
from overflight.terms.mission_plan import MissionPlan


def read_changes(plan: MissionPlan, source: str | Path | bytes) -> CounterProposal:
    """The changes to ``plan`` in a file: a counter-proposal, or its ``changes`` alone.

    Raises DataError for a document that is none.
    """
    data, label = read_source(source)
    given = load_json(data, label)
    if isinstance(given, dict) and "kind" not in given:
        given = {
            "kind": "counter-proposal",
            "version": 1,
            "treaty": plan.treaty,
            "observing": plan.observing,
            "observed": plan.observed,
            "plan_sha256": plan_digest(plan),
            **given,
        }
    return counter_proposal_from_dict(given, file=label)
