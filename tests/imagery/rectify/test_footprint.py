"""Outline, ground sample and suggested grid against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod
from rectify_scenes import a_frame, posts_at

from overflight.errors import ImageError
from overflight.imagery.collinear import project
from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.footprint import (
    ground_sample,
    meets_terrain,
    outline,
    suggested_grid,
    utm_zone,
)
from overflight.terms.frames import Interior

GROUND = Terrain.level(100.0)


def test_nadir_over_level_ground() -> None:
    """H / f, and 300 x 200 of them."""
    sample = ground_sample(a_frame(1350.0), GROUND)
    assert sample.smallest == pytest.approx(1.25, rel=1e-5)
    assert sample.largest == pytest.approx(1.25, rel=1e-4)
    assert sample.height_m == pytest.approx(100.0, abs=1e-3)
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(outline(a_frame(1350.0), GROUND))
    assert abs(area) == pytest.approx(300 * 200 * 1.25**2 * (1 - 200 / 6.37e6), rel=1e-4)


def test_oblique_over_level_ground() -> None:
    """The smallest is at the edge that is nearest to the nadir, along that edge: the distance to
    the level line there over its distance in the camera."""
    frame = a_frame(1100.0, (20.0, 0.0, 0.0))
    sample = ground_sample(frame, GROUND)
    edge = np.radians(20.0) - np.arctan(99.5 / 1000.0)
    near = 1000.0 / np.cos(edge) / np.hypot(1000.0, 99.5)
    assert sample.smallest == pytest.approx(near, rel=2e-3)
    assert sample.row == pytest.approx(0.5, abs=0.6)


def test_a_hill_is_sharper() -> None:
    """A plateau of 500 m in level ground: half the distance, half the sample, and it is found."""
    heights = np.zeros((120, 120))
    heights[70:80, 30:40] = 500.0
    sample = ground_sample(a_frame(1000.0), posts_at(heights, 2.0))
    assert sample.smallest == pytest.approx(0.5, rel=1e-3)
    assert sample.median == pytest.approx(1.0, rel=2e-2)
    assert sample.height_m == pytest.approx(500.0, abs=0.1)


def test_rays_come_back_to_their_pixels() -> None:
    rng = np.random.default_rng(4)
    lens = Interior(300, 200, 900.0, 905.0, 151.3, 98.2, -0.05, 0.02, -0.01, 1e-3, -2e-3)
    frame = a_frame(2000.0, (14.0, -8.0, 120.0), interior=lens)
    hills = rng.uniform(0.0, 40.0, (30, 30)).repeat(8, 0).repeat(8, 1)
    terrain = posts_at(hills, 10.0)
    pixels = rng.uniform([0, 0], [300, 200], (200, 2))
    points = meets_terrain(frame, terrain, pixels)
    assert np.isfinite(points).all()
    assert project(lens, frame.exterior, points) == pytest.approx(pixels, abs=1e-6)


def test_the_suggested_grid_holds_the_outline() -> None:
    frame = a_frame(1350.0, (3.0, 4.0, 25.0))
    grid = suggested_grid(frame, GROUND)
    assert grid.crs == "EPSG:32633"
    assert grid.size == pytest.approx(1.25, rel=0.02)
    assert grid.left / grid.size == pytest.approx(round(grid.left / grid.size), abs=1e-6)
    diagonal = np.hypot(300, 200)
    assert 200 < grid.rows < diagonal + 30 and 300 < grid.columns < diagonal + 40
    given = suggested_grid(frame, GROUND, crs="EPSG:32634", size=3.0)
    assert (given.crs, given.size) == ("EPSG:32634", 3.0)


def test_with_the_horizon_in_view_the_far_ground_is_left_out() -> None:
    frame = a_frame(1100.0, (80.0, 0.0, 0.0))
    near = outline(frame, GROUND, coarsest=4.0)
    far = outline(frame, GROUND, coarsest=40.0)
    assert 0.0 < near.area < far.area
    assert shapely.is_valid(near)


def test_what_sees_no_ground_says_why() -> None:
    with pytest.raises(ImageError, match="sky"):
        ground_sample(a_frame(1100.0, (180.0, 0.0, 0.0)), GROUND)
    small = posts_at(np.zeros((4, 4)), 10.0)
    with pytest.raises(ImageError, match="beside the terrain"):
        outline(a_frame(1100.0, (60.0, 0.0, 0.0)), small)
    holes = np.full((90, 90), np.nan)
    holes[0, 0] = 5.0
    with pytest.raises(ImageError, match="holes"):
        suggested_grid(a_frame(1100.0), posts_at(holes, 10.0))


@pytest.mark.parametrize(
    "lat, lon, code",
    [(50.0, 15.0, 32633), (-33.0, 24.4, 32735), (0.0, 180.0, 32601), (10.0, -180.0, 32601),
     (85.0, 3.0, 32661), (-81.0, 3.0, 32761)],
)  # fmt: skip
def test_zones(lat: float, lon: float, code: int) -> None:
    assert utm_zone(lat, lon) == f"EPSG:{code}"
