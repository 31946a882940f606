"""The map grid that a frame is rectified onto."""

from __future__ import annotations

import math
from dataclasses import dataclass

from overflight.errors import ImageError
from overflight.units import Metres

_SNAP = 1e-6


@dataclass(frozen=True, slots=True)
class MapGrid:
    """Square pixels in a projected coordinate system, rows going south.

    ``crs`` is anything that PROJ takes, normally "EPSG:326xx"; ``left`` and ``top`` are the outer
    corner of the first pixel and ``size`` is a pixel's edge, in the system's units (metres).
    Raises ImageError for a grid that holds nothing.
    """

    crs: str
    left: float
    top: float
    size: Metres
    columns: int
    rows: int

    def __post_init__(self) -> None:
        finite = all(math.isfinite(value) for value in (self.left, self.top, self.size))
        if not finite or self.size <= 0.0 or self.columns <= 0 or self.rows <= 0:
            raise ImageError(
                f"a map grid of {self.columns} x {self.rows} pixels of {self.size} m holds nothing",
                remedy="Give a pixel size, columns and rows above zero and a finite corner.",
            )

    @property
    def right(self) -> float:
        return self.left + self.size * self.columns

    @property
    def bottom(self) -> float:
        return self.top - self.size * self.rows

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """(a, b, c, d, e, f): x = a column + b row + c; y = d column + e row + f."""
        return self.size, 0.0, self.left, 0.0, -self.size, self.top

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """left, bottom, right, top."""
        return self.left, self.bottom, self.right, self.top

    @property
    def shape(self) -> tuple[int, int]:
        """rows, columns."""
        return self.rows, self.columns

    @classmethod
    def aligned(cls, crs: str, bounds: tuple[float, float, float, float], size: Metres) -> MapGrid:
        """The least grid around ``bounds`` (left, bottom, right, top) whose corners are multiples
        of ``size``, so that grids of one size lie pixel on pixel."""
        left, bottom, right, top = bounds
        if not (size > 0.0 and all(math.isfinite(value) for value in bounds)):
            raise ImageError(
                "a map grid needs finite bounds and a pixel size above zero",
                remedy="Give left, bottom, right, top and a size in metres.",
            )
        first = math.floor(left / size + _SNAP)
        last = math.ceil(right / size - _SNAP)
        low = math.floor(bottom / size + _SNAP)
        high = math.ceil(top / size - _SNAP)
        columns, rows = max(1, last - first), max(1, high - low)
        return cls(crs, first * size, high * size, size, columns, rows)

    def window(self, row0: int, row1: int, col0: int, col1: int) -> MapGrid:
        """The part from ``row0`` and ``col0`` up to before ``row1`` and ``col1``; it may reach
        beyond the grid."""
        return MapGrid(
            self.crs,
            self.left + self.size * col0,
            self.top - self.size * row0,
            self.size,
            col1 - col0,
            row1 - row0,
        )
