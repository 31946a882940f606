"""Turns: radii against published ones, geometry against closed forms and flown paths."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.performance.dubins import DubinsPath, Pose, shortest
from overflight.performance.turns import (
    OVERFLIGHT_TURN,
    TURN_SHORT,
    leg_room,
    overflight_turn,
    roll_km,
    turn,
    turn_angle_deg,
    turn_radius_km,
    turn_rate_deg_s,
    turn_short,
)

PUBLISHED = tomllib.loads((Path(__file__).parent / "published.toml").read_text("utf-8"))
radii = st.floats(0.3, 20)


@pytest.mark.parametrize("case", PUBLISHED["radius"], ids=lambda c: c["source"])
def test_published_radii(case: dict[str, Any]) -> None:
    radius = turn_radius_km(case["speed_km_h"], case["bank_deg"], case["wind_km_h"])
    assert radius == pytest.approx(case["radius_km"], rel=case["within"])


@pytest.mark.parametrize("case", PUBLISHED["rate"], ids=lambda c: c["source"])
def test_published_rates(case: dict[str, Any]) -> None:
    rate = turn_rate_deg_s(case["speed_km_h"], case["bank_deg"])
    assert rate == pytest.approx(case["rate_deg_s"], rel=case["within"])


@settings(deadline=None)
@given(st.floats(150, 900), st.floats(10, 45), st.floats(0, 140))
def test_the_radius_of_procedure_design(speed: float, bank: float, wind: float) -> None:
    """ICAO Doc 8168, Vol. II, Part III, Section 3, 1.4.5: (V + Vw)^2 / (127094 tan bank) km."""
    expected = (speed + wind) ** 2 / (127094 * math.tan(math.radians(bank)))
    assert turn_radius_km(speed, bank, wind) == pytest.approx(expected, rel=1e-4)


@settings(deadline=None)
@given(st.floats(200, 900), st.floats(0, 0.9), st.floats(10, 45), st.floats(0, 2 * math.pi))
def test_no_wind_direction_makes_a_wider_curve(
    speed: float, share: float, bank: float, angle: float
) -> None:
    """Curvature |v x a| / |v|^3 of the track of a banked turn, the wind at any angle to it."""
    wind = speed * share
    acceleration = 9.80665 * math.tan(math.radians(bank))
    vx, vy = (speed + wind * math.cos(angle)) / 3.6, wind * math.sin(angle) / 3.6
    curvature = vx * acceleration / math.hypot(vx, vy) ** 3  # a is across the heading, x
    assert turn_radius_km(speed, bank, wind) >= 1 / curvature / 1000 * (1 - 1e-12)


@pytest.mark.parametrize(
    ("speed", "bank", "wind"), [(0, 25, 0), (450, 0, 0), (450, 90, 0), (450, 25, -1), (1e999, 9, 0)]
)
def test_turns_that_nobody_flies(speed: float, bank: float, wind: float) -> None:
    with pytest.raises(DataError, match="no turn"):
        turn_radius_km(speed, bank, wind)


@pytest.mark.parametrize(
    ("inbound", "outbound", "angle"),
    [(350, 10, 20), (10, 350, -20), (0, 180, 180), (90, 270, 180), (45, 45, 0), (0, 181, -179)],
)
def test_the_shorter_way_round(inbound: float, outbound: float, angle: float) -> None:
    assert turn_angle_deg(inbound, outbound) == angle


def test_a_right_angle_cut_short() -> None:
    cut = turn_short(90, 4.0)
    assert cut.lead_km == pytest.approx(4.0)
    assert cut.extra_km == pytest.approx(4 * (math.pi / 2 - 2))
    assert cut.off_track_km == pytest.approx(4 * (math.sqrt(2) - 1))


@settings(deadline=None)
@given(st.floats(-120, 120), radii)
def test_turn_short_is_the_shortest_way_between_its_ends(angle: float, radius: float) -> None:
    """An arc that touches both legs; Dubins's shortest path between the same ends is that arc."""
    cut = turn_short(angle, radius)
    a = math.radians(angle)
    start = Pose(0, -cut.lead_km, 0)
    end = Pose(cut.rejoin_km * math.sin(a), cut.rejoin_km * math.cos(a), angle)
    flown = shortest(start, end, radius).length
    assert flown == pytest.approx(2 * cut.lead_km + cut.extra_km, abs=1e-5 * radius)
    assert cut.extra_km <= 1e-12


def design_length(angle: float, radius: float) -> float:
    """Fly-over with a 30 degree intercept: L1 + L2 + L3 + L4, Doc 8168, Vol. II, Part III,
    Section 2, 1.2.3, one radius for both turns; the second without its 15 degrees of bank."""
    a = math.radians(angle)
    return radius * (
        math.sin(a)
        + math.cos(a) * math.tan(math.pi / 6)
        + (1 / math.sin(math.pi / 6) - 2 * math.cos(a) / math.sin(math.pi / 3))
        + math.tan(math.pi / 12)
    )


