"""A track against its plan: what was flown is found again, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from overflight.errors import TrackError
from overflight.flying.attitude import Unrest
from overflight.flying.audit import FlightFacts, measure
from overflight.flying.repair import RepairedTrack, repair
from overflight.flying.simulate import Curtailment, Options, SimulatedFlight, simulate
from overflight.formats.tracks.recorded import RecordedTrack
from overflight.geo.geodesic import destination
from overflight.performance.handling import Handling
from overflight.performance.planned import fly_plan
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.track import (
    ELLIPSOID,
    PRESSURE,
    PlannedDeviation,
    SensorTime,
    Track,
    track_of,
)
from plan_by_hand import KUBINKA, plan

STILL = Unrest(0.0, 0.0, 0.0)


def flown(made: MissionPlan | None = None, **options: Any) -> SimulatedFlight:
    return simulate(made or plan(), Options(unrest=STILL, **options))


def mended(track: Track) -> RepairedTrack:
    lines = np.arange(1, len(track) + 1, dtype=np.int64)
    return repair(RecordedTrack(track, lines, "line", "t.csv"))


def facts(track: Track, made: MissionPlan | None = None, **options: Any) -> FlightFacts:
    made = made or plan()
    return measure(made, mended(track), fly_plan(made, handling=Handling("turn short")), **options)


def test_a_flight_as_planned_has_nothing_to_say() -> None:
    flight = flown()
    found = facts(flight.track, sensors=flight.sensors)
    assert found.excursions == ()
    assert found.not_flown == ()
    assert found.shares == (1.0,) * 4
    assert all(use.on_flight for use in found.sensors)
    assert found.gaps == ()  # the rest at Tver is one of the plan's stops
    assert found.commenced_s == pytest.approx(flight.track.time_s[0], abs=15.0)
    assert found.completed_s == pytest.approx(flight.track.time_s[-1], abs=15.0)


@pytest.mark.parametrize("side", (6.0, -12.0))
def test_a_deviation_is_found_with_its_size_place_and_ground(side: float) -> None:
    bend = PlannedDeviation("weather-safety", 0, 15.0, 85.0, offset_km=side)
    flight = flown(deviations=(bend,))
    found = facts(flight.track, deviations=flight.deviations)
    (one,) = found.excursions
    assert one.most_km == pytest.approx(abs(side), abs=0.05)
    assert one.legs == (0, 0)
    assert one.cause == "weather-safety"
    assert flight.deviations[0].begun_s <= one.begun_s <= one.completed_s
    assert one.completed_s <= flight.deviations[0].completed_s
    calm = flown()
    longer = found.flown_km - facts(calm.track).flown_km
    assert one.added_km == pytest.approx(longer, abs=0.15)
    assert found.unplaced == ()


def test_without_a_ground_none_is_invented() -> None:
    bend = PlannedDeviation("technical", 0, 15.0, 85.0, offset_km=6.0)
    found = facts(flown(deviations=(bend,)).track)
    assert [one.cause for one in found.excursions] == [""]


def test_a_ground_that_is_stated_while_on_the_plan_is_told() -> None:
    from overflight.terms.track import StatedDeviation

    flight = flown()
    at = float(flight.track.time_s[500])
    found = facts(flight.track, deviations=(StatedDeviation("medical", at, at + 60.0),))
    assert [d.cause for d in found.unplaced] == ["medical"]


def test_a_leg_that_was_left_out_is_told() -> None:
    """Flown: the plan without its second fix, which makes legs 1 and 2 one straight line."""
    made = plan()
    fixes = (made.fixes[0], *made.fixes[2:])
    first = replace(made.legs[0], end=made.legs[1].end, distance_km=106.0)
    short = replace(made, fixes=fixes, legs=(first, *made.legs[2:]))
    found = facts(flown(short).track)
    assert found.not_flown == (0,) or found.not_flown == (0, 1)
    assert found.excursions[0].most_km > 20.0


def test_legs_flown_in_another_order_are_not_the_plan() -> None:
    """The circuit the other way round: no more than part of it can be matched in the order."""
    made = plan()
    back = replace(
        made,
        fixes=tuple(reversed(made.fixes)),
        legs=tuple(replace(leg, start=leg.end, end=leg.start) for leg in reversed(made.legs)),
        stops=(),
    )
    found = facts(flown(back).track)
    assert len(found.not_flown) >= 2


def test_a_curtailed_flight_has_flown_part_of_a_leg() -> None:
    cut = Curtailment("medical", 1, 40.0, "UUMB", KUBINKA.position)
    flight = flown(curtailed=cut)
    found = facts(flight.track, deviations=flight.deviations)
    assert set(found.not_flown) >= {2}
    assert found.shares[0] == 1.0
    assert 0.2 < found.shares[1] < 0.8


def test_a_track_of_another_flight_is_refused() -> None:
    far = flown().track
    moved = track_of(far.time_s, far.lat - 30.0, far.lon, far.height_m)
    with pytest.raises(TrackError, match="nowhere nearer"):
        facts(moved)


def test_transit_before_and_after_is_not_the_flight() -> None:
    """An hour of transit from the north west, and the sensor that was on in it."""
    flight = flown()
    start = KUBINKA.position
    places = [destination(start, 315.0, 450.0 - k * 0.125) for k in range(3600)]
    t0 = float(flight.track.time_s[0])
    time = np.r_[t0 - 3600.0 + np.arange(3600), flight.track.time_s]
    lat = np.r_[[p.lat for p in places], flight.track.lat]
    lon = np.r_[[p.lon for p in places], flight.track.lon]
    whole = track_of(time, lat, lon)
    early = SensorTime("vertical", t0 - 1800.0, t0 - 1700.0)
    found = facts(whole, sensors=(early, *flight.sensors))
    assert found.commenced_s == pytest.approx(t0, abs=15.0)
    assert [use.on_flight for use in found.sensors].count(False) == 1
    assert found.excursions == ()


def test_heights_above_ground_are_those_over_the_terrain() -> None:
    flight = flown()
    ground = np.full(len(flight.track), 180.0)
    dip = np.abs(flight.track.time_s - flight.sensors[0].begun_s - 60.0) < 5.0
    ground[dip] = 420.0
    found = facts(flight.track, sensors=flight.sensors, ground_m=ground)
    assert found.sensors[0].low_m == pytest.approx(2000.0 - 420.0, abs=1.0)
    assert found.sensors[-1].high_m == pytest.approx(2000.0 - 180.0, abs=1.0)


def test_heights_that_cannot_be_told_are_not() -> None:
    track = flown().track
    ground = np.zeros(len(track))
    pressure = replace_datum(track, PRESSURE)
    assert facts(pressure, ground_m=ground).sensors[0].low_m is None
    ellipsoid = facts(replace_datum(track, ELLIPSOID), ground_m=ground).sensors[0]
    assert ellipsoid.low_m is not None and ellipsoid.high_m is not None
    # EGM2008 runs from -106.9 to +85.8 m (NGA): the answer is bounds.
    assert ellipsoid.high_m - ellipsoid.low_m == pytest.approx(193.0, abs=1.0)
    hole = np.where(np.arange(len(track)) == len(track) // 8, np.nan, 0.0)
    assert any(use.low_m is None for use in facts(track, ground_m=hole).sensors)
    assert facts(track).sensors[0].why.startswith("the terrain is not known")


def replace_datum(track: Track, datum: str) -> Track:
    return track_of(track.time_s, track.lat, track.lon, track.height_m, datum=datum)


def test_noise_of_a_receiver_is_no_deviation() -> None:
    track = flown().track
    noise = np.random.default_rng(5).normal(0.0, 0.0003, (2, len(track)))  # 30 m
    found = facts(track_of(track.time_s, track.lat + noise[0], track.lon + noise[1]))
    assert found.excursions == ()
    assert found.not_flown == ()
