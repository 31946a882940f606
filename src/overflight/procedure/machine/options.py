"""Who may or must act now, by when, under which paragraph, and what follows if they do not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from overflight.procedure.machine.compiled import Machine, RunLimit, RunMove
from overflight.procedure.machine.limits import begun, done_at, due_at, stopped_at
from overflight.procedure.machine.states import Run, State, moment, seconds, thaw, written
from overflight.procedure.machine.steps import is_open, opening
from overflight.terms.values import Status


@dataclass(frozen=True, slots=True)
class Act:
    """A move that is open, or opens at ``opens``. ``by`` are roles; ``together`` tells that all of
    them make it. ``due`` is the first limit on it. ``ours`` marks a move that is our reading."""

    move: str
    title: str
    by: tuple[str, ...]
    together: bool
    must: bool
    opens: dt.datetime | None
    due: dt.datetime | None
    document: str
    cite: str
    ours: bool = False
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "move": self.move,
            "title": self.title,
            "by": list(self.by),
            "together": self.together,
            "must": self.must,
            "opens": _text(self.opens),
            "due": _text(self.due),
            "document": self.document,
            "cite": self.cite,
            "ours": self.ours,
        }


@dataclass(frozen=True, slots=True)
class Duty:
    """Something still to be done. ``due`` None: at once (``at_once``), no time is set, or the clock
    has not begun. ``not_before`` where it is to wait instead."""

    limit: str
    what: str
    owner: tuple[str, ...]
    due: dt.datetime | None
    not_before: dt.datetime | None
    at_once: bool
    overdue: bool
    severity: str
    if_not: str
    cite: str
    deadline: str = ""
    """The regime's words on the period: "24 h, VI.I.6 (...)"."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "limit": self.limit,
            "what": self.what,
            "owner": list(self.owner),
            "due": _text(self.due),
            "not_before": _text(self.not_before),
            "at_once": self.at_once,
            "overdue": self.overdue,
            "severity": self.severity,
            "if_not": self.if_not,
            "cite": self.cite,
            "deadline": self.deadline,
        }


@dataclass(frozen=True, slots=True)
class Options:
    """A process as it stands at ``now``."""

    now: dt.datetime
    phase: str
    title: str
    final: bool
    acts: tuple[Act, ...]
    duties: tuple[Duty, ...]

    @property
    def overdue(self) -> tuple[Duty, ...]:
        return tuple(duty for duty in self.duties if duty.overdue)

    @property
    def next_deadline(self) -> Duty | None:
        """The duty that falls due next."""
        coming = [d for d in self.duties if d.due is not None and not d.overdue]
        return min(coming, key=lambda d: d.due or d.due, default=None)  # type: ignore[arg-type,return-value]

    def as_dict(self) -> dict[str, Any]:
        return {
            "now": _text(self.now),
            "phase": self.phase,
            "title": self.title,
            "final": self.final,
            "acts": [act.as_dict() for act in self.acts],
            "duties": [duty.as_dict() for duty in self.duties],
        }


def options(machine: Machine, state: State, now: dt.datetime) -> Options:
    """What can and must be done at ``now``: moves that are open or will open, and open duties."""
    run, at = thaw(machine, state), seconds(now)
    acts = [_act(machine, run, move, at) for move in machine.moves.values()]
    duties = [_duty(machine, run, limit, at) for limit in machine.limits]
    phase = machine.process.phases[run.phase]
    return Options(
        moment(at),
        phase.id,
        phase.title,
        phase.final,
        tuple(act for act in acts if act is not None),
        tuple(sorted((d for d in duties if d is not None), key=_order)),
    )


def overdue(machine: Machine, state: State, now: dt.datetime) -> tuple[Duty, ...]:
    """The duties whose moment has gone by."""
    return options(machine, state, now).overdue


def next_deadline(machine: Machine, state: State, now: dt.datetime) -> Duty | None:
    """The duty that falls due next; None where nothing is due."""
    return options(machine, state, now).next_deadline


def _act(machine: Machine, run: Run, move: RunMove, at: int) -> Act | None:
    opens = None
    if not is_open(machine, run, move, at):
        first = opening(machine, run, move) if move.missed else None
        if first is None or first <= at or not is_open(machine, run, move, first):
            return None
        opens = moment(first)
    said = move.move
    dues = [
        due
        for limit in machine.limits
        if move.mark in limit.ends and not limit.limit.earliest and begun(limit, run)
        if (due := due_at(limit, run)) is not None and done_at(limit, run) is None
    ]
    return Act(
        said.id,
        said.title,
        machine.roles_of(said.by, run.facts),
        said.by == "both",
        said.must,
        opens,
        moment(min(dues)) if dues else None,
        said.document,
        move.cite,
        said.status is Status.ASSUMED,
        said.note,
    )


def _duty(machine: Machine, run: Run, limit: RunLimit, at: int) -> Duty | None:
    said = limit.limit
    if not begun(limit, run) or done_at(limit, run) is not None:
        return None
    if not said.outlives and stopped_at(machine, run) is not None:
        return None
    due = due_at(limit, run)
    if due is None and said.agreement in run.agreed:
        return None
    if said.earliest and (due is None or due <= at):
        return None
    value = None if limit.clock is None else limit.clock.value
    return Duty(
        said.id,
        said.what,
        machine.roles_of(said.owner, run.facts),
        None if due is None or said.earliest else moment(due),
        moment(due) if due is not None and said.earliest else None,
        said.at_once,
        due is not None and not said.earliest and at > due,
        said.severity,
        said.if_not,
        limit.cite,
        "" if value is None else f"{value.value} {value.unit}, {value.cite}",
    )


def _order(duty: Duty) -> tuple[bool, dt.datetime, str]:
    moment_ = duty.due or duty.not_before
    return (moment_ is None, moment_ or dt.datetime.max.replace(tzinfo=dt.UTC), duty.limit)


def _text(at: dt.datetime | None) -> str | None:
    return None if at is None else written(seconds(at))
