"""Every pixel's place in the frame against collinearity worked out point by point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rectify_scenes import CRS, EAST, NORTH, a_frame, grid_at, posts_at

from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.exact import positions
from overflight.imagery.rectify.frame import Rectifier
from overflight.imagery.rectify.grid import MapGrid
from overflight.imagery.sources import Held
from overflight.terms.frames import Floats, Interior, OrientedFrame

pytestmark = pytest.mark.slow
"""The first of them compiles."""
LENS = Interior(300, 200, 900.0, 905.0, 151.3, 98.2, -0.05, 0.02, -0.01, 1e-3, -2e-3)
TOLERANCE_PX = 0.006
"""Half of 1/256 pixel both ways, and single precision; the goal is 0.125."""


def both(frame: OrientedFrame, terrain: Terrain, grid: MapGrid) -> tuple[Floats, Floats]:
    blank = np.zeros((frame.interior.rows, frame.interior.columns), dtype=np.uint8)
    found = Rectifier(frame, Held(blank), terrain, grid).places(0, grid.rows, 0, grid.columns)
    rows, columns = np.indices(grid.shape)
    x = grid.left + grid.size * (columns.ravel() + 0.5)
    y = grid.top - grid.size * (rows.ravel() + 0.5)
    exact = positions(frame, terrain, grid.crs, x, y).reshape(found.shape)
    limits = np.array([frame.interior.columns, frame.interior.rows])
    with np.errstate(invalid="ignore"):
        inside = ((exact >= 0.0) & (exact <= limits)).all(axis=-1)
        clear = ((exact >= 0.01) & (exact <= limits - 0.01)).all(axis=-1)
    seen = np.isfinite(found[..., 0])
    assert not (seen & ~inside & ~np.isclose(exact, np.clip(exact, 0, limits), atol=0.01).all(-1)
                ).any()  # fmt: skip
    assert seen[clear].all()
    return found[clear], exact[clear]


@settings(deadline=None, max_examples=15)
@given(
    st.floats(-35.0, 35.0), st.floats(-35.0, 35.0), st.floats(-180.0, 180.0),
    st.floats(900.0, 5000.0), st.sampled_from([0.9, 6.0, 11.0, 45.0]), st.integers(0, 2**31),
)  # fmt: skip
def test_places_are_exact_over_kinks(
    omega: float, phi: float, kappa: float, height: float, spacing: float, seed: int
) -> None:
    """Posts nearer together than the map's pixels, or many pixels apart."""
    rng = np.random.default_rng(seed)
    frame = a_frame(height, (omega, phi, kappa), interior=LENS)
    terrain = posts_at(rng.uniform(100.0, 400.0, (220, 240)), spacing)
    found, exact = both(frame, terrain, grid_at(150, 130, height / 2000.0))
    assert np.abs(found - exact).max(initial=0.0) < TOLERANCE_PX


def test_something_is_seen_in_such_a_test() -> None:
    rng = np.random.default_rng(1)
    terrain = posts_at(rng.uniform(100.0, 400.0, (220, 240)), 6.0)
    found, exact = both(a_frame(2000.0, interior=LENS), terrain, grid_at(150, 130, 1.0))
    assert len(found) > 10_000
    assert np.abs(found - exact).max() < TOLERANCE_PX


def test_terrain_in_another_coordinate_system() -> None:
    rng = np.random.default_rng(2)
    heights = rng.uniform(100.0, 400.0, (80, 90)).astype(np.float32)
    edge = 1.0 / 3600.0
    terrain = Terrain(
        heights, "EPSG:4326", (edge, 0.0, 15.0 - 45 * edge, 0.0, -edge, 49.6491 + 40 * edge), "made"
    )
    found, exact = both(a_frame(2000.0, (8.0, -3.0, 70.0)), terrain, grid_at(300, 300, 1.0))
    assert len(found) > 10_000
    assert np.abs(found - exact).max() < TOLERANCE_PX


@pytest.mark.parametrize("turn", [30.0, 135.0, 261.0])
def test_terrain_that_lies_askew(turn: float) -> None:
    """Lines of the map cross the terrain's cells from corner to corner."""
    heights = np.random.default_rng(6).uniform(100.0, 400.0, (80, 80)).astype(np.float32)
    c, s = 9.0 * np.cos(np.radians(turn)), 9.0 * np.sin(np.radians(turn))
    corner = np.array([EAST, NORTH]) - 40.0 * np.array([c + s, s - c])
    terrain = Terrain(heights, CRS, (c, s, corner[0], s, -c, corner[1]), "made")
    found, exact = both(a_frame(2000.0, (8.0, -3.0, 70.0)), terrain, grid_at(300, 300, 1.0))
    assert len(found) > 10_000
    assert np.abs(found - exact).max() < TOLERANCE_PX


def test_a_map_that_bends_makes_the_lattice_finer() -> None:
    """Pixels of 150 m from orbit: over 64 of them the Earth falls away by metres."""
    frame = a_frame(400_000.0, interior=Interior(900, 900, 2500.0, 2500.0, 450.0, 450.0))
    grid = grid_at(700, 700, 150.0)
    rectifier = Rectifier(frame, Held(np.zeros((900, 900), np.uint8)), Terrain.level(50.0), grid)
    assert rectifier.error_px < 1e-3
    found, exact = both(frame, Terrain.level(50.0), grid)
    assert len(found) > 100_000
    assert np.abs(found - exact).max() < TOLERANCE_PX


@pytest.mark.parametrize("row0, row1, col0, col1", [(0, 7, 3, 150), (61, 130, 64, 128)])
def test_blocks_join(row0: int, row1: int, col0: int, col1: int) -> None:
    rng = np.random.default_rng(3)
    frame, grid = a_frame(2000.0, (5.0, 9.0, 33.0)), grid_at(150, 130, 1.0)
    terrain = posts_at(rng.uniform(100.0, 400.0, (60, 60)), 7.0)
    source = Held(rng.integers(0, 255, (200, 300), dtype=np.uint8))
    rectifier = Rectifier(frame, source, terrain, grid)
    whole, seen = rectifier.block(0, grid.rows, 0, grid.columns)
    part, mask = rectifier.block(row0, row1, col0, col1)
    assert np.array_equal(seen[row0:row1, col0:col1], mask)
    assert np.abs(whole[row0:row1, col0:col1].astype(int) - part).max() <= 1


def test_the_exact_places_are_the_textbooks() -> None:
    """Over flat ground, nadir: pixel = centre + f (X - X0) / H; the map's scale 0.9996 apart."""
    frame = a_frame(1100.0)
    x, y = np.array([EAST + 12.0, EAST - 30.0]), np.array([NORTH + 8.0, NORTH - 14.0])
    found = positions(frame, Terrain.level(100.0), CRS, x, y)
    scale = 1000.0 / 1000.0 / 0.9996 * 6378.0 / 6378.0
    east, north = (x - EAST) * scale, (y - NORTH) * scale
    lifted = 1.0 + 100.0 / 6_385_000.0
    expected = np.column_stack([150.0 + east * lifted, 100.0 - north * lifted])
    assert found == pytest.approx(expected, abs=2e-3)


def test_the_fold_of_the_lens_is_the_end_of_what_is_seen() -> None:
    inside = replace(LENS, k1=-9.0, k2=0.0, k3=0.0, p1=0.0, p2=0.0)
    found, exact = both(
        a_frame(2000.0, interior=inside), Terrain.level(100.0), grid_at(900, 700, 1)
    )
    assert len(found) > 1000
    assert np.abs(found - exact).max() < TOLERANCE_PX
