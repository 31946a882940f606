"""What the synthetic camera does to a wave, and from that the truth about bars.

Frequencies in cycles per pixel. The transfer is a product (Boreman, Modulation Transfer Function
in Optical and Electro-Optical Systems, SPIE 2001, chapters 1 and 2): a circular aperture without
aberrations, a Gaussian for the rest of the optics, an even motion, and a square pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Optics:
    """``cutoff``: of diffraction, cycles a pixel (inf: none). ``sigma``: of the Gaussian, pixels.
    ``motion``: pixels, in the direction ``motion_deg`` from the x axis towards y."""

    cutoff: float = 2.0
    sigma: float = 0.5
    motion: float = 0.0
    motion_deg: float = 0.0

    def transfer(self, fx: Array, fy: Array, *, pixel: bool = True) -> Array:
        f = np.hypot(fx, fy)
        m = np.exp(-2.0 * (math.pi * self.sigma * f) ** 2)
        if math.isfinite(self.cutoff):
            s = np.clip(f / self.cutoff, 0.0, 1.0)
            m = m * (2.0 / math.pi) * (np.arccos(s) - s * np.sqrt(1.0 - s * s))
        if self.motion:
            a = math.radians(self.motion_deg)
            m = m * np.sinc(self.motion * (fx * math.cos(a) + fy * math.sin(a)))
        if pixel:
            m = m * np.sinc(fx) * np.sinc(fy)
        return m

    def along(self, f: Array, degrees: float) -> Array:
        """The slice in one direction, degrees from x towards y."""
        a = math.radians(degrees)
        return self.transfer(f * math.cos(a), f * math.sin(a))


def bar_transfer(optics: Optics, width: float, count: int, degrees: float) -> float:
    """Transfer of the modulation of ``count`` long dark bars, ``width`` pixels wide, on white.

    The level of each gap's centre line less the mean of those of its two neighbours, averaged
    over the gaps, divided by the same for endless sharpness (1). Each level is the integral of
    the group's spectrum times the camera's transfer:

        dark(x) = 2 int_0^inf M(f) sum_j [2 sin(pi f w) / (2 pi f)] cos(2 pi f (x - x_j)) df
    """
    f = (np.arange(6000) + 0.5) * (6.0 / 6000)
    m = optics.along(f, degrees)
    bars = (np.arange(count) - (count - 1) / 2.0) * 2.0 * width

    def dark(x: float) -> float:
        waves = np.cos(2.0 * math.pi * f * (x - bars[:, None])).sum(axis=0)
        return float(np.sum(m * np.sin(math.pi * f * width) / (math.pi * f) * waves) * 2 * 6 / 6000)

    at_bars = [dark(b) for b in bars]
    drops = [
        (at_bars[k] + at_bars[k + 1]) / 2.0 - dark((bars[k] + bars[k + 1]) / 2.0)
        for k in range(count - 1)
    ]
    return sum(drops) / len(drops)


def limiting_width(
    optics: Optics, count: int, degrees: float, *, agreed: float, threshold: float
) -> float:
    """Narrowest bar, pixels, whose modulation at the agreed contrast keeps the threshold; at
    least one pixel, the Nyquist limit of a bar."""
    level = threshold / agreed
    low, high = 0.3, 40.0
    if bar_transfer(optics, 1.0, count, degrees) >= level:
        return 1.0
    low = 1.0
    while high - low > 1e-4:
        middle = (low + high) / 2.0
        if bar_transfer(optics, middle, count, degrees) >= level:
            high = middle
        else:
            low = middle
    return high
