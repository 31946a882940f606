"""Reading a flight recorder's IGC file (FAI Technical Specification for IGC flight recorders).

Date from the H record DTE, fixes from B records: UTC time, place in minutes to a thousandth,
validity (A: a fix in three dimensions, V: no height by satellite), pressure and satellite height.
"""

from __future__ import annotations

import datetime as dt
import re

import numpy as np

from overflight.formats.tracks.recorded import RecordedTrack, refuse, require_places
from overflight.terms.track import ELLIPSOID, PRESSURE, track_of

_DATE = re.compile(r"^HFDTE(?:DATE:?)?\s*(\d{2})(\d{2})(\d{2})")
_FIX = re.compile(
    r"^B(\d{2})(\d{2})(\d{2})(\d{7})([NS])(\d{8})([EW])([AV])([-\d]\d{4})([-\d]\d{4})"
)
_NOON_S = 43_200


def read_igc_track(data: bytes, label: str) -> RecordedTrack:
    """The fixes of an IGC file. Past midnight the day goes on.

    Heights are the satellite's above the ellipsoid where every fix has one, else the altimeter's.
    Raises TrackError for fixes before a date and for records that are no fixes.
    """
    day: dt.date | None = None
    rows: list[tuple[float, float, float, float, float, bool]] = []
    lines: list[int] = []
    before = -1.0
    for number, line in enumerate(data.decode("latin-1").splitlines(), 1):
        if found := _DATE.match(line):
            day = _date(found, label, number)
            before = -1.0
        if not line.startswith("B"):
            continue
        fix = _FIX.match(line)
        if fix is None:
            raise refuse(
                f"the B record {line[:40]!r} is not a fix",
                "Take the line out, or read the file out of the recorder again.",
                label,
                number,
            )
        if day is None:
            raise refuse(
                "a fix stands before any date",
                "Add the record HFDTEDDMMYY with the date.",
                label,
                number,
            )
        hour, minute, second = int(fix[1]), int(fix[2]), int(fix[3])
        if hour > 23 or minute > 59 or second > 60:
            raise refuse(f"the time {line[1:7]}", "Correct the time.", label, number)
        clock = hour * 3600.0 + minute * 60.0 + second
        if before - clock > _NOON_S:
            day += dt.timedelta(days=1)
        before = clock
        midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()
        lat = int(fix[4][:2]) + int(fix[4][2:]) / 60_000.0
        lon = int(fix[6][:3]) + int(fix[6][3:]) / 60_000.0
        rows.append(
            (
                midnight + clock,
                lat if fix[5] == "N" else -lat,
                lon if fix[7] == "E" else -lon,
                float(fix[9]),
                float(fix[10]),
                fix[8] == "A",
            )
        )
        lines.append(number)
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    satellite = bool(len(table)) and bool(np.all(table[:, 5] == 1.0))
    track = track_of(
        table[:, 0],
        table[:, 1],
        table[:, 2],
        table[:, 4] if satellite else table[:, 3],
        datum=ELLIPSOID if satellite else PRESSURE,
    )
    note = (
        "Heights are the satellite's, above the ellipsoid."
        if satellite
        else "Heights are the altimeter's, above 1013.25 hPa: not every fix has a satellite's."
    )
    return require_places(
        RecordedTrack(track, np.array(lines, dtype=np.int64), "line", label, (note,))
    )


def _date(found: re.Match[str], label: str, line: int) -> dt.date:
    day, month, year = (int(part) for part in found.groups())
    try:
        # Two digits of the year: recorders exist since 1995.
        return dt.date(1900 + year if year >= 80 else 2000 + year, month, day)
    except ValueError:
        raise refuse(f"{found[0]!r} is no date", "Write HFDTEDDMMYY.", label, line) from None
