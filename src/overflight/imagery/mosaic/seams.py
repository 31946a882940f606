"""The seams of a mosaic: found coarsely for the whole, then finer and finer around themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.mosaic.overview import Geometry
from overflight.imagery.mosaic.stack import Stack, halved

NEAREST, AGREEING = "nearest", "agreeing"
KINDS = (NEAREST, AGREEING)

_MOST_AT_FIRST = 400_000
_SWEEPS = 3
_SWEEPS_FINER = 1
_REACH = 4
_PULL = 2.0
"""Grey levels a cell of the coarsest overview: what it costs to see the ground a radius off the
middle of a frame. So small, it decides where the frames agree anyhow."""


def labels_of(stack: Stack, geometry: Geometry, kind: str = AGREEING) -> NDArray[np.int16]:
    """The frame of each cell of ``stack`` (rows, columns), -1 where none sees the whole of it.
    ``kind``: the frame whose middle is nearest, or, beginning with that, seams where the frames
    agree."""
    from overflight.imagery.mosaic import seam_kernels as kernels

    if kind == NEAREST:
        return _nearest(stack, geometry)
    levels = [stack]
    while len(levels[-1].seen) > _MOST_AT_FIRST and min(levels[-1].places[:, 3:].min(axis=0)) > 8:
        levels.append(halved(levels[-1]))
    labels = _nearest(levels[-1], geometry)
    for number in range(len(levels) - 1, -1, -1):
        level = levels[number]
        coarsest = number == len(levels) - 1
        middle = geometry.middle / level.size
        if coarsest:
            free = labels >= 0
        else:
            labels = _finer(labels, level, geometry)
            free = np.zeros(labels.shape, dtype=np.bool_)
            kernels.near_seams(labels, _REACH, free)
        # Lengths of seams grow with the level, areas with its square.
        reach = geometry.radius / level.size
        pull = _PULL / reach**2 * (level.size / levels[-1].size)
        for _ in range(_SWEEPS if coarsest else _SWEEPS_FINER):
            changed = 0
            for alpha in range(len(level.places)):
                box = _box(labels, alpha, level, whole=coarsest)
                if box is not None:
                    changed += kernels.move(
                        labels, free, level.pixels, level.seen, level.places, middle, alpha, box,
                        pull,
                    )  # fmt: skip
            if not changed:
                break
    return labels


def spread(labels: NDArray[np.int16], cells: int) -> NDArray[np.int16]:
    """The labels, and around them a rim of so many cells that had none; where two meet, the higher
    number."""
    out = np.pad(labels, 1, constant_values=-1)
    for _ in range(cells):
        around = np.maximum.reduce([out[:-2, 1:-1], out[2:, 1:-1], out[1:-1, :-2], out[1:-1, 2:]])
        inner = out[1:-1, 1:-1]
        out[1:-1, 1:-1] = np.where(inner < 0, around, inner)
    return np.ascontiguousarray(out[1:-1, 1:-1])


def _nearest(stack: Stack, geometry: Geometry) -> NDArray[np.int16]:
    from overflight.imagery.mosaic.seam_kernels import NOBODY, nearest

    labels = np.full(stack.shape, NOBODY, dtype=np.int16)
    everywhere = np.ones(stack.shape, dtype=np.bool_)
    nearest(labels, stack.seen, stack.places, geometry.middle / stack.size, everywhere)
    return labels


def _finer(labels: NDArray[np.int16], level: Stack, geometry: Geometry) -> NDArray[np.int16]:
    """Labels of the next finer level; where the frame sees nothing there, the nearest that does."""
    from overflight.imagery.mosaic.seam_kernels import nearest

    rows, columns = level.shape
    fine = np.repeat(np.repeat(labels, 2, axis=0), 2, axis=1)[:rows, :columns]
    fine = np.ascontiguousarray(fine)
    blind = fine < 0
    for k, (begin, top, left, tall, wide) in enumerate(level.places.tolist()):
        seen = level.seen[begin : begin + tall * wide].reshape(tall, wide)
        inside = np.s_[top : top + tall, left : left + wide]
        blind[inside] |= (fine[inside] == k) & ~seen
        outside = fine == k if tall * wide else None
        if outside is not None:
            outside[inside] = False
            blind |= outside
    nearest(fine, level.seen, level.places, geometry.middle / level.size, blind)
    return fine


def _box(
    labels: NDArray[np.int16], alpha: int, level: Stack, *, whole: bool
) -> NDArray[np.int64] | None:
    """Where a move to ``alpha`` may pay: all that it sees, or around where it is the frame now."""
    _, top, left, tall, wide = level.places[alpha].tolist()
    if whole:
        return np.array([top, top + tall, left, left + wide], dtype=np.int64)
    inside = labels[max(0, top) : top + tall, max(0, left) : left + wide] == alpha
    rows, columns = np.nonzero(inside.any(axis=1))[0], np.nonzero(inside.any(axis=0))[0]
    if not len(rows):
        return None
    around = 2 * _REACH
    return np.array(
        [
            max(0, top + rows[0] - around), top + rows[-1] + 1 + around,
            max(0, left + columns[0] - around), left + columns[-1] + 1 + around,
        ],
        dtype=np.int64,
    )  # fmt: skip
