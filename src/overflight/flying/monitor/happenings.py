"""What the monitor says: one happening at a time, with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from overflight.units import Kilometres, Metres, Seconds

SILENT_KINDS = frozenset({"duplicate", "conflict", "order", "ahead", "jump", "untimed", "spoilt"})
"""Said once for a run of them, with their number."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One change worth a line: what, when (seconds since 1970), and figures by name."""

    kind: str
    time_s: Seconds
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Away:
    """A stretch off the plan, as ``flying.audit.Excursion`` without its line."""

    begun_s: Seconds
    completed_s: Seconds
    legs: tuple[int, int]
    most_km: Kilometres
    flown_km: Kilometres
    added_km: Kilometres
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """A sensor at work, as ``flying.audit.SensorUse`` without its place."""

    sensor: str
    begun_s: Seconds
    completed_s: Seconds
    low_m: Metres | None
    high_m: Metres | None
    on_flight: bool
