"""What a plan lets be seen: strips drawn by hand on the equator, where geometry is plain."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.geo.positions import Position
from overflight.sensing.exposure import exposures
from overflight.sensing.swath import ground_strip
from overflight.terms.aircraft import Sensor
from overflight.terms.exposure import Exposure
from overflight.terms.mission_plan import Fix, Leg, MissionPlan, PlanAirfield, PlanSensor, PlanTimes
from overflight.terms.sites import Site

# 1 minute of latitude is 1,842.9 m at the equator (WGS84: 110.574 km a degree); 1 degree of
# longitude there is 111.3195 km.
KM_PER_DEG_LAT = 110.574
KM_PER_DEG_LON = 111.3195

DOWN = Sensor("down", "optical-framing", "", 2000.0, 0.3, 0.0, 45.0)  # 2 km to both sides
LEFT = Sensor("left", "optical-framing", "", 2000.0, 0.3, 45.0, 63.4349, "left")  # 2 to 4 km
FIELD = PlanAirfield("F", "F", Position(0.0, 0.0))
NOON = dt.datetime(2021, 5, 19, 12, tzinfo=dt.UTC)


def plan(*sensors: Sensor, on_leg: tuple[str, ...] | None = None) -> MissionPlan:
    """One leg eastwards along the equator, 1 degree in a quarter of an hour, at 2,000 m."""
    names = tuple(s.id for s in sensors) if on_leg is None else on_leg
    leg = Leg(
        "A", "B", 111.3195, 111.3195, 2000.0, sensors=names,
        departs=NOON, arrives=NOON + dt.timedelta(minutes=15),
    )  # fmt: skip
    return MissionPlan(
        treaty="t", observing="AAA", observed="BBB", quota_holder="BBB", aircraft="x",
        aircraft_designated_by="AAA", aircraft_provided_by="AAA", icao_type="X", cruise_km_h=445.0,
        point_of_entry=None, start=FIELD, end=FIELD, point_of_exit=None,
        fixes=(Fix("A", Position(0.0, 0.0)), Fix("B", Position(0.0, 1.0))), legs=(leg,), stops=(),
        sensors=tuple(PlanSensor(s.id, s.category, s.h_min_m, 0.3) for s in sensors),
        times=PlanTimes(),
    )  # fmt: skip


def at(north_km: float, east_km: float = 55.66) -> Site:
    return Site("s", Position(north_km / KM_PER_DEG_LAT, east_km / KM_PER_DEG_LON))


def exposure(given: MissionPlan, site: Site, *known: Sensor, margin: float = 0.0) -> Exposure:
    found = exposures(given, [site], {s.id: s for s in known}, widest_km=50.0, margin_km=margin)
    return found[0]


@pytest.mark.parametrize(
    ("north_km", "seen"), [(0.0, "yes"), (1.99, "yes"), (-1.99, "yes"), (2.01, "no"), (-2.01, "no")]
)
def test_a_camera_looking_down_sees_to_both_sides(north_km: float, seen: str) -> None:
    assert exposure(plan(DOWN), at(north_km), DOWN).as_dict()["seen"] == seen


@pytest.mark.parametrize(
    ("north_km", "seen"),
    [(0.0, "no"), (1.99, "no"), (2.01, "yes"), (3.99, "yes"), (4.01, "no"), (-3.0, "no")],
)
def test_flying_east_the_left_is_north(north_km: float, seen: str) -> None:
    assert exposure(plan(LEFT), at(north_km), LEFT).as_dict()["seen"] == seen


@pytest.mark.parametrize(
    ("north_km", "seen"),
    [(0.0, "yes"), (1.4, "yes"), (1.6, "perhaps"), (2.4, "perhaps"), (2.6, "no")],
)
def test_near_an_edge_the_answer_is_perhaps(north_km: float, seen: str) -> None:
    assert exposure(plan(DOWN), at(north_km), DOWN, margin=0.5).as_dict()["seen"] == seen


def test_a_left_camera_may_see_what_lies_just_right_of_the_track() -> None:
    straight_down = replace(LEFT, near_deg=0.0)
    assert exposure(plan(straight_down), at(-0.3), straight_down, margin=0.5).perhaps
    assert not exposure(plan(straight_down), at(-0.6), straight_down, margin=0.5).sightings


def test_strips_that_join_have_no_edge_between_them() -> None:
    both = (DOWN, replace(LEFT, near_deg=40.0))
    found = exposure(plan(*both), at(1.9), *both, margin=0.5)
    assert found.seen
    apart = (DOWN, replace(LEFT, near_deg=50.0))
    assert exposure(plan(*apart), at(1.9), *apart, margin=0.5).perhaps


def test_when_how_far_and_how_well() -> None:
    sighting = exposure(plan(DOWN), at(1.5, 27.83), DOWN).best
    assert sighting is not None
    assert sighting.at == NOON + dt.timedelta(minutes=3, seconds=45)
    assert sighting.off_track_km == pytest.approx(-1.5, abs=0.002)  # left of the track
    # 2,500 m of slant range at 0.3 m from 2,000 m: a 3-4-5 triangle.
    assert sighting.ground_resolution_m == pytest.approx(0.375, abs=0.001)


def test_before_and_behind_the_leg_nothing_is_seen() -> None:
    for east in (-1.0, 112.5):
        found = exposure(plan(DOWN), at(0.0, east), DOWN)
        assert not found.sightings
        assert found.nearest_km == pytest.approx(1.0 if east < 0 else 112.5 - 111.3195, abs=0.01)
    assert exposure(plan(DOWN), at(0.0, -0.5), DOWN, margin=1.0).perhaps


def test_a_sensor_that_does_not_operate_sees_nothing() -> None:
    assert not exposure(plan(DOWN, on_leg=()), at(0.0), DOWN).sightings


def test_unknown_angles_give_a_bound_and_no_certainty() -> None:
    found = exposure(plan(DOWN), at(49.0))
    assert found.perhaps
    assert "angles not known" in found.sightings[0].basis
    assert found.sightings[0].ground_resolution_m is None
    assert not exposure(plan(DOWN), at(51.0)).sightings


def test_the_plans_own_figures_count() -> None:
    coarse = replace(plan(DOWN), sensors=(PlanSensor("down", "optical-framing", 1000.0, 0.3),))
    best = exposure(coarse, at(0.0), DOWN).best
    assert best is not None
    assert best.ground_resolution_m == pytest.approx(0.6, abs=1e-6)
    assert "plan states" in best.basis


def test_assumed_angles_are_named() -> None:
    guessed = replace(DOWN, assumed=("far_deg",))
    assert "far_deg assumed" in exposure(plan(guessed), at(0.0), guessed).sightings[0].basis


def test_no_places_no_answers() -> None:
    assert exposures(plan(DOWN), [], {}, widest_km=50.0) == ()


@given(
    north_km=st.floats(-8, 8),
    near=st.floats(0, 60),
    wide=st.floats(1, 20),
    side=st.sampled_from(["both", "left", "right"]),
)
def test_without_a_margin_it_is_the_strip(
    north_km: float, near: float, wide: float, side: str
) -> None:
    sensor = Sensor("x", "c", "", 2000.0, 0.3, near, near + wide, side)
    strip = ground_strip(sensor, 2000.0)
    edges = (strip.near_km, strip.far_km, 0.0)
    if min(abs(abs(north_km) - edge) for edge in edges) < 0.01:
        return
    assert exposure(plan(sensor), at(north_km), sensor).seen == strip.holds(-north_km)
