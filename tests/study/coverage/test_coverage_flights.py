"""A year of flights: counted by hand and by brute force over all days."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.study.coverage.flights import YEAR, Flown, Places, area_share, drawn, year_of


def flown(observer: str, day: str | None, *sites: str) -> Flown:
    return Flown(observer, frozenset(sites), None if day is None else dt.date.fromisoformat(day))


def test_the_check_of_the_fact_sheet() -> None:
    """A flight of 6,500 km with a swath of 7 km sees about 0.3 % of Russia (17,098,246 km2)."""
    assert area_share(6500, 7, 17_098_246) == pytest.approx(0.00266, abs=1e-5)


def test_by_hand() -> None:
    flights = [
        flown("A", "2021-01-01", "x"), flown("A", "2021-07-02", "x", "y"),
        flown("B", "2021-01-01", "x"),
    ]  # fmt: skip
    a, b, both = year_of(flights, ["x", "y", "z"], [1, 10])
    assert (a.sites_seen, b.sites_seen, both.sites_seen) == (2, 1, 2)
    assert sorted(a.gaps) == [182, 183, 365]  # x twice, y once
    # x: two looks of ten days each; y: one; z: none
    assert a.chance[10] == Fraction(20 + 10 + 0, 3 * 365)
    assert both.chance[10] == a.chance[10], "the second look on the same day adds nothing"
    assert b.chance[1] == Fraction(1, 3 * 365)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 364), max_size=12), st.integers(1, 365))
def test_the_chance_is_what_trying_every_day_gives(days: set[int], duration: int) -> None:
    new_year = dt.date(2021, 1, 1)
    flights = [Flown("A", frozenset("x"), new_year + dt.timedelta(days=d)) for d in days]
    tried = sum(any((d - begin) % YEAR < duration for d in days) for begin in range(YEAR))
    found = year_of(flights or [Flown("A", frozenset(), new_year)], ["x"], [duration])
    assert found[0].chance[duration] == Fraction(tried, YEAR)
    assert sum(found[0].gaps) == (YEAR if days else 0)


def test_drawn_days_and_plans() -> None:
    """k flights that see it, each on a day drawn evenly: 1 - (1 - T/365)^k."""
    flights = [flown("A", None, "x") for _ in range(3)]
    (found,) = year_of(flights, ["x"], [73], days="random")
    assert found.chance[73] == 1 - Fraction(4, 5) ** 3
    one, two, both = drawn({"A": 2, "B": 1}, [frozenset("x"), frozenset("y")], ["x", "y"], [73])
    # half of the plans see each: 1 - (1 - 1/2 * 1/5)^n
    assert one.chance[73] == 1 - Fraction(9, 10) ** 2
    assert two.chance[73] == Fraction(1, 10)
    assert both.chance[73] == 1 - Fraction(9, 10) ** 3
    assert one.times == {"x": 1, "y": 1}


def test_more_flights_and_longer_activities_are_never_seen_less() -> None:
    flights = [flown("A", f"2021-{m:02}-15", "x") for m in range(1, 13)]
    before = Fraction(0)
    for count in range(1, 13):
        (found,) = year_of(flights[:count], ["x"], [7, 30])
        assert before <= found.chance[7] <= found.chance[30] <= 1
        before = found.chance[7]


def test_evenly_spread() -> None:
    (found,) = year_of([flown("A", None, "x") for _ in range(5)], ["x"], [73], days="even")
    assert set(found.gaps) == {73} and found.chance[73] == 1
    assert found.gap(Fraction(1, 2)) == 73


def test_what_cannot_be() -> None:
    with pytest.raises(DataError, match="has no day"):
        year_of([flown("A", None, "x")], ["x"], [7])
    with pytest.raises(DataError, match="366 days"):
        year_of([flown("A", "2021-01-01", "x")], ["x"], [366])
    with pytest.raises(DataError, match="no sites"):
        year_of([flown("A", "2021-01-01", "x")], [], [7])
    with pytest.raises(DataError, match="pool"):
        drawn({"A": 1}, [], ["x"], [7])


def test_a_leap_year_has_the_days_of_any_other() -> None:
    """1 March is the 60th day in 2021, and the last two days of 2020 are two days."""
    (leap,) = year_of([flown("A", "2020-03-01", "x"), flown("A", "2020-12-31", "x")], ["x"], [1])
    (plain,) = year_of([flown("A", "2021-03-01", "x"), flown("A", "2021-12-31", "x")], ["x"], [1])
    assert leap == plain and sorted(leap.gaps) == [60, 305]
    (last,) = year_of([flown("A", "2020-12-30", "x"), flown("A", "2020-12-31", "x")], ["x"], [1])
    assert last.gap_counts == ((1, 1), (364, 1))


def test_flights_of_more_than_one_year_are_refused() -> None:
    with pytest.raises(DataError, match="more than one year"):
        year_of([flown("A", "2020-03-01", "x"), flown("A", "2021-03-01", "x")], ["x"], [1])
    year_of([flown("A", "2020-03-01", "x"), flown("A", "2021-02-28", "x")], ["x"], [1])


def test_every_gap_is_told() -> None:
    (found,) = year_of([flown("A", "2021-01-01", "x", "y"), flown("A", "2021-07-02", "x")],
                       ["x", "y"], [1])  # fmt: skip
    assert found.gap_counts == ((182, 1), (183, 1), (365, 1))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 364), max_size=6), st.integers(1, 365),
    st.fractions(0, 1, max_denominator=9),
)  # fmt: skip
def test_a_look_that_may_miss_is_tried_every_day(
    days: list[int], duration: int, detect: Fraction
) -> None:
    new_year = dt.date(2021, 1, 1)
    flights = [Flown("A", frozenset("x"), new_year + dt.timedelta(days=d)) for d in days]
    flights.append(Flown("A", frozenset(), new_year))
    tried = Fraction(0)
    for begin in range(YEAR):
        looks = len({d for d in days if (d - begin) % YEAR < duration} if detect == 1 else
                    [d for d in days if (d - begin) % YEAR < duration])  # fmt: skip
        tried += 1 - (1 - detect) ** looks
    (found,) = year_of(flights, ["x"], [duration], detect=detect)
    assert found.chance[duration] == tried / YEAR


def test_sites_by_weight() -> None:
    """x is seen all the year with weight 3, y never with weight 1: three quarters."""
    flights = [flown("A", "2021-01-01", "x")]
    places = Places(("x", "y"), {"x": Fraction(3), "y": Fraction(1)})
    (found,) = year_of(flights, places, [365])
    assert found.chance[365] == Fraction(3, 4)
    (other,) = drawn({"A": 1}, [frozenset("x")], places, [73], detect=Fraction(1, 2))
    assert other.chance[73] == Fraction(3, 4) * Fraction(1, 2) * Fraction(1, 5)
    nothing = Places(("x", "y"), {"x": Fraction(0), "y": Fraction(0)})
    with pytest.raises(DataError, match="weighs"):
        year_of(flights, nothing, [1])
    with pytest.raises(DataError, match="no chance"):
        year_of(flights, places, [1], detect=Fraction(3, 2))
