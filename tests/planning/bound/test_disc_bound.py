"""The bound over discs: never below what a path collects that anybody can draw."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from overflight.planning.bound.disc_bound import bound_discs, disc_distances

START = np.array([0.0, 0.0])


def plane(points: np.ndarray) -> np.ndarray:
    return np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))


def shortest(centres: np.ndarray, radii: np.ndarray, end: np.ndarray) -> float:
    """Length of the shortest path from START through the discs in this order to ``end``.

    A convex problem (a second-order cone programme), by sequential quadratic programming.
    """

    def length(flat: np.ndarray) -> float:
        path = np.vstack([START, flat.reshape(-1, 2), end])
        return float(np.sqrt((np.diff(path, axis=0) ** 2).sum(axis=1) + 1e-12).sum())

    inside = {
        "type": "ineq",
        "fun": lambda flat: radii**2 - ((flat.reshape(-1, 2) - centres) ** 2).sum(axis=1),
    }
    found = minimize(length, centres.ravel(), constraints=[inside], method="SLSQP")
    return float(found.fun)


def best_value(centres, radii, scores, limit, end) -> float:
    """The best over all sets and orders of at most four discs."""
    best = 0.0
    for size in range(1, len(scores) + 1):
        for order in itertools.permutations(range(len(scores)), size):
            rows = list(order)
            worth = float(scores[rows].sum())
            if worth > best and shortest(centres[rows], radii[rows], end) <= limit:
                best = worth
    return best


@given(st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=8, deadline=None)
def test_no_path_through_discs_is_worth_more_than_the_bound(seed, closed):
    rng = np.random.default_rng(seed)
    centres, radii = rng.random((4, 2)) * 20 - 10, 0.2 + rng.random(4) * 3
    scores = 1 + np.rint(rng.random(4) * 9)
    end = START if closed else np.array([4.0, 0.0])
    limit = 4.0 + 30 * float(rng.random())
    ends = [START] if closed else [START, end]
    distance = plane(np.vstack([*ends, centres]))
    nothing = np.zeros(len(ends))
    found = bound_discs(
        *(distance, np.append(nothing, radii), np.append(nothing, scores), limit), closed=closed
    )
    assert found.bound >= best_value(centres, radii, scores, limit, end)


def test_discs_of_no_size_are_nodes():
    """There and back to (3, 0) and (3, 4) is 12 long; to (3, 0) alone 6."""
    distance = plane(np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]]))
    for limit, best in ((5.9, 0.0), (6.0, 2.0), (11.9, 3.0), (12.0, 5.0)):
        found = bound_discs(distance, np.zeros(3), [0.0, 2.0, 3.0], limit, closed=True)
        assert found.bound == best


def test_the_radius_counts_on_both_sides_of_a_way():
    distance = plane(np.array([[0.0, 0.0], [10.0, 0.0]]))
    found = [
        bound_discs(distance, [0.0, 2.0], [0.0, 7.0], limit, closed=True).bound
        for limit in (15.9, 16.1)
    ]
    assert found == [0.0, 7.0]


def test_discs_that_overlap_have_no_distance():
    lowered = disc_distances(np.array([[0.0, 3.0], [3.0, 0.0]]), np.array([2.0, 2.0]))
    assert lowered == pytest.approx(np.zeros((2, 2)))
