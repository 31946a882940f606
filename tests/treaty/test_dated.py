"""Spans of days, and the choice of the one row that holds."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError, NotInForceError, UnknownValueError
from overflight.terms.values import CitedValue, Status
from overflight.treaty.dated import Span, add_days, add_months, overlaps, pick, without

DAY = dt.timedelta(days=1)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(DAYS)
    last = draw(st.none() | st.dates(first, dt.date(2031, 12, 31)))
    return first, last


def holds(span: Span, day: dt.date) -> bool:
    return span[0] <= day and (span[1] is None or day <= span[1])


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2020-05-22", 6, "2020-11-22"),  # XV.2 and the notice of the United States
        ("2021-06-18", 6, "2021-12-18"),  # XV.2 and the notice of Russia
        ("2021-08-31", 6, "2022-02-28"),  # a month too short for the day
        ("2019-08-31", 6, "2020-02-29"),  # in a leap year
        ("2020-12-15", 1, "2021-01-15"),
        ("2020-01-31", 0, "2020-01-31"),
        ("9999-12-01", 6, "9999-12-31"),  # where the calendar ends
    ],
)
def test_months_are_counted_by_the_calendar(day: str, months: int, expected: str) -> None:
    assert add_months(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(expected)


def test_days_stop_where_the_calendar_ends() -> None:
    assert add_days(dt.date(9999, 12, 30), 60) == dt.date.max
    assert add_days(dt.date(2001, 11, 2), 60) == dt.date(2002, 1, 1)  # XVII.2


@given(spans(), spans(), DAYS)
def test_two_spans_overlap_when_a_day_lies_in_both(a: Span, b: Span, day: dt.date) -> None:
    assert overlaps(a, b) == overlaps(b, a)
    if holds(a, day) and holds(b, day):
        assert overlaps(a, b)
    if not overlaps(a, b):
        assert not (holds(a, day) and holds(b, day))


@given(spans(), spans(), DAYS)
def test_what_is_cut_out_of_a_span_is_just_the_hole(a: Span, hole: Span, day: dt.date) -> None:
    left = without(a, hole)
    assert any(holds(piece, day) for piece in left) == (holds(a, day) and not holds(hole, day))
    assert all(last is None or first <= last for first, last in left)


def row(value: int | None, first: str, last: str | None, **fields: str) -> CitedValue:
    return CitedValue(
        "limit",
        value,
        "km",
        dt.date.fromisoformat(first),
        None if last is None else dt.date.fromisoformat(last),
        Status.UNKNOWN if value is None else Status.ENACTED,
        (),
        condition=fields.get("condition", ""),
        reading=fields.get("reading", ""),
        note=fields.get("note", ""),
    )


ROWS = (
    row(1, "2000-01-01", "2004-12-31"),
    row(2, "2005-01-01", None),
    row(3, "2006-01-01", None, reading="how=new"),
    row(9, "2005-01-01", None, condition="with Isles"),
    row(None, "1990-01-01", "1999-12-31", note="Lost in a fire."),
)


@pytest.mark.parametrize(
    ("day", "option", "condition", "expected"),
    [
        ("2000-01-01", "old", "", 1),
        ("2004-12-31", "old", "", 1),
        ("2005-01-01", "old", "", 2),
        ("2010-01-01", "old", "", 2),
        ("2005-12-31", "new", "", 2),  # the reading's own row does not hold yet
        ("2006-01-01", "new", "", 3),
        ("2010-01-01", "old", "with isles", 9),
        ("2010-01-01", "new", "with Isles ", 9),
    ],
)
def test_the_row_that_holds(day: str, option: str, condition: str, expected: int) -> None:
    chosen = pick("limit", ROWS, dt.date.fromisoformat(day), {"how": option}, condition)
    assert chosen.value == expected


def test_the_others_that_hold_at_once_are_given_too() -> None:
    chosen = pick("limit", ROWS, dt.date(2010, 1, 1), {"how": "new"})
    assert sorted(other.value for other in chosen.alternatives) == [2, 9]


def test_a_day_that_no_row_covers() -> None:
    with pytest.raises(NotInForceError) as caught:
        pick("limit", ROWS, dt.date(1989, 12, 31), {})
    assert "2000-01-01" in caught.value.remedy


def test_a_value_nobody_knows_is_not_a_zero() -> None:
    with pytest.raises(UnknownValueError) as caught:
        pick("limit", ROWS, dt.date(1995, 1, 1), {})
    assert "Lost in a fire." in caught.value.message
    assert "--overlay" in caught.value.remedy


def test_a_condition_that_no_row_has() -> None:
    with pytest.raises(DataError) as caught:
        pick("limit", ROWS, dt.date(2010, 1, 1), {}, "with Moon")
    assert "with Isles" in caught.value.remedy


def test_a_single_conditional_value_is_the_value() -> None:
    only = (row(5, "2000-01-01", None, condition="Northern part"),)
    chosen = pick("limit", only, dt.date(2001, 1, 1), {})
    assert (chosen.value, chosen.condition) == (5, "Northern part")


def test_two_conditional_values_leave_a_choice_to_make() -> None:
    two = (
        row(5, "2000-01-01", None, condition="north"),
        row(6, "2000-01-01", None, condition="south"),
    )
    with pytest.raises(DataError) as caught:
        pick("limit", two, dt.date(2001, 1, 1), {})
    assert "north; south" in caught.value.remedy
