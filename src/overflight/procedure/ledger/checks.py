"""What may be entered: the shape of an entry, and whether the quotas allow its flights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from overflight.procedure.ledger import books as b
from overflight.procedure.ledger.books import Change
from overflight.procedure.ledger.entries import check_correction, check_order
from overflight.procedure.rulebook import refuse, up
from overflight.terms.quotas import Account, Act, Entry, EntryKind
from overflight.treaty.dated import add_days

if TYPE_CHECKING:
    from overflight.procedure.ledger.ledger import Ledger

_DESPITE = "If it happened all the same, enter it with the reason (despite): it is then a breach."
_MOST_FLIGHTS = 10_000


def check_shape(ledger: Ledger, entry: Entry) -> None:
    """Raise DataError where the entry is not well formed or out of order."""
    rules, kind = ledger.rules, ledger.rules.entry_kind(entry.kind)
    check_order(ledger, entry)
    span = rules.periods.numbered(entry.year)
    if not span.first.year - 2 <= entry.date.year <= span.last.year + 2:
        refuse(
            f"the year {entry.year} is not near {entry.date}, the day of the entry",
            "Give the year whose quota the flights belong to.",
        )
    for name in kind.needs:
        if not getattr(entry, name):
            refuse(f"{kind.title}: {name!r} is missing", f"{name} is needed ({kind.cite}).")
    if kind.effect == "cancels":
        _correction(ledger, entry)
        return
    if not 0 < entry.flights <= _MOST_FLIGHTS and not (
        kind.effect in ("allocates", "counts-objects", "grants", "entitles") and entry.flights == 0
    ):
        refuse(f"{entry.flights} is not a number of flights", "Give a whole number from 1.")
    if entry.quarter is not None and entry.quarter not in (1, 2, 3, 4):
        refuse(f"{entry.quarter} is not a quarter", "Give 1, 2, 3 or 4.")
    only = kind.only
    if not (entry.observed or only == "observer") or not (entry.observer or only == "observed"):
        refuse(f"{kind.title}: who over whom is missing", "Give observer and observed.")
    names = [] if only == "observed" else [*entry.holders, entry.to]
    for code in (*names, *entry.territories):
        if code:
            rules.bound_holder(code, _day_of(ledger, entry))
    sides = [code for code in (*entry.holders, *entry.territories) if code]
    if len(set(sides)) < len(sides):
        refuse(
            f"{entry.observer} over {entry.observed}: a Party stands there twice, or over itself",
            "Name each Party once; members of a group count as the group.",
        )
    _window(ledger, entry, kind)
    _refs(ledger, entry, kind.effect)


def _window(ledger: Ledger, entry: Entry, kind: EntryKind) -> None:
    """The days in which what is entered can lie, where the kind has such."""
    if not kind.window_from:
        return
    view = ledger.rules.view(entry.date)
    first = dt.date.fromisoformat(str(view.value(kind.window_from).value))
    last = add_days(first, int(view.value(kind.window_days).value) - 1)
    if not first <= entry.date <= last and not entry.despite:
        refuse(f"{kind.title}: {entry.date} is not from {first} to {last} [{kind.cite}]", _DESPITE)


def _day_of(ledger: Ledger, entry: Entry) -> dt.date:
    """The day on which the Parties must be bound: that of the entry, within the year's quota."""
    span = ledger.rules.periods.numbered(entry.year)
    return max(span.first, min(span.last, entry.date))


def _refs(ledger: Ledger, entry: Entry, effect: str) -> None:
    ref = entry.ref
    first = ledger.notified(ref)
    if effect == "reserves" and (first is not None or ledger.is_closed(ref)):
        refuse(f"{ref!r} was entered before", "Give each mission its own reference.")
    if effect in ("spends", "frees") and ref and ledger.is_closed(ref):
        refuse(
            f"the end of {ref!r} was entered before",
            "If that entry was wrong, cancel it first: corrected, with its number.",
        )
    if effect in ("spends", "frees") and first is not None:
        same = (first.observer, first.observed, first.year) == (
            entry.observer,
            entry.observed,
            entry.year,
        )
        if not same:
            refuse(
                f"{ref!r} was notified as {first.observer} over {first.observed}, {first.year}",
                "Give the same Parties and year, or another reference.",
            )


