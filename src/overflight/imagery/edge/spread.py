"""From a transfer to the edge it makes, and the light and shade of one picture taken out.

For a straight edge the value of a pixel depends on one number, the signed distance of its centre
from the edge, and the blur of lens and pixel together is one function of it. With M(f) the transfer
of both, across the edge, that function is

    E(d) = 1/2 + 2 * integral over f > 0 of M(f) sin(2 pi f d) / (2 pi f)

It is summed as a Fourier series of period 128 pixels. A pupil's transfer has a cusp at f = 0 and
therefore tails (1/d^2 in the line spread) that reach into the neighbouring periods; what they add
follows from the cusp, and is taken off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PERIOD = 128.0
"""pixels"""
STEP = 1.0 / 64.0
REACH = 56.0
"""how far from the edge pixels are used, pixels"""
BIN = 1.0 / 32.0
_COUNT = int(PERIOD / STEP)
FREQUENCIES: Array = np.arange(_COUNT // 2 + 1) / PERIOD


def pixel_transfer(f: Array, normal: float) -> Array:
    """A square pixel, across an edge whose normal stands ``normal`` radians from the x axis."""
    return np.sinc(f * math.cos(normal)) * np.sinc(f * math.sin(normal))


_HALF = _COUNT // 2
_D = np.arange(-_HALF, _HALF) * STEP
# What a tail 1/d^2, repeated with the period, adds to E near the middle: the sum over all n != 0.
_TAILS = np.zeros(_COUNT)
_TAILS[_D != 0.0] = 1.0 / _D[_D != 0.0] - math.pi / PERIOD / np.tan(
    math.pi * _D[_D != 0.0] / PERIOD
)
_FOURIER = np.zeros(FREQUENCIES.size, dtype=complex)
_FOURIER[1:] = -1j / (2.0 * math.pi * FREQUENCIES[1:]) * (_COUNT / PERIOD)
_FOURIER[1:] *= np.where(np.arange(1, FREQUENCIES.size) % 2, -1.0, 1.0)  # x starts at -PERIOD/2


def edge_table(transfer: Array) -> Array:
    """E - 1/2 at -64, -64 + 1/64 ... pixels, from a transfer at FREQUENCIES."""
    table: Array = np.fft.irfft(transfer * _FOURIER, _COUNT)
    first, second = transfer[0] - transfer[1], transfer[0] - transfer[2]
    cusp = max(0.0, float(4.0 * first - second) * PERIOD / 2.0)
    table += _D * (float(transfer[0]) / PERIOD) - cusp / (2.0 * math.pi**2) * _TAILS
    return table


@dataclass(frozen=True, slots=True)
class Sampler:
    """Where in a table each of n distances lies: (n,) indices and shares of the next one."""

    index: NDArray[np.intp]
    share: Array

    @classmethod
    def at(cls, d: Array) -> Sampler:
        place = np.clip((d + PERIOD / 2.0) / STEP, 0.0, _COUNT - 2.0)
        index = place.astype(np.intp)
        return cls(index, place - index)

    def of(self, table: Array) -> Array:
        low = table[self.index]
        return low + self.share * (table[self.index + 1] - low)

    def slope_of(self, table: Array) -> Array:
        """The table's slope, per pixel."""
        slope: Array = (table[self.index + 1] - table[self.index]) / STEP
        return slope


@dataclass(frozen=True, slots=True)
class Profile:
    """An edge's pixels in bins of distance, 1/32 pixel near the edge: the n that hold some.

    ``value`` is the mean after the illumination is divided out, ``weight`` the inverse variance
    of that mean, both (n,); ``d`` the mean distance.
    """

    d: Array
    value: Array
    count: Array
    weight: Array


def binned(d: Array, value: Array, variance: Array, near: float) -> Profile:
    """Sort pixels (n,) into bins; each has a variance of its own.

    Farther than ``near`` from the edge, where it is all but flat, bins are eight times as wide.
    """
    inside = np.abs(d) <= REACH
    d, value, variance = d[inside], value[inside], variance[inside]
    far = np.clip(np.abs(d) - near, 0.0, None)
    place = np.minimum(np.abs(d), near) / BIN + np.floor(far / (8.0 * BIN))
    index = np.floor(np.copysign(place, d)).astype(np.intp)
    index -= index.min()
    count = np.bincount(index).astype(float)
    full = count > 0
    count = count[full]

    def mean(x: Array) -> Array:
        result: Array = np.bincount(index, x)[full] / count
        return result

    return Profile(mean(d), mean(value), count, count / mean(variance))
