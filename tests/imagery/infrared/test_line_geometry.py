"""Where a line scan looked, and what of it is on the map."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from overflight.errors import DataError, ImageError
from overflight.imagery.elevation import Terrain
from overflight.imagery.infrared.atmosphere import Atmosphere
from overflight.imagery.infrared.ground import Level, OnMap
from overflight.imagery.infrared.lines import ScanLines, ground_of, sample_of
from overflight.imagery.infrared.places import read_places
from overflight.imagery.infrared.radiance import Band
from overflight.imagery.infrared.rectify import grid_of, rectified
from overflight.imagery.infrared.simulate import Detector, field_scan, flown
from overflight.sensing.linescan import scan_sample_m
from overflight.terms.camera import LineScanner

LEVEL = Level(0.0)
STILL = np.zeros(11)


def straight(**other: np.ndarray) -> ScanLines:
    """North at 1,000 m, 10 m a line, 1 mrad a sample, 60 degrees to each side."""
    count = 2 * round(math.radians(60.0) / 1e-3) + 1
    y = 10.0 * np.arange(11)
    lines = ScanLines(STILL, y, STILL + 1000.0, STILL, STILL, STILL, -1e-3 * (count // 2), 1e-3,
                      count)  # fmt: skip
    return replace(lines, **other)


def test_samples_grow_with_the_angle() -> None:
    """a h / cos^2 s across, as ``sensing`` has it in closed form."""
    lines = straight()
    scanner = LineScanner("x", "x", "line-scanner", 1.0, 1.0, -60.0, 60.0)
    for degrees in (0.0, 30.0, 55.0):
        j = math.radians(degrees) / 1e-3 + lines.samples // 2
        ends = ground_of(lines, np.array([5.0, 5.0]), np.array([j - 0.5, j + 0.5]), LEVEL)
        wide = ends[1, 0] - ends[0, 0]
        assert wide == pytest.approx(scan_sample_m(scanner, 1000.0, degrees).across, rel=1e-4)
        assert ends[0, 0] == pytest.approx(1000.0 * math.tan(math.radians(degrees)), abs=0.7 * wide)


@pytest.mark.parametrize(
    ("moved", "x", "y"),
    [
        ({}, 0.0, 50.0),
        # The right wing down: straight below the scanner is now to the left.
        ({"roll": STILL + math.radians(10.0)}, -1000.0 * math.tan(math.radians(10.0)), 50.0),
        # The nose up: what was below is seen ahead.
        ({"pitch": STILL + math.radians(5.0)}, 0.0, 50.0 + 1000.0 * math.tan(math.radians(5.0))),
    ],
)
def test_attitude_moves_the_look_as_it_should(
    moved: dict[str, np.ndarray], x: float, y: float
) -> None:
    lines = straight(**moved)
    seen = ground_of(lines, np.array([5.0]), np.array([lines.samples // 2]), LEVEL)
    assert seen[0].tolist() == pytest.approx([x, y, 0.0], abs=1e-3)


def test_heading_turns_the_line() -> None:
    """Flying east, the right is south."""
    lines = straight(heading=STILL + math.pi / 2, x=10.0 * np.arange(11), y=STILL)
    seen = ground_of(lines, np.array([5.0]), np.array([lines.samples // 2 + 500.0]), LEVEL)
    assert seen[0, 0] == pytest.approx(50.0, abs=1e-3)
    assert seen[0, 1] == pytest.approx(-1000.0 * math.tan(0.5), abs=1e-2)


def hills(seed: int = 3) -> OnMap:
    x, y = np.meshgrid(np.arange(-40.0, 41.0), np.arange(-40.0, 41.0))
    posts = 60.0 * np.sin(x / 7.0 + seed) * np.cos(y / 9.0) + 80.0
    transform = (20.0, 0.0, -810.0, 0.0, -20.0, 810.0)
    return OnMap(Terrain(posts.astype(np.float32), "EPSG:32633", transform), "EPSG:32633")


def test_there_and_back_over_hills() -> None:
    lines = flown(300, 400, 900.0, 1.5, 4)
    random = np.random.default_rng(1)
    i, j = random.uniform(5, 294, 500), random.uniform(5, 394, 500)
    seen = ground_of(lines, i, j, hills())
    assert np.isfinite(seen).all()
    index, sample = sample_of(lines, seen)
    assert np.abs(index - i).max() < 0.01
    assert np.abs(sample - j).max() < 0.01


DISCS = np.array([[0.0, 0.0, 14.0, 305.0], [90.0, 50.0, 14.0, 305.0],
                  [-100.0, 30.0, 14.0, 305.0], [40.0, -95.0, 14.0, 305.0]])  # fmt: skip


@pytest.mark.slow
def test_discs_lie_where_they_are() -> None:
    """A shaking aircraft over hills: warm discs come out at their places within a pixel of the map,
    and not where a level, steady aircraft would have seen them."""
    ground, detector = hills(), Detector(ifov_mrad=1.5)
    lines = flown(300, 300, 900.0, 1.5, 4, shake_deg=2.5)
    counts = field_scan(lines, ground, detector, Atmosphere(Band(8.0, 12.0)), DISCS, 1,
                        marked=False)  # fmt: skip
    size = 1.5
    grid = grid_of(lines, ground, "EPSG:32633", size)
    right = centres(*rectified(counts, lines, ground, grid), grid)
    assert np.abs(right - DISCS[:, :2]).max() < size
    still = replace(lines, roll=lines.roll * 0.0, pitch=lines.pitch * 0.0)
    wrong = centres(*rectified(counts, still, ground, grid), grid)
    assert np.abs(wrong - DISCS[:, :2]).max() > 5.0 * size


def centres(pixels: np.ndarray, seen: np.ndarray, grid) -> np.ndarray:  # type: ignore[no-untyped-def]
    """The middle of what is warm within 45 m of each disc's true place."""
    x = grid.left + (np.arange(grid.columns) + 0.5) * grid.size
    y = grid.top - (np.arange(grid.rows) + 0.5) * grid.size
    xs, ys = np.meshgrid(x, y)
    cold, hot = np.percentile(pixels[seen > 0], [50.0, 99.9])
    found = []
    for px, py in DISCS[:, :2]:
        near = (np.hypot(xs - px, ys - py) < 45.0) & (pixels > (cold + hot) / 2.0) & (seen > 0)
        found.append((xs[near].mean(), ys[near].mean()) if near.any() else (1e9, 1e9))
    return np.array(found)


