"""``overflight treaty``: look at a regime on a date, ask for one value, check or start one."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from overflight.cli.common import (
    add_json_option,
    add_treaty_options,
    parse_date,
    parse_readings,
    print_json,
)
from overflight.cli.treaty_compare import add_verbs
from overflight.errors import EXIT_OK, EXIT_USAGE

if TYPE_CHECKING:
    from overflight.treaty.problems import Problem
    from overflight.treaty.view import TreatyView

SECTIONS = (
    "parties",
    "airfields",
    "quotas",
    "values",
    "deadlines",
    "sensors",
    "aircraft",
    "readings",
    "decisions",
    "rules",
    "disputes",
    "access",
)
"""Sections of ``show``; the same as treaty.summary.SECTIONS, which --help need not import."""


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser("treaty", help="look at a regime, check one, start one")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _add_list(verbs)
    _add_show(verbs)
    _add_value(verbs)
    _add_validate(verbs)
    _add_new(verbs)
    add_verbs(verbs)


def _add_list(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listing = verbs.add_parser("list", help="the regimes that come with overflight")
    add_json_option(listing)
    listing.set_defaults(handler=_list)


def _add_show(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = verbs.add_parser(
        "show",
        help="a regime as it stood on a date, with sources",
        description="Who is bound on a date, computed from what each State did; or another part "
        "of the regime. Every row says where it comes from.",
    )
    show.add_argument("treaty", metavar="NAME", help="name or folder of a regime")
    show.add_argument("--on", type=parse_date, metavar="DATE", help="YYYY-MM-DD (today)")
    show.add_argument("--section", choices=SECTIONS, default="parties", help="(parties)")
    add_json_option(show)
    add_treaty_options(show)
    show.set_defaults(handler=_show)


def _add_value(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    value = verbs.add_parser(
        "value",
        help="one value in force on a date, with its source",
        description="Exit status 2: it does not hold on that date, or there is none of that key; "
        "3: it exists, but is not public. A key is what --json prints as 'key': of a scalar, a "
        "deadline, HOLDER.passive_quota, AIRFIELD.maximum_flight_distance, CATEGORY.LIMIT.",
    )
    value.add_argument("treaty", metavar="NAME", help="name or folder of a regime")
    value.add_argument(
        "key", metavar="KEY", help="e.g. non-party-stand-off, AIRFIELD.maximum_flight_distance"
    )
    value.add_argument("--on", type=parse_date, metavar="DATE", required=True, help="YYYY-MM-DD")
    value.add_argument("--condition", default="", metavar="TEXT", help="of a value that has some")
    add_json_option(value)
    add_treaty_options(value)
    value.set_defaults(handler=_value)


def _add_validate(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = verbs.add_parser(
        "validate",
        help="find every mistake in a regime's folder",
        description="Each mistake with file, line and remedy. Exit status 0: none; 2: some.",
    )
    check.add_argument("treaty", metavar="DIR", help="folder (or name) of a regime")
    add_json_option(check)
    check.add_argument("--overlay", type=Path, metavar="DIR", help="check this overlay on it too")
    check.set_defaults(handler=_validate)


def _add_new(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    new = verbs.add_parser("new", help="start a regime of your own: a commented folder")
    new.add_argument("folder", metavar="DIR", type=Path, help="where; must be empty or not exist")
    new.add_argument("--name", help="full name of the instrument")
    add_json_option(new)
    new.set_defaults(handler=_new)


def _list(arguments: argparse.Namespace) -> int:
    from overflight.treaty.loader import available_treaties, load_treaty

    treaties = [load_treaty(name) for name in available_treaties()]
    if arguments.json:
        rows = [{"id": t.id, "name": t.name, "signed": t.signed.isoformat()} for t in treaties]
        print_json({"kind": "treaties", "version": 1, "treaties": rows})
    else:
        for treaty in treaties:
            print(f"{treaty.id:<16} {treaty.name} ({treaty.place or 'signed'}, {treaty.signed})")
    return EXIT_OK


def _view(arguments: argparse.Namespace) -> TreatyView:
    from overflight.treaty.loader import load_treaty

    day = arguments.on
    if day is None:
        day = dt.datetime.now(dt.UTC).date()
        print(f"on {day}, today; choose another day with --on", file=sys.stderr)
    treaty = load_treaty(arguments.treaty, overlay=arguments.overlay)
    return treaty.on(day, parse_readings(arguments.reading))


def _show(arguments: argparse.Namespace) -> int:
    from overflight.treaty.summary import SECTIONS as PARTS
    from overflight.treaty.summary import header

    view = _view(arguments)
    document = header(view) | PARTS[arguments.section](view)
    if arguments.json:
        print_json(document)
    else:
        from overflight.cli.treaty_text import show

        print(show(view, arguments.section, document))
    return EXIT_OK


def _value(arguments: argparse.Namespace) -> int:
    from overflight.treaty.plain import value_dict

    view = _view(arguments)
    value = view.value(arguments.key, arguments.condition)
    if arguments.json:
        document = {
            "kind": "treaty-value",
            "version": 1,
            "instrument": view.treaty.id,
            "on": view.on.isoformat(),
            **value_dict(value),
            "readings": dict(view.readings),
            "overlay_used": view.treaty.overlay_used,
        }
        print_json(document)
    else:
        from overflight.cli.treaty_text import one_value

        print(one_value(value))
    return EXIT_OK


def _validate(arguments: argparse.Namespace) -> int:
    problems, complete = find_problems(arguments.treaty, arguments.overlay)
    rows = [{**problem.as_dict(), "file": shorter(problem.file)} for problem in problems]
    if arguments.json:
        print_json(
            {
                "kind": "treaty-validation",
                "version": 1,
                "treaty": str(arguments.treaty),
                "valid": not problems,
                "complete": complete,
                "problems": rows,
            }
        )
    else:
        for row in rows:
            place = row["file"] if row["line"] is None else f"{row['file']}:{row['line']}"
            print(f"{place}: {row['message']}\n  -> {row['remedy']}")
        count = f"{len(rows)} problem" + ("" if len(rows) == 1 else "s")
        more = "" if complete else "; more checks follow once these are mended"
        print(count + more if rows else "no problems found", file=sys.stderr)
    return EXIT_USAGE if problems else EXIT_OK


def find_problems(treaty: str | Path, overlay: Path | None = None) -> tuple[list[Problem], bool]:
    """Mistakes in the files and in what the rules bind, and whether all checks could be run."""
    from overflight.rules import bindings
    from overflight.treaty.validate import inspect

    found = inspect(treaty, overlay)
    problems = list(found.problems)
    if found.bindings is not None:
        told = [(problem.file, problem.message) for problem in problems]
        problems += [
            problem
            for problem in bindings.problems(found.bindings)
            if not any(problem.file == f and problem.message.endswith(m) for f, m in told)
        ]
    return sorted(problems, key=lambda p: (p.file, p.line or 0)), found.complete


def shorter(file: str) -> str:
    """The path from here, when the file lies below the working folder."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except ValueError:
        return file


def _new(arguments: argparse.Namespace) -> int:
    from overflight.treaty.scaffold import new_regime

    files = new_regime(arguments.folder, name=arguments.name)
    if arguments.json:
        print_json(
            {
                "kind": "treaty-new",
                "version": 1,
                "folder": str(arguments.folder),
                "files": [file.name for file in files],
            }
        )
    else:
        for file in files:
            print(file)
        print(f"Edit these, then: overflight treaty validate {arguments.folder}", file=sys.stderr)
    return EXIT_OK
