"""Patches of one frame found again in another: normalised cross-correlation, to a part of a pixel.

Where the patch is to be looked for, and how it is turned and scaled there, comes from what is
known of both frames and the ground; what is found is how far that was off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.geo.earth_fixed import from_earth_fixed, north_east_down
from overflight.imagery.collinear import project, rays
from overflight.terms.frames import Floats, OrientedFrame

Single = NDArray[np.float32]
Surface = Callable[[Floats, Floats], Floats]
"""Heights above the ellipsoid, metres, at latitudes and longitudes; nan where none is known."""

_GROUND_STEPS = 12
HALF = 10
"""A patch is 2 HALF + 1 pixels wide."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame in grey, and its halves: ``levels[k]`` is shrunk by ``2 ** (k + first)``."""

    levels: tuple[Single, ...]
    first: int = 0

    def at(self, level: int) -> tuple[Single, float]:
        """The nearest level that there is, and how many pixels of the frame one of it is."""
        k = min(max(level - self.first, 0), len(self.levels) - 1)
        return self.levels[k], float(2 ** (k + self.first))


def picture_of(pixels: NDArray[Any], most: int = 40_000_000) -> Picture:
    """Grey levels of a frame, (rows, columns) or with bands; more than ``most`` pixels are held
    shrunk."""
    grey = pixels.astype(np.float32) if pixels.ndim == 2 else pixels[..., :3].mean(
        axis=2, dtype=np.float32
    )  # fmt: skip
    levels, first = [grey], 0
    while levels[-1].size > most:
        levels, first = [_halved(levels[-1])], first + 1
    while min(levels[-1].shape) >= 8 * (2 * HALF + 1):
        levels.append(_halved(levels[-1]))
    return Picture(tuple(levels), first)


def _halved(grey: Single) -> Single:
    rows, columns = grey.shape[0] // 2 * 2, grey.shape[1] // 2 * 2
    g = grey[:rows, :columns]
    return np.asarray((g[::2, ::2] + g[1::2, ::2] + g[::2, 1::2] + g[1::2, 1::2]) * 0.25)


def on_ground(frame: OrientedFrame, pixels: Floats, surface: Surface) -> Floats:
    """Where pixels (n, 2) look on the surface, Earth-fixed (n, 3); nan where they do not.

    Steps along the ray to the height under its end, which settles where the ray is steeper than
    the slope.
    """
    eye = frame.exterior.eye
    along = rays(frame.interior, frame.exterior, pixels)
    lat, lon, height = from_earth_fixed(eye[None])
    up = -north_east_down(float(lat[0]), float(lon[0]))[2]
    fall = np.minimum(along @ up, -1e-3)
    ground = surface(lat, lon)
    level = float(ground[0]) if np.isfinite(ground[0]) else 0.0
    way = (level - height[0]) / fall
    for _ in range(_GROUND_STEPS):
        lat, lon, height = from_earth_fixed(eye + way[:, None] * along)
        way = way + (surface(lat, lon) - height) / fall
    found = eye + way[:, None] * along
    lat, lon, height = from_earth_fixed(found)
    wrong = ~(np.abs(surface(lat, lon) - height) < 1e-3 * np.abs(way)) | (way <= 0)
    found[wrong | (along @ up > -0.1)] = np.nan
    return np.asarray(found)


def interesting(picture: Picture, level: int, across: int, down: int) -> Floats:
    """The strongest corner (Shi and Tomasi 1994) in every cell of a grid, pixels of the frame."""
    grey, scale = picture.at(level)
    dy, dx = np.gradient(grey)
    xx, yy, xy = (_summed(product, 3) for product in (dx * dx, dy * dy, dx * dy))
    strength = 0.5 * (xx + yy) - np.sqrt(0.25 * (xx - yy) ** 2 + xy**2)
    edge = HALF + 3
    strength[:edge], strength[-edge:], strength[:, :edge], strength[:, -edge:] = 0, 0, 0, 0
    rows = np.linspace(edge, grey.shape[0] - edge, down + 1).astype(int)
    columns = np.linspace(edge, grey.shape[1] - edge, across + 1).astype(int)
    found = []
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            cell = strength[top:bottom, left:right]
            if cell.size and cell.max() > 1.0:
                row, column = np.unravel_index(int(cell.argmax()), cell.shape)
                found.append((left + column + 0.5, top + row + 0.5))
    return np.array(found, dtype=np.float64).reshape(-1, 2) * scale


def _summed(values: Any, half: int) -> Single:
    padded = np.pad(values, half + 1)[:-1, :-1].cumsum(0, dtype=np.float64).cumsum(1)
    n = 2 * half + 1
    total = padded[n:, n:] - padded[:-n, n:] - padded[n:, :-n] + padded[:-n, :-n]
    return np.asarray(total / n**2, dtype=np.float32)


