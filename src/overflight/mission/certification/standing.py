"""How far a certification is: the procedure run once for each Party that takes part.

The process (data of the regime) is between the Party that certifies and one that may take part.
What the certifying Party does counts for all; what a participant does, for its own. The aircraft
may be used once every participant has agreed to the report, and not while one does not.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.errors import DataError
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
from overflight.terms.certification import Certification, Happened
from overflight.treaty.model import Treaty

PROCESS = "certification"
CERTIFYING, PARTICIPATING = "certifying", "participating"
EVERYBODY = "all"
REPORTED, BLOCKED, CERTIFIED = "reported", "blocked", "certified"


@dataclass(frozen=True, slots=True)
class PartyStanding:
    """The process between the certifying Party and ``party`` ("" where nobody takes part)."""

    party: str
    state: State
    options: Options
    passed: tuple[Passed, ...]


@dataclass(frozen=True, slots=True)
class CertificationStanding:
    """``verdict``: "certified", "blocked" (``disputed_by`` do not agree) or "open"; ``unsigned``
    have the report before them and have not said. ``usable``: whether the aircraft may be used
    for observation flights."""

    certification: Certification
    at: dt.datetime
    verdict: str
    usable: bool
    since: dt.datetime | None
    disputed_by: tuple[str, ...]
    unsigned: tuple[str, ...]
    parties: tuple[PartyStanding, ...]
    machine: Machine


def standing_of(
    treaty: Treaty, certification: Certification, at: dt.datetime
) -> CertificationStanding:
    """Where it stands at ``at``, by the events up to then. Raises DataError for one that does not
    fit, with its paragraph."""
    machine = machine_of(treaty, PROCESS, certification.begins, certification.readings)
    events = [e for e in certification.events if e.at <= at]
    parties = _parties(certification, events)
    found = []
    for party in parties or ("",):
        state = _run(machine, certification, events, party)
        found.append(
            PartyStanding(party, state, options(machine, state, at), passed(machine, state, at))
        )
    disputed = tuple(p.party for p in found if p.state.phase == BLOCKED)
    unsigned = tuple(p.party for p in found if p.state.phase == REPORTED)
    done = all(p.state.final for p in found)
    since = None
    if done or disputed:
        key = "certified" if done else "disputed"
        marks = [p.state.marks[key] for p in found if key in p.state.marks]
        since = max(marks) if done else min(marks)
    verdict = CERTIFIED if done else BLOCKED if disputed else "open"
    return CertificationStanding(
        certification, at, verdict, done, since, disputed, unsigned, tuple(found), machine
    )


def _parties(certification: Certification, events: list[Happened]) -> tuple[str, ...]:
    """Those that take part, in the order in which they said so."""
    named = [p.party for p in certification.participants]
    for event in events:
        if event.by in (certification.certifying, EVERYBODY, PARTICIPATING):
            continue
        if event.by not in named:
            raise DataError(
                f"{event.by!r} takes no part in {certification.id}",
                where=event.move,
                remedy=f"Name it as a [[participant]]; known: {', '.join(named) or 'none'}.",
            )
    begun = any(e.move == "begin-certification" for e in events)
    joined = {e.by for e in events if e.by in named}
    if any(e.by == PARTICIPATING for e in events):
        return tuple(named)
    return tuple(p for p in named if p in joined or not begun)


def _run(
    machine: Machine, certification: Certification, events: list[Happened], party: str
) -> State:
    state = begin(machine)
    for event in events:
        if event.by == EVERYBODY:
            by = "both"
        elif event.by == certification.certifying:
            by = CERTIFYING
        elif event.by in (party, PARTICIPATING) and party:
            by = PARTICIPATING
        else:
            continue
        after = step(machine, state, Event(event.move, event.at, by, event.facts))
        if isinstance(after, Refusal):
            cite = f" ({after.paragraph})" if after.paragraph else ""
            raise DataError(
                f"{event.move} by {event.by} on {event.at:%Y-%m-%d}: {after.why}{cite}",
                where=event.move,
                remedy=f"Possible here: {', '.join(after.instead) or 'nothing any more'}.",
            )
        state = after
    return state
