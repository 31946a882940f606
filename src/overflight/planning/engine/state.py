"""Where the node search stands: the tour as a linked list, its sums, and the best so far.

The tour is a circle of links in both directions. Every change of a link is journalled, once a
node and iteration, so that a refused change costs as much to take back as it cost to make, however
long the tour is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.planning.engine.compiled import leaf
from overflight.planning.engine.tours import Matrix, Random, Scores, Tour, tour_length

Links = NDArray[np.int32]
Counts = NDArray[np.int64]

LENGTH, SCORE, BEST_SCORE, BEST_LENGTH = range(4)
SIZE, BEST_SIZE, CLOCK, TOUCHED, WAITING = range(5)
NXT, PRV, SLOT, FIXED, STAMP, QUEUED, SEEN, COLUMNS = range(8)


class State(NamedTuple):
    """Where a search stands.

    The compiled functions take the arrays one by one: taken out of the tuple there, each would
    cost an atomic count of references, which was a third of all time.
    """

    links: Links
    """Shape (n, COLUMNS). NXT, PRV: the nodes after and before, -1: not in the tour. SLOT: place
    in ``members``, -1: nowhere. FIXED: 1 for nodes that must stay. STAMP: the iteration that
    journalled the node last. QUEUED: 1 while in ``queue``. SEEN: the iteration that last had it
    as a candidate."""
    members: Tour
    """Shape (n,): the nodes of the tour in any order, ``counts[SIZE]`` of them."""
    best: Tour
    """Shape (n,): the best tour, ``counts[BEST_SIZE]`` nodes."""
    journal: NDArray[np.int32]
    """Shape (n, 3): node, and what stood after and before it when the iteration began."""
    queue: Tour
    """Shape (n,): ``counts[WAITING]`` nodes that the shortening has still to look at."""
    values: NDArray[np.float64]
    """Shape (4,): length, score, best score, best length."""
    counts: NDArray[np.int64]
    """Shape (5,): nodes, nodes of the best, iterations, journalled and waiting nodes."""
    random: Random


def new_state(n: int, fixed: Tour, random: Random) -> State:
    """An empty state; ``load`` puts a tour into it."""
    links = np.full((n, COLUMNS), -1, np.int32)
    links[:, FIXED] = 0
    links[fixed, FIXED] = 1
    return State(
        links=links,
        members=np.full(n, -1, np.int32),
        best=np.full(n, -1, np.int32),
        journal=np.zeros((n, 3), np.int32),
        queue=np.zeros(n, np.int32),
        values=np.zeros(4),
        counts=np.zeros(5, np.int64),
        random=random,
    )


@leaf
def load(state: State, tour: Tour, distance: Matrix, scores: Scores, limit: float) -> None:
    """Make ``tour`` the current one, and the best if it is within the limit."""
    m = tour.size
    links = state.links
    links[:, NXT] = -1
    links[:, PRV] = -1
    links[:, SLOT] = -1
    links[:, QUEUED] = 0
    score = 0.0
    for i in range(m):
        a = tour[i]
        b = tour[i + 1 if i + 1 < m else 0]
        links[a, NXT] = b
        links[b, PRV] = a
        state.members[i] = a
        links[a, SLOT] = i
        state.best[i] = a
        score += scores[a]
    length = tour_length(distance, tour, m)
    state.values[LENGTH] = state.values[BEST_LENGTH] = length
    state.values[SCORE] = score
    state.values[BEST_SCORE] = score if length <= limit else -1.0
    state.counts[SIZE] = state.counts[BEST_SIZE] = m
    state.counts[TOUCHED] = state.counts[WAITING] = 0


@leaf
def settle(state: State, distance: Matrix, scores: Scores, limit: float) -> None:
    """Take the sums of the current tour afresh and keep it if it is the best within the limit."""
    values = state.values
    links = state.links
    length = 0.0
    score = 0.0
    c = 0
    m = 0
    while True:
        state.queue[m] = c
        q = links[c, NXT]
        length += distance[c, q]
        score += scores[c]
        m += 1
        c = q
        if c == 0:
            break
    values[LENGTH] = length
    values[SCORE] = score
    if length > limit:
        return
    ahead = score - values[BEST_SCORE]
    if ahead > 1e-9 or (ahead > -1e-9 and length < values[BEST_LENGTH]):
        values[BEST_SCORE] = score
        values[BEST_LENGTH] = length
        state.counts[BEST_SIZE] = m
        for k in range(m):
            state.best[k] = state.queue[k]


@leaf
def touch(links: Links, journal: Links, counts: Counts, c: int) -> None:
    """Journal the links of node c as they are, once an iteration."""
    if links[c, STAMP] != counts[CLOCK]:
        links[c, STAMP] = counts[CLOCK]
        k = counts[TOUCHED]
        journal[k, 0] = c
        journal[k, 1] = links[c, NXT]
        journal[k, 2] = links[c, PRV]
        counts[TOUCHED] = k + 1


@leaf
def take_out(links: Links, journal: Links, counts: Counts, c: int) -> None:
    """Take node c out of the tour."""
    p = links[c, PRV]
    q = links[c, NXT]
    touch(links, journal, counts, p)
    touch(links, journal, counts, c)
    touch(links, journal, counts, q)
    links[p, NXT] = q
    links[q, PRV] = p
    links[c, NXT] = -1
    links[c, PRV] = -1


@leaf
def put_in(links: Links, journal: Links, counts: Counts, c: int, p: int) -> None:
    """Put node c into the tour after node p."""
    q = links[p, NXT]
    touch(links, journal, counts, p)
    touch(links, journal, counts, c)
    touch(links, journal, counts, q)
    links[p, NXT] = c
    links[c, PRV] = p
    links[c, NXT] = q
    links[q, PRV] = c


@leaf
def keep(links: Links, journal: Links, counts: Counts, members: Tour) -> None:
    """Bring the list of members up to date after an accepted change, and forget the journal."""
    size = counts[SIZE]
    for k in range(counts[TOUCHED]):
        c = journal[k, 0]
        at = links[c, SLOT]
        now = links[c, NXT] >= 0
        if at >= 0 and not now:
            size -= 1
            last = members[size]
            members[at] = last
            links[last, SLOT] = at
            links[c, SLOT] = -1
        elif now and at < 0:
            members[size] = c
            links[c, SLOT] = size
            size += 1
    counts[SIZE] = size
    counts[TOUCHED] = 0


@leaf
def take_back(links: Links, journal: Links, counts: Counts) -> None:
    """Restore every link of the journal, and forget it."""
    for k in range(counts[TOUCHED]):
        c = journal[k, 0]
        links[c, NXT] = journal[k, 1]
        links[c, PRV] = journal[k, 2]
    counts[TOUCHED] = 0
