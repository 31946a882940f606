"""What the observed side knows of a mission plan that it was handed. It stays on that side."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from overflight.terms.checklists import Checklist
from overflight.terms.counter_proposal import CounterProposal
from overflight.terms.exposure import Exposure
from overflight.terms.findings import Findings
from overflight.units import Kilometres

ESCORT_KIT_VERSION = 1


@dataclass(frozen=True, slots=True)
class NearBorder:
    """Where the route comes nearest to a neighbouring State, and when."""

    state: str
    name: str
    standing: str
    distance_km: Kilometres
    leg: int
    from_utc: dt.datetime | None
    until_utc: dt.datetime | None


@dataclass(frozen=True, slots=True)
class HazardCrossed:
    """An area that the plan names and goes through: the legs, and when."""

    id: str
    kind: str
    legs: tuple[int, ...]
    from_utc: dt.datetime | None
    until_utc: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Kit:
    """All that the observed side wants to know of a plan. ``answer_by`` None: not known when it
    was submitted, or how long there is."""

    plan_sha256: str
    answer_by: dt.datetime | None
    answer_cite: str
    exposures: tuple[Exposure, ...]
    findings: Findings
    hazards: tuple[HazardCrossed, ...]
    neighbours: tuple[NearBorder, ...]
    checklists: tuple[Checklist, ...]
    draft: CounterProposal | None
    notes: tuple[str, ...]
