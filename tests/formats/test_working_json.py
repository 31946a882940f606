"""A working plan's document is read back as it was written, and bad ones are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from overflight.errors import DataError
from overflight.formats.plan_json import mission_plan_to_dict, working_plan_to_dict
from overflight.formats.schema import validate
from overflight.formats.working_json import read_working_plan, working_plan_from_dict
from overflight.terms.certificates import Certificate
from overflight.terms.working_plan import WorkingPlan
from strategies import sample_plan, sample_working_plan, working_plans

SURE = Certificate(5.0, 8.0, "by counting", 0.25)


def through_json(working: WorkingPlan) -> Any:
    return json.loads(json.dumps(working_plan_to_dict(working), allow_nan=False))


@settings(max_examples=25, deadline=None)
@given(working_plans())
def test_what_was_written_is_read_and_written_again(working: WorkingPlan) -> None:
    document = through_json(replace(working, certificate=SURE))
    again = working_plan_from_dict(document)
    assert through_json(again) == document
    assert again.plan == working.plan
    assert again.sites == working.sites
    assert again.sites_observed == working.sites_observed


def test_findings_and_the_limit_come_back() -> None:
    working = sample_working_plan()
    again = working_plan_from_dict(through_json(working))
    assert {f.rule: f for f in again.findings.items} == {f.rule: f for f in working.findings.items}
    assert again.findings.verdict is working.findings.verdict
    assert again.maximum_flight_distance.value == 5000
    assert again.maximum_flight_distance.cite == working.maximum_flight_distance.cite


def test_a_certificate_is_written_with_its_gap() -> None:
    document = through_json(replace(sample_working_plan(), certificate=SURE))
    validate(document, "working-plan")
    # 8 / 5 - 1 and 5 / 8, by hand
    assert document["certificate"] == {
        "value": 5.0,
        "bound": 8.0,
        "gap": pytest.approx(0.6),
        "percent": 62.5,
        "how": "by counting",
        "seconds": 0.25,
    }
    nothing = replace(sample_working_plan(), certificate=Certificate(0.0, 8.0, "nothing seen", 0.0))
    assert through_json(nothing)["certificate"]["gap"] is None
    assert through_json(sample_working_plan())["certificate"] is None


def test_a_plan_of_an_older_release_has_no_certificate() -> None:
    document = through_json(sample_working_plan())
    del document["certificate"]
    assert working_plan_from_dict(document).certificate is None


def test_a_bound_below_the_value_is_refused() -> None:
    document = through_json(replace(sample_working_plan(), certificate=SURE))
    document["certificate"]["bound"] = 4.0
    with pytest.raises(DataError, match="0 <= value <= bound"):
        working_plan_from_dict(document)


def test_a_mission_plan_is_no_working_plan() -> None:
    data = json.dumps(mission_plan_to_dict(sample_plan())).encode()
    with pytest.raises(DataError, match="does not say which sites") as caught:
        read_working_plan(data)
    assert "working-plan.json" in caught.value.remedy


def test_a_folder_that_was_written_will_do(tmp_path: Path) -> None:
    home = tmp_path / "out" / "home"
    home.mkdir(parents=True)
    text = json.dumps(through_json(sample_working_plan()))
    (home / "working-plan.json").write_text(text, encoding="utf-8")
    for place in (tmp_path / "out", home, home / "working-plan.json"):
        assert read_working_plan(place).plan == sample_plan()
