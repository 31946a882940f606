"""Rendered frames against what is known of them by construction: places, sharpness, light."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pyproj
import pytest

from overflight.errors import ImageError
from overflight.geo.earth_fixed import north_east_down, to_earth_fixed
from overflight.imagery.edge import measure
from overflight.imagery.elevation import Terrain
from overflight.imagery.render.expose import Optics, SimulatedFrame, expose
from overflight.imagery.render.scene import BarsOnGround, DiscOnGround, Scene
from overflight.terms.frames import Exterior, Interior, OrientedFrame

sys.path.insert(0, str(Path(__file__).parents[1]))
from camera.optics import Optics as Truth
from camera.optics import bar_transfer

LAT, LON, HEIGHT, GROUND = 48.0, 15.0, 1_200.0, 200.0
"""In the middle of a UTM zone."""
FOCAL = 5_000.0
SAMPLE = (HEIGHT - GROUND) / FOCAL
SIZE = (400, 560)
"""rows, columns"""


def a_frame(marks: tuple[str, ...] = ("SIMULATED",)) -> OrientedFrame:
    """Looking straight down, its columns to the east and its rows to the south."""
    north, east, down = north_east_down(LAT, LON)
    rows, columns = SIZE
    inside = Interior(columns, rows, FOCAL, FOCAL, columns / 2.0, rows / 2.0)
    outside = Exterior(to_earth_fixed(LAT, LON, HEIGHT), np.array([east, -north, down]))
    return OrientedFrame("made-00001", inside, outside, 0.0, "made", 1, marks)


def place(east_m: float, north_m: float) -> tuple[float, float]:
    """Latitude and longitude so far from the point below the camera, by PROJ's geodesics."""
    azimuth = math.degrees(math.atan2(east_m, north_m))
    lon, lat, _ = pyproj.Geod(ellps="WGS84").fwd(LON, LAT, azimuth, math.hypot(east_m, north_m))
    return lat, lon


def shown(scene: Scene, optics: Optics | None = None, seed: int = 1) -> SimulatedFrame:
    return expose(a_frame(), Terrain.level(GROUND), scene, optics or Optics(), seed)


EDGE_DEG, BAR_PX = 8.0, 56.0


@cache
def an_edge(blur_px: float) -> SimulatedFrame:
    """One group of bars so wide that the edges of each are alone, turned by eight degrees."""
    lat, lon = place(0.0, 0.0)
    bars = BarsOnGround(lat, lon, EDGE_DEG, BAR_PX * SAMPLE / 5.0, steps=1)
    # Five widths long and one wide: the long edges of one bar, 56 pixels, stay in the frame.
    scene = Scene((replace(bars, widest_m=BAR_PX * SAMPLE / 2.0),))
    return shown(scene, Optics(blur_px=blur_px, electrons=1e9, read=0.0, bits=16))


def crop_of(made: SimulatedFrame) -> np.ndarray:
    """The part of the picture with one long edge of the outermost bar and nothing else."""
    pixels = made.pixels.astype(float)
    width = BAR_PX / 2.0
    # The panel, from scene.drawn: margins of two widths, three bars, then the other three.
    broad = (5 + 5 + 3 * 2.0) * width
    left = -broad / 2.0 + 2.0 * width
    tall = (2.0 + 5.0 + 2.0) * width
    front = -tall / 2.0 + 2.0 * width + 2.5 * width
    turn = math.radians(EDGE_DEG)
    east = left * math.cos(turn) + front * math.sin(turn)
    north = -left * math.sin(turn) + front * math.cos(turn)
    column, row = SIZE[1] / 2.0 + east, SIZE[0] / 2.0 - north
    half_r, half_c = 36, 15
    r, c = round(row), round(column)
    return pixels[r - half_r : r + half_r, c - half_c : c + half_c]


def mtf50_by_hand(blur_px: float) -> float:
    """Where exp(-2 (pi s f)^2) sinc(f cos a) sinc(f sin a) is one half (Gaussian and square
    detector element, across an edge leaning by a)."""
    turn = math.radians(EDGE_DEG)

    def transfer(f: float) -> float:
        gauss = math.exp(-2.0 * (math.pi * blur_px * f) ** 2)
        return gauss * float(np.sinc(f * math.cos(turn)) * np.sinc(f * math.sin(turn)))

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if transfer(middle) > 0.5 else (low, middle)
    return low


@pytest.mark.slow
@pytest.mark.parametrize("blur_px", [0.45, 0.8, 1.3])
def test_a_slanted_edge_has_the_transfer_that_was_asked_for(blur_px: float) -> None:
    crop = np.rint(crop_of(an_edge(blur_px))).astype(np.uint16)
    reading = measure(crop)
    assert reading.mtf50 == pytest.approx(mtf50_by_hand(blur_px), rel=0.01)
    assert reading.angle_degrees == pytest.approx(EDGE_DEG, abs=0.05)


