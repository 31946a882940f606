"""The types of messages of a regime: made from the rows of messages.toml, and held together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

from overflight.errors import DataError
from overflight.formats.documents import KINDS
from overflight.formats.schema import load_schema
from overflight.terms.messages import ENVELOPE, Field, Item, MessageBook, MessageType
from overflight.treaty.cite import Citer
from overflight.treaty.problems import Problem, did_you_mean
from overflight.treaty.rows import Row

if TYPE_CHECKING:
    from overflight.treaty.crosscheck import Regime
    from overflight.treaty.model import Treaty

MOST_WORDS = 40
"""Longest name of a field in a message, characters: its value begins on the same line."""

_TYPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LETTER = re.compile(r"[A-Z]{1,2}")
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_ADDRESSEE = re.compile(r"[A-Z][A-Z0-9]+")
_CHOICE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_WORDS_REMEDY = f"Use at most {MOST_WORDS} characters of printable ASCII, no colon or double blank."
_WORDS = re.compile(r"[!-9;-~]+( [!-9;-~]+)*")  # printable ASCII but the colon, single spaces


def message_book(treaty: Treaty) -> MessageBook:
    """The regime's types of messages. Raises DataError where it declares none."""
    if not treaty.messages:
        raise DataError(
            f"{treaty.short} declares no messages",
            file=treaty.folder / "messages.toml",
            remedy="Declare [[message]] rows there; 'overflight treaty new DIR' shows how.",
        )
    types = {kind.id: kind for kind in treaty.messages}
    return MessageBook(treaty.id, MappingProxyType(types), treaty.addressees)


def build_message(row: Row, cite: Citer) -> MessageType:
    """A type of message from its row, which ``message_problems`` found sound."""
    data = row.data
    return MessageType(
        id=data["id"],
        title=data["title"],
        citations=cite(row),
        by=data["by"],
        to=tuple(data["to"]),
        items=tuple(_item(child, cite) for child in row.nested.get("item", ())),
        follows=tuple(data.get("follows", ())),
        official=data.get("official", ""),
        document=data.get("document", ""),
        stands=MappingProxyType(dict(data.get("stands", {}))),
        entry=data.get("entry", ""),
        signed=tuple(data.get("signed", ())),
        note=data.get("note", ""),
    )


def _item(row: Row, cite: Citer) -> Item:
    data = row.data
    return Item(
        letter=data["letter"],
        title=data["title"],
        citations=cite(row),
        fields=tuple(_field(child) for child in row.nested.get("field", ())),
        records=data.get("records", ""),
        required=data.get("required", False),
        note=data.get("note", ""),
    )


def _field(row: Row) -> Field:
    data = row.data
    return Field(
        name=data["name"],
        words=data["words"],
        kind=data["kind"],
        required=data.get("required", False),
        many=data.get("many", False),
        personal=data.get("personal", False),
        choices=tuple(data.get("choices", ())),
        unit=data.get("unit", ""),
        note=data.get("note", ""),
        says=data.get("says", ""),
        mark=data.get("mark", ""),
        tells=MappingProxyType(dict(data.get("tells", {}))),
        copy_of=data.get("copy_of", ""),
    )


def message_problems(regime: Regime) -> Iterator[Problem]:
    """What is wrong between the rows of messages.toml, or in words that the codec must print."""
    types = regime.names("messages.toml/message", "id")
    addressees = regime.names("messages.toml/addressee", "code")
    for row in regime.rows("messages.toml/message"):
        yield from _type_problems(row, types, addressees)
        taken: dict[str, str] = {}
        last = ""
        for item in row.nested.get("item", ()):
            yield from _item_problems(item, last)
            yield from _copies(item, types)
            last = str(item.data["letter"])
            yield from _names(item, taken)


