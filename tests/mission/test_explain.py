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
from overflight.mission.again import AsGiven, Given, route_of
from overflight.mission.explain import LEFT_FOR_OTHERS, explain, not_seen
from overflight.mission.plan import make_plan
from overflight.report.explained import explanation_text, not_seen_text
from overflight.terms.explanation import Explanation
from overflight.terms.mission_plan import HazardousAirspace
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
    # Around Kubinka, each within a petal of 1,700 km.
    Site("west", Position(55.3, 32.0), 9.0, "Westward"),
    Site("east", Position(56.0, 46.0), 5.0, "Eastward"),
    Site("north", Position(60.2, 39.0), 4.0),
    Site("south", Position(51.2, 38.5), 4.0),
    # More than eight in all: of fewer every order is looked at, whatever the budget.
    *(Site(f"near-{k}", Position(56.5 + k / 3, 36.0 + k % 2), 0.5) for k in range(6)),
    # Seen by nothing on board, beyond every airfield's reach, and in another State.
    Site("fine", Position(55.8, 37.9), 8.0, resolution_m=0.001),
    Site("far", Position(68.0, 155.0), 7.0),
    Site("abroad", Position(52.2, 21.0), 6.0),
)


@pytest.fixture(scope="module")
def made() -> WorkingPlan:
    """One petal only: the plan leaves sites out that could be seen."""
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


def test_what_is_not_seen_is_counted_without_a_search(made: WorkingPlan) -> None:
    causes = {site: part.cause for part in not_seen(made) for site in part.sites}
    assert causes.keys() == {s.id for s in SITES} - made.sites_observed
    assert {s for s, cause in causes.items() if cause != LEFT_FOR_OTHERS} == {
        "fine",
        "far",
        "abroad",
    }
    text = not_seen_text(not_seen(made))
    assert f"WHAT IT DOES NOT SEE: {len(causes)} sites" in text
    assert "value 6: outside the territory of RUS" in text
    assert not_seen_text(()) == ""


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
    assert (found["10 % more distance"].value or 0) >= (found["100 km more"].value or 0)
    less = found["100 km less"]
    assert less.limit_km == pytest.approx(explained.limit_km - 100)
    assert less.length_km is None or less.length_km <= less.limit_km


def test_a_plan_that_sees_everything_leaves_nothing_to_explain() -> None:
    plan = make_plan(SITES[:2], **QUESTION, iterations=50)
    assert plan.sites_observed == {"west", "east"}
    told = explain(plan, iterations=5, stop=lambda: True)
    assert told.left_out == ()
    assert told.out_of_sight == ()


@pytest.mark.slow
def test_steps_give_the_same_explanation(made: WorkingPlan, explained: Explanation) -> None:
    assert explain(made, iterations=30, most=3) == explained
    assert explained.seconds == 0


def test_a_plan_that_breaks_a_limit_is_not_explained(made: WorkingPlan) -> None:
    at = made.plan.fixes[1].position
    corners = ((-0.3, -0.3), (-0.3, 0.3), (0.3, 0.3), (0.3, -0.3))
    ring = tuple(Position(at.lat + north, at.lon + east) for north, east in corners)
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
