"""Terrain read from rasters: posts, holes, coordinate systems, geoid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from scipy.ndimage import map_coordinates

from overflight.errors import DataError
from overflight.imagery.elevation import Terrain
from shared_data import needs_shared, shared

UTM = "EPSG:32633"
PLACE = Affine(10.0, 0.0, 500_000.0, 0.0, -10.0, 5_500_000.0)


def write(path: Path, heights: np.ndarray, crs: str | None = UTM, place: Affine = PLACE,
          nodata: float | None = None, scale: float = 1.0) -> Path:  # fmt: skip
    keys: dict[str, Any] = {"nodata": nodata} if nodata is not None else {}
    with rasterio.open(
        path, "w", driver="GTiff", width=heights.shape[1], height=heights.shape[0], count=1,
        dtype=heights.dtype, crs=crs, transform=place, **keys,
    ) as file:  # fmt: skip
        file.write(heights, 1)
        if scale != 1.0:
            file.scales = (scale,)
    return path


@pytest.fixture
def hills(tmp_path: Path) -> tuple[Path, np.ndarray]:
    heights = np.random.default_rng(1).uniform(0, 900, (30, 40)).astype(np.float32)
    return write(tmp_path / "hills.tif", heights), heights


def test_bilinear_between_centres_is_scipys(hills: tuple[Path, np.ndarray]) -> None:
    terrain = Terrain.read(hills[0])
    rng = np.random.default_rng(2)
    column, row = rng.uniform(0, 39, 500), rng.uniform(0, 29, 500)
    x, y = 500_000.0 + 10.0 * (column + 0.5), 5_500_000.0 - 10.0 * (row + 0.5)
    expected = map_coordinates(hills[1].astype(float), [row, column], order=1)
    assert terrain.heights(x, y) == pytest.approx(expected, abs=1e-3)


def test_no_height_beyond_the_outermost_posts(hills: tuple[Path, np.ndarray]) -> None:
    terrain = Terrain.read(hills[0])
    assert np.isnan(terrain.heights([500_004.0, 500_399.0], [5_499_900.0, 5_499_900.0])).all()
    assert np.isfinite(terrain.heights([500_005.0, 500_395.0], [5_499_995.0, 5_499_705.0])).all()


def test_holes_stay_and_are_counted(tmp_path: Path) -> None:
    heights = np.full((6, 6), 50, dtype=np.int16)
    heights[2, 3] = -999
    terrain = Terrain.read(write(tmp_path / "t.tif", heights, nodata=-999))
    assert terrain.holes == 1
    assert np.isnan(terrain.posts[2, 3])
    assert terrain.span == (50.0, 50.0)


def test_a_part_of_a_raster(hills: tuple[Path, np.ndarray]) -> None:
    """Some hundred metres around a place, and the same heights there as from the whole."""
    whole = Terrain.read(hills[0])
    around = (15.0014, 49.6515, 15.0026, 49.6521)
    part = Terrain.read(hills[0], around=around)
    assert part.posts.size < whole.posts.size
    x, y = 500_150.0, 5_499_900.0
    assert part.heights(x, y) == pytest.approx(whole.heights(x, y))
    with pytest.raises(DataError, match="do not reach"):
        Terrain.read(hills[0], around=(17.0, 49.0, 17.1, 49.1))


def test_the_geoid_is_added(hills: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    """A tilted undulation in scaled whole numbers, longitudes counted from 0 to 360."""
    lon, lat = np.meshgrid(np.arange(0.5, 360.0), np.arange(89.5, -90.0, -1.0))
    centimetres = np.round(100.0 * (lat * 0.5 + lon * 0.1)).astype(np.int16)
    geoid = write(
        tmp_path / "geoid.tif", centimetres, "EPSG:4326", Affine(1, 0, 0, 0, -1, 90), scale=0.01
    )
    plain = Terrain.read(hills[0])
    lifted = Terrain.read(hills[0], geoid=geoid)
    with rasterio.open(hills[0]) as raster:
        from rasterio.warp import transform

        at = [(0, 0), (29, 39), (15, 7)]
        xs, ys = zip(*[(500_000 + 10 * (c + 0.5), 5_500_000 - 10 * (r + 0.5)) for r, c in at],
                     strict=True)  # fmt: skip
        lons, lats = transform(raster.crs, "EPSG:4326", xs, ys)
    for (r, c), east, north in zip(at, lons, lats, strict=True):
        undulation = lifted.posts[r, c] - plain.posts[r, c]
        assert undulation == pytest.approx(0.5 * north + 0.1 * east, abs=0.006)
    assert Terrain.read(hills[0], geoid=-12.5).span[0] == pytest.approx(plain.span[0] - 12.5)


def test_heights_above_the_sea_are_named(tmp_path: Path) -> None:
    """EPSG:5773 is EGM96 height."""
    path = write(tmp_path / "t.tif", np.full((6, 6), 50, np.int16), "EPSG:32633+5773")
    terrain = Terrain.read(path)
    assert "EGM96" in terrain.vertical
    assert terrain.heights(500_030.0, 5_499_970.0) == pytest.approx(50.0)
    assert Terrain.read(path, geoid=40.0).vertical == ""


@needs_shared
def test_a_published_undulation(tmp_path: Path) -> None:
    """GeographicLib's manual, GeoidEval: 28.7068 m at 16:46:33N 3:00:34W by EGM96; EGM2008 is
    within half a metre of it there, and this raster's cells are 9 km wide."""
    place = Affine(0.001, 0, -3.00944 - 0.005, 0, -0.001, 16.77583 + 0.005)
    flat = write(tmp_path / "flat.tif", np.zeros((10, 10), np.float32), "EPSG:4326", place)
    terrain = Terrain.read(flat, geoid=shared("dem/egm2008_5arcmin_itu_p1511.tif"))
    assert float(terrain.heights(-3.00944, 16.77583)) == pytest.approx(28.7, abs=0.8)


def test_level_ground_is_everywhere() -> None:
    terrain = Terrain.level(123.5)
    assert terrain.heights([-180.0, 0.0, 179.9], [89.9, 0.0, -89.9]) == pytest.approx(123.5)
    assert terrain.holes == 0


def test_what_is_no_terrain_is_refused(tmp_path: Path, hills: tuple[Path, np.ndarray]) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        Terrain.read(tmp_path / "absent.tif")
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(DataError, match="cannot be read"):
        Terrain.read(tmp_path / "text.tif")
    bare = write(tmp_path / "bare.tif", np.zeros((4, 4), np.float32), None)
    with pytest.raises(DataError, match="no coordinate system"):
        Terrain.read(bare)
    with pytest.raises(DataError, match="no band 2"):
        Terrain.read(hills[0], band=2)
    with pytest.raises(DataError, match="longitude and latitude"):
        Terrain.read(hills[0], geoid=hills[0])
    empty = write(tmp_path / "empty.tif", np.full((4, 4), -1, np.int16), nodata=-1)
    with pytest.raises(DataError, match="not one post"):
        _ = Terrain.read(empty).span
