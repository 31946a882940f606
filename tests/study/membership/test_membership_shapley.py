"""Shapley values of games whose values are in the literature."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.study.membership.shapley import dependence, reached, sampled, shapley


def test_the_security_council() -> None:
    """421/2145 for a permanent member, 4/2145 for another (Straffin, Game Theory and Strategy)."""
    players = [f"P{n}" for n in range(5)] + [f"N{n}" for n in range(10)]
    coalitions = np.arange(1 << 15)
    all_five = (coalitions & 31) == 31
    others = sum((coalitions >> n) & 1 for n in range(5, 15))
    values = shapley(players, (all_five & (others >= 4)).astype(np.int64))
    assert {v.exact for v in values[:5]} == {Fraction(421, 2145)}
    assert {v.exact for v in values[5:]} == {Fraction(4, 2145)}


def test_the_glove_game() -> None:
    """One left glove, two right ones: 2/3, 1/6, 1/6 (Shapley and Shubik 1969)."""
    worth = [0, 0, 0, 1, 0, 1, 0, 1]  # bit 0 is the left glove
    values = shapley(["left", "right", "other"], np.array(worth))
    assert [v.exact for v in values] == [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]


def test_flights_that_any_of_several_can_carry_are_shared_by_them() -> None:
    """Any one of k owners is enough: by symmetry each is worth 1/k of the flights."""
    found = dependence(["A", "B", "C"], [(6, frozenset("ABC")), (4, frozenset("A"))])
    assert [d.exact for d in found] == [6, 2, 2]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.frozensets(st.sampled_from("ABCDE"), min_size=1)),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_values_add_up_and_a_dummy_gets_nothing(uses: list[tuple[int, frozenset[str]]]) -> None:
    players = [*"ABCDE", "dummy"]
    found = {d.player: d.exact for d in dependence(players, uses)}
    assert sum(found.values()) == sum(flights for flights, _ in uses)  # type: ignore[arg-type]
    assert found["dummy"] == 0
    for player in "ABCDE":
        alone = sum((Fraction(n, len(who)) for n, who in uses if player in who), Fraction(0))
        assert found[player] == alone


def test_samples_hold_the_exact_value() -> None:
    players = [f"P{n}" for n in range(8)]
    uses = [(n + 1, frozenset(players[: n + 1])) for n in range(8)]
    exact = {d.player: d.estimate for d in shapley(players, reached(players, uses))}
    found = sampled(
        players, lambda s: float(sum(n for n, any_of in uses if any_of & s)), orders=4000, seed=3
    )
    inside = [d.interval_95[0] <= exact[d.player] <= d.interval_95[1] for d in found]
    assert sum(inside) >= 6
    again = sampled(
        players, lambda s: float(sum(n for n, any_of in uses if any_of & s)), orders=4000, seed=3
    )
    assert found == again


def test_above_twenty_it_is_sampled_and_says_so() -> None:
    players = [f"P{n:02}" for n in range(21)]
    found = dependence(players, [(21, frozenset(players))])
    assert all(d.exact is None for d in found)
    assert abs(sum(d.estimate for d in found) - 21) < 1e-9


def test_a_player_named_twice_is_refused() -> None:
    with pytest.raises(DataError, match="twice"):
        shapley(["A", "A"], np.zeros(4, dtype=np.int64))
