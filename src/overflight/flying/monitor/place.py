"""Where on the plan an aircraft is, found as it flies: ``flying.match`` one point at a time.

The sums of ``match``'s dynamic programming are kept up to the last kilometre; the leg is the state
that costs least so far. What the offline match knows from what came later, this one cannot: at a
corner the two may differ for a point or two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from overflight.flying.monitor.course import Course, CourseLeg
from overflight.flying.monitor.plane import apart_km, to_piece
from overflight.units import Kilometres

TRANSIT_KM = 100.0
SAMPLE_KM = 1.0
AT_FIX_KM = 0.05
_FAR_KM = 2.0 * TRANSIT_KM
_DOUBT_KM = 2.0


@dataclass(slots=True)
class Place:
    """The place on the plan after each ``step``.

    ``leg`` is the leg flown (-1 before the flight, m after it), ``nearest`` the nearest of it and
    its neighbours (-1: not on the flight), ``off_km`` the distance from that, ``along_km`` how far
    along it. ``passed`` holds the least and greatest place along each leg that was seen.
    """

    course: Course
    leg: int = -1
    nearest: int = -1
    off_km: Kilometres = math.nan
    along_km: Kilometres = math.nan
    way_km: Kilometres = 0.0
    ended: bool = False
    passed: dict[int, tuple[float, float]] = field(default_factory=dict)
    last: tuple[float, float] | None = None
    _totals: list[float] = field(default_factory=list)
    _mark: int = 0
    _held: dict[int, int] = field(default_factory=dict)
    _since: int = 0

    def step(self, lat: float, lon: float) -> bool:
        """Take the next point; true where the flight begins anew with it (at its first fix)."""
        if self.last is not None:
            self.way_km += apart_km(*self.last, lat, lon)
        self.last = (lat, lon)
        before = self.leg
        if self.way_km >= self._mark * SAMPLE_KM:
            self._sample(lat, lon)
            self._mark = math.floor(self.way_km / SAMPLE_KM) + 1
        self.leg = self._best() if not self.ended else len(self.course.legs)
        begun = self._trim(lat, lon)
        self._off(lat, lon, changed=before != self.leg)
        if self.nearest == self.leg and self.nearest >= 0:
            low, high = self.passed.get(self.leg, (self.along_km, self.along_km))
            self.passed[self.leg] = (min(low, self.along_km), max(high, self.along_km))
        return begun

    @property
    def on_flight(self) -> bool:
        return 0 <= self.leg < len(self.course.legs)

    @property
    def planned_km(self) -> Kilometres:
        """How far along the whole plan; NaN outside of the flight."""
        if self.nearest < 0:
            return math.nan
        return sum(leg.length_km for leg in self.course.legs[: self.nearest]) + self.along_km

    @property
    def allowed_km(self) -> Kilometres:
        """What the point may be off: the tolerance, and in a turn as far as that turn swings."""
        allowed = self.course.tolerance_km
        if self.nearest < 0:
            return allowed
        leg, near = self.course.legs[self.nearest], self.course.tolerance_km
        begin = leg.swing_in_km if self.along_km <= leg.rejoin_km + near else 0.0
        ends = leg.length_km - self.along_km <= leg.lead_km + near
        return allowed + max(begin, leg.swing_out_km if ends else 0.0)

    def share(self, k: int) -> float:
        """How much of leg ``k`` was passed, 0 to 1; what turns cut off counts as passed."""
        low, high = self.passed.get(k, (0.0, 0.0))
        leg = self.course.legs[k]
        cut = leg.rejoin_km + leg.lead_km
        whole = high - low >= leg.length_km - cut - 2.0 * SAMPLE_KM and k in self.passed
        return 1.0 if whole else (high - low) / leg.length_km

    def skipped(self, k: int) -> bool:
        """Whether less than half of leg ``k`` was passed."""
        low, high = self.passed.get(k, (0.0, 0.0))
        return high - low < 0.5 * self.course.legs[k].length_km

    def _sample(self, lat: float, lon: float) -> None:
        costs = [self._distance(leg, lat, lon) for leg in self.course.legs]
        here = [TRANSIT_KM, *costs, TRANSIT_KM]
        if not self._totals:
            self._totals = here
            return
        best = math.inf
        for s, total in enumerate(self._totals):
            best = min(best, total)
            self._totals[s] = best + here[s]

    def _best(self) -> int:
        """The leg that costs least; of those that hardly differ the one flown, or the first.

        Where one begins and another ends, or two lie on one line, a receiver's noise would choose.
        The next leg is taken without more ado only at the end of the one that is flown.
        """
        best = min(range(len(self._totals)), key=self._totals.__getitem__)
        if best == self.leg + 2 and self._at_end():
            return best - 1
        least = self._totals[best] + _DOUBT_KM
        if self._totals[self.leg + 1] <= least:
            return self.leg
        return next(s for s, total in enumerate(self._totals) if total <= least) - 1

    def _at_end(self) -> bool:
        if not self.on_flight or self.nearest < self.leg:
            return False
        leg = self.course.legs[self.leg]
        left = leg.length_km - self.along_km
        return self.nearest > self.leg or left <= leg.lead_km + 2.0 * SAMPLE_KM

    @staticmethod
    def _distance(leg: CourseLeg, lat: float, lon: float) -> Kilometres:
        bound = 0.9 * apart_km(lat, lon, leg.middle.lat, leg.middle.lon) - leg.length_km
        if bound > _FAR_KM:
            return bound
        return _nearest(leg, lat, lon, range(len(leg.km) - 1))[0]

    def _trim(self, lat: float, lon: float) -> bool:
        """A flight begins where it last leaves its first fix, ends where it comes to its last."""
        legs, fixes = self.course.legs, self.course.fixes
        if self.leg == len(legs) - 1 and not self.ended:
            end = fixes[-1][1]
            if self._well_on() and apart_km(lat, lon, end.lat, end.lon) < AT_FIX_KM:
                self.ended = True
                return False
        if self.leg == 0:
            start = fixes[0][1]
            if apart_km(lat, lon, start.lat, start.lon) < AT_FIX_KM:
                self.passed.clear()
                return True
        return False

    def _well_on(self) -> bool:
        """Whether the last leg was flown at all: its end may be where it, or the first, begins."""
        k = len(self.course.legs) - 1
        low, high = self.passed.get(k, (0.0, 0.0))
        return high - low > 0.5 * min(self.course.legs[k].length_km, 4.0 * SAMPLE_KM)

    def _off(self, lat: float, lon: float, *, changed: bool) -> None:
        self.nearest, self.off_km, self.along_km = -1, math.nan, math.nan
        if not self.on_flight:
            return
        self._since = 0 if changed or self._since >= 255 else self._since + 1
        least = math.inf
        for k in range(max(self.leg - 1, 0), min(self.leg + 2, len(self.course.legs))):
            leg = self.course.legs[k]
            whole = self._since == 0 or k not in self._held
            at = self._held.get(k, 0)
            last = len(leg.km) - 1
            which = range(last) if whole else range(max(at - 2, 0), min(at + 3, last))
            away, held, along = _nearest(leg, lat, lon, which)
            self._held[k] = held
            if away < least:
                least, self.nearest, self.along_km = away, k, along
        self.off_km = least


def _nearest(
    leg: CourseLeg, lat: float, lon: float, which: Sequence[int]
) -> tuple[Kilometres, int, Kilometres]:
    """Distance from the nearest of some pieces of a leg, which it is, and how far along the leg."""
    best, at, part = math.inf, which[0], 0.0
    for j in which:
        away, where = to_piece(lat, lon, leg.lat[j], leg.lon[j], leg.lat[j + 1], leg.lon[j + 1])
        if away < best:
            best, at, part = away, j, where
    return best, at, leg.km[at] + part * (leg.km[at + 1] - leg.km[at])
