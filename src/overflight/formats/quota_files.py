"""Wishes for flights from CSV or JSON, and entries of a ledger as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overflight.formats.row_files import MOST, line_dict, line_from_dict, read_rows
from overflight.terms.quotas import Entry, QuarterWish, Wish

_WISH = ("observer", "observed", "flights", "priority", "shared_with")
_QUARTER = ("observer", "observed", "quarter", "flights", "start", "outside_quota")


def read_wishes(source: str | Path) -> tuple[Wish, ...]:
    """Wishes for a year: CSV with observer, observed, flights, priority, shared_with; or JSON.

    Raises DataError with file and line (JSON: place) for the first thing that is wrong.
    """
    return tuple(
        Wish(
            row.code("observer"),
            row.code("observed"),
            row.whole("flights", 0, MOST),
            row.whole("priority", 1, 9, 1),
            row.codes("shared_with"),
            row.line,
        )
        for row in read_rows(source, _WISH, ("observer", "observed", "flights"), "quota-requests")
    )


def read_quarter_wishes(source: str | Path) -> tuple[QuarterWish, ...]:
    """Flights planned by quarter: CSV with observer, observed, quarter, flights, start,
    outside_quota; or JSON. Raises DataError as above."""
    return tuple(
        QuarterWish(
            row.code("observer"),
            row.code("observed"),
            row.whole("quarter", 1, 4),
            row.whole("flights", 1, 1000, 1),
            row.time("start"),
            row.flag("outside_quota"),
            row.line,
        )
        for row in read_rows(source, _QUARTER, ("observer", "observed", "quarter"), "quarter-plans")
    )


def entry_to_dict(entry: Entry) -> dict[str, Any]:
    """An entry as JSON, without what it leaves open."""
    return line_dict(entry)


_KINDS: Mapping[str, tuple[type, ...]] = {
    "number": (int,),
    "date": (str,),
    "year": (int,),
    "kind": (str,),
    "observer": (str,),
    "observed": (str,),
    "flights": (int,),
    "shared_with": (list,),
    "also_over": (list,),
    "to": (str,),
    "agreed": (list,),
    "quarter": (int,),
    "cites": (list,),
    "ref": (str,),
    "corrects": (int,),
    "despite": (str,),
    "remark": (str,),
}
_NEEDED = ("date", "year", "kind")


def entry_from_dict(
    row: Mapping[str, Any], *, file: str | Path | None = None, line: int | None = None
) -> Entry:
    """The entry of a JSON object (schema: quota-entry). Raises DataError for anything else."""
    return line_from_dict(Entry, _KINDS, _NEEDED, row, schema="quota-entry", file=file, line=line)
