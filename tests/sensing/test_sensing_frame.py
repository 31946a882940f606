"""Frames on the ground: against published cameras, by hand, and as laws that always hold."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import SensorError, UnknownValueError
from overflight.formats.camera_file import camera_from
from overflight.sensing.coverage_rate import forward_overlap
from overflight.sensing.frame import (
    across_limits_deg,
    ground_sample_m,
    half_field_deg,
    height_for_sample_m,
    least_length_m,
    scale_at,
    swath,
    swath_between,
)
from overflight.terms.camera import FrameCamera

CASES = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "cameras.toml").read_text(encoding="utf-8")
)
PRINTED = [
    pytest.param(case["camera"], row, id=f"{case['camera']['id']}-{row['what']}-{i}")
    for case in CASES["case"]
    for i, row in enumerate(case["printed"])
]
FILM = FrameCamera("f", "film camera", "framing", 150.0, 230.0, 230.0, film_lpmm=40.0)


def measured(camera: FrameCamera, row: dict[str, Any]) -> float:
    """What the program says of what a source prints."""
    height = float(row.get("height_m", 1.0))
    half = camera.across_mm / 2.0
    match row["what"]:
        case "sample_m":
            return ground_sample_m(camera, height).across
        case "near_sample_m":
            return math.sqrt(math.prod(ground_sample_m(camera, height, -half)))
        case "far_sample_m":
            return math.sqrt(math.prod(ground_sample_m(camera, height, half)))
        case "field_across_deg":
            return 2 * half_field_deg(camera.focal_mm, camera.across_mm)
        case "field_along_deg":
            return 2 * half_field_deg(camera.focal_mm, camera.along_mm)
        case "across_mm" | "along_mm":
            return float(getattr(camera, row["what"]))
        case "width_across_m":
            return swath(camera, height).width_km * 1000.0
        case "width_along_m":
            return least_length_m(camera, height)
        case "image_scale":
            return scale_at(camera.focal_mm, height).along * 1000.0
        case "overlap":  # base_m metres from one frame to the next, in one second
            return forward_overlap(least_length_m(camera, height), row["base_m"] * 3.6, 1.0)
    raise AssertionError(row["what"])


@pytest.mark.parametrize(("table", "row"), PRINTED)
def test_published_cameras(table: dict[str, Any], row: dict[str, Any]) -> None:
    camera = camera_from(table)
    assert isinstance(camera, FrameCamera)
    assert measured(camera, row) == pytest.approx(row["value"], abs=row["within"])


@pytest.mark.parametrize("row", CASES["scan"][0]["printed"], ids=lambda row: str(row["width_ft"]))
def test_published_scans(row: dict[str, float]) -> None:
    width = swath_between(row["left_deg"], row["right_deg"], row["height_ft"] * 0.3048).width_km
    assert width * 1000 / 0.3048 == pytest.approx(row["width_ft"], abs=0.5)


def test_a_frame_straight_below_by_hand() -> None:
    # 230 mm at 150 mm from 3,000 m: 230 / 150 * 3000 = 4,600 m; 115/150 is 37.476 degrees.
    assert swath(FILM, 3000.0).width_km == pytest.approx(4.6)
    assert least_length_m(FILM, 3000.0) == pytest.approx(4600.0)
    assert across_limits_deg(FILM) == pytest.approx((-37.476, 37.476), abs=5e-4)
    # On a plane parallel to the frame the scale is the same everywhere.
    assert scale_at(150.0, 3000.0, 0.0, 115.0) == pytest.approx((20.0, 20.0))


def test_an_oblique_frame_by_hand() -> None:
    # 45 degrees from 1,000 m: slant distance 1,414.2 m; f = 100 mm; one mm is 14.142 m along the
    # path and, seen slanting once more, 20 m across. Its half field is atan(0.5) = 26.565 degrees.
    camera = FrameCamera("o", "oblique", "framing", 100.0, 100.0, 100.0, tilt_deg=45.0)
    assert scale_at(100.0, 1000.0, 45.0) == pytest.approx((14.1421356, 20.0))
    # near edge: tan(18.435) = 1/3; far edge: tan(71.565) = 3.
    assert swath(camera, 1000.0) == pytest.approx((1.0 / 3.0, 3.0))
    # Least length at the near edge: sqrt(1 + 1/9) / sqrt(1 + 1/4) * 1000 = 942.809.
    assert least_length_m(camera, 1000.0) == pytest.approx(942.80904)


def test_the_least_length_of_a_frame_that_holds_the_track_is_on_it() -> None:
    camera = FrameCamera("t", "tilted", "framing", 100.0, 100.0, 100.0, tilt_deg=10.0)
    # Straight below the slant distance is 1,000 m, and cos(b) = cos(10).
    assert least_length_m(camera, 1000.0) == pytest.approx(1000.0 * math.cos(math.radians(10)))


def test_height_for_a_sample() -> None:
    # 0.3 m at 4 um and 79.8 mm: 0.3 * 79.8 / 0.004 = 5,985 m.
    assert height_for_sample_m(4.0, 79.8, 0.3) == pytest.approx(5985.0)


def test_film_has_no_ground_sample() -> None:
    with pytest.raises(UnknownValueError, match="no detector elements"):
        ground_sample_m(FILM, 1000.0)


@pytest.mark.parametrize(
    ("height", "tilt"), [(0.0, 0.0), (-1.0, 0.0), (math.nan, 0.0), (1.0, 60.0)]
)
def test_what_cannot_be_seen_is_refused(height: float, tilt: float) -> None:
    camera = FrameCamera("x", "x", "framing", 100.0, 200.0, 200.0, tilt_deg=tilt)
    with pytest.raises(SensorError) as caught:
        swath(camera, height)
    assert caught.value.remedy


heights = st.floats(100.0, 12_000.0)
tilts = st.floats(-40.0, 40.0)
offsets = st.floats(-20.0, 20.0)


@given(heights, st.floats(1.1, 5.0), tilts, offsets)
def test_ground_sample_is_linear_in_height(h: float, k: float, tilt: float, x: float) -> None:
    camera = FrameCamera("d", "d", "digital-framing", 80.0, 40.0, 40.0, 4.0, tilt_deg=tilt)
    low, high = ground_sample_m(camera, h, x), ground_sample_m(camera, k * h, x)
    assert high == pytest.approx((k * low.along, k * low.across))


@given(heights, tilts, offsets)
def test_left_mirrors_right(h: float, tilt: float, x: float) -> None:
    assert scale_at(80.0, h, tilt, x) == pytest.approx(scale_at(80.0, h, -tilt, -x))


@given(heights, tilts, offsets)
def test_the_scale_across_is_the_slope_of_the_ground(h: float, tilt: float, x: float) -> None:
    def ground(offset: float) -> float:
        return h * math.tan(math.radians(tilt) + math.atan(offset / 80.0))

    slope = (ground(x + 1e-4) - ground(x - 1e-4)) / 2e-4
    assert scale_at(80.0, h, tilt, x).across == pytest.approx(slope, rel=1e-5)
