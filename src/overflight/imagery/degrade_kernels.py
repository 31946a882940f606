"""A Gaussian over the pixels that are seen, rows first, then columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def blur(
    pixels: Any, mask: Any, kernel: Any, top: int, bottom: int, left: int, right: int
) -> Any:  # pragma: no cover - compiled
    """``pixels`` and ``mask`` (rows, columns); the part from ``top`` and ``left`` up to before
    ``bottom`` and ``right``, float64. Beyond the picture nothing is seen."""
    rows, columns = mask.shape
    reach = kernel.size // 2
    values = np.zeros((rows, right - left))
    weights = np.zeros((rows, right - left))
    for r in range(rows):
        for c in range(left, right):
            total, weight = 0.0, 0.0
            for k in range(max(0, c - reach), min(columns, c + reach + 1)):
                if mask[r, k] != 0:
                    share = kernel[k - c + reach]
                    total += share * pixels[r, k]
                    weight += share
            values[r, c - left] = total
            weights[r, c - left] = weight
    out = np.zeros((bottom - top, right - left))
    for r in range(top, bottom):
        for c in range(right - left):
            total, weight = 0.0, 0.0
            for k in range(max(0, r - reach), min(rows, r + reach + 1)):
                total += kernel[k - r + reach] * values[k, c]
                weight += kernel[k - r + reach] * weights[k, c]
            out[r - top, c] = total / weight if weight > 0.0 else 0.0
    return out
