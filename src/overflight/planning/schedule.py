"""When what happens: from arrival at the point of entry to the last landing, UTC.

A treaty sets the outer clocks (a plan some hours before the start, everything within so many
hours of arrival); the rest is our assumption, written down in ``Assumptions`` and in the plan.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from overflight.performance.capability import flying_hours
from overflight.planning.problem import Pace
from overflight.terms.mission_plan import PlanTimes
from overflight.units import Hours, Kilometres, KilometresPerHour


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a timetable takes for granted.

    ``arrival`` is the clock time, UTC, ``arrival_days_before`` the flight's day at which the
    observing side arrives at the point of entry; ``commencement`` that of the start.
    ``submitted_before`` hours before the start the mission plan is handed over. A stop to refuel
    takes ``refuelling`` hours. From the first take-off of a day to its last landing at most
    ``flying_day`` hours pass, then at least ``rest`` hours on the ground (refuelling included);
    the next day's flying begins no earlier in the day than the first's. The flight is over within
    ``window`` hours of arrival.
    """

    arrival_days_before: int = 2
    arrival: dt.time = dt.time(9, 0)
    commencement: dt.time = dt.time(6, 0)
    submitted_before: Hours = 25.0
    refuelling: Hours = 1.5
    flying_day: Hours = 10.0
    rest: Hours = 12.0
    window: Hours = 96.0

    def arrives(self, on: dt.date) -> dt.datetime:
        day = on - dt.timedelta(days=self.arrival_days_before)
        return dt.datetime.combine(day, self.arrival, tzinfo=dt.UTC)

    def commences(self, on: dt.date) -> dt.datetime:
        return dt.datetime.combine(on, self.commencement, tzinfo=dt.UTC)

    def submitted(self, on: dt.date) -> dt.datetime:
        return self.commences(on) - dt.timedelta(hours=self.submitted_before)

    def hours_for_flight(self, on: dt.date) -> Hours:
        """From the start to the end of the window, hours; negative when it is over by then."""
        end = self.arrives(on) + dt.timedelta(hours=self.window)
        return (end - self.commences(on)).total_seconds() / 3600.0

    def starts(self, on: dt.date, hours: Hours = 0.0) -> tuple[Hours, Hours]:
        """Earliest and latest start of a flight of ``hours``, in hours after ``commencement``.

        On the flight's day, with the mission plan handed over after arrival, and over within the
        window. The latest may come before the earliest: then none will do.
        """
        usual = self.commences(on)
        midnight = dt.datetime.combine(on, dt.time(), tzinfo=dt.UTC)
        earliest = max(midnight, self.arrives(on) + dt.timedelta(hours=self.submitted_before))
        latest = midnight + dt.timedelta(hours=24) - dt.timedelta(minutes=1)
        return (
            min(0.0, (earliest - usual).total_seconds() / 3600.0),
            min((latest - usual).total_seconds() / 3600.0, self.hours_for_flight(on) - hours),
        )

    def beginning(self, later: Hours) -> Assumptions:
        """The same with a start on the same day, ``later`` hours after the usual one."""
        usual = dt.datetime.combine(dt.date(2000, 1, 1), self.commencement)
        moved = usual + dt.timedelta(seconds=round(later * 3600.0))
        return replace(self, commencement=moved.time())

    def after_rest(self, landed: Hours) -> Hours:
        """When flying goes on after a rest that begins at ``landed``; hours from the start."""
        ready = landed + max(self.rest, self.refuelling)
        return 24.0 * math.ceil(ready / 24.0 - 1e-9)

    def sentences(self, *, flown: bool = False) -> tuple[str, ...]:
        """What is taken for granted, for the plan's list of assumptions.

        ``flown``: the times are those of legs as they are flown, not of still air.
        """
        return (
            f"Times are ours: arrival at the point of entry {self.arrival_days_before} days "
            f"before at {self.arrival:%H:%M}Z, the mission plan {self.submitted_before:g} hours "
            f"before the start, the start at {self.commencement:%H:%M}Z.",
            f"A stop to refuel takes {self.refuelling:g} hours; a day's flying, stops included, "
            f"at most {self.flying_day:g} hours, then {self.rest:g} hours of rest or more, until "
            f"{self.commencement:%H:%M}Z.",
            "Times are those of the legs as flown: they count the wind, turns, climbs and descents."
            if flown
            else "Times are those of still air and cruise speed from fix to fix; turns, climbs and "
            "descents are left out of them.",
        )


@dataclass(frozen=True, slots=True)
class Landing:
    """A stop between start and end: index into the path, purpose, and when."""

    at: int
    purpose: str
    arrives: dt.datetime
    departs: dt.datetime


