"""Where each pixel of a block of the map is in the frame: the exact collinearity, pixel by pixel.

Heights are bilinear in the terrain's posts, which is the surface by definition. Positions are
worked out in single precision (good to some thousandths of a pixel in frames of 20,000 columns)
and given in 1/256 pixel.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numba import types as _types

float32: Any = _types.float32
int32: Any = _types.int32
_FAST = {"contract", "reassoc", "arcp", "nsz"}
"""Not "nnan": a hole in the terrain is a nan and must stay one."""
UNSEEN = np.int32(-(2**31))
BITS = 8


@njit(nogil=True, fastmath=_FAST, error_model="numpy")
def _heights(
    posts: Any, column: float, right: float, row: float, under: float, heights: Any
) -> None:  # pragma: no cover - compiled
    """Bilinear heights along a line that begins at ``column`` and ``row`` and goes ``right`` and
    ``under`` from pixel to pixel; nan beyond the outermost posts.

    Where a cell holds some pixels, they are done together: a polynomial in their number.
    """
    most_row, most_column = posts.shape[0] - 2, posts.shape[1] - 2
    count = heights.shape[0]
    slow = abs(right) < 0.2 and abs(under) < 0.2
    done = 0
    while done < count:
        c, r = column + done * right, row + done * under
        if not (c >= 0.0 and c <= most_column + 1 and r >= 0.0 and r <= most_row + 1):
            heights[done] = float32(np.nan)
            done += 1
            continue
        ic, ir = min(int(c), most_column), min(int(r), most_row)
        p00, p01 = posts[ir, ic], posts[ir, ic + 1]
        p10, p11 = posts[ir + 1, ic], posts[ir + 1, ic + 1]
        wc, wr = float32(c - ic), float32(r - ir)
        if not slow:
            top = p00 + wc * (p01 - p00)
            end = p10 + wc * (p11 - p10)
            heights[done] = top + wr * (end - top)
            done += 1
            continue
        length = count - done
        if abs(right) > 1e-12:
            length = min(length, int(((ic + 1 if right > 0.0 else ic) - c) / right) + 1)
        if abs(under) > 1e-12:
            length = min(length, int(((ir + 1 if under > 0.0 else ir) - r) / under) + 1)
        dc, dr = float32(right), float32(under)
        east, south, both = p01 - p00, p10 - p00, p11 - p10 - p01 + p00
        h0 = p00 + wc * east + wr * south + wc * wr * both
        h1 = dc * east + dr * south + (wc * dr + wr * dc) * both
        h2 = dc * dr * both
        line = heights[done : done + length]
        for i in range(length):
            t = float32(i)
            line[i] = h0 + t * (h1 + t * h2)
        done += length


@njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")
def place(
    nodes: Any, step: int, row0: int, col0: int, posts: Any, camera: Any, across: Any, down: Any,
) -> None:  # pragma: no cover - compiled  # fmt: skip
    """Fills ``across`` and ``down``, int32 (rows, columns), for the block of the grid that starts
    at ``row0`` and ``col0``: the distance from the centre of the frame's first pixel in 1/256
    pixel, UNSEEN in ``across`` where the frame sees nothing.

    ``camera``: focal_x, focal_y, centre_x, centre_y, k1, k2, k3, p1, p2, r2 of the fold, columns,
    rows.
    """
    rows, columns = across.shape
    height = np.empty(step, np.float32)
    zero, one, two = float32(0.0), float32(1.0), float32(2.0)
    share, middle, one_pixel = float32(256.0), float32(128.5), int32(256)
    unseen = int32(-(2**31))
    focal_x, focal_y = float32(camera[0]), float32(camera[1])
    centre_x, centre_y = float32(camera[2]), float32(camera[3])
    k1, k2, k3 = float32(camera[4]), float32(camera[5]), float32(camera[6])
    p1, p2, fold = float32(camera[7]), float32(camera[8]), float32(camera[9])
    wide, tall = float32(camera[10]), float32(camera[11])
    start, slope = np.empty(8, np.float64), np.empty(8, np.float64)
    for r in range(rows):
        upper = (row0 + r) // step
        part = ((row0 + r) % step) / step
        done = 0
        while done < columns:
            left = (col0 + done) // step
            skipped = (col0 + done) % step
            count = min(step - skipped, columns - done)
            for k in range(8):
                first = nodes[upper, left, k]
                first += part * (nodes[upper + 1, left, k] - first)
                last = nodes[upper, left + 1, k]
                last += part * (nodes[upper + 1, left + 1, k] - last)
                slope[k] = (last - first) / step
                start[k] = first + skipped * slope[k]
            _heights(posts, start[6], slope[6], start[7], slope[7], height[:count])
            a0, a1, a2 = float32(start[0]), float32(start[1]), float32(start[2])
            b0, b1, b2 = float32(start[3]), float32(start[4]), float32(start[5])
            da0, da1, da2 = float32(slope[0]), float32(slope[1]), float32(slope[2])
            db0, db1, db2 = float32(slope[3]), float32(slope[4]), float32(slope[5])
            out_x = across[r, done : done + count]
            out_y = down[r, done : done + count]
            for i in range(count):
                t = float32(i)
                h = height[i]
                n0, n1, n2 = b0 + t * db0, b1 + t * db1, b2 + t * db2
                u0, u1, u2 = a0 + t * da0 + h * n0, a1 + t * da1 + h * n1, a2 + t * da2 + h * n2
                facing = u0 * n0 + u1 * n1 + u2 * n2
                q = one / u2
                x, y = u0 * q, u1 * q
                xx, yy, xy = x * x, y * y, two * x * y
                r2 = xx + yy
                d = one + r2 * (k1 + r2 * (k2 + r2 * k3))
                px = centre_x + focal_x * (x * d + p1 * xy + p2 * (r2 + two * xx))
                py = centre_y + focal_y * (y * d + p1 * (r2 + two * yy) + p2 * xy)
                good = (u2 > zero) & (r2 <= fold) & (facing < zero)
                good = good & (px >= zero) & (px <= wide) & (py >= zero) & (py <= tall)
                # floor(256 (p - 1/2) + 1/2) for a number that is never far below zero
                kx = int32(int32((px if good else one) * share + middle) - one_pixel)
                ky = int32(int32((py if good else one) * share + middle) - one_pixel)
                out_x[i] = kx if good else unseen
                out_y[i] = ky
            done += count


@njit(cache=True, nogil=True, error_model="numpy")
def extent(across: Any, down: Any) -> Any:  # pragma: no cover - compiled
    """The least and greatest ``across`` and ``down`` of what is seen; the first above the second
    where nothing is."""
    least_x, most_x = int32(2**31 - 1), int32(-(2**31))
    least_y, most_y = int32(2**31 - 1), int32(-(2**31))
    for r in range(across.shape[0]):
        xs, ys = across[r], down[r]
        for i in range(xs.shape[0]):
            x, y = xs[i], ys[i]
            most_x = x if x > most_x else most_x
            x = x if x != int32(-(2**31)) else int32(2**31 - 1)
            least_x = x if x < least_x else least_x
            seen = xs[i] != int32(-(2**31))
            low = y if seen else int32(2**31 - 1)
            high = y if seen else int32(-(2**31))
            least_y = low if low < least_y else least_y
            most_y = high if high > most_y else most_y
    return least_x, most_x, least_y, most_y
