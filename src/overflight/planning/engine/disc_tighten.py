"""Moving a waypoint to where its two legs are shortest while they still touch what only they do.

Compiled pieces of the search over discs (``sweep``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overflight.planning.engine.compiled import leaf
from overflight.planning.engine.disc_insert import reflect
from overflight.planning.engine.legs import BLOCKED, LOG, LOST, SIZE, Discs, Path, count_leg, splice

HALVINGS = 10
ROUNDS = 3
SAFE = 1.0 - 1e-10


@leaf
def _touches(
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, square: float
) -> bool:
    dx, dy = bx - ax, by - ay
    px, py = cx - ax, cy - ay
    size = dx * dx + dy * dy
    if size > 0.0:
        t = (px * dx + py * dy) / size
        t = 0.0 if t < 0.0 else (1.0 if t > 1.0 else t)
        px -= t * dx
        py -= t * dy
    return bool(px * px + py * py <= square)


@leaf
def _missed(
    discs: Discs,
    held: NDArray[np.int32],
    ax: float,
    ay: float,
    x: float,
    y: float,
    bx: float,
    by: float,
) -> int:
    """The first of the held discs that neither leg touches, as an index into held; or -1."""
    for k in range(held.size):
        c = held[k]
        cx, cy = discs.x[c], discs.y[c]
        square = discs.r[c] * discs.r[c] * SAFE
        if not _touches(ax, ay, x, y, cx, cy, square) and not _touches(
            x, y, bx, by, cx, cy, square
        ):
            return k
    return -1


@leaf
def tighten(path: Path, discs: Discs, i: int, reach: float) -> bool:
    """Tighten waypoint i, or drop it where nothing needs it; whether it was dropped.

    Discs that only its two legs touch stay touched. The path never grows, and never meets more
    walls.
    """
    if path.counts[LOST] > LOG // 2:
        path.counts[LOST] = 0
    mark = path.counts[LOST]
    crossings = path.counts[BLOCKED]
    ax, ay, bx, by = path.x[i - 1], path.y[i - 1], path.x[i + 1], path.y[i + 1]
    x, y = path.x[i], path.y[i]
    count_leg(path, discs, i - 1, -1, reach)
    count_leg(path, discs, i, -1, reach)
    count = mark
    for k in range(mark, path.counts[LOST]):
        c = path.lost[k]
        if path.touched[c] == 0 and discs.score[c] > 0.0:
            path.lost[count] = c
            count += 1
    held = path.lost[mark:count]
    dx, dy = bx - ax, by - ay
    size = dx * dx + dy * dy
    t = 0.5
    if size > 0.0:
        t = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / size))
    goal_x, goal_y = ax + t * dx, ay + t * dy
    new_x, new_y = x, y
    way = np.sqrt((ax - x) ** 2 + (ay - y) ** 2) + np.sqrt((bx - x) ** 2 + (by - y) ** 2)
    straight = False
    for turn in range(ROUNDS):
        blocking = _missed(discs, held, ax, ay, goal_x, goal_y, bx, by)
        at_x, at_y = goal_x, goal_y
        if blocking < 0 and turn == 0:
            straight = True
        if blocking >= 0:
            low, high = 0.0, 1.0
            for _ in range(HALVINGS):
                t = 0.5 * (low + high)
                at_x = new_x + t * (goal_x - new_x)
                at_y = new_y + t * (goal_y - new_y)
                missed = _missed(discs, held, ax, ay, at_x, at_y, bx, by)
                if missed < 0:
                    low = t
                else:
                    high = t
                    blocking = missed
            at_x = new_x + low * (goal_x - new_x)
            at_y = new_y + low * (goal_y - new_y)
        w = np.sqrt((ax - at_x) ** 2 + (ay - at_y) ** 2)
        w += np.sqrt((bx - at_x) ** 2 + (by - at_y) ** 2)
        if w < way and (at_x != new_x or at_y != new_y):
            way = w
            new_x, new_y = at_x, at_y
        if blocking < 0:
            break
        c = held[blocking]
        goal_x, goal_y = reflect(
            ax, ay, bx, by, discs.x[c], discs.y[c], discs.r[c] * (1.0 - 1e-9), new_x, new_y
        )
    path.counts[LOST] = mark
    if straight:
        count_leg(path, discs, i - 1, 1, reach)
        count_leg(path, discs, i, 1, reach)
        splice(path, discs, i, i + 1, 0, 0.0, 0.0, reach)
        if path.counts[BLOCKED] <= crossings:
            return True
        splice(path, discs, i, i, 1, x, y, reach)
        return False
    path.x[i], path.y[i] = new_x, new_y
    count_leg(path, discs, i - 1, 1, reach)
    count_leg(path, discs, i, 1, reach)
    if path.counts[BLOCKED] > crossings:
        splice(path, discs, i, i + 1, 1, x, y, reach)
    return False


@leaf
def tighten_around(path: Path, discs: Discs, i: int, wide: int, reach: float) -> None:
    """Tighten the waypoints within ``wide`` of the i-th, one after another."""
    k = max(1, i - wide)
    last = i + wide
    while k <= min(last, path.counts[SIZE] - 2):
        if tighten(path, discs, k, reach):
            last -= 1
        else:
            k += 1
