"""How an aircraft gets from one leg onto the next, and what of both legs that leaves.

Two techniques, named in OSCC.DEC/16/02, Section I. "Turn short": the turn begins before the
declared turn point and ends on the next leg; fit where nothing is to be seen close to the point.
"Overflight turn": the point is overflown, then the aircraft turns the shorter way and intercepts
the next leg; fit where the sensors work until the point. The decision gives words; the geometry
here is that of fly-by and fly-over waypoints in ICAO Doc 8168 (PANS-OPS), Volume II, Part III,
Section 2, Chapter 1. With turn angle A, radius r and intercept angle b

    turn short       not level  r tan(A/2) + roll  on either side of the point
    overflight turn  not level  from the point for
                     r (sin A + sin b) + r (cos b - cos A) / tan b + r tan(b/2) + roll

Angles are degrees, positive to the right; distances km along the legs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from overflight.errors import DataError
from overflight.units import Degrees, Kilometres, KilometresPerHour, Seconds

STANDARD_GRAVITY = 9.80665
"""m/s2: what Doc 8168, Volume II, Part I, Section 2, Chapter 3 (3.1.2.2 e) reckons with."""
TURN_SHORT = "turn short"
OVERFLIGHT_TURN = "overflight turn"
TECHNIQUES = (TURN_SHORT, OVERFLIGHT_TURN)
TURN_SHORT_MOST_DEG = 120.0
"""Ours: beyond it a turn short would begin more than 1.7 radii before the point."""
_KM_H_PER_M_S = 3.6


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn between two legs.

    ``lead_km`` before the fix the turn begins, ``rejoin_km`` after it the next leg is reached;
    over ``before_km`` and ``after_km`` the wings are not level, rolling in and out included.
    ``extra_km`` is what the path is longer than the legs (negative: shorter), ``off_track_km``
    the farthest it comes from them, ``intercept_deg`` the angle at which it meets the next leg.
    """

    technique: str
    angle_deg: Degrees
    radius_km: Kilometres
    lead_km: Kilometres
    rejoin_km: Kilometres
    before_km: Kilometres
    after_km: Kilometres
    extra_km: Kilometres
    off_track_km: Kilometres
    intercept_deg: Degrees = 0.0


@dataclass(frozen=True, slots=True)
class LegRoom:
    """Where along a leg the wings are level; ``short_by_km`` is what it lacks for both turns."""

    level_from_km: Kilometres
    level_to_km: Kilometres
    short_by_km: Kilometres

    @property
    def flyable(self) -> bool:
        return self.short_by_km <= 0.0


def turn_radius_km(
    speed: KilometresPerHour, bank: Degrees, wind: KilometresPerHour = 0.0
) -> Kilometres:
    """Radius of a level turn, v^2 / (g tan bank), km; ``speed`` is true airspeed.

    With ``wind`` the widest curve over the ground, which is the one flown with the wind right
    behind: (v + w)^2 / (g tan bank), as Doc 8168, Volume II, Part III, Section 3, 1.4.5 has it.
    Raises DataError for a speed not above zero, a bank not within 0 and 90, a wind below zero.
    """
    if not (0.0 < bank < 90.0 and 0.0 < speed < math.inf and 0.0 <= wind < math.inf):
        raise DataError(
            f"no turn with {bank} degrees of bank at {speed} km/h in {wind} km/h of wind",
            remedy="Give a speed above zero, a bank between 0 and 90 degrees (25 is usual) and a "
            "wind of zero or more.",
        )
    metres = ((speed + wind) / _KM_H_PER_M_S) ** 2 / (
        STANDARD_GRAVITY * math.tan(math.radians(bank))
    )
    return metres / 1000.0


def turn_rate_deg_s(speed: KilometresPerHour, bank: Degrees) -> float:
    """Degrees of heading a second in a level turn in the air, g tan bank / v."""
    radius = turn_radius_km(speed, bank)
    return math.degrees(speed / 3600.0 / radius)


def turn_angle_deg(inbound: Degrees, outbound: Degrees) -> Degrees:
    """The shorter way from one direction to another, in (-180, 180], right positive."""
    turned = (outbound - inbound) % 360.0
    return turned - 360.0 if turned > 180.0 else turned


