"""Light from the ground: fields and trees as noise of place, and shapes painted over them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, njit, uint64

_OCTAVES = 6
_FIELD_M = 90.0
"""Fields are cells round points that are scattered so far apart."""
_DARKEST, _LIGHTEST, _ROUGH = 0.07, 0.34, 0.14


@njit(cache=True, nogil=True)
def _hashed(x: Any, y: Any, seed: Any) -> Any:  # pragma: no cover - compiled
    """A number from 0 to 1 for a lattice point; splitmix64 (Steele, Lea, Flood 2014)."""
    z = uint64(x) * uint64(0x9E3779B97F4A7C15) ^ uint64(y) * uint64(0xC2B2AE3D27D4EB4F)
    z = z ^ uint64(seed) * uint64(0xD6E8FEB86659FD93)
    z = (z ^ (z >> uint64(30))) * uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> uint64(27))) * uint64(0x94D049BB133111EB)
    z = z ^ (z >> uint64(31))
    return float64(z >> uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def _field(x: float, y: float, finest: float, seed: int) -> float:  # pragma: no cover - compiled
    """Reflectance of the ground at a place, metres on the map: fields, each of one lightness, and
    on them value noise in octaves, whose finest wave is ``finest`` metres long."""
    total, weight, scale = 0.0, 0.0, finest
    for octave in range(_OCTAVES):
        u, v = x / scale, y / scale
        i, j = int(np.floor(u)), int(np.floor(v))
        fu, fv = u - i, v - j
        su, sv = fu * fu * (3.0 - 2.0 * fu), fv * fv * (3.0 - 2.0 * fv)
        a = _hashed(i, j, seed + octave)
        b = _hashed(i + 1, j, seed + octave)
        c = _hashed(i, j + 1, seed + octave)
        d = _hashed(i + 1, j + 1, seed + octave)
        total += (a + (b - a) * su) * (1.0 - sv) + (c + (d - c) * su) * sv
        weight += 1.0
        scale *= 2.3
    rough = (total / weight - 0.5) * _ROUGH
    return max(0.02, _of_field(x, y, seed + 100) + rough)


@njit(cache=True, nogil=True)
def _of_field(x: float, y: float, seed: int) -> float:  # pragma: no cover - compiled
    """The lightness of the field that a place lies in: that of the nearest scattered point."""
    i, j = int(np.floor(x / _FIELD_M)), int(np.floor(y / _FIELD_M))
    nearest, lightness = 1e30, 0.0
    for p in range(i - 1, i + 2):
        for q in range(j - 1, j + 2):
            dx = (p + _hashed(p, q, seed)) * _FIELD_M - x
            dy = (q + _hashed(p, q, seed + 1)) * _FIELD_M - y
            far = dx * dx + dy * dy
            if far < nearest:
                nearest = far
                lightness = _hashed(p, q, seed + 2)
    return _DARKEST + (_LIGHTEST - _DARKEST) * lightness


@njit(cache=True, nogil=True)
def ground_light(
    mesh: Any, step: int, finest: float, seed: int, out: Any
) -> None:  # pragma: no cover - compiled
    """Light at each pixel's centre. ``mesh`` (r, c, 2): map coordinates at pixel corners a
    ``step`` apart, nan in the sky, which is white."""
    rows, columns = out.shape
    for r in range(rows):
        v = (r + 0.5) / step
        i = int(v)
        fv = v - i
        for c in range(columns):
            u = (c + 0.5) / step
            j = int(u)
            fu = u - j
            x, y = _between(mesh, i, j, fu, fv)
            out[r, c] = 1.0 if np.isnan(x) else _field(x, y, finest, seed)


@njit(cache=True, nogil=True)
def _between(mesh: Any, i: int, j: int, fu: float, fv: float) -> Any:  # pragma: no cover
    x = (mesh[i, j, 0] * (1.0 - fu) + mesh[i, j + 1, 0] * fu) * (1.0 - fv) + (
        mesh[i + 1, j, 0] * (1.0 - fu) + mesh[i + 1, j + 1, 0] * fu
    ) * fv
    y = (mesh[i, j, 1] * (1.0 - fu) + mesh[i, j + 1, 1] * fu) * (1.0 - fv) + (
        mesh[i + 1, j, 1] * (1.0 - fu) + mesh[i + 1, j + 1, 1] * fu
    ) * fv
    return x, y


@njit(cache=True, nogil=True)
def object_light(
    mesh: Any, step: int, window: Any, over: int, to_object: Any, origin: Any, rectangles: Any,
    discs: Any, finest: float, seed: int, out: Any,
) -> None:  # pragma: no cover - compiled  # fmt: skip
    """Light on a patch, ``over`` samples a pixel each way; ``window`` is its first row and column.

    ``to_object`` (2, 2) and ``origin`` (2,) take map coordinates to the object's own."""
    rows, columns = out.shape
    for r in range(rows):
        v = (window[0] + (r + 0.5) / over) / step
        i = int(v)
        for c in range(columns):
            u = (window[1] + (c + 0.5) / over) / step
            j = int(u)
            x, y = _between(mesh, i, j, u - j, v - i)
            if np.isnan(x):
                out[r, c] = 1.0
                continue
            light = _field(x, y, finest, seed)
            dx, dy = x - origin[0], y - origin[1]
            right = to_object[0, 0] * dx + to_object[0, 1] * dy
            front = to_object[1, 0] * dx + to_object[1, 1] * dy
            for k in range(rectangles.shape[0]):
                if (
                    rectangles[k, 0] <= right <= rectangles[k, 2]
                    and rectangles[k, 1] <= front <= rectangles[k, 3]
                ):
                    light = rectangles[k, 4]
            for k in range(discs.shape[0]):
                far = (right - discs[k, 0]) ** 2 + (front - discs[k, 1]) ** 2
                if far <= discs[k, 2] ** 2:
                    light = discs[k, 3]
            out[r, c] = light
