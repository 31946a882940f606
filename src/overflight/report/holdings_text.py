"""What a ledger of holdings tells, as text for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], str]
"""Titles and rows as lines of columns."""


def state_text(document: Mapping[str, Any], table: Table) -> str:
    """Every count of the day, and what was stated when."""
    rows = [
        (
            row["party"],
            row["zone"],
            row["category"],
            row["status"],
            row["unit"],
            "unknown" if row["items"] is None else str(row["items"]),
        )
        for row in document["counts"]
    ]
    parts = [f"Held on {document['on']}, as {document['treaty']} counts"]
    parts.append(table(("party", "zone", "category", "status", "unit", "items"), rows))
    if document["exchanges"]:
        told = [
            (row["party"], row["valid"], row["notified"] or "unknown")
            for row in document["exchanges"]
        ]
        parts.append("Statements\n" + table(("party", "valid on", "given on"), told))
    return "\n\n".join(parts)
