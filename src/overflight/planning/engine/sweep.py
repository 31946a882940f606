"""Compiled search for a polyline that passes through as much value of discs as it can.

The path is an array of free waypoints between a fixed start and end. Every disc counts how many
legs touch it; its score is taken while that count is above nothing, so crossings by the way and
overlaps are seen exactly. Moves: cut a string of waypoints out and fill the hole with points that
reach uncovered discs cheaply (ruin and recreate), slide or drop a waypoint, turn a part round.
Annealing on ``score - price * length`` with a limit that tightens decides; see ``anneal``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from overflight.planning.engine.compiled import leaf
from overflight.planning.engine.disc_insert import insertion, lens
from overflight.planning.engine.disc_round import go_round
from overflight.planning.engine.disc_tighten import tighten_around
from overflight.planning.engine.legs import (
    BLOCKED,
    LENGTH,
    LOST,
    ROOM,
    SCORE,
    SIZE,
    Discs,
    Floats,
    Path,
    copy_path,
    count_leg,
    recount,
    splice,
    widest,
)
from overflight.planning.engine.tours import FAR, Random, arrange, below, uniform


class Heat(NamedTuple):
    hot: float
    cold: float
    price: float
    penalty: float
    slack: float
    longest: int
    """Most waypoints of a string that is cut out."""
    slides: float
    """Part of the moves that slide or drop a single waypoint."""
    tries: int
    """Points looked at to touch two discs by one."""
    tight: float
    """Part of the new waypoints that are tightened at once, with their neighbours."""
    elsewhere: float
    """Probability that a second string is cut out anywhere: length moves across the map."""


@leaf
def _nearest_point(path: Path, x: float, y: float) -> int:
    best = FAR
    at = 1
    for i in range(1, path.counts[SIZE] - 1):
        d = (path.x[i] - x) ** 2 + (path.y[i] - y) ** 2
        if d < best:
            best = d
            at = i
    return at


@leaf
def _centre(path: Path, discs: Discs, spent: float, random: Random) -> int:
    """A disc to begin at: any while all is ahead, later mostly one near the path.

    Near: it is touched or one of its neighbours is. What lies far off is found while it is hot.
    """
    n = discs.x.size
    width = discs.near.shape[1]
    centre = below(random, n)
    if uniform(random) >= spent:
        return centre
    for _ in range(3):
        if path.touched[centre] > 0 or width == 0:
            break
        if path.touched[discs.near[centre, below(random, width)]] > 0 or uniform(random) < 0.1:
            break
        centre = below(random, n)
    return centre


@leaf
def _ruin(path: Path, discs: Discs, centre: int, heat: Heat, random: Random, reach: float) -> None:
    """Cut a string out around a disc's centre, sometimes a second one there or anywhere."""
    strings = 1 + (uniform(random) < 0.4)
    for k in range(strings):
        free = path.counts[SIZE] - 2
        if free < 1:
            return
        if k > 0 and uniform(random) < heat.elsewhere:
            at = 1 + below(random, free)
        else:
            at = _nearest_point(path, discs.x[centre], discs.y[centre])
        draw = uniform(random)
        string = min(1 + int(draw * draw * heat.longest), free)  # mostly short, at times long
        first = min(max(1, at - below(random, string)), free + 1 - string)
        splice(path, discs, first, first + string, 0, 0.0, 0.0, reach)


