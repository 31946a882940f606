"""Cells, numbers and the setting of tables in plain text."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import report_samples as samples
from hypothesis import given
from hypothesis import strategies as st

from overflight.geo.positions import Position
from overflight.report import tables


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (5612.44, 1, "5612.4"),
        (1234567.0, 0, "1234567"),
        (None, 1, "-"),
        (float("nan"), 1, "-"),
        (-0.01, 1, "0.0"),
    ],
)
def test_numbers_carry_no_separator_and_no_false_sign(
    value: float | None, digits: int, words: str
) -> None:
    assert tables.number(value, digits) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(30.0, "h", "30 h"), (0.305, "m", "0.305 m"), (11.25, "km", "11.25 km"), ("none", "", "none")],
)
def test_measures_keep_what_counts(value: float | str, unit: str, words: str) -> None:
    assert tables.measure(value, unit) == words


def test_instants_are_written_in_utc_whatever_zone_they_came_in() -> None:
    moscow = dt.timezone(dt.timedelta(hours=3))
    assert tables.instant(dt.datetime(2021, 5, 19, 10, 0, tzinfo=moscow)) == "2021-05-19T07:00:00Z"


def test_times_go_to_the_nearest_minute_over_midnight() -> None:
    late = dt.datetime(2021, 5, 19, 23, 59, 40, tzinfo=dt.UTC)
    assert tables.day_and_time(late) == "20 00:00"


def test_a_name_cannot_drive_the_terminal() -> None:
    assert tables.clean("\x1b[31mKubin\u202eka\nbase\x07") == "[31mKubinka base"


def test_a_route_that_comes_home_keeps_its_two_ends_apart() -> None:
    plan = samples.russia()
    ends = tables.leg_ends(plan)
    assert (ends[0][0], ends[-1][1]) == (plan.fixes[0], plan.fixes[-1])
    assert all(a is not None and b is not None for a, b in ends)


def test_a_leg_to_a_fix_that_is_not_there_has_no_position() -> None:
    plan = samples.norway()
    stray = dataclasses.replace(plan.legs[2], end="F99")
    torn = dataclasses.replace(plan, legs=(*plan.legs[:2], stray, *plan.legs[3:]))
    row = tables.legs_table(torn).rows[3]
    assert "F99" in row and "-" in row


def test_the_track_of_a_leg_due_east_on_the_equator() -> None:
    points = [
        ("A", Position(0.0, 10.0), None),
        ("B", Position(0.0, 12.0), None),
        ("C", Position(-2.0, 12.0), None),
    ]
    plan = samples.plan_through(
        points,
        observing="AAA",
        observed="BBB",
        holder="BBB",
        start=samples.KUBINKA,
        end=samples.KUBINKA,
    )
    assert [row[4] for row in tables.legs_table(plan).rows] == ["", "090", "180"]


def test_letters_go_on_after_z() -> None:
    plan = samples.norway()
    many = tuple(dataclasses.replace(plan.sensors[0], id=f"s{i}") for i in range(29))
    letters = tables.sensor_letters(dataclasses.replace(plan, sensors=many, legs=()))
    assert (letters["s0"], letters["s25"], letters["s26"], letters["s28"]) == ("A", "Z", "AA", "AC")


@given(
    st.lists(st.lists(st.text("abc xyz-Łж", max_size=40), min_size=3, max_size=3), min_size=1),
    st.integers(30, 120),
)
def test_a_table_never_outgrows_its_width(rows: list[list[str]], width: int) -> None:
    columns = (tables.Column("One"), tables.Column("Two", "r"), tables.Column("Three"))
    table = tables.Table(columns, tuple(tuple(tables.clean(c) for c in row) for row in rows))
    lines = tables.render(table, width)
    assert all(len(line) <= width and line == line.rstrip() for line in lines)
    shown = "".join("".join(lines[2:]).split())
    assert sorted(shown) == sorted("".join("".join(c for r in table.rows for c in r).split()))