@settings(deadline=None)
@given(st.floats(43, 180), radii)
def test_overflight_turn_as_procedure_design_has_it(angle: float, radius: float) -> None:
    over = overflight_turn(angle, radius)
    assert over.rejoin_km == pytest.approx(design_length(angle, radius), rel=1e-9)


@settings(deadline=None)
@given(st.floats(0.5, 180), radii, st.floats(10, 60), st.booleans())
def test_overflight_turn_lands_on_the_leg(
    angle: float, radius: float, intercept: float, left: bool
) -> None:
    """Flown as two arcs and a straight it ends on the next leg, in its direction; and the
    shortest path to the same end is no longer."""
    signed = -angle if left else angle
    over = overflight_turn(signed, radius, intercept=intercept)
    a = math.radians(angle)
    b = min(math.radians(intercept), math.acos((1 + math.cos(a)) / 2))
    flown = over.rejoin_km + over.extra_km
    straight = max(flown - radius * (a + 2 * b), 0.0)
    pieces = (radius * (a + b), straight, radius * b)
    there = DubinsPath(Pose(0, 0, 0), "LSR" if left else "RSL", pieces, radius).end
    along = math.radians(signed)
    assert there.x == pytest.approx(over.rejoin_km * math.sin(along), abs=1e-6 * radius)
    assert there.y == pytest.approx(over.rejoin_km * math.cos(along), abs=1e-6 * radius)
    assert turn_angle_deg(there.heading, signed) == pytest.approx(0, abs=1e-6)
    assert shortest(Pose(0, 0, 0), there, radius).length <= flown + 1e-6 * radius
    assert over.extra_km >= -1e-12


@settings(deadline=None)
@given(st.floats(1, 42), radii, st.booleans())
def test_small_overflight_turns_are_two_arcs(angle: float, radius: float, left: bool) -> None:
    """Over by A + b, back by b, cos b = (1 + cos A) / 2: flown piece by piece it is on the leg."""
    over = overflight_turn(-angle if left else angle, radius)
    a = math.radians(angle)
    b = math.acos((1 + math.cos(a)) / 2)
    assert over.rejoin_km + over.extra_km == pytest.approx(radius * (a + 2 * b), rel=1e-6)
    # right by a + b about (r, 0), then left by b: end relative to the fix
    x = radius - radius * math.cos(a + b)
    y = radius * math.sin(a + b)
    x += radius * (math.cos(a) - math.cos(a + b))
    y += radius * (math.sin(a + b) - math.sin(a))
    assert math.hypot(x, y) == pytest.approx(over.rejoin_km, rel=1e-6)
    assert math.atan2(x, y) == pytest.approx(a, abs=1e-6)


def test_straight_on_is_no_turn() -> None:
    for way in (turn_short(0, 3, 0.6), overflight_turn(0, 3, 0.6)):
        assert (way.before_km, way.after_km, way.extra_km, way.off_track_km) == (0, 0, 0, 0)


def test_about_turn_over_the_fix() -> None:
    over = overflight_turn(180, 1.0)
    assert over.off_track_km == pytest.approx(2.0)
    assert over.rejoin_km == pytest.approx(2 + math.sqrt(3) + math.tan(math.pi / 12))


def test_rolling_costs_level_flight_and_no_way() -> None:
    with_roll, without = turn_short(60, 3, 0.7), turn_short(60, 3)
    assert with_roll.before_km == pytest.approx(without.before_km + 0.7)
    assert with_roll.extra_km == without.extra_km
    assert overflight_turn(60, 3, 0.7).before_km == 0.0
    assert roll_km(360, 5) == pytest.approx(0.5)


def test_too_sharp_to_be_flown_short() -> None:
    with pytest.raises(DataError, match="overflight turn"):
        turn_short(130, 3)
    assert turn(TURN_SHORT, 130, 3).technique == OVERFLIGHT_TURN
    assert turn(TURN_SHORT, 100, 3).technique == TURN_SHORT
    with pytest.raises(DataError, match="technique"):
        turn("barrel roll", 30, 3)
    with pytest.raises(DataError, match="intercepted"):
        overflight_turn(30, 3, intercept=0)


def test_what_turns_leave_of_a_leg() -> None:
    right = turn_short(90, 3, 0.5)
    room = leg_room(20, right, right)
    assert (room.level_from_km, room.level_to_km, room.short_by_km) == pytest.approx((3.5, 16.5, 0))
    assert leg_room(20, None, None).level_to_km == 20
    tight = leg_room(5, right, right)
    assert tight.short_by_km == pytest.approx(2.0)
    assert not tight.flyable
    assert tight.level_from_km == tight.level_to_km == pytest.approx(2.5)
