"""What a proposed change of a mission plan rests on, and what it would do. For one's own side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from overflight.terms.findings import Findings
from overflight.terms.mission_plan import MissionPlan

ASSESSMENT_VERSION = 1


class Support(StrEnum):
    """Whether the documents bear out the ground of a change."""

    SHOWN = "shown"  # the plan itself shows it
    STATED = "stated"  # it is stated, and nothing here can tell whether it is so
    NOT_SHOWN = "not shown"  # the plan shows the opposite, or what must be stated is missing
    UNKNOWN_GROUND = "no ground"  # the regime does not know such a ground


@dataclass(frozen=True, slots=True)
class AssessedChange:
    """One change. ``lost_km2`` is ground that the plan lets be seen and the plan with this change
    alone does not (None: a sensor's angles are not known), ``lost`` its outline in GeoJSON.
    ``precludes`` is what follows under the reading chosen; None: not known."""

    number: int
    support: Support
    said: str
    cite: str
    lost_km2: float | None
    gained_km2: float | None
    lost: dict[str, Any] | None
    precludes: bool | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """All changes, the plan as it would be with them, and what its rules find.

    ``findings`` are those of the rules on proposals; ``plan_findings`` those on the revised plan;
    ``new_breaches`` names rules that the plan keeps and the revised plan breaks. ``reading`` says
    how "preclude" was read. ``distance_km`` are (before, after) over the territory.
    """

    changes: tuple[AssessedChange, ...]
    revised: MissionPlan
    findings: Findings
    plan_findings: Findings
    new_breaches: tuple[str, ...]
    reading: str
    distance_km: tuple[float, float]
    lost_km2: float | None
    notes: tuple[str, ...] = ()
