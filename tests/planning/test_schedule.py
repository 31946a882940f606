"""The timetable: stops, rests, and the clocks that the treaty sets (VI.I.9, VI.II.4(E))."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.planning.schedule import Assumptions, FlightClock, flyable_km, timetable

DAY = dt.date(2021, 5, 19)
HOUR = dt.timedelta(hours=1)


def utc(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2021, 5, day, hour, minute, tzinfo=dt.UTC)


def test_one_stage_by_hand() -> None:
    found = timetable([[450.0, 225.0]], 450.0, DAY, Assumptions())
    assert found.departs == (utc(19, 6), utc(19, 7))
    assert found.arrives == (utc(19, 7), utc(19, 7, 30))
    assert found.landings == ()
    assert found.times.arrival_at_point_of_entry == utc(17, 9)
    assert found.times.submitted == utc(18, 5)
    assert found.times.commencement == utc(19, 6)
    assert found.times.completion == utc(19, 7, 30)


def test_a_stop_to_refuel_then_a_rest_until_morning() -> None:
    # 3 h, 1.5 h on the ground, 4 h (8.5 h gone), and 4 h more would be 14 h: rest.
    found = timetable([[1350.0], [1800.0], [1800.0]], 450.0, DAY, Assumptions())
    refuelling, rest = found.landings
    assert (refuelling.at, refuelling.purpose) == (1, "refuelling")
    assert (refuelling.arrives, refuelling.departs) == (utc(19, 9), utc(19, 10, 30))
    assert (rest.at, rest.purpose, rest.arrives) == (2, "rest", utc(19, 14, 30))
    assert rest.departs == utc(20, 6)  # 12 h would be 02:30; not before the hour of the start
    assert found.times.completion == utc(20, 10)


stages = st.lists(st.lists(st.floats(1, 900), min_size=1, max_size=4), min_size=1, max_size=6)


@given(stages, st.floats(200, 900))
def test_clocks_run_forwards_and_crews_rest(legs: list[list[float]], cruise: float) -> None:
    usual = Assumptions()
    found = timetable(legs, cruise, DAY, usual)
    marks = [m for pair in zip(found.departs, found.arrives, strict=True) for m in pair]
    assert marks == sorted(marks)
    assert found.times.commencement is not None
    assert found.times.submitted is not None
    assert found.times.commencement - found.times.submitted >= 24 * HOUR  # VI.II.4(E)
    assert len(found.landings) == len(legs) - 1
    for landing in found.landings:
        least = usual.rest if landing.purpose == "rest" else usual.refuelling
        assert landing.departs - landing.arrives >= least * HOUR - dt.timedelta(seconds=1)
    # Between two rests no more than a flying day passes, unless one stage alone is longer.
    nights = [landing.at for landing in found.landings if landing.purpose == "rest"]
    for first, last in itertools.pairwise([0, *nights, len(found.departs)]):
        longest = max(sum(stage) for stage in legs) / cruise
        spent = (found.arrives[last - 1] - found.departs[first]) / HOUR
        assert spent <= max(usual.flying_day, longest) + 0.01


def test_what_can_be_flown_in_the_window() -> None:
    # From 06:00 on the 19th to 09:00 on the 21st: two days of 10 h and 3 h of a third. With
    # stages of 4 h a day holds two of them and a stop.
    usual = Assumptions()
    assert usual.hours_for_flight(DAY) == 51.0  # 96 h from 09:00 on the 17th
    assert flyable_km(4 * 450.0, 450.0, DAY, usual) == (2 + 2) * 4 * 450.0 + 3 * 450.0
    assert flyable_km(10 * 450.0, 450.0, DAY, usual) == 23 * 450.0


def test_within_is_counted_from_arrival() -> None:
    found = timetable([[450.0]], 450.0, DAY, Assumptions())
    assert found.within(46.0)
    assert not found.within(45.9)


def test_the_start_may_move_within_the_day_and_the_window() -> None:
    usual = Assumptions()
    # From midnight to a minute before the next; the usual start is at six.
    assert usual.starts(DAY, 10.0) == pytest.approx((-6.0, 17.0 + 59.0 / 60.0))
    # Arrival at 09:00 the day before and a plan 25 h ahead: no start before ten.
    late = Assumptions(arrival_days_before=1, commencement=dt.time(12, 0))
    assert late.starts(DAY, 1.0)[0] == -2.0
    # 51 h are left in the window from the usual start: a flight of 45 h starts at most 6 h later.
    assert usual.starts(DAY, 45.0)[1] == 6.0


def test_a_later_start_is_said_and_moves_everything() -> None:
    moved = Assumptions().beginning(2.5)
    assert moved.commencement == dt.time(8, 30)
    assert any("the start at 08:30Z" in line for line in moved.sentences())
    found = timetable([[450.0]], 450.0, DAY, moved)
    assert found.departs == (utc(19, 8, 30),)
    assert found.times.submitted == utc(18, 7, 30)


@given(stages, st.floats(200, 900))
def test_the_clock_and_the_timetable_tell_the_same(legs: list[list[float]], cruise: float) -> None:
    clock = FlightClock(cruise, DAY, Assumptions())
    departs, arrives = clock.hours(legs)
    found = timetable(legs, cruise, DAY, Assumptions())
    for hours, moments in ((departs, found.departs), (arrives, found.arrives)):
        assert len(hours) == len(moments)
        for hour, moment in zip(hours, moments, strict=True):
            assert abs((moment - utc(19, 6)) / HOUR - hour) * 3600 <= 1.0
