"""The small files beside a track: when sensors worked, what was stated of deviations, exposures.

CSV with a header; lines that begin with "#" are comments. A simulated file says so in its first
line and in a column of every row.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.formats.strict_json import decode_utf8
from overflight.formats.times import read_time
from overflight.terms.track import FrameExposure, SensorTime, StatedDeviation

_SENSORS = ("sensor", "begun", "completed")
_DEVIATIONS = ("cause", "begun", "completed", "note")
EXPOSURES = (
    "sensor",
    "number",
    "time",
    "lat",
    "lon",
    "height_m",
    "roll_deg",
    "pitch_deg",
    "heading_deg",
    "leg",
)


def sensor_times_to_csv(times: Sequence[SensorTime], marks: Sequence[str] = ()) -> str:
    rows = [(t.sensor, _instant(t.begun_s), _instant(t.completed_s)) for t in times]
    return _written(_SENSORS, rows, marks)


def deviations_to_csv(stated: Sequence[StatedDeviation], marks: Sequence[str] = ()) -> str:
    rows = [(d.cause, _instant(d.begun_s), _instant(d.completed_s), d.note) for d in stated]
    return _written(_DEVIATIONS, rows, marks)


def exposures_to_csv(exposures: Sequence[FrameExposure], marks: Sequence[str] = ()) -> str:
    """Legs are numbered from 1; heights count from what the track's heights count from."""
    rows = [
        (
            e.sensor,
            str(e.number),
            _instant(e.time_s),
            f"{e.lat:.8f}",
            f"{e.lon:.8f}",
            _number(e.height_m, 3),
            _number(e.roll_deg, 4),
            _number(e.pitch_deg, 4),
            _number(e.heading_deg, 4),
            str(e.leg + 1) if e.leg >= 0 else "",
        )
        for e in exposures
    ]
    return _written(EXPOSURES, rows, marks)


def read_sensor_times(path: Path) -> tuple[SensorTime, ...]:
    """When sensors worked. Raises DataError, with the line, for what is not such a file."""
    return tuple(
        SensorTime(row["sensor"], *_span(row, path, line)) for line, row in _rows(path, _SENSORS)
    )


def read_deviations(path: Path) -> tuple[StatedDeviation, ...]:
    """Deviations that were stated. Raises DataError, with the line, for what is no such file."""
    return tuple(
        StatedDeviation(row["cause"], *_span(row, path, line), row.get("note", ""))
        for line, row in _rows(path, _DEVIATIONS[:3])
    )


def _rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    text = decode_utf8(read_bounded(path), str(path))
    header: list[str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = [cell.strip() for cell in next(csv.reader([line]))]
        if header is None:
            header = [cell.lower() for cell in cells]
            missing = [name for name in needed if name not in header]
            if missing:
                raise DataError(
                    f"there is no column {missing[0]!r}",
                    file=path,
                    line=number,
                    remedy=f"Begin with the header {','.join(needed)}.",
                )
            continue
        row = dict(zip(header, cells, strict=False))
        if any(not row.get(name) for name in needed):
            raise DataError(
                "a cell is blank", file=path, line=number, remedy="Give every row all its cells."
            )
        yield number, row


def _span(row: dict[str, str], path: Path, line: int) -> tuple[float, float]:
    begun, done = (
        read_time(row[name], where=name, file=path, line=line).timestamp()
        for name in ("begun", "completed")
    )
    if done < begun:
        raise DataError(
            "it is completed before it has begun",
            file=path,
            line=line,
            remedy="Look at the two times.",
        )
    return begun, done


def _written(names: Sequence[str], rows: Sequence[Sequence[str]], marks: Sequence[str]) -> str:
    out = io.StringIO()
    mark = " ".join(marks)
    if mark:
        out.write(f"# {mark}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*names, "marks"] if mark else names)
    writer.writerows([[*row, mark] for row in rows] if mark else rows)
    return out.getvalue()


def _number(value: float, digits: int) -> str:
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def _instant(seconds: float) -> str:
    """To the millisecond; to the microsecond where that is not enough."""
    import datetime as dt

    whole = math.floor(seconds)
    micro = round((seconds - whole) * 1e6)
    whole, micro = (whole + 1, 0) if micro == 1_000_000 else (whole, micro)
    moment = dt.datetime.fromtimestamp(whole, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
    part = f"{micro:06d}"
    return f"{moment}.{part[:3] if part.endswith('000') else part}Z"
