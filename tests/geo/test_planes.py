"""Planes laid on the ellipsoid, frames of longitude, and legs drawn with chords."""

from __future__ import annotations

import authority
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from overflight.geo.frames import Frame, frame_of, frame_of_longitudes
from overflight.geo.legs import CHORD_ERROR_KM, trace
from overflight.geo.local import from_plane, to_plane
from overflight.geo.positions import Position
from overflight.geo.straight import plane_for

places = st.builds(
    Position,
    lat=st.floats(-80, 80).map(lambda v: round(v, 5)),
    lon=st.floats(-180, 179.9).map(lambda v: round(v, 5)),
)


@given(places, st.floats(0, 359), st.floats(0.001, 800))
def test_plane_keeps_distance_and_direction_from_its_centre(
    centre: Position, azimuth: float, km: float
) -> None:
    there = authority.go(centre, azimuth, km)
    x, y = to_plane(centre.lon, centre.lat, there.lon, there.lat)
    assert float(np.hypot(x, y)) == pytest.approx(km, abs=1e-7)
    assert (np.degrees(np.arctan2(x, y)) - azimuth + 180) % 360 - 180 == pytest.approx(
        0, abs=1e-3 / km
    )
    lon, lat = from_plane(centre.lon, centre.lat, x, y)
    assert authority.km(Position(lat=float(lat), lon=float(lon) % 360), there) < 1e-6
    assert abs(float(lon) - centre.lon) <= 180


def test_planes_are_vectorised_with_a_centre_each() -> None:
    lon0, lat0 = np.array([10.0, 179.5, -100.0]), np.array([50.0, 66.0, -20.0])
    lon, lat = np.array([10.5, -179.5, -100.5]), np.array([50.5, 66.5, -20.5])
    x, y = to_plane(lon0, lat0, lon, lat)
    for k in range(3):
        one = to_plane(lon0[k], lat0[k], lon[k], lat[k])
        assert (x[k], y[k]) == pytest.approx((float(one[0]), float(one[1])))
    back, _ = from_plane(lon0, lat0, x, y)
    assert back == pytest.approx([10.5, 180.5, -100.5])  # near its centre, not wrapped


@pytest.mark.parametrize(
    ("boxes", "central"),
    [
        ([(10, 20)], 15),
        ([(20, 180), (-180, -170)], 105),  # one land cut at 180
        ([(-20, 20)], 0),
        ([(170, 175), (-175, -170)], 180),
        ([(-180, 180)], 0),
        ([], 0),
    ],
)
def test_frame_has_its_seam_in_the_widest_gap(
    boxes: list[tuple[float, float]], central: float
) -> None:
    frame = frame_of([shapely.box(w, 0, e, 10) for w, e in boxes])
    assert (frame.central - central) % 360 == pytest.approx(0)


def test_frame_joins_what_was_cut_and_cuts_what_crosses_its_seam() -> None:
    cut = shapely.union_all([shapely.box(170, 60, 180, 70), shapely.box(-180, 60, -170, 70)])
    whole = Frame(180).place(cut)
    assert whole.geom_type == "Polygon" and whole.area == pytest.approx(200)
    assert whole.bounds == (170, 60, 190, 70)
    again = Frame(0).place(whole)
    assert again.equals(cut)


@given(st.floats(-180, 179), st.floats(-180, 180), st.floats(1, 120))
def test_placing_keeps_area(central: float, west: float, width: float) -> None:
    box = shapely.box(west, 10, west + width, 20)
    frame = Frame(central)
    placed = frame.place(box)
    assert placed.area == pytest.approx(box.area, rel=1e-9)
    assert placed.bounds[0] >= frame.seam - 1e-9 and placed.bounds[2] <= frame.seam + 360 + 1e-9


def test_lines_cross_the_antimeridian_the_short_way() -> None:
    assert Frame(180).lines([178, -178], [66, 67]).length < 5
    split = Frame(0).lines([178, -178], [66, 67])
    assert split.geom_type == "MultiLineString" and split.length == pytest.approx(np.hypot(4, 1))
    assert frame_of_longitudes([178, -178]).central == pytest.approx(-180)


@given(places, st.floats(0, 359), st.floats(0, 5000))
def test_chords_stay_near_the_leg(start: Position, azimuth: float, km: float) -> None:
    end = authority.go(start, azimuth, km)
    if max(abs(start.lat), abs(end.lat)) > 85:
        return
    lon, lat, along = trace(start, end)
    assert along[-1] == pytest.approx(authority.km(start, end), abs=1e-6)
    if np.abs(lat).max() > 89:
        return
    middle = len(lon) // 2
    for k in {1, middle, len(lon) - 1}:
        half = Position(lat=(lat[k - 1] + lat[k]) / 2, lon=(lon[k - 1] + lon[k]) / 2 % 360)
        ends = [Position(lat=float(lat[m]), lon=float(lon[m]) % 360) for m in (k - 1, k)]
        if authority.km(*ends) < 1e-6:
            continue
        # Least distance of the chord's middle from the leg, from the triangle's height.
        a, b, c = authority.km(ends[0], half), authority.km(half, ends[1]), authority.km(*ends)
        s = (a + b + c) / 2
        height = 2 * max(s * (s - a) * (s - b) * (s - c), 0) ** 0.5 / c
        assert height < CHORD_ERROR_KM * 1.05


def test_traced_points_lie_on_the_leg() -> None:
    a, b = Position(lat=66.0, lon=170.0), Position(lat=68.0, lon=-165.0)
    lon, lat, along = trace(a, b)
    assert lon[-1] == pytest.approx(195.0)  # unwrapped, not jumping at 180
    for k in range(0, len(lon), 17):
        true = authority.along(a, b, float(along[k] / along[-1]))
        assert authority.km(true, Position(lat=float(lat[k]), lon=float(lon[k]) - 360)) < 1e-6


def test_legs_are_straight_on_the_gnomonic_map() -> None:
    points = [Position(lat=45, lon=25), Position(lat=69, lon=35), Position(lat=55, lon=75)]
    plane = plane_for(points)
    assert plane is not None and plane.error_km < 0.03
    for i, j in ((0, 1), (1, 2), (0, 2)):
        middle = authority.along(points[i], points[j], 0.4)
        ends = plane.project(
            np.array([points[i].lon, points[j].lon, middle.lon]),
            np.array([points[i].lat, points[j].lat, middle.lat]),
        )
        u = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
        off = (ends[2] - ends[0]) @ np.array([u[1], -u[0]])
        assert abs(off) <= plane.error_km + 1e-3


def test_points_too_far_apart_have_no_map() -> None:
    assert plane_for([Position(lat=0, lon=0), Position(lat=0, lon=180)]) is None
