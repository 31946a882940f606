"""The compiled pieces of the node search: shortening, taking back, single nodes in and out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.errors import NumbaError
from shapely import LineString

from overflight.planning.engine import state as place
from overflight.planning.engine.compiled import leaf
from overflight.planning.engine.shorten import join, shorten, wake
from overflight.planning.engine.tours import (
    arrange,
    chain_order,
    construct,
    neighbour_lists,
    new_random,
    tour_length,
)


def begin(seed: int, n: int, m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, place.State]:
    """Random points, their distances, full neighbour lists and a random tour of m of them."""
    draw = np.random.default_rng(seed)
    points = draw.random((n, 2))
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    inner = 1 + draw.permutation(n - 1)[: m - 1]
    tour = np.concatenate([[0], inner]).astype(np.int32)
    state = place.new_state(n, np.array([0], dtype=np.int32), new_random(seed))
    place.load(state, tour, distance, np.ones(n), 1e9)
    state.counts[place.CLOCK] = 1
    return points, distance, neighbour_lists(distance, n - 1), state


def read(state: place.State) -> list[int]:
    """The tour by its forward links, checked against its backward links."""
    links = state.links
    tour = [0]
    while links[tour[-1], place.NXT] != 0:
        tour.append(int(links[tour[-1], place.NXT]))
    assert all(links[b, place.PRV] == a for a, b in itertools.pairwise([*tour, 0])), (
        "links do not agree"
    )
    assert (links[:, place.NXT] >= 0).sum() == len(tour)
    return tour


def shortened(state: place.State, distance: np.ndarray, near: np.ndarray) -> float:
    for c in range(len(distance)):
        wake(state.links, state.queue, state.counts, c)
    return float(
        shorten(
            *(state.links, state.journal, state.queue, state.counts),
            *(distance, near, 1e-9, near.shape[1]),
        )
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40), st.data())
def test_shortening_keeps_the_nodes_and_saves_what_it_says(seed, n, data):
    m = data.draw(st.integers(1, n))
    points, distance, near, state = begin(seed, n, m)
    before = read(state)
    old = tour_length(distance, np.array(before, dtype=np.int32), m)
    saved = shortened(state, distance, near)
    after = read(state)
    new = tour_length(distance, np.array(after, dtype=np.int32), m)
    assert sorted(after) == sorted(before)
    assert abs(old - new - saved) < 1e-9 and saved >= 0.0
    if m > 3:  # no 2-opt move is left, so no two legs cross
        legs = [LineString(points[[a, b]]) for a, b in itertools.pairwise([*after, after[0]])]
        assert not any(one.crosses(other) for one, other in itertools.combinations(legs, 2))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 30))
def test_every_change_can_be_taken_back(seed, n):
    _, distance, near, state = begin(seed, n, n - 2)
    before = read(state)
    absent = next(c for c in range(n) if state.links[c, place.NXT] < 0)
    place.take_out(state.links, state.journal, state.counts, before[2])
    place.put_in(state.links, state.journal, state.counts, absent, 0)
    shortened(state, distance, near)
    assert set(read(state)) == (set(before) | {absent}) - {before[2]}
    place.take_back(state.links, state.journal, state.counts)
    assert read(state) == before


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 30))
def test_members_follow_what_is_kept(seed, n):
    _, distance, near, state = begin(seed, n, n - 2)
    before = read(state)
    place.take_out(state.links, state.journal, state.counts, before[1])
    shortened(state, distance, near)
    place.keep(state.links, state.journal, state.counts, state.members)
    size = state.counts[place.SIZE]
    assert sorted(state.members[:size]) == sorted(read(state)) == sorted({*before} - {before[1]})
    assert all(state.links[state.members[i], place.SLOT] == i for i in range(size))


def test_a_union_holds_the_nodes_of_both():
    _, distance, near, _ = begin(4, 20, 5)
    one, other = (np.array(t, dtype=np.int32) for t in ([0, 3, 5, 7], [0, 5, 2, 9, 11]))
    assert sorted(join(distance, near, one, other)) == [0, 2, 3, 5, 7, 9, 11]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 30), st.integers(1, 5))
def test_neighbours_and_chain_are_what_sorting_says(seed, n, k):
    draw = np.random.default_rng(seed)
    distance = np.abs(draw.random(n)[:, None] - draw.random(n)[None, :])
    distance = distance + distance.T
    k = min(k, n - 1)
    near = neighbour_lists(distance, k)
    for i in range(n):
        assert i not in near[i]
        others = np.sort(np.delete(distance[i], i))
        assert np.array_equal(distance[i, near[i]], others[:k])
    assert sorted(chain_order(near, n - 1)) == list(range(n))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 200), st.integers(0, 3))
def test_candidates_are_in_the_order_of_their_keys(seed, n, more):
    draw = np.random.default_rng(seed)
    keys = draw.permutation(n).astype(float)
    found = np.arange(n + more, dtype=np.int32)
    rank = np.append(keys, np.full(more, -1.0))
    arrange(found, rank, n)
    assert found[:n].tolist() == np.argsort(keys).tolist()
    assert rank[:n].tolist() == sorted(keys.tolist())
    assert found[n:].tolist() == list(range(n, n + more))


def by_hand(distance, scores, limit, given, alpha) -> list[int]:
    """Greedy insertion by looking at every node and every edge each time."""
    tour = list(given)
    while True:
        best = (-1.0, 0, 0)
        length = sum(distance[a, b] for a, b in zip(tour, tour[1:] + tour[:1], strict=True))
        for c in set(range(len(scores))) - set(tour):
            ways = [
                distance[tour[i - 1], c] + distance[c, tour[i]] - distance[tour[i - 1], tour[i]]
                for i in range(len(tour))
            ]
            at = int(np.argmin(ways))
            if length + ways[at] <= limit:
                key = scores[c] ** alpha / (max(ways[at], 0.0) + 1e-6 * limit / len(scores))
                best = max(best, (key, c, at))
        if best[0] < 0:
            return tour
        tour.insert(best[2], best[1])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(5, 25), st.sampled_from([0.5, 1.0, 2.0]))
def test_the_first_tour_is_that_of_greedy_insertion_where_every_node_is_near(seed, n, alpha):
    _, distance, near, _ = begin(seed, n, 2)
    scores = 1.0 + np.random.default_rng(seed + 1).random(n)
    limit = 0.5 * n**0.5
    start = np.array([0], dtype=np.int32)
    tour = construct(distance, scores, limit, start, alpha, near).tolist()
    hand = by_hand(distance, scores, limit, [0], alpha)
    assert tour[0] == 0 and set(tour) == set(hand)
    length = tour_length(distance, np.array(tour, dtype=np.int32), len(tour))
    assert length <= limit * (1.0 + 1e-12)
    assert np.isclose(length, tour_length(distance, np.array(hand, dtype=np.int32), len(hand)))


def test_what_counts_no_references_can_make_no_array():
    @leaf
    def makes_one(n):
        return np.empty(n)

    with pytest.raises(NumbaError, match="returning of array"):
        makes_one(3)
