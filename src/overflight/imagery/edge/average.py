"""The average over families: one MTF50, one interval, one curve with its band."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.edge.fit import Component, frequency_at
from overflight.imagery.edge.spread import FREQUENCIES

Array = NDArray[np.float64]

_NEGLIGIBLE = 1e-4
_FLOOR = 4e-4
"""Relative error that is left without any noise (95 % of made edges: below twice this)."""
_WIDER = 1.05
"""What made edges ask for so that 95 % of intervals hold the truth: families are taken as linear
about their best fit, which is a little too sure of itself."""
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is known of the transfer. ``shapeless`` is the probability of a remainder of free
    shape, at 3 % of the edge or more."""

    mtf50: float
    interval: tuple[float, float]
    transfer: Array
    low: Array
    high: Array
    families: tuple[tuple[str, float], ...]
    shapeless: float


def _crossing(component: Component) -> tuple[float, float]:
    """Logarithm of the MTF50 of one component, and its standard deviation."""
    size = np.abs(component.curve)
    found = frequency_at(size, 0.5)
    if not math.isfinite(found):
        return math.inf, 0.0
    k = min(int(found / FREQUENCIES[1]), size.size - 2)
    share = found / FREQUENCIES[1] - k
    gradient = (1.0 - share) * component.gradient[k] + share * component.gradient[k + 1]
    value = (1.0 - share) * component.curve[k] + share * component.curve[k + 1]
    change = (np.conj(value) / abs(value) * gradient).real
    slope = float(size[k + 1] - size[k]) / float(FREQUENCIES[1])
    variance = float(change @ component.covariance @ change) / (slope * found) ** 2
    return math.log(found), math.sqrt(max(variance, 0.0))


def _band(component: Component) -> tuple[Array, Array]:
    """|transfer| and its variance at every frequency."""
    size = np.abs(component.curve)
    turned = np.conj(component.curve) / np.maximum(size, 1e-9)
    change = (turned[:, None] * component.gradient).real
    variance = np.einsum("fi,ij,fj->f", change, component.covariance, change, optimize=True)
    return size, np.maximum(variance, 0.0)


def quantile(p: float, weight: Array, mean: Array, deviation: Array) -> float:
    """Quantile of a mixture of normal distributions, by bisection."""
    low = float((mean - 9.0 * deviation).min())
    high = float((mean + 9.0 * deviation).max())
    for _ in range(80):
        middle = 0.5 * (low + high)
        below = sum(
            w * 0.5 * math.erfc((m - middle) / (s * math.sqrt(2.0)))
            for w, m, s in zip(weight, mean, deviation, strict=True)
        )
        low, high = (middle, high) if below < p else (low, middle)
    return 0.5 * (low + high)


def averaged(found: list[Component], inflation: float) -> Posterior:
    """All components, each with the weight of its evidence.

    ``inflation`` is by how much the variance is larger than for independent pixels; it tempers
    the evidence as well.
    """
    evidence = np.array([c.evidence for c in found]) / inflation
    weight = np.exp(evidence - evidence.max())
    weight /= weight.sum()
    kept = [
        (float(w), c, *_crossing(c)) for w, c in zip(weight, found, strict=True) if w > _NEGLIGIBLE
    ]
    finite = [k for k in kept if math.isfinite(k[2])]
    share = np.array([k[0] for k in finite])
    if not finite or share.sum() < 0.5:
        empty = np.zeros(0)
        return Posterior(math.inf, (math.inf, math.inf), empty, empty, empty, (), 0.0)
    share /= share.sum()
    mean = np.array([k[2] for k in finite])
    deviation = np.array([k[3] for k in finite]) * (math.sqrt(inflation) * _WIDER)
    deviation = np.hypot(deviation, _FLOOR)
    centre = float(share @ mean)
    interval = (
        math.exp(quantile(0.025, share, mean, deviation)),
        math.exp(quantile(0.975, share, mean, deviation)),
    )
    bands = [_band(k[1]) for k in finite]
    transfer = np.sum([w * b[0] for w, b in zip(share, bands, strict=True)], axis=0)
    variance = np.sum(
        [
            w * (inflation * _WIDER**2 * b[1] + (b[0] - transfer) ** 2)
            for w, b in zip(share, bands, strict=True)
        ],
        axis=0,
    )
    half = _Z95 * np.sqrt(variance)
    names: dict[str, float] = {}
    for w, k in zip(share, finite, strict=True):
        names[k[1].name] = names.get(k[1].name, 0.0) + float(w)
    families = tuple(
        (name, round(p, 4)) for name, p in sorted(names.items(), key=lambda x: -x[1]) if p >= 0.01
    )
    free = float(sum(w for w, k in zip(share, finite, strict=True) if k[1].tau >= 0.03))
    return Posterior(
        math.exp(centre),
        interval,
        transfer,
        np.maximum(transfer - half, 0.0),
        transfer + half,
        families,
        free,
    )
