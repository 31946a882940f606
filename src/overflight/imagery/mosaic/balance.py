"""How bright each frame is beside the others, and how the camera darkens towards its corners.

Where frames overlap they show the same ground. With g a frame's gain in a band and v the falloff
shared by all frames of the camera, v(r) = exp(c1 r^2 + c2 r^4 + c3 r^6) and r the distance from
the middle of a frame in units of the farthest corner, a pixel seen in frames i and j gives

    log I_i - log I_j = log g_i - log g_j + log v(r_i) - log v(r_j)

which is linear in all unknowns: one system for the whole leg and each band, solved by reweighted
least squares with Tukey's biweight, so that what moved or stands up does not count. A cell counts
the less the more uneven the ground around it is: what is uneven and lies a little beside itself in
two frames differs by as much, and trees are seen from their bright side in the one frame and from
their dark side in the other. It counts the less the darker it is: a constant part (haze) is not
told apart from a gain, since on ground of little contrast the two cannot be separated, and a wrong
one shows in shadows. The gains of frames that hang together have the geometric mean 1.

Where the sun stands low, ground looks brighter towards one side of every frame. Gains alone take
that for a drift: each frame a little darker than the one before, and the far end of a leg is black.
So v has a third part, exp(a x + b y) with x to the east and y to the south. A ramp of the gains
along the map and a and b are the same thing in every overlap; of all that fit alike the likeliest
is taken: two frames may well differ by chance, ten hardly get darker step by step.

Cf. Brown and Lowe 2007, "Automatic panoramic image stitching using invariant features", section 6;
Goldman 2010, "Vignette and exposure calibration and compensation".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.mosaic.overview import Geometry, Overview

NONE, GAIN, LIGHT = "none", "gain", "light"
KINDS = (LIGHT, GAIN, NONE)
"""All of the above; gains only; nothing."""

TERMS = 5
"""Of the shape that all frames share: x, y, r^2, r^4, r^6."""
_CHOICES: dict[str, tuple[tuple[int, ...], ...]] = {
    GAIN: ((),),
    LIGHT: ((0, 1, 2, 3, 4), (0, 1, 2), (0, 1), ()),
}
"""Which terms are looked for, and which instead if what comes out cannot be."""
_MOST_SAMPLES = 200_000
_ROUNDS = 30
_TUKEY = 4.685
"""95 % efficiency for normal errors: Holland and Welsch 1977."""
_RIDGE = 1e-6
_LEAST_PAIR = 8
_AROUND = 2
_LEAST_SIGMA = 0.005
_HAZE = 0.02
"""Of the brightest value: what haze or stray light may add."""
_WEAK = 0.2
"""A direction in which the frames' middles spread less than this share of the other is not
asked."""
_LEAST_FREE = 2
_NOTABLE, _FEW = 4.0, 24.0
"""Variance ratios that chance gives one time in twenty: 4 with many frames, 10 with two degrees of
freedom (tables of F)."""
_DARK, _BRIGHT = 0.015, 0.98
"""Of the brightest value found: outside of these a value may have been cut off."""
_FALLOFF_RANGE = (0.15, 1.15)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Balance:
    """``gains`` (frames, bands): how bright a frame is; a value is divided by it, and by what
    ``shape`` (bands, TERMS) says of its place in the frame. ``before`` and ``after`` (bands): by
    how much logarithms differ where frames overlap, a robust standard deviation. ``groups``: frames
    that hang together by overlaps."""

    kind: str
    gains: Floats
    shape: Floats
    before: Floats
    after: Floats
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """The cells that two frames share: the difference of the shape's terms (n, TERMS), difference
    of logarithms (n, bands), what these may be off by (n, bands)."""

    i: int
    j: int
    base: Floats
    ratio: Floats
    sigma: Floats


def balanced(overview: Overview, geometry: Geometry, kind: str) -> Balance:
    """The gains of the frames and the shape that they share, of ``kind``."""
    count, bands = len(overview.values), overview.values[0].shape[2]
    pairs = _pairs(overview, geometry)
    groups = _groups(count, pairs)
    logs, shape = np.zeros((count, bands)), np.zeros((bands, TERMS))
    before = _spread(pairs, logs, shape)
    if kind == NONE or not pairs:
        return Balance(kind, np.exp(logs), shape, before, before, groups)
    for terms in _CHOICES[kind]:
        for b in range(bands):
            logs[:, b], shape[b] = _solved(pairs, count, b, terms)
        if _sensible(shape):
            break
    if kind == LIGHT:
        logs, shape = _likeliest(logs, shape, geometry, groups)
    after = _spread(pairs, logs, shape)
    return Balance(kind, np.exp(logs), shape, before, after, groups)


def shape_at(x: NDArray[Any], y: NDArray[Any], terms: Floats) -> NDArray[Any]:
    """What the frames share at places x and y from the middle, in radii; terms (TERMS,) of one
    band."""
    r2 = x * x + y * y
    c = terms
    bright: NDArray[Any] = np.exp(c[0] * x + c[1] * y + r2 * (c[2] + r2 * (c[3] + r2 * c[4])))
    return bright


def _likeliest(
    logs: Floats, shape: Floats, geometry: Geometry, groups: tuple[tuple[int, ...], ...]
) -> tuple[Floats, Floats]:
    """The same differences in every overlap, with the likeliest ramp.

    With ground of R exp(s X), gains g - s X_i and a shape a - s x are the same as g and a. A ramp
    of the gains is taken for light as far as it stands out of their scatter about it: by the
    variance ratio of the regression, shrunk as James and Stein 1961.
    """
    at = geometry.middle[:, ::-1] / geometry.radius
    for group in groups:
        at[list(group)] -= at[list(group)].mean(axis=0)
    every = logs - at @ shape[:, :2].T
    ramp, _, rank, _ = np.linalg.lstsq(at, every, rcond=_WEAK)
    for group in groups:
        every[list(group)] -= every[list(group)].mean(axis=0)
    explained, left = float(((at @ ramp) ** 2).sum()), float(((every - at @ ramp) ** 2).sum())
    free = len(at) - len(groups) - int(rank)
    if free < _LEAST_FREE or explained <= 0.0:
        ramp[:] = 0.0
    else:
        ratio = explained / max(int(rank), 1) / max(left / free, 1e-12)
        ramp *= max(0.0, 1.0 - (_NOTABLE + _FEW / free**2) / ratio)
    new = shape.copy()
    new[:, :2] = -ramp.T
    return every - at @ ramp, new


def _pairs(overview: Overview, geometry: Geometry) -> list[_Pair]:
    """Cells of a coarser grid that two frames see wholly, with values that are not cut off."""
    count = len(overview.values)
    total = sum(seen.size for seen in overview.seen)
    step = 1
    while total / step**2 > _MOST_SAMPLES:
        step *= 2
    top = max(float(v[s].max()) for v, s in zip(overview.values, overview.seen, strict=True))
    coarse = [
        _coarse(overview.values[k], overview.seen[k], overview.corners[k], step, top)
        for k in range(count)
    ]
    size = overview.factor * step
    pairs = []
    for i in range(count):
        for j in range(i + 1, count):
            box = _shared(coarse[i], coarse[j])
            if box is None:
                continue
            r0, _, c0, _ = box
            logs_i, rough_i, ok_i = _part(coarse[i], box)
            logs_j, rough_j, ok_j = _part(coarse[j], box)
            rows, columns = np.nonzero(ok_i & ok_j)
            if len(rows) < _LEAST_PAIR:
                continue
            at = np.stack([rows + r0 + 0.5, columns + c0 + 0.5], axis=1) * size
            base = _terms(at, geometry, i) - _terms(at, geometry, j)
            ratio = logs_i[rows, columns] - logs_j[rows, columns]
            rough = (rough_i**2 + rough_j**2)[rows, columns] + _LEAST_SIGMA**2
            dark = np.exp(-logs_i[rows, columns] - logs_j[rows, columns]) * (_HAZE * top) ** 2
            sigma = np.sqrt(rough[:, None] + dark)
            pairs.append(_Pair(i, j, base, ratio, sigma))
    return pairs


@dataclass(frozen=True, slots=True)
class _Coarse:
    """A frame in coarse cells: logarithms (rows, columns, bands), how uneven they are around each
    (rows, columns), which count, the first cell's row and column."""

    logs: Floats
    rough: Floats
    fits: NDArray[np.bool_]
    corner: tuple[int, int]


