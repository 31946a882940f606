"""Footprints on WGS84, held against PROJ: every point, looked at from the camera, lies on the
edge of the frame."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from overflight.errors import SensorError
from overflight.geo.areas import Area
from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.sensing.footprint import (
    Pose,
    frame_footprint,
    panoramic_footprint,
    strip_ends,
)
from overflight.sensing.frame import Swath, swath
from overflight.terms.camera import FrameCamera, PanoramicCamera

FRAME = FrameCamera("f", "frame", "digital-framing", 80.0, 100.0, 60.0, pitch_um=4.0)
SWEEP = PanoramicCamera("p", "sweep", "panoramic", 300.0, 60.0, 40.0)


def east_north_up(pose: Pose, ring: tuple[Position, ...], ground: float) -> np.ndarray:
    """Points of the ground as PROJ sees them from the camera: metres east, north, up."""
    place = pose.position
    there = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        "+step +proj=cart +ellps=WGS84 "
        f"+step +proj=topocentric +ellps=WGS84 +lon_0={place.lon} +lat_0={place.lat} "
        f"+h_0={pose.altitude_m}"
    )
    heights = np.full(len(ring), ground)
    return np.column_stack(there.transform([p.lon for p in ring], [p.lat for p in ring], heights))


def in_the_image(camera: FrameCamera, pose: Pose, enu: np.ndarray) -> np.ndarray:
    """Where the points lie in the frame, mm right and forward: turned step by step, not by a
    matrix of ours. Angles: heading about up, then pitch, roll, and the camera's tilt."""
    turned = []
    for east, north, up in enu:
        h, p, r, t = (
            math.radians(a)
            for a in (pose.heading_deg, pose.pitch_deg, pose.roll_deg, camera.tilt_deg)
        )
        ahead = north * math.cos(h) + east * math.sin(h)
        right = east * math.cos(h) - north * math.sin(h)
        down = -up
        ahead, down = (  # nose up by p: what is ahead of it moves down
            ahead * math.cos(p) - down * math.sin(p),
            down * math.cos(p) + ahead * math.sin(p),
        )
        side = t - r  # right wing down turns the view left, a tilt to the right turns it right
        right, down = (
            right * math.cos(side) - down * math.sin(side),
            down * math.cos(side) + right * math.sin(side),
        )
        turned.append((camera.focal_mm * right / down, camera.focal_mm * ahead / down))
    return np.array(turned)


lats, lons = st.floats(-85.0, 85.0), st.floats(-180.0, 179.99)
headings = st.floats(0.0, 360.0)
small = st.floats(-8.0, 8.0)


@given(lats, lons, headings, small, small, st.floats(-30.0, 30.0), st.floats(0.0, 3000.0))
def test_every_point_looks_back_onto_the_edge_of_the_frame(
    lat: float, lon: float, heading: float, pitch: float, roll: float, tilt: float, ground: float
) -> None:
    camera = FrameCamera("t", "tilted", "framing", 80.0, 100.0, 60.0, tilt_deg=tilt)
    pose = Pose(Position(lat=lat, lon=lon), ground + 2500.0, heading, pitch, roll)
    seen = frame_footprint(camera, pose, ground)
    image = in_the_image(camera, pose, east_north_up(pose, seen.ring, ground))
    # 1e-5 mm at 80 mm from 2,500 m is a third of a millimetre on the ground.
    edge = np.maximum(np.abs(image[:, 0]) / 50.0, np.abs(image[:, 1]) / 30.0)
    assert edge == pytest.approx(np.ones(len(edge)), abs=1e-6)
    corners = in_the_image(camera, pose, east_north_up(pose, seen.corners, ground))
    assert corners == pytest.approx(
        np.array([(-50.0, 30.0), (50.0, 30.0), (50.0, -30.0), (-50.0, -30.0)]), abs=1e-5
    )


def test_a_frame_straight_below_is_its_swath() -> None:
    pose = Pose(Position(lat=55.0, lon=37.0), 2000.0)
    seen = frame_footprint(FRAME, pose)
    front, right, back, left = seen.sides_km
    # 100 mm and 60 mm at 80 mm from 2,000 m: 2.5 km and 1.5 km; the Earth falls away by 0.3 m.
    assert swath(FRAME, 2000.0).width_km == pytest.approx(2.5)
    assert (front, back) == pytest.approx((2.5, 2.5), rel=5e-4)
    assert (left, right) == pytest.approx((1.5, 1.5), rel=5e-4)
    assert distance_km(seen.centre, pose.position) < 1e-6
    assert Area.from_ring(seen.ring).area_km2 == pytest.approx(3.75, rel=1e-3)


