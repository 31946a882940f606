"""Frames as cameras and people save them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from overflight.errors import DataError, ImageError
from overflight.imagery.frames_in import grey, read_frame

RAMP = (np.arange(12 * 20).reshape(12, 20) % 251).astype(np.uint8)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp"])
def test_eight_bits_come_back_as_they_were(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(RAMP).save(path)
    frame = read_frame(path)
    assert np.array_equal(frame.pixels, RAMP)
    assert (frame.bits, frame.top, frame.undone, frame.exif) == (8, 255, "", False)


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_come_back_as_they_were(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    deep = RAMP.astype(np.uint16) * 257
    Image.fromarray(deep).save(path)
    frame = read_frame(path)
    assert np.array_equal(frame.pixels, deep)
    assert (frame.bits, frame.top) == (16, 65535)


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_undone_as_pillow_undoes_it(
    tmp_path: Path, orientation: int, ending: str
) -> None:
    from PIL import ImageOps

    path = tmp_path / f"a.{ending}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(RAMP).save(path, exif=exif)
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    frame = read_frame(path)
    assert np.array_equal(frame.pixels, expected)
    assert bool(frame.undone) == (orientation > 1)


def test_luminance_and_bands(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    colours = np.stack([RAMP, RAMP // 2, RAMP // 4], axis=-1)
    Image.fromarray(colours).save(path)
    frame = read_frame(path)
    assert np.array_equal(grey(frame, 1), RAMP // 2)
    assert grey(frame)[3, 4] == pytest.approx(colours[3, 4] @ [0.2126, 0.7152, 0.0722])
    with pytest.raises(ImageError, match="bands 0 to 2"):
        grey(frame, 3)


def test_a_file_that_ends_early(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    noise = np.random.default_rng(0).integers(0, 255, (200, 200)).astype(np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(DataError, match="ends early"):
        read_frame(path)


def test_what_is_no_image(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("not a picture")
    with pytest.raises(DataError, match="no image"):
        read_frame(path)
    with pytest.raises(DataError, match="no such file"):
        read_frame(tmp_path / "b.png")
    with pytest.raises(DataError, match="folder"):
        read_frame(tmp_path)


@pytest.mark.parametrize("mode", ["P", "1", "F"])
def test_pixels_of_an_unsuitable_kind(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tif"
    Image.fromarray(RAMP).convert(mode).save(path)
    with pytest.raises(ImageError, match="unsuitable kind"):
        read_frame(path)


def test_several_pictures_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    image = Image.fromarray(RAMP)
    image.save(path, save_all=True, append_images=[image])
    with pytest.raises(ImageError, match="2 pictures"):
        read_frame(path)
