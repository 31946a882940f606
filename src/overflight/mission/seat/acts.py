"""Acting from a seat: a move is made with its document, or what the other side did is received.

Nothing is written before the process has allowed it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.messages.document import find_type, lookup, message_from_dict
from overflight.formats.messages.reading import read_text
from overflight.formats.messages.schema import KIND, VERSION
from overflight.formats.messages.text import message_text
from overflight.formats.strict_json import load_json, read_source
from overflight.formats.times import write_time
from overflight.mission.seat.copies import with_digests
from overflight.mission.seat.filled import of_itself, of_the_outcome
from overflight.mission.seat.folder import (
    Happened,
    Mission,
    Seat,
    content_of,
    known_digests,
    record,
)
from overflight.mission.seat.handover import fill_outbox, read_handover
from overflight.mission.seat.standing import PROCESS, in_time, machine_for, refused, run
from overflight.procedure.machine import Event, Machine, State, closed, options, step
from overflight.terms.messages import Message, MessageBook, MessageType
from overflight.terms.procedure import Move
from overflight.treaty.loader import load_treaty
from overflight.treaty.messages import message_book
from overflight.treaty.model import Treaty
from overflight.treaty.problems import did_you_mean

_NUMBER = re.compile(r"(?P<mission>.+)/[A-Z]+/[0-9]{3,}")
"""How messages of a mission are numbered here; those of other systems may be numbered otherwise."""

Attached = Sequence[tuple[str, str, bytes]]
"""Further documents: type, ending of the file's name, content."""


def act(
    seat: Seat,
    move: str,
    at: dt.datetime,
    *,
    facts: Mapping[str, str] | None = None,
    content: Mapping[str, Any] | None = None,
    remarks: str = "",
    attached: Attached = (),
) -> Seat:
    """Make a move of this seat's side at ``at``; its handover lies in the outbox afterwards.

    ``content`` are the fields of the move's message, where it has one; what they say of the
    process (an ETA, who brings the aircraft) need not be said again in ``facts``; nor need the
    fields be said that follow from the move or its moment. Raises DataError for a move that the
    process refuses, with the paragraph and what is open instead.
    """
    at = at.replace(microsecond=0)
    fill_outbox(seat)  # what a crash kept from it
    earlier = in_time(entry for entry in seat.happened if entry.at <= at)
    machine = machine_for(seat.mission, in_time(seat.happened), at)
    known = _move(machine, move)
    by = "both" if known.by == "both" else seat.mission.seat
    before = run(machine, earlier)
    shut = closed(machine, before, move, at, by)
    if shut is not None:
        raise refused(move, shut, machine)
    documents: list[tuple[str, str, bytes]] = []
    said = dict(facts or {})
    if known.document:
        book = message_book(load_treaty(seat.mission.treaty))
        kind = find_type(book, known.document)
        given = with_digests(seat, kind, of_itself(kind, known, content or {}))
        said = _joined(said, told(kind, given, seat.mission))
        then = step(machine, before, Event(move, at, by, said))
        if isinstance(then, State):  # else the message, or the process below, says what is wrong
            given = of_the_outcome(kind, known, given, then)
        message = _message(seat, book, kind, at, given, remarks)
        documents.append((kind.id, "txt", message_text(message, kind).encode("utf-8")))
        said = _joined(said, told(kind, message.content, seat.mission))
    elif content:
        raise DataError(
            f"{move!r} sends no message, so there is nothing to put a content into",
            remedy="Leave the content out; give what is said with --fact NAME=VALUE.",
        )
    entry = Happened(len(seat.happened) + 1, move, at, by, said, (), False)
    _allowed(seat, entry)
    after = record(seat, move, at, by, facts=said, documents=[*documents, *attached])
    fill_outbox(after)
    return after


