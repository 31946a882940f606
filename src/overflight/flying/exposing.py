"""When sensors work on a flight, when they expose, and from where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from overflight.errors import TrackError
from overflight.flying.timed import TimedLine
from overflight.terms.flyability import Flyability
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.track import FrameExposure, SensorTime, Track
from overflight.units import Seconds

Floats = NDArray[np.float64]


def sensor_times(
    plan: MissionPlan, stages: Sequence[TimedLine], flight: Flyability, planned: int
) -> tuple[SensorTime, ...]:
    """Each sensor along each leg that lets it, while wings are level and the height is reached."""
    found = []
    for stage in stages:
        for leg in np.unique(stage.line.leg):
            if leg >= planned or not plan.legs[leg].sensors:
                continue
            low, high = flight.legs[leg].shows_km
            if high - low < 1e-6:
                continue
            on = np.flatnonzero(stage.line.leg == leg)
            begun, done = np.interp([low, high], stage.line.along_km[on], stage.time_s[on])
            for sensor in plan.legs[leg].sensors:
                found.append(SensorTime(sensor, round(float(begun), 3), round(float(done), 3)))
    return tuple(found)


def exposures(
    times: Sequence[SensorTime],
    stages: Sequence[TimedLine],
    track: Track,
    interval_s: Mapping[str, Seconds],
) -> tuple[FrameExposure, ...]:
    """One exposure every ``interval_s`` of each sensor named there, numbered by sensor from 1."""
    node_time = np.concatenate([stage.time_s for stage in stages])
    node_leg = np.concatenate([stage.line.leg for stage in stages])
    names: list[str] = []
    numbers: list[int] = []
    when: list[Floats] = [np.zeros(0)]
    taken: dict[str, int] = {}
    for one in times:
        step = interval_s.get(one.sensor)
        if step is None:
            continue
        count = math.floor((one.completed_s - one.begun_s) / step) + 1
        first = taken.get(one.sensor, 0)
        taken[one.sensor] = first + count
        names += [one.sensor] * count
        numbers += range(first + 1, first + count + 1)
        when.append(np.round(one.begun_s + np.arange(count) * step, 6))
    moments = np.concatenate(when)
    leg = node_leg[np.clip(np.searchsorted(node_time, moments), 0, len(node_leg) - 1)].tolist()
    columns = [column.tolist() for column in at_times(track, moments)]
    found = [
        FrameExposure(name, number, at, lat, lon, height, roll, pitch, heading, on)
        for name, number, at, lat, lon, height, roll, pitch, heading, on in zip(
            names, numbers, *columns, leg, strict=True
        )
    ]
    found.sort(key=lambda each: (each.time_s, each.sensor))
    return tuple(found)


def at_times(track: Track, moments: Floats) -> tuple[Floats, ...]:
    """Time, lat, lon, height, roll, pitch and heading at m moments, between the track's points.

    Linear; longitudes and headings the short way round. Raises TrackError for a moment outside.
    """
    if len(moments) and (moments.min() < track.time_s[0] or moments.max() > track.time_s[-1] + 1.0):
        raise TrackError(
            "a moment lies outside the track's time",
            remedy="Give a track that covers it; look at the clocks of both.",
        )

    def at(values: Floats) -> Floats:
        return np.asarray(np.interp(moments, track.time_s, values))

    lon = at(np.unwrap(track.lon, period=360.0))
    return (
        moments,
        at(track.lat),
        np.asarray((lon + 180.0) % 360.0 - 180.0),
        at(track.height_m),
        at(track.roll_deg),
        at(track.pitch_deg),
        np.asarray(at(np.unwrap(track.heading_deg, period=360.0)) % 360.0),
    )
