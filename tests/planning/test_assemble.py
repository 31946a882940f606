"""A route as a plan: names, lengths, times, and what each sensor sees when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from planning_samples import HOME, go, km, off_leg_km

from overflight.geo.positions import Position
from overflight.planning.assemble import Circumstances, mission_plan, name_fixes, observations
from overflight.planning.problem import Route
from overflight.planning.schedule import Assumptions, Timetable, timetable
from overflight.terms.aircraft import Aircraft, Sensor
from overflight.terms.mission_plan import PlanAirfield
from overflight.terms.sites import Site
from overflight.terms.values import CitedValue, Status

DAY = dt.date(2021, 5, 19)
VERTICAL = Sensor("vertical", "optical-framing", "v", 2000.0, 0.3, 0.0, 45.0, assumed=("far_deg",))
LEFT = Sensor("left", "optical-framing", "l", 1000.0, 0.3, 30.0, 60.0, sides="left")
EAST, NORTH = go(HOME.position, 90, 200), go(HOME.position, 0, 200)
ROUTE = Route(
    (HOME, HOME, HOME),
    ((EAST.rounded_to_minutes(), NORTH.rounded_to_minutes()), (go(HOME.position, 240, 100),)),
)
LEVEL = (2000.0,) * 5
"""The height of each leg."""


def figure(value: float) -> CitedValue:
    return CitedValue("x", value, "km", dt.date(2002, 1, 1), None, Status.ASSUMED, ())


def times(route: Route, cruise: float = 400.0) -> Timetable:
    ways = [route.stage_path(i) for i in range(len(route.stages))]
    lengths = [[km(a, b) for a, b in pairwise(way)] for way in ways]
    return timetable(lengths, cruise, DAY, Assumptions())


def about(**changes: object) -> Circumstances:
    home = PlanAirfield("HOME", "Home", HOME.position)
    plane = Aircraft(
        "x", "X", "ZZZZ", "XAA", figure(2000), figure(400), figure(9000), (VERTICAL, LEFT)
    )
    base = Circumstances(
        treaty="t",
        observing="XAA",
        observed="XBB",
        quota_holder="XBB",
        aircraft=plane,
        provided_by="XAA",
        cruise_km_h=400.0,
        sensors=(VERTICAL, LEFT),
        heights_m=LEVEL,
        airfields={"HOME": home},
        over_territory=lambda a, b: km(a, b) / 2,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_fixes_have_names_of_their_own() -> None:
    fixes = name_fixes(ROUTE)
    assert [fix.id for fix in fixes] == ["HOME", "F01", "F02", "HOME/2", "F03", "HOME/3"]
    assert [fix.airfield for fix in fixes] == ["HOME", None, None, "HOME", None, "HOME"]


def test_legs_run_from_fix_to_fix_with_true_lengths_and_times() -> None:
    plan = mission_plan(ROUTE, times(ROUTE), about())
    assert plan.path == ROUTE.path
    assert [(leg.start, leg.end) for leg in plan.legs][:3] == [
        ("HOME", "F01"),
        ("F01", "F02"),
        ("F02", "HOME/2"),
    ]
    for leg, a, b in zip(plan.legs, plan.path, plan.path[1:], strict=False):
        assert leg.distance_km == pytest.approx(km(a, b), abs=1e-6)
        assert leg.departs is not None
        assert leg.arrives is not None
        flown = (leg.arrives - leg.departs).total_seconds() / 3600 * 400.0
        assert flown == pytest.approx(leg.distance_km, abs=0.2)
    assert plan.flight_distance_km == pytest.approx(sum(leg.distance_km for leg in plan.legs) / 2)
    (stop,) = plan.stops
    assert (stop.fix, stop.purpose) == ("HOME/2", "refuelling")
    assert plan.date == DAY


def test_no_leg_shows_whether_it_has_something_to_see() -> None:
    plan = mission_plan(ROUTE, times(ROUTE), about())
    assert {leg.sensors for leg in plan.legs} == {("vertical", "left")}
    assert {leg.height_agl_m for leg in plan.legs} == {2000.0}


def test_altitude_is_height_above_the_highest_ground_where_that_is_known() -> None:
    ground = [100.0, None, 0.0, 30.0, 20.0]
    plan = mission_plan(ROUTE, times(ROUTE), about(terrain=lambda _path: ground))
    assert [leg.altitude_m for leg in plan.legs] == [2100.0, None, 2000.0, 2030.0, 2020.0]


def test_what_is_assumed_about_a_sensor_is_said() -> None:
    vertical, left = mission_plan(ROUTE, times(ROUTE), about()).sensors
    assert vertical.basis == "assumed: far_deg"
    assert left.basis == ""
    assert left.ground_resolution_m == 0.3  # at its own H_min, as it was certified


def beside_first_leg(off: float, share: float = 0.5) -> Position:
    """A place ``off`` km to the right (negative: left) of the leg to the east."""
    from geographiclib.geodesic import Geodesic

    a, b = ROUTE.path[0], ROUTE.path[1]
    line = Geodesic.WGS84.InverseLine(a.lat, a.lon, b.lat, b.lon)
    foot = line.Position(share * line.s13)
    return go(Position(lat=foot["lat2"], lon=foot["lon2"]), foot["azi2"] + 90.0, off)


def test_each_sensor_sees_its_side() -> None:
    sites = [
        Site("below", beside_first_leg(0.1)),
        Site("left", beside_first_leg(-2.5)),
        Site("right", beside_first_leg(2.5)),
        Site("ahead", go(ROUTE.path[1], 90, 1.0)),
    ]
    found = observations(ROUTE, times(ROUTE), sites, (VERTICAL, LEFT), LEVEL)
    assert {(o.site, o.sensor) for o in found} == {("below", "vertical"), ("left", "left")}
    for seen in found:
        site = next(site for site in sites if site.id == seen.site)
        a, b = ROUTE.path[seen.leg : seen.leg + 2]
        assert seen.off_track_km == pytest.approx(off_leg_km(a, b, site.position), abs=1e-3)
        assert seen.at - dt.datetime(2021, 5, 19, 6, 15, tzinfo=dt.UTC) < dt.timedelta(minutes=1)


def test_a_site_that_needs_more_is_not_observed() -> None:
    place = beside_first_leg(0.1)
    sites = [Site("fine", place, resolution_m=0.29), Site("coarse", place, resolution_m=0.31)]
    found = observations(ROUTE, times(ROUTE), sites, (VERTICAL,), LEVEL)
    assert [o.site for o in found] == ["coarse"]


def test_outside_its_window_a_site_is_not_observed() -> None:
    at = dt.datetime(2021, 5, 19, 6, 15, tzinfo=dt.UTC)
    place, hour = beside_first_leg(0.1), dt.timedelta(hours=1)
    sites = [
        Site("now", place, earliest=at - hour, latest=at + hour),
        Site("later", place, earliest=at + hour),
        Site("earlier", place, latest=at - hour),
    ]
    found = observations(ROUTE, times(ROUTE), sites, (VERTICAL,), LEVEL)
    assert [o.site for o in found] == ["now"]


def test_of_several_passes_the_sharpest_is_reported() -> None:
    there = HOME.position
    back = Route((HOME, HOME), ((EAST.rounded_to_minutes(), go(there, 91.0, 60.0)),))
    site = Site("twice", go(there, 90.4, 100.0))
    (found,) = observations(back, times(back), [site], (VERTICAL,), LEVEL)
    away = [off_leg_km(a, b, site.position) for a, b in pairwise(back.path)]
    assert found.off_track_km == pytest.approx(min(away), abs=1e-3)


def test_no_sites_no_observations() -> None:
    assert observations(ROUTE, times(ROUTE), [], (VERTICAL,), LEVEL) == ()
