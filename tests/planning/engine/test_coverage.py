"""Coverage of legs by unit vectors, held against geodesics by PROJ and GeographicLib."""

from __future__ import annotations

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.geo.positions import Position
from overflight.planning.engine import coverage
from overflight.sensing.track import beside

EARTH = Geodesic.WGS84


def ahead(lon: float, lat: float, azimuth: float, km: float) -> tuple[float, float]:
    point = EARTH.Direct(lat, lon, azimuth, km * 1000.0)
    return point["lon2"], point["lat2"]


def site_beside(leg, along: float, across: float) -> tuple[float, float]:
    """A point built by two geodesics: along the leg, then at a right angle to the right."""
    (lon1, lat1), (lon2, lat2) = leg
    line = EARTH.Inverse(lat1, lon1, lat2, lon2)
    foot = EARTH.Direct(lat1, lon1, line["azi1"], along * 1000.0)
    place = EARTH.Direct(foot["lat2"], foot["lon2"], foot["azi2"] + 90.0, across * 1000.0)
    return place["lon2"], place["lat2"]


@settings(max_examples=60, deadline=None)
@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-84, 84),
    azimuth=st.floats(0, 360),
    length=st.floats(1, 1500),
    part=st.floats(0.01, 0.99),
    across=st.floats(-50, 50),
)
def test_along_and_across_agree_with_geodesics(lon, lat, azimuth, length, part, across):
    leg = (lon, lat), ahead(lon, lat, azimuth, length)
    site = site_beside(leg, part * length, across)
    a, b = coverage.unit_vectors(leg)
    ((along, off, whole),) = coverage.place([site], a, b)
    assert off == pytest.approx(across, abs=0.003)
    # The metric is the site's: off it only the ends of the leg need to be sharp.
    nearer = min(part, 1.0 - part) * length
    assert min(along, whole - along) == pytest.approx(nearer, abs=0.02 + 0.007 * nearer)


@pytest.mark.parametrize("end", [0.0, 1.0])
@pytest.mark.parametrize("lat", [-70.0, -35.0, 0.0, 45.0, 66.0])
@pytest.mark.parametrize("azimuth", [20.0, 45.0, 90.0, 200.0, 315.0])
def test_a_foot_just_on_or_off_the_leg_is_told_apart(end, lat, azimuth):
    leg = (30.0, lat), ahead(30.0, lat, azimuth, 300.0)
    inward = 0.1 if end == 0.0 else -0.1
    sites = [site_beside(leg, 300.0 * end + s * inward, 45.0) for s in (1.0, -1.0)]
    a, b = coverage.unit_vectors(leg)
    found = coverage.seen_by_leg(coverage.sites_of(sites, 0.0, 50.0), a, b)
    assert found.tolist() == [0]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_reported_is_seen_and_only_what_is_in_doubt_is_left_out(seed):
    draw = np.random.default_rng(seed)
    lonlat = np.column_stack([draw.uniform(-8, 8, 400) + 179.0, draw.uniform(55, 65, 400)])
    near, far = draw.uniform(0, 5, 400) * (draw.random(400) < 0.5), draw.uniform(6, 50, 400)
    sides = draw.integers(1, 4, 400)
    ends = np.column_stack([draw.uniform(-8, 8, 6) + 179.0, draw.uniform(55, 65, 6)])
    sites = coverage.sites_of(lonlat, near, far, sides)
    units = coverage.unit_vectors(ends)
    legs, rows = coverage.seen_by_legs(sites, units[:-1], units[1:])
    _, wide = coverage.seen_by_legs(sites, units[:-1], units[1:], margin_km=-coverage.MARGIN_KM)
    assert len(rows) > 25 and len(wide) - len(rows) < 10
    positions = [Position(lat=y, lon=(x + 180.0) % 360.0 - 180.0) for x, y in lonlat]
    corners = [Position(lat=y, lon=(x + 180.0) % 360.0 - 180.0) for x, y in ends]
    for i in range(len(ends) - 1):
        along, across, length = beside(corners[i], corners[i + 1], positions)
        side = ((across >= 0) & (sides & 2 > 0)) | ((across <= 0) & (sides & 1 > 0))
        true = (along >= 0) & (along <= length) & (abs(across) >= near) & (abs(across) <= far)
        certain = set(np.flatnonzero(true & side).tolist())
        mine = set(rows[legs == i].tolist())
        assert mine <= certain
        doubt = (abs(abs(across) - far) < 0.04) | (abs(abs(across) - near) < 0.04)
        doubt |= (abs(along) < 0.04) | (abs(along - length) < 0.04) | (abs(across) < 0.04)
        assert {k for k in certain - mine if not doubt[k]} == set()


def test_round_ends_see_beyond_the_leg_and_plain_ends_do_not():
    a, b = coverage.unit_vectors([(10.0, 50.0), (11.0, 50.0)])
    beyond = [ahead(11.0, 50.0, 60.0, 9.9), ahead(11.0, 50.0, 60.0, 10.1)]
    sites = coverage.sites_of(beyond, 0.0, 10.0)
    assert coverage.seen_by_leg(sites, a, b).tolist() == []
    assert coverage.seen_by_leg(sites, a, b, round_ends=True).tolist() == [0]
    assert coverage.seen_by_leg(sites, b, b, round_ends=True).tolist() == [0]


def test_sides_and_the_blind_strip_below():
    a, b = coverage.unit_vectors([(10.0, 0.0), (12.0, 0.0)])  # due east along the equator
    south, north = (11.0, -0.1), (11.0, 0.1)  # 11.06 km to the right, to the left
    both = [south, north]
    for sides, seen in ((coverage.RIGHT, [0]), (coverage.LEFT, [1]), (3, [0, 1])):
        assert (
            coverage.seen_by_leg(coverage.sites_of(both, 5.0, 20.0, sides), a, b).tolist() == seen
        )
    assert coverage.seen_by_leg(coverage.sites_of(both, 11.2, 20.0), a, b).tolist() == []
    assert math.isclose(coverage.place([south], a, b)[0, 1], 11.0574, abs_tol=1e-3)


def test_no_sites_at_all():
    a, b = coverage.unit_vectors([(10.0, 0.0), (12.0, 0.0)])
    none = coverage.sites_of(np.zeros((0, 2)), 0.0, 1.0)
    assert coverage.seen_by_leg(none, a, b).tolist() == []
    legs, rows = coverage.seen_by_legs(none, a[None], b[None])
    assert legs.size == rows.size == 0
