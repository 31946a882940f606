"""Files of a radar: what describes its data, the diagram of its reflectors, a scene to simulate.

[radar]                      # beside the data: image.toml, echoes.toml
form = "image"               # or phase-history
data = "image.tif"           # NPY or GeoTIFF, complex; rows follow the track
track = "track.csv"          # time_s,x_m,y_m,z_m: Earth-fixed WGS84, of the antenna
sensor = "SAR-1"
frequency_mhz = 9600
bandwidth_mhz = 50
side = "left"
first_s = 0.61               # image: time of the first row, seconds from row to row,
line_s = 0.0175              # slant range of the first column, metres from column to column
near_m = 8500
range_m = 2.1
ground_m = 120               # height of the ground above the ellipsoid

[declared]                   # technical data as handed over, optional
near_deg = 50
swath_km = 20
range_m = 3
azimuth_m = 3

[target]                     # reflectors.toml
name = "Airfield, south"
pairs = [["P", "Q"]]         # those laid to be told apart

[[target.reflector]]
id = "P"
lat = 50.1
lon = 10.2
height_m = 123.4
"""

from __future__ import annotations

import csv
import io
import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import DataError, SensorError
from overflight.formats.strict_json import decode_utf8, read_source
from overflight.terms.radar import (
    FORMS,
    IMAGE,
    RadarAbout,
    RadarDeclared,
    RadarTrack,
    Reflector,
    ReflectorArray,
)

ABOUT: Mapping[str, tuple[str, bool]] = {
    "sensor": ("text", True),
    "frequency_mhz": ("positive", True),
    "bandwidth_mhz": ("positive", True),
    "side": ("text", True),
    "polarisation": ("text", False),
    "start": ("text", False),
    "simulated": ("flag", False),
    "flight": ("text", False),
}
_FILES = {"form": ("text", True), "data": ("text", True), "track": ("text", True)}
_OF_IMAGE = {
    "first_s": ("number", True),
    "line_s": ("positive", True),
    "near_m": ("positive", True),
    "range_m": ("positive", True),
    "ground_m": ("number", False),
    "doppler_hz": ("positive", False),
    "range_weighting": ("text", False),
    "azimuth_weighting": ("text", False),
}
_OF_ECHOES = {
    "pulse_us": ("positive", True),
    "sample_mhz": ("positive", True),
    "first_us": ("positive", True),
    "ground_m": ("number", False),
}
_DECLARED = {
    "near_deg": ("positive", False),
    "swath_km": ("positive", False),
    "range_m": ("positive", False),
    "azimuth_m": ("positive", False),
}
_REFLECTOR = {
    "id": ("text", True),
    "lat": ("number", True),
    "lon": ("number", True),
    "height_m": ("number", True),
    "edge_m": ("positive", False),
}
_COLUMNS = ("time_s", "x_m", "y_m", "z_m")
_MOST = 5_000_000


def read_description(
    source: str | Path | bytes,
) -> tuple[RadarAbout, dict[str, Any], RadarDeclared]:
    """What describes the data of a radar: the radar itself, the keys of the data (form, data,
    track and those of the form), and what was declared. Raises DataError, with file and key."""
    document, label = read_toml(source)
    table = document.get("radar")
    if not isinstance(table, dict):
        raise _wrong(label, "radar", "there is no table [radar]", "Begin with [radar].")
    form = table.get("form")
    if form not in FORMS:
        raise _wrong(label, "radar.form", f"{form!r} is no form", f"One of {', '.join(FORMS)}.")
    own = _OF_IMAGE if form == IMAGE else _OF_ECHOES
    given = checked(table, {**ABOUT, **_FILES, **own}, label, "radar")
    about = about_from(given, label)
    declared = checked(document.get("declared", {}), _DECLARED, label, "declared")
    said = {key: given[key] for key in (*_FILES, *own) if key in given}
    return about, said, RadarDeclared(**declared)


def about_from(given: Mapping[str, Any], label: str) -> RadarAbout:
    """The radar itself from checked keys."""
    try:
        return RadarAbout(**{key: given[key] for key in ABOUT if key in given})
    except SensorError as error:
        raise _wrong(label, "radar.side", error.message, error.remedy) from None


def write_description(
    about: RadarAbout, said: Mapping[str, Any], declared: Mapping[str, Any] | None = None
) -> str:
    """The file that ``read_description`` reads."""
    lines = ["[radar]"]
    rows = {**said, **{key: getattr(about, key) for key in ABOUT}}
    lines += [f"{key} = {_toml(value)}" for key, value in rows.items() if value not in ("", None)]
    if declared:
        lines += ["", "[declared]", *(f"{k} = {_toml(v)}" for k, v in declared.items())]
    return "\n".join(lines) + "\n"


