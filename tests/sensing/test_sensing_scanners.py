"""Panoramic cameras, line scanners and radars: by hand, at angles whose functions are known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import SensorError, UnknownValueError
from overflight.sensing.linescan import (
    fastest_without_gap_km_h,
    line_spacing_m,
    scan_sample_m,
    scan_swath,
)
from overflight.sensing.panoramic import (
    film_length_mm,
    least_panoramic_length_m,
    panoramic_scale,
    panoramic_swath,
)
from overflight.sensing.sar import far_deg, radar_resolution_m, radar_swath
from overflight.terms.camera import LineScanner, PanoramicCamera, Radar

SWEEP = PanoramicCamera("p", "sweep", "panoramic", 600.0, 60.0, 45.0)
LINES = LineScanner("l", "lines", "line-scanner", 0.5, 1.0, -60.0, 60.0, 100.0)
RADAR = Radar("r", "radar", "radar", 45.0, 10.0, 2.0, 3.0, "right")


def test_a_sweep_by_hand() -> None:
    # From 6,000 m at 600 mm a millimetre is 10 m below, at 60 degrees 20 m along and 40 m across.
    assert panoramic_scale(600.0, 6000.0, 0.0) == pytest.approx((10.0, 10.0))
    assert panoramic_scale(600.0, 6000.0, 60.0) == pytest.approx((20.0, 40.0))
    assert panoramic_swath(SWEEP, 6000.0) == pytest.approx((-6.0, 6.0))
    assert least_panoramic_length_m(SWEEP, 6000.0) == pytest.approx(600.0)
    # A quarter of a turn at 600 mm: 600 * pi / 2.
    assert film_length_mm(SWEEP) == pytest.approx(942.4778)


def test_lines_by_hand() -> None:
    # 1 mrad from 1,000 m is 1 m along below, 2 m at 60 degrees; 0.5 mrad is 0.5 m, and 2 m there.
    assert scan_sample_m(LINES, 1000.0) == pytest.approx((1.0, 0.5))
    assert scan_sample_m(LINES, 1000.0, 60.0) == pytest.approx((2.0, 2.0))
    assert scan_swath(LINES, 1000.0).width_km == pytest.approx(2 * math.sqrt(3.0))
    # 100 lines of 1 m a second: 100 m/s is 360 km/h.
    assert fastest_without_gap_km_h(LINES, 1000.0) == pytest.approx(360.0)
    assert line_spacing_m(LINES, 360.0) == pytest.approx(1.0)


@given(st.floats(100.0, 5000.0), st.floats(0.0, 60.0))
def test_a_scanner_resolves_best_straight_below(h: float, angle: float) -> None:
    below, aside = scan_sample_m(LINES, h), scan_sample_m(LINES, h, angle)
    assert aside.along >= below.along
    assert aside.across >= below.across


def test_a_rate_that_is_not_known_is_said() -> None:
    with pytest.raises(UnknownValueError):
        line_spacing_m(LineScanner("l", "l", "line-scanner", 1.0, 1.0, -1.0, 1.0), 360.0)


def test_a_radar_by_hand() -> None:
    # 45 degrees from 3,000 m is 3 km; the swath ends at 13 km, atan(13/3) = 77.005 degrees.
    assert radar_swath(RADAR, 3000.0) == pytest.approx((3.0, 13.0))
    assert far_deg(RADAR, 3000.0) == pytest.approx(77.005, abs=5e-4)
    # 2 m in the slant plane is 2 / sin(30) = 4 m on the ground at 30 degrees.
    assert radar_resolution_m(RADAR, 30.0) == pytest.approx((3.0, 4.0))


def test_a_radar_looks_to_the_side() -> None:
    left = Radar("r", "radar", "radar", 45.0, 10.0, 2.0, 3.0, "left")
    assert radar_swath(left, 3000.0) == pytest.approx((-13.0, -3.0))
    with pytest.raises(SensorError):
        radar_swath(Radar("r", "r", "radar", 0.0, 10.0, 2.0, 3.0), 3000.0)
    with pytest.raises(SensorError):
        radar_resolution_m(RADAR, 0.0)
