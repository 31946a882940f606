"""Reading a track from CSV: our own columns, or those of ADS-B state vectors.

Two families of ADS-B files are known by their columns. The OpenSky Network's state vectors
(``time, icao24, lat, lon, velocity, heading, vertrate, ..., baroaltitude, geoaltitude``) give
seconds and metres; the ``traffic`` library's (``timestamp, icao24, latitude, longitude, altitude,
groundspeed, track, ... geoaltitude``) give feet and knots. Neither tells the heading, only the
direction over the ground.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.formats.strict_json import decode_utf8
from overflight.formats.tracks.recorded import RecordedTrack, refuse, require_places
from overflight.terms.track import (
    DATUMS,
    ELLIPSOID,
    MEAN_SEA_LEVEL,
    PRESSURE,
    SIMULATED,
    UNKNOWN_DATUM,
    track_of,
)
from overflight.units import M_PER_FT

_NAMES = {
    "time": ("time", "timestamp", "datetime", "time_utc", "utc", "time_s"),
    "lat": ("lat", "latitude", "lat_deg"),
    "lon": ("lon", "longitude", "lng", "lon_deg"),
    "roll": ("roll_deg", "roll"),
    "pitch": ("pitch_deg", "pitch"),
    "heading": ("heading_deg", "true_heading_deg"),
}
_METRES = ("height_m", "altitude_m", "alt_m", "elevation_m", "ele_m")
_FEET = ("height_ft", "altitude_ft", "alt_ft")
_UNSAID = ("altitude", "alt", "height", "elevation", "ele", "geoaltitude", "baroaltitude")
_WRONG = {
    1: ("is not a number", "Correct it, or leave the cell blank where it is not known."),
    2: (
        "is not an instant",
        "Write 2021-05-19T07:00:00Z or seconds since 1970-01-01.",
    ),
    3: (
        "has no time zone",
        "Write the zone (Z is UTC), or say --assume-utc if all times are UTC.",
    ),
    4: ("is missing: the row is too short", "Complete the row or take it out."),
}


@dataclass(frozen=True, slots=True)
class _Height:
    """Which column holds heights, what a unit of it is in metres, and what it counts from."""

    column: str | None
    metres: float
    datum: str
    note: str


def read_csv_track(
    data: bytes,
    label: str,
    *,
    aircraft: str | None = None,
    height_unit: str | None = None,
    assume_utc: bool = False,
) -> RecordedTrack:
    """The track in a CSV file; ``aircraft`` chooses one icao24 where it holds several.

    Raises TrackError, with line and column, for what cannot be read.
    """
    said, header_line, offset = _comments(data)
    end = data.find(b"\n", offset)
    head = decode_utf8(data[offset : len(data) if end < 0 else end], label).strip()
    delimiter = max(",;\t", key=head.count)
    names = [cell.strip().strip('"').lower() for cell in head.split(delimiter)]
    columns = columns_of(names, label, header_line)
    height = height_of(names, height_unit, said, label, header_line)
    wanted = {**columns, **({"height": height.column} if height.column else {})}
    body = data[end + 1 :] if end >= 0 else b""
    first = header_line + 1
    notes = [height.note] if height.note else []
    if b'"' in body:
        body = _unquoted(body, delimiter, label, first)
    keep = None
    if "icao24" in names:
        keep = _one_aircraft(body, delimiter, names.index("icao24"), aircraft, label, first)
    table, lines = _table(body, delimiter, names, wanted, label, first, assume_utc)
    order = list(wanted)
    if keep is not None:
        chosen = np.isin(lines, keep)
        table, lines = table[chosen], lines[chosen]
    placed = np.isfinite(table[:, order.index("lat")]) & np.isfinite(table[:, order.index("lon")])
    if not placed.all():
        notes.append(f"{int((~placed).sum())} rows without a position are left out.")
        table, lines = table[placed], lines[placed]

    def column(name: str) -> NDArray[np.float64] | None:
        return table[:, order.index(name)] if name in order else None

    metres = column("height")
    marks = tuple(said.get("marks", "").split())
    if "marks" in names and SIMULATED not in marks and SIMULATED.encode() in body:
        marks = (*marks, SIMULATED)
    track = track_of(
        table[:, order.index("time")],
        table[:, order.index("lat")],
        table[:, order.index("lon")],
        None if metres is None else metres * height.metres,
        roll_deg=column("roll"),
        pitch_deg=column("pitch"),
        heading_deg=column("heading"),
        datum=height.datum,
        source=said.get("source", ""),
        marks=marks,
    )
    return require_places(RecordedTrack(track, lines, "line", label, tuple(notes)))


def _comments(data: bytes) -> tuple[dict[str, str], int, int]:
    """What comment lines say, the number of the header's line, and where it begins."""
    said: dict[str, str] = {}
    at, line = (3 if data.startswith(b"\xef\xbb\xbf") else 0), 1
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        text = data[at:end].decode("utf-8", "replace").strip()
        if text and not text.startswith("#"):
            break
        key, colon, value = text.lstrip("# ").partition(":")
        if colon:
            said[key.strip().lower()] = value.strip()
        at, line = end + 1, line + 1
    return said, line, at


