"""Values of the model as a JSON document carries them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from overflight.terms.citations import Citation
from overflight.terms.values import CitedValue


def value_dict(value: CitedValue) -> dict[str, Any]:
    """A value and, when a choice was made, what it was chosen from."""
    row = value.as_dict()
    row["value"] = plain(value.value)
    row["reading"] = value.reading
    if value.alternatives:
        row["alternatives"] = [
            {
                "value": plain(other.value),
                "condition": other.condition,
                "reading": other.reading,
                "status": str(other.status),
                "cite": cite(other.citations),
            }
            for other in value.alternatives
        ]
    return row


def plain(value: Any) -> Any:
    """Tuples as lists, read-only mappings as dicts, days as text."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def day(date: dt.date | None) -> str | None:
    """YYYY-MM-DD, or None where there is no such day."""
    return None if date is None else date.isoformat()


def until(date: dt.date | None) -> str:
    """The last day on which something holds, or "open"."""
    return "open" if date is None else date.isoformat()


def between(dates: tuple[dt.date, dt.date] | None) -> list[str] | None:
    """First and last day of an interval."""
    return None if dates is None else [date.isoformat() for date in dates]


def cite(citations: Iterable[Citation]) -> list[str]:
    """Each citation as a person reads it."""
    return [str(citation) for citation in citations]
