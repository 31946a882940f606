"""Reading digital frames: PNG, TIFF, JPEG and BMP of 8 or 16 bits, one band or three.

Whatever a camera wrote into EXIF about how it was held is undone, and the frame says so. Anything
that would make a measurement lie is refused with a reason: palettes, one-bit and floating-point
pictures, several pages, files that end early.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError, ImageError

_ORIENTATION = 0x0112
_CAMERA_TAGS = (0x010F, 0x0110, 0x0112, 0x8769, 0x8825)
"""Make, model, orientation, Exif and GPS directories: a TIFF has other tags anyway."""
_TURNED = {
    1: "",
    2: "mirrored left to right",
    3: "turned by 180 degrees",
    4: "mirrored top to bottom",
    5: "mirrored along the main diagonal",
    6: "turned by 90 degrees clockwise",
    7: "mirrored along the other diagonal",
    8: "turned by 90 degrees anticlockwise",
}
_LUMINANCE = (0.2126, 0.7152, 0.0722)
"""ITU-R BT.709 weights of red, green and blue; for a linear picture they are its luminance."""
MOST_PIXELS = 400_000_000


@dataclass(frozen=True, slots=True)
class Frame:
    """A digital frame as it was exposed.

    ``pixels`` is (rows, columns) or (rows, columns, 3), uint8 or uint16; ``undone`` what EXIF said
    of the camera's position and was undone ("" where nothing); ``exif`` whether there was any.
    """

    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    format: str
    undone: str = ""
    exif: bool = False
    name: str = "the image"
    jpeg_quality: float | None = None
    """1 to 100 by its luminance table, on the usual scale of encoders; None for other formats."""

    @property
    def bits(self) -> int:
        """Bits of a pixel's type, 8 or 16."""
        return 8 * self.pixels.dtype.itemsize

    @property
    def top(self) -> int:
        """The highest count that a pixel can hold."""
        return int(np.iinfo(self.pixels.dtype).max)


def _wrong(name: str, message: str, remedy: str) -> DataError:
    return DataError(message, remedy=remedy, file=name)


@contextmanager
def header_of(path: Path) -> Iterator[Any]:
    """A picture opened for what it says of itself, however large; its pixels are not read.

    Whatever a library warns of metadata that end early is not passed on. Raises ImageError for
    what is no picture.
    """
    from PIL import Image, UnidentifiedImageError

    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            yield image
    except (UnidentifiedImageError, OSError, SyntaxError, TypeError, ValueError, EOFError) as error:
        raise ImageError(
            f"{path.name}: its metadata cannot be read ({error})",
            remedy="Copy the picture again from its source.",
        ) from None
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def read_frame(source: str | Path | IO[bytes]) -> Frame:
    """Read a frame from a path or an open binary stream.

    Raises DataError if it cannot be opened or ends early, ImageError if its pixels are of a kind
    that nothing can be measured in.
    """
    from PIL import Image, UnidentifiedImageError

    name = str(source) if isinstance(source, (str, os.PathLike)) else "standard input"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(source) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ImageError(
                        f"{name}: {image.width} x {image.height} pixels are too many",
                        remedy=f"Cut out the part to measure; {MOST_PIXELS:,} pixels are the most.",
                    )
                return _frame(image, name)
    except FileNotFoundError:
        raise _wrong(name, "there is no such file", "Check the path.") from None
    except IsADirectoryError:
        raise _wrong(name, "this is a folder", "Name the image file.") from None
    except UnidentifiedImageError:
        raise _wrong(
            name, "this is no image that can be read", "Give a PNG, TIFF, JPEG or BMP file."
        ) from None
    except Image.DecompressionBombError:
        raise _wrong(name, "the image is too large", "Cut out the part to measure.") from None
    except (OSError, SyntaxError, TypeError, ValueError, EOFError) as error:
        raise _wrong(
            name,
            f"the image is damaged or ends early ({error})",
            "Copy it again from its source; nothing is measured in half a picture.",
        ) from None


