"""The bound over nodes: never below the best route, and equal to it when there is time."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import PlanError
from overflight.planning.bound.node_bound import bound_nodes
from overflight.planning.bound.relaxation import Relaxation
from overflight.planning.bound.rows import Box, Cut, Multipliers, price, subtour

KNOWN = tomllib.loads(
    (Path(__file__).parents[2] / "cases" / "orienteering_known.toml").read_text(encoding="utf-8")
)["set"]


def plane(points: np.ndarray) -> np.ndarray:
    return np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))


def best_value(distance: np.ndarray, scores: np.ndarray, limit: float, end: int) -> float:
    """The best score of a simple route from 0 to ``end``, over all sets and last nodes (Held-Karp).

    Minus infinity when there is no route.
    """
    inner = [i for i in range(len(scores)) if i not in (0, end)]
    base = float(scores[0] + (scores[end] if end else 0.0))
    best = base if distance[0, end] <= limit else -math.inf
    layer = {(frozenset([j]), j): float(distance[0, j]) for j in inner}
    while layer:
        longer: dict[tuple[frozenset[int], int], float] = {}
        for (seen, last), length in layer.items():
            if length + distance[last, end] <= limit:
                best = max(best, base + float(scores[sorted(seen)].sum()))
            for j in inner:
                if j not in seen and length + distance[last, j] <= limit:
                    key = (seen | {j}, j)
                    longer[key] = min(longer.get(key, math.inf), length + distance[last, j])
        layer = longer
    return best


def open_box(n: int) -> Box:
    """Nothing known but that node 0 is visited."""
    every = np.triu(np.ones((n, n), np.int8), 1)
    return Box(np.eye(1, n, dtype=np.int8)[0], np.ones(n, np.int8), 0 * every, every)


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, float, int]:
    """Up to 8 nodes: real, rounded or no metric at all; whole or real scores; closed or open."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(2, 8))
    distance = plane(rng.random((n, 2)) * 20)
    kind = draw(st.sampled_from(["real", "rounded", "no metric"]))
    if kind == "rounded":
        distance = np.rint(distance)
    if kind == "no metric":
        wild = np.rint(rng.random((n, n)) * 20)
        distance = np.triu(wild, 1) + np.triu(wild, 1).T
    scores = np.rint(rng.random(n) * 9) if draw(st.booleans()) else rng.random(n)
    limit = draw(st.floats(0.5, 3.5)) * float(distance.max())
    return distance, scores, limit, draw(st.integers(0, 1))


@given(problems(), st.sampled_from([0.0, 0.7, 1.0]), st.sampled_from([0.0, 0.01, 5.0]))
@settings(max_examples=50, deadline=None)
def test_no_route_is_worth_more_than_the_bound(problem, part, seconds):
    distance, scores, limit, end = problem
    best = best_value(distance, scores, limit, end)
    if best < 0:
        return
    found = bound_nodes(distance, scores, limit, 0, end, incumbent=part * best, seconds=seconds)
    assert found.bound >= best - 1e-12 * best
    if seconds == 5.0:
        assert found.bound <= best * (1 + 1e-6) + 1e-9


def test_an_incumbent_that_nobody_reaches_only_raises_the_bound():
    rng = np.random.default_rng(5)
    distance, scores = np.rint(plane(rng.random((9, 2)) * 50)), np.rint(rng.random(9) * 9)
    best = best_value(distance, scores, 90.0, 0)
    assert bound_nodes(distance, scores, 90.0, incumbent=best + 2).bound == best + 2


@given(st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=8, deadline=None)
def test_a_longer_limit_never_lowers_it_and_order_plays_no_part(seed, closed):
    rng = np.random.default_rng(seed)
    distance, scores = np.rint(plane(rng.random((12, 2)) * 100)), 1 + np.rint(rng.random(12) * 9)
    end = 0 if closed else 1
    limits = [float(distance[0, end]) + extra for extra in (10.0, 60.0, 150.0)]
    bounds = [bound_nodes(distance, scores, limit, 0, end).bound for limit in limits]
    assert bounds == sorted(bounds)
    order = rng.permutation(12)
    place = np.argsort(order)
    turned = bound_nodes(
        distance[np.ix_(order, order)], scores[order], limits[1], int(place[0]), int(place[end])
    )
    assert turned.bound == bounds[1]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_any_multipliers_whatever_give_a_bound(seed):
    """Duals of a solver, spoilt: the bound gets worse, never wrong."""
    rng = np.random.default_rng(seed)
    n, limit = 8, 150.0
    distance, scores = plane(rng.random((n, 2)) * 60), rng.random(n) * 9
    best = best_value(distance, scores, limit, 0)
    members = np.zeros((3, n), dtype=bool)
    for row in members:
        row[rng.choice(np.arange(1, n), size=3, replace=False)] = True
    cuts: list[Cut] = [subtour(row, int(np.flatnonzero(row)[0])) for row in members]
    values = rng.normal(size=3) * 3
    values[rng.integers(3)] = rng.choice([math.nan, math.inf, -7.0, 1e7])
    ways = Multipliers.of(float(rng.normal() * 0.1), rng.normal(size=n) * 3, cuts, values)
    found = price(ways, distance, limit, scores, open_box(n), np.zeros((n, n), dtype=bool))
    assert found.bound >= best


