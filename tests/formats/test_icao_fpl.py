"""ICAO flight plan text. Forms and limits are those of Doc 4444, Appendices 2 and 3."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.formats.icao_fpl import (
    flight_plan_messages,
    hundreds_of_feet,
    parse_icao_route,
    route_of_message,
)
from overflight.geo.positions import Position
from overflight.terms.mission_plan import Fix, MissionPlan, PlanAirfield, PlanTimes
from strategies import (
    BEGIN,
    REFUEL,
    START,
    legs_along,
    minutes,
    mission_plans,
    sample_plan,
    whole_minutes,
)

FIELD_7_8 = re.compile(r"\(FPL-(\?|[A-Z0-9]{1,7})-[IVYZ][SNGMX]")
FIELD_9_10 = re.compile(r"-[A-Z][A-Z0-9]{1,3}/[LMHJ?]-[A-Z0-9?]+(/[A-Z0-9]+)?")
FIELD_13 = re.compile(r"-[A-Z]{4}([01]\d|2[0-3])[0-5]\d")
FIELD_15 = re.compile(
    r"-N\d{4}(A\d{3}|VFR)( DCT| \d{4}[NS]\d{5}[EW](/N\d{4}(A\d{3}|VFR))?)+", re.DOTALL
)
FIELD_16 = re.compile(r"-[A-Z]{4}([01]\d|2[0-3])[0-5]\d( [A-Z]{4}){0,2}")


def fields(message: str) -> list[str]:
    """The message's fields, each on one line again."""
    parts = re.split(r"\n(?=-)", message.strip())
    return [" ".join(part.split("\n")) for part in parts]


def messages(plan: MissionPlan) -> list[str]:
    return flight_plan_messages(plan).strip().split("\n\n")


def whole(plan: MissionPlan) -> MissionPlan:
    """One stage, no stop."""
    fixes = (*plan.fixes[:3], plan.fixes[-1])
    return replace(plan, fixes=fixes, legs=legs_along(fixes, altitude=1700.0), stops=())


def test_the_whole_message_of_one_stage() -> None:
    """Written out by hand from Doc 4444. 450 km/h is 243 kt; 1700 m is 5577 ft."""
    plan = replace(whole(sample_plan()), identification="OSY12F")
    assert flight_plan_messages(plan) == (
        "(FPL-OSY12F-IX\n"
        "-SF34/M-S/S\n"
        "-UUMB0600\n"
        "-N0243A056 DCT 5612N03911E DCT 5503N04340E DCT\n"
        f"-UUMB{_hhmm(plan)} UWWW\n"
        "-DOF/210519 RMK/SIMULATED OPEN SKIES OBSERVATION FLIGHT DEU OVER RUS)\n"
    )