def turn_short(angle: Degrees, radius: Kilometres, roll: Kilometres = 0.0) -> Turn:
    """Cut the corner: a circle that touches both legs. ``roll`` km go by while the bank changes.

    Raises DataError for a turn of more than 120 degrees.
    """
    a = math.radians(abs(angle))
    if abs(angle) > TURN_SHORT_MOST_DEG + 1e-9:
        raise DataError(
            f"a turn of {abs(angle):.0f} degrees cannot well be flown before the fix",
            remedy=f"Fly it as an {OVERFLIGHT_TURN}, or put another fix between the legs.",
        )
    lead = radius * math.tan(a / 2)
    spent = lead + (roll if a > 0 else 0.0)
    return Turn(
        technique=TURN_SHORT,
        angle_deg=angle,
        radius_km=radius,
        lead_km=lead,
        rejoin_km=lead,
        before_km=spent,
        after_km=spent,
        extra_km=radius * a - 2 * lead,
        off_track_km=radius * (1 / math.cos(a / 2) - 1),
    )


def overflight_turn(
    angle: Degrees, radius: Kilometres, roll: Kilometres = 0.0, intercept: Degrees = 30.0
) -> Turn:
    """Fly over the fix, turn past the next leg's direction, come back onto it at ``intercept``.

    Small turns do not swing out far enough for that: then the two arcs meet without a straight
    between them, and the intercept angle b is the one with cos b = (1 + cos A) / 2.
    Raises DataError for an intercept angle not within 0 and 90 degrees.
    """
    if not 0.0 < intercept <= 90.0:
        raise DataError(
            f"a leg cannot be intercepted at {intercept} degrees",
            remedy="Give an angle above 0 and up to 90 degrees; 30 is usual.",
        )
    a = math.radians(abs(angle))
    swing = 1.0 - math.cos(a)  # how far the first arc comes off the next leg, in radii
    # cos b = 1 - swing / 2, written for small angles without loss
    b = min(math.radians(intercept), 2 * math.asin(min(math.sqrt(swing) / 2, 1.0)))
    rest = max(swing - 2 * (1.0 - math.cos(b)), 0.0)  # what the straight has to make good
    straight = rest / math.sin(b) if b > 0 else 0.0
    along = math.sin(a) + 2 * math.sin(b) + straight * math.cos(b)
    return Turn(
        technique=OVERFLIGHT_TURN,
        angle_deg=angle,
        radius_km=radius,
        lead_km=0.0,
        rejoin_km=radius * along,
        before_km=0.0,
        after_km=radius * along + (roll if a > 0 else 0.0),
        extra_km=radius * (a + 2 * b + straight - along),
        off_track_km=radius * swing,
        intercept_deg=math.degrees(b),
    )


def turn(
    technique: str,
    angle: Degrees,
    radius: Kilometres,
    roll: Kilometres = 0.0,
    intercept: Degrees = 30.0,
) -> Turn:
    """The turn by a technique; one that is too sharp to be flown short is flown over the fix.

    Raises DataError for a technique that is not known.
    """
    if technique not in TECHNIQUES:
        raise DataError(
            f"{technique!r} is no turn technique that can be reckoned",
            remedy=f"Give one of: {', '.join(TECHNIQUES)}.",
        )
    if technique == TURN_SHORT and abs(angle) <= TURN_SHORT_MOST_DEG:
        return turn_short(angle, radius, roll)
    return overflight_turn(angle, radius, roll, intercept)


def roll_km(speed: KilometresPerHour, seconds: Seconds) -> Kilometres:
    """What is flown while the bank is put on or taken off, km."""
    return speed * seconds / 3600.0


def leg_room(length: Kilometres, before: Turn | None, after: Turn | None) -> LegRoom:
    """What of a leg of ``length`` km the turns at its start and end leave level.

    None is an end without a turn (a landing). Where the turns do not both fit, nothing is level:
    the interval is empty and lies where they meet.
    """
    start = 0.0 if before is None else before.after_km
    end = length - (0.0 if after is None else after.before_km)
    if start <= end:
        return LegRoom(start, end, 0.0)
    meet = min(max((start + end) / 2, 0.0), length)
    return LegRoom(meet, meet, start - end)
