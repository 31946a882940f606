"""A campaign as JSON (schema: campaign). It names sites: it stays on the side that made it."""

from __future__ import annotations

from typing import Any

from overflight.formats.plan_json import certificate_to_dict, working_plan_to_dict
from overflight.terms.campaign import CAMPAIGN_VERSION, Campaign, CampaignFlight


def campaign_to_dict(campaign: Campaign) -> dict[str, Any]:
    """The campaign document; each flight holds its whole working plan."""
    search = campaign.search
    return {
        "kind": "campaign",
        "version": CAMPAIGN_VERSION,
        "flights_asked": campaign.asked,
        "value_observed": campaign.value,
        "value_total": campaign.value_total,
        "sites_observed": sorted(campaign.sites_observed),
        "quota": [finding.as_dict() for finding in campaign.quota],
        "certificate": certificate_to_dict(campaign.certificate),
        "search": {
            "solver": search.solver,
            "seed": search.seed,
            "iterations": search.iterations,
            "seconds": search.seconds,
            "stopped_early": search.stopped_early,
            "notes": list(search.notes),
        },
        "remarks": list(campaign.remarks),
        "flights": [_flight(flight) for flight in campaign.flights],
    }


def _flight(flight: CampaignFlight) -> dict[str, Any]:
    plan = flight.plan.plan
    return {
        "number": flight.number,
        "date": None if plan.date is None else plan.date.isoformat(),
        "start": plan.start.code,
        "end": plan.end.code,
        "value": flight.value,
        "sites": list(flight.sites),
        "sites_again": list(flight.again),
        "verdict": str(flight.plan.findings.verdict),
        "working_plan": working_plan_to_dict(flight.plan),
    }
