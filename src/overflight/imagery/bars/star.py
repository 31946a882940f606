"""A Siemens star: transfer against frequency from rings around its centre.

Every edge of a star points at its centre, so the centre is where the lines along all edges meet.
A ring of radius r then shows k cycles in 2 pi r pixels; its wave's amplitude, over that of a
square wave between the levels in the middle of the widest sectors, is the transfer at
k / (2 pi r), averaged over all directions (Loebich and others, Digital camera resolution
measurements, SPIE 6502, 2007).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.bars.checks import BarsRefused
from overflight.imagery.bars.limit import NORMAL_95

Array = NDArray[np.float64]

_REMEDY = "Cut out one star of equal dark and light sectors with --crop, whole, with little else."
_LEAST_CYCLES, _MOST_CYCLES = 6, 200
_VEIL, _VEIL_SPREAD = 0.02, 0.015
"""Share of light that goes farther than a sector is wide: assumed, as for bars (``blur.VEIL``)."""

_FARTHEST = 0.45
"""Cycles a pixel; nearer to 0.5 a ring's few pixels no longer tell a wave from its double."""


@dataclass(frozen=True, slots=True)
class StarReading:
    """``transfer``: rows of cycles per pixel, transfer, one standard deviation. ``mtf50``: the
    frequency at which it falls to a half; None where the star's rings do not reach so far."""

    centre: tuple[float, float]
    cycles: int
    radius: float
    transfer: tuple[tuple[float, float, float], ...]
    mtf50: float | None
    mtf50_interval_95: tuple[float, float] | None

    def document(self) -> dict[str, Any]:
        def pair(value: tuple[float, float] | None) -> list[float] | None:
            return None if value is None else [round(v, 5) for v in value]

        def short(value: float | None) -> float | None:
            return None if value is None else round(value, 5)

        return {
            "centre": [round(v, 3) for v in self.centre],
            "cycles": self.cycles,
            "radius": round(self.radius, 2),
            "mtf50_cycles_per_pixel": short(self.mtf50),
            "interval_95": pair(self.mtf50_interval_95),
            "transfer": [[round(v, 5) for v in row] for row in self.transfer],
        }

    def text(self) -> str:
        if self.mtf50 is None or self.mtf50_interval_95 is None:
            lines = ["MTF50: beyond what the star's rings show"]
        else:
            low, high = self.mtf50_interval_95
            lines = [
                f"MTF50 {self.mtf50:.4f} cycles per pixel, 95 % interval {low:.4f} to {high:.4f}"
            ]
        x, y = self.centre
        lines.append(f"star of {self.cycles} cycles at x {x:.1f}, y {y:.1f}, {len(self.transfer)} "
                     f"rings out to {self.radius:.0f} pixels")  # fmt: skip
        return "\n".join(lines)


def measure_star(pixels: NDArray[Any], *, top: float) -> StarReading:
    """The reading of the one star in a frame. Raises BarsRefused."""
    if pixels.ndim != 2 or min(pixels.shape) < 48:
        raise BarsRefused("too few pixels", "a star needs 48 x 48 pixels", remedy=_REMEDY)
    values = pixels.astype(float)
    centre = _centre(values)
    reach = min(centre[0], centre[1], values.shape[1] - 1 - centre[0],
                values.shape[0] - 1 - centre[1]) - 1.0  # fmt: skip
    if reach < 20.0:
        raise BarsRefused("no target", "no star's centre lies well in the picture", remedy=_REMEDY)
    cycles, radius = _cycles(values, centre, reach)
    centre = _refined(values, centre, cycles, radius)
    rings = _rings(values, centre, cycles, radius)
    clipped = float(np.mean((values == top) | (values == 0.0)))
    if clipped > 0.02 and np.mean(values == top) > 0.01:
        raise BarsRefused(
            "clipped",
            f"{clipped:.0%} of the pixels are clipped",
            remedy="Expose so that no code reaches the end of the scale.",
        )
    full = _plain_step(values, centre, cycles, radius) * 2.0 / math.pi / (1.0 - _VEIL)
    if not full > 4.0 * float(np.median(rings[:, 2])):
        raise BarsRefused("no target", "no wave runs around the centre", remedy=_REMEDY)
    table = np.c_[rings[:, 0], rings[:, 1] / full, rings[:, 2] / full]
    half, ends = _crossing(table, 0.5)
    return StarReading(
        centre, cycles, radius, tuple((float(a), float(b), float(c)) for a, b, c in table),
        half, ends,
    )  # fmt: skip


