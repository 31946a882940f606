"""Predicates on what Parties hold: ceilings, reductions, exchanges and what lies between them.

The document (kind "holdings-state") is what a ledger of holdings gives for a day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from overflight.errors import DataError, UnknownValueError
from overflight.rules.case import DOCUMENT_OF, Case
from overflight.rules.held import as_day, held, undeclared
from overflight.rules.outcome import (
    Bound,
    Outcome,
    as_number,
    breach,
    compliant,
    does_not_apply,
    undetermined,
)
from overflight.terms.holdings import Amount, HoldingsFrame, root
from overflight.terms.values import CitedValue
from overflight.treaty.ceilings import holding
from overflight.treaty.dated import GIVE_IT, add_days, add_months

_MONTHS = {"months": 1, "years": 12}


def held_at_most(case: Case, bound: Bound) -> Iterable[Outcome]:
    """No more is held than the limit, or than the ceilings of the zone, by each Party or group.

    ``per`` is "party" or "group"; ``zone`` and ``counts`` (a status) narrow what counts, and
    ``category`` where the rule has a limit or ``most`` of its own; ``without`` leaves a status
    out. ``after`` is a span from the entry into force before which nothing is asked; ``weight`` a
    measure of the categories.
    """
    frame, state = _frame(case), _state(case)
    if state is None:
        return [_no_ledger()]
    begins = _after(case, bound)
    if begins is not None and case.view.on < begins:
        return [does_not_apply(f"This is asked from {begins.isoformat()} on.")]
    found: list[Outcome] = []
    for category, zone, counts, limit, source in _limits(case, bound):
        found += _against(case, bound, frame, state, (category, zone, counts), limit, source)
    return found or [does_not_apply("No ceiling holds on this day.")]


_Limit = tuple[str, str, str, float, CitedValue | None]


def _limits(case: Case, bound: Bound) -> Iterator[_Limit]:
    zone = str(bound.parameter("zone", "area"))
    if "category" in bound.parameters:
        most = bound.number() if bound.limit else float(bound.parameter("most"))
        counts = str(bound.parameter("counts", "all"))
        yield str(bound.parameter("category")), zone, counts, most, bound.limit
        return
    for ceiling in holding(case.view.treaty.ceilings, case.view.on):
        wanted = bound.parameters.get("counts", ceiling.counts)
        if (ceiling.zone, ceiling.counts, ceiling.per) == (zone, wanted, bound.parameter("per")):
            value = ceiling.value
            if value.value is None:
                raise UnknownValueError(f"{value.key} is not known", remedy=GIVE_IT)
            yield ceiling.category, zone, ceiling.counts, as_number(value), value


def _against(
    case: Case,
    bound: Bound,
    frame: HoldingsFrame,
    state: Mapping[str, Any],
    what: tuple[str, str, str],
    limit: float,
    source: CitedValue | None,
) -> Iterator[Outcome]:
    category, zone, counts = what
    weight, groups = str(bound.parameter("weight", "")), _groups(case)
    parties = {status.state for status in case.view.states_parties}
    holders: dict[str, frozenset[str]] = {code: frozenset({code}) for code in sorted(parties)}
    if bound.parameter("per") == "group":
        holders = {code: members & parties for code, members in groups.items()}
    silent: list[str] = []
    for name, members in holders.items():
        if set(undeclared(frame, state, members, groups, category)) == members and not _any(
            frame, state, category, {name, *members}
        ):
            silent.append(name)
            continue
        amount = held(
            frame,
            state,
            members,
            groups,
            category=category,
            zone=zone,
            status=counts,
            weight=weight,
            without=str(bound.parameter("without", "")),
        )
        yield _verdict(frame, name, what, amount, limit, source, weight)
    if silent:
        name, rest = frame.categories[category].name, ", ".join(silent)
        text = f"Nothing is known of the {name} of {rest} on {case.view.on}."
        where, need = f"{rest}, {frame.zones[zone].name}", f"the holdings of {rest} ({name})"
        yield undetermined(text, need, limit=limit, where=where, limit_source=source)


def _any(frame: HoldingsFrame, state: Mapping[str, Any], category: str, holders: set[str]) -> bool:
    outer = root(frame.categories, category)
    return any(
        row["party"] in holders and root(frame.categories, row["category"]) == outer
        for row in state["counts"]
    )


def _verdict(
    frame: HoldingsFrame,
    holder: str,
    what: tuple[str, str, str],
    amount: Amount,
    limit: float,
    source: CitedValue | None,
    weight: str,
) -> Outcome:
    category, zone, counts = what
    name = weight or frame.categories[category].name
    if counts != "all":
        name += f" ({frame.statuses[counts].name})"
    where = f"{holder}, {frame.zones[zone].name}"
    rest = {"limit": limit, "unit": "items", "where": where, "limit_source": source}
    said = f"{holder} holds {{}} {name} in {frame.zones[zone].name}; at most {limit:g} are allowed."
    if amount.least > limit:
        more = "" if amount.exact is not None else "at least "
        return breach(said.format(f"{more}{amount.least}"), measured=amount.least, **rest)
    if amount.most is not None and amount.most <= limit:
        few = "" if amount.exact is not None else "at most "
        return compliant(said.format(f"{few}{amount.most}"), measured=amount.most, **rest)
    place = frame.zones[zone].name
    if amount.most is None:
        text = f"{holder} surely holds {amount.least} {name} in {place}, and perhaps more"
    else:
        text = f"{holder} holds {amount.least} to {amount.most} {name} in {place}"
    text += f"; at most {limit:g} are allowed."
    return undetermined(text, *amount.needs, measured=amount.least, **rest)


def reduced_by(case: Case, bound: Bound) -> Iterable[Outcome]:
    """By so many ``months`` after the entry into force, each Party that owes reductions has made
    the limit's share (per cent) of them, in each category."""
    frame, state = _frame(case), _state(case)
    if state is None:
        return [_no_ledger()]
    due = _from_entry(case, int(bound.parameter("months")), "months")
    if case.view.on < due:
        return [does_not_apply(f"This is asked by {due.isoformat()}.")]
    found = []
    owed = {(row["party"], row["category"]): row["items"] for row in state["liabilities"]}
    for (party, category), liability in sorted(owed.items()):
        done = [
            row
            for row in state["reduced"]
            if row["party"] == party and row["category"] == category and row["valid"] <= str(due)
        ]
        name, where = frame.categories[category].name, f"{party}, {category}"
        if liability is None or any(row["items"] is None for row in done):
            text = f"How many {name} {party} owed, or had reduced by {due}, is not known."
            needs = f"the liability of {party} ({name}), and what it reduced by {due}"
            found.append(undetermined(text, needs, where=where))
            continue
        total, least = sum(row["items"] for row in done), liability * bound.number() / 100
        text = (
            f"{party} had reduced {total} of {liability} {name} by {due}; it must be at least "
            f"{least:g}, {bound.number():g} per cent."
        )
        make = compliant if total >= least else breach
        found.append(make(text, measured=total, limit=least, unit="items", where=where))
    gap = "No liability to reduce is entered."
    return found or [undetermined(gap, "the liabilities to reduce, by Party and category")]


