"""Corners lie outside, are whole minutes where they have to be, and hold what they go round."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from detour_samples import encloses, go, km, samples
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import PlanError
from overflight.geo.positions import Position
from overflight.geo.screens import Screen, wide_plane
from overflight.planning.problem import anywhere
from overflight.planning.visibility import SLACK_KM, RingWalls, convex_corners, minute_corners

SQUARE = ((30.0, 50.0), (32.0, 50.0), (32.0, 51.0), (30.0, 51.0))


def places(*points: tuple[float, float]) -> list[Position]:
    return [Position(lat=y, lon=x) for x, y in points]


def test_a_path_bends_at_corners_that_stand_out_and_at_no_others() -> None:
    notched = shapely.Polygon([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)])
    assert {tuple(xy) for xy in convex_corners(notched)} == {(0, 0), (4, 0), (4, 4), (0, 4)}
    court = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    assert len(convex_corners(court)) == 4  # from inside the court no corner stands out
    ell = [[(3, 3), (6, 3), (6, 4), (4, 4), (4, 6), (3, 6)]]
    assert (4.0, 4.0) in {tuple(xy) for xy in convex_corners(shapely.Polygon(court.exterior, ell))}


@pytest.mark.parametrize("most", [300, 20, 5])
def test_minute_corners_are_minutes_outside_that_may_be_fixes(most: int) -> None:
    points = places((28, 48), (34, 53))
    plane = wide_plane(points, 500.0)
    assert plane is not None
    wavy = [
        go((31.0, 50.5), turn, 120.0 + 15.0 * math.sin(math.radians(7 * turn)))
        for turn in range(0, 360, 2)
    ]
    xy = plane.project(np.array([x for x, _ in wavy]), np.array([y for _, y in wavy]))
    screen = Screen(plane, shapely.Polygon(xy))

    def west(position: Position) -> bool:
        return position.lon < 31.5

    every, some = (minute_corners(screen, ok, most=most) for ok in (anywhere, west))
    assert 3 <= len(every) <= most and 0 < len(some) <= most
    assert all(west(fix) for fix in some)
    for fix in every:
        assert fix == fix.rounded_to_minutes()
        assert not encloses(wavy, fix.xy)
        assert min(km(fix.xy, at) for at in wavy) >= SLACK_KM - 0.05
    # Outlines are straightened outwards: what the corners enclose holds the area.
    ring = sorted(every, key=lambda p: math.atan2(p.lat - 50.5, (p.lon - 31.0) * 0.64))
    assert all(encloses([p.xy for p in ring], at) for at in wavy[::5])


def test_no_zone_no_corner() -> None:
    plane = wide_plane(places((0, 0), (1, 1)))
    assert plane is not None
    assert minute_corners(Screen(plane, shapely.MultiPolygon()), anywhere) == ()
    assert RingWalls.of([]).corners() == ()
    assert not RingWalls.of([]).blocked(places((0, 0), (1, 1))).any()


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.tuples(st.floats(25, 37), st.floats(47, 54)), min_size=2, max_size=5),
    st.sampled_from([0.0, 179.0, -100.0]),
)
def test_legs_are_blocked_when_they_meet_the_ring_and_free_when_they_keep_off(
    points: list[tuple[float, float]], east: float
) -> None:
    """Also when the ring lies across 180 degrees."""
    ring = [((x + east - 31.0 + 180.0) % 360.0 - 180.0, y) for x, y in SQUARE]
    moved = [((x + east - 31.0 + 180.0) % 360.0 - 180.0, y) for x, y in points]
    blocked = RingWalls.of([ring]).blocked(places(*moved))
    assert (blocked == blocked.T).all()
    outline = [
        at for a, b in zip(ring, [*ring[1:], ring[0]], strict=True) for at in samples(a, b, 2.0)
    ]
    for i, a in enumerate(moved):
        for j, b in enumerate(moved[:i]):
            way = samples(a, b, 4.0)
            if any(encloses(ring, at) for at in way):
                assert blocked[i, j]
            elif blocked[i, j]:
                assert min(km(at, out) for at in way for out in outline) < 4.5


def test_a_margin_is_kept_all_round() -> None:
    walls = RingWalls.of([SQUARE], margin_km=40.0)
    for turn in range(0, 360, 30):
        corner = SQUARE[turn // 90]
        near, far = go(corner, turn, 39.9), go(corner, turn, 41.0)
        inside = walls.blocked(places(near, far, (20.0, 40.0)))[0, 0]
        assert inside or min(km(near, at) for at in SQUARE) > 40.0
    assert len(RingWalls.of([SQUARE]).corners()) == 4
    for fix in RingWalls.of([SQUARE]).corners():
        assert 0.0 < min(km(fix.xy, at) for at in SQUARE) < 0.5


def test_points_all_over_the_globe_need_many_maps() -> None:
    rings = [
        [go(centre, turn, 400.0) for turn in (0, 90, 180, 270)]
        for centre in ((0.0, 10.0), (179.5, -20.0), (-75.0, 55.0))
    ]
    spread = [
        (-20.0, 10.0),
        (20.0, 11.0),
        (170.0, -22.0),
        (-172.0, -18.0),
        (-90.0, 50.0),
        (-60.0, 58.0),
        (100.0, 65.0),
    ]
    walls = RingWalls.of(rings)
    assert wide_plane(places(*spread)) is None
    blocked = walls.blocked(places(*spread))
    assert blocked[0, 1] and blocked[2, 3] and blocked[4, 5]
    for i, a in enumerate(spread):
        for j, b in enumerate(spread[:i]):
            entered = any(encloses(ring, at) for at in samples(a, b, 60.0) for ring in rings)
            assert bool(blocked[i, j]) == entered


@pytest.mark.parametrize(
    "ring", [[], [(0, 0), (1, 1)], [(0, 0), (2, 2), (2, 0), (0, 2)]], ids=["none", "two", "bow"]
)
def test_what_is_no_area_is_refused(ring: list[tuple[float, float]]) -> None:
    with pytest.raises(PlanError, match="ring 2"):
        RingWalls.of([SQUARE, ring])
