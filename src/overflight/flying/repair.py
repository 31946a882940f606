"""A recorded track made fit to be held against a plan, and what had to be done to it.

What can be put right without guessing is: points that come twice, positions that a receiver
repeated, single points out of order, single points that jump away and back. What cannot be is
refused with the lines: a time that goes back for good, a place that is left for good faster than
anything flies, two places at one time. Gaps are listed, never filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import TrackError
from overflight.flying.kernels import in_rising_order, jumps, steps_km
from overflight.formats.tracks.recorded import RecordedTrack
from overflight.terms.track import Track
from overflight.units import KilometresPerHour, Seconds

FASTEST_KM_H: KilometresPerHour = 1200.0
"""Over the ground; ours: no observation aircraft comes near it, with any wind."""
GAP_S: Seconds = 30.0
"""Longer than this without a point is a gap; ours."""
NAMED = 5
_SAME_PLACE_DEG = 1e-9
_JUMP_POINTS = 20
_NEAR_KM = 0.5


@dataclass(frozen=True, slots=True)
class Repair:
    """One kind of mending: what was done to how many points, and where the first of them stood."""

    kind: str
    count: int
    places: tuple[str, ...]

    def sentence(self) -> str:
        words = _DONE[self.kind]
        places = ", ".join(self.places)
        more = f" and {self.count - len(self.places)} more" if self.count > len(self.places) else ""
        return f"{self.count} {words}: {places}{more}."


_DONE = {
    "twice": "points that stand twice were taken once",
    "repeated": "points repeat the position before them at a later time and were left out",
    "order": "points stood out of order and were put where their time says",
    "jump": "points jump away and back and were left out",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without points, between two places of the file."""

    begun_s: Seconds
    completed_s: Seconds
    places: tuple[str, str]

    @property
    def seconds(self) -> Seconds:
        return self.completed_s - self.begun_s


@dataclass(frozen=True, slots=True, eq=False)
class RepairedTrack:
    """The track in the order of time, the line of each point, what was done, and the gaps."""

    track: Track
    line: NDArray[np.int64]
    repairs: tuple[Repair, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]


def repair(
    recorded: RecordedTrack,
    *,
    strict: bool = False,
    fastest_km_h: KilometresPerHour = FASTEST_KM_H,
    gap_s: Seconds = GAP_S,
) -> RepairedTrack:
    """Mend what can be mended; with ``strict`` refuse whatever would have to be.

    Raises TrackError, with the lines, for what cannot be mended.
    """
    track, line = recorded.track, recorded.line
    done: list[Repair] = []

    def note(kind: str, which: NDArray[np.int64]) -> None:
        if len(which) == 0:
            return
        places = tuple(f"{recorded.unit} {n}" for n in which[:NAMED].tolist())
        one = Repair(kind, len(which), places)
        if strict:
            raise TrackError(
                f"{recorded.file}: {one.sentence()[:-1]}, were it not for --strict",
                remedy="Mend the file, or leave out --strict and read what is done.",
            )
        done.append(one)

    order, moved = _in_order(recorded)
    note("order", line[moved])
    if len(moved):
        track, line = track.taken(order), line[order]
    same_time = np.append(False, np.diff(track.time_s) == 0.0)
    same_place = np.append(False, _same_place(track))
    _refuse_two_places(recorded, track, line, same_time & ~same_place)
    note("twice", line[same_time])
    keep = ~same_time
    track, line = track.taken(keep), line[keep]
    stale = _stale(track)
    note("repeated", line[stale])
    track, line = track.taken(~stale), line[~stale]
    away = jumps(track.time_s, track.lat, track.lon, fastest_km_h, _JUMP_POINTS, _NEAR_KM)
    if (away == 2).any():
        i = int(np.argmax(away == 2))
        raise TrackError(
            f"{recorded.file}: between {recorded.unit} {line[i - 1]} and {recorded.unit} "
            f"{line[i]} the aircraft would have flown faster than {fastest_km_h:g} km/h, and it "
            "does not come back",
            remedy="Take the wrong part out, or give the two parts as two tracks; --fastest KM_H "
            "sets what is believed.",
        )
    note("jump", line[away == 1])
    keep = away == 0
    track, line = track.taken(keep), line[keep]
    if len(track) < 2:
        raise TrackError(
            f"{recorded.file}: {len(track)} points are left",
            remedy="Give a track of two points or more.",
        )
    return RepairedTrack(
        track, line, tuple(done), _gaps(track, line, recorded.unit, gap_s), recorded.notes
    )


def _in_order(recorded: RecordedTrack) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The order of time, and the indices of the fewest points without which all were in order.

    Raises TrackError where more than one point in ten is out of order, or many on end: then it is
    not a point that is wrong but the clock, or two tracks lie in one file.
    """
    time = recorded.track.time_s
    if bool(np.all(np.diff(time) >= 0.0)):
        return np.arange(len(time)), np.zeros(0, dtype=np.int64)
    moved = np.flatnonzero(~in_rising_order(time))
    runs = np.split(moved, np.flatnonzero(np.diff(moved) > 1) + 1)
    longest = max(runs, key=len)
    if len(moved) * 10 > len(time) or len(longest) > _JUMP_POINTS:
        first = int(longest[0])
        before = recorded.place(first - 1) if first else "the beginning"
        raise TrackError(
            f"{recorded.file}: from {recorded.place(first)} on {len(longest)} points have times "
            f"out of order with those before ({before})",
            remedy="The clock was set, or two tracks lie in one file: give them one by one.",
        )
    return np.argsort(time, kind="stable"), moved


def _same_place(track: Track) -> NDArray[np.bool_]:
    return (np.abs(np.diff(track.lat)) < _SAME_PLACE_DEG) & (
        np.abs(np.diff(track.lon)) < _SAME_PLACE_DEG
    )


def _refuse_two_places(
    recorded: RecordedTrack, track: Track, line: NDArray[np.int64], wrong: NDArray[np.bool_]
) -> None:
    apart = steps_km(track.lat, track.lon)
    bad = np.flatnonzero(wrong & np.append(False, apart > _NEAR_KM))
    if len(bad):
        i = int(bad[0])
        raise TrackError(
            f"{recorded.file}: {recorded.unit} {line[i - 1]} and {recorded.unit} {line[i]} have "
            f"one time and lie {apart[i - 1]:.1f} km apart",
            remedy="Take the wrong one out; two aircraft in one file have to be given one by one.",
        )


def _stale(track: Track) -> NDArray[np.bool_]:
    """Positions that are repeated while the aircraft moves: before and after it does.

    An aircraft that stands (10 minutes or more in one place) is left alone.
    """
    repeated = np.append(False, _same_place(track))
    if not repeated.any():
        return repeated
    begins = np.flatnonzero(~repeated & np.append(repeated[1:], False))
    for first in begins.tolist():
        last = first + 1
        while last + 1 < len(repeated) and repeated[last + 1]:
            last += 1
        if track.time_s[last] - track.time_s[first] > 600.0:
            repeated[first : last + 1] = False
    return repeated


def _gaps(track: Track, line: NDArray[np.int64], unit: str, gap_s: Seconds) -> tuple[Gap, ...]:
    """Steps longer than ``gap_s`` and than five usual ones."""
    steps = np.diff(track.time_s)
    least = max(gap_s, 5.0 * float(np.median(steps)))
    found: Sequence[int] = np.flatnonzero(steps > least).tolist()
    return tuple(
        Gap(
            float(track.time_s[i]),
            float(track.time_s[i + 1]),
            (f"{unit} {line[i]}", f"{unit} {line[i + 1]}"),
        )
        for i in found
    )
