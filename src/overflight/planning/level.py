"""What of each leg shows something: where the wings are level and the aircraft is at its height.

Turns are those of ``performance.turns``, climbs and descents those of ``performance.climb_descent``
at the start and the end of each stage, so a search counts what ``performance.flyable`` finds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from overflight.performance.climb_descent import Change, VerticalRates, change, leg_heights
from overflight.performance.handling import Handling
from overflight.performance.turns import TURN_SHORT, roll_km, turn, turn_radius_km
from overflight.units import Degrees, Kilometres, KilometresPerHour, Metres

STEPS = 720
"""Rows of ``LevelFlight.table`` for half a turn."""
_SLACK_KM: Kilometres = 0.05
"""A table is used on a sphere: what is not level counts as so much longer."""
_TOUCHES_KM: Kilometres = 1e-9
_BEYOND = 2
"""Steps by which a table looks beyond an angle, for the same reason."""


@dataclass(frozen=True, slots=True)
class Bend:
    """A turn from leg to leg: not level so long before and after the fix; extra length, km."""

    before_km: Kilometres
    after_km: Kilometres
    extra_km: Kilometres


@dataclass(frozen=True, slots=True)
class LevelFlight:
    """How turns, climbs and descents are flown.

    Every leg shows what is beside it from ``run_in_km`` after its first turn (or the climb) on.
    The first ``climb_km`` of a stage and the last ``descent_km`` are not flown at height, and a
    stage takes ``spent_km`` of the range more for them than its length. All that is for the usual
    height, ``height_m``. ``lower_m`` are lower ones at which legs may be flown, the highest first.
    """

    technique: str
    radius_km: Kilometres
    roll_km: Kilometres
    intercept_deg: Degrees
    run_in_km: Kilometres = 0.0
    climb_km: Kilometres = 0.0
    descent_km: Kilometres = 0.0
    spent_km: Kilometres = 0.0
    height_m: Metres = 0.0
    lower_m: tuple[Metres, ...] = ()

    @property
    def heights_m(self) -> tuple[Metres, ...]:
        """Every height at which legs may be flown, by number; 0: the usual one."""
        return (self.height_m, *self.lower_m)

    @property
    def early(self) -> bool:
        """Whether turns begin before their fixes."""
        return self.technique == TURN_SHORT

    def bend(self, angle: Degrees) -> Bend:
        """The turn through ``angle`` degrees, right or left."""
        flown = turn(self.technique, angle, self.radius_km, self.roll_km, self.intercept_deg)
        return Bend(flown.before_km, flown.after_km + self.run_in_km, flown.extra_km)

    def table(self) -> NDArray[np.float64]:
        """Turns through 0 to 180 degrees in ``STEPS`` steps, one more row than steps.

        Columns before, after, extra, km. Each row holds the most of the angles beside it.
        """
        bends = [self.bend(180.0 * step / STEPS) for step in range(STEPS + 1)]
        rows = np.array([(b.before_km, b.after_km, b.extra_km) for b in bends])
        most = rows.copy()
        for shift in range(1, _BEYOND + 1):
            np.maximum(most[shift:], rows[:-shift], out=most[shift:])
            np.maximum(most[:-shift], rows[shift:], out=most[:-shift])
        most[:, :2] += _SLACK_KM
        return most

    def spans(
        self, lengths: Sequence[Kilometres], bends: Sequence[Bend]
    ) -> list[tuple[Kilometres, Kilometres]]:
        """From where to where each leg of a stage shows something, km along it; nothing: backwards.

        ``bends`` are the turns between the legs, one less than those.
        """
        at, total, found = 0.0, sum(lengths), []
        for i, length in enumerate(lengths):
            low = bends[i - 1].after_km if i else 0.0
            high = length - (bends[i].before_km if i < len(bends) else 0.0)
            if at < self.climb_km:
                low = max(low, self.climb_km - at + self.run_in_km)
            if total - at - length < self.descent_km:
                high = min(high, total - self.descent_km - at)
            found.append((low, high))
            at += length
        return found

    def at(self, number: int) -> LevelFlight:
        """How a flight is flown that is all at one of the heights."""
        height = self.heights_m[number]
        part = height / self.height_m if self.height_m > 0.0 else 1.0
        return replace(
            self,
            climb_km=self.climb_km * part,
            descent_km=self.descent_km * part,
            spent_km=self.spent_km * part,
            height_m=height,
            lower_m=(),
        )

    def climbed_km(self, rise: Metres) -> Kilometres:
        """Ground distance of a climb (above zero) or a descent (below)."""
        if self.height_m <= 0.0:
            return 0.0
        whole = self.climb_km if rise > 0 else self.descent_km
        return whole * abs(rise) / self.height_m

    def profile(
        self, lengths: Sequence[Kilometres], bends: Sequence[Bend], numbers: Sequence[int]
    ) -> tuple[list[tuple[Kilometres, Kilometres]], Kilometres] | None:
        """``spans`` of a stage whose legs are flown at the heights of these numbers, and its spent.

        From leg to leg the aircraft climbs before the higher one and descends on the lower one, as
        ``performance.climb_descent`` has it. None where the climbs and descents do not fit.
        """
        heights = self.heights_m
        moves = self._moves(lengths, [heights[k] for k in numbers])
        total = math.fsum(lengths)
        ends = [0.0, *(x for move in moves for x in (move.from_km, move.to_km)), total]
        if any(later < earlier - _TOUCHES_KM for earlier, later in pairwise(ends)):
            return None
        found = []
        for i, vertical in enumerate(leg_heights(lengths, moves)):
            low = bends[i - 1].after_km if i else 0.0
            high = lengths[i] - (bends[i].before_km if i < len(bends) else 0.0)
            if vertical.from_km > 0.0:
                low = max(low, vertical.from_km + self.run_in_km)
            found.append((low, min(high, vertical.to_km)))
        climbed = math.fsum(move.rise_m for move in moves if move.rise_m > 0)
        return found, self.spent_km * climbed / self.height_m

    def _moves(self, lengths: Sequence[Kilometres], heights: Sequence[Metres]) -> list[Change]:
        """The climbs and descents of a stage, where along it. Hours are not told."""
        moves, at, last = [], 0.0, len(heights)
        for i, (below, above) in enumerate(pairwise([0.0, *heights, 0.0])):
            rise, km = above - below, self.climbed_km(above - below)
            if rise and (i == last or (i > 0 and rise > 0)):
                moves.append(Change(at - km, at, 0.0, rise))
            elif rise:
                moves.append(Change(at, at + km, 0.0, rise))
            at += lengths[i] if i < last else 0.0
        return moves


def level_flight(
    speed: KilometresPerHour,
    height: Metres,
    handling: Handling,
    rates: VerticalRates,
    wind: KilometresPerHour = 0.0,
    lower: Sequence[Metres] = (),
) -> LevelFlight:
    """How an aircraft is flown at ``speed``, km/h, and ``height`` above its airfields.

    ``lower`` are other heights at which legs may be flown, the highest first.

    With ``wind`` by what that makes of it at worst: turns by the widest circle over the ground,
    climbs and descents with the wind behind.
    """
    up, climb_km = change(height, speed, rates, wind)
    down, descent_km = change(-height, speed, rates, wind)
    return LevelFlight(
        technique=handling.technique,
        radius_km=turn_radius_km(speed, handling.bank_deg, wind),
        roll_km=roll_km(speed + wind, handling.roll_seconds),
        intercept_deg=handling.intercept_deg,
        run_in_km=roll_km(speed + wind, handling.run_in_seconds),
        climb_km=climb_km,
        descent_km=descent_km,
        spent_km=(up + down) * speed * (1.0 - rates.speed_fraction),
        height_m=height,
        lower_m=tuple(lower),
    )
