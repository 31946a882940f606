"""Where a mission stands: the log of a seat run through the process of its regime."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from overflight.errors import DataError
from overflight.mission.seat.folder import Happened, Mission, Seat
from overflight.procedure.machine import (
    Event,
    Machine,
    Options,
    Passed,
    Refusal,
    State,
    begin,
    machine_of,
    options,
    passed,
    step,
)
from overflight.terms.timeline import Entry, Happening, Timeline, ordered
from overflight.treaty.loader import load_treaty

PROCESS = "mission"
"""Id of the process that a mission folder runs, in whatever regime."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A mission as a seat knows it at a moment: what is done, open, due and late."""

    seat: Seat
    machine: Machine
    state: State
    options: Options
    passed: tuple[Passed, ...]


def standing(seat: Seat, now: dt.datetime) -> Standing:
    """The mission as it stood at ``now``: what happened later is left out.

    Raises DataError for a log that the process does not allow.
    """
    events = in_time(entry for entry in seat.happened if entry.at <= now)
    machine = machine_for(seat.mission, events, now)
    state = run(machine, events)
    return Standing(seat, machine, state, options(machine, state, now), passed(machine, state, now))


def in_time(happened: Iterable[Happened]) -> tuple[Happened, ...]:
    """Entries in the order in which they happened; the log has them as they became known."""
    return tuple(sorted(happened, key=lambda entry: (entry.at, entry.number)))


def machine_for(mission: Mission, events: Iterable[Happened], now: dt.datetime) -> Machine:
    """The process with the periods of the day that counts: of the notification, or today's."""
    treaty = load_treaty(mission.treaty)
    machine = machine_of(treaty, PROCESS, now.date(), mission.readings)
    mark = machine.process.dated_by
    dated = [e for e in events if e.move in machine.moves and _marks(machine, e.move) == mark]
    if not dated or dated[0].at.date() == now.date():
        return machine
    return machine_of(treaty, PROCESS, dated[0].at.date(), mission.readings)


def run(machine: Machine, events: Iterable[Happened]) -> State:
    """The state after all events. Raises DataError for the first that is refused."""
    state = begin(machine)
    for entry in events:
        event = Event(entry.move, entry.at, entry.by, dict(entry.facts))
        after = step(machine, state, event)
        if isinstance(after, Refusal):
            raise refused(entry.move, after, machine)
        state = after
    return state


def refused(move: str, refusal: Refusal, machine: Machine) -> DataError:
    """The refusal as an error: why, under which paragraph, and what could be done instead."""
    known = machine.moves.get(move)
    title = f"{known.move.title} ({move})" if known is not None else move
    cite = f" [{refusal.paragraph}]" if refusal.paragraph else ""
    remedy = (
        f"Open to you: {', '.join(refusal.instead)}."
        if refusal.instead
        else ("Nothing is open to you.")
    )
    if refusal.opens is not None:
        remedy = f"It opens at {refusal.opens:%Y-%m-%dT%H:%M:%SZ}. {remedy}"
    return DataError(f"{title}: {refusal.why}{cite}", remedy=remedy)


def timeline(found: Standing) -> Timeline:
    """What was done, what is due, what is late, as a timeline."""
    machine, now, mission = found.machine, found.options.now, found.seat.mission
    ends = {limit.id: limit.ends for limit in machine.process.limits}
    worst_last = sorted(found.passed, key=lambda p: p.severity == "breach")
    late = {(m, p.done): p for p in worst_last if p.done is not None for m in ends[p.limit]}
    entries = []
    for entry in in_time(e for e in found.seat.happened if e.at <= now):
        move = machine.moves[entry.move]
        passed_by = late.get((move.move.mark, entry.at))
        entries.append(
            Entry(
                f"{entry.number:03d}-{entry.move}",
                Happening.DONE if passed_by is None else Happening.LATE,
                entry.by,
                move.move.title,
                move.cite,
                at=entry.at,
                due=None if passed_by is None else passed_by.due,
            )
        )
    for duty in found.options.duties:
        who = "both" if len(duty.owner) > 1 else "".join(duty.owner)
        if duty.not_before is not None:
            entries.append(
                Entry(duty.limit, Happening.OPENS, who, duty.what, duty.cite, duty.not_before)
            )
        elif duty.due is not None:
            kind = Happening.OVERDUE if duty.overdue else Happening.DUE
            entries.append(
                Entry(duty.limit, kind, who, duty.what, duty.cite, None, duty.due, duty.if_not)
            )
        elif duty.at_once:
            what = f"{duty.what}, at once"
            entries.append(
                Entry(duty.limit, Happening.DUE, who, what, duty.cite, None, now, duty.if_not)
            )
    for act in found.options.acts:
        if act.opens is not None:
            who = "both" if act.together else ", ".join(act.by)
            entries.append(Entry(act.move, Happening.OPENS, who, act.title, act.cite, at=act.opens))
    names = {
        "observing": mission.observing,
        "observed": mission.observed,
        "both": f"{mission.observing} and {mission.observed}",
    }
    title = f"{mission.id}: {mission.observing} {machine.process.joins} {mission.observed}"
    return Timeline(title, now, ordered(entries), names, mission.marks)


def _marks(machine: Machine, move: str) -> str:
    return machine.moves[move].move.mark
