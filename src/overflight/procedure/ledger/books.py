"""Running totals by day: what a ledger has added up, for any past date."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import Any

Key = tuple[Any, ...]

Change = tuple[str, Key, int]
"""The book, the key in it, and how much it goes up (or down)."""

GRANTED = "granted"  # (year, observer, observed): individual active quota
OWN = "own"  # (year, observer, observed): the part of it that is shared with nobody
JOINT = "joint"  # (year, holders in order, observed): flights held jointly
TOTAL = "total"  # (year, observer): total active quota
LAID_ON = "laid-on"  # (year, observed): flights distributed over a Party, shared ones once
DISTRIBUTED = "distributed"  # (year, observed): entries that distribute over it
SPENT, SPENT_OWN, SPENT_JOINT = "spent", "spent-own", "spent-joint"
SPENT_TOTAL = "spent-total"  # (year, observer)
RECEIVED = "received"  # (year, observed): flights that counted against its passive quota
RESERVED, RESERVED_OWN, RESERVED_JOINT = "reserved", "reserved-own", "reserved-joint"
RESERVED_TOTAL, EXPECTED = "reserved-total", "expected"
PLANNED = "planned"  # (year, quarter, observed, observer)
ENTITLED = "entitled"  # (year, observer): entries that state its total active quota
RECEIVED_SORT, EXPECTED_SORT = "received-sort", "expected-sort"  # (year, observed, sort)
SPENT_DATED, RESERVED_DATED = "spent-dated", "reserved-dated"  # (calendar year, observer, observed)
MADE = "made"  # (year, quarter, observed, observer): flown or notified


class Books:
    """Books of running totals; each key holds its days in order and the total after each."""

    def __init__(self) -> None:
        self._series: dict[str, dict[Key, tuple[list[int], list[int]]]] = defaultdict(dict)
        self._observers: dict[Key, set[str]] = defaultdict(set)

    def post(self, day: int, changes: list[Change]) -> None:
        """Enter changes of a day (its ordinal); days never go back."""
        for book, key, delta in changes:
            series = self._series[book].get(key)
            if series is None:
                series = self._series[book][key] = ([], [])
                if book in (PLANNED, MADE):
                    year, quarter, observed, observer = key
                    self._observers[year, quarter, observed].add(observer)
            days, totals = series
            total = (totals[-1] if totals else 0) + delta
            if days and days[-1] == day:
                totals[-1] = total
            else:
                days.append(day)
                totals.append(total)

    def at(self, book: str, key: Key, day: int) -> int:
        """The total at the end of that day; 0 where nothing was entered."""
        series = self._series[book].get(key)
        if series is None:
            return 0
        days, totals = series
        position = len(days) if days[-1] <= day else bisect_right(days, day)
        return totals[position - 1] if position else 0

    def first_day(self, book: str, key: Key) -> int | None:
        """The day (its ordinal) of the first entry under a key."""
        series = self._series[book].get(key)
        return series[0][0] if series else None

    def observers(self, year: int, quarter: int, observed: str) -> set[str]:
        """Who has planned or made flights over that Party in that quarter, by any day."""
        return self._observers.get((year, quarter, observed), set())

    def keys(self, book: str) -> tuple[Key, ...]:
        """The keys of a book, in order."""
        return tuple(sorted(self._series[book], key=repr))
