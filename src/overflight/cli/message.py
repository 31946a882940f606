"""``overflight message``: notices and answers as documents, as plain text, and on paper."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from overflight.cli.common import add_json_option, print_json
from overflight.errors import EXIT_OK, DataError

if TYPE_CHECKING:
    from overflight.terms.messages import Field, Message, MessageBook, MessageType
    from overflight.treaty.model import Treaty


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser("message", help="write, read and print notices and answers")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_list(verbs)
    _add_show(verbs)
    _add_write(verbs)
    _add_read(verbs)
    _add_pdf(verbs)
    _add_fill(verbs)


def _add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str, **more: Any
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=summary, **more)
    parser.add_argument(
        "--treaty", metavar="NAME", help="name or folder of the regime (default: the first one)"
    )
    return parser


def _add_list(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listing = _add(verbs, "list", "the types of messages of a regime")
    add_json_option(listing)
    listing.set_defaults(handler=_list)


def _add_show(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = _add(verbs, "show", "what a type of message holds, item by item, with paragraphs")
    show.add_argument("type", metavar="TYPE", help="as 'message list' names it")
    show.add_argument(
        "--blank", action="store_true", help="print a JSON document of that type to fill in"
    )
    add_json_option(show)
    show.set_defaults(handler=_show)


def _add_write(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    write = _add(
        verbs,
        "write",
        "a message as numbered plain text, from JSON",
        description="FILE is a message as JSON; or a document of the mission (a notification, a "
        "mission report) that such a message fills; or another message, from which what the two "
        "have in common is taken over, personal data only where the new one asks for it.",
    )
    write.add_argument("type", metavar="TYPE", help="as 'message list' names it")
    write.add_argument("file", metavar="FILE", help="JSON, or - for standard input")
    write.add_argument("--number", help="number of the message, where FILE is not that message")
    write.add_argument("--by", metavar="CODE", help="sender, where FILE does not say")
    write.add_argument(
        "--to", metavar="CODE", action="append", default=[], help="addressee (repeatable)"
    )
    write.add_argument("--sent", metavar="TIME", help="time of sending, 2021-05-15T06:00:00Z")
    write.add_argument(
        "--set",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        help="a field that another message does not have (repeatable); VALUE is JSON or text",
    )
    write.add_argument(
        "--ascii", action="store_true", help="ASCII only, other characters by their code"
    )
    write.add_argument("--out", type=Path, metavar="FILE", help="write there, not to the screen")
    write.add_argument(
        "--json", action="store_true", help="print the message as a JSON document instead"
    )
    write.set_defaults(handler=_write)


def _add_read(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    read = _add(verbs, "read", "a message's text as its JSON document; refuses a malformed one")
    read.add_argument("file", metavar="FILE", help="text or JSON, or - for standard input")
    add_json_option(read)
    read.set_defaults(handler=_read)


def _add_pdf(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pdf = _add(verbs, "pdf", "a message on paper")
    pdf.add_argument("file", metavar="FILE", help="text or JSON, or - for standard input")
    pdf.add_argument("--out", type=Path, required=True, metavar="FILE.pdf", help="the PDF")
    add_json_option(pdf)
    pdf.set_defaults(handler=_pdf)


def _add_fill(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    fill = _add(
        verbs,
        "fill",
        "the document that rules read, from the messages that fill it",
        description="For instance a notification, from the notice, its acknowledgement and the "
        "notices to transit States; 'plan check --with' reads it.",
    )
    fill.add_argument("document", metavar="KIND", help="notification or mission-report")
    fill.add_argument("files", nargs="+", metavar="FILE", help="messages, text or JSON, in order")
    add_json_option(fill)
    fill.set_defaults(handler=_fill)


# --- what they do


def _treaty(name: str | None) -> Treaty:
    from overflight.treaty.loader import default_treaty, load_treaty

    return load_treaty(name or default_treaty())


def _book(arguments: argparse.Namespace) -> MessageBook:
    from overflight.treaty.messages import message_book

    return message_book(_treaty(arguments.treaty))


def _list(arguments: argparse.Namespace) -> int:
    book = _book(arguments)
    if arguments.json:
        types = [_type_row(kind) for kind in book.types.values()]
        print_json(_types(book, types))
        return EXIT_OK
    wide = max(map(len, book.types))
    for kind in book.types.values():
        print(f"{kind.id:{wide}}  {kind.title} ({kind.paragraphs})")
    return EXIT_OK


def _types(book: MessageBook, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"kind": "message-types", "version": 1, "treaty": book.treaty, "types": rows}


def _type_row(kind: MessageType) -> dict[str, Any]:
    return {
        "id": kind.id,
        "title": kind.title,
        "by": kind.by,
        "to": list(kind.to),
        "cite": [citation.as_dict() for citation in kind.citations],
        "official": kind.official or None,
        "personal": kind.personal,
        "document": kind.document or None,
    }


def _show(arguments: argparse.Namespace) -> int:
    from overflight.formats.messages.document import find_type
    from overflight.formats.messages.schema import message_schema

    book = _book(arguments)
    kind = find_type(book, arguments.type)
    if arguments.blank:
        print_json(_blank(book, kind))
    elif arguments.json:
        print_json(_types(book, [_type_row(kind) | {"schema": message_schema(book, kind)}]))
    else:
        print("\n".join(_shown(kind, book)))
    return EXIT_OK


def _shown(kind: MessageType, book: MessageBook) -> list[str]:
    to = ", ".join(book.addressees.get(one, one) for one in kind.to)
    lines = [kind.title, f"  {'; '.join(map(str, kind.citations))}", f"  by {kind.by}, to {to}"]
    if kind.follows:
        lines.append(f"  answers or follows: {', '.join(kind.follows)}")
    official = kind.official or "no official number is public"
    lines.append(f"  official format: {official}; the layout is overflight's own")
    if kind.document:
        lines.append(f"  fills the document: {kind.document}")
    if kind.note:
        lines.append(f"  {kind.note}")
    for item in kind.items:
        paragraphs = ", ".join(citation.paragraph for citation in item.citations)
        often = f" [list {item.records}]" if item.records else ""
        lines += ["", f"{item.letter}. {item.title} ({paragraphs}){often}"]
        if item.note:
            lines.append(f"   {item.note}")
        for number, field in enumerate(item.fields, start=1):
            lines.append(f"  {item.letter}{number}. {_field_line(field)}")
    return lines


def _field_line(field: Field) -> str:
    kind = "|".join(field.choices) if field.choices else field.kind
    said = [f"list of {kind}" if field.many else kind]
    said += [field.unit] if field.unit else []
    said += ["required"] if field.required else []
    said += ["personal"] if field.personal else []
    note = f". {field.note}" if field.note else ""
    return f"{field.words}: {field.name} ({', '.join(said)}){note}"


_BLANKS: dict[str, Any] = {
    "text": "FILL IN",
    "code": "AAA",
    "instant": "2021-01-01T00:00:00Z",
    "date": "2021-01-01",
    "number": 0,
    "whole": 0,
    "flag": False,
}


def _blank(book: MessageBook, kind: MessageType) -> dict[str, Any]:
    from overflight.formats.messages.document import put

    def one(field: Field) -> Any:
        value = field.choices[0] if field.choices else _BLANKS[field.kind]
        return [value] if field.many else value

    content: dict[str, Any] = {}
    for item in kind.items:
        if item.records:
            content[item.records] = [{field.name: one(field) for field in item.fields}]
        else:
            for field in item.fields:
                put(content, field.name, one(field))
    return {
        "kind": "message",
        "version": 1,
        "treaty": book.treaty,
        "type": kind.id,
        "number": "AAA 2021/001",
        "sent": _BLANKS["instant"],
        "by": _BLANKS["code"],
        "to": [to for to in kind.to if to in book.addressees] or ["BBB"],
        "content": content,
        "remarks": _BLANKS["text"],
        "marks": [],
    }


def _write(arguments: argparse.Namespace) -> int:
    from overflight.files import write_atomic
    from overflight.formats.messages.document import find_type, message_to_dict
    from overflight.formats.messages.text import message_text

    treaty, book = _treaty(arguments.treaty), _book(arguments)
    kind = find_type(book, arguments.type)
    message = _message_to_write(arguments, book, kind)
    _tell_unknown_codes(message, kind, treaty)
    if arguments.json:
        print_json(message_to_dict(message))
        return EXIT_OK
    text = message_text(message, kind, ascii_only=arguments.ascii)
    if arguments.out is not None:
        write_atomic(arguments.out, text)
    else:
        sys.stdout.write(text)
    return EXIT_OK


def _message_to_write(
    arguments: argparse.Namespace, book: MessageBook, kind: MessageType
) -> Message:
    from overflight.formats.documents import KINDS, read_document
    from overflight.formats.messages.document import message_from_dict, message_to_dict
    from overflight.formats.messages.reading import read_text
    from overflight.formats.messages.related import derive, message_from_document
    from overflight.formats.strict_json import load_json, read_source
    from overflight.formats.times import read_time

    data, label = read_source(arguments.file)
    document = load_json(data, label) if _is_json(data) else message_to_dict(read_text(data, book))
    said = document.get("kind") if isinstance(document, dict) else None
    same = said not in KINDS and (
        not isinstance(document, dict) or document.get("type") == kind.id or said != "message"
    )
    if same:
        _refuse_idle_options(arguments)
        return message_from_dict(document, book, file=label)
    if not arguments.number:
        raise DataError(
            f"{label} is not a {kind.id}, and the new message has no number",
            remedy="Give --number, and where they differ --by, --to, --sent.",
        )
    sent = None if arguments.sent is None else read_time(arguments.sent, where="--sent")
    to = tuple(arguments.to)
    if said in KINDS:
        checked = read_document(data, str(said))
        return message_from_document(
            checked, kind, book, number=arguments.number, by=arguments.by, to=to, sent=sent
        )
    first = message_from_dict(document, book, file=label)
    known = tuple(code for code in kind.to if code in book.addressees)
    return derive(
        first, kind, book, number=arguments.number, to=to or known, sent=sent,
        add=_settings(arguments.set),
    )  # fmt: skip


def _refuse_idle_options(arguments: argparse.Namespace) -> None:
    for name in ("number", "by", "to", "sent", "set"):
        if getattr(arguments, name):
            raise DataError(
                f"--{name} is given, and the file is the message itself",
                remedy=f"Leave --{name} out, or write it into the file.",
            )


def _settings(texts: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise DataError(f"{text!r} sets nothing", remedy="Write --set FIELD=VALUE.")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def _given(file: str, book: MessageBook) -> Message:
    """A message from text or JSON, whichever the file holds."""
    from overflight.formats.messages.document import read_message
    from overflight.formats.messages.reading import read_text
    from overflight.formats.strict_json import read_source

    data, label = read_source(file)
    source: bytes | str = data if label != file else file
    return (read_message if _is_json(data) else read_text)(source, book)


def _names(treaty: Treaty) -> dict[str, str]:
    """Names of all codes that the regime's data name."""
    groups = {group.code: group.name for group in treaty.groups}
    states = {state.code: state.name for state in treaty.states}
    return {**groups, **states, **treaty.addressees}


