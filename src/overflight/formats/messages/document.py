"""A message as a JSON document: read, held against its type, written in one order."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.formats.messages.schema import KIND, VERSION, message_schema, schema_name
from overflight.formats.schema import validate_against
from overflight.formats.strict_json import load_json, pointer, read_source, refuse_bad_text
from overflight.formats.times import read_time, write_time
from overflight.terms.messages import Field, Item, Message, MessageBook, MessageType

__all__ = ["find_type", "message_bytes", "message_from_dict", "message_to_dict", "read_message"]


def find_type(book: MessageBook, name: object, *, file: str | None = None) -> MessageType:
    """The type of that id. Raises DataError, with the nearest ids, for another."""
    if isinstance(name, str) and name in book.types:
        return book.types[name]
    near = difflib.get_close_matches(str(name), list(book.types), n=3, cutoff=0.5)
    remedy = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
    raise DataError(
        f"{book.treaty} has no type of message {str(name)[:60]!r}",
        file=file,
        where="/type",
        remedy=f"{remedy}'overflight message list' lists them.",
    )


def read_message(source: str | Path | bytes, book: MessageBook) -> Message:
    """The message in a JSON document: a file, standard input ("-") or bytes.

    Raises DataError, with the place and the remedy, for anything that is not a message of
    ``book``.
    """
    data, label = read_source(source)
    return message_from_dict(load_json(data, label), book, file=label)


def message_from_dict(
    document: Any, book: MessageBook, *, file: str | Path | None = None
) -> Message:
    """The message that a JSON object holds, checked. Raises DataError, with the place."""
    label = str(file) if file is not None else "the message"
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise DataError(
            "this is not a message",
            file=label,
            where="/kind",
            remedy=f'Give one JSON object with "kind": "{KIND}"; '
            "'overflight message show TYPE --blank' prints one to fill in.",
        )
    kind = find_type(book, document.get("type"), file=label)
    validate_against(document, message_schema(book, kind), schema_name(kind), file=label)
    refuse_bad_text(document, label)
    _check_envelope(document, kind, book, label)
    for path, field, value in values_of(kind, document["content"]):
        if value is not None:
            _check_time(field.kind, value, pointer("content", *path), label)
    return Message(
        treaty=document["treaty"],
        type=kind.id,
        number=document["number"],
        sent=read_time(document["sent"], where="/sent", file=label),
        by=document["by"],
        to=tuple(document["to"]),
        content=_arranged(kind, document["content"]),
        earlier=tuple(document.get("earlier", ())),
        remarks=document.get("remarks", ""),
        marks=tuple(document.get("marks", ())),
    )


def _check_envelope(
    document: Mapping[str, Any], kind: MessageType, book: MessageBook, label: str
) -> None:
    _check_time("instant", document["sent"], "/sent", label)
    to = document["to"]
    if document["by"] in to:
        raise DataError(
            f"{document['by']} writes to itself", file=label, where="/to",
            remedy="Leave the sender out of the addressees.",
        )  # fmt: skip
    for code in kind.to:
        if code in book.addressees and code not in to:
            raise DataError(
                f"it is not addressed to {code}, {book.addressees[code]} ({kind.paragraphs})",
                file=label,
                where="/to",
                remedy=f"Add {code}.",
            )


def _check_time(kind: str, value: str, where: str, label: str) -> None:
    """The schema knows the form of a time, not whether there is such a day."""
    if kind == "instant":
        read_time(value, where=where, file=label)
    elif kind == "date":
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            raise DataError(
                f"there is no day {value}", file=label, where=where, remedy="Mend the date."
            ) from None


def message_to_dict(message: Message) -> dict[str, Any]:
    """The message as a JSON document; parts that it does not have are left out."""
    document: dict[str, Any] = {
        "kind": KIND,
        "version": VERSION,
        "treaty": message.treaty,
        "type": message.type,
        "number": message.number,
        "sent": write_time(message.sent),
        "by": message.by,
        "to": list(message.to),
    }
    if message.earlier:
        document["earlier"] = list(message.earlier)
    document["content"] = message.content
    if message.remarks:
        document["remarks"] = message.remarks
    if message.marks:
        document["marks"] = list(message.marks)
    return document


def message_bytes(message: Message) -> bytes:
    """The document as bytes, always the same for the same message: what a digest is taken of."""
    text = json.dumps(message_to_dict(message), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode()


def values_of(
    kind: MessageType, content: Mapping[str, Any]
) -> Iterator[tuple[tuple[str | int, ...], Field, Any]]:
    """Every single value: its path in the content, its field, the value (None for a null)."""
    for item in kind.items:
        if item.records:
            for number, record in enumerate(content.get(item.records, ())):
                for field in item.fields:
                    if field.name in record:
                        path = (item.records, number, field.name)
                        yield from _singly(path, field, record[field.name])
        else:
            for field in item.fields:
                there, value = lookup(content, field.name)
                if there:
                    yield from _singly(tuple(field.name.split(".")), field, value)


def _singly(
    path: tuple[str | int, ...], field: Field, value: Any
) -> Iterator[tuple[tuple[str | int, ...], Field, Any]]:
    if field.many:
        yield from (((*path, place), field, one) for place, one in enumerate(value))
    else:
        yield path, field, value


def lookup(content: Mapping[str, Any], name: str) -> tuple[bool, Any]:
    """Whether there is a field at the dotted ``name``, and its value."""
    here: Any = content
    for step in name.split("."):
        if not isinstance(here, Mapping) or step not in here:
            return False, None
        here = here[step]
    return True, here


def put(content: dict[str, Any], name: str, value: Any) -> None:
    """Set the field at the dotted ``name``."""
    *above, last = name.split(".")
    for step in above:
        content = content.setdefault(step, {})
    content[last] = value


def _arranged(kind: MessageType, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content in the order of the type's items."""
    arranged: dict[str, Any] = {}
    for item in kind.items:
        if item.records:
            if item.records in content:
                arranged[item.records] = [_record(item, one) for one in content[item.records]]
            continue
        for field in item.fields:
            there, value = lookup(content, field.name)
            if there:
                put(arranged, field.name, list(value) if field.many else value)
    return arranged


def _record(item: Item, record: Mapping[str, Any]) -> dict[str, Any]:
    names = [field.name for field in item.fields if field.name in record]
    many = {field.name for field in item.fields if field.many}
    return {name: list(record[name]) if name in many else record[name] for name in names}
