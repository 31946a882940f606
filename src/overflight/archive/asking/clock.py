"""Where a request stands, and what is due until when, by the regime's own procedure."""

from __future__ import annotations

import datetime as dt
from typing import Any

from overflight.archive.asking.register import Asked
from overflight.procedure.machine import (
    Event,
    Options,
    Refusal,
    begin,
    machine_of,
    options,
    processes_of,
    step,
)
from overflight.record.instants import read_instant
from overflight.treaty.model import Treaty

PROCESS = "copies"


def standing(
    treaty: Treaty, one: Asked, now: dt.datetime, agreed: dt.datetime | None = None
) -> Options | None:
    """What is open and owed at ``now``; None for a regime without a procedure for copies.

    ``agreed``: the moment until which the two agreed that the copies are delivered; where the
    treaty sets none and none was agreed, nothing falls due on a day.
    """
    if one.request is None or PROCESS not in processes_of(treaty):
        return None
    asked_at = read_instant(one.request["requested_at"], PROCESS)
    machine = machine_of(treaty, PROCESS, on=asked_at.date())
    state = begin(machine)
    for event in sorted(_events(one, asked_at, agreed), key=lambda e: e.at):
        if event.at > now:
            break
        after = step(machine, state, event)
        if not isinstance(after, Refusal):
            state = after
    return options(machine, state, now)


def _events(one: Asked, asked_at: dt.datetime, agreed: dt.datetime | None) -> list[Event]:
    found = [Event("request", asked_at, "requesting", {})]
    if one.notice is not None:
        told = read_instant(one.notice["told_at"], PROCESS)
        found.append(Event("tell-observed", told, "requesting", {}))
    if agreed is not None:
        until = agreed.strftime("%Y-%m-%dT%H:%M:%SZ")
        found.append(Event("agree-time", asked_at, "both", {"agreed-delivery": until}))
    if one.delivery is not None:
        at = read_instant(one.delivery["delivered_at"], PROCESS)
        found.append(Event("deliver", at, "observing", {}))
    elif one.decision is not None and one.decision["decision"]["answer"] == "denied":
        at = read_instant(one.decision["decided_at"], PROCESS)
        found.append(Event("refuse", at, "observing", {}))
    return found


def due_words(standing_now: Options | None) -> list[dict[str, Any]]:
    """What is owed, in plain values: what, by whom, until when (None: no time is set)."""
    if standing_now is None:
        return []
    return [
        {
            "what": duty.what,
            "owner": list(duty.owner),
            "due": None if duty.due is None else duty.due.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "overdue": duty.overdue,
            "cite": duty.cite,
        }
        for duty in standing_now.duties
    ]