def changed_at_most(case: Case, bound: Bound) -> Iterable[Outcome]:
    """Within ``months`` of the entry into force, no Party made more changes of the ``kinds``
    than the limit."""
    state = _state(case)
    if state is None:
        return [_no_ledger()]
    last = _from_entry(case, int(bound.parameter("months")), "months")
    kinds = tuple(bound.parameter("kinds"))
    rows = [r for r in state["changes"] if r["kind"] in kinds and r["valid"] <= str(last)]
    found = []
    for party in sorted({row["party"] for row in rows}):
        items = [row["items"] for row in rows if row["party"] == party]
        total = sum(n or 0 for n in items)
        text = f"{party}: {total} by {last}; at most {bound.number():g} are allowed."
        rest = {"measured": total, "limit": bound.number(), "unit": "items", "where": party}
        if total <= bound.number() and None in items:
            found.append(undetermined(text, f"how many items {party} changed", **rest))
        else:
            found.append((compliant if total <= bound.number() else breach)(text, **rest))
    return found or [compliant(f"No such change is entered up to {last}.", measured=0)]


def balances(case: Case, _bound: Bound) -> Iterable[Outcome]:
    """Between two statements of a Party, what is no longer there went somewhere, and what is
    new came from somewhere: the entries between them say so."""
    frame, state = _frame(case), _state(case)
    if state is None:
        return [_no_ledger()]
    found = []
    for row in state["balances"]:
        name = frame.categories[row["category"]].name
        where = f"{row['party']}, {row['from']} to {row['until']}"
        lead = f"{row['party']} held {row['before']} {name} on {row['from']}"
        if None in (row["before"], row["in"], row["out"], row["after"]):
            text = f"Of {row['party']} not all figures of {name} are known for {where}."
            found.append(undetermined(text, f"figures of {row['party']} ({name})", where=where))
            continue
        gap = row["after"] - (row["before"] + row["in"] - row["out"])
        text = (
            f"{lead}, then {row['in']} came and {row['out']} went, and it held {row['after']} on "
            f"{row['until']}"
        )
        if gap == 0:
            found.append(compliant(f"{text}: that balances.", measured=0, where=where))
            continue
        way = "came from" if gap > 0 else "went"
        need = (
            f"an entry that says where {abs(gap)} {name} of {row['party']} {way} between "
            f"{row['from']} and {row['until']}"
        )
        unsaid = f"{text}: where {abs(gap)} {way} is not said."
        found.append(undetermined(unsaid, need, measured=gap, limit=0, unit="items", where=where))
    none = "No Party has stated what it holds of a category twice."
    return found or [does_not_apply(none)]


