"""A frame's pixels by window: held in memory, or read from the file as they are needed."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError, ImageError

Pixels = NDArray[np.uint8] | NDArray[np.uint16]

_HOLD = 256 * 2**20
"""Bytes: a picture no larger is read at once; more would be taken up by reading windows twice."""
_KEEP = 256 * 2**20
"""Bytes of blocks that GDAL keeps; by itself it takes a twentieth of the machine."""


class Source(Protocol):
    """Pixels of one frame. ``window`` gives (rows, columns) or (rows, columns, bands)."""

    @property
    def columns(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def bands(self) -> int: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    def window(self, row0: int, row1: int, col0: int, col1: int) -> Pixels: ...


class Held:
    """Pixels in memory: uint8 or uint16, one band as (rows, columns), more as a third axis."""

    def __init__(self, pixels: NDArray[Any], name: str = "the image") -> None:
        kind = pixels.dtype.newbyteorder("=")
        if pixels.ndim not in (2, 3) or kind not in (np.uint8, np.uint16) or not pixels.size:
            raise ImageError(
                f"{name}: pixels of a kind that is not rectified ({pixels.dtype}, "
                f"{pixels.ndim} axes)",
                remedy="Give 8 or 16 bits without a sign, (rows, columns) or with bands as well.",
            )
        if pixels.ndim == 3 and pixels.shape[2] == 1:
            pixels = pixels[:, :, 0]
        self.pixels = np.ascontiguousarray(pixels, dtype=kind)
        self.name = name

    @property
    def columns(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def rows(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def bands(self) -> int:
        return 1 if self.pixels.ndim == 2 else int(self.pixels.shape[2])

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.pixels.dtype

    def window(self, row0: int, row1: int, col0: int, col1: int) -> Pixels:
        return self.pixels[row0:row1, col0:col1]


class Windows:
    """A TIFF of which windows are read as they are asked for."""

    def __init__(self, dataset: Any, name: str) -> None:
        self._dataset = dataset
        self.name = name
        self.dtype = np.dtype(dataset.dtypes[0])
        self.columns, self.rows = int(dataset.width), int(dataset.height)
        self.bands = _colours(dataset)

    def window(self, row0: int, row1: int, col0: int, col1: int) -> Pixels:
        """Raises DataError where the file is damaged."""
        import rasterio
        from rasterio.errors import RasterioError
        from rasterio.windows import Window

        pixels = np.empty((row1 - row0, col1 - col0, self.bands), dtype=self.dtype)
        place = Window(col0, row0, col1 - col0, row1 - row0)
        indexes = list(range(1, self.bands + 1))
        try:
            with rasterio.Env(GDAL_CACHEMAX=_KEEP):
                self._dataset.read(indexes, window=place, out=np.moveaxis(pixels, 2, 0))
        except (RasterioError, OSError) as error:
            raise DataError(
                f"the image is damaged or ends early ({error})",
                remedy="Copy it again from its source; half a picture is not rectified.",
                file=self.name,
            ) from None
        return pixels[:, :, 0] if self.bands == 1 else pixels

    def close(self) -> None:
        self._dataset.close()


def open_source(path: str | Path) -> Held | Windows:
    """A frame's pixels: a TIFF by windows where it is large, everything else at once.

    Raises DataError if it cannot be read, ImageError for pixels of an unsuitable kind.
    """
    from overflight.imagery.frames_in import read_frame, upright

    path = Path(path)
    dataset = _tiff(path)
    if dataset is None:
        return Held(read_frame(path).pixels, str(path))
    windows = Windows(dataset, str(path))
    turn = _orientation(path)
    large = windows.rows * windows.columns * windows.bands * windows.dtype.itemsize > _HOLD
    if large and turn == 1:
        return windows
    try:
        pixels = windows.window(0, windows.rows, 0, windows.columns)
        return Held(upright(pixels, turn), str(path))
    finally:
        windows.close()


def _tiff(path: Path) -> Any:
    """A TIFF that can be read by windows as it is; None where ``read_frame`` is to look at it."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError:
        return None
    if head[:2] not in (b"II", b"MM"):
        return None
    import warnings

    import rasterio
    from rasterio._err import CPLE_BaseError  # what GDAL finds while a property is read
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            dataset = rasterio.open(path, driver="GTiff")
    except (RasterioError, OSError):
        return None
    try:
        fits = _by_windows(dataset)
    except (RasterioError, CPLE_BaseError):
        fits = False
    if not fits:
        dataset.close()
        return None
    return dataset


def _by_windows(dataset: Any) -> bool:
    """Whether its pixels are numbers of one size, as they are to be measured."""
    kinds = {np.dtype(kind) for kind in dataset.dtypes}
    fits = kinds in ({np.dtype(np.uint8)}, {np.dtype(np.uint16)}) and not dataset.subdatasets
    palette = dataset.colorinterp[0].name == "palette"
    bits = dataset.tags(1, ns="IMAGE_STRUCTURE").get("NBITS", "8")
    return bool(fits) and not palette and bits in ("8", "16")


def _orientation(path: Path) -> int:
    """Tag 274 of a TIFF's first directory (TIFF 6.0; BigTIFF as libtiff has it); 1 without it."""
    with path.open("rb") as file:
        head = file.read(16)
        order = "<" if head[:2] == b"II" else ">"
        large = struct.unpack_from(f"{order}H", head, 2)[0] == 43
        first = struct.unpack_from(f"{order}{'Q' if large else 'I'}", head, 8 if large else 4)[0]
        file.seek(first)
        size, counted, value_at = (20, "Q", 12) if large else (12, "H", 8)
        data = file.read(struct.calcsize(counted))
        if len(data) < struct.calcsize(counted):
            return 1
        count = min(struct.unpack(order + counted, data)[0], 4096)
        entries = file.read(count * size)
    for at in range(0, len(entries) - size + 1, size):
        if struct.unpack_from(f"{order}H", entries, at)[0] == 274:
            turn = int(struct.unpack_from(f"{order}H", entries, at + value_at)[0])
            return turn if 1 <= turn <= 8 else 1
    return 1


def _colours(dataset: Any) -> int:
    """Bands without a last one that says how opaque a pixel is."""
    return int(dataset.count) - (
        1 if dataset.count > 1 and dataset.colorinterp[-1].name == "alpha" else 0
    )
