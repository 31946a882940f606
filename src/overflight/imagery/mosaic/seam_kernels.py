"""Which frame each cell comes from: the nearest at first, then whatever cuts less.

One move of Boykov, Veksler and Zabih 2001 ("Fast approximate energy minimization via graph cuts",
IEEE PAMI 23, 1222-1239): all cells may at once change to one frame, and the best such change is
the cheapest cut of a grid. A seam between two cells costs what the two frames differ by in both
(Kwatra et al. 2003, "Graphcut textures"), so it runs where they agree, and around what moved.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from overflight.imagery.mosaic.maxflow import least_cut

NOBODY = -1
_SCALE = 8
_LENGTH = 8
"""What a seam costs a cell of its length where the frames are equal: one grey level."""
_UNKNOWN = 200
"""Grey levels for a seam where one of the two frames sees nothing."""


@njit(cache=True, nogil=True)
def sees(seen: Any, places: Any, k: int, row: int, column: int) -> int:  # pragma: no cover
    """Where a cell of the grid lies in the stack for frame ``k``; -1 where it sees nothing."""
    r, c = row - places[k, 1], column - places[k, 2]
    if r < 0 or c < 0 or r >= places[k, 3] or c >= places[k, 4]:
        return -1
    at = places[k, 0] + r * places[k, 4] + c
    return at if seen[at] else -1


@njit(cache=True, nogil=True)
def _apart(
    pixels: Any, seen: Any, places: Any, a: int, b: int, row: int, column: int
) -> Any:  # pragma: no cover
    """How far two frames are apart in a cell. A metric: what the moves need."""
    if a == b:
        return 0
    at_a = sees(seen, places, a, row, column)
    at_b = sees(seen, places, b, row, column)
    if at_a < 0 or at_b < 0:
        return _SCALE * _UNKNOWN
    total: Any = 0
    bands = pixels.shape[1]
    for k in range(bands):
        total += abs(np.int32(pixels[at_a, k]) - np.int32(pixels[at_b, k]))
    return (_SCALE * total) // bands + _LENGTH


@njit(cache=True, nogil=True)
def _seam(
    pixels: Any, seen: Any, places: Any, a: int, b: int, r0: int, c0: int, r1: int, c1: int
) -> Any:  # pragma: no cover
    if a == b or a < 0 or b < 0:
        return 0
    return _apart(pixels, seen, places, a, b, r0, c0) + _apart(pixels, seen, places, a, b, r1, c1)


@njit(cache=True, nogil=True)
def _off(middle: Any, k: int, row: int, column: int) -> Any:  # pragma: no cover
    dr, dc = row + 0.5 - middle[k, 0], column + 0.5 - middle[k, 1]
    return dr * dr + dc * dc


@njit(cache=True, nogil=True)
def nearest(
    labels: Any, seen: Any, places: Any, middle: Any, change: Any
) -> None:  # pragma: no cover
    """Where ``change`` says so, of the frames that see a cell the one with the nearest middle.
    ``labels`` is filled in place. ``middle`` (frames, 2) in cells."""
    rows, columns = labels.shape
    best = np.full((rows, columns), np.inf, dtype=np.float32)
    for r in range(rows):
        for c in range(columns):
            if change[r, c]:
                labels[r, c] = NOBODY
    for k in range(places.shape[0]):
        for r in range(places[k, 1], min(rows, places[k, 1] + places[k, 3])):
            for c in range(places[k, 2], min(columns, places[k, 2] + places[k, 4])):
                if change[r, c] and sees(seen, places, k, r, c) >= 0:
                    d = np.float32(_off(middle, k, r, c))
                    if d < best[r, c]:
                        best[r, c] = d
                        labels[r, c] = k


@njit(cache=True, nogil=True)
def move(
    labels: Any,
    free: Any,
    pixels: Any,
    seen: Any,
    places: Any,
    middle: Any,
    alpha: int,
    box: Any,
    pull: float,
) -> int:  # pragma: no cover
    """The best change of cells that are ``free`` to frame ``alpha``, within ``box`` (row, row,
    column, column); returns how many changed. ``pull``: what it costs to be seen from farther off
    than needed, a cell and a unit of squared distance."""  # fmt: skip
    rows, columns = labels.shape
    r0, r1 = max(box[0], places[alpha, 1]), min(box[1], places[alpha, 1] + places[alpha, 3])
    c0, c1 = max(box[2], places[alpha, 2]), min(box[3], places[alpha, 2] + places[alpha, 4])
    if r0 >= r1 or c0 >= c1:
        return 0
    wide = c1 - c0
    node = np.zeros((r1 - r0, wide), dtype=np.bool_)
    some = False
    for r in range(r0, r1):
        for c in range(c0, c1):
            now = labels[r, c]
            may = now >= 0 and now != alpha and free[r, c]
            if may and sees(seen, places, alpha, r, c) >= 0:
                node[r - r0, c - c0] = True
                some = True
    if not some:
        return 0
    room = np.zeros((node.size, 4), dtype=np.int32)
    ends = np.zeros(node.size, dtype=np.int64)
    # A cell on the source's side keeps its frame. ``ends`` is the cost of changing less that of
    # keeping.
    for r in range(r0, r1):
        for c in range(c0, c1):
            if not node[r - r0, c - c0]:
                continue
            p = (r - r0) * wide + c - c0
            now = labels[r, c]
            more = _off(middle, alpha, r, c) - _off(middle, now, r, c)
            ends[p] += np.int64(np.rint(_SCALE * pull * more))
            for d in range(4):
                rq = r + (1 if d == 1 else -1 if d == 3 else 0)
                cq = c + (1 if d == 0 else -1 if d == 2 else 0)
                if rq < 0 or cq < 0 or rq >= rows or cq >= columns or labels[rq, cq] < 0:
                    continue
                other = labels[rq, cq]
                inside = r0 <= rq < r1 and c0 <= cq < c1
                change = _seam(pixels, seen, places, alpha, other, r, c, rq, cq)
                keep = _seam(pixels, seen, places, now, other, r, c, rq, cq)
                if not (inside and node[rq - r0, cq - c0]):
                    ends[p] += change - keep
                elif d < 2:
                    # E(keep, keep) = keep, E(keep, change) = late, E(change, keep) = change.
                    q = (rq - r0) * wide + cq - c0
                    late = _seam(pixels, seen, places, now, alpha, r, c, rq, cq)
                    ends[p] += change - keep
                    ends[q] -= change
                    room[p, d] += max(0, late + change - keep)
    side = least_cut(room, ends, wide)
    changed = 0
    for r in range(r0, r1):
        for c in range(c0, c1):
            if node[r - r0, c - c0] and side[(r - r0) * wide + c - c0] == 0:
                labels[r, c] = alpha
                changed += 1
    return changed


@njit(cache=True, nogil=True)
def near_seams(labels: Any, reach: int, out: Any) -> None:  # pragma: no cover
    """True where another frame, or nobody, is within ``reach`` cells along rows and columns."""
    rows, columns = labels.shape
    out[:] = False
    for r in range(rows):
        for c in range(columns):
            here = labels[r, c]
            right = c + 1 < columns and labels[r, c + 1] != here
            down = r + 1 < rows and labels[r + 1, c] != here
            if right or down:
                for y in range(max(0, r - reach + 1), min(rows, r + reach + 1)):
                    for x in range(max(0, c - reach + 1), min(columns, c + reach + 1)):
                        out[y, x] = True