def receive(
    seat: Seat,
    source: str | Path | bytes,
    *,
    move: str | None = None,
    facts: Mapping[str, str] | None = None,
    agreed: bool = False,
) -> tuple[Seat, str]:
    """Take in what the other side did: a handover, or a message as text.

    Of a message alone the move follows from its type, where one open move of the other side sends
    such a message; ``facts`` say what the message does not. What both sides agreed otherwise is
    taken in only with ``agreed``: one side cannot lift a limit by saying that both did. The second
    thing returned says what was taken in. Receiving the same again changes nothing.
    """
    fill_outbox(seat)  # what a crash kept from it
    data, label = read_source(source)
    if data.lstrip()[:1] == b"{":
        given = read_handover(load_json(data, label), seat.mission, file=label)
        documents: Attached = given.documents
        name, at, by = given.move, given.at, given.by
        said: dict[str, str] = dict(given.facts)
        _hold_together(seat.mission, given.move, documents, said, label)
    else:
        name, at, said, documents = _from_text(seat, data, label, move, facts or {})
        by = seat.mission.other
    known = known_digests(seat)
    if _is_known(seat, name, at, by, said) or (
        documents and all(_digest(content) in known for _, _, content in documents)
    ):
        return seat, f"{name} of {write_time(at)} was received already; nothing changed"
    _hold_copies(seat, documents)
    if not agreed:
        _refuse_unheard(seat.mission, name, said, label)
    _allowed(seat, Happened(len(seat.happened) + 1, name, at, by, said, (), True))
    after = record(seat, name, at, by, facts=said, documents=documents, received=True)
    who = "both sides" if by == "both" else f"the {by} side"
    return after, f"{name} of {write_time(at)} by {who}"


def told(kind: MessageType, content: Mapping[str, Any], mission: Mission) -> dict[str, str]:
    """What a message's content says of the process: fact or instant -> value."""
    found: dict[str, str] = {}
    for item in kind.items:
        for field in item.fields:
            there, value = lookup(content, field.name)
            if not field.says or item.records or not there or value is None:
                continue
            if field.kind == "flag":
                found[field.says] = "yes" if value else "no"
            elif field.kind == "code":
                found[field.says] = "observed" if value == mission.observed else "observing"
            else:
                found[field.says] = str(value)
    return found


def _allowed(seat: Seat, entry: Happened) -> None:
    """Raises DataError where the process does not allow ``entry`` among what happened."""
    everything = (*seat.happened, entry)
    run(machine_for(seat.mission, everything, entry.at), in_time(everything))


def _move(machine: Machine, move: str) -> Move:
    known = machine.moves.get(move)
    if known is None:
        listed = "'overflight mission status' lists the moves that are open."
        raise DataError(
            f"there is no move {move!r} in this process",
            remedy=did_you_mean(move, machine.moves, listed),
        )
    return known.move


def _message(
    seat: Seat,
    book: MessageBook,
    kind: MessageType,
    at: dt.datetime,
    content: Mapping[str, Any],
    remarks: str,
) -> Message:
    mission, number = seat.mission, len(seat.happened) + 1
    other = mission.observed if mission.seat == "observing" else mission.observing
    earlier = [
        sent.number
        for type_ in kind.follows
        if (kept := seat.document(type_)) is not None
        for sent in [read_text(content_of(seat, kept), book)]
    ]
    document = {
        "kind": KIND,
        "version": VERSION,
        "treaty": book.treaty,
        "type": kind.id,
        "number": f"{mission.id}/{mission.code}/{number:03d}",
        "sent": write_time(at),
        "by": mission.code,
        "to": [to for to in kind.to if to in book.addressees] or [other],
        "earlier": earlier,
        "content": dict(content),
        "marks": list(mission.marks),
        **({"remarks": remarks} if remarks else {}),
    }
    message = message_from_dict(document, book)
    return replace(message, sent=at)


def _joined(given: Mapping[str, str], told_too: Mapping[str, str]) -> dict[str, str]:
    for name in given.keys() & told_too.keys():
        if given[name] != told_too[name]:
            raise DataError(
                f"{name} is {given[name]!r} by the facts and {told_too[name]!r} by the message",
                remedy="Say it once, or the same in both.",
            )
    return {**told_too, **given}


def _hold_together(
    mission: Mission, move: str, documents: Attached, said: Mapping[str, str], label: str
) -> None:
    """The message is of the move's type, from the other side, bears the marks, says the same."""
    treaty = load_treaty(mission.treaty)
    declared = _declared(treaty, move)
    sends = declared.document
    if not sends:
        return
    texts = [content for type_, ending, content in documents if (type_, ending) == (sends, "txt")]
    if len(texts) != 1:
        raise DataError(
            f"a handover of {move!r} holds one {sends}; this one holds {len(texts)}",
            file=label,
            remedy="Ask the other side for the handover again.",
        )
    book = message_book(treaty)
    message = read_text(texts[0], book)
    _refuse_foreign(mission, message, sends, label)
    of_itself(find_type(book, sends), declared, message.content)
    told_too = told(find_type(book, sends), message.content, mission)
    _joined({k: v for k, v in said.items() if k in told_too}, told_too)


