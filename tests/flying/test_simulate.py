"""A simulated flight against closed forms and GeographicLib: place, time, bank, climb, wind."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import TrackError
from overflight.flying.attitude import Unrest
from overflight.flying.line import ramp_km
from overflight.flying.simulate import Curtailment, Options, SimulatedFlight, simulate
from overflight.formats.tracks.csv_track import track_to_csv
from overflight.geo.positions import Position
from overflight.performance.wind import Wind
from overflight.terms.mission_plan import Fix, Leg, MissionPlan
from overflight.terms.track import PlannedDeviation
from plan_by_hand import BEGINS, HOUR, KUBINKA, TVER, plan

WGS84 = Geodesic.WGS84
STILL = Unrest(0.0, 0.0, 0.0)


def straight(**change: Any) -> MissionPlan:
    """Kubinka to Tver in one leg."""
    km = (
        WGS84.Inverse(
            KUBINKA.position.lat, KUBINKA.position.lon, TVER.position.lat, TVER.position.lon
        )["s12"]
        / 1000
    )
    leg = Leg("A", "B", km, km, 2000.0, sensors=("vertical",), departs=BEGINS)
    fixes = (Fix("A", KUBINKA.position, "UUMB"), Fix("B", TVER.position, "UUEM"))
    return replace(plan(), fixes=fixes, legs=(leg,), stops=(), end=TVER, **change)


def fly(made: MissionPlan, **options: Any) -> SimulatedFlight:
    return simulate(made, Options(unrest=STILL, **options))


def far_from_leg_km(track: Any, a: Position, b: Position) -> np.ndarray[Any, Any]:
    """Distance to the right of the geodesic from a to b, by GeographicLib's own functions: the
    azimuth and distance from a, then the rule of the sphere for the small triangle."""
    line = WGS84.Inverse(a.lat, a.lon, b.lat, b.lon)
    found = []
    for lat, lon in zip(track.lat, track.lon, strict=True):
        to = WGS84.Inverse(a.lat, a.lon, lat, lon)
        angle = math.radians(to["azi1"] - line["azi1"])
        found.append(6371.0088 * math.asin(math.sin(to["s12"] / 6371008.8) * math.sin(angle)))
    return np.array(found)


def test_it_follows_the_geodesic_at_cruise_speed() -> None:
    track = fly(straight()).track
    off = far_from_leg_km(track, KUBINKA.position, TVER.position)
    assert np.abs(off).max() < 0.005
    level = np.flatnonzero(track.height_m > 1999.9)
    first, last = int(level[0]), int(level[-1])
    way = WGS84.Inverse(track.lat[first], track.lon[first], track.lat[last], track.lon[last])
    speed = way["s12"] / (track.time_s[last] - track.time_s[first]) * 3.6
    assert speed == pytest.approx(450.0, rel=1e-4)


def test_climb_and_descent_are_the_assumed_thousand_feet_a_minute() -> None:
    track = fly(straight()).track
    up = np.flatnonzero((track.height_m > 200) & (track.height_m < 1800))[:200]
    rate = np.diff(track.height_m[up]) / np.diff(track.time_s[up])
    assert rate == pytest.approx(5.08, rel=1e-3)
    # the flight path's slope: 5.08 m/s at three quarters of 450 km/h
    slope = math.degrees(math.atan(5.08 / (0.75 * 450 / 3.6)))
    assert track.pitch_deg[up][20] == pytest.approx(slope, abs=0.02)


def test_a_tailwind_and_a_crosswind_make_the_triangle() -> None:
    along = WGS84.Inverse(
        KUBINKA.position.lat, KUBINKA.position.lon, TVER.position.lat, TVER.position.lon
    )["azi1"]
    behind = fly(straight(), wind=Wind.blowing_from(along + 180.0, 60.0))
    calm = fly(straight())

    def level_speed(flight: SimulatedFlight) -> float:
        track = flight.track
        on = np.flatnonzero(track.height_m > 1999.9)[10:60]
        way = WGS84.Inverse(
            track.lat[on[0]], track.lon[on[0]], track.lat[on[-1]], track.lon[on[-1]]
        )
        return float(way["s12"] / (track.time_s[on[-1]] - track.time_s[on[0]]) * 3.6)

    assert level_speed(behind) - level_speed(calm) == pytest.approx(60.0, abs=0.3)
    across = fly(straight(), wind=Wind.blowing_from(along + 90.0, 60.0))
    turned = np.radians(
        across.track.heading_deg - calm.track.heading_deg[: len(across.track)].mean()
    )
    on = np.flatnonzero(across.track.height_m > 1999.9)[20]
    crab = (across.track.heading_deg[on] - along + 180.0) % 360.0 - 180.0
    assert crab == pytest.approx(math.degrees(math.asin(60.0 / 450.0)), abs=0.3)
    assert np.isfinite(turned).all()


def test_turns_are_flown_at_the_bank_asked_for() -> None:
    flight = fly(plan(), rate_hz=2.0)
    assert np.abs(flight.track.roll_deg).max() == pytest.approx(25.0, abs=0.4)


def test_attitude_unrest_has_the_spread_and_memory_it_says() -> None:
    kind = Unrest(2.0, 0.0, 0.0, correlation_s=4.0)
    track = simulate(straight(), Options(unrest=kind, rate_hz=20.0, seed=3)).track
    roll = track.roll_deg
    assert roll.std() == pytest.approx(2.0, rel=0.1)
    lag = 80  # 4 s: one over e
    assert np.corrcoef(roll[:-lag], roll[lag:])[0, 1] == pytest.approx(math.exp(-1), abs=0.1)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    def made(seed: int) -> bytes:
        return track_to_csv(simulate(plan(), Options(seed=seed)).track)

    assert made(7) == made(7)
    assert made(7) != made(8)


def test_the_stop_is_kept() -> None:
    flight = fly(plan())
    stop = plan().stops[0]
    away = flight.legs[3]
    assert away is not None
    assert away[0] >= stop.departs.timestamp()
    assert BEGINS.timestamp() == flight.track.time_s[0]


@pytest.mark.parametrize("side", (8.0, -8.0))
def test_a_deviation_goes_as_far_as_asked_and_comes_back(side: float) -> None:
    made = straight()
    bend = PlannedDeviation("weather-safety", 0, 40.0, 110.0, offset_km=side)
    flight = fly(made, deviations=(bend,))
    off = far_from_leg_km(flight.track, KUBINKA.position, TVER.position)
    assert off[np.argmax(np.abs(off))] == pytest.approx(side, abs=0.03)
    (stated,) = flight.deviations
    outside = (flight.track.time_s < stated.begun_s) | (flight.track.time_s > stated.completed_s)
    assert np.abs(off[outside]).max() < 0.06
    assert stated.cause == "weather-safety"


@settings(max_examples=30, deadline=None)
@given(st.floats(0.5, 60.0), st.floats(2.0, 10.0))
def test_the_ramp_of_a_deviation_can_be_flown(offset: float, radius: float) -> None:
    """Second derivative of (d/2)(1 - cos(pi x / L)) is at most d pi^2 / (2 L^2)."""
    ramp = ramp_km(offset, radius)
    assert offset * math.pi**2 / (2 * ramp**2) <= 1 / radius + 1e-9
    assert offset * math.pi / (2 * ramp) <= 1.0 + 1e-9


def test_what_does_not_fit_is_refused_with_the_room_there_is() -> None:
    bend = PlannedDeviation("weather-safety", 0, 40.0, 45.0, offset_km=8.0)
    with pytest.raises(TrackError, match="does not fit leg 1") as caught:
        fly(straight(), deviations=(bend,))
    assert "at least" in caught.value.remedy
    with pytest.raises(TrackError, match="no sensor 'sonar'"):
        fly(plan(), interval_s={"sonar": 1.0})
    with pytest.raises(TrackError, match="leg 9 of a plan with 4 legs"):
        fly(plan(), deviations=(replace(bend, leg=8),))


def test_a_curtailed_flight_goes_straight_to_the_airfield() -> None:
    cut = Curtailment("medical", 1, 20.0, "UUMB", KUBINKA.position)
    flight = fly(plan(), curtailed=cut)
    end = flight.track.position(len(flight.track) - 1)
    away = WGS84.Inverse(end.lat, end.lon, KUBINKA.position.lat, KUBINKA.position.lon)["s12"]
    assert away < 150.0
    assert [span is None for span in flight.legs] == [False, True, True, True]
    assert flight.deviations[-1].note == "curtailed; direct to UUMB"


def test_exposures_come_at_their_interval_and_only_while_level() -> None:
    flight = fly(plan(), interval_s={"vertical": 10.0})
    assert {e.sensor for e in flight.exposures} == {"vertical"}
    assert [e.number for e in flight.exposures] == list(range(1, len(flight.exposures) + 1))
    for each in flight.exposures:
        assert any(
            s.sensor == "vertical" and s.begun_s <= each.time_s <= s.completed_s
            for s in flight.sensors
        )
    on_leg = [e.time_s for e in flight.exposures if e.leg == 0]
    assert np.diff(on_leg) == pytest.approx(10.0, abs=1e-3)
    assert max(abs(e.roll_deg) for e in flight.exposures) < 3.0
    assert min(e.height_m for e in flight.exposures) > 1990.0


def test_everything_bears_the_mark() -> None:
    flight = fly(replace(plan(), marks=("EXERCISE",)))
    assert flight.track.marks == ("EXERCISE", "SIMULATED")
    rows = track_to_csv(flight.track).decode().splitlines()
    assert all(row.endswith("SIMULATED") for row in rows if row[:1].isdigit())


def test_it_goes_on_at_the_hour_that_is_asked_for() -> None:
    flight = fly(plan(), departs=BEGINS + 2 * HOUR)
    assert flight.track.time_s[0] == (BEGINS + 2 * HOUR).timestamp()