@given(lats, lons, headings)
def test_flying_back_shows_the_same_ground(lat: float, lon: float, heading: float) -> None:
    place = Position(lat=lat, lon=lon)
    there = frame_footprint(FRAME, Pose(place, 3000.0, heading))
    back = frame_footprint(FRAME, Pose(place, 3000.0, heading + 180.0))
    for one, other in zip(there.corners, (back.corners[2], back.corners[3]), strict=False):
        assert distance_km(one, other) < 1e-6
    left, right = (distance_km(place, there.corners[i]) for i in (0, 1))
    assert left == pytest.approx(right, rel=1e-4)


def test_higher_ground_shows_less() -> None:
    pose = Pose(Position(lat=43.3, lon=42.4), 6000.0)
    low, high = frame_footprint(FRAME, pose), frame_footprint(FRAME, pose, 4000.0)
    assert high.sides_km[0] == pytest.approx(low.sides_km[0] / 3.0, rel=1e-3)


def test_sides_are_not_mixed_up() -> None:
    north = Pose(Position(lat=50.0, lon=20.0), 2000.0)
    right = FrameCamera("r", "right", "framing", 80.0, 40.0, 40.0, tilt_deg=40.0)
    assert frame_footprint(right, north).centre.lon > 20.0  # flying north, right is east
    assert frame_footprint(FRAME, Pose(north.position, 2000.0, roll_deg=10.0)).centre.lon < 20.0
    assert frame_footprint(FRAME, Pose(north.position, 2000.0, pitch_deg=10.0)).centre.lat > 50.0
    east = Pose(north.position, 2000.0, heading_deg=90.0)
    assert frame_footprint(right, east).centre.lat < 50.0
    front_left = frame_footprint(FRAME, north).corners[0]
    assert front_left.lat > 50.0 and front_left.lon < 20.0


def test_across_the_antimeridian() -> None:
    seen = frame_footprint(FRAME, Pose(Position(lat=66.0, lon=179.999), 3000.0, 30.0))
    assert {math.copysign(1.0, p.lon) for p in seen.ring} == {1.0, -1.0}
    here = frame_footprint(FRAME, Pose(Position(lat=66.0, lon=40.0), 3000.0, 30.0))
    assert seen.sides_km == pytest.approx(here.sides_km)
    assert Area.from_ring(seen.ring).area_km2 == pytest.approx(Area.from_ring(here.ring).area_km2)


def test_a_sweep_is_broad_at_its_ends() -> None:
    seen = panoramic_footprint(SWEEP, Pose(Position(lat=55.0, lon=37.0), 6000.0))
    front, right, _, left = seen.sides_km
    # 60 mm at 300 mm from 6,000 m is 1.2 km below, at 40 degrees 1.2 / cos(40) = 1.5665 km.
    assert (right, left) == pytest.approx((1.5665, 1.5665), rel=2e-3)
    # The front corners lie 2 * 6 tan(40) = 10.069 km apart.
    assert front == pytest.approx(10.069, rel=2e-3)
    waist = [p for p in seen.ring if abs(p.lon - 37.0) < 0.01]
    north = max(p.lat for p in waist) - min(p.lat for p in waist)
    assert north * 111.3 == pytest.approx(1.2, rel=0.01)


def test_past_the_horizon_is_refused() -> None:
    camera = FrameCamera("h", "horizon", "framing", 80.0, 100.0, 60.0, tilt_deg=60.0)
    with pytest.raises(SensorError, match="horizon"):
        frame_footprint(camera, Pose(Position(lat=55.0, lon=37.0), 2000.0))
    with pytest.raises(SensorError, match="horizon"):
        frame_footprint(FRAME, Pose(Position(lat=55.0, lon=37.0), 2000.0, roll_deg=120.0))


def test_a_pole_and_a_camera_under_the_ground_are_refused() -> None:
    with pytest.raises(SensorError, match="pole"):
        frame_footprint(FRAME, Pose(Position(lat=90.0, lon=0.0), 2000.0))
    with pytest.raises(SensorError):
        frame_footprint(FRAME, Pose(Position(lat=55.0, lon=37.0), 100.0), 200.0)


def test_a_strip_lies_beside_its_leg() -> None:
    start = Position(lat=60.0, lon=100.0)
    corners = strip_ends(start, 0.0, 50.0, Swath(3.0, 13.0))
    front_left, front_right, back_right, back_left = corners
    assert distance_km(start, back_left) == pytest.approx(3.0)
    assert distance_km(start, back_right) == pytest.approx(13.0)
    assert distance_km(front_left, front_right) == pytest.approx(10.0)
    assert min(p.lon for p in corners) > 100.0  # all to the right of a leg north
    assert distance_km(back_left, front_left) == pytest.approx(50.0, rel=1e-3)