def changes_notified(case: Case, bound: Bound) -> Iterable[Outcome]:
    """Each change of the ``kinds`` was notified ``when`` ("before" or "after") it took place:
    the limit's days before at least, or after at most. ``share`` leaves out changes of a smaller
    share (per cent) of the category in the unit."""
    frame, state = _frame(case), _state(case)
    if state is None:
        return [_no_ledger()]
    kinds, when = tuple(bound.parameter("kinds")), str(bound.parameter("when_notified"))
    share = bound.parameters.get("share")
    found = []
    for row in state["changes"]:
        if row["kind"] not in kinds:
            continue
        what = f"entry {row['number']}, {row['party']}"
        if row["category"]:
            what += f", {frame.categories[row['category']].name}"
        what += f", {row['unit']}" if row["unit"] else ""
        if share is not None:
            part = _share(row)
            if part is None:
                need = f"how many were held in the unit before entry {row['number']}"
                text = f"Which share of the unit changed is not known ({what})."
                found.append(undetermined(text, need, where=what))
                continue
            if part < as_number(share):
                continue
        told, day = as_day(row["notified"]), as_day(row["valid"])
        if told is None or day is None:
            text = f"When the change was notified is not entered ({what})."
            found.append(undetermined(text, f"when entry {row['number']} was notified", where=what))
            continue
        days = (day - told if when == "before" else told - day).days
        rest = {"measured": days, "limit": bound.number(), "unit": "d", "where": what}
        kept = days >= bound.number() if when == "before" else days <= bound.number()
        word = "at least" if when == "before" else "at most"
        text = (
            f"The change of {day} was notified on {told}, {abs(days)} days "
            f"{'before' if told < day else 'after'} it; {word} {bound.number():g} days {when} it "
            f"are asked ({what})."
        )
        found.append((compliant if kept else breach)(text, **rest))
    return found or [does_not_apply("No such change is entered.")]


def _share(row: Mapping[str, Any]) -> float | None:
    before, items = row["unit_before"], row["items"]
    if before is None or items is None or not row["unit"]:
        return None
    return 100.0 if before == 0 else 100.0 * items / before


def exchanged_yearly(case: Case, bound: Bound) -> Iterable[Outcome]:
    """Each Party stated what it holds on the day ``valid`` (month and day) of the year, and said
    so by the limit's day of the year before."""
    state, view = _state(case), case.view
    if state is None:
        return [_no_ledger()]
    valid = _month_day(bound.parameter("valid"), view.on.year)
    by = _month_day(bound.the_limit(), valid.year - 1)
    if view.in_force_since is None or valid < view.in_force_since:
        return [does_not_apply("The first of these days lies later.")]
    given = {(r["party"], r["valid"]): r["notified"] for r in state["exchanges"]}
    found, absent = list[Outcome](), list[str]()
    for status in view.states_parties:
        code, suspended = status.state, status.suspended
        if (code, str(valid)) in given:
            told = as_day(given[code, str(valid)])
            found.append(_told(code, valid, told, by))
        elif suspended is not None:
            since = suspended.since or "a day that is not known"
            text = f"{view.treaty.state_name(code)} ({code}) has suspended its part since {since}."
            found.append(does_not_apply(text))
        else:
            absent.append(code)
    if absent:
        text = f"No exchange valid on {valid} is entered of {', '.join(absent)}."
        need = f"the exchange valid on {valid} of {', '.join(absent)}"
        found.append(undetermined(text, need, where=", ".join(absent)))
    return found or [does_not_apply("Nobody is bound on this day.")]


def _told(code: str, valid: dt.date, told: dt.date | None, by: dt.date) -> Outcome:
    if told is None:
        text = f"When {code} gave its exchange valid on {valid} is not entered."
        return undetermined(text, f"the day on which {code} gave it", where=code)
    text = f"{code} gave its exchange valid on {valid} on {told}; it is due by {by}."
    make = compliant if told <= by else breach
    return make(text, measured=str(told), limit=str(by), unit="date", where=code)


def _month_day(value: CitedValue, year: int) -> dt.date:
    month, _, day = str(value.value).partition("-")
    return dt.date(year, int(month), int(day))


def _state(case: Case) -> Mapping[str, Any] | None:
    return case.documents.get(DOCUMENT_OF["holdings"])


def _no_ledger() -> Outcome:
    return undetermined("This cannot be told without a ledger of holdings.", "the holdings")


def _frame(case: Case) -> HoldingsFrame:
    frame = case.view.treaty.holdings
    if frame is None:
        raise DataError(
            f"{case.view.treaty.short} counts nothing that Parties hold",
            remedy="Add holdings.toml to the folder of the regime.",
        )
    return frame


def _groups(case: Case) -> dict[str, frozenset[str]]:
    return {group.code: frozenset(group.members) for group in case.view.groups}


def _after(case: Case, bound: Bound) -> dt.date | None:
    span = bound.parameters.get("after")
    if span is None:
        return None
    if isinstance(span, CitedValue):
        return _from_entry(case, int(as_number(span)), span.unit)
    return _from_entry(case, int(span), "months")


def _from_entry(case: Case, number: int, unit: str) -> dt.date:
    begun = case.view.in_force_since
    if begun is None:
        return dt.date.max
    return add_months(begun, number * _MONTHS[unit]) if unit in _MONTHS else add_days(begun, number)
