"""Who is bound on a date: computed from what States did, by the regime's own rules.

Nothing here is a table of answers. A regime begins when enough instruments, the required ones
among them, have been deposited and its days have run; a State that comes later is bound after
its own days; one that gave notice is bound until that notice takes effect. Where only the
interval of a day is known, the answer inside the interval is "undetermined".

Only what had happened by the date asked about is used, so a view of 2019 knows of no notice
given in 2020.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from overflight.errors import NotInForceError, UnknownValueError
from overflight.terms.citations import Citation
from overflight.terms.values import Status
from overflight.treaty.dated import GIVE_IT, ONE_DAY, add_days, reading_holds
from overflight.treaty.model import (
    Between,
    EntryIntoForce,
    EntryIntoForceRule,
    Event,
    PartyStatus,
    State,
    Suspension,
    Termination,
    Treaty,
)

CONSENTS = ("ratification", "accession", "succession")
EXITS = ("notice-of-withdrawal", "withdrawal")


@dataclass(frozen=True, slots=True)
class _Period:
    """One stretch as a party: it began between ``first`` and ``last``, and ``left`` ended it."""

    first: dt.date | None
    last: dt.date | None
    consent: Event
    left: dt.date | None = None
    exits: tuple[Event, ...] = ()


def events_in_use(
    events: Iterable[Event], on: dt.date, readings: Mapping[str, str]
) -> tuple[Event, ...]:
    """What had happened by the date, as the chosen readings tell it.

    A row that names the chosen reading goes before the rows of that State and kind that name
    none, also when it is not the one in use by default.
    """
    past = [event for event in events if event.earliest <= on]
    chosen = [e for e in past if e.reading and reading_holds(e.reading, readings)]
    replaced = {(event.state, event.kind) for event in chosen}
    plain = [
        event
        for event in past
        if not event.reading and event.in_use and (event.state, event.kind) not in replaced
    ]
    return tuple(sorted([*plain, *chosen], key=lambda event: (event.latest, event.earliest)))


def termination(treaty: Treaty, on: dt.date) -> Termination | None:
    """The end of the whole regime, once it has come."""
    end = treaty.termination
    return end if end is not None and end.date <= on else None


def entry_into_force(treaty: Treaty, events: Iterable[Event], on: dt.date) -> EntryIntoForce:
    """When the regime began, by the deposits among ``events``, as far as known on ``on``.

    Counts instruments of ratification; the required States are those that the rule names and
    every member of a holder whose first passive quota reaches the rule's least.
    """
    rule = treaty.entry_into_force
    if rule.fixed is not None and rule.known_from is not None and on < rule.known_from:
        done = sum(e.latest <= on for e in _first_deposits(events).values())
        return EntryIntoForce(None, None, None, done, (), rule.citations)
    if rule.fixed is not None:
        return EntryIntoForce(rule.fixed, None, None, 0, (), rule.citations)
    deposits = _first_deposits(events)
    required = required_states(treaty)
    earliest = _completed({s: e.earliest for s, e in deposits.items()}, required, rule)
    latest = _completed({s: e.latest for s, e in deposits.items()}, required, rule)
    count = sum(event.latest <= latest for event in deposits.values()) if latest else len(deposits)
    if earliest is None or latest is None:
        return EntryIntoForce(None, None, None, count, required, rule.citations)
    first, last = add_days(earliest, rule.days), add_days(latest, rule.days)
    if first == last:
        return EntryIntoForce(first, None, latest, count, required, rule.citations)
    return EntryIntoForce(None, (first, last), None, count, required, rule.citations)


def _first_deposits(events: Iterable[Event]) -> dict[str, Event]:
    deposits: dict[str, Event] = {}
    for event in events:
        if event.kind == "ratification":
            deposits.setdefault(event.state, event)
    return deposits


def _completed(
    deposits: Mapping[str, dt.date], required: tuple[str, ...], rule: EntryIntoForceRule
) -> dt.date | None:
    """The deposit that met the last condition, or None."""
    if len(deposits) < max(rule.instruments, 1) or any(s not in deposits for s in required):
        return None
    enough = sorted(deposits.values())[max(rule.instruments, 1) - 1]
    return max([enough, *(deposits[state] for state in required)])


def required_states(treaty: Treaty) -> tuple[str, ...]:
    """The States without which the regime cannot begin."""
    rule = treaty.entry_into_force
    states = list(rule.must_include)
    least = rule.must_include_passive_quota_at_least
    if least is not None:
        groups = {group.code: group.members for group in reversed(treaty.groups)}
        for holder, quota in _first_quotas(treaty).items():
            if quota >= least:
                states.extend(groups.get(holder, (holder,)))
    return tuple(dict.fromkeys(states))


def _first_quotas(treaty: Treaty) -> dict[str, int]:
    """Passive quotas as the instrument itself sets them: the first enacted row of each holder."""
    first: dict[str, int] = {}
    for row in sorted(treaty.passive_quotas, key=lambda row: row.valid_from):
        if row.status is Status.ENACTED and not row.private:
            first.setdefault(row.key, int(row.value))
    return first


def party_status(
    treaty: Treaty, state: State, on: dt.date, events: Iterable[Event], begun: EntryIntoForce
) -> PartyStatus:
    """Where one State stands on ``on``; ``events`` are those in use by then."""
    mine = tuple(event for event in events if event.state == state.code)
    periods = _periods(mine, begun, treaty.entry_into_force)
    signed = tuple(event for event in mine if event.kind == "signature")
    if not periods:
        standing = "signed, not ratified" if signed else "not a party"
        return _status(state, standing, mine, _cites(signed))
    period = periods[-1]
    gone = state.until is not None and on > state.until
    standing = "not a party" if gone else _standing(period, on)
    if standing == "not a party" and signed and on < period.consent.latest:
        # whether it has ratified is not known on this day; that it has signed is
        return _status(state, "signed, not ratified", mine, _cites(signed))
    over = termination(treaty, on)
    if over is not None and standing in ("party", "undetermined"):
        cited = over.citations + _cites((period.consent,))
        since, between = _since(period)
        return _status(state, "ended", mine, cited, since, between, over.date - ONE_DAY)
    citations = _cites((period.consent,)) + _start_citations(treaty, period, begun)
    if period.exits:
        citations = _cites(period.exits) + treaty.withdrawal.citations + citations
    since, between = _since(period)
    last_day = None if period.left is None else period.left - ONE_DAY
    found = _status(state, standing, mine, citations, since, between, last_day)
    return replace(found, suspended=suspension(mine)) if standing == "party" else found


def suspension(events: Iterable[Event]) -> Suspension | None:
    """The suspension that stands after these events of one State, in order; None if none does.

    One that is only towards certain States is no suspension of the regime, and is left to the
    events and disputes to tell.
    """
    standing: Event | None = None
    notice: Event | None = None
    for event in events:
        if event.towards:
            continue
        if event.kind == "suspension-notice":
            notice = event
        elif event.kind == "suspension":
            standing = standing or event
        elif event.kind == "resumption":
            standing = notice = None
    if standing is None:
        return None
    unsure = None if standing.date else (standing.earliest, standing.latest)
    announced = None if notice is None else notice.date
    cited = tuple(dict.fromkeys(_cites((standing,)) + _cites((notice,) if notice else ())))
    return Suspension(
        standing.state, standing.date, unsure, announced, standing.status, cited, standing.note
    )


def _periods(
    events: tuple[Event, ...], begun: EntryIntoForce, rule: EntryIntoForceRule
) -> list[_Period]:
    """The stretches as a party that the events amount to, in order."""
    periods: list[_Period] = []
    for event in events:
        current = periods[-1] if periods else None
        if event.kind in CONSENTS:
            if current is None or (current.left is not None and event.latest >= current.left):
                first, last = _start(event, begun, rule)
                periods.append(_Period(first, last, event))
        elif event.kind in EXITS and current is not None:
            left = event.effective or event.latest
            exits = (*current.exits, event)
            periods[-1] = _Period(current.first, current.last, current.consent, left, exits)
    return periods


def _start(
    event: Event, begun: EntryIntoForce, rule: EntryIntoForceRule
) -> tuple[dt.date | None, dt.date | None]:
    """First and last day on which the instrument can have begun to bind."""
    bounds = begun.between or (None if begun.date is None else (begun.date, begun.date))
    if bounds is None:
        return None, None
    deposited = (event.effective or event.earliest, event.effective or event.latest)
    return (
        _bound_from(event.kind, deposited[0], bounds[0], rule),
        _bound_from(event.kind, deposited[1], bounds[1], rule),
    )


def _bound_from(kind: str, day: dt.date, entry: dt.date, rule: EntryIntoForceRule) -> dt.date:
    """The first day as a party of a State whose instrument is of ``day``.

    One that ratified by the entry into force begins with the regime. One that accedes joins
    others already bound, so its own days run from its deposit. A successor waits for neither.
    """
    if kind == "accession":
        return max(entry, add_days(day, rule.later_days))
    if day <= entry:
        return entry
    return day if kind == "succession" else add_days(day, rule.later_days)


def _standing(period: _Period, on: dt.date) -> str:
    if period.first is None or period.last is None or on < period.first:
        return "not a party"
    if period.left is not None and on >= period.left:
        return "departed"
    return "party" if on >= period.last else "undetermined"


def _since(period: _Period) -> tuple[dt.date | None, Between | None]:
    if period.first is None or period.last is None:
        return None, None
    if period.first == period.last:
        return period.first, None
    return None, (period.first, period.last)


def _start_citations(
    treaty: Treaty, period: _Period, begun: EntryIntoForce
) -> tuple[Citation, ...]:
    """The paragraph by which the State's instrument took effect."""
    rule = treaty.entry_into_force
    with_the_rest = period.last is not None and period.last in (begun.date, *(begun.between or ()))
    return rule.citations if with_the_rest or period.last is None else rule.later_citations


