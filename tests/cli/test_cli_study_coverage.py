"""``overflight study coverage``, as somebody types it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.schema import validate

Cli = Callable[..., Any]
EXAMPLES = Path(__file__).parents[2] / "examples" / "studies"
SITES = ("study", "coverage", "--sites", str(EXAMPLES / "sites.csv"))
FLIGHTS = ("--flights", str(EXAMPLES / "flights.csv"))


def test_flights(cli: Cli, tmp_path: Path) -> None:
    run = cli(*SITES, *FLIGHTS, "--lasts", "30", "--out", str(tmp_path / "page"), "--json")
    document = json.loads(run.out)
    validate(document, "study-coverage")
    assert document["satellites"] is None
    together = document["flights"]["observers"][-1]
    assert together["observer"] == "all together" and together["sites_seen"] == 5
    # nine looks, each worth thirty days of beginnings but one: at plain a look follows after 21
    assert together["chance_seen"] == [
        {"days": 30, "value": "261/1825", "value_float": pytest.approx((9 * 30 - 9) / (5 * 365))}
    ]
    assert (tmp_path / "page" / "chance.png").exists()


def test_quotas_with_plans_that_are_drawn(cli: Cli) -> None:
    run = cli(*SITES, *FLIGHTS, "--quota", "DEU=3", "--quota", "SWE=1", "--json")
    document = json.loads(run.out)
    assert [o["flights"] for o in document["flights"]["observers"]] == [3, 1, 4]
    assert "drawn" in document["flights"]["days_of_flights"]


def test_satellites_stand_beside_and_are_never_added(cli: Cli) -> None:
    pytest.importorskip("sgp4")
    orbits = ("--tle", str(EXAMPLES / "made-up-orbits.tle"), "--from", "2021-03-08", "--for", "1")
    run = cli(*SITES, *FLIGHTS, *orbits, "--cloud", "0.5", "--json")
    document = json.loads(run.out)
    validate(document, "study-coverage")
    assert document["satellites"]["satellites"] == 50
    for site in document["satellites"]["sites"]:
        assert site["expected_clear"] == site["accesses"] / 2
    assert "never added up" in document["note"]
    without = json.loads(cli(*SITES, *orbits, "--json").out)
    assert all(s["expected_clear"] is None for s in without["satellites"]["sites"])
    assert "Cloud: no figure was given" in cli(*SITES, *orbits).out


def test_a_report_says_how_the_answer_changes(cli: Cli, tmp_path: Path) -> None:
    pytest.importorskip("sgp4")
    orbits = ("--tle", str(EXAMPLES / "made-up-orbits.tle"), "--from", "2021-03-08", "--for", "1")
    page = tmp_path / "page"
    run = cli(*SITES, *FLIGHTS, *orbits, "--weigh", "value", "--detect", "0.5", "--lasts", "1",
              "--lasts", "90", "--out", str(page))  # fmt: skip
    for words in (
        "were it otherwise", "sites by their values, a look shows it with chance 0.5 (as above)",
        "all sites alike, a look shows it with chance 0.5", "Accesses within narrower limits",
        "Readings", "when an activity begins", "what an access is", "Not known",
    ):  # fmt: skip
        assert words in run.out, words
    assert "1 day," in run.out and "1 days" not in run.out and "1 flights" not in run.out
    assert {p.name for p in page.glob("*.svg")} == {"chance.svg", "gaps.svg", "accesses.svg"}
    document = json.loads(cli(*SITES, *FLIGHTS, "--weigh", "value", "--detect", "0.5",
                              "--json").out)  # fmt: skip
    assert (document["flights"]["weigh"], document["flights"]["detect"]) == ("value", 0.5)


def test_a_share(cli: Cli) -> None:
    run = cli("study", "coverage", "--distance", "6500", "--swath", "7", "--area", "17098246",
              "--json")  # fmt: skip
    assert json.loads(run.out)["area_share"]["share"] == pytest.approx(0.00266, abs=1e-5)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "nothing is asked"),
        (("--distance", "6500"), "needs all of"),
        (FLIGHTS, "no sites"),
        ((*SITES[2:], "--tle", "nowhere.tle"), "no first day"),
        ((*SITES[2:], *FLIGHTS, "--quota", "DEU"), "not CODE=N"),
        ((*SITES[2:], *FLIGHTS, "--lasts", "400"), "400 days"),
        ((*SITES[2:], *FLIGHTS, "--detect", "1.5"), "no chance"),
        ((*SITES[2:], *FLIGHTS, "--detect", "nan"), "no chance"),
    ],
)
def test_what_cannot_be(cli: Cli, words: tuple[str, ...], told: str) -> None:
    run = cli("study", "coverage", *words)
    assert run.status == 2 and told in run.err


def test_a_flight_over_a_site_that_is_not_in_the_list(cli: Cli, tmp_path: Path) -> None:
    flights = tmp_path / "f.csv"
    flights.write_text("observer,plan,date\nDEU,elsewhere,2021-01-01\n", encoding="utf-8")
    run = cli(*SITES, "--flights", str(flights))
    assert run.status == 2 and "f.csv:2" in run.err and "elsewhere" in run.err
