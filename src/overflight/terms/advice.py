"""What somebody aboard may say or do when something happens, and the paragraph it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from overflight.terms.citations import Citation


@dataclass(frozen=True, slots=True)
class Advice:
    """One sentence for one seat ("observing" or "observed") when ``on`` happens.

    ``text`` may name figures of what happened in braces: {off_km}, {limit_km}, {leg}, {sensor},
    {height_m}, {minimum_m}, {hazard}, {added_km}.
    """

    on: str
    seat: str
    text: str
    citations: tuple[Citation, ...]

    @property
    def cite(self) -> str:
        return "; ".join(str(c) for c in self.citations)

    def said(self, facts: Mapping[str, Any]) -> str:
        """The sentence with its figures; a figure that is not known is three dots."""
        words = {name: _word(facts.get(name)) for name in FIGURES}
        return self.text.format(**words)


FIGURES = (
    "off_km", "limit_km", "leg", "sensor", "height_m", "minimum_m", "hazard", "added_km", "fix",
    "counted_km", "cause", "message",
)  # fmt: skip
"""What a sentence may name."""


def advice_on(known: Iterable[Advice], on: str, seat: str) -> tuple[Advice, ...]:
    """All sentences for a seat when ``on`` happens."""
    return tuple(one for one in known if one.on == on and one.seat == seat)


def _word(value: Any) -> str:
    if value is None:
        return "..."
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
    return str(value)
