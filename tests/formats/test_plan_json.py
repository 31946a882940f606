"""The mission-plan document: an exact inverse, and clear words for everything that is not one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from overflight.errors import DataError
from overflight.formats.plan_json import (
    mission_plan_from_dict,
    mission_plan_to_dict,
    read_mission_plan,
    working_plan_to_dict,
)
from overflight.formats.schema import load_schema, validate
from overflight.terms.mission_plan import MissionPlan
from overflight.terms.working_plan import WorkingPlan
from strategies import mission_plans, sample_plan, sample_working_plan, working_plans

Document = dict[str, Any]


def through_json(document: Document) -> Document:
    text = json.dumps(document, allow_nan=False)
    result: Document = json.loads(text)
    return result


@given(mission_plans())
def test_reading_is_the_inverse_of_writing(plan: MissionPlan) -> None:
    assert mission_plan_from_dict(through_json(mission_plan_to_dict(plan))) == plan


@given(mission_plans())
def test_what_is_written_keeps_the_schema(plan: MissionPlan) -> None:
    validate(through_json(mission_plan_to_dict(plan)), "mission-plan")


def test_the_document_has_exactly_the_keys_of_the_schema() -> None:
    document, schema = mission_plan_to_dict(sample_plan()), load_schema("mission-plan")
    assert set(document) == set(schema["properties"])
    assert schema["additionalProperties"] is False
    parts = {
        "fixes": "fix", "legs": "leg", "stops": "stop", "sensors": "sensor",
        "hazardous_airspace": "hazard", "alternates": "airfield",
    }  # fmt: skip
    for key, name in parts.items():
        assert set(document[key][0]) == set(schema["$defs"][name]["properties"]), key
        assert schema["$defs"][name]["additionalProperties"] is False
    assert set(document["times"]) == set(schema["properties"]["times"]["properties"])


def test_every_field_of_a_mission_plan_is_in_the_document() -> None:
    assert {f.name for f in fields(MissionPlan)} | {"kind", "version"} == set(
        mission_plan_to_dict(sample_plan())
    )


@given(working_plans())
def test_a_working_plan_document_keeps_its_schema(working: WorkingPlan) -> None:
    document = through_json(working_plan_to_dict(working))
    validate(document, "working-plan")
    validate(document["mission_plan"], "mission-plan")
    if document["released_plan"] is not None:
        validate(document["released_plan"], "mission-plan")
    else:
        assert document["withheld"]


def test_the_working_plan_has_the_keys_that_scripts_rely_on() -> None:
    document = working_plan_to_dict(sample_working_plan())
    assert set(document) == set(load_schema("working-plan")["properties"])
    assert document["maximum_flight_distance_km"] == 5000
    assert document["sites_observed"] == ["A1"]
    assert (document["value_observed"], document["value_total"]) == (5.0, 8.0)
    assert document["flight_distance_km"] == pytest.approx(
        sum(leg["distance_over_territory_km"] for leg in document["legs"])
    )
    assert document["verdict"] == "compliant"
    assert document["findings"][0]["rule"] == "R2"


def test_a_working_plan_can_be_read_where_a_mission_plan_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "working.json"
    path.write_text(json.dumps(working_plan_to_dict(sample_working_plan())))
    assert read_mission_plan(path) == sample_plan()


def test_a_working_plan_that_may_not_be_released_says_why() -> None:
    working = sample_working_plan(sample_plan(remarks=("to see North twice",)))
    data = json.dumps(working_plan_to_dict(working)).encode()
    with pytest.raises(DataError, match=r"remarks\[0\]"):
        read_mission_plan(data)


# --- bad input --------------------------------------------------------------------------------


def _without(*path: str | int) -> Callable[[Document], None]:
    def change(document: Any) -> None:
        for part in path[:-1]:
            document = document[part]
        del document[path[-1]]

    return change


def _with(value: Any, *path: str | int) -> Callable[[Document], None]:
    def change(document: Any) -> None:
        for part in path[:-1]:
            document = document[part]
        document[path[-1]] = value

    return change


def _swap_axes(document: Document) -> None:
    for fix in document["fixes"]:
        fix["lat"], fix["lon"] = fix["lon"], fix["lat"]


def _swap_axes_of_points_only(document: Document) -> None:
    for fix in document["fixes"]:
        if fix["airfield"] is None:
            fix["lat"], fix["lon"] = fix["lon"], fix["lat"]


_BOW_TIE = [{"lat": lat, "lon": lon} for lat, lon in ((50, 30), (51, 31), (51, 30), (50, 31))]

BAD = {
    "missing key": (_without("observed"), "/observed", "missing"),
    "missing inside": (_without("legs", 1, "height_agl_m"), "/legs/1/height_agl_m", "missing"),
    "foreign key": (_with("gold", "sites"), "/sites", "does not belong"),
    "foreign key inside": (_with(1, "fixes", 0, "value"), "/fixes/0/value", "does not belong"),
    "text for a number": (
        _with("low", "legs", 0, "height_agl_m"),
        "/legs/0/height_agl_m",
        "number",
    ),
    "number for a text": (_with(5, "observing"), "/observing", "must be text"),
    "true for a number": (_with(True, "cruise_km_h"), "/cruise_km_h", "must be a number"),
    "negative height": (_with(-5, "legs", 0, "height_agl_m"), "/legs/0", "at least 0"),
    "no speed": (_with(0, "cruise_km_h"), "/cruise_km_h", "more than 0"),
    "no such day": (_with("2021-02-30T10:00:00Z", "times", "commencement"), "/times/comm", "date"),
    "no date": (_with("tomorrow", "times", "commencement"), "/times/commencement", "instant"),
    "no zone": (_with("2021-05-19T07:00:00", "times", "submitted"), "/times/submitted", "zone"),
    "latitude of 136": (_with(136.0, "fixes", 1, "lat"), "/fixes/1/lat", "swapped"),
    "unknown fix": (_with("F99", "legs", 0, "end"), "/legs/0/end", "no fix 'F99'"),
    "stop at unknown fix": (_with("F99", "stops", 0, "fix"), "/stops/0/fix", "no fix"),
    "unknown sensor": (_with(["x"], "legs", 0, "sensors"), "/legs/0/sensors/0", "no sensor"),
    "fix twice": (_with("F01", "fixes", 2, "id"), "/fixes/2/id", "taken already by /fixes/1"),
    "version of tomorrow": (_with(2, "version"), "/version", "version 1"),
    "version true": (_with(True, "version"), "/version", "version 1"),
    "another kind": (_with("findings", "kind"), "/kind", "findings"),
    "no kind": (_without("kind"), "/kind", "no kind"),
    "self-crossing hazard": (
        _with(_BOW_TIE, "hazardous_airspace", 0, "ring"),
        "/hazardous_airspace/0/ring",
        "crosses",
    ),
    "hazard of two points": (
        _with(_BOW_TIE[:2], "hazardous_airspace", 0, "ring"),
        "/hazardous_airspace/0/ring",
        "at least 3",
    ),
    "one fix": (lambda d: d.update(fixes=d["fixes"][:1]), "/fixes", "at least 2"),
    "too many fixes": (
        lambda d: d.update(fixes=[{"id": "F", "lat": 0, "lon": 0}] * 10_001),
        "/fixes",
        "10000",
    ),
    "airfield elsewhere": (_with(12.0, "fixes", 3, "lat"), "/fixes/3", "km from the airfield"),
    "all axes swapped": (_swap_axes, "/fixes", "swapped"),
    "axes of points swapped": (_swap_axes_of_points_only, "/fixes", "swapped"),
    "marks of the wrong kind": (_with("SIMULATED", "marks"), "/marks", "a list"),
    "null where none may be": (_with(None, "start"), "/start", "must be an object"),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_a_bad_plan_gets_its_place_and_a_remedy(case: str) -> None:
    change, place, words = BAD[case]
    document = through_json(mission_plan_to_dict(sample_plan()))
    change(document)
    with pytest.raises(DataError) as caught:
        mission_plan_from_dict(document, file="plan.json")
    error = caught.value
    assert error.file == "plan.json"
    assert (error.where or "").startswith(place)
    assert words in error.message
    assert error.remedy


def test_the_hazard_that_crosses_itself_is_told_with_the_crossing() -> None:
    document = mission_plan_to_dict(sample_plan())
    document["hazardous_airspace"][0]["ring"] = _BOW_TIE
    # The diagonals (50,30)-(51,31) and (51,30)-(50,31) meet in the middle.
    with pytest.raises(DataError, match=r"50°30\.0'N 030°30\.0'E"):
        mission_plan_from_dict(document)


TEXTS = {
    "empty": (b"", "empty"),
    "blank": (b"  \n ", "empty"),
    "not JSON": (b"{'a': 1}", "not JSON"),
    "half": (b'{"kind": "mission-plan",', "not JSON"),
    "a list": (b"[]", "a list"),
    "a number": (b"5", "the number 5"),
    "null": (b"null", "null"),
    "NaN": (b'{"kind": "mission-plan", "version": 1, "cruise_km_h": NaN}', "NaN"),
    "Infinity": (b'{"cruise_km_h": -Infinity}', "Infinity"),
    "too large a number": (b'{"cruise_km_h": 1e999}', "1e999"),
    "too many digits": (b'{"a": ' + b"9" * 5000 + b"}", "5000 digits"),
    "key twice": (b'{"kind": 1, "kind": 2}', "'kind' stands twice"),
    "not UTF-8": (b'{"kind":\n "\xff\xfe"}', "not UTF-8"),
    "UTF-16": ('{"kind": 1}'.encode("utf-16"), "UTF-16"),
    "deep": (b'{"a":' * 100_000, "nested too deeply"),
    "deep list": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "control character": (b'{"a": "\\u0000"}', "U+0000"),
    "lone surrogate": (b'{"a": ["\\ud800"]}', "U+D800"),
    "GeoJSON": (b'{"type": "FeatureCollection", "features": []}', "FeatureCollection"),
}


@pytest.mark.parametrize("case", sorted(TEXTS))
def test_what_is_no_plan_at_all_is_told_so(case: str, tmp_path: Path) -> None:
    data, words = TEXTS[case]
    path = tmp_path / "plan.json"
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        read_mission_plan(path)
    assert words in caught.value.message
    assert caught.value.file == str(path)
    assert caught.value.remedy


def test_the_line_of_a_syntax_error_is_told() -> None:
    with pytest.raises(DataError) as caught:
        read_mission_plan(b'{\n "kind": "mission-plan",\n "version" 1\n}')
    assert caught.value.line == 3


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)  # sparse: takes no room
    with pytest.raises(DataError, match="200 MB"):
        read_mission_plan(path)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_mission_plan(tmp_path / "nothing.json")
    with pytest.raises(DataError, match="folder"):
        read_mission_plan(tmp_path)


def test_several_faults_are_told_at_once() -> None:
    document = mission_plan_to_dict(sample_plan())
    document["cruise_km_h"], document["observed"] = "fast", 7
    with pytest.raises(DataError) as caught:
        mission_plan_from_dict(document)
    assert "/cruise_km_h" in str(caught.value) and "/observed" in str(caught.value)


def test_an_antimeridian_plan_is_read() -> None:
    """Chukotka: fixes on both sides of 180 degrees are near one another, not swapped."""
    document = mission_plan_to_dict(sample_plan())
    at = {"code": "UHMA", "name": "Anadyr", "lat": 64.735, "lon": 177.741}
    for name in ("start", "end", "point_of_entry", "point_of_exit"):
        document[name] = at
    for i, fix in enumerate(document["fixes"]):
        lon = 177.0 + i
        fix |= {
            "id": f"F{i}",
            "airfield": None,
            "lat": 65.0,
            "lon": lon if lon < 180 else lon - 360,
        }
    for i, leg in enumerate(document["legs"]):
        leg |= {"start": f"F{i}", "end": f"F{i + 1}"}
    document["stops"] = []
    assert len(mission_plan_from_dict(document).fixes) == 6
