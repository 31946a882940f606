"""A flight that was never flown: a plan's legs at a clock's rate, with attitude and exposures.

Everything here carries the mark SIMULATED. The same plan, options and seed give the same numbers.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from overflight.errors import TrackError
from overflight.flying.attitude import Unrest, bank_deg, smoothed, unrest
from overflight.flying.exposing import exposures, sensor_times
from overflight.flying.line import stage_line
from overflight.flying.timed import TimedLine, heights_at, timed
from overflight.geo.positions import Position
from overflight.performance.climb_descent import ASSUMED_RATES, VerticalRates
from overflight.performance.flyable import fly
from overflight.performance.handling import Handling
from overflight.performance.turns import TECHNIQUES
from overflight.performance.wind import CALM, WindField
from overflight.terms.flyability import Flyability
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.track import (
    MEAN_SEA_LEVEL,
    SIMULATED,
    FrameExposure,
    PlannedDeviation,
    SensorTime,
    StatedDeviation,
    Track,
)
from overflight.units import Kilometres, Metres, Seconds

Floats = NDArray[np.float64]

MOST_POINTS = 20_000_000
_KM_H = 3.6


@dataclass(frozen=True, slots=True)
class Curtailment:
    """The flight leaves its plan for good on leg ``leg``, ``at_km`` along it, for an airfield."""

    cause: str
    leg: int
    at_km: Kilometres
    airfield: str
    position: Position


@dataclass(frozen=True, slots=True)
class Options:
    """How to simulate. ``interval_s`` gives the time between exposures for each sensor by id.

    ``departs`` is when the flight commences, where the plan does not say (or in its place).
    ``fields_m`` are elevations of airfields by code; sea level where not given.
    """

    seed: int = 1
    rate_hz: float = 1.0
    unrest: Unrest = field(default_factory=Unrest)
    handling: Handling = field(default_factory=Handling)
    rates: VerticalRates = ASSUMED_RATES
    wind: WindField = CALM
    deviations: tuple[PlannedDeviation, ...] = ()
    curtailed: Curtailment | None = None
    interval_s: Mapping[str, Seconds] = field(default_factory=dict)
    departs: dt.datetime | None = None
    fields_m: Mapping[str, Metres] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedFlight:
    """Track, sensors' times, exposures, what was stated of deviations, and what was assumed.

    ``legs`` holds for each leg of the plan when it was begun and completed (seconds since 1970),
    None for a leg that was not flown to its end.
    """

    plan: MissionPlan
    track: Track
    sensors: tuple[SensorTime, ...]
    exposures: tuple[FrameExposure, ...]
    deviations: tuple[StatedDeviation, ...]
    legs: tuple[tuple[Seconds, Seconds] | None, ...]
    curtailed: str
    seed: int
    rate_hz: float
    assumptions: tuple[str, ...]


def simulate(plan: MissionPlan, options: Options | None = None) -> SimulatedFlight:
    """Fly ``plan`` from its first fix to its last; see ``Options``.

    Raises TrackError for options that do not fit the plan, PlanError or DataError where the plan
    cannot be flown at all.
    """
    options = options or Options()
    _check(plan, options)
    begin = options.departs or plan.times.commencement or plan.legs[0].departs
    if begin is None:
        raise TrackError(
            "the plan does not say when the flight commences",
            remedy="Give --departs, for instance 2021-05-19T07:00:00Z.",
        )
    path, landings, heights, cut = _route(plan, options)
    handling = replace(options.handling, technique=_technique(plan, options))
    fields = [options.fields_m.get(plan.fixes[i].airfield or "", 0.0) for i in landings[:-1]]
    last_field = options.curtailed.airfield if options.curtailed else plan.fixes[-1].airfield
    fields.append(options.fields_m.get(last_field or "", 0.0))
    flight = fly(
        path,
        landings,
        speed_km_h=plan.cruise_km_h,
        handling=handling,
        wind=options.wind,
        departs=None if options.wind is CALM else _departures(plan, len(path) - 1, begin),
        heights_m=heights,
        fields_m=fields,
        rates=options.rates,
    )
    clock, stages = begin.timestamp(), []
    for number, (first, last) in enumerate(pairwise(landings)):
        line = stage_line(path, first, last, flight, options.deviations)
        ends = (fields[number], fields[number + 1])
        stages.append(
            timed(
                line,
                heights,
                flight,
                (first, last),
                ends,
                clock,
                cruise=plan.cruise_km_h,
                rates=options.rates,
                wind=options.wind,
                deviations=options.deviations,
            )
        )
        clock = _leaves_again(plan, last, float(stages[-1].time_s[-1]))
    random = np.random.default_rng(options.seed)
    track = _joined([_sampled(plan, stage, options, random) for stage in stages])
    planned_legs = len(plan.legs) if cut is None else cut
    sensors = sensor_times(plan, stages, flight, planned_legs)
    return SimulatedFlight(
        plan=plan,
        track=track,
        sensors=sensors,
        exposures=exposures(sensors, stages, track, options.interval_s),
        deviations=_stated(stages, options, cut),
        legs=_leg_times(plan, stages, cut),
        curtailed=options.curtailed.cause if options.curtailed else "",
        seed=options.seed,
        rate_hz=options.rate_hz,
        assumptions=_assumptions(plan, flight, options, stages),
    )


def _check(plan: MissionPlan, options: Options) -> None:
    if not plan.legs:
        raise TrackError("the plan has no legs", remedy="Give a plan with a route.")
    if not (math.isfinite(options.rate_hz) and 0.01 <= options.rate_hz <= 1000.0):
        raise TrackError(
            f"a track at {options.rate_hz:g} Hz",
            remedy="Give a rate from 0.01 to 1000 points a second; 1 and 10 are usual.",
        )
    for one in options.deviations:
        if not 0 <= one.leg < len(plan.legs):
            raise TrackError(
                f"a deviation on leg {one.leg + 1} of a plan with {len(plan.legs)} legs",
                remedy=f"Give a leg from 1 to {len(plan.legs)}.",
            )
    known = {sensor.id for sensor in plan.sensors}
    for name, seconds in options.interval_s.items():
        if name not in known:
            raise TrackError(
                f"the plan uses no sensor {name!r}",
                remedy=f"Give one of: {', '.join(sorted(known)) or 'none are declared'}.",
            )
        if not (math.isfinite(seconds) and seconds > 0):
            raise TrackError(
                f"{seconds:g} s between exposures of {name}", remedy="Give a time above zero."
            )


def _technique(plan: MissionPlan, options: Options) -> str:
    return plan.turn_technique if plan.turn_technique in TECHNIQUES else options.handling.technique


def _route(
    plan: MissionPlan, options: Options
) -> tuple[list[Position], list[int], list[Metres], int | None]:
    """Path, landings, heights of legs, and the leg on which the plan is left (None: on none)."""
    path = list(plan.path)
    heights = [leg.height_agl_m if leg.altitude_m is None else leg.altitude_m for leg in plan.legs]
    landings = [i for i, fix in enumerate(plan.fixes) if fix.airfield is not None]
    landings = sorted({0, *landings, len(plan.legs)})
    cut = options.curtailed
    if cut is None:
        return path, landings, heights, None
    if not 0 <= cut.leg < len(plan.legs) or not 0 < cut.at_km < plan.legs[cut.leg].distance_km:
        raise TrackError(
            f"the flight cannot be curtailed {cut.at_km:g} km along leg {cut.leg + 1}",
            remedy=f"Give a leg from 1 to {len(plan.legs)} and a place within its length.",
        )
    from overflight.geo.geodesic import azimuth_deg, destination

    a, b = path[cut.leg], path[cut.leg + 1]
    point = destination(a, azimuth_deg(a, b), cut.at_km)
    path = [*path[: cut.leg + 1], point, cut.position]
    heights = [*heights[: cut.leg + 1], heights[cut.leg]]
    landings = [i for i in landings if i <= cut.leg] + [len(path) - 1]
    return path, landings, heights, cut.leg


def _departures(plan: MissionPlan, legs: int, begin: dt.datetime) -> list[dt.datetime]:
    stated = [leg.departs or begin for leg in plan.legs]
    return [stated[min(i, len(stated) - 1)] for i in range(legs)]


def _leaves_again(plan: MissionPlan, fix: int, arrived: Seconds) -> Seconds:
    """After a stop: when the plan says, but no sooner than the stop takes."""
    if fix >= len(plan.fixes):
        return arrived
    for stop in plan.stops:
        if stop.fix == plan.fixes[fix].id:
            stays = (stop.departs - stop.arrives).total_seconds()
            return max(stop.departs.timestamp(), arrived + stays)
    return arrived


def _sampled(
    plan: MissionPlan, stage: TimedLine, options: Options, random: np.random.Generator
) -> Track:
    """The stage at the clock's rate, at whole multiples of its step."""
    begin, end = float(stage.time_s[0]), float(stage.time_s[-1])
    step = 1.0 / options.rate_hz
    tick = math.ceil(round(begin * options.rate_hz, 6))
    count = max(math.floor(round(end * options.rate_hz, 6)) - tick, 0) + 1
    if count > MOST_POINTS:
        raise TrackError(
            f"{count:,} points at {options.rate_hz:g} Hz",
            remedy=f"Ask for a lower rate; at most {MOST_POINTS:,} points are made.",
        )
    time = np.clip((tick + np.arange(count)) / options.rate_hz, begin, end)
    lon = np.interp(time, stage.time_s, np.unwrap(stage.line.lon, period=360.0))
    heading = np.interp(time, stage.time_s, np.unwrap(stage.heading_deg, period=360.0))
    track = np.interp(time, stage.time_s, np.unwrap(stage.line.track_deg, period=360.0))
    flown = np.interp(time, stage.time_s, stage.line.flown_km)
    planned = np.interp(time, stage.time_s, stage.line.planned_km)
    height = heights_at(planned, stage.moves, stage.begins_m)
    height = height + np.interp(time, stage.time_s, stage.risen_m)
    width = max(1, round(options.handling.roll_seconds * options.rate_hz))
    if count > 1:
        speed = np.gradient(flown, step) * 1000.0
        turning = smoothed(np.radians(np.gradient(track, step)), width)
        climbing = smoothed(np.gradient(height, step), width)
    else:
        speed, turning, climbing = np.ones(1), np.zeros(1), np.zeros(1)
    roll, pitch, yaw = unrest(count, step, options.unrest, random)
    return Track(
        time_s=np.round(time, 6),
        lat=np.interp(time, stage.time_s, stage.line.lat),
        lon=np.asarray((lon + 180.0) % 360.0 - 180.0),
        height_m=height,
        roll_deg=bank_deg(speed, turning) + roll,
        pitch_deg=np.degrees(np.arctan2(climbing, np.maximum(speed, 1.0))) + pitch,
        heading_deg=np.asarray((heading + yaw) % 360.0),
        datum=MEAN_SEA_LEVEL,
        source=f"simulation of the plan {plan.observing} over {plan.observed}",
        marks=tuple(dict.fromkeys((*plan.marks, SIMULATED))),
    )