def _correction(ledger: Ledger, entry: Entry) -> None:
    old = check_correction(ledger, entry)
    number, effect = old.number, ledger.rules.entry_kind(old.kind).effect
    if effect == "reserves" and old.ref and ledger.is_closed(old.ref):
        refuse(
            f"the mission {old.ref!r} of entry {number} has ended in the ledger",
            "Cancel the entry of its end first.",
        )


def check_balance(ledger: Ledger, entry: Entry, released: Sequence[Change]) -> None:
    """Raise DataError where the quotas, as far as they are known, do not allow the flights."""
    effect = ledger.rules.entry_kind(entry.kind).effect
    if effect in ("spends", "reserves"):
        _flights(ledger, entry, released)
    elif effect in ("moves", "moves-in-group"):
        _moved(ledger, entry, effect)
    elif effect == "plans":
        _planned(ledger, entry)
    elif effect == "cancels" and entry.corrects:
        _uncovered(ledger, ledger[entry.corrects], entry.date)


def _one_group(ledger: Ledger, entry: Entry) -> None:
    """One flight over several Parties is for members of one group that keep their own quotas."""
    groups = {
        None if group is None else group.code
        for group in (ledger.rules.group_of(code, entry.date) for code in entry.territories)
    }
    if None in groups or len(groups) > 1:
        refuse(
            f"{', '.join(entry.territories)} are not members of one group whose members keep "
            "their own quotas",
            "Enter one flight over each; a group with a common quota counts as one Party. "
            + _DESPITE,
        )


def _flights(ledger: Ledger, entry: Entry, released: Sequence[Change]) -> None:
    from overflight.procedure.ledger.standing import standing

    if entry.also_over:
        _one_group(ledger, entry)
    given = {(book, key): -delta for book, key, delta in released}
    sort, act = ledger.rules.entry_kind(entry.kind).sort, ledger.rules.treaty.act
    span = ledger.rules.periods.numbered(entry.year)
    for observed in entry.territories:
        for holder in entry.holders:
            back = given.get((b.RESERVED, (entry.year, holder, observed)), 0)
            found = standing(ledger, holder, observed, entry.date, year=entry.year, sort=sort)
            if found.at_most is None or found.at_most + back >= entry.flights:
                continue
            refuse(
                f"{holder} may {act.verb} {found.at_most + back} more {act.where} {observed} in "
                f"{span}, not {entry.flights}: {_said(found.binding[0], act)}",
                _DESPITE,
            )
        _kind_of_flight(ledger, entry, observed, given)


def _said(account: Account, act: Act) -> str:
    used = f"{account.spent} {act.past}"
    if account.reserved:
        used += f" and {account.reserved} notified"
    return f"{account.title.lower()} {account.limit}, {used} [{account.cite}]"


def _kind_of_flight(
    ledger: Ledger, entry: Entry, observed: str, given: dict[tuple[str, b.Key], int]
) -> None:
    """Shared flights are spent as shared, own ones as own."""
    year, day = entry.year, entry.date
    if not ledger.total(b.DISTRIBUTED, (year, observed), day):
        return
    if entry.shared_with:
        key: tuple[object, ...] = (year, tuple(sorted(entry.holders)), observed)
        books, words = (b.JOINT, b.SPENT_JOINT, b.RESERVED_JOINT), " and ".join(entry.holders)
        words = f"flights shared by {words}"
    else:
        key = year, entry.observer, observed
        books, words = (b.OWN, b.SPENT_OWN, b.RESERVED_OWN), f"flights of {entry.observer} alone"
        in_group = ledger.rules.group_of(observed, day) is not None
        if in_group and ledger.rules.limit("group-bonus") is not None:
            return
    granted, spent, reserved = (ledger.total(book, key, day) for book in books)
    left = granted - spent - reserved + given.get((books[2], key), 0)
    if left < entry.flights:
        refuse(
            f"{words} over {observed}: {max(0, left)} of {granted} are left in {year}",
            "Say with whom the flight is shared (shared_with) if it is. " + _DESPITE,
        )


