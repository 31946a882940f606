"""Messages between Parties: what a type of message holds, and one message of it.

A type is data of a regime (messages.toml): items lettered like the subparagraphs they answer, and
fields in them. A message carries those fields and an envelope that all types share.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from overflight.terms.citations import Citation

FIELD_KINDS = ("text", "code", "instant", "date", "number", "whole", "flag", "choice")
"""Text; the code of a State or group; a UTC instant; a day; a number from 0; a whole number
from 0; yes or no; one of the field's choices."""

ENVELOPE = ("sent", "by", "to", "number", "remarks")
"""Parts of the envelope that a document of a mission may take over."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an item. ``name`` is its key in the content; a dot in it leads one object
    deeper. ``words`` name it in the message. ``many``: a list. ``personal``: about a person.
    ``says``: the fact or instant of a process that the field tells. ``mark``: the mark whose moment
    an instant is, where nothing else is said. ``tells``: what a flag says of the facts that hold
    after the move: it is filled in, and cannot say otherwise. ``copy_of``: the type of a message of
    which it gives the SHA-256 of the copy that both sides keep."""

    name: str
    words: str
    kind: str
    required: bool = False
    many: bool = False
    personal: bool = False
    choices: tuple[str, ...] = ()
    unit: str = ""
    note: str = ""
    says: str = ""
    mark: str = ""
    tells: Mapping[str, str] = field(default_factory=dict)
    copy_of: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A lettered item. ``records`` names the list of objects that its fields describe; "" where
    the fields stand in the content themselves. ``required`` asks for one of
    them at least."""

    letter: str
    title: str
    citations: tuple[Citation, ...]
    fields: tuple[Field, ...]
    records: str = ""
    required: bool = False
    note: str = ""

    @property
    def personal(self) -> bool:
        return any(field.personal for field in self.fields)


@dataclass(frozen=True, slots=True)
class MessageType:
    """A type of message. ``by`` says who sends it and ``to`` to whom: roles, or codes of
    addressees. ``follows`` are types of which an earlier message is named. ``official`` is the
    number of the official format, "" where none is known. ``document`` is the document of a
    mission that such a message fills, ``stands`` which fields of it the envelope gives, and
    ``entry`` the list in it to which each message adds one. ``signed`` are roles that sign."""

    id: str
    title: str
    citations: tuple[Citation, ...]
    by: str
    to: tuple[str, ...]
    items: tuple[Item, ...]
    follows: tuple[str, ...] = ()
    official: str = ""
    document: str = ""
    stands: Mapping[str, str] = field(default_factory=dict)
    entry: str = ""
    signed: tuple[str, ...] = ()
    note: str = ""

    @property
    def paragraphs(self) -> str:
        """The paragraphs on which the type rests, in one line."""
        return ", ".join(c.paragraph for c in self.citations if c.paragraph)

    @property
    def personal(self) -> bool:
        return any(item.personal for item in self.items)


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``content`` holds the fields of its type; ``sent`` is an instant in whole
    seconds; ``earlier`` are the numbers of messages that it answers."""

    treaty: str
    type: str
    number: str
    sent: dt.datetime
    by: str
    to: tuple[str, ...]
    content: Mapping[str, Any]
    earlier: tuple[str, ...] = ()
    remarks: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageBook:
    """The types of messages of a regime by id, and its addressees: code -> name."""

    treaty: str
    types: Mapping[str, MessageType]
    addressees: Mapping[str, str]
