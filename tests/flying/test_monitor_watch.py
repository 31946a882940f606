"""The audit while it flies: what it finds point by point is what the audit finds of the whole."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from livestream import fixes_of
from overflight.flying.attitude import Unrest
from overflight.flying.audit import FlightFacts, measure
from overflight.flying.kernels import apart_many
from overflight.flying.monitor.course import Hazard, course_of
from overflight.flying.monitor.happenings import Happening
from overflight.flying.monitor.plane import apart_km
from overflight.flying.monitor.watch import Monitor
from overflight.flying.repair import repair
from overflight.flying.simulate import Curtailment, Options, SimulatedFlight, simulate
from overflight.formats.tracks.recorded import RecordedTrack
from overflight.geo.geodesic import destination
from overflight.performance.handling import Handling
from overflight.performance.planned import fly_plan
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.track import PlannedDeviation
from plan_by_hand import KUBINKA, plan


def flown(**options: Any) -> SimulatedFlight:
    return simulate(plan(), Options(unrest=Unrest(0.0, 0.0, 0.0), **options))


def watched(
    flight: SimulatedFlight, made: MissionPlan | None = None, **options: Any
) -> tuple[Monitor, list[Happening]]:
    made = made or plan()
    course = course_of(made, fly_plan(made, handling=Handling("turn short")), beyond_km=50.0)
    monitor = Monitor(course, **options)
    said: list[Happening] = []
    for fix in fixes_of(flight.track):
        said += monitor.fix(fix)[1]
    return monitor, said + monitor.finish()


def audited(flight: SimulatedFlight, **options: Any) -> FlightFacts:
    lines = np.arange(1, len(flight.track) + 1, dtype=np.int64)
    recorded = RecordedTrack(flight.track, lines, "line", "t.csv")
    made = plan()
    swings = fly_plan(made, handling=Handling("turn short"))
    return measure(made, repair(recorded), swings, **options)


def kinds(said: list[Happening]) -> list[str]:
    return [one.kind for one in said]


@pytest.mark.parametrize(
    "deviations",
    (
        (),
        (PlannedDeviation("weather-safety", 0, 15.0, 85.0, offset_km=6.0),),
        (
            PlannedDeviation("medical", 1, 10.0, 40.0, offset_km=-3.0),
            PlannedDeviation("technical", 1, 50.0, 80.0, offset_km=4.0),
        ),
    ),
)
def test_point_by_point_finds_what_the_audit_finds(
    deviations: tuple[PlannedDeviation, ...],
) -> None:
    flight = flown(deviations=deviations)
    whole = audited(flight, deviations=flight.deviations)
    monitor, _ = watched(flight, stated_deviations=flight.deviations)
    assert monitor.points == len(flight.track)
    assert monitor.commenced_s == whole.commenced_s
    assert monitor.now_s == flight.track.time_s[-1]
    assert monitor.shares == whole.shares
    live = monitor.excursions()
    assert len(live) == len(whole.excursions) == len(deviations)
    for mine, theirs in zip(live, whole.excursions, strict=True):
        assert (mine.begun_s, mine.completed_s) == (theirs.begun_s, theirs.completed_s)
        assert mine.most_km == pytest.approx(theirs.most_km, abs=1e-9)
        assert mine.added_km == pytest.approx(theirs.added_km, abs=1e-6)
        assert (mine.legs, mine.cause) == (theirs.legs, theirs.cause)
    for mine_use, use in zip(
        sorted(monitor.uses(), key=lambda u: (u.begun_s, u.sensor)),
        sorted(whole.sensors, key=lambda u: (u.begun_s, u.sensor)),
        strict=True,
    ):
        assert mine_use.sensor == use.sensor and mine_use.on_flight == use.on_flight
        # The audit knows from what comes later where a leg ends: at Tver, before the rest.
        rested = 3600.0 if mine_use.begun_s - use.begun_s > 3600.0 else 0.0
        assert abs(mine_use.begun_s - use.begun_s - rested) <= 10.0


def test_distances_are_those_of_the_compiled_kernels() -> None:
    generator = np.random.default_rng(3)
    lat, lon = generator.uniform(-75, 75, 200), generator.uniform(-180, 180, 200)
    for y, x in zip(lat, lon, strict=True):
        theirs = apart_many(np.array([y + 0.1]), np.array([x + 0.2]), y, x)[0]
        assert apart_km(y + 0.1, x + 0.2, y, x) == pytest.approx(theirs, rel=1e-12)


def test_what_is_said_comes_in_order() -> None:
    bend = PlannedDeviation("weather-safety", 0, 15.0, 85.0, offset_km=6.0)
    _, said = watched(flown(deviations=(bend,)))
    found = [k for k in kinds(said) if not k.startswith(("sensor", "hazard"))]
    assert found == [
        "commenced", "off-plan", "on-plan", "approaching", "passed", "approaching", "passed",
        "approaching", "rested", "passed", "approaching", "completed",
    ]  # fmt: skip
    assert all(a.time_s <= b.time_s for a, b in pairwise(said))


def test_beyond_fifty_kilometres_and_back() -> None:
    """The plan's second fix lies 63 km farther east than what is flown."""
    made = plan()
    west = destination(made.fixes[1].position, 270.0, 63.0)
    moved = replace(
        made, fixes=(made.fixes[0], replace(made.fixes[1], position=west), *made.fixes[2:])
    )
    flight = simulate(moved, Options(unrest=Unrest(0.0, 0.0, 0.0)))
    _, said = watched(flight)
    crossed = [one for one in said if one.kind in ("beyond-limit", "within-limit")]
    assert kinds(crossed) == ["beyond-limit", "within-limit"]
    assert crossed[0].facts["off_km"] == pytest.approx(50.0, abs=0.3)


