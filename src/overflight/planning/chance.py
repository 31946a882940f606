"""What a set of sites is worth when each is seen with some probability, and they hang together.

Whether site i is clear is told by a Gaussian copula: of normal numbers Z with the correlations
given, i is clear where Z_i lies below the quantile of its probability. Each site is then clear
with its own probability exactly, whatever the correlations; so the mean needs no draws. That
correlation of cloud falls exponentially with distance, and with time, is our assumption; how fast
is for whoever asks to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from overflight.geo.geodesic import distance_matrix_km
from overflight.geo.positions import Position
from overflight.units import Hours, Kilometres

Floats = NDArray[np.float64]
_CHUNK = 4096
_JITTERS = (0.0, 1e-12, 1e-10, 1e-8)


def expected(values: Sequence[float], clear: Sequence[float]) -> float:
    """The mean value: exact."""
    return math.fsum(v * p for v, p in zip(values, clear, strict=True))


def correlations(
    positions: Sequence[Position],
    hours: Sequence[Hours],
    length_km: Kilometres,
    length_hours: Hours,
) -> Floats:
    """exp(-distance / ``length_km``) exp(-time between / ``length_hours``), shape (n, n)."""
    at = np.asarray(hours, dtype=np.float64)
    apart = np.abs(at[:, None] - at[None, :])
    near = _fading(distance_matrix_km(positions), length_km) * _fading(apart, length_hours)
    np.fill_diagonal(near, 1.0)
    return np.asarray(near)


def _fading(apart: Floats, length: float) -> Floats:
    if length == 0.0:
        return np.asarray(apart == 0.0, dtype=np.float64)
    return np.asarray(np.exp(-apart / length))


def skies(clear: Sequence[float], correlated: Floats, draws: int, seed: int) -> Iterator[Floats]:
    """Drawn skies, 1 where a site is clear: blocks of shape (m, n), ``draws`` rows in all.

    ``correlated`` are the correlations of all n sites. Same seed, same skies.
    """
    chance = np.asarray(clear, dtype=np.float64)
    open_ = np.flatnonzero((chance > 0.0) & (chance < 1.0))
    edge = np.array([NormalDist().inv_cdf(float(p)) for p in chance[open_]])
    factor = _factor(correlated[np.ix_(open_, open_)])
    random = np.random.default_rng(seed % 2**64)
    left = draws
    while left > 0:
        rows = min(left, _CHUNK)
        block = np.tile((chance >= 1.0).astype(np.float64), (rows, 1))
        if len(open_):
            block[:, open_] = random.standard_normal((rows, len(open_))) @ factor.T <= edge
        yield block
        left -= rows


def worth(
    values: Sequence[float], clear: Sequence[float], correlated: Floats, draws: int, seed: int
) -> Floats:
    """What the sites together are worth under each drawn sky, shape (draws,)."""
    value = np.asarray(values, dtype=np.float64)
    return np.concatenate([block @ value for block in skies(clear, correlated, draws, seed)])


def reached(drawn: Floats, probability: float) -> float:
    """The most that at least the part ``probability`` of the draws comes to."""
    ordered = np.sort(drawn)[::-1]
    at = math.ceil(probability * len(ordered) - 1e-9)
    return float(ordered[max(at, 1) - 1])


def tail_mean(drawn: Floats, probability: float) -> float:
    """The mean of the worst part, 1 - ``probability``, of the draws."""
    ordered = np.sort(drawn)
    share = (1.0 - probability) * len(ordered)
    whole = min(math.floor(share + 1e-9), len(ordered))
    rest = max(share - whole, 0.0) if whole < len(ordered) else 0.0
    if whole == 0:
        return float(ordered[0])
    total = math.fsum(ordered[:whole]) + (rest * float(ordered[whole]) if rest > 1e-9 else 0.0)
    return total / (whole + (rest if rest > 1e-9 else 0.0))


def clear_in_tail(
    values: Sequence[float],
    clear: Sequence[float],
    correlated: Floats,
    draws: int,
    seed: int,
    probability: float,
) -> Floats:
    """How often each site is clear when all together come to their worst part, shape (n,).

    That is by how much ``tail_mean`` grows with a site's value, also of one that counts 0 now:
    sites whose sky is bad together are worth less to whoever wants to be sure.
    """
    value = np.asarray(values, dtype=np.float64)
    blocks = np.concatenate(list(skies(clear, correlated, draws, seed)))
    order = np.argsort(blocks @ value, kind="stable")
    worst = max(1, round((1.0 - probability) * draws))
    return np.asarray(blocks[order[:worst]].mean(axis=0))


def _factor(correlated: Floats) -> Floats:
    """A lower triangle whose square they are; places that coincide get a breath of their own."""
    n = len(correlated)
    if n == 0:
        return np.zeros((0, 0))
    for jitter in _JITTERS:
        try:
            found = np.linalg.cholesky(correlated + jitter * np.eye(n))
        except np.linalg.LinAlgError:
            continue
        if np.all(np.isfinite(found)):
            return np.asarray(found)
    size, turn = np.linalg.eigh(correlated)
    return np.asarray(turn * np.sqrt(np.clip(size, 0.0, None)))
