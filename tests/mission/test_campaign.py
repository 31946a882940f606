"""Campaigns on real data: lawful flights, sites counted once, quotas told, bounds that hold."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import DataError, PlanError
from overflight.formats.campaign_json import campaign_to_dict
from overflight.formats.schema import validate
from overflight.geo.positions import Position
from overflight.mission.campaign import make_campaign
from overflight.mission.campaign_bound import campaign_bound
from overflight.mission.campaign_documents import flight_folder, other_flights, write_campaign
from overflight.mission.campaign_quota import quota_findings
from overflight.mission.check import check_plan
from overflight.mission.documents import write_documents
from overflight.mission.landing_places import starts_from
from overflight.mission.pairings import pairing
from overflight.mission.prepared import prepared
from overflight.mission.release import release
from overflight.performance.wind import Wind
from overflight.report.campaign import campaign_text
from overflight.terms.campaign import Campaign
from overflight.terms.findings import Verdict
from overflight.terms.sites import Site
from overflight.treaty.loader import load_treaty

DAY = dt.date(2021, 5, 19)
LATER = dt.date(2021, 6, 16)
PLACES = (
    *((56.9, 40.9, 5), (54.6, 39.7, 3), (57.8, 38.4, 8), (53.1, 34.1, 2), (58.5, 31.3, 5)),
    *((59.3, 38.0, 8), (52.0, 39.2, 5), (51.7, 36.2, 3), (55.8, 49.1, 8), (56.3, 44.0, 5)),
    *((60.0, 32.3, 3), (53.2, 45.0, 5), (48.7, 44.5, 8), (61.8, 34.3, 5), (50.6, 36.6, 2)),
)
SITES = tuple(
    Site(f"S{k:02d}", Position(lat=lat, lon=lon), float(value), f"Place {k}")
    for k, (lat, lon, value) in enumerate(PLACES)
)


def campaign(**changes: Any) -> Campaign:
    """Germany over Russia from Kubinka, little searched."""
    asked: dict[str, Any] = {
        "flights": 2,
        "on": DAY,
        "treaty": "open-skies",
        "observing": "DEU",
        "observed": "RUS",
        "aircraft": "saab-340b",
        "start": "UUMB",
        "iterations": 60,
        "max_fixes": 5,
    }
    return make_campaign(changes.pop("sites", SITES), **(asked | changes))


@pytest.fixture(scope="module")
def two() -> Campaign:
    return campaign()


def test_every_flight_keeps_the_treaty_and_the_limit_on_fixes(two: Campaign) -> None:
    assert [flight.number for flight in two.flights] == [1, 2]
    for flight in two.flights:
        assert check_plan(flight.plan.plan).verdict is Verdict.COMPLIANT
        assert sum(fix.airfield is None for fix in flight.plan.plan.fixes) <= 5
        assert flight.plan.plan.flight_distance_km <= 5500
        assert flight.plan.max_fixes == 5


def test_a_site_counts_once(two: Campaign) -> None:
    worth = {site.id: site.value for site in SITES}
    first, second = two.flights
    assert not set(first.sites) & set(second.sites)
    assert set(first.sites) == first.plan.sites_observed
    assert set(second.sites) == second.plan.sites_observed - first.plan.sites_observed
    assert set(second.again) == second.plan.sites_observed & first.plan.sites_observed
    seen = first.plan.sites_observed | second.plan.sites_observed
    assert two.sites_observed == seen
    assert two.value == math.fsum(worth[site] for site in seen)
    assert first.value >= second.value > 0


def test_the_certificate_is_of_all_flights(two: Campaign) -> None:
    assert two.certificate is not None
    assert two.value <= two.certificate.bound <= two.value_total
    assert two.certificate.value == two.value
    assert all(flight.plan.certificate is None for flight in two.flights)


def test_nothing_of_the_sites_is_in_a_release(two: Campaign, tmp_path: Path) -> None:
    for flight in two.flights:
        written = write_documents(flight.plan, flight_folder(tmp_path, flight.number))
        for file in written.release.iterdir():
            content = file.read_bytes()
            assert b"Place " not in content and b"planned together" not in content
    home = write_campaign(two, tmp_path)
    assert {file.name for file in home.iterdir()} == {"campaign.json", "campaign.txt", "map.png"}
    assert {path.name for path in tmp_path.iterdir()} == {"home", "flight-1", "flight-2"}
    assert (home / "map.png").read_bytes().startswith(b"\x89PNG")
    document = json.loads((home / "campaign.json").read_text(encoding="utf-8"))
    validate(document, "campaign")
    assert other_flights(tmp_path, 1) == [tmp_path / "flight-2"]
    assert other_flights(tmp_path, 2) == []


def test_a_release_does_not_depend_on_the_other_flights_sites(two: Campaign) -> None:
    """What is handed over is a mission plan and nothing more: no site of anybody in it."""
    for flight in two.flights:
        text = str(release(flight.plan))
        assert not any(site.id in text for site in SITES)


def test_the_document_keeps_its_schema_and_holds_the_plans(two: Campaign) -> None:
    document = campaign_to_dict(two)
    validate(json.loads(json.dumps(document)), "campaign")
    for part in document["flights"]:
        validate(json.loads(json.dumps(part["working_plan"])), "working-plan")
    assert document["value_observed"] == sum(part["value"] for part in document["flights"])


def test_the_text_fits_and_says_what_counts(two: Campaign) -> None:
    text = campaign_text(two)
    assert text.startswith("WORKING PLAN - NOT FOR RELEASE")
    assert max(map(len, text.splitlines())) <= 80
    assert f"value {two.value:g} of {two.value_total:g}" in " ".join(text.split())
    assert "Ann.A.I.1" in text  # the passive quota's paragraph


def test_the_same_seed_gives_the_same_documents(two: Campaign) -> None:
    again = campaign()
    assert json.dumps(campaign_to_dict(again)) == json.dumps(campaign_to_dict(two))
    assert campaign_text(again) == campaign_text(two)


def test_days_of_their_own() -> None:
    made = campaign(on=[DAY, LATER])
    assert [flight.plan.plan.date for flight in made.flights] == [DAY, LATER]
    for flight in made.flights:
        assert check_plan(flight.plan.plan).verdict is Verdict.COMPLIANT
    assert len(made.quota) == 2  # one year


@pytest.mark.slow
def test_airfields_are_chosen_where_several_may_do() -> None:
    made = campaign(start="any", iterations=100, max_fixes=None)
    assert made.flights
    assert any("Airfields were chosen" in remark for remark in made.remarks)
    for flight in made.flights:
        assert flight.plan.plan.start.code == flight.plan.plan.end.code


def test_fewer_flights_where_another_shows_nothing() -> None:
    made = campaign(sites=SITES[:2], flights=3, max_fixes=None)
    assert len(made.flights) == 1
    assert any("3 flights were asked for" in remark for remark in made.remarks)
    assert "1 flights (of 3 asked for)" in campaign_text(made)


@pytest.mark.slow
def test_in_a_wind_each_flight_is_one_that_can_be_flown() -> None:
    made = campaign(wind=Wind(60.0, 270.0))
    for flight in made.flights:
        assert check_plan(flight.plan.plan).verdict is Verdict.COMPLIANT
    assert not set(made.flights[0].sites) & set(made.flights[-1].sites) or len(made.flights) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"flights": 0}, "0 flights"),
        ({"flights": 3, "on": [DAY, LATER]}, "2 days are given for 3 flights"),
        ({"planner": object()}, "take no planner"),
        ({"max_fixes": -1}, "at most -1 fixes"),
        ({"iterations": 0}, "no number of steps"),
    ],
)
def test_what_cannot_be_asked(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words) as failed:
        campaign(**changes)
    assert failed.value.remedy


@pytest.mark.slow
def test_too_few_fixes_for_anything_is_told() -> None:
    with pytest.raises(PlanError, match="fixes") as failed:
        campaign(max_fixes=1)
    assert "--max-fixes" in failed.value.remedy


# --- quotas -----------------------------------------------------------------------------------


def test_more_flights_than_the_passive_quota_are_a_hint_with_the_paragraph() -> None:
    """Annex A, Section I: 42 observation flights a year over Russia and Belarus."""
    view = load_treaty("open-skies").on(DAY)
    _, passive = quota_findings([view] * 43, "DEU", "RUS")
    assert passive.verdict is Verdict.BREACH
    assert passive.limit == 42
    assert passive.measured == 43
    assert "Ann.A.I.1" in passive.cite
    assert quota_findings([view] * 42, "DEU", "RUS")[1].verdict is Verdict.COMPLIANT


def test_an_active_quota_that_nobody_published_stays_unknown() -> None:
    view = load_treaty("open-skies").on(DAY)
    active = quota_findings([view], "DEU", "RUS")[0]
    assert active.verdict is Verdict.UNDETERMINED
    assert active.limit is None


def test_each_year_has_its_quota() -> None:
    book = load_treaty("open-skies")
    views = [book.on(dt.date(year, 5, 19)) for year in (2018, 2019, 2019)]
    found = quota_findings(views, "DEU", "RUS")
    assert [finding.measured for finding in found if finding.rule == "passive-quota"] == [1, 2]


# --- the bound --------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.0, 2.0])
def test_the_bound_of_many_flights_is_no_less_than_what_they_see(
    two: Campaign, seconds: float
) -> None:
    ready = prepared(
        SITES,
        treaty="open-skies",
        observing="DEU",
        observed="RUS",
        on=DAY,
        aircraft="saab-340b",
    )
    (start,) = starts_from(ready.setting.view, "RUS", "UUMB")
    pair = pairing(ready.setting, start, start)
    one, both, three = (campaign_bound([pair] * n, 0.0, 1e6, seconds).bound for n in (1, 2, 3))
    assert one <= both * (1 + 1e-6) <= three * (1 + 1e-6) ** 2
    assert both >= two.value
    assert campaign_bound([pair] * 2, 0.0, 7.0, seconds).bound == 7.0
    other = pairing(ready.setting, start, start, seed=5)
    assert campaign_bound([pair, other], 0.0, 1e6, seconds).bound >= both * (1 - 1e-6)
