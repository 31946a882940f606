"""Which of the positions that come in belong to the track, and what is wrong with the others.

What a receiver can do wrong, and what is then done:

- the same moment twice: the second is left out ("duplicate"; "conflict" where it lies elsewhere);
- an earlier moment: left out ("order"), unless the clock stays there;
- a place that nothing can have flown to: left out ("jump"); if it stays there, taken from then on
  ("moved"), and the audit at the end will refuse to believe the two parts as one flight;
- a date whole rollovers of the satellites' week count away (1,024 weeks): set right ("rollover");
- a first date days away from the plan's: believed, and said ("date");
- a clock that is set, back or forth: positions are held ("order", "ahead") until so many follow
  on each other that the clock must have been set. Then they all join the track by the time that
  passed; the difference ("clock") is taken off until the clock is set again. How much time passed
  is told by when they arrived, or, in a recording, by how far and how fast the aircraft flew: only
  where it is hardly farther than the next position should be is it the clock, and else a gap. A
  step forward of less than a gap cannot be told from one;
- no position for longer than a gap: "lost", and "back" with how long it was.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import median

from overflight.flying.monitor.plane import apart_km
from overflight.terms.live_fix import LiveFix
from overflight.units import KilometresPerHour, Seconds

GAP_S: Seconds = 30.0
"""As ``flying.repair``: longer than this without a position is a gap."""
SILENT_S: Seconds = 5.0
"""After so long without a position that should have come the screen says so."""
FASTEST_KM_H: KilometresPerHour = 1200.0
NEAR_KM = 0.5
STAYS = 20
"""So many positions on end, each possible after the one before, are believed; as in ``repair``."""
ROLLOVER_S = 1024 * 7 * 86400.0
_DAY = 86400.0
_CLOSE_S = 3 * _DAY
_MOVING_KM_H = 100.0
_SAME_KM = 0.05
_RECKONING_S = 3.0
_NEXT_S = 10.0


@dataclass(frozen=True, slots=True)
class Point:
    """A position of the track: its number, seconds since 1970, and the fix as it came."""

    number: int
    time_s: Seconds
    fix: LiveFix


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong, when by the track's time, by how much (seconds, or km for places)."""

    kind: str
    time_s: Seconds
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """A position that is not believed yet."""

    number: int
    time_s: Seconds
    fix: LiveFix
    arrived_s: Seconds | None


