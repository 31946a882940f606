"""What heights count from is said, with what it does to a picture; a geoid lifts what it should."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

from overflight.geo.earth_fixed import north_east_down, to_earth_fixed
from overflight.imagery.elevation import Terrain
from overflight.imagery.process.heights import edge_shift, heights_told, level_of
from overflight.imagery.process.job import Ground
from overflight.terms.frames import Exterior, Interior, OrientedFrame

pytestmark = pytest.mark.filterwarnings(
    "ignore:Use `@` matmul:PendingDeprecationWarning"
)  # rasterio itself multiplies as affine 3.1 no longer likes.
LAT, LON = 48.0, 15.0


def a_frame(tilt_deg: float = 0.0) -> OrientedFrame:
    """600 x 400 pixels, focal length 500, 1,000 m over the ellipsoid; tilted to the east."""
    north, east, down = north_east_down(LAT, LON)
    c, s = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))
    axes = np.array([c * east - s * down, -north, s * east + c * down])
    return OrientedFrame(
        "f", Interior(600, 400, 500.0, 500.0, 300.0, 200.0),
        Exterior(to_earth_fixed(LAT, LON, 1_000.0), axes),
    )  # fmt: skip


def test_a_metre_moves_the_corner_by_the_tangent_of_its_angle() -> None:
    expected = math.hypot(300.0, 200.0) / 500.0
    assert edge_shift(a_frame(), Terrain.level(0.0)) == pytest.approx(expected, rel=1e-3)


def test_a_tilted_frame_moves_more_and_one_with_the_sky_in_it_has_no_number() -> None:
    tilt = 20.0
    c, s = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    # The corner's ray (0.6, 0.4, 1) turned about the rows' axis, over its part downwards.
    expected = math.hypot(0.6 * c + s, 0.4) / (c - 0.6 * s)
    assert edge_shift(a_frame(tilt), Terrain.level(0.0)) == pytest.approx(expected, rel=2e-3)
    assert edge_shift(a_frame(75.0), Terrain.level(0.0)) is None
    said, _ = heights_told(a_frame(75.0), Terrain.level(0.0), Ground(level_m=0.0), 1.0)
    assert "horizon" in said


@pytest.mark.parametrize(
    ("vertical", "geoid", "words", "noted"),
    [
        ("", None, "nothing says what from", False),
        ("EGM96 height", None, "count from EGM96 height and were taken as they are", True),
        ("", 42.5, "lifted onto the ellipsoid by 42.5 m", False),
        ("", Path("folder/egm.tif"), "lifted onto the ellipsoid by egm.tif", False),
    ],
)
def test_which_heights_they_are_is_said(
    vertical: str, geoid: Path | float | None, words: str, noted: bool
) -> None:
    terrain = replace(Terrain.level(0.0), vertical=vertical)
    said, notes = heights_told(a_frame(), terrain, Ground(dem=Path("dem.tif"), geoid=geoid), 0.5)
    assert words in said
    assert "moves the frame's edge by 0.72 m (1.4 pixels)" in said
    assert bool(notes) is noted


def test_level_ground_is_lifted_as_elevations_are(tmp_path: Path) -> None:
    """A track above the sea is lifted by --geoid, so the level above the sea has to be as well."""
    assert level_of(Ground(level_m=120.0), LAT, LON) == 120.0
    assert level_of(Ground(level_m=120.0, geoid=45.0), LAT, LON) == 165.0
    with rasterio.open(
        tmp_path / "geoid.tif", "w", driver="GTiff", width=3, height=3, count=1, dtype="float32",
        crs="EPSG:4326", transform=rasterio.Affine(2.0, 0, 12.0, 0, -2.0, 51.0),
    ) as out:  # fmt: skip
        out.write(np.array([[40, 42, 44]] * 3, np.float32), 1)
    lifted = level_of(Ground(level_m=120.0, geoid=tmp_path / "geoid.tif"), LAT, 15.0)
    assert lifted == pytest.approx(162.0)