def columns_of(names: Sequence[str], label: str, line: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for what, known in _NAMES.items():
        held = [name for name in known if name in names]
        if held:
            found[what] = held[0]
    for what, words in (("time", "time"), ("lat", "latitude"), ("lon", "longitude")):
        if what not in found:
            raise refuse(
                f"no column for the {words}; its columns are {', '.join(names)[:120]}",
                f"Name it {' or '.join(_NAMES[what][:2])}.",
                label,
                line,
            )
    return found


def height_of(
    names: Sequence[str], unit: str | None, said: Mapping[str, str], label: str, line: int
) -> _Height:
    datum = said.get("datum", UNKNOWN_DATUM)
    if datum not in DATUMS:
        raise refuse(f"heights from {datum!r}", f"Write one of {', '.join(DATUMS)}.", label, None)
    for held, metres in ((_METRES, 1.0), (_FEET, M_PER_FT)):
        for name in held:
            if name in names:
                return _Height(name, metres, datum, "")
    state_vectors = "baroaltitude" in names or {"velocity", "vertrate"} <= set(names)
    traffic = "groundspeed" in names or "vertical_rate" in names
    scale = {"m": 1.0, "ft": M_PER_FT}.get(unit or "", 1.0 if state_vectors else M_PER_FT)
    if unit is not None or state_vectors or traffic:
        word = "metres" if scale == 1.0 else "feet"
        for name, datum in (("geoaltitude", ELLIPSOID), ("baroaltitude", PRESSURE)):
            if name in names:
                note = f"Heights are {name}, in {word}, above the {_FROM[datum]}."
                return _Height(name, scale, datum, note)
        for name in _UNSAID:
            if name in names:
                datum = PRESSURE if traffic or state_vectors else MEAN_SEA_LEVEL
                note = f"Heights are {name}, in {word}, above the {_FROM[datum]}."
                return _Height(name, scale, datum, note)
    for name in _UNSAID:
        if name in names:
            raise refuse(
                f"the column {name!r} does not say its unit",
                f"Name it {name}_m or {name}_ft, or say --height-unit m or ft.",
                label,
                line,
            )
    return _Height(None, 1.0, UNKNOWN_DATUM, "There is no column for heights.")


_FROM = {
    ELLIPSOID: "ellipsoid (by satellite)",
    PRESSURE: "pressure surface of 1013.25 hPa",
    MEAN_SEA_LEVEL: "sea",
}


def _unquoted(body: bytes, delimiter: str, label: str, first: int) -> bytes:
    """The same rows without quotes; a quoted cell that holds the delimiter loses it."""
    text = decode_utf8(body, label)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    out = io.StringIO()
    line = 0
    for row in rows:
        out.write("\n" * (rows.line_num - 1 - line))
        line = rows.line_num
        cells = [" ".join(cell.replace(delimiter, " ").split()) for cell in row]
        out.write(delimiter.join(cells) + "\n")
    del first
    return out.getvalue().encode()


def _one_aircraft(
    body: bytes, delimiter: str, column: int, wanted: str | None, label: str, first: int
) -> NDArray[np.int64]:
    """The lines of one aircraft. TrackError where it is not there, or which one is not said."""
    seen: dict[str, list[int]] = {}
    for number, row in enumerate(body.split(b"\n")):
        cells = row.split(delimiter.encode())
        if len(cells) > column:
            seen.setdefault(cells[column].strip().decode("ascii", "replace").lower(), []).append(
                first + number
            )
    names = ", ".join(sorted(seen)[:8])
    if wanted is None and len(seen) > 1:
        raise refuse(
            f"it holds {len(seen)} aircraft: {names}",
            "Say which one is meant: --aircraft ICAO24.",
            label,
        )
    if wanted is not None and wanted.lower() not in seen:
        raise refuse(f"no aircraft {wanted} is in it", f"Choose one of {names}.", label)
    lines = next(iter(seen.values()), []) if wanted is None else seen[wanted.lower()]
    return np.array(lines, dtype=np.int64)


def _table(
    body: bytes,
    delimiter: str,
    names: Sequence[str],
    wanted: Mapping[str, str],
    label: str,
    first: int,
    assume_utc: bool,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    from overflight.formats.tracks.parse import FINE, INSTANT, NUMBER, read_rows

    raw = np.frombuffer(body, dtype=np.uint8)
    most = body.count(b"\n") + 1
    table = np.empty((most, len(wanted)))
    lines = np.empty(most, dtype=np.int64)
    where = np.array([names.index(name) for name in wanted.values()], dtype=np.int64)
    kinds = np.array([INSTANT if k == "time" else NUMBER for k in wanted], dtype=np.int64)
    count, code, line, column = read_rows(
        raw, 0, first, ord(delimiter), where, kinds, assume_utc, table, lines
    )
    if code != FINE:
        what, remedy = _WRONG[code]
        name = list(wanted.values())[column]
        row = body.split(b"\n")[line - first].split(delimiter.encode())
        cell = row[names.index(name)].strip() if len(row) > names.index(name) else b""
        text = cell.decode("utf-8", "replace")
        raise refuse(f"{name} {text[:40]!r} {what}", remedy, label, line)
    return table[:count], lines[:count]
