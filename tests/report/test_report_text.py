"""Findings and plans on a terminal."""

from __future__ import annotations

import dataclasses

import pytest
import report_samples as samples

from overflight.report.text import (
    NOT_FOR_RELEASE,
    findings_text,
    mission_plan_text,
    plan_text,
)
from overflight.report.wording import figures, sources
from overflight.terms.findings import Findings, Verdict
from overflight.terms.mission_plan import MissionPlan

PLANS = (samples.russia(), samples.norway(), samples.chukotka())


@pytest.mark.parametrize("plan", PLANS, ids=lambda p: p.observed)
def test_a_plan_fits_eighty_columns_and_names_every_fix(plan: MissionPlan) -> None:
    text = mission_plan_text(plan)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert all(line == line.rstrip() for line in text.splitlines())
    for fix in plan.fixes:
        assert fix.id in text and fix.position.human() in text
    for mark in plan.marks:
        assert mark in text


def test_the_length_of_the_route_is_told_in_both_kinds() -> None:
    plan = samples.norway()
    whole = sum(leg.distance_km for leg in plan.legs)
    over = sum(leg.distance_over_territory_km for leg in plan.legs)
    assert f"{whole:.1f} km, of which {over:.1f} km over" in mission_plan_text(plan)


def test_a_working_plan_says_what_it_is_and_marks_what_is_assumed() -> None:
    text = plan_text(samples.working())
    assert text.splitlines()[0] == NOT_FOR_RELEASE
    assert "ASSUMED: The range of the aircraft" in text
    assert "30 of 60 sites" in text and "Place 01" in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_away_from_home_no_site_is_told() -> None:
    working = samples.working()
    text = plan_text(working, home=False)
    assert text == mission_plan_text(working.plan)
    assert "Place" not in text


def test_findings_are_told_worst_first_and_the_verdict_last() -> None:
    text = findings_text(samples.findings())
    places = [text.index(word) for word in ("R3 ", "R2 ", "R13 ", "R7 ")]
    assert places == sorted(places)
    assert text.splitlines()[-1].startswith("VERDICT: BREACH")
    assert "1 rule does not apply." in text


def test_every_finding_tells_figures_place_and_both_citations() -> None:
    text = findings_text(samples.findings(), width=200)
    assert "measured 5612.4 km, limit 5500 km; where: leg 38, F37 to F38" in text
    assert "VI.II.4(A) (Treaty on Open Skies); limit: Ann.A.III (Treaty on Open Skies)" in text
    assert "needs: a border drawn more finely than 2 km" in text


def test_figures_that_the_message_tells_are_not_told_twice() -> None:
    finding = samples.findings().by_rule("R7")[0]
    assert figures(finding) == ""
    longer = dataclasses.replace(finding, message="It begins 130.5 h after; 24 are asked for.")
    assert figures(longer) == "measured 30 h, limit 24 h"


def test_everything_lists_what_does_not_apply() -> None:
    assert "This is not a transit flight." not in findings_text(samples.findings())
    assert "This is not a transit flight." in findings_text(samples.findings(), everything=True)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_findings_keep_their_width_and_carry_no_colour_unasked(width: int) -> None:
    text = findings_text(samples.findings(), width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "\033" not in text
    assert "\033[1;31m" in findings_text(samples.findings(), width, color=True)


def test_no_findings_at_all_are_no_breach() -> None:
    assert "no rule was held" in findings_text(Findings(()))


def test_a_private_finding_is_marked_at_home() -> None:
    text = findings_text(Findings((samples.private_finding(),)))
    assert "[not public]" in text and "not for release" in text


def test_the_verdict_counts_each_kind() -> None:
    items = samples.findings().of(Verdict.COMPLIANT) * 3
    assert findings_text(Findings(items)).endswith("VERDICT: COMPLIANT (3 findings compliant)")


def test_a_source_is_named_once_for_all_its_paragraphs() -> None:
    finding = dataclasses.replace(
        samples.findings().items[0],
        cite="VI.II.4(A) (Treaty on Open Skies); II.11 (Treaty on Open Skies); A paper, page 3",
        limit_cite="II.11 (Treaty on Open Skies); Ann.A.III (Treaty on Open Skies)",
    )
    assert sources(finding) == (
        "VI.II.4(A), II.11 (Treaty on Open Skies); A paper, page 3; "
        "limit: Ann.A.III (Treaty on Open Skies)"
    )


def test_a_figure_that_the_message_rounds_is_not_told_again() -> None:
    finding = samples.findings().items[0]
    rounded = dataclasses.replace(finding, message="It is 5,612 km long; 5,500 km are allowed.")
    assert figures(rounded) == ""


def test_a_right_that_arises_forbids_nothing() -> None:
    """The first heading of a lawful plan with a right says that it is lawful; no other does."""
    one = samples.findings().items[0]
    right = dataclasses.replace(one, verdict=Verdict.RIGHT_ARISES)
    told = findings_text(Findings((right,))).splitlines()[0]
    assert told.startswith("A RIGHT ARISES (1)") and "lawful as it stands" in told
    for worse in (Verdict.BREACH, Verdict.UNDETERMINED):
        text = findings_text(Findings((dataclasses.replace(one, verdict=worse), right)))
        assert "A RIGHT ARISES (1)" in text and "lawful" not in text
