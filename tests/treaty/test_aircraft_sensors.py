"""What the catalogue says of sensors: public figures with their source, the rest unknown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from overflight.terms.aircraft import Sensor
from overflight.treaty.aircraft import aircraft_problems
from overflight.treaty.loader import load_treaty

AIRCRAFT = Path(__file__).parents[2] / "src" / "overflight" / "data" / "aircraft"


def sensors(id_: str) -> dict[str, Sensor]:
    view = load_treaty("open-skies").on(dt.date(2015, 1, 1), {})
    return {sensor.id: sensor for sensor in view.installed(id_)[1]}


def test_the_oc_135b_as_it_is_reported() -> None:
    # key.aero/article/oc-135b-replacement: 3,000 ft for the KS-87E, 35,000 ft for the KA-91C; film.
    installed = sensors("oc-135b")
    assert installed["ks-87e-vertical"].operating_height_m == pytest.approx(3000 * 0.3048)
    assert installed["ka-91c"].operating_height_m == pytest.approx(35000 * 0.3048)
    assert {s.medium for s in installed.values()} == {"film"}
    # Section 12: focal lengths of certified sensors were not found.
    assert all(s.focal_mm is None for s in installed.values())


def test_what_is_reported_is_no_h_min() -> None:
    for sensor in sensors("oc-135b").values():
        assert "h_min_m" in sensor.assumed
        assert "operating_height_m" not in sensor.assumed


def test_digital_sets_are_marked() -> None:
    assert {s.medium for s in sensors("a319-oh").values()} == {"digital"}
    assert sensors("tu-214on")["osdcam4060"].medium == "digital"
    assert sensors("c-130-samson")["samson"].h_min_m is None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('mounting = "L45"', "looks left"),
        ('mounting = "Z1"', "no sensor configuration"),
        ('medium = "paper"', "medium"),
        ('focal_mm = "long"', "focal_mm"),
        ("cameras = 1.5", "cameras"),
    ],
)
def test_a_mistake_about_a_sensor_is_told_with_its_line(
    tmp_path: Path, line: str, says: str
) -> None:
    text = (AIRCRAFT / "saab-340b.toml").read_text(encoding="utf-8")
    (tmp_path / "saab-340b.toml").write_text(
        text.replace('sides = "right"\n', f'sides = "right"\n{line}\n'), encoding="utf-8"
    )
    found = list(aircraft_problems(((tmp_path, False),), [tmp_path], (), {}))
    assert found and says in found[0].message + found[0].remedy
    assert found[0].line