@leaf
def _recreate(
    path: Path,
    discs: Discs,
    centre: int,
    before: NDArray[np.int32],
    limit: float,
    heat: Heat,
    random: Random,
    found: NDArray[np.int32],
    keys: Floats,
    ways: Floats,
    reach: float,
) -> None:
    """Reach uncovered discs again in a random greedy order while length lasts.

    Candidates: what the ruin lost, else the discs around the centre and one anywhere.
    """
    count = 0
    for k in range(path.counts[LOST]):
        c = path.lost[k]
        if path.touched[c] == 0:
            path.touched[c] = -1  # seen in this list
            found[count] = c
            count += 1
    for k in range(count):
        path.touched[found[k]] = 0
    lost = count
    for k in range(-1, discs.near.shape[1]):
        c = centre if k < 0 else discs.near[centre, k]
        if path.touched[c] == 0 and before[c] == 0:
            found[count] = c
            count += 1
    extra = below(random, before.size)
    if path.touched[extra] == 0 and before[extra] == 0 and count == lost:
        found[count] = extra
        count += 1
    mode = uniform(random)
    alpha = 0.3 + 1.7 * uniform(random)
    for k in range(count):
        c = found[k]
        if mode < 0.7:
            detour, _, _, _ = insertion(path, discs, c)
            ways[c] = detour
            noise = 0.7 + 0.6 * uniform(random)
            keys[k] = -(discs.score[c] ** alpha) * noise / (max(detour, 0.0) + 1e-3 * reach)
        else:
            keys[k] = uniform(random)
    arrange(found, keys, count)
    tries = 0 if uniform(random) < 0.3 else heat.tries
    for k in range(count):
        c = found[k]
        if path.touched[c] > 0 or discs.score[c] <= 0.0 or uniform(random) < 0.02:
            continue
        if path.counts[SIZE] >= ROOM - 2:
            return
        left = limit - path.sums[LENGTH]
        if mode < 0.7 and ways[c] > 2.0 * left + 0.2 * discs.r[c]:
            continue  # what was put in since then can hardly have brought the path so near
        detour, place, x, y = insertion(path, discs, c)
        if place >= 0 and tries > 0:
            price = heat.price * 4.0 * uniform(random)
            detour, x, y = lens(path, discs, c, place, x, y, price, tries, random)
        if place < 0 or path.sums[LENGTH] + detour * discs.warp[0] * 0.98 > limit:
            continue
        crossings = path.counts[BLOCKED]
        splice(path, discs, place, place, 1, x, y, reach)
        added = 1
        if path.counts[BLOCKED] > crossings:
            longest = 1.05 * (limit - path.sums[LENGTH]) + path.span[place - 1] + path.span[place]
            added += go_round(path, discs, place, longest, reach)
            added += go_round(path, discs, place - 1, longest, reach)
        if path.sums[LENGTH] > limit or path.counts[BLOCKED] > crossings:
            splice(path, discs, place, place + added, 0, 0.0, 0.0, reach)
        elif uniform(random) < heat.tight:
            tighten_around(path, discs, place, 1, reach)


@leaf
def _slide(path: Path, discs: Discs, i: int, part: float, random: Random, reach: float) -> None:
    """Move, tighten or drop the waypoint i."""
    ax, ay, bx, by = path.x[i - 1], path.y[i - 1], path.x[i + 1], path.y[i + 1]
    x, y = path.x[i], path.y[i]
    kind = uniform(random)
    if uniform(random) < part:
        tighten_around(path, discs, i, 1, reach)
        return
    if kind < 0.15:
        splice(path, discs, i, i + 1, 0, 0.0, 0.0, reach)
        return
    if kind < 0.55:
        dx, dy = bx - ax, by - ay
        size = dx * dx + dy * dy
        t = 0.5
        if size > 0.0:
            t = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / size))
        step = 0.5 ** (8.0 * uniform(random))
        x += step * (ax + t * dx - x)
        y += step * (ay + t * dy - y)
    else:
        step = reach * 0.5 ** (10.0 * uniform(random))
        angle = 2.0 * np.pi * uniform(random)
        x += step * np.cos(angle)
        y += step * np.sin(angle)
    splice(path, discs, i, i + 1, 1, x, y, reach)


