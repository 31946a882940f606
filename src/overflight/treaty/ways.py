"""Ways into a regime and contingent acts, made from the rows of their files."""

from __future__ import annotations

from collections.abc import Iterable

from overflight.errors import DataError
from overflight.terms.chronicle import Record
from overflight.terms.membership import Contingent, Way, WayStep
from overflight.treaty.cite import Citer
from overflight.treaty.rows import Row


def build_way(row: Row, cite: Citer) -> Way:
    """A way from its well-formed row."""
    data = row.data
    return Way(
        data["id"], data["title"], data["kind"],
        tuple(_step(child, cite) for child in row.nested.get("step", ())),
        cite(row), data.get("aircraft", ""), data.get("reading", ""), data.get("note", ""),
    )  # fmt: skip


def _step(row: Row, cite: Citer) -> WayStep:
    data = row.data
    return WayStep(
        data["id"], data["text"], data["who"], cite(row), data.get("days"),
        data.get("period", ""), tuple(data.get("needs", ())), tuple(data.get("costs", ())),
    )  # fmt: skip


def build_contingent(row: Row, cite: Citer, records: Iterable[Record]) -> Contingent:
    """A contingent act from its well-formed row; day and sources of its record come with it."""
    data = row.data
    record = next((r for r in records if r.id == data.get("record")), None)
    if record is None and data.get("record"):
        raise DataError(
            f"there is no record {data['record']!r}",
            file=row.file,
            line=row.line(),
            remedy="Name one that 'overflight chronicle list' shows.",
        )
    cited = cite(row) or (() if record is None else record.citations)
    return Contingent(
        data["id"], data["state"], data["kind"], data["what"], data["standing"], cited,
        None if record is None else record.date, data.get("condition", ""), data.get("note", ""),
    )  # fmt: skip
