"""Our uncompressed tiled GeoTIFFs, read by GDAL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import ImageError
from overflight.imagery.cog import TiledWriter, read_marks, write_tiled
from overflight.imagery.cog.plain import _head
from overflight.imagery.rectify.grid import MapGrid
from overflight.terms.track import SIMULATED

# rasterio itself multiplies as affine 3.1 no longer likes.
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")


def grid(rows: int, columns: int) -> MapGrid:
    return MapGrid("EPSG:32637", 400_000.5, 6_200_000.25, 0.25, columns, rows)


@settings(max_examples=25)
@given(
    rows=st.integers(1, 200),
    columns=st.integers(1, 200),
    bands=st.sampled_from([1, 3, 4]),
    dtype=st.sampled_from([np.uint8, np.uint16, np.dtype(">u2")]),
    tile=st.sampled_from([16, 48, 64, 128]),
    masked=st.booleans(),
)
def test_gdal_reads_the_plain_tiles_back(
    tmp_path_factory: pytest.TempPathFactory, rows: int, columns: int, bands: int, dtype: Any,
    tile: int, masked: bool,
) -> None:  # fmt: skip
    path = tmp_path_factory.mktemp("tiled") / "a.tif"
    random = np.random.default_rng(rows * columns)
    top = np.iinfo(dtype).max
    pixels = random.integers(0, top, (rows, columns, bands), endpoint=True).astype(dtype)
    mask = np.full((rows, columns), 255, np.uint8)
    if masked:
        mask[random.random((rows, columns)) < 0.3] = 0
    write_tiled(
        path, pixels if bands > 1 else pixels[..., 0], mask if masked else None,
        grid(rows, columns), tile=tile, sync=False,
    )  # fmt: skip
    with rasterio.open(path) as source:
        assert source.block_shapes == [(tile, tile)] * bands
        assert source.compression is None
        assert source.overviews(1) == []
        assert source.crs.to_epsg() == 32637
        assert tuple(source.transform)[:6] == (0.25, 0, 400_000.5, 0, -0.25, 6_200_000.25)
        expected = np.where(mask[..., None] > 0, pixels, 0)
        np.testing.assert_array_equal(np.moveaxis(source.read(), 0, -1), expected)
        np.testing.assert_array_equal(source.dataset_mask(), mask)


def test_rows_of_tiles_and_single_tiles_give_the_same_file(tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (150, 130, 3), dtype=np.uint8)
    at = grid(150, 130)
    with TiledWriter(tmp_path / "tiles.tif", at, 3, np.uint8, tile=64) as writer:
        for r in range(0, 150, 64):
            for c in range(0, 130, 64):
                writer.write(r, c, pixels[r : r + 64, c : c + 64])
    with TiledWriter(tmp_path / "rows.tif", at, 3, np.uint8, tile=64) as writer:
        for r in range(0, 150, 64):
            writer.write_rows(r, pixels[r : r + 64])
    assert (tmp_path / "tiles.tif").read_bytes() == (tmp_path / "rows.tif").read_bytes()


def test_plain_files_keep_their_marks(tmp_path: Path) -> None:
    write_tiled(tmp_path / "a.tif", np.zeros((9, 9), np.uint8), None, grid(9, 9),
                marks=(SIMULATED,), metadata={"A": "b"})  # fmt: skip
    assert read_marks(tmp_path / "a.tif") == (SIMULATED,)
    with rasterio.open(tmp_path / "a.tif") as source:
        assert source.tags()["A"] == "b"
        assert source.tags()["TIFFTAG_IMAGEDESCRIPTION"] == SIMULATED


def test_past_four_gigabytes_the_header_is_a_bigtiff() -> None:
    """TIFF 6.0 section 2: 42; BigTIFF: 43. Places of 4 bytes end at 2**32."""
    size = 1 << 20
    assert _head([[]], [size], 4000)[2] == 42
    assert _head([[]], [size], 4096)[2] == 43


def test_a_plain_file_is_whole_or_not_there(tmp_path: Path) -> None:
    with (
        pytest.raises(ImageError, match="1 of 4 tiles"),
        TiledWriter(tmp_path / "a.tif", grid(100, 100), 1, np.uint8, tile=64) as writer,
    ):
        writer.write(0, 0, np.zeros((64, 64), np.uint8))
    with (
        pytest.raises(ImageError, match="float"),
        TiledWriter(tmp_path / "a.tif", grid(60, 60), 1, np.uint8, tile=64) as writer,
    ):
        writer.write(0, 0, np.zeros((60, 60)))
    assert list(tmp_path.iterdir()) == []
