"""Write the parts of the reference that the program itself knows: build/docs/*.md.

    .venv/bin/python tools/reference_pages.py [--out build/docs]

cli.md           every command and option, from the parser
treaty-files.md  every file, table and key of a regime, from the declaration that reads them
predicates.md    every predicate that a rule may name, from its docstring and its needs
readings.md      the readings of each public treaty, from its data
schemas.md       the published JSON Schemas, from their own titles and descriptions

Pages under docs/ take them in, so that what is documented is what the program does.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from overflight.cli.main import build_parser
from overflight.formats.schema import load_schema, schema_names
from overflight.rules.predicates import NEEDS, PREDICATES
from overflight.treaty import aircraft_shape
from overflight.treaty import schema as treaty_files

ROOT = Path(__file__).resolve().parent.parent
TREATIES = ROOT / "src" / "overflight" / "data" / "treaties"

KINDS = {
    "text": "text",
    "texts": "list of texts",
    "code": "code of a State or group",
    "codes": "list of codes",
    "id": "id",
    "date": "date",
    "until": 'date, or "open"',
    "cite": 'list of "SOURCE PARAGRAPH"',
    "reading": '"NAME=OPTION"',
    "number": "number",
    "whole": "whole number",
    "flag": "true or false",
    "any": "number, text or list",
    "table": "table",
    "icao": "ICAO location indicator",
    "lat": "degrees, -90 to 90",
    "lon": "degrees, -180 to 180",
}


def cell(text: str) -> str:
    """Text that is safe inside a cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell(c) for c in row) + " |" for row in rows]
    return [*lines, ""]


# --- the command line


def commands(
    parser: argparse.ArgumentParser, summary: str = ""
) -> Iterator[tuple[argparse.ArgumentParser, str]]:
    """Every command that does something, in the order in which they were added."""
    nested = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not nested:
        yield parser, summary
    for action in nested:
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, child in action.choices.items():
            yield from commands(child, helps.get(name, ""))


def option_rows(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        value = "" if action.nargs == 0 else _metavar(action)
        if action.option_strings:
            name = ", ".join(f"{option} {value}".strip() for option in action.option_strings)
        else:
            name = value
        meaning = (action.help or "") % _values(parser, action)
        if action.choices:
            choices = ", ".join(f"`{choice}`" for choice in action.choices)
            meaning = f"{meaning}; one of {choices}".removeprefix("; ")
        if action.option_strings and action.required:
            meaning += " (required)"
        yield f"`{name}`", meaning


def _values(parser: argparse.ArgumentParser, action: argparse.Action) -> Mapping[str, Any]:
    return {**vars(action), "prog": parser.prog}


def _metavar(action: argparse.Action) -> str:
    if action.metavar:
        return action.metavar if isinstance(action.metavar, str) else " ".join(action.metavar)
    return action.dest.upper() if action.option_strings else action.dest


def cli_page() -> list[str]:
    lines: list[str] = []
    for parser, summary in commands(build_parser()):
        lines += [f"## {parser.prog}", ""]
        if summary:
            lines += [f"{summary[0].upper()}{summary[1:].rstrip('.')}.", ""]
        description = " ".join((parser.description or "").split())
        if description and description.rstrip(".").lower() != summary.rstrip(".").lower():
            lines += [description, ""]
        lines += table(("Argument", "Meaning"), option_rows(parser))
    return lines


# --- the files of a regime


def key_row(name: str, key: treaty_files.Key) -> tuple[str, str, str]:
    kind = KINDS.get(key.kind, key.kind)
    if key.choices:
        kind += ": " + ", ".join(f"`{choice}`" for choice in key.choices)
    return f"`{name}`", "yes" if key.required else "", kind


def table_section(name: str, held: treaty_files.Table, level: str) -> list[str]:
    written = f"[{name}]" if held.single else f"[[{name}]]"
    lines = [f"{level} `{written}`", ""]
    lines += table(("Key", "Required", "What it holds"), (key_row(*i) for i in held.keys.items()))
    extra = []
    if held.identity:
        names = ", ".join(f"`{key}`" for key in held.identity)
        extra.append(f"Rows are told apart by {names}.")
    if held.value:
        extra.append(f"A row of status `unknown` has no `{held.value}`.")
    if held.limits:
        extra.append("Any nested table of dated values may follow (`value`, `unit`, `from` ...).")
    if held.free:
        extra.append("Further keys are allowed.")
    if extra:
        lines += [" ".join(extra), ""]
    for inner, nested in held.nested.items():
        lines += table_section(f"{name}.{inner}", nested, level)
    return lines


def treaty_files_page() -> list[str]:
    lines: list[str] = []
    for file, tables in treaty_files.FILES.items():
        needed = " (required)" if file in treaty_files.REQUIRED_FILES else ""
        lines += [f"## {file}{needed}", ""]
        for name, held in tables.items():
            lines += table_section(name, held, "###")
    lines += ["## An aircraft: data/aircraft/ID.toml", ""]
    for name, held in aircraft_shape.AIRCRAFT_FILE.items():
        lines += table_section(name, held, "###")
    return lines


# --- predicates, readings, schemas


def predicates_page() -> list[str]:
    rows = []
    for name, predicate in PREDICATES.items():
        needs = NEEDS[name]
        said = [f"`{key}`" for key in needs.required]
        said += [f"`{key}` (optional)" for key in needs.optional]
        first = (predicate.__doc__ or "").strip().split("\n\n")[0]
        limit = "" if needs.limit == "none" else needs.limit
        rows.append((f"`{name}`", first, limit, ", ".join(said)))
    return table(("Predicate", "What it says", "Limit", "Parameters"), rows)


def readings_page() -> list[str]:
    lines: list[str] = []
    for file in sorted(TREATIES.glob("*/readings.toml")):
        rows = tomllib.loads(file.read_text(encoding="utf-8"))["reading"]
        for row in rows:
            lines += [f"### {row['name']}", "", f"{row['question']} ({_cite(row)})", ""]
            options = (
                (f"`{o['id']}`" + (" (default)" if o["id"] == row["default"] else ""), o["text"])
                for o in row["option"]
            )
            lines += table(("Option", "It says"), options)
    return lines


def _cite(row: Mapping[str, Any]) -> str:
    return "; ".join(str(c).split(" ", 1)[-1] for c in row.get("cite", ()))


def schemas_page() -> list[str]:
    rows = []
    for name in schema_names():
        schema = load_schema(name)
        rows.append((f"`{name}`", str(schema.get("title", "")), str(schema.get("description", ""))))
    return table(("Schema", "Document", "What it is"), rows)


PAGES = {
    "cli.md": cli_page,
    "treaty-files.md": treaty_files_page,
    "predicates.md": predicates_page,
    "readings.md": readings_page,
    "schemas.md": schemas_page,
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the generated parts of the reference")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "docs")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (options.out / name).write_text("\n".join(page()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
