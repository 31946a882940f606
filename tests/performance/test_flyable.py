"""A route flown leg by leg: turns, level flight, wind, heights, range, fuel and what is said."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.geo.geodesic import destination, distance_km, length_km
from overflight.geo.positions import Position
from overflight.performance.climb_descent import VerticalRates
from overflight.performance.fix_turns import shortest_over_both
from overflight.performance.flyable import fly
from overflight.performance.fuel import Alternate, FuelModel, SteadyFlow
from overflight.performance.handling import CHOOSE, Handling
from overflight.performance.turns import OVERFLIGHT_TURN, TURN_SHORT, turn_radius_km, turn_short
from overflight.performance.wind import Wind
from overflight.performance.wind_grid import wind_grid
from overflight.terms.flyability import Flyability

SPEED = 450.0
R = turn_radius_km(SPEED, 25.0)  # 3.417 km; that it is right is tested with the turns
SHORT = Handling(technique=TURN_SHORT, roll_seconds=0)
OVER = Handling(technique=OVERFLIGHT_TURN, roll_seconds=0)
HOME = Position(lat=55, lon=37)


def walk(*legs: tuple[float, float]) -> list[Position]:
    """From home along legs of (direction at their start, km)."""
    path = [HOME]
    for direction, km in legs:
        path.append(destination(path[-1], direction, km))
    return path


def flown(path: Sequence[Position], landings: Sequence[int] = (), **more: Any) -> Flyability:
    return fly(path, landings or (0, len(path) - 1), speed_km_h=SPEED, **more)


RIGHT_ANGLE = walk((0, 100), (90, 100))


def test_straight_ahead() -> None:
    found = flown(walk((0, 100), (0, 100)))
    assert found.flyable and not found.findings
    assert found.track_km == pytest.approx(200)
    assert found.hours == pytest.approx(200 / 450)
    assert found.off_track_km == pytest.approx(0, abs=1e-9)


def test_a_corner_cut_short() -> None:
    found = flown(RIGHT_ANGLE, handling=SHORT)
    (turn,) = found.turns
    assert (turn.fix, turn.technique) == (1, TURN_SHORT)
    assert turn.angle_deg == pytest.approx(90)
    assert turn.lead_km == pytest.approx(R)
    assert found.track_km == pytest.approx(200 + R * (math.pi / 2 - 2))
    first, second = found.legs
    assert (first.level_from_km, first.level_to_km) == pytest.approx((0, 100 - R))
    assert (second.level_from_km, second.level_to_km) == pytest.approx((R, 100))
    assert first.track_km == pytest.approx(second.track_km)


def test_a_corner_overflown() -> None:
    found = flown(RIGHT_ANGLE, handling=OVER)
    first, second = found.legs
    assert first.level_to_km == pytest.approx(100)  # level until the fix
    assert second.level_from_km == pytest.approx(R * (3 + math.tan(math.pi / 12)))
    assert found.off_track_km == pytest.approx(R)
    assert found.track_km > 200


def test_rolling_takes_time() -> None:
    handling = Handling(technique=TURN_SHORT, roll_seconds=8)
    assert flown(RIGHT_ANGLE, handling=handling).legs[0].level_to_km == pytest.approx(99 - R)


def test_a_leg_too_short_for_its_turns() -> None:
    found = flown(walk((0, 100), (90, 5), (180, 100)), handling=SHORT)
    assert not found.flyable
    assert [leg.flyable for leg in found.legs] == [True, False, True]
    assert found.legs[1].short_by_km == pytest.approx(2 * R - 5, abs=0.01)
    assert "1.8 km too short" in found.findings[0]
    assert "shortest way that can be flown is" in found.findings[0]


def test_the_shortest_way_over_both_fixes() -> None:
    """Two right turns of 90 degrees, 2 r apart: came in westward, half a circle, out eastward."""
    corner = turn_short(90, 3.0)
    assert shortest_over_both(6.0, corner, corner).length == pytest.approx(3 * math.pi)
    bend = turn_short(-90, 3.0)
    assert shortest_over_both(6.0, bend, bend).length == pytest.approx(3 * math.pi)
    assert shortest_over_both(6.0, corner, bend).length > 4 * math.pi  # in and out westward


def test_too_sharp_to_be_cut() -> None:
    found = flown(walk((0, 100), (150, 100)), handling=SHORT)
    assert found.turns[0].technique == OVERFLIGHT_TURN
    assert "too sharp for a turn short" in found.findings[0]


def test_no_turn_where_it_lands() -> None:
    found = flown(RIGHT_ANGLE, (0, 1, 2), handling=SHORT)
    assert found.turns == ()
    assert len(found.stages) == 2
    assert found.track_km == pytest.approx(200)


def test_run_in() -> None:
    """450 km/h are 7.5 km a minute; with an overflown right angle level after R (3 + tan 15)."""
    after = R * (3 + math.tan(math.pi / 12))
    for along, run_in, missed in ((after + 4, True, 0), (after + 2, False, 0), (2.0, False, 1)):
        found = flown(RIGHT_ANGLE, handling=OVER, sites_km=[[], [along, 60.0]])
        leg = found.legs[1]
        assert (leg.run_in_ok, leg.sites_missed) == (run_in, missed)
        assert found.legs[0].run_in_ok is None
        assert bool(leg.findings) is not run_in
    assert "of its sites 1 of 2 is passed in a turn" in leg.findings[0]
    assert (
        "16 s of level flight"
        in flown(RIGHT_ANGLE, handling=OVER, sites_km=[[], [after + 2, 60.0]]).findings[0]
    )


def test_the_technique_that_shows_most() -> None:
    """A site close before the fix wants it overflown, one close behind wants it cut short."""
    handling = Handling(technique=CHOOSE)
    before = flown(RIGHT_ANGLE, handling=handling, sites_km=[[99.0], []])
    behind = flown(RIGHT_ANGLE, handling=handling, sites_km=[[], [8.0]])
    nothing = flown(RIGHT_ANGLE, handling=handling)
    assert [f.turns[0].technique for f in (before, behind, nothing)] == [
        OVERFLIGHT_TURN,
        TURN_SHORT,
        TURN_SHORT,
    ]
    assert before.legs[0].sites_missed == behind.legs[1].sites_missed == 0
    assert any("guess" in sentence for sentence in before.assumptions)
    given_ = flown(RIGHT_ANGLE, handling=handling, techniques={1: OVERFLIGHT_TURN})
    assert given_.turns[0].technique == OVERFLIGHT_TURN


def test_wind() -> None:
    """A head wind of 50 km/h north, then across: 400 and sqrt(450^2 - 50^2) km/h."""
    found = flown(RIGHT_ANGLE, wind=Wind.blowing_from(0, 50))
    speeds = [leg.ground_speed_km_h for leg in found.legs]
    assert speeds == pytest.approx([400, math.sqrt(450**2 - 50**2)], rel=2e-3)
    assert found.turns[0].radius_km == pytest.approx(turn_radius_km(450, 25, 50))
    assert not any("Still air" in sentence for sentence in found.assumptions)
    assert any("Still air" in sentence for sentence in flown(RIGHT_ANGLE).assumptions)


def test_wind_that_changes_with_time() -> None:
    hours = np.array(["2021-05-19T06", "2021-05-19T12"], "M8[s]")
    v = np.zeros((2, 1, 2, 2))
    v[1] = -20.0
    grid = wind_grid(np.array([50.0, 60]), np.array([30.0, 45]), np.zeros_like(v), v, None, hours)
    early, late = (
        flown(walk((0, 100)), wind=grid, departs=[dt.datetime(2021, 5, 19, hour, tzinfo=dt.UTC)])
        for hour in (6, 11)
    )
    assert early.hours < late.hours
    assert late.legs[0].ground_speed_km_h < 400
    with pytest.raises(DataError, match="depends on time"):
        flown(walk((0, 100)), wind=grid)
    with pytest.raises(DataError, match="zone"):
        flown(walk((0, 100)), wind=grid, departs=[dt.datetime(2021, 5, 19)])  # noqa: DTZ001


def test_heights() -> None:
    """1,524 m at 1,000 ft/min are 5 minutes; at full speed 37.5 km."""
    rates = VerticalRates(5.08, 5.08, 1.0, "As given.", assumed=False)
    found = flown(walk((0, 100), (0, 100)), heights_m=[1524, 1524], rates=rates)
    assert found.legs[0].at_height_from_km == pytest.approx(37.5)
    assert found.legs[1].at_height_to_km == pytest.approx(62.5)
    assert found.hours == pytest.approx(200 / 450)
    slow = VerticalRates(5.08, 5.08, 0.5, "As given.", assumed=False)
    slower = flown(walk((0, 100), (0, 100)), heights_m=[1524, 1524], rates=slow)
    # half of the way in those ten minutes, so five minutes more
    assert (slower.hours - found.hours) * 60 == pytest.approx(5)
    above = flown(walk((0, 100)), heights_m=[1524], fields_m=[1524, 1524], rates=rates)
    assert above.legs[0].at_height_from_km == 0
    assert "sea level" in " ".join(found.assumptions)
    assert "sea level" not in " ".join(above.assumptions)


def test_heights_that_are_not_known() -> None:
    found = flown(walk((0, 100)), fuel=FuelModel(SteadyFlow(400), 13000, "A flow."))
    leg = found.legs[0]
    assert (leg.height_m, leg.at_height_from_km, leg.fuel_kg) == (None, None, None)
    assert found.fuel_kg is None and found.stages[0].fuel_needed_kg is None
    said = " ".join(found.assumptions)
    assert "climbs and descents are left out" in said and "Fuel: not reckoned" in said


def test_sites_seen_in_the_climb_are_missed() -> None:
    found = flown(walk((0, 200)), heights_m=[1524], sites_km=[[10.0, 100.0, 195.0]])
    assert found.legs[0].sites_missed == 2
    assert found.findings == ("Leg 1: of its sites 2 of 3 are passed off its height.",)
    low = flown(walk((0, 30)), heights_m=[3000])
    assert "never at its height" in low.findings[0]
    assert "too short to climb" in low.findings[1]


def test_range_is_used_up_by_wind() -> None:
    path = walk((0, 800))
    calm = flown(path, range_km=850.0)
    assert calm.stages[0].range_left_km == pytest.approx(50)
    assert calm.flyable
    against = flown(path, range_km=850.0, wind=Wind.blowing_from(0, 50))
    assert against.stages[0].air_km == pytest.approx(800 / 400 * 450, rel=1e-6)
    assert not against.flyable
    assert "50 km more than the range" in against.findings[0]
    assert flown(path).stages[0].range_left_km is None


def test_alternates() -> None:
    path = walk((0, 800))
    near, far = destination(path[-1], 90, 40), destination(path[-1], 90, 400)
    fields = [Alternate("FAR", far), Alternate("END", path[-1]), Alternate("NEAR", near)]
    stage = flown(path, range_km=850.0, alternates=fields).stages[0]
    assert [(a.code, a.within) for a in stage.alternates] == [("NEAR", True), ("FAR", False)]
    assert stage.findings == ()
    stage = flown(path, range_km=820.0, alternates=fields).stages[0]
    assert "NEAR, is 40 km" in stage.findings[0]
    assert "20 km of range are left" in stage.findings[0]


def test_fuel() -> None:
    fuel = FuelModel(SteadyFlow(400), 13000, "400 kg/h: a handbook.", usable_kg=1500)
    more: dict[str, Any] = {"heights_m": [2000, 2000], "fuel": fuel}
    path = walk((0, 300), (0, 300))
    found = flown(path, **more, alternates=[Alternate("X", HOME)])
    assert found.fuel_kg == pytest.approx(found.hours * 400)
    (stage,) = found.stages
    assert stage.fuel_kg == pytest.approx(found.fuel_kg)
    expected = found.hours * 400 * 1.05 + 400 * (600 / 450) + 300
    assert stage.fuel_needed_kg == pytest.approx(expected, rel=1e-6)
    assert any("more than can be carried" in sentence for sentence in found.findings) is (
        expected > 1500
    )
    assert fuel.basis in found.assumptions
    alone = flown(path, **more)
    assert "no alternate is known" in alone.findings[-1]
    unknown = flown(path, heights_m=[2000, 2000])
    assert unknown.fuel_kg is None
    assert any(sentence.startswith("Fuel: not known") for sentence in unknown.assumptions)


def test_as_plain_data() -> None:
    """JSON without infinities, also where a site lies behind the last level stretch."""
    found = flown(
        walk((0, 100), (90, 5), (179, 100)),
        handling=SHORT,
        sites_km=[[0.0, 99.9], [4.9], [99.0]],
        heights_m=[6000.0] * 3,
        alternates=[Alternate("X", HOME)],
    )
    document = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert document["flyable"] is False
    assert document["track_km"] == pytest.approx(found.track_km)
    assert document["legs"][1]["run_in_ok"] is False
    assert document["legs"][1]["sites_missed"] == 1
    assert document["stages"][0]["alternates"][0]["code"] == "X"


@pytest.mark.parametrize(
    ("landings", "more", "message"),
    [
        ((0, 1), {}, "do not fit a path"),
        ((1, 2), {}, "do not fit a path"),
        ((0, 0, 2), {}, "do not fit a path"),
        ((0,), {}, "do not fit a path"),
        ((0, 2), {"heights_m": [1.0]}, "heights for 1 legs"),
        ((0, 2), {"sites_km": [[]]}, "sites for 1 legs"),
        ((0, 2), {"heights_m": [1.0, math.nan]}, "not finite"),
        ((0, 2), {"fields_m": [1.0]}, "1 elevations"),
        ((0, 2), {"wind": Wind(0, -500)}, "too strong"),
        ((0, 2), {"techniques": {1: "loop"}}, "'loop' is no turn technique"),
    ],
)
def test_what_does_not_fit(landings: tuple[int, ...], more: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        fly(RIGHT_ANGLE, landings, speed_km_h=SPEED, **more)


@pytest.mark.parametrize(
    "wrong",
    [{"technique": "loop"}, {"bank_deg": 0}, {"bank_deg": 80}, {"intercept_deg": 0},
     {"roll_seconds": -1}, {"run_in_seconds": math.nan}],
)  # fmt: skip
def test_handling_that_nobody_flies(wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        Handling(**wrong)


positions = st.builds(Position, lat=st.floats(50, 60), lon=st.floats(30, 50))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(positions, min_size=3, max_size=9, unique_by=lambda p: (round(p.lat), round(p.lon))),
    st.sampled_from([TURN_SHORT, OVERFLIGHT_TURN, CHOOSE]),
    st.floats(0, 360),
    st.floats(0, 150),
    st.data(),
)
def test_nothing_is_lost(
    path: list[Position], technique: str, from_: float, wind: float, data: st.DataObject
) -> None:
    inner = data.draw(st.sets(st.integers(1, len(path) - 2)))
    landings = [0, *sorted(inner), len(path) - 1]
    found = fly(
        path,
        landings,
        speed_km_h=SPEED,
        handling=Handling(technique=technique),
        wind=Wind.blowing_from(from_, wind),
        heights_m=[2000.0] * (len(path) - 1),
        range_km=1700.0,
        fuel=FuelModel(SteadyFlow(100), 13000, "A flow."),
    )
    extra = sum(turn.extra_km for turn in found.turns)
    assert found.track_km == pytest.approx(length_km(path) + extra)
    assert sum(stage.track_km for stage in found.stages) == pytest.approx(found.track_km)
    assert sum(stage.hours for stage in found.stages) == pytest.approx(found.hours)
    assert found.fuel_kg == pytest.approx(100 * found.hours, rel=1e-9)
    assert {turn.fix for turn in found.turns} == set(range(len(path))) - set(landings)
    assert [(s.start, s.end) for s in found.stages] == list(pairwise(landings))
    for leg, (a, b) in zip(found.legs, pairwise(path), strict=True):
        assert leg.distance_km == pytest.approx(distance_km(a, b))
        assert -1e-9 <= leg.level_from_km <= leg.level_to_km <= leg.distance_km + 1e-9
        assert abs(leg.ground_speed_km_h - SPEED) <= wind + 1e-6
        assert leg.flyable == (leg.short_by_km <= 0)
    for turn in found.turns:
        assert turn.off_track_km <= 2 * turn.radius_km + 1e-9
