"""One frame from points that it shows and whose places are known: no place of it needed before.

Three points at a time (Grunert 1841, as Haralick and others write it, "Review and analysis of
solutions of the three point perspective pose estimation problem", 1994, section 2.1), the triple
that most points agree with; then least squares over those.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.collinear import project, rays
from overflight.imagery.orient.adjust import Adjusted, Belief, Points, Sightings, adjusted
from overflight.terms.frames import Exterior, Floats, Interior, OrientedFrame

_MOST_TRIPLES = 400
_AGREED_PX = 1.0
"""Where all points are as near as this, on the average, no other triple is tried."""
_LEVEL = Exterior(np.zeros(3), np.eye(3))


def resected(
    name: str,
    interior: Interior,
    places: Floats,
    pixels: Floats,
    *,
    sigma_m: float = 0.02,
    pixel: float = 0.5,
    wrong_px: float = 10.0,
    start: Exterior | None = None,
) -> Adjusted:
    """The frame's exterior from n >= 4 points, ``places`` (n, 3) Earth-fixed, ``pixels`` (n, 2).

    Three points are enough with ``start``, which picks among the solutions. Points further than
    ``wrong_px`` from all agreement are left out. Raises ImageError for too few points, points in
    a line, and points that do not agree on any place.
    """
    if len(places) < (4 if start is None else 3):
        raise ImageError(
            f"{name}: {len(places)} control points do not tell where it was taken",
            remedy="Give four or more that are not in a line, or tie the frame to others.",
        )
    middle = places.mean(axis=0)
    local = places - middle
    seen = rays(interior, _LEVEL, pixels)
    best: Exterior | None = start
    agreed = np.zeros(len(places), dtype=bool)
    score = -np.inf
    for triple in _triples(len(places)):
        if -score < _AGREED_PX * len(places):
            break
        for eye, axes in three_points(local[triple], seen[triple]):
            found = Exterior(eye, axes)
            off = np.linalg.norm(project(interior, found, local) - pixels, axis=1)
            right = off < wrong_px
            told = -float(np.nansum(np.minimum(off, wrong_px)) + wrong_px * np.isnan(off).sum())
            if start is not None:
                told -= 1e-3 * float(np.linalg.norm(eye + middle - start.eye))
            if told > score:
                best, agreed, score = Exterior(eye + middle, axes, "control points"), right, told
    if best is None or agreed.sum() < min(len(places), 4):
        raise ImageError(
            f"{name}: its control points do not agree on a place",
            remedy="Check the points' numbers, the order of columns and rows, the coordinate "
            "system and the camera; points in a line do not do.",
        )
    kept = np.flatnonzero(agreed)
    frame = OrientedFrame(name, interior, best)
    return adjusted(
        [frame],
        Sightings(np.zeros(len(kept), dtype=np.intp), np.arange(len(kept)), pixels[kept]),
        Points(places[kept], np.full(len(kept), sigma_m)),
        Belief(pixel=pixel),
    )


def three_points(places: Floats, seen: Floats) -> list[tuple[Floats, Floats]]:
    """Eye and axes, up to four, of a camera that sees three places, (3, 3), along unit vectors in
    its own axes, (3, 3)."""
    one, two, three = places
    a, b, c = (float(np.linalg.norm(v)) for v in (two - three, one - three, one - two))
    if min(a, b, c) < 1e-9 * max(a, b, c, 1e-300) or _in_line(places):
        return []
    ca, cb, cc = (float(seen[i] @ seen[j]) for i, j in ((1, 2), (0, 2), (0, 1)))
    p, q, r = (a * a - c * c) / b**2, (a * a + c * c) / b**2, (b * b - c * c) / b**2
    s, k, m = (b * b - a * a) / b**2, c * c / b**2, a * a / b**2
    quartic = [
        (p - 1.0) ** 2 - 4.0 * k * ca**2,
        4.0 * (p * (1.0 - p) * cb - (1.0 - q) * ca * cc + 2.0 * k * ca**2 * cb),
        2.0 * (p**2 - 1.0 + 2.0 * p**2 * cb**2 + 2.0 * r * ca**2 - 4.0 * q * ca * cb * cc
               + 2.0 * s * cc**2),
        4.0 * (-p * (1.0 + p) * cb + 2.0 * m * cc**2 * cb - (1.0 - q) * ca * cc),
        (1.0 + p) ** 2 - 4.0 * m * cc**2,
    ]  # fmt: skip
    found = []
    for root in np.roots(quartic):
        v = float(root.real)
        below = 2.0 * (cc - v * ca)
        if abs(root.imag) > 1e-4 * max(1.0, abs(v)) or v <= 0.0 or abs(below) < 1e-15:
            continue
        u = ((p - 1.0) * v * v - 2.0 * p * cb * v + 1.0 + p) / below
        shape = 1.0 + v * v - 2.0 * v * cb
        if u <= 0.0 or shape <= 0.0:
            continue
        far = b / np.sqrt(shape) * np.array([1.0, u, v])
        found.append(_laid_upon(seen * far[:, None], places))
    return found


def _laid_upon(inside: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Eye and axes that take ``places`` to ``inside``, camera axes (Kabsch 1976)."""
    from_middle, to_middle = places - places.mean(axis=0), inside - inside.mean(axis=0)
    left, _, right = np.linalg.svd(to_middle.T @ from_middle)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    axes = left @ flip @ right
    return places.mean(axis=0) - axes.T @ inside.mean(axis=0), axes


def _in_line(places: Floats) -> bool:
    spread = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    return bool(spread[1] < 1e-6 * spread[0])


def _triples(count: int) -> Iterator[NDArray[np.intp]]:
    """All of them, or, where they are many, some by chance that is always the same."""
    every = list(itertools.combinations(range(count), 3)) if count <= 14 else None
    if every is not None:
        yield from (np.array(one, dtype=np.intp) for one in every)
        return
    chance = np.random.default_rng(0)
    for _ in range(_MOST_TRIPLES):
        yield chance.choice(count, 3, replace=False).astype(np.intp)