@dataclass(frozen=True, slots=True)
class Timetable:
    """``departs[i]`` and ``arrives[i]`` of leg i, the stops, and the plan's instants."""

    departs: tuple[dt.datetime, ...]
    arrives: tuple[dt.datetime, ...]
    landings: tuple[Landing, ...]
    times: PlanTimes

    def within(self, hours: Hours) -> bool:
        """Whether the flight is over ``hours`` after arrival at the point of entry."""
        arrival, over = self.times.arrival_at_point_of_entry, self.times.completion
        return arrival is None or over is None or over - arrival <= dt.timedelta(hours=hours)


def timetable(
    stages: Sequence[Sequence[Kilometres]],
    cruise: KilometresPerHour,
    on: dt.date,
    assumptions: Assumptions,
    leg_hours: Sequence[Sequence[Hours]] | None = None,
) -> Timetable:
    """Times of a flight whose stages have legs of the given lengths. Whole seconds.

    ``leg_hours`` are the hours of the same legs where they are not those of still air at cruise
    speed: wind, turns and climbs counted.
    """
    start = assumptions.commences(on)
    if leg_hours is None:
        hours = _hours(stages, cruise, assumptions)
    else:
        hours = _clocked(leg_hours, [math.fsum(stage) for stage in leg_hours], assumptions)
    departs = [_at(start, hour) for hour in hours.departs]
    arrives = [_at(start, hour) for hour in hours.arrives]
    landings = [
        Landing(at, purpose, arrives[at - 1], departs[at]) for at, purpose in hours.landings
    ]
    times = PlanTimes(
        arrival_at_point_of_entry=assumptions.arrives(on),
        submitted=assumptions.submitted(on),
        commencement=start,
        completion=arrives[-1] if arrives else start,
    )
    return Timetable(tuple(departs), tuple(arrives), tuple(landings), times)


@dataclass(frozen=True, slots=True)
class FlightClock:
    """When legs are flown, in hours after the usual start: a ``problem.Clock``."""

    cruise: KilometresPerHour
    on: dt.date
    assumptions: Assumptions

    def hours(self, stages: Sequence[Sequence[Kilometres]], /) -> tuple[list[Hours], list[Hours]]:
        found = _hours(stages, self.cruise, self.assumptions)
        return found.departs, found.arrives

    def starts(self, hours: Hours, /) -> tuple[Hours, Hours]:
        return self.assumptions.starts(self.on, hours)

    def over(self) -> Hours:
        return self.assumptions.hours_for_flight(self.on)

    def pace(self) -> Pace:
        usual = self.assumptions
        rest = max(usual.rest, usual.refuelling)
        return Pace(self.cruise, usual.refuelling, usual.flying_day, rest)

    def hour_of(self, moment: dt.datetime | None, otherwise: Hours) -> Hours:
        """A moment in hours after the usual start; ``otherwise`` for None."""
        if moment is None:
            return otherwise
        return (moment - self.assumptions.commences(self.on)).total_seconds() / 3600.0


@dataclass(frozen=True, slots=True)
class _Hours:
    """Hours from the start: of each leg, and where it lands (index into the path) and why."""

    departs: list[Hours]
    arrives: list[Hours]
    landings: list[tuple[int, str]]


def _hours(
    stages: Sequence[Sequence[Kilometres]], cruise: KilometresPerHour, assumptions: Assumptions
) -> _Hours:
    hours = [flying_hours(math.fsum(stage), cruise) for stage in stages]
    return _clocked([[flying_hours(km, cruise) for km in s] for s in stages], hours, assumptions)


def _clocked(
    stages: Sequence[Sequence[Hours]], hours: Sequence[Hours], assumptions: Assumptions
) -> _Hours:
    """Legs of the given hours one after the other; ``hours`` are those of whole stages."""
    found = _Hours([], [], [])
    clock = day_began = 0.0
    for index, stage in enumerate(stages):
        for flown in stage:
            found.departs.append(clock)
            clock += flown
            found.arrives.append(clock)
        if index + 1 < len(stages):
            landed, purpose = clock, "refuelling"
            clock += assumptions.refuelling
            if clock + hours[index + 1] - day_began > assumptions.flying_day:
                purpose, clock = "rest", assumptions.after_rest(landed)
                day_began = clock
            found.landings.append((len(found.arrives), purpose))
    return found


def flyable_km(
    stage_km: Kilometres, cruise: KilometresPerHour, on: dt.date, assumptions: Assumptions
) -> Kilometres:
    """What full stages of ``stage_km`` with the stops between them come to within the window, km.

    Shorter stages mean more stops and less distance, so this is an upper bound.
    """
    left = assumptions.hours_for_flight(on)
    stage_hours = flying_hours(stage_km, cruise)
    flown = clock = day_began = 0.0
    while left - clock > 0:
        hours = min(stage_hours, left - clock)
        flown, clock = flown + hours * cruise, clock + hours
        if clock + assumptions.refuelling + stage_hours - day_began > assumptions.flying_day:
            clock = assumptions.after_rest(clock)
            day_began = clock
        else:
            clock += assumptions.refuelling
    return flown


def _at(start: dt.datetime, hours: Hours) -> dt.datetime:
    return start + dt.timedelta(seconds=round(hours * 3600.0))
