"""What the node search refuses, each with a remedy, and what it takes at the edges."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from overflight.errors import PlanError
from overflight.planning.engine.api import solve_op


def square() -> np.ndarray:
    return np.array(
        [
            [0.0, 3.0, 5.0, 4.0],
            [3.0, 0.0, 4.0, 5.0],
            [5.0, 4.0, 0.0, 3.0],
            [4.0, 5.0, 3.0, 0.0],
        ]
    )


def with_entry(i: int, j: int, value: float) -> np.ndarray:
    changed = square()
    changed[i, j] = value
    return changed


@pytest.mark.parametrize(
    ("distance", "scores", "limit", "start", "end", "says"),
    [
        (with_entry(1, 2, math.nan), [1.0] * 4, 20.0, 0, None, "no finite number"),
        (with_entry(2, 1, math.inf), [1.0] * 4, 20.0, 0, None, "no finite number"),
        (with_entry(0, 3, -1.0), [1.0] * 4, 20.0, 0, None, "negative"),
        (with_entry(0, 3, 4.5), [1.0] * 4, 20.0, 0, None, "not the same both ways"),
        (square(), [1.0, math.nan, 1.0, 1.0], 20.0, 0, None, "score of node 1"),
        (square(), [1.0, 1.0, -2.0, 1.0], 20.0, 0, None, "score of node 2"),
        (square(), [1.0] * 3, 20.0, 0, None, "for 4 nodes"),
        (square()[:3], [1.0] * 3, 20.0, 0, None, "shape"),
        (np.empty((0, 0)), [], 20.0, 0, None, "shape"),
        ([["a", "b"], ["b", "a"]], [1.0, 1.0], 20.0, 0, None, "not numbers"),
        (square(), [1.0] * 4, math.nan, 0, None, "limit"),
        (square(), [1.0] * 4, -1.0, 0, None, "limit"),
        (square(), [1.0] * 4, 20.0, 4, None, "no node 4"),
        (square(), [1.0] * 4, 20.0, 0, -1, "no node -1"),
        (square(), [1.0] * 4, 4.9, 0, 2, "longer than the limit"),
    ],
)
def test_unusable_input_is_refused(distance, scores, limit, start, end, says):
    with pytest.raises(PlanError, match=says) as error:
        solve_op(distance, scores, limit, start, end, iterations=10)
    assert error.value.remedy


def test_the_diagonal_is_of_no_account():
    result = solve_op(with_entry(2, 2, 99.0), [1.0] * 4, 14.0, iterations=200)
    assert result.score == 4.0 and result.length == 14.0


def test_a_limit_that_is_exactly_met_is_kept():
    """Around the 3 by 4 rectangle is 14; one unit less leaves a triangle of 12."""
    assert solve_op(square(), [1.0] * 4, 14.0, iterations=200).score == 4.0
    assert solve_op(square(), [1.0] * 4, 13.0, iterations=200).score == 3.0
    assert solve_op(square(), [1.0] * 4, 12.0, iterations=200).score == 3.0


@pytest.mark.parametrize("ends", [(0, None), (0, 9)])
def test_a_limit_met_but_for_rounding_is_met(ends):
    """Ten points 0.1 apart on a line: the sum of the legs is not exactly 0.9 (or 1.8)."""
    at = np.arange(10) * 0.1
    distance = np.abs(at[:, None] - at[None, :])
    result = solve_op(distance, np.ones(10), 1.8 if ends[1] is None else 0.9, *ends, iterations=500)
    assert result.score == 10.0


def test_sites_without_score_are_left_alone_but_ends_are_kept():
    distance = square()
    assert solve_op(distance, [0.0] * 4, 14.0, iterations=100).order == (0,)
    assert solve_op(distance, [0.0] * 4, 14.0, 1, 3, iterations=100).order == (1, 3)
    assert set(solve_op(distance, [0.0, 2.0, 0.0, 0.0], 14.0, iterations=100).order) == {0, 1}


def test_nothing_but_the_start_fits():
    result = solve_op(square(), [5.0, 1.0, 1.0, 1.0], 5.9, 0, iterations=100)
    assert result.order == (0,) and result.score == 5.0 and result.length == 0.0


def test_a_limit_of_zero_with_sites_at_the_same_place():
    result = solve_op(np.zeros((5, 5)), np.ones(5), 0.0, iterations=100)
    assert result.score == 5.0 and result.length == 0.0


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_the_smallest_open_problems(n):
    """On a line every node lies on the way from the first to the last."""
    at = np.arange(n, dtype=float)
    distance = np.abs(at[:, None] - at[None, :])
    result = solve_op(distance, np.ones(n), n - 1.0, 0, n - 1, iterations=300)
    assert result.order == tuple(range(n))
    back = solve_op(distance, np.ones(n), n - 1.0, n - 1, 0, iterations=300)
    assert back.order == tuple(reversed(range(n)))


def test_integers_lists_and_other_layouts_are_taken():
    distance = square().astype(int)
    results = [
        solve_op(given, [1, 1, 1, 1], 14, iterations=200)
        for given in (distance, distance.tolist(), np.asfortranarray(distance))
    ]
    assert len({r.order for r in results}) == 1 and results[0].score == 4.0


def test_the_unit_of_length_does_not_matter():
    draw = np.random.default_rng(3)
    points = draw.random((60, 2))
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    scores = draw.integers(1, 10, 60).astype(float)
    results = [
        solve_op(distance * unit, scores, 3.0 * unit, 2, 7, iterations=3000)
        for unit in (2.0**-20, 1.0, 2.0**20)
    ]
    assert len({r.order for r in results}) == 1
    for unit, result in zip((2.0**-20, 1.0, 2.0**20), results, strict=True):
        legs = sum(distance[a, b] for a, b in itertools.pairwise(result.order))
        assert legs <= 3.0 * (1 + 1e-12)
        assert result.length == pytest.approx(legs * unit)
