"""Exposures as a flight's folder has them: one line for each time a sensor exposed a frame."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from overflight.errors import DataError
from overflight.files import read_bounded
from overflight.formats.flight_files import EXPOSURES
from overflight.formats.strict_json import decode_utf8
from overflight.formats.times import read_time
from overflight.terms.track import SIMULATED, FrameExposure

_NEEDED = ("sensor", "number", "time")
_NEEDED_OF_FILES = ("file", "time")
_NUMBERS = ("lat", "lon", "height_m", "roll_deg", "pitch_deg", "heading_deg")
_WHOLE = re.compile(r"[0-9]{1,7}")
_LAST_NUMBER = re.compile(r"([0-9]{1,7})[^0-9]*\Z")
_MOST_LEGS = 10_000


def read_exposures(path: Path) -> tuple[tuple[FrameExposure, ...], tuple[str, ...]]:
    """Exposures in the order of the file, and the marks that it bears.

    Columns: sensor, number and time, or file and time; and as many of the others as are known. A
    file's number is the last in its name, 0 where it has none. Raises DataError, with the line, for
    what is not such a file.
    """
    text = decode_utf8(read_bounded(path), str(path))
    header: list[str] | None = None
    needed: tuple[str, ...] = _NEEDED
    found: list[FrameExposure] = []
    marks: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if SIMULATED in line:
            marks = (SIMULATED,)
        if line.lstrip().startswith("#"):
            continue
        try:
            cells = [cell.strip() for cell in next(csv.reader([line]))]
        except csv.Error as error:
            raise _wrong(path, number, f"this is not CSV: {error}") from None
        if header is None:
            header = [cell.lower() for cell in cells]
            needed = _NEEDED_OF_FILES if "file" in header else _NEEDED
            missing = [name for name in needed if name not in header]
            if missing:
                raise _wrong(path, number, f"there is no column {missing[0]!r}")
            continue
        found.append(_exposure(dict(zip(header, cells, strict=False)), needed, path, number))
    if not found:
        raise _wrong(path, 1, "there is no exposure in it")
    return tuple(found), marks


def _exposure(
    row: Mapping[str, str], needed: Sequence[str], path: Path, line: int
) -> FrameExposure:
    blank = next((name for name in needed if not row.get(name)), None)
    if blank is not None:
        raise _wrong(path, line, f"{blank} is blank")
    file = row.get("file", "")
    if not row.get("number"):
        last = _LAST_NUMBER.search(Path(file).stem)
        row = {**row, "number": last[1] if last else "0"}
    if not _WHOLE.fullmatch(row["number"]):
        raise _wrong(path, line, f"{row['number'][:20]!r} is no number of a frame")
    values = [_number(row.get(name, ""), name, path, line) for name in _NUMBERS]
    if not (math.isnan(values[0]) or abs(values[0]) <= 90.0):
        raise _wrong(path, line, f"{values[0]:g} is no latitude")
    if not (math.isnan(values[1]) or abs(values[1]) <= 180.0):
        raise _wrong(path, line, f"{values[1]:g} is no longitude")
    time = read_time(row["time"], where="time", file=path, line=line).timestamp()
    lat, lon, height, roll, pitch, heading = values
    leg = row.get("leg") or "0"
    if not (_WHOLE.fullmatch(leg) and int(leg) <= _MOST_LEGS):
        raise _wrong(path, line, f"{leg[:20]!r} is no leg, counted from 1")
    return FrameExposure(
        row.get("sensor", ""), int(row["number"]), time, lat, lon, height, roll, pitch, heading,
        int(leg) - 1, file,
    )  # fmt: skip


def _number(text: str, name: str, path: Path, line: int) -> float:
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise _wrong(path, line, f"{name} is {text[:20]!r}, which is no number") from None
    if not math.isfinite(value):
        raise _wrong(path, line, f"{name} is not finite; leave it blank where it is not known")
    return value


def _wrong(path: Path, line: int, message: str) -> DataError:
    return DataError(
        message, file=path, line=line, remedy=f"The columns are {','.join(EXPOSURES)}."
    )
