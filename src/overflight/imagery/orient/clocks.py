"""How far the camera's clock is off the track's: found where both tell the same places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from overflight.errors import TrackError
from overflight.geo.earth_fixed import north_east_down, to_earth_fixed
from overflight.terms.frames import Floats
from overflight.terms.track import Track
from overflight.units import Metres, Seconds

_STUDENT = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)
"""Two-sided 95 per cent points of Student's t for 1, 2, ... degrees of freedom; 1.96 in the end."""
_REFINED = 40
_MOST_TRIED = 400_000


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """Where a frame was taken, as its metadata or its control tells: by its own clock."""

    frame: str
    time_s: Seconds
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class TimeOffset:
    """``seconds`` to add to the frames' times so that they are the track's; 95 per cent between
    ``low`` and ``high``. ``residual_m`` is the root-mean-square distance that remains, ``shift_m``
    the steady one (north, east) that was found with it, (0, 0) where none was asked for."""

    seconds: Seconds
    low: Seconds
    high: Seconds
    residual_m: Metres
    frames: int
    shift_m: tuple[Metres, Metres] = (0.0, 0.0)


def time_offset(
    track: Track,
    places: Sequence[KnownPlace],
    *,
    most_s: Seconds = 120.0,
    shifted: bool = True,
    widest_s: Seconds = 1.0,
) -> TimeOffset:
    """The offset, within ``most_s`` either way, at which frames lie nearest to the track.

    Horizontal distances only: heights of the two seldom count from the same. ``shifted``: the two
    may also be apart by a steady distance (datums, a receiver's bias), which is found too; on a
    straight flight at one speed that cannot be told from an offset, and the answer is a
    TrackError, as it is where the interval is wider than ``widest_s`` each way, where two offsets
    fit alike, and where the track does not cover the times.
    """
    needed = 3 if shifted else 2
    if len(places) < needed:
        raise TrackError(
            f"{len(places)} frames with a place do not tell the offset of a clock",
            remedy=f"Give {needed} or more, better ten from different legs.",
        )
    times = np.array([p.time_s for p in places])
    span = (float(track.time_s[0] - times.min()), float(track.time_s[-1] - times.max()))
    low, high = max(-most_s, span[0]), min(most_s, span[1])
    if low > high:
        raise TrackError(
            f"with no offset within {most_s:g} s does the track cover all frames: it would take "
            f"{span[0] if span[0] > most_s else span[1]:.1f} s",
            remedy="Give the whole track, frames of this flight only, or a larger search.",
        )
    line, seen = _local(track, places)
    offsets = np.arange(low, high + 1e-9, max((high - low) * len(times) / _MOST_TRIED, 0.1))
    costs = np.array([_cost(track, line, seen, times + o, shifted) for o in offsets])
    best = int(costs.argmin())
    step = float(offsets[1] - offsets[0]) if len(offsets) > 1 else 0.1
    seconds = _refined(
        lambda o: _cost(track, line, seen, times + o, shifted),
        max(low, float(offsets[best]) - step), min(high, float(offsets[best]) + step),
    )  # fmt: skip
    at = _at(track, line, times + seconds)
    off = seen - at
    shift = off.mean(axis=0) if shifted else np.zeros(2)
    spare = 2 * len(times) - (3 if shifted else 1)
    variance = float(np.sum((off - shift) ** 2)) / spare
    speed = _at(track, line, times + seconds + 0.5) - _at(track, line, times + seconds - 0.5)
    told = speed - speed.mean(axis=0) if shifted else speed
    information = float(np.sum(told**2))
    moving = float(np.sum(speed**2))
    floor = max(variance, 1e-4)
    half = _student(spare) * np.sqrt(floor / information) if information > 0 else np.inf
    steady = shifted and information < 1e-3 * moving
    if steady or not half <= widest_s:
        raise TrackError(
            "the offset of the clock cannot be told from a steady distance: all frames were taken "
            "on one straight line at one speed"
            if steady
            else f"the offset of the clock is {seconds:.2f} s give or take {half:.2f} s, which is "
            "not good enough",
            remedy="Give frames from legs in different directions, better known places, or the "
            "offset itself with --time-offset.",
        )
    limit = costs[best] + 4.0 * floor
    rivals = offsets[(costs <= limit) & (np.abs(offsets - seconds) > max(3.0 * half, 2.0 * step))]
    if len(rivals):
        raise TrackError(
            f"offsets of {seconds:.1f} s and {float(rivals[0]):.1f} s fit alike",
            remedy="Give more frames with places, or the offset itself with --time-offset.",
        )
    return TimeOffset(
        seconds, seconds - float(half), seconds + float(half),
        float(np.sqrt(np.mean(np.sum((off - shift) ** 2, axis=1)))), len(times),
        (float(shift[0]), float(shift[1])),
    )  # fmt: skip


def _local(track: Track, places: Sequence[KnownPlace]) -> tuple[Floats, Floats]:
    """North and east of the first place, metres, of the track's points and of the frames."""
    lat, lon = places[0].lat, places[0].lon
    ground = north_east_down(lat, lon)[:2]
    start = to_earth_fixed(lat, lon, 0.0)
    line = (to_earth_fixed(track.lat, track.lon, np.zeros(len(track))) - start) @ ground.T
    own = to_earth_fixed([p.lat for p in places], [p.lon for p in places], 0.0)
    return line, (own - start) @ ground.T


def _at(track: Track, line: Floats, moments: Floats) -> Floats:
    return np.column_stack([np.interp(moments, track.time_s, line[:, k]) for k in (0, 1)])


def _cost(track: Track, line: Floats, seen: Floats, moments: Floats, shifted: bool) -> float:
    off = seen - _at(track, line, moments)
    if shifted:
        off = off - off.mean(axis=0)
    return float(np.sum(off**2))


def _refined(cost: object, low: float, high: float) -> float:
    """Golden section."""
    assert callable(cost)
    golden = (np.sqrt(5.0) - 1.0) / 2.0
    for _ in range(_REFINED):
        a, b = high - golden * (high - low), low + golden * (high - low)
        if cost(a) < cost(b):
            high = b
        else:
            low = a
    return float((low + high) / 2.0)


def _student(freedom: int) -> float:
    return _STUDENT[freedom - 1] if freedom <= len(_STUDENT) else 1.96
