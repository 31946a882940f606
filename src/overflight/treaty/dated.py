"""Days, spans of days, and the one value that holds on a day.

A span is (first day, last day), both in it; a last day of None has no end.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from overflight.errors import DataError, NotInForceError, UnknownValueError
from overflight.terms.values import CitedValue, Status

Span = tuple[dt.date, dt.date | None]
ONE_DAY = dt.timedelta(days=1)

GIVE_IT = "If you know it, give it in a private folder with --overlay DIR."
"""What to do about a value that is not public."""


def add_days(day: dt.date, days: int) -> dt.date:
    """``days`` later; the last day there is, where the calendar ends."""
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return dt.date.max


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` later; the month's last day where it is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    if day.year + years > dt.MAXYEAR:
        return dt.date.max
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return dt.date(day.year + years, month + 1, min(day.day, last))


def overlaps(a: Span, b: Span) -> bool:
    """Whether two spans share a day."""
    return (b[1] is None or a[0] <= b[1]) and (a[1] is None or b[0] <= a[1])


def without(span: Span, hole: Span) -> tuple[Span, ...]:
    """What is left of ``span`` outside ``hole``: none, one or two spans."""
    if not overlaps(span, hole):
        return (span,)
    left: list[Span] = []
    if span[0] < hole[0]:
        left.append((span[0], hole[0] - ONE_DAY))
    if hole[1] is not None and hole[1] < dt.date.max and (span[1] is None or hole[1] < span[1]):
        left.append((hole[1] + ONE_DAY, span[1]))
    return tuple(left)


def reading_holds(reading: str, readings: Mapping[str, str]) -> bool:
    """Whether "NAME=OPTION" is the option chosen; text without a reading always holds."""
    if not reading:
        return True
    name, _, option = reading.partition("=")
    return readings.get(name) == option


def in_force(
    rows: Iterable[CitedValue], on: dt.date, readings: Mapping[str, str]
) -> tuple[CitedValue, ...]:
    """The rows that hold on the day under the readings, one for each condition.

    A row that names the chosen reading goes before one that names none.
    """
    best: dict[str, CitedValue] = {}
    for row in rows:
        if row.holds_on(on) and reading_holds(row.reading, readings):
            known = best.get(row.condition)
            if known is None or (row.reading and not known.reading):
                best[row.condition] = row
    return tuple(best.values())


def pick(
    key: str,
    rows: Sequence[CitedValue],
    on: dt.date,
    readings: Mapping[str, str],
    condition: str = "",
    *,
    what: str = "",
) -> CitedValue:
    """The value of ``rows`` in force on the day, with the others that were to choose from.

    ``what`` names the value in messages. Raises NotInForceError when none holds on the day,
    UnknownValueError when it is stated as unknown, DataError for a condition no row has.
    """
    name = what or repr(key)
    holding = in_force(rows, on, readings)
    if not holding:
        raise NotInForceError(
            f"no value of {name} holds on {on}" + _under(rows, on), remedy=_way(rows, on)
        )
    chosen = _by_condition(holding, condition)
    if chosen is None:
        offered = sorted(row.condition for row in holding if row.condition)
        raise DataError(
            f"{name} has no value for the condition {condition!r} on {on}"
            if condition
            else f"{name} has a value only under a condition",
            remedy=f"Conditions: {'; '.join(offered)}." if offered else "Ask without a condition.",
        )
    if chosen.status is Status.UNKNOWN:
        raise UnknownValueError(
            f"{name} on {on} is not known from public sources"
            + (f": {chosen.note}" if chosen.note else ""),
            remedy=GIVE_IT,
        )
    others = tuple(row for row in rows if row is not chosen and row.holds_on(on))
    return with_alternatives(chosen, others)


def with_alternatives(value: CitedValue, others: tuple[CitedValue, ...]) -> CitedValue:
    """``value`` with the rows that hold at once under another condition or reading."""
    from dataclasses import replace

    return replace(value, alternatives=others) if others else value


def _by_condition(rows: Sequence[CitedValue], condition: str) -> CitedValue | None:
    wanted = condition.strip().casefold()
    for row in rows:
        if row.condition.casefold() == wanted:
            return row
    # A text that gives only one conditional value leaves no choice: it is that one.
    return rows[0] if not wanted and len(rows) == 1 else None


def _other_readings(rows: Iterable[CitedValue], on: dt.date) -> list[str]:
    """Readings under which a row holds on the day; asked for when none is chosen."""
    return sorted({row.reading for row in rows if row.reading and row.holds_on(on)})


def _under(rows: Iterable[CitedValue], on: dt.date) -> str:
    return " under the readings taken" if _other_readings(rows, on) else ""


def _way(rows: Sequence[CitedValue], on: dt.date) -> str:
    """How to get a value: by another reading on that day, or on another day."""
    offered = _other_readings(rows, on)
    if offered:
        flags = " or ".join(f"--reading {reading}" for reading in offered)
        return f"One holds on that day under another reading: ask with {flags}."
    return f"It is recorded {_spans(rows)}. Ask for a date inside that."


def _spans(rows: Iterable[CitedValue]) -> str:
    parts = sorted({(r.valid_from, r.valid_until or dt.date.max) for r in rows})
    words = [
        f"from {first}" + ("" if last == dt.date.max else f" until {last}") for first, last in parts
    ]
    return ", ".join(words) or "nowhere"
