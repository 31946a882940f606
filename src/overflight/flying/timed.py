"""When a flight is where on its line: speeds in the wind, climbs and descents, heights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import TrackError
from overflight.flying.line import Line
from overflight.performance.climb_descent import Change, VerticalRates, changes
from overflight.performance.wind import WindField, ground_speeds
from overflight.terms.flyability import Flyability
from overflight.terms.track import PlannedDeviation
from overflight.units import KilometresPerHour, Metres, Seconds

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TimedLine:
    """A stage's line with the time and heading at each node, and what makes its height."""

    line: Line
    time_s: Floats
    heading_deg: Floats
    risen_m: Floats
    moves: tuple[Change, ...]
    begins_m: Metres


def timed(
    line: Line,
    heights: Sequence[Metres],
    flight: Flyability,
    legs: tuple[int, int],
    ends: tuple[Metres, Metres],
    begins: Seconds,
    *,
    cruise: KilometresPerHour,
    rates: VerticalRates,
    wind: WindField,
    deviations: Sequence[PlannedDeviation],
) -> TimedLine:
    """A stage that begins at ``begins`` (seconds since 1970), between airfields at ``ends``.

    ``heights`` are those of all legs of the flight, ``legs`` the first of the stage and the one
    after its last. Raises TrackError for a stage too short for its climb and descent.
    """
    first, last = legs
    lengths = [leg.distance_km for leg in flight.legs[first:last]]
    speeds = [leg.ground_speed_km_h for leg in flight.legs[first:last]]
    moves = changes(lengths, heights[first:last], cruise, rates, speeds, *ends)
    total = math.fsum(lengths)
    if any(move.from_km < -1e-6 or move.to_km > total + 1e-6 for move in moves):
        raise TrackError(
            f"the stage over legs {first + 1} to {last} is too short to climb to its height and "
            "come down again",
            remedy="Plan it lower, or give faster rates of climb and descent.",
        )
    height = heights_at(line.planned_km, moves, ends[0])
    vertical = _vertical(line.planned_km, moves)
    risen = _risen(line, deviations)
    airspeed = np.where(vertical, cruise * rates.speed_fraction, cruise)
    rough = begins + np.append(0.0, np.cumsum(np.diff(line.flown_km) / cruise * 3600.0))
    when = np.round(rough).astype("datetime64[s]")
    u, v = wind.at(line.lat, line.lon, height + risen, when)
    towards = np.radians(line.track_deg)
    ground = np.empty(len(height))
    for speed in np.unique(airspeed):
        chosen = airspeed == speed
        ground[chosen] = ground_speeds(float(speed), towards[chosen], u[chosen], v[chosen])
    mean = 2.0 / (1.0 / ground[1:] + 1.0 / ground[:-1])
    time = begins + np.append(0.0, np.cumsum(np.diff(line.flown_km) / mean * 3600.0))
    across = u * np.cos(towards) - v * np.sin(towards)
    drift = np.degrees(np.arcsin(np.clip(across / airspeed, -1.0, 1.0)))
    heading = np.asarray((line.track_deg - drift) % 360.0)
    return TimedLine(line, time, heading, risen, moves, ends[0])


def heights_at(at_km: Floats, moves: Sequence[Change], begins: Metres) -> Floats:
    """Heights, m, at distances along a stage that begins at the height ``begins``."""
    height = np.full(len(at_km), begins)
    for move in moves:
        part = (at_km - move.from_km) / max(move.to_km - move.from_km, 1e-9)
        height = height + move.rise_m * np.clip(part, 0.0, 1.0)
    return height


def _vertical(at_km: Floats, moves: Sequence[Change]) -> NDArray[np.bool_]:
    inside = np.zeros(len(at_km), dtype=bool)
    for move in moves:
        inside |= (at_km >= move.from_km) & (at_km < move.to_km)
    return inside


def _risen(line: Line, deviations: Sequence[PlannedDeviation]) -> Floats:
    rises = np.array([*(one.rise_m for one in deviations), 0.0])
    return np.asarray(rises[line.deviation] * line.share)
