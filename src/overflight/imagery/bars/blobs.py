"""Compiled part of the search: oblong blobs darker or lighter than what is around them.

A tile is smoothed, compared with the mean of the 9 x 9 pixels around, and cut at a multiple of
its noise; of every connected piece the moments are kept, and with them the rectangle that has
the same. Bars 2 to 4.5 pixels wide come out as such pieces; wider ones do on a coarser level.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

HALO = 44
"""Pixels around a tile that a blob within it may reach."""

COLUMNS = 8
"""Of a blob: x, y, angle of the long axis (rad), length, width, contrast, sign, noise."""

_REACH = 4
_AREA = 7
_ELONGATION = 1.6
_WIDEST = 7.5
_STANDS_OUT = 2.2


@njit(cache=True, nogil=True)
def halved(image: Any, out: Any, first: int, last: int) -> None:  # pragma: no cover - compiled
    """Means of 2 x 2 pixels into rows ``first`` to ``last`` of ``out``."""
    for r in range(first, last):
        for c in range(out.shape[1]):
            a, b = 2 * r, 2 * c
            total = np.float32(image[a, b]) + np.float32(image[a, b + 1])
            total += np.float32(image[a + 1, b]) + np.float32(image[a + 1, b + 1])
            out[r, c] = total * np.float32(0.25)


@njit(cache=True, nogil=True)
def band_of(image: Any, r0: int, r1: int, c0: int, c1: int) -> Any:  # pragma: no cover
    """Smoothed (1 2 1 each way) less the mean of 9 x 9, of the part of the image."""
    h, w = r1 - r0, c1 - c0
    raw = np.empty((h, w), np.float32)
    for r in range(h):
        for c in range(w):
            raw[r, c] = np.float32(image[r0 + r, c0 + c])
    across = np.empty((h, w), np.float32)
    sums = np.empty((h, w), np.float32)
    for r in range(h):
        running = np.float64(0.0)
        count = 0
        for c in range(min(_REACH, w)):
            running += raw[r, c]
            count += 1
        for c in range(w):
            if c + _REACH < w:
                running += raw[r, c + _REACH]
                count += 1
            if c - _REACH - 1 >= 0:
                running -= raw[r, c - _REACH - 1]
                count -= 1
            sums[r, c] = np.float32(running / count)
            left = raw[r, c - 1] if c > 0 else raw[r, c]
            right = raw[r, c + 1] if c + 1 < w else raw[r, c]
            across[r, c] = np.float32(0.25) * (left + right) + np.float32(0.5) * raw[r, c]
    out = raw
    running_down = np.zeros(w, np.float64)
    rows = 0
    for r in range(min(_REACH, h)):
        for c in range(w):
            running_down[c] += sums[r, c]
        rows += 1
    for r in range(h):
        if r + _REACH < h:
            for c in range(w):
                running_down[c] += sums[r + _REACH, c]
            rows += 1
        if r - _REACH - 1 >= 0:
            for c in range(w):
                running_down[c] -= sums[r - _REACH - 1, c]
            rows -= 1
        up = max(r - 1, 0)
        down = min(r + 1, h - 1)
        share = np.float32(1.0 / rows)
        for c in range(w):
            smooth = np.float32(0.25) * (across[up, c] + across[down, c])
            smooth += np.float32(0.5) * across[r, c]
            out[r, c] = smooth - np.float32(running_down[c]) * share
    return out


@njit(cache=True, nogil=True)
def _noise(band: Any) -> float:  # pragma: no cover - compiled
    """Standard deviation where the tile is calm: the lower third of blocks of 16 x 16."""
    n_r, n_c = band.shape[0] // 16, band.shape[1] // 16
    if n_r == 0 or n_c == 0:
        return float(np.std(band))
    values = np.empty(n_r * n_c, np.float32)
    for i in range(n_r):
        for j in range(n_c):
            total = np.float32(0.0)
            for r in range(i * 16, i * 16 + 16, 2):
                for c in range(j * 16, j * 16 + 16, 2):
                    total += band[r, c] * band[r, c]
            values[i * n_c + j] = total / np.float32(64.0)
    values.sort()
    return math.sqrt(values[(n_r * n_c) // 3])


@njit(cache=True, nogil=True)
def _root(parent: Any, i: int) -> int:  # pragma: no cover - compiled
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True, nogil=True)
def _label(band: Any, cut: float, sign: float, labels: Any, parent: Any) -> int:  # pragma: no cover
    """4-connected pieces where sign * band exceeds the cut; number of provisional labels."""
    h, w = band.shape
    level, side = np.float32(cut), np.float32(sign)
    used = 1
    for r in range(h):
        for c in range(w):
            if band[r, c] * side <= level:
                labels[r, c] = 0
                continue
            up = labels[r - 1, c] if r > 0 else 0
            left = labels[r, c - 1] if c > 0 else 0
            if up == 0 and left == 0:
                labels[r, c] = used
                parent[used] = used
                used += 1
            elif up == 0 or left == 0 or up == left:
                labels[r, c] = max(up, left)
            else:
                a, b = _root(parent, up), _root(parent, left)
                low, high = min(a, b), max(a, b)
                parent[high] = low
                labels[r, c] = low
    return used


@njit(cache=True, nogil=True)
def blobs_of(
    band: Any, corner: Any, box: Any, cut: float, least: float, out: Any
) -> int:  # pragma: no cover - compiled
    """Blobs whose centre lies in rows box[0]:box[1], columns box[2]:box[3]; how many.

    ``band``: what ``band_of`` made of the box and its halo, from row and column ``corner`` on.
    ``cut``: threshold, in standard deviations of the tile's noise. ``least``: no noise is taken
    to be smaller (codes of the file). ``out`` (most, COLUMNS) receives them; the rest is left
    out where there are more.
    """
    r0, c0 = corner[0], corner[1]
    noise = max(_noise(band), least)
    h, w = band.shape
    labels = np.empty((h, w), np.int32)
    parent = np.empty(h * w // 2 + 2, np.int32)
    found = 0
    for side in range(2):
        sign = -1.0 if side == 0 else 1.0
        used = _label(band, cut * noise, sign, labels, parent)
        slot = np.zeros(used, np.int32)
        count = 0
        for i in range(1, used):
            if parent[i] == i:
                slot[i] = count
                count += 1
            else:
                slot[i] = slot[_root(parent, i)]
        sums = np.zeros((count, 7), np.float64)
        for r in range(h):
            for c in range(w):
                k = labels[r, c]
                if k == 0:
                    continue
                s = sums[slot[k]]
                s[0] += 1.0
                s[1] += c
                s[2] += r
                s[3] += c * c
                s[4] += r * r
                s[5] += r * c
                s[6] += band[r, c]
        for k in range(count):
            n = sums[k, 0]
            if n < _AREA:
                continue
            x, y = sums[k, 1] / n, sums[k, 2] / n
            if not (box[2] <= x + c0 < box[3] and box[0] <= y + r0 < box[1]):
                continue
            contrast = abs(sums[k, 6]) / n
            if contrast < _STANDS_OUT * noise:
                continue
            vx = sums[k, 3] / n - x * x
            vy = sums[k, 4] / n - y * y
            vxy = sums[k, 5] / n - x * y
            mid, half = (vx + vy) / 2.0, math.sqrt(((vx - vy) / 2.0) ** 2 + vxy * vxy)
            long = math.sqrt(12.0 * (mid + half) + 1.0)
            wide = math.sqrt(12.0 * max(mid - half, 0.0) + 1.0)
            if long < _ELONGATION * wide or wide > _WIDEST or long > HALO:
                continue
            if not 0.7 < n / (long * wide) < 1.25:
                continue
            if found >= out.shape[0]:
                return found
            out[found, 0] = x + c0
            out[found, 1] = y + r0
            out[found, 2] = 0.5 * math.atan2(2.0 * vxy, vx - vy)
            out[found, 3] = long
            out[found, 4] = wide
            out[found, 5] = contrast
            out[found, 6] = sign
            out[found, 7] = noise
            found += 1
    return found


@njit(cache=True, nogil=True)
def neighbours(
    rows: Any, order: Any, starts: Any, cells: Any, side: float
) -> Any:  # pragma: no cover
    """For each blob the like one beside it on either side of its long axis, or -1: (n, 2).

    ``order`` lists blobs by cell of a grid ``side`` wide, ``starts`` where each cell begins.
    """
    n = rows.shape[0]
    high, wide = cells
    best = np.full((n, 2), -1, np.int64)
    for i in range(n):
        x, y, angle, long, width = rows[i, 0], rows[i, 1], rows[i, 2], rows[i, 3], rows[i, 4]
        ux, uy = math.cos(angle), math.sin(angle)
        score = np.full(2, 1e9)
        cr, cc = int(y / side), int(x / side)
        for r in range(max(cr - 1, 0), min(cr + 2, high)):
            for c in range(max(cc - 1, 0), min(cc + 2, wide)):
                for m in range(starts[r * wide + c], starts[r * wide + c + 1]):
                    j = order[m]
                    if j == i or rows[j, 6] != rows[i, 6]:
                        continue
                    dx, dy = rows[j, 0] - x, rows[j, 1] - y
                    across = -dx * uy + dy * ux
                    along = dx * ux + dy * uy
                    gap = abs(across)
                    mean = (width + rows[j, 4]) / 2.0
                    if gap < 1.25 * mean or gap > 3.2 * mean or abs(along) > 0.3 * long:
                        continue
                    if not 0.7 < rows[j, 3] / long < 1.43 or not 0.55 < rows[j, 4] / width < 1.8:
                        continue
                    if not 0.5 < rows[j, 5] / rows[i, 5] < 2.0:
                        continue
                    turn = abs(math.sin(rows[j, 2] - angle))
                    if turn > 0.3 or turn * long > 1.5 * mean:
                        continue
                    cost = gap + abs(along)
                    where = 1 if across > 0 else 0
                    if cost < score[where]:
                        score[where] = cost
                        best[i, where] = j
    return best
