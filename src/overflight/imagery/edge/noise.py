"""Noise in a crop, from the picture itself.

Pixels are sorted by their distance from the edge. Neighbours in that order see the same point of
the edge to about a hundredth of a pixel and lie far apart in the picture, so half the mean square
of their differences is the variance of a single pixel, whatever the edge looks like.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_FEW = 60


@dataclass(frozen=True, slots=True)
class Noise:
    """Variance of a pixel on the dark and on the light side, in squared counts."""

    dark: float
    light: float

    def variance(self, share: Array) -> Array:
        """Variance where the edge has risen by a share of its contrast."""
        return self.dark + (self.light - self.dark) * np.clip(share, 0.0, 1.0)


def _variance(values: Array) -> float:
    """Robust to a few outliers: differences beyond six deviations are left out."""
    squares = np.diff(values) ** 2
    limit = 36.0 * max(float(np.median(squares)) / 0.455, 1e-300)
    return float(squares[squares <= limit].mean()) / 2.0 if squares.size else 0.0


def noise_of(d: Array, value: Array, blur: float, floor: float) -> tuple[float, float]:
    """Variances on both sides of the edge; never below ``floor``."""
    order = np.argsort(d, kind="stable")
    d, value = d[order], value[order]
    sides = []
    for side in (d < -2.5 * blur, d > 2.5 * blur):
        part = value[side] if int(side.sum()) >= _FEW else value
        sides.append(max(_variance(part), floor))
    return sides[0], sides[1]


def _without_shade(residual: Array) -> Array:
    """Less the mean of each block of 16 x 16 pixels; what does not fill a block is left out."""
    size = 16
    rows, columns = (n // size * size for n in residual.shape)
    if rows == 0 or columns == 0:
        level: Array = residual - residual.mean()
        return level
    blocks = residual[:rows, :columns].reshape(rows // size, size, columns // size, size)
    flat: Array = (blocks - blocks.mean(axis=(1, 3), keepdims=True)).reshape(rows, columns)
    return flat


def inflation_of(residual: Array) -> float:
    """How many times more a mean over neighbours varies than if pixels were independent.

    ``residual`` (rows, columns) is what the fit leaves over. The sum of the autocorrelation over
    lags of up to three pixels either way; at least 1. Uneven light over sixteen pixels or more is
    taken off before: an edge's width does not depend on it.
    """
    centred = _without_shade(residual)
    variance = float((centred * centred).mean())
    if variance <= 0.0:
        return 1.0
    total = 1.0
    rows, columns = centred.shape
    for dy in range(4):
        for dx in range(-3, 4):
            if dy == 0 and dx <= 0:
                continue
            one = centred[dy:, max(dx, 0) : columns + min(dx, 0)]
            two = centred[: rows - dy, max(-dx, 0) : columns + min(-dx, 0)]
            rho = float((one * two).mean()) / variance
            # Chance alone gives 1/sqrt(n); only what stands clear of it counts.
            if abs(rho) > 3.0 / np.sqrt(one.size):
                total += 2.0 * rho
    return float(np.clip(total, 1.0, 20.0))
