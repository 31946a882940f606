"""The append-only ledger: entries are checked, added up, and never changed.

A correction is a new entry that names the one it cancels. Dates of entry never go back, so that
the state of any past day is the state after the entries made by then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from overflight.procedure.ledger import books as b
from overflight.procedure.ledger.books import Books, Change
from overflight.procedure.ledger.checks import check_balance, check_shape
from overflight.procedure.ledger.entries import AppendOnly
from overflight.procedure.rulebook import Known, Rulebook
from overflight.terms.quotas import Entry


class Ledger(AppendOnly[Entry]):
    """Entries in their order, under a rulebook. ``append`` is the only way to change it."""

    def __init__(self, rules: Rulebook, entries: Iterable[Entry] = ()) -> None:
        super().__init__()
        self.rules = rules
        self.books = Books()
        self._changes: dict[int, list[Change]] = {}
        self._open: dict[str, int] = {}
        self._closed: dict[str, int] = {}
        self._closes: dict[int, tuple[str, int]] = {}
        self._allocated: dict[str, list[int]] = {}
        self._cites = {k: tuple(map(str, kind.citations)) for k, kind in rules.kinds.items()}
        for entry in entries:
            self.append(entry)

    def _with(self, entries: Iterable[Entry]) -> Ledger:
        found = Ledger(self.rules)
        for entry in entries:
            found.restore(entry)
        return found

    @property
    def open_refs(self) -> tuple[str, ...]:
        """Missions notified and not yet decided."""
        return tuple(self._open)

    def history(self, *codes: str) -> tuple[Entry, ...]:
        """The entries that name all of these Parties (all entries where none is given)."""
        day = self.last_day
        wanted = {self.rules.holder(code, day) for code in codes} if day is not None else set()
        return tuple(e for e in self._entries if {*e.holders, *e.territories, e.to} >= wanted)

    # --- writing --------------------------------------------------------------------------

    def append(self, entry: Entry) -> Entry:
        """Check and enter; returns the entry as it stands, holders for their members.

        A number of 0 takes the next; without cites, those of its kind are taken. Raises
        DataError for anything that does not fit, and for flights that the quotas do not allow
        unless ``despite`` gives the reason for entering them all the same.
        """
        return self._append(entry, balance=not entry.despite)

    def restore(self, entry: Entry) -> Entry:
        """Enter again what was accepted, whatever the quotas allow by the readings now chosen."""
        return self._append(entry, balance=False)

    def _append(self, entry: Entry, *, balance: bool) -> Entry:
        entry = self._complete(entry)
        check_shape(self, entry)
        released = self._released(entry)
        if balance:
            check_balance(self, entry, released)
        self._enter(entry, released)
        return entry

    def _complete(self, entry: Entry) -> Entry:
        self.rules.entry_kind(entry.kind)
        if entry.number == 0:
            entry = replace(entry, number=len(self) + 1)

        def holder(code: str) -> str:
            return self.rules.holder(code, entry.date) if code else ""

        return replace(
            entry,
            observer=holder(entry.observer),
            observed=holder(entry.observed),
            to=holder(entry.to),
            shared_with=tuple(sorted(holder(code) for code in entry.shared_with)),
            also_over=tuple(holder(code) for code in entry.also_over),
            cites=entry.cites or self._cites[entry.kind],
        )

    def _released(self, entry: Entry) -> list[Change]:
        """What the end of a notified flight gives back of its reservation."""
        number = self._open.get(entry.ref) if entry.ref else None
        if number is None or self.rules.entry_kind(entry.kind).effect not in ("spends", "frees"):
            return []
        return [(book, key, -delta) for book, key, delta in self._changes[number]]

    def _enter(self, entry: Entry, released: list[Change]) -> None:
        kind = self.rules.entry_kind(entry.kind)
        effect = kind.effect
        dated = self.rules.periods.own
        changes = [*released, *changes_of(entry, effect, kind.sort, dated=dated)]
        if effect == "cancels" and entry.corrects is not None:
            changes = self._cancel(entry, entry.corrects)
        if effect == "reserves":
            self._open[entry.ref] = entry.number
        elif effect in ("spends", "frees", "none") and entry.ref:
            if released:
                self._closes[entry.number] = entry.ref, self._open.pop(entry.ref)
            self._closed[entry.ref] = entry.number
        elif effect in ("allocates", "counts-objects"):
            self._allocated.setdefault(entry.observed, []).append(entry.number)
        self.books.post(entry.date.toordinal(), changes)
        if changes:
            self._changes[entry.number] = changes
        self._keep(entry)

    def _cancel(self, entry: Entry, number: int) -> list[Change]:
        """Undo an entry; what it closed is open again."""
        old = self._entries[number - 1]
        self._cancelled[number] = entry.number
        if self._open.get(old.ref) == number:
            del self._open[old.ref]
        if self._closed.get(old.ref) == number:
            del self._closed[old.ref]
        if number in self._closes:
            ref, first = self._closes[number]
            self._open[ref] = first
        return [(book, key, -delta) for book, key, delta in self._changes.get(number, [])]

    # --- reading --------------------------------------------------------------------------

    def total(self, book: str, key: tuple[object, ...], on: dt.date) -> int:
        return self.books.at(book, key, on.toordinal())

    def is_closed(self, ref: str) -> bool:
        return ref in self._closed

    def ended(self, ref: str) -> Entry | None:
        """The entry that ended a mission, or says that it was outside the quotas."""
        number = self._closed.get(ref)
        return None if number is None else self[number]

    def notified(self, ref: str) -> Entry | None:
        """The entry that notified a mission which has not ended."""
        number = self._open.get(ref)
        return None if number is None else self[number]

    def passive(self, holder: str, on: dt.date) -> Known:
        """The passive quota: the last one allocated in the ledger, or the share of the objects
        last counted there, else the treaty's own."""
        year = self.rules.periods.at(on).number
        for number in reversed(self._allocated.get(holder, [])):
            entry = self._entries[number - 1]
            if entry.date > on or entry.year > year:
                continue
            by = self._cancelled.get(number)
            if by is not None and self._entries[by - 1].date <= on:
                continue
            if self.rules.entry_kind(entry.kind).effect == "counts-objects":
                return self.rules.of_objects(entry.flights, on)
            return Known(entry.flights, "; ".join(entry.cites))
        if self.rules.limit("objects") is not None:
            what = f"how many objects of verification {self.rules.name(holder)} has"
            return Known(None, "", f"{what} in {self.rules.periods.at(on)}")
        return self.rules.passive(holder, on)

    def accepted(self, holder: str, on: dt.date) -> Known:
        """How many flights a year may be laid on the holder, on that day."""
        return self.rules.accepted(self.passive(holder, on), on)


