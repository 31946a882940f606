"""Where the edge runs: a parabola, to a few thousandths of a pixel.

First the direction in which the picture, read along that direction, varies least; then a joint fit
by least squares of position, direction, bow, levels on both sides, illumination across the crop
and (at first) the width of a Gaussian blur.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.edge.spread import REACH, STEP, Sampler

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """An edge d = u - (b0 + b1 t + b2 t^2) = 0 about the crop's centre.

    u = x cos(normal) + y sin(normal) runs from dark to light, t along the edge, both in pixels
    from the centre; x to the right and y down. ``lean_u`` and ``lean_t`` are the relative change of
    the illumination per pixel.
    """

    normal: float
    b0: float = 0.0
    b1: float = 0.0
    b2: float = 0.0
    lean_u: float = 0.0
    lean_t: float = 0.0
    dark: float = 0.0
    contrast: float = 1.0
    blur: float = 1.0


@dataclass(frozen=True, slots=True)
class Pixels:
    """Coordinates from the centre, and values, of the n pixels of a crop: (n,) each."""

    x: Array
    y: Array
    value: Array

    @classmethod
    def of(cls, image: Array) -> Pixels:
        rows, columns = image.shape
        y, x = np.mgrid[0:rows, 0:columns].astype(float)
        return cls((x - (columns - 1) / 2.0).ravel(), (y - (rows - 1) / 2.0).ravel(), image.ravel())

    def where(self, chosen: NDArray[np.bool_]) -> Pixels:
        return Pixels(self.x[chosen], self.y[chosen], self.value[chosen])


def across_along(pixels: Pixels, line: Line) -> tuple[Array, Array]:
    """u and t of every pixel."""
    c, s = math.cos(line.normal), math.sin(line.normal)
    return pixels.x * c + pixels.y * s, pixels.y * c - pixels.x * s


def distances(pixels: Pixels, line: Line) -> Array:
    """Signed distance of each pixel's centre from the edge, positive on the light side."""
    u, t = across_along(pixels, line)
    slope = line.b1 + 2.0 * line.b2 * t
    return (u - line.b0 - line.b1 * t - line.b2 * t * t) / np.sqrt(1.0 + slope * slope)


def illumination(pixels: Pixels, line: Line) -> Array:
    """Relative illumination at each pixel, 1 at the centre."""
    u, t = across_along(pixels, line)
    return 1.0 + line.lean_u * u + line.lean_t * t


def _unlike(pixels: Pixels, angle: float, width: float) -> float:
    """How much values vary between pixels of equal distance: the sum of squares within bins."""
    u = pixels.x * math.cos(angle) + pixels.y * math.sin(angle)
    index = ((u - u.min()) / width).astype(np.intp)
    count = np.maximum(np.bincount(index), 1)
    total = np.bincount(index, pixels.value)
    return float(-(total * total / count).sum())


