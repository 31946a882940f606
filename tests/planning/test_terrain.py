"""The highest ground under a leg, from a grid that was made for the purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from overflight.errors import DataError
from overflight.geo.positions import Position
from overflight.planning.terrain import terrain_from

rasterio = pytest.importorskip("rasterio", reason="needs rasterio: pip install overflight[terrain]")

# rasterio 1.4 multiplies transforms in a way that affine 3 means to give up.
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")

STEP = 0.1


def grid(
    path: Path, west: float, north: float, cells: np.ndarray, crs: str | None = "EPSG:4326"
) -> Path:
    from rasterio.transform import from_origin

    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=cells.shape[1],
        height=cells.shape[0],
        count=1,
        dtype="float32",
        crs=crs,
        nodata=-9999.0,
        transform=from_origin(west, north, STEP, STEP),
    ) as raster:
        raster.write(cells.astype("float32"), 1)
    return path


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    """100 m everywhere from 50 to 60 N, 30 to 45 E; a peak of 900 m at 55.05 N 37.05 E."""
    cells = np.full((100, 150), 100.0)
    cells[round((60 - 55.1) / STEP), round((37.0 - 30) / STEP)] = 900.0
    return grid(tmp_path / "flat.tif", 30.0, 60.0, cells)


def test_a_peak_under_the_leg_is_found_and_one_far_off_is_not(flat: Path) -> None:
    maxima = terrain_from(flat, corridor_km=2.0)
    path = [Position(55.05, 35), Position(55.05, 39), Position(52, 39)]
    assert maxima(path) == [900.0, 100.0]


def test_the_corridor_reaches_to_the_side(flat: Path) -> None:
    path = [Position(55.3, 36), Position(55.3, 38)]  # 22 km north of the peak's cell
    assert terrain_from(flat, corridor_km=2.0)(path) == [100.0]
    assert terrain_from(flat, corridor_km=30.0)(path) == [900.0]


def test_beyond_the_grid_nothing_is_known(flat: Path) -> None:
    maxima = terrain_from(flat, corridor_km=2.0)
    assert maxima([Position(55, 44), Position(55, 46)]) == [None]


def test_cells_without_data_are_no_ground(tmp_path: Path) -> None:
    file = grid(tmp_path / "empty.tif", 30.0, 60.0, np.full((100, 150), -9999.0))
    assert terrain_from(file, corridor_km=2.0)([Position(55, 35), Position(55, 36)]) == [None]


def test_across_180_degrees(tmp_path: Path) -> None:
    cells = np.full((100, 3600), 50.0)
    cells[:, :5] = 700.0
    file = grid(tmp_path / "world.tif", -180.0, 70.0, cells)
    maxima = terrain_from(file, corridor_km=2.0)
    assert maxima([Position(65, 179.0), Position(65, -179.8)]) == [700.0]
    assert maxima([Position(65, 177.0), Position(65, 179.0)]) == [50.0]


def test_a_file_that_is_no_raster_is_a_data_error(tmp_path: Path) -> None:
    text = tmp_path / "hills.txt"
    text.write_text("hills")
    with pytest.raises(DataError, match="no elevations can be read"):
        terrain_from(text, corridor_km=2.0)
    with pytest.raises(DataError, match="no elevations can be read"):
        terrain_from(tmp_path / "none.tif", corridor_km=2.0)


def test_a_raster_that_lies_nowhere_is_a_data_error(tmp_path: Path) -> None:
    file = grid(tmp_path / "nowhere.tif", 30.0, 60.0, np.zeros((10, 10)), crs=None)
    with pytest.raises(DataError, match="does not say where it lies"):
        terrain_from(file, corridor_km=2.0)
