"""Pixels by window: the same ones whichever way they are read, and a word for what is broken."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from overflight.errors import DataError, ImageError
from overflight.imagery import sources
from overflight.imagery.frames_in import read_frame
from overflight.imagery.sources import Held, Windows, open_source


def tiff(path: Path, pixels: np.ndarray, **options: Any) -> Path:
    import rasterio

    bands = np.moveaxis(np.atleast_3d(pixels), 2, 0)
    with rasterio.open(
        path, "w", driver="GTiff", width=pixels.shape[1], height=pixels.shape[0],
        count=len(bands), dtype=pixels.dtype, crs="EPSG:32633",
        transform=rasterio.Affine(2, 0, 0, 0, -2, 0), **options,
    ) as file:  # fmt: skip
        file.write(bands)
    return path


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 65_535, (70, 90, 3), dtype=np.uint16)


@pytest.mark.parametrize("endian", ["LITTLE", "BIG"])
@pytest.mark.parametrize("interleave", ["pixel", "band"])
def test_windows_are_parts_of_the_whole(
    tmp_path: Path, picture: np.ndarray, monkeypatch: pytest.MonkeyPatch, endian: str,
    interleave: str,
) -> None:  # fmt: skip
    path = tiff(
        tmp_path / "f.tif", picture, ENDIANNESS=endian, interleave=interleave, tiled=True,
        blockxsize=16, blockysize=16, photometric="rgb",
    )  # fmt: skip
    held = open_source(path)
    assert isinstance(held, Held)
    assert np.array_equal(held.pixels, picture)
    monkeypatch.setattr(sources, "_HOLD", 100)
    windows = open_source(path)
    assert isinstance(windows, Windows)
    assert (windows.rows, windows.columns, windows.bands) == (70, 90, 3)
    assert np.array_equal(windows.window(5, 40, 3, 77), picture[5:40, 3:77])
    windows.close()


def test_an_alpha_band_is_not_a_colour(tmp_path: Path, picture: np.ndarray) -> None:
    four = np.concatenate([picture, np.full((70, 90, 1), 65_535, np.uint16)], axis=2)
    path = tiff(tmp_path / "f.tif", four, photometric="rgb", alpha="yes")
    assert open_source(path).bands == 3


@pytest.mark.parametrize("name", ["f.png", "f.jpg", "f.bmp"])
def test_other_formats_are_read_whole(tmp_path: Path, name: str) -> None:
    pixels = np.full((20, 30, 3), 77, dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / name)
    source = open_source(tmp_path / name)
    assert (source.rows, source.columns, source.bands) == (20, 30, 3)
    assert np.abs(source.window(3, 9, 4, 8).astype(int) - 77).max() <= 2


@pytest.mark.parametrize(
    "orientation, change",
    [(2, lambda p: p[:, ::-1]), (3, lambda p: p[::-1, ::-1]), (6, lambda p: np.rot90(p, -1))],
)
def test_a_turned_tiff_is_set_right(tmp_path: Path, orientation: int, change: Any) -> None:
    """TIFF 6.0, tag 274: 2 is mirrored left to right, 3 turned by 180 degrees, 6 has its first row
    on the right."""
    pixels = np.random.default_rng(2).integers(0, 255, (20, 30), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "f.tif", tiffinfo={274: orientation})
    source = open_source(tmp_path / "f.tif")
    assert np.array_equal(source.window(0, source.rows, 0, source.columns), change(pixels))


def test_a_file_that_ends_early(tmp_path: Path, picture: np.ndarray) -> None:
    path = tiff(tmp_path / "f.tif", picture)
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(DataError, match="damaged or ends early"):
        open_source(path)
    Image.fromarray((picture // 256).astype(np.uint8)).save(tmp_path / "f.jpg")
    data = (tmp_path / "f.jpg").read_bytes()
    (tmp_path / "f.jpg").write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match="damaged or ends early"):
        open_source(tmp_path / "f.jpg")


def test_what_cannot_be_rectified(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        open_source(tmp_path / "absent.tif")
    path = tiff(tmp_path / "f.tif", np.zeros((9, 9), dtype=np.float32))
    with pytest.raises((ImageError, DataError)):
        open_source(path)
    (tmp_path / "text.tif").write_text("II*\0 nothing more")
    with pytest.raises(DataError):
        open_source(tmp_path / "text.tif")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            "49492b000800000012000000000000007f0008000000000000000001040001000000000000000100"
            "00000000000001010400010000000000000001000000000000000201030001000000000000000800"
            "00000000000003010300010000000000000001000000000000000601030001000000000000000100"
            "00000000000011010400010000000000000010000000000000001601040001000000000000000100"
            "0000000000001701040001000000000000000100000000000000002f00000000000000",
            id="a directory that is not there",
        ),
        pytest.param(
            "49492a000a0000007f00080000010400010000000100000001010400010000000100000002010300"
            "01000000080000000301030000000100010000000601030001000000010000001101040001000000"
            "08000000160104000100000001000000170104000100000001000000002d00000000000000000000"
            "3f0000000000fffb",
            id="a picture without its size",
        ),
    ],
)
def test_what_fuzzing_found(tmp_path: Path, data: str) -> None:
    """Each let an error of rasterio or Pillow through (tests/torture/fuzz_archive.py)."""
    path = tmp_path / "f.tif"
    path.write_bytes(bytes.fromhex(data))
    for reader in (open_source, read_frame):
        with suppress(DataError, ImageError):
            reader(path)
