"""What a message must say because of the move that sends it: filled in, and held against it.

A message that says one thing while its move does another would let a side be told of a late
arrival by somebody whose right to speak of one has not arisen, or be told that data is kept of a
flight that is not counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from overflight.errors import DataError
from overflight.formats.messages.document import lookup, put
from overflight.formats.times import write_time
from overflight.procedure.machine import State
from overflight.terms.messages import Field, MessageType
from overflight.terms.procedure import Move


def of_itself(kind: MessageType, move: Move, content: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` with what the move says of itself.

    Raises DataError where a choice is another one than the move's.
    """
    found = _copy(content)
    for field in _fields(kind):
        said = move.content.get(field.name)
        if said is None:
            continue
        there, value = lookup(found, field.name)
        if not there:
            put(found, field.name, said)
        elif field.kind == "choice" and value != said:
            _refuse(kind, move, field, value, said)
    return found


def of_the_outcome(
    kind: MessageType, move: Move, content: Mapping[str, Any], after: State
) -> dict[str, Any]:
    """``content`` with the moments and facts that hold once the move is made.

    Raises DataError where a flag says otherwise than the process has it.
    """
    found = _copy(content)
    for field in _fields(kind):
        there, value = lookup(found, field.name)
        moment: dt.datetime | None = after.marks.get(field.mark)
        if moment is not None and not there:
            put(found, field.name, write_time(moment))
        if field.tells:
            holds = all(after.facts[name] == said for name, said in field.tells.items())
            if not there:
                put(found, field.name, holds)
            elif value is not holds:
                _refuse(kind, move, field, value, holds)
    return found


def _fields(kind: MessageType) -> list[Field]:
    return [field for item in kind.items if not item.records for field in item.fields]


def _copy(content: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _copy(v) if isinstance(v, Mapping) else v for k, v in content.items()}


def _refuse(kind: MessageType, move: Move, field: Field, said: object, holds: object) -> None:
    def words(value: object) -> str:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else repr(value)

    paragraphs = ", ".join(c.paragraph for c in move.citations if c.paragraph)
    raise DataError(
        f"the {kind.id} says {field.words.lower()!r}: {words(said)}; with {move.id!r} it is "
        f"{words(holds)} [{paragraphs}]",
        remedy=f"Leave {field.name!r} out of the content, or make another move.",
    )