def _is_json(data: bytes) -> bool:
    return data.lstrip()[:1] in (b"{", b"[")


def _tell_unknown_codes(message: Message, kind: MessageType, treaty: Treaty) -> None:
    """A note on codes that the regime's data do not name: a slip, or a State outside it."""
    from overflight.formats.messages.document import values_of

    known = set(_names(treaty))
    named = {str(v) for _, field, v in values_of(kind, message.content) if field.kind == "code"}
    unknown = sorted(({message.by, *message.to} | named) - known - {"None"})
    if unknown:
        print(f"note: {treaty.short} does not know {', '.join(unknown)}", file=sys.stderr)


def _read(arguments: argparse.Namespace) -> int:
    from overflight.formats.messages.document import message_bytes

    sys.stdout.write(message_bytes(_given(arguments.file, _book(arguments))).decode())
    return EXIT_OK


def _pdf(arguments: argparse.Namespace) -> int:
    from overflight.files import write_atomic
    from overflight.formats.messages.document import message_to_dict
    from overflight.report.message_pdf import message_pdf

    treaty, book = _treaty(arguments.treaty), _book(arguments)
    message = _given(arguments.file, book)
    names = _names(treaty)
    write_atomic(arguments.out, message_pdf(message, book.types[message.type], names=names))
    if arguments.json:
        print_json(message_to_dict(message))
    return EXIT_OK


def _fill(arguments: argparse.Namespace) -> int:
    from overflight.formats.messages.related import document_from_messages

    book = _book(arguments)
    messages = [_given(file, book) for file in arguments.files]
    print_json(document_from_messages(messages, book, arguments.document))
    return EXIT_OK
