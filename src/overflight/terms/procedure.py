"""A regime's processes: who may or must do what, in which order, and by when.

A process is data (procedure.toml): phases, facts that are said on the way, moves, and limits in
time. The machine (overflight.procedure.machine) runs any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from overflight.terms.citations import Citation
from overflight.terms.values import Status

Conditions = Mapping[str, tuple[str, ...]]
"""Fact -> the values of it under which something holds; all facts must fit."""

ANYBODY = ("either", "both")
"""Words for 'one of the roles' and 'all of them together'."""

SEVERITIES = ("breach", "right-arises", "lapses")
"""What follows where a limit is passed: a breach; a right of the other side; only an offer or a
chance has gone by."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a process stands. A ``final`` one is never left; what is still owed stays owed."""

    id: str
    title: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that moves say, and that others depend on. ``values[0]`` holds at first.

    ``settled`` are the values of which one holds in every final phase; empty where any may.
    """

    name: str
    words: str
    values: tuple[str, ...]
    settled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """A name for the role that ``fact`` says, or (``other``) for the role that it does not say."""

    name: str
    fact: str
    other: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What is different about a move when ``when`` holds."""

    when: Conditions
    to: str = ""
    sets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody may do in a phase.

    ``to`` is the phase that follows ("" the same). ``needs`` and ``unless`` are marks that are
    set or not; ``missed`` limits of which one is passed. ``agreement``: a name under which
    the sides may agree to do without ``needs``. ``takes`` facts may be said, ``requires`` facts
    must; ``instants`` are moments that it states, which become marks. ``of_agreement`` moves
    record what the sides agreed. ``verb`` is the word by which a command calls the move; several
    moves may share one. ``only_to`` names values to which a fact is restricted here. ``content``
    is what its message says of itself: of a choice always, of other fields if nothing is said.
    ``clears`` are marks that it takes away, so that what they mark can be done again; limits that
    hang on them and were not kept until then stay on record.
    """

    id: str
    title: str
    by: str
    must: bool
    phases: tuple[str, ...]
    citations: tuple[Citation, ...]
    to: str = ""
    mark: str = ""
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    agreement: str = ""
    when: Conditions = field(default_factory=dict)
    takes: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    only_to: Conditions = field(default_factory=dict)
    instants: tuple[str, ...] = ()
    instants_optional: bool = False
    sets: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    document: str = ""
    content: Mapping[str, str] = field(default_factory=dict)
    verb: str = ""
    of_agreement: bool = False
    status: Status = Status.ENACTED
    note: str = ""


@dataclass(frozen=True, slots=True)
class Without:
    """Time that a clock does not count: what passes from one mark to another, or as much of it as
    is more than ``over`` (the key of a deadline)."""

    begins: str
    ends: str
    over: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment: a mark, and a period after (``plus``) or before it (``minus``), each the key of a
    deadline; or a day of the year (``calendar``), ``year`` years from the process's own.

    ``day`` is the key of a date from whose beginning it counts, where there is no mark.
    ``instead`` is a mark that, once set, counts instead of ``mark``. Each time but the first that
    one of ``again`` is set adds ``by``, until the whole is ``most``.
    """

    mark: str = ""
    plus: str = ""
    minus: str = ""
    calendar: str = ""
    year: int = 0
    longer: str = ""
    """A mark that, once set, adds the period ``by``."""
    by: str = ""
    day: str = ""
    instead: str = ""
    again: tuple[str, ...] = ()
    most: str = ""
    without: tuple[Without, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in time on what ``ends`` says: at the latest (or the earliest) at ``clock``.

    It runs from ``begins`` on ("" as soon as the clock is known) while ``when`` holds. ``clock``
    None: ``at_once``, with no hour that could be passed, or no time is set at all. What is due at
    once may still have a mark that it must come before. ``outlives``:
    it runs on when the process was stopped. ``agreement``: a name under which the sides may
    agree on another time or on none.
    """

    id: str
    what: str
    owner: str
    ends: tuple[str, ...]
    citations: tuple[Citation, ...]
    clock: Clock | None = None
    earliest: bool = False
    begins: str = ""
    at_once: bool = False
    when: Conditions = field(default_factory=dict)
    agreement: str = ""
    outlives: bool = False
    severity: str = "breach"
    if_not: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a regime. ``stops`` are marks at which the clocks of open limits stand still;
    ``dated_by`` is the mark whose date decides which values of the regime apply; ``joins`` the word
    between the two sides in a title."""

    id: str
    title: str
    begins: str
    roles: tuple[str, ...]
    phases: tuple[Phase, ...]
    facts: tuple[Fact, ...]
    actors: tuple[Actor, ...]
    moves: tuple[Move, ...]
    limits: tuple[Limit, ...]
    citations: tuple[Citation, ...]
    stops: tuple[str, ...] = ()
    dated_by: str = ""
    joins: str = "over"
    note: str = ""