def read_array(source: str | Path | bytes) -> ReflectorArray:
    """The diagram of a target of corner reflectors. Raises DataError, with file and key."""
    document, label = read_toml(source)
    table = document.get("target")
    if not isinstance(table, dict):
        raise _wrong(label, "target", "there is no table [target]", "Begin with [target].")
    rows = table.get("reflector", [])
    if not isinstance(rows, list) or not 0 < len(rows) <= 10_000:
        raise _wrong(label, "target", "no list of reflectors", "Write [[target.reflector]].")
    found = []
    for n, row in enumerate(rows, start=1):
        given = checked(row, _REFLECTOR, label, f"target.reflector[{n}]")
        if not (-90.0 <= given["lat"] <= 90.0 and -180.0 <= given["lon"] <= 180.0):
            where = f"target.reflector[{n}]"
            raise _wrong(
                label, where, "this is no place on the Earth", "Give lat and lon, degrees."
            )
        found.append(Reflector(**given))
    ids = [r.id for r in found]
    if len(set(ids)) < len(ids):
        raise _wrong(label, "target", "two reflectors have one id", "Name each once.")
    pairs = pairs_from(table.get("pairs", []), ids, label, "target.pairs")
    return ReflectorArray(str(table.get("name", label)), tuple(found), pairs)


def pairs_from(
    rows: Any, ids: Sequence[str], label: str, where: str
) -> tuple[tuple[str, str], ...]:
    """Pairs of known ids. Raises DataError."""
    for row in rows if isinstance(rows, list) else [rows]:
        if not (isinstance(row, list) and len(row) == 2 and {*row} <= {*ids} and row[0] != row[1]):
            raise _wrong(label, where, f"{row!r} is no pair of reflectors", "Name two of them.")
    return tuple((row[0], row[1]) for row in rows)


def write_array(array: ReflectorArray) -> str:
    """The file that ``read_array`` reads."""
    lines = ["[target]", f"name = {_toml(array.name)}"]
    if array.pairs:
        pairs = ", ".join(f"[{_toml(a)}, {_toml(b)}]" for a, b in array.pairs)
        lines.append(f"pairs = [{pairs}]")
    for one in array.reflectors:
        lines += ["", "[[target.reflector]]", f"id = {_toml(one.id)}", f"lat = {one.lat:.10f}"]
        lines += [f"lon = {one.lon:.10f}", f"height_m = {one.height_m:.4f}"]
        if one.edge_m is not None:
            lines.append(f"edge_m = {_toml(one.edge_m)}")
    return "\n".join(lines) + "\n"


def read_track(source: str | Path | bytes) -> RadarTrack:
    """A track of the antenna from CSV. Raises DataError, with the line."""
    data, label = read_source(source)
    rows = csv.reader(io.StringIO(decode_utf8(data, label), newline=""))
    header = [cell.strip() for cell in next(rows, [])]
    if header != list(_COLUMNS):
        remedy = f"Begin with the line {','.join(_COLUMNS)}."
        raise DataError(
            "these are no columns of a radar's track", file=label, line=1, remedy=remedy
        )
    values: list[list[float]] = []
    for row in rows:
        if not row:
            continue
        try:
            numbers = [float(cell) for cell in row]
        except ValueError:
            numbers = []
        if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or len(values) >= _MOST:
            raise DataError(
                "this is no place of a track",
                file=label,
                line=rows.line_num,
                remedy="Give four numbers: seconds and Earth-fixed metres.",
            )
        values.append(numbers)
    table = np.array(values, dtype=np.float64).reshape(-1, 4)
    try:
        return RadarTrack(table[:, 0], table[:, 1:])
    except SensorError as error:
        raise DataError(error.message, file=label, remedy=error.remedy) from None


def write_track(track: RadarTrack) -> str:
    """The file that ``read_track`` reads, to a hundredth of a millimetre."""
    lines = [",".join(_COLUMNS)]
    for t, (x, y, z) in zip(track.time_s, track.xyz_m, strict=True):
        lines.append(f"{t:.9f},{x:.5f},{y:.5f},{z:.5f}")
    return "\n".join(lines) + "\n"


def read_toml(source: str | Path | bytes) -> tuple[dict[str, Any], str]:
    """A TOML document and its label. Raises DataError."""
    data, label = read_source(source)
    try:
        return tomllib.loads(decode_utf8(data, label)), label
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(
            f"this is not TOML: {error}", file=label, remedy="Correct the syntax there."
        ) from None


def checked(
    table: Any, keys: Mapping[str, tuple[str, bool]], label: str, where: str
) -> dict[str, Any]:
    """A table whose keys are known, of the right kind and there. Raises DataError."""
    if not isinstance(table, dict):
        raise _wrong(label, where, f"{where} is no table", f"Write [{where}].")
    for key, value in table.items():
        if key not in keys:
            remedy = f"One of {', '.join(keys)}."
            raise _wrong(label, f"{where}.{key}", f"{key!r} is no key here", remedy)
        if not _is(value, keys[key][0]):
            text = f"{value!r} is not a {keys[key][0]}"
            raise _wrong(label, f"{where}.{key}", text, "Give one.")
    for key, (_, needed) in keys.items():
        if needed and key not in table:
            raise _wrong(label, f"{where}.{key}", f"{key!r} is missing", "Give it.")
    return {
        key: float(value) if keys[key][0] in ("number", "positive") else value
        for key, value in table.items()
    }


def _is(value: Any, kind: str) -> bool:
    if kind == "text":
        return isinstance(value, str) and value != ""
    if kind == "flag":
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return False
    return abs(value) < 1e12 and (kind == "number" or value > 0.0)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return repr(float(value)) if isinstance(value, float) else str(value)


def _wrong(label: str, where: str, message: str, remedy: str) -> DataError:
    return DataError(message, file=label, where=where, remedy=remedy)