def test_heights_against_the_least_of_sensors_in_use() -> None:
    flight = flown()
    _, low = watched(flight, ground=lambda *_: 300.0)
    below = [one for one in low if one.kind == "below-minimum"]
    assert {one.facts["sensor"] for one in below} == {"vertical", "oblique-left", "oblique-right"}
    # Flown at 2,000 m over terrain at 0; 2,000 m needed.
    assert min(float(one.facts["height_m"]) for one in below) <= 1700.0
    cruising = flight.track.time_s[0] + 300.0, flight.track.time_s[0] + 1500.0
    _, high = watched(flight, ground=lambda *_: -50.0)
    assert not [
        o for o in high if o.kind == "below-minimum" and cruising[0] < o.time_s < cruising[1]
    ]
    assert "below-minimum" not in kinds(watched(flight)[1])
    monitor, _ = watched(flight)
    assert all(use.low_m is None for use in monitor.uses())


def test_sensors_by_key_go_before_the_plan() -> None:
    flight, made = flown(), plan()
    course = course_of(made, fly_plan(made, handling=Handling("turn short")))
    monitor = Monitor(course)
    fixes = fixes_of(flight.track)
    for fix in fixes[:500]:
        monitor.fix(fix)
    assert set(monitor.sensors.on) == {"vertical", "oblique-left", "oblique-right"}
    assert kinds(monitor.switch("vertical")) == ["sensor-off"]
    said = [one for fix in fixes[500:1500] for one in monitor.fix(fix)[1]]
    assert "sensor-on" not in kinds(said)
    assert set(monitor.sensors.on) == {"oblique-left", "oblique-right"}
    (vertical,) = (use for use in monitor.uses() if use.sensor == "vertical")
    assert vertical.completed_s - vertical.begun_s == 499.0


def test_a_sensor_outside_of_the_flight_is_told() -> None:
    flight = flown()
    monitor = Monitor(course_of(plan(), fly_plan(plan(), handling=Handling("turn short"))))
    fixes = fixes_of(flight.track)
    monitor.fix(fixes[0])
    monitor.switch("vertical")
    monitor.switch("vertical")
    said = [one for fix in fixes[1:] for one in monitor.fix(fix)[1]]
    monitor.switch("vertical")
    last = replace(fixes[-1], tod_s=(fixes[-1].tod_s or 0.0) + 5.0, lat=fixes[-1].lat + 0.001)
    assert "sensor-outside" in kinds(said + monitor.fix(last)[1])


def test_a_ground_noted_by_key_is_that_of_the_deviation() -> None:
    bend = PlannedDeviation("weather-safety", 0, 15.0, 85.0, offset_km=6.0)
    monitor = Monitor(course_of(plan(), fly_plan(plan(), handling=Handling("turn short"))))
    fixes = fixes_of(flown(deviations=(bend,)).track)
    for fix in fixes[:400]:
        monitor.fix(fix)
    monitor.note("medical")
    assert monitor.noting == "medical"
    for fix in fixes[400:]:
        monitor.fix(fix)
    assert [one.cause for one in monitor.excursions()] == ["medical"]


def test_a_ground_noted_late_is_that_of_the_last_deviation() -> None:
    bend = PlannedDeviation("weather-safety", 0, 15.0, 85.0, offset_km=6.0)
    monitor = Monitor(course_of(plan(), fly_plan(plan(), handling=Handling("turn short"))))
    for fix in fixes_of(flown(deviations=(bend,)).track)[:1000]:
        monitor.fix(fix)
    assert monitor.away.now is None and [one.cause for one in monitor.excursions()] == [""]
    monitor.note("technical")
    assert [one.cause for one in monitor.excursions()] == ["technical"]


def test_a_curtailed_flight_is_not_completed() -> None:
    cut = Curtailment("medical", 1, 40.0, "UUMB", KUBINKA.position)
    flight = flown(curtailed=cut)
    monitor, said = watched(flight)
    assert "not-completed" in kinds(said) or monitor.shares[2] < 0.5


def test_hazardous_airspace_by_its_ring() -> None:
    ring = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
    hazard = Hazard("X", "danger", "avoided", ring)
    assert hazard.holds(1.0, 1.0) and not hazard.holds(1.0, 2.5) and not hazard.holds(-1.0, 1.0)


def test_the_place_is_known_from_the_plan_alone() -> None:
    monitor, _ = watched(flown())
    assert monitor.counted_km == pytest.approx(plan().flight_distance_km)
    assert math.isnan(monitor.place.off_km) or monitor.place.off_km < 1.0


@pytest.mark.parametrize("seed", range(4))
def test_a_receivers_noise_at_the_first_fix_chooses_no_later_leg(seed: int) -> None:
    """The flight begins where it ends; and centimetres decide which of the two is nearer."""
    noise = np.random.default_rng(seed).normal(0.0, 1e-5, (2, 400))  # 1 m
    monitor = Monitor(course_of(plan(), fly_plan(plan(), handling=Handling("turn short"))))
    said: list[Happening] = []
    for k, fix in enumerate(fixes_of(flown().track)[:400]):
        said += monitor.fix(replace(fix, lat=fix.lat + noise[0, k], lon=fix.lon + noise[1, k]))[1]
        assert monitor.place.leg == 0
    assert set(kinds(said)) == {"commenced", "sensor-on"}
