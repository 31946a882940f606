"""What a Party may still fly over another on a day, limit by limit, each with its paragraph."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from overflight.errors import NotInForceError, UnknownValueError
from overflight.procedure.ledger import books as b
from overflight.procedure.rulebook import Known, down, up
from overflight.terms.quotas import Account, QuotaLimit, Standing
from overflight.treaty.model import Group
from overflight.treaty.quotas import active

if TYPE_CHECKING:
    from overflight.procedure.ledger.ledger import Ledger


def standing(
    ledger: Ledger,
    observer: str,
    observed: str,
    on: dt.date,
    *,
    year: int | None = None,
    sort: str = "",
) -> Standing:
    """What ``observer`` may still fly over ``observed`` at the end of ``on``, in flights.

    ``year`` is the year of the quota (default: that of the day); ``sort`` asks for inspections or
    flights of that sort, which have limits of their own. Raises NotInForceError where
    the treaty binds one of them not on that day, DataError for an unknown code.
    """
    rules = ledger.rules
    span = rules.periods.at(on) if year is None else rules.periods.numbered(year)
    day = max(span.first, min(on, span.last))
    who, whom = rules.bound_holder(observer, day), rules.bound_holder(observed, day)
    if who == whom:
        rules.view(day).require_parties(observer, observed)
    asked = _Asked(ledger, who, whom, span.number, on, day)
    notes = tuple(
        f"{rules.name(status.state)} ({status.state}) has suspended its part of "
        f"{rules.treaty.short} since {status.suspended.since or 'a day that is not known'}; the "
        "numbers are those of the text."
        for status in rules.view(day).suspended
        if status.state in (who, whom, observer, observed) and status.suspended is not None
    )
    accounts = [
        *asked.individual(),
        *asked.own_total(),
        *asked.passive(),
        *asked.pair_share(),
        *asked.own_group(),
        *asked.of_sort(sort),
        *asked.quarter(),
    ]
    return Standing(who, whom, on, tuple(accounts), rules.readings_used, rules.treaty.act, notes)


class _Asked:
    """One question: the limits look at the same books on the same day."""

    def __init__(
        self, ledger: Ledger, who: str, whom: str, year: int, on: dt.date, day: dt.date
    ) -> None:
        self.ledger, self.rules = ledger, ledger.rules
        self.who, self.whom, self.year, self.on, self.day = who, whom, year, on, day

    def at(self, book: str, *key: object) -> int:
        return self.ledger.total(book, (self.year, *key), self.on)

    def used(self, whom: str) -> tuple[int, int]:
        return self.at(b.SPENT, self.who, whom), self.at(b.RESERVED, self.who, whom)

    def quota(self, who: str, whom: str) -> Known:
        """An individual active quota: as the ledger distributes, else as the treaty's data have
        it."""
        if granted := self.at(b.GRANTED, who, whom):
            return Known(granted, "the ledger")
        if self.at(b.DISTRIBUTED, whom) and not self.stated_apart(who, whom):
            return Known(0, "the ledger")
        try:
            value = self.rules.view(self.day).active_quota(who, whom)
        except (UnknownValueError, NotInForceError) as error:
            what = f"the active quota of {who} over {whom}, {self.year}: {error.message}"
            return Known(None, "", what)
        return Known(int(value.value), value.cite)

    def stated_apart(self, who: str, whom: str) -> bool:
        """Whether the treaty's data say of this pair what a distribution in the ledger does not
        settle: that nobody knows the number, or what was decided later."""
        row = active(self.rules.treaty, ((who, whom),), self.day)
        if row is None or not row.flights.holds_on(self.day):
            return False
        entered = self.ledger.books.first_day(b.DISTRIBUTED, (self.year, whom))
        later = entered is not None and row.flights.valid_from.toordinal() > entered
        return row.flights.value is None or later

    def individual(self) -> list[Account]:
        limit = self.rules.limit("individual")
        group = self.rules.group_of(self.whom, self.day)
        bonus = self.rules.limit("group-bonus")
        if group is not None and bonus is not None and self.who not in group.members:
            return self.bonus(bonus, group)
        if limit is None:
            return []
        same = self.rules.number(limit.value, self.day) if limit.value else None
        quota = same or self.quota(self.who, self.whom)
        return [_account(limit, quota, *self.used(self.whom))]

    def bonus(self, limit: QuotaLimit, group: Group) -> list[Account]:
        """Over a member of a group: half as much again, within the sum over all members."""
        own = self.quota(self.who, self.whom)
        held = [self.quota(member, self.who) for member in group.members]
        share = self.rules.percent(limit, self.day)
        least = self.rules.number(limit.minimum, self.day) if limit.minimum else Known(0)
        entitled = any(quota.value for quota in held)
        more = own
        if entitled and own.value is not None and share is not None and least.value is not None:
            number = own.value + up(own.value, share) if own.value else least.value
            more = Known(number, own.cite)
        quotas = [self.quota(self.who, member) for member in group.members]
        values = [quota.value for quota in quotas if quota.value is not None]
        missing = next((quota for quota in quotas if quota.value is None), None)
        total = missing or Known(sum(values), own.cite)
        spent = [self.used(member) for member in group.members]
        sums = sum(s for s, _ in spent), sum(r for _, r in spent)
        words = f"over all members of {group.code}"
        return [
            _account(limit, more, *self.used(self.whom)),
            _account(limit, total, *sums, note=words),
        ]

    def own_total(self) -> list[Account]:
        limit = self.rules.limit("own-total")
        total = self.at(b.TOTAL, self.who)
        if limit is None:
            return []
        if not self.at(b.ENTITLED, self.who):
            if self.rules.entitles:
                span = self.rules.periods.numbered(self.year)
                missing = f"the active quota of {self.who} in {span}"
                spent, reserved = (
                    self.at(b.SPENT_TOTAL, self.who),
                    self.at(b.RESERVED_TOTAL, self.who),
                )
                return [_account(limit, Known(None, "", missing), spent, reserved)]
            if not total or not self.at(b.DISTRIBUTED, self.whom):
                return []
        spent = self.at(b.SPENT_TOTAL, self.who)
        reserved = self.at(b.RESERVED_TOTAL, self.who)
        return [_account(limit, Known(total, "the ledger"), spent, reserved)]

    def passive(self) -> list[Account]:
        limit = self.rules.limit("passive")
        if limit is None:
            return []
        received, expected = self.at(b.RECEIVED, self.whom), self.at(b.EXPECTED, self.whom)
        return [_account(limit, self.ledger.accepted(self.whom, self.day), received, expected)]

    def pair_share(self) -> list[Account]:
        limit = self.rules.limit("pair-share")
        if limit is None:
            return []
        share = self.rules.percent(limit, self.day)
        if self.rules.own_total == "sum":
            total = self.at(b.TOTAL, self.who)
            missing = f"the total active quota of {self.who} in {self.year}"
            own = Known(total, "the ledger") if total else Known(None, "", missing)
        else:
            own = self.ledger.passive(self.who, self.day)
        other = self.ledger.passive(self.whom, self.day)
        reading = self.rules.readings.get(limit.reading, "") if limit.reading else ""
        named = f"{limit.reading}={reading}" if reading else ""
        accounts = []
        sides = {"own": (own, f"own total of {self.who}"), "other": (other, f"of {self.whom}")}
        part = down if limit.round == "down" else up
        used = self.used(self.whom)
        if limit.per and self.rules.periods.own:
            key = self.on.year, self.who, self.whom
            used = (
                self.ledger.total(b.SPENT_DATED, key, self.on),
                self.ledger.total(b.RESERVED_DATED, key, self.on),
            )
        for quota, words in (sides[side] for side in limit.sides or sides):
            half = quota
            if quota.value is not None and share is not None:
                half = Known(part(quota.value, share), quota.cite)
            accounts.append(_account(limit, half, *used, note=words, reading=named))
        return accounts

    def own_group(self) -> list[Account]:
        """Inspections of another member of one's own group."""
        limit, group = self.rules.limit("own-group"), self.rules.group_of(self.who, self.day)
        if limit is None or group is None or self.whom not in group.members:
            return []
        most = self.rules.number(limit.value, self.day)
        return [_account(limit, most, *self.used(self.whom), note=f"both in {group.code}")]

    def of_sort(self, sort: str) -> list[Account]:
        """The share of a passive quota that a sort of inspections or flights may take."""
        limit = self.rules.limit("sort-share")
        if limit is None or not sort or limit.sort != sort:
            return []
        quota = self.rules.part_of(limit, self.ledger.passive(self.whom, self.day), self.day)
        key = self.whom, sort
        return [
            _account(limit, quota, self.at(b.RECEIVED_SORT, *key), self.at(b.EXPECTED_SORT, *key))
        ]

    def quarter(self) -> list[Account]:
        """Flights made in the quarter, and those that others have planned for it."""
        limit = self.rules.limit("quarter")
        if limit is None or self.day != self.on:
            return []
        quarter = (self.on.month + 2) // 3
        others = own = 0
        for who in self.ledger.books.observers(self.year, quarter, self.whom):
            made = self.at(b.MADE, quarter, self.whom, who)
            if who == self.who:
                own = made
            else:
                others += max(made, self.at(b.PLANNED, quarter, self.whom, who))
        most = self.rules.number(limit.value, self.day)
        words = f"quarter {quarter}: {others} of others, planned or made"
        return [_account(limit, most, own + others, 0, note=words)]


def _account(
    limit: QuotaLimit, quota: Known, spent: int, reserved: int, *, note: str = "", reading: str = ""
) -> Account:
    return Account(
        limit.kind,
        f"{limit.title} ({note})" if note else limit.title,
        quota.value,
        spent,
        reserved,
        limit.cite,
        quota.cite,
        reading,
        quota.why if quota.value is None else "",
        limit.note,
    )
