"""Where bars stop being told apart, and how sure that is.

The criterion: at the agreed contrast c the bars of a group keep the modulation

    (c - 1) / (c + 1) * T(w) * (1 - veil) >= threshold

with T of ``blur``: what an eye or a machine needs is no part of what is public, so the threshold
is an argument. Bars narrower than a pixel are never told apart: a pixel is the Nyquist limit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.bars import blur

Array = NDArray[np.float64]

NORMAL_95 = 1.959964
"""Standard deviations that hold 95 % of a normal distribution, each side."""

WIDEST = 60.0
FINEST = 1.0


@dataclass(frozen=True, slots=True)
class Limit:
    """Narrowest bar, pixels; standard deviation of its logarithm; whether pixels set it."""

    width: float
    deviation: float
    sampled: bool
    unclipped: float

    @property
    def interval(self) -> tuple[float, float]:
        spread = math.exp(NORMAL_95 * self.deviation)
        return max(self.unclipped / spread, FINEST), max(self.unclipped * spread, FINEST)


def limit_of(
    theta: Array, covariance: Array, angle: float, bars: int, level: float
) -> Limit | None:
    """Where T falls to ``level``, coming from wide bars; None where even the widest do not keep it.

    Below one pixel the limit is one pixel, though the interval still knows how far below.
    """
    wanted = level / (1.0 - blur.VEIL)

    def at(width: float) -> float:
        return blur.bar_transfer(theta, angle, width, bars)

    high = WIDEST
    if at(high) < wanted:
        return None
    low = high
    while low > 0.35:
        low = high / 1.08
        if at(low) < wanted:
            break
        high = low
    else:
        return Limit(FINEST, 0.0, True, 0.35)
    for _ in range(30):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if at(middle) >= wanted else (middle, high)
    width = high
    slope = (at(width * 1.01) - at(width / 1.01)) / (2.0 * math.log(1.01))
    gradient = blur.bar_transfer_slopes(theta, angle, width, bars)
    variance = float(gradient @ covariance @ gradient)
    variance += (wanted * blur.VEIL_SPREAD / (1.0 - blur.VEIL)) ** 2
    deviation = math.sqrt(max(variance, 0.0)) / max(slope, 1e-9)
    return Limit(max(width, FINEST), deviation, width < FINEST, width)


def transfer_error(theta: Array, covariance: Array, angle: float, frequency: float) -> float:
    """One standard deviation of M at a frequency, cycles a pixel."""
    step = 1e-4
    ends = []
    for k in range(len(theta)):
        up, down = theta.copy(), theta.copy()
        up[k] += step
        down[k] -= step
        f = np.array([frequency])
        ends.append(
            float((blur.transfer(up, angle, f) - blur.transfer(down, angle, f))[0]) / (2 * step)
        )
    gradient = np.array(ends)
    return math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))
