"""Pyramids of differences: halved by means of two by two, doubled by bilinear interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_OWN, _OWN_FINEST = np.float32(0.34), np.float32(0.8)
"""How soft the border of a level is, in its cells; that of the finest detail least."""


def mixed(
    base: Floats,
    base_seen: NDArray[np.bool_],
    new: Floats,
    new_seen: NDArray[np.bool_],
    mine: NDArray[np.bool_],
    levels: int,
    *,
    narrow: bool,
) -> Floats:
    """``new`` laid into ``base``, both (rows, columns, bands), where ``mine`` says so; rows and
    columns are multiples of 2**levels. ``narrow``: fine detail changes over a narrow border, else
    all of it over the wide one. Where neither sees, what comes out has no meaning."""
    apart = np.empty(base.shape, dtype=np.float32)
    known = np.empty(mine.shape, dtype=np.float32)
    _differences(base, base_seen, new, new_seen, apart, known)
    values: list[NDArray[Any]] = [apart]
    weights, shares = [known], [mine.astype(np.float32)]
    for _ in range(levels):
        rows, columns, bands = values[-1].shape
        half = np.empty((rows // 2, columns // 2, bands), dtype=np.float32)
        half_known = np.empty((rows // 2, columns // 2), dtype=np.float32)
        half_share = np.empty_like(half_known)
        _halved(values[-1], weights[-1], shares[-1], half, half_known, half_share)
        values.append(half)
        weights.append(half_known)
        shares.append(half_share)
    shares = [
        _softened(share, _OWN if level else _OWN_FINEST) for level, share in enumerate(shares)
    ]
    total = values[-1] * shares[-1][:, :, None]
    smooth = shares[-1]
    for level in range(levels - 1, -1, -1):
        finer = np.empty_like(values[level])
        _finer(values[level], weights[level], shares[level], values[level + 1], total, finer)
        total = finer
        if not narrow:
            wide = np.empty_like(shares[level])
            _doubled(smooth, wide)
            smooth = wide
    if not narrow:
        total = values[0] * smooth[:, :, None]
    out = np.empty_like(apart)
    _laid(base, base_seen, new, values[0], total, out)
    return out


@njit(cache=True, nogil=True)
def _differences(
    base: Any, base_seen: Any, new: Any, new_seen: Any, apart: Any, known: Any
) -> None:  # pragma: no cover - compiled
    rows, columns, bands = apart.shape
    for r in range(rows):
        for c in range(columns):
            both = base_seen[r, c] and new_seen[r, c]
            known[r, c] = 1.0 if both else 0.0
            for b in range(bands):
                apart[r, c, b] = new[r, c, b] - base[r, c, b] if both else 0.0


@njit(cache=True, nogil=True)
def _halved(
    values: Any, known: Any, share: Any, half: Any, half_known: Any, half_share: Any
) -> None:  # pragma: no cover - compiled
    rows, columns, bands = half.shape
    quarter = np.float32(0.25)
    for r in range(rows):
        y = 2 * r
        for c in range(columns):
            x = 2 * c
            k0, k1 = known[y, x], known[y, x + 1]
            k2, k3 = known[y + 1, x], known[y + 1, x + 1]
            total = k0 + k1 + k2 + k3
            half_known[r, c] = quarter * total
            half_share[r, c] = quarter * (
                share[y, x] + share[y, x + 1] + share[y + 1, x] + share[y + 1, x + 1]
            )
            if total > 0.0:
                over = np.float32(1.0) / total
                for b in range(bands):
                    half[r, c, b] = over * (
                        k0 * values[y, x, b]
                        + k1 * values[y, x + 1, b]
                        + k2 * values[y + 1, x, b]
                        + k3 * values[y + 1, x + 1, b]
                    )
            else:
                for b in range(bands):
                    half[r, c, b] = 0.0


@njit(cache=True, nogil=True)
def _finer(
    values: Any, known: Any, share: Any, coarse: Any, coarse_total: Any, total: Any
) -> None:  # pragma: no cover - compiled
    """Fill ``values`` from the coarser level where nothing is ``known``, and add to what the
    coarser level gave its share of the detail that this level has beyond it."""
    rows, columns, bands = values.shape
    last_row, last_column = rows // 2 - 1, columns // 2 - 1
    a, b = np.float32(0.75), np.float32(0.25)
    for r in range(rows):
        y0 = r // 2
        y1 = min(last_row, max(0, y0 - 1 + 2 * (r % 2)))
        for c in range(columns):
            x0 = c // 2
            x1 = min(last_column, max(0, x0 - 1 + 2 * (c % 2)))
            there, mine = known[r, c] > 0.0, share[r, c]
            for k in range(bands):
                rough = a * (a * coarse[y0, x0, k] + b * coarse[y0, x1, k]) + b * (
                    a * coarse[y1, x0, k] + b * coarse[y1, x1, k]
                )
                sum_ = a * (a * coarse_total[y0, x0, k] + b * coarse_total[y0, x1, k]) + b * (
                    a * coarse_total[y1, x0, k] + b * coarse_total[y1, x1, k]
                )
                if there:
                    sum_ += mine * (values[r, c, k] - rough)
                else:
                    values[r, c, k] = rough
                total[r, c, k] = sum_


@njit(cache=True, nogil=True)
def _softened(share: Any, own: Any) -> Any:  # pragma: no cover - compiled
    """Means over three, down and across, with the weight ``own`` for the middle."""
    rows, columns = share.shape
    out = np.empty_like(share)
    row = np.empty(columns, dtype=np.float32)
    a, b = own, np.float32(0.5) * (np.float32(1.0) - own)
    for r in range(rows):
        up, low = max(0, r - 1), min(rows - 1, r + 1)
        for c in range(columns):
            row[c] = a * share[r, c] + b * (share[up, c] + share[low, c])
        for c in range(columns):
            out[r, c] = a * row[c] + b * (row[max(0, c - 1)] + row[min(columns - 1, c + 1)])
    return out


@njit(cache=True, nogil=True)
def _doubled(coarse: Any, out: Any) -> None:  # pragma: no cover - compiled
    rows, columns = out.shape
    last_row, last_column = rows // 2 - 1, columns // 2 - 1
    a, b = np.float32(0.75), np.float32(0.25)
    for r in range(rows):
        y0 = r // 2
        y1 = min(last_row, max(0, y0 - 1 + 2 * (r % 2)))
        for c in range(columns):
            x0 = c // 2
            x1 = min(last_column, max(0, x0 - 1 + 2 * (c % 2)))
            out[r, c] = a * (a * coarse[y0, x0] + b * coarse[y0, x1]) + b * (
                a * coarse[y1, x0] + b * coarse[y1, x1]
            )


@njit(cache=True, nogil=True)
def _laid(
    base: Any, base_seen: Any, new: Any, apart: Any, total: Any, out: Any
) -> None:  # pragma: no cover - compiled
    rows, columns, bands = out.shape
    for r in range(rows):
        for c in range(columns):
            if base_seen[r, c]:
                for b in range(bands):
                    out[r, c, b] = base[r, c, b] + total[r, c, b]
            else:
                for b in range(bands):
                    out[r, c, b] = new[r, c, b] + (total[r, c, b] - apart[r, c, b])


@njit(cache=True, nogil=True)
def laid_hard(
    out: Any, seen: Any, new: Any, new_seen: Any, own: Any, index: int
) -> None:  # pragma: no cover - compiled
    """``new`` into ``out`` where it owns the place, or nobody saw it before; ``seen`` grows."""
    rows, columns, bands = out.shape
    for r in range(rows):
        for c in range(columns):
            if new_seen[r, c] and (own[r, c] == index or not seen[r, c]):
                seen[r, c] = True
                for b in range(bands):
                    out[r, c, b] = new[r, c, b]


@njit(cache=True, nogil=True)
def seam_box(own: Any, index: int) -> tuple[int, int, int, int]:  # pragma: no cover - compiled
    """First and last row, first and last column of the pixels beside which another frame's are;
    the last before the first where there are none."""
    rows, columns = own.shape
    top, bottom, left, right = rows, -1, columns, -1
    for r in range(rows):
        for c in range(columns):
            here = own[r, c]
            if here < 0:
                continue
            for y, x in ((r, c + 1), (r + 1, c)):
                if y < rows and x < columns:
                    there = own[y, x]
                    if there >= 0 and (here == index) != (there == index):
                        top, bottom = min(top, r), max(bottom, y)
                        left, right = min(left, c), max(right, x)
    return top, bottom, left, right


@njit(cache=True, nogil=True)
def nearer(
    own: Any, best: Any, lacking: Any, seen: Any, row: float, column: float, index: int
) -> bool:  # pragma: no cover - compiled
    """Give places that are ``lacking`` a frame to ``index`` where it sees them and its middle, at
    ``row`` and ``column``, is nearer than the ``best`` so far; whether there was any."""
    found = False
    for r in range(own.shape[0]):
        for c in range(own.shape[1]):
            if lacking[r, c] and seen[r, c]:
                far = (r + 0.5 - row) ** 2 + (c + 0.5 - column) ** 2
                if far < best[r, c]:
                    best[r, c] = far
                    own[r, c] = index
                    found = True
    return found
