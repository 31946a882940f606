"""Readings of a calibration target from CSV: one bar told apart a line.

    pass,height_m,bar_m,direction,modulation,difference_k
    1,1480,0.28,along,0.55,

``direction`` is along or across (how the bars lie to the track); it, ``modulation`` (film) and
``difference_k`` (infra-red) may be left out. Comma, semicolon or tab.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

from overflight.errors import DataError
from overflight.formats.strict_json import decode_utf8, read_source

_NEEDED = ("pass", "height_m", "bar_m")
_OPTIONAL = ("direction", "modulation", "difference_k")
_DIRECTIONS = ("", "along", "across")
_MOST_ROWS = 100_000
_LEAST, _MOST = 1e-6, 1e6
"""No height, bar or difference is smaller or larger in its unit."""


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A line as it was read: numbers checked to be above zero, nothing computed."""

    flown: str
    height_m: float
    bar_m: float
    direction: str = ""
    modulation: float | None = None
    difference_k: float | None = None


def read_target_rows(source: str | Path | bytes) -> tuple[TargetRow, ...]:
    """The rows of a file, standard input ("-") or bytes. DataError, with the line, otherwise."""
    data, label = read_source(source)
    text = decode_utf8(data, label)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    rows: list[TargetRow] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if header is None:
                header = _header(cells, label, reader.line_num)
                continue
            rows.append(_row(header, cells, label, reader.line_num))
            if len(rows) > _MOST_ROWS:
                raise DataError(
                    f"more than {_MOST_ROWS} readings", file=label, remedy="Give fewer."
                )
    except csv.Error as error:
        raise DataError(
            f"this is not CSV: {error}",
            file=label,
            line=reader.line_num,
            remedy="Close every quote, and double a quote inside a quoted cell.",
        ) from None
    if not rows:
        raise DataError("there are no readings", file=label, remedy=_remedy())
    return tuple(rows)


def _header(cells: list[str], label: str, line: int) -> list[str]:
    names = [cell.casefold() for cell in cells]
    for name in _NEEDED:
        if name not in names:
            raise DataError(f"there is no column {name!r}", file=label, line=line, remedy=_remedy())
    for i, name in enumerate(names):
        if name not in (*_NEEDED, *_OPTIONAL) or name in names[:i]:
            raise DataError(
                f"the column {name!r} is not known, or stands twice",
                file=label,
                line=line,
                remedy=_remedy(),
            )
    return names


def _row(header: list[str], cells: list[str], label: str, line: int) -> TargetRow:
    if len(cells) != len(header):
        raise DataError(
            f"the line has {len(cells)} cells, the header {len(header)}",
            file=label,
            line=line,
            remedy="Write decimals with a point, and leave a cell empty for what is not known.",
        )
    fields = dict(zip(header, cells, strict=True))
    direction = fields.get("direction", "").casefold()
    if direction not in _DIRECTIONS or not fields["pass"]:
        wrong = "direction" if fields["pass"] else "pass"
        raise DataError(
            f"{wrong} is {fields[wrong]!r}",
            file=label,
            line=line,
            where=wrong,
            remedy="Name each pass; bars lie along or across the track.",
        )
    return TargetRow(
        fields["pass"],
        _number(fields, "height_m", label, line) or math.nan,
        _number(fields, "bar_m", label, line) or math.nan,
        direction,
        _number(fields, "modulation", label, line),
        _number(fields, "difference_k", label, line),
    )


def _number(fields: dict[str, str], name: str, label: str, line: int) -> float | None:
    """The cell as a number above zero; None for an empty one that may be empty."""
    text = fields.get(name, "")
    if not text and name in _OPTIONAL:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not _LEAST <= value <= _MOST:
        raise DataError(
            f"{name} is {text!r}, not a number that can be meant",
            file=label,
            line=line,
            where=name,
            remedy="Give metres (kelvin for difference_k) with a decimal point.",
        )
    return value


def _remedy() -> str:
    return f"Begin with a line of column names: {','.join((*_NEEDED, *_OPTIONAL))}."
