"""The working plan: the mission plan together with what one hopes to see.

It shows what one side is after and stays at home. The only way from here to the document for
the other side is ``overflight.mission.release``, which copies the mission plan and nothing more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from overflight.terms.certificates import Certificate
from overflight.terms.findings import Findings
from overflight.terms.flyability import Flyability
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.sites import Site
from overflight.terms.values import CitedValue
from overflight.terms.weather import WeatherValue
from overflight.units import Kilometres, Metres

WORKING_PLAN_VERSION = 1


@dataclass(frozen=True, slots=True)
class Observation:
    """One site seen by one sensor from one leg.

    ``off_track_km`` is the distance from the site to the leg, ``ground_resolution_m`` what the
    sensor resolves there (None: its model does not say).
    """

    site: str
    sensor: str
    leg: int
    off_track_km: Kilometres
    ground_resolution_m: Metres | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class SearchReport:
    """How the route was found: solver, seed, iterations, seconds, whether it was stopped."""

    solver: str
    seed: int
    iterations: int
    seconds: float
    stopped_early: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkingPlan:
    """Everything the observing side knows about its plan.

    ``private_sensor_fields`` names what an overlay gave of the sensors ("sensor-id.h_min_m");
    None: not known which, so that all figures count as private once an overlay was used.
    ``not_decided_here`` are the rules that public data would answer otherwise, or not at all.
    ``certificate`` says how much the best plan can be worth at most; None where nobody asked.
    ``max_fixes`` is how many fixes it was allowed besides its airfields; None: any number.
    ``height`` is what was asked of the height above ground (``mission.height_choice``).
    ``flyability`` is what flying it takes, leg by leg; None where that was not reckoned.
    ``weather`` is what it is worth under a forecast; None: made without one. With it the
    ``certificate`` is about what is expected.
    """

    plan: MissionPlan
    sites: tuple[Site, ...]
    observations: tuple[Observation, ...]
    maximum_flight_distance: CitedValue
    findings: Findings
    search: SearchReport
    readings: Mapping[str, str] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    private_values_used: bool = False
    private_sensor_fields: tuple[str, ...] | None = None
    not_decided_here: tuple[str, ...] = ()
    certificate: Certificate | None = None
    flyability: Flyability | None = None
    weather: WeatherValue | None = None
    max_fixes: int | None = None
    height: str = "auto"

    @property
    def sites_observed(self) -> frozenset[str]:
        return frozenset(o.site for o in self.observations)

    @property
    def value_observed(self) -> float:
        seen = self.sites_observed
        return sum(site.value for site in self.sites if site.id in seen)

    @property
    def value_total(self) -> float:
        return sum(site.value for site in self.sites)
