"""Groups that the search did not find, from where the target's diagram says that they are.

Groups that were found tell how the diagram's plane lies in the picture: a projective map from
metres to pixels (Hartley and Zisserman, Multiple View Geometry, 4.1), whichever way up or mirrored.
Through it every other group of the diagram has its place, however narrow its bars are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.bars.find import Sighting
from overflight.imagery.bars.fit import Window
from overflight.terms.bar_reading import BarPlace, BarTarget

Array = NDArray[np.float64]

_LEAST = 4
"""Groups that a map needs: eight numbers, two from each."""

_OFF = 0.75
"""Bars by which places may be off in the median; more, and it is another target or layout."""

_NARROWEST = 0.9
"""Pixels below which a bar is not looked at: pixels cannot carry it."""


def expected(
    windows: Sequence[Window], widths_m: dict[int, float], target: BarTarget
) -> list[Sighting]:
    """Groups of the diagram that are not among ``windows``, where they must be; none where the
    diagram has no places, or what was found does not lie as it says. ``widths_m``: bar width of
    each window, by its number."""
    best: tuple[float, Array, list[BarPlace]] | None = None
    for turned in (False, True):
        pairs = _pairs(windows, widths_m, target.places, turned)
        if len(pairs) < _LEAST:
            continue
        ground = np.array([(p.x_m, p.y_m) for _, p in pairs])
        image = np.array([w.centre for w, _ in pairs])
        found = projective(ground, image)
        if found is None:
            continue
        off = np.hypot(*(mapped(found, ground) - image).T) / [w.width for w, _ in pairs]
        if best is None or np.median(off) < best[0]:
            best = (float(np.median(off)), found, [p for _, p in pairs])
    if best is None or best[0] > _OFF:
        return []
    _, found, known = best
    like = max((w.seen for w in windows), key=lambda s: s.width)
    made = [_sighting(found, place, like) for place in target.places if place not in known]
    return [
        s for s in made
        if s.width >= _NARROWEST and all(_apart(s, w.centre, w.seen.radius) for w in windows)
    ]  # fmt: skip


def _pairs(
    windows: Sequence[Window],
    widths_m: dict[int, float],
    places: Sequence[BarPlace],
    turned: bool,
) -> list[tuple[Window, BarPlace]]:
    """Each window with the place of its width and direction, where there is one of each."""
    pairs = []
    for k, window in enumerate(windows):
        across = "xy"[window.side ^ turned]
        alike = [
            p for p in places
            if p.across == across and math.isclose(p.width_m, widths_m[k], rel_tol=1e-6)
        ]  # fmt: skip
        same = [
            j for j, other in enumerate(windows)
            if other.side == window.side and math.isclose(widths_m[j], widths_m[k], rel_tol=1e-6)
        ]  # fmt: skip
        if len(alike) == 1 and len(same) == 1:
            pairs.append((window, alike[0]))
    return pairs


def projective(ground: Array, image: Array) -> Array | None:
    """The map (3, 3) from (n, 2) ground to (n, 2) image, by least squares; None where places
    stand in one line."""
    (a, g), (b, i) = _scaled(ground), _scaled(image)
    rows = []
    for (x, y), (u, v) in zip(g, i, strict=True):
        rows += [
            (x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y),
            (0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y),
        ]
    matrix = np.array(rows)
    if np.linalg.svd(matrix[:, :6], compute_uv=False)[-1] < 1e-2:
        return None
    # Perspective is slight in a picture from the air; so few groups could feign it.
    steady = np.diag(np.r_[np.zeros(6), np.full(2, 0.3 / len(g))])
    h = np.linalg.solve(matrix.T @ matrix + steady, matrix.T @ i.ravel())
    return np.asarray(np.linalg.inv(b) @ np.append(h, 1.0).reshape(3, 3) @ a)


def _scaled(points: Array) -> tuple[Array, Array]:
    """Moved and scaled to about one, with the matrix that does it."""
    middle = points.mean(axis=0)
    size = max(float(np.abs(points - middle).max()), 1e-12)
    matrix = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, size]]) / size
    return matrix, (points - middle) / size


def mapped(matrix: Array, points: Array) -> Array:
    """Through a projective map, (n, 2)."""
    homogeneous = np.c_[points, np.ones(len(points))] @ matrix.T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:])


def _sighting(matrix: Array, place: BarPlace, like: Sighting) -> Sighting:
    """The group at a place as it must appear: by where the ends of its axes come to lie."""
    middle = np.array((place.x_m, place.y_m))
    along = np.array((0.0, 1.0) if place.across == "x" else (1.0, 0.0))
    ends = [middle, *(middle + s * 0.5 * place.length_m * along for s in (-1, 1))]
    side = along[::-1] * place.width_m
    (x, y), low, high, left, right = mapped(matrix, np.array([*ends, middle - side, middle + side]))
    bar = high - low
    length = float(math.hypot(*bar))
    # Across the bars: at right angles to them in the picture, as the search gives it.
    normal = math.atan2(bar[1], bar[0]) + math.pi / 2.0
    width = abs((right - left) @ (math.cos(normal), math.sin(normal))) / 2.0
    return replace(
        like, x=float(x), y=float(y), normal=normal % math.pi, width=float(width), length=length
    )


def _apart(s: Sighting, centre: tuple[float, float], radius: float) -> bool:
    return math.hypot(s.x - centre[0], s.y - centre[1]) > 0.45 * (s.radius + radius)
