"""The ground seen as an area agrees with what is said of single places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from overflight.geo.positions import Position
from overflight.sensing.exposure import exposures
from overflight.sensing.seen import ground_seen
from overflight.terms.aircraft import Sensor
from overflight.terms.mission_plan import Fix, Leg, MissionPlan, PlanAirfield, PlanSensor, PlanTimes
from overflight.terms.sites import Site

DOWN = Sensor("down", "optical-framing", "", 2000.0, 0.3, 0.0, 45.0)
LEFT = Sensor("left", "optical-framing", "", 2000.0, 0.3, 45.0, 63.4349, "left")
KNOWN = {"down": DOWN, "left": LEFT}
FIELD = PlanAirfield("F", "F", Position(60.0, 30.0))


def plan(corner: Position, end: Position) -> MissionPlan:
    fixes = (Fix("A", FIELD.position), Fix("B", corner), Fix("C", end))
    legs = (
        Leg("A", "B", 1.0, 1.0, 2000.0, sensors=("down", "left")),
        Leg("B", "C", 1.0, 1.0, 5000.0, sensors=("left",)),
    )
    return MissionPlan(
        treaty="t", observing="AAA", observed="BBB", quota_holder="BBB", aircraft="x",
        aircraft_designated_by="AAA", aircraft_provided_by="AAA", icao_type="X", cruise_km_h=445.0,
        point_of_entry=None, start=FIELD, end=FIELD, point_of_exit=None, fixes=fixes, legs=legs,
        stops=(), times=PlanTimes(),
        sensors=tuple(PlanSensor(s.id, s.category, 2000.0, 0.3) for s in (DOWN, LEFT)),
    )  # fmt: skip


near = st.builds(Position, st.floats(59.8, 60.2), st.floats(30.2, 30.6))


@given(corner=near, end=st.builds(Position, st.floats(59.8, 60.2), st.floats(29.4, 29.8)),
       place=st.builds(Position, st.floats(59.8, 60.2), st.floats(29.4, 30.6)))  # fmt: skip
def test_a_place_is_seen_if_it_lies_in_the_area(
    corner: Position, end: Position, place: Position
) -> None:
    given_plan = plan(corner, end)
    sites = [Site("p", place)]
    wide, narrow = (
        exposures(given_plan, sites, KNOWN, widest_km=50.0, margin_km=by)[0] for by in (0.02, 0.0)
    )
    inside = ground_seen(given_plan, KNOWN).contains(place)
    if wide.seen:
        assert inside
    if not narrow.sightings and not wide.sightings:
        assert not inside


def test_only_some_legs_and_only_known_sensors() -> None:
    given_plan = plan(Position(60.0, 30.5), Position(60.1, 29.5))
    first = ground_seen(given_plan, KNOWN, legs=[0])
    whole = ground_seen(given_plan, KNOWN)
    assert 0 < first.area_km2 < whole.area_km2
    assert ground_seen(given_plan, {}).is_empty
    assert ground_seen(given_plan, KNOWN, legs=[]).is_empty
