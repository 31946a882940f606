"""What a rule found: verdict, measured value, limit, place, and both citations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

FINDINGS_VERSION = 1


class Verdict(StrEnum):
    """A rule's answer. A right that arises is not a breach, and neither is silence."""

    COMPLIANT = "compliant"
    BREACH = "breach"
    UNDETERMINED = "undetermined"
    RIGHT_ARISES = "right arises"
    DOES_NOT_APPLY = "does not apply"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule held against one document.

    ``cite`` is the rule's paragraph, ``limit_cite`` where the limit's value comes from (they
    differ where a paragraph sends the reader elsewhere). ``place`` is a GeoJSON geometry,
    ``where`` the same in words. ``needs`` lists what is missing when undetermined.
    ``private`` is true when a value of an overlay decided it.
    """

    rule: str
    title: str
    verdict: Verdict
    message: str
    cite: str
    limit_cite: str = ""
    measured: float | str | None = None
    limit: float | str | None = None
    unit: str = ""
    place: Mapping[str, Any] | None = None
    where: str = ""
    reading: str = ""
    phase: str = ""
    needs: tuple[str, ...] = ()
    private: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "title": self.title,
            "verdict": str(self.verdict),
            "measured": self.measured,
            "limit": self.limit,
            "unit": self.unit,
            "place": None if self.place is None else dict(self.place),
            "where": self.where,
            "reading": self.reading,
            "phase": self.phase,
            "needs": list(self.needs),
            "cite": self.cite,
            "limit_cite": self.limit_cite,
            "message": self.message,
            "private": self.private,
        }


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of one check, in the order of the rules."""

    items: tuple[Finding, ...]
    readings: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """breach if any rule is broken, else undetermined if any is, else compliant."""
        verdicts = {finding.verdict for finding in self.items}
        for verdict in (Verdict.BREACH, Verdict.UNDETERMINED):
            if verdict in verdicts:
                return verdict
        return Verdict.COMPLIANT

    def of(self, *verdicts: Verdict) -> tuple[Finding, ...]:
        return tuple(f for f in self.items if f.verdict in verdicts)

    def by_rule(self, rule: str) -> tuple[Finding, ...]:
        return tuple(f for f in self.items if f.rule == rule)

    def as_dict(self) -> dict[str, Any]:
        """The published findings document (JSON Schema: formats/schemas/findings.json)."""
        applies = [f for f in self.items if f.verdict is not Verdict.DOES_NOT_APPLY]
        rest = self.of(Verdict.DOES_NOT_APPLY)
        return {
            "kind": "findings",
            "version": FINDINGS_VERSION,
            "verdict": str(self.verdict),
            "findings": [f.as_dict() for f in applies],
            "does_not_apply": [f.as_dict() for f in rest],
            "readings": dict(self.readings),
            "notes": list(self.notes),
        }


def merge(parts: Iterable[Findings]) -> Findings:
    """One Findings out of several, kept in order."""
    items: list[Finding] = []
    readings: dict[str, str] = {}
    notes: list[str] = []
    for part in parts:
        items.extend(part.items)
        readings.update(part.readings)
        notes.extend(n for n in part.notes if n not in notes)
    return Findings(tuple(items), readings, tuple(notes))
