"""The same points found in many frames by features: nothing need be known of where frames were.

SIFT (Lowe 2004) by OpenCV, where that is installed, with descriptors compared as RootSIFT
(Arandjelovic and Zisserman 2012); a match must be mutual, clearly better than the next one, and fit
one relative orientation of the two cameras (five points, Nister 2004).
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.collinear import project, rays
from overflight.imagery.orient.adjust import Sightings
from overflight.imagery.orient.derivatives import Indices
from overflight.imagery.orient.patches import Picture, Surface, on_ground
from overflight.terms.frames import Exterior, Floats, Interior, OrientedFrame

_LEVEL = Exterior(np.zeros(3), np.eye(3))
_ROWS = 2048
_EDGE = 7
"""Points of a frame's outline, along each side, that tell what another frame may share."""


@dataclass(frozen=True, slots=True)
class Matching:
    """``most`` features a frame, spread over ``cells`` along each side; found in pictures shrunk to
    ``size`` pixels; ``ratio`` of the distance to the next best; ``wrong_px`` off a ray's line in
    the other frame; pairs of frames with fewer than ``fewest`` matches share nothing."""

    most: int = 6000
    cells: int = 12
    size: int = 12_000_000
    ratio: float = 0.8
    wrong_px: float = 6.0
    fewest: int = 20
    beside: float = 0.3
    """How far outside of a frame, of its size, what is known may be off."""


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """``pixels`` of the frame, (n, 2), and ``descriptors``, unit vectors, (n, 128) single."""

    pixels: Floats
    descriptors: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Frames ``i`` and ``j`` and the numbers of matching features, (k, 2)."""

    i: int
    j: int
    matches: Indices


def available() -> bool:
    """Whether OpenCV is installed."""
    return importlib.util.find_spec("cv2") is not None


def _opencv() -> Any:
    if not available():
        raise ImageError(
            "features of frames are found by OpenCV, which is not installed",
            remedy="pip install 'overflight[tie]'",
        )
    return importlib.import_module("cv2")


def features_of(picture: Picture, matching: Matching) -> Features:
    """The strongest in every cell. Raises ImageError without OpenCV."""
    cv = _opencv()
    level = picture.first
    grey, scale = picture.at(level)
    while grey.size > matching.size and picture.at(level + 1)[1] > scale:
        level += 1
        grey, scale = picture.at(level)
    low, high = (float(v) for v in np.percentile(grey[::4, ::4], (0.5, 99.5)))
    eight = np.clip((grey - low) * (255.0 / max(high - low, 1.0)), 0.0, 255.0).astype(np.uint8)
    finder = cv.SIFT_create(
        nfeatures=0, contrastThreshold=0.02, edgeThreshold=10, enable_precise_upscale=True
    )
    points = finder.detect(eight, None)
    if not points:
        return Features(np.zeros((0, 2)), np.zeros((0, 128), dtype=np.float32))
    at = np.array([p.pt for p in points])
    strength = np.array([p.response for p in points])
    kept = _spread(at, strength, eight.shape, matching)
    points, described = finder.compute(eight, [points[k] for k in kept])
    root = np.sqrt(described / np.maximum(described.sum(axis=1, keepdims=True), 1e-6))
    # OpenCV counts from the centre of the first pixel
    pixels = (np.array([p.pt for p in points], dtype=np.float64) + 0.5) * scale
    return Features(pixels, root.astype(np.float32))


def _spread(at: Floats, strength: Floats, shape: Sequence[int], matching: Matching) -> Indices:
    cells = matching.cells
    side = np.array([shape[1], shape[0]]) / cells
    column, row = np.clip((at / side).astype(int), 0, cells - 1).T
    cell = row * cells + column
    order = np.lexsort((-strength, cell))
    first = np.searchsorted(cell[order], np.arange(cells * cells))
    rank = np.arange(len(order)) - first[cell[order]]
    chosen = order[rank < max(1, matching.most // cells**2)]
    return np.asarray(np.sort(chosen))


def matched(one: Features, other: Features, ratio: float) -> Indices:
    """Numbers of features that are each other's nearest, by far, (k, 2)."""
    if len(one.pixels) < 2 or len(other.pixels) < 2:
        return np.zeros((0, 2), dtype=np.intp)
    nearest = np.empty(len(one.pixels), dtype=np.intp)
    clear = np.empty(len(one.pixels), dtype=bool)
    best = np.full(len(other.pixels), -2.0, dtype=np.float32)
    back = np.zeros(len(other.pixels), dtype=np.intp)
    for low in range(0, len(one.pixels), _ROWS):
        alike = one.descriptors[low : low + _ROWS] @ other.descriptors.T
        rows = np.arange(len(alike))
        columns = np.arange(alike.shape[1])
        top = alike.argmax(axis=0)
        better = alike[top, columns] > best
        best[better], back[better] = alike[top, columns][better], top[better] + low
        first = alike.argmax(axis=1)
        peak = alike[rows, first].copy()
        alike[rows, first] = -2.0
        nearest[low : low + len(rows)] = first
        clear[low : low + len(rows)] = (1.0 - peak) < ratio**2 * (1.0 - alike.max(axis=1))
    rows = np.flatnonzero(clear & (back[nearest] == np.arange(len(nearest))))
    return np.column_stack([rows, nearest[rows]]).astype(np.intp)


