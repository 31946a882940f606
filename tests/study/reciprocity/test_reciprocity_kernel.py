"""The fast way against the exact one, at every noise down to next to nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.study.reciprocity.chain import discounted, stationary
from overflight.study.reciprocity.game import MemoryOne, read_payoffs
from overflight.study.reciprocity.kernel import pair_payoffs, round_robin
from overflight.study.reciprocity.play import Errors, play

F = Fraction
USUAL = read_payoffs("5,3,1,0")
corner = st.sampled_from([0.0, 1.0, 1 / 3, 0.25, 1e-9, 1 - 1e-9])
vectors = st.tuples(corner, corner, corner, corner)


def as_floats(errors: Errors) -> Errors:
    """The rates as floating point has them, so that nothing but the reckoning differs."""
    return Errors(*(F(float(x)) for x in (errors.noise, errors.false_alarm, errors.miss)))


@settings(max_examples=60, deadline=None)
@given(
    vectors,
    vectors,
    st.sampled_from(["0.3", "0.05", "1e-6", "1e-9", "1e-15", "1e-40"]),
    st.sampled_from([(F(0), F(0)), (F(1, 10), F(1, 8)), (F(1, 10**9), F(1))]),
    st.sampled_from([1.0, 0.75, 1 - 1e-9]),
)
def test_the_last_digits_are_right_however_rare_errors_are(
    p: Any, q: Any, noise: str, seen: tuple[F, F], delta: float
) -> None:
    errors = as_floats(Errors(F(noise), *seen))
    one, two = (MemoryOne("", tuple(map(F, v))) for v in (p, q))
    exact = play(one, two, USUAL, errors, F(delta)).payoffs
    got = pair_payoffs(np.array([p]), np.array([q]), USUAL, errors, delta)[0]
    assert got == pytest.approx([float(x) for x in exact], rel=1e-13)


def test_determinants_as_written_lose_what_is_kept_here() -> None:
    """Two players of tit for tat at a noise of 1e-9 get 2.25; the plain determinants do not say."""
    noise = 1e-9
    p = q = np.array([1 - noise, noise, 1 - noise, noise])

    def plain(payoff: tuple[float, ...]) -> float:
        rows = [
            [-1 + p[0] * q[0], -1 + p[0], -1 + q[0], payoff[0]],
            [p[1] * q[2], -1 + p[1], q[2], payoff[1]],
            [p[2] * q[1], p[2], -1 + q[1], payoff[2]],
            [p[3] * q[3], p[3], q[3], payoff[3]],
        ]
        return float(np.linalg.det(np.array(rows)))

    one = plain((1, 1, 1, 1))
    assert one == 0 or abs(plain((3, 0, 5, 1)) / one - 2.25) > 1e-9
    tft = np.array([[1.0, 0, 1, 0]])
    assert pair_payoffs(tft, tft, USUAL, Errors(F(noise)))[0, 0] == pytest.approx(2.25, rel=1e-14)


def test_the_long_run_that_depends_on_the_beginning_is_no_number() -> None:
    grim, wsls = np.array([[1.0, 0, 0, 0]]), np.array([[1.0, 0, 0, 1]])
    assert np.isnan(pair_payoffs(grim, grim, USUAL, Errors())).all()
    assert pair_payoffs(wsls, wsls, USUAL, Errors())[0] == pytest.approx([3, 3])


def test_who_is_first_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    one, two = rng.random((200, 4)), rng.random((200, 4))
    errors = Errors(F(1, 50), F(1, 10), F(1, 4))
    forth = pair_payoffs(one, two, USUAL, errors)
    assert pair_payoffs(two, one, USUAL, errors)[:, ::-1] == pytest.approx(forth, rel=1e-14)


def test_a_round_robin_is_its_pairs() -> None:
    table = round_robin(
        [(F(1), F(0), F(1), F(0)), (F(1), F(1, 3), F(1), F(1, 3))], USUAL, Errors(F(1, 20))
    )
    assert table[0, 0] == pytest.approx(2.25)
    assert table[1, 1] == pytest.approx(2.859375)


@pytest.mark.parametrize(
    ("one", "two", "errors", "delta"),
    [
        ((1, 4), (2, 4), Errors(), 1.0),
        ((1, 3), (1, 3), Errors(), 1.0),
        ((1, 4), (1, 4), Errors(public=True), 1.0),
        ((1, 4), (1, 4), Errors(), 0.0),
    ],
)
def test_what_it_cannot_do_is_refused(one: Any, two: Any, errors: Errors, delta: float) -> None:
    with pytest.raises(DataError):
        pair_payoffs(np.zeros(one), np.zeros(two), USUAL, errors, delta)


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_chances_out_of_range_are_refused(bad: float) -> None:
    with pytest.raises(DataError):
        pair_payoffs(np.full((1, 4), bad), np.zeros((1, 4)), USUAL, Errors())


# --- chains ------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(0, 10**6))
def test_a_stationary_distribution_stays(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    raw = rng.integers(0, 4, (size, size))
    raw[:, 0] += 1  # state 0 is reached from everywhere: one end
    rows = [[F(int(x), int(row.sum())) for x in row] for row in raw]
    shares = stationary(rows)
    assert sum(shares) == 1 and min(shares) >= 0
    assert [sum(shares[i] * rows[i][j] for i in range(size)) for j in range(size)] == shares


def test_states_that_are_left_for_good_have_no_share() -> None:
    half = F(1, 2)
    assert stationary([[F(0), half, half], [F(0), half, half], [F(0), F(1), F(0)]])[0] == 0


def test_discounted_weights_are_the_series() -> None:
    rows = [[0.2, 0.8], [0.5, 0.5]]
    state, total = np.array([1.0, 0.0]), np.zeros(2)
    for t in range(400):
        total += (1 - 0.9) * 0.9**t * state
        state = state @ np.array(rows)
    assert discounted(rows, [1.0, 0.0], 0.9) == pytest.approx(total.tolist())
