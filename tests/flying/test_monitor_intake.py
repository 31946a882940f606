"""What a receiver can do wrong, and what the monitor then does: one defined behaviour for each."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.flying.monitor.intake import ROLLOVER_S, Intake, Point
from overflight.geo.geodesic import destination
from overflight.geo.positions import Position
from overflight.terms.live_fix import LiveFix

START = dt.datetime(2021, 5, 19, 7, tzinfo=dt.UTC).timestamp()
FROM = Position(55.6, 36.6)
KM_S = 0.125  # 450 km/h


def fix(second: float, *, clock: float = 0.0, dated: bool = True) -> LiveFix:
    """Where an aircraft is that flew ``second`` s west at 450 km/h, by a clock ``clock`` s off."""
    place = destination(FROM, 270.0, second * KM_S)
    when = dt.datetime.fromtimestamp(START + second + clock, dt.UTC)
    tod = when.hour * 3600.0 + when.minute * 60.0 + when.second + when.microsecond / 1e6
    return LiveFix(tod, place.lat, place.lon, when.date() if dated else None, speed_km_h=450.0)


def fed(
    fixes: list[tuple[LiveFix, float | None]], around: float = START
) -> tuple[list[Point], list[str], Intake]:
    intake = Intake(around)
    points: list[Point] = []
    kinds: list[str] = []
    for number, (one, arrived) in enumerate(fixes, 1):
        made, faults = intake.take(one, number, arrived)
        points += made
        kinds += [fault.kind for fault in faults]
    return points, kinds, intake


def recorded(fixes: list[LiveFix]) -> list[tuple[LiveFix, float | None]]:
    return [(one, None) for one in fixes]


def test_a_sound_stream_loses_nothing() -> None:
    points, kinds, _ = fed(recorded([fix(s) for s in range(300)]))
    assert [p.time_s - START for p in points] == [float(s) for s in range(300)]
    assert kinds == []


def test_a_moment_that_comes_twice_is_taken_once() -> None:
    points, kinds, _ = fed(recorded([fix(s // 2) for s in range(100)]))
    assert len(points) == 50 and kinds == ["duplicate"] * 50
    two = replace(fix(3), lat=56.0)
    assert fed(recorded([fix(s) for s in range(4)] + [two]))[1] == ["conflict"]


@pytest.mark.parametrize("clock", (3600.0, -3600.0, 86400.0, -5.5 * 86400.0, 400 * 86400.0))
@pytest.mark.parametrize("live", (True, False))
def test_a_clock_that_is_set_costs_no_point_and_no_second(clock: float, live: bool) -> None:
    """40 s right, then set, 60 s wrong, then set right again: every point, at its true time."""
    off = [0.0] * 40 + [clock] * 60 + [0.0] * 60
    fixes = [(fix(s, clock=c), 5000.0 + s if live else None) for s, c in enumerate(off)]
    points, kinds, intake = fed(fixes)
    assert [p.number for p in points] == list(range(1, 161))
    for point in points:
        assert point.time_s - START == pytest.approx(point.number - 1, abs=1.1)
    assert kinds.count("clock") == 2
    assert intake.offset_s == 0.0


def test_a_clock_that_is_right_again_is_believed_to_the_last_digit() -> None:
    """The speed that is told is 10 % too low, so the reckoning errs; the right clock does not."""
    off = [0.0] * 40 + [3600.0] * 60 + [0.0] * 60
    fixes = [replace(fix(s, clock=c), speed_km_h=405.0) for s, c in enumerate(off)]
    points, _, intake = fed(recorded(fixes))
    assert intake.offset_s == 0.0
    assert [p.time_s - START for p in points[-60:]] == [float(s) for s in range(100, 160)]


def test_a_date_before_the_week_count_rolled_over_is_set_right() -> None:
    points, kinds, _ = fed(recorded([fix(s, clock=-ROLLOVER_S) for s in range(50)]))
    assert [p.time_s - START for p in points] == [float(s) for s in range(50)]
    assert kinds == ["rollover"]


def test_a_rollover_in_flight_is_set_right_at_once() -> None:
    off = [0.0] * 20 + [-ROLLOVER_S] * 20
    points, kinds, _ = fed(recorded([fix(s, clock=c) for s, c in enumerate(off)]))
    assert len(points) == 40 and kinds == ["rollover"]


def test_midnight_without_a_date() -> None:
    around = dt.datetime(2021, 5, 19, 23, 59, 30, tzinfo=dt.UTC).timestamp()
    shift = around - START
    fixes = [fix(s, clock=shift, dated=False) for s in range(60)]
    points, kinds, _ = fed(recorded(fixes), around)
    assert [p.time_s - around for p in points] == [float(s) for s in range(60)] and kinds == []


def test_a_place_that_jumps_away_and_back_is_left_out() -> None:
    fixes = [fix(s) for s in range(60)]
    fixes[30] = replace(fixes[30], lat=57.0)
    points, kinds, _ = fed(recorded(fixes))
    assert len(points) == 59 and kinds == ["jump"]


def test_a_place_that_stays_away_is_believed_and_said() -> None:
    fixes = [fix(s) if s < 30 else replace(fix(s), lat=57.0) for s in range(80)]
    points, kinds, _ = fed(recorded(fixes))
    assert len(points) == 80 and kinds.count("moved") == 1


def test_a_lost_signal_and_its_return() -> None:
    intake = Intake(START)
    for s in range(20):
        intake.take(fix(s), s + 1, 100.0 + s)
    assert intake.tick(123.0) is None
    silent = intake.tick(127.0)
    assert silent is not None and (silent.kind, silent.amount) == ("silent", 8.0)
    assert intake.tick(130.0) is None
    points, faults = intake.take(fix(420), 21, 520.0)
    assert len(points) == 1
    assert [(f.kind, f.amount) for f in faults] == [("back", 401.0)]


def test_a_gap_in_a_recording_is_a_gap_and_no_clock() -> None:
    points, kinds, _ = fed(recorded([fix(s) for s in (*range(20), *range(420, 440))]))
    assert len(points) == 40 and kinds == ["back"]


def test_a_recording_through_a_pipe_is_not_taken_for_a_clock_that_jumps() -> None:
    """All of it arrives within milliseconds; an hour on the ground is an hour."""
    seconds = [*range(40), *range(3640, 3700)]
    points, kinds, _ = fed([(fix(s), 9.0 + k / 1e4) for k, s in enumerate(seconds)])
    assert [p.time_s - START for p in points] == [float(s) for s in seconds]
    assert kinds == ["back"]


def test_a_gap_in_which_it_turned_back_is_a_gap() -> None:
    """Twenty minutes unseen, and then 12 km from where it was, on the way back."""
    there = [fix(s) for s in range(60)]
    back = [replace(fix(160.0 - s), tod_s=fix(1260.0 + s).tod_s) for s in range(60)]
    points, kinds, _ = fed(recorded(there + back))
    assert len(points) == 120 and kinds == ["back"]
    assert points[60].time_s - START == 1260.0


@pytest.mark.parametrize("clock", (3600.0, -3600.0))
def test_without_speeds_the_clock_is_found_by_the_way(clock: float) -> None:
    off = [0.0] * 40 + [clock] * 60 + [0.0] * 60
    bare = [replace(fix(s, clock=c), speed_km_h=None) for s, c in enumerate(off)]
    points, kinds, _ = fed(recorded(bare))
    assert len(points) == 160 and kinds.count("clock") == 2
    assert [p.time_s - START for p in points] == pytest.approx(list(range(160)), abs=1.1)


def test_a_receiver_without_a_clock_is_timed_by_arrival() -> None:
    bare = [(replace(fix(s), tod_s=None if s else 25200.0, date=None), 50.0 + s) for s in range(9)]
    points, _, _ = fed(list(bare))
    assert [p.time_s - START for p in points] == [float(s) for s in range(9)]
    assert fed([(one, None) for one, _ in bare])[1] == ["untimed"] * 8


FIXES = st.builds(
    LiveFix,
    tod_s=st.one_of(st.none(), st.floats(0, 86399.999)),
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    date=st.one_of(st.none(), st.dates(dt.date(1980, 1, 6), dt.date(2079, 12, 31))),
    speed_km_h=st.one_of(st.none(), st.floats(0, 2000)),
)


@settings(max_examples=150)
@given(st.lists(st.tuples(FIXES, st.one_of(st.none(), st.floats(0, 1e6))), max_size=60))
def test_whatever_comes_the_track_goes_on_in_time(
    fixes: list[tuple[LiveFix, float | None]],
) -> None:
    points, _, _ = fed(fixes)
    times = [p.time_s for p in points]
    assert times == sorted(set(times))
    assert len({p.number for p in points}) == len(points)
