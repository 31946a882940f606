"""Frames that follow one another, and images that move while they are taken."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import SensorError
from overflight.sensing.coverage_rate import (
    area_rate_km2_h,
    fastest_km_h,
    forward_overlap,
    frames_for,
    interval_for,
    velocity_over_height,
)
from overflight.sensing.motion import (
    ground_blur_m,
    image_blur_um,
    longest_exposure_s,
    turning_blur_um,
)


def test_overlap_by_hand() -> None:
    # 360 km/h is 100 m/s: in 4 s 400 m of a frame of 1,000 m, so 60 % are seen again.
    assert forward_overlap(1000.0, 360.0, 4.0) == pytest.approx(0.6)
    assert interval_for(1000.0, 360.0, 0.6) == pytest.approx(4.0)
    assert fastest_km_h(1000.0, 4.0, 0.6) == pytest.approx(360.0)
    assert forward_overlap(1000.0, 360.0, 12.0) == pytest.approx(-0.2)  # a gap
    assert velocity_over_height(360.0, 1000.0) == pytest.approx(0.1)
    assert area_rate_km2_h(2.0, 360.0) == pytest.approx(720.0)


def test_frames_of_a_leg_by_hand() -> None:
    # 10 km in frames of 1 km that overlap by 60 %: the first, then 9,000 / 400 = 22.5, so 23.
    assert frames_for(10.0, 1000.0, 0.6) == 24
    assert frames_for(0.5, 1000.0, 0.6) == 1
    assert frames_for(1.8, 1000.0, 0.6) == 3  # exactly two steps


lengths, speeds = st.floats(50.0, 5000.0), st.floats(100.0, 900.0)


@given(lengths, speeds, st.floats(0.1, 20.0), st.floats(1.01, 4.0))
def test_overlap_falls_with_speed_and_interval(l: float, v: float, t: float, k: float) -> None:  # noqa: E741
    whole = forward_overlap(l, v, t)
    assert forward_overlap(l, v * k, t) < whole
    assert forward_overlap(l, v, t * k) < whole
    assert forward_overlap(l * k, v, t) > whole


@given(lengths, speeds, st.floats(0.0, 0.95))
def test_the_interval_gives_the_overlap(l: float, v: float, o: float) -> None:  # noqa: E741
    assert forward_overlap(l, v, interval_for(l, v, o)) == pytest.approx(o, abs=1e-9)


def test_motion_by_hand() -> None:
    # 100 m/s for 1/500 s: 0.2 m; from 2,000 m at 100 mm that is 10 um in the image.
    assert ground_blur_m(360.0, 0.002) == pytest.approx(0.2)
    assert image_blur_um(100.0, 2000.0, 360.0, 0.002) == pytest.approx(10.0)
    assert image_blur_um(100.0, 2000.0, 360.0, 0.002, compensated=0.9) == pytest.approx(1.0)
    # 3 degrees a second for 1/500 s at 100 mm: 100,000 um * 0.0523599 * 0.002 = 10.47 um.
    assert turning_blur_um(100.0, -3.0, 0.002) == pytest.approx(10.4720, abs=5e-5)
    assert longest_exposure_s(360.0, 0.2) == pytest.approx(0.002)
    assert longest_exposure_s(360.0, 0.2, compensated=1.0) == math.inf


def test_what_cannot_be_is_refused() -> None:
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(SensorError):
            ground_blur_m(360.0, 0.002, compensated=wrong)
    with pytest.raises(SensorError):
        interval_for(1000.0, 360.0, 1.0)
    with pytest.raises(SensorError):
        forward_overlap(0.0, 360.0, 1.0)
