"""``plan make --flights`` and ``--max-fixes`` as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WORDS = (
    *("--observing", "DEU", "--observed", "RUS", "--on", "2021-05-19"),
    *("--aircraft", "saab-340b", "--from", "UUMB", "--iterations", "40"),
)
SITES = """id,lat,lon,value,name
a,56.90,40.90,5,Alpha
b,54.60,39.70,3,Bravo
c,57.80,38.40,8,Charlie
d,53.10,34.10,2,Delta
e,58.50,31.30,5,Echo
f,59.30,38.00,8,Foxtrot
g,52.00,39.20,5,Golf
h,55.80,49.10,8,Hotel
"""
Cli = Callable[..., Any]


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    file = tmp_path / "sites.csv"
    file.write_text(SITES, encoding="utf-8")
    return file


@pytest.mark.slow
def test_flights_get_folders_of_their_own_and_one_document(
    sites: Path, tmp_path: Path, cli: Cli
) -> None:
    out = tmp_path / "out"
    (out / "flight-7").mkdir(parents=True)
    words = ("--flights", "2", "--max-fixes", "4", "--json", "--out", str(out))
    run = cli("plan", "make", str(sites), *WORDS, *words)
    assert run.status == 0, run.err
    document = json.loads(run.out)
    assert document["kind"] == "campaign"
    assert len(document["flights"]) == 2
    assert document == json.loads((out / "home" / "campaign.json").read_text(encoding="utf-8"))
    assert "flight-7 is not of this campaign" in run.err
    single = tmp_path / "single"
    assert cli("plan", "make", str(sites), *WORDS, "--json", "--out", str(single)).status == 0
    for part in ("home", "release"):
        wanted = {file.name for file in (single / part).iterdir()}
        for number in (1, 2):
            folder = out / f"flight-{number}" / part
            assert {file.name for file in folder.iterdir()} == wanted
    for number in (1, 2):
        plan = out / f"flight-{number}" / "release" / "mission-plan.json"
        assert cli("plan", "check", str(plan), "--json").status == 0
        fixes = json.loads(plan.read_text(encoding="utf-8"))["fixes"]
        assert sum(not fix.get("airfield") for fix in fixes) <= 4


@pytest.mark.slow
def test_the_text_has_the_flights_and_their_plans(sites: Path, cli: Cli) -> None:
    run = cli("plan", "make", str(sites), *WORDS, "--flights", "2", "--max-fixes", "4")
    assert run.status == 0, run.err
    assert "CAMPAIGN  DEU over RUS, 2 flights" in run.out
    assert "FLIGHT 2 OF 2" in run.out
    assert "of at most 4 asked for" in run.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--flights", "0"), "1 or more"),
        (("--flights", "two"), "whole number"),
        (("--max-fixes", "0"), "1 or more"),
        (("--max-fixes", "2.5"), "whole number"),
        (("--flights", "2", "--explain", "5"), "--explain cannot be had with --flights"),
        (
            ("--flights", "2", "--alternatives", "2", "--out", "x"),
            "--alternatives cannot be had with --flights",
        ),
        (("--on", "2021-05-19,2021-06-16"), "2 days are given for one flight"),
        (("--flights", "3", "--on", "2021-05-19,2021-06-16"), "2 days are given for 3 flights"),
        (("--on", "2021-05-19,tomorrow", "--flights", "2"), "is not a date"),
    ],
)
def test_what_does_not_go_together_is_refused_before_any_work(
    words: tuple[str, ...], said: str, sites: Path, cli: Cli
) -> None:
    run = cli("plan", "make", str(sites), *WORDS, *words)
    assert run.status == 2
    assert said in run.err
    assert "Traceback" not in run.err


@pytest.mark.slow
def test_too_few_fixes_to_show_anything(sites: Path, cli: Cli) -> None:
    run = cli("plan", "make", str(sites), *WORDS, "--max-fixes", "1")
    assert run.status == 2
    assert "at most 1 fixes" in run.err
    assert "--max-fixes" in run.err