def _status(
    state: State,
    standing: str,
    events: tuple[Event, ...],
    citations: tuple[Citation, ...],
    since: dt.date | None = None,
    between: Between | None = None,
    until: dt.date | None = None,
) -> PartyStatus:
    cited = tuple(dict.fromkeys(citations))
    return PartyStatus(state.code, state.name, standing, since, between, until, events, cited)


def _cites(events: Iterable[Event]) -> tuple[Citation, ...]:
    return tuple(citation for event in events for citation in event.citations)


def unknown_day(status: PartyStatus, on: dt.date) -> UnknownValueError:
    """The error for a State of which nobody can say whether it was bound on the day."""
    first, last = status.since_between or (on, on)
    notes = "; ".join(event.note for event in status.events if event.note)
    return UnknownValueError(
        f"whether {status.name} ({status.state}) was a State Party on {on} is not known: "
        f"it became one between {first} and {last}" + (f". {notes}" if notes else ""),
        remedy=GIVE_IT,
    )


def not_bound(
    short: str, status: PartyStatus, on: dt.date, begun: EntryIntoForce
) -> NotInForceError:
    """The error for a State that is not bound on the day: since when, and by what."""
    cited = "; ".join(status.cite) or "; ".join(str(c) for c in begun.citations)
    remedy = "Ask for a date on which both are States Parties"
    if status.suspended is not None:
        return _suspended(short, status, status.suspended, on)
    if status.standing == "ended":
        why = f"it ended on {status.left}"
        remedy = "Ask for a date on which it was in force"
    elif status.standing == "departed":
        notice = status.last("notice-of-withdrawal")
        how = f" by its notice of {notice.earliest}" if notice else ""
        why = f"it left on {status.left}{how}"
        remedy += f": {status.state} was one from {status.since} until {status.until}"
    elif status.since is not None and status.since > on:
        why = f"it enters into force for it on {status.since}"
    elif begun.date is None or begun.date > on:
        why = f"{short} had not entered into force"
    else:
        why = f"it stands as {status.standing!r}"
    return NotInForceError(
        f"{short} does not bind {status.name} ({status.state}) on {on}: {why} [{cited}]",
        remedy=remedy + ".",
    )


def _suspended(short: str, status: PartyStatus, held: Suspension, on: dt.date) -> NotInForceError:
    """The error for a party that does not apply the regime: it has not left, nor does it act."""
    since = held.since or f"a day between {' and '.join(map(str, held.since_between or ()))}"
    cited = "; ".join(str(citation) for citation in held.citations)
    return NotInForceError(
        f"{short} is not applied by {status.name} ({status.state}) on {on}: it is still a State "
        f"Party, but suspended its operation on {since} [{cited}]",
        remedy="Ask for another State, or for a date before the suspension.",
    )
