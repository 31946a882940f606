"""How sharp the picture is in one direction: a transfer function with few, soft parameters.

Frequencies in cycles a pixel, distances in pixels. In the direction ``angle``

    M(f) = sinc(f cos a) sinc(f sin a) exp(-(f / f0)^p) + sum_k d_k h_k(f)

the first two factors are a square pixel's, the third stands for lens, motion and all else, and
the hats h_k let the data bend the curve where they know better: each d_k is near 0 beforehand
(``BEND``), so that what the form of the curve leaves open widens the interval. From M follow

    E(x) = 1/2 + int M(f) sin(2 pi f x) / (pi f) df      an edge from 0 to 1 at x = 0
    T(w) = int M(f) K(f, w) df                           the modulation left of bars w wide

where K is the spectrum of n bars: the level of each gap's centre line less the mean of its two
neighbours', averaged over the gaps, for long dark bars of depth 1.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

REACH = 16.0
STEP = 1.0 / 32.0
NODES = int(2 * REACH / STEP) + 1
_DF = 1.0 / 64.0
_MOST = 4.0
_F: Array = (np.arange(int(_MOST / _DF), dtype=np.float64) + 0.5) * _DF
KNOTS = (0.05, 0.11, 0.18, 0.26, 0.36, 0.5, 0.7)
BEND = (0.006, 0.012, 0.015, 0.018, 0.018, 0.018, 0.015)
"""How far M may part from the smooth form at each knot (one standard deviation)."""

FORM = 2
PARAMETERS = FORM + len(KNOTS)
START = (math.log(0.4), math.log(1.8))
SPREAD = (1.5, 0.25)
"""What is expected beforehand of ln f0 and ln p: centre and standard deviation."""

VEIL, VEIL_SPREAD = 0.028, 0.011
"""Share of light that goes farther than a group of bars is wide, which the group itself cannot
show: it lowers all bars alike. Assumed, and its spread widens every interval; a lens limited by
diffraction at one cycle a pixel sends 0.035 that far, one at two cycles half of it."""


@lru_cache(maxsize=1)
def _waves() -> Array:
    """sin(2 pi f x) / (pi f) df, (NODES, frequencies)."""
    x = np.arange(NODES) * STEP - REACH
    return np.asarray(np.sin(2.0 * math.pi * x[:, None] * _F) / (math.pi * _F) * _DF)


@lru_cache(maxsize=1)
def _hats() -> Array:
    """(knots, frequencies): 1 at the own knot, 0 at the others, at 0, and from 1 on."""
    return _hats_at(_F)


def _hats_at(f: Array) -> Array:
    nodes = np.array((0.0, *KNOTS, 1.0))
    return np.array([np.interp(f, nodes, np.eye(len(nodes))[k + 1]) for k in range(len(KNOTS))])


def transfer(theta: Array, angle: float, f: Array | None = None) -> Array:
    """M at the frequencies (this module's own unless given), (len(f),)."""
    at = _F if f is None else f
    f0, p = math.exp(theta[0]), math.exp(theta[1])
    base = np.sinc(at * math.cos(angle)) * np.sinc(at * math.sin(angle)) * np.exp(-((at / f0) ** p))
    if f is None:
        return np.asarray(base + theta[FORM:] @ _hats())
    nodes = np.array((0.0, *KNOTS, 1.0))
    return np.asarray(base + np.interp(at, nodes, np.array((0.0, *theta[FORM:], 0.0))))


def transfer_slopes(theta: Array, angle: float, f: Array | None = None) -> Array:
    """(PARAMETERS, frequencies): derivatives of M."""
    at = _F if f is None else f
    f0, p = math.exp(theta[0]), math.exp(theta[1])
    ratio = at / f0
    power = ratio**p
    base = np.sinc(at * math.cos(angle)) * np.sinc(at * math.sin(angle)) * np.exp(-power)
    hats = _hats() if f is None else _hats_at(at)
    return np.vstack([base * power * p, -base * power * np.log(ratio) * p, hats])


def edge_tables(theta: Array, angle: float) -> Array:
    """(NODES, 2 + PARAMETERS): the edge E, the line E' (a pixel), and E's derivatives."""
    from overflight.imagery.bars.kernel import product

    rows = np.vstack([transfer(theta, angle), transfer_slopes(theta, angle)])
    made = product(rows, _waves())
    made[:, 0] += 0.5
    line = np.gradient(made[:, 0], STEP)
    return np.ascontiguousarray(np.column_stack([made[:, 0], line, made[:, 1:]]))


def _spectrum(width: float, count: int) -> tuple[Array, Array]:
    """Frequencies, and K(f, w) df at them, for ``count`` bars."""
    # Fine enough that the waves of the farthest bar are followed.
    df = min(_DF, 1.0 / (8.0 * count * width))
    f: Array = (np.arange(math.ceil(_MOST / df), dtype=np.float64) + 0.5) * df
    bars: Array = (np.arange(count, dtype=np.float64) - (count - 1) / 2.0) * 2.0 * width
    gaps = (bars[1:] + bars[:-1]) / 2.0

    def waves(x: Array) -> Array:
        cosines: Array = np.cos(2.0 * math.pi * f * (x[:, None, None] - bars[None, :, None]))
        return np.asarray(cosines.sum(axis=1))

    at_bars, at_gaps = waves(bars), waves(gaps)
    drop = ((at_bars[1:] + at_bars[:-1]) / 2.0 - at_gaps).mean(axis=0)
    return f, np.asarray(2.0 * np.sin(math.pi * f * width) / (math.pi * f) * drop * df)


def bar_transfer(theta: Array, angle: float, width: float, count: int) -> float:
    """T of bars ``width`` pixels wide."""
    f, spectrum = _spectrum(width, count)
    return float(spectrum @ transfer(theta, angle, f))


def bar_transfer_slopes(theta: Array, angle: float, width: float, count: int) -> Array:
    """Derivatives of T by the parameters, (PARAMETERS,)."""
    f, spectrum = _spectrum(width, count)
    return np.asarray(transfer_slopes(theta, angle, f) @ spectrum)
