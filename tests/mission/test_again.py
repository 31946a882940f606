"""A working plan asked again: improved from its own route, never worse."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest

from overflight.errors import DataError, PlanError
from overflight.formats.plan_json import working_plan_to_dict
from overflight.formats.working_json import working_plan_from_dict
from overflight.mission.again import AsGiven, Given, improved, question_of, route_of
from overflight.mission.airfield_sites import airfield_sites
from overflight.mission.plan import make_plan
from overflight.terms.findings import Verdict
from overflight.terms.working_plan import WorkingPlan
from overflight.treaty.geography import geography
from overflight.treaty.loader import load_treaty
from peers.greedy import GreedyPlanner

DAY = dt.date(2021, 5, 19)
QUESTION: dict[str, Any] = {
    "treaty": "open-skies",
    "observing": "DEU",
    "observed": "RUS",
    "on": DAY,
    "aircraft": "saab-340b",
    "start": "UUMB",
    "marks": ("EXERCISE",),
    "readings": {"self-crossing": "lenient"},
}


@pytest.fixture(scope="module")
def made() -> WorkingPlan:
    """A poor plan, as it is read back from its document."""
    view = load_treaty("open-skies").on(DAY)
    sites = airfield_sites(
        geography(view, "RUS").in_territory, seed=1, bbox=(30.0, 50.0, 45.0, 60.0)
    )
    working = make_plan(sites, **QUESTION, iterations=3, seed=2, planner=GreedyPlanner())
    return working_plan_from_dict(json.loads(json.dumps(working_plan_to_dict(working))))


def test_the_question_is_the_one_the_plan_was_made_for(made: WorkingPlan) -> None:
    asked = question_of(made)
    assert {**asked, **QUESTION, "readings": asked["readings"]} == asked
    assert asked["readings"]["self-crossing"] == "lenient"
    assert asked["end"] == "UUMB"
    other = question_of(made, Given(readings={"self-crossing": "strict"}, refuel=("UUYW",)))
    assert other["readings"]["self-crossing"] == "strict"
    assert "UUYW" in other["refuel"]


def test_the_route_is_the_one_that_is_flown(made: WorkingPlan) -> None:
    route = route_of(made.plan)
    assert list(route.path) == [fix.position for fix in made.plan.fixes]
    same = make_plan(made.sites, **question_of(made), iterations=1, planner=AsGiven(route))
    assert same.sites_observed == made.sites_observed
    assert same.plan.path == made.plan.path


def test_searching_on_is_never_worse(made: WorkingPlan) -> None:
    for steps in (1, 100):
        better = improved(made, iterations=steps, seed=5)
        assert better.value_observed >= made.value_observed
        assert better.findings.verdict is Verdict.COMPLIANT
        assert better.sites == made.sites
        assert better.plan.marks == ("EXERCISE",)
    assert better.value_observed > made.value_observed


def test_the_same_steps_and_seed_give_the_same_plan(made: WorkingPlan) -> None:
    first, second = (improved(made, iterations=20, seed=5) for _ in range(2))
    assert working_plan_to_dict(first) == working_plan_to_dict(second)


def test_a_route_that_breaks_a_limit_is_told(made: WorkingPlan) -> None:
    route = route_of(made.plan)
    long = dataclasses.replace(route, stages=tuple(s[::-1] for s in route.stages))
    far = dataclasses.replace(
        long,
        stages=(
            (dataclasses.replace(long.fixes[0], lat=80.0), *long.stages[0]),
            *long.stages[1:],
        ),
    )  # fmt: skip
    with pytest.raises(PlanError, match="breaks a limit"):
        make_plan(made.sites, **question_of(made), iterations=1, planner=AsGiven(far))


def test_a_plan_without_a_day_cannot_be_asked_again(made: WorkingPlan) -> None:
    times = dataclasses.replace(made.plan.times, commencement=None)
    timeless = dataclasses.replace(made, plan=dataclasses.replace(made.plan, times=times))
    with pytest.raises(DataError, match="no commencement"):
        question_of(timeless)
