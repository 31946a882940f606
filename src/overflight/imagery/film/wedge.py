"""The steps of a sensitometric strip or wedge on scanned film: found, or in a given box; read.

Each step is read in the inner part of its place. Density is that of the mean light through it, as
a densitometer has it, and its standard deviation comes from the means of small blocks, since
grain and shading are alike over neighbouring pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.film.scanner import Scanner, density, transmittance

Array = NDArray[np.float64]
Box = tuple[int, int, int, int]
"""x, y, width, height in pixels from the upper left corner."""

_INNER = 0.6
_LEAST = 12
_SIZE = 480
_JUMP = 0.05
_BAND = 6
_NOISE, _SPAN, _RISES = 0.06, 0.8, 8


@dataclass(frozen=True, slots=True)
class Step:
    """A step, numbered from 1 at the least exposure: density, one standard deviation, its box."""

    number: int
    density: float
    deviation: float
    box: Box


def read_steps(counts: NDArray[Any], scanner: Scanner, box: Box, steps: int) -> tuple[Step, ...]:
    """The steps in a box that holds just them, in equal parts along its longer side.

    On a negative the step that got the most light is the densest, so they are numbered from light
    to dense. Raises ImageError for a box that is not in the picture or too small.
    """
    light = transmittance(cut(counts, box), scanner)
    upright = light.shape[0] > light.shape[1]
    cells = light.T if upright else light
    across, along = cells.shape
    if along < steps * _LEAST or across < _LEAST:
        raise ImageError(
            f"{steps} steps in {box[2]} x {box[3]} pixels",
            remedy=f"A step needs {_LEAST} pixels or more each way: scan it finer.",
        )
    found = []
    for k in range(steps):
        a0, a1 = _inner(along * k / steps, along * (k + 1) / steps)
        c0, c1 = _inner(0.0, float(across))
        value, deviation = patch_density(cells[c0:c1, a0:a1])
        x, y = (box[0] + c0, box[1] + a0) if upright else (box[0] + a0, box[1] + c0)
        size = (c1 - c0, a1 - a0) if upright else (a1 - a0, c1 - c0)
        found.append((value, deviation, (x, y, *size)))
    if found[0][0] > found[-1][0]:
        found.reverse()
    return tuple(Step(k + 1, d, s, b) for k, (d, s, b) in enumerate(found))


def patch_density(light: NDArray[Any]) -> tuple[float, float]:
    """Density of the mean light through a plain patch, and its standard deviation."""
    side = max(3, min(16, min(light.shape) // 4))
    rows, columns = (n // side for n in light.shape)
    mean = float(light.mean())
    if mean <= 0.0:
        raise ImageError(
            "no light comes through a step", remedy="Scan with more light, or give scanner.dark."
        )
    blocks = light[: rows * side, : columns * side].reshape(rows, side, columns, side)
    means = blocks.mean(axis=(1, 3))
    deviation = float(means.std(ddof=1)) / math.sqrt(means.size) if means.size > 1 else math.inf
    return float(density(np.array(mean))), deviation / mean / math.log(10.0)


def find_wedge(counts: NDArray[Any], scanner: Scanner, steps: int) -> Box:
    """The box of a wedge of so many equal steps that lies along a side of the picture.

    Its ends must be seen: what is beside it differs from its first and last step, or is not in
    the picture. Raises ImageError otherwise: which step is the first cannot be guessed.
    """
    factor = max(1, round(max(counts.shape) / _SIZE))
    light = _reduced(transmittance(counts, scanner), factor)
    best: tuple[tuple[float, float, float], Box] | None = None
    for upright in (False, True):
        turned = light.T if upright else light
        seen = density(turned)
        for row in range(0, seen.shape[0] - _BAND + 1, _BAND):
            found = _along(density(turned[row : row + _BAND].mean(axis=0)), steps)
            if found is not None and (best is None or _better(found, best[0])):
                start, pitch = found[1], found[2]
                low, high = _broad(seen, row, start, pitch, steps)
                x, y = round(start * factor), low * factor
                w, h = round(pitch * steps * factor), (high - low) * factor
                best = (found, (y, x, h, w) if upright else (x, y, w, h))
    if best is None:
        raise ImageError(
            f"no wedge of {steps} equal steps with both its ends is seen",
            remedy="Give its place: wedge.box = [x, y, width, height], in pixels.",
        )
    x, y, w, h = best[1]
    return x, y, min(w, counts.shape[1] - x), min(h, counts.shape[0] - y)


def _along(profile: Array, steps: int) -> tuple[float, float, float] | None:
    """Noise within steps, start and pitch of the best wedge along a line; None where none is."""
    n = len(profile)
    total = np.concatenate([[0.0], np.cumsum(profile)])
    squares = np.concatenate([[0.0], np.cumsum(profile**2)])
    best: tuple[float, float, float] | None = None
    for pitch in np.arange(5.0, n / steps + 0.01, 0.25):
        starts = np.arange(0.0, n - pitch * steps + 1e-9, 1.0)
        edges = starts[:, None] + pitch * np.arange(steps + 1)
        a = np.ceil(edges[:, :-1] + 0.2 * pitch).astype(int)
        b = np.floor(edges[:, 1:] - 0.2 * pitch).astype(int)
        b = np.minimum(np.maximum(b, a + 2), n)
        a = np.minimum(a, b - 2)
        count = b - a
        level = (total[b] - total[a]) / count
        within = np.maximum((squares[b] - squares[a]) / count - level**2, 0.0)
        noise = np.sqrt(within.mean(axis=1))
        rises = np.diff(level, axis=1)
        rises = np.where(level[:, -1:] > level[:, :1], rises, -rises)
        good = (noise < _NOISE) & (np.abs(level[:, -1] - level[:, 0]) > _SPAN)
        good &= (rises > -0.03).all(axis=1) & ((rises > 0.03).sum(axis=1) >= _RISES)
        good &= _ended(profile, starts, pitch * steps, level)
        if good.any():
            whole = _within(total, squares, edges, 0.05)
            k = int(np.argmin(np.where(good, whole, np.inf)))
            found = float(whole[k]), float(starts[k]), float(pitch)
            if best is None or _better(found, best):
                best = found
    return best


def _better(found: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    """The wider pitch, since parts of steps fit a wedge as well; of like pitches the quieter."""
    if abs(found[2] - other[2]) > 0.15 * other[2]:
        return found[2] > other[2]
    return found[0] < other[0]


def _within(total: Array, squares: Array, edges: Array, rim: float) -> Array:
    """Root mean variance within all steps, without a part of each at its ends, for each start."""
    pitch = edges[:, 1:2] - edges[:, :1]
    a = np.ceil(edges[:, :-1] + rim * pitch).astype(int)
    b = np.minimum(np.floor(edges[:, 1:] - rim * pitch).astype(int), len(total) - 1)
    b = np.maximum(b, a + 1)
    count = b - a
    spread = (squares[b] - squares[a]) / count - ((total[b] - total[a]) / count) ** 2
    return np.asarray(np.sqrt(np.maximum(spread, 0.0).mean(axis=1)))


def _ended(profile: Array, starts: Array, length: float, level: Array) -> NDArray[np.bool_]:
    """Whether the line changes just before the first step and just after the last, or ends."""
    n = len(profile)
    before = np.maximum(starts.astype(int) - 2, 0)
    ends = np.round(starts + length).astype(int)
    after = np.minimum(ends + 1, n - 1)
    first = (starts < 2.0) | (np.abs(profile[before] - level[:, 0]) > _JUMP)
    last = (ends > n - 2) | (np.abs(profile[after] - level[:, -1]) > _JUMP)
    return np.asarray(first & last)


def _broad(seen: Array, row: int, start: float, pitch: float, steps: int) -> tuple[int, int]:
    """Rows from and up to before which the same steps are seen as in ``row``."""
    middles = (start + pitch * (np.arange(steps) + 0.5)).astype(int)
    wanted = np.median(seen[row : row + _BAND][:, middles], axis=0)
    same = np.abs(np.median(seen[:, middles] - wanted, axis=1)) < 0.1
    same &= np.mean(np.abs(seen[:, middles] - wanted), axis=1) < 0.15
    low, high = row, row + _BAND
    while low > 0 and same[low - 1]:
        low -= 1
    while high < len(same) and same[high]:
        high += 1
    return low, high


def _inner(start: float, end: float) -> tuple[int, int]:
    rim = (end - start) * (1.0 - _INNER) / 2.0
    return math.ceil(start + rim), math.floor(end - rim)


def _reduced(light: Array, factor: int) -> Array:
    rows, columns = (n // factor for n in light.shape)
    cut = light[: rows * factor, : columns * factor]
    return np.asarray(cut.reshape(rows, factor, columns, factor).mean(axis=(1, 3)))


def cut(counts: NDArray[Any], box: Box) -> NDArray[Any]:
    x, y, width, height = box
    rows, columns = counts.shape
    if x < 0 or y < 0 or width < 1 or height < 1 or x + width > columns or y + height > rows:
        raise ImageError(
            f"the box {x},{y},{width},{height} does not lie in {columns} x {rows} pixels",
            remedy="Give x, y, width and height in pixels from the upper left corner.",
        )
    return counts[y : y + height, x : x + width]
