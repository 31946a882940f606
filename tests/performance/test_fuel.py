"""Fuel: closed forms, reserves, reach."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.geo.geodesic import destination
from overflight.geo.positions import Position
from overflight.performance.fuel import (
    Alternate,
    FuelModel,
    Piece,
    ReservePolicy,
    SteadyFlow,
    range_left_km,
    reach,
    stage_fuel,
    stage_limit_km,
)
from overflight.performance.wind import Wind, wind_triangle


class ByMass:
    """Flow in proportion to mass: a mass that falls exponentially (Breguet's endurance)."""

    def __call__(self, mass_kg: float, *_: float) -> float:
        return 0.04 * mass_kg


class Recorder:
    def __init__(self) -> None:
        self.asked: list[tuple[float, ...]] = []

    def __call__(self, _: float, *flown: float) -> float:
        self.asked.append(flown)
        return 100.0


def model(flow: object, usable: float | None = None) -> FuelModel:
    return FuelModel(flow, 13000, "given", usable)  # type: ignore[arg-type]


def test_one_figure() -> None:
    legs = [[Piece(1.0, 450, 2000)], [Piece(0.5, 450, 2000)]]
    used = stage_fuel(model(SteadyFlow(400)), legs, 450, ReservePolicy(), to_alternate=90)
    assert used.legs == pytest.approx((400, 200))
    assert used.trip == pytest.approx(600)
    assert used.contingency == pytest.approx(30)  # 5 %
    assert used.to_alternate == pytest.approx(80)
    assert used.holding == pytest.approx(300)  # 45 minutes
    assert used.needed == pytest.approx(600 + 30 + 80 + 300)


def test_lighter_all_the_way() -> None:
    legs = [[Piece(0.25, 450, 2000)]] * 16
    used = stage_fuel(model(ByMass()), legs, 450, ReservePolicy(), None)
    assert used.trip == pytest.approx(13000 * (1 - math.exp(-0.04 * 4)), rel=1e-4)
    assert list(used.legs) == sorted(used.legs, reverse=True)
    assert used.to_alternate is None
    assert used.needed == pytest.approx(used.trip * 1.05 + used.holding)


@settings(deadline=None)
@given(st.lists(st.floats(0, 2), min_size=1, max_size=8), st.integers(1, 5))
def test_cutting_a_leg_burns_no_more(hours: list[float], cuts: int) -> None:
    whole = stage_fuel(
        model(ByMass()), [[Piece(h, 450, 0)] for h in hours], 450, ReservePolicy(), None
    )
    cut = stage_fuel(
        model(ByMass()),
        [[Piece(h / cuts, 450, 0)] * cuts for h in hours],
        450,
        ReservePolicy(),
        None,
    )
    assert cut.trip == pytest.approx(whole.trip, rel=2e-3, abs=1e-9)
    assert whole.trip == pytest.approx(sum(whole.legs))


def test_the_flow_is_asked_for_what_is_flown() -> None:
    flow = Recorder()
    stage_fuel(
        model(flow), [[Piece(0.1, 300, 1000, 5.0), Piece(1, 450, 2000)]], 450, ReservePolicy(), 45
    )
    assert set(flow.asked) == {
        (300, 1000, 5.0),
        (450, 2000, 0.0),
        (450 * 0.75, 450.0, 0.0),  # holding: slower, 450 m above the alternate
    }


def test_flows_that_cannot_be() -> None:
    with pytest.raises(DataError, match="kg of fuel"):
        stage_fuel(model(SteadyFlow(9000)), [[Piece(2, 450, 0)]], 450, ReservePolicy(), None)
    with pytest.raises(DataError, match="kg of fuel"):
        stage_fuel(model(SteadyFlow(math.nan)), [[Piece(2, 450, 0)]], 450, ReservePolicy(), None)
    with pytest.raises(DataError, match="take-off mass"):
        FuelModel(SteadyFlow(1), 0, "given")


def test_reserves_say_where_they_come_from() -> None:
    said = ReservePolicy().sentence()
    assert "45 minutes" in said and "5%" in said and "assumed" in said and "Annex 6" in said


def test_range_and_reach() -> None:
    home = Position(lat=55, lon=37)
    near, far = destination(home, 90, 100), destination(home, 180, 300)
    left = range_left_km(1700, 3.5, 450)
    assert left == pytest.approx(125)
    found = reach(home, [Alternate("FAR", far), Alternate("NEAR", near)], left)
    assert [(a.code, a.within) for a in found] == [("NEAR", True), ("FAR", False)]
    assert found[1].distance_km == pytest.approx(300)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(-300, 300), st.floats(-300, 300)), min_size=2, max_size=8),
    st.floats(0, 0.9),
    st.floats(0, 360),
)
def test_a_stage_within_its_limit_can_be_flown(
    fixes: list[tuple[float, float]], share: float, from_: float
) -> None:
    """In the plane, leg by leg through the wind triangle, at least as far as the limit says."""
    speed = 450.0
    wind = Wind.blowing_from(from_, share * speed)
    length, hours = 0.0, 0.0
    for (x0, y0), (x1, y1) in pairwise(fixes):
        km = math.hypot(x1 - x0, y1 - y0)
        track = math.degrees(math.atan2(x1 - x0, y1 - y0))
        length += km
        hours += km / wind_triangle(speed, track, wind).ground_speed
    over, up = fixes[-1][0] - fixes[0][0], fixes[-1][1] - fixes[0][1]
    downwind = (over * wind.u + up * wind.v) / wind.speed if wind.speed else 0.0
    limit = stage_limit_km(hours * speed, speed, wind.speed, downwind)
    assert limit <= length + 1e-6


def test_out_and_back_along_the_wind_is_the_worst() -> None:
    """400 km against 50 km/h and 400 with it take 800 v^2 / (v^2 - w^2) km of still air."""
    used = 400 * 450 / 400 + 400 * 450 / 500
    assert stage_limit_km(used, 450, 50) == pytest.approx(800)
    assert stage_limit_km(1700, 450, 0) == 1700
    with pytest.raises(DataError, match="no stage"):
        stage_limit_km(1700, 450, 450)
