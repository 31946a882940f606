"""Cloud between the points of a forecast, and where it says nothing.

Expected values: functions that are linear in latitude, longitude and time, which linear
interpolation gives back exactly; and the corners of a grid.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.terms.skies import CloudGrid, Floats, cloud_grid

DAY = np.array(["2021-05-19T00:00", "2021-05-19T06:00", "2021-05-19T18:00"], "M8[s]")
HOURS = np.array([0.0, 6.0, 18.0])
LATS, LONS = np.array([50.0, 52.0, 56.0]), np.array([30.0, 31.0, 35.0])


def plane(hour: Floats, lat: Floats, lon: Floats) -> Floats:
    return np.asarray(0.01 * hour + 0.05 * (lat - 50.0) + 0.04 * (lon - 30.0))


def sloping() -> CloudGrid:
    cover = plane(HOURS[:, None, None], LATS[None, :, None], LONS[None, None, :])
    return cloud_grid(LATS, LONS, cover, DAY)


def at(grid: CloudGrid, lat: float, lon: float, when: str = "2021-05-19T00:00") -> float:
    return float(grid.at(np.array([lat]), np.array([lon]), np.array([when], "M8[s]"))[0])


@settings(max_examples=30, deadline=None)
@given(
    st.floats(50.0, 56.0), st.floats(30.0, 35.0), st.integers(0, 18 * 60), st.sampled_from((0, 360))
)
def test_what_is_linear_comes_back(lat: float, lon: float, minute: int, turn: int) -> None:
    when = str(DAY[0] + np.timedelta64(minute, "m"))
    expected = plane(np.array(minute / 60.0), np.array(lat), np.array(lon))
    assert at(sloping(), lat, lon + turn, when) == pytest.approx(float(expected), abs=1e-9)


@pytest.mark.parametrize(
    ("lat", "lon", "when"),
    [
        (49.9, 31.0, "2021-05-19T03:00"),
        (56.1, 31.0, "2021-05-19T03:00"),
        (52.0, 29.9, "2021-05-19T03:00"),
        (52.0, 35.1, "2021-05-19T03:00"),
        (52.0, 31.0, "2021-05-18T23:59"),
        (52.0, 31.0, "2021-05-19T18:01"),
    ],
)
def test_outside_it_is_not_known(lat: float, lon: float, when: str) -> None:
    assert np.isnan(at(sloping(), lat, lon, when))


def test_axes_in_any_order() -> None:
    cover = plane(HOURS[:, None, None], LATS[None, :, None], LONS[None, None, :])
    turned = cloud_grid(LATS[::-1], LONS[::-1], cover[::-1, ::-1, ::-1], DAY[::-1])
    assert at(turned, 51.3, 33.0, "2021-05-19T12:00") == pytest.approx(0.12 + 0.065 + 0.12)


def test_a_gap_is_not_filled() -> None:
    cover = np.full((1, 3, 3), 0.2)
    cover[0, 1, 1] = np.nan
    grid = cloud_grid(LATS, LONS, cover)
    assert np.isnan(at(grid, 52.0, 31.0)) and np.isnan(at(grid, 51.0, 30.5))
    assert at(grid, 50.0, 31.0) == pytest.approx(0.2)  # on the edge nothing of the gap counts


@pytest.mark.parametrize("first", [0.0, -180.0, 5.0])
def test_round_the_earth_it_is_closed(first: float) -> None:
    lons = first + np.arange(0.0, 360.0, 10.0)
    cover = np.abs((lons + 180.0) % 360.0 - 180.0) / 200.0
    grid = cloud_grid(np.array([50.0, 60.0]), lons, np.tile(cover, (1, 2, 1)))
    for lon in (-177.0, -95.0, -20.0, 15.0, 94.0, 133.0):
        assert at(grid, 55.0, lon) == pytest.approx(abs(lon) / 200.0, abs=5.0 / 200.0)
        assert at(grid, 55.0, lon) == pytest.approx(at(grid, 55.0, lon + 360.0))


def test_over_the_antimeridian() -> None:
    grid = cloud_grid(
        np.array([60.0, 61.0]), np.array([175.0, -175.0]), np.array([[[0, 1], [0, 1]]])
    )
    assert at(grid, 60.5, 180.0) == pytest.approx(0.5)
    assert at(grid, 60.5, -176.0) == pytest.approx(0.9)
    assert np.isnan(at(grid, 60.5, 0.0))
    assert "175 to 185" in grid.extent()


def test_rounding_of_packed_values() -> None:
    grid = cloud_grid(LATS, LONS, np.full((1, 3, 3), 1.0004))
    assert at(grid, 52.0, 31.0) == 1.0


@pytest.mark.parametrize(
    ("lats", "cover", "message"),
    [
        (LATS, np.full((1, 3, 2), 0.5), "does not fit"),
        (LATS + 40.0, np.full((1, 3, 3), 0.5), "no place has"),
        (LATS, np.full((1, 3, 3), 55.0), "no part of the sky"),
        (LATS, np.full((1, 3, 3), -0.2), "no part of the sky"),
        (LATS, np.full((1, 3, 3), np.nan), "no value anywhere"),
        (np.array([50.0, 50.0, 52.0]), np.full((1, 3, 3), 0.5), "same value twice"),
    ],
)
def test_what_is_no_forecast(lats: Floats, cover: Floats, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        cloud_grid(lats, LONS, cover)
    assert caught.value.remedy
