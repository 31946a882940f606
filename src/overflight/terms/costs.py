"""What a mission costs, by rates that the user gives: no rate is public, and none is ours."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

COSTS_VERSION = 1

PER = {
    "flight-hour": "hours in the air",
    "flight-km": "km flown",
    "landing": "landings",
    "day-in-country": "days begun in the country",
    "person-day": "people times days begun in the country",
    "item": "items",
}
"""What a rate may be for; all but the last are counted from the mission plan."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A price: ``amount`` of the currency for one ``per``, paid by ``paid_by`` ("observing" or
    "observed"). ``source`` says where it comes from."""

    id: str
    words: str
    per: str
    amount: Decimal
    paid_by: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    currency: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of a statement. ``quantity`` None: it could not be counted, and ``said`` why."""

    rate: Rate
    quantity: Decimal | None
    amount: Decimal | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class CostStatement:
    """All lines, and for each side the sum of the lines that could be counted."""

    currency: str
    lines: tuple[CostLine, ...]
    totals: dict[str, Decimal]
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every line could be counted."""
        return all(line.amount is not None for line in self.lines)
