"""What an aircraft can do and where it stands, for the made-up one."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty
from overflight.treaty.validate import validate


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "sensor", "standing"),
    [
        ("2000-12-31", None, "not designated"),
        ("2001-01-01", None, "designated, not certified"),
        ("2002-02-28", None, "designated, not certified"),
        ("2002-03-01", None, "unknown"),  # certified on one of these days
        ("2002-03-09", None, "unknown"),
        ("2002-03-10", None, "certified"),
        ("2004-01-15", None, "certification disputed"),
        ("2004-01-15", "nose", "certification disputed"),  # a camera
        ("2004-01-15", "radar", "certified"),  # the dispute is about cameras
        ("2004-02-01", None, "certified"),
        ("2005-06-01", None, "certified"),  # lending changes nothing
        ("2009-01-01", None, "retired"),
        ("2009-01-01", "nose", "retired"),
    ],
)
def test_standing(deposits: Treaty, on: str, sensor: str | None, standing: str) -> None:
    assert deposits.on(day(on)).aircraft_standing("plane", sensor).standing == standing


def test_standing_says_since_when_and_what_is_to_come(deposits: Treaty) -> None:
    before = deposits.on(day("2001-06-01")).aircraft_standing("plane")
    assert before.since == day("2001-01-01")
    assert before.certified_later is not None
    assert before.certified_later.latest == day("2002-03-10")
    assert before.citations


def test_a_designation_of_unknown_day_is_not_a_certification(spoil: object) -> None:
    folder = spoil(  # type: ignore[operator]
        "aircraft.toml", "date = 2001-01-01", "date_from = 2001-01-01\ndate_to = 2002-02-28"
    )
    view = load_treaty(folder).on(day("2001-06-01"))
    assert view.aircraft_standing("plane").standing == "designated, not certified"


def test_figures_are_cited_and_assumptions_marked(deposits: Treaty) -> None:
    plane = deposits.on(day("2004-01-01")).aircraft("plane")
    assert (plane.range_km.value, plane.range_km.unit) == (1000, "km")
    assert plane.cruise_km_h.unit == "km/h"
    assert plane.max_takeoff_mass_kg.unit == "kg"
    assert plane.assumed == ("cruise_km_h", "nose.far_deg")
    assert plane.cruise_km_h.cite == "A source of this file alone"
    assert plane.range_km.cite == "8 (Treaty of Deposits)"


def test_an_overlay_gives_figures_that_stay_private(overlaid: Treaty) -> None:
    view = overlaid.on(day("2004-01-01"))
    plane = view.aircraft("plane")
    assert (plane.range_km.value, plane.range_km.private) == (1111, True)
    assert plane.range_km.citations[0].private
    assert not plane.cruise_km_h.private
    assert plane.sensors[0].h_min_m == 2345
    assert plane.sensors[0].far_deg == 40
    assert "nose.h_min_m" in view.private_sensor_fields("plane")
    assert overlaid.on(day("2003-12-31")).aircraft("plane").range_km.value == 1000


def test_an_aircraft_that_nobody_describes(deposits: Treaty) -> None:
    for ask in ("aircraft", "aircraft_standing"):
        with pytest.raises(DataError) as caught:
            getattr(deposits.on(day("2004-01-01")), ask)("plaine")
        assert "'plane'" in caught.value.remedy


def test_mistakes_in_an_aircraft_file_are_found(copied: Path) -> None:
    file = copied / "aircraft" / "plane.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('category = "camera"', 'category = "kamera"')
        .replace('cite = ["text 8"]', 'cite = ["texst 8"]')
        .replace("near_deg = 0", "near_deg = true"),
        encoding="utf-8",
    )
    (problem,) = validate(copied)
    assert (problem.line, "near_deg" in problem.message) == (34, True)
    file.write_text(file.read_text().replace("near_deg = true", "near_deg = 0"), encoding="utf-8")
    by_line = {problem.line: problem.message for problem in validate(copied)}
    assert set(by_line) == {12, 30}
    assert "texst" in by_line[12] and "kamera" in by_line[30]
    with pytest.raises(DataError) as caught:
        load_treaty(copied).on(day("2004-01-01")).aircraft("plane")
    assert caught.value.line == 12
    shutil.copy(file, copied / "aircraft" / "other.toml")
    assert any("'plane'" in p.message and p.file.endswith("other.toml") for p in validate(copied))