def _frame(image: Any, name: str) -> Frame:
    pages = int(getattr(image, "n_frames", 1))
    # Cameras append a small preview to a JPEG (CIPA DC-007, "MPO"); the first is the picture.
    if pages > 1 and image.format != "MPO":
        raise ImageError(
            f"{name}: {pages} pictures in one file", remedy="Save the one to measure by itself."
        )
    mode = str(image.mode)
    if mode not in ("L", "RGB", "RGBA", "LA", "I;16", "I;16B", "I;16L", "I"):
        kinds = {"P": "a palette", "1": "one bit a pixel", "F": "floating-point values"}
        raise ImageError(
            f"{name}: pixels of an unsuitable kind ({kinds.get(mode, mode)})",
            remedy="Save it with 8 or 16 bits a band, grey or red-green-blue, without a palette.",
        )
    _refuse_hidden_depth(image, name)
    exif = image.getexif()
    turn = int(exif.get(_ORIENTATION, 1) or 1)
    pixels = np.asarray(image)
    if mode in ("RGBA", "LA"):
        pixels = pixels[..., 0] if mode == "LA" else pixels[..., :3]
    if pixels.dtype not in (np.uint8, np.uint16):
        if pixels.size and (pixels.min() < 0 or pixels.max() > 65535):
            raise ImageError(
                f"{name}: counts beyond 16 bits", remedy="Save it with 8 or 16 bits a band."
            )
        pixels = pixels.astype(np.uint16)
    pixels = pixels.astype(pixels.dtype.newbyteorder("="))
    if pixels.size == 0:
        raise ImageError(f"{name}: the image is empty", remedy="Give an image with pixels.")
    undone = _TURNED.get(turn, "")
    if image.format == "TIFF":
        turn = 1  # Pillow turns a TIFF itself as it reads it
    return Frame(
        np.ascontiguousarray(upright(pixels, turn)),
        str(image.format or "unknown"),
        undone,
        any(tag in exif for tag in _CAMERA_TAGS),
        name,
        _quality(image),
    )


def _quality(image: Any) -> float | None:
    """The Independent JPEG Group's library scales T.81's table K.1 (sum 3685) by 50 / q below a
    quality of 50 and by 2 - q / 50 above."""
    table = (getattr(image, "quantization", None) or {}).get(0)
    if image.format not in ("JPEG", "MPO") or not table:
        return None
    scale = float(sum(table)) / 3685.0
    return 50.0 * (2.0 - scale) if scale <= 1.0 else 50.0 / scale


def _refuse_hidden_depth(image: Any, name: str) -> None:
    """The reader gives colours of 16 bits back with 8 and says nothing of it."""
    stream = getattr(image, "fp", None)
    if image.format != "PNG" or image.mode not in ("RGB", "RGBA", "LA") or stream is None:
        return
    at = stream.tell()
    stream.seek(24)
    depth = stream.read(1)
    stream.seek(at)
    if depth == bytes([16]):
        raise ImageError(
            f"{name}: a PNG with 16-bit colours cannot be read without loss",
            remedy="Save one band as 16-bit grey.",
        )


def upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """A picture as it should be seen, from EXIF's orientation, 1 to 8 (EXIF 2.32, tag 274)."""
    if orientation >= 5:
        pixels = np.swapaxes(pixels, 0, 1)
    rows, columns = {
        2: (1, -1), 3: (-1, -1), 4: (-1, 1), 6: (1, -1), 7: (-1, -1), 8: (-1, 1)
    }.get(orientation, (1, 1))  # fmt: skip
    return pixels[::rows, ::columns]


def grey(frame: Frame, band: int | None = None) -> NDArray[np.float64]:
    """One value a pixel, (rows, columns): the band asked for (0 red, 1 green, 2 blue), or else the
    luminance. Raises ImageError for a band that the frame has not."""
    pixels = frame.pixels
    if pixels.ndim == 2:
        if band not in (None, 0):
            raise ImageError(
                f"{frame.name}: one band only, not band {band}", remedy="Leave the band out."
            )
        return pixels.astype(np.float64)
    if band is None:
        luminance: NDArray[np.float64] = pixels.astype(np.float64) @ np.array(_LUMINANCE)
        return luminance
    if not 0 <= band < pixels.shape[2]:
        raise ImageError(
            f"{frame.name}: bands 0 to {pixels.shape[2] - 1}, not {band}",
            remedy="Name one of them: 0 red, 1 green, 2 blue.",
        )
    return pixels[..., band].astype(np.float64)
