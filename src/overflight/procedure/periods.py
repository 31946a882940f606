"""The years, or other periods, that quotas are counted in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from overflight.errors import DataError, NotInForceError
from overflight.treaty.dated import ONE_DAY, add_months
from overflight.treaty.parties import Part

_LAST = 9999


@dataclass(frozen=True, slots=True)
class Period:
    """A period of quotas: its number, its days (both inclusive), and the part it belongs to."""

    number: int
    first: dt.date
    last: dt.date
    part: str = ""

    def __str__(self) -> str:
        return f"period {self.number} ({self.first} to {self.last})" if self.part else self.year

    @property
    def year(self) -> str:
        """The number as people say it."""
        return str(self.number)


class Periods:
    """The periods of a regime: calendar years, unless its parts say otherwise.

    Periods of its own are numbered from 1. ``name`` is the regime's, for errors.
    """

    def __init__(self, parts: Sequence[Part], name: str) -> None:
        self.parts = tuple(sorted((p for p in parts if p.quota), key=lambda part: part.valid_from))
        self.name = name

    @property
    def own(self) -> bool:
        """Whether the regime counts in other spans than calendar years."""
        return bool(self.parts)

    def at(self, on: dt.date) -> Period:
        """The period of that day. NotInForceError where no quotas were counted then."""
        if not self.own:
            return _calendar(on.year)
        before = 0
        for part in self.parts:
            if part.valid_from <= on <= (part.valid_until or dt.date.max):
                years = _years(part.valid_from, on) if part.quota == "yearly" else 0
                return _nth(part, years, before)
            before += _count(part)
        raise NotInForceError(
            f"no inspection or flight was counted by {self.name} on {on}",
            remedy=f"Ask for a day from {self.parts[0].valid_from} to {_end(self.parts[-1])}.",
        )

    def numbered(self, number: int) -> Period:
        """The period of that number (a calendar year: the year). DataError for another."""
        if not self.own:
            if 1 <= number <= _LAST:
                return _calendar(number)
            raise DataError(f"{number} is not a year", remedy="Give a year, e.g. 2021.")
        before = 0
        for part in self.parts:
            if 0 < number - before <= _count(part):
                return _nth(part, number - before - 1, before)
            before += _count(part)
        raise DataError(
            f"{self.name} has no period {number}",
            remedy="Give the number of a period, counted from 1, or a date.",
        )


def _calendar(year: int) -> Period:
    return Period(year, dt.date(year, 1, 1), dt.date(year, 12, 31))


def _end(part: Part) -> str:
    return str(part.valid_until or "today")


def _years(first: dt.date, on: dt.date) -> int:
    """Whole years from one day to another."""
    years = on.year - first.year
    return years if add_months(first, 12 * years) <= on else years - 1


def _count(part: Part) -> int:
    if part.quota == "whole":
        return 1
    return _years(part.valid_from, part.valid_until or dt.date(_LAST, 12, 30)) + 1


def _nth(part: Part, years: int, before: int) -> Period:
    if part.quota == "whole":
        return Period(before + 1, part.valid_from, part.valid_until or dt.date.max, part.id)
    first = add_months(part.valid_from, 12 * years)
    last = add_months(part.valid_from, 12 * years + 12)
    last = last - ONE_DAY if last < dt.date.max else last
    return Period(before + years + 1, first, min(last, part.valid_until or last), part.id)
