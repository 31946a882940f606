"""Where the labels of a map go: beside their point, clear of each other, or not at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Box = tuple[float, float, float, float]

DIRECTIONS = (45.0, -45.0, 135.0, -135.0, 0.0, 180.0, 90.0, -90.0)
"""Where a label may sit about its point, degrees from the right, best first."""

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
    """A label in its place: ``box`` is (left, bottom, right, top), pixels."""

    label: Wanted
    box: Box


def place(
    wanted: Sequence[Wanted],
    bounds: Box,
    *,
    segments: Sequence[tuple[float, float, float, float]] = (),
    taken: Sequence[Box] = (),
) -> tuple[Placed, ...]:
    """Give every label that fits a place: inside ``bounds``, on no other label, on no point.

    Of the free places the one that the fewest route ``segments`` (x0, y0, x1, y1) run through
    is taken. A label without a free place is left out; the highest ranks are served first.
    """
    blocked: list[Box] = list(taken)
    points = [(w.x - 2.5, w.y - 2.5, w.x + 2.5, w.y + 2.5) for w in wanted]
    lines = np.asarray(segments, dtype=float).reshape(-1, 4)
    placed = []
    order = sorted(range(len(wanted)), key=lambda i: (-wanted[i].rank, i))
    for index in order:
        label = wanted[index]
        others = blocked + points[:index] + points[index + 1 :]
        found = _best(label, bounds, others, lines)
        if found is not None:
            blocked.append(found)
            placed.append(Placed(label, found))
    return tuple(placed)


def _best(
    label: Wanted,
    bounds: Box,
    others: Sequence[Box],
    lines: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> Box | None:
    best: tuple[int, Box] | None = None
    array = np.asarray(others, dtype=float).reshape(-1, 4)
    gaps = [label.gap]
    boxes = []
    if label.gap == CENTRED:
        gaps = [label.height, 2.5 * label.height]
        boxes.append(_around(label.x, label.y, label))
    boxes += [_box(label, direction, gap) for gap in gaps for direction in DIRECTIONS]
    for box in boxes:
        inside = (
            bounds[0] <= box[0]
            and bounds[1] <= box[1]
            and box[2] <= bounds[2]
            and box[3] <= bounds[3]
        )
        if not inside or _any_overlap(box, array):
            continue
        crossed = _crossings(box, lines)
        if best is None or crossed < best[0]:
            best = (crossed, box)
        if crossed == 0:
            break
    return None if best is None else best[1]


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


def _any_overlap(box: Box, others: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> bool:
    if not len(others):
        return False
    apart = (
        (others[:, 2] <= box[0]) | (others[:, 0] >= box[2])
        | (others[:, 3] <= box[1]) | (others[:, 1] >= box[3])
    )  # fmt: skip
    return not bool(apart.all())


def _crossings(box: Box, lines: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> int:
    """How many segments run through the box (Liang and Barsky 1984: clip each by the box)."""
    if not len(lines):
        return 0
    start, step = lines[:, :2], lines[:, 2:] - lines[:, :2]
    low, high = np.zeros(len(lines)), np.ones(len(lines))
    for axis, (least, most) in enumerate(((box[0], box[2]), (box[1], box[3]))):
        d, p = step[:, axis], start[:, axis]
        safe = np.where(np.abs(d) < 1e-12, 1e-12, d)
        t0, t1 = (least - p) / safe, (most - p) / safe
        low = np.maximum(low, np.minimum(t0, t1))
        high = np.minimum(high, np.maximum(t0, t1))
    return int((low < high).sum())
