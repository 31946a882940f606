"""``plan make --weather`` as typed: what it gives, where it is written, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]

JOB = (
    *("--observing", "DEU", "--observed", "RUS", "--on", "2021-05-19"),
    *("--aircraft", "saab-340b", "--from", "UUMB", "--iterations", "6"),
)
SITES = """id,name,lat,lon,value
a,Alpha,56.9,40.9,5
b,Bravo,54.6,39.7,3
c,Charlie,57.8,38.4,2
"""
CLOUDS = "time,lat,lon,cloud_percent\n" + "".join(
    f"2021-05-{day}T{hour}Z,{lat},{lon},{cloud}\n"
    for day, hour, cloud in (
        ("19", "00:00", 75),
        ("19", "23:00", 75),
        ("20", "00:00", 25),
        ("24", "00:00", 25),
    )
    for lat in (50, 60)
    for lon in (30, 45)
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    (tmp_path / "clouds.csv").write_text(CLOUDS, encoding="utf-8")
    return tmp_path / "sites.csv", tmp_path / "clouds.csv"


@pytest.mark.slow
def test_expected_and_at_risk(cli: Cli, files: tuple[Path, Path]) -> None:
    sites, clouds = files
    more = ("--weather", clouds, "--risk", "0.4", "--cloud-correlation-km", "inf", "--json")
    run = cli("plan", "make", sites, *JOB, *more)
    assert run.status == 0, run.err
    weather = json.loads(run.out)["weather"]
    assert weather["value_if_clear"] == 10
    assert weather["value_expected"] == pytest.approx(2.5)
    assert weather["probability"] == 0.4
    assert weather["correlation_km"] is None
    assert weather["source"] == "clouds.csv"
    assert {p["site"] for p in weather["passes"]} == {"a", "b", "c"}
    assert [p["clear"] for p in weather["passes"]] == pytest.approx([0.25] * 3)
    assert weather["value_reached"] == 0.0  # all alike: 10 with a quarter, else nothing


@pytest.mark.slow
def test_the_better_day_and_what_stays_at_home(
    cli: Cli, files: tuple[Path, Path], tmp_path: Path
) -> None:
    sites, clouds = files
    starts = "2021-05-19T06:00Z,2021-05-20T06:00Z"
    more = ("--weather", clouds, "--weather-starts", starts, "--alternatives", "1")
    run = cli("plan", "make", sites, *JOB, *more, "--out", tmp_path / "out")
    assert run.status == 0, run.err
    assert "value 7.5 of 10 in clear sky" in " ".join(run.out.split())
    assert "19 06:00" in run.out and "20 06:00" in run.out
    home, release = tmp_path / "out" / "home", tmp_path / "out" / "release"
    table = (home / "alternatives.txt").read_text(encoding="utf-8")
    first, second = (line for line in table.splitlines() if " 06:00 " in line)
    assert first.split()[:3] == ["the", "plan", "7.5"] and "20 06:00" in first
    assert second.split()[:3] == ["alternative", "1", "2.5"] and "19 06:00" in second
    assert "NOT FOR RELEASE" in table
    other = json.loads((home / "alternative-1" / "working-plan.json").read_text(encoding="utf-8"))
    assert other["weather"]["value_expected"] == pytest.approx(2.5)
    for file in release.iterdir():
        if file.suffix in (".json", ".geojson", ".kml", ".gpx", ".txt"):
            text = file.read_text(encoding="utf-8").casefold()
            assert not any(word in text for word in ("weather", "cloud", "expected value"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--risk", "0.8"), "--risk is about a forecast of cloud"),
        (("--weather-starts", "2021-05-20T06:00Z"), "--weather-starts is about a forecast"),
        (("--weather", "CLOUDS", "--explain", "1"), "counts every site in full"),
        (("--weather", "none.nc"), "no such file"),
        (("--weather", "SITES"), "no column cloud"),
    ],
)
def test_what_is_refused(
    cli: Cli, files: tuple[Path, Path], options: tuple[str, ...], message: str
) -> None:
    sites, clouds = files
    named = {"CLOUDS": str(clouds), "SITES": str(sites)}
    run = cli("plan", "make", sites, *JOB, *(named.get(word, word) for word in options))
    assert run.status == 2
    assert message in run.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--risk", "1.2"), "a probability between 0 and 1"),
        (("--cloud-correlation-km", "-3"), "kilometres, 0 or more"),
        (("--weather-starts", "2021-05-20T06:00"), "moments with their zone"),
        (("--weather-starts", "tomorrow"), "moments with their zone"),
    ],
)
def test_words_that_are_no_option(
    cli: Cli, files: tuple[Path, Path], options: tuple[str, ...], message: str
) -> None:
    run = cli("plan", "make", files[0], *JOB, *options)
    assert run.status == 2
    assert message in run.err
