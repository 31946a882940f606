"""What an explanation says is held against routes and arithmetic, not against itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest

from overflight.errors import PlanError
from overflight.formats.explanation_json import explanation_to_dict
from overflight.formats.schema import validate
from overflight.geo.positions import Position
from overflight.mission.again import Given, route_of
from overflight.mission.explain import explain
from overflight.mission.plan import make_plan
from overflight.report.explained import explanation_text
from overflight.terms.explanation import Explanation
from overflight.terms.sites import Site
from overflight.terms.working_plan import WorkingPlan

DAY = dt.date(2021, 5, 19)
QUESTION: dict[str, Any] = {
    "treaty": "open-skies",
    "observing": "DEU",
    "observed": "RUS",
    "on": DAY,
    "aircraft": "saab-340b",
    "start": "UUMB",
}
SITES = (
    # Two sites worth much lie out in opposite directions; a flight of 1,700 km sees one of them.
    Site("west", Position(55.3, 32.0), 9.0, "Westward"),
    Site("east", Position(56.0, 46.0), 5.0, "Eastward"),
    Site("north", Position(60.2, 39.0), 4.0),
    Site("south", Position(51.2, 38.5), 4.0),
    # Seen by nothing on board, beyond every airfield's reach, and in another State.
    Site("fine", Position(55.8, 37.9), 8.0, resolution_m=0.001),
    Site("far", Position(68.0, 155.0), 7.0),
    Site("abroad", Position(52.2, 21.0), 6.0),
)


@pytest.fixture(scope="module")
def made() -> WorkingPlan:
    """One petal only: the plan sees one site or two, and leaves others that could be seen."""
    from overflight.mission.again import AsGiven

    whole = make_plan(SITES, **QUESTION, iterations=100)
    route = route_of(whole.plan)
    shortest = min(range(len(route.stages)), key=lambda i: len(route.stages[i]))
    one = dataclasses.replace(
        route, stations=(route.stations[0], route.stations[-1]), stages=(route.stages[shortest],)
    )
    return make_plan(SITES, **QUESTION, iterations=1, planner=AsGiven(one))


@pytest.fixture(scope="module")
def explained(made: WorkingPlan) -> Explanation:
    return explain(made, iterations=30, most=3)


def test_it_is_about_the_plan(made: WorkingPlan, explained: Explanation) -> None:
    assert explained.value == made.value_observed
    assert explained.sites == len(made.sites_observed)
    assert explained.length_km == pytest.approx(sum(x.distance_km for x in made.plan.legs))


def test_sites_out_of_sight_are_told_by_cause(explained: Explanation) -> None:
    causes = {site: part.cause for part in explained.out_of_sight for site in part.sites}
    assert causes.keys() == {"fine", "far", "abroad"}
    assert "resolution" in causes["fine"]
    assert "km" in causes["far"]
    assert "outside the territory" in causes["abroad"]


def test_a_site_that_could_be_seen_besides_costs_nothing(
    made: WorkingPlan, explained: Explanation
) -> None:
    """The plan flies one petal of several that fit: any other site is seen without a loss."""
    left = {part.site for part in explained.left_out}
    unseen = [s for s in SITES[:4] if s.id not in made.sites_observed]
    assert left == {s.id for s in sorted(unseen, key=lambda s: -s.value)[:3]}
    for part in explained.left_out:
        assert part.value_lost is not None and part.value_lost <= 0
        assert part.alone_km is not None and part.alone_km <= 1700.5 * 2
        assert part.extra_km is not None and part.extra_km > 0
        assert part.given_up == ()


def test_more_distance_never_gives_less(explained: Explanation) -> None:
    found = {v.label: v for v in explained.variants}
    for label in ("the same, searched again", "100 km more", "10 % more distance"):
        variant = found[label]
        assert variant.more is not None and variant.more >= 0
        assert variant.length_km is not None and variant.length_km <= variant.limit_km
    less = found["100 km less"]
    assert less.limit_km == pytest.approx(explained.limit_km - 100)
    assert less.length_km is None or less.length_km <= less.limit_km


def test_a_site_in_the_way_of_another_costs_that_one(made: WorkingPlan) -> None:
    """The best plan within one petal's range: to see another far site is to lose one."""
    near = list(SITES[:2])
    plan = make_plan(near, **QUESTION, iterations=50)
    assert plan.sites_observed == {"west", "east"}
    told = explain(plan, iterations=20)
    assert told.left_out == ()
    assert told.out_of_sight == ()


def test_steps_give_the_same_explanation(made: WorkingPlan, explained: Explanation) -> None:
    assert explain(made, iterations=30, most=3) == explained
    assert explained.seconds == 0


def test_a_plan_that_breaks_a_limit_is_not_explained(made: WorkingPlan) -> None:
    ring = tuple(
        Position(p.lat + dlat, p.lon + dlon)
        for p in (made.plan.fixes[1].position,)
        for dlat, dlon in ((-0.3, -0.3), (-0.3, 0.3), (0.3, 0.3), (0.3, -0.3))
    )
    from overflight.terms.mission_plan import HazardousAirspace

    given = Given(hazards=[HazardousAirspace("H", "danger", ring, "avoided")])
    with pytest.raises(PlanError, match="breaks a limit") as caught:
        explain(made, given, iterations=5)
    assert "improve" in caught.value.remedy


def test_it_is_written_as_json_and_as_text(explained: Explanation) -> None:
    document = json.loads(json.dumps(explanation_to_dict(explained), allow_nan=False))
    validate(document, "plan-explanation")
    assert len(document["variants"]) == len(explained.variants)
    text = explanation_text(explained)
    assert text.startswith("WORKING PLAN - NOT FOR RELEASE")
    assert "outside the territory" in text
    assert all(len(line) <= 80 and line == line.rstrip() for line in text.splitlines())
