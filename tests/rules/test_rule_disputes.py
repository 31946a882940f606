"""The historical disputes: what each side's reading of one and the same mission gives."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from rule_samples import case, documents, patched, plan_through, rule, treaty, view_on
from test_rule_cases import worst

from overflight.errors import UnknownValueError
from overflight.geo.positions import Position
from overflight.rules.case import Case
from overflight.rules.engine import evaluate
from overflight.terms.mission_plan import HazardousAirspace, PlanAirfield
from overflight.treaty.geography import geography

TABLE = tomllib.loads((Path(__file__).parents[1] / "cases" / "disputes.toml").read_text("utf-8"))
ROWS = [(row, side) for row in TABLE["dispute"] for side in row["side"]]


def build(row: dict[str, Any], side: dict[str, Any]) -> Case:
    route = [tuple(point) for point in row["route"]] if "route" in row else None
    start = row.get("start")
    more = {}
    if start is not None:
        place = Position(lat=start["lat"], lon=start["lon"])
        more["start"] = PlanAirfield(start["code"], start["name"], place)
    plan = plan_through(route, **more) if route else plan_through(**more)
    observed = row.get("observed", "RUS")
    plan = dataclasses.replace(
        plan,
        observed=observed,
        observing=row.get("observing", "DEU"),
        quota_holder="RUBY" if observed == "RUS" else observed,
    )
    if "hazard" in row:
        ring = tuple(Position(lat=lat, lon=lon) for lat, lon in row["hazard"]["ring"])
        area = HazardousAirspace("D1", "danger area", ring, row["hazard"]["handling"])
        plan = dataclasses.replace(plan, hazardous_airspace=(area,))
    if "sensors" in row:
        plan = dataclasses.replace(plan, sensors=())
    papers = documents()
    plan = patched(plan, papers, {**row.get("set", {}), **side.get("set", {})})
    on, readings = side.get("on", row["on"]), side.get("readings")
    ground = geography(view_on(on, readings), observed) if route else None
    return case(plan, papers, geography=ground, readings=readings, on=on)


@pytest.mark.parametrize(
    ("row", "side"), ROWS, ids=[f"{r['id']}-{s['who']}".replace(" ", "_") for r, s in ROWS]
)
def test_dispute(row: dict[str, Any], side: dict[str, Any]) -> None:
    mission, said = build(row, side), []
    for phase, id_, verdict in side["answers"]:
        found = worst(evaluate(mission, rule(id_, phase)))
        assert found.verdict == verdict, f"{id_}: {found.message}"
        said.append(found.message)
        for name, option in side.get("readings", {}).items():
            if found.verdict != "does not apply" and name in rule(id_, phase).readings:
                assert f"{name}={option}" in found.reading
    if "says" in side:
        assert any(side["says"] in message for message in said), said


def test_every_dispute_of_the_fact_sheet_is_a_case() -> None:
    assert {f"C{n}" for n in range(1, 10)} <= {row["id"] for row in TABLE["dispute"]}
    assert {d.id for d in treaty().disputes} <= {row["id"] for row in TABLE["dispute"]}


def test_rules_that_a_dispute_names_exist() -> None:
    known = {binding.id for binding in treaty().rules}
    assert {r for dispute in treaty().disputes for r in dispute.rules} - known == set()


@pytest.mark.parametrize("key", ["moscow-minimum-height", "hawaii-flight-distance"])
def test_numbers_that_were_never_confirmed_are_unknown(key: str) -> None:
    """3,600 m over Moscow and 900 km over Hawaii are not confirmed (fact sheet, section 12)."""
    with pytest.raises(UnknownValueError):
        view_on(dt.date(2019, 5, 21)).value(key)


def test_the_other_side_of_crimea() -> None:
    """Observing Ukraine, the same stretch is inside under one reading, outside under the other."""
    inside = {}
    for option in ("ukraine", "russia"):
        ground = geography(view_on(dt.date(2016, 5, 19), {"crimea": option}), "UKR")
        inside[option] = ground.in_territory(Position(lat=45.1, lon=34.2))
    assert inside == {"ukraine": True, "russia": False}