def quarter_of(entry: Entry) -> int:
    """The quarter that an entry belongs to: as stated, else that of its date."""
    return entry.quarter or (entry.date.month + 2) // 3


def changes_of(entry: Entry, effect: str, sort: str = "", *, dated: bool = False) -> list[Change]:
    """What the flights of an entry do to the books; ``dated`` counts by calendar year, too."""
    if effect == "entitles":
        own = entry.year, entry.observer
        return [(b.TOTAL, own, entry.flights), (b.ENTITLED, own, 1)]
    if effect == "grants":
        return _granted(entry)
    if effect in ("moves", "moves-in-group"):
        moved = replace(entry, flights=-entry.flights, shared_with=())
        return [*_granted(moved)[:-2], *_granted(replace(entry, observer=entry.to))[:-2]]
    if effect == "plans":
        key = entry.year, quarter_of(entry), entry.observed, entry.observer
        return [(b.PLANNED, key, entry.flights)]
    if effect == "spends":
        return _used(entry, _SPENDING) + _apart(entry, _SPENDING_APART, sort, dated)
    if effect == "reserves":
        return _used(entry, _RESERVING) + _apart(entry, _RESERVING_APART, sort, dated)
    return []


def _granted(entry: Entry) -> list[Change]:
    year, observed, n = entry.year, entry.observed, entry.flights
    changes: list[Change] = []
    for holder in entry.holders:
        changes += [(b.GRANTED, (year, holder, observed), n), (b.TOTAL, (year, holder), n)]
    if entry.shared_with:
        changes.append((b.JOINT, (year, tuple(sorted(entry.holders)), observed), n))
    else:
        changes.append((b.OWN, (year, entry.observer, observed), n))
    return [*changes, (b.LAID_ON, (year, observed), n), (b.DISTRIBUTED, (year, observed), 1)]


_SPENDING = b.SPENT, b.SPENT_TOTAL, b.SPENT_OWN, b.SPENT_JOINT, b.RECEIVED
_RESERVING = b.RESERVED, b.RESERVED_TOTAL, b.RESERVED_OWN, b.RESERVED_JOINT, b.EXPECTED


def _used(entry: Entry, names: tuple[str, str, str, str, str]) -> list[Change]:
    pair, total, own, joint, passive = names
    year, n = entry.year, entry.flights
    holders = tuple(sorted(entry.holders))
    changes: list[Change] = []
    for observed in entry.territories:
        for holder in holders:
            changes += [(pair, (year, holder, observed), n), (total, (year, holder), n)]
        if entry.shared_with:
            changes.append((joint, (year, holders, observed), n))
        else:
            changes.append((own, (year, entry.observer, observed), n))
        made = year, quarter_of(entry), observed, entry.observer
        changes += [(passive, (year, observed), n), (b.MADE, made, n)]
    return changes


_SPENDING_APART = b.RECEIVED_SORT, b.SPENT_DATED
_RESERVING_APART = b.EXPECTED_SORT, b.RESERVED_DATED


def _apart(entry: Entry, names: tuple[str, str], sort: str, dated: bool) -> list[Change]:
    """What is also counted by sort, and by calendar year."""
    of_sort, by_date = names
    changes: list[Change] = []
    for observed in entry.territories:
        if sort:
            changes.append((of_sort, (entry.year, observed, sort), entry.flights))
        if dated:
            day = entry.date.year
            changes += [
                (by_date, (day, holder, observed), entry.flights) for holder in entry.holders
            ]
    return changes
