"""Half the size: the mean of each two by two pixels that are seen, rounded to the nearest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, uint32


@njit(cache=True, nogil=True)
def halved(
    pixels: Any, mask: Any, bands: int, out: Any, out_mask: Any
) -> None:  # pragma: no cover - compiled
    """``pixels`` (rows, columns * bands) and ``mask`` (rows, columns), both even each way, into
    ``out`` and ``out_mask`` of half the rows and columns. A pixel is seen if one of its four is;
    its value is the mean of those."""
    rows, columns = out_mask.shape
    for r in range(rows):
        for c in range(columns):
            a, b = mask[2 * r, 2 * c] != 0, mask[2 * r, 2 * c + 1] != 0
            d, e = mask[2 * r + 1, 2 * c] != 0, mask[2 * r + 1, 2 * c + 1] != 0
            seen = int(a) + int(b) + int(d) + int(e)
            out_mask[r, c] = 255 if seen else 0
            if seen == 4:
                for k in range(bands):
                    i = 2 * c * bands + k
                    total = (
                        uint32(pixels[2 * r, i]) + pixels[2 * r, i + bands]
                        + pixels[2 * r + 1, i] + pixels[2 * r + 1, i + bands]
                    )  # fmt: skip
                    out[r, c * bands + k] = (total + 2) >> 2
            elif seen == 0:
                for k in range(bands):
                    out[r, c * bands + k] = 0
            else:
                for k in range(bands):
                    i = 2 * c * bands + k
                    total = uint32(0)
                    if a:
                        total += pixels[2 * r, i]
                    if b:
                        total += pixels[2 * r, i + bands]
                    if d:
                        total += pixels[2 * r + 1, i]
                    if e:
                        total += pixels[2 * r + 1, i + bands]
                    out[r, c * bands + k] = (2 * total + seen) // (2 * seen)


@njit(cache=True, nogil=True)
def halved_whole(pixels: Any, bands: int, out: Any) -> None:  # pragma: no cover - compiled
    """The same where every pixel is seen. Pairs of rows first, which a processor does many at a
    time, then pairs of columns."""
    rows, values = out.shape
    both = np.empty(pixels.shape[1], np.uint32)
    for r in range(rows):
        upper, lower = pixels[2 * r], pixels[2 * r + 1]
        for i in range(both.size):
            both[i] = uint32(upper[i]) + uint32(lower[i])
        if bands == 1:
            for c in range(values):
                out[r, c] = (both[2 * c] + both[2 * c + 1] + uint32(2)) >> uint32(2)
        elif bands == 3:
            for c in range(values // 3):
                i, k = 6 * c, 3 * c
                out[r, k] = (both[i] + both[i + 3] + uint32(2)) >> uint32(2)
                out[r, k + 1] = (both[i + 1] + both[i + 4] + uint32(2)) >> uint32(2)
                out[r, k + 2] = (both[i + 2] + both[i + 5] + uint32(2)) >> uint32(2)
        else:
            for c in range(values // bands):
                for k in range(bands):
                    i = 2 * c * bands + k
                    out[r, c * bands + k] = (both[i] + both[i + bands] + uint32(2)) >> uint32(2)
