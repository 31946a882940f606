"""Hours by road between places, from CSV: a square table with ids in its first row and column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path

from overflight.errors import DataError
from overflight.formats.strict_json import decode_utf8, read_source

_FORM = "Write ids in the first row and the first column, and hours between them."
MOST_HOURS = 1000.0


def read_road_times(source: str | Path | bytes) -> Mapping[tuple[str, str], float]:
    """(from, to) -> hours. An empty cell says nothing of that way.

    Raises DataError, with the line, for anything but such a table, for an id twice, and for what
    is no number of hours.
    """
    data, label = read_source(source)
    found: dict[tuple[str, str], float] = {}
    header: list[str] | None = None
    seen: set[str] = set()
    reader = csv.reader(io.StringIO(decode_utf8(data, label), newline=""), strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if header is None:
                header = _header(cells[1:], label, reader.line_num)
                continue
            first, hours = cells[0], cells[1:]
            if first in seen or not first or len(hours) > len(header):
                raise DataError(
                    f"the row of {first!r} is there twice, has no id, or is too long",
                    file=label, line=reader.line_num, remedy=_FORM,
                )  # fmt: skip
            seen.add(first)
            for last, text in zip(header, hours, strict=False):
                if text and last != first:
                    found[first, last] = _hours(text, label, reader.line_num)
    except csv.Error as error:
        raise DataError(
            f"this is not CSV: {error}", file=label, line=reader.line_num, remedy=_FORM
        ) from None
    if not found:
        raise DataError("there are no hours in it", file=label, remedy=_FORM)
    return found


def _header(ids: list[str], label: str, line: int) -> list[str]:
    while ids and not ids[-1]:
        ids.pop()
    if not ids or not all(ids) or len(set(ids)) < len(ids):
        raise DataError(
            "the first row does not name every column once", file=label, line=line, remedy=_FORM
        )
    return ids


def _hours(text: str, label: str, line: int) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = math.nan
    if not 0 <= hours <= MOST_HOURS:
        raise DataError(
            f"{text!r} is no number of hours", file=label, line=line,
            remedy=f"Write hours from 0 to {MOST_HOURS:g}, such as 3.5; leave out what is unknown.",
        )  # fmt: skip
    return hours
