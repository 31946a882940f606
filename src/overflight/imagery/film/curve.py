"""What exposure makes of density: the characteristic curve through the steps of a wedge.

No formula of a film is assumed: the curve is a straight line plus a smooth deviation from it, a
Gaussian process with the covariance a^2 exp(-(x - x')^2 / (2 l^2)) (Rasmussen and Williams,
Gaussian Processes for Machine Learning, 2006, chapters 2 and 5, slopes in section 9.4). Length,
size and the noise beyond the steps' own are averaged over a grid, each as it is likely. Slopes, the
greatest of which is gamma, and every interval follow from the same process.

Exposure is log10; in lux seconds where what came through nothing is known, otherwise relative to
the least exposed step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import SensorError
from overflight.imagery.film.wedge import Step
from overflight.sensing.interval import student_quantile

Array = NDArray[np.float64]

SPEED_DENSITY = 0.3
"""Density above base and fog of the speed point of aerial film (ISO 7829: speed 1.5 / H there)."""

_LENGTHS = (0.35, 0.45, 0.6, 0.8, 1.05, 1.4)
_SIZES = (0.1, 0.2, 0.4, 0.8, 1.6)
_EXTRA = (0.0, 0.0015, 0.003, 0.006, 0.012, 0.025)
_VAGUE = 100.0
_FLATTER = 0.003
"""Share by which smoothing lowers the greatest slope, from simulated wedges of another form."""
_LIGHT = 0.01
_GRID = 121


@dataclass(frozen=True, slots=True)
class Known:
    """A number with its 95 % interval; where it is None, ``why`` says why."""

    value: float | None
    interval: tuple[float, float] | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """``x`` log10 exposure of a fine grid, (n,), rising; ``density`` and ``slope`` there, each with
    one standard deviation; ``extra``: noise beyond that of the steps, density."""

    x: Array
    density: Array
    deviation: Array
    slope: Array
    slope_deviation: Array
    steps_x: Array
    extra: float
    absolute: bool
    gamma: Known
    base_fog: Known
    speed_x: Known
    speed: Known
    range: Known
    average_gradient: Known


def exposures(densities: Sequence[float], log_through_nothing: float | None) -> Array:
    """log10 exposure of each step from least to most; ``densities`` of the wedge in any order.

    Relative to the least exposed step where what came through nothing is not known.
    """
    wedge = np.sort(np.asarray(densities, dtype=np.float64))[::-1]
    return np.asarray(
        wedge[0] - wedge if log_through_nothing is None else log_through_nothing - wedge
    )


def fit_curve(
    steps: Sequence[Step], x: Array, *, absolute: bool, fog: tuple[float, float] | None = None
) -> Curve:
    """The curve through steps at exposures ``x``; ``fog``: density of unexposed film beside them
    and its standard deviation. Raises SensorError for steps that do not rise."""
    d = np.array([s.density for s in steps])
    own = np.array([s.deviation for s in steps])
    if len(d) != len(x):
        raise SensorError(
            f"{len(d)} steps were read, {len(x)} are declared",
            remedy="Give the density of every step of the wedge.",
        )
    if len(d) < 8 or not np.isfinite(d).all() or d[-1] - d[0] < 0.5:
        raise SensorError(
            "the steps do not rise to a curve",
            remedy="Look whether the box holds the whole wedge, and nothing else.",
        )
    own = np.where(np.isfinite(own), own, 0.02) + 1e-4
    grid = np.linspace(x[0], x[-1], _GRID)
    mean, covariance, extra = _averaged(x, d, own, grid)
    wide = student_quantile(0.95, max(1, len(d) - 4))
    n = _GRID
    level, slope = mean[:n], mean[n:]
    level_sd, slope_sd = np.sqrt(np.maximum(np.diag(covariance), 0.0)).reshape(2, n)
    base = _base(level, level_sd, slope, fog, wide)
    at, point = _speed_point(grid, level, level_sd, slope, base, wide)
    top = int(np.argmax(slope))
    return Curve(
        grid, level, level_sd, slope, slope_sd, x, extra, absolute,
        gamma=_known(
            float(slope[top]), math.hypot(slope_sd[top], _FLATTER * slope[top]), wide
        ),
        base_fog=base,
        speed_x=at,
        speed=_speed(at, absolute),
        range=_known(float(level[-1] - level[0]), _difference(covariance, n - 1, 0), wide),
        average_gradient=_average(grid, level, covariance, point, wide),
    )  # fmt: skip


def exposure_of(curve: Curve, density: Array) -> Array:
    """log10 exposure that made each density; held at the ends of the curve."""
    level = np.maximum.accumulate(curve.density + np.arange(_GRID) * 1e-9)
    return np.asarray(np.interp(density, level, curve.x))


def density_at(curve: Curve, x: Array) -> Array:
    """The density of each log10 exposure; held at the ends."""
    return np.asarray(np.interp(x, curve.x, curve.density))


def _known(value: float, deviation: float, wide: float) -> Known:
    return Known(value, (value - wide * deviation, value + wide * deviation))


def _base(
    level: Array, level_sd: Array, slope: Array, fog: tuple[float, float] | None, wide: float
) -> Known:
    if fog is not None:
        return _known(fog[0], fog[1], wide)
    if slope[0] < 0.05:
        return _known(float(level[0]), float(level_sd[0]), wide)
    return Known(None, why="the least step still rises, and no unexposed film is given")


def _speed_point(
    grid: Array, level: Array, level_sd: Array, slope: Array, base: Known, wide: float
) -> tuple[Known, int | None]:
    if base.value is None or base.interval is None:
        return Known(None, why="base and fog are not known"), None
    wanted = base.value + SPEED_DENSITY
    above = np.flatnonzero(level >= wanted)
    if not len(above) or above[0] == 0:
        return Known(None, why="the speed point lies outside of the wedge"), None
    k = int(above[0])
    x = float(np.interp(wanted, level[k - 1 : k + 1], grid[k - 1 : k + 1]))
    base_sd = (base.interval[1] - base.value) / wide
    deviation = math.hypot(float(level_sd[k]), base_sd) / max(float(slope[k]), 1e-6)
    return _known(x, deviation, wide), k


def _speed(at: Known, absolute: bool) -> Known:
    if at.value is None or at.interval is None:
        return Known(None, why=at.why)
    if not absolute:
        return Known(None, why="the exposure in lux seconds is not given")
    low, high = at.interval
    return Known(1.5 / 10.0**at.value, (1.5 / 10.0**high, 1.5 / 10.0**low))


def _average(grid: Array, level: Array, covariance: Array, point: int | None, wide: float) -> Known:
    """Mean slope over one decade of exposure from the speed point on."""
    if point is None or grid[point] + 1.0 > grid[-1]:
        return Known(None, why="a decade above the speed point is not all on the wedge")
    end = int(np.searchsorted(grid, grid[point] + 1.0))
    span = float(grid[end] - grid[point])
    value = float(level[end] - level[point]) / span
    return _known(value, _difference(covariance, end, point) / span, wide)


def _difference(covariance: Array, a: int, b: int) -> float:
    return math.sqrt(max(covariance[a, a] + covariance[b, b] - 2.0 * covariance[a, b], 0.0))


def _kernel(x: Array, y: Array, length: float, size: float) -> Array:
    u = (x[:, None] - y[None, :]) / length
    return np.asarray(size**2 * np.exp(-0.5 * u * u) + _VAGUE * (1.0 + x[:, None] * y[None, :]))


def _averaged(x: Array, d: Array, own: Array, grid: Array) -> tuple[Array, Array, float]:
    """The posterior over the lengths, sizes and noises, each as likely as it makes the steps: what
    they leave open widens the intervals."""
    tried = [(a, b, c) for a in _LENGTHS for b in _SIZES for c in _EXTRA]
    scores = np.array([_likelihood(x, d, own, *h) for h in tried])
    weights = np.exp(scores - scores.max())
    weights[weights < _LIGHT] = 0.0
    weights /= weights.sum()
    kept = [
        (w, h, _posterior(x, d, own, *h, grid)) for w, h in zip(weights, tried, strict=True) if w
    ]
    mean = np.sum([w * p[0] for w, _, p in kept], axis=0)
    covariance = np.zeros((2 * _GRID, 2 * _GRID))
    for w, _, (middle, spread) in kept:
        off = middle - mean
        covariance += w * (spread + np.outer(off, off))
    return mean, covariance, float(sum(w * h[2] for w, h, _ in kept))


def _likelihood(x: Array, d: Array, own: Array, length: float, size: float, extra: float) -> float:
    middle = x - x.mean()
    k = _kernel(middle, middle, length, size) + np.diag(own**2 + extra**2)
    root = np.linalg.cholesky(k)
    z = np.linalg.solve(root, d)
    return -0.5 * float(z @ z) - float(np.log(np.diag(root)).sum())


def _posterior(
    x: Array, d: Array, own: Array, length: float, size: float, extra: float, grid: Array
) -> tuple[Array, Array]:
    """Mean, (2 n,), levels then slopes at the grid, and their covariance."""
    a, g = x - x.mean(), grid - x.mean()
    k = _kernel(a, a, length, size) + np.diag(own**2 + extra**2)
    u = g[:, None] - a[None, :]
    bell = size**2 * np.exp(-0.5 * (u / length) ** 2)
    cross = np.vstack([_kernel(g, a, length, size), -u / length**2 * bell + _VAGUE * a[None, :]])
    v = g[:, None] - g[None, :]
    bell = size**2 * np.exp(-0.5 * (v / length) ** 2)
    mixed = v / length**2 * bell + _VAGUE * g[:, None]
    slopes = (1.0 / length**2 - v**2 / length**4) * bell + _VAGUE
    prior = np.block([[_kernel(g, g, length, size), mixed], [mixed.T, slopes]])
    gain = np.linalg.solve(k, cross.T)
    return np.asarray(gain.T @ d), np.asarray(prior - cross @ gain)
