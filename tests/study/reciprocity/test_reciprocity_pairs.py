"""Two strategies against each other: published values, identities, and another library."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.study.reciprocity.game import (
    MemoryOne,
    Payoffs,
    equaliser,
    extortion,
    generosity,
    read_payoffs,
)
from overflight.study.reciprocity.play import Errors, Strategy, machine, play, strategy

AXELROD = tomllib.loads(
    (Path(__file__).parents[2] / "cases" / "reciprocity.toml").read_text(encoding="utf-8")
)
F = Fraction
USUAL = read_payoffs("5,3,1,0")
FIVE = Errors(F(1, 20))
chances = st.fractions(F(1, 50), F(49, 50), max_denominator=50)
vectors = st.tuples(chances, chances, chances, chances)


def self_play(name: str, errors: Errors = FIVE) -> F:
    played = strategy(name, USUAL)
    return play(played, played, USUAL, errors).payoffs[0]


@pytest.mark.parametrize("noise", ["1/2", "0.3", "0.05", "1e-3", "1e-30"])
def test_tit_for_tat_gets_the_mean_of_all_four_payoffs_at_any_noise(noise: str) -> None:
    assert self_play("tft", Errors(F(noise))) == F(9, 4)


@pytest.mark.parametrize(
    ("name", "expected"), [("gtft", "2.859375"), ("wsls", "2.7765"), ("grim", "1.1925")]
)
def test_the_figures_at_five_per_cent_noise(name: str, expected: str) -> None:
    assert self_play(name) == F(expected)


def test_generosity_is_that_of_the_axelrod_library() -> None:
    (case,) = AXELROD["generosity"]
    assert float(generosity(read_payoffs(case["payoffs"]))) == pytest.approx(case["share"])


@pytest.mark.parametrize(
    ("payoffs", "share"),
    [
        ("5,3,1,0", "1/3"),  # Nowak and Sigmund 1992
        ("6,5,3,0", "2/3"),  # min(1 - 1/5, 2/3)
        ("4,3,1,0", "2/3"),  # min(1 - 1/3, 2/3)
        ("9,3,1,0", "0"),  # 1 - 6/3 is below 0: no generosity is safe
    ],
)
def test_generosity_by_hand(payoffs: str, share: str) -> None:
    assert generosity(read_payoffs(payoffs)) == F(share)


def test_equaliser_is_that_of_the_axelrod_library() -> None:
    case = AXELROD["equaliser"]
    made, fixed = equaliser(USUAL, F(case["p1"]), F(case["p4"]))
    assert [float(p) for p in made.after] == case["after"] and fixed == case["fixes"]


@pytest.mark.parametrize("case", AXELROD["extortion"], ids=lambda c: c["name"])
def test_extortion_is_that_of_the_axelrod_library(case: dict[str, Any]) -> None:
    made = extortion(USUAL, F(case["factor"]), F(case["phi"]))
    assert [float(p) for p in made.after] == pytest.approx(case["after"], abs=1e-12)


@pytest.mark.parametrize(
    "case", AXELROD["simulated"], ids=lambda c: "-".join((*c["pair"], c["noise"]))
)
def test_the_axelrod_library_simulates_what_is_reckoned(case: dict[str, Any]) -> None:
    one, two = (strategy(name, USUAL) for name in case["pair"])
    exact = play(one, two, USUAL, Errors(F(case["noise"]))).payoffs
    for value, mean, error in zip(exact, case["mean"], case["standard_error"], strict=True):
        # 5000 rounds begin with both keeping, which is worth up to 5/5000 of a round's payoff
        assert abs(float(value) - mean) < 4 * error + 0.003


@settings(max_examples=30, deadline=None)
@given(vectors, st.sampled_from(["1", "3/2", "3", "10"]))
def test_an_extortioner_gets_its_factor_of_any_surplus(other: Any, factor: str) -> None:
    mine = extortion(USUAL, F(factor))
    one, two = play(mine, MemoryOne("other", other), USUAL, Errors()).payoffs
    assert one - 1 == F(factor) * (two - 1)


@settings(max_examples=30, deadline=None)
@given(vectors)
def test_an_equaliser_fixes_the_other_sides_payoff(other: Any) -> None:
    mine, fixed = equaliser(USUAL, F(2, 3), F(1, 3))
    assert fixed == 2  # ((1 - 2/3) 1 + 1/3 3) / (1 - 2/3 + 1/3), Press and Dyson's equation 9
    assert play(mine, MemoryOne("other", other), USUAL, Errors()).payoffs[1] == 2


def press_dyson(p: Any, q: Any, payoff: Any) -> F:
    """D(p, q, f) of Press and Dyson 2012, equation 5, expanded as a determinant."""
    rows = [
        [-1 + p[0] * q[0], -1 + p[0], -1 + q[0], payoff[0]],
        [p[1] * q[2], -1 + p[1], q[2], payoff[1]],
        [p[2] * q[1], p[2], -1 + q[1], payoff[2]],
        [p[3] * q[3], p[3], q[3], payoff[3]],
    ]

    def det(m: list[list[F]]) -> F:
        if len(m) == 1:
            return m[0][0]
        minors = ([row[:j] + row[j + 1 :] for row in m[1:]] for j in range(len(m)))
        return sum(((-1) ** j * m[0][j] * det(minor) for j, minor in enumerate(minors)), F(0))

    return det(rows)


@settings(max_examples=30, deadline=None)
@given(vectors, vectors)
def test_payoffs_are_press_and_dysons_ratio_of_determinants(p: Any, q: Any) -> None:
    got = play(MemoryOne("p", p), MemoryOne("q", q), USUAL, Errors()).payoffs
    norm = press_dyson(p, q, (1, 1, 1, 1))
    assert got[0] == press_dyson(p, q, (3, 0, 5, 1)) / norm
    assert got[1] == press_dyson(p, q, (3, 5, 0, 1)) / norm


NAMES = ("tft", "gtft", "wsls", "grim", "alld", "extort:3")
SIGHTS = [
    FIVE,
    Errors(F(1, 20), F(1, 10), F(1, 5)),
    Errors(F(1, 20), F(1, 10), F(1, 5), public=True),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("errors", SIGHTS, ids=["seen", "private", "public"])
@pytest.mark.parametrize("delta", [F(1), F(9, 10)], ids=["long-run", "discounted"])
def test_a_memory_of_one_round_is_a_machine_too(name: str, errors: Errors, delta: F) -> None:
    one, two = strategy(name, USUAL), strategy("wsls", USUAL)
    as_machines = play(machine(one), machine(two), USUAL, errors, delta)
    assert play(one, two, USUAL, errors, delta) == as_machines


def simulated(
    one: Strategy, two: Strategy, errors: Errors, rounds: int, seed: int
) -> tuple[float, float]:
    """A referee of another kind: rounds played with a generator, states kept one by one."""
    rng = np.random.default_rng(seed)
    machines = [machine(one), machine(two)]
    state, total = [0, 0], np.zeros(2)
    noise, false, miss = map(float, (errors.noise, errors.false_alarm, errors.miss))
    gets = {(1, 1): (3, 3), (1, 0): (0, 5), (0, 1): (5, 0), (0, 0): (1, 1)}
    for draws in rng.random((rounds, 6)):
        did = [
            int((draws[i] < float(machines[i].keeps[state[i]])) ^ (draws[i + 2] < noise))
            for i in range(2)
        ]
        looks = [
            int(draws[i + 4] >= false) if did[i] else int(draws[i + 4] < miss) for i in range(2)
        ]
        total += gets[did[0], did[1]]
        for i in range(2):
            own = looks[i] if errors.public else did[i]
            state[i] = machines[i].steps[state[i]][2 * (1 - own) + (1 - looks[1 - i])]
    return float(total[0] / rounds), float(total[1] / rounds)


@pytest.mark.slow
@pytest.mark.parametrize("errors", SIGHTS, ids=["seen", "private", "public"])
@pytest.mark.parametrize(
    "pair", [("gtft", "wsls"), ("forgive:2", "forgive:2"), ("forgive:1", "tft")]
)
def test_a_simulation_agrees(pair: tuple[str, str], errors: Errors) -> None:
    one, two = (strategy(name, USUAL) for name in pair)
    got = simulated(one, two, errors, 100_000, seed=5)
    assert got == pytest.approx([float(x) for x in play(one, two, USUAL, errors).payoffs], abs=0.03)


def test_discounted_payoffs_are_the_sum_of_the_rounds() -> None:
    """Without any error two generous players keep for ever: 3 at any discount. One who breaks
    against tit for tat gets T once and P from then on: (1-d) T + d P."""
    tft, alld, gtft = (strategy(n, USUAL) for n in ("tft", "alld", "gtft"))
    assert play(gtft, gtft, USUAL, Errors(), F(3, 4)).payoffs == (3, 3)
    assert play(alld, tft, USUAL, Errors(), F(3, 4)).payoffs[0] == F(1, 4) * 5 + F(3, 4) * 1


def test_patience_in_the_limit_is_the_long_run() -> None:
    one, two = strategy("wsls", USUAL), strategy("gtft", USUAL)
    far = play(one, two, USUAL, FIVE, 1 - F(1, 10**12)).payoffs[0]
    assert float(far) == pytest.approx(float(play(one, two, USUAL, FIVE).payoffs[0]), abs=1e-9)


def test_win_stay_lose_shift_keeps_step_only_when_both_see_the_same() -> None:
    """Under private views win-stay-lose-shift loses step; when both see the same it does not."""
    private = Errors(F(0), F(1, 20), F(1, 20))
    public = Errors(F(0), F(1, 20), F(1, 20), public=True)
    assert self_play("wsls", public) > self_play("wsls", private)


def test_without_errors_grims_long_run_depends_on_the_beginning() -> None:
    with pytest.raises(DataError, match="how it begins") as caught:
        self_play("grim", Errors())
    assert "noise above 0" in caught.value.remedy


@pytest.mark.parametrize(
    "text", ["", "3,5,1,0", "5,3,1", "5,3,1,x", "1e-999999999,0,0,0", "5,3,1,1/0", "nan,1,2,3"]
)
def test_payoffs_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(DataError):
        read_payoffs(text)


@pytest.mark.parametrize(
    "text",
    ["", "titfortat", "gtft:2", "gtft:1:2", "1:2:3:4", "0:0:1", "extort", "extort:1/2",
     "extort:3:2", "equalise:1:0", "equalise:0:1", "forgive", "forgive:0", "forgive:9",
     "forgive:99999", "extort:3:0"],
)  # fmt: skip
def test_strategies_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(DataError) as caught:
        strategy(text, USUAL)
    assert caught.value.remedy


def test_noise_turns_the_game_into_what_sides_mean() -> None:
    """At noise e: R' = (1-e)^2 R + e(1-e)(S+T) + e^2 P, and so on."""
    meant = USUAL.with_noise(F(1, 10))
    assert meant.reward == F(81, 100) * 3 + F(9, 100) * 5 + F(1, 100)
    assert isinstance(meant, Payoffs)
