"""A calibration target from its diagram, as TOML.

[target]
name = "Airfield, north apron"
bars = 3                       # dark bars in a group; left out, they are counted
contrast = 5.0                 # light over dark, as painted
widest_m = 0.80                # either a series ...
ratio = 1.122
groups = 18
# bar_widths_m = [0.8, 0.71]   # ... or every width
"""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.strict_json import decode_utf8, read_source
from overflight.terms.bar_reading import BarTarget

_KEYS = ("name", "bars", "contrast", "widest_m", "ratio", "groups", "bar_widths_m")
_LEAST_M, _MOST_M = 1e-4, 1e3
_MOST_GROUPS = 100
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
    return BarTarget(name, _widths(table, label), bars, contrast)


def _widths(table: dict[str, Any], label: str) -> tuple[float, ...]:
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
