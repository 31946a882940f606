"""What a mission is in the ledger of quotas: the entry that a seat's folder amounts to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from overflight.errors import DataError
from overflight.formats.times import write_time
from overflight.mission.seat.folder import Happened, Seat
from overflight.mission.seat.standing import in_time, machine_for, refused
from overflight.procedure.ledger import Ledger
from overflight.procedure.machine import Event, Machine, Refusal, State, begin, step
from overflight.terms.quotas import Entry, Outcome


@dataclass(frozen=True, slots=True)
class ToEnter:
    """Entries that the ledger lacks; where there are none ``why`` says what stands there or is
    awaited."""

    entries: tuple[Entry, ...]
    why: str = ""
    settled: bool = True


@dataclass(frozen=True, slots=True)
class _Run:
    machine: Machine
    state: State
    settling: Happened
    """The event that brought the mission where its outcome is."""
    outcome: Outcome


def to_enter(
    seat: Seat,
    ledger: Ledger,
    now: dt.datetime,
    date: dt.date,
    *,
    year: int | None = None,
    shared_with: Sequence[str] = (),
    also_over: Sequence[str] = (),
    despite: str = "",
) -> ToEnter:
    """What the ledger lacks of the mission as it stood at ``now``; entered on ``date``.

    The reference is the mission's id. A mission that the ledger knows as notified gets its end; one
    whose end stands there already gets nothing. Cites are those of the outcome and of the move
    that decided. Raises DataError where the ledger knows another end under the same
    reference, or the regime does not say what its missions are in a ledger.
    """
    rules, mission = ledger.rules, seat.mission
    if not rules.treaty.outcomes:
        raise DataError(
            f"{rules.treaty.short} does not say what a mission is in its ledger",
            remedy="Add [[outcome]] rows to ledger.toml, or enter it by 'quota record'.",
        )
    found = _run(seat, rules.treaty.outcomes, now)
    if found is None:
        return ToEnter((), f"{mission.id} was not notified by then, or has nothing to enter")
    kind = rules.entry_kind(found.outcome.entry)
    before = ledger.ended(mission.id)
    if before is not None:
        if before.kind == kind.kind:
            return ToEnter((), f"{mission.id} stands there: entry {before.number}, {before.kind}")
        raise DataError(
            f"{mission.id} is {kind.kind} by its folder, and {before.kind} by entry "
            f"{before.number} of the ledger",
            remedy=f"If the folder is right: quota record corrected --corrects {before.number}.",
        )
    settled = kind.effect != "reserves"
    if not settled and ledger.notified(mission.id) is not None:
        return ToEnter((), f"{mission.id} stands there as notified; {_awaited(found)}", False)
    day = _day(found)
    known = ledger.notified(mission.id)
    if year is None:
        year = rules.periods.at(day).number if known is None else known.year
    entry = Entry(
        0,
        date,
        year,
        kind.kind,
        mission.observing,
        mission.observed,
        shared_with=tuple(shared_with) or (known.shared_with if known else ()),
        also_over=tuple(also_over) or (known.also_over if known else ()),
        quarter=(day.month + 2) // 3,
        cites=_cites(found),
        ref=mission.id,
        despite=despite,
        remark=_remark(seat, found),
    )
    return ToEnter((entry,), settled=settled)


def _run(seat: Seat, outcomes: Sequence[Outcome], now: dt.datetime) -> _Run | None:
    """The mission run through its process, and the outcome with the event that brought it."""
    events = in_time(entry for entry in seat.happened if entry.at <= now)
    machine = machine_for(seat.mission, events, now)
    state, found, settling = begin(machine), None, None
    for entry in events:
        after = step(machine, state, Event(entry.move, entry.at, entry.by, dict(entry.facts)))
        if isinstance(after, Refusal):
            raise refused(entry.move, after, machine)
        state = after
        fits = next((o for o in outcomes if o.fits(state.phase, state.facts)), None)
        if fits != found:
            found, settling = fits, entry
    if found is None or settling is None:
        return None
    return _Run(machine, state, settling, found)


def _day(found: _Run) -> dt.date:
    moment = found.state.marks.get(found.outcome.day, found.settling.at)
    return moment.date()


def _cites(found: _Run) -> tuple[str, ...]:
    """Paragraphs of the outcome, and of the move that decided."""
    move = found.machine.moves[found.settling.move].move
    return tuple(dict.fromkeys(str(c) for c in (*found.outcome.citations, *move.citations)))


def _remark(seat: Seat, found: _Run) -> str:
    move = found.machine.moves[found.settling.move].move
    marks = "".join(f"{mark}: " for mark in seat.mission.marks)
    who = {"observing": seat.mission.observing, "observed": seat.mission.observed}
    by = who.get(found.settling.by, f"{who['observing']} and {who['observed']}")
    return f"{marks}{by} {move.title}, {write_time(found.settling.at)}"


def _awaited(found: _Run) -> str:
    """What is still open: what a limit asks for that hangs on the same facts, else the end."""
    facts = found.state.facts
    for limit in found.machine.process.limits:
        hangs = {name for name in limit.when if name in found.outcome.when}
        if hangs and all(facts[name] in limit.when[name] for name in limit.when):
            cite = ", ".join(c.paragraph or str(c) for c in limit.citations)
            return f"awaited: {limit.owner} side {limit.what} [{cite}]"
    return "its end is awaited"
