"""A regime's processes run: a mission, the year of quotas, lists of personnel, certification.

The process is data (procedure.toml); this interpreter knows none by name. How to use it:

    machine = machine_of(treaty, "mission", on=day_of_the_notification)
    state = begin(machine)
    after = step(machine, state, Event("notify", at, "observing", {"eta": "2003-05-06T08:00:00Z"}))
    if isinstance(after, Refusal):    # after.why, after.paragraph, after.instead, after.opens
        ...
    now = options(machine, after, at)  # now.acts, now.duties, now.overdue, now.next_deadline
    passed(machine, after, at)         # limits not kept: late, absent, early; severity, paragraph
    after.facts["quota"], after.facts["data"], after.marks["notified"]

Everything is pure: time is an argument, a step returns a new state. ``Event.facts`` are texts:
declared values of facts, and instants in ISO 8601. What the sides may agree otherwise
(``machine.agreements``) is recorded by the move of agreement: {"about": NAME} and, where they
agree on another moment, {"until": INSTANT}. ``replay`` and ``replay_lines`` run histories again.

A limit is kept up to and including its last second. What happens in the world out of time (a
start, a late answer) is recorded, and ``passed`` tells it; a right that has not arisen (to
prohibit for lateness, to decline) is refused. What begins again (``clears``) keeps on record what
was not kept before: ``State.past``.
"""

from __future__ import annotations

from overflight.procedure.machine.compiled import Machine, machine_of, processes_of
from overflight.procedure.machine.limits import Passed, passed
from overflight.procedure.machine.options import (
    Act,
    Duty,
    Options,
    next_deadline,
    options,
    overdue,
)
from overflight.procedure.machine.replay import read_event, replay, replay_lines
from overflight.procedure.machine.states import Event, Refusal, State, begin
from overflight.procedure.machine.steps import closed, step

__all__ = [
    "Act",
    "Duty",
    "Event",
    "Machine",
    "Options",
    "Passed",
    "Refusal",
    "State",
    "begin",
    "closed",
    "machine_of",
    "next_deadline",
    "options",
    "overdue",
    "passed",
    "processes_of",
    "read_event",
    "replay",
    "replay_lines",
    "step",
]
