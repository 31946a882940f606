"""``overflight holdings``: what Parties hold, held against ceilings and calendars."""

from __future__ import annotations

import argparse
from typing import Any

from overflight.cli import holdings_run as run
from overflight.cli.common import add_json_option, parse_date


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "holdings", help="what Parties hold: ceilings, exchanges, eliminations", description=__doc__
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    check = _add(verbs, "check", "hold every rule on holdings against them", run.check)
    _day(check)
    check.add_argument("--rule", action="append", metavar="ID", help="only this one (repeatable)")
    check.add_argument("--party", action="append", metavar="CODE", help="only findings on this one")
    show = _add(verbs, "show", "what is held on a day, as finely as it was stated", run.show)
    _day(show)
    compare = _add(
        verbs, "compare", "whether what left between two years went anywhere", run.compare
    )
    _day(compare, required=False)
    bring = _add(verbs, "import", "enter files in the ledger", run.bring, ledger=True)
    bring.add_argument("--date", type=parse_date, metavar="DATE", help="day of entry: today")
    export = _add(verbs, "export", "the entries as one file", run.export)
    export.add_argument("--format", choices=("csv", "json"), default="csv", help="default: csv")
    export.add_argument("--on", type=parse_date, metavar="DATE", help="entries made by that day")
    correct = _add(verbs, "correct", "cancel an entry", run.correct, ledger=True, files=False)
    correct.add_argument("number", type=int, metavar="N", help="number of the entry to cancel")
    correct.add_argument("--date", type=parse_date, metavar="DATE", help="day of entry: today")
    correct.add_argument("--remark", default="")


def _add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    summary: str,
    handler: Any,
    *,
    ledger: bool = False,
    files: bool = True,
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=summary)
    if files:
        parser.add_argument(
            "files", nargs="*", metavar="FILE", help="CSV, JSON, or - for standard input"
        )
    parser.add_argument(
        "--ledger",
        metavar="FILE",
        required=ledger,
        help="the ledger, JSON lines that are only added to"
        + ("; made if it is not there" if ledger else "; the files go behind it"),
    )
    parser.add_argument(
        "--treaty", metavar="NAME", required=True, help="name or folder of the regime"
    )
    add_json_option(parser)
    parser.set_defaults(handler=handler)
    return parser


def _day(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument("--on", type=parse_date, required=required, metavar="DATE")
    parser.add_argument(
        "--known-on", type=parse_date, metavar="DATE", help="as the ledger stood on that day"
    )
