"""``--height``: a site that needs a lower pass, from a file of sites to what is handed over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]

JOB = (
    *("--observing", "DEU", "--observed", "RUS", "--on", "2021-05-19"),
    *("--aircraft", "saab-340b", "--from", "UUMB", "--iterations", "20"),
)
SITES = """id,lat,lon,value,resolution_m
QZA,56.5,39.0,3,0.4
QZB,56.9,37.0,2,
QZC,54.6,39.9,2,0.8
QZD,54.2,36.0,5,0.4
QZE,55.6,33.5,1,
"""


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    file = tmp_path / "sites.csv"
    file.write_text(SITES, encoding="utf-8")
    return file


def test_a_lower_pass_reaches_every_document(cli: Cli, sites: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = cli("plan", "make", sites, *JOB, "--height", "auto:4000", "--out", out, "--json")
    assert run.status == 0, run.err
    document = json.loads(run.out)
    assert document["value_observed"] == 13 and document["height"] == "auto:4000"
    heights = [leg["height_agl_m"] for leg in document["legs"]]
    (leg,) = {o["leg"] for o in document["observations"] if o["site"] == "QZA"}
    assert heights[leg] == 2000 and max(heights) == 4000
    released = out / "release" / "mission-plan.json"
    assert [g["height_agl_m"] for g in json.loads(released.read_text())["legs"]] == heights
    assert cli("plan", "check", released).status == 0

    kml = cli("plan", "export", released, "--to", "kml").out
    assert "at least 2000 m above ground" in kml and "at least 4000 m above ground" in kml
    gpx = cli("plan", "export", released, "--to", "gpx").out
    assert gpx.count("from here at least") == len(heights)
    told = [p["properties"] for p in json.loads(
        cli("plan", "export", released, "--to", "geojson").out)["features"]]  # fmt: skip
    assert [p["height_agl_m"] for p in told if "height_agl_m" in p] == heights
    icao = " ".join(cli("plan", "export", released, "--to", "icao").out.split())
    assert "13200 FT" in icao and "6600 FT" in icao


def test_fixed_keeps_one_height_and_says_what_is_missed(cli: Cli, sites: Path) -> None:
    run = cli("plan", "make", sites, *JOB, "--height", "4000")
    assert run.status == 0, run.err
    assert "would need a pass at 2000 m" in " ".join(run.out.split())
    assert "flown lower" not in run.out


@pytest.mark.parametrize(
    ("height", "said"),
    [("1500", "below H_min of vertical"), ("low", "'low' is no height above ground")],
)
def test_heights_that_cannot_be(cli: Cli, sites: Path, height: str, said: str) -> None:
    run = cli("plan", "make", sites, *JOB, "--height", height)
    assert run.status == 2
    assert said in run.err
