"""When a limit falls due, whether it was kept: pure questions about a run at a moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from overflight.procedure.machine.compiled import EPOCH, Machine, Masks, RunLimit
from overflight.procedure.machine.states import Run, State, moment, seconds, thaw, written


def fits(masks: Masks, facts: list[int]) -> bool:
    """Whether the facts are such as the conditions ask for."""
    for number, mask in masks:  # noqa: SIM110 (a generator would cost more than the question)
        if not mask >> facts[number] & 1:
            return False
    return True


def due_at(limit: RunLimit, run: Run) -> int | None:
    """The moment of the limit: the last second at which it is kept (of an earliest limit, the
    first). None where its clock has not begun, where it has none, or where the sides agreed so."""
    clock = limit.clock
    if clock is None:
        return None
    name = limit.limit.agreement
    if name and name in run.agreed:
        return run.agreed[name]
    if clock.month_day is not None:
        month, day = clock.month_day
        date = dt.date(run.year + clock.year, month, day)
        begins = (date - EPOCH.date()).days * 86400
        return begins if limit.limit.earliest else begins + 86399
    start = run.marks[clock.mark]
    if start is None:
        return None
    due = clock.period.after(start, clock.sign)
    if clock.longer >= 0 and run.marks[clock.longer] is not None:
        due = clock.by.after(due)
    return due


def done_at(limit: RunLimit, run: Run) -> int | None:
    """When what the limit asks for was done; None where it was not."""
    found: int | None = None
    for number in limit.ends:
        at = run.marks[number]
        if at is not None and (found is None or at < found):
            found = at
    return found


def stopped_at(machine: Machine, run: Run) -> int | None:
    """When the process was broken off, and with it the clocks of what was still open."""
    moments = [at for number in machine.stops if (at := run.marks[number]) is not None]
    return min(moments) if moments else None


def begun(limit: RunLimit, run: Run) -> bool:
    """Whether the limit applies: its beginning has come and its conditions hold."""
    if limit.begins >= 0:
        if run.marks[limit.begins] is None:
            return False
    elif limit.clock is not None and limit.clock.mark >= 0 and run.marks[limit.clock.mark] is None:
        return False
    return fits(limit.when, run.facts)


def over_by(machine: Machine, limit: RunLimit, run: Run, now: int) -> int:
    """Seconds by which the limit is passed at ``now``; 0 where it is kept or still open.

    What was not done when the process was broken off counts as it stood then.
    """
    if not begun(limit, run):
        return 0
    due = due_at(limit, run)
    if due is None:
        return 0
    done = done_at(limit, run)
    if limit.limit.earliest:
        return 0 if done is None else max(0, due - done)
    if done is None:
        done = now
        stop = None if limit.limit.outlives else stopped_at(machine, run)
        if stop is not None and stop < now:
            done = stop
    return max(0, done - due)


@dataclass(frozen=True, slots=True)
class Passed:
    """A limit that was not kept. ``kind`` is "late", "absent" or "early"; ``severity`` what that
    means: breach, right-arises, or lapses. ``owner`` are the roles that should have kept it."""

    limit: str
    kind: str
    severity: str
    what: str
    owner: tuple[str, ...]
    due: dt.datetime
    done: dt.datetime | None
    seconds: int
    if_not: str
    cite: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "limit": self.limit,
            "kind": self.kind,
            "severity": self.severity,
            "what": self.what,
            "owner": list(self.owner),
            "due": written(seconds(self.due)),
            "done": None if self.done is None else written(seconds(self.done)),
            "seconds": self.seconds,
            "if_not": self.if_not,
            "cite": self.cite,
        }


def passed(machine: Machine, state: State, now: dt.datetime) -> tuple[Passed, ...]:
    """The limits that were not kept up to ``now``: done late, too early, or not at all."""
    return passed_in(machine, thaw(machine, state), seconds(now))


def passed_in(machine: Machine, run: Run, now: int) -> tuple[Passed, ...]:
    """The same inside a replay."""
    found = []
    for limit in machine.limits:
        over = over_by(machine, limit, run, now)
        if not over:
            continue
        due, done = due_at(limit, run), done_at(limit, run)
        assert due is not None
        kind = "early" if limit.limit.earliest else "absent" if done is None else "late"
        said = limit.limit
        found.append(
            Passed(
                said.id,
                kind,
                said.severity,
                said.what,
                machine.roles_of(said.owner, run.facts),
                moment(due),
                None if done is None else moment(done),
                over,
                said.if_not,
                limit.cite,
            )
        )
    return tuple(found)
