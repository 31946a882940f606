"""A first draft of an answer: the changes that follow from what the rules find, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from overflight.mission.counter.assess import grounds, rests_on
from overflight.report.outgoing import plan_digest
from overflight.terms.counter_proposal import Change, CounterProposal
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.treaty.view import TreatyView

_START_AFTER = "deadline.start-after-plan"


def drafted(plan: MissionPlan, findings: Findings, view: TreatyView) -> CounterProposal | None:
    """Changes that mend what the plan breaks, where that can be told: heights below the least,
    and a start too soon after submission. None: nothing to mend, or not by such a change."""
    ground = next(
        (name for name in grounds(view) if rests_on(view, name).get("evidence") == "rule"), None
    )
    if ground is None:
        return None
    paragraphs = tuple(rests_on(view, ground).get("paragraphs", ()))
    broken = [
        finding
        for finding in findings.of(Verdict.BREACH)
        if any(word.startswith(p) for word in finding.cite.split() for p in paragraphs)
    ]
    changes = (*_times(plan, broken, ground, view), *_heights(plan, broken, ground))
    if not changes:
        return None
    return CounterProposal(
        treaty=plan.treaty,
        observing=plan.observing,
        observed=plan.observed,
        plan_sha256=plan_digest(plan),
        proposed=None,
        changes=_apart(changes),
        marks=plan.marks,
        remarks=("Draft made from the findings; read it before it is sent.",),
    )


def _times(
    plan: MissionPlan, broken: list[Finding], ground: str, view: TreatyView
) -> Iterator[Change]:
    """A start that is too soon is put off to the first moment that is not."""
    submitted, begins = plan.times.submitted, plan.times.commencement
    if submitted is None or begins is None:
        return
    for finding in broken:
        binding = next(b for b in view.treaty.rules if b.id == finding.rule)
        if binding.limit == f"value:{_START_AFTER}" and begins is not None:
            earliest = submitted + timedelta(hours=float(view.value(_START_AFTER).value))
            if earliest > begins:
                yield Change(
                    0, 0, ground, finding.message, {"rule": finding.rule}, departs=earliest
                )
                return


def _heights(plan: MissionPlan, broken: list[Finding], ground: str) -> Iterator[Change]:
    """Legs below the least height of a sensor that operates on them are lifted to it."""
    finding = next((f for f in broken if f.unit == "m"), None)
    if finding is None:
        return
    least = {sensor.id: sensor.h_min_m for sensor in plan.sensors}
    for number, leg in enumerate(plan.legs):
        needed = max((least.get(s) or 0.0 for s in leg.sensors), default=0.0)
        if needed > leg.height_agl_m:
            reason = (
                f"Flown {leg.height_agl_m:g} m above ground; its sensors need {needed:g} m to "
                "stay within their ground resolution."
            )
            evidence = {"rule": finding.rule}
            yield Change(number, number, ground, reason, evidence, height_agl_m=needed)


def _apart(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """One change a leg, and one for successive legs that change alike."""
    by_leg: dict[int, Change] = {}
    for change in changes:
        before = by_leg.get(change.first_leg)
        by_leg[change.first_leg] = change if before is None else _both(before, change)
    joined: list[Change] = []
    for leg in sorted(by_leg):
        change, last = by_leg[leg], joined[-1] if joined else None
        if (
            last is not None
            and last.last_leg == leg - 1
            and replace(last, first_leg=leg, last_leg=leg) == change
        ):
            joined[-1] = replace(last, last_leg=leg)
        else:
            joined.append(change)
    return tuple(joined)


def _both(one: Change, other: Change) -> Change:
    return replace(
        one,
        reason=f"{one.reason} {other.reason}",
        height_agl_m=one.height_agl_m or other.height_agl_m,
        departs=one.departs or other.departs,
    )
