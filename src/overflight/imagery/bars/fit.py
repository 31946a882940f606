"""One fit of all groups of a target: their places, the light, and the blur in two directions.

Least squares by Levenberg and Marquardt over every pixel of every group, weighted by the noise
at its brightness. What is expected beforehand of the blur (``blur``) enters as readings of its
own, so that the covariance at the end is the one that the data and those leave.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.bars import blur, kernel
from overflight.imagery.bars.find import Sighting

Array = NDArray[np.float64]

P = blur.PARAMETERS
SHARED = 2 * P + 6
_HORIZON, _STEP, _AROUND = 2 * P, 2 * P + 2, 2 * P + 5
_MARGIN = 0.75
_HORIZON_SPREAD = 4e-4
_SLOPE_SPREAD = 0.15
_AROUND_SPREAD = 0.6
_MOST_PIXELS = 1200
FIRST_NOISE = 0.05
"""Noise taken at first, in steps from gap to bar."""

ENOUGH = 0.02
"""A gain in the sum of squares, in units of the noise, that is not worth another round."""


@dataclass(slots=True)
class Window:
    """Pixels of one group, from its centre, and its own parameters (``kernel.LOCAL``)."""

    seen: Sighting
    side: int
    """0 or 1: which of the two directions its bars follow each other in."""
    xs: Array
    ys: Array
    values: Array
    local: Array
    weights: Array = field(default_factory=lambda: np.empty(0))
    made: Array = field(default_factory=lambda: np.empty(0))

    @property
    def width(self) -> float:
        """Of a bar at the centre, pixels, across the bars."""
        return 1.0 / math.hypot(self.local[0], self.local[1])

    @property
    def length(self) -> float:
        return 1.0 / math.hypot(self.local[3], self.local[4])

    @property
    def normal(self) -> float:
        """Direction across the bars, rad, 0 up to pi."""
        return math.atan2(self.local[1], self.local[0]) % math.pi

    @property
    def centre(self) -> tuple[float, float]:
        """In the frame, pixels."""
        a = self.local
        u, v = (2 * self.seen.count - 1) / 2.0 - a[2], 0.5 - a[5]
        det = a[0] * a[4] - a[1] * a[3]
        return (
            self.seen.x + (a[4] * u - a[1] * v) / det,
            self.seen.y + (a[0] * v - a[3] * u) / det,
        )


@dataclass(slots=True)
class Fit:
    windows: list[Window]
    shared: Array
    origin: tuple[float, float]
    scale: float
    angles: tuple[float, float]
    noise: tuple[float, float] = (1.0, 0.0)
    """Variance of a pixel: at black 0, and for each unit of value."""
    correlated: float = 1.0
    covariance: Array = field(default_factory=lambda: np.empty((0, 0)))

    def theta(self, side: int) -> Array:
        return self.shared[side * P : (side + 1) * P]

    def step_at(self, window: Window) -> float:
        """From gap to bar, codes, at the group."""
        x, y = _rank(self, window)
        return float(self.shared[_STEP : _STEP + 3] @ (1.0, x, y))


def _rank(fit: Fit, window: Window) -> tuple[float, float]:
    return (
        (window.seen.x - fit.origin[0]) / fit.scale,
        (window.seen.y - fit.origin[1]) / fit.scale,
    )


def window_of(pixels: NDArray[Any], seen: Sighting, side: int) -> Window | None:
    """The pixels of a group and a little around; None where they leave the frame."""
    c, s = math.cos(seen.normal), math.sin(seen.normal)
    half_u = seen.breadth / 2.0 + max(_MARGIN * seen.width, 0.9)
    half_v = seen.length / 2.0 + max(_MARGIN * seen.width, 0.9)
    bx, by = abs(c) * half_u + abs(s) * half_v, abs(s) * half_u + abs(c) * half_v
    r0, r1 = math.floor(seen.y - by), math.ceil(seen.y + by)
    c0, c1 = math.floor(seen.x - bx), math.ceil(seen.x + bx)
    if r0 < 0 or c0 < 0 or r1 >= pixels.shape[0] or c1 >= pixels.shape[1]:
        return None
    ys, xs = np.mgrid[r0 : r1 + 1, c0 : c1 + 1]
    dx, dy = xs.ravel() - seen.x, ys.ravel() - seen.y
    inside = (np.abs(dx * c + dy * s) <= half_u) & (np.abs(dy * c - dx * s) <= half_v)
    values = pixels[r0 : r1 + 1, c0 : c1 + 1].ravel()[inside].astype(float)
    dx, dy = dx[inside], dy[inside]
    if len(values) > _MOST_PIXELS:
        thin = np.random.default_rng(1).permutation(len(values))[:_MOST_PIXELS]
        values, dx, dy = values[thin], dx[thin], dy[thin]
    w, ell, n = seen.width, seen.length, seen.count
    surround = float(np.percentile(values, 90 if seen.sign < 0 else 10))
    local = np.array([c / w, s / w, (2 * n - 1) / 2.0, -s / ell, c / ell, 0.5, surround, 0.0, 0.0])
    return Window(seen, side, dx, dy, values, local, np.ones_like(values), np.zeros_like(values))


def sides_of(groups: list[Sighting]) -> tuple[list[int], tuple[float, float]]:
    """Which of two directions each group has, and the two, rad."""
    first = groups[0].normal
    for _ in range(3):
        sides = [0 if abs(math.cos(g.normal - first)) > math.sqrt(0.5) else 1 for g in groups]
        # Doubled angles, so that a direction and its opposite are one.
        turned = [
            2.0 * (g.normal - (0.0 if s == 0 else math.pi / 2.0))
            for g, s in zip(groups, sides, strict=True)
        ]
        first = 0.5 * math.atan2(sum(map(math.sin, turned)), sum(map(math.cos, turned)))

    def mean(side: int) -> float:
        own = [2.0 * g.normal for g, s in zip(groups, sides, strict=True) if s == side]
        if not own:
            return (first + side * math.pi / 2.0) % math.pi
        return (0.5 * math.atan2(sum(map(math.sin, own)), sum(map(math.cos, own)))) % math.pi

    return sides, (mean(0), mean(1))


def begin(pixels: NDArray[Any], groups: list[Sighting]) -> Fit:
    """A fit that has not run yet."""
    sides, angles = sides_of(groups)
    pairs = [(window_of(pixels, g, s)) for g, s in zip(groups, sides, strict=True)]
    windows = [w for w in pairs if w is not None]
    xs, ys = [w.seen.x for w in windows] or [0.0], [w.seen.y for w in windows] or [0.0]
    origin = ((min(xs) + max(xs)) / 2.0, (min(ys) + max(ys)) / 2.0)
    scale = max(max(xs) - min(xs), max(ys) - min(ys), 1.0) / 2.0
    shared = np.zeros(SHARED)
    for side in (0, 1):
        shared[side * P : side * P + blur.FORM] = blur.START
    spans = [float(np.subtract(*np.percentile(w.values, (95, 5)))) for w in windows] or [1.0]
    sign = groups[0].sign if groups else -1
    shared[_STEP] = sign * float(np.percentile(spans, 80))
    fit = Fit(windows, shared, origin, scale, angles)
    fit.noise = ((FIRST_NOISE * shared[_STEP]) ** 2, 0.0)
    for window in windows:
        window.weights = np.full_like(window.values, 1.0 / fit.noise[0])
    return fit


def with_only(fit: Fit, windows: list[Window]) -> Fit:
    """The same with fewer groups."""
    return replace(fit, windows=windows)


def _prior(shared: Array) -> tuple[Array, Array]:
    """Precision of each shared parameter beforehand, and what it is expected to be."""
    spread = np.full(SHARED, np.inf)
    centre = np.zeros(SHARED)
    for side in (0, 1):
        o = side * P
        form = slice(o, o + blur.FORM)
        spread[form], centre[form] = blur.SPREAD, blur.START
        spread[o + blur.FORM : o + P] = blur.BEND
    spread[_HORIZON : _HORIZON + 2] = _HORIZON_SPREAD
    spread[_STEP + 1 : _STEP + 3] = _SLOPE_SPREAD * abs(shared[_STEP]) + 1e-9
    spread[_AROUND] = _AROUND_SPREAD
    return 1.0 / spread**2, centre


def _evaluate(
    fit: Fit, shared: Array, locals_: list[Array], precision: Array, centre: Array
) -> tuple[float, Array, Array]:
    tables = [blur.edge_tables(shared[s * P : (s + 1) * P], fit.angles[s]) for s in (0, 1)]
    n = SHARED + kernel.LOCAL * len(fit.windows)
    square, side = np.zeros((n, n)), np.zeros(n)
    off = shared - centre
    total = float(precision @ off**2)
    horizon = shared[_HORIZON : _HORIZON + 2]
    size = SHARED + kernel.LOCAL
    for k, (window, local) in enumerate(zip(fit.windows, locals_, strict=True)):
        x, y = _rank(fit, window)
        q = 1.0 + horizon[0] * (window.seen.x - fit.origin[0])
        q += horizon[1] * (window.seen.y - fit.origin[1])
        a = float(shared[_STEP : _STEP + 3] @ (1.0, x, y))
        step = np.array((a, x, y, shared[_AROUND]))
        sub, part = np.zeros((size, size)), np.zeros(size)
        total += kernel.group_step(
            window.xs, window.ys, window.values, window.weights, local, window.seen.count,
            horizon / q, step, tables[window.side], tables[1 - window.side], True, sub, part,
            window.made,
        )  # fmt: skip
        sub = sub + np.triu(sub, 1).T
        own = np.arange(SHARED + k * kernel.LOCAL, SHARED + (k + 1) * kernel.LOCAL)
        blurs = np.arange(2 * P) if window.side == 0 else np.r_[P : 2 * P, 0:P]
        at = np.r_[blurs, 2 * P : SHARED, own]
        square[np.ix_(at, at)] += sub
        side[at] += part
    index = np.arange(SHARED)
    square[index, index] += precision
    side[:SHARED] -= precision * off
    return total, square, side


def run(fit: Fit, rounds: int) -> float:
    """Improve the fit in place; returns the sum of squares in units of the noise."""
    precision, centre = _prior(fit.shared)
    damping = 1e-3
    locals_ = [w.local for w in fit.windows]
    total, square, side = _evaluate(fit, fit.shared, locals_, precision, centre)
    for _ in range(rounds):
        for _ in range(6):
            damped = square + np.diag(np.diag(square) * damping + 1e-12)
            change = kernel.solved(kernel.factor(damped), side)
            shared = fit.shared + change[:SHARED]
            for s in (0, 1):
                shared[s * P] = min(max(shared[s * P], -4.0), 3.0)
                shared[s * P + 1] = min(max(shared[s * P + 1], -0.4), 1.5)
            own = change[SHARED:].reshape(-1, kernel.LOCAL)
            trial = [a + b for a, b in zip(locals_, own, strict=True)]
            new = _evaluate(fit, shared, trial, precision, centre)
            if math.isfinite(new[0]) and new[0] < total:
                break
            damping *= 8.0
        else:
            break
        gain = total - new[0]
        fit.shared, locals_ = shared, trial
        total, square, side = new
        damping = max(damping / 6.0, 1e-9)
        if gain < ENOUGH:
            break
    for window, local in zip(fit.windows, locals_, strict=True):
        window.local = local
    low = kernel.factor(square)
    columns = [kernel.solved(low, unit) for unit in np.eye(len(square))[: 2 * P]]
    fit.covariance = np.array(columns)[:, : 2 * P]
    return total


def weigh(fit: Fit) -> None:
    """Noise by brightness from what the fit leaves over, and weights from it."""
    made = np.concatenate([w.made for w in fit.windows])
    rest = np.concatenate([w.values - w.made for w in fit.windows])
    lost = len(made) / max(len(made) - SHARED - kernel.LOCAL * len(fit.windows), 1)
    mid = float(np.median(made))
    half = max(float(np.ptp(made)) / 2.0, 1e-9)
    bright = (made - mid) / half
    square = rest**2 * lost
    variance = np.full(len(made), float(np.mean(rest**2)))
    for _ in range(6):
        weight = 1.0 / variance
        # A straight line through the squares, by the two equations of least squares.
        s0, s1, s2 = weight.sum(), (weight * bright).sum(), (weight * bright**2).sum()
        t0, t1 = (weight * square).sum(), (weight * bright * square).sum()
        det = max(float(s0 * s2 - s1 * s1), 1e-300)
        base = max(float(s2 * t0 - s1 * t1) / det, 1e-9)
        slope = float(np.clip((s0 * t1 - s1 * t0) / det, -0.9 * base, 0.9 * base))
        variance = np.maximum(base + slope * bright, 0.05 * base)
    fit.noise = (base - slope * mid / half, slope / half)
    floor = 0.05 * base
    for window in fit.windows:
        value = np.maximum(fit.noise[0] + fit.noise[1] * window.made, floor)
        window.weights = 1.0 / value


def correlation(fit: Fit) -> float:
    """By how much neighbours' noise goes together: 1 for none; the factor that a sum's variance
    grows by, from lags up to two pixels."""
    total, count = 0.0, 0.0
    products: dict[tuple[int, int], float] = {}
    pairs: dict[tuple[int, int], int] = {}
    lags = [(dx, dy) for dx in range(-2, 3) for dy in range(3) if dy > 0 or dx > 0]
    for w in fit.windows:
        xi = np.rint(w.xs + w.seen.x).astype(int)
        yi = np.rint(w.ys + w.seen.y).astype(int)
        grid = np.full((int(np.ptp(yi)) + 1, int(np.ptp(xi)) + 1), np.nan)
        rest = (w.values - w.made) * np.sqrt(w.weights)
        grid[yi - yi.min(), xi - xi.min()] = rest
        total, count = total + float(rest @ rest), count + len(rest)
        for dx, dy in lags:
            h, v = grid.shape
            a = grid[: h - dy, max(0, -dx) : v - max(0, dx)]
            b = grid[dy:, max(0, dx) : v - max(0, -dx)]
            both = a * b
            good = np.isfinite(both)
            products[dx, dy] = products.get((dx, dy), 0.0) + float(both[good].sum())
            pairs[dx, dy] = pairs.get((dx, dy), 0) + int(good.sum())
    mean = total / max(count, 1.0)
    ratios = [products[k] / pairs[k] / mean for k in lags if pairs[k] > 0]
    return max(1.0, 1.0 + 2.0 * sum(ratios))
