"""A plan that keeps every rule, and the same plan spoiled in one way after another."""

from __future__ import annotations

import datetime as dt

import pytest
from mutations import MUTATIONS, Mutation, breaks
from rule_samples import case, plan_through, treaty, view_on

from overflight.rules.engine import check
from overflight.terms.findings import Verdict
from overflight.treaty.geography import Geography, geography


def ground() -> Geography:
    return geography(view_on(dt.date(2021, 5, 19)), "RUS")


def test_the_plan_itself_is_compliant() -> None:
    findings = check(case(plan_through(), {}, geography=ground()), "plan")
    open_ = findings.of(Verdict.BREACH, Verdict.UNDETERMINED)
    assert [f"{f.rule}: {f.message}" for f in open_] == []
    assert findings.verdict is Verdict.COMPLIANT


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name.replace(" ", "_"))
def test_a_mutated_plan_breaks_its_rule(mutation: Mutation) -> None:
    spoiled = mutation.apply(plan_through(), ground())
    findings = check(case(spoiled, {}, geography=ground()), "plan")
    assert findings.verdict is Verdict.BREACH
    assert breaks(findings, mutation.rule, mutation.paragraph), [
        f"{f.rule} {f.verdict}: {f.message}" for f in findings.items if f.rule == mutation.rule
    ]


def test_there_is_a_mutation_for_every_rule_that_a_plan_can_break() -> None:
    broken = {m.rule for m in MUTATIONS}
    plan_rules = {r.id for r in treaty().rules if r.phase == "plan"}
    # R1 and Ann.E.1 give a right, R10 leaves open; the others need another reading, date or sensor.
    rest = {"R1", "Ann.E.1", "R10", "R3.part", "XVIII.II.2", "IV.2(D)", "IV.2(A).mounting"}
    assert plan_rules - broken == rest
    assert broken <= plan_rules


def test_what_is_spoiled_is_named_by_its_leg() -> None:
    lower = next(m for m in MUTATIONS if m.name == "lower")
    findings = check(case(lower.apply(plan_through(), ground()), {}, geography=ground()), "plan")
    (finding,) = [f for f in findings.by_rule("R4") if f.verdict is Verdict.BREACH]
    assert finding.where == "F01-F02"
    assert finding.place is not None and finding.place["type"] == "LineString"
    assert (finding.measured, finding.limit, finding.unit) == (1999.0, 2000.0, "m")
