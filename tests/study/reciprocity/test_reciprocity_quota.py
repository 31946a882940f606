"""Trigger equilibria under public alarms: the known formula, an independent check of incentives,
and the order of signals."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from overflight.errors import DataError
from overflight.study.reciprocity.game import ONE, ZERO, read_payoffs
from overflight.study.reciprocity.play import Errors, Machine, forgiving, play
from overflight.study.reciprocity.quota import Quota, quotas, stage_of
from overflight.study.reciprocity.trigger import (
    Stage,
    about_both,
    critical_delta,
    curve,
    either_side,
    lottery,
    ratio_value,
    sustained,
    sustained_by,
)
from overflight.study.reciprocity.watching import Watch, alarms, tail

F = Fraction
USUAL = read_payoffs("5,3,1,0")
STAGE = Stage(F(2), F(2))  # T - R = 2, R - P = 2
DISCOUNTS = [F(1, 2), F(3, 4), F(9, 10), F(99, 100)]


def reckoned(
    detect: str, false: str, delta: str, most: int = 12, noise: str = "0"
) -> dict[str, Quota[F]]:
    stage = stage_of(USUAL, F(noise))
    found = quotas(stage, F(detect), F(false), F(delta), most, noise=F(noise) or None)
    return {quota.rule: quota for quota in found}


# --- the value ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q", "p"), [("1/10", "6/10"), ("1/100", "1/2"), ("1/20", "1/3"), ("1/5", "9/10")]
)
@pytest.mark.parametrize("delta", DISCOUNTS[1:])
def test_a_trigger_that_binds_is_worth_pi_less_g_over_l_less_one(q: str, p: str, delta: F) -> None:
    found = sustained(STAGE, lottery((F(q), F(p))), delta)
    if found is None:
        assert critical_delta(STAGE, lottery((F(q), F(p)))) is None or delta < critical_delta(
            STAGE, lottery((F(q), F(p)))
        )  # type: ignore[operator]
        return
    assert found.worth == ratio_value(F(2), F(2), F(p) / F(q)) == 2 - 2 / (F(p) / F(q) - 1)
    # and it is a fixed point: what is lost on an alarm makes breaking just not worth it
    lot = found.at[0] / F(q)
    assert 0 <= lot <= 1
    loss = delta * lot * found.worth
    assert (1 - delta) * 2 == (F(p) - F(q)) * loss
    assert found.worth == (1 - delta) * 2 + delta * found.worth - F(q) * loss


@pytest.mark.parametrize("false_seen", [("1/50", "1/2"), ("1/10", "7/10"), ("1/5", "3/10")])
@pytest.mark.parametrize("delta", DISCOUNTS)
def test_grim_on_public_alarms_is_reckoned_as_a_markov_chain_too(
    false_seen: tuple[str, str], delta: F
) -> None:
    """The Markov chain gives the value of grim, and of breaking once and then playing grim; that it
    is an equilibrium is that the second is no more than the first."""
    false, seen = map(F, false_seen)
    errors = Errors(ZERO, false, 1 - seen, public=True)
    grim = forgiving(None)
    kept = play(grim, grim, USUAL, errors, delta).payoffs[0]
    breaks = Machine("breaks once", (ZERO, ONE, ZERO), ((1, 2, 2, 2), (1, 2, 2, 2), (2, 2, 2, 2)))
    broken = play(breaks, grim, USUAL, errors, delta).payoffs[0]
    point = either_side(false, seen)
    found = sustained_by(STAGE, point, delta)
    assert (found is not None) == (broken <= kept)
    if found is not None:
        assert 1 + found.worth == kept


@pytest.mark.parametrize("delta", [0.8, 0.9, 0.97])
@pytest.mark.parametrize(("flights", "detect", "false"), [(3, 0.4, 0.05), (5, 0.3, 0.1)])
def test_the_best_rule_is_the_best_of_a_linear_program(
    delta: float, flights: int, detect: float, false: float
) -> None:
    """For a worth u, the least chance of losing it that holds both sides is a linear program over
    all rules on pairs of counts; the best worth solves its own equation."""
    kept, broken = np.array(alarms(flights, false)), np.array(alarms(flights, detect))
    both = np.outer(kept, kept).ravel()
    first, second = np.outer(broken, kept).ravel(), np.outer(kept, broken).ravel()
    stage = Stage(2.0, 2.0)
    found = sustained(stage, about_both(kept.tolist(), broken.tolist()), delta)
    need = 2 * (1 - delta) / delta

    def least(worth: float) -> float | None:
        rows = np.array([-(first - both), -(second - both)]) * worth
        solved = linprog(both, A_ub=rows, b_ub=[-need, -need], bounds=(0, 1), method="highs")
        return float(solved.fun) if solved.success else None

    worth: float | None = 2.0
    for _ in range(200):  # the greatest fixed point, from above
        q = least(worth) if worth is not None else None
        worth = None if q is None else 2 / (1 + delta / (1 - delta) * q)
        if worth is None:
            break
    if found is None:
        assert worth is None
    else:
        assert worth == pytest.approx(found.worth, rel=1e-6)


def test_least_discount_is_where_keeping_begins() -> None:
    line = lottery((F(1, 10), F(6, 10)))
    least = critical_delta(STAGE, line)
    assert least == F(5, 7)  # g / (g + G p - (G + g) q) = 2 / (2 + 1.2 - 0.4)
    assert sustained(STAGE, line, least) is not None
    assert sustained(STAGE, line, least - F(1, 10**9)) is None


# --- a better signal ---------------------------------------------------------------------------

weights = st.lists(st.integers(0, 6), min_size=4, max_size=4).filter(any)


@settings(max_examples=80, deadline=None)
@given(weights, weights, st.lists(weights, min_size=4, max_size=4), st.sampled_from(DISCOUNTS))
def test_a_better_signal_never_lowers_the_best_value(
    keep: list[int], breach: list[int], blur: list[list[int]], delta: F
) -> None:
    """Blackwell's order: the second signal is the first seen through a blur."""
    q = [F(x, sum(keep)) for x in keep]
    p = [F(x, sum(breach)) for x in breach]
    rows = [[F(x, sum(row)) for x in row] for row in blur]
    blurred = [[sum((s[i] * rows[i][j] for i in range(4)), ZERO) for j in range(4)] for s in (q, p)]
    for make in (curve, about_both):
        clear = sustained(STAGE, make(q, p), delta)
        dim = sustained(STAGE, make(*blurred), delta)
        assert (clear.worth if clear else 0) >= (dim.worth if dim else 0)


