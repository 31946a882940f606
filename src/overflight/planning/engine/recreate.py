"""Opening a tour and filling it again: compiled steps of the annealing.

The arrays are those of ``State``, taken one by one (see there why).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overflight.planning.engine.compiled import leaf
from overflight.planning.engine.state import (
    FIXED,
    LENGTH,
    NXT,
    PRV,
    SCORE,
    SEEN,
    SIZE,
    Counts,
    Links,
    put_in,
    take_out,
)
from overflight.planning.engine.tours import (
    FAR,
    Matrix,
    Random,
    Scores,
    Tour,
    arrange,
    below,
    uniform,
)

PATIENCE = 10
"""Candidates in a row that may not fit before the rest is not tried."""


@leaf
def ruin(
    links: Links,
    journal: Links,
    counts: Counts,
    values: Scores,
    random: Random,
    distance: Matrix,
    scores: Scores,
    near: NDArray[np.int32],
    centre: int,
    target: int,
    longest: int,
    gone: Tour,
    count: int,
) -> int:
    """Take strings of up to ``longest`` nodes out around a centre until ``target`` are gone."""
    size = counts[SIZE]
    length = 0.0
    score = 0.0
    for k in range(-1, near.shape[1]):
        if count >= target or size - count <= 3:
            break
        c = centre if k < 0 else near[centre, k]
        if links[c, NXT] < 0:
            continue
        string = 1 + below(random, longest)
        for _ in range(below(random, string)):
            c = links[c, PRV]
        for _ in range(string):
            if count >= target or size - count <= 3:
                break
            following = links[c, NXT]
            if not links[c, FIXED]:
                p = links[c, PRV]
                length += distance[p, c] + distance[c, following] - distance[p, following]
                score += scores[c]
                take_out(links, journal, counts, c)
                gone[count] = c
                count += 1
            c = following
    values[LENGTH] -= length
    values[SCORE] -= score
    return count


@leaf
def _detour(
    links: Links,
    distance: Matrix,
    near: NDArray[np.int32],
    c: int,
    blink: float,
    random: Random,
) -> tuple[float, int]:
    """The cheapest way to put c into the tour: extra length, and the node before it (or -1)."""
    best = FAR
    place = -1
    for k in range(near.shape[1]):
        q = near[c, k]
        after = links[q, NXT]
        if after < 0:
            continue
        d = distance[c, q]
        if k > 7 and d > best:
            break
        if blink > 0.0 and uniform(random) < blink:
            continue
        w = d + distance[c, after] - distance[q, after]
        if w < best:
            best = w
            place = q
        before = links[q, PRV]
        w = d + distance[c, before] - distance[q, before]
        if w < best:
            best = w
            place = before
    return best, place


@leaf
def gather(
    links: Links,
    near: NDArray[np.int32],
    centre: int,
    width: int,
    clock: int,
    found: Tour,
    count: int,
) -> int:
    """Add a centre and its nearest nodes that are not in the tour to ``found``, each once."""
    for k in range(-1, width):
        c = centre if k < 0 else near[centre, k]
        if links[c, NXT] < 0 and links[c, SEEN] != clock:
            links[c, SEEN] = clock
            found[count] = c
            count += 1
    return count


@leaf
def centre(links: Links, members: Tour, counts: Counts, random: Random) -> int:
    """A random node: half the time of the tour, half the time any."""
    if uniform(random) < 0.5:
        return int(members[below(random, counts[SIZE])])
    return below(random, links.shape[0])


@leaf
def rank(
    links: Links,
    random: Random,
    distance: Matrix,
    scores: Scores,
    near: NDArray[np.int32],
    found: Tour,
    count: int,
    keys: Scores,
    grain: float,
) -> None:
    """Put the candidates into a random greedy order; ``grain`` is a detour of no account."""
    mode = uniform(random)
    alpha = 0.5 + 1.5 * uniform(random)
    for r in range(count):
        c = found[r]
        if mode < 0.7:
            detour, _ = _detour(links, distance, near, c, 0.0, random)
            noise = 0.7 + 0.6 * uniform(random)
            keys[r] = -(scores[c] ** alpha) * noise / (max(detour, 0.0) + grain)
        elif mode < 0.85:
            keys[r] = uniform(random)
        else:
            keys[r] = -scores[c] * (0.5 + uniform(random))
    arrange(found, keys, count)


@leaf
def refill(
    links: Links,
    journal: Links,
    counts: Counts,
    values: Scores,
    random: Random,
    distance: Matrix,
    scores: Scores,
    limit: float,
    near: NDArray[np.int32],
    found: Tour,
    count: int,
) -> int:
    """Put candidates back in their order while they fit; how many were left over.

    Those left over stand first in ``found`` afterwards, in the same order.
    """
    length = values[LENGTH]
    score = 0.0
    left = 0
    failed = 0
    for r in range(count):
        c = found[r]
        if scores[c] <= 0.0:
            continue
        if failed >= PATIENCE:
            found[left] = c
            left += 1
            continue
        detour, place = _detour(links, distance, near, c, 0.01, random)
        if place < 0 or length + detour > limit:
            found[left] = c
            left += 1
            failed += 1
            continue
        failed = 0
        put_in(links, journal, counts, c, place)
        length += detour
        score += scores[c]
    values[LENGTH] = length
    values[SCORE] += score
    return left