def roughly(image: Array) -> tuple[Line, float]:
    """A first line, and how much of the picture's variance it explains, 0 to 1."""
    rows, columns = image.shape
    step = max(1, min(rows, columns) // 60)
    small = image[: rows // step * step, : columns // step * step]
    small = small.reshape(rows // step, step, columns // step, step).mean(axis=(1, 3))
    coarse = Pixels.of(small)
    angles = np.radians(np.arange(0.0, 180.0, 1.0))
    angle = float(min(angles, key=lambda a: _unlike(coarse, float(a), 1.0)))
    pixels = Pixels.of(image)
    for reach, pace in ((1.0, 0.2), (0.2, 0.05)):
        near = angle + np.radians(np.arange(-reach, reach + 1e-9, pace))
        angle = float(min(near, key=lambda a: _unlike(pixels, float(a), 0.5)))
    u = pixels.x * math.cos(angle) + pixels.y * math.sin(angle)
    index = (u - u.min() + 0.5).astype(np.intp)
    count = np.bincount(index)
    kept = count >= max(4, 0.2 * count.max())
    mean = np.bincount(index, pixels.value)[kept] / count[kept]
    place = np.flatnonzero(kept) + u.min()
    total = float(((pixels.value - pixels.value.mean()) ** 2).sum())
    explained = float((count[kept] * (mean - pixels.value.mean()) ** 2).sum()) / max(total, 1e-300)
    return _from_profile(angle, place, mean), explained


def _from_profile(angle: float, place: Array, mean: Array) -> Line:
    """Levels, position and width from the picture read along its edge."""
    tenth = max(2, mean.size // 8)
    left, right = float(np.median(mean[:tenth])), float(np.median(mean[-tenth:]))
    if left > right:
        angle, place, mean = angle + math.pi, -place[::-1], mean[::-1]
        left, right = right, left
    contrast = max(right - left, 1e-12)
    share = (mean - left) / contrast
    width = np.gradient(place)
    half = len(share) // 2
    # The distance at which the area above the curve equals the area below it.
    b0 = float(place[-1] + 0.5 - (np.clip(share, -0.2, 1.2) * width).sum()) if half else 0.0
    moment = float((np.clip(np.where(place < b0, share, 1.0 - share), 0.0, 1.0) * width).sum())
    return Line(angle, b0=b0, dark=left, contrast=contrast, blur=max(0.3, moment * 1.25))


_PHI_X = np.linspace(-6.0, 6.0, 2401)
_PHI = np.array([0.5 * math.erf(x / math.sqrt(2.0)) for x in _PHI_X])


def _gaussian(d: Array, blur: float) -> tuple[Array, Array]:
    z = d / blur
    return np.interp(z, _PHI_X, _PHI), np.exp(-0.5 * z * z) / (blur * math.sqrt(2.0 * math.pi))


def refined(pixels: Pixels, line: Line, table: Array | None = None, rounds: int = 12) -> Line:
    """The line of least squares, with a Gaussian blur of free width or a blur's own ``table``."""
    slope = None if table is None else np.gradient(table, STEP)
    damping = 1e-3
    best: float | None = None
    kept = line
    inside = np.abs(distances(pixels, line)) <= REACH
    near = pixels.where(inside)
    for _ in range(rounds * 2):
        u, t = across_along(near, line)
        d = distances(near, line)
        if table is None or slope is None:
            level, density = _gaussian(d, line.blur)
        else:
            sampler = Sampler.at(d)
            level, density = sampler.of(table), sampler.of(slope)
        light = 1.0 + line.lean_u * u + line.lean_t * t
        value = line.dark + line.contrast * (level + 0.5)
        error = near.value - light * value
        loss = float(error @ error)
        if best is not None and loss > best:
            damping *= 10.0
            if damping > 1e6:
                break
        else:
            done = best is not None and best - loss < 1e-10 * loss
            best, kept = loss, line
            damping = max(damping * 0.2, 1e-12)
            push = -line.contrast * density * light
            columns = [light, light * (level + 0.5), push, push * t, push * t * t]
            columns += [u * value, t * value]
            if table is None:
                columns.append(push * d)
            j = np.stack(columns)
            normal_matrix, gradient = j @ j.T, j @ error
            if done:
                break
        scale = np.diag(normal_matrix)
        root = np.sqrt(np.maximum(scale, 1e-300))
        scaled = normal_matrix / np.outer(root, root) + damping * np.eye(root.size)
        step = np.linalg.solve(scaled, gradient / root) / root
        line = _moved(kept, step)
    return kept


def _moved(line: Line, step: Array) -> Line:
    """A line after a step of the fit, turned so that b1 is zero again."""
    b1 = line.b1 + float(step[3])
    turn = math.atan(b1)
    blur = line.blur
    if step.size > 7:
        blur = float(np.clip(blur * math.exp(np.clip(step[7], -0.7, 0.7)), 0.1, 30.0))
    return replace(
        line,
        dark=line.dark + float(step[0]),
        contrast=line.contrast + float(step[1]),
        normal=line.normal - turn,
        b0=(line.b0 + float(step[2])) * math.cos(turn),
        b1=0.0,
        b2=line.b2 + float(step[4]),
        lean_u=line.lean_u + float(step[5]),
        lean_t=line.lean_t + float(step[6]),
        blur=blur,
    )
