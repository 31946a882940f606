"""``overflight schema``: the JSON Schemas of every document that is read or written."""

from __future__ import annotations

import argparse
import json

from overflight.cli.common import print_json


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "schema", help="print the JSON Schema of a document", description=__doc__
    )
    parser.add_argument("name", nargs="?", help="name of the schema; without it, all are listed")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(handler=_schema)


def _schema(arguments: argparse.Namespace) -> int:
    from overflight.formats.schema import load_schema, schema_names

    if arguments.name is None:
        names = list(schema_names())
        if arguments.json:
            print_json({"kind": "schemas", "schemas": names})
        else:
            print("\n".join(names))
        return 0
    print(json.dumps(load_schema(arguments.name), ensure_ascii=False, indent=2))
    return 0
