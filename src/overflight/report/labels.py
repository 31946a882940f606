"""Where the labels of a map go: beside their point, clear of each other, or not at all.

Each label weighs the places about its point: on a leg of the route, nearer to another point than
to its own, and far off are worse, in that order. In a crowd a place farther off is often the best
one; a leader, a thin line, then says which point it belongs to. Christensen, Marks and Shieber, "An
Empirical Study of Algorithms for Point-Feature Label Placement" (1995), weigh places much so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
Lines = NDArray[np.float64]
Rings = tuple[tuple[float, float], ...]

DIRECTIONS = (
    45.0, -45.0, 135.0, -135.0, 0.0, 180.0, 90.0, -90.0,
    22.5, -22.5, 157.5, -157.5, 67.5, -67.5, 112.5, -112.5,
)  # fmt: skip
"""Where a label may sit about its point, degrees from the right, best first."""

APART = 3.0
"""Room between two labels, pixels: what is nearer reads as one."""

_CROSSING, _MISTAKEN, _LATER = 10.0, 8.0, 0.1
"""What is bad about a place: each leg under it, another point nearer, each better direction."""
_RINGS = ((0.0, 0.0), (1.2, 5.0), (2.6, 9.0), (4.2, 14.0))
"""How much farther off a label may go, heights of it, and how bad that is."""
_MANY = 200
"""With more labels than that all stay at their points: nobody follows as many leaders."""

CENTRED = 0.0
"""The gap of a label that would rather lie on its point, as the name of an area does."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label that wants a place: its point and its size, pixels. Higher ``rank`` goes first."""

    text: str
    x: float
    y: float
    width: float
    height: float
    gap: float = 5.0
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A label in its place: ``box`` is (left, bottom, right, top), pixels.

    ``leader`` is the line (x0, y0, x1, y1) from its point to it, where it lies farther off.
    """

    label: Wanted
    box: Box
    leader: Box | None = None


def place(
    wanted: Sequence[Wanted],
    bounds: Box,
    *,
    segments: Sequence[tuple[float, float, float, float]] = (),
    taken: Sequence[Box] = (),
) -> tuple[Placed, ...]:
    """Give every label that fits a place: inside ``bounds``, on no other label, on no point.

    Of the free places the best is taken: few route ``segments`` (x0, y0, x1, y1) run through it,
    its own point is the nearest, and it is near. A label without a free place is left out. The
    highest ranks are served first, and of one rank those with most points about them.
    """
    blocked: list[Box] = list(taken)
    points = [(w.x - 2.5, w.y - 2.5, w.x + 2.5, w.y + 2.5) for w in wanted]
    lines = np.asarray(segments, dtype=float).reshape(-1, 4)
    placed = []
    crowd = _crowds(wanted)
    rings = _RINGS if len(wanted) <= _MANY else _RINGS[:1]
    for index in sorted(range(len(wanted)), key=lambda i: (-wanted[i].rank, -crowd[i], i)):
        label = wanted[index]
        others = [*map(_wider, blocked), *points[:index], *points[index + 1 :]]
        found = _best(
            label, bounds, others, [p for p in points if p != points[index]], lines, rings
        )
        if found is None:
            continue
        blocked.append(found.box)
        placed.append(found)
        if found.leader is not None:
            lines = np.vstack([lines, found.leader])
    return tuple(placed)


def _crowds(wanted: Sequence[Wanted]) -> list[int]:
    """How many points lie within two label lengths of each."""
    at = np.array([(w.x, w.y) for w in wanted]).reshape(-1, 2)
    return [
        int((np.hypot(*(at - (w.x, w.y)).T) < 2.0 * w.width).sum()) if w.width else 0
        for w in wanted
    ]


def _wider(box: Box) -> Box:
    return (box[0] - APART, box[1] - APART, box[2] + APART, box[3] + APART)


def _best(
    label: Wanted,
    bounds: Box,
    others: Sequence[Box],
    points: Sequence[Box],
    lines: Lines,
    rings: Rings,
) -> Placed | None:
    """The least bad free place; farther ones are looked at only while they can be better."""
    around = _reach(label)
    array = _about(np.asarray(others, dtype=float).reshape(-1, 4), around)
    near = _about(np.asarray(points, dtype=float).reshape(-1, 4), around)
    lines = _about(lines, around)
    best: tuple[float, Placed] | None = None
    for penalty, box, leader in _places(label, rings):
        if best is not None and best[0] <= penalty:
            continue
        if not _inside(box, bounds) or _any_overlap(box, array):
            continue
        bad = penalty + _CROSSING * _crossings(box, lines)
        if leader is not None:
            bad += _CROSSING * _meets(leader, lines) + 1e3 * _crossings_of(leader, array)
        if label.gap != CENTRED and _mistaken(label, box, near, leader is not None):
            bad += _MISTAKEN
        if best is None or bad < best[0]:
            best = (bad, Placed(label, box, leader))
    return None if best is None or best[0] >= 1e3 else best[1]


def _reach(label: Wanted) -> Box:
    """What lies outside has no part in where a label goes."""
    far = label.gap + (2.0 + _RINGS[-1][0]) * label.height + 2.0 * APART
    wide = far + label.width
    return (label.x - wide, label.y - far, label.x + wide, label.y + far)


def _about(items: Lines, window: Box) -> Lines:
    """The boxes, or the segments by their ends, that touch a window."""
    low, high = np.minimum(items[:, :2], items[:, 2:]), np.maximum(items[:, :2], items[:, 2:])
    touching = (low <= window[2:]).all(axis=1) & (high >= window[:2]).all(axis=1)
    return np.asarray(items[touching])


def _places(label: Wanted, rings: Rings) -> Iterator[tuple[float, Box, Box | None]]:
    """Where a label may sit: how bad that is by itself, its box, its leader where it needs one."""
    if label.gap == CENTRED:
        yield 0.0, _around(label.x, label.y, label), None
    for heights, far in rings:
        gap = (label.gap or label.height) + heights * label.height
        for rank, direction in enumerate(DIRECTIONS):
            box = _box(label, direction, gap)
            leader = _leader(label, box) if heights else None
            yield far + _LATER * (rank + 1), box, leader


def _leader(label: Wanted, box: Box) -> Box:
    """From the point to the nearest place on the box."""
    x, y = min(max(label.x, box[0]), box[2]), min(max(label.y, box[1]), box[3])
    return (label.x, label.y, x, y)


def _inside(box: Box, bounds: Box) -> bool:
    return (
        bounds[0] <= box[0] and bounds[1] <= box[1] and box[2] <= bounds[2] and box[3] <= bounds[3]
    )


def _mistaken(label: Wanted, box: Box, points: Lines, led: bool) -> bool:
    """Whether the label looks like another point's: that one is as near to it as its own.

    A leader tells which is its own, so ``led`` labels need only keep from touching another.
    """
    if not len(points):
        return False
    own = label.height if led else float(_away(box, np.array([[label.x, label.y]]))[0])
    return bool((_away(box, (points[:, :2] + points[:, 2:]) / 2.0) <= own + 1.0).any())


def _away(box: Box, at: Lines) -> Lines:
    """Distances of points from a box, pixels, shape (n,)."""
    dx = np.maximum(np.maximum(box[0] - at[:, 0], at[:, 0] - box[2]), 0.0)
    dy = np.maximum(np.maximum(box[1] - at[:, 1], at[:, 1] - box[3]), 0.0)
    return np.hypot(dx, dy)


def _box(label: Wanted, direction: float, gap: float) -> Box:
    """The label's box when it sits in ``direction``, its nearest corner or side ``gap`` away."""
    c, s = math.cos(math.radians(direction)), math.sin(math.radians(direction))
    x = label.x + c * gap + (0.5 * _sign(c)) * label.width
    y = label.y + s * gap + (0.5 * _sign(s)) * label.height
    return _around(x, y, label)


