"""A message as numbered plain text: what goes over a network, in the style of its formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from overflight.formats.messages.document import lookup
from overflight.formats.messages.lines import FIELD, write_none, write_value
from overflight.formats.messages.values import value_to_text
from overflight.formats.times import write_time
from overflight.terms.messages import Field, Item, Message, MessageType

LAYOUT = 1
"""Counts changes of the layout that an older reader cannot read."""

FORMAT = "FORMAT"
NUMBER, SENT, BY, TO, TREATY_REFERENCE, EARLIER, CONTENT, REMARKS, END = (
    "1. MESSAGE NUMBER",
    "2. DATE/TIME",
    "3. FROM",
    "4. TO",
    "5. TREATY REFERENCE",
    "6. EARLIER MESSAGE",
    "7. CONTENT",
    "8. REMARKS",
    "9. END",
)
NO_RECORDS = "0. Entries"
"""Heading, after the item's letter, of a list that is there and empty."""


def message_text(message: Message, kind: MessageType, *, ascii_only: bool = False) -> str:
    """The message as text, each line at most lines.WIDTH characters, ended by a newline.

    ``message`` keeps the schema of its type ``kind``. ``ascii_only``: other characters are
    written by their code, for a network that carries no others; both read back the same.
    """
    lines: list[str] = [*_marks(message.marks)]
    for heading, text in (
        (FORMAT, format_line(message.treaty, kind)),
        (NUMBER, message.number),
        (SENT, write_time(message.sent)),
        (BY, message.by),
        (TO, ", ".join(message.to)),
        (TREATY_REFERENCE, kind.paragraphs),
        (EARLIER, ", ".join(message.earlier)),
        (CONTENT, kind.title),
    ):
        lines += _entry(heading, text or None, ascii_only)
    for item in kind.items:
        lines += _item(item, message.content, ascii_only)
    lines += _entry(REMARKS, message.remarks or None, ascii_only)
    lines += [*_marks(message.marks), END]
    return "\n".join(lines) + "\n"


def format_line(treaty: str, kind: MessageType) -> str:
    """Names the type, and says whose layout this is."""
    official = f"; subject of {kind.official}" if kind.official else ""
    return f"{treaty}/{kind.id}, layout {LAYOUT} of overflight{official}"


def mark_line(mark: str) -> str:
    """A line that says what a message is not to be taken for."""
    return f"*** {mark} ***"


def item_heading(item: Item) -> str:
    return f"{item.letter}. {item.title.upper()}"


def item_paragraphs(item: Item) -> str:
    """What stands beside an item's heading; never empty."""
    named = [citation.paragraph or citation.source.title for citation in item.citations]
    return ", ".join(named) or "-"


def field_code(item: Item, field: Field, record: int | None, place: int | None) -> str:
    """A field's code: A2; H(3)2 in record 3; A2(1) for the first of several values."""
    within = "" if record is None else f"({record})"
    one = "" if place is None else f"({place})"
    return f"{item.letter}{within}{item.fields.index(field) + 1}{one}"


def _marks(marks: tuple[str, ...]) -> list[str]:
    return [mark_line(mark) for mark in marks]


def _entry(heading: str, text: str | None, ascii_only: bool) -> list[str]:
    if text is None:
        return [write_none(heading)]
    return write_value(heading, text, ascii_only=ascii_only)


def _item(item: Item, content: Mapping[str, Any], ascii_only: bool) -> list[str]:
    """The lines of an item; none where the message says nothing of it."""
    lines: list[str] = []
    if not item.records:
        lines += _fields(item, content, None, ascii_only)
    elif item.records in content:
        for number, record in enumerate(content[item.records], start=1):
            lines += _fields(item, record, number, ascii_only)
        if not lines:
            lines = [write_none(" " * FIELD + item.letter + NO_RECORDS)]
    if not lines:
        return []
    return [*_entry(item_heading(item), item_paragraphs(item), ascii_only), *lines]


def _fields(
    item: Item, record: Mapping[str, Any], number: int | None, ascii_only: bool
) -> Iterator[str]:
    for field in item.fields:
        there, value = lookup(record, field.name)
        if not there:
            continue
        if field.many and value:
            for place, one in enumerate(value, start=1):
                heading = _heading(item, field, number, place)
                yield from _entry(heading, value_to_text(field, one), ascii_only)
        else:
            said = None if value is None or field.many else value_to_text(field, value)
            yield from _entry(_heading(item, field, number, None), said, ascii_only)


def _heading(item: Item, field: Field, record: int | None, place: int | None) -> str:
    return f"{' ' * FIELD}{field_code(item, field, record, place)}. {field.words}"
