"""The overview as the search for seams takes it: balanced, eight bits, level by level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from overflight.imagery.mosaic.balance import Balance
from overflight.imagery.mosaic.overview import Geometry, Overview

Bytes = NDArray[np.uint8]
_CHUNK_ROWS = 256
_QUANTILE = 0.998
_KNOTS = 16


@dataclass(frozen=True, slots=True)
class Stack:
    """All frames one after another. ``pixels`` (cells, bands); ``seen`` (cells,); ``places``
    (frames, 5) int64: where a frame begins in them, its first row and column on the grid of the
    level, its rows and columns. ``size``: pixels of the mosaic a cell."""

    pixels: Bytes
    seen: NDArray[np.bool_]
    places: NDArray[np.int64]
    shape: tuple[int, int]
    size: int


def stack_of(overview: Overview, geometry: Geometry, balance: Balance) -> Stack:
    """The frames as they will be joined: each divided by its gain and the shape of its camera."""
    factor, bands = overview.factor, overview.values[0].shape[2]
    white = max(_bright(v, s) for v, s in zip(overview.values, overview.seen, strict=True))
    total = sum(seen.size for seen in overview.seen)
    pixels, seen = np.zeros((total, bands), dtype=np.uint8), np.zeros(total, dtype=np.bool_)
    places = np.zeros((len(overview.values), 5), dtype=np.int64)
    start = 0
    for k, (values, mask, corner) in enumerate(
        zip(overview.values, overview.seen, overview.corners, strict=True)
    ):
        rows, columns = mask.shape
        places[k] = start, *corner, rows, columns
        whole = pixels[start : start + mask.size].reshape(rows, columns, bands)
        for row in range(0, rows, _CHUNK_ROWS):
            part = values[row : row + _CHUNK_ROWS]
            at = (corner[0] + row, corner[1])
            even = corrected(part, at, factor, k, geometry, balance) * np.float32(255.0 / white)
            whole[row : row + len(part)] = np.clip(even + 0.5, 0, 255).astype(np.uint8)
        seen[start : start + mask.size] = mask.ravel()
        start += mask.size
    return Stack(pixels, seen, places, overview.shape, factor)


def corrected(
    values: NDArray[Any],
    corner: tuple[int, int],
    factor: int,
    k: int,
    geometry: Geometry,
    balance: Balance,
) -> NDArray[np.float32]:
    """Values (rows, columns, bands) of frame ``k``, divided by the frame's gain and shape; not
    rounded, not cut off. ``corner``: the first one's row and column, in cells of ``factor``."""
    out = np.empty(values.shape, dtype=np.float32)
    middle = geometry.middle[k] / factor - np.array(corner) - 0.5
    _divided(
        values, middle, factor / geometry.radius, balance.gains[k], balance.shape,
        bool(np.any(balance.shape != 0.0)), out,
    )  # fmt: skip
    return out


@njit(cache=True, nogil=True)
def _divided(
    values: Any, middle: Any, scale: float, gains: Any, shape: Any, shaped: bool, out: Any
) -> None:  # pragma: no cover - compiled
    rows, columns, bands = values.shape
    inverse = (1.0 / gains).astype(np.float32)
    if not shaped:
        for r in range(rows):
            for c in range(columns):
                for b in range(bands):
                    out[r, c, b] = values[r, c, b] * inverse[b]
        return
    # The shape is so smooth that every sixteenth column is enough: windows of the mosaic begin at
    # multiples of it.
    low, high = np.empty(bands, dtype=np.float32), np.empty(bands, dtype=np.float32)
    for r in range(rows):
        y = (r - middle[0]) * scale
        for first in range(0, columns, _KNOTS):
            for b in range(bands):
                low[b] = _darker(shape[b], (first - middle[1]) * scale, y) * inverse[b]
                end = _darker(shape[b], (first + _KNOTS - middle[1]) * scale, y) * inverse[b]
                high[b] = (end - low[b]) / _KNOTS
            for c in range(first, min(columns, first + _KNOTS)):
                t = np.float32(c - first)
                for b in range(bands):
                    out[r, c, b] = np.float32(values[r, c, b]) * (low[b] + t * high[b])


@njit(cache=True, nogil=True)
def _darker(s: Any, x: float, y: float) -> Any:  # pragma: no cover - compiled
    r2 = x * x + y * y
    return np.exp(-(s[0] * x + s[1] * y + r2 * (s[2] + r2 * (s[3] + r2 * s[4]))))


def halved(stack: Stack) -> Stack:
    """The same at half the size: cells of the next level that lie wholly in a frame, the means of
    four; seen where all four are."""
    bands = stack.pixels.shape[1]
    low = -(-stack.places[:, 1:3] // 2)
    size = np.maximum((stack.places[:, 1:3] + stack.places[:, 3:5]) // 2 - low, 0)
    ends = np.cumsum(size.prod(axis=1))
    places = np.column_stack([ends - size.prod(axis=1), low, size])
    pixels = np.zeros((int(ends[-1]), bands), dtype=np.uint8)
    seen = np.zeros(len(pixels), dtype=np.bool_)
    _halve(stack.pixels, stack.seen, stack.places, places, pixels, seen)
    rows, columns = stack.shape
    return Stack(pixels, seen, places, (-(-rows // 2), -(-columns // 2)), 2 * stack.size)


@njit(cache=True, nogil=True)
def _halve(
    pixels: Any, seen: Any, places: Any, new: Any, out: Any, whole: Any
) -> None:  # pragma: no cover - compiled
    for k in range(len(new)):
        wide = places[k, 4]
        for r in range(new[k, 3]):
            for c in range(new[k, 4]):
                y, x = 2 * (new[k, 1] + r) - places[k, 1], 2 * (new[k, 2] + c) - places[k, 2]
                at, to = places[k, 0] + y * wide + x, new[k, 0] + r * new[k, 4] + c
                below = at + wide
                if seen[at] and seen[at + 1] and seen[below] and seen[below + 1]:
                    whole[to] = True
                for b in range(pixels.shape[1]):
                    total = np.int32(pixels[at, b]) + pixels[at + 1, b]
                    total += np.int32(pixels[below, b]) + pixels[below + 1, b]
                    out[to, b] = (total + 2) // 4


def _bright(values: NDArray[Any], seen: NDArray[np.bool_]) -> float:
    some = values.reshape(seen.size, -1)[seen.ravel()]
    return max(1.0, float(np.quantile(some[:: max(1, len(some) // 100_000)], _QUANTILE)))