@pytest.mark.parametrize("noise", [0.0, 1e-6, 0.01, 0.3])
def test_duals_of_the_solver_still_bind_when_they_are_perturbed(noise):
    rng = np.random.default_rng(3)
    n, limit = 9, 130.0
    for _ in range(5):
        distance, scores = plane(rng.random((n, 2)) * 60), 1 + rng.random(n) * 9
        best = best_value(distance, scores, limit, 0)
        model = Relaxation(distance, limit, scores, open_box(n))
        model.add_edges(*np.triu_indices(n, 1))
        sets = [rng.random(n) < 0.4 for _ in range(12)]
        keys = [int(rng.integers(1, n)) for _ in sets]
        for row, key in zip(sets, keys, strict=True):
            row[0], row[key] = False, True
        model.add_cuts([subtour(row, key) for row, key in zip(sets, keys, strict=True)])
        point = model.solve(10.0)
        assert point is not None
        used = {id(cut): v for cut, v in zip(*_pairs(point.multipliers), strict=True)}
        values = np.array([used.get(id(cut), 0.0) for cut in model.cuts])
        spoilt = Multipliers.of(
            point.multipliers.length + noise * rng.normal(),
            point.multipliers.degree + noise * rng.normal(size=n),
            model.cuts,
            values + noise * rng.normal(size=values.size),
        )
        assert (spoilt.values > 0).all() and spoilt.length >= 0
        bound = model.price(spoilt).bound
        assert bound >= best
        if noise == 0.0:
            value = float(scores @ point.y)
            assert value <= bound <= value * (1 + 1e-6)


def _pairs(ways: Multipliers) -> tuple[tuple[Cut, ...], np.ndarray]:
    return ways.cuts, ways.values


def test_multipliers_of_the_wrong_sign_or_no_number_are_dropped():
    cuts = [subtour(np.arange(4) == k, k) for k in (1, 2, 3)]
    ways = Multipliers.of(
        -1.0, np.array([math.nan, -2.0, 3.0, 0.0]), cuts, np.array([-7, 2, math.nan])
    )
    assert ways.length == 0.0 and ways.values.tolist() == [2.0] and ways.cuts == (cuts[1],)
    assert ways.degree.tolist() == [0.0, -2.0, 3.0, 0.0]


@pytest.mark.parametrize("name", ["Tsiligirides_1", "Tsiligirides_2", "Tsiligirides_3"])
def test_proven_optima_of_small_published_instances_are_met(name):
    """With an incumbent just below the optimum the bound is the optimum, neither more nor less."""
    (given_set,) = [s for s in KNOWN if s["name"] == name]
    points = np.array(given_set["points"])
    for row in given_set["known"]:
        if row["proven"] and row["limit"] < 70:
            found = bound_nodes(
                *(plane(points[:, :2]), points[:, 2], row["limit"], 0, 1),
                incumbent=row["value"] - 5.0,
                seconds=30.0,
            )
            assert found.bound == row["value"], row


@pytest.mark.slow
@pytest.mark.parametrize("given_set", KNOWN, ids=[s["name"] for s in KNOWN])
def test_the_bound_is_never_below_a_published_value(given_set):
    """Without being told the value. All of these routes are there to be flown."""
    points = np.array(given_set["points"])
    distance = plane(points[:, :2])
    for row in given_set["known"]:
        found = bound_nodes(
            *(distance, points[:, 2], row["limit"], 0, 1),
            incumbent=0.8 * row["value"],
            seconds=0.2,
        )
        assert found.bound >= row["value"], row
        assert found.bound <= points[:, 2].sum()


def test_it_leaves_out_what_is_out_of_reach():
    distance = plane(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 6.0], [0.0, 5.0]]))
    found = bound_nodes(distance, [0.0, 1.0, 50.0, 2.0], 10.0)
    assert (found.bound, found.left_out) == (2.0, 1)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_smallest_problems(n):
    distance = plane(np.arange(2.0 * n).reshape(n, 2))
    assert bound_nodes(distance, np.ones(n), 100.0).bound == n
    assert bound_nodes(distance, np.ones(n), 0.0).bound == 1


def test_an_end_out_of_reach_is_an_error_with_a_remedy():
    with pytest.raises(PlanError) as error:
        bound_nodes([[0.0, 5.0], [5.0, 0.0]], [1.0, 1.0], 4.0, 0, 1)
    assert error.value.remedy


@pytest.mark.parametrize(
    ("distance", "scores"),
    [
        ([[0.0, 1.0], [2.0, 0.0]], [1.0, 1.0]),
        ([[0.0, -1.0], [-1.0, 0.0]], [1.0, 1.0]),
        ([[0.0, 1.0], [1.0, 0.0]], [1.0, -1.0]),
        ([[0.0, math.nan], [math.nan, 0.0]], [1.0, 1.0]),
    ],
)
def test_input_that_means_nothing_is_refused(distance, scores):
    with pytest.raises(ValueError, match="distance"):
        bound_nodes(distance, scores, 4.0)
