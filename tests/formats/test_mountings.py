"""Sensor configurations and descriptions as Annex B, Appendix 1, paragraphs 2 and 3 have them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import SensorError, UnknownValueError
from overflight.formats.mountings import (
    MEDIA,
    SENSORS,
    mounting_of_tilt,
    parse_description,
    parse_mounting,
    tilt_deg,
    write_mounting,
)
from overflight.terms.camera import FAN, LEFT, RIGHT, VERTICAL, Mounting

# The text prints the letters, not whole blocks: these are put together by its rules.
BLOCKS = [
    ("INT1V", Mounting("INT1", VERTICAL)),  # 3(A)(1), 3(B)(1)
    ("INT2L45", Mounting("INT2", LEFT, 45)),  # 3(B)(2)a
    ("INT3R30", Mounting("INT3", RIGHT, 30)),  # 3(B)(2)b
    ("PODLV", Mounting("PODL", VERTICAL)),  # 3(A)(2)a
    ("PODRR15", Mounting("PODR", RIGHT, 15)),  # 3(A)(2)b
    ("PODCF31", Mounting("PODC", FAN, None, 3, 1)),  # 3(A)(2)c, 3(B)(3), 3(C)
    ("INT1F22", Mounting("INT1", FAN, None, 2, 2)),
    ("V", Mounting("", VERTICAL)),
    ("L45", Mounting("", LEFT, 45)),
    ("F31", Mounting("", FAN, None, 3, 1)),
]


@pytest.mark.parametrize(("text", "mounting"), BLOCKS)
def test_blocks_are_read_and_written(text: str, mounting: Mounting) -> None:
    assert parse_mounting(text) == mounting
    assert parse_mounting(f" {text.lower()} ") == mounting
    assert write_mounting(mounting) == text
    assert len(text) <= 9  # "up to nine alphanumeric characters"


@pytest.mark.parametrize(
    "text",
    ["", "INT", "INT0V", "INT12V", "PODXV", "INT1L", "INT1L90", "INT1L86", "INT1L-5", "INT1V5",
     "F1", "F11", "F32X", "F34", "INT1F", "X45", "INT1L450", "V V"],
)  # fmt: skip
def test_what_is_no_block_is_refused(text: str) -> None:
    with pytest.raises(SensorError) as caught:
        parse_mounting(text)
    assert caught.value.remedy


def test_a_depression_angle_is_counted_from_the_horizon() -> None:
    assert tilt_deg(parse_mounting("L30")) == -60.0
    assert tilt_deg(parse_mounting("R75")) == 15.0
    assert tilt_deg(parse_mounting("V")) == 0.0


def test_up_to_five_degrees_is_vertical() -> None:
    # 3(B)(1): "not tilted more than five degrees"; (2): "tilted more than five degrees".
    assert write_mounting(mounting_of_tilt(5.0)) == "V"
    assert write_mounting(mounting_of_tilt(-5.0)) == "V"
    assert write_mounting(mounting_of_tilt(5.2)) == "R84"
    assert write_mounting(mounting_of_tilt(-45.0, "INT2")) == "INT2L45"


def test_where_a_fan_points_is_not_told() -> None:
    with pytest.raises(UnknownValueError, match="F31"):
        tilt_deg(parse_mounting("F31"))


@given(st.floats(-90.0, 90.0))
def test_a_tilt_survives_to_the_degree(tilt: float) -> None:
    again = tilt_deg(parse_mounting(write_mounting(mounting_of_tilt(tilt))))
    assert again == 0.0 if abs(tilt) <= 5.0 else abs(again - tilt) <= 1.0


@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize("medium", ["", *MEDIA])
def test_descriptions(sensor: str, medium: str) -> None:
    assert parse_description(sensor + medium) == (sensor, medium)
    assert len(sensor + medium) <= 6  # "up to six alphanumeric characters"


@pytest.mark.parametrize("text", ["", "BP", "OFXX", "OFBPX", "IR", "OF BP"])
def test_what_is_no_description_is_refused(text: str) -> None:
    with pytest.raises(SensorError):
        parse_description(text)


def test_the_letters_are_those_of_the_text() -> None:
    assert set(SENSORS) == {"OP", "OF", "TV", "IRLS", "SAR"}
    assert set(MEDIA) == {"BI", "BM", "BP", "BR", "TA", "TD"}
