"""Lines of a ledger of holdings: from CSV or JSON, to CSV or JSON, and as lines of a log."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from overflight.formats.row_files import Cells, line_dict, line_from_dict, read_rows
from overflight.terms.holdings import HoldingEntry

COLUMNS = (
    "kind",
    "party",
    "zone",
    "category",
    "status",
    "unit",
    "items",
    "valid",
    "notified",
    "to",
    "to_zone",
    "to_category",
    "to_status",
    "to_unit",
    "date",
    "ref",
    "corrects",
    "despite",
    "remark",
)
_NEEDED = ("kind", "party", "items", "valid")
_MOST = 999_999
UNKNOWN = "unknown"
"""What stands for a number of items that nobody knows."""


def holdings_rows(source: str | Path) -> tuple[Mapping[str, Any], ...]:
    """The lines of a file, as fields of entries; ``date`` is left out where the file has none.

    ``corrects`` counts the lines of the file, from 1. Raises DataError with file and line (JSON:
    place) for the first thing that is wrong.
    """
    rows = read_rows(source, COLUMNS, _NEEDED, "holdings", "entries")
    return tuple(_fields(row) for row in rows)


def _fields(row: Cells) -> Mapping[str, Any]:
    found: dict[str, Any] = {"kind": row.text("kind")}
    if not found["kind"]:
        raise row.wrong("kind is missing", "Write a kind of entry, as the regime names it.")
    valid = row.date("valid")
    if valid is None:
        raise row.wrong("valid is missing", "Write the day on which it holds, as 1997-01-01.")
    found |= {"valid": valid, "notified": row.date("notified"), "items": _items(row)}
    for name in ("party", "to"):
        found[name] = row.code(name) if row.text(name) else ""
    for name in COLUMNS:
        if name not in found and name not in ("date", "corrects"):
            found[name] = row.text(name)
    if row.text("corrects"):
        found["corrects"] = row.whole("corrects", 1, _MOST)
    if (date := row.date("date")) is not None:
        found["date"] = date
    return found


def _items(row: Cells) -> int | None:
    text = row.text("items")
    return None if text in ("", UNKNOWN) else row.whole("items", 0, _MOST)


def holdings_csv(entries: Iterable[HoldingEntry]) -> str:
    """Entries as CSV, which ``holdings_rows`` reads back."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        row = holding_to_dict(entry)
        writer.writerow([_cell(name, row) for name in COLUMNS])
    return text.getvalue()


def _cell(name: str, row: Mapping[str, Any]) -> str:
    value = row.get(name)
    if value is None:
        return UNKNOWN if name == "items" and "corrects" not in row else ""
    return str(value)


def holdings_document(treaty: str, entries: Iterable[HoldingEntry]) -> dict[str, Any]:
    """Entries as one JSON document (schema: holdings)."""
    rows = [holding_to_dict(entry) for entry in entries]
    for row in rows:
        row.pop("number", None)
        row.pop("cites", None)
    return {"kind": "holdings", "version": 1, "treaty": treaty, "entries": rows}


def holding_to_dict(entry: HoldingEntry) -> dict[str, Any]:
    """An entry as JSON, without what it leaves open."""
    return line_dict(entry)


_TEXTS = (str,)
_KINDS: Mapping[str, tuple[type, ...]] = {
    field.name: (int,)
    if field.name in ("number", "items", "corrects")
    else (list,)
    if field.name == "cites"
    else _TEXTS
    for field in fields(HoldingEntry)
}


def holding_from_dict(
    row: Mapping[str, Any], *, file: str | Path | None = None, line: int | None = None
) -> HoldingEntry:
    """The entry of a JSON object (schema: holdings-entry). Raises DataError for anything else."""
    return line_from_dict(
        HoldingEntry,
        _KINDS,
        ("date", "valid", "kind"),
        row,
        schema="holdings-entry",
        dates=("date", "valid", "notified"),
        file=file,
        line=line,
    )
