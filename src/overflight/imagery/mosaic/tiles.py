"""The tiles of a mosaic, one after another: whose each pixel is, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.mosaic.balance import Balance
from overflight.imagery.mosaic.blend import HALO, LATTICE, Blend, Part, across_seams, blended
from overflight.imagery.mosaic.overview import Geometry
from overflight.imagery.mosaic.pyramid import nearer
from overflight.imagery.mosaic.sheets import Shelf
from overflight.imagery.mosaic.stack import corrected
from overflight.imagery.rectify.grid import MapGrid

Window = tuple[int, int, int, int]
"""Rows from and up to before, columns from and up to before."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was found at reduced size: ``labels`` (rows, columns) int16 of cells of ``factor``
    pixels, -1 where no frame sees the whole cell; ``near`` the same with a rim of the frames beside
    it; ``touched`` and ``corners`` as in the overview."""

    labels: NDArray[np.int16]
    near: NDArray[np.int16]
    factor: int
    touched: tuple[NDArray[np.bool_], ...]
    corners: tuple[tuple[int, int], ...]
    geometry: Geometry
    balance: Balance


@dataclass(frozen=True, slots=True)
class Tile:
    """``pixels`` (rows, columns, bands); ``own`` (rows, columns) int32, -1 nobody's; ``seams``:
    the sums of across_seams."""

    pixels: NDArray[Any]
    own: NDArray[np.int32]
    seams: tuple[float, float, int]


class Tiler:
    """Makes tiles; holds the pixels of one tile with its border at a time."""

    def __init__(self, shelf: Shelf, grid: MapGrid, plan: Plan, blend: Blend) -> None:
        self._shelf, self._grid, self._plan, self._blend = shelf, grid, plan, blend
        self._dtype = np.dtype(shelf.sheets[0].dtype)
        self._bands = shelf.sheets[0].bands

    def tile(self, row: int, column: int, edge: int) -> Tile:
        """The tile whose first pixel is at ``row`` and ``column``, cut at the mosaic's edge."""
        row1, col1 = min(row + edge, self._grid.rows), min(column + edge, self._grid.columns)
        halo = HALO[self._blend]
        bare = (row, row1, column, col1)
        window = bare if self._is_of_one(bare, halo) else _widened(bare, halo)
        own, parts = self._whose(window)
        inner = np.s_[row - window[0] : row1 - window[0], column - window[2] : col1 - window[2]]
        if not parts:
            empty = np.zeros((row1 - row, col1 - column, self._bands), dtype=self._dtype)
            return Tile(empty, own[inner], (0.0, 0.0, 0))
        most = np.iinfo(self._dtype).max
        mixed = np.clip(np.rint(blended(parts, own, self._blend)[inner]), 0, most)
        mixed[own[inner] < 0] = 0
        cut = [Part(p.index, p.values[inner], p.seen[inner]) for p in parts]
        return Tile(mixed.astype(self._dtype), own[inner], across_seams(mixed, cut, own[inner]))

    def _cells(self, window: Window) -> Window:
        top, bottom, left, right = window
        f = self._plan.factor
        return top // f, -(-bottom // f), left // f, -(-right // f)

    def _is_of_one(self, window: Window, halo: int) -> bool:
        """Whether one frame alone has the window and all around it."""
        top, bottom, left, right = self._cells(window)
        around = -(-halo // self._plan.factor)
        rows, columns = self._plan.labels.shape
        part = self._plan.labels[
            max(0, top - around) : min(rows, bottom + around),
            max(0, left - around) : min(columns, right + around),
        ]
        return bool((part == part[0, 0]).all()) and part[0, 0] >= 0

    def _whose(self, window: Window) -> tuple[NDArray[np.int32], list[Part]]:
        """The frame of each pixel of a window, and the frames that have any."""
        labels, f = self._plan.near, self._plan.factor
        own = np.full((window[1] - window[0], window[3] - window[2]), -1, dtype=np.int32)
        rows, columns = (
            np.arange(max(0, low), min(high, size))
            for low, high, size in (
                (window[0], window[1], self._grid.rows),
                (window[2], window[3], self._grid.columns),
            )
        )
        inside = np.s_[
            rows[0] - window[0] : rows[-1] + 1 - window[0],
            columns[0] - window[2] : columns[-1] + 1 - window[2],
        ]
        own[inside] = labels[np.ix_(rows // f, columns // f)]
        parts: dict[int, Part] = {}
        for index in _numbers(own):
            part = parts[index] = self._part(index, window)
            own[(own == index) & ~part.seen] = -1
        if (own < 0).any():
            self._fall_back(own, window, parts)
        return own, [parts[index] for index in _numbers(own)]

    def _fall_back(self, own: NDArray[np.int32], window: Window, parts: dict[int, Part]) -> None:
        """Pixels at the rim of the frame that the cell is of, which it does not see, go to the
        frame with the nearest middle that does."""
        lacking = own < 0
        best = np.full(own.shape, np.inf)
        for index, sheet in enumerate(self._shelf.sheets):
            if not sheet.meets(*window) or not self._may_see(index, lacking, window):
                continue
            part = parts.get(index) or self._part(index, window)
            middle = self._plan.geometry.middle[index]
            row, column = middle[0] - window[0], middle[1] - window[2]
            if nearer(own, best, lacking, part.seen, row, column, index):
                parts[index] = part

    def _may_see(self, index: int, lacking: NDArray[np.bool_], window: Window) -> bool:
        """Whether a frame touches a cell in which a pixel lacks one."""
        touched, (row0, col0) = self._plan.touched[index], self._plan.corners[index]
        f = self._plan.factor
        rows = np.arange(window[0], window[1]) // f - row0
        columns = np.arange(window[2], window[3]) // f - col0
        row_in = np.nonzero((rows >= 0) & (rows < touched.shape[0]))[0]
        col_in = np.nonzero((columns >= 0) & (columns < touched.shape[1]))[0]
        if not len(row_in) or not len(col_in):
            return False
        part = lacking[row_in[0] : row_in[-1] + 1, col_in[0] : col_in[-1] + 1]
        return bool((part & touched[np.ix_(rows[row_in], columns[col_in])]).any())

    def _part(self, index: int, window: Window) -> Part:
        top, bottom, left, right = window
        pixels, seen = self._shelf.read(index, top, bottom, left, right)
        plan = self._plan
        values = corrected(pixels, (top, left), 1, index, plan.geometry, plan.balance)
        return Part(index, values, seen)


def _numbers(own: NDArray[np.int32]) -> list[int]:
    """Which frames have any pixel, in order."""
    found: list[int] = np.flatnonzero(np.bincount(own.ravel() + 1)[1:]).tolist()
    return found


def _widened(window: Window, halo: int) -> Window:
    """With a border, begun and ended on the blending's lattice; it may reach beyond the mosaic."""
    top, bottom, left, right = window
    lattice = LATTICE if halo else 1
    return (
        (top - halo) // lattice * lattice, -(-(bottom + halo) // lattice) * lattice,
        (left - halo) // lattice * lattice, -(-(right + halo) // lattice) * lattice,
    )  # fmt: skip