@pytest.mark.parametrize("delta", ["0.6", "0.8", "0.95"])
def test_over_a_grid_the_best_value_grows_with_detections_flights_and_patience(delta: str) -> None:
    def worth(detect: F, false: F, flights: int, weight: F) -> F:
        corners = about_both(alarms(flights, false), alarms(flights, detect))
        found = sustained(STAGE, corners, weight)
        return found.worth if found else ZERO

    tenths = [F(n, 10) for n in range(11)]
    weight = F(delta)
    for flights in (1, 2, 4):
        for false in tenths[:6]:
            row = [worth(d, false, flights, weight) for d in tenths if d >= false]
            assert all(a <= b for a, b in pairwise(row))
    for detect, false in ((F(1, 2), F(1, 10)), (F(1, 5), F(1, 50)), (F(1), ZERO)):
        row = [worth(detect, false, n, weight) for n in range(9)]
        assert all(a <= b for a, b in pairwise(row))
        row = [worth(detect, false, 3, d) for d in (F(1, 2), weight, F(99, 100))]
        assert row == sorted(row)


# --- quotas ------------------------------------------------------------------------------------


def test_any_alarm_gets_worse_with_more_flights_and_then_breaks_down() -> None:
    found = reckoned("0.2", "0.02", "0.9", most=20)
    line = found["any"]
    worth = [y.found.worth for y in line.years if y.found is not None]
    assert worth == sorted(worth, reverse=True) and len(set(worth)) == len(worth) > 5
    assert line.critical == 1 and line.most is not None and line.most < 20
    counted = found["best"].years
    assert all(y.found is not None for y in counted[1:])
    assert counted[20].found.worth > F(19, 10) > counted[1].found.worth  # type: ignore[union-attr]


@pytest.mark.parametrize("noise", ["0", "1/100", "1/10"])
def test_the_any_rule_over_the_years_is_a_markov_chain_with_noise_too(noise: str) -> None:
    years = reckoned("0.3", "0.03", "0.9", most=8, noise=noise)["any"].years
    floor = USUAL.with_noise(F(noise)).punishment
    grim = forgiving(None)
    breaks = Machine("breaks once", (ZERO, ONE, ZERO), ((1, 2, 2, 2), (1, 2, 2, 2), (2, 2, 2, 2)))
    for year in years[1:]:
        errors = Watch(year.flights, F("0.3"), F("0.03")).errors(1, F(noise), public=True)
        kept = play(grim, grim, USUAL, errors, F("0.9")).payoffs[0]
        broken = play(breaks, grim, USUAL, errors, F("0.9")).payoffs[0]
        assert (year.found is not None) == (broken <= kept)
        assert year.found is None or floor + year.found.worth == kept


