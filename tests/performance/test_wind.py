"""Wind: triangles worked by others, closed forms along meridians, fields on grids."""

from __future__ import annotations

import math
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.geo.geodesic import destination, distance_km
from overflight.geo.positions import Position
from overflight.performance.wind import CALM, Wind, fly_legs, wind_triangle
from overflight.performance.wind_grid import wind_grid

PUBLISHED = tomllib.loads((Path(__file__).parent / "published.toml").read_text("utf-8"))
speeds = st.floats(200, 900)
directions = st.floats(0, 360)


def at(lat: float, lon: float) -> Position:
    return Position(lat=lat, lon=lon)


@pytest.mark.parametrize("case", PUBLISHED["triangle"], ids=lambda c: c["source"])
def test_published_triangles(case: dict[str, Any]) -> None:
    """Read off slide rules to the unit, so to one unit and one degree."""
    wind = Wind.blowing_from(case["wind_from"], case["wind_speed"])
    found = wind_triangle(case["airspeed"], case["track"], wind)
    assert found.ground_speed == pytest.approx(case["ground_speed"], abs=1.0)
    assert abs((found.heading - case["heading"] + 180) % 360 - 180) <= 1.0


@settings(deadline=None)
@given(speeds, directions, directions, st.floats(0, 0.95))
def test_air_and_wind_add_up_to_the_track(
    airspeed: float, track: float, from_: float, share: float
) -> None:
    wind = Wind.blowing_from(from_, share * airspeed)
    found = wind_triangle(airspeed, track, wind)
    heading, along = math.radians(found.heading), math.radians(track)
    assert airspeed * math.sin(heading) + wind.u == pytest.approx(
        found.ground_speed * math.sin(along), abs=1e-6 * airspeed
    )
    assert airspeed * math.cos(heading) + wind.v == pytest.approx(
        found.ground_speed * math.cos(along), abs=1e-6 * airspeed
    )
    assert abs(airspeed - found.ground_speed) <= wind.speed + 1e-9


def test_where_it_blows_from() -> None:
    west = Wind.blowing_from(270, 50)
    assert (west.u, west.v) == pytest.approx((50, 0), abs=1e-9)
    assert wind_triangle(400, 90, west).ground_speed == pytest.approx(450)
    assert wind_triangle(400, 0, west).drift > 0  # blown to the right, heads left
    assert wind_triangle(400, 0, west).heading > 350


@pytest.mark.parametrize(("from_", "speed"), [(0, 400), (0, 500), (90, 400), (90, 450)])
def test_a_wind_that_is_too_strong(from_: float, speed: float) -> None:
    with pytest.raises(DataError, match="too strong"):
        wind_triangle(400, 0, Wind.blowing_from(from_, speed))


