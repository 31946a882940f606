"""``overflight archive access | search | request | deliver | asked | accesses``: what they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from overflight.cli import archive_ask_run as run
from overflight.cli.bundle import instant
from overflight.cli.common import add_json_option, add_reading_option, parse_date


def add_verbs(verbs: Any) -> None:
    _add_search(verbs)
    _add_access(verbs)
    _add_request(verbs)
    _add_deliver(verbs)
    _add_asked(verbs)
    _add_accesses(verbs)


def _add_access(verbs: Any) -> None:
    access = verbs.add_parser(
        "access",
        help="what a State may find, ask for and open, and by which paragraph",
        description="What somebody may find, ask for and open in an archive on a day: a decision "
        "for each mission, with its paragraph and the readings that it rests on. What is not "
        "allowed is denied.",
    )
    _archive(access)
    _asker(access)
    access.add_argument("--mission", metavar="BUNDLE", help="one mission, with all that is said")
    _treaty(access)
    add_json_option(access)
    access.set_defaults(handler=run.access)


def _add_search(verbs: Any) -> None:
    search = verbs.add_parser(
        "search",
        help="find items, among the missions that the asker may find",
        description="Find items by place, time and content, newest first, among the missions that "
        "the asker may find. Every search is recorded.",
    )
    _archive(search)
    _asker(search)
    search.add_argument(
        "--bbox", type=float, nargs=4, metavar=("WEST", "SOUTH", "EAST", "NORTH"),
        help="degrees; west may lie east of east",
    )  # fmt: skip
    search.add_argument(
        "--interval", metavar="FROM/UNTIL", help="a moment, or two; '..' is without end"
    )
    search.add_argument("--filter", metavar="CQL2", help="a condition in CQL2 text")
    search.add_argument(
        "--collection", action="append", metavar="ID", help="of these only (repeatable)"
    )
    search.add_argument("--limit", type=int, default=10, metavar="N", help="items a page (10)")
    search.add_argument("--token", default="", metavar="TEXT", help="the page that a search named")
    search.add_argument("--matched", action="store_true", help="count all that there are")
    _treaty(search)
    _by(search)
    add_json_option(search)
    search.set_defaults(handler=run.search)


def _add_request(verbs: Any) -> None:
    request = verbs.add_parser(
        "request",
        help="write a request for copies, and the notice to the observed Party",
        description="Write a request to the observing Party for copies of what its sensors "
        "recorded, with all that a request states, and the notice of it to the observed Party. "
        "Both are kept in the archive; the request gets its entry in the log.",
    )
    _archive(request, "the archive of who asks, or a common one")
    request.add_argument("--as", dest="asker", metavar="CODE", help="who asks (the holder)")
    request.add_argument("--observing", required=True, metavar="CODE")
    request.add_argument("--observed", required=True, metavar="CODE")
    request.add_argument("--date", required=True, type=parse_date, help="day of the flight")
    request.add_argument(
        "--sensor", required=True, metavar="ID", help="the sensor that recorded the data"
    )
    request.add_argument(
        "--portion", action="append", default=[], metavar="FROM/UNTIL",
        help="a portion of the observation period (repeatable; all of it)",
    )  # fmt: skip
    request.add_argument(
        "--medium", required=True, metavar="TEXT", help="type of the duplicate medium"
    )
    request.add_argument("--format", required=True, metavar="TEXT", help="and its format")
    request.add_argument("--bundle", default="", metavar="ID", help="what both sides call it")
    request.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="a new folder for both documents"
    )
    _at(request, "when it is made (now)")
    _treaty(request)
    add_json_option(request)
    request.set_defaults(handler=run.request)


def _add_deliver(verbs: Any) -> None:
    deliver = verbs.add_parser(
        "deliver",
        help="decide on a request, and hand over the copies with their proof",
        description="Decide on a request for copies by the treaty's rules and the archive's "
        "readings. Where it is allowed, write the copies as a portion of the sealed bundle, with "
        "the proof that it belongs to what both Parties signed. Request, decision and delivery are "
        "kept and logged; a refusal too. Exit status 0: delivered; 1: refused; 3: undetermined.",
    )
    _archive(deliver)
    deliver.add_argument("request", type=Path, metavar="REQUEST", help="the request as it was sent")
    deliver.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="a new folder for the delivery"
    )
    deliver.add_argument(
        "--file", action="append", default=[], metavar="NAME",
        help="hand over this file of the bundle, instead of those that the items name "
        "(repeatable)",
    )  # fmt: skip
    _by(deliver)
    _at(deliver, "when it is decided (now)")
    _treaty(deliver)
    add_json_option(deliver)
    deliver.set_defaults(handler=run.deliver)


def _add_asked(verbs: Any) -> None:
    asked = verbs.add_parser(
        "asked",
        help="the requests that an archive knows, and what is due on them",
        description="The requests that an archive knows, what came of each, and what is owed. "
        "The treaty may set no time; a moment on which the two agreed counts with --agreed.",
    )
    _archive(asked)
    asked.add_argument("--request", metavar="ID", help="one request only")
    asked.add_argument(
        "--take", type=Path, metavar="FOLDER",
        help="keep what was received: a delivery, a decision, or a notice of a request",
    )  # fmt: skip
    asked.add_argument(
        "--agreed", type=instant, metavar="INSTANT",
        help="the moment until which the two agreed that the copies are delivered",
    )  # fmt: skip
    _at(asked, "the moment asked about (now)")
    _treaty(asked, readings=False)
    add_json_option(asked)
    asked.set_defaults(handler=run.asked)


def _add_accesses(verbs: Any) -> None:
    accesses = verbs.add_parser(
        "accesses",
        help="who wanted what, when, and what was decided",
        description="The record of accesses, each line held against the one before. Exit status "
        "0: whole; 1: changed.",
    )
    _archive(accesses)
    accesses.add_argument("--of", metavar="CODE", help="of this asker only")
    accesses.add_argument("--mission", metavar="BUNDLE", help="to this mission only")
    accesses.add_argument("--since", type=parse_date, metavar="DATE", help="from this day on")
    accesses.add_argument(
        "--head", metavar="COUNT:SHA256", help="is all there that was there at this head"
    )
    accesses.add_argument(
        "--log", action="store_true", help="put the record's head into the archive's log"
    )
    _at(accesses, "when the head is logged (now)")
    add_json_option(accesses)
    accesses.set_defaults(handler=run.accesses)


def _archive(parser: Any, words: str | None = None) -> None:
    parser.add_argument("archive", type=Path, metavar="ARCHIVE", help=words)


def _asker(parser: Any) -> None:
    parser.add_argument(
        "--as", dest="asker", required=True, metavar="CODE",
        help="who asks: a State or group, 'commission', or body:NAME",
    )  # fmt: skip
    parser.add_argument("--on", type=parse_date, metavar="DATE", help="the day (today)")
    parser.add_argument(
        "--purpose", choices=("treaty", "other"), default="treaty", help="what it is asked for"
    )


def _treaty(parser: Any, *, readings: bool = True) -> None:
    parser.add_argument(
        "--treaty", metavar="NAME", help="a regime by name or folder, in the place of that id"
    )
    if readings:
        add_reading_option(parser)


def _by(parser: Any) -> None:
    parser.add_argument(
        "--by", default="", metavar="TEXT", help="the person or machine, for the record"
    )


def _at(parser: Any, words: str) -> None:
    parser.add_argument("--at", type=instant, metavar="INSTANT", help=words)
