"""States, what they did under a regime, and where that leaves them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.terms.citations import Citation
from overflight.terms.values import Status

Between = tuple[dt.date, dt.date]
"""First and last day on which something whose day is not known can have happened."""


@dataclass(frozen=True, slots=True)
class State:
    """A State named in the regime. ``until`` is the last day it existed (None: it exists).

    ``successors`` are the States that hold together what was allotted to one that is no more.
    """

    code: str
    name: str
    until: dt.date | None = None
    note: str = ""
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something a State did under the regime, on a day between ``earliest`` and ``latest``.

    ``effective`` is the day on which a withdrawal takes effect. ``in_use`` is false for what a
    source says that is not the one in use; such a row stands, and ``reading`` may select it.
    ``towards``: the only States against whom a suspension is; none: it is of the whole regime.
    """

    state: str
    kind: str
    earliest: dt.date
    latest: dt.date
    status: Status
    citations: tuple[Citation, ...]
    effective: dt.date | None = None
    in_use: bool = True
    reading: str = ""
    note: str = ""
    towards: tuple[str, ...] = ()

    @property
    def date(self) -> dt.date | None:
        """The day, or None when only the interval is known."""
        return self.earliest if self.earliest == self.latest else None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of States Parties between two dates. ``kind`` is one of vocabulary.GROUP_KINDS."""

    code: str
    name: str
    kind: str
    members: tuple[str, ...]
    valid_from: dt.date
    valid_until: dt.date | None
    status: Status
    citations: tuple[Citation, ...]
    note: str = ""

    def holds_on(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Suspension:
    """That a party does not apply the regime for now, though it has not left it.

    ``by`` is the State whose act it is, ``announced`` when it said that it would. ``since`` is
    None, and ``since_between`` its bounds, where the day is not known.
    """

    by: str
    since: dt.date | None
    since_between: Between | None
    announced: dt.date | None
    status: Status
    citations: tuple[Citation, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the regime that begins or ends on days of its own (its inspections, say).

    ``quota``: "whole", it is one period of quotas; "yearly", it has one a year; "": none.
    """

    id: str
    name: str
    valid_from: dt.date
    valid_until: dt.date | None
    status: Status
    citations: tuple[Citation, ...]
    note: str = ""
    quota: str = ""

    def standing(self, on: dt.date) -> str:
        """ "to come", "running" or "ended" on that day."""
        if on < self.valid_from:
            return "to come"
        return "ended" if self.valid_until is not None and on > self.valid_until else "running"


@dataclass(frozen=True, slots=True)
class Termination:
    """The end of the whole regime: ``date`` is the first day on which it binds nobody."""

    date: dt.date
    citations: tuple[Citation, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class PartyStatus:
    """Where a State stands on a date, as far as could be known on that date.

    ``standing`` is "party", "departed", "ended" (the regime is over), "signed, not
    ratified", "not a party" or "undetermined". ``since`` is the first day as a party (it may
    lie ahead, after a deposit), ``since_between`` its bounds when the day is not known.
    ``until`` is the last day as a party once notice has been given, ``left`` the day after: the
    day withdrawal takes effect.
    ``suspended`` is set while a party does not apply the regime: it has not left, nor does it act.
    """

    state: str
    name: str
    standing: str
    since: dt.date | None
    since_between: Between | None
    until: dt.date | None
    events: tuple[Event, ...]
    citations: tuple[Citation, ...]
    suspended: Suspension | None = None

    @property
    def left(self) -> dt.date | None:
        return None if self.until is None else self.until + dt.timedelta(days=1)

    def first(self, kind: str) -> Event | None:
        """The first event of that kind."""
        return next((event for event in self.events if event.kind == kind), None)

    def last(self, kind: str) -> Event | None:
        """The latest event of that kind."""
        return next((event for event in reversed(self.events) if event.kind == kind), None)

    @property
    def cite(self) -> tuple[str, ...]:
        return tuple(str(citation) for citation in self.citations)


@dataclass(frozen=True, slots=True)
class EntryIntoForceRule:
    """What the regime asks for before it binds anybody; ``fixed`` replaces all of it.

    ``known_from`` is the first day on which ``fixed`` could be known (None: from the start).
    """

    fixed: dt.date | None
    days: int
    instruments: int
    must_include: tuple[str, ...]
    must_include_passive_quota_at_least: int | None
    later_days: int
    citations: tuple[Citation, ...]
    later_citations: tuple[Citation, ...]
    known_from: dt.date | None = None


@dataclass(frozen=True, slots=True)
class EntryIntoForce:
    """When the regime began: computed from the deposits. ``date`` None: not, or not known.

    ``completed_by`` is the deposit that met the last condition, ``ratified`` how many States'
    ratifications had been deposited by then, ``required`` those without which it could not begin.
    """

    date: dt.date | None
    between: Between | None
    completed_by: dt.date | None
    ratified: int
    required: tuple[str, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class WithdrawalRule:
    """Notice of so many months, or days, and the span of days in which a conference is held."""

    notice_months: int
    conference_days: tuple[int, int] | None
    citations: tuple[Citation, ...]
    conference_citations: tuple[Citation, ...]
    notice_days: int = 0