def inside_of(interior: Interior, pixels: Floats) -> Floats:
    """Where rays meet the plane one ahead of the lens, (n, 2): pixels without their distortion."""
    seen = rays(interior, _LEVEL, pixels)
    return np.asarray(seen[:, :2] / seen[:, 2:])


def related(
    one: tuple[Interior, Floats], other: tuple[Interior, Floats], wrong_px: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """The essential matrix (3, 3) of two frames, and which of their matches, (k, 2) each, fit it.

    Nothing fits where there are fewer than five, or no matrix.
    """
    cv = _opencv()
    here, there = inside_of(*one), inside_of(*other)
    good = np.flatnonzero(np.isfinite(here).all(axis=1) & np.isfinite(there).all(axis=1))
    fits = np.zeros(len(here), dtype=np.bool_)
    if len(good) < 5:
        return np.zeros((3, 3)), fits
    focal = 0.5 * (one[0].focal_x + other[0].focal_x)
    matrix, mask = cv.findEssentialMat(
        np.ascontiguousarray(here[good]), np.ascontiguousarray(there[good]), np.eye(3),
        method=cv.RANSAC, prob=0.9999, threshold=wrong_px / focal, maxIters=4000,
    )  # fmt: skip
    if matrix is None or matrix.shape != (3, 3):
        return np.zeros((3, 3)), fits
    fits[good] = mask.ravel() > 0
    return np.asarray(matrix), fits


def pairs_between(
    interiors: Sequence[Interior], features: Sequence[Features],
    maybe: Iterable[tuple[int, int]], matching: Matching,
) -> list[Pair]:  # fmt: skip
    """Pairs of frames that share points, with the matches that fit one relative orientation."""
    found = []
    for i, j in maybe:
        matches = matched(features[i], features[j], matching.ratio)
        if len(matches) < matching.fewest:
            continue
        _, fits = related(
            (interiors[i], features[i].pixels[matches[:, 0]]),
            (interiors[j], features[j].pixels[matches[:, 1]]),
            matching.wrong_px,
        )
        if fits.sum() >= matching.fewest:
            found.append(Pair(i, j, matches[fits]))
    return found


def tracks_of(pairs: Sequence[Pair], features: Sequence[Features]) -> Sightings:
    """Matches chained over frames: a point is what hangs together. What hangs together over two
    features of one frame is no point and left out."""
    offsets = np.concatenate([[0], np.cumsum([len(f.pixels) for f in features])])
    parent = np.arange(offsets[-1])
    for pair in pairs:
        for a, b in zip(
            offsets[pair.i] + pair.matches[:, 0], offsets[pair.j] + pair.matches[:, 1], strict=True
        ):
            parent[_root(parent, int(a))] = _root(parent, int(b))
    used = np.unique(
        np.concatenate(
            [offsets[p.i] + p.matches[:, 0] for p in pairs]
            + [offsets[p.j] + p.matches[:, 1] for p in pairs]
        )
    ).astype(np.intp)
    roots = np.array([_root(parent, int(a)) for a in used])
    _, point = np.unique(roots, return_inverse=True)
    frame = np.searchsorted(offsets, used, side="right") - 1
    code = point * len(features) + frame
    _, where, count = np.unique(code, return_inverse=True, return_counts=True)
    twice = np.zeros(point.max() + 1, dtype=bool)
    twice[point[count[where] > 1]] = True
    kept = ~twice[point]
    _, point = np.unique(point[kept], return_inverse=True)
    pixels = np.vstack([f.pixels for f in features])[used[kept]]
    order = np.lexsort((frame[kept], point))
    return Sightings(frame[kept][order].astype(np.intp), point[order].astype(np.intp),
                     pixels[order])  # fmt: skip


def _root(parent: NDArray[Any], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = int(parent[at])
    return at


def overlapping(
    frames: Sequence[OrientedFrame], surface: Surface, beside: float
) -> list[tuple[int, int]]:
    """Pairs that may share ground, by what is known of them; of a frame of which the surface does
    not tell where it looks, all pairs."""
    shown: list[Floats | None] = []
    for frame in frames:
        steps = np.linspace(0.02, 0.98, _EDGE)
        grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        ground = on_ground(frame, grid * (frame.interior.columns, frame.interior.rows), surface)
        ground = ground[np.isfinite(ground).all(axis=1)]
        shown.append(ground if len(ground) else None)
    found = []
    for i, j in itertools.combinations(range(len(frames)), 2):
        here = shown[i]
        if here is None or shown[j] is None:
            found.append((i, j))
            continue
        size = np.array([frames[j].interior.columns, frames[j].interior.rows])
        at = project(frames[j].interior, frames[j].exterior, here) / size
        if ((at > -beside) & (at < 1.0 + beside)).all(axis=1).any():
            found.append((i, j))
    return found


def feature_sightings(
    names: Sequence[str], interiors: Sequence[Interior], pictures: Mapping[str, Picture],
    maybe: Iterable[tuple[int, int]], matching: Matching | None = None,
) -> tuple[Sightings, list[Pair], list[Features]]:  # fmt: skip
    """What frames share, by features. Raises ImageError where no two frames share enough."""
    matching = matching or Matching()
    features = [features_of(pictures[name], matching) for name in names]
    pairs = pairs_between(interiors, features, maybe, matching)
    if not pairs:
        raise ImageError(
            "no two frames show the same points",
            remedy="Give frames that overlap by half and more, sharp ones of one season.",
        )
    return tracks_of(pairs, features), pairs, features
