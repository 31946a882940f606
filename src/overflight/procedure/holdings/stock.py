"""What is held on a day: the last statement of each Party, and the changes since."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from overflight.terms.holdings import Bucket, HoldingEntry, HoldingsFrame, root

if TYPE_CHECKING:
    from overflight.procedure.holdings.ledger import HoldingsLedger

Stated = Mapping[tuple[str, str], dt.date]
"""Party and outermost category -> the day of the statement that counts."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What is held on ``on``: ``counts`` by bucket (None: not known), and what was stated when."""

    on: dt.date
    counts: Mapping[Bucket, int | None]
    stated: Stated
    frame: HoldingsFrame

    def items(self, bucket: Bucket) -> int | None:
        """Items in exactly that bucket; None where that is not known."""
        if (bucket.party, root(self.frame.categories, bucket.category)) not in self.stated:
            return None
        return self.counts.get(bucket, 0)

    def covers(self, entry: HoldingEntry) -> bool:
        """Whether the statement that counts on the day was made before the entry took place."""
        key = entry.party, root(self.frame.categories, entry.category)
        return key in self.stated and self.stated[key] < entry.valid


def stated_by(ledger: HoldingsLedger, on: dt.date) -> dict[tuple[str, str], dt.date]:
    """The last day, up to ``on``, for which each Party stated all it holds of a category."""
    found: dict[tuple[str, str], dt.date] = {}
    for entry in ledger.live():
        if ledger.kind(entry.kind).effect == "declares" and entry.valid <= on:
            key = entry.party, root(ledger.frame.categories, entry.category)
            found[key] = max(entry.valid, found.get(key, entry.valid))
    return found


def stock(
    ledger: HoldingsLedger, on: dt.date, stated: Stated | None = None, *, inclusive: bool = True
) -> Stock:
    """What is held at the end of ``on``, as far as the ledger tells.

    A statement comprises the changes of its own day. What a Party holds of a category of which
    it never stated all is only what came in. ``stated`` starts from other statements than the
    last ones; ``inclusive`` False leaves out the changes of ``on`` itself.
    """
    begun = stated_by(ledger, on) if stated is None else stated
    counts: dict[Bucket, int | None] = defaultdict(int)

    def put(bucket: Bucket, items: int | None, entry: HoldingEntry) -> None:
        key = bucket.party, root(ledger.frame.categories, bucket.category)
        since = begun.get(key)
        if since is not None and entry.valid <= since:
            return
        old = counts[bucket]
        if items is None or old is None:
            counts[bucket] = None
        else:
            counts[bucket] = old + items if since is not None else max(0, old + items)

    for entry in sorted(ledger.live(), key=lambda e: (e.valid, e.number)):
        effect = ledger.kind(entry.kind).effect
        if entry.valid > on or effect in ("none", "owes"):
            continue
        if effect == "declares":
            key = entry.party, root(ledger.frame.categories, entry.category)
            if begun.get(key) == entry.valid:
                counts[entry.bucket] = entry.items
            continue
        if entry.valid == on and not inclusive:
            continue
        out = None if entry.items is None else -entry.items
        if effect in ("removes", "moves"):
            put(entry.bucket, out, entry)
        if effect == "adds":
            put(entry.bucket, entry.items, entry)
        if effect == "moves":
            put(entry.target, entry.items, entry)
    return Stock(on, dict(sorted(counts.items())), begun, ledger.frame)
