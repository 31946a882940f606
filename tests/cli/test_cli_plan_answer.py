"""``overflight plan kit`` and ``answer`` on a plan that was handed over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.plan_json import mission_plan_to_dict
from overflight.formats.schema import validate
from overflight.report.outgoing import plan_bytes, plan_digest
from plan_by_hand import BEGINS, HOUR, plan

Cli = Callable[..., Any]
PLACES = "id,name,lat,lon,value\ndepot,Depot,56.0,35.2,5\nfar,Far,60,60,1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.json").write_bytes(plan_bytes(plan()))
    (tmp_path / "own.csv").write_text(PLACES)
    return tmp_path


def proposal(folder: Path, **change: Any) -> str:
    given = {
        "legs": [2, 2], "cause": "hazardous-airspace", "reason": "Firing.",
        "evidence": {"hazard": "UUD1"}, "route": [{"lat": 55.9, "lon": 34.6}],
    }  # fmt: skip
    document = {
        "kind": "counter-proposal", "version": 1, "treaty": "open-skies", "observing": "DEU",
        "observed": "RUS", "plan_sha256": plan_digest(plan()), "changes": [{**given, **change}],
    }  # fmt: skip
    (folder / "answer.json").write_text(json.dumps(document))
    return str(folder / "answer.json")


def test_the_kit_for_people(cli: Cli, folder: Path) -> None:
    given = cli("plan", "kit", folder / "plan.json", "--sites", folder / "own.csv")
    assert given.status == 0
    assert given.out.startswith("OBSERVED SIDE ONLY")
    assert "Answer by 2021-05-18T05:00:00Z [VI.II.6" in given.out
    assert "UUD1 (danger): leg 2" in given.out
    assert max(map(len, given.out.splitlines())) <= 80


def test_the_kit_for_programs(cli: Cli, folder: Path) -> None:
    given = cli("plan", "kit", folder / "plan.json", "--sites", folder / "own.csv", "--json")
    document = json.loads(given.out)
    validate(document, "escort-kit")
    assert [p["place"] for p in document["places"]] == ["depot", "far"]
    assert document["places"][1]["seen"] == "no"


def test_a_draft_can_be_sent_and_mends_the_plan(cli: Cli, folder: Path) -> None:
    times = replace(plan().times, submitted=BEGINS - 20 * HOUR)
    late = replace(plan(), times=times)
    (folder / "late.json").write_bytes(plan_bytes(late))
    cli("plan", "kit", folder / "late.json", "--draft", folder / "draft.json")
    given = cli(
        "plan", "answer", folder / "late.json", folder / "draft.json",
        "--revised", folder / "new.json", "--json",
    )  # fmt: skip
    assert given.status == 0, given.out
    validate(json.loads(given.out), "counter-proposal-assessment")
    new = json.loads((folder / "new.json").read_text())
    assert new["times"]["commencement"] == "2021-05-19T11:00:00Z"
    assert set(new) == set(mission_plan_to_dict(plan()))


def test_nothing_to_change_no_draft(cli: Cli, folder: Path) -> None:
    given = cli("plan", "kit", folder / "plan.json", "--draft", folder / "draft.json")
    assert "no draft" in given.err
    assert not (folder / "draft.json").exists()


@pytest.mark.parametrize(
    ("reading", "status"), [("preclusion=this-flight", 1), ("preclusion=territory", 0)]
)
def test_going_round_depends_on_the_reading(
    cli: Cli, folder: Path, reading: str, status: int
) -> None:
    given = cli("plan", "answer", folder / "plan.json", proposal(folder), "--reading", reading)
    assert given.status == status
    assert "the plan shows it" in given.out


def test_a_ground_that_there_is_not(cli: Cli, folder: Path) -> None:
    file = proposal(folder, cause="secrecy", departs="2021-05-19T08:00:00Z", legs=[1, 1])
    given = cli("plan", "answer", folder / "plan.json", file)
    assert given.status == 1
    assert "NO GROUND" in given.out


def test_an_answer_to_another_plan(cli: Cli, folder: Path) -> None:
    other = replace(plan(), cruise_km_h=451.0)
    (folder / "plan.json").write_bytes(plan_bytes(other))
    given = cli("plan", "answer", folder / "plan.json", proposal(folder))
    assert given.status == 2
    assert "another plan" in given.err


def test_what_the_plan_says_need_not_stand_in_the_answer(cli: Cli, folder: Path) -> None:
    """The same file is looked at with ``plan answer`` and sent with ``mission counter``."""
    whole = cli("plan", "answer", folder / "plan.json", proposal(folder))
    document = json.loads((folder / "answer.json").read_text())
    (folder / "answer.json").write_text(json.dumps({"changes": document["changes"]}))
    short = cli("plan", "answer", folder / "plan.json", folder / "answer.json")
    assert (short.status, short.out) == (whole.status, whole.out)
    (folder / "answer.json").write_text(json.dumps({**document, "kind": "mission-plan"}))
    assert cli("plan", "answer", folder / "plan.json", folder / "answer.json").status == 2
