"""Earth-fixed coordinates, against PROJ."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from overflight.geo.earth_fixed import (
    from_earth_fixed,
    meets_ground,
    north_east_down,
    to_earth_fixed,
)

PROJ = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)

lats, lons = st.floats(-90.0, 90.0), st.floats(-180.0, 180.0)


@given(lats, lons, st.floats(-500.0, 20_000.0))
def test_there_and_back_as_proj_does(lat: float, lon: float, height: float) -> None:
    xyz = to_earth_fixed(lat, lon, height)
    assert xyz == pytest.approx(np.array(PROJ.transform(lon, lat, height)), abs=1e-6)
    back = from_earth_fixed(xyz)
    assert float(back[0]) == pytest.approx(lat, abs=1e-9)
    assert float(back[2]) == pytest.approx(height, abs=1e-6)
    if abs(lat) < 89.999:
        assert math.cos(math.radians(float(back[1]) - lon)) == pytest.approx(1.0)


@given(lats, lons, st.floats(0.0, 4000.0), st.floats(-40.0, 40.0), st.floats(-40.0, 40.0))
def test_a_line_of_sight_ends_on_the_ground_and_on_the_line(
    lat: float, lon: float, ground: float, ahead: float, right: float
) -> None:
    eye = to_earth_fixed(lat, lon, ground + 8000.0)
    ray = np.array([[math.tan(math.radians(ahead)), math.tan(math.radians(right)), 1.0]])
    ray = ray @ north_east_down(lat, lon)
    hit = meets_ground(eye, ray, ground)[0]
    x, y, z = hit
    assert PROJ.transform(x, y, z, direction="INVERSE")[2] == pytest.approx(ground, abs=1e-5)
    off = np.cross(hit - eye, ray[0] / np.linalg.norm(ray[0]))
    assert float(np.linalg.norm(off)) < 1e-5


def test_a_line_that_passes_the_earth_by_meets_nothing() -> None:
    eye = to_earth_fixed(50.0, 10.0, 8000.0)
    up_and_level = np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0]]) @ north_east_down(50.0, 10.0)
    assert np.isnan(meets_ground(eye, up_and_level, 0.0)).all()
