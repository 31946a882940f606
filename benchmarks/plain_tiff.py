"""An uncompressed TIFF in tiles, written in one go: what a rectifier's speed is measured into."""

from __future__ import annotations

import struct
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np

from overflight.imagery.rectify.grid import MapGrid

_SHORT, _LONG, _DOUBLE, _LONG8 = 3, 4, 12, 16
_FORMATS = {_SHORT: "H", _LONG: "I", _DOUBLE: "d", _LONG8: "Q"}


class PlainTiff:
    """Takes tiles in order, row by row; BigTIFF, so that any size fits."""

    def __init__(self, path: Path, grid: MapGrid, bands: int, dtype: Any, tile: int = 512) -> None:
        self.tile, self.bands, self.dtype = tile, bands, np.dtype(dtype)
        across, down = -(-grid.columns // tile), -(-grid.rows // tile)
        count, size = across * down, tile * tile * bands * self.dtype.itemsize
        epsg = int(grid.crs.rsplit(":", 1)[1])
        tags: list[tuple[int, int, tuple[Any, ...]]] = [
            (256, _LONG, (grid.columns,)),
            (257, _LONG, (grid.rows,)),
            (258, _SHORT, (8 * self.dtype.itemsize,) * bands),
            (259, _SHORT, (1,)),
            (262, _SHORT, (2 if bands == 3 else 1,)),
            (277, _SHORT, (bands,)),
            (284, _SHORT, (1,)),
            (322, _LONG, (tile,)),
            (323, _LONG, (tile,)),
            (324, _LONG8, ()),
            (325, _LONG8, (size,) * count),
            (339, _SHORT, (1,) * bands),
            (33550, _DOUBLE, (grid.size, grid.size, 0.0)),
            (33922, _DOUBLE, (0.0, 0.0, 0.0, grid.left, grid.top, 0.0)),
            (34735, _SHORT, (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, epsg)),
        ]
        start = 16 + 8 + 20 * len(tags) + 8
        rest = sum(_held(kind, count if tag == 324 else len(v)) for tag, kind, v in tags)
        first = -(-(start + rest) // 4096) * 4096
        head, extra = struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, len(tags)), b""
        for tag, kind, values in tags:
            if tag == 324:
                values = tuple(first + size * k for k in range(count))
            data = struct.pack(f"<{len(values)}{_FORMATS[kind]}", *values)
            head += struct.pack("<HHQ", tag, kind, len(values))
            if len(data) <= 8:
                head += data.ljust(8, b"\0")
            else:
                head += struct.pack("<Q", start + len(extra))
                extra += data
        self._file: IO[bytes] = path.open("wb")
        self._file.write((head + bytes(8) + extra).ljust(first, b"\0"))

    def write(self, pixels: Any) -> None:
        """The next tile, (rows, columns) or (rows, columns, bands); a cut one is filled up."""
        if pixels.shape[:2] != (self.tile, self.tile):
            whole = np.zeros((self.tile, self.tile, *pixels.shape[2:]), dtype=self.dtype)
            whole[: pixels.shape[0], : pixels.shape[1]] = pixels
            pixels = whole
        self._file.write(memoryview(np.ascontiguousarray(pixels)).cast("B"))

    def __enter__(self) -> PlainTiff:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def _held(kind: int, count: int) -> int:
    size = struct.calcsize(_FORMATS[kind]) * count
    return size if size > 8 else 0
