"""What goes with a move: the content of its message, and the documents beside it.

The command line and the pages ask the same here.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.counter_json import counter_proposal_to_dict, read_counter_proposal
from overflight.formats.messages.document import find_type, lookup, put
from overflight.formats.messages.reading import read_text
from overflight.formats.plan_json import read_mission_plan
from overflight.formats.times import write_time
from overflight.mission.counter.assess import assess
from overflight.mission.counter.given import read_changes
from overflight.mission.seat import contents
from overflight.mission.seat.acts import Attached
from overflight.mission.seat.folder import Seat, content_of
from overflight.report.outgoing import plan_bytes
from overflight.terms.mission_plan import MissionPlan
from overflight.treaty.loader import load_treaty
from overflight.treaty.messages import message_book

PLAN, CHANGES = "mission-plan", "counter-proposal"
"""Types of the documents that go beside a message."""

Source = str | Path | bytes


def documents_for(
    seat: Seat,
    move: str,
    at: dt.datetime,
    *,
    document: Source | None = None,
    given: Mapping[str, Any] | None = None,
    remarks: str = "",
) -> tuple[dict[str, Any], Attached, dict[str, str]]:
    """The content of the move's message, what is attached to it, and what it says besides.

    ``document`` is a mission plan or proposed changes, ``given`` what the message says, which goes
    before what follows from the messages before. Raises DataError for a document that the move
    does not take, or that is not of this mission.
    """
    treaty = load_treaty(seat.mission.treaty)
    moves = {m.id: m for process in treaty.processes for m in process.moves}
    sends = moves[move].document if move in moves else ""
    content: dict[str, Any] = _told_before(seat, sends) if sends else {}
    attached: list[tuple[str, str, bytes]] = []
    said: dict[str, str] = {}
    if sends == "plan-changes" and document:
        content, attached, said = _changes(seat, document, at)
    elif sends in ("plan-submission", "plan-alternatives") and document:
        plan = _released(seat, document)
        plan = replace(plan, times=replace(plan.times, submitted=at))
        attached = [(PLAN, "json", plan_bytes(plan))]
        if sends == "plan-submission":
            content = contents.submission(plan, at)
        else:
            content = contents.alternatives(plan, remarks or "see remarks")
    elif sends == "plan-acceptance":
        plan, attached, said = _agreed(seat)
        content = contents.acceptance(plan, at)
    elif document:
        raise DataError(
            f"{move!r} takes no document",
            remedy="Give the message's content with --content FILE or --set FIELD=VALUE.",
        )
    content.update(given or {})
    return content, attached, said


def _told_before(seat: Seat, sends: str) -> dict[str, Any]:
    """What must be said again of what the messages before have said; nothing about people."""

    book = message_book(load_treaty(seat.mission.treaty))
    kind = find_type(book, sends)
    mission = seat.mission
    known: list[Any] = [{"observing": mission.observing, "observed": mission.observed}]
    for type_ in kind.follows:
        kept = seat.document(type_)
        if kept is not None:
            known.append(read_text(content_of(seat, kept), book).content)
    content: dict[str, Any] = {}
    for item in kind.items:
        for field in item.fields if not item.records else ():
            for earlier in known:
                there, value = lookup(earlier, field.name)
                if there and field.required and not field.personal:
                    put(content, field.name, value)
    return content


def newest_plan(seat: Seat) -> MissionPlan:
    """The mission plan that was last submitted or offered. Raises DataError before there is one."""
    kept = seat.document(PLAN)
    if kept is None:
        raise DataError(
            "no mission plan was handed over in this mission yet",
            remedy="The observing side submits one with 'overflight mission propose DIR PLAN'; "
            "the observed side receives it.",
        )
    return read_mission_plan(content_of(seat, kept))


def _agreed(seat: Seat) -> tuple[MissionPlan, Any, dict[str, str]]:
    """The plan that an acceptance agrees to; with the changes made, if changes are accepted."""
    plan, proposed = newest_plan(seat), seat.document(CHANGES)
    order = [kept for entry in seat.happened for kept in entry.documents]
    submitted = seat.document(PLAN)
    if proposed is None or submitted is None or order.index(proposed) < order.index(submitted):
        return plan, [], {}
    proposal = read_counter_proposal(content_of(seat, proposed))
    found = assess(plan, proposal, treaty=seat.mission.treaty, readings=seat.mission.readings)
    begins = found.revised.times.commencement
    said = {} if begins is None else {"scheduled-start": write_time(begins)}
    return found.revised, [(PLAN, "json", plan_bytes(found.revised))], said


def _released(seat: Seat, file: Source) -> MissionPlan:
    """The mission plan in a file; of a working plan only what is released of it."""
    plan = read_mission_plan(file)
    mission = seat.mission
    for name, ours, theirs in (
        ("observing Party", mission.observing, plan.observing),
        ("observed Party", mission.observed, plan.observed),
        ("marks", mission.marks, plan.marks),
    ):
        if ours != theirs:
            raise DataError(
                f"the plan's {name}: {theirs!r}; the mission's: {ours!r}",
                file=None if isinstance(file, bytes) else file,
                remedy="Give a plan that was made for this mission, with the same marks.",
            )
    return plan


def _changes(
    seat: Seat, file: Source, at: dt.datetime
) -> tuple[dict[str, Any], Any, dict[str, str]]:

    plan = newest_plan(seat)
    proposal = replace(read_changes(plan, file), proposed=at, marks=seat.mission.marks)
    found = assess(plan, proposal, treaty=seat.mission.treaty, readings=seat.mission.readings)
    assert plan.date is not None
    view = load_treaty(seat.mission.treaty).on(plan.date, dict(seat.mission.readings))
    document = counter_proposal_to_dict(proposal)
    written = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    content = contents.changes(plan, proposal, found, view, at)
    attached = [(CHANGES, "json", written.encode("utf-8"))]
    return content, attached, {"ground": proposal.changes[0].cause}
