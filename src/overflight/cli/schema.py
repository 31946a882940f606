"""``overflight schema``: the JSON Schemas of every document that is read or written."""

from __future__ import annotations

import argparse
import json
from typing import Any

from overflight.cli.common import print_json


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "schema", help="print the JSON Schema of a document", description=__doc__
    )
    parser.add_argument("name", nargs="?", help="name of the schema; without it, all are listed")
    parser.add_argument(
        "--treaty", metavar="NAME", help="the regime whose messages (message/TYPE) are meant"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(handler=_schema)


def _schema(arguments: argparse.Namespace) -> int:
    from overflight.formats.schema import load_schema, schema_names

    if arguments.name is None:
        names = [*schema_names(), *_message_names(arguments.treaty)]
        if arguments.json:
            print_json({"kind": "schemas", "schemas": names})
        else:
            print("\n".join(names))
        return 0
    made = _message_schema(arguments.name, arguments.treaty)
    schema = load_schema(arguments.name) if made is None else made
    print(json.dumps(schema, ensure_ascii=False, indent=2))
    return 0


def _message_names(treaty: str | None) -> list[str]:
    """Names of the schemas of a regime's messages, which are made from its data."""
    from overflight.formats.messages.schema import schema_name
    from overflight.treaty.loader import default_treaty, load_treaty

    return [schema_name(kind) for kind in load_treaty(treaty or default_treaty()).messages]


def _message_schema(name: str, treaty: str | None) -> dict[str, Any] | None:
    """The schema of a type of message; None where the name is not one of these."""
    from overflight.formats.messages.document import find_type
    from overflight.formats.messages.schema import KIND, message_schema
    from overflight.treaty.loader import default_treaty, load_treaty
    from overflight.treaty.messages import message_book

    word, slash, kind = name.partition("/")
    if word != KIND or not slash:
        return None
    book = message_book(load_treaty(treaty or default_treaty()))
    return message_schema(book, find_type(book, kind))
