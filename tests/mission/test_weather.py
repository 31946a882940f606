"""Plans under a forecast: they fly where and when the sky is clear."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from overflight.errors import DataError
from overflight.formats.plan_json import mission_plan_to_dict, working_plan_to_dict
from overflight.formats.schema import validate
from overflight.formats.working_json import working_plan_from_dict
from overflight.geo.positions import Position
from overflight.mission.plan import make_plan
from overflight.mission.release import release
from overflight.mission.weather import Weathered, plan_in_weather, ranked, worth_of
from overflight.planning.protocol import RoutePlanner
from overflight.report.text import plan_text
from overflight.report.weather_table import weather_table
from overflight.terms.sites import Site
from overflight.terms.skies import CloudGrid, cloud_grid
from overflight.terms.weather import Odds, WeatherValue
from overflight.terms.working_plan import Observation, WorkingPlan
from strategies import sample_working_plan

QUESTION: dict[str, Any] = {
    "treaty": "open-skies",
    "observing": "DEU",
    "observed": "RUS",
    "on": dt.date(2021, 5, 19),
    "aircraft": "saab-340b",
    "start": "UUMB",
}
SITES = tuple(
    Site(
        f"S{side}{k:02d}", Position(lat=52.5 + k % 5 * 1.7, lon=40.0 + side * (1 + k // 5 * 2)), 1.0
    )
    for side in (-1, 1)
    for k in range(20)
)
"""20 sites to the west and 20 to the east, more than a flight can see."""
FEW = tuple(s for s in SITES if s.id in ("S-101", "S-102", "S-106", "S101", "S102", "S106"))
LATS, LONS = np.array([50.0, 65.0]), np.array([20.0, 39.9, 40.1, 60.0])


def skies(west: float, east: float, *, later: tuple[float, float] | None = None) -> CloudGrid:
    """Cloud in the west and in the east on the 19th, and from the 20th on."""
    first = [west, west, east, east]
    rows = [first] if later is None else [first, [later[0], later[0], later[1], later[1]]]
    cover = np.array([[row, row] for row in rows for _ in range(2)])
    days = ["2021-05-19T00", "2021-05-19T23:59", "2021-05-20T00", "2021-05-24"][: len(cover)]
    if later is None:
        days[-1] = "2021-05-24"
    return cloud_grid(LATS, LONS, cover, np.array(days, "M8[s]"), "a sky by hand")


def planned(sky: CloudGrid, sites: tuple[Site, ...] = SITES, **more: Any) -> Weathered:
    return plan_in_weather(sites, sky, **{"iterations": 6, **QUESTION, **more})


@cache
def eastward() -> WorkingPlan:
    return planned(skies(0.95, 0.1)).best


def halves(plan: WorkingPlan) -> tuple[int, int]:
    """How many sites are seen in the west, and in the east."""
    east = sum(s.startswith("S1") for s in plan.sites_observed)
    return len(plan.sites_observed) - east, east


@pytest.mark.slow
def test_it_flies_to_the_clear_half() -> None:
    blind = make_plan(SITES, **QUESTION, iterations=6)
    west, east = halves(blind)
    assert west < 20 and east < 17
    assert halves(eastward())[1] >= 18 > east
    assert halves(planned(skies(0.1, 0.95)).best)[0] == 20 > west


@pytest.mark.slow
def test_what_is_expected_is_exact() -> None:
    plan = eastward()
    assert plan.weather is not None
    by_hand = sum(0.9 if s.startswith("S1") else 0.05 for s in plan.sites_observed)
    assert plan.weather.expected == pytest.approx(by_hand, abs=1e-9)
    assert plan.weather.reached <= plan.weather.if_clear == plan.value_observed
    assert plan.certificate is not None
    # 20 sites at 0.9 and 20 at 0.05 are all there is
    assert by_hand <= plan.certificate.bound <= 20 * 0.95 + 1e-9
    assert plan.certificate.value == plan.weather.expected
    assert "expected" in plan.certificate.how


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes() -> None:
    once, again = (
        json.dumps(working_plan_to_dict(planned(skies(0.95, 0.1)).best)) for _ in range(2)
    )
    assert once == again == json.dumps(working_plan_to_dict(eastward()))


@pytest.mark.slow
def test_the_document_comes_back_and_nothing_of_it_leaves() -> None:
    plan = eastward()
    document = working_plan_to_dict(plan)
    validate(document, "working-plan")
    again = working_plan_from_dict(json.loads(json.dumps(document)))
    assert again.weather == plan.weather
    handed_over = json.dumps(mission_plan_to_dict(release(plan)))
    for word in ("weather", "cloud", "expected", "by hand", "clear sky"):
        assert word not in handed_over.casefold()
    home = plan_text(plan)
    assert "Expected" in home and "At risk" in home and "90 %" in home
    assert "Expected" not in plan_text(plan, home=False)


@pytest.mark.slow
def test_it_flies_on_the_clearer_day_and_ranks_the_others() -> None:
    starts = tuple(dt.datetime(2021, 5, day, 6, tzinfo=dt.UTC) for day in (19, 20))
    sky = skies(0.9, 0.9, later=(0.2, 0.4))
    found = planned(sky, FEW, starts=starts)
    assert found.best.plan.date == dt.date(2021, 5, 20)
    assert [plan.plan.date for plan in found.others] == [dt.date(2021, 5, 19)]
    arrivals = {p.plan.times.arrival_at_point_of_entry for p in (found.best, *found.others)}
    assert len(arrivals) == 1
    assert str(found.best.findings.verdict) == str(found.others[0].findings.verdict)

    def never(_: RoutePlanner) -> WorkingPlan:
        raise AssertionError("the other start is the one alternative asked for")

    every = ranked(found, never, 1, by_risk=False)
    assert every.others == found.others
    table = weather_table(every.plans, by_risk=False)
    assert table.index("20 06:00") < table.index("19 06:00")
    assert "NOT FOR RELEASE" in table


def worth_in_weather(seen: str, expected: float, reached: float) -> WorkingPlan:
    """A plan that sees the sites of these letters, worth so much under a forecast."""
    at = dt.datetime(2021, 5, 19, 7, tzinfo=dt.UTC)
    return replace(
        sample_working_plan(),
        sites=tuple(Site(name, Position(lat=55.0, lon=40.0)) for name in "abcdefgh"),
        observations=tuple(Observation(name, "framing", 0, 1.0, 0.3, at) for name in seen),
        weather=WeatherValue("by hand", Odds(), float(len(seen)), expected, reached, 0.0, ()),
    )


@pytest.mark.parametrize(("by_risk", "order"), [(False, [4.0, 3.0, 2.0]), (True, [2.0, 4.0, 3.0])])
def test_others_are_ranked_by_what_is_expected_or_reached(
    by_risk: bool, order: list[float]
) -> None:
    day = worth_in_weather("abcd", 3.0, 0.5)
    makes = iter((worth_in_weather("efg", 2.0, 1.9), worth_in_weather("bh", 4.0, 1.0)))
    found = Weathered(worth_in_weather("abcd", 5.0, 3.0), (day,))
    every = ranked(found, lambda _: next(makes), 3, by_risk)
    assert [worth_of(plan, False)[0] for plan in every.others] == order
    table = weather_table(every.plans, by_risk)
    rows = [line.split() for line in table.splitlines() if line.startswith("  alternative")]
    assert [float(row[2]) for row in rows] == order
    assert "with 80 %" in table


@pytest.mark.slow
def test_a_risk_ranks_by_what_is_reached() -> None:
    plan = planned(skies(0.4, 0.4), FEW, by_risk=True, odds=Odds(probability=0.9)).best
    assert plan.weather is not None
    weather = plan.weather
    assert weather.tail <= weather.reached <= weather.expected <= weather.if_clear
    assert worth_of(plan, True) == (weather.reached, weather.expected)
    assert worth_of(plan, False) == (weather.expected, weather.reached)


@pytest.mark.slow
def test_the_other_way_round_where_the_sky_is_clear_in_time() -> None:
    """The south clouds over in the course of the day while the north clears; and the reverse of it.

    What one sky is at a place and time, the other is not.
    """
    sites = tuple(s for s in SITES if int(s.id[-2:]) in (1, 2, 3, 6, 7, 8))
    north = {s.id for s in sites if s.position.lat > 55}
    times = np.array(["2021-05-19T05", "2021-05-19T10", "2021-05-24T00"], "M8[s]")
    early, late = [0.0, 1.0, 1.0], [1.0, 0.0, 0.0]
    begins_north, worth = [], []
    for below, above in ((early, late), (late, early)):
        cover = np.array(
            [[[b] * 4, [b] * 4, [a] * 4, [a] * 4] for b, a in zip(below, above, strict=True)]
        )
        sky = cloud_grid(np.array([50.0, 54.9, 55.1, 65.0]), LONS, cover, times)
        plan = planned(sky, sites, iterations=20).best
        assert plan.weather is not None
        begins_north.append(plan.weather.passes[0].site in north)
        worth.append(plan.weather.expected)
    assert begins_north == [False, True]
    # Flown the same way under both skies, the worth of both together is the number of sites.
    assert sum(worth) > len(sites)


def test_starts_that_cannot_be() -> None:
    sky = skies(0.5, 0.5)
    for day, hour in ((16, 6), (18, 6), (24, 6)):
        start = dt.datetime(2021, 5, day, hour, tzinfo=dt.UTC)
        with pytest.raises(DataError, match="cannot start at") as caught:
            planned(sky, starts=(start,))
        assert caught.value.remedy


def test_a_forecast_for_nothing_of_the_flight_is_refused() -> None:
    sky = cloud_grid(LATS, LONS + 90.0, np.full((1, 2, 4), 0.5))
    with pytest.raises(DataError, match="says nothing of any site"):
        planned(sky)


def test_a_plan_without_a_forecast_has_no_rank() -> None:
    with pytest.raises(DataError, match="without a forecast"):
        worth_of(sample_working_plan(), False)