def _hhmm(plan: MissionPlan) -> str:
    hours = sum(leg.distance_km for leg in plan.legs) / 450.0
    minutes_ = int(-(-hours * 60 // 1))
    return f"{minutes_ // 60:02d}{minutes_ % 60:02d}"


def test_one_message_for_each_stage_between_landings() -> None:
    first, second = (fields(m) for m in messages(sample_plan()))
    assert first[2] == "-UUMB0600" and first[4].startswith("-UWWW")
    assert second[4].startswith("-UUMB")
    stop = sample_plan().stops[0]
    assert second[2] == f"-UWWW{stop.departs:%H%M}"
    assert "STAGE 1 OF 2" in first[5] and "STAGE 2 OF 2" in second[5]
    assert parse_icao_route(first[3]) + parse_icao_route(second[3]) == [
        fix.position for fix in sample_plan().fixes if fix.airfield is None
    ]


@given(st.lists(whole_minutes, min_size=0, max_size=30))
def test_the_route_comes_back_as_it_was(points: list[Position]) -> None:
    fixes = (
        Fix("UUMB", START.position, "UUMB"),
        *(Fix(f"F{i}", p) for i, p in enumerate(points)),
        Fix("UUMB", START.position, "UUMB"),
    )
    legs = legs_along(fixes, speed=1_000_000)
    plan = sample_plan(fixes=fixes, legs=legs, stops=(), cruise_km_h=900.0)
    (message,) = messages(plan)
    assert parse_icao_route(route_of_message(message)) == points
    assert all(len(line) <= 69 for line in message.split("\n"))
    parts = fields(message)
    for pattern, part in zip(
        (FIELD_7_8, FIELD_9_10, FIELD_13, FIELD_15, FIELD_16), parts, strict=False
    ):
        assert pattern.fullmatch(part), part
    assert re.fullmatch(r"[A-Z0-9 (),.?/\n-]+", message)
    assert message.count("(") == message.count(")") == 1


@given(mission_plans())
def test_any_plan_is_written_or_refused(plan: MissionPlan) -> None:
    try:
        text = flight_plan_messages(plan)
    except DataError as error:
        assert error.remedy
        return
    assert all(len(line) <= 69 for line in text.split("\n"))
    assert re.fullmatch(r"[A-Z0-9 (),.?/\n-]+", text)


def test_levels_are_altitudes_rounded_up_and_change_where_a_leg_begins() -> None:
    plan = whole(sample_plan())
    legs = tuple(
        replace(leg, altitude_m=altitude)
        for leg, altitude in zip(plan.legs, (1700.0, 2000.0, 2000.0), strict=True)
    )
    part = fields(flight_plan_messages(replace(plan, legs=legs)))[3]
    # 2000 m is 6561.7 ft
    assert part == "-N0243A056 DCT 5612N03911E/N0243A066 DCT 5503N04340E DCT"


@given(st.floats(0, 15_000))
def test_a_level_is_never_lower_than_planned(altitude: float) -> None:
    level = hundreds_of_feet(altitude) * 100 * 0.3048
    assert altitude - 1e-6 <= level < altitude + 30.48


def test_without_terrain_no_altitude_is_stated() -> None:
    """Height above ground is no altitude: 1500 m over a hill of 400 m is not A050."""
    for message in messages(sample_plan()):
        parts = fields(message)
        assert parts[0].endswith("-VX")
        assert parts[3].startswith("-N0243VFR ") and not re.search(r"[AF]\d{3}", parts[3])
        # 1500 m is 4921 ft, so 5000 ft.
        assert "AT LEAST 5000 FT ABOVE GROUND" in parts[5]
        assert "BEFORE FILING" in parts[5]


def test_one_leg_without_terrain_leaves_the_stage_without_levels() -> None:
    plan = whole(sample_plan())
    legs = (replace(plan.legs[0], altitude_m=None), *plan.legs[1:])
    assert "VFR" in fields(flight_plan_messages(replace(plan, legs=legs)))[3]


def test_what_is_not_known_is_not_invented() -> None:
    plan = whole(sample_plan(wake_category="", equipment="", icao_type=""))
    parts = fields(flight_plan_messages(plan))
    assert parts[0].startswith("(FPL-?-")
    assert parts[1] == "-ZZZZ/?-?"
    assert "TYP/SAAB 340B" in parts[5]
    assert "ITEM 7 9 10 TO BE COMPLETED BEFORE FILING" in parts[5]


def test_an_airfield_without_a_code_is_zzzz_with_its_place() -> None:
    place = PlanAirfield("pole-strip", "Möwe/Süd-(Strip)", Position(lat=55.61, lon=36.65))
    plan = whole(sample_plan())
    fixes = (
        Fix("a", place.position, place.code),
        *plan.fixes[1:-1],
        Fix("b", place.position, place.code),
    )
    plan = replace(
        plan,
        start=place,
        end=place,
        fixes=fixes,
        legs=legs_along(fixes, altitude=1700.0),
        alternates=(place, REFUEL),
    )
    parts = fields(flight_plan_messages(plan))
    assert parts[2] == "-ZZZZ0600" and parts[4].startswith("-ZZZZ")
    assert "DEP/MOWE SUD STRIP 5537N03639E DEST/MOWE SUD STRIP 5537N03639E" in parts[5]


def test_no_more_than_two_alternates_the_nearest_first() -> None:
    far = PlanAirfield("UEEE", "Yakutsk", Position(lat=62.09, lon=129.77))
    near = PlanAirfield("UUDD", "Domodedovo", Position(lat=55.41, lon=37.91))
    plan = whole(sample_plan(alternates=(far, REFUEL, near)))
    assert fields(flight_plan_messages(plan))[4].endswith(" UUDD UWWW")


@pytest.mark.parametrize("mark", ["SIMULATED", "EXERCISE"])
def test_marks_open_the_remark(mark: str) -> None:
    for message in messages(sample_plan(marks=(mark,))):
        assert f"RMK/{mark} " in fields(message)[5]


def test_the_date_is_the_stage_s_own() -> None:
    plan = sample_plan()
    late = replace(plan.stops[0], departs=dt.datetime(2021, 5, 20, 5, 30, tzinfo=dt.UTC))
    second = fields(messages(replace(plan, stops=(late,)))[1])
    assert second[2] == "-UWWW0530" and "DOF/210520" in second[5]


def test_coordinates_finer_than_minutes_are_rounded_and_said_to_be() -> None:
    plan = whole(sample_plan())
    fine = replace(plan.fixes[1], position=Position(lat=56.2051, lon=39.1833))
    parts = fields(
        flight_plan_messages(replace(plan, fixes=(plan.fixes[0], fine, *plan.fixes[2:])))
    )
    assert "5612N03911E" in parts[3]
    assert "COORDINATES ROUNDED" in parts[5]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no beginning": ({"times": PlanTimes(), "legs": legs_along(sample_plan().fixes)}, "begins"),
    "stop off the route": ({"stops": (replace(sample_plan().stops[0], fix="X"),)}, "stop at X"),
    "legs out of order": ({"legs": sample_plan().legs[::-1]}, "leads from F03 to UUMB"),
    "legs and fixes": ({"legs": sample_plan().legs[:2]}, "6 fixes and 2 legs"),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_a_plan_that_cannot_be_filed_says_why(case: str) -> None:
    changes, words = BAD[case]
    plan = sample_plan(**changes)
    if case == "no beginning":
        plan = replace(plan, legs=tuple(replace(leg, departs=None) for leg in plan.legs))
    with pytest.raises(DataError, match=words):
        flight_plan_messages(plan)


def test_a_stage_of_more_than_a_day_is_refused() -> None:
    plan = whole(sample_plan())
    legs = (*plan.legs[:-1], replace(plan.legs[-1], arrives=BEGIN + dt.timedelta(hours=25)))
    with pytest.raises(DataError, match="item 16"):
        flight_plan_messages(replace(plan, legs=legs))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DCT 4620N07805W DCT", [(46 + 20 / 60, -78 - 5 / 60)]),
        ("N0450A055 46N078W 4602N07805W/N0500F350 DCT", [(46, -78), (46 + 2 / 60, -78 - 5 / 60)]),
        ("-K0830VFR DCT", []),
        ("", []),
        ("0000N00000E", [(0.0, 0.0)]),
    ],
)
def test_routes_as_doc_4444_writes_them(text: str, expected: list[tuple[float, float]]) -> None:
    """Forms of the examples in Doc 4444, Appendix 2, item 15."""
    points = [Position(lat=a, lon=b).rounded_to_minutes() for a, b in expected]
    assert parse_icao_route(text) == points


@pytest.mark.parametrize("text", ["DCT LN DCT", "UB10", "5612N39E", "4620S"])
def test_a_named_point_or_airway_has_no_place_here(text: str) -> None:
    with pytest.raises(DataError):
        parse_icao_route(text)


def test_route_of_something_else_is_refused() -> None:
    with pytest.raises(DataError, match="FPL"):
        route_of_message("(DLA-X)")


def test_minutes_helper_is_the_form_of_field_15() -> None:
    assert minutes(56, 12) == 56.2
