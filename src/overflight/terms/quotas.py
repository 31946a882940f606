"""Quotas as they are asked for, granted and spent: the lines of a ledger, wishes, standings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from overflight.terms.citations import Citation

EFFECTS = (
    "allocates",
    "counts-objects",
    "entitles",
    "grants",
    "moves",
    "moves-in-group",
    "plans",
    "reserves",
    "spends",
    "frees",
    "none",
    "cancels",
)
"""What an entry does with its flights."""

LIMITS = (
    "passive",
    "own-total",
    "individual",
    "pair-share",
    "equal-numbers",
    "group-bonus",
    "quarter",
    "one-at-a-time",
    "lots",
    "as-requested",
    "by-agreement",
    "last-year",
    "unchanged",
    "proportionate",
    "objects",
    "own-group",
    "sort-share",
)
"""The limits, and the rules of procedure, that a regime can bind to a paragraph."""

OWN_TOTALS = ("ceiling", "sum")
"""What a reading may take for the own total: the most it could be, or what was granted."""

ONE_SIDED = {"allocates": "observed", "counts-objects": "observed", "entitles": "observer"}
"""Effects of entries that name one side only."""

ROUNDINGS = ("up", "down")
SIDES = ("own", "other")
CALENDAR_YEAR = "calendar-year"

ENTRY_FIELDS = ("to", "agreed", "quarter", "ref", "corrects")
"""Fields that a kind of entry may need."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is counted against the quotas of a regime, in words: "DEU may fly 2 more over ...",
    "... flights", "2 flown"."""

    verb: str = "fly"
    many: str = "flights"
    where: str = "over"
    past: str = "flown"


FLIGHTS = Act()
"""Where a regime does not say otherwise."""


@dataclass(frozen=True, slots=True)
class QuotaLimit:
    """One kind of limit bound to its paragraph. ``value`` and ``minimum`` are keys of the
    treaty's values; ``own_total`` maps the options of ``reading`` to one of OWN_TOTALS.

    ``round`` is "up" or "down", for shares; ``sides`` says of whose quota a share is taken, "own"
    or "other" (both where empty); ``per`` "calendar-year" counts in calendar years where the
    quota's years are others; ``sort`` limits entries of that sort only.
    """

    kind: str
    title: str
    citations: tuple[Citation, ...]
    value: str = ""
    minimum: str = ""
    reading: str = ""
    own_total: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    round: str = ""
    sides: tuple[str, ...] = ()
    per: str = ""
    sort: str = ""

    @property
    def cite(self) -> str:
        """The paragraphs alone, as a sentence ends with them."""
        return ", ".join(c.paragraph or str(c) for c in self.citations)


@dataclass(frozen=True, slots=True)
class EntryKind:
    """A kind of line in the ledger: what its flights do, and which fields it needs.

    ``sort`` tells kinds of inspections or flights apart that have limits of their own.
    ``window_from`` and ``window_days`` are keys of values: what is entered lies in these days.
    """

    kind: str
    title: str
    effect: str
    citations: tuple[Citation, ...]
    needs: tuple[str, ...] = ()
    note: str = ""
    sort: str = ""
    window_from: str = ""
    window_days: str = ""

    @property
    def only(self) -> str:
        """The one side that the entry names, "observer" or "observed"; "" where both."""
        return ONE_SIDED.get(self.effect, "")

    @property
    def cite(self) -> str:
        return ", ".join(c.paragraph or str(c) for c in self.citations)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mission is in the ledger: an ``entry`` of that kind, where it is in one of ``phases``
    (any, where empty) and each fact of ``when`` has one of its values. ``day`` is the mark that
    tells to which day, and so to which year and quarter, it belongs ("" the day of the move)."""

    entry: str
    phases: tuple[str, ...]
    when: Mapping[str, tuple[str, ...]]
    citations: tuple[Citation, ...]
    day: str = ""
    note: str = ""

    def fits(self, phase: str, facts: Mapping[str, str]) -> bool:
        known = not self.phases or phase in self.phases
        return known and all(facts.get(name) in values for name, values in self.when.items())


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger.

    ``date`` is the day on which it was entered and never goes back; ``year`` the year whose quota
    it touches (the number of the period, where a regime counts its own). ``shared_with`` holds
    the flights jointly; ``also_over`` are further Parties
    overflown on the same flight; ``to`` receives what is moved; ``agreed`` are those whose
    consent was given. ``ref`` names the mission or the document. ``corrects`` is the number of
    the entry that this one cancels. ``despite`` is the reason for entering what the quotas do
    not allow: a fact is entered even when it is a breach.
    """

    number: int
    date: dt.date
    year: int
    kind: str
    observer: str = ""
    observed: str = ""
    flights: int = 1
    shared_with: tuple[str, ...] = ()
    also_over: tuple[str, ...] = ()
    to: str = ""
    agreed: tuple[str, ...] = ()
    quarter: int | None = None
    cites: tuple[str, ...] = ()
    ref: str = ""
    corrects: int | None = None
    despite: str = ""
    remark: str = ""

    @property
    def holders(self) -> tuple[str, ...]:
        """Whose flights these are: the observer, and those it shares them with."""
        return (self.observer, *self.shared_with)

    @property
    def territories(self) -> tuple[str, ...]:
        """Over whom: the observed Party, and further ones on the same flight."""
        return (self.observed, *self.also_over)


@dataclass(frozen=True, slots=True)
class Account:
    """One limit held against what was flown and notified: ``limit`` None where not known.

    ``spent`` are flights that count, ``reserved`` those notified and not yet decided.
    """

    kind: str
    title: str
    limit: int | None
    spent: int
    reserved: int
    cite: str
    limit_cite: str = ""
    reading: str = ""
    needs: str = ""
    note: str = ""

    @property
    def left(self) -> int | None:
        """Flights that may still be made; None where the limit is not known, never below 0."""
        return None if self.limit is None else max(0, self.limit - self.spent - self.reserved)

    @property
    def over(self) -> int:
        """Flights beyond the limit."""
        return 0 if self.limit is None else max(0, self.spent + self.reserved - self.limit)

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "title": self.title,
            "limit": self.limit,
            "spent": self.spent,
            "reserved": self.reserved,
            "left": self.left,
            "over": self.over,
            "cite": self.cite,
            "limit_cite": self.limit_cite,
            "reading": self.reading,
            "needs": self.needs,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """What ``observer`` may still fly over ``observed`` on ``on``: between ``at_least`` and
    ``at_most`` (None: nothing known bounds it)."""

    observer: str
    observed: str
    on: dt.date
    accounts: tuple[Account, ...]
    readings: Mapping[str, str] = field(default_factory=dict)
    act: Act = FLIGHTS
    notes: tuple[str, ...] = ()

    @property
    def at_most(self) -> int | None:
        known = [a.left for a in self.accounts if a.left is not None]
        return min(known) if known else None

    @property
    def at_least(self) -> int:
        lefts = [0 if a.left is None else a.left for a in self.accounts]
        return min(lefts, default=0)

    @property
    def left(self) -> int | None:
        """The number where it is known exactly, None where it is not."""
        return self.at_most if self.at_most == self.at_least else None

    @property
    def binding(self) -> tuple[Account, ...]:
        """The limits that leave the least."""
        return tuple(a for a in self.accounts if a.left is not None and a.left == self.at_most)

    @property
    def needs(self) -> tuple[str, ...]:
        """What is missing for an exact answer."""
        if self.left is not None:
            return ()
        return tuple(a.needs for a in self.accounts if a.needs)


@dataclass(frozen=True, slots=True)
class Wish:
    """Flights of ``observer`` over ``observed`` that are asked for. ``priority`` 1 is the most
    wanted. ``line`` is where it stood; ``origin`` says where it comes from."""

    observer: str
    observed: str
    flights: int
    priority: int = 1
    shared_with: tuple[str, ...] = ()
    line: int | None = None
    origin: str = "request"

    @property
    def holders(self) -> tuple[str, ...]:
        return (self.observer, *self.shared_with)


@dataclass(frozen=True, slots=True)
class QuarterWish:
    """Flights that ``observer`` plans over ``observed`` in a quarter, 1 to 4. ``start`` is the
    estimated time of arrival where one is wished for; then it is one flight."""

    observer: str
    observed: str
    quarter: int
    flights: int = 1
    start: dt.datetime | None = None
    outside_quota: bool = False
    line: int | None = None
