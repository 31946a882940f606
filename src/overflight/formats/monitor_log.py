"""The log of the monitor on board: JSON Lines, written as it goes, read again to go on.

The first line is the head; then every line says in ``do`` what was done: "fix" (a position came
in, with the points of the track that it made sure), "say" (what the monitor said, with advice),
"switch", "note", "unnote" (keys), "nothing", "spoilt", "silent" (of the receiver), "resumed",
"ended". Lines are written whole; a line that was cut off at the end was never whole and is left
out. A log of anything simulated says so in every line, and a reader takes the mark from any of
them. Schema: monitor-log.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from overflight.errors import DataError, TrackError
from overflight.formats.tracks.recorded import RecordedTrack, require_places
from overflight.terms.live_fix import LiveFix
from overflight.terms.track import ELLIPSOID, MEAN_SEA_LEVEL, PRESSURE, UNKNOWN_DATUM, track_of

KIND = "monitor-log"
VERSION = 1
_NUMBERS = (
    "tod_s", "height_m", "ellipsoid_m", "pressure_m", "other_m", "speed_km_h", "track_deg",
    "roll_deg", "pitch_deg", "heading_deg",
)  # fmt: skip
_HEIGHTS = (("height_m", MEAN_SEA_LEVEL), ("ellipsoid_m", ELLIPSOID), ("pressure_m", PRESSURE))


def line_of(entry: Mapping[str, Any], marks: tuple[str, ...] = ()) -> bytes:
    """One line, its end included."""
    whole = {**entry, **({"marks": " ".join(marks)} if marks else {})}
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode() + b"\n"


def fix_to_dict(fix: LiveFix) -> dict[str, Any]:
    """What is known of a fix; numbers come back as they were, to the last bit."""
    known = {name: getattr(fix, name) for name in _NUMBERS}
    return {
        "lat": fix.lat,
        "lon": fix.lon,
        **{name: value for name, value in known.items() if value is not None},
        **({"date": fix.date.isoformat()} if fix.date else {}),
        **({"simulated": True} if fix.simulated else {}),
    }


def fix_from_dict(data: Mapping[str, Any]) -> LiveFix:
    """The inverse. Raises KeyError, TypeError or ValueError."""
    date = data.get("date")
    return LiveFix(
        lat=float(data["lat"]),
        lon=float(data["lon"]),
        date=None if date is None else dt.date.fromisoformat(date),
        simulated=data.get("simulated", False) is True,
        **{name: None if data.get(name) is None else float(data[name]) for name in _NUMBERS},
    )


@dataclass(frozen=True, slots=True)
class ReadLog:
    """A log as it lies there: its head, its lines with their numbers, how many bytes are whole."""

    head: Mapping[str, Any]
    entries: tuple[tuple[int, Mapping[str, Any]], ...]
    marks: tuple[str, ...]
    whole_bytes: int
    cut_bytes: int


def read_log(data: bytes, label: str) -> ReadLog:
    """Read a log, without a last line that was cut off.

    Raises DataError, with the line, for what is no such log or was changed.
    """
    end = data.rfind(b"\n") + 1
    lines = data[:end].split(b"\n")[:-1]
    read = [(number, _parsed(line, label, number)) for number, line in enumerate(lines, 1)]
    if not read or read[0][1].get("kind") != KIND:
        raise DataError(
            "this is no log of the monitor",
            file=label,
            remedy="Give the file that overflight flight monitor --log wrote.",
        )
    head = read[0][1]
    if head.get("version") != VERSION:
        raise DataError(
            f"this log has version {head.get('version')!r}; {VERSION} can be read",
            file=label,
            remedy="Use the version of overflight that wrote it.",
        )
    marks: dict[str, None] = {}
    for _, entry in read:
        said = entry.get("marks", "")
        words = said.split() if isinstance(said, str) else said
        marks.update(dict.fromkeys(str(word) for word in words))
    return ReadLog(head, tuple(read[1:]), tuple(marks), end, len(data) - end)


def read_log_track(data: bytes, label: str) -> RecordedTrack:
    """The track in a log: the points that the monitor took, with its times."""
    log = read_log(data, label)
    points = list(_points(log, label))
    if not points:
        raise TrackError(
            f"{label}: the log holds no position that the monitor took",
            remedy="Give a log of a flight that was received.",
        )
    name, datum = _datum([fix for _, _, fix in points])

    def column(of: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array([math.nan if (v := getattr(f, of)) is None else v for _, _, f in points])

    track = track_of(
        np.array([time for time, _, _ in points]),
        column("lat"),
        column("lon"),
        column(name),
        roll_deg=column("roll_deg"),
        pitch_deg=column("pitch_deg"),
        heading_deg=column("heading_deg"),
        datum=datum,
        source="monitor",
        marks=log.marks,
    )
    line = np.array([number for _, number, _ in points], dtype=np.int64)
    offset = sum(1 for _, entry in log.entries if entry.get("what") == "clock")
    notes = (f"The receiver's clock was set {offset} times; times are corrected.",) * bool(offset)
    return require_places(RecordedTrack(track, line, "line", label, notes))


def _points(log: ReadLog, label: str) -> Iterator[tuple[float, int, LiveFix]]:
    fixes: dict[int, tuple[int, LiveFix]] = {}
    for number, entry in log.entries:
        if entry.get("do") != "fix":
            continue
        try:
            fixes[entry["n"]] = (number, fix_from_dict(entry["fix"]))
            for which, time in entry.get("points", ()):
                line, fix = fixes[which]
                yield float(time), line, fix
        except (KeyError, TypeError, ValueError):
            raise _bad(label, number) from None


def _datum(fixes: list[LiveFix]) -> tuple[str, str]:
    for name, datum in _HEIGHTS:
        if any(getattr(fix, name) is not None for fix in fixes):
            return name, datum
    return "other_m", UNKNOWN_DATUM


def _parsed(line: bytes, label: str, number: int) -> Mapping[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        raise _bad(label, number) from None
    if not isinstance(entry, dict):
        raise _bad(label, number)
    return entry


def _bad(label: str, number: int) -> DataError:
    return DataError(
        "this line is not one that the monitor wrote",
        file=label,
        line=number,
        remedy="Take the log as it was written; only its last line can be cut off by a crash.",
    )
