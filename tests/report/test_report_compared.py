"""Two plans side by side: the differences are those that plain set arithmetic gives."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from overflight.errors import DataError
from overflight.formats.schema import validate
from overflight.report.compared import comparison, comparison_text
from overflight.report.maps import comparison_map
from overflight.terms.certificates import Certificate
from overflight.terms.findings import Finding, Findings, Verdict
from overflight.terms.working_plan import WorkingPlan
from strategies import sample_working_plan

BREACH = Finding("R9", "Title", Verdict.BREACH, "Too far.", "VI.II.2")


@pytest.fixture
def pair() -> tuple[WorkingPlan, WorkingPlan]:
    """The sample plan, and one that sees its other site and breaks a rule."""
    a = sample_working_plan()
    (seen,) = a.sites_observed
    (other,) = {site.id for site in a.sites} - {seen}
    b = replace(
        a,
        observations=tuple(replace(o, site=other) for o in a.observations),
        findings=Findings((*a.findings.items, BREACH)),
        certificate=Certificate(3.0, 9.0, "by counting", 0.0),
    )
    return a, b


def test_what_only_one_sees(pair: tuple[WorkingPlan, WorkingPlan]) -> None:
    document: Any = json.loads(json.dumps(comparison(*pair), allow_nan=False))
    validate(document, "plan-comparison")
    assert [s["site"] for s in document["only_a"]] == ["A1"]
    assert len(document["only_b"]) == 1
    assert document["both"] == []
    assert document["a"]["value"] == 5 and document["b"]["value"] == 3
    assert document["b"]["bound"] == 9 and document["a"]["bound"] is None
    assert [f["rule"] for f in document["findings_only_b"]] == ["R9"]
    assert document["findings_only_a"] == []
    assert document["same_question"] is True


def test_the_text_says_it(pair: tuple[WorkingPlan, WorkingPlan]) -> None:
    text = comparison_text(*pair, ("one.json", "two.json"))
    assert text.startswith("WORKING PLAN - NOT FOR RELEASE")
    assert "one.json" in text and "two.json" in text
    assert "-2.0" in text  # 3 - 5
    assert "B only: R9 breach: Too far." in text
    assert all(len(line) <= 80 and line == line.rstrip() for line in text.splitlines())


def test_other_terms_are_named(pair: tuple[WorkingPlan, WorkingPlan]) -> None:
    a, b = pair
    other = replace(b, plan=replace(b.plan, aircraft="another"), sites=b.sites[:1])
    document = comparison(a, other)
    assert document["differs_in"] == ["aircraft", "sites"]
    assert document["same_question"] is False
    assert "aircraft" in comparison_text(a, other)


@pytest.mark.slow
def test_the_map_shows_both_and_is_not_for_release(pair: tuple[WorkingPlan, WorkingPlan]) -> None:
    svg = comparison_map(*pair, fmt="svg")
    assert svg.lstrip().startswith(b"<?xml")
    assert b"#b01f3c" in svg and b"#123f8c" in svg
    assert comparison_map(*pair).startswith(b"\x89PNG")
    assert comparison_map(*pair) == comparison_map(*pair)
    with pytest.raises(DataError, match="form of a map"):
        comparison_map(*pair, fmt="gif")