def test_light_and_dark_of_a_target_are_its_reflectances() -> None:
    """0.5 and a fifth of it, of all that 16 bits hold."""
    crop = crop_of(an_edge(0.45)) / 65535.0
    assert np.percentile(crop, 98) == pytest.approx(0.5, abs=0.002)
    assert np.percentile(crop, 2) == pytest.approx(0.1, abs=0.002)


@pytest.mark.parametrize("width_px", [2.0, 3.0, 5.0])
def test_bars_keep_the_contrast_that_optics_leave_them(width_px: float) -> None:
    """A group of upright bars against the tests' own optics (tests/imagery/camera)."""
    aside = 0.5 if width_px % 2 == 0 else 0.0  # so that middles of bars are middles of pixels
    bars = BarsOnGround(*place(aside * SAMPLE, 0.0), 0.0, width_px * SAMPLE, steps=1)
    made = shown(Scene((bars,)), Optics(blur_px=0.6, electrons=1e9, read=0.0, bits=16))
    panel_left = SIZE[1] / 2.0 + aside - 8.0 * width_px  # see crop_of
    middles = panel_left + width_px * (2.0 + np.arange(5) + 0.5)
    assert middles == pytest.approx(np.floor(middles) + 0.5)
    row = SIZE[0] // 2
    line = made.pixels[row - 1 : row + 2].mean(axis=0) / 65535.0
    a, b, c, d, e = line[np.floor(middles).astype(int)]
    depth = (b - (a + c) / 2.0 + d - (c + e) / 2.0) / 2.0
    expected = (0.5 - 0.1) * bar_transfer(Truth(math.inf, 0.6), width_px, 3, 0.0)
    assert depth == pytest.approx(expected, rel=0.03)


def test_objects_are_where_the_pinhole_puts_them() -> None:
    """column = centre + f east / height, row = centre - f north / height; in the list of truth
    and in the picture itself."""
    offsets = [(-30.0, 18.0), (25.5, 11.2), (-12.3, -21.7), (33.3, -20.1)]
    discs = tuple(DiscOnGround(*place(e, n), 16 * SAMPLE, 20.0) for e, n in offsets)
    made = shown(Scene(discs))
    for (east, north), told in zip(offsets, made.truth, strict=True):
        column = SIZE[1] / 2.0 + FOCAL * east / (HEIGHT - GROUND)
        row = SIZE[0] / 2.0 - FOCAL * north / (HEIGHT - GROUND)
        assert told == pytest.approx((column, row), abs=0.01)
        r, c = round(row), round(column)
        part = made.pixels[r - 14 : r + 14, c - 14 : c + 14].astype(float)
        weight = np.clip(part - 0.29 * 255, 0.0, 0.25 * 255)
        weight[np.hypot(*(np.mgrid[-14:14, -14:14] + 0.5)) > 10] = 0.0
        rows, columns = np.mgrid[r - 14 : r + 14, c - 14 : c + 14] + 0.5
        assert (weight * columns).sum() / weight.sum() == pytest.approx(column, abs=0.06)
        assert (weight * rows).sum() / weight.sum() == pytest.approx(row, abs=0.06)


def test_what_the_frame_does_not_show_has_no_place() -> None:
    assert shown(Scene((DiscOnGround(*place(500.0, 0.0), 2.0),))).truth == (None,)


def test_noise_is_that_of_photons_and_reading() -> None:
    """Variance n + r^2 electrons where n are seen: twice the same ground, the seeds apart."""
    optics = Optics(electrons=2_000.0, read=30.0, bits=16)
    one, two = (shown(Scene(), optics, seed).pixels.astype(float) for seed in (1, 2))
    apart = (one - two) / 65535.0 * 2_000.0
    words = (one == 0) | (one == 65535) | (two == 0) | (two == 65535)
    level = (one + two)[~words].mean() / 2.0 / 65535.0 * 2_000.0
    assert apart[~words].var() / 2.0 == pytest.approx(level + 900.0, rel=0.03)


def test_the_same_seed_gives_the_same_picture_and_another_one_another() -> None:
    scene = Scene((DiscOnGround(*place(5.0, 5.0), 3.0),), seed=3)
    first = shown(scene, seed=7)
    np.testing.assert_array_equal(first.pixels, shown(scene, seed=7).pixels)
    assert (first.pixels != shown(scene, seed=8).pixels).any()
    assert (first.pixels != shown(replace(scene, seed=4), seed=7).pixels).any()


@pytest.mark.parametrize("marks", [(), ("EXERCISE",), ("simulated",)])
def test_a_frame_that_is_not_marked_is_not_rendered(marks: tuple[str, ...]) -> None:
    with pytest.raises(ImageError, match="not marked SIMULATED"):
        expose(a_frame(marks), Terrain.level(GROUND), Scene(), Optics(), 1)


def test_a_camera_too_small_for_the_word_takes_no_simulated_frames() -> None:
    frame = replace(a_frame(), interior=Interior(100, 80, FOCAL, FOCAL, 50.0, 40.0))
    with pytest.raises(ImageError, match="no room to say SIMULATED"):
        expose(frame, Terrain.level(GROUND), Scene(), Optics(), 1)
