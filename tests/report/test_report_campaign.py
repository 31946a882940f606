"""The text of a campaign: what it must say, safely and within its width."""

from __future__ import annotations

from dataclasses import replace

from overflight.report.campaign import campaign_text
from overflight.report.maps import campaign_map
from overflight.terms.campaign import Campaign, CampaignFlight
from overflight.terms.findings import Finding, Verdict
from overflight.terms.working_plan import SearchReport
from strategies import sample_working_plan


def sample(asked: int = 3) -> Campaign:
    plan = sample_working_plan()
    seen = tuple(sorted(plan.sites_observed))
    flights = (CampaignFlight(1, plan, seen), CampaignFlight(2, plan, (), seen))
    quota = Finding("passive-quota", "Passive quota", Verdict.BREACH, "2 of 1", "III.II")
    report = SearchReport("solver", 7, 12, 0.0)
    return Campaign(asked, flights, (quota,), report, None, ("A remark.",))


def test_value_sites_quota_and_flights_are_told_within_the_width() -> None:
    campaign = sample()
    text = campaign_text(campaign)
    assert text.startswith("WORKING PLAN - NOT FOR RELEASE")
    assert max(map(len, text.splitlines())) <= 80
    assert "2 flights (of 3 asked for)" in text
    assert "breach. 2 of 1 [III.II]" in text
    assert "seed 7" in text
    assert "A remark." in text
    assert "again" in text
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_control_characters_do_not_reach_the_terminal() -> None:
    campaign = replace(sample(), remarks=("bad\x1b[2J",))
    assert "\x1b" not in campaign_text(campaign)


def test_a_site_counts_for_one_flight_only() -> None:
    campaign = sample()
    assert campaign.value == campaign.flights[0].value
    assert campaign.flights[1].value == 0
    assert campaign.sites_observed == frozenset(campaign.flights[0].sites)


def test_the_map_of_many_flights_is_the_same_every_time() -> None:
    routes = [(flight.plan, flight.sites) for flight in sample().flights]
    first, second = (campaign_map(routes * 5, None, "svg") for _ in range(2))
    assert first == second
    assert first.lstrip().startswith(b"<?xml")
