"""``overflight quota``: flights distributed, moved, spent, and what is left of them."""

from __future__ import annotations

import argparse
from typing import Any

from overflight.cli import quota_run as run
from overflight.cli.common import add_json_option, add_treaty_options, parse_date

_FILE_OR_ENACTED = "CSV, JSON, - for standard input, or enacted:YEAR for the treaty's own data"


def add_parser(nouns: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = nouns.add_parser(
        "quota", help="distribute flights, keep the ledger, ask what is left", description=__doc__
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    _show(verbs)
    _distribute(verbs)
    _move(verbs, "transfer", "transferred", "active quota given to another Party")
    _move(verbs, "redistribute", "redistributed", "active quota moved within a group")
    _record(verbs)
    _enter(verbs)
    _standing(verbs)
    _history(verbs)
    _sequence(verbs)


def _add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str, **more: Any
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=summary, **more)
    parser.add_argument(
        "--treaty", metavar="NAME", help="name or folder of the regime (default: the first one)"
    )
    add_treaty_options(parser)
    add_json_option(parser)
    return parser


def _ledger(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--ledger",
        metavar="FILE",
        required=required,
        help="the ledger, JSON lines that are only added to; made if it is not there",
    )


def _seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="for lots (default: 0)")


def _show(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = _add(verbs, "show", "active and passive quotas of a year")
    show.add_argument("--year", type=int, required=True, metavar="Y")
    show.add_argument("--on", type=parse_date, metavar="DATE", help="as it stood on that day")
    _ledger(show, required=False)
    show.set_defaults(handler=run.show)


def _distribute(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    words = (
        "Requests that fit a Party's passive quota are granted as asked. For the rest, which the "
        "treaty leaves to agreement, a proposal is made: fair among the Parties (leximin over "
        "their shares of what they asked for), and among fair ones the most flights; proved "
        "optimal, or with the gap. Every cut is explained."
    )
    make = _add(
        verbs, "distribute", "the yearly review: requests in, flights out", description=words
    )
    make.add_argument("--year", type=int, required=True, metavar="Y")
    make.add_argument("--requests", required=True, metavar="FILE", help=_FILE_OR_ENACTED)
    make.add_argument(
        "--last-year", metavar="FILE", help=f"last year's flights: {_FILE_OR_ENACTED}"
    )
    make.add_argument(
        "--keep-unasked",
        action="store_true",
        help="who asks for nothing keeps last year's flights as its wishes",
    )
    make.add_argument(
        "--no-agreement",
        action="append",
        default=[],
        metavar="CODE",
        help="no agreement about this Party: last year's distribution stands for it (repeatable)",
    )
    make.add_argument(
        "--passive",
        action="append",
        default=[],
        metavar="CODE=N",
        help="a passive quota that the treaty's data do not have (repeatable)",
    )
    make.add_argument(
        "--fairness",
        choices=("flights", "priority"),
        default="flights",
        help="shares of all flights asked for, or of those of the first priority first",
    )
    make.add_argument(
        "--order",
        choices=("fair", "most"),
        default="fair",
        help="fair first, or as many flights as can be first",
    )
    make.add_argument(
        "--proportionate",
        action="store_true",
        help="among equals, near to a proportionate increase of the first distribution",
    )
    _seed(make)
    make.add_argument(
        "--seconds",
        type=float,
        default=50.0,
        metavar="S",
        help="for search and explanations; what is not proved by then is told (default: 50)",
    )
    _ledger(make, required=False)
    make.add_argument("--enter", action="store_true", help="enter it in the ledger, as agreed")
    make.add_argument("--date", type=parse_date, metavar="DATE", help="day of entry: today")
    make.add_argument("--ref", default="", help="the decision or document it rests on")
    make.set_defaults(handler=run.distribute)


def _pair(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    more: dict[str, Any] = {"nargs": "?", "default": ""} if optional else {}
    parser.add_argument("observer", metavar="OBSERVER", help="code of a State or group", **more)
    parser.add_argument("observed", metavar="OBSERVED", help="code of a State or group", **more)


def _entry_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--flights", type=int, default=1, metavar="N", help="default: 1")
    parser.add_argument("--date", type=parse_date, metavar="DATE", help="day of entry: today")
    parser.add_argument("--year", type=int, metavar="Y", help="year of the quota: of the date")
    parser.add_argument("--ref", default="", help="the mission, or the document it rests on")
    parser.add_argument("--despite", default="", metavar="WHY", help="enter it though not allowed")
    parser.add_argument("--remark", default="")
    _ledger(parser, required=True)


def _move(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], verb: str, kind: str, summary: str
) -> None:
    move = _add(verbs, verb, summary)
    _pair(move)
    move.add_argument("--to", required=True, metavar="CODE", help="who receives it")
    move.add_argument(
        "--agreed", action="append", default=[], metavar="CODE", help="who agreed (repeatable)"
    )
    _entry_options(move)
    move.set_defaults(handler=run.record, kind=kind)


def _record(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    record = _add(verbs, "record", "one line in the ledger: flown, declined, prohibited, ...")
    record.add_argument("kind", metavar="KIND", help="as the regime's ledger.toml names it")
    _pair(record, optional=True)
    record.add_argument(
        "--shared-with", action="append", default=[], metavar="CODE", help="holds it jointly"
    )
    record.add_argument(
        "--also-over", action="append", default=[], metavar="CODE", help="overflown on it too"
    )
    record.add_argument("--to", default="", metavar="CODE", help="who receives what is moved")
    record.add_argument("--agreed", action="append", default=[], metavar="CODE")
    record.add_argument("--quarter", type=int, metavar="Q", help="1 to 4")
    record.add_argument("--corrects", type=int, metavar="N", help="number of the entry to cancel")
    _entry_options(record)
    record.set_defaults(handler=run.record)


def _enter(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    words = (
        "Enter what a mission is by its folder: notified; then flown, curtailed, prohibited, "
        "declined or withdrawn, counted or not, with the paragraph of the move that decided. "
        "The mission's id is the reference. What stands in the ledger already is not entered again."
    )
    enter = _add(
        verbs, "enter", "a mission's outcome, from the folder of a seat", description=words
    )
    enter.add_argument("--mission", required=True, metavar="DIR", help="the folder of a seat")
    enter.add_argument("--at", metavar="INSTANT", help="the mission as it stood then (now)")
    enter.add_argument(
        "--shared-with", action="append", default=[], metavar="CODE", help="holds it jointly"
    )
    enter.add_argument(
        "--also-over", action="append", default=[], metavar="CODE", help="overflown on it too"
    )
    enter.add_argument("--date", type=parse_date, metavar="DATE", help="day of entry: today")
    enter.add_argument(
        "--year", type=int, metavar="Y", help="year of the quota: as notified, or of the flight"
    )
    enter.add_argument("--despite", default="", metavar="WHY", help="enter it though not allowed")
    enter.add_argument(
        "--marked",
        action="store_true",
        help="the ledger is one of an exercise: take a mission marked EXERCISE or SIMULATED",
    )
    _ledger(enter, required=True)
    enter.set_defaults(handler=run.enter)


def _standing(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    standing = _add(verbs, "standing", "what one Party may still fly over another, and why")
    _pair(standing)
    standing.add_argument("--on", type=parse_date, required=True, metavar="DATE")
    standing.add_argument(
        "--sort", default="", help="of this sort, with limits of its own: challenge, ..."
    )
    _ledger(standing, required=False)
    standing.set_defaults(handler=run.standing)


def _history(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    history = _add(verbs, "history", "the entries of a ledger")
    history.add_argument("codes", nargs="*", metavar="CODE", help="only those that name all")
    history.add_argument("--on", type=parse_date, metavar="DATE", help="as it stood on that day")
    _ledger(history, required=True)
    history.set_defaults(handler=run.history)


def _sequence(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sequence = _add(verbs, "sequence", "the flights of a year by quarter: clashes, lots, windows")
    sequence.add_argument("--year", type=int, required=True, metavar="Y")
    sequence.add_argument("--plans", required=True, metavar="FILE", help="CSV, JSON, or -")
    _seed(sequence)
    sequence.set_defaults(handler=run.sequence)