def test_still_air() -> None:
    path = [at(55, 37), at(56, 37), at(56, 40)]
    winds = fly_legs(path, 450, CALM, [2000, 2000])
    assert winds.hours.tolist() == pytest.approx(
        [distance_km(a, b) / 450 for a, b in pairwise(path)]
    )
    assert winds.outbound[0] == pytest.approx(0, abs=1e-9)
    assert winds.inbound[0] == pytest.approx(0, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(speeds, st.floats(0.05, 0.9), st.floats(50, 3000))
def test_there_and_back_takes_longer(airspeed: float, share: float, km: float) -> None:
    """Head wind out, tail wind back: 2 d v / (v^2 - w^2); across: 2 d / sqrt(v^2 - w^2)."""
    south = at(30, 10)
    north = destination(south, 0.0, km)
    wind = share * airspeed
    there = fly_legs([south, north, south], airspeed, Wind.blowing_from(0, wind), [0, 0])
    expected = 2 * km * airspeed / (airspeed**2 - wind**2)
    assert there.hours.sum() == pytest.approx(expected, rel=1e-6)
    across = fly_legs([south, north, south], airspeed, Wind.blowing_from(90, wind), [0, 0])
    assert across.hours.sum() == pytest.approx(2 * km / math.sqrt(airspeed**2 - wind**2), rel=1e-6)


@settings(deadline=None, max_examples=40)
@given(st.floats(-70, 70), st.floats(-180, 179), directions, st.floats(100, 2000), directions)
def test_pieces_do_not_change_the_time(
    lat: float, lon: float, course: float, km: float, from_: float
) -> None:
    start = at(lat, lon)
    path = [start, destination(start, course, km)]
    wind = Wind.blowing_from(from_, 100)
    coarse = fly_legs(path, 450, wind, [2000]).hours[0]
    assert coarse == pytest.approx(fly_legs(path, 450, wind, [2000], step=5).hours[0], rel=2e-3)


def test_a_leg_to_where_one_is() -> None:
    with pytest.raises(DataError, match="leg 2 leads"):
        fly_legs([at(55, 37), at(56, 37), at(56, 37)], 450, CALM, [0, 0])


def box(u: Any, v: Any, **axes: Any) -> Any:
    return wind_grid(np.array([50.0, 60.0]), np.array([30.0, 40.0]), u, v, **axes)


def test_a_grid_of_one_wind_is_that_wind() -> None:
    grid = box(np.full((1, 1, 2, 2), 10.0), np.full((1, 1, 2, 2), -5.0))
    path = [at(52, 31), at(58, 39), at(51, 38)]
    steady = fly_legs(path, 450, Wind(36.0, -18.0), [2000] * 2, step=25)
    assert fly_legs(path, 450, grid, [2000] * 2).hours == pytest.approx(steady.hours, rel=1e-12)


def test_a_wind_that_grows_along_the_way() -> None:
    """Tail wind w = k x along a meridian: t = ln((v + w1) / (v + w0)) / k, k per km."""
    values = np.zeros((1, 1, 2, 2))
    values[0, 0, 1, :] = 30.0  # m/s at 60 N, nothing at 50 N
    grid = box(np.zeros((1, 1, 2, 2)), values)
    south, north = at(50, 35), at(60, 35)
    km = distance_km(south, north)
    slope = 30.0 * 3.6 / km
    expected = math.log((450 + 108) / 450) / slope
    found = fly_legs([south, north], 450, grid, [2000]).hours[0]
    assert found == pytest.approx(expected, rel=2e-3)  # degrees of latitude are not all as long


def test_height_and_time_count() -> None:
    heights, times = np.array([0.0, 4000.0]), np.array(["2021-05-19T06", "2021-05-19T12"], "M8[s]")
    u = np.zeros((2, 2, 2, 2))
    u[:, 1] += 20.0
    u[1] += 10.0
    grid = box(u, np.zeros_like(u), heights_m=heights, times=times)
    one = np.array([55.0]), np.array([35.0])
    at_nine = np.array(["2021-05-19T09"], "M8[s]")
    found = grid.at(*one, np.array([1000.0]), at_nine)[0]
    assert found == pytest.approx([(5.0 + 5.0) * 3.6])
    with pytest.raises(DataError, match="depends on time"):
        grid.at(*one, np.array([1000.0]), None)
    with pytest.raises(DataError, match="height 5000 m"):
        grid.at(*one, np.array([5000.0]), at_nine)
    with pytest.raises(DataError, match="time after"):
        grid.at(*one, np.array([0.0]), np.array(["2021-05-20T09"], "M8[s]"))
    departs = [np.datetime64("2021-05-19T06:00")]
    later = [np.datetime64("2021-05-19T09:00")]
    path = [at(55, 31), at(55, 39)]
    early = fly_legs(path, 450, grid, [1000], departs).hours[0]
    assert fly_legs(path, 450, grid, [1000], later).hours[0] < early  # more wind behind


def test_axes_in_any_order_and_round_the_earth() -> None:
    lats, lons = np.array([90.0, 0.0, -90.0]), np.arange(0.0, 360.0, 90.0)
    u = np.zeros((1, 1, 3, 4))
    u[0, 0, 1] = [0.0, 10.0, 20.0, 30.0]
    grid = wind_grid(lats, lons, u, np.zeros_like(u))
    east = np.array([45.0, -45.0, 359.0, -180.0])
    found = grid.at(np.zeros(4), east, np.zeros(4), None)[0] / 3.6
    assert found == pytest.approx([5.0, 15.0, 30.0 / 90.0, 20.0])
    assert grid.at(np.array([45.0]), np.array([90.0]), np.zeros(1), None)[0] == pytest.approx(18.0)


def test_where_the_field_ends() -> None:
    values = np.ones((1, 1, 2, 2))
    grid = box(values, values)
    with pytest.raises(DataError, match="longitude"):
        fly_legs([at(55, 35), at(55, 45)], 450, grid, [2000])
    with pytest.raises(DataError, match="latitude"):
        fly_legs([at(49, 35), at(55, 35)], 450, grid, [2000])
    edge = fly_legs([at(50, 30), at(60, 30)], 450, grid, [2000])
    assert edge.hours[0] > 0
    holed = values.copy()
    holed[0, 0, 0, 0] = math.nan
    with pytest.raises(DataError, match="no value near latitude"):
        fly_legs([at(51, 31), at(55, 35)], 450, box(holed, values), [2000])


@pytest.mark.parametrize(
    "shape", [(1, 1, 2, 3), (2, 1, 2, 2), (1, 2, 2, 2), (2, 2)], ids=lambda s: str(s)
)
def test_shapes_that_do_not_fit(shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match="do not fit"):
        box(np.zeros(shape), np.zeros(shape))


def test_axes_that_are_none() -> None:
    values = np.zeros((1, 1, 2, 2))
    with pytest.raises(DataError, match="twice"):
        wind_grid(np.array([50.0, 50.0]), np.array([30.0, 40.0]), values, values)
    with pytest.raises(DataError, match="no place has"):
        wind_grid(np.array([50.0, 95.0]), np.array([30.0, 40.0]), values, values)
