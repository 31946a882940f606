"""What a plan is worth under a forecast: sums by hand, sensors by the treaty's categories."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from overflight.errors import DataError
from overflight.geo.positions import Position
from overflight.mission.outlook import (
    LEAST,
    Outlook,
    brightest,
    in_weather,
    sought,
    unhindered,
    weather_value,
)
from overflight.mission.setting import targets_for
from overflight.planning.schedule import Assumptions, FlightClock
from overflight.sensing.swath import Strip
from overflight.terms.sites import Site
from overflight.terms.skies import CloudGrid, cloud_grid
from overflight.terms.weather import Odds
from overflight.terms.working_plan import Observation, WorkingPlan
from overflight.treaty.loader import load_treaty
from strategies import sample_plan, sample_working_plan

DAY = dt.date(2021, 5, 19)
SIX = dt.datetime(2021, 5, 19, 6, tzinfo=dt.UTC)
USUAL = Assumptions()


def clearing(low: float = 0.9, high: float = 0.1, *, east: float = 60.0) -> CloudGrid:
    """Cloud ``low`` at 06:00, ``high`` at 16:00, linear between; the same everywhere."""
    times = np.array(["2021-05-19T06:00", "2021-05-19T16:00"], "M8[s]")
    cover = np.array([low, high])[:, None, None].repeat(2, 1).repeat(2, 2)
    return cloud_grid(np.array([45.0, 70.0]), np.array([20.0, east]), cover, times, "by hand")


def site(name: str, lat: float, lon: float, value: float) -> Site:
    return Site(name, Position(lat=lat, lon=lon), value)


def seen(name: str, hours: float, sensor: str = "framing") -> Observation:
    return Observation(name, sensor, 0, 1.0, 0.3, SIX + dt.timedelta(hours=hours))


def plan_that_sees(*observations: Observation) -> WorkingPlan:
    sites = (site("A", 56, 39, 5.0), site("B", 55, 44, 3.0), site("C", 53, 44, 8.0))
    return replace(sample_working_plan(), sites=sites, observations=observations)


def test_expected_is_the_sum_of_value_times_probability() -> None:
    """Clear at 06:00 + h: 0.1 + 0.08 h. A after 1 h: 0.18, B after 5 h: 0.5."""
    working = plan_that_sees(seen("A", 1), seen("B", 5))
    found = weather_value(working, Outlook(clearing()), ())
    assert found.expected == pytest.approx(5 * 0.18 + 3 * 0.5, abs=1e-12)
    assert found.if_clear == 8.0 and found.unknown == ()
    assert [(p.site, round(p.clear or 0, 9)) for p in found.passes] == [("A", 0.18), ("B", 0.5)]


def test_a_site_passed_twice_counts_by_its_clearest_pass() -> None:
    working = plan_that_sees(seen("A", 1), seen("A", 7, "oblique"), seen("A", 3, "infrared"))
    found = weather_value(working, Outlook(clearing()), ())
    assert found.expected == pytest.approx(5 * 0.66)
    assert [(p.sensor, p.cloud) for p in found.passes] == [("oblique", pytest.approx(0.34))]


def test_a_sensor_that_no_weather_hinders_sees_whatever_is_known() -> None:
    working = plan_that_sees(seen("A", 1), seen("A", 2, "radar"), seen("C", 99, "radar"))
    found = weather_value(working, Outlook(clearing()), ("radar",))
    assert found.expected == 13.0 and found.reached == 13.0 and found.tail == 13.0
    assert {p.site: p.cloud is None for p in found.passes} == {"A": False, "C": True}
    assert found.unknown == ()


def test_what_is_not_known_is_named_and_counts_with_nothing() -> None:
    working = plan_that_sees(seen("A", 1), seen("B", 40))
    outlook = Outlook(clearing())
    found = weather_value(working, outlook, ())
    assert found.unknown == ("B",)
    assert found.expected == pytest.approx(5 * 0.18)
    view = load_treaty("open-skies").on(DAY)
    told = in_weather(working, outlook, view)
    assert any("unknown" in said and said.endswith("B.") for said in told.assumptions)
    assert in_weather(working, None, view) is working


def test_value_at_risk_by_hand() -> None:
    """A and B clear with 1/2 each. Each for itself: 8, 5, 3, 0 with 1/4 each. Alike: 8 or 0."""
    working = plan_that_sees(seen("A", 5), seen("B", 5))
    alone = Odds(probability=0.7, correlation_km=0.0, draws=20_000)
    alike = Odds(probability=0.7, correlation_km=math.inf, correlation_hours=math.inf)
    one = weather_value(working, Outlook(clearing(), alone), ())
    other = weather_value(working, Outlook(clearing(), alike), ())
    assert one.reached == 3.0 and one.expected == other.expected == pytest.approx(4.0)
    assert one.tail == pytest.approx(0.05 * 3 / 0.3, abs=0.1)
    assert other.reached == 0.0 and other.tail == 0.0
    sure = weather_value(working, Outlook(clearing(), replace(alike, probability=0.4)), ())
    assert sure.reached == 8.0


def test_the_treaty_says_which_sensors_weather_hinders() -> None:
    """VIII.II.2 names optical sensors and infra-red line-scanning devices, not radar."""

    @dataclass(frozen=True)
    class Carried:
        id: str
        category: str

    view = load_treaty("open-skies").on(DAY)
    every = [Carried(f"my-{category.id}", category.id) for category in view.treaty.categories]
    assert unhindered(view, [*every, Carried("odd", "unheard-of")]) == {"my-sar"}


# --- what a search is told ------------------------------------------------------------------


def test_sites_are_sought_by_the_mean_over_the_day() -> None:
    here, gone = site("A", 56, 39, 5.0), site("B", 55, 100, 3.0)
    # the flying day is 06:00 to 16:00: 0.1 to 0.9, 0.5 in the mean; nothing is known of B
    assert sought(Outlook(clearing()), [here, gone], DAY, USUAL) == (pytest.approx(0.5), LEAST)
    told = Outlook(clearing(), clear={"A": 0.25})
    assert sought(told, [here, gone], DAY, USUAL) == (0.25, LEAST)


def test_a_forecast_of_another_day_or_place_is_refused() -> None:
    with pytest.raises(DataError, match="says nothing of any site") as caught:
        sought(Outlook(clearing()), [site("A", 56, 39, 5.0)], DAY + dt.timedelta(days=9), USUAL)
    assert "2021-05-19T06:00Z to 2021-05-19T16:00Z" in caught.value.message
    with pytest.raises(DataError, match="longitudes 20 to 30"):
        sought(Outlook(clearing(east=30.0)), [site("A", 56, 39, 5.0)], DAY, USUAL)


def test_no_plan_sees_a_site_clearer_than_at_its_brightest() -> None:
    times = np.array(["2021-05-19T06", "2021-05-19T11", "2021-05-19T16", "2021-06-30T00"], "M8[s]")
    cover = np.array([0.9, 0.3, 0.8, 0.0])[:, None, None].repeat(2, 1).repeat(2, 2)
    skies = cloud_grid(np.array([45.0, 70.0]), np.array([20.0, 60.0]), cover, times)
    window = (USUAL.arrives(DAY) + dt.timedelta(hours=96) - SIX).total_seconds() / 3600.0
    end = 0.2 + 0.8 * (window - 10.0) / (41.0 * 24.0 + 8.0)  # clear at the end of the window
    found = brightest(Outlook(skies), [site("A", 56, 39, 5.0)], DAY, USUAL)
    assert found == (pytest.approx(max(0.7, end)),)


@dataclass(frozen=True)
class Camera:
    id: str
    category: str
    near_deg: float
    far_deg: float
    sides: str = "both"
    resolution_at_h_min_m: float = 0.3
    h_min_m: float = 1000.0


def test_the_rest_of_a_value_is_for_sensors_that_no_weather_hinders() -> None:
    """Seen by the camera 5 x 0.2 counts, by the radar 5 in all."""

    @dataclass(frozen=True)
    class Told:
        sites: tuple[Site, ...]
        sensors: tuple[Camera, ...]
        view: object
        height_m: float = 1000.0
        lower_m: tuple[float, ...] = ()

    view = load_treaty("open-skies").on(DAY)
    clock = FlightClock(450.0, DAY, USUAL)
    camera = Camera("camera", "optical-framing", 0.0, 45.0)
    radar = Camera("radar", "sar", 50.0, 80.0)
    sites = (site("A", 56, 39, 5.0), site("B", 55, 44, 3.0))
    alone = targets_for(Told(sites, (camera,), view), clock, (0.2, 1.0))  # type: ignore[arg-type]
    assert [(t.name, t.value) for t in alone] == [("A", 1.0), ("B", 3.0)]
    both = targets_for(Told(sites, (camera, radar), view), clock, (0.2, 1.0))  # type: ignore[arg-type]
    assert [(t.name, t.value) for t in both] == [("A", 1.0), ("B", 3.0), ("A", 4.0)]
    assert len(both[0].strips) == 2
    (strip,) = both[2].strips
    assert isinstance(strip, Strip)
    assert strip.near_km == pytest.approx(math.tan(math.radians(50.0)))
    plain = targets_for(Told(sites, (camera, radar), view), clock)  # type: ignore[arg-type]
    assert [(t.name, t.value) for t in plain] == [("A", 5.0), ("B", 3.0)]


def test_the_sample_plan_has_no_weather() -> None:
    assert sample_working_plan().weather is None
    assert not hasattr(sample_plan(), "weather")
