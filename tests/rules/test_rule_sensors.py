"""What binds a sensor: an assumed, a published or a private figure, or the plan's own word."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from rule_samples import case, plan_through, rule, utc

from overflight.rules.case import Case
from overflight.rules.engine import evaluate
from overflight.rules.outcome import length_of
from overflight.terms.findings import Finding, Verdict
from overflight.terms.mission_plan import MissionPlan
from overflight.treaty.loader import load_treaty


def flown_at(height: float, *, stated: float | None = 2000.0) -> MissionPlan:
    """The sample plan with all legs at one height and one H_min stated, m."""
    plan = plan_through()
    legs = tuple(
        dataclasses.replace(leg, height_agl_m=height, altitude_m=height + 200.0)
        for leg in plan.legs
    )
    sensors = tuple(dataclasses.replace(s, h_min_m=stated) for s in plan.sensors)
    return dataclasses.replace(plan, legs=legs, sensors=sensors)


def certified(folder: Path, h_min_m: float) -> Path:
    """An overlay that knows the certified H_min of the Saab's vertical camera."""
    (folder / "aircraft").mkdir()
    (folder / "aircraft" / "saab-340b.toml").write_text(
        '[[source]]\nid = "report"\ntitle = "A certification report"\nkind = "private"\n'
        f'[[sensor]]\nid = "vertical"\ncategory = "optical-framing"\nname = "Vertical"\n'
        f"h_min_m = {h_min_m}\nresolution_at_h_min_m = 0.3\nnear_deg = 0\nfar_deg = 37.5\n"
        'sides = "both"\nassumed = ["far_deg"]\ncite = ["report"]\n'
    )
    return folder


def r4(plan: MissionPlan, overlay: Path | None = None) -> list[Finding]:
    if overlay is None:
        return evaluate(case(plan), rule("R4", "plan"))
    view = load_treaty("open-skies", overlay=overlay).on(dt.date(2021, 5, 19))
    return evaluate(Case(view, {}, plan), rule("R4", "plan"))


def test_a_small_number_in_the_plan_does_not_lower_the_bar() -> None:
    for finding in r4(flown_at(100.0, stated=10.0)):
        assert finding.verdict is Verdict.UNDETERMINED
        assert "2,000 m are assumed for planning" in finding.message
        assert any("certification report, or --overlay DIR" in need for need in finding.needs)


@pytest.mark.parametrize("stated", [None, 10.0, 2000.0])
def test_at_the_assumed_figure_a_plan_is_in_order_whatever_it_states(stated: float | None) -> None:
    (finding,) = r4(flown_at(2000.0, stated=stated))
    assert (finding.verdict, finding.measured, finding.limit) == (Verdict.COMPLIANT, 2000.0, 2000)
    assert "2,000 m (assumed for planning)" in finding.message
    assert "an assumption made for planning" in finding.limit_cite


@pytest.mark.parametrize(("height", "verdict"), [(1500.0, "compliant"), (1499.0, "breach")])
def test_a_certified_figure_of_an_overlay_decides(
    tmp_path: Path, height: float, verdict: str
) -> None:
    findings = r4(flown_at(height, stated=10.0), certified(tmp_path, 1500.0))
    for finding in findings:
        assert (finding.verdict, finding.limit, finding.private) == (verdict, 1500.0, True)


def test_a_certified_figure_above_the_one_that_the_plan_states(tmp_path: Path) -> None:
    findings = r4(flown_at(2500.0, stated=2000.0), certified(tmp_path, 3000.0))
    assert {f.verdict for f in findings} == {Verdict.BREACH}


def test_what_was_flown_is_judged_by_the_same_figures() -> None:
    mission = case(flown_at(2500.0, stated=10.0))
    period = mission.documents["flight-record"]["observation_periods"][0]
    for height, verdict in ((2000, "compliant"), (1999, "undetermined"), (9, "breach")):
        period["least_height_agl_m"] = height
        (finding,) = evaluate(mission, rule("R4.flown", "flight"))
        assert finding.verdict == verdict, finding.message


@pytest.mark.parametrize(
    ("seconds", "unit", "limit_h", "said"),
    [
        (86399, "h", 24, "23 h 59 min 59 s"),
        (86400, "h", 24, "24 h"),
        (86401, "h", 24, "24 h 1 s"),
        (86399.5, "h", 24, "23 h 59 min 59.5 s"),
        (43.5 * 3600, "h", 24, "43.5 h"),
        (7 * 86400 - 1, "d", 168, "6 days 23 h 59 min 59 s"),
        (3600.1, "min", 1, "60 min 0.1 s"),
    ],
)
def test_a_length_of_time_never_looks_like_a_limit_it_misses(
    seconds: float, unit: str, limit_h: float, said: str
) -> None:
    assert length_of(dt.timedelta(seconds=seconds), unit, dt.timedelta(hours=limit_h)) == said


def test_the_number_too_tells_the_two_apart() -> None:
    plan = plan_through()
    times = dataclasses.replace(plan.times, submitted=utc("2021-05-18T07:00:01Z"))
    (finding,) = evaluate(case(dataclasses.replace(plan, times=times)), rule("R7", "plan"))
    assert finding.verdict is Verdict.BREACH
    assert isinstance(finding.measured, float) and finding.measured < 24.0


def test_a_leg_without_a_word_on_sensors_operates_all_and_an_empty_list_none() -> None:
    from overflight.formats.plan_json import mission_plan_from_dict, mission_plan_to_dict

    document = mission_plan_to_dict(plan_through())
    document["legs"][0]["sensors"] = []
    del document["legs"][1]["sensors"]
    plan = mission_plan_from_dict(document)
    assert (plan.legs[0].sensors, plan.legs[1].sensors) == ((), ("vertical",))
    again = mission_plan_to_dict(plan)
    assert [leg["sensors"] for leg in again["legs"][:2]] == [[], ["vertical"]]
