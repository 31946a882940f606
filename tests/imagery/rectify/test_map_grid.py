"""The map grid: its corners, alignment and windows."""

from __future__ import annotations

import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import array_bounds

from overflight.errors import ImageError
from overflight.imagery.rectify.grid import MapGrid


def test_bounds_and_transform_are_rasterios() -> None:
    grid = MapGrid("EPSG:32633", 500_000.0, 5_500_000.0, 0.3, 40, 30)
    assert grid.bounds == pytest.approx(array_bounds(30, 40, Affine(*grid.transform)))


@settings(deadline=None, max_examples=60)
@given(
    st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0.0, 900.0), st.floats(0.0, 900.0),
    st.sampled_from([0.1, 0.3, 0.25, 1.0, 7.0]),
)  # fmt: skip
def test_aligned_holds_its_bounds_on_multiples_of_the_size(
    left: float, bottom: float, width: float, height: float, size: float
) -> None:
    grid = MapGrid.aligned("EPSG:32633", (left, bottom, left + width, bottom + height), size)
    slack = 2e-6 * size + 1e-8
    assert grid.left <= left + slack and grid.right >= left + width - slack
    assert grid.bottom <= bottom + slack and grid.top >= bottom + height - slack
    for edge in (grid.left, grid.top):
        assert edge / size == pytest.approx(round(edge / size), abs=1e-5)
    assert grid.columns <= width / size + 2.01 and grid.rows <= height / size + 2.01


def test_a_window_lies_on_the_grid() -> None:
    grid = MapGrid("EPSG:32633", 100.0, 900.0, 2.0, 40, 30)
    part = grid.window(10, 15, 20, 40)
    assert (part.left, part.top, part.columns, part.rows) == (140.0, 880.0, 20, 5)


@pytest.mark.parametrize("size, columns", [(0.0, 4), (-1.0, 4), (1.0, 0), (float("nan"), 4)])
def test_a_grid_of_nothing_is_refused(size: float, columns: int) -> None:
    with pytest.raises(ImageError, match="holds nothing"):
        MapGrid("EPSG:32633", 0.0, 0.0, size, columns, 5)
