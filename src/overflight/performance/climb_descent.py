"""Getting up to the height of observation and down again, and from one leg's height to the next.

Never lower than planned: a climb to a higher leg is over when that leg begins, a descent to a
lower one begins with it. So no sensor works below the height that was reckoned for it, and what
it costs is that part of a leg is flown higher than planned.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from overflight.errors import DataError
from overflight.units import Hours, Kilometres, KilometresPerHour, Metres

_TOUCHES = 1e-9


@dataclass(frozen=True, slots=True)
class VerticalRates:
    """Mean rates of climb and descent, m/s, and the airspeed meanwhile as a part of cruise.

    ``basis`` says where they come from, as a sentence; ``assumed`` whether nobody stated them.
    """

    climb_m_s: float
    descent_m_s: float
    speed_fraction: float
    basis: str
    assumed: bool = True

    def __post_init__(self) -> None:
        numbers = (self.climb_m_s, self.descent_m_s, self.speed_fraction)
        if not all(math.isfinite(x) and x > 0 for x in numbers) or self.speed_fraction > 1:
            raise DataError(
                f"rates of climb and descent of {self.climb_m_s:g} and {self.descent_m_s:g} m/s at "
                f"{self.speed_fraction:g} of the cruise speed",
                remedy="Give rates above zero and a part of the cruise speed from 0 to 1.",
            )


ASSUMED_RATES = VerticalRates(
    climb_m_s=5.08,
    descent_m_s=5.08,
    speed_fraction=0.75,
    basis="Climb and descent at 1,000 ft/min and three quarters of the cruise speed: assumed, "
    "nothing about this type is known.",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One climb or descent within a stage: where along the stage, km, how long, and how high."""

    from_km: Kilometres
    to_km: Kilometres
    hours: Hours
    rise_m: Metres


@dataclass(frozen=True, slots=True)
class LegHeight:
    """What a leg has of climbs and descents.

    It is at its height from ``from_km`` to ``to_km`` along it (equal: nowhere).
    ``climb_hours`` and ``descent_hours`` are spent on it, over ``changing_km``.
    """

    from_km: Kilometres
    to_km: Kilometres
    climb_hours: Hours
    descent_hours: Hours
    changing_km: Kilometres


def change(
    rise: Metres, cruise: KilometresPerHour, rates: VerticalRates, tailwind: KilometresPerHour = 0.0
) -> tuple[Hours, Kilometres]:
    """Time and ground distance of a climb (``rise`` above zero) or descent (below).

    Raises DataError when the headwind stops the aircraft over the ground.
    """
    rate = rates.climb_m_s if rise > 0 else rates.descent_m_s
    hours = abs(rise) / rate / 3600.0
    over_ground = cruise * rates.speed_fraction + tailwind
    if over_ground <= 0:
        raise DataError(
            f"a headwind of {-tailwind:.0f} km/h stops the aircraft as it climbs or descends",
            remedy="Look at the unit of the wind, or fly another day.",
        )
    return hours, hours * over_ground


def changes(
    lengths: Sequence[Kilometres],
    heights: Sequence[Metres],
    cruise: KilometresPerHour,
    rates: VerticalRates,
    ground_speeds: Sequence[KilometresPerHour],
    field_from: Metres = 0.0,
    field_to: Metres = 0.0,
) -> tuple[Change, ...]:
    """Every climb and descent of a stage: at its start, at fixes where heights differ, at its end.

    ``heights`` above sea level and ``ground_speeds`` at cruise, one for each leg. One that does
    not fit before the start or behind the end of the stage lies outside of it by what it lacks.
    """
    at, found = 0.0, []
    levels = [field_from, *heights, field_to]
    last = len(levels) - 2
    for i, (below, above) in enumerate(pairwise(levels)):
        rise = above - below
        if rise:
            # climbs are over when the higher leg begins; the first and the last have no choice
            early = i == last or (i > 0 and rise > 0)
            leg = i - 1 if early else i
            hours, km = change(rise, cruise, rates, ground_speeds[leg] - cruise)
            found.append(
                Change(at - km, at, hours, rise) if early else Change(at, at + km, hours, rise)
            )
        if i <= last - 1:
            at += lengths[i]
    return tuple(found)


def leg_heights(lengths: Sequence[Kilometres], moves: Sequence[Change]) -> tuple[LegHeight, ...]:
    """What each leg of a stage has of its climbs and descents.

    A leg is at its height between the end of the last change that reaches into its first part
    and the beginning of the first that reaches into its last.
    """
    starts = [0.0, *accumulate(lengths)]
    low, high = [0.0] * len(lengths), list(lengths)
    up, down, changing = ([0.0] * len(lengths) for _ in range(3))
    for move in moves:
        leg = max(bisect.bisect_right(starts, move.from_km) - 1, 0)
        while leg < len(lengths) and starts[leg] < move.to_km:
            length = lengths[leg]
            first = max(move.from_km - starts[leg], 0.0)
            last = min(move.to_km - starts[leg], length)
            share = max(last - first, 0.0) / (move.to_km - move.from_km)
            changing[leg] += max(last - first, 0.0)
            (up if move.rise_m > 0 else down)[leg] += share * move.hours
            if first <= _TOUCHES:
                low[leg] = max(low[leg], last)
            if last >= length - _TOUCHES:
                high[leg] = min(high[leg], first)
            leg += 1
    found = []
    for i, length in enumerate(lengths):
        middle = (low[i] + high[i]) / 2
        span = (low[i], high[i]) if low[i] <= high[i] else (middle, middle)
        found.append(LegHeight(*span, up[i], down[i], min(changing[i], length)))
    return tuple(found)


def lacking_km(lengths: Sequence[Kilometres], moves: Sequence[Change]) -> Kilometres:
    """How much longer a stage would have to be for its climbs and descents to fit, km."""
    total = math.fsum(lengths)
    outside = [max(-move.from_km, move.to_km - total, 0.0) for move in moves]
    overlap = 0.0
    if len(moves) > 1:
        overlap = max(moves[0].to_km - moves[-1].from_km, 0.0)
    lacking = max([overlap, *outside], default=0.0)
    return lacking if lacking > _TOUCHES else 0.0
