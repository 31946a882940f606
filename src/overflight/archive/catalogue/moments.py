"""Times of items and searches, in whole microseconds since 1970-01-01T00:00Z.

A finer fraction is rounded to a microsecond, as PostgreSQL does.
"""

from __future__ import annotations

import datetime as dt
import re

from overflight.archive.catalogue.protocol import Interval
from overflight.errors import DataError

SECOND = 1_000_000
DAY = 86_400 * SECOND
_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:[.,](\d{1,30}))?([Zz]|[+-]\d\d:?\d\d)"
)
_DAY_ONLY = re.compile(r"\d{4}-\d\d-\d\d")
_OPEN = ("", "..")
_HOW = "Write a time as 2021-05-19T07:00:00Z, an interval as two of them with / between, or .. ."


def microseconds(text: object) -> int:
    """RFC 3339 text as microseconds. DataError for anything else, also without a zone."""
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise DataError(f"{_short(text)} is not a time", remedy=_HOW)
    day, clock, seconds, fraction, zone = match.groups()
    leap = seconds == "60"
    try:
        whole = dt.datetime.fromisoformat(f"{day}T{clock}:{'59' if leap else seconds}")
    except ValueError:
        raise DataError(f"{_short(text)} is not a time", remedy=_HOW) from None
    count = (whole.toordinal() - _EPOCH_DAY) * 86_400
    count += whole.hour * 3600 + whole.minute * 60 + whole.second + leap
    if zone not in ("Z", "z"):
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        if hours > 23 or minutes > 59:
            raise DataError(f"{_short(text)} is not a time", remedy=_HOW)
        away = hours * 3600 + minutes * 60
        count += away if zone[0] == "-" else -away
    if fraction is None:
        return count * SECOND
    if len(fraction) <= 6:
        return count * SECOND + int(fraction.ljust(6, "0"))
    return count * SECOND + round(int(fraction[:18]) / float(10 ** (min(len(fraction), 18) - 6)))


def day_of(text: str) -> int | None:
    """Midnight at the beginning of a day written YYYY-MM-DD; None where it is none."""
    if not _DAY_ONLY.fullmatch(text):
        return None
    try:
        return (dt.date.fromisoformat(text).toordinal() - _EPOCH_DAY) * DAY
    except ValueError:
        raise DataError(f"{_short(text)} is not a day", remedy=_HOW) from None


def span_of(text: str) -> tuple[int, int]:
    """First and last microsecond of an instant or of a whole day."""
    day = day_of(text)
    if day is not None:
        return day, day + DAY - 1
    instant = microseconds(text)
    return instant, instant


def interval(text: str) -> Interval:
    """STAC's ``datetime``: an instant, a day, or two of them with / between; .. or nothing is open.

    DataError where it cannot be read, is open on both sides, or ends before it starts.
    """
    first, slash, last = text.strip().partition("/")
    if not slash:
        return Interval(*span_of(first))
    if first in _OPEN and last in _OPEN:
        raise DataError(f"{_short(text)} is open on both sides", remedy=_HOW)
    start = None if first in _OPEN else span_of(first)[0]
    end = None if last in _OPEN else span_of(last)[1]
    if start is not None and end is not None and start > end:
        raise DataError(f"the interval {_short(text)} ends before it starts", remedy=_HOW)
    return Interval(start, end)


def _short(text: object) -> str:
    written = repr(text)
    return written if len(written) <= 60 else written[:59] + "…"