def _moved(ledger: Ledger, entry: Entry, effect: str) -> None:
    rules, day, year = ledger.rules, entry.date, entry.year
    kind = rules.entry_kind(entry.kind)
    if entry.to in (entry.observer, entry.observed):
        refuse(f"{entry.to} cannot receive it", "Name another Party as 'to'.")
    agreed = {rules.holder(code, day) for code in entry.agreed}
    if effect == "moves" and entry.observed not in agreed:
        refuse(
            f"{rules.name(entry.observed)}, to be overflown, has not agreed",
            f"Its agreement is needed ({kind.cite}): name it in 'agreed'.",
        )
    if effect == "moves-in-group":
        group = rules.group_of(entry.observer, day)
        if group is None or entry.to not in group.members:
            refuse(
                f"{entry.observer} and {entry.to} are not members of one group that keeps quotas "
                "of its members apart",
                f"Only such members redistribute ({kind.cite}); others transfer.",
            )
    key = year, entry.observer, entry.observed
    granted, spent, reserved = (
        ledger.total(book, key, day) for book in (b.OWN, b.SPENT_OWN, b.RESERVED_OWN)
    )
    left = granted - spent - reserved
    if left < entry.flights:
        refuse(
            f"{entry.observer} holds {max(0, left)} unspent flights of its own over "
            f"{entry.observed} in {year}, not {entry.flights}",
            "Enter the distribution of the year first, or move fewer.",
        )
    _share_of_receiver(ledger, entry)


def _share_of_receiver(ledger: Ledger, entry: Entry) -> None:
    rules, day, year = ledger.rules, entry.date, entry.year
    limit = rules.limit("pair-share")
    if limit is None or (share := rules.percent(limit, day)) is None:
        return
    holds = ledger.total(b.GRANTED, (year, entry.to, entry.observed), day) + entry.flights
    caps = [ledger.passive(entry.observed, day).value]
    if rules.own_total == "sum":
        caps.append(ledger.total(b.TOTAL, (year, entry.to), day) + entry.flights)
    else:
        caps.append(ledger.passive(entry.to, day).value)
    known = [up(cap, share) for cap in caps if cap is not None]
    if known and holds > min(known):
        refuse(
            f"{entry.to} would hold {holds} flights over {entry.observed}; {limit.title.lower()} "
            f"allows {min(known)} [{limit.cite}]",
            "Move fewer flights.",
        )


def _planned(ledger: Ledger, entry: Entry) -> None:
    limit, quarter = ledger.rules.limit("quarter"), entry.quarter or 0
    if limit is None or (most := ledger.rules.number(limit.value, entry.date).value) is None:
        return
    planned = sum(
        ledger.total(b.PLANNED, (entry.year, quarter, entry.observed, who), entry.date)
        for who in ledger.books.observers(entry.year, quarter, entry.observed)
    )
    if planned + entry.flights > most:
        refuse(
            f"{planned} flights over {entry.observed} are planned for quarter {quarter} of "
            f"{entry.year}; with {entry.flights} more they exceed {most} [{limit.cite}]",
            "Plan them for another quarter.",
        )


def _uncovered(ledger: Ledger, old: Entry, day: dt.date) -> None:
    """Cancelling a grant or a transfer must leave what was flown on it covered."""
    effect = ledger.rules.entry_kind(old.kind).effect
    if effect not in ("grants", "moves", "moves-in-group"):
        return
    holder = old.observer if effect == "grants" else old.to
    joint = bool(old.shared_with) and effect == "grants"
    key: tuple[object, ...] = old.year, holder, old.observed
    books = (b.OWN, b.SPENT_OWN, b.RESERVED_OWN)
    if joint:
        key = old.year, tuple(sorted(old.holders)), old.observed
        books = (b.JOINT, b.SPENT_JOINT, b.RESERVED_JOINT)
    granted, spent, reserved = (ledger.total(book, key, day) for book in books)
    if granted - spent - reserved < old.flights:
        refuse(
            f"{holder} has flown, notified or moved on what entry {old.number} gave it",
            "Cancel those entries first.",
        )