def _type_problems(row: Row, types: set[str], addressees: set[str]) -> Iterator[Problem]:
    data = row.data
    if not _TYPE.fullmatch(data["id"]):
        yield row.problem(
            f"{data['id']!r} cannot name a type", "Use a-z, 0-9 and single dashes.", "id"
        )
    for name in data["to"]:
        if _ADDRESSEE.fullmatch(name) and name not in addressees:
            remedy = did_you_mean(name, addressees, "Add an [[addressee]] of that code.")
            yield row.problem(f"no addressee has the code {name!r}", remedy, "to")
    for name in data.get("follows", ()):
        if name not in types:
            yield row.problem(
                f"no message has the id {name!r}", did_you_mean(name, types), "follows"
            )
    for key, part in data.get("stands", {}).items():
        if part not in ENVELOPE or not _NAME.fullmatch(key):
            remedy = f"Write {{ field = one of {', '.join(ENVELOPE)} }}."
            yield row.problem(f"stands cannot say {key} = {part!r}", remedy, "stands")
    document = data.get("document")
    if document is None and {"stands", "entry"} & set(data):
        yield row.problem("'stands' and 'entry' need a document", "Add document = its name.")
    elif document is None:
        return
    elif document not in KINDS:
        yield row.problem(
            f"there is no document {document!r}", f"One of: {', '.join(KINDS)}.", "document"
        )
    elif "entry" in data and "items" not in load_schema(document)["properties"].get(
        data["entry"], {}
    ):
        yield row.problem(
            f"a {document} has no list {data['entry']!r}", "Name a list of it.", "entry"
        )


def _item_problems(item: Row, last: str) -> Iterator[Problem]:
    data, fields = item.data, item.nested.get("field", [])
    letter = data["letter"]
    if not _LETTER.fullmatch(letter):
        yield item.problem(f"{letter!r} is not a letter of an item", "Write A to ZZ.", "letter")
    elif last and (len(letter), letter) <= (len(last), last):
        yield item.problem(
            f"item {letter} stands after item {last}", "Put the items in order.", "letter"
        )
    if not fields:
        yield item.problem(f"item {letter} has no fields", "Add field = [ { name, words, kind } ].")
    if not _WORDS.fullmatch(data["title"]) or len(data["title"]) > MOST_WORDS:
        yield item.problem(f"{data['title']!r} cannot head an item", _WORDS_REMEDY, "title")
    for row in fields:
        yield from _field_problems(row)


def _field_problems(row: Row) -> Iterator[Problem]:
    data = row.data
    words, kind = data["words"], data["kind"]
    if not _WORDS.fullmatch(words) or len(words) > MOST_WORDS:
        yield row.problem(f"{words!r} cannot name a field in a message", _WORDS_REMEDY)
    if (kind == "choice") != bool(data.get("choices")):
        yield row.problem(
            f"{data['name']}: a choice has choices, and nothing else has", "Mend 'kind'."
        )
    for choice in data.get("choices", ()):
        if not _CHOICE.fullmatch(choice):
            yield row.problem(f"{choice!r} cannot be a choice", "Use a-z, 0-9, dots and dashes.")
    unit = data.get("unit", "x")
    if not _WORDS.fullmatch(unit) or ("unit" in data and kind not in ("number", "whole")):
        yield row.problem(f"{data['name']}: only a number has a unit", "Take 'unit' out.")
    if ("mark" in data and kind != "instant") or ("tells" in data and kind != "flag"):
        yield row.problem(
            f"{data['name']}: an instant has a mark, and a flag tells a fact", "Mend 'kind'."
        )


def _copies(item: Row, types: set[str]) -> Iterator[Problem]:
    for row in item.nested.get("field", ()):
        name = row.data.get("copy_of", "")
        if name and name not in types:
            yield row.problem(f"no message has the id {name!r}", did_you_mean(name, types))


def _names(item: Row, taken: dict[str, str]) -> Iterator[Problem]:
    """Fields that would overwrite one another in the content."""
    letter, records = str(item.data["letter"]), item.data.get("records", "")
    fields = [str(row.data["name"]) for row in item.nested.get("field", ())]
    for name in fields:
        if not _NAME.fullmatch(name) or (records and "." in name):
            remedy = "Use a-z, 0-9 and _; outside records a dot leads one object deeper."
            yield item.problem(f"{name!r} cannot name a field", remedy)
    if records:
        if not _NAME.fullmatch(records) or "." in records:
            remedy = "Use a-z, 0-9 and _."
            yield item.problem(f"{records!r} cannot name records", remedy, "records")
        fields = [records]
    elif "required" in item.data:
        remedy = "Say it of its fields; only records are required as a whole."
        yield item.problem(f"item {letter} is no list of records", remedy, "required")
    for name in fields:
        for other, where in taken.items():
            if name == other or name.startswith(f"{other}.") or other.startswith(f"{name}."):
                yield item.problem(
                    f"{name!r} in item {letter} and {other!r} in item {where} are one field",
                    "Give the two different names.",
                )
        taken[name] = letter
