"""What several commands share: options, and the reading of what was typed."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from overflight.errors import DataError

CROSSING = "self-crossing"
"""The reading on which it depends whether a path may cross itself."""


def add_treaty_options(parser: argparse.ArgumentParser) -> None:
    """Add --overlay DIR and --reading NAME=OPTION."""
    group = parser.add_argument_group("treaty data")
    group.add_argument(
        "--overlay",
        type=Path,
        metavar="DIR",
        help="a private folder of the same files, laid over the public data; its values never "
        "reach a document for the other side",
    )
    add_reading_option(group)


def add_reading_option(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add --reading NAME=OPTION alone, for commands that no private overlay may touch."""
    parser.add_argument(
        "--reading",
        action="append",
        default=[],
        metavar="NAME=OPTION",
        help="how to read a disputed provision (repeatable; 'overflight treaty show NAME "
        "--section readings' lists them)",
    )


def add_crossing_options(parser: argparse.ArgumentParser) -> None:
    """Add --no-cross and --may-cross, short for the two readings of self-crossing."""
    group = parser.add_mutually_exclusive_group()
    for flag, option, words in (
        ("--no-cross", "strict", "the path does not cross itself"),
        ("--may-cross", "lenient", "the path may cross itself"),
    ):
        reading = f"{CROSSING}={option}"
        group.add_argument(
            flag,
            dest="reading",
            action="append_const",
            const=reading,
            default=[],
            help=f"{words}: short for --reading {reading}",
        )


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument(
        "--json", action="store_true", help="print one JSON document and nothing else"
    )


def parse_date(text: str) -> dt.date:
    """A date as typed, YYYY-MM-DD; for ``type=`` of an argument."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a date; write YYYY-MM-DD, e.g. 2021-05-19"
        ) from None


def parse_readings(texts: Iterable[str]) -> dict[str, str]:
    """NAME=OPTION, each once. Raises DataError for anything else."""
    chosen: dict[str, str] = {}
    for text in texts:
        name, equals, option = (part.strip() for part in text.partition("="))
        if not (name and equals and option):
            raise DataError(
                f"{text!r} is not a reading",
                remedy="Write --reading NAME=OPTION, e.g. --reading self-crossing=lenient.",
            )
        if chosen.get(name, option) != option:
            raise DataError(
                f"the reading {name!r} is given twice: {chosen[name]} and {option}",
                remedy="Give it once.",
            )
        chosen[name] = option
    return chosen


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False, default=_plain)
    sys.stdout.write("\n")


def _plain(value: object) -> Any:
    """What json does not know, as it should be written."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
