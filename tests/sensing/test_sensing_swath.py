"""The strip beside a leg: plain trigonometry, and sides that are not mixed up."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import SensorError
from overflight.sensing.heights import flight_height_m, serving
from overflight.sensing.resolution import ground_resolution_m, reach_km
from overflight.sensing.swath import Strip, ground_strip, strip_resolving, strips_for
from overflight.terms.aircraft import Sensor

VERTICAL = Sensor("v", "optical-framing", "vertical", 2000.0, 0.3, 0.0, 45.0)
OBLIQUE = Sensor("o", "optical-framing", "left oblique", 1000.0, 0.3, 30.0, 60.0, sides="left")
RADAR = Sensor("r", "sar", "radar", None, 3.0, 45.0, 70.0, sides="right")


def test_at_45_degrees_a_sensor_sees_as_far_as_it_is_high() -> None:
    assert ground_strip(VERTICAL, 2000.0) == Strip(0.0, pytest.approx(2.0))
    assert ground_strip(VERTICAL, 4000.0).far_km == pytest.approx(4.0)


def test_an_oblique_camera_sees_neither_below_nor_across() -> None:
    strip = ground_strip(OBLIQUE, 1000.0)
    assert strip.near_km == pytest.approx(1.0 / math.sqrt(3.0))
    assert strip.far_km == pytest.approx(math.sqrt(3.0))
    assert strip.holds(-1.0)  # left of the track is negative
    assert not strip.holds(1.0)
    assert not strip.holds(-0.3)
    assert not strip.holds(-1.8)


def test_a_camera_below_the_aircraft_sees_the_track_itself() -> None:
    assert ground_strip(VERTICAL, 2000.0).holds(0.0)


@pytest.mark.parametrize(
    ("near", "far", "sides"), [(10, 10, "both"), (-1, 30, "both"), (0, 90, "both"), (0, 30, "up")]
)
def test_angles_that_make_no_strip_are_refused(near: float, far: float, sides: str) -> None:
    with pytest.raises(SensorError, match="no strip"):
        ground_strip(replace(VERTICAL, near_deg=near, far_deg=far, sides=sides), 1000.0)


def test_all_sensors_work_from_the_largest_minimum_height() -> None:
    # VI.II.4(D): the height must let none of the sensors exceed its limit.
    assert flight_height_m([OBLIQUE, VERTICAL, RADAR]) == 2000.0
    assert flight_height_m([RADAR]) is None
    assert serving([OBLIQUE, VERTICAL, RADAR], 1500.0) == (OBLIQUE, RADAR)


def test_resolution_at_minimum_height_is_the_certified_one() -> None:
    assert ground_resolution_m(VERTICAL, 2000.0) == pytest.approx(0.3)
    # Twice as high, twice as coarse; at 45 degrees, by the diagonal of a square.
    assert ground_resolution_m(VERTICAL, 4000.0) == pytest.approx(0.6)
    assert ground_resolution_m(VERTICAL, 2000.0, 2.0) == pytest.approx(0.3 * math.sqrt(2.0))


def test_a_radar_resolves_the_same_from_everywhere() -> None:
    assert ground_resolution_m(RADAR, 500.0, 20.0) == 3.0
    assert reach_km(RADAR, 500.0, 3.0) == math.inf
    assert reach_km(RADAR, 500.0, 2.9) is None


def test_a_site_that_needs_more_than_there_is_has_no_strip() -> None:
    assert strip_resolving(VERTICAL, 2000.0, 0.29) is None
    assert strip_resolving(replace(VERTICAL, resolution_at_h_min_m=None), 2000.0, 5.0) is None
    assert strip_resolving(OBLIQUE, 1000.0, 0.3) is None  # at its near edge it is coarser
    assert strips_for([VERTICAL, OBLIQUE], 2000.0, 0.1) == ()


@given(st.floats(0.3, 3.0), st.floats(2000.0, 9000.0))
def test_within_its_strip_a_sensor_resolves_what_is_needed(needed: float, height: float) -> None:
    strip = strip_resolving(VERTICAL, height, needed)
    if strip is None:
        least = ground_resolution_m(VERTICAL, height)
        assert least is not None and least >= needed * (1 - 1e-9)
        return
    far = ground_resolution_m(VERTICAL, height, strip.far_km)
    assert far is not None and far <= needed * (1 + 1e-9)
    assert strip.far_km <= height / 1000.0 * (1 + 1e-9)
