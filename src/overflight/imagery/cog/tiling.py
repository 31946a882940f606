"""Which tile comes next, and whether what was given is it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.rectify.grid import MapGrid

TILE = 512
"""The edge of a tile, in pixels, unless another is asked for."""
_LARGEST = 4096


class Tiling:
    """Counts the tiles of a picture off, row by row. ``bands`` 1, 3 or 4; uint8 or uint16."""

    def __init__(self, grid: MapGrid, bands: int, dtype: Any, edge: int) -> None:
        kind = np.dtype(dtype).newbyteorder("=")
        if bands not in (1, 3, 4) or kind not in (np.uint8, np.uint16):
            raise ImageError(
                f"no such picture is written: {bands} bands of {kind}",
                remedy="Give 1, 3 or 4 bands of 8 or 16 bits without a sign.",
            )
        if edge % 16 or not 16 <= edge <= _LARGEST:
            raise ImageError(
                f"tiles of {edge} pixels are none that a TIFF has",
                remedy=f"Give a multiple of 16 up to {_LARGEST}; 512 is usual.",
            )
        self.rows, self.columns, self.bands, self.dtype, self.edge = (
            grid.rows, grid.columns, bands, kind, edge,
        )  # fmt: skip
        self.across, self.down = -(-grid.columns // edge), -(-grid.rows // edge)
        self.given = 0

    @property
    def count(self) -> int:
        return self.across * self.down

    def take(
        self, row0: int, col0: int, pixels: NDArray[Any], mask: NDArray[Any] | None
    ) -> tuple[int, int]:
        """Row and column, counted in tiles, of the next one. Raises ImageError unless it is what
        was given."""
        row, column = divmod(self.given, self.across)
        first = (row * self.edge, column * self.edge)
        tall = min(self.edge, self.rows - first[0])
        wide = min(self.edge, self.columns - first[1])
        shape = (tall, wide) if self.bands == 1 else (tall, wide, self.bands)
        if self.given == self.count or (row0, col0) != first or pixels.shape != shape:
            raise ImageError(
                f"a tile of shape {pixels.shape} at {row0}, {col0}, where one of {shape} at "
                f"{first[0]}, {first[1]} comes next",
                remedy="Give every tile once, row by row.",
            )
        if pixels.dtype.newbyteorder("=") != self.dtype:
            raise ImageError(
                f"pixels of {pixels.dtype} for a picture of {self.dtype}",
                remedy="Scale and convert them first: no rounding is guessed here.",
            )
        if mask is not None and mask.shape != (tall, wide):
            raise ImageError(
                f"a mask of {mask.shape} for a tile of {(tall, wide)}", remedy="Give them alike."
            )
        self.given += 1
        return row, column

    def end(self) -> None:
        if self.given != self.count:
            raise ImageError(
                f"{self.given} of {self.count} tiles were given",
                remedy="Give every tile once, row by row.",
            )

    def squared(self, pixels: NDArray[Any], *, copy: bool) -> NDArray[Any]:
        """A tile as (edge, edge * bands), with zeros where the picture ends; the caller's own
        memory where it fits and no ``copy`` is asked for."""
        tall, wide = pixels.shape[:2]
        flat = pixels.reshape(tall, wide * self.bands)
        fits = (tall, wide) == (self.edge, self.edge) and pixels.dtype == self.dtype
        if fits and not copy:
            return np.ascontiguousarray(flat)
        out = np.zeros((self.edge, self.edge * self.bands), dtype=self.dtype)
        out[:tall, : flat.shape[1]] = flat
        return out


Write = Callable[[int, int, NDArray[Any], "NDArray[np.uint8] | None"], None]


def by_tiles(
    write: Write, edge: int, row0: int, pixels: NDArray[Any], mask: NDArray[np.uint8] | None
) -> None:
    """Whole rows of a picture, from ``row0`` on, given to ``write`` tile by tile."""
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    for row in range(0, pixels.shape[0], edge):
        for column in range(0, pixels.shape[1], edge):
            part = np.s_[row : row + edge, column : column + edge]
            write(row0 + row, column, pixels[part], None if mask is None else mask[part])


def fitting(grid: MapGrid, pixels: NDArray[Any], mask: NDArray[Any] | None) -> int:
    """How many bands ``pixels`` has. Raises ImageError where the shapes are not the grid's."""
    shapes = [pixels.shape[:2], *([] if mask is None else [mask.shape])]
    if pixels.ndim not in (2, 3) or any(shape != grid.shape for shape in shapes):
        raise ImageError(
            f"pixels of {pixels.shape} on a grid of {grid.shape}", remedy="Give them alike."
        )
    return 1 if pixels.ndim == 2 else int(pixels.shape[2])