def _centre(values: Array) -> tuple[float, float]:
    smooth = (values[:-2] + 2 * values[1:-1] + values[2:])[:, 1:-1]
    gx = values[1:-1, 2:] - values[1:-1, :-2]
    gy = (values[2:] - values[:-2])[:, 1:-1]
    ys, xs = np.mgrid[1 : values.shape[0] - 1, 1 : values.shape[1] - 1]
    size = np.hypot(gx, gy)
    keep = size > np.percentile(size, 70)
    nx, ny = gx[keep] / size[keep], gy[keep] / size[keep]
    x, y = xs[keep].astype(float), ys[keep].astype(float)
    weight = np.ones(len(x))
    cx, cy = smooth.shape[1] / 2.0, smooth.shape[0] / 2.0
    for _ in range(25):
        a, b, c = (weight * nx * nx).sum(), (weight * nx * ny).sum(), (weight * ny * ny).sum()
        at = nx * x + ny * y
        d, e = (weight * nx * at).sum(), (weight * ny * at).sum()
        det = a * c - b * b
        if det <= 1e-9 * a * c:
            break
        cx, cy = float((c * d - b * e) / det), float((a * e - b * d) / det)
        off = np.abs(nx * (cx - x) + ny * (cy - y))
        scale = max(float(np.median(off)), 0.5)
        weight = 1.0 / (1.0 + (off / scale) ** 2)
    return cx, cy


def _ring(values: Array, centre: tuple[float, float], r: float, n: int) -> Array:
    """n values around a ring, each the mean of four pixels by their distance."""
    t = np.arange(n) * (2.0 * math.pi / n)
    x, y = centre[0] + r * np.cos(t), centre[1] + r * np.sin(t)
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    u, v = x - x0, y - y0
    top = values[y0, x0] * (1 - u) + values[y0, x0 + 1] * u
    low = values[y0 + 1, x0] * (1 - u) + values[y0 + 1, x0 + 1] * u
    return np.asarray(top * (1 - v) + low * v)


def _cycles(values: Array, centre: tuple[float, float], reach: float) -> tuple[int, float]:
    n = 2048
    radii = np.linspace(reach * 0.15, reach, 24)
    power = np.array(
        [np.abs(np.fft.rfft(_ring(values, centre, r, n)))[: _MOST_CYCLES + 1] ** 2 for r in radii]
    )
    share = power / power[:, 1:].sum(axis=1, keepdims=True)
    k = int(np.argmax(np.median(share, axis=0)[_LEAST_CYCLES:])) + _LEAST_CYCLES
    good = radii[share[:, k] > 0.4]
    if len(good) < 5:
        raise BarsRefused("no target", "no star of equal sectors was found", remedy=_REMEDY)
    return k, float(good.max())


def _refined(
    values: Array, centre: tuple[float, float], cycles: int, radius: float
) -> tuple[float, float]:
    """Where the inner rings show most of the wave."""
    radii = np.linspace(0.2, 0.5, 6) * radius

    def score(c: tuple[float, float]) -> float:
        return float(sum(np.abs(np.fft.rfft(_ring(values, c, r, 1024)))[cycles] for r in radii))

    best, high, step = centre, score(centre), 1.0
    while step > 0.02:
        trials = [
            (best[0] + dx * step, best[1] + dy * step) for dx in (-1, 0, 1) for dy in (-1, 0, 1)
        ]
        top = max(trials, key=score)
        new = score(top)
        if new > high:
            best, high = top, new
        else:
            step /= 2.0
    return best


