"""Where a path meets itself: places built with GeographicLib, so that the answer is known."""

from __future__ import annotations

import authority
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.geo.crossings import crossings
from overflight.geo.positions import Position


def at(lat: float, lon: float) -> Position:
    return Position(lat=lat, lon=lon)


places = st.builds(
    Position,
    lat=st.floats(-85, 85).map(lambda v: round(v, 4)),
    lon=st.floats(-180, 179.9).map(lambda v: round(v, 4)),
)


def cross(
    centre: Position, azimuth: float, angle: float, reach: tuple[float, float, float, float]
) -> list[Position]:
    """Four fixes whose first and third leg cross at ``centre`` and nowhere else."""
    return [
        authority.go(centre, azimuth, reach[0]),
        authority.go(centre, azimuth + 180, reach[1]),
        authority.go(centre, azimuth + angle + 180, reach[2]),
        authority.go(centre, azimuth + angle, reach[3]),
    ]


reaches = st.tuples(*[st.floats(5, 1500)] * 4)


@settings(max_examples=40)
@given(places, st.floats(0, 359), st.floats(5, 175), reaches)
def test_a_crossing_is_found_where_it_is(
    centre: Position, azimuth: float, angle: float, reach: tuple[float, float, float, float]
) -> None:
    path = cross(centre, azimuth, angle, reach)
    found = crossings(path)
    assert [(c.leg_i, c.leg_j, c.kind) for c in found] == [(0, 2, "crossing")]
    assert authority.km(found[0].position, centre) < 0.010


@settings(max_examples=25)
@given(places, st.floats(0, 359), st.floats(5, 175), reaches, st.floats(-180, 180))
def test_reversal_and_turning_the_globe_change_nothing(
    centre: Position,
    azimuth: float,
    angle: float,
    reach: tuple[float, float, float, float],
    turn: float,
) -> None:
    path = cross(centre, azimuth, angle, reach)
    back = crossings(path[::-1])
    assert [(c.leg_i, c.leg_j) for c in back] == [(0, 2)]
    assert authority.km(back[0].position, centre) < 0.010
    turned = crossings([at(p.lat, (p.lon + turn + 540) % 360 - 180) for p in path])
    assert [(c.leg_i, c.leg_j) for c in turned] == [(0, 2)]
    moved = at(centre.lat, (centre.lon + turn + 540) % 360 - 180)
    assert authority.km(turned[0].position, moved) < 0.010


@settings(max_examples=25)
@given(places, st.floats(0, 359), st.floats(20, 160), st.floats(5, 800), st.floats(0.02, 5))
def test_legs_that_miss_each_other_do_not_cross(
    centre: Position, azimuth: float, angle: float, reach: float, short: float
) -> None:
    # The third leg stops short of the first one.
    path = [
        authority.go(centre, azimuth, 900),
        authority.go(centre, azimuth + 180, 900),
        authority.go(centre, azimuth + angle, reach + short),
        authority.go(centre, azimuth + angle, short),
    ]
    assert crossings(path) == ()


def test_a_leg_that_ends_on_another_touches_it() -> None:
    a, b = at(50, 30), at(50, 40)
    joint = authority.along(a, b, 0.3)
    found = crossings([a, b, at(45, 38), joint])
    assert [(c.leg_i, c.leg_j, c.kind) for c in found] == [(0, 2, "touch")]
    assert authority.km(found[0].position, joint) < 0.010


def test_a_fix_visited_twice_counts_and_a_closed_round_does_not() -> None:
    a, b, c, d = at(50, 30), at(52, 34), at(50, 38), at(48, 34)
    assert crossings([a, b, c, d, a]) == ()  # comes home: closing is no crossing
    twice = crossings([a, b, c, b, d])
    assert [(x.leg_i, x.leg_j, x.kind) for x in twice] == [
        (0, 2, "same fix"),
        (0, 3, "same fix"),
        (1, 2, "overlap"),
        (1, 3, "same fix"),
    ]
    loop = crossings([a, b, c, d, b, at(55, 35)])
    assert {(x.leg_i, x.leg_j) for x in loop} == {(0, 3), (0, 4), (1, 3), (1, 4)}
    assert all(authority.km(x.position, b) < 0.010 for x in loop)


def test_successive_legs_only_count_when_they_turn_back() -> None:
    a, b = at(50, 30), at(51, 33)
    assert crossings([a, b, at(52, 30)]) == ()
    assert crossings([a, authority.along(a, b, 0.5), b]) == ()  # straight on
    back = crossings([a, b, authority.along(a, b, 0.4)])
    assert [(c.leg_i, c.leg_j, c.kind) for c in back] == [(0, 1, "overlap")]
    assert crossings([a, b, a])[0].kind == "overlap"


def test_the_same_leg_flown_again_is_one_overlap() -> None:
    a, b = at(60, 30), at(62, 50)
    path = [authority.along(a, b, s) for s in (0.0, 0.8)] + [at(55, 45)]
    path += [authority.along(a, b, s) for s in (0.2, 1.0)]
    kinds = [(c.leg_i, c.leg_j, c.kind) for c in crossings(path)]
    # The third leg ends on the first one, and the second begins on the fourth.
    assert kinds == [(0, 2, "touch"), (0, 3, "overlap"), (1, 3, "touch")]


@pytest.mark.parametrize("lon", [0.0, 179.9, -180.0])
def test_near_the_pole(lon: float) -> None:
    path = [at(88, lon), at(88, lon + 180 - 360 * (lon > 0)), at(87, lon + 90 - 360 * (lon > 90))]
    path.append(at(87, lon - 90 + 360 * (lon < -90)))
    found = crossings(path)
    assert [(c.leg_i, c.leg_j) for c in found] == [(0, 2)]
    assert authority.km(found[0].position, at(90, 0)) < 0.010


def test_short_paths_have_nothing_to_cross() -> None:
    assert crossings([]) == () == crossings([at(0, 0), at(1, 1)])
    same = at(10, 10)
    assert crossings([same, same, at(11, 11)]) == ()
