"""One unannounced inspection: against linear programming, and towards 1/e."""

from __future__ import annotations

from fractions import Fraction
from math import e

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import linprog

from overflight.errors import DataError
from overflight.study.inspection.timeliness import (
    LATEST,
    LIMIT,
    inspected_by,
    inspection_at,
    timely,
    violated_by,
)


def delays(n: int) -> np.ndarray:
    """Row: inspection on date 1 .. n; column: violation on date 0 .. n - 1."""
    return np.array([[j - i if i < j else n - i for i in range(n)] for j in range(1, n + 1)])


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 12, 30, 60])
def test_the_value_is_that_of_the_matrix(n: int) -> None:
    matrix = delays(n)
    best = linprog(
        [0.0] * n + [1.0], A_ub=np.hstack([matrix.T, -np.ones((n, 1))]), b_ub=np.zeros(n),
        A_eq=[[1.0] * n + [0.0]], b_eq=[1.0], bounds=[(0, None)] * n + [(None, None)],
    )  # fmt: skip
    assert float(timely(n).value) == pytest.approx(best.fun / n, abs=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 9, 24, 40])
def test_both_plans_hold_the_value_exactly(n: int) -> None:
    game, matrix = timely(n), delays(n)
    assert sum(game.inspect) == sum(game.violate) == 1
    late = [sum(p * int(matrix[j, i]) for j, p in enumerate(game.inspect)) for i in range(n)]
    soon = [sum(q * int(matrix[j, i]) for i, q in enumerate(game.violate)) for j in range(n)]
    assert Fraction(max(late), n) == game.value == Fraction(min(soon), n)


def test_it_tends_to_one_over_e() -> None:
    above = [float(timely(n).value) - 1 / e for n in (10, 100, 1000)]
    assert pytest.approx(1 / e, abs=1e-15) == LIMIT
    assert above[0] > above[1] > above[2] > 0.0
    # the distance falls like 1/n, its factor tends to (1 - 1/e) / 2
    assert above[2] * 1000 == pytest.approx((1 - 1 / e) / 2, abs=1e-3)


@pytest.mark.parametrize("t", [0.0, 0.2, 0.5, 1 - 1 / e])
def test_on_a_continuous_clock_all_violations_wait_as_long(t: float) -> None:
    """Diamond's density 1/(1 - x): the wait of a violation at t is 1/e up to 1 - 1/e."""
    wait, _ = quad(lambda x: (x - t) / (1.0 - x), t, LATEST)
    assert wait + (1.0 - t) * inspected_by(t) == pytest.approx(1 / e, abs=1e-9)


@pytest.mark.parametrize("x", [0.05, 0.3, 1 - 1 / e])
def test_on_a_continuous_clock_all_inspections_do_as_well(x: float) -> None:
    density = lambda t: LIMIT / (1.0 - t) ** 2  # noqa: E731
    before, _ = quad(lambda t: (x - t) * density(t), 0.0, x)
    after, _ = quad(lambda t: (1.0 - t) * density(t), x, LATEST)
    assert LIMIT * x + before + after == pytest.approx(1 / e, abs=1e-9)


def test_dates_follow_the_continuous_chances() -> None:
    n = 2000
    game = timely(n)
    by, done = np.cumsum([float(p) for p in game.inspect]), np.cumsum(
        [float(q) for q in game.violate]
    )  # fmt: skip
    for part in (0.1, 0.4, 0.6):
        assert by[int(part * n) - 1] == pytest.approx(inspected_by(part), abs=2e-3)
        assert done[int(part * n)] == pytest.approx(violated_by(part), abs=2e-3)
    assert inspected_by(inspection_at(0.7)) == pytest.approx(0.7, abs=1e-12)


@pytest.mark.parametrize("n", [0, -3, 10**6])
def test_no_dates_are_refused(n: int) -> None:
    with pytest.raises(DataError):
        timely(n)