def _rings(values: Array, centre: tuple[float, float], cycles: int, radius: float) -> Array:
    """Rows of frequency, amplitude and its deviation, from the outermost ring inwards, each from
    the pixels themselves; inwards as far as pixels carry it."""
    inner = max(cycles / (2.0 * math.pi * _FARTHEST), 2.0)
    r0, r1 = int(centre[1] - radius) - 1, int(centre[1] + radius) + 2
    c0, c1 = int(centre[0] - radius) - 1, int(centre[0] + radius) + 2
    r0, c0 = max(r0, 0), max(c0, 0)
    part = values[r0:r1, c0:c1]
    ys, xs = np.mgrid[r0 : r0 + part.shape[0], c0 : c0 + part.shape[1]]
    dx, dy = xs - centre[0], ys - centre[1]
    r, t = np.hypot(dx, dy), np.arctan2(dy, dx)
    rows = []
    edges = [radius]
    while edges[-1] > inner:
        edges.append(edges[-1] - max(0.05 * edges[-1], 0.8))
    for out, into in itertools.pairwise(edges):
        if into < 1.0:
            break
        ring = (r < out) & (r >= into)
        if ring.sum() < 24:
            continue
        basis = np.c_[np.ones(ring.sum()), np.cos(cycles * t[ring]), np.sin(cycles * t[ring]),
                      np.cos(t[ring]), np.sin(t[ring])]  # fmt: skip
        square = basis.T @ basis
        inverse = np.linalg.inv(square + np.eye(5) * 1e-9)
        answer = inverse @ (basis.T @ part[ring])
        rest = part[ring] - basis @ answer
        noise = float(rest.std()) * math.sqrt(inverse[1, 1])
        amplitude = math.hypot(answer[1], answer[2])
        # Noise alone has an amplitude; what it adds is taken off.
        rows.append(
            (cycles / (2.0 * math.pi * math.sqrt(out * into)),
             math.sqrt(max(amplitude**2 - 2 * noise**2, 0.0)), noise)
        )  # fmt: skip
    if len(rows) < 6:
        raise BarsRefused("too few pixels", "the star is too small", remedy=_REMEDY)
    return np.array(rows)


def _plain_step(values: Array, centre: tuple[float, float], cycles: int, radius: float) -> float:
    """Light less dark in the middle of the sectors, where they are widest: the wave of a square
    edge has 2 / pi of it for an amplitude."""
    r1, c1 = values.shape
    ys, xs = np.mgrid[0:r1, 0:c1]
    r = np.hypot(xs - centre[0], ys - centre[1])
    ring = (r > 0.88 * radius) & (r < 0.97 * radius)
    phase = cycles * np.arctan2(ys[ring] - centre[1], xs[ring] - centre[0])
    part = values[ring]
    turned = math.atan2(float((part * np.sin(phase)).sum()), float((part * np.cos(phase)).sum()))
    middle = np.cos(phase - turned)
    return float(part[middle > 0.92].mean() - part[middle < -0.92].mean())


def _crossing(table: Array, level: float) -> tuple[float | None, tuple[float, float] | None]:
    below = np.flatnonzero(table[:, 1] < level)
    if not below.size or below[0] == 0:
        return None, None
    # A straight line through the rings about the crossing.
    k = int(below[0])
    near = table[max(k - 3, 0) : k + 3]
    weight = 1.0 / np.maximum(near[:, 2], 1e-6) ** 2
    x0 = float(np.average(near[:, 0], weights=weight))
    y0 = float(np.average(near[:, 1], weights=weight))
    spread = float((weight * (near[:, 0] - x0) ** 2).sum())
    slope = float((weight * (near[:, 0] - x0) * (near[:, 1] - y0)).sum()) / spread
    if slope >= 0.0:
        return None, None
    at = x0 + (level - y0) / slope
    error = math.sqrt(1.0 / weight.sum() + (at - x0) ** 2 / spread) / -slope
    error = math.hypot(error, _VEIL_SPREAD * level / -slope)
    return at, (at - NORMAL_95 * error, at + NORMAL_95 * error)
