"""Instants as documents write them: ISO 8601 in UTC, 2021-05-19T07:00:00Z, never without a zone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from overflight.errors import DataError

_HOW = "Write it as 2021-05-19T07:00:00Z, with the zone (Z is UTC)."


def write_time(moment: dt.datetime) -> str:
    """``moment`` in UTC; fractions of a second only where there are any.

    Raises DataError for a datetime without a zone: it names no instant.
    """
    if moment.tzinfo is None:
        raise DataError(f"the time {moment.isoformat()} has no zone", remedy=_HOW)
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def read_time(
    value: object, *, where: str, file: str | Path | None = None, line: int | None = None
) -> dt.datetime:
    """The instant that ``value`` writes, in UTC. ``where`` names the field for the message.

    Raises DataError for anything that is not an ISO 8601 date and time with a zone.
    """

    def wrong(reason: str) -> DataError:
        return DataError(reason, file=file, line=line, where=where, remedy=_HOW)

    if not isinstance(value, str):
        raise wrong(f"{value!r} is not a time")
    text = value.strip()
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise wrong(f"{_short(text)} is not a date and time") from None
    if not any(letter in text for letter in "Tt: "):
        raise wrong(f"{_short(text)} is a day without a time")
    if moment.tzinfo is None:
        raise wrong(f"{_short(text)} has no time zone")
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise wrong(f"{_short(text)} lies outside the calendar") from None


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
