"""Taking a frame's values at places in 1/256 pixel: bilinear, cubic, or an average over an area.

The cubic is Catmull and Rom's, a = -1/2 (Keys 1981), as GDAL's. At the frame's edge the outermost
pixel goes on. Sums are in single precision, rounded to the nearest whole count.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numba import float32, int32, njit, uint8, uint32
from numpy.typing import NDArray

from overflight.imagery.rectify.lanes import weigh
from overflight.imagery.rectify.place import BITS, UNSEEN

_FAST = {"contract", "reassoc", "arcp", "nsz"}
_ONE = 1 << BITS
SAMPLINGS = ("bilinear", "cubic")
_CUBIC = -0.5


def kernel(sampling: str, distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weight of a pixel by its distance in pixels."""
    t = np.abs(distance)
    if sampling == "bilinear":
        return np.asarray(np.maximum(0.0, 1.0 - t))
    near = ((_CUBIC + 2.0) * t - (_CUBIC + 3.0)) * t * t + 1.0
    far = _CUBIC * (((t - 5.0) * t + 8.0) * t - 4.0)
    return np.where(t <= 1.0, near, np.where(t < 2.0, far, 0.0))


@lru_cache(maxsize=64)
def weights(sampling: str, stretch: float) -> NDArray[np.float32]:
    """(256, taps): the weights of the pixels around a place, for each of its 256ths.

    The kernel is ``stretch`` times wider than a pixel (at least 1), so that it averages over what
    one pixel of the map covers. The first tap is ``taps / 2 - 1`` pixels before the place's.
    """
    reach = (1.0 if sampling == "bilinear" else 2.0) * stretch
    half = int(np.ceil(reach))
    places = np.arange(1 - half, half + 1)
    part = np.arange(_ONE)[:, None] / _ONE
    table = kernel(sampling, (places[None, :] - part) / stretch)
    return np.asarray(table / table.sum(axis=1, keepdims=True), dtype=np.float32)


def _lines(taps: int, bands: int) -> Any:
    """The quick way for so many taps both ways and so many bands: all of them in the window."""
    before = taps // 2 - 1

    @njit(nogil=True, fastmath=_FAST, error_model="numpy")
    def lines(
        flat: Any, wide: int, row0: int, col0: int, xs: Any, ys: Any, table_x: Any, table_y: Any,
        limit: Any, values: Any,
    ) -> None:  # pragma: no cover - compiled  # fmt: skip
        stride = uint32(bands * wide)
        corner = uint32(row0 + before) * stride + uint32(bands * (col0 + before))
        for i in range(xs.shape[0]):
            x, y = xs[i], ys[i]
            at = uint32(uint32(y >> 8) * stride + uint32(bands) * uint32(x >> 8) - corner)
            kx, ky, to = uint32(x & 255), uint32(y & 255), uint32(bands * i)
            weigh(flat, at, stride, table_x, kx, table_y, ky, limit, values, to, taps, bands)

    return lines


_two_three, _four_one, _four_three = _lines(2, 3), _lines(4, 1), _lines(4, 3)
_six_one, _six_three = _lines(6, 1), _lines(6, 3)
_eight_one, _eight_three = _lines(8, 1), _lines(8, 3)


@njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")
def sample(
    window: Any, bands: int, row0: int, col0: int, rows: int, columns: int, across: Any, down: Any,
    table_x: Any, table_y: Any, top: float, out: Any, mask: Any,
) -> None:  # pragma: no cover - compiled  # fmt: skip
    """Fills ``out`` (n, width * bands) and ``mask`` (n, width) from places as ``place`` gives them.

    ``window`` (rows, columns * bands) is the part of a frame of ``rows`` x ``columns`` pixels that
    begins at ``row0`` and ``col0``; it holds every tap that is within the frame. The tables are
    from ``weights``, along columns and along rows; ``top`` is the greatest count.
    """
    taps_x, taps_y = table_x.shape[1], table_y.shape[1]
    left, right, above, below = taps_x // 2 - 1, taps_x // 2, taps_y // 2 - 1, taps_y // 2
    tall, wide = window.shape[0], window.shape[1] // bands
    width = across.shape[1]
    least_x, most_x = int32((col0 + left) << 8), int32((col0 + wide - right) << 8)
    least_y, most_y = int32((row0 + above) << 8), int32((row0 + tall - below) << 8)
    plain = taps_x == taps_y and (bands == 1 or bands == 3)
    quick = plain and taps_x <= 8
    flat = window.reshape(-1)
    limit = float32(top)
    for r in range(across.shape[0]):
        xs, ys, values, told = across[r], down[r], out[r], mask[r]
        for i in range(width):
            told[i] = uint8(0) if xs[i] == UNSEEN else uint8(255)
        first = 0
        while first < width:
            end = first
            if quick:
                end = _run(xs, ys, first, least_x, most_x, least_y, most_y)
            if end > first:
                line = values[first * bands : end * bands]
                ax, ay = xs[first:end], ys[first:end]
                if taps_x == 2 and bands == 1:
                    _bilinear_one(flat, wide, row0, col0, ax, ay, line)
                elif taps_x == 2:
                    _two_three(flat, wide, row0, col0, ax, ay, table_x, table_y, limit, line)
                elif taps_x == 4 and bands == 1:
                    _four_one(flat, wide, row0, col0, ax, ay, table_x, table_y, limit, line)
                elif taps_x == 4:
                    _four_three(flat, wide, row0, col0, ax, ay, table_x, table_y, limit, line)
                elif taps_x == 6 and bands == 1:
                    _six_one(flat, wide, row0, col0, ax, ay, table_x, table_y, limit, line)
                elif taps_x == 6:
                    _six_three(flat, wide, row0, col0, ax, ay, table_x, table_y, limit, line)
                elif bands == 1:
                    _eight_one(flat, wide, row0, col0, ax, ay, table_x, table_y, limit, line)
                else:
                    _eight_three(flat, wide, row0, col0, ax, ay, table_x, table_y, limit, line)
                first = end
                continue
            x, y = xs[first], ys[first]
            for b in range(bands):
                total = float32(0.0)
                if x != UNSEEN:
                    for j in range(taps_y):
                        at = min(max((y >> 8) - above + j, 0), rows - 1) - row0
                        part = float32(0.0)
                        for k in range(taps_x):
                            to = min(max((x >> 8) - left + k, 0), columns - 1) - col0
                            part += table_x[x & 255, k] * float32(window[at, to * bands + b])
                        total += table_y[y & 255, j] * part
                    total = min(max(total + float32(0.5), float32(0.0)), limit)
                values[first * bands + b] = total
            first += 1


@njit(nogil=True, error_model="numpy", inline="never")
def _run(
    xs: Any, ys: Any, first: int, least_x: Any, most_x: Any, least_y: Any, most_y: Any
) -> Any:  # pragma: no cover - compiled
    """Up to where, from ``first``, every tap of every pixel is in the window."""
    width = xs.shape[0]
    if first == 0:
        out = 0
        for i in range(width):
            x, y = xs[i], ys[i]
            out |= (x < least_x) | (x >= most_x) | (y < least_y) | (y >= most_y)
        if out == 0:
            return width
    for i in range(first, width):
        x, y = xs[i], ys[i]
        if x < least_x or x >= most_x or y < least_y or y >= most_y:
            return i
    return width


@njit(nogil=True, fastmath=_FAST, error_model="numpy")
def _bilinear_one(
    flat: Any, wide: int, row0: int, col0: int, xs: Any, ys: Any, values: Any
) -> None:  # pragma: no cover - compiled
    stride, corner = uint32(wide), uint32(row0) * uint32(wide) + uint32(col0)
    share = float32(1.0 / 256.0)
    for i in range(xs.shape[0]):
        x, y = xs[i], ys[i]
        right, under = float32(x & 255) * share, float32(y & 255) * share
        at = uint32(y >> 8) * stride + uint32(x >> 8) - corner
        a, b = float32(flat[at]), float32(flat[at + uint32(1)])
        c, d = float32(flat[at + stride]), float32(flat[at + stride + uint32(1)])
        a += right * (b - a)
        c += right * (d - c)
        values[i] = a + under * (c - a) + float32(0.5)
