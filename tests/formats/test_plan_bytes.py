"""A plan is signed by the SHA-256 of its document: reading and writing may not change a byte.

What JSON calls one number may be written in many ways (RFC 8259, section 6): 2000, 2000.0, 2e3.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.formats.plan_json import mission_plan_from_dict, read_mission_plan
from overflight.geo.positions import Position
from overflight.report.outgoing import plan_bytes, plan_digest
from overflight.terms.mission_plan import Leg, MissionPlan, PlanSensor
from strategies import mission_plans, sample_plan

Cli = Callable[..., Any]

numbers = st.one_of(st.integers(0, 9000), st.floats(0, 9000), st.sampled_from([-0.0, 0, 5e-324]))


@st.composite
def plans_of_any_numbers(draw: st.DrawFn) -> MissionPlan:
    """Plans whose numbers are whole, broken or a negative zero, as they may come from anywhere."""
    plan = draw(mission_plans())
    return replace(
        plan,
        cruise_km_h=draw(st.integers(100, 1000) | st.floats(100, 1000)),
        legs=tuple(
            replace(
                leg,
                distance_km=draw(numbers),
                distance_over_territory_km=draw(numbers),
                height_agl_m=draw(numbers),
                terrain_max_m=draw(st.none() | numbers),
                altitude_m=draw(st.none() | numbers),
            )
            for leg in plan.legs
        ),
        sensors=tuple(
            replace(
                sensor,
                h_min_m=draw(st.none() | numbers),
                ground_resolution_m=draw(st.integers(1, 9)),
            )
            for sensor in plan.sensors
        ),
    )


@given(plans_of_any_numbers())
def test_a_plan_read_and_written_again_is_the_same_to_the_byte(plan: MissionPlan) -> None:
    first = plan_bytes(plan)
    again = mission_plan_from_dict(json.loads(first))
    assert plan_bytes(again) == first
    assert again == plan
    assert not re.search(rb"-0\.0\b", first)


@pytest.mark.parametrize("zero", [0, 0.0, -0.0])
def test_equal_plans_have_equal_digests(zero: float) -> None:
    def plan(number: float, height: float, lat: float) -> MissionPlan:
        made = sample_plan(cruise_km_h=height)
        legs = tuple(replace(leg, height_agl_m=height, terrain_max_m=number) for leg in made.legs)
        ring = tuple(Position(lat=lat, lon=p.lon) for p in made.hazardous_airspace[0].ring)
        area = replace(made.hazardous_airspace[0], ring=ring)
        sensors = (PlanSensor("framing", "optical-framing", height, None),)
        return replace(made, legs=legs, sensors=sensors, hazardous_airspace=(area,))

    assert plan(zero, 2000, zero) == plan(0.0, 2000.0, 0.0)
    assert plan_digest(plan(zero, 2000, zero)) == plan_digest(plan(0.0, 2000.0, 0.0))


def test_the_antimeridian_is_written_as_it_is_read() -> None:
    west = Position(lat=64.0, lon=math.nextafter(-180.0, -math.inf))
    plan = sample_plan()
    area = replace(
        plan.hazardous_airspace[0], ring=(west, Position(64.5, 179.0), Position(65, -179))
    )
    plan = replace(plan, hazardous_airspace=(area,))
    assert plan_bytes(mission_plan_from_dict(json.loads(plan_bytes(plan)))) == plan_bytes(plan)


def hand_written() -> str:
    """The sample plan as a person might type it: whole numbers, exponents, a negative zero."""
    document = json.loads(plan_bytes(sample_plan()))
    document["cruise_km_h"] = "<450>"
    heights = ("<2000>", "<2e3>", "<2.0E+3>", "<2000.00>", "<20e2>")
    for leg, written in zip(document["legs"], heights, strict=True):
        leg["height_agl_m"] = written
        leg["terrain_max_m"] = "<-0.0>"
        leg["altitude_m"] = "<2500>"
        leg["distance_over_territory_km"] = "<1.5e2>"
    document["sensors"][0] |= {"h_min_m": "<15E2>", "ground_resolution_m": "<3e-1>"}
    for corner, lon in zip(
        document["hazardous_airspace"][0]["ring"], ("<40>", "<4.05e1>", "<40.5>"), strict=True
    ):
        corner["lon"] = lon
    return json.dumps(document, indent=1).replace('"<', "").replace('>"', "")


def test_a_plan_typed_by_hand_keeps_its_digest_through_the_command(cli: Cli) -> None:
    typed = hand_written()
    assert all(text in typed for text in ("2e3", "-0.0", "2.0E+3", ": 2000,", "15E2"))
    first = cli("plan", "export", "-", "--to", "json", stdin=typed)
    assert first.status == 0
    again = cli("plan", "export", "-", "--to", "json", stdin=first.raw)
    assert again.raw == first.raw
    digest = hashlib.sha256(first.raw).hexdigest()
    assert plan_digest(read_mission_plan(typed.encode())) == digest
    assert [leg["height_agl_m"] for leg in json.loads(first.raw)["legs"]] == [2000.0] * 5


@pytest.mark.slow
def test_the_digest_on_the_paper_is_that_of_the_exported_file(cli: Cli) -> None:
    from pypdf import PdfReader

    typed = hand_written()
    exported = cli("plan", "export", "-", "--to", "json", stdin=typed).raw
    digest = hashlib.sha256(exported).hexdigest()
    for source in (typed, exported):
        paper = cli("plan", "export", "-", "--to", "pdf", stdin=source)
        assert paper.status == 0, paper.err
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.raw)).pages)
        assert digest in "".join(text.split())


def test_absent_means_all_sensors_and_an_empty_list_none() -> None:
    document = json.loads(plan_bytes(sample_plan()))
    del document["legs"][0]["sensors"]
    document["legs"][1]["sensors"] = []
    legs = mission_plan_from_dict(document).legs
    assert legs[0].sensors == tuple(sensor["id"] for sensor in document["sensors"])
    assert legs[1].sensors == ()


@pytest.mark.parametrize("name", ["mission-plan", "working-plan"])
def test_the_schema_and_the_type_say_what_no_sensors_means(name: str) -> None:
    from overflight.formats.schema import load_schema

    said = load_schema(name)["$defs"]["leg"]["properties"]["sensors"]["description"]
    assert "absent, all" in said
    assert "[], none" in said
    assert "leaves the field out means every sensor" in " ".join((Leg.__doc__ or "").split())
