"""A calibration target from its diagram, as TOML.

[target]
name = "Airfield, north apron"
bars = 3                       # dark bars in a group; left out, they are counted
contrast = 5.0                 # light over dark, as painted
widest_m = 0.80                # either a series ...
ratio = 1.122
groups = 18
# bar_widths_m = [0.8, 0.71]   # ... or every width
length = 5                     # length of a bar, in widths of it

# Where each group is, if the diagram tells: then those too narrow to be found are read as well.
[[target.group]]
width_m = 0.80
x_m = 2.0                      # its centre; x and y at right angles, from any origin
y_m = 3.0
across = "x"                   # its bars follow each other along x, or "y"
# length_m = 4.0               # of its bars, if not the length above
"""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.strict_json import decode_utf8, read_source
from overflight.terms.bar_reading import BarPlace, BarTarget

_KEYS = (
    "name", "bars", "contrast", "widest_m", "ratio", "groups", "bar_widths_m", "length", "group",
)  # fmt: skip
_PLACE_KEYS = ("width_m", "x_m", "y_m", "across", "length_m")
_LEAST_M, _MOST_M = 1e-4, 1e3
_MOST_GROUPS = 100
_MOST_PLACES = 400
_LEAST_CONTRAST = 1.01


def read_bar_target(source: str | Path | bytes) -> BarTarget:
    """The target of a TOML file, of standard input ("-") or of bytes. Raises DataError."""
    data, label = read_source(source)
    try:
        table = tomllib.loads(decode_utf8(data, label)).get("target")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(
            f"this is not TOML: {error}", file=label, remedy="Correct the syntax there."
        ) from None
    if not isinstance(table, dict):
        raise DataError("there is no table [target]", file=label, remedy="Begin with [target].")
    for key in table:
        if key not in _KEYS:
            raise _wrong(
                label, key, f"{key!r} is no key of a target", f"One of {', '.join(_KEYS)}."
            )
    bars = table.get("bars")
    if bars is not None and (type(bars) is not int or not 2 <= bars <= 7):
        raise _wrong(label, "bars", f"{bars!r} bars in a group", "Give a whole number, 2 to 7.")
    contrast = _number(table.get("contrast", 5.0), label, "contrast", _LEAST_CONTRAST, 1e4)
    name = table.get("name", label)
    if not isinstance(name, str):
        raise _wrong(label, "name", "the name is no text", "Give it in quotation marks.")
    places = _places(table, label)
    return BarTarget(name, _widths(table, places, label), bars, contrast, places)


def _places(table: dict[str, Any], label: str) -> tuple[BarPlace, ...]:
    rows = table.get("group", [])
    if not isinstance(rows, list) or len(rows) > _MOST_PLACES:
        raise _wrong(label, "group", "no list of groups", "Write [[target.group]] for each.")
    aspect = _number(table.get("length", 5.0), label, "length", 1.0, 50.0)
    places = []
    for row in rows:
        for key in row if isinstance(row, dict) else ["group"]:
            if key not in _PLACE_KEYS:
                known = ", ".join(_PLACE_KEYS)
                raise _wrong(label, "group", f"{key!r} is no key of a group", f"One of {known}.")
        if row.get("across") not in ("x", "y"):
            raise _wrong(label, "group", "which way do its bars follow?", 'Give across = "x".')
        width = _number(row.get("width_m"), label, "group", _LEAST_M, _MOST_M)
        x, y = (_number(row.get(k), label, "group", -1e5, 1e5) for k in ("x_m", "y_m"))
        length = _number(row.get("length_m", aspect * width), label, "group", width, 50.0 * width)
        places.append(BarPlace(width, x, y, row["across"], length))
    if len({(p.x_m, p.y_m) for p in places}) < len(places):
        raise _wrong(label, "group", "two groups have one place", "Give each its own.")
    return tuple(places)


def _widths(table: dict[str, Any], places: tuple[BarPlace, ...], label: str) -> tuple[float, ...]:
    if places:
        own = tuple(sorted({p.width_m for p in places}, reverse=True))
        if {*table} & {"widest_m", "ratio", "groups", "bar_widths_m"}:
            raise _wrong(label, "group", "widths are given twice", "Give them with the groups.")
        if len(own) < 2:
            raise _wrong(label, "group", "groups of one width only", "Give two widths or more.")
        return own
    listed = table.get("bar_widths_m")
    if listed is not None:
        if not isinstance(listed, list) or not 2 <= len(listed) <= _MOST_GROUPS:
            raise _wrong(label, "bar_widths_m", "no list of widths", "Give two widths or more.")
        widths = [_number(w, label, "bar_widths_m", _LEAST_M, _MOST_M) for w in listed]
        if len({*widths}) < len(widths):
            raise _wrong(label, "bar_widths_m", "a width stands twice", "Give each once.")
        return tuple(sorted(widths, reverse=True))
    for key in ("widest_m", "ratio", "groups"):
        if key not in table:
            raise _wrong(
                label,
                key,
                f"{key!r} is missing",
                "Give widest_m, ratio and groups, or bar_widths_m.",
            )
    widest = _number(table["widest_m"], label, "widest_m", _LEAST_M, _MOST_M)
    ratio = _number(table["ratio"], label, "ratio", 1.01, 10.0)
    groups = table["groups"]
    if type(groups) is not int or not 2 <= groups <= _MOST_GROUPS:
        raise _wrong(label, "groups", f"{groups!r} groups", f"Give 2 to {_MOST_GROUPS}.")
    return tuple(widest / ratio**k for k in range(groups))


def _number(value: Any, label: str, key: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise _wrong(label, key, f"{value!r} is no number", "Give a number.")
    if not least <= value <= most:
        raise _wrong(label, key, f"{value:g} cannot be meant", f"Give {least:g} to {most:g}.")
    return float(value)


def _wrong(label: str, key: str, message: str, remedy: str) -> DataError:
    return DataError(message, file=label, where=f"target.{key}", remedy=remedy)
