"""Values by chance, against closed forms: sums, the binomial, two points, the bivariate normal."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.geo.positions import Position
from overflight.planning.chance import (
    clear_in_tail,
    correlations,
    expected,
    reached,
    skies,
    tail_mean,
    worth,
)

DRAWS = 20_000
ALONE, ALIKE = np.eye(10), np.ones((10, 10))


def binomial(n: int, p: float) -> list[float]:
    return [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 64)), min_size=1, max_size=12))
def test_the_mean_is_exact(sites: list[tuple[int, int]]) -> None:
    exact = sum(Fraction(v) * Fraction(p, 64) for v, p in sites)
    values, clear = [float(v) for v, _ in sites], [p / 64 for _, p in sites]
    assert Fraction(expected(values, clear)) == exact


@pytest.mark.parametrize("probability", [0.5, 0.8, 0.95])
def test_sites_each_for_itself_are_binomial(probability: float) -> None:
    drawn = worth([1.0] * 10, [0.7] * 10, ALONE, DRAWS, 1)
    mass = binomial(10, 0.7)
    exact = max(k for k in range(11) if sum(mass[k:]) >= probability)
    assert reached(drawn, probability) == exact
    counts = np.bincount(drawn.astype(int), minlength=11) / DRAWS
    assert counts == pytest.approx(mass, abs=4 * math.sqrt(0.25 / DRAWS))


def test_the_tail_of_the_binomial() -> None:
    drawn = worth([1.0] * 10, [0.7] * 10, ALONE, DRAWS, 1)
    left, total = 0.2, 0.0
    for k, mass in enumerate(binomial(10, 0.7)):
        total += k * min(mass, left)
        left -= min(mass, left)
    assert tail_mean(drawn, 0.8) == pytest.approx(total / 0.2, abs=0.08)  # 4 errors of the mean


@pytest.mark.parametrize(("probability", "value"), [(0.6, 10.0), (0.69, 10.0), (0.71, 0.0)])
def test_sites_all_alike_are_all_or_nothing(probability: float, value: float) -> None:
    drawn = worth([1.0] * 10, [0.7] * 10, ALIKE, DRAWS, 1)
    assert set(np.unique(drawn)) == {0.0, 10.0}
    assert np.mean(drawn) == pytest.approx(7.0, abs=0.15)
    assert reached(drawn, probability) == value
    assert tail_mean(drawn, 0.8) == 0.0


@pytest.mark.parametrize("rho", [0.2, 0.5, 0.9])
def test_two_sites_are_both_clear_as_often_as_sheppard_says(rho: float) -> None:
    """P(Z1 < 0, Z2 < 0) = 1/4 + arcsin(rho) / (2 pi) (Sheppard 1899)."""
    near = np.array([[1.0, rho], [rho, 1.0]])
    drawn = worth([1.0, 1.0], [0.5, 0.5], near, DRAWS, 3)
    both = 0.25 + math.asin(rho) / (2 * math.pi)
    assert np.mean(drawn == 2.0) == pytest.approx(both, abs=4 * math.sqrt(0.25 / DRAWS))


def test_certain_skies_are_not_drawn() -> None:
    (block,) = skies([0.0, 1.0, 1.0], np.eye(3), 100, 1)
    assert np.array_equal(block, np.tile([0.0, 1.0, 1.0], (100, 1)))
    assert np.all(worth([5.0, 2.0, 1.0], [0.0, 1.0, 1.0], np.eye(3), 10, 1) == 3.0)
    assert np.all(worth([], [], np.zeros((0, 0)), 10, 1) == 0.0)


def test_the_same_seed_draws_the_same() -> None:
    once, again = (worth([1.0] * 10, [0.4] * 10, ALONE, 5000, 7) for _ in range(2))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, worth([1.0] * 10, [0.4] * 10, ALONE, 5000, 8))
    assert len(worth([1.0] * 10, [0.4] * 10, ALONE, 5000, -7)) == 5000


def test_reached_and_tail_of_a_few_draws() -> None:
    drawn = np.array([5.0, 1.0, 4.0, 2.0, 3.0])
    assert [reached(drawn, p) for p in (0.2, 0.4, 0.8, 0.81, 1.0)] == [5.0, 4.0, 2.0, 1.0, 1.0]
    assert tail_mean(drawn, 0.6) == pytest.approx(1.5)
    assert tail_mean(drawn, 0.7) == pytest.approx((1.0 + 0.5 * 2.0) / 1.5)
    assert tail_mean(drawn, 0.99) == 1.0


def test_correlations_fade_with_distance_and_time() -> None:
    a, b = Position(lat=0.0, lon=0.0), Position(lat=0.0, lon=1.0)
    km = 111.31949079327358  # of one degree of the equator, WGS84 (a * pi / 180)
    near = correlations([a, b, b], [0.0, 0.0, 3.0], 300.0, 6.0)
    assert near[0, 1] == pytest.approx(math.exp(-km / 300.0))
    assert near[1, 2] == pytest.approx(math.exp(-0.5))
    assert near[0, 2] == pytest.approx(near[0, 1] * near[1, 2])
    assert np.array_equal(near, near.T) and np.all(np.diag(near) == 1.0)
    assert np.array_equal(correlations([a, b], [0.0, 0.0], 0.0, 6.0), np.eye(2))
    assert np.all(correlations([a, b], [0.0, 9.0], math.inf, math.inf) == 1.0)


def test_what_is_bad_together_is_worth_less_in_the_tail() -> None:
    """Site 0 counts; 1 is its twin, 2 its own: clear with p = 0.5 whatever 0 does."""
    near = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    tail = clear_in_tail([1.0, 0.0, 0.0], [0.5, 0.5, 0.5], near, DRAWS, 1, 0.5)
    assert tail[0] == tail[1] < 0.02
    assert tail[2] == pytest.approx(0.5, abs=0.02)


def test_the_tail_weight_is_the_slope_of_the_tail_mean() -> None:
    near = correlations(
        [Position(lat=50.0, lon=30.0 + 2 * k) for k in range(4)], [0.0] * 4, 300.0, 6.0
    )
    values, clear = [1.0, 2.0, 3.0, 1.5], [0.6, 0.7, 0.4, 0.8]
    tail = clear_in_tail(values, clear, near, DRAWS, 1, 0.8)
    drawn = worth(values, clear, near, DRAWS, 1)
    assert math.fsum(v * w for v, w in zip(values, tail, strict=True)) == pytest.approx(
        tail_mean(drawn, 0.8), abs=1e-9
    )
