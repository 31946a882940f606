"""Instants in documents: ISO 8601, always with a zone."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.formats.times import read_time, write_time
from strategies import instants


@given(instants, st.integers(-14 * 60, 14 * 60))
def test_an_instant_is_read_back_whatever_zone_it_was_written_in(
    moment: dt.datetime, offset: int
) -> None:
    elsewhere = moment.astimezone(dt.timezone(dt.timedelta(minutes=offset)))
    assert read_time(write_time(elsewhere), where="t") == moment
    assert read_time(elsewhere.isoformat(), where="t") == moment


def test_the_form_is_utc_with_z() -> None:
    moscow = dt.timezone(dt.timedelta(hours=3))
    assert write_time(dt.datetime(2021, 5, 19, 10, tzinfo=moscow)) == "2021-05-19T07:00:00Z"


@pytest.mark.parametrize(
    "text",
    ["2021-05-19", "2021-05-19T07:00:00", "07:00Z", "19.05.2021 07:00Z", "soon", "", "20210519",
     "2021-02-30T07:00:00Z", "0001-01-01T00:00:00+14:00"],
)  # fmt: skip
def test_what_names_no_instant_is_refused(text: str) -> None:
    with pytest.raises(DataError) as caught:
        read_time(text, where="/times/submitted", file="plan.json")
    assert caught.value.where == "/times/submitted"
    assert "2021-05-19T07:00:00Z" in caught.value.remedy


@pytest.mark.parametrize("value", [None, 5, True, ["2021-05-19T07:00:00Z"]])
def test_what_is_no_text_is_no_instant(value: object) -> None:
    with pytest.raises(DataError):
        read_time(value, where="t")


def test_a_naive_datetime_is_never_written() -> None:
    with pytest.raises(DataError, match="no zone"):
        write_time(dt.datetime(2021, 5, 19, 7))  # noqa: DTZ001
