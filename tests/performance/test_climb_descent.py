"""Climbs and descents: how long, how far, and where on the legs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.performance.climb_descent import (
    ASSUMED_RATES,
    VerticalRates,
    change,
    changes,
    lacking_km,
    leg_heights,
)

# 1,000 ft/min up, 500 ft/min down, at full cruise speed
RATES = VerticalRates(5.08, 2.54, 1.0, "given", assumed=False)


def test_ten_thousand_feet_at_a_thousand_a_minute() -> None:
    hours, km = change(3048, 450, RATES)
    assert hours * 60 == pytest.approx(10)
    assert km == pytest.approx(75)
    hours, km = change(-3048, 450, RATES, tailwind=-50)
    assert hours * 60 == pytest.approx(20)
    assert km == pytest.approx(400 / 3)


def test_what_was_assumed_says_so() -> None:
    assert ASSUMED_RATES.assumed
    assert "assumed" in ASSUMED_RATES.basis


@pytest.mark.parametrize(
    "numbers", [(0, 5, 1), (5, -1, 1), (5, 5, 0), (5, 5, 1.1), (math.nan, 5, 1)]
)
def test_rates_that_are_none(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(DataError, match="rates"):
        VerticalRates(*numbers, basis="given")


def test_a_headwind_that_stops_the_climb() -> None:
    with pytest.raises(DataError, match="stops"):
        change(1000, 300, RATES, tailwind=-300)


def stage(lengths: list[float], heights: list[float], start: float = 0, end: float = 0):  # type: ignore[no-untyped-def]
    moves = changes(lengths, heights, 450, RATES, [450.0] * len(lengths), start, end)
    return moves, leg_heights(lengths, moves)


def test_up_and_down_again() -> None:
    _, legs = stage([100, 200], [1524, 1524])  # 5 minutes up, 10 down
    assert (legs[0].from_km, legs[0].to_km) == pytest.approx((37.5, 100))
    assert (legs[1].from_km, legs[1].to_km) == pytest.approx((0, 125))
    assert legs[0].climb_hours * 60 == pytest.approx(5)
    assert legs[1].descent_hours * 60 == pytest.approx(10)


def test_a_climb_longer_than_the_first_leg() -> None:
    _, legs = stage([20, 100, 300], [1524] * 3)
    assert legs[0].from_km == legs[0].to_km
    assert (legs[1].from_km, legs[1].to_km) == pytest.approx((17.5, 100))
    assert (legs[2].from_km, legs[2].to_km) == pytest.approx((0, 225))
    assert sum(leg.climb_hours for leg in legs) * 60 == pytest.approx(5)


def test_never_lower_than_planned() -> None:
    """Up before a higher leg, down after a higher one: 305 m are a minute up and two down."""
    _, legs = stage([300, 100, 300], [1524, 1828.8, 1524])
    assert legs[0].to_km == pytest.approx(300 - 7.5)
    assert (legs[1].from_km, legs[1].to_km) == pytest.approx((0, 100))
    assert legs[2].from_km == pytest.approx(15)


def test_no_change_of_height_is_no_change() -> None:
    moves, legs = stage([100], [300], 300, 300)
    assert moves == ()
    assert (legs[0].from_km, legs[0].to_km, legs[0].changing_km) == (0, 100, 0)


def test_a_stage_too_short_to_get_up() -> None:
    lengths = [60.0]
    moves, legs = stage(lengths, [1524])
    assert lacking_km(lengths, moves) == pytest.approx(37.5 + 75 - 60)
    assert legs[0].from_km == legs[0].to_km
    assert lacking_km([500.0], stage([500.0], [1524])[0]) == 0


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(1, 400), st.floats(0, 6000)), min_size=1, max_size=12),
    st.floats(0, 2000),
    st.floats(0, 2000),
)
def test_every_metre_is_climbed_once(
    legs: list[tuple[float, float]], start: float, end: float
) -> None:
    lengths, heights = [leg[0] for leg in legs], [leg[1] for leg in legs]
    moves, found = stage(lengths, heights, start, end)
    assert sum(move.rise_m for move in moves) == pytest.approx(end - start, abs=1e-6)
    total = sum(lengths)
    for leg, length in zip(found, lengths, strict=True):
        assert 0 <= leg.from_km <= leg.to_km <= length + 1e-9
        assert leg.changing_km <= length + 1e-9
    if all(move.from_km >= 0 and move.to_km <= total for move in moves):
        up = sum(move.rise_m for move in moves if move.rise_m > 0)
        climbed = sum(leg.climb_hours for leg in found) * 3600 * RATES.climb_m_s
        assert climbed == pytest.approx(up, abs=1e-3)