def found_again(
    here: tuple[OrientedFrame, Picture],
    there: tuple[OrientedFrame, Picture],
    pixels: Floats,
    surface: Surface,
    level: int,
    search: int,
) -> tuple[Floats, Floats]:
    """Where ``pixels`` (n, 2) of one frame are in the other, (n, 2), and how alike the patches
    are (-1 to 1); nan where the other does not show it. ``search`` pixels of the level around."""
    grey, scale = here[1].at(level)
    reach = HALF + search
    beside = np.array([[0.0, 0.0], [HALF * scale, 0.0], [0.0, HALF * scale]])
    ground = on_ground(here[0], (pixels[:, None] + beside).reshape(-1, 2), surface)
    lacking = np.asarray(~np.isfinite(ground).all(axis=1), dtype=np.bool_).reshape(-1)
    image = project(there[0].interior, there[0].exterior, np.where(lacking[:, None], 0.0, ground))
    image[lacking] = np.nan
    image = image.reshape(-1, 3, 2)
    start = image[:, 0]
    bend = np.stack([image[:, 1] - start, image[:, 2] - start], axis=2) / (HALF * scale)
    other, other_scale = there[1].at(level)
    step = np.arange(-reach, reach + 1, dtype=np.float64) * scale
    window = np.stack(np.meshgrid(step, step), axis=-1)
    spots = start[:, None, None] + np.einsum("nij,rcj->nrci", bend, window)
    at_there = _sampled(other, spots / other_scale)
    inner = window[search : search + 2 * HALF + 1, search : search + 2 * HALF + 1]
    at_here = _sampled(grey, (pixels[:, None, None] + inner) / scale)
    shift, alike = _best_shift(at_here, at_there, search)
    return start + np.einsum("nij,nj->ni", bend, shift * scale), alike


def _sampled(grey: Single, spots: Floats) -> Floats:
    """Bilinear; nan beyond the picture."""
    rows, columns = grey.shape
    x, y = spots[..., 0] - 0.5, spots[..., 1] - 0.5
    inside = (x >= 0) & (y >= 0) & (x <= columns - 1) & (y <= rows - 1)
    x, y = np.where(inside, x, 0.0), np.where(inside, y, 0.0)
    c = np.minimum(x.astype(np.intp), columns - 2)
    r = np.minimum(y.astype(np.intp), rows - 2)
    fx, fy = x - c, y - r
    above = grey[r, c] * (1 - fx) + grey[r, c + 1] * fx
    below = grey[r + 1, c] * (1 - fx) + grey[r + 1, c + 1] * fx
    return np.asarray(np.where(inside, above * (1 - fy) + below * fy, np.nan))


def _best_shift(template: Floats, field: Floats, search: int) -> tuple[Floats, Floats]:
    """Shift (column, row) of the highest correlation, between shifts by parabolas."""
    n, size = len(template), 2 * HALF + 1
    shifts = 2 * search + 1
    good = np.isfinite(template).all(axis=(1, 2)) & np.isfinite(field).all(axis=(1, 2))
    shift, alike = np.full((n, 2), np.nan), np.full(n, np.nan)
    chosen = np.flatnonzero(good)
    if not len(chosen):
        return shift, alike
    t = template[chosen] - template[chosen].mean(axis=(1, 2), keepdims=True)
    width = 2 ** int(np.ceil(np.log2(field.shape[1])))
    f = field[chosen] - field[chosen].mean(axis=(1, 2), keepdims=True)
    spectrum = np.fft.rfft2(f, (width, width)) * np.conj(np.fft.rfft2(t, (width, width)))
    products = np.fft.irfft2(spectrum, (width, width))[:, :shifts, :shifts]
    total, squares = _windows(f, size), _windows(f * f, size)
    spread = np.sqrt(np.maximum(squares - total**2 / size**2, 0.0))
    norm = spread * np.sqrt(np.sum(t * t, axis=(1, 2)))[:, None, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.where(norm > 1e-6, products / norm, -1.0)
    flat = score.reshape(len(chosen), -1)
    peak = flat.argmax(axis=1)
    row, column = np.divmod(peak, shifts)
    edge = (row == 0) | (column == 0) | (row == shifts - 1) | (column == shifts - 1)
    r, c, k = np.clip(row, 1, shifts - 2), np.clip(column, 1, shifts - 2), np.arange(len(chosen))
    middle = score[k, r, c]
    fine_c = _vertex(score[k, r, c - 1], middle, score[k, r, c + 1])
    fine_r = _vertex(score[k, r - 1, c], middle, score[k, r + 1, c])
    shift[chosen] = np.column_stack([c + fine_c - search, r + fine_r - search])
    alike[chosen] = np.where(edge, np.nan, middle)
    shift[np.isnan(alike)] = np.nan
    return shift, alike


def _windows(values: Floats, size: int) -> Floats:
    padded = np.pad(values, ((0, 0), (1, 0), (1, 0))).cumsum(1).cumsum(2)
    return np.asarray(
        padded[:, size:, size:] - padded[:, :-size, size:]
        - padded[:, size:, :-size] + padded[:, :-size, :-size]
    )  # fmt: skip


def _vertex(before: Floats, at: Floats, after: Floats) -> Floats:
    bend = before - 2.0 * at + after
    with np.errstate(invalid="ignore", divide="ignore"):
        found = 0.5 * (before - after) / bend
    return np.where(bend < -1e-9, np.clip(found, -1.0, 1.0), 0.0)
