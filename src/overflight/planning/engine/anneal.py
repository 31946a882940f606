"""Ruin and recreate under simulated annealing: the compiled inner loop of the node search.

Strings of the tour near a random node are cut out and the hole is filled again from what was
removed and what lies unvisited near it (Christiaens and Vanden Berghe 2020, "slack induction by
string removals", adapted to a limit on length instead of demands). Sometimes a second place is
opened as well, so that length can move from one end of the map to the other. What was touched is
then shortened (2-opt, Or-opt) and the length won is filled. Changes are journalled and taken back
when annealing on ``score - price * length`` refuses them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from overflight.planning.engine.compiled import leaf
from overflight.planning.engine.recreate import centre, gather, rank, refill, ruin
from overflight.planning.engine.shorten import shorten, wake
from overflight.planning.engine.state import (
    BEST_LENGTH,
    BEST_SCORE,
    CLOCK,
    LENGTH,
    SCORE,
    SIZE,
    TOUCHED,
    State,
    keep,
    settle,
    take_back,
)
from overflight.planning.engine.tours import TINY, Matrix, Scores, Tour, below, uniform

SQUEEZED = 0.8
"""The part of a run after which no tour may be longer than the limit."""


class Settings(NamedTuple):
    """What the annealing does; see ``Tuning``."""

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
    room: float
    """The length there is to use."""
    polish: float
    """Probability that a change is shortened before it is judged."""
    width: int
    """Near nodes that the shortening looks at."""


@leaf
def polish(
    state: State, distance: Matrix, scores: Scores, limit: float, near: NDArray[np.int32]
) -> None:
    """Shorten the whole tour and keep it if it is the best."""
    links = state.links
    for c in range(links.shape[0]):
        wake(links, state.queue, state.counts, c)
    small = 1e-10 * abs(limit) + TINY
    shorten(
        *(links, state.journal, state.queue, state.counts),
        *(distance, near, small, near.shape[1]),
    )
    keep(links, state.journal, state.counts, state.members)
    settle(state, distance, scores, limit)


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
    gone = np.empty(n, np.int32)
    found = np.empty(n, np.int32)
    keys = np.empty(n, np.float64)
    _steps(
        *(state, distance, scores, limit, near, settings, iterations, begin, end),
        *(gone, found, keys),
    )
    settle(state, distance, scores, limit)


@leaf
def _steps(
    state: State,
    distance: Matrix,
    scores: Scores,
    limit: float,
    near: NDArray[np.int32],
    settings: Settings,
    iterations: int,
    begin: float,
    end: float,
    gone: Tour,
    found: Tour,
    keys: Scores,
) -> None:
    """``anneal`` with room for its lists."""
    n = distance.shape[0]
    links = state.links
    journal = state.journal
    queue = state.queue
    members = state.members
    values = state.values
    counts = state.counts
    random = state.random
    width = near.shape[1]
    narrow = min(6, width)
    small = 1e-10 * abs(limit) + TINY
    grain = 1e-3 * settings.room / n + TINY
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
        clock = counts[CLOCK]
        old_length = values[LENGTH]
        old_score = values[SCORE]
        middle = centre(links, members, counts, random)
        size = counts[SIZE]
        target = 1 + int(uniform(random) * min(2.0 * settings.removal, 0.5 * size))
        twice = uniform(random) < settings.second
        other = centre(links, members, counts, random) if twice else middle
        first_target = 1 + int(uniform(random) * target) if twice else target
        removed = ruin(
            links,
            journal,
            counts,
            values,
            random,
            distance,
            scores,
            near,
            middle,
            first_target,
            settings.string,
            gone,
            0,
        )
        if twice:
            removed = ruin(
                links,
                journal,
                counts,
                values,
                random,
                distance,
                scores,
                near,
                other,
                target,
                settings.string,
                gone,
                removed,
            )
        count = gather(links, near, middle, width, clock, found, 0)
        if twice:
            count = gather(links, near, other, width, clock, found, count)
        for r in range(removed):
            wide = narrow if r < 10 else 0
            count = gather(links, near, gone[r], wide, clock, found, count)
        for _ in range(3):
            count = gather(links, near, below(random, n), 0, clock, found, count)
        rank(links, random, distance, scores, near, found, count, keys, grain)
        count = refill(
            links, journal, counts, values, random, distance, scores, reach, near, found, count
        )
        if uniform(random) < settings.polish:
            for k in range(counts[TOUCHED]):
                wake(links, queue, counts, journal[k, 0])
            saved = shorten(links, journal, queue, counts, distance, near, small, settings.width)
            if saved > small:
                values[LENGTH] -= saved
                refill(
                    links,
                    journal,
                    counts,
                    values,
                    random,
                    distance,
                    scores,
                    reach,
                    near,
                    found,
                    count,
                )
        gain = values[SCORE] - old_score - settings.price * (values[LENGTH] - old_length)
        gain -= penalty * (max(0.0, values[LENGTH] - limit) - max(0.0, old_length - limit))
        if gain >= 0 or uniform(random) < np.exp(gain / heat):
            keep(links, journal, counts, members)
            ahead = values[SCORE] - values[BEST_SCORE]
            if values[LENGTH] > limit:
                continue
            if ahead > 1e-9 or (ahead > -1e-9 and values[LENGTH] < values[BEST_LENGTH] - small):
                settle(state, distance, scores, limit)
        else:
            take_back(links, journal, counts)
            values[LENGTH] = old_length
            values[SCORE] = old_score
