"""How lenses, motion and flare blur: families of transfer functions that an edge is fitted with.

Each family is symmetric, has at most three positive parameters, and multiplies with the pixel's
own transfer. Lengths are pixels, frequencies cycles per pixel. The logarithm of each parameter has
a normal prior, wide enough to hold any camera and narrow enough that a parameter which the picture
says nothing about stays put.

    gauss       exp(-2 (pi s f)^2)
    airy        2/pi (acos x - x sqrt(1 - x^2)), x = f/fc: a circular pupil (Goodman, Introduction
                to Fourier Optics, 6.3)
    motion      |sinc(L f)|, even motion across the edge
    disc        2 J1(x)/x, x = 2 pi r f: geometric defocus
    halo        (1 - a) gauss(s) + a gauss(q s): flare, jitter of two kinds
    sharpened   (1 + k) gauss(s) - k gauss(q s): an unsharp mask after a Gaussian
    power       exp(-(f/f0)^b): lenses with aberrations lie between b = 1 and b = 2
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_J1_END = 200.0
_J1_STEP = 0.02


@lru_cache(maxsize=1)
def _disc_table() -> tuple[Array, Array]:
    """2 J1(x)/x on a grid, from J1(x) = 1/pi integral of cos(t - x sin t) over 0..pi."""
    x = np.arange(0.0, _J1_END + _J1_STEP, _J1_STEP)
    turns = 256
    t = (np.arange(turns) + 0.5) * math.pi / turns
    j1 = np.zeros_like(x)
    for angle in t:
        j1 += np.cos(angle - x * math.sin(angle))
    value = np.ones_like(x)
    value[1:] = 2.0 * j1[1:] / turns / x[1:]
    return x, value


def gauss(f: Array, s: float) -> Array:
    """Transfer of a Gaussian of standard deviation s."""
    result: Array = np.exp(-2.0 * (math.pi * s) ** 2 * f * f)
    return result


def airy(f: Array, fc: float) -> Array:
    """Transfer of a circular pupil that ends at fc."""
    x = np.minimum(f / fc, 1.0)
    result: Array = 2.0 / math.pi * (np.arccos(x) - x * np.sqrt(1.0 - x * x))
    return result


def disc(f: Array, r: float) -> Array:
    """Transfer of a disc of radius r; nothing is left of it beyond the table's end."""
    x, value = _disc_table()
    result: Array = np.interp(2.0 * math.pi * r * f, x, value, right=0.0)
    return result


def _halo(f: Array, s: float, a: float, q: float) -> Array:
    share = a / (1.0 + a)
    return (1.0 - share) * gauss(f, s) + share * gauss(f, q * s)


def _sharpened(f: Array, s: float, k: float, q: float) -> Array:
    return (1.0 + k) * gauss(f, s) - k * gauss(f, q * s)


@dataclass(frozen=True, slots=True)
class Family:
    """A family: transfer(f, *parameters), and the prior of each parameter's logarithm."""

    name: str
    transfer: Callable[..., Array]
    centre: tuple[float, ...]
    """medians of the parameters"""
    spread: tuple[float, ...]
    """standard deviations of their logarithms"""


_S = (0.6, 0.9)
_FC = (0.9, 0.9)
FAMILIES = (
    Family("gauss", gauss, (_S[0],), (_S[1],)),
    Family("airy", airy, (_FC[0],), (_FC[1],)),
    Family(
        "airy-gauss",
        lambda f, fc, s: airy(f, fc) * gauss(f, s),
        (_FC[0], _S[0]),
        (_FC[1], _S[1]),
    ),
    Family(
        "motion",
        lambda f, s, length: gauss(f, s) * np.sinc(f * length),
        (_S[0], 1.8),
        (_S[1], 0.7),
    ),
    Family(
        "airy-motion",
        lambda f, fc, length: airy(f, fc) * np.sinc(f * length),
        (_FC[0], 1.8),
        (_FC[1], 0.7),
    ),
    Family("disc", lambda f, s, r: gauss(f, s) * disc(f, r), (_S[0], 1.3), (_S[1], 0.7)),
    Family("airy-disc", lambda f, fc, r: airy(f, fc) * disc(f, r), (_FC[0], 1.3), (_FC[1], 0.7)),
    Family("halo", _halo, (_S[0], 0.35, 3.0), (_S[1], 0.9, 0.4)),
    Family("sharpened", _sharpened, (_S[0], 0.3, 2.5), (_S[1], 0.8, 0.4)),
    Family("power", lambda f, f0, b: np.exp(-((f / f0) ** b)), (0.4, 1.7), (0.8, 0.25)),
)