def _joined(parts: Sequence[Track]) -> Track:
    names = ("time_s", "lat", "lon", "height_m", "roll_deg", "pitch_deg", "heading_deg")
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Track(**arrays, datum=parts[0].datum, source=parts[0].source, marks=parts[0].marks)


def _stated(
    stages: Sequence[TimedLine], options: Options, cut: int | None
) -> tuple[StatedDeviation, ...]:
    found = []
    for stage in stages:
        for number in np.unique(stage.line.deviation[stage.line.deviation >= 0]):
            on = stage.time_s[stage.line.deviation == number]
            cause = options.deviations[number].cause
            found.append(StatedDeviation(cause, round(float(on[0]), 3), round(float(on[-1]), 3)))
    if cut is not None and options.curtailed is not None:
        last = stages[-1]
        away = last.time_s[last.line.leg > cut]
        found.append(
            StatedDeviation(
                options.curtailed.cause,
                round(float(away[0]), 3),
                round(float(away[-1]), 3),
                note=f"curtailed; direct to {options.curtailed.airfield}",
            )
        )
    return tuple(found)


def _leg_times(
    plan: MissionPlan, stages: Sequence[TimedLine], cut: int | None
) -> tuple[tuple[Seconds, Seconds] | None, ...]:
    times: list[tuple[Seconds, Seconds] | None] = [None] * len(plan.legs)
    for stage in stages:
        for leg in np.unique(stage.line.leg):
            if leg < len(plan.legs) and (cut is None or leg < cut):
                on = stage.time_s[stage.line.leg == leg]
                times[leg] = (round(float(on[0]), 3), round(float(on[-1]), 3))
    return tuple(times)


def _assumptions(
    plan: MissionPlan, flight: Flyability, options: Options, stages: Sequence[TimedLine]
) -> tuple[str, ...]:
    said = [*flight.assumptions, options.unrest.sentence()]
    if any(leg.altitude_m is None for leg in plan.legs):
        said.append(
            "Where the plan gives no altitude, a leg is flown at its height above ground as if "
            "over the sea."
        )
    said.append("No angle of attack: the pitch is that of the flight path, with unrest.")
    for stage in stages:
        for fix, scale in sorted(stage.line.tightened.items()):
            said.append(
                f"The turn at fix {plan.fixes[fix].id if fix < len(plan.fixes) else fix} is flown "
                f"at {scale:.0%} of its radius, for want of room."
            )
    return tuple(dict.fromkeys(said))
