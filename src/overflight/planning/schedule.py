"""When what happens: from arrival at the point of entry to the last landing, UTC.

A treaty sets the outer clocks (a plan some hours before the start, everything within so many
hours of arrival); the rest is our assumption, written down in ``Assumptions`` and in the plan.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from overflight.performance.capability import flying_hours
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

    def after_rest(self, landed: Hours) -> Hours:
        """When flying goes on after a rest that begins at ``landed``; hours from the start."""
        ready = landed + max(self.rest, self.refuelling)
        return 24.0 * math.ceil(ready / 24.0 - 1e-9)

    def sentences(self) -> tuple[str, ...]:
        """What is taken for granted, for the plan's list of assumptions."""
        return (
            f"Times are ours: arrival at the point of entry {self.arrival_days_before} days "
            f"before at {self.arrival:%H:%M}Z, the mission plan {self.submitted_before:g} hours "
            f"before the start, the start at {self.commencement:%H:%M}Z.",
            f"A stop to refuel takes {self.refuelling:g} hours; a day's flying, stops included, "
            f"at most {self.flying_day:g} hours, then {self.rest:g} hours of rest or more, until "
            f"{self.commencement:%H:%M}Z.",
            "Still air, cruise speed from fix to fix; turns and climbs take neither time nor "
            "distance.",
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
) -> Timetable:
    """Times of a flight whose stages have legs of the given lengths. Whole seconds."""
    start = assumptions.commences(on)
    hours = [flying_hours(math.fsum(stage), cruise) for stage in stages]
    departs: list[dt.datetime] = []
    arrives: list[dt.datetime] = []
    landings: list[Landing] = []
    clock = day_began = 0.0
    for index, stage in enumerate(stages):
        for length in stage:
            departs.append(_at(start, clock))
            clock += flying_hours(length, cruise)
            arrives.append(_at(start, clock))
        if index + 1 < len(stages):
            landed, purpose = clock, "refuelling"
            clock += assumptions.refuelling
            if clock + hours[index + 1] - day_began > assumptions.flying_day:
                purpose, clock = "rest", assumptions.after_rest(landed)
                day_began = clock
            landings.append(Landing(len(arrives), purpose, _at(start, landed), _at(start, clock)))
    times = PlanTimes(
        arrival_at_point_of_entry=assumptions.arrives(on),
        submitted=assumptions.submitted(on),
        commencement=start,
        completion=arrives[-1] if arrives else start,
    )
    return Timetable(tuple(departs), tuple(arrives), tuple(landings), times)


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
