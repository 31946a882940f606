"""What planning takes from an aircraft, and what it refuses to take."""

from __future__ import annotations

import datetime as dt

import pytest

from overflight.errors import DataError, UnknownValueError
from overflight.performance.capability import capability, flying_hours
from overflight.terms.aircraft import Aircraft
from overflight.terms.values import CitedValue, Status


def figure(key: str, value: float | None, status: Status = Status.ASSUMED) -> CitedValue:
    return CitedValue(key, value, "", dt.date(2002, 1, 1), None, status, ())


def aircraft(range_km: CitedValue, cruise: CitedValue) -> Aircraft:
    mass = figure("max_takeoff_mass_kg", 10000.0)
    return Aircraft("x", "X", "ZZZZ", "XXX", range_km, cruise, mass, ())


def test_plain_numbers() -> None:
    able = capability(aircraft(figure("range_km", 1700), figure("cruise_km_h", 450)))
    assert (able.range_km, able.cruise_km_h) == (1700.0, 450.0)


def test_an_unknown_figure_is_no_zero() -> None:
    with pytest.raises(UnknownValueError, match="range_km of x"):
        capability(aircraft(figure("range_km", None, Status.UNKNOWN), figure("cruise_km_h", 450)))


@pytest.mark.parametrize("value", [0.0, -5.0, float("nan"), float("inf")])
def test_a_figure_that_no_aircraft_has_is_refused(value: float) -> None:
    with pytest.raises(DataError, match="cruise_km_h of x"):
        capability(aircraft(figure("range_km", 1700), figure("cruise_km_h", value)))


def test_hours() -> None:
    assert flying_hours(900.0, 450.0) == 2.0
