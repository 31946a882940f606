"""When a limit falls due, whether it was kept: pure questions about a run at a moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from overflight.procedure.machine.compiled import EPOCH, Machine, Masks, RunClock, RunLimit, RunMove
from overflight.procedure.machine.states import Past, Run, State, moment, seconds, thaw, written


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
    if clock.day is not None:  # to the last second of the last day
        begins = clock.period.after(clock.day, clock.sign)
        return begins if limit.limit.earliest else begins - 1
    start = _start(clock, run)
    if start is None:
        return None
    due = clock.period.after(start, clock.sign)
    if clock.longer >= 0 and run.marks[clock.longer] is not None:
        due = clock.by.after(due)
    if clock.again:
        times = sum(run.times.get(number, 0) for number in clock.again)
        due += max(0, times - 1) * clock.by.seconds
        if clock.most is not None:
            due = min(due, clock.most.after(start))
    if clock.without:
        due += run.spared.get(limit.limit.id, 0) + not_counted(clock, run)
    return due


def _start(clock: RunClock, run: Run) -> int | None:
    """The moment from which the clock counts."""
    if clock.instead >= 0 and run.marks[clock.instead] is not None:
        return run.marks[clock.instead]
    return run.marks[clock.mark]


def not_counted(clock: RunClock, run: Run, among: frozenset[int] | None = None) -> int:
    """The seconds between marks that the clock leaves out; of ``among``, where it is given, only
    those between marks of which it holds one."""
    total = 0
    for first, last, over in clock.without:
        begun_at, ended_at = run.marks[first], run.marks[last]
        if begun_at is None or ended_at is None:
            continue
        if among is None or first in among or last in among:
            total += max(0, ended_at - over.after(begun_at))
    return total


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
    elif limit.clock is not None and limit.clock.mark >= 0 and _start(limit.clock, run) is None:
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


def begin_again(machine: Machine, run: Run, move: RunMove, at: int) -> None:
    """Take away the marks that ``move`` clears; what was not kept until now stays on record."""
    for number in move.settles:
        limit = machine.limits[number]
        over = over_by(machine, limit, run, at)
        due = due_at(limit, run)
        if over and due is not None:
            run.past = (*run.past, Past(limit.limit.id, due, done_at(limit, run), over))
    for number in move.settles:
        run.agreed.pop(machine.limits[number].limit.agreement, None)
    for limit in machine.limits:
        if limit.clock is not None and limit.clock.without:
            spared = not_counted(limit.clock, run, move.clears)
            if spared:
                run.spared[limit.limit.id] = run.spared.get(limit.limit.id, 0) + spared
    for number in move.clears:
        run.marks[number] = None


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
    found = [
        _passed(machine, machine.limits[machine.limit_numbers[p.limit]], run, p) for p in run.past
    ]
    for limit in machine.limits:
        over = over_by(machine, limit, run, now)
        if not over:
            continue
        due = due_at(limit, run)
        assert due is not None
        now_past = Past(limit.limit.id, due, done_at(limit, run), over)
        found.append(_passed(machine, limit, run, now_past))
    return tuple(found)


def _passed(machine: Machine, limit: RunLimit, run: Run, past: Past) -> Passed:
    said = limit.limit
    return Passed(
        said.id,
        "early" if said.earliest else "absent" if past.done is None else "late",
        said.severity,
        said.what,
        machine.roles_of(said.owner, run.facts),
        moment(past.due),
        None if past.done is None else moment(past.done),
        past.over,
        said.if_not,
        limit.cite,
    )
