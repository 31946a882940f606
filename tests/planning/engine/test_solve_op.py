"""The node search: known optima, limits kept, the same seed the same route."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import PlanError
from overflight.planning.engine.api import OpResult, solve_op
from overflight.planning.engine.memetic import heat_for


def plane(points: np.ndarray) -> np.ndarray:
    return np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))


def exhaustive(distance: np.ndarray, scores: np.ndarray, limit: float, end: int) -> float:
    """The best score by trying every order of every subset."""
    inner = [i for i in range(len(scores)) if i not in (0, end)]
    best = scores[list({0, end})].sum()
    for size in range(1, len(inner) + 1):
        for order in itertools.permutations(inner, size):
            path = [0, *order, end]
            if sum(distance[a, b] for a, b in itertools.pairwise(path)) <= limit:
                best = max(best, scores[list({*path})].sum())
    return float(best)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 7), st.booleans(), st.floats(1.0, 3.5))
def test_small_problems_are_solved_to_the_optimum(seed, n, closed, factor):
    draw = np.random.default_rng(seed)
    distance = plane(draw.random((n, 2)))
    scores = draw.integers(0, 9, n).astype(float)
    end = 0 if closed else n - 1
    limit = max(distance[0, end] * 1.001, distance.mean() * factor)
    result = solve_op(distance, scores, limit, 0, end, iterations=3000)
    assert result.score == exhaustive(distance, scores, limit, end)
    path = [*result.order, 0] if closed else list(result.order)
    assert path[0] == 0 and path[-1] == end
    assert sum(distance[a, b] for a, b in itertools.pairwise(path)) <= limit
    assert result.length == pytest.approx(
        sum(distance[a, b] for a, b in itertools.pairwise(path)), abs=1e-9
    )


@pytest.fixture(scope="module")
def random_problem() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(5)
    return plane(draw.random((120, 2))), draw.integers(1, 10, 120).astype(float)


def test_the_same_seed_gives_the_same_route(random_problem):
    distance, scores = random_problem
    first, again = (
        solve_op(distance, scores, 4.0, 3, 9, iterations=6000, seed=7) for _ in range(2)
    )
    assert first.order == again.order and first.iterations == again.iterations == 6000


def test_better_routes_are_streamed_and_only_better_ones(random_problem):
    distance, scores = random_problem
    seen: list[OpResult] = []
    result = solve_op(distance, scores, 4.0, iterations=6000, on_best=seen.append)
    assert len(seen) > 1
    for one, other in itertools.pairwise(seen):
        assert (other.score, -other.length) > (one.score, -one.length)
    assert seen[-1].order == result.order
    assert all(s.length <= 4.0 for s in seen)


def test_it_stops_when_asked_and_still_answers(random_problem):
    distance, scores = random_problem
    result = solve_op(distance, scores, 4.0, seconds=60.0, stop=lambda: True)
    assert result.stopped and result.iterations < 10_000
    assert result.length <= 4.0 and result.score > 0


def test_more_iterations_find_more(random_problem):
    distance, scores = random_problem
    few = solve_op(distance, scores, 4.0, iterations=1)
    many = solve_op(distance, scores, 4.0, iterations=20_000)
    assert many.score > few.score


def test_single_precision_for_large_whole_numbers_gives_the_same_route(monkeypatch, random_problem):
    distance, scores = np.ceil(random_problem[0] * 1000), random_problem[1]
    double = solve_op(distance, scores, 4000.0, 0, 1, iterations=3000)
    monkeypatch.setattr("overflight.planning.engine.api.LARGE", 100)
    single = solve_op(distance, scores, 4000.0, 0, 1, iterations=3000)
    assert single.order == double.order
    assert single.length <= 4000.0 and (single.order[0], single.order[-1]) == (0, 1)


def test_an_end_out_of_reach_is_an_error_with_a_remedy():
    distance = np.array([[0.0, 5.0], [5.0, 0.0]])
    with pytest.raises(PlanError) as error:
        solve_op(distance, [1.0, 1.0], 4.0, 0, 1, iterations=10)
    assert error.value.remedy


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_smallest_problems(n):
    distance = plane(np.random.default_rng(n).random((n, 2)))
    result = solve_op(distance, np.ones(n), 10.0, iterations=200)
    assert result.score == n and result.order[0] == 0


@given(st.floats(0.1, 9.0), st.floats(0.0, 20.0), st.floats(0.0, 5.0))
@settings(deadline=None)
def test_a_search_never_begins_hotter_than_asked_nor_cooler_for_more_time(hot, time, more):
    assert heat_for(hot, time) <= heat_for(hot, time + more) <= hot
    assert heat_for(hot, 4.0 + more) == hot
