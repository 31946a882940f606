"""Which sensor works, since when, and how high above ground meanwhile.

Until a key or a file says otherwise the sensors are taken to work as the plan lets them, leg by
leg. From the first word on, only what is said counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from overflight.flying.monitor.course import Course
from overflight.flying.monitor.happenings import Happening, Use
from overflight.terms.live_fix import LiveFix
from overflight.terms.track import SensorTime
from overflight.units import Metres, Seconds

GEOID_LOW_M, GEOID_HIGH_M = -107.0, 86.0
"""As ``flying.audit``: bounds of the geoid (EGM2008)."""


@dataclass(slots=True)
class _On:
    begun_s: Seconds
    low_m: float = math.inf
    high_m: float = math.inf
    known: bool = True
    within: bool = True
    below: bool = False


@dataclass(slots=True)
class SensorWatch:
    """The sensors of a plan. ``stated`` are times known beforehand (a file): they alone count."""

    course: Course
    stated: Sequence[SensorTime] | None = None
    typed: bool = False
    leg: int = -1
    done: list[Use] = field(default_factory=list)
    on: dict[str, _On] = field(default_factory=dict)

    @property
    def by_plan(self) -> bool:
        return not self.typed and self.stated is None

    @property
    def lowest_m(self) -> Metres | None:
        """The greatest of the minimum heights of the sensors that work."""
        known = [h for s in self.on if (h := self.course.minimum_m.get(s)) is not None]
        return max(known, default=None)

    def key(self, sensor: str, time_s: Seconds) -> list[Happening]:
        """Somebody says that a sensor was switched."""
        self.typed = True
        if sensor in self.on:
            return [self._off(sensor, time_s)]
        return [self._start(sensor, time_s)]

    def step(
        self,
        time_s: Seconds,
        leg: int,
        on_flight: bool,
        bounds: tuple[Metres, Metres] | None,
        away: bool,
    ) -> list[Happening]:
        """Take a point of the track: ``bounds`` of its height above ground, where known."""
        found = [] if self.typed else self._planned(time_s, leg, on_flight)
        for sensor, use in self.on.items():
            if not on_flight and use.within:
                use.within = False
                found.append(Happening("sensor-outside", time_s, {"sensor": sensor}))
            found += self._height(sensor, use, time_s, bounds, away)
        return found

    def all(self, time_s: Seconds) -> tuple[Use, ...]:
        """All uses, those that run ending now."""
        return (*self.done, *(_use(sensor, one, time_s) for sensor, one in self.on.items()))

    def restart(self) -> None:
        """The flight begins anew: what the plan switched on before was not on it."""
        if self.by_plan:
            self.done.clear()
            self.on.clear()

    def finish(self, time_s: Seconds) -> list[Happening]:
        return [self._off(sensor, time_s) for sensor in tuple(self.on)]

    def _planned(self, time_s: Seconds, leg: int, on_flight: bool) -> list[Happening]:
        if self.stated is not None:
            wanted = {s.sensor for s in self.stated if s.begun_s <= time_s < s.completed_s}
        else:
            wanted = set(self.course.legs[leg].sensors) if on_flight else set()
            if leg != self.leg:
                # A period of observation by the plan is one leg, as the audit has it.
                self._cut(time_s, wanted)
                self.leg = leg
        gone = [self._off(s, time_s) for s in tuple(self.on) if s not in wanted]
        new = [self._start(s, time_s) for s in sorted(wanted - self.on.keys())]
        return gone + new

    def _cut(self, time_s: Seconds, wanted: set[str]) -> None:
        for sensor in wanted & self.on.keys():
            one = self.on[sensor]
            self.done.append(_use(sensor, one, time_s))
            self.on[sensor] = _On(time_s, below=one.below)

    def _start(self, sensor: str, time_s: Seconds) -> Happening:
        self.on[sensor] = _On(time_s)
        facts = {"sensor": sensor, "by": "plan" if self.by_plan else "stated"}
        return Happening("sensor-on", time_s, facts)

    def _off(self, sensor: str, time_s: Seconds) -> Happening:
        self.done.append(_use(sensor, self.on.pop(sensor), time_s))
        return Happening("sensor-off", time_s, {"sensor": sensor})

    def _height(
        self,
        sensor: str,
        use: _On,
        time_s: Seconds,
        bounds: tuple[Metres, Metres] | None,
        away: bool,
    ) -> list[Happening]:
        if bounds is None:
            use.known = False
            return []
        use.low_m, use.high_m = min(use.low_m, bounds[0]), min(use.high_m, bounds[1])
        least = self.course.minimum_m.get(sensor)
        if least is None or use.below == (bounds[1] < least):
            return []
        use.below = bounds[1] < least
        facts = {"sensor": sensor, "height_m": bounds[1], "minimum_m": least}
        if not use.below:
            return [Happening("above-minimum", time_s, facts)]
        return [Happening("below-minimum-away" if away else "below-minimum", time_s, facts)]


def above_ground(fix: LiveFix, ground_m: Metres | None) -> tuple[Metres, Metres] | None:
    """Bounds of the height above ground; None where it cannot be told."""
    if ground_m is None or math.isnan(ground_m):
        return None
    if fix.height_m is not None:
        return fix.height_m - ground_m, fix.height_m - ground_m
    if fix.ellipsoid_m is not None:
        return fix.ellipsoid_m - ground_m - GEOID_HIGH_M, fix.ellipsoid_m - ground_m - GEOID_LOW_M
    return None


def _use(sensor: str, one: _On, time_s: Seconds) -> Use:
    known = one.known and math.isfinite(one.low_m)
    low, high = (one.low_m, one.high_m) if known else (None, None)
    return Use(sensor, one.begun_s, time_s, low, high, one.within)
