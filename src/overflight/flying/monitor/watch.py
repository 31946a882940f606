"""The monitor itself: told of positions, faults and keys, it says what follows from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from overflight.flying.monitor.away import AwayWatch
from overflight.flying.monitor.course import Course
from overflight.flying.monitor.happenings import SILENT_KINDS, Away, Happening, Use
from overflight.flying.monitor.intake import Fault, Intake, Point
from overflight.flying.monitor.place import Place
from overflight.flying.monitor.plane import apart_km
from overflight.flying.monitor.sensors import SensorWatch, above_ground
from overflight.terms.live_fix import LiveFix
from overflight.terms.track import SIMULATED, SensorTime, StatedDeviation
from overflight.units import Kilometres, Metres, Seconds

Ground = Callable[[float, float], Metres | None]
_SOON_KM = 10.0
_LATE_NOTE_S = 900.0
_AT_AIRFIELD_KM = 5.0


@dataclass(slots=True)
class Monitor:
    """One flight as it is flown. ``ground`` gives the terrain under a place, where it is known."""

    course: Course
    ground: Ground | None = None
    stated_sensors: Sequence[SensorTime] | None = None
    stated_deviations: Sequence[StatedDeviation] = ()
    marks: tuple[str, ...] = ()
    intake: Intake = field(init=False)
    place: Place = field(init=False)
    away: AwayWatch = field(init=False)
    sensors: SensorWatch = field(init=False)
    points: int = 0
    received: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    commenced_s: Seconds | None = None
    completed_s: Seconds | None = None
    bounds_m: tuple[Metres, Metres] | None = None
    noted: list[StatedDeviation] = field(default_factory=list)
    speed_km_h: float | None = None
    _noting: StatedDeviation | None = None
    _reached: int = 0
    _soon: int = -1
    _inside: set[str] = field(default_factory=set)
    _run: str = ""

    def __post_init__(self) -> None:
        self.intake = Intake(self.course.starts_s)
        self.place = Place(self.course)
        self.away = AwayWatch(self.course.beyond_km)
        self.sensors = SensorWatch(self.course, self.stated_sensors)

    # --- what it is told ----------------------------------------------------------------------

    def fix(
        self, fix: LiveFix, arrived_s: Seconds | None = None
    ) -> tuple[list[Point], list[Happening]]:
        """A position came in; which points of the track it makes, and what there is to say."""
        self.received += 1
        said = []
        if fix.simulated and SIMULATED not in self.marks:
            self.marks = (*self.marks, SIMULATED)
            said.append(Happening("marked", self.now_s, {"mark": SIMULATED}))
        stands = self._stands(fix)
        points, faults = self.intake.take(fix, self.received, arrived_s, rests=stands)
        for fault in faults:
            said += self._fault(fault, stood=stands)
        for point in points:
            self._run = ""
            said += self._point(point)
        return points, said

    def spoilt(self, kind: str) -> list[Happening]:
        """Bytes came that make no message."""
        return self._fault(Fault("spoilt", self.now_s), detail=kind)

    def no_position(self) -> list[Happening]:
        fault = self.intake.nothing()
        return [] if fault is None else self._fault(fault)

    def tick(self, now_s: Seconds) -> list[Happening]:
        """It is ``now_s`` by the clock of arrivals, and nothing came."""
        fault = self.intake.tick(now_s)
        return [] if fault is None else self._fault(fault)

    def switch(self, sensor: str) -> list[Happening]:
        """A key: the sensor was switched on or off."""
        return self.sensors.key(sensor, self.now_s)

    def note(self, cause: str, remark: str = "") -> list[Happening]:
        """A key: the ground of the deviation that is flown, or of the last one, or from now on."""
        now = self.away.now
        last = self.away.done[-1] if self.away.done else None
        if now is None and last is not None and self._late(last):
            self.noted.append(StatedDeviation(cause, last.begun_s, last.completed_s, remark))
        else:
            self.unnote()
            begun = self.now_s if now is None else now.begun_s
            self._noting = StatedDeviation(cause, begun, self.now_s, remark)
        return [Happening("noted", self.now_s, {"cause": cause})]

    def unnote(self) -> list[Happening]:
        """A key: the ground that was noted holds no longer."""
        if self._noting is None:
            return []
        self.noted.append(replace(self._noting, completed_s=self.now_s))
        cause, self._noting = self._noting.cause, None
        return [Happening("note-ended", self.now_s, {"cause": cause})]

    def finish(self) -> list[Happening]:
        """The stream is over, or somebody ended it."""
        said = self.away.finish(self.now_s) + self.unnote() + self.sensors.finish(self.now_s)
        if self.commenced_s is not None and self.completed_s is None:
            if self._at_the_end():
                self.completed_s = self.now_s
                said.append(Happening("completed", self.now_s))
            else:
                said.append(Happening("not-completed", self.now_s, {"leg": self.place.leg + 1}))
        return said

    # --- what it knows ------------------------------------------------------------------------

    @property
    def now_s(self) -> Seconds:
        last = self.intake.last
        return self.course.starts_s if last is None else last.time_s

    @property
    def on_flight(self) -> bool:
        return self.place.on_flight and self.commenced_s is not None and self.completed_s is None

    @property
    def noting(self) -> str:
        return "" if self._noting is None else self._noting.cause

    @property
    def deviations(self) -> tuple[StatedDeviation, ...]:
        """All that was stated of deviations so far."""
        running = [replace(self._noting, completed_s=self.now_s)] if self._noting else []
        return (*self.stated_deviations, *self.noted, *running)

    def excursions(self) -> tuple[Away, ...]:
        """Stretches off the plan, each with the ground stated for most of it."""
        return tuple(self._with_cause(one) for one in self.away.all())

    def uses(self) -> tuple[Use, ...]:
        return self.sensors.all(self.now_s)

    @property
    def shares(self) -> tuple[float, ...]:
        return tuple(self.place.share(k) for k in range(len(self.course.legs)))

    @property
    def added_km(self) -> Kilometres:
        return sum(max(one.added_km, 0.0) for one in self.away.all())

    @property
    def counted_km(self) -> Kilometres:
        """Flown over the observed territory, deviations not counted."""
        shares = zip(self.course.legs, self.shares, strict=True)
        return sum(leg.over_territory_km * share for leg, share in shares)

    # --- within -------------------------------------------------------------------------------

    def _at_the_end(self) -> bool:
        """Whether the last position lies as near to the last fix as what counts as on the plan."""
        here, end = self.place.last, self.course.fixes[-1][1]
        near = here is not None and apart_km(*here, end.lat, end.lon) <= self.course.tolerance_km
        return near and self.place.leg >= len(self.course.legs) - 1

    def _late(self, last: Away) -> bool:
        covered = self._with_cause(last).cause
        return not covered and self.now_s - last.completed_s <= _LATE_NOTE_S

    def _with_cause(self, one: Away) -> Away:
        def overlap(d: StatedDeviation) -> Seconds:
            return min(d.completed_s, one.completed_s) - max(d.begun_s, one.begun_s)

        best = max(self.deviations, key=overlap, default=None)
        return one if best is None or overlap(best) <= 0.0 else replace(one, cause=best.cause)

    def _stands(self, fix: LiveFix) -> bool:
        """Whether the fix lies at an airfield of the plan, where a flight may rest unseen."""
        stands = self.course.stands
        return any(apart_km(fix.lat, fix.lon, at.lat, at.lon) < _AT_AIRFIELD_KM for at in stands)

    def _fault(self, fault: Fault, detail: str = "", *, stood: bool = False) -> list[Happening]:
        if fault.kind == "back" and stood:
            fault = replace(fault, kind="rested")
        self.counts[fault.kind] = self.counts.get(fault.kind, 0) + 1
        if fault.kind in SILENT_KINDS:
            if self._run == fault.kind + detail:
                return []
            self._run = fault.kind + detail
        facts = {"amount": fault.amount, **({"detail": detail} if detail else {})}
        return [Happening(fault.kind, fault.time_s, facts)]

    def _point(self, point: Point) -> list[Happening]:
        self.points += 1
        fix, time_s = point.fix, point.time_s
        self._speed(fix)
        begun = self.place.step(fix.lat, fix.lon)
        said = []
        if begun or (self.commenced_s is None and self.place.on_flight):
            if begun:
                self.away.restart()
                self.sensors.restart()
                self._reached = 0
            if self.commenced_s is None:
                said.append(Happening("commenced", time_s))
            self.commenced_s = time_s
        if self.place.ended and self.completed_s is None:
            self.completed_s = time_s
            said += [*self.away.finish(time_s), *self._passed(time_s)]
            said.append(Happening("completed", time_s))
        elif self.on_flight:
            said += self._passed(time_s) + self.away.step(time_s, self.place) + self._near(time_s)
        said += self._hazards(point)
        ground = None if self.ground is None else self.ground(fix.lat, fix.lon)
        self.bounds_m = above_ground(fix, ground)
        leg = self.place.leg if self.on_flight else -1
        off = self.away.now is not None
        said += self.sensors.step(time_s, leg, self.on_flight, self.bounds_m, off)
        return said

    def _speed(self, fix: LiveFix) -> None:
        if fix.speed_km_h is not None:
            self.speed_km_h = fix.speed_km_h
            return
        steps = self.intake.steps
        if self.place.last is None or not steps or steps[-1] <= 0.0:
            return
        flown = apart_km(*self.place.last, fix.lat, fix.lon) / steps[-1] * 3600.0
        old = flown if self.speed_km_h is None else self.speed_km_h
        self.speed_km_h = old + 0.1 * (flown - old)

    def _passed(self, time_s: Seconds) -> list[Happening]:
        """Fixes that were passed since; legs of which less than half was flown."""
        said = []
        now = min(self.place.leg, len(self.course.legs))
        for k in range(self._reached, now):
            if self.place.skipped(k):
                said.append(Happening("leg-skipped", time_s, {"leg": k + 1}))
            if k + 1 < len(self.course.fixes) - 1:
                said.append(Happening("passed", time_s, {"fix": self.course.fixes[k + 1][0]}))
        self._reached = max(self._reached, now)
        return said

    def _near(self, time_s: Seconds) -> list[Happening]:
        k = self.place.nearest
        if k < 0 or k <= self._soon:
            return []
        left = self.course.legs[k].length_km - self.place.along_km
        if left > _SOON_KM:
            return []
        self._soon = k
        name = self.course.fixes[k + 1][0]
        return [Happening("approaching", time_s, {"fix": name, "left_km": left})]

    def _hazards(self, point: Point) -> list[Happening]:
        said = []
        for hazard in self.course.hazards:
            inside = hazard.holds(point.fix.lat, point.fix.lon)
            if inside != (hazard.id in self._inside):
                (self._inside.add if inside else self._inside.discard)(hazard.id)
                kind = "hazard" if inside else "hazard-left"
                facts = {"hazard": hazard.id, "type": hazard.kind, "handling": hazard.handling}
                said.append(Happening(kind, point.time_s, facts))
        return said

    @property
    def inside(self) -> tuple[str, ...]:
        """Hazardous airspace that the aircraft is in."""
        return tuple(sorted(self._inside))

    @property
    def height_known(self) -> bool:
        return self.bounds_m is not None and math.isfinite(self.bounds_m[0])
