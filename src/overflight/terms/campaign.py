"""Several observation flights planned together. What stands here stays on the side that plans."""

from __future__ import annotations

import math
from dataclasses import dataclass

from overflight.terms.certificates import Certificate
from overflight.terms.findings import Finding
from overflight.terms.working_plan import SearchReport, WorkingPlan

CAMPAIGN_VERSION = 1


@dataclass(frozen=True, slots=True)
class CampaignFlight:
    """One flight of a campaign: its plan, and which of the sites it sees count for it.

    A site that several flights see counts for the first of them; ``again`` are those that it sees
    and that count for an earlier one.
    """

    number: int
    plan: WorkingPlan
    sites: tuple[str, ...]
    again: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """Value of the sites that count for this flight."""
        worth = {site.id: site.value for site in self.plan.sites}
        return math.fsum(worth[site] for site in self.sites)


@dataclass(frozen=True, slots=True)
class Campaign:
    """Flights over one party planned together: each site counts once, whoever sees it.

    ``asked`` is how many flights were asked for; there are fewer where another would show nothing
    more. ``quota`` says what the treaty's data tell of so many flights. ``remarks`` are
    sentences on how it was planned.
    """

    asked: int
    flights: tuple[CampaignFlight, ...]
    quota: tuple[Finding, ...]
    search: SearchReport
    certificate: Certificate | None = None
    remarks: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """Value of all sites seen, each once."""
        return math.fsum(flight.value for flight in self.flights)

    @property
    def value_total(self) -> float:
        """Value of all sites given."""
        return self.flights[0].plan.value_total

    @property
    def sites_observed(self) -> frozenset[str]:
        return frozenset(site for flight in self.flights for site in flight.sites)