def _hold_copies(seat: Seat, documents: Attached) -> None:
    """What is received speaks of the copies that lie here."""
    book = message_book(load_treaty(seat.mission.treaty))
    for type_, ending, content in documents:
        kind = book.types.get(type_)
        if ending == "txt" and kind is not None:
            with_digests(seat, kind, read_text(content, book).content)


def _fits(kind: MessageType, move: Move, message: Message) -> bool:
    try:
        of_itself(kind, move, message.content)
    except DataError:
        return False
    return True


def _refuse_foreign(mission: Mission, message: Message, sends: str, label: str) -> None:
    theirs = mission.observed if mission.other == "observed" else mission.observing
    for what, found, wanted in (
        ("is of type", message.type, sends),
        ("comes from", message.by, theirs),
        ("bears the marks", message.marks, mission.marks),
    ):
        if found != wanted:
            raise DataError(
                f"the message {what} {found!r}, where it should be {wanted!r}",
                file=label,
                remedy="Receive the other side's own message, as it was sent.",
            )
    named = _NUMBER.fullmatch(message.number)
    if named is not None and named["mission"] != mission.id:
        raise DataError(
            f"the message {message.number!r} is of mission {named['mission']!r}; this is "
            f"{mission.id!r}",
            file=label,
            remedy="Receive it in the folder of its own mission.",
        )


def _from_text(
    seat: Seat, data: bytes, label: str, move: str | None, facts: Mapping[str, str]
) -> tuple[str, dt.datetime, dict[str, str], Attached]:
    """Move, moment, facts and document of a message that came without a handover."""
    book = message_book(load_treaty(seat.mission.treaty))
    message = read_text(data, book)
    kind = find_type(book, message.type)
    _refuse_foreign(seat.mission, message, message.type, label)
    events = in_time(seat.happened)
    machine = machine_for(seat.mission, events, message.sent)
    state = run(machine, events)
    sends = [
        m.move.id
        for m in machine.moves.values()
        if m.move.document == message.type and _fits(kind, m.move, message)
    ]
    open_ = [
        a.move
        for a in options(machine, state, message.sent).acts
        if a.move in sends and a.opens is None and seat.mission.other in a.by
    ]
    if move is None and len(open_) != 1:
        raise DataError(
            f"a {message.type} could be one of {', '.join(open_ or sends) or 'no move'} now",
            file=label,
            remedy="Say which with --move, or receive the other side's handover.",
        )
    if move is not None and move not in sends:
        raise DataError(
            f"{move!r} sends no {message.type}", remedy=did_you_mean(move, sends or ("none",))
        )
    said = _joined(facts, told(kind, message.content, seat.mission))
    return move or open_[0], message.sent, said, [(kind.id, "txt", data)]


def _is_known(seat: Seat, move: str, at: dt.datetime, by: str, said: Mapping[str, str]) -> bool:
    """Whether the log has it: the same move at the same time, or one that both made together, of
    which either side may have noted another minute."""
    return any(
        entry.move == move
        and entry.by == by
        and (entry.at == at or by == "both")
        and dict(entry.facts) == dict(said)
        for entry in seat.happened
    )


def _refuse_unheard(mission: Mission, move: str, said: Mapping[str, str], label: str) -> None:
    """What the sides agreed otherwise is no news to either of them."""
    if not _declared(load_treaty(mission.treaty), move).of_agreement:
        return
    until = f", until {said['until']}" if said.get("until") else ""
    raise DataError(
        f"the {mission.other} side says that both agreed otherwise about "
        f"{said.get('about')!r}{until}: nothing was taken in",
        file=label,
        remedy="If you did, receive this file with --agreed; if not, tell the other side.",
    )


def _declared(treaty: Treaty, move: str) -> Move:
    moves = {m.id: m for p in treaty.processes if p.id == PROCESS for m in p.moves}
    if move not in moves:
        raise DataError(
            f"there is no move {move!r} in this process",
            remedy=did_you_mean(move, moves, "Ask the other side for the handover again."),
        )
    return moves[move]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
