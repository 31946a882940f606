"""A frame laid on the map: blocks of any size, or all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.collinear import folds_at
from overflight.imagery.elevation import Terrain
from overflight.imagery.rectify.footprint import nothing_seen
from overflight.imagery.rectify.grid import MapGrid
from overflight.imagery.rectify.lattice import lattice
from overflight.imagery.sources import Held, Pixels, Source
from overflight.terms.frames import Interior, OrientedFrame

BLOCK = 512
"""Rows and columns that are worked on together: they and what they see fit a processor's cache."""
_WIDEN = 1.2
"""From so many pixels of the frame under one of the map the kernel is widened to average them."""
_MOST_STRETCH = 64.0
_MOST_EDGE = 65_536
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Rectified:
    """A frame on the map: ``pixels`` (rows, columns) or (rows, columns, bands) of the frame's own
    type, 0 where nothing is seen; ``mask`` (rows, columns) is 255 where something is."""

    pixels: Pixels
    mask: Mask
    grid: MapGrid


class Rectifier:
    """One frame, its pixels, the terrain and the grid, ready to give any block of the result.

    ``sampling`` is "bilinear" or "cubic". ``hidden`` leaves out what the terrain itself hides from
    the camera. ``error_px`` says how far positions may be from exact collinearity apart from
    rounding (single precision and 1/256 pixel). Not for several threads at once: they would share
    what it works in.
    """

    def __init__(
        self,
        frame: OrientedFrame,
        source: Source,
        terrain: Terrain,
        grid: MapGrid,
        *,
        sampling: str = "cubic",
        hidden: bool = False,
    ) -> None:
        from overflight.imagery.rectify.sample import SAMPLINGS

        if sampling not in SAMPLINGS:
            raise ImageError(
                f"no way of sampling is called {sampling!r}",
                remedy=f"Choose one of {', '.join(SAMPLINGS)}.",
            )
        _check_size(frame, source)
        self.frame, self.source, self.terrain, self.grid = frame, source, terrain, grid
        self.sampling, self.hidden = sampling, hidden
        self._lattice = lattice(frame, terrain, grid)
        self.error_px = self._lattice.error_px
        self._camera = _camera(frame.interior)
        self._posts = np.ascontiguousarray(terrain.posts, dtype=np.float32)
        self._places = np.empty((2, 0, 0), dtype=np.int32)
        self._eye = np.empty(0)
        if hidden:
            from overflight.imagery.rectify.visible import eye_over

            self._eye = eye_over(frame.exterior, terrain)

    def block(self, row0: int, row1: int, col0: int, col1: int) -> tuple[Pixels, Mask]:
        """The grid's pixels from ``row0`` and ``col0`` up to before ``row1`` and ``col1``."""
        row1, col1 = min(row1, self.grid.rows), min(col1, self.grid.columns)
        bands = self.source.bands
        out = np.zeros((row1 - row0, (col1 - col0) * bands), dtype=self.source.dtype)
        mask = np.zeros((row1 - row0, col1 - col0), dtype=np.uint8)
        for top in range(row0, row1, BLOCK):
            for left in range(col0, col1, BLOCK):
                end, right = min(top + BLOCK, row1), min(left + BLOCK, col1)
                part = out[top - row0 : end - row0, (left - col0) * bands : (right - col0) * bands]
                seen = mask[top - row0 : end - row0, left - col0 : right - col0]
                self._fill(top, left, part, seen)
        return (out if bands == 1 else out.reshape(*mask.shape, bands)), mask

    def tiles(self, edge: int = BLOCK) -> Iterator[tuple[int, int, Pixels, Mask]]:
        """All of the grid in tiles: (row0, col0, pixels, mask), row by row, the last ones cut."""
        for row0 in range(0, self.grid.rows, edge):
            for col0 in range(0, self.grid.columns, edge):
                yield row0, col0, *self.block(row0, row0 + edge, col0, col0 + edge)

    def places(self, row0: int, row1: int, col0: int, col1: int) -> NDArray[np.float64]:
        """Where the grid's pixels are in the frame, (rows, columns, 2): column and row as in
        ``Interior``, nan where nothing is seen. As exact as the pixels are, to 1/256."""
        across, down = self._placed(row0, col0, row1 - row0, col1 - col0)
        found = np.stack([across, down], axis=-1) / 256.0 + 0.5
        found[_unseen(across)] = np.nan
        return np.asarray(found)

    def _placed(
        self, row0: int, col0: int, rows: int, columns: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        from overflight.imagery.rectify.place import place

        if self._places.shape != (2, rows, columns):
            self._places = np.empty((2, rows, columns), dtype=np.int32)
        across, down = self._places
        nodes, step = self._lattice.nodes, self._lattice.step
        place(nodes, step, row0, col0, self._posts, self._camera, across, down)
        if self.hidden:
            from overflight.imagery.rectify.visible import hide

            ceiling = self.terrain.span[1]
            hide(nodes, step, row0, col0, self._posts, self._eye, ceiling, across)
        return across, down

    def _fill(self, row0: int, col0: int, out: Pixels, mask: Mask) -> None:
        from overflight.imagery.rectify.place import extent
        from overflight.imagery.rectify.sample import sample, weights

        across, down = self._placed(row0, col0, *mask.shape)
        least_x, most_x, least_y, most_y = (int(value) for value in extent(across, down))
        if most_x < least_x:
            return
        wide, tall = _stretch(across, down)
        table_x, table_y = weights(self.sampling, wide), weights(self.sampling, tall)
        reach = max(table_x.shape[1], table_y.shape[1]) // 2 + 1
        rows, columns, bands = self.source.rows, self.source.columns, self.source.bands
        top, end = max(0, (least_y >> 8) - reach), min(rows, (most_y >> 8) + reach + 1)
        left, right = max(0, (least_x >> 8) - reach), min(columns, (most_x >> 8) + reach + 1)
        window, top, left = _flat(self.source, top, end, left, right)
        most = float(np.iinfo(self.source.dtype).max)
        sample(
            window, bands, top, left, rows, columns, across, down, table_x, table_y, most, out, mask
        )


def rectified(
    frame: OrientedFrame,
    source: Source | NDArray[Any],
    terrain: Terrain,
    grid: MapGrid,
    *,
    sampling: str = "cubic",
    hidden: bool = False,
) -> Rectified:
    """The whole grid at once. Raises ImageError if the frame sees nothing of it."""
    held: Source = Held(source) if isinstance(source, np.ndarray) else source
    rectifier = Rectifier(frame, held, terrain, grid, sampling=sampling, hidden=hidden)
    pixels, mask = rectifier.block(0, grid.rows, 0, grid.columns)
    if not mask.any():
        raise nothing_seen(frame, terrain)
    return Rectified(pixels, mask, grid)


def _check_size(frame: OrientedFrame, source: Source) -> None:
    inside = frame.interior
    if (inside.columns, inside.rows) != (source.columns, source.rows):
        raise ImageError(
            f"frame {frame.name} has {source.columns} x {source.rows} pixels, its camera "
            f"{inside.columns} x {inside.rows}",
            remedy="Give the camera that took it, at the size of the file.",
        )
    if max(source.columns, source.rows) > _MOST_EDGE:
        raise ImageError(
            f"frame {frame.name} has an edge of more than {_MOST_EDGE} pixels",
            remedy="Rectify it in parts, each with its own principal point.",
        )


def _camera(inside: Interior) -> NDArray[np.float64]:
    fold = folds_at(inside) if inside.distorted else np.inf
    return np.array(
        [
            inside.focal_x, inside.focal_y, inside.centre_x, inside.centre_y, *inside.distortion,
            fold, inside.columns, inside.rows,
        ]
    )  # fmt: skip


def _unseen(across: NDArray[np.int32]) -> NDArray[np.bool_]:
    return np.asarray(across == np.iinfo(np.int32).min)


def _flat(source: Source, top: int, end: int, left: int, right: int) -> tuple[Any, int, int]:
    """A window as (rows, columns * bands) and where it begins; the whole where it is held and
    32 bits count its values."""
    if isinstance(source, Held) and source.pixels.size < 2**32:
        return source.pixels.reshape(source.rows, -1), 0, 0
    window = source.window(top, end, left, right)
    return np.ascontiguousarray(window).reshape(end - top, -1), top, left


def _stretch(across: NDArray[np.int32], down: NDArray[np.int32]) -> tuple[float, float]:
    """How many columns and rows of the frame a step of one pixel on the map goes, in sixteenths;
    1 where the kernel need not be widened."""
    x, y = across[::16, ::16], down[::16, ::16]
    seen = ~_unseen(x)
    steps = []
    for axis in (0, 1):
        both = np.logical_and(*_pairs(seen, axis))
        if both.any():
            pairs = (_pairs(value.astype(np.int64), axis) for value in (x, y))
            steps.append([float(np.median(np.abs(b - a)[both])) for a, b in pairs])
    if not steps:
        return 1.0, 1.0
    wide, tall = (float(np.hypot.reduce([step[k] for step in steps])) / 4096.0 for k in (0, 1))
    return _widened(wide), _widened(tall)


def _widened(found: float) -> float:
    return round(min(found, _MOST_STRETCH) * 16.0) / 16.0 if found >= _WIDEN else 1.0


def _pairs(values: NDArray[Any], axis: int) -> tuple[NDArray[Any], NDArray[Any]]:
    return (values[1:], values[:-1]) if axis == 0 else (values[:, 1:], values[:, :-1])
