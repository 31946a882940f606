"""Every rule against tests/cases/rules.toml: kept, broken (or a right), and not to be told."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from rule_samples import (
    KUBINKA,
    VOLGA,
    case,
    documents,
    patched,
    plan_through,
    rule,
    treaty,
    utc,
    view_on,
)

from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.rules.case import DOCUMENT_OF, Case
from overflight.rules.engine import evaluate
from overflight.terms.findings import Finding
from overflight.terms.mission_plan import (
    Fix,
    HazardousAirspace,
    MissionPlan,
    PlanSensor,
    Stop,
)

TABLE = tomllib.loads((Path(__file__).parents[1] / "cases" / "rules.toml").read_text("utf-8"))
ROWS = [(row, one) for row in TABLE["rule"] for one in row["cases"]]


def _name(row: dict[str, Any], one: dict[str, Any]) -> str:
    what = one.get("what") or " ".join(f"{k}" for k in one.get("set", one))
    return f"{row['phase']}-{row['id']}-{one['verdict']}-{what}".replace(" ", "_")


def _ring(points: list[list[float]]) -> tuple[Position, ...]:
    return tuple(Position(lat=lat, lon=lon) for lat, lon in points)


def _with_stop(plan: MissionPlan, code: str) -> MissionPlan:
    """The third fix becomes an airfield where the aircraft takes on fuel; "" names none."""
    fixes = list(plan.fixes)
    fixes[2] = Fix(fixes[2].id, fixes[2].position, code or None)
    at = plan.legs[1].arrives
    assert at is not None
    stop = Stop(fixes[2].id, "refuelling", at, at + dt.timedelta(hours=1))
    later = plan.times.completion
    assert later is not None
    times = dataclasses.replace(plan.times, completion=later + dt.timedelta(hours=1))
    return dataclasses.replace(plan, fixes=tuple(fixes), stops=(stop,), times=times)


def build(one: dict[str, Any]) -> Case:
    """The base mission with the case's changes."""
    plan: MissionPlan | None = plan_through([tuple(p) for p in one.get("route", VOLGA)])
    assert plan is not None
    if "stop" in one:
        plan = _with_stop(plan, one["stop"])
    if "hazard" in one:
        area = HazardousAirspace("D1", "danger area", _ring(one["hazard"]["ring"]))
        area = dataclasses.replace(area, handling=one["hazard"]["handling"])
        plan = dataclasses.replace(plan, hazardous_airspace=(area,))
    if "sensors" in one:
        plan = dataclasses.replace(
            plan,
            sensors=tuple(
                PlanSensor(f"s{n}", c, 2000.0, 3.0) for n, c in enumerate(one["sensors"])
            ),
        )
    if "cameras" in one:
        cameras = tuple(PlanSensor(c, "optical-framing", 2000.0, 0.3) for c in one["cameras"])
        plan = dataclasses.replace(plan, sensors=cameras)
    papers = documents()
    plan = patched(plan, papers, one.get("set", {}))
    without = one.get("without", ())
    for name in without:
        papers.pop(DOCUMENT_OF.get(name, ""), None)
    on = one.get("on", dt.date(2021, 5, 19))
    geography = None
    if "geography" not in without and "plan" not in without:
        geography = real_geography(on, one.get("readings"), plan.observed)
    return case(
        None if "plan" in without else plan,
        papers,
        geography=geography,
        now=utc(one["now"]) if "now" in one else None,
        readings=one.get("readings"),
        on=on,
    )


def real_geography(on: dt.date, readings: dict[str, str] | None, observed: str) -> Any:
    from overflight.treaty.geography import geography

    return geography(view_on(on, readings), observed)


def worst(findings: list[Finding]) -> Finding:
    order = ("breach", "undetermined", "right arises", "compliant", "does not apply")
    return min(findings, key=lambda f: order.index(f.verdict))


@pytest.mark.parametrize(("row", "one"), ROWS, ids=[_name(r, o) for r, o in ROWS])
def test_case(row: dict[str, Any], one: dict[str, Any]) -> None:
    findings = evaluate(build(one), rule(row["id"], row["phase"]))
    found = worst(findings)
    assert found.verdict == one["verdict"], found.message
    assert row["cite"] in found.cite
    assert found.phase == row["phase"]
    if "measured" in one:
        assert found.measured == pytest.approx(one["measured"], abs=0.006)
    if "limit" in one:
        assert found.limit == pytest.approx(one["limit"])
    if "says" in one:
        assert one["says"] in found.message
    if found.verdict == "undetermined":
        assert found.needs, found.message
    assert found.message.rstrip().endswith("."), found.message


def test_every_rule_has_a_case_of_each_kind() -> None:
    """Kept, broken (or a right), not to be told: for every rule of the treaty."""
    kinds: dict[tuple[str, str], set[str]] = {}
    for row, one in ROWS:
        kind = {"breach": "fails", "right arises": "fails", "undetermined": "open"}
        kinds.setdefault((row["id"], row["phase"]), set()).add(kind.get(one["verdict"], "passes"))
    rules = {(r.id, r.phase) for r in treaty().rules}
    assert set(kinds) == rules
    lacking = {key: {"passes", "fails", "open"} - found for key, found in kinds.items()}
    # A technique of turning that is not one of the two known may still be defined: never a breach.
    lacking.pop(("R10", "plan"))
    assert {key: gone for key, gone in lacking.items() if gone} == {}


def test_the_flight_rules_of_the_fact_sheet_are_all_there() -> None:
    """R1 to R22; R23 is the absence of a rule."""
    ids = {r.id for r in treaty().rules}
    assert {f"R{number}" for number in range(1, 23)} - ids == set()
    assert "R23" not in ids


def test_the_base_plan_is_what_the_cases_say_it_is() -> None:
    plan = plan_through()
    assert distance_km(plan.fixes[0].position, KUBINKA.position) == 0.0
    assert plan.flight_distance_km == pytest.approx(1201.6, abs=0.1)
