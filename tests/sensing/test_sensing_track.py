"""Along and across a leg, held against GeographicLib."""

from __future__ import annotations

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from overflight.geo.positions import Position
from overflight.sensing.track import beside, roughly_beside, unit_vectors

EARTH = Geodesic.WGS84

starts = st.builds(Position, lat=st.floats(-80, 80), lon=st.floats(-180, 179.9))


def go(start: Position, azimuth: float, km: float) -> tuple[Position, float]:
    """Where a geodesic leads, and its direction there."""
    end = EARTH.Direct(start.lat, start.lon, azimuth, km * 1000.0)
    return Position(lat=end["lat2"], lon=end["lon2"]), end["azi2"]


@settings(max_examples=50)
@given(
    starts,
    st.floats(0, 359),
    st.floats(1, 1700),
    st.floats(0, 1),
    st.floats(0.001, 60),
    st.sampled_from([-1, 1]),
)
def test_a_point_put_beside_a_leg_is_found_there(
    a: Position, azimuth: float, length: float, share: float, off: float, side: int
) -> None:
    b, _ = go(a, azimuth, length)
    foot, course = go(a, azimuth, share * length)
    assume(abs(foot.lat) < 89)
    point, _ = go(foot, course + 90.0 * side, off)
    along, across, found = beside(a, b, [point])
    assert found == pytest.approx(length, abs=1e-5)
    assert along[0] == pytest.approx(share * length, abs=1e-4)
    assert across[0] == pytest.approx(side * off, abs=1e-5)


def test_right_is_positive() -> None:
    north = (Position(50, 10), Position(51, 10))
    _, across, _ = beside(*north, [Position(50.5, 10.1), Position(50.5, 9.9)])
    assert across[0] > 0 > across[1]


def test_beyond_the_ends_along_says_so() -> None:
    a, b = Position(50, 10), Position(51, 10)
    along, _, length = beside(a, b, [Position(49.9, 10), Position(51.1, 10)])
    assert along[0] < 0
    assert along[1] > length


@settings(max_examples=40)
@given(
    starts,
    st.floats(0, 359),
    st.floats(1, 5000),
    st.floats(0, 1),
    st.floats(-50, 50),
)
def test_the_rough_filter_loses_nothing(
    a: Position, azimuth: float, length: float, share: float, off: float
) -> None:
    b, _ = go(a, azimuth, length)
    foot, course = go(a, azimuth, share * length)
    point, _ = go(foot, course + 90.0, off)
    ends = unit_vectors([a, b])
    assert list(roughly_beside(ends[0], ends[1], unit_vectors([point]), abs(off))) == [0]


def test_the_rough_filter_leaves_out_what_is_far() -> None:
    ends = unit_vectors([Position(50, 10), Position(51, 10)])
    far = unit_vectors([Position(50.5, 13.0), Position(40, 10)])
    assert not len(roughly_beside(ends[0], ends[1], far, 5.0))


def test_no_points_is_no_trouble() -> None:
    along, across, _ = beside(Position(50, 10), Position(51, 10), [])
    assert along.shape == across.shape == (0,)
    assert unit_vectors([]).shape == (0, 3)
    assert np.allclose(np.linalg.norm(unit_vectors([Position(50, 10)]), axis=1), 1.0)
