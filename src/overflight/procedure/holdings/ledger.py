"""The append-only ledger of holdings: entries are checked, kept, and never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from overflight.errors import DataError
from overflight.procedure.holdings.stock import stock
from overflight.procedure.ledger.entries import AppendOnly, check_correction, check_order
from overflight.procedure.rulebook import refuse
from overflight.terms.holdings import Bucket, HoldingEntry, HoldingKind, HoldingsFrame
from overflight.treaty.model import Treaty
from overflight.treaty.problems import did_you_mean

_MOST = 10_000_000
_DESPITE = "If it is so all the same, enter it with the reason (despite)."


class HoldingsLedger(AppendOnly[HoldingEntry]):
    """Entries in their order, under a treaty. Raises DataError for one that counts nothing."""

    def __init__(self, treaty: Treaty, entries: Iterable[HoldingEntry] = ()) -> None:
        super().__init__()
        if treaty.holdings is None:
            raise DataError(
                f"{treaty.short} counts nothing that Parties hold",
                remedy="Name a regime with holdings.toml in its folder.",
            )
        self.treaty = treaty
        self.frame: HoldingsFrame = treaty.holdings
        self._codes = {s.code for s in treaty.states} | {g.code for g in treaty.groups}
        self._declared: dict[tuple[dt.date, Bucket], int] = {}
        for entry in entries:
            self.append(entry)

    def _with(self, entries: Iterable[HoldingEntry]) -> HoldingsLedger:
        return HoldingsLedger(self.treaty, entries)

    def kind(self, name: str) -> HoldingKind:
        """The kind of entry. DataError, listing them, for another."""
        if name not in self.frame.kinds:
            raise DataError(
                f"{self.treaty.short} has no entries of holdings of the kind {name!r}",
                remedy=f"{did_you_mean(name, self.frame.kinds)} "
                f"One of: {', '.join(self.frame.kinds)}.",
            )
        return self.frame.kinds[name]

    def append(self, entry: HoldingEntry) -> HoldingEntry:
        """Check and enter; returns the entry as it stands.

        A number of 0 takes the next; without cites, those of its kind are taken. Raises DataError
        for anything that does not fit, and for items that leave a place where fewer are known to
        be, unless ``despite`` gives the reason.
        """
        kind = self.kind(entry.kind)
        entry = replace(
            entry,
            number=entry.number or len(self) + 1,
            cites=entry.cites or tuple(str(c) for c in kind.citations),
        )
        check_order(self, entry)
        for name in kind.needs:
            if not getattr(entry, name):
                refuse(f"{kind.title}: {name!r} is missing", f"{name} is needed ({kind.cite}).")
        if kind.effect == "cancels":
            self._cancelled[check_correction(self, entry).number] = entry.number
        else:
            self._check(entry, kind)
            if kind.effect == "declares":
                self._declared[entry.valid, entry.bucket] = entry.number
        self._keep(entry)
        return entry

    def live(self) -> list[HoldingEntry]:
        """The entries that no correction cancelled, without the corrections."""
        return [
            entry
            for entry in self._entries
            if entry.number not in self._cancelled and entry.corrects is None
        ]

    def _check(self, entry: HoldingEntry, kind: HoldingKind) -> None:
        if entry.corrects is not None:
            refuse(f"{kind.title}: it corrects nothing", "Leave 'corrects' out.")
        if not entry.party:
            refuse(f"{kind.title}: the Party is missing", "Give party.")
        for name, known in (
            ("party", self._codes),
            ("to", self._codes),
            ("zone", self.frame.zones),
            ("to_zone", self.frame.zones),
            ("category", self.frame.categories),
            ("to_category", self.frame.categories),
            ("status", self.frame.statuses),
            ("to_status", self.frame.statuses),
        ):
            value = getattr(entry, name)
            if value and value not in known:
                refuse(f"{name}: {value!r} is not known here", did_you_mean(value, known))
        if entry.items is not None and not 0 <= entry.items <= _MOST:
            refuse(f"{entry.items} is no number of items", "Give a whole number from 0.")
        if kind.effect == "moves" and entry.target == entry.bucket:
            refuse(f"{kind.title}: nothing moves", "Say where it goes: to, to_zone, to_status ...")
        before = self._declared.get((entry.valid, entry.bucket))
        if kind.effect == "declares" and before is not None and before not in self._cancelled:
            refuse(
                f"{_words(entry.bucket)}, valid on {entry.valid}, was entered before",
                "If that was wrong, cancel it first: corrected, with its number.",
            )
        if kind.effect in ("removes", "moves") and entry.items and not entry.despite:
            self._covered(entry)

    def _covered(self, entry: HoldingEntry) -> None:
        """Refuse to take more from a place than is known to be there, then or later."""
        days = {entry.valid, *(old.valid for old in self.live() if old.valid > entry.valid)}
        for day in sorted(days):
            found = stock(self, day)
            if not found.covers(entry):
                continue
            there = found.items(entry.bucket)
            if there is not None and there < (entry.items or 0):
                refuse(
                    f"{_words(entry.bucket)}: {there} are held on {day}, not {entry.items}",
                    _DESPITE,
                )


def _words(bucket: Bucket) -> str:
    parts = (bucket.party, bucket.category, bucket.zone, bucket.status, bucket.unit)
    return ", ".join(part for part in parts if part)
