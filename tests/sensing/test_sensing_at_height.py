"""One answer for each kind of sensor: the parts it is made of, and what it says is ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from overflight.errors import UnknownValueError
from overflight.sensing.at_height import (
    Conditions,
    at_height,
    model_h_min_m,
    planning_view,
)
from overflight.sensing.swath import ground_strip
from overflight.terms.aircraft import Sensor
from overflight.terms.camera import FrameCamera, LineScanner, PanoramicCamera, Radar

PIXELS = FrameCamera(
    "d", "digital", "digital-framing", 100.0, 100.0, 60.0, 5.0, exposure_s=0.002, interval_s=2.0
)
FILM = FrameCamera("f", "film", "framing", 150.0, 230.0, 230.0, film_lpmm=40.0)
SWEEP = PanoramicCamera("p", "sweep", "panoramic", 300.0, 60.0, 45.0, film_lpmm=50.0)
LINES = LineScanner("l", "lines", "line-scanner", 0.5, 0.5, -45.0, 45.0, 200.0)
RADAR = Radar("r", "radar", "radar", 45.0, 20.0, 2.0, 3.0, "right")


def test_a_digital_frame_by_hand() -> None:
    found = at_height(PIXELS, Conditions(2000.0, 360.0))
    told = found.figures
    assert told["ground_sample_centre_across_m"] == pytest.approx(0.1)  # 5 um * 2000 / 100 mm
    assert told["least_frame_length_m"] == pytest.approx(1200.0)
    assert told["motion_blur_um"] == pytest.approx(10.0)  # 0.2 m: two pixels
    assert told["bar_centre_across_m"] == pytest.approx(0.1)
    assert told["bar_centre_along_m"] > 0.1  # motion blurs along the track only
    assert told["greatest_overlap"] == pytest.approx(1.0 - 200.0 / 1200.0)
    assert told["area_rate_km2_h"] == pytest.approx(2.0 * 360.0)
    assert "bar_centre_along_m" in found.models
    assert "ground_sample_centre_across_m" not in found.models


def test_motion_that_is_compensated_blurs_less() -> None:
    plain = at_height(PIXELS, Conditions(2000.0, 360.0)).figures
    moved = at_height(PIXELS, Conditions(2000.0, 360.0, compensated=0.9)).figures
    assert moved["bar_centre_along_m"] < plain["bar_centre_along_m"]


def test_film_says_what_of_it_is_our_model() -> None:
    found = at_height(FILM, Conditions(3000.0))
    # 40 line pairs per mm: bars of 12.5 um; a millimetre is 20 m: 0.25 m.
    assert found.figures["bar_centre_across_m"] == pytest.approx(0.25)
    assert "film by our model" in found.models["bar_centre_across_m"]
    assert not any(name.startswith("ground_sample") for name in found.figures)
    assert any("motion" in text for text in found.missing)


def test_an_oblique_view_tells_near_and_far() -> None:
    for tilt in (45.0, -45.0):
        told = at_height(replace(PIXELS, tilt_deg=tilt), Conditions(2000.0)).figures
        near, far = (told[f"ground_sample_{place}_edge_across_m"] for place in ("near", "far"))
        assert near < told["ground_sample_centre_across_m"] < far


def test_the_other_kinds() -> None:
    sweep = at_height(SWEEP, Conditions(6000.0, 600.0))
    assert sweep.swath.width_km == pytest.approx(12.0)
    # 50 line pairs: 10 um; below a millimetre is 20 m: 0.2 m; at 45 degrees twice that across.
    assert sweep.figures["bar_below_across_m"] == pytest.approx(0.2)
    assert sweep.figures["bar_end_across_m"] == pytest.approx(0.4)
    lines = at_height(LINES, Conditions(1000.0, 300.0))
    assert lines.figures["ground_sample_below_along_m"] == pytest.approx(0.5)
    assert lines.figures["fastest_without_gap_km_h"] == pytest.approx(360.0)
    silent = at_height(replace(LINES, lines_per_s=None), Conditions(1000.0))
    assert any("lines_per_s" in text for text in silent.missing)
    radar = at_height(RADAR, Conditions(5000.0))
    assert radar.swath == pytest.approx((5.0, 25.0))
    assert radar.figures["resolution_across_near_m"] == pytest.approx(2.0 * 2.0**0.5)


def test_h_min_of_a_model_by_hand() -> None:
    # Bars of one pixel, 5 um, are 0.3 m where a millimetre is 60 m: 6,000 m at 100 mm.
    assert model_h_min_m(PIXELS, 0.3, Conditions(1.0)) == pytest.approx(6000.0)
    # Film, 12.5 um: 24 m a millimetre at 150 mm: 3,600 m. A sweep, 10 um at 300 mm: 9,000 m.
    assert model_h_min_m(FILM, 0.3, Conditions(1.0)) == pytest.approx(3600.0)
    assert model_h_min_m(SWEEP, 0.3, Conditions(1.0)) == pytest.approx(9000.0)
    with pytest.raises(UnknownValueError):
        model_h_min_m(replace(FILM, film_lpmm=None), 0.3, Conditions(1.0))


def test_at_its_h_min_a_model_resolves_the_limit_somewhere_and_no_better() -> None:
    for tilt in (0.0, 20.0, -50.0):
        camera = replace(PIXELS, tilt_deg=tilt)
        height = model_h_min_m(camera, 0.3, Conditions(1.0))
        told = at_height(camera, Conditions(height)).figures
        bars = [value for name, value in told.items() if name.startswith("bar_")]
        assert min(bars) == pytest.approx(0.3)


def test_the_view_for_planning_is_the_swath() -> None:
    for camera in (PIXELS, replace(PIXELS, tilt_deg=-45.0), SWEEP, LINES):
        view = planning_view(camera)
        assert view is not None
        strip = ground_strip(Sensor("s", "c", "n", None, None, *view), 2000.0)
        seen = at_height(camera, Conditions(2000.0)).swath
        edges = (
            -strip.far_km if strip.left else strip.near_km,
            strip.far_km if strip.right else -strip.near_km,
        )
        assert edges == pytest.approx(seen)
    assert planning_view(RADAR) is None
    assert planning_view(replace(PIXELS, tilt_deg=10.0)) is None
