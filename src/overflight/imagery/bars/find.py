"""Where groups of bars are in a frame, and which of them belong to one target.

A pyramid of halved frames is searched tile by tile for oblong blobs (``blobs``); blobs of one
size side by side at equal distances are a group; groups of one contrast near to each other are
a target. Nothing here decides: every group is fitted afterwards and dropped if it does not fit.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.bars import blobs

Array = NDArray[np.float64]
Progress = Callable[[float], None]

_TILE = 768
_MOST_BARS = 7
_CUT = 1.5
_WIDER = 1.22
"""A step between bars this much wider than the next is one between groups."""

_SMALLEST_LEVEL = 48
_PER_PIXEL = 1 / 60
"""Room for blobs: at most one in 60 pixels is kept."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A group as first seen: centre (x right, y down; the first pixel's centre is 0, 0),
    direction in which its bars follow each other (rad), bar width and length in pixels, number of
    bars, dark (-1) or light (1), contrast in the file's codes, over its surroundings' noise."""

    x: float
    y: float
    normal: float
    width: float
    length: float
    count: int
    sign: int
    contrast: float
    prominence: float

    @property
    def breadth(self) -> float:
        """Across all bars."""
        return (2 * self.count - 1) * self.width

    @property
    def radius(self) -> float:
        return math.hypot(self.breadth, self.length) / 2.0


def sightings(pixels: NDArray[Any], progress: Progress | None = None) -> list[Sighting]:
    """All that looks like a group of bars, strongest first. ``progress`` gets shares of 1."""
    say = progress or (lambda _: None)
    found: list[Sighting] = []
    level, image, scale = 0, pixels, 1.0
    total = sum(4.0**-k for k in range(8))
    done = 0.0
    with ThreadPoolExecutor(max(1, min(os.cpu_count() or 1, 8))) as pool:
        while min(image.shape) >= _SMALLEST_LEVEL or level == 0:
            weight = 4.0**-level / total
            rows = _blobs(image, pool, lambda s, d=done, w=weight: say(min(d + w * s, 1.0)))  # type: ignore[misc]
            found += _groups(rows, image.shape, scale)
            done += weight
            if min(image.shape) // 2 < _SMALLEST_LEVEL:
                break
            image = _half(image, pool)
            level, scale = level + 1, scale * 2.0
    say(1.0)
    return _strongest(found)


def _half(image: NDArray[Any], pool: ThreadPoolExecutor) -> NDArray[np.float32]:
    out = np.empty((image.shape[0] // 2, image.shape[1] // 2), np.float32)
    step = 256
    parts = [(r, min(r + step, out.shape[0])) for r in range(0, out.shape[0], step)]
    list(pool.map(lambda p: blobs.halved(image, out, p[0], p[1]), parts))
    return out


def _blobs(image: NDArray[Any], pool: ThreadPoolExecutor, say: Progress) -> Array:
    high, wide = image.shape
    boxes = [
        (r, min(r + _TILE, high), c, min(c + _TILE, wide))
        for r in range(0, high, _TILE)
        for c in range(0, wide, _TILE)
    ]
    least = 0.15 if image.dtype != np.float32 else 0.05

    def one(box: tuple[int, int, int, int]) -> Array:
        room = np.empty(
            (max(64, int((box[1] - box[0]) * (box[3] - box[2]) * _PER_PIXEL)), blobs.COLUMNS)
        )
        halo = blobs.HALO
        r0, c0 = max(box[0] - halo, 0), max(box[2] - halo, 0)
        band = blobs.band_of(image, r0, min(box[1] + halo, high), c0, min(box[3] + halo, wide))
        corner, inner = np.array((r0, c0), np.int64), np.array(box, np.int64)
        n = blobs.blobs_of(band, corner, inner, _CUT, least, room)
        return room[:n].copy()

    parts: list[Array] = []
    for k, rows in enumerate(pool.map(one, boxes)):
        parts.append(rows)
        say((k + 1) / len(boxes))
    return np.concatenate(parts)


def _groups(rows: Array, shape: tuple[int, ...], scale: float) -> list[Sighting]:
    if len(rows) < 2:
        return []
    side = 26.0
    cells = (int(shape[0] / side) + 1, int(shape[1] / side) + 1)
    key = (rows[:, 1] / side).astype(np.int64) * cells[1] + (rows[:, 0] / side).astype(np.int64)
    order = np.argsort(key, kind="stable")
    starts = np.searchsorted(key[order], np.arange(cells[0] * cells[1] + 1))
    beside = blobs.neighbours(rows, order, starts, np.array(cells, np.int64), side)
    return [
        g
        for chain in _chains(beside)
        for part in _split(rows, chain)
        if (g := _sighting(rows[part], scale))
    ]


def _chains(beside: NDArray[np.int64]) -> list[list[int]]:
    """Blobs that name each other, in a row."""
    links: dict[int, list[int]] = {}
    for blob in np.flatnonzero((beside >= 0).any(axis=1)):
        for other in beside[blob]:
            if other >= 0 and blob in beside[other]:
                links.setdefault(int(blob), []).append(int(other))
    chains, seen = [], set()
    for start in [i for i, near in links.items() if len(set(near)) == 1]:
        if start in seen:
            continue
        chain = [start]
        seen.add(start)
        while True:
            onward = [j for j in links.get(chain[-1], []) if j not in seen]
            if not onward:
                break
            chain.append(onward[0])
            seen.add(onward[0])
        if len(chain) >= 2:
            chains.append(chain)
    return chains


def _split(rows: Array, chain: list[int]) -> list[list[int]]:
    """A row of bars cut where one step is wider than the next: two groups stand in one line."""
    steps = np.hypot(*np.diff(rows[chain, :2], axis=0).T)
    parts, start = [], 0
    for k, step in enumerate(steps):
        beside = [steps[j] for j in (k - 1, k + 1) if 0 <= j < len(steps)]
        if beside and step > _WIDER * min(beside):
            parts.append(chain[start : k + 1])
            start = k + 1
    parts.append(chain[start:])
    return [p for p in parts if 2 <= len(p) <= _MOST_BARS]


def _sighting(bars: Array, scale: float) -> Sighting | None:
    xy = bars[:, :2]
    first, last = xy[0], xy[-1]
    n = len(bars)
    steps = np.hypot(*np.diff(xy, axis=0).T)
    if n > 2 and steps.max() > 1.35 * steps.min():
        return None
    double = np.exp(2j * bars[:, 2])
    long_axis = 0.5 * float(np.angle(double.sum()))
    normal = long_axis + math.pi / 2.0
    spacing = abs(
        (last[0] - first[0]) * math.cos(normal) + (last[1] - first[1]) * math.sin(normal)
    ) / (n - 1)
    width = spacing / 2.0
    length = float(np.median(bars[:, 3]))
    if length < 1.8 * width or length > 25 * width:
        return None
    centre = xy.mean(axis=0)
    shift = (scale - 1.0) / 2.0
    return Sighting(
        float(centre[0]) * scale + shift,
        float(centre[1]) * scale + shift,
        float(normal) % math.pi,
        float(width) * scale,
        length * scale,
        n,
        int(bars[0, 6]),
        float(np.median(bars[:, 5])),
        float(np.median(bars[:, 5] / bars[:, 7])),
    )


def _strongest(found: list[Sighting]) -> list[Sighting]:
    """Without those that show the same bars as a stronger one."""
    ranked = sorted(found, key=lambda s: -s.count * s.prominence)
    grid: dict[tuple[int, int], list[Sighting]] = {}
    kept: list[Sighting] = []
    for s in ranked:
        cell = (int(s.x // 32), int(s.y // 32))
        reach = int(s.radius // 32) + 1
        around = [
            o
            for i in range(cell[0] - reach, cell[0] + reach + 1)
            for j in range(cell[1] - reach, cell[1] + reach + 1)
            for o in grid.get((i, j), [])
        ]
        if any(_same(s, o) for o in around):
            continue
        kept.append(s)
        grid.setdefault(cell, []).append(s)
    return kept


def _same(a: Sighting, b: Sighting) -> bool:
    near = math.hypot(a.x - b.x, a.y - b.y) < 0.5 * max(a.radius, b.radius)
    return near and a.sign == b.sign and 0.6 < a.width / b.width < 1.67


def targets(found: list[Sighting]) -> list[list[Sighting]]:
    """Groups that may be one target: alike in polarity and contrast, near to each other, and at
    least three, of more than one width. The most telling first."""
    n = len(found)
    parent = list(range(n))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    if n == 0:
        return []
    side = 2.0
    grid: dict[tuple[int, int, int], list[int]] = {}
    for i, s in enumerate(found):
        # A cell for each octave of size, so that neighbours of like size share or touch cells.
        octave = round(math.log(s.radius, side))
        cell = 6.0 * side**octave
        grid.setdefault((octave, int(s.x // cell), int(s.y // cell)), []).append(i)
    for i, s in enumerate(found):
        octave = round(math.log(s.radius, side))
        for o in (octave, octave + 1):
            cell = 6.0 * side**o
            cx, cy = int(s.x // cell), int(s.y // cell)
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    for j in grid.get((o, cx + dx, cy + dy), []):
                        if j != i and _together(s, found[j]):
                            parent[root(i)] = root(j)
    clusters: dict[int, list[Sighting]] = {}
    for i, s in enumerate(found):
        clusters.setdefault(root(i), []).append(s)
    good = _continued([c for c in clusters.values() if len(c) >= 2])
    good = [c for c in good if _plausible(c)]
    return sorted(good, key=lambda c: -sum(min(s.prominence, 10.0) * s.count for s in c))


def _continued(clusters: list[list[Sighting]]) -> list[list[Sighting]]:
    """With those joined that stand near each other and go on with each other's series: a target
    in two columns, or a wide and a narrow part."""
    merged = sorted(clusters, key=lambda c: -max(s.width for s in c))
    k = 0
    while k < len(merged):
        for j in range(len(merged) - 1, k, -1):
            if _goes_on(merged[k], merged[j]):
                merged[k] = merged[k] + merged.pop(j)
        k += 1
    return merged


def _goes_on(wide: list[Sighting], narrow: list[Sighting]) -> bool:
    if wide[0].sign != narrow[0].sign:
        return False
    ratio = np.median([s.contrast for s in narrow]) / np.median([s.contrast for s in wide])
    if not 0.2 < ratio < 3.0:
        return False
    reach = max(math.hypot(a.x - b.x, a.y - b.y) + a.radius + b.radius for a in wide for b in wide)
    gap = min(math.hypot(a.x - b.x, a.y - b.y) - a.radius - b.radius for a in wide for b in narrow)
    if gap > 0.6 * reach:
        return False
    # As many groups of one width and direction as a target has: one.
    again = sum(
        any(
            abs(math.log(a.width / b.width)) < 0.03 and abs(math.sin(a.normal - b.normal)) < 0.3
            for a in wide
        )
        for b in narrow
    )
    return again <= len(narrow) / 3


def _together(a: Sighting, b: Sighting) -> bool:
    far = math.hypot(a.x - b.x, a.y - b.y)
    turn = abs(math.sin(2.0 * (a.normal - b.normal)))
    return (
        a.sign == b.sign
        and far < 3.0 * (a.radius + b.radius)
        and 0.2 < a.contrast / b.contrast < 5.0
        and turn < 0.85
    )


def _plausible(cluster: list[Sighting]) -> bool:
    widths = [s.width for s in cluster]
    return len(cluster) >= 3 and max(widths) > 1.04 * min(widths)
