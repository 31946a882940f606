"""What the monitor saw, as one document: schema flight-monitor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from overflight.report.flown_json import audit_to_dict

if TYPE_CHECKING:
    from overflight.flying.audit import FlightFacts
    from overflight.flying.monitor.watch import Monitor
    from overflight.terms.findings import Findings, Verdict
    from overflight.terms.mission_plan import MissionPlan


class AuditLike(Protocol):
    """An audit of ``mission``, which this room does not know."""

    @property
    def facts(self) -> FlightFacts: ...
    @property
    def record(self) -> Mapping[str, Any]: ...
    @property
    def findings(self) -> Findings: ...


def monitor_to_dict(
    plan: MissionPlan,
    digest: str,
    seat: str,
    monitor: Monitor,
    live: Mapping[str, Verdict],
    happened: Mapping[str, int],
    audit: AuditLike | None,
    refused: str | None,
) -> dict[str, Any]:
    """The document: counts, what the rules said live, and the audit of the whole."""
    marks = list(monitor.marks)
    return {
        "kind": "flight-monitor",
        "version": 1,
        "marks": marks,
        "treaty": plan.treaty,
        "observing": plan.observing,
        "observed": plan.observed,
        "seat": seat,
        "plan_sha256": digest,
        "received": monitor.received,
        "points": monitor.points,
        "faults": dict(sorted(monitor.counts.items())),
        "happened": dict(sorted(happened.items())),
        "commenced_s": monitor.commenced_s,
        "completed_s": monitor.completed_s,
        "counted_km": round(monitor.counted_km, 3),
        "added_km": round(monitor.added_km, 3),
        "live": {rule: str(verdict) for rule, verdict in live.items()},
        "audit": (
            None if audit is None else audit_to_dict(audit.facts, audit.record, audit.findings)
        ),
        "refused": refused,
    }