def _coarse(
    values: NDArray[Any], seen: NDArray[np.bool_], corner: tuple[int, int], step: int, top: float
) -> _Coarse:
    """Logarithms of means of ``step`` by ``step`` cells, on a grid that all frames share."""
    first = (-(-corner[0] // step), -(-corner[1] // step))
    skip = (first[0] * step - corner[0], first[1] * step - corner[1])
    rows, columns = (max(0, (n - s) // step) for n, s in zip(seen.shape, skip, strict=True))
    bands = values.shape[2]
    part = np.s_[skip[0] : skip[0] + rows * step, skip[1] : skip[1] + columns * step]
    cut = values[part].reshape(rows, step, columns, step, bands)
    squares = seen[part].reshape(rows, step, columns, step)
    whole: NDArray[np.bool_] = np.logical_and.reduce(squares, axis=(1, 3))
    if not whole.size:
        return _Coarse(np.zeros((rows, columns, bands)), np.zeros(whole.shape), whole, first)
    fits = (cut.max(axis=(1, 3, 4)) < _BRIGHT * top) | (top <= 1.0)
    mean = cut.mean(axis=(1, 3), dtype=np.float64)
    fits &= (mean > _DARK * top).all(axis=2)
    logs = np.log(np.maximum(mean, 1e-9))
    return _Coarse(logs, _unevenness(logs.mean(axis=2), whole), whole & fits, first)


def _unevenness(logs: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Standard deviation of what is seen in a window around each cell."""
    one = np.where(seen, 1.0, 0.0)
    n, s, s2 = (_window_sum(x) for x in (one, one * logs, one * logs**2))
    n = np.maximum(n, 1.0)
    return np.sqrt(np.maximum(s2 / n - (s / n) ** 2, 0.0))


def _window_sum(x: Floats) -> Floats:
    for axis in (0, 1):
        wide = np.zeros([n + 2 * _AROUND * (k == axis) for k, n in enumerate(x.shape)])
        inner = [slice(None), slice(None)]
        inner[axis] = slice(_AROUND, _AROUND + x.shape[axis])
        wide[tuple(inner)] = x
        parts = [np.take(wide, range(k, k + x.shape[axis]), axis) for k in range(2 * _AROUND + 1)]
        x = np.sum(parts, axis=0)
    return x


def _shared(a: _Coarse, b: _Coarse) -> tuple[int, int, int, int] | None:
    (top_a, left_a), (top_b, left_b) = a.corner, b.corner
    r0, c0 = max(top_a, top_b), max(left_a, left_b)
    r1 = min(top_a + a.fits.shape[0], top_b + b.fits.shape[0])
    c1 = min(left_a + a.fits.shape[1], left_b + b.fits.shape[1])
    return (r0, r1, c0, c1) if r0 < r1 and c0 < c1 else None


def _part(of: _Coarse, box: tuple[int, int, int, int]) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    r0, r1, c0, c1 = box
    top, left = of.corner
    inside = np.s_[r0 - top : r1 - top, c0 - left : c1 - left]
    return of.logs[inside], of.rough[inside], of.fits[inside]


def _terms(at: Floats, geometry: Geometry, k: int) -> Floats:
    """x, y, r^2, r^4, r^6 of places (n, 2) row and column in frame ``k``: (n, TERMS)."""
    y, x = ((at - geometry.middle[k]) / geometry.radius).T
    r2 = x * x + y * y
    return np.stack([x, y, r2, r2**2, r2**3], axis=1)


def _solved(
    pairs: list[_Pair], count: int, band: int, terms: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """Logarithms of the gains (count,) and the shape (TERMS,) of one band."""
    size = count + len(terms)
    bases = [p.base[:, list(terms)] for p in pairs]
    found: Floats = np.zeros(size)
    trust = [1.0 / p.sigma[:, band] ** 2 for p in pairs]
    weights = trust
    for _ in range(_ROUNDS):
        normal: Floats = np.zeros((size, size))
        right: Floats = np.zeros(size)
        for p, base, w in zip(pairs, bases, weights, strict=True):
            _add(normal, right, p, base, w, p.ratio[:, band], count)
        scale = max(float(np.trace(normal)) / size, 1.0)
        normal[np.diag_indices(size)] += _RIDGE * scale
        new: Floats = np.asarray(np.linalg.solve(normal, right), dtype=np.float64)
        left = [
            (p.ratio[:, band] - (new[p.i] - new[p.j] + base @ new[count:])) / p.sigma[:, band]
            for p, base in zip(pairs, bases, strict=True)
        ]
        sigma = max(1.4826 * float(np.median(np.abs(np.concatenate(left)))), 1e-6)
        weights = [
            t * np.clip(1.0 - (x / (_TUKEY * sigma)) ** 2, 0.0, None) ** 2
            for t, x in zip(trust, left, strict=True)
        ]
        done = float(np.abs(new - found).max()) < 1e-7
        found = new
        if done:
            break
    shape = np.zeros(TERMS)
    shape[list(terms)] = found[count:]
    return found[:count], shape


def _add(
    normal: Floats, right: Floats, p: _Pair, base: Floats, w: Floats, y: Floats, count: int
) -> None:
    i, j = p.i, p.j
    total, wy = float(w.sum()), float(w @ y)
    normal[i, i] += total
    normal[j, j] += total
    normal[i, j] -= total
    normal[j, i] -= total
    right[i] += wy
    right[j] -= wy
    if base.shape[1]:
        sums = w @ base
        tail = slice(count, None)
        normal[i, tail] += sums
        normal[tail, i] += sums
        normal[j, tail] -= sums
        normal[tail, j] -= sums
        normal[tail, tail] += (base * w[:, None]).T @ base
        right[tail] += base.T @ (w * y)


def _spread(pairs: list[_Pair], logs: Floats, shape: Floats) -> Floats:
    """1.4826 times the median absolute difference left, for each band."""
    if not pairs:
        return np.zeros(logs.shape[1])
    left = [p.ratio - (logs[p.i] - logs[p.j]) - p.base @ shape.T for p in pairs]
    spread: Floats = 1.4826 * np.median(np.abs(np.concatenate(left)), axis=0)
    return spread


def _sensible(shape: Floats) -> bool:
    """Whether a camera may darken so outwards."""
    x = np.linspace(0.0, 1.0, 33)
    low, high = _FALLOFF_RANGE
    only = shape * np.array([0.0, 0.0, 1.0, 1.0, 1.0])
    curves = np.array([shape_at(x, np.zeros_like(x), terms) for terms in only])
    return bool((curves > low).all() and (curves < high).all())


def _groups(count: int, pairs: list[_Pair]) -> tuple[tuple[int, ...], ...]:
    of = list(range(count))

    def root(k: int) -> int:
        while of[k] != k:
            k = of[k]
        return k

    for pair in pairs:
        a, b = sorted((root(pair.i), root(pair.j)))
        of[b] = a
    found: dict[int, list[int]] = {}
    for k in range(count):
        found.setdefault(root(k), []).append(k)
    return tuple(tuple(group) for group in found.values())
