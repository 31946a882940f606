"""How a plan is flown goes into the working-plan document and comes back; nowhere else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from overflight.errors import DataError
from overflight.formats.flight_json import flyability_to_dict
from overflight.formats.plan_json import mission_plan_to_dict, working_plan_to_dict
from overflight.formats.releasable import releasable
from overflight.formats.schema import validate
from overflight.formats.working_json import working_plan_from_dict
from overflight.performance.fuel import FuelModel, SteadyFlow
from overflight.performance.planned import fly_plan
from overflight.terms.working_plan import WorkingPlan
from strategies import sample_working_plan


def flown(**how: Any) -> WorkingPlan:
    work = sample_working_plan()
    flight = fly_plan(work.plan, sites=work.sites, observations=work.observations, **how)
    return replace(work, flyability=flight)


FUEL = FuelModel(SteadyFlow(400.0), 13_000.0, "Four hundred an hour.", 2_500.0)


@pytest.mark.parametrize("how", [{}, {"range_km": 900.0}, {"range_km": 1700.0, "fuel": FUEL}])
def test_it_comes_back_as_it_went(how: dict[str, Any]) -> None:
    work = flown(**how)
    document = json.loads(json.dumps(working_plan_to_dict(work), allow_nan=False))
    validate(document, "working-plan")
    assert working_plan_from_dict(document).flyability == work.flyability


def test_what_it_adds_up_is_there() -> None:
    work = flown(range_km=1700.0)
    document = flyability_to_dict(work.flyability)
    assert document is not None
    assert document["hours"] == pytest.approx(sum(leg["hours"] for leg in document["legs"]))
    assert document["flyable"] == all(leg["short_by_km"] <= 0 for leg in document["legs"])
    assert flyability_to_dict(None) is None


def test_a_plan_of_an_older_release_has_none() -> None:
    document = json.loads(json.dumps(working_plan_to_dict(flown())))
    del document["flyability"]
    assert working_plan_from_dict(document).flyability is None


def test_legs_that_are_not_the_plans_are_refused() -> None:
    document = json.loads(json.dumps(working_plan_to_dict(flown())))
    document["flyability"]["legs"].pop()
    with pytest.raises(DataError, match="and the plan has 5") as caught:
        working_plan_from_dict(document)
    assert caught.value.where == "/flyability/legs"
    document["flyability"]["legs"] = "none"
    with pytest.raises(DataError):
        working_plan_from_dict(document)


def test_what_is_handed_over_does_not_change_with_it() -> None:
    work = flown()
    without = releasable(replace(work, flyability=None))
    assert mission_plan_to_dict(releasable(work)) == mission_plan_to_dict(without)
    assert "flyability" not in json.dumps(mission_plan_to_dict(releasable(work)))