@dataclass(slots=True)
class Intake:
    """What has come in so far. ``around_s`` is when positions are to be expected at first."""

    around_s: Seconds
    fastest_km_h: KilometresPerHour = FASTEST_KM_H
    last: Point | None = None
    offset_s: Seconds = 0.0
    """What is added to the receiver's times."""
    rolled_s: Seconds = 0.0
    arrived_s: Seconds | None = None
    """When the last point arrived."""
    silent: bool = False
    steps: tuple[float, ...] = ()
    waits: tuple[float, ...] = ()
    """Between arrivals, as ``steps`` between points: a recording through a pipe comes faster."""
    flown_km_h: KilometresPerHour | None = None
    held: tuple[Held, ...] = ()

    def take(
        self, fix: LiveFix, number: int, arrived_s: Seconds | None, *, rests: bool = False
    ) -> tuple[list[Point], list[Fault]]:
        """The points of the track that the fix makes sure, and what was noticed.

        Mostly one, the fix itself; none where it is left out or held; with it those held before,
        once they are believed. ``number`` tells fixes apart. ``arrived_s`` is a monotonic clock's
        reading when it came, None in a recording; ``rests`` says that the aircraft may have stood
        there unseen.
        """
        faults: list[Fault] = []
        raw = self._seconds(fix, arrived_s, faults)
        if raw is None:
            return [], [Fault("untimed", self._now())]
        time = raw + self.offset_s
        last = self.last
        if last is None:
            if abs(time - self.around_s) > _CLOSE_S:
                faults.append(Fault("date", time, time - self.around_s))
            return self._accept([Point(number, time, fix)], arrived_s, faults)
        if time == last.time_s:
            km = apart_km(last.fix.lat, last.fix.lon, fix.lat, fix.lon)
            return [], [Fault("duplicate" if km < _SAME_KM else "conflict", time, km)]
        ahead = self._ahead(time, fix, arrived_s, rests)
        if time < last.time_s or ahead > GAP_S:
            if self._stays(number, time, fix, arrived_s):
                return self._set_clock(arrived_s, faults)
            back = time < last.time_s
            return [], [*faults, Fault("order" if back else "ahead", last.time_s, ahead)]
        if not self._can_follow(last, time, fix):
            km = apart_km(last.fix.lat, last.fix.lon, fix.lat, fix.lon)
            if not self._stays(number, time, fix, arrived_s):
                return [], [*faults, Fault("jump", time, km)]
            faults.append(Fault("moved", self.held[0].time_s, km))
            points = [Point(one.number, one.time_s, one.fix) for one in self.held]
            return self._accept(points, arrived_s, faults)
        return self._accept([Point(number, time, fix)], arrived_s, faults)

    def tick(self, now_s: Seconds) -> Fault | None:
        """Told that it is ``now_s`` by the arrivals' clock: a fault once, when it falls silent."""
        if self.arrived_s is None or self.silent or now_s - self.arrived_s <= SILENT_S:
            return None
        self.silent = True
        return Fault("silent", self._now(), now_s - self.arrived_s)

    def nothing(self) -> Fault | None:
        """Told that the receiver has no position: a fault once."""
        if self.silent or self.last is None:
            return None
        self.silent = True
        return Fault("no-position", self._now())

    def cut(self) -> None:
        """Told that the arrivals' clock begins anew (another process goes on)."""
        self.arrived_s = None

    def _accept(
        self, points: list[Point], arrived_s: Seconds | None, faults: list[Fault]
    ) -> tuple[list[Point], list[Fault]]:
        for point in points:
            if self.last is not None:
                step = point.time_s - self.last.time_s
                if self.silent or step > max(GAP_S, 5.0 * self._step()):
                    faults.append(Fault("back", point.time_s, step))
                self.steps = (*self.steps[-8:], step)
                km = apart_km(self.last.fix.lat, self.last.fix.lon, point.fix.lat, point.fix.lon)
                self.flown_km_h = km / step * 3600.0
                self.silent = False
            self.last = point
        self.held = ()
        self.silent = False
        if arrived_s is not None and self.arrived_s is not None:
            self.waits = (*self.waits[-8:], arrived_s - self.arrived_s)
        self.arrived_s = arrived_s
        return points, faults

    def _now(self) -> Seconds:
        return self.around_s if self.last is None else self.last.time_s

    def _step(self) -> Seconds:
        return median(self.steps) if self.steps else 1.0

    def _seconds(
        self, fix: LiveFix, arrived_s: Seconds | None, faults: list[Fault]
    ) -> Seconds | None:
        """The receiver's time as seconds since 1970, by the day nearest to what is expected."""
        expected = self._now() - self.offset_s
        if fix.tod_s is None:
            if self.last is None or arrived_s is None or self.arrived_s is None:
                return None
            return expected + max(arrived_s - self.arrived_s, 0.0)
        if fix.date is None:
            return fix.tod_s + _DAY * round((expected - fix.tod_s) / _DAY)
        midnight = dt.datetime(fix.date.year, fix.date.month, fix.date.day, tzinfo=dt.UTC)
        named = midnight.timestamp() + fix.tod_s
        rolls = round((expected - named) / ROLLOVER_S)
        if rolls and abs(named + rolls * ROLLOVER_S - expected) < _CLOSE_S:
            if self.rolled_s != rolls * ROLLOVER_S:
                self.rolled_s = rolls * ROLLOVER_S
                faults.append(Fault("rollover", named + self.rolled_s, self.rolled_s))
            return named + rolls * ROLLOVER_S
        return named

    def _ahead(
        self, time: Seconds, fix: LiveFix, arrived_s: Seconds | None, rests: bool
    ) -> Seconds:
        """How much farther the clock went on than time did; negative: it went back."""
        assert self.last is not None
        step = time - self.last.time_s
        if abs(step) <= GAP_S and step > 0.0:
            return 0.0
        waited = self._waited(arrived_s)
        if waited is not None:
            return step - waited
        if rests and step > 0.0:
            return 0.0
        if self._continues(time, fix):
            time, fix = self.held[0].time_s, self.held[0].fix
            step = time - self.last.time_s
        passed = self._flown_s(fix)
        if passed is None or passed > max(_NEXT_S, 5.0 * self._step()):
            # Farther than to the next position or two: a gap, and the clock is believed.
            return 0.0 if step > 0.0 else step
        return step - passed

    def _waited(self, arrived_s: Seconds | None) -> Seconds | None:
        """Time since the last point by the clock of arrivals; None where that does not tell."""
        if arrived_s is None or self.arrived_s is None:
            return None
        if len(self.waits) > 4 and sum(self.waits) < sum(self.steps) / 3.0:
            return None
        return arrived_s - self.arrived_s

    def _flown_s(self, fix: LiveFix) -> Seconds | None:
        """The time that the way to ``fix`` takes at the speed flown; None where it stands."""
        assert self.last is not None
        speeds = [v for v in (self.last.fix.speed_km_h, fix.speed_km_h) if v is not None]
        if not speeds and self.flown_km_h is not None:
            speeds = [self.flown_km_h]
        if not speeds or min(speeds) < _MOVING_KM_H:
            return None
        km = apart_km(self.last.fix.lat, self.last.fix.lon, fix.lat, fix.lon)
        return max(km / (sum(speeds) / len(speeds)) * 3600.0, self._step())

    def _stays(self, number: int, time: Seconds, fix: LiveFix, arrived_s: Seconds | None) -> bool:
        """Hold the position; true once more than ``STAYS`` on end follow on each other."""
        before = self.held if self._continues(time, fix) else ()
        self.held = (*before, Held(number, time, fix, arrived_s))
        return len(self.held) > STAYS

    def _continues(self, time: Seconds, fix: LiveFix) -> bool:
        """Whether a position follows on those that are held."""
        if not self.held:
            return False
        one = self.held[-1]
        before = Point(one.number, one.time_s, one.fix)
        return 0.0 < time - one.time_s <= GAP_S and self._can_follow(before, time, fix)

    def _set_clock(
        self, arrived_s: Seconds | None, faults: list[Fault]
    ) -> tuple[list[Point], list[Fault]]:
        """The clock was set: the track goes on by the time that has passed."""
        assert self.last is not None
        begun, done = self.held[0], self.held[-1]
        # Up to the first that was held by arrival or way; from there on its clock runs evenly.
        waited, flown = self._waited(begun.arrived_s), self._flown_s(begun.fix)
        before = waited if waited is not None else self._step() if flown is None else flown
        passed = before + done.time_s - begun.time_s
        change = self.last.time_s + passed - done.time_s
        self.offset_s += change
        if abs(self.offset_s) < _RECKONING_S:
            # Back where it was: what is left is the error of the reckoning, not the clock's.
            change -= self.offset_s
            self.offset_s = 0.0
        faults.append(Fault("clock", self.last.time_s + passed, -change))
        points = [Point(one.number, one.time_s + change, one.fix) for one in self.held]
        later = [point for point in points if point.time_s > self.last.time_s]
        return self._accept(later, arrived_s, faults)

    def _can_follow(self, before: Point, time: Seconds, fix: LiveFix) -> bool:
        km = apart_km(before.fix.lat, before.fix.lon, fix.lat, fix.lon)
        hours = (time - before.time_s) / 3600.0
        return km <= self.fastest_km_h * hours + NEAR_KM
