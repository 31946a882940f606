"""The frame of a regime: parts of it with days of their own, and the end of the whole."""

from __future__ import annotations

from overflight.terms.values import Status
from overflight.treaty.cite import Citer, last_day
from overflight.treaty.parties import Part, Termination
from overflight.treaty.rows import Row


def build_part(row: Row, cite: Citer) -> Part:
    """A row of [[part]] in treaty.toml."""
    data = row.data
    return Part(
        data["id"],
        data["name"],
        data["from"],
        last_day(data["until"]),
        Status(data["status"]),
        cite(row),
        str(data.get("note", "")),
        str(data.get("quota", "")),
    )


def build_termination(rows: list[Row], cite: Citer) -> Termination | None:
    """The table [termination] of treaty.toml; None where the regime has not ended."""
    if not rows:
        return None
    return Termination(rows[0].data["date"], cite(rows[0]), str(rows[0].data.get("note", "")))