@leaf
def _turn(path: Path, discs: Discs, random: Random, reach: float) -> None:
    """Reverse the way between two legs, the second near the first."""
    m = path.counts[SIZE]
    i = 1 + below(random, m - 2)
    best = FAR
    j = i
    for k in range(1, m - 1):
        lo, hi = min(i, k), max(i, k)
        if lo == hi:
            continue
        ax, ay, bx, by = path.x[lo - 1], path.y[lo - 1], path.x[lo], path.y[lo]
        cx, cy, dx, dy = path.x[hi], path.y[hi], path.x[hi + 1], path.y[hi + 1]
        w = np.sqrt((ax - cx) ** 2 + (ay - cy) ** 2) + np.sqrt((bx - dx) ** 2 + (by - dy) ** 2)
        w -= np.sqrt((ax - bx) ** 2 + (ay - by) ** 2) + np.sqrt((cx - dx) ** 2 + (cy - dy) ** 2)
        if w < best:
            best = w
            j = k
    if j == i:
        return
    i, j = min(i, j), max(i, j)
    count_leg(path, discs, i - 1, -1, reach)
    count_leg(path, discs, j, -1, reach)
    for k in range((j - i + 1) // 2):
        a, b = i + k, j - k
        path.x[a], path.x[b] = path.x[b], path.x[a]
        path.y[a], path.y[b] = path.y[b], path.y[a]
    for k in range((j - i) // 2):
        a, b = i + k, j - 1 - k
        path.span[a], path.span[b] = path.span[b], path.span[a]
    count_leg(path, discs, i - 1, 1, reach)
    count_leg(path, discs, j, 1, reach)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def anneal(
    path: Path,
    best: Path,
    discs: Discs,
    limit: float,
    heat: Heat,
    random: Random,
    iterations: int,
    begin: float,
    end: float,
) -> None:
    """Run some moves; ``best`` takes every better path that keeps the limit and the walls."""
    n = discs.x.size
    before = Path(
        np.empty(ROOM),
        np.empty(ROOM),
        np.empty(n, np.int32),
        np.empty(ROOM),
        np.empty(1, np.int32),
        np.empty(2),
        np.empty(4, np.int64),
    )
    found = np.empty(2 * n + 2, np.int32)
    keys = np.empty(2 * n + 2)
    ways = np.empty(n)
    recount(path, discs)
    copy_path(path, before)
    _moves(
        *(path, before, best, discs, limit, heat, random, iterations, begin, end),
        *(found, keys, ways),
    )


@leaf
def _moves(
    path: Path,
    before: Path,
    best: Path,
    discs: Discs,
    limit: float,
    heat: Heat,
    random: Random,
    iterations: int,
    begin: float,
    end: float,
    found: NDArray[np.int32],
    keys: Floats,
    ways: Floats,
) -> None:
    """``anneal`` with room for its lists; ``before`` is the path as accepted last."""
    reach = widest(discs)
    spare = 0.4 if discs.walls.shape[0] else 0.03  # corners round walls are rarely to be cut out
    temperature = heat.hot
    bound = limit
    spent = begin
    for it in range(iterations):
        if it % 64 == 0:
            spent = begin + (end - begin) * it / iterations
            temperature = heat.hot * (heat.cold / heat.hot) ** spent
            bound = limit + heat.slack * max(0.0, 1.0 - spent / 0.8)
        m = path.counts[SIZE]
        path.counts[LOST] = 0
        kind = uniform(random)
        if m > 2 and kind < heat.slides:
            _slide(path, discs, 1 + below(random, m - 2), heat.tight, random, reach)
        elif m > 4 and kind < heat.slides + 0.03:
            _turn(path, discs, random, reach)
        else:
            centre = _centre(before, discs, spent, random)
            if uniform(random) >= spare:
                _ruin(path, discs, centre, heat, random, reach)
            seen = before.touched
            _recreate(path, discs, centre, seen, bound, heat, random, found, keys, ways, reach)
        gain = path.sums[SCORE] - before.sums[SCORE]
        longer = path.sums[LENGTH] - before.sums[LENGTH]
        gain -= heat.price * longer
        over = max(0.0, path.sums[LENGTH] - limit) - max(0.0, before.sums[LENGTH] - limit)
        gain -= heat.penalty * over
        fits = path.counts[BLOCKED] <= before.counts[BLOCKED]
        fits = fits and (path.sums[LENGTH] <= bound or longer <= 0.0)
        if fits and (gain >= 0 or uniform(random) < np.exp(gain / temperature)):
            copy_path(path, before)
            if path.sums[LENGTH] <= limit and path.counts[BLOCKED] == 0:
                ahead = path.sums[SCORE] - best.sums[SCORE]
                shorter = best.sums[LENGTH] - path.sums[LENGTH]
                if ahead > 1e-9 or (ahead > -1e-9 and shorter > 1e-9 * limit):
                    copy_path(path, best)
        else:
            copy_path(before, path)
