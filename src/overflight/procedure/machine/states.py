"""Events, states and refusals: what goes into a step and what comes out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import floor
from types import MappingProxyType
from typing import Any

from overflight.errors import DataError
from overflight.procedure.machine.compiled import EPOCH, Machine

NO_FACTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at ``at`` (with a time zone). ``by`` is a role or "both".

    ``facts`` are what it says: declared values, and instants in ISO 8601 with a zone. ``ref`` is
    the digest of a document; the machine passes it over.
    """

    move: str
    at: dt.datetime
    by: str
    facts: Mapping[str, str] = field(default_factory=lambda: NO_FACTS)
    ref: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "move": self.move,
            "at": written(seconds(self.at)),
            "by": self.by,
            "facts": dict(self.facts),
            "ref": self.ref,
        }


@dataclass(frozen=True, slots=True)
class Past:
    """A limit that was not kept before what it asks for began again: ``due``, ``done`` (None: not
    at all) and ``over``, how much too late or too early, in seconds."""

    limit: str
    due: int
    done: int | None
    over: int


@dataclass(frozen=True, slots=True)
class State:
    """Where a process stands. ``moments`` are its marks in seconds since 1970 (UTC).

    ``agreed`` are the names of what the sides agreed to do otherwise -> until when (None: no
    limit any more). ``last`` is the moment of the last event; ``year`` the process's own.
    Of what was done more than once: ``past`` are the limits that were not kept before it began
    again, ``times`` how often a mark was set, where a clock asks for that, and ``spared`` the
    seconds that a limit's clock has not counted so far.
    """

    process: str
    phase: str
    final: bool
    moments: Mapping[str, int]
    facts: Mapping[str, str]
    agreed: Mapping[str, int | None]
    last: int | None = None
    year: int = 0
    past: tuple[Past, ...] = ()
    times: Mapping[str, int] = field(default_factory=dict)
    spared: Mapping[str, int] = field(default_factory=dict)

    @property
    def marks(self) -> dict[str, dt.datetime]:
        return {name: moment(s) for name, s in self.moments.items()}

    @property
    def at(self) -> dt.datetime | None:
        return None if self.last is None else moment(self.last)

    def as_dict(self) -> dict[str, Any]:
        return {
            "process": self.process,
            "phase": self.phase,
            "final": self.final,
            "marks": {name: written(s) for name, s in self.moments.items()},
            "facts": dict(self.facts),
            "agreed": {n: None if s is None else written(s) for n, s in self.agreed.items()},
            "at": None if self.last is None else written(self.last),
            "year": self.year,
            **({"times": dict(self.times)} if self.times else {}),
            **({"spared": dict(self.spared)} if self.spared else {}),
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """A move that is not made: ``why``, under which ``paragraph``, what could be done
    ``instead`` (move ids) and from when on the move is open (``opens``), where that is known."""

    move: str
    why: str
    paragraph: str = ""
    instead: tuple[str, ...] = ()
    opens: dt.datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "move": self.move,
            "why": self.why,
            "paragraph": self.paragraph,
            "instead": list(self.instead),
            "opens": None if self.opens is None else written(seconds(self.opens)),
        }


class Run:
    """A process while it runs: the mutable inside of a replay. Not for keeping."""

    __slots__ = ("agreed", "at", "facts", "marks", "past", "phase", "spared", "times", "year")

    def __init__(self, machine: Machine, year: int = 0) -> None:
        self.phase = machine.begins
        self.at: int | None = None
        self.marks: list[int | None] = [None] * len(machine.marks)
        self.facts: list[int] = [0] * len(machine.facts)
        self.agreed: dict[str, int | None] = {}
        self.year = year
        self.past: tuple[Past, ...] = ()
        self.times: dict[int, int] = {}
        self.spared: dict[str, int] = {}


def begin(machine: Machine, year: int = 0) -> State:
    """The state before anything happened; ``year`` for processes with days of the calendar."""
    return freeze(machine, Run(machine, year))


def freeze(machine: Machine, run: Run) -> State:
    marks = zip(machine.marks, run.marks, strict=True)
    facts = zip(machine.facts, machine.values, run.facts, strict=True)
    return State(
        machine.process.id,
        machine.phases[run.phase],
        bool(machine.final >> run.phase & 1),
        MappingProxyType({name: s for name, s in marks if s is not None}),
        MappingProxyType({name: values[code] for name, values, code in facts}),
        MappingProxyType(dict(run.agreed)),
        run.at,
        run.year,
        run.past,
        MappingProxyType({machine.marks[n]: times for n, times in run.times.items()}),
        MappingProxyType(dict(run.spared)),
    )


def thaw(machine: Machine, state: State) -> Run:
    """DataError for a state of another process."""
    if state.process != machine.process.id or state.phase not in machine.phase_numbers:
        raise DataError(
            f"a state of {state.process!r} ({state.phase}) is none of {machine.process.id!r}",
            remedy="Use the machine of the same process and regime.",
        )
    run = Run(machine, state.year)
    run.phase, run.at = machine.phase_numbers[state.phase], state.last
    for name, value in state.moments.items():
        run.marks[machine.mark_numbers[name]] = value
    for name, said in state.facts.items():
        number = machine.fact_numbers[name]
        run.facts[number] = machine.values[number].index(said)
    run.agreed.update(state.agreed)
    run.past = state.past
    run.times = {machine.mark_numbers[name]: times for name, times in state.times.items()}
    run.spared.update(state.spared)
    return run


def seconds(at: dt.datetime) -> int:
    """Whole seconds since 1970. DataError for a time without a zone."""
    if at.tzinfo is None:
        raise DataError(f"{at} has no time zone", remedy="Give UTC, as 2002-01-01T12:00:00Z.")
    return int((at - EPOCH).total_seconds() // 1)


def read_seconds(text: object) -> int | None:
    """The same of a text in ISO 8601; None where it is none, or has no zone."""
    if not isinstance(text, str):
        return None
    try:
        at = dt.datetime.fromisoformat(text)
        return None if at.tzinfo is None else floor(at.timestamp())
    except (ValueError, OverflowError):
        return None


def moment(s: int) -> dt.datetime:
    return EPOCH + dt.timedelta(seconds=s)


def written(s: int) -> str:
    return moment(s).isoformat().replace("+00:00", "Z")
