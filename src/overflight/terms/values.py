"""A value with its dates, its standing and its source."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from overflight.terms.citations import Citation


class Status(StrEnum):
    """How a value came to hold."""

    ENACTED = "enacted"  # in the instrument, or done under it
    DECIDED = "decided"  # by a later decision or notification
    ASSUMED = "assumed"  # ours, for planning; says so wherever it is used
    UNKNOWN = "unknown"  # exists, but no public source was found


@dataclass(frozen=True, slots=True)
class CitedValue:
    """A number, text or list that holds from ``valid_from`` until ``valid_until`` (None: open).

    ``valid_until`` is the last day on which the value holds. ``condition`` names the variant
    ("with Shetland Islands") where a text gives several; ``reading`` the named option under
    which the value counts. ``private`` values come from an overlay and stay on this side.
    """

    key: str
    value: Any
    unit: str
    valid_from: dt.date
    valid_until: dt.date | None
    status: Status
    citations: tuple[Citation, ...]
    condition: str = ""
    reading: str = ""
    note: str = ""
    private: bool = False
    alternatives: tuple[CitedValue, ...] = field(default=())

    def holds_on(self, date: dt.date) -> bool:
        return self.valid_from <= date and (self.valid_until is None or date <= self.valid_until)

    @property
    def cite(self) -> str:
        """All citations in one line."""
        return "; ".join(str(c) for c in self.citations)

    def as_dict(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "value": self.value,
            "unit": self.unit,
            "from": self.valid_from.isoformat(),
            "until": "open" if self.valid_until is None else self.valid_until.isoformat(),
            "status": str(self.status),
            "condition": self.condition,
            "note": self.note,
            "private": self.private,
            "cite": [str(c) for c in self.citations],
        }