def test_k_is_the_one_that_suits_best() -> None:
    for year in reckoned("0.4", "0.1", "0.9", most=9)["k-of-n"].years:
        laws = alarms(year.flights, F("0.1")), alarms(year.flights, F("0.4"))
        worth = {
            k: sustained(STAGE, lottery(either_side(*(tail(law, k) for law in laws))), F("0.9"))
            for k in range(1, year.flights + 1)
        }
        held = {k: found.worth for k, found in worth.items() if found}
        assert (year.found is not None) == bool(held)
        if year.found is not None:
            assert year.found.worth == max(held.values()) == held[year.k]


def test_the_breakdown_by_hand() -> None:
    """d = 1, f = 1/10, n = 2, g = G = 2: one side is clear with (9/10)^2 = 0.81, both with 0.6561,
    so q = 0.3439, p = 1, h = 2 - 4 q = 0.6244; least discount 2 / 2.6244. With n = 4 h < 0."""
    years = reckoned("1", "1/10", "0.9", most=4)["any"].years
    assert years[2].needs == F(2) / F("2.6244")
    assert years[4].needs is None and years[4].found is None


def test_without_false_alarms_any_alarm_is_the_best_rule_and_all_is_kept() -> None:
    found = reckoned("0.3", "0", "0.9", most=6)
    assert all(y.found and y.found.worth == 2 for y in found["any"].years[1:])
    assert found["best"].critical == found["any"].critical == 1


def test_no_rule_beats_the_best_and_none_sustains_with_fewer_flights() -> None:
    for inputs in (("0.2", "0.02", "0.9"), ("0.4", "0.05", "0.75"), ("0.1", "0.01", "0.95")):
        found = reckoned(*inputs, most=10, noise="1/100")
        for flights in range(11):
            values = {
                rule: quota.years[flights].found.worth if quota.years[flights].found else ZERO  # type: ignore[union-attr]
                for rule, quota in found.items()
            }
            assert values["any"] <= values["any-lot"] <= values["k-of-n"] <= values["best"]
            assert found["best"].years[flights].k == 0


def test_least_discounts_agree_with_the_quotas() -> None:
    for delta in ("0.6", "0.8", "0.9"):
        for quota in reckoned("0.3", "0.03", delta, most=8).values():
            for year in quota.years:
                holds = year.needs is not None and year.needs <= F(delta)
                assert holds == (year.found is not None), (quota.rule, year)


def test_floating_point_is_the_same_to_many_digits() -> None:
    exact = reckoned("0.3", "0.03", "0.9", most=8)
    stage = Stage(2.0, 2.0)
    for quota in quotas(stage, 0.3, 0.03, 0.9, 8):
        for a, b in zip(quota.years, exact[quota.rule].years, strict=True):
            assert (a.found is None) == (b.found is None)
            if a.found and b.found:
                assert a.found.worth == pytest.approx(float(b.found.worth), rel=1e-12)


def test_noise_makes_honest_breaches_that_are_punished() -> None:
    clean = reckoned("0.5", "0.01", "0.9", most=6)["best"].years[6].found
    noisy = reckoned("0.5", "0.01", "0.9", most=6, noise="1/20")["best"].years[6].found
    assert clean and noisy and noisy.worth < clean.worth


# --- what flights see --------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 12), st.fractions(0, 1, max_denominator=20))
def test_alarms_are_binomial(flights: int, chance: F) -> None:
    law = alarms(flights, chance)
    assert sum(law) == 1
    assert sum(k * w for k, w in enumerate(law)) == flights * chance
    assert tail(law, 0) == 1 and (not flights or tail(law, 1) == 1 - (1 - chance) ** flights)


def test_a_years_errors() -> None:
    errors = Watch(3, F(1, 2), F(1, 10)).errors(2, F(1, 20), public=False)
    assert errors.false_alarm == F(28, 1000)  # 3 * 0.01 * 0.9 + 0.001
    assert errors.miss == F(1, 2)
    assert math.isclose(float(errors.noise), 0.05)


@pytest.mark.parametrize("bad", [(-1, ONE, ZERO), (101, ONE, ZERO), (1, ZERO, ONE), (1, F(2), ONE)])
def test_watching_that_cannot_be_is_refused(bad: Any) -> None:
    with pytest.raises(DataError):
        Watch(*bad)


@pytest.mark.parametrize("delta", [ZERO, ONE, F(2)])
def test_a_discount_that_is_none_is_refused(delta: F) -> None:
    with pytest.raises(DataError):
        sustained(STAGE, lottery((F(1, 10), ONE)), delta)
    with pytest.raises(DataError):
        ratio_value(F(2), F(2), ONE)
