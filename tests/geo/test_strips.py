"""Strips beside legs: areas and distances by GeographicLib, sides by plain sense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.geo.areas import Area
from overflight.geo.frames import Frame
from overflight.geo.geodesic import azimuth_deg, destination, distance_km
from overflight.geo.positions import Position
from overflight.geo.strips import strip_beside

latitudes, longitudes = st.floats(-78, 78), st.floats(-180, 179.99)


def strip(a: Position, b: Position, near: float, far: float, side: str = "both") -> Area:
    frame = Frame(a.lon)
    left, right = side != "right", side != "left"
    return Area(strip_beside(a, b, near, far, left=left, right=right, frame=frame), frame)


@given(
    lat=latitudes,
    lon=longitudes,
    course=st.floats(0, 360),
    length=st.floats(5, 800),
    far=st.floats(0.5, 40),
)
def test_its_area_is_length_by_width(
    lat: float, lon: float, course: float, length: float, far: float
) -> None:
    a = Position(lat, lon)
    b = destination(a, course, length)
    if abs(b.lat) > 82:
        return
    # On a curved Earth the edges are shorter than the leg, by (far / R)^2 / 6: under 1e-5 here.
    assert strip(a, b, 0, far).area_km2 == pytest.approx(2 * far * length, rel=1e-3)


@given(lat=latitudes, lon=longitudes, course=st.floats(0, 360), off=st.floats(-12, 12))
def test_it_holds_what_lies_between_its_edges(
    lat: float, lon: float, course: float, off: float
) -> None:
    a = Position(lat, lon)
    b = destination(a, course, 120.0)
    middle = destination(a, course, 60.0)
    point = destination(middle, azimuth_deg(middle, b) + 90.0, off)
    if min(abs(abs(off) - 2.0), abs(abs(off) - 8.0), abs(off)) < 0.02:
        return
    between = 2.0 < abs(off) < 8.0
    assert strip(a, b, 2, 8).contains(point) == between
    assert strip(a, b, 2, 8, "right").contains(point) == (between and off > 0)
    assert strip(a, b, 2, 8, "left").contains(point) == (between and off < 0)


def test_across_the_antimeridian() -> None:
    a, b = Position(67.0, 179.0), Position(67.5, -178.0)
    found = strip(a, b, 0, 5)
    assert found.area_km2 == pytest.approx(10 * distance_km(a, b), rel=1e-3)
    on_leg = destination(a, azimuth_deg(a, b), distance_km(a, b) / 3 + 1)
    assert on_leg.lon < -179.9
    assert found.contains(on_leg)


def test_nothing_beside_nothing() -> None:
    a, b = Position(50.0, 10.0), Position(51.0, 10.0)
    assert strip(a, a, 0, 5).is_empty
    assert strip(a, b, 5, 5).is_empty
    assert strip_beside(a, b, 0, 5, left=False, right=False, frame=Frame()).is_empty