def _around(x: float, y: float, label: Wanted) -> Box:
    return (x - label.width / 2, y - label.height / 2, x + label.width / 2, y + label.height / 2)


def _sign(value: float) -> float:
    return 0.0 if abs(value) < 1e-6 else math.copysign(1.0, value)


def _any_overlap(box: Box, others: Lines) -> bool:
    if not len(others):
        return False
    apart = (
        (others[:, 2] <= box[0]) | (others[:, 0] >= box[2])
        | (others[:, 3] <= box[1]) | (others[:, 1] >= box[3])
    )  # fmt: skip
    return not bool(apart.all())


def _crossings(box: Box, lines: Lines) -> int:
    """How many segments run through the box (Liang and Barsky 1984: clip each by the box)."""
    return int(_clipped(lines, np.asarray(box, dtype=float).reshape(1, 4)).sum())


def _crossings_of(line: Box, boxes: Lines) -> int:
    """How many boxes a segment runs through."""
    return int(_clipped(np.asarray(line, dtype=float).reshape(1, 4), boxes).sum())


def _clipped(lines: Lines, boxes: Lines) -> NDArray[np.bool_]:
    """Whether segments run through boxes, one of the two a single one; shape (n,)."""
    start, step = lines[:, :2], lines[:, 2:] - lines[:, :2]
    low, high = np.zeros(1), np.ones(1)
    for axis in (0, 1):
        d, p = step[:, axis], start[:, axis]
        safe = np.where(np.abs(d) < 1e-12, 1e-12, d)
        t0, t1 = (boxes[:, axis] - p) / safe, (boxes[:, axis + 2] - p) / safe
        low = np.maximum(low, np.minimum(t0, t1))
        high = np.minimum(high, np.maximum(t0, t1))
    return np.asarray(low < high)


def _meets(line: Box, lines: Lines) -> int:
    """How many segments a leader crosses, those at its own point left out."""
    a, b = np.array(line[:2]), np.array(line[2:])
    p, q = lines[:, :2], lines[:, 2:]

    def side(u: Lines, v: Lines, w: Lines) -> Lines:
        return np.asarray((v - u)[..., 0] * (w - u)[..., 1] - (v - u)[..., 1] * (w - u)[..., 0])

    apart = (side(a, b, p) * side(a, b, q) < 0) & (side(p, q, a) * side(p, q, b) < 0)
    return int(apart.sum())
