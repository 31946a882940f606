"""Inspections in turn: published forms, the recursion, and a game played out in full."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from overflight.errors import DataError
from overflight.study.inspection.errors import Erring, with_errors
from overflight.study.inspection.sequential import (
    Sequential,
    play,
    recursion,
    schedule,
    value,
)

F = Fraction


def by_matrix(n: int, m: int, k: int, b: float) -> float:
    """The game in normal form, by linear programming: the inspector is never told of violations.

    His plan is a set of at most m stages, since he learns nothing that would make him change it;
    the other side's says after each past of inspections seen whether to violate.
    """
    plans = [s for size in range(m + 1) for s in itertools.combinations(range(n), size)]
    pasts = [p for stage in range(n) for p in itertools.product((0, 1), repeat=stage)]
    rows = []
    for bits in itertools.product((0, 1), repeat=len(pasts)):
        does = dict(zip(pasts, bits, strict=True))
        gains = []
        for plan in plans:
            seen = tuple(int(stage in plan) for stage in range(n))
            done = gain = 0
            for stage in range(n):
                if does[seen[:stage]] and done < k:
                    if seen[stage]:
                        gain -= b
                        break
                    done, gain = done + 1, gain + 1
            gains.append(gain)
        rows.append(gains)
    matrix = np.unique(np.array(rows, dtype=float), axis=0)
    best = linprog(
        [0.0] * len(plans) + [1.0],
        A_ub=np.hstack([matrix, -np.ones((len(matrix), 1))]), b_ub=np.zeros(len(matrix)),
        A_eq=[[1.0] * len(plans) + [0.0]], b_eq=[1.0],
        bounds=[(0, None)] * len(plans) + [(None, None)],
    )  # fmt: skip
    return float(best.fun)


@pytest.mark.parametrize(
    ("n", "m", "k", "b"),
    [(n, m, k, b) for n in (1, 2, 3) for m in range(n + 1) for k in (1, 2, 3) for b in (0.5, 1.0)]
    + [(4, 1, 2, 1.0), (4, 2, 3, 2.0)],
)
def test_the_closed_form_is_the_value_of_the_game_in_full(n: int, m: int, k: int, b: float) -> None:
    found = value(Sequential(n, m, k, F(b).limit_denominator()))
    assert float(found) == pytest.approx(by_matrix(n, m, k, b), abs=1e-8)


@pytest.mark.parametrize("n", range(1, 9))
@pytest.mark.parametrize("b", [F(0), F(1, 3), F(1), F(5, 2)])
def test_the_recursion_gives_the_closed_form(n: int, b: Fraction) -> None:
    for m, k in itertools.product(range(n + 2), repeat=2):
        game = Sequential(n, m, k, b)
        assert value(game) == recursion(game)


def test_dresher_1962() -> None:
    """One violation, penalty 1: C(n - 1, m) / sum of C(n, i), i = 0..m."""
    for n in range(1, 13):
        for m in range(n):
            expected = F(comb(n - 1, m), sum(comb(n, i) for i in range(m + 1)))
            assert value(Sequential(n, m)) == expected
    assert value(Sequential(2, 1)) == F(1, 3)
    assert value(Sequential(3, 1)) == F(1, 2)
    assert value(Sequential(3, 2)) == F(1, 7)


def test_von_stengel_2016_as_written() -> None:
    n, m, k, b = 200, 60, 17, F(7, 3)
    below = sum(comb(n, i) * b ** (m - i) for i in range(m + 1))
    assert value(Sequential(n, m, k, b)) == (comb(n, m + 1) - comb(n - k, m + 1)) / below


@pytest.mark.parametrize("k", [1, 2, 5])
def test_chances_leave_the_other_side_nothing_to_choose(k: int) -> None:
    b = F(3, 2)
    for n, m in ((5, 2), (8, 3), (9, 8)):
        stage = play(Sequential(n, m, k, b))
        p, q = stage.inspect, stage.violate
        after = {(i, j): value(Sequential(n - 1, i, j, b)) for i in (m - 1, m) for j in (k - 1, k)}
        assert -b * p + (1 - p) * (1 + after[m, k - 1]) == stage.value
        assert p * after[m - 1, k] + (1 - p) * after[m, k] == stage.value
        assert -b * q + (1 - q) * after[m - 1, k] == stage.value
        assert q * (1 + after[m, k - 1]) + (1 - q) * after[m, k] == stage.value


def test_the_inspectors_plan_does_not_depend_on_violations() -> None:
    assert schedule(Sequential(6, 3, 1, F(2))) == schedule(Sequential(6, 3, 4, F(2)))


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 30), st.data())
def test_more_inspections_or_penalty_never_help_who_violates(n: int, data: st.DataObject) -> None:
    m, k = data.draw(st.integers(0, n - 1)), data.draw(st.integers(1, n))
    b = data.draw(st.fractions(0, 5, max_denominator=9))
    here = value(Sequential(n, m, k, b))
    assert value(Sequential(n, m + 1, k, b)) <= here
    assert value(Sequential(n, m, k, b + 1)) <= here
    assert value(Sequential(n + 1, m, k, b)) >= here
    assert 0 <= here <= k


@pytest.mark.parametrize("wrong", [(0, 1, 1, F(1)), (3, -1, 1, F(1)), (3, 1, -1, F(1)),
                                   (3, 1, 1, F(-1)), (10**6, 1, 1, F(1))])  # fmt: skip
def test_numbers_that_are_no_game_are_refused(wrong: tuple[int, int, int, Fraction]) -> None:
    with pytest.raises(DataError):
        Sequential(*wrong)


# --- errors


@pytest.mark.parametrize(("n", "m", "k"), [(4, 2, 1), (6, 3, 3), (5, 0, 2), (3, 3, 2)])
def test_without_errors_the_game_is_the_one_without_errors(n: int, m: int, k: int) -> None:
    game = Sequential(n, m, k, F(3, 2))
    stage = with_errors(game, Erring())[n, m, k]
    assert stage.payoffs == (-value(game), value(game))
    if 0 < m < n:
        assert (stage.inspect, stage.violate) == (play(game).inspect, play(game).violate)


@pytest.mark.parametrize("missed", [F(1, 10), F(1, 3)])
def test_with_one_violation_a_miss_is_a_smaller_penalty(missed: Fraction) -> None:
    """Found with 1 - beta it costs b, missed it gains 1: as if it cost b (1 - beta) - beta."""
    b = F(2)
    for n, m in ((3, 1), (6, 2), (8, 5)):
        stage = with_errors(Sequential(n, m, 1, b), Erring(missed=missed))[n, m, 1]
        assert stage.payoffs[1] == value(Sequential(n, m, 1, b * (1 - missed) - missed))


def test_inspections_that_find_nothing_are_none() -> None:
    stage = with_errors(Sequential(5, 3, 2), Erring(missed=F(1)))[5, 3, 2]
    assert stage.payoffs == (-2, 2)


ERRINGS = {
    "zero-sum": Erring(F(1, 10), F(1, 4), F(1, 5)),
    "both pay": Erring(F(1, 10), F(1, 4), F(1, 5), F(1, 20), F(1, 4)),
    "dear alarms": Erring(F(1, 3), F(1, 4), F(1, 2), F(1), F(0)),
}


@pytest.mark.parametrize("erring", ERRINGS.values(), ids=ERRINGS)
def test_neither_side_gains_by_leaving_its_plan(erring: Erring) -> None:
    """Each side's best answer to the other's plan, reckoned forward over all of them at once."""
    n, m, k, b = 5, 2, 2, F(3, 2)
    states = with_errors(Sequential(n, m, k, b), erring)

    def best(side: int) -> Fraction:
        """What one side gets when it alone may choose, the other keeping to its chances."""
        worth: dict[tuple[int, int, int], Fraction] = {}
        for left in range(n + 1):
            for i, j in itertools.product(range(m + 1), range(k + 1)):
                worth[left, i, j] = F(0) if not left else max(
                    sum(p * _outcome(side, look, act, left, i, j, worth, erring, b)
                        for look, act, p in rows)
                    for rows in _choices(side, states[left, i, j], i, j)
                )  # fmt: skip
        return worth[n, m, k]

    assert best(0) == states[n, m, k].payoffs[0]
    assert best(1) == states[n, m, k].payoffs[1]


def _choices(side: int, stage: object, i: int, j: int) -> list[list[tuple[int, int, Fraction]]]:
    p, q = stage.inspect, stage.violate  # type: ignore[attr-defined]
    if side == 0:
        return [[(look, 0, 1 - q), (look, 1, q)] for look in ((0, 1) if i else (0,))]
    return [[(0, act, 1 - p), (1, act, p)] for act in ((0, 1) if j else (0,))]


def _outcome(
    side: int,
    look: int,
    act: int,
    left: int,
    i: int,
    j: int,
    worth: dict[tuple[int, int, int], Fraction],
    erring: Erring,
    b: Fraction,
) -> Fraction:
    gain = (F(-1), F(1))[side]
    if (look and not i) or (act and not j):
        return F(0)  # its chance is 0
    if not look:
        return worth[left - 1, i, j - act] + (gain if act else 0)
    if not act:
        return erring.false_alarm * erring.suspected()[side] + worth[left - 1, i - 1, j]
    through = gain + worth[left - 1, i - 1, j - 1]
    return (1 - erring.missed) * erring.found(b)[side] + erring.missed * through


def test_long_games_are_rounded_and_say_so() -> None:
    erring = Erring(F(1, 20), F(1, 5), F(1, 10))
    assert with_errors(Sequential(6, 2, 1), erring)[6, 2, 1].exact
    long = with_errors(Sequential(14, 4, 2), erring)[14, 4, 2]
    assert not long.exact
    rough = _in_floats(14, 4, 2, erring)
    assert float(long.payoffs[1]) == pytest.approx(rough, abs=1e-9)


def _in_floats(n: int, m: int, k: int, erring: Erring) -> float:
    """The zero-sum recursion in floating point, each stage by its four numbers."""
    a, e, c = float(erring.false_alarm), float(erring.missed), float(erring.alarm_cost)
    later = np.zeros((m + 1, k + 1))
    for _ in range(n):
        now = np.zeros_like(later)
        for i, j in itertools.product(range(m + 1), range(k + 1)):
            lawful = later[i, j]
            breach = 1.0 + later[i, j - 1] if j else -np.inf
            if not i:
                now[i, j] = max(lawful, breach)
                continue
            watched = -a * c + later[i - 1, j]
            caught = -(1 - e) + e * (1 + later[i - 1, j - 1]) if j else -np.inf
            if not j:
                now[i, j] = min(lawful, watched)
                continue
            cells = np.array([[lawful, breach], [watched, caught]])
            low, high = cells.max(axis=1).min(), cells.min(axis=0).max()
            mixed = (lawful * caught - breach * watched) / (lawful + caught - breach - watched)
            now[i, j] = low if low == high else mixed
        later = now
    return float(later[m, k])


@pytest.mark.parametrize("wrong", [{"missed": F(2)}, {"false_alarm": F(-1)}, {"alarm_cost": F(-1)}])
def test_chances_that_are_none_are_refused(wrong: dict[str, Fraction]) -> None:
    with pytest.raises(DataError):
        Erring(**wrong)


@pytest.mark.parametrize("b", [F(0), F(1, 2), F(7, 3)])
def test_a_plan_is_the_first_chance_of_every_game_left(b: Fraction) -> None:
    """Row by row it is what ``play`` says of the stages and inspections left."""
    n, m = 7, 9
    plan = schedule(Sequential(n, m, 2, b))
    for row, left in zip(plan, range(n, 0, -1), strict=True):
        assert len(row) == n + 1
        assert list(row) == [play(Sequential(left, i, 2, b)).inspect for i in range(n + 1)]
    assert schedule(Sequential(n, m, 2, b), 3, 2) == tuple(row[:3] for row in plan[:3])
    long = schedule(Sequential(200, 199, 100, F(7, 3)))  # 200 rows of 200 exact fractions
    assert long[0][199] == play(Sequential(200, 199, 100, F(7, 3))).inspect
