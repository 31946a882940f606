"""Options that say how a plan is flown: what they do to the plan, and what is said of bad ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]

JOB = (
    *("--observing", "DEU", "--observed", "RUS", "--on", "2021-05-19"),
    *("--aircraft", "saab-340b", "--from", "UUMB", "--iterations", "30"),
)
FIELD = "lat,lon,u,v\n40,20,20,0\n40,70,20,0\n70,20,20,0\n70,70,20,0\n"


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    file = tmp_path / "sites.csv"
    file.write_text("id,lat,lon\na,56.9,40.9\nb,54.6,39.7\nc,57.8,38.4\n", encoding="utf-8")
    return file


def made(cli: Cli, sites: Path, *options: str) -> dict[str, Any]:
    run = cli("plan", "make", sites, *JOB, *options, "--json")
    assert run.status == 0, run.err
    document: dict[str, Any] = json.loads(run.out)
    return document


def test_wind_turns_bank_and_run_in_reach_the_plan(cli: Cli, sites: Path, tmp_path: Path) -> None:
    (tmp_path / "wind.csv").write_text(FIELD, encoding="utf-8")
    options = ("--turn", "short", "--bank", "20", "--run-in", "45")
    still = made(cli, sites)
    windy = made(cli, sites, "--wind", "270/20m/s", *options)
    field = made(cli, sites, "--wind", str(tmp_path / "wind.csv"))
    assert still["flyability"]["technique"] == "overflight turn"
    assert still["flyability"]["bank_deg"] == 25
    assert windy["flyability"]["bank_deg"] == 20
    assert windy["mission_plan"]["turn_technique"] == "turn short"
    assert windy["released_plan"]["turn_technique"] == "turn short"
    assert any("45 s of level flight" in said for said in windy["assumptions"])
    for document in (windy, field):
        speeds = [leg["ground_speed_km_h"] for leg in document["flyability"]["legs"]]
        # 72 km/h of wind either way; every flight out and back meets both
        assert min(speeds) < 450 - 20 and max(speeds) > 450 + 20
        assert max(speeds) <= 450 + 72.1
        assert "flyability" not in document["released_plan"]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--wind", "270/30", "is no wind, and no file has that name"),
        ("--wind", "nowhere.nc", "no file has that name"),
        ("--wind", "270/900kt", "no wind: 270 degrees, 1667 km/h"),
        ("--wind", "270/260kt", "km/h of wind"),
        ("--bank", "80", "80 degrees of bank"),
        ("--bank", "steep", "invalid float"),
        ("--run-in", "-1", "-1 s of run-in"),
        ("--turn", "choose", "invalid choice"),
    ],
)
def test_bad_ones_are_refused_before_the_search(
    cli: Cli, sites: Path, option: str, value: str, said: str
) -> None:
    run = cli("plan", "make", sites, *JOB, f"{option}={value}")
    assert run.status == 2
    assert said in run.err
    assert "Traceback" not in run.err
    if "error: argument" not in run.err:
        assert "->" in run.err  # what to do


def test_improving_keeps_the_turns_and_asks_for_the_wind(
    cli: Cli, sites: Path, tmp_path: Path
) -> None:
    document = made(cli, sites, "--wind", "27030KT", "--turn", "short")
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    run = cli("plan", "improve", file, "--iterations", "5", "--json")
    assert run.status == 0, run.err
    assert "without --wind" in run.err
    assert json.loads(run.out)["mission_plan"]["turn_technique"] == "turn short"
    again = cli("plan", "improve", file, "--iterations", "5", "--wind", "27030KT", "--json")
    assert "without --wind" not in again.err
    assert any("they count the wind" in said for said in json.loads(again.out)["assumptions"])
