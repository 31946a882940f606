"""Ruin and recreate under simulated annealing: the compiled inner loop of the node search.

Strings of the tour near a random node are cut out and the hole is filled again from what was
removed and what lies unvisited near it (Christiaens and Vanden Berghe 2020, "slack induction by
string removals", adapted to a limit on length instead of demands). Sometimes a second place is
opened as well, so that length can move from one end of the map to the other. Changes are logged
and taken back when annealing on ``score - price * length`` refuses them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from overflight.planning.engine.tours import (
    FAR,
    Matrix,
    Random,
    Scores,
    Tour,
    below,
    polish,
    tour_length,
    uniform,
)

LENGTH, SCORE, BEST_SCORE, BEST_LENGTH = range(4)
SQUEEZED = 0.8
"""The part of a run after which no tour may be longer than the limit."""
SIZE, BEST_SIZE, CLOCK, POLISHED = range(4)


class State(NamedTuple):
    """Where a search stands; every array has shape (n,) unless said otherwise."""

    nxt: Tour
    """The node after each node of the tour; -1: not in the tour."""
    prv: Tour
    members: Tour
    """The nodes of the tour in any order, ``counts[SIZE]`` of them."""
    slot: Tour
    """Where each node stands in ``members``; -1: nowhere."""
    best: Tour
    """The best tour, ``counts[BEST_SIZE]`` nodes."""
    values: NDArray[np.float64]
    """Shape (4,): length, score, best score, best length."""
    counts: NDArray[np.int64]
    """Shape (4,): nodes, nodes of the best, iterations ever, iteration of the last polish."""
    random: Random
    fixed: NDArray[np.uint8]
    """1 for nodes that must stay (start, end)."""


class Settings(NamedTuple):
    """What the annealing does; see ``tuning``."""

    hot: float
    cold: float
    price: float
    """Score that one unit of length is worth."""
    removal: float
    """Mean number of nodes taken out at once."""
    string: int
    """Longest string taken out."""
    second: float
    """Probability of a second opening elsewhere."""
    slack: float
    """Length beyond the limit that the search may stray at the start."""
    penalty: float
    """Score that one unit of length beyond the limit costs."""


def new_state(n: int, fixed: Tour, random: Random) -> State:
    """An empty state; ``load`` puts a tour into it."""
    held = np.zeros(n, np.uint8)
    held[fixed] = 1
    tour = [np.full(n, -1, np.int32) for _ in range(5)]
    return State(*tour, np.zeros(4), np.zeros(4, np.int64), random, held)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def load(state: State, tour: Tour, distance: Matrix, scores: Scores) -> None:
    """Make ``tour`` both the current and the best."""
    m = tour.size
    state.nxt[:] = -1
    state.prv[:] = -1
    state.slot[:] = -1
    score = 0.0
    for i in range(m):
        a = tour[i]
        b = tour[i + 1 if i + 1 < m else 0]
        state.nxt[a] = b
        state.prv[b] = a
        state.members[i] = a
        state.slot[a] = i
        state.best[i] = a
        score += scores[a]
    length = tour_length(distance, tour, m)
    state.values[LENGTH] = state.values[BEST_LENGTH] = length
    state.values[SCORE] = state.values[BEST_SCORE] = score
    state.counts[SIZE] = state.counts[BEST_SIZE] = m


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def unload(state: State, tour: Tour) -> int:
    """Write the current tour into ``tour`` from its first fixed node on; its size."""
    first = state.members[0]
    for i in range(state.counts[SIZE]):
        if state.fixed[state.members[i]]:
            first = state.members[i]
            break
    c = first
    m = 0
    while True:
        tour[m] = c
        m += 1
        c = state.nxt[c]
        if c == first:
            return m


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def settle(
    state: State, distance: Matrix, scores: Scores, near: NDArray[np.int32], shorten: bool
) -> None:
    """Polish the current tour, take its length afresh, and keep it if it is the best."""
    n = distance.shape[0]
    tour = np.empty(n, np.int32)
    m = unload(state, tour)
    if shorten:
        polish(tour, m, distance, near, np.empty(n, np.int32))
        state.counts[POLISHED] = state.counts[CLOCK]
    score = 0.0
    for i in range(m):
        a = tour[i]
        b = tour[i + 1 if i + 1 < m else 0]
        state.nxt[a] = b
        state.prv[b] = a
        score += scores[a]
    state.values[LENGTH] = tour_length(distance, tour, m)
    state.values[SCORE] = score
    ahead = score - state.values[BEST_SCORE]
    if ahead > 1e-9 or (ahead > -1e-9 and state.values[LENGTH] < state.values[BEST_LENGTH] - 1e-9):
        state.values[BEST_SCORE] = score
        state.values[BEST_LENGTH] = state.values[LENGTH]
        state.counts[BEST_SIZE] = m
        state.best[:m] = tour[:m]


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _cut_out(
    state: State, distance: Matrix, scores: Scores, c: int, log: NDArray[np.int32], count: int
) -> None:
    """Take node c out of the tour and write (c, before, after) into the log."""
    p = state.prv[c]
    q = state.nxt[c]
    state.values[LENGTH] -= distance[p, c] + distance[c, q] - distance[p, q]
    state.values[SCORE] -= scores[c]
    state.nxt[p] = q
    state.prv[q] = p
    state.nxt[c] = -1
    state.prv[c] = -1
    log[count, 0] = c
    log[count, 1] = p
    log[count, 2] = q


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _ruin(
    state: State,
    distance: Matrix,
    scores: Scores,
    near: NDArray[np.int32],
    centre: int,
    target: int,
    longest: int,
    log: NDArray[np.int32],
    count: int,
) -> int:
    """Take strings of up to ``longest`` nodes out around a centre until ``target`` are gone."""
    size = state.counts[SIZE]
    for k in range(-1, near.shape[1]):
        if count >= target or size - count <= 3:
            break
        c = centre if k < 0 else near[centre, k]
        if state.nxt[c] < 0:
            continue
        string = 1 + below(state.random, longest)
        for _ in range(below(state.random, string)):
            c = state.prv[c]
        for _ in range(string):
            if count >= target or size - count <= 3:
                break
            following = state.nxt[c]
            if not state.fixed[c]:
                _cut_out(state, distance, scores, c, log, count)
                count += 1
            c = following
    return count


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _detour(
    state: State, distance: Matrix, near: NDArray[np.int32], c: int, blink: float
) -> tuple[float, int]:
    """The cheapest way to put c into the tour: extra length, and the node before it (or -1)."""
    best = FAR
    place = -1
    for k in range(near.shape[1]):
        q = near[c, k]
        after = state.nxt[q]
        if after < 0:
            continue
        d = distance[c, q]
        if k > 7 and d > best:
            break
        if blink > 0.0 and uniform(state.random) < blink:
            continue
        w = d + distance[c, after] - distance[q, after]
        if w < best:
            best = w
            place = q
        before = state.prv[q]
        w = d + distance[c, before] - distance[q, before]
        if w < best:
            best = w
            place = before
    return best, place


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _gather(
    state: State,
    near: NDArray[np.int32],
    centre: int,
    width: int,
    seen: NDArray[np.int64],
    found: Tour,
    count: int,
) -> int:
    """Add a centre and its nearest nodes that are not in the tour to ``found``, each once."""
    clock = state.counts[CLOCK]
    for k in range(-1, width):
        c = centre if k < 0 else near[centre, k]
        if state.nxt[c] < 0 and seen[c] != clock:
            seen[c] = clock
            found[count] = c
            count += 1
    return count


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _centre(state: State) -> int:
    """A random node: half the time of the tour, half the time any."""
    if uniform(state.random) < 0.5:
        return int(state.members[below(state.random, state.counts[SIZE])])
    return below(state.random, state.nxt.size)


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _refill(
    state: State,
    distance: Matrix,
    scores: Scores,
    limit: float,
    near: NDArray[np.int32],
    found: Tour,
    count: int,
    keys: Scores,
    put: Tour,
) -> int:
    """Put candidates back in a random greedy order while they fit; how many went in."""
    mode = uniform(state.random)
    alpha = 0.5 + 1.5 * uniform(state.random)
    for r in range(count):
        c = found[r]
        if mode < 0.7:
            detour, place = _detour(state, distance, near, c, 0.0)
            noise = 0.7 + 0.6 * uniform(state.random)
            keys[r] = -(scores[c] ** alpha) * noise / (max(detour, 0.0) + 1e-3)
        elif mode < 0.85:
            keys[r] = uniform(state.random)
        else:
            keys[r] = -scores[c] * (0.5 + uniform(state.random))
    order = np.argsort(keys[:count])
    inserted = 0
    for r in range(count):
        c = found[order[r]]
        if scores[c] <= 0.0:
            continue
        detour, place = _detour(state, distance, near, c, 0.01)
        if place < 0 or state.values[LENGTH] + detour > limit:
            continue
        q = state.nxt[place]
        state.nxt[place] = c
        state.prv[c] = place
        state.nxt[c] = q
        state.prv[q] = c
        state.values[LENGTH] += detour
        state.values[SCORE] += scores[c]
        put[inserted] = c
        inserted += 1
    return inserted


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _keep(state: State, log: NDArray[np.int32], removed: int, put: Tour, inserted: int) -> None:
    """Bring the list of members up to date after an accepted change."""
    size = state.counts[SIZE]
    for r in range(removed):
        c = log[r, 0]
        if state.nxt[c] < 0:
            at = state.slot[c]
            size -= 1
            last = state.members[size]
            state.members[at] = last
            state.slot[last] = at
            state.slot[c] = -1
    for r in range(inserted):
        c = put[r]
        if state.slot[c] < 0:
            state.members[size] = c
            state.slot[c] = size
            size += 1
    state.counts[SIZE] = size


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def _take_back(
    state: State, log: NDArray[np.int32], removed: int, put: Tour, inserted: int
) -> None:
    for r in range(inserted - 1, -1, -1):
        c = put[r]
        p = state.prv[c]
        q = state.nxt[c]
        state.nxt[p] = q
        state.prv[q] = p
        state.nxt[c] = -1
        state.prv[c] = -1
    for r in range(removed - 1, -1, -1):
        c = log[r, 0]
        p = log[r, 1]
        q = log[r, 2]
        state.nxt[p] = c
        state.prv[c] = p
        state.nxt[c] = q
        state.prv[q] = c


@njit(cache=True)  # type: ignore[untyped-decorator,unused-ignore]
def anneal(
    state: State,
    distance: Matrix,
    scores: Scores,
    limit: float,
    near: NDArray[np.int32],
    settings: Settings,
    iterations: int,
    begin: float,
    end: float,
) -> None:
    """Run some iterations; the temperature goes as the spent part goes from begin to end."""
    n = distance.shape[0]
    values = state.values
    counts = state.counts
    log = np.empty((n, 3), np.int32)
    put = np.empty(n, np.int32)
    found = np.empty(n, np.int32)
    keys = np.empty(n, np.float64)
    seen = np.full(n, -1, np.int64)
    width = near.shape[1]
    narrow = min(6, width)
    cooling = settings.cold / settings.hot
    heat = settings.hot
    reach = limit
    penalty = settings.penalty
    for it in range(iterations):
        if it % 64 == 0:
            spent = begin + (end - begin) * it / iterations
            heat = settings.hot * cooling**spent
            reach = limit + settings.slack * max(0.0, 1.0 - spent / SQUEEZED)
        counts[CLOCK] += 1
        old_length = values[LENGTH]
        old_score = values[SCORE]
        centre = _centre(state)
        size = counts[SIZE]
        target = 1 + int(uniform(state.random) * min(2.0 * settings.removal, 0.5 * size))
        twice = uniform(state.random) < settings.second
        other = _centre(state) if twice else centre
        first_target = 1 + int(uniform(state.random) * target) if twice else target
        removed = _ruin(
            state, distance, scores, near, centre, first_target, settings.string, log, 0
        )
        if twice:
            removed = _ruin(
                state, distance, scores, near, other, target, settings.string, log, removed
            )
        count = _gather(state, near, centre, width, seen, found, 0)
        if twice:
            count = _gather(state, near, other, width, seen, found, count)
        for r in range(removed):
            count = _gather(state, near, log[r, 0], narrow if r < 10 else 0, seen, found, count)
        for _ in range(3):
            count = _gather(state, near, below(state.random, n), 0, seen, found, count)
        inserted = _refill(state, distance, scores, reach, near, found, count, keys, put)
        gain = values[SCORE] - old_score - settings.price * (values[LENGTH] - old_length)
        gain -= penalty * (max(0.0, values[LENGTH] - limit) - max(0.0, old_length - limit))
        if gain >= 0 or uniform(state.random) < np.exp(gain / heat):
            _keep(state, log, removed, put, inserted)
            ahead = values[SCORE] - values[BEST_SCORE]
            if values[LENGTH] > limit:
                continue
            if ahead > 1e-9 or (ahead > -1e-9 and values[LENGTH] < values[BEST_LENGTH] - 1e-9):
                due = counts[CLOCK] - counts[POLISHED] >= counts[SIZE]
                settle(state, distance, scores, near, due)
        else:
            _take_back(state, log, removed, put, inserted)
            values[LENGTH] = old_length
            values[SCORE] = old_score
