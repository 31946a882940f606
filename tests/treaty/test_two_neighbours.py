"""The example regime: two invented neighbours with a demilitarised strip."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import NotInForceError, UnknownValueError
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.treaty.schema import FILES
from overflight.treaty.validate import validate

FOLDER = Path(__file__).parents[2] / "examples" / "two-neighbours"


@pytest.fixture(scope="module")
def treaty() -> Treaty:
    return load_treaty(FOLDER)


def test_it_is_valid_and_shows_every_file() -> None:
    assert validate(FOLDER) == ()
    assert {file.name for file in FOLDER.glob("*.toml")} == set(FILES)


def test_its_codes_are_nobodys() -> None:
    # ISO 3166-1 leaves XAA to XZZ to users.
    treaty = load_treaty(FOLDER)
    assert all(state.code[0] == "X" for state in treaty.states)


def test_it_begins_on_the_day_it_names(treaty: Treaty) -> None:
    before, after = treaty.on(dt.date(2025, 6, 30)), treaty.on(dt.date(2025, 7, 1))
    assert not before.in_force
    assert [status.state for status in after.states_parties] == ["XAR", "XBE"]
    after.require_parties("XAR", "XBE")
    with pytest.raises(NotInForceError):
        after.require_parties("XAR", "XCI")


def test_the_length_over_the_strip_was_raised(treaty: Treaty) -> None:
    assert treaty.on(dt.date(2026, 3, 31)).value("strip-length").value == 80
    assert treaty.on(dt.date(2026, 4, 1)).value("strip-length").value == 200
    with pytest.raises(UnknownValueError):
        treaty.on(dt.date(2026, 4, 1)).value("mine-clearance-stand-off")


def test_its_territories_do_not_overlap(treaty: Treaty) -> None:
    from shapely.geometry import Point, shape

    areas = {}
    for territory in treaty.territories:
        assert territory.file is not None
        document = json.loads(territory.file.read_text(encoding="utf-8"))
        areas[territory.state] = shape(document["features"][0]["geometry"])
    codes = sorted(areas)
    for a in codes:
        assert areas[a].is_valid
        for b in codes:
            if a < b:
                assert areas[a].intersection(areas[b]).area == pytest.approx(0, abs=1e-9)
    for airfield in treaty.airfields:
        assert airfield.position is not None
        assert areas[airfield.state].contains(Point(*airfield.position.xy))


def test_its_sites_are_illustrative_and_lie_in_beldur(treaty: Treaty) -> None:
    from shapely.geometry import Point, shape

    file = next(t.file for t in treaty.territories if t.state == "XBE")
    assert file is not None
    land = shape(json.loads(file.read_text(encoding="utf-8"))["features"][0]["geometry"])
    with (FOLDER / "sites.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) >= 10
    for row in rows:
        assert "illustrative" in row["name"] and row["id"].startswith("ILLUSTRATIVE")
        assert land.contains(Point(float(row["lon"]), float(row["lat"])))


def planned(cli: Callable[..., Any], on: str) -> Any:
    return cli(
        *("plan", "make", FOLDER / "sites.csv", "--treaty", FOLDER, "--on", on, "--json"),
        *("--observing", "XAR", "--observed", "XBE", "--aircraft", "surveyor-200"),
        *("--from", "beldur-main", "--hazards", FOLDER / "hazards.geojson"),
        *("--seconds", "1", "--seed", "1"),
    )


@pytest.mark.slow
def test_a_plan_under_it_is_held_against_its_own_rules(cli: Callable[..., Any]) -> None:
    # Three of the most valuable sites lie in the strip. Over it 200 km are allowed since April.
    document = json.loads(planned(cli, "2026-05-20").out)
    assert document["flight_distance_km"] <= 700  # Schedule 2
    findings = {f["rule"]: f for f in document["findings"]}
    assert findings["7.2"]["verdict"] == "compliant"
    assert findings["7.2"]["limit"] == 200
    assert findings["6.3"]["limit"] == 5
    assert document["verdict"] == "compliant"


@pytest.mark.slow
def test_nothing_is_planned_before_it_is_in_force(cli: Callable[..., Any]) -> None:
    run = planned(cli, "2025-06-30")
    assert run.status == 2
    assert "Arvane" in run.err and "14" in run.err
