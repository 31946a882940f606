"""Histories run again: from events, or from lines of JSON, many missions at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from overflight.errors import DataError
from overflight.procedure.machine.compiled import Machine
from overflight.procedure.machine.states import (
    NO_FACTS,
    Event,
    Refusal,
    Run,
    State,
    freeze,
    moment,
    read_seconds,
    seconds,
)
from overflight.procedure.machine.steps import advance

KEYS = ("move", "at", "by", "facts", "ref")


def replay(machine: Machine, events: Iterable[Event], year: int = 0) -> State:
    """The state after all events. DataError at the first that does not fit."""
    run = Run(machine, year)
    for number, event in enumerate(events, 1):
        refusal = advance(machine, run, event.move, seconds(event.at), event.by, event.facts)
        if refusal is not None:
            raise _unfit(refusal, number)
    return freeze(machine, run)


def read_event(data: dict[str, Any]) -> Event:
    """An event from its JSON object. DataError for anything else."""
    move, at, by, said = _parts(data, 0)
    return Event(move, moment(at), by, said, str(data.get("ref", "")))


def replay_lines(
    machine: Machine, lines: Iterable[bytes | str], key: str = "", year: int = 0
) -> dict[str, State]:
    """The states after a log of JSON lines, by what ``key`` says of each (default: one, ""). The
    order of one process's events is that of its lines. DataError with the line that does not fit.
    """
    runs: dict[str, Run] = {}
    loads = json.loads
    for number, line in enumerate(lines, 1):
        try:
            data = loads(line)
        except ValueError:
            raise DataError(
                "not JSON", line=number, remedy="Write one event a line; mend this one."
            ) from None
        move, at, by, said = _parts(data, number)
        name = str(data.get(key, "")) if key else ""
        run = runs.get(name)
        if run is None:
            run = runs[name] = Run(machine, year)
        refusal = advance(machine, run, move, at, by, said)
        if refusal is not None:
            raise _unfit(refusal, number)
    return {name: freeze(machine, run) for name, run in runs.items()}


def _parts(data: Any, number: int) -> tuple[str, int, str, Mapping[str, str]]:
    if isinstance(data, dict):
        at, move, by = read_seconds(data.get("at")), data.get("move"), data.get("by")
        said = data.get("facts") or NO_FACTS
        texts = said is NO_FACTS or (
            isinstance(said, dict) and all(isinstance(value, str) for value in said.values())
        )
        if at is not None and isinstance(move, str) and isinstance(by, str) and texts:
            return move, at, by, said
    raise DataError(
        f"{str(data)[:80]!r} is not an event",
        line=number or None,
        remedy='Write {"move": ..., "at": "2002-01-01T12:00:00Z", "by": ..., "facts": {}}.',
    )


def _unfit(refusal: Refusal, number: int) -> DataError:
    cite = f" ({refusal.paragraph})" if refusal.paragraph else ""
    remedy = f"Possible here: {', '.join(refusal.instead) or 'nothing any more'}."
    return DataError(f"{refusal.move}: {refusal.why}{cite}", line=number, remedy=remedy)
