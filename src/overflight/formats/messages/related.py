"""Messages and the documents of a mission; one message made from another.

A type of message says which document it fills (``document``), which fields of it the envelope
gives (``stands``) and, where each message is one of a list, which list (``entry``). Its own
fields bear the names that they have in the document, so nothing is said in two places.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from overflight.errors import DataError
from overflight.formats.documents import KINDS
from overflight.formats.messages.document import (
    find_type,
    lookup,
    message_from_dict,
    message_to_dict,
    put,
)
from overflight.formats.messages.schema import KIND, VERSION
from overflight.formats.schema import load_schema, validate
from overflight.formats.times import read_time, write_time
from overflight.terms.messages import Field, Item, Message, MessageBook, MessageType

_INSTANT = "#/$defs/instant"


def document_from_messages(
    messages: Iterable[Message], book: MessageBook, document: str
) -> dict[str, Any]:
    """The ``document`` (one of documents.KINDS) that these messages fill, a later one going
    before an earlier; the marks of all. Fields that it does not have stay in the message.

    Raises DataError where none of the messages fills it.
    """
    if document not in KINDS:
        raise DataError(
            f"{document!r} is no document of a mission", remedy=f"One of: {', '.join(KINDS)}."
        )
    schema = load_schema(document)
    filled: dict[str, Any] = {"kind": document, "version": 1, "treaty": book.treaty}
    marks: list[str] = []
    used = False
    for message in messages:
        kind = find_type(book, message.type)
        if kind.document != document:
            continue
        used = True
        marks += [mark for mark in message.marks if mark not in marks]
        part = dict(_of_envelope(message, kind))
        if kind.entry:
            known = schema["properties"][kind.entry]["items"]
            filled.setdefault(kind.entry, []).append(_known({**part, **message.content}, known))
        else:
            _merge(filled, part)
            _merge(filled, _known(dict(message.content), schema))
            _merge(filled, part)  # what the envelope says goes before the content
    if not used:
        fillers = ", ".join(kind.id for kind in book.types.values() if kind.document == document)
        raise DataError(
            f"none of these messages fills a {document}",
            remedy=f"Messages that do: {fillers or 'none in this regime'}.",
        )
    if marks:
        filled["marks"] = marks
    validate(filled, document)
    return filled


def message_from_document(
    document: Mapping[str, Any],
    kind: MessageType,
    book: MessageBook,
    *,
    number: str,
    by: str | None = None,
    to: tuple[str, ...] = (),
    sent: dt.datetime | None = None,
    earlier: tuple[str, ...] = (),
) -> Message:
    """The message of type ``kind`` that says what ``document`` holds.

    Sender, addressee and time are the document's where it has them. Raises DataError where the
    type does not fill such a document, or something that it requires is not there.
    """
    if kind.document != document.get("kind") or kind.entry:
        raise DataError(
            f"a {kind.id} does not come from a {document.get('kind')}",
            remedy="'overflight message show TYPE' says from which document a type comes.",
        )
    envelope: dict[str, Any] = {}
    for name, part in kind.stands.items():
        there, value = lookup(document, name)
        if there and value is not None:
            envelope.setdefault(part, value)
    if sent is None and isinstance(envelope.get("sent"), str):
        sent = read_time(envelope["sent"], where="sent")
    by = by or envelope.get("by")
    to = to or ((envelope["to"],) if "to" in envelope else ())
    for name, value in (("sender", by), ("addressee", to), ("time of sending", sent)):
        if not value:
            raise DataError(
                f"the {document['kind']} names no {name}", remedy="Say it: --by, --to, --sent."
            )
    assert sent is not None
    content: dict[str, Any] = {}
    for item in kind.items:
        _take_item(item, document, content)
    return message_from_dict(
        {
            "kind": KIND,
            "version": VERSION,
            "treaty": book.treaty,
            "type": kind.id,
            "number": number,
            "sent": write_time(sent),
            "by": by,
            "to": list(to),
            "earlier": list(earlier),
            "content": content,
            "marks": list(document.get("marks") or ()),
        },
        book,
    )


def derive(
    message: Message,
    kind: MessageType,
    book: MessageBook,
    *,
    number: str,
    to: tuple[str, ...],
    sent: dt.datetime | None = None,
    add: Mapping[str, Any] | None = None,
) -> Message:
    """A message of type ``kind`` with what the two types have in common, and its marks; it names
    the first as the earlier message where its type follows that one's.

    Personal data goes only into fields that are personal in the new type. ``add`` gives fields
    that the first message does not have. Raises DataError where a required one is missing.
    """
    old = find_type(book, message.type)
    content: dict[str, Any] = {}
    for item in kind.items:
        before = _same_item(old, item)
        fields = [field for field in item.fields if _same_field(before, field)]
        if item.records and fields and item.records in message.content:
            content[item.records] = [
                {field.name: record[field.name] for field in fields if field.name in record}
                for record in message.content[item.records]
            ]
        elif not item.records:
            for field in fields:
                there, value = lookup(message.content, field.name)
                if there:
                    put(content, field.name, value)
    for name, value in (add or {}).items():
        put(content, name, value)
    document = message_to_dict(message) | {
        "type": kind.id,
        "number": number,
        "to": list(to),
        "content": content,
    }
    document.pop("remarks", None)
    document["earlier"] = [message.number] if old.id in kind.follows else []
    if sent is not None:
        document["sent"] = write_time(sent)
    return message_from_dict(document, book)


def _same_item(old: MessageType, item: Item) -> list[Field]:
    """The old type's fields that stand in the same place."""
    return [one for there in old.items if there.records == item.records for one in there.fields]


def _same_field(before: Iterable[Field], field: Field) -> bool:
    return any(
        one.name == field.name
        and (one.kind, one.many, one.choices) == (field.kind, field.many, field.choices)
        and (field.personal or not one.personal)
        for one in before
    )


def _of_envelope(message: Message, kind: MessageType) -> Iterable[tuple[str, Any]]:
    parts = {
        "sent": write_time(message.sent),
        "by": message.by,
        "to": message.to[0],
        "number": message.number,
        "remarks": message.remarks or None,
    }
    nested: dict[str, Any] = {}
    for name, part in kind.stands.items():
        put(nested, name, parts[part])
    return nested.items()


def _known(part: dict[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``part`` a document of that schema has."""
    named = rule.get("properties", {})
    kept: dict[str, Any] = {}
    for key, value in part.items():
        if key not in named:
            continue
        inner = named[key]
        if isinstance(value, Mapping) and "properties" in inner:
            kept[key] = _known(dict(value), inner)
        elif isinstance(value, list) and "properties" in inner.get("items", {}):
            kept[key] = [_known(dict(one), inner["items"]) for one in value]
        else:
            kept[key] = value
    return kept


def _merge(into: dict[str, Any], part: Mapping[str, Any]) -> None:
    for key, value in part.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _take_item(item: Item, document: Mapping[str, Any], content: dict[str, Any]) -> None:
    if item.records:
        records = document.get(item.records)
        if isinstance(records, list):
            names = {field.name: field for field in item.fields}
            content[item.records] = [
                {k: _as_message_has_it(names[k], v) for k, v in (one or {}).items() if k in names}
                for one in records
            ]
        return
    for field in item.fields:
        there, value = lookup(document, field.name)
        if there and (value is not None or not field.required):
            put(content, field.name, _as_message_has_it(field, value))


def _as_message_has_it(field: Field, value: Any) -> Any:
    """Instants in UTC, as messages write them; anything else as it is."""
    if field.kind == "instant" and isinstance(value, str):
        return write_time(read_time(value, where=field.name))
    return value
