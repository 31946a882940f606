"""Positions: what is refused, and how one is written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.geo.positions import Position, parse_icao_point


@pytest.mark.parametrize(
    ("lat", "lon", "says"),
    [
        (math.nan, 10, "not a finite number"),
        (10, math.inf, "not a finite number"),
        (91, 10, "outside"),
        (10, 361, "outside"),
        ("55", 37, "not a number"),
        (True, 37, "not a number"),
        (135.0, 48.5, "swapped"),
    ],
)
def test_bad_numbers_are_refused(lat: float, lon: float, says: str) -> None:
    with pytest.raises(DataError, match=says) as caught:
        Position(lat=lat, lon=lon)
    assert caught.value.remedy


def test_longitude_is_wrapped_and_axes_are_named() -> None:
    assert Position(lat=0, lon=190).lon == -170
    assert Position(lat=0, lon=180).lon == -180
    assert Position.from_xy(37, 55) == Position(lat=55, lon=37)
    assert Position(lat=55, lon=37).xy == (37, 55)


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [("46N078W", 46, -78), ("4620N07805W", 46 + 20 / 60, -78 - 5 / 60), ("0000S00000E", 0, 0)],
)
def test_icao_points(text: str, lat: float, lon: float) -> None:
    # The first two are the examples of ICAO Doc 4444, Appendix 2, item 15 (c).
    assert parse_icao_point(text) == Position(lat=lat, lon=lon)


@pytest.mark.parametrize("text", ["", "4620N078W", "46N0780W", "N46W078", "4620N07805W/N0250"])
def test_what_is_no_icao_point(text: str) -> None:
    with pytest.raises(DataError):
        parse_icao_point(text)


@given(st.floats(-89.9, 89.9), st.floats(-179.9, 179.9))
def test_icao_round_trip(lat: float, lon: float) -> None:
    minutes = Position(lat=lat, lon=lon).rounded_to_minutes()
    assert parse_icao_point(minutes.icao()).lat == pytest.approx(minutes.lat, abs=1e-9)
    assert parse_icao_point(minutes.icao()).lon == pytest.approx(minutes.lon, abs=1e-9)
    assert abs(minutes.lat - lat) <= 0.5 / 60 + 1e-12