def test_what_a_ridge_hides_stays_empty() -> None:
    """A wall 200 m high, from 250 to 350 m beside a track at 300 m. By similar triangles its shadow
    reaches to 350 * 300 / 100 = 1,050 m; nothing lies in shadow before the wall."""
    columns = np.arange(-60, 61) * 10.0
    posts = np.where((columns >= 250.0) & (columns <= 350.0), 200.0, 0.0)
    terrain = Terrain(np.tile(posts, (60, 1)).astype(np.float32), "EPSG:32633",
                      (10.0, 0.0, -605.0, 0.0, -10.0, 300.0))  # fmt: skip
    lines = straight(z=STILL + 300.0)
    ground = OnMap(terrain, "EPSG:32633")
    grid = replace(grid_of(lines, LEVEL, "EPSG:32633", 10.0), left=-400.0, columns=90, top=80.0,
                   rows=4)  # fmt: skip
    counts = np.full((11, lines.samples), 500, np.uint16)
    _, seen = rectified(counts, lines, ground, grid)
    x = grid.left + 5.0 + 10.0 * np.arange(90)
    assert (seen[0][(x > 380.0)] == 0).all()
    assert (seen[0][(x > -400.0) & (x < 220.0)] == 255).all()


def test_lines_and_places_must_agree() -> None:
    lines = straight()
    grid = grid_of(lines, LEVEL, "EPSG:32633", 50.0)
    with pytest.raises(ImageError, match="places are"):
        rectified(np.zeros((10, lines.samples), np.uint16), lines, LEVEL, grid)
    with pytest.raises(ImageError, match="horizon"):
        replace(lines, left=-1.5)


def test_places_know_north_from_the_maps_north(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """East of a zone's middle the map's north lies west of true north: a heading of true north is
    then turned to the map's east. At 55 N, 2 degrees off: about 2 sin 55 = 1.64 degrees."""
    path = tmp_path / "places.csv"
    head = "lat,lon,altitude_m,heading_deg,pitch_deg,roll_deg\n"
    path.write_text(head + "55.0,17.0,1000,0,0,0\n55.001,17.0,1000,0,0,0\n")
    lines, zone = read_places(path, left_deg=-30.0, ifov_mrad=1.0, samples=1000)
    assert zone == "EPSG:32633"
    ways = math.atan2(lines.x[1] - lines.x[0], lines.y[1] - lines.y[0])
    assert math.degrees(lines.heading[0]) == pytest.approx(math.degrees(ways), abs=0.01)
    assert abs(math.degrees(lines.heading[0])) == pytest.approx(1.64, abs=0.02)
    path.write_text(head + "55.0,17.0,1000,0,0,x\n")
    with pytest.raises(DataError, match="no place of a line"):
        read_places(path, left_deg=-30.0, ifov_mrad=1.0, samples=1000)
    path.write_text("lat,lon\n")
    with pytest.raises(DataError, match="columns"):
        read_places(path, left_deg=-30.0, ifov_mrad=1.0, samples=1000)
