"""``plan improve``, ``explain``, ``compare`` and what ``plan make`` gives besides, as typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

JOB = (
    *("--observing", "DEU", "--observed", "RUS", "--on", "2021-05-19"),
    *("--aircraft", "saab-340b", "--from", "UUMB"),
)
SITES = """id,lat,lon,value,name
QZA,56.90,40.90,5,Alpha
QZB,54.60,39.70,3,Bravo
QZC,57.80,38.40,8,Charlie
QZD,53.10,34.10,2,Delta
QZE,58.50,31.30,5,Echo
QZF,68.00,155.00,9,Foxtrot
QZG,55.90,38.10,1,Golf
QZH,56.30,36.10,1,Hotel
QZI,54.90,36.20,1,India
QZJ,56.60,39.20,1,Juliett
QZK,55.20,37.90,1,Kilo
QZL,57.10,36.80,1,Lima
"""

Cli = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with its explanation and alternatives."""
    from overflight.cli.main import main

    root = tmp_path_factory.mktemp("again")
    (root / "sites.csv").write_text(SITES, encoding="utf-8")
    more = ("--iterations", "20", "--alternatives", "1", "--explain", "1", "--json")
    words = ["plan", "make", str(root / "sites.csv"), *JOB, *more, "--out", str(root / "out")]
    assert main(words) == 0
    return root / "out"


def test_all_of_it_stays_at_home(folder: Path) -> None:
    home = {p.relative_to(folder / "home").as_posix() for p in (folder / "home").rglob("*")}
    assert {"explanation.txt", "explanation.json", "alternatives.txt"} <= home
    if "alternative-1" in home:
        assert "alternative-1/working-plan.json" in home
    released = list((folder / "release").rglob("*"))
    assert {p.name for p in released} >= {"mission-plan.json", "mission-plan.pdf"}
    for file in released:
        assert b"QZ" not in file.read_bytes() or file.suffix in (".png", ".pdf")
        assert "alternative" not in file.name and "explanation" not in file.name
    document = json.loads((folder / "release" / "mission-plan.json").read_text(encoding="utf-8"))
    assert "certificate" not in document


def test_improve_takes_the_folder_and_is_no_worse(folder: Path, cli: Cli, tmp_path: Path) -> None:
    before = json.loads((folder / "home" / "working-plan.json").read_text(encoding="utf-8"))
    run = cli("plan", "improve", folder, "--iterations", "5", "--json", "--out", tmp_path / "b")
    assert run.status == 0
    after = json.loads(run.out)
    assert after["value_observed"] >= before["value_observed"]
    assert after["certificate"]["bound"] >= after["value_observed"]
    assert (tmp_path / "b" / "home" / "working-plan.json").is_file()
    assert (tmp_path / "b" / "release" / "mission-plan.json").is_file()
    assert json.loads((folder / "home" / "working-plan.json").read_text()) == before


def test_explain_answers_in_words_and_as_json(folder: Path, cli: Cli) -> None:
    told = cli("plan", "explain", folder, "--iterations", "5", "--json")
    assert told.status == 0
    document = json.loads(told.out)
    assert document["kind"] == "plan-explanation"
    assert any("QZF" in part["sites"] for part in document["out_of_sight"])
    assert "OUT OF SIGHT" in cli("plan", "explain", folder, "--iterations", "5").out


def test_a_plan_compared_with_itself_differs_in_nothing(
    folder: Path, cli: Cli, tmp_path: Path
) -> None:
    run = cli("plan", "compare", folder, folder, "--json", "--map", tmp_path / "c.svg")
    assert run.status == 0
    document = json.loads(run.out)
    assert document["only_a"] == document["only_b"] == document["differs_in"] == []
    assert (tmp_path / "c.svg").read_bytes().lstrip().startswith(b"<?xml")
    assert f"Seen by both: {len(document['both'])}." in cli("plan", "compare", folder, folder).out


@pytest.mark.parametrize("verb", ["improve", "explain"])
def test_a_mission_plan_is_refused(folder: Path, cli: Cli, verb: str) -> None:
    run = cli("plan", verb, folder / "release" / "mission-plan.json")
    assert run.status == 2
    assert "working-plan.json" in run.err


def test_what_would_be_written_nowhere_is_refused_first(cli: Cli, folder: Path) -> None:
    sites = folder.parent / "sites.csv"
    run = cli("plan", "make", sites, *JOB, "--alternatives", "2")
    assert run.status == 2 and "--out" in run.err
    run = cli("plan", "make", sites, *JOB, "--explain", "2", "--json")
    assert run.status == 2 and "--out" in run.err
    run = cli("plan", "make", sites, *JOB, "--seconds", "2", "--certificate", "3")
    assert run.status == 2 and "certificate" in run.err
