"""What every ledger has in common: entries are only added, a correction cancels an earlier one.

Dates of entry never go back, so that the state of any past day is the state after the entries
made by then.
"""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, Self, TypeVar

from overflight.procedure.rulebook import refuse


class Numbered(Protocol):
    """An entry of any ledger."""

    @property
    def number(self) -> int: ...
    @property
    def date(self) -> dt.date: ...
    @property
    def corrects(self) -> int | None: ...


E = TypeVar("E", bound=Numbered)


class AppendOnly(Generic[E]):
    """Entries in their order. ``append`` is the only way to change them."""

    def __init__(self) -> None:
        self._entries: list[E] = []
        self._days: list[int] = []
        self._cancelled: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[E]:
        return iter(self._entries)

    def __getitem__(self, number: int) -> E:
        """The entry of that number, from 1."""
        return self._entries[number - 1]

    @property
    def entries(self) -> tuple[E, ...]:
        return tuple(self._entries)

    @property
    def last_day(self) -> dt.date | None:
        return self._entries[-1].date if self._entries else None

    def cancelled_by(self, number: int) -> int | None:
        """The number of the correction that cancelled an entry."""
        return self._cancelled.get(number)

    def as_of(self, on: dt.date) -> Self:
        """The ledger as it stood at the end of that day."""
        count = bisect_right(self._days, on.toordinal())
        return self._with(self._entries[:count])

    @abstractmethod
    def append(self, entry: E) -> E:
        """Check and enter; returns the entry as it stands. Raises DataError."""

    def restore(self, entry: E) -> E:
        """Enter what was accepted when it was written: its form is checked again, and not what
        the rules allow, which may be read otherwise or known better by now."""
        return self.append(entry)

    @abstractmethod
    def _with(self, entries: Iterable[E]) -> Self:
        """Another ledger of the same rules that holds these."""

    def extend(self, entries: Iterable[E]) -> tuple[E, ...]:
        """Append several; all of them or, where one is refused, none."""
        rest = list(entries)
        trial = self._with(self._entries)
        done = tuple(trial.append(entry) for entry in rest)
        self.__dict__.update(trial.__dict__)
        return done

    def _keep(self, entry: E) -> None:
        """Write a checked entry down."""
        self._entries.append(entry)
        self._days.append(entry.date.toordinal())


def check_order(ledger: AppendOnly[E], entry: E) -> None:
    """Raise DataError where the entry is not the next one."""
    if entry.number != len(ledger) + 1:
        refuse(
            f"entry {entry.number} cannot follow entry {len(ledger)}",
            f"Number it {len(ledger) + 1}; entries are only added at the end.",
        )
    last = ledger.last_day
    if last is not None and entry.date < last:
        refuse(
            f"{entry.date} lies before {last}, the day of the last entry",
            "Date an entry by the day on which it is made; say in the remark when it happened.",
        )


def check_correction(ledger: AppendOnly[E], entry: E) -> E:
    """The entry that is to be cancelled; DataError where there is none, or it is cancelled."""
    number = entry.corrects or 0
    if not 0 < number <= len(ledger):
        refuse(f"there is no entry {number}", f"Give a number from 1 to {len(ledger)}.")
    by = ledger.cancelled_by(number)
    if by is not None:
        refuse(f"entry {number} was cancelled by entry {by}", "Enter what is right anew.")
    old = ledger[number]
    if old.corrects is not None:
        refuse(f"entry {number} is itself a correction", "Enter what is right anew.")
    return old
