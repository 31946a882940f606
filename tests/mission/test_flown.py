"""A plan in the wind: times by the wind triangle, limits kept, and what turns lose is said."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from functools import cache
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from overflight.errors import DataError, UnknownValueError
from overflight.geo.geodesic import destination
from overflight.geo.positions import Position
from overflight.mission import flown
from overflight.mission.again import Given, made_in_wind, question_of
from overflight.mission.airfield_sites import airfield_sites
from overflight.mission.flown import for_bound, in_turns, out_of_hours
from overflight.mission.plan import make_plan
from overflight.performance.fuel import FuelModel, SteadyFlow
from overflight.performance.handling import CHOOSE, Handling
from overflight.performance.planned import not_shown
from overflight.performance.turns import OVERFLIGHT_TURN, TURN_SHORT
from overflight.performance.wind import Wind, WindField
from overflight.performance.wind_grid import wind_grid
from overflight.planning.problem import Place, PlanningProblem, Route, Target
from overflight.planning.schedule import Assumptions, FlightClock, timetable
from overflight.sensing.swath import Strip
from overflight.terms.findings import Verdict
from overflight.terms.sites import Site
from overflight.terms.working_plan import Observation, WorkingPlan
from overflight.treaty.geography import geography
from overflight.treaty.loader import load_treaty

DAY = dt.date(2021, 5, 19)
SPREAD = ((1.3, 4.2), (-1.0, 3.0), (2.2, 1.7), (-2.5, -2.6), (2.9, -5.4), (0.3, -4.0), (-3.4, 1.1))
SITES = tuple(Site(f"S{i}", Position(55.6 + a, 36.7 + b)) for i, (a, b) in enumerate(SPREAD))
WEST = Wind.blowing_from(270, 90)


@cache
def plan(wind: WindField | None = None, **changes: Any) -> WorkingPlan:
    asked: dict[str, Any] = {
        "treaty": "open-skies",
        "observing": "DEU",
        "observed": "RUS",
        "on": DAY,
        "aircraft": "saab-340b",
        "start": "UUMB",
        "iterations": 60,
    }
    if wind is not None:
        asked["wind"] = wind
    return make_plan(SITES, **(asked | changes))


def hours(leg: Any) -> float:
    return float((leg.arrives - leg.departs).total_seconds() / 3600.0)


def by_the_triangle(a: Position, b: Position, airspeed: float, wind: Wind) -> float:
    """Hours from a to b in 40 pieces: along the track w cos + sqrt(v^2 - (w sin)^2)."""
    line = Geodesic.WGS84.InverseLine(a.lat, a.lon, b.lat, b.lon)
    spent, pieces = 0.0, 40
    for i in range(pieces):
        here = line.Position((i + 0.5) / pieces * line.s13)
        off = math.atan2(wind.u, wind.v) - math.radians(here["azi2"])
        w = math.hypot(wind.u, wind.v)
        ground = w * math.cos(off) + math.sqrt(airspeed**2 - (w * math.sin(off)) ** 2)
        spent += line.s13 / 1000.0 / pieces / ground
    return spent


def test_leg_times_are_those_of_the_wind_triangle() -> None:
    made = plan(WEST)
    assert made.flyability is not None
    turned = {turn.fix: turn.extra_km for turn in made.flyability.turns}
    climbing = {0, len(made.plan.legs) - 1} | {
        i for i, f in enumerate(made.plan.fixes) if f.airfield
    }
    climbing |= {i - 1 for i in climbing}
    level = [i for i in range(len(made.plan.legs)) if i not in climbing]
    assert level
    for i in level:
        a, b = made.plan.fixes[i].position, made.plan.fixes[i + 1].position
        length = made.plan.legs[i].distance_km
        alone = by_the_triangle(a, b, made.plan.cruise_km_h, WEST)
        expected = alone * (length + turned[i]) / length  # an overflight turn is flown on its leg
        assert hours(made.plan.legs[i]) == pytest.approx(expected, rel=2e-3, abs=1.0 / 3600.0)


def test_the_plan_in_the_wind_keeps_range_and_windows() -> None:
    made = plan(WEST)
    assert made.findings.verdict is Verdict.COMPLIANT
    assert made.flyability is not None
    for stage in made.flyability.stages:
        assert stage.range_left_km is not None and stage.range_left_km >= 0.0
        assert stage.hours <= Assumptions().flying_day
    times = made.plan.times
    assert times.completion is not None and times.arrival_at_point_of_entry is not None
    assert times.completion - times.arrival_at_point_of_entry <= dt.timedelta(hours=96)
    landed = sum(hours(leg) for leg in made.plan.legs)
    assert landed == pytest.approx(made.flyability.hours, abs=len(made.plan.legs) / 3600.0)
    assert not any("Still air" in said for said in made.assumptions)
    assert any("they count the wind" in said for said in made.assumptions)
    assert made.certificate is not None and made.certificate.bound >= made.value_observed


@pytest.mark.slow
def test_turns_and_climbs_do_not_take_a_stage_beyond_the_range() -> None:
    """In a breath of wind the range is the whole limit, and many turns would exceed it."""
    view = load_treaty("open-skies").on(DAY)
    inside = geography(view, "RUS").in_territory
    many = airfield_sites(inside, seed=1, bbox=(27.0, 43.0, 66.0, 70.0))
    made = make_plan(
        many, treaty="open-skies", observing="DEU", observed="RUS", on=DAY,
        aircraft="saab-340b", start="UUMB", iterations=200, wind=Wind.blowing_from(270, 2),
    )  # fmt: skip
    assert made.flyability is not None
    left = [stage.range_left_km for stage in made.flyability.stages]
    assert all(km is not None and km >= 0.0 for km in left)
    assert min(km for km in left if km is not None) < 200.0


def test_still_air_is_as_before_and_says_what_turns_take() -> None:
    made = plan()
    for leg in made.plan.legs:
        expected = leg.distance_km / made.plan.cruise_km_h
        assert hours(leg) == pytest.approx(expected, abs=1.0 / 3600.0)
    assert made.plan.turn_technique == OVERFLIGHT_TURN
    assert made.flyability is not None
    later = (made.flyability.hours - sum(hours(leg) for leg in made.plan.legs)) * 60
    assert any(f"take about {later:.0f} minutes" in said for said in made.assumptions)


def test_a_field_that_is_the_same_everywhere_is_that_wind() -> None:
    lats, lons = np.array([40.0, 70.0]), np.array([20.0, 60.0])
    shape = (1, 1, 2, 2)
    field = wind_grid(
        lats, lons, np.full(shape, WEST.u / 3.6), np.full(shape, WEST.v / 3.6), None, None
    )
    steady, gridded = plan(WEST), make_again(field)
    assert gridded.plan.path == steady.plan.path
    for a, b in zip(steady.plan.legs, gridded.plan.legs, strict=True):
        assert a.departs is not None and b.departs is not None
        assert abs(a.departs - b.departs) <= dt.timedelta(seconds=20)  # finer steps


def make_again(field: WindField) -> WorkingPlan:
    return make_plan(
        SITES, treaty="open-skies", observing="DEU", observed="RUS", on=DAY,
        aircraft="saab-340b", start="UUMB", iterations=60, wind=field,
    )  # fmt: skip


def test_the_technique_is_the_one_asked_for() -> None:
    made = plan(handling=Handling(TURN_SHORT, bank_deg=20.0))
    assert made.plan.turn_technique == TURN_SHORT
    assert made.flyability is not None and made.flyability.bank_deg == 20.0
    again = question_of(made)
    assert again["handling"] == Handling(TURN_SHORT, bank_deg=20.0)
    assert question_of(made, Given(handling=Handling()))["handling"] == Handling()
    assert not made_in_wind(made) and made_in_wind(plan(WEST))


def test_turns_chosen_for_sites_are_refused() -> None:
    with pytest.raises(DataError, match="one turn technique"):
        plan(handling=Handling(CHOOSE))


def test_a_wind_too_strong_is_refused() -> None:
    with pytest.raises(DataError, match=r"km/h of wind|too strong"):
        plan(Wind.blowing_from(270, 480))


@pytest.mark.parametrize("technique", [OVERFLIGHT_TURN, TURN_SHORT])
def test_what_counts_as_seen_is_passed_level_and_at_height(technique: str) -> None:
    made = plan(handling=Handling(technique))
    flight = made.flyability
    assert flight is not None
    assert made.sites_observed
    assert not not_shown(made.plan, made.sites, made.observations, flight)
    for seen in made.observations:
        low, high = flight.legs[seen.leg].shows_km
        a, b = (fix.position for fix in made.plan.fixes[seen.leg : seen.leg + 2])
        site = next(s.position for s in made.sites if s.id == seen.site)
        # The foot of the site on the leg, by the sphere's right-angled triangle.
        to, leg = (Geodesic.WGS84.Inverse(a.lat, a.lon, p.lat, p.lon) for p in (site, b))
        off = math.radians(to["azi1"] - leg["azi1"])
        along = 6371.0 * math.atan(math.tan(to["s12"] / 6371e3) * math.cos(off))
        assert low - 0.5 <= along <= high + 0.5


def test_stages_keep_the_range_as_they_are_flown() -> None:
    made = plan()
    assert made.flyability is not None
    left = [stage.range_left_km for stage in made.flyability.stages]
    assert all(km is not None and km >= 0.0 for km in left)


def test_what_is_beside_a_turn_is_named_and_does_not_count() -> None:
    home = Place("HOME", Position(55.0, 37.0))
    turn = destination(home.position, 90, 300)
    after = destination(turn, 5, 5)  # on the leg to the next fix, in the turn onto it
    far = destination(turn, 5, 300)
    targets = tuple(Target(at, 1.0, (Strip(0.0, 2.0),)) for at in (after, far))
    problem = PlanningProblem(targets, home, home, (home,), 5000.0, 1700.0)
    route = Route((home, home), ((turn, far),))
    sites = [Site("after", after, name="After"), Site("far", far)]
    seen = Observation("far", "camera", 1, 0.0, 0.3, Assumptions().commences(DAY))
    (said,) = in_turns(problem, route, sites, [seen])
    assert "After" in said
    assert "far" not in said


def test_fuel_where_somebody_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert plan().flyability is not None
    assert plan().flyability.fuel_kg is None  # type: ignore[union-attr]

    def known(_type: str) -> FuelModel:
        return FuelModel(SteadyFlow(400.0), 13_000.0, "Four hundred an hour.", 2_500.0)

    def unknown(_type: str, _cruise: float) -> Any:
        raise UnknownValueError("no rates", remedy="none")

    monkeypatch.setattr(flown, "openap_fuel", known)
    monkeypatch.setattr(flown, "openap_rates", unknown)
    made = plan(seed=2)
    assert made.flyability is not None
    assert made.flyability.fuel_kg == pytest.approx(400.0 * made.flyability.hours)
    assert "Four hundred an hour." in made.assumptions


# --- small parts ----------------------------------------------------------------------------------


def test_leg_hours_that_are_given_are_the_times() -> None:
    found = timetable([[0.0, 0.0], [0.0]], 450.0, DAY, Assumptions(), [[1.0, 0.5], [2.0]])
    begin = Assumptions().commences(DAY)
    after = [(when - begin).total_seconds() / 3600.0 for when in found.arrives]
    assert after == [1.0, 1.5, 1.5 + 1.5 + 2.0]  # an hour and a half to refuel
    # 9 h and, after a stop, 2 h more are no day's flying any longer: rest until morning.
    late = timetable([[0.0], [0.0]], 450.0, DAY, Assumptions(), [[9.0], [2.0]])
    assert late.landings[0].purpose == "rest"
    assert late.departs[1] == begin + dt.timedelta(days=1)


def test_sites_that_the_wind_makes_late_are_named() -> None:
    home = Place("HOME", Position(55.0, 37.0))
    there = destination(home.position, 90, 225)  # half an hour at 450 km/h
    clock = FlightClock(450.0, DAY, Assumptions())
    strip = Strip(0.0, 10.0)
    targets = tuple(
        Target(there, 1.0, (strip,), opens=low, closes=high) for low, high in ((0.4, 0.6), (-9, 99))
    )
    route = Route((home, home), ((there,),))
    problem = PlanningProblem(targets, home, home, (home,), 5000.0, 1700.0, clock=clock)
    sites = [Site("early", there, name="Early"), Site("any", there)]
    (said,) = out_of_hours(problem, route, sites, ())
    assert "Early" in said
    assert "outside their hours" in said


@pytest.mark.parametrize(("wind", "faster"), [(WEST, 1 + 90 / 450), (None, 2.0)])
def test_bounds_leave_room_for_a_tail_wind(wind: Wind | None, faster: float) -> None:
    setting: Any = SimpleNamespace(
        outlook=None,
        still_stage_km=1700.0,
        wind_km_h=90.0,
        ability=SimpleNamespace(cruise_km_h=450.0),
    )
    how: Any = SimpleNamespace(windy=True, wind=wind or "some field")
    home = Place("HOME", Position(55.0, 37.0))
    problem = PlanningProblem((), home, home, (home,), 3000.0, 1600.0)
    pair = replace(_pair(), problem=problem)
    wide = for_bound(pair, setting, how).problem
    assert wide.max_stage_km == pytest.approx(1700.0 * faster)
    assert wide.max_total_km == pytest.approx(5500.0 * 0.999)


def _pair() -> Any:
    from overflight.mission.pairings import Pairing

    limit = plan().maximum_flight_distance
    home: Any = None
    return Pairing(home, home, home, limit, home, 0.0, 0.0)


def test_legs_follow_each_other() -> None:
    legs = plan(WEST).plan.legs
    for first, second in pairwise(legs):
        assert first.arrives is not None and second.departs is not None
        assert first.arrives <= second.departs
