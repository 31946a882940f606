"""A plan's own flight: landings from its stops, heights and times from its legs, sites beside."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from overflight.errors import PlanError
from overflight.geo.geodesic import azimuth_deg, destination
from overflight.performance.handling import CHOOSE, Handling
from overflight.performance.planned import along_legs, fly_plan, leg_hours, techniques_by_fix
from overflight.performance.turns import OVERFLIGHT_TURN, TURN_SHORT
from overflight.performance.wind import Wind
from overflight.terms.sites import Site
from overflight.terms.working_plan import Observation
from strategies import REFUEL, START, legs_along, sample_plan, sample_working_plan

PLAN = sample_plan()
BEGIN = dt.datetime(2021, 5, 19, 6, tzinfo=dt.UTC)


def test_the_stages_are_the_plans() -> None:
    found = fly_plan(PLAN, range_km=1700.0)
    assert [(s.start, s.end) for s in found.stages] == [(0, 3), (3, 5)]
    assert [turn.fix for turn in found.turns] == [1, 2, 4]
    assert found.speed_km_h == PLAN.cruise_km_h
    for leg, planned in zip(found.legs, PLAN.legs, strict=True):
        assert leg.distance_km == pytest.approx(planned.distance_km)
        assert leg.height_m == planned.height_agl_m  # the terrain is not known
    assert any("over the sea" in sentence for sentence in found.assumptions)
    assert [a.code for a in found.stages[0].alternates] == []  # it ends at the alternate
    assert [a.code for a in found.stages[1].alternates] == [REFUEL.code]


def test_altitudes_where_they_are_known() -> None:
    plan = sample_plan()
    legs = tuple(replace(leg, altitude_m=1800.0) for leg in plan.legs)
    found = fly_plan(replace(plan, legs=legs))
    assert {leg.height_m for leg in found.legs} == {1800.0}
    assert not any("over the sea" in sentence for sentence in found.assumptions)


def test_turns_and_climbs_take_longer_than_the_timetable() -> None:
    found = fly_plan(PLAN)
    planned = sum((leg.arrives - leg.departs).total_seconds() for leg in PLAN.legs)  # type: ignore[operator]
    flown = sum(hours.total_seconds() for hours in leg_hours(found))
    assert flown > planned
    windy = fly_plan(PLAN, wind=Wind.blowing_from(270, 60))
    assert windy.hours > found.hours  # out and back


def test_sites_beside_their_legs() -> None:
    a, b = START.position, destination(START.position, 90, 100)
    site = Site("X", destination(destination(a, 90, 40), 179.0, 2), value=1.0)
    twice = [Observation("X", sensor, 0, 2.0, 0.3, BEGIN) for sensor in ("left", "right")]
    stray = Observation("Y", "left", 0, 2.0, 0.3, BEGIN)
    late = Observation("X", "left", 7, 2.0, 0.3, BEGIN)
    (along,) = along_legs([a, b], [site], [*twice, stray, late])
    assert along == pytest.approx([40], abs=0.1)


def test_what_a_turn_would_lose() -> None:
    """A site on the leg just behind a fix that is overflown."""
    plan = sample_plan()
    first, second = plan.fixes[1].position, plan.fixes[2].position
    behind = destination(first, azimuth_deg(first, second), 4.5)
    sites = [Site("S", behind, value=1.0)]
    seen = [Observation("S", "framing", 1, 0.0, 0.3, BEGIN)]
    over = fly_plan(plan, sites=sites, observations=seen)
    assert over.legs[1].sites_missed == 1
    chosen = fly_plan(plan, sites=sites, observations=seen, handling=Handling(CHOOSE))
    assert chosen.legs[1].sites_missed == 0
    assert techniques_by_fix(plan, chosen)["F01"] == TURN_SHORT
    assert techniques_by_fix(plan, over)["F01"] == OVERFLIGHT_TURN


def test_a_working_plan() -> None:
    work = sample_working_plan()
    found = fly_plan(work.plan, sites=work.sites, observations=work.observations)
    assert [leg.run_in_ok is None for leg in found.legs] == [False, True, True, True, True]


def test_a_plan_without_a_route() -> None:
    with pytest.raises(PlanError, match="no route"):
        fly_plan(replace(PLAN, legs=()))
    with pytest.raises(PlanError, match="no route"):
        fly_plan(replace(PLAN, legs=legs_along(PLAN.fixes)[:-1]))
