"""Reading a message's text back; what is malformed is refused with its line and item."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from overflight.errors import DataError
from overflight.formats.messages.document import find_type, message_from_dict, put
from overflight.formats.messages.lines import ENTRY, FIELD, NONE, Entry, read_entries
from overflight.formats.messages.schema import KIND, VERSION
from overflight.formats.messages.text import (
    BY,
    CONTENT,
    EARLIER,
    END,
    FORMAT,
    LAYOUT,
    NO_RECORDS,
    NUMBER,
    REMARKS,
    SENT,
    TO,
    TREATY_REFERENCE,
    field_code,
    format_line,
    item_heading,
    item_paragraphs,
)
from overflight.formats.messages.values import value_from_text
from overflight.formats.strict_json import read_source
from overflight.terms.messages import Field, Item, Message, MessageBook, MessageType

_MARK = re.compile(r"\*\*\* (.+) \*\*\*")
_FORMAT = re.compile(r"(?P<treaty>\S+)/(?P<type>[a-z0-9-]+), layout (?P<layout>\d{1,6}) of .+")
_ITEM = re.compile(r"([A-Z]{1,2})\. (.+)")
_CODE = re.compile(
    r"(?P<letter>[A-Z]{1,2})(?:\((?P<record>[1-9]\d{0,5})\))?(?P<field>[1-9]\d{0,2})"
    r"(?:\((?P<place>[1-9]\d{0,5})\))?\. (?P<words>.+)"
)


def read_text(source: str | Path | bytes, book: MessageBook) -> Message:
    """The message that a text holds: a file, standard input ("-") or bytes.

    Raises DataError, with the line, the item and what to change, for anything else.
    """
    data, label = read_source(source)
    return _Reader(read_entries(data, label), book, label).message()


def treaty_of(data: bytes) -> str | None:
    """Which regime a text says its message is of; None where it does not say."""
    found = re.search(rb"^FORMAT: (\S+)/[a-z0-9-]+, layout", data[:4096], re.MULTILINE)
    return None if found is None else found[1].decode("utf-8", "replace")


@dataclass(slots=True)
class _Reader:
    entries: list[Entry]
    book: MessageBook
    label: str
    at: int = 0
    lines: dict[str, int] = field(default_factory=dict)
    """Line of every part read, by its JSON Pointer."""

    def message(self) -> Message:
        marks = self.marks()
        kind = self.type()
        document: dict[str, Any] = {"kind": KIND, "version": VERSION, "treaty": self.book.treaty,
                                    "type": kind.id}  # fmt: skip
        document["number"] = self.header(NUMBER, "/number")
        document["sent"] = self.header(SENT, "/sent")
        document["by"] = self.header(BY, "/by")
        document["to"] = self.header(TO, "/to").split(", ")
        self.same(TREATY_REFERENCE, kind.paragraphs)
        earlier = self.header_or_none(EARLIER, "/earlier")
        if earlier is not None:
            document["earlier"] = earlier.split(", ")
        self.same(CONTENT, kind.title)
        document["content"] = self.content(kind)
        remarks = self.header_or_none(REMARKS, "/remarks")
        if remarks is not None:
            document["remarks"] = remarks
        document["marks"] = self.closing(marks)
        return self.checked(document)

    # --- the parts in their order

    def marks(self) -> list[str]:
        found = []
        while (entry := self.peek()) and entry.value is None and _MARK.fullmatch(entry.heading):
            found.append(entry.heading[4:-4])
            self.at += 1
        return found

    def closing(self, marks: list[str]) -> list[str]:
        line = self.line()
        said = self.marks()
        if said != marks:
            self.wrong(
                f"the marks at the end ({_listed(said)}) are not those at the head "
                f"({_listed(marks)})",
                "Ask for the message again: what is simulated or an exercise must say so in both.",
                line=line,
            )
        entry = self.next(END)
        if entry.heading != END or entry.value is not None or entry.level != ENTRY:
            self.wrong(f"{_shown(entry)} stands where {END!r} should", f"Write {END}.", entry)
        if (extra := self.peek()) is not None:
            self.wrong("something follows the end", "Take it out; one file, one message.", extra)
        return marks

    def type(self) -> MessageType:
        line, said = self.line(), self.header(FORMAT, "/type")
        match = _FORMAT.fullmatch(said)
        if match is None:
            self.wrong(
                f"{FORMAT} does not name a type of message",
                f"Write {FORMAT}: {self.book.treaty}/TYPE, layout {LAYOUT} of overflight.",
                line=line,
            )
        if match["treaty"] != self.book.treaty:
            self.wrong(
                f"the message is of {match['treaty']}, and read here is {self.book.treaty}",
                f"Read it with --treaty {match['treaty']}.",
                line=line,
            )
        try:
            kind = find_type(self.book, match["type"])
        except DataError as error:
            self.wrong(error.message, error.remedy, line=line)
        if said != (right := format_line(self.book.treaty, kind)):
            self.wrong(f"{FORMAT} says {said!r}", f"Write {right}.", line=line)
        return kind

    def content(self, kind: MessageType) -> dict[str, Any]:
        content: dict[str, Any] = {}
        left = list(kind.items)
        while (entry := self.peek()) and entry.heading != REMARKS:
            if entry.level != ENTRY or (match := _ITEM.fullmatch(entry.heading)) is None:
                codes = ", ".join(item.letter for item in left)
                self.wrong(
                    f"{_shown(entry)} stands where an item or {REMARKS!r} should",
                    f"Items that may still come: {codes or 'none'}.",
                    entry,
                )
            item = next((item for item in left if item.letter == match[1]), None)
            if item is None:
                known = any(item.letter == match[1] for item in kind.items)
                self.wrong(
                    f"item {match[1]} stands here a second time or out of order"
                    if known
                    else f"a message of this type has no item {match[1]}",
                    f"Items: {', '.join(item.letter for item in kind.items)}, in this order.",
                    entry,
                    f"item {match[1]}",
                )
            del left[: left.index(item) + 1]
            self.item(item, content)
        return content

    def item(self, item: Item, content: dict[str, Any]) -> None:
        where = f"item {item.letter}"
        entry = self.next(where)
        if entry.heading != item_heading(item) or entry.value != item_paragraphs(item):
            self.wrong(
                f"it is headed {entry.heading}: {entry.value}",
                f"Write {item_heading(item)}: {item_paragraphs(item)}",
                entry,
                where,
            )
        if item.records:
            self.lines[f"/content/{item.records}"] = entry.line
            self.records(item, content)
            return
        taken = self.fields(item, None, lambda name, value: put(content, name, value), ("content",))
        if not taken:
            self.wrong("the item is empty", "Fill it in, or take its heading out.", entry, where)

    def records(self, item: Item, content: dict[str, Any]) -> None:
        records: list[dict[str, Any]] = []
        entry = self.peek()
        if entry is not None and entry.level == FIELD and entry.heading == item.letter + NO_RECORDS:
            if not entry.none:
                self.wrong("entries are counted by themselves", f"Write {NONE}.", entry)
            self.at += 1
        else:
            while True:
                record: dict[str, Any] = {}
                place = ("content", item.records, len(records))
                if not self.fields(item, len(records) + 1, record.__setitem__, place):
                    break
                records.append(record)
            if not records:
                self.wrong(
                    "the item is empty",
                    f"Fill it in, or write {item.letter}{NO_RECORDS}: {NONE} below its heading.",
                    where=f"item {item.letter}",
                )
        content[item.records] = records

    def fields(
        self,
        item: Item,
        record: int | None,
        take: Callable[[str, Any], None],
        above: tuple[str | int, ...],
    ) -> bool:
        """Read the fields of an item, or of one of its records; whether there were any."""
        last = 0
        while (entry := self.peek()) is not None and entry.level == FIELD:
            match = _CODE.fullmatch(entry.heading)
            if match is None or match["letter"] != item.letter:
                self.wrong(
                    f"{_shown(entry)} is no field of item {item.letter}",
                    f"Fields are written like {field_code(item, item.fields[0], record, None)}. "
                    f"{item.fields[0].words}: value",
                    entry,
                    f"item {item.letter}",
                )
            if record is not None and match["record"] == str(record + 1) and last:
                break  # the next record
            here = self.field(item, record, match, entry)
            number = item.fields.index(here) + 1
            if number <= last:
                where = f"item {match['letter']}{match['field']}"
                self.wrong("the field stands out of order", "Put it in order.", entry, where)
            last = number
            self.lines["/" + "/".join(map(str, (*above, *here.name.split("."))))] = entry.line
            take(here.name, self.value(item, here, record, entry))
        return bool(last)

    def field(self, item: Item, record: int | None, match: re.Match[str], entry: Entry) -> Field:
        number, place = int(match["field"]), match["place"]
        where = f"item {entry.heading.partition('.')[0]}"
        if number > len(item.fields):
            names = ", ".join(f"{n}. {f.words}" for n, f in enumerate(item.fields, start=1))
            self.wrong(f"item {item.letter} has no such field", f"It has {names}.", entry, where)
        found = item.fields[number - 1]
        first = 1 if found.many and place is not None else None
        code = f"{field_code(item, found, record, first)}. {found.words}"
        if entry.heading != code:
            self.wrong(f"the field is headed {entry.heading!r}", f"Write {code}:", entry, where)
        return found

    def value(self, item: Item, here: Field, record: int | None, entry: Entry) -> Any:
        if not here.many:
            self.at += 1
            return self.one(here, entry)
        if not entry.heading.startswith(f"{field_code(item, here, record, 1)}. "):
            if not entry.none:
                code = field_code(item, here, record, 1)
                self.wrong(
                    "the field is a list", f"Write {code}. {here.words}: value, or {NONE}.", entry
                )
            self.at += 1
            return []
        values: list[Any] = []
        while (one := self.peek()) is not None:
            code = field_code(item, here, record, len(values) + 1)
            if one.heading != f"{code}. {here.words}" or one.level != FIELD:
                break
            self.at += 1
            if one.none:
                self.wrong("an entry of a list cannot be NONE", "Take it out.", one, f"item {code}")
            values.append(self.one(here, one))
        return values

    def one(self, here: Field, entry: Entry) -> Any:
        where = f"item {entry.heading.partition('.')[0]}"
        if entry.value is None or entry.bare:
            self.wrong("the field has no value", f"Write one, or {NONE}.", entry, where)
        if entry.none:
            return None
        try:
            return value_from_text(here, entry.value)
        except ValueError as error:
            remedy = str(error)
            self.wrong(
                f"{here.words}: {entry.value[:60]!r} cannot be read",
                f"{remedy[0].upper()}{remedy[1:]}.",
                entry,
                where,
            )

    # --- headers and faults

    def header(self, heading: str, place: str) -> str:
        entry = self.next(heading)
        if entry.heading != heading or entry.value is None or entry.level != ENTRY:
            self.wrong(
                f"{_shown(entry)} stands where {heading!r} should", f"Write {heading}: value", entry
            )
        if entry.bare or entry.none:
            self.wrong(f"{heading} is not filled in", "Fill it in.", entry, heading)
        self.lines[place] = entry.line
        return entry.value

    def header_or_none(self, heading: str, place: str) -> str | None:
        entry = self.peek()
        if entry is not None and entry.heading == heading and entry.none:
            self.at += 1
            return None
        return self.header(heading, place)

    def same(self, heading: str, right: str) -> None:
        line, said = self.line(), self.header(heading, "")
        if said != right:
            self.wrong(f"{heading} says {said!r}", f"Write {heading}: {right}", line=line)

    def peek(self) -> Entry | None:
        return self.entries[self.at] if self.at < len(self.entries) else None

    def next(self, wanted: str) -> Entry:
        entry = self.peek()
        if entry is None:
            self.wrong(f"the message ends before {wanted}", "Ask for all of it.", line=self.line())
        self.at += 1
        return entry

    def line(self) -> int:
        entry = self.peek() or (self.entries[-1] if self.entries else None)
        return 1 if entry is None else entry.line

    def wrong(
        self,
        message: str,
        remedy: str,
        entry: Entry | None = None,
        where: str | None = None,
        *,
        line: int | None = None,
    ) -> NoReturn:
        at = entry.line if entry is not None else line or self.line()
        raise DataError(message, file=self.label, line=at, where=where, remedy=remedy)

    def checked(self, document: Mapping[str, Any]) -> Message:
        """The message; what the schema refuses is told with the line that says it."""
        try:
            return message_from_dict(document, self.book, file=self.label)
        except DataError as error:
            place = error.where or ""
            while place and place not in self.lines:
                place = place.rpartition("/")[0]
            kind = self.book.types[document["type"]]
            raise DataError(
                error.message,
                file=self.label,
                line=self.lines.get(place, self.entries[-1].line),
                where=_item_at(kind, error.where or ""),
                remedy=error.remedy,
            ) from None


def _item_at(kind: MessageType, place: str) -> str:
    """The item and field that a JSON Pointer into a message names; else the pointer itself."""
    for item in kind.items:
        for number, one in enumerate(item.fields, start=1):
            if item.records:
                path = rf"/content/{item.records}/(\d+)/{one.name}(?:/(\d+))?"
            else:
                path = rf"/content/{one.name.replace('.', '/')}(?:/(\d+))?"
            match = re.fullmatch(path, place)
            if match is None:
                continue
            record = f"({int(match[1]) + 1})" if item.records else ""
            last = match[match.re.groups]
            value = "" if last is None else f"({int(last) + 1})"
            return f"item {item.letter}{record}{number}{value}, {one.words}"
        if item.records and place == f"/content/{item.records}":
            return f"item {item.letter}, {item.title}"
    return place


def _listed(marks: list[str]) -> str:
    return ", ".join(marks) or "none"


def _shown(entry: Entry) -> str:
    text = entry.heading if entry.value is None else f"{entry.heading}:"
    return repr(text if len(text) <= 60 else text[:59] + "…")
