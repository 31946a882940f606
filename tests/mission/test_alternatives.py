"""Plans different in kind: held against the sites that each of them sees, not against words."""

from __future__ import annotations

import datetime as dt
import itertools
from functools import cache
from typing import Any

import pytest

from overflight.geo.positions import Position
from overflight.mission.again import route_of
from overflight.mission.alternatives import (
    Alternatives,
    Differing,
    alternatives,
    different,
    shared,
    without,
)
from overflight.mission.plan import make_plan
from overflight.planning.problem import Place, PlanningProblem, Target
from overflight.planning.protocol import RoutePlanner
from overflight.report.alternatives import alternatives_table
from overflight.terms.sites import Site
from overflight.terms.working_plan import WorkingPlan

QUESTION: dict[str, Any] = {
    "treaty": "open-skies",
    "observing": "DEU",
    "observed": "RUS",
    "on": dt.date(2021, 5, 19),
    "aircraft": "saab-340b",
    "start": "UUMB",
    "iterations": 20,
}
# Six groups about 650 km from Kubinka, each within a petal of 1,700 km; 5,500 km are three petals.
GROUPS = {
    "north": (61.4, 38.5),
    "northeast": (59.6, 45.5),
    "east": (55.5, 47.0),
    "southeast": (51.6, 44.5),
    "south": (50.8, 40.5),
    "northwest": (59.6, 31.0),
}
SITES = tuple(
    Site(f"{group}-{k}", Position(lat + k % 2 * 0.3, lon + k // 2 * 0.5), 1.0 + k)
    for group, (lat, lon) in GROUPS.items()
    for k in range(4)
)


def make(planner: RoutePlanner | None = None) -> WorkingPlan:
    return make_plan(SITES, **QUESTION, planner=planner)


@cache
def found() -> Alternatives:
    return alternatives(make(), make, 2)


def groups_of(plan: WorkingPlan) -> set[str]:
    return {site.rpartition("-")[0] for site in plan.sites_observed}


@pytest.mark.slow
def test_each_is_different_from_those_before_it() -> None:
    made = found()
    assert len(made.others) == 2
    assert made.said == ""
    for one, other in itertools.combinations(made.plans, 2):
        here, there = one.sites_observed, other.sites_observed
        assert len(here & there) <= 0.6 * max(len(here), len(there))
        assert here - there
        assert there - here
        assert groups_of(one) != groups_of(other)
    values = [plan.value_observed for plan in made.others]
    assert values == sorted(values, reverse=True)


@pytest.mark.slow
def test_they_are_worth_about_as_much_where_there_is_enough() -> None:
    """Of six groups of equal worth the plan sees three at most: as many are left."""
    made = found()
    assert made.others[0].value_observed >= 0.6 * made.first.value_observed


@pytest.mark.slow
def test_their_value_is_that_of_the_sites() -> None:
    value = {site.id: site.value for site in SITES}
    for plan in found().plans:
        assert plan.sites == SITES
        assert plan.value_observed == sum(value[site] for site in plan.sites_observed)


@pytest.mark.slow
def test_the_same_steps_give_the_same_plan() -> None:
    few = {**QUESTION, "iterations": 4}
    planner = Differing((found().first.sites_observed,))
    one, other = (make_plan(SITES, **few, planner=planner) for _ in range(2))
    assert one.plan == other.plan


@pytest.mark.slow
def test_a_route_to_begin_with_is_kept_where_it_differs() -> None:
    first, other = found().first, found().others[0]
    planner = Differing((first.sites_observed,), begin=route_of(other.plan))
    again = make(planner)
    assert different(again.sites_observed, [first.sites_observed])
    assert again.value_observed >= other.value_observed


def test_where_all_is_seen_there_is_no_other() -> None:
    near = SITES[:2]
    first = make_plan(near, **QUESTION)
    assert len(first.sites_observed) == 2

    def again(planner: RoutePlanner) -> WorkingPlan:
        return make_plan(near, **QUESTION, planner=planner)

    made = alternatives(first, again, 3)
    assert made.others == ()
    assert "see all that is within reach" in made.said
    assert made.said in " ".join(alternatives_table(made.plans, made.said).split())


def test_none_is_searched_for_once_stopped() -> None:
    first = make_plan(SITES[:2], **QUESTION)

    def never(planner: RoutePlanner) -> WorkingPlan:
        raise AssertionError(planner.name)

    assert alternatives(first, never, 2, stop=lambda: True).said == "stopped"


@pytest.mark.parametrize(
    ("one", "other", "part"),
    [("abcde", "cdefgh", 3 / 6), ("ab", "abcd", 2 / 4), ("a", "b", 0.0), ("", "", 0.0)],
)
def test_what_is_shared_is_a_part_of_the_larger(one: str, other: str, part: float) -> None:
    assert shared(set(one), set(other)) == shared(set(other), set(one)) == part


@pytest.mark.parametrize(
    ("seen", "earlier", "answer"),
    [
        ("abcxyz", ["abcdef"], True),  # 3 of 6 are shared
        ("abcdxy", ["abcdef"], False),  # 4 of 6 are: more than 60 %
        ("abc", ["abcdefgh"], False),  # only leaves sites out
        ("abcxyz", ["abcdef", "abxyz"], False),  # too near to the second: 5 of 6
        ("", ["abc"], False),
    ],
)
def test_what_counts_as_different(seen: str, earlier: list[str], answer: bool) -> None:
    assert different(frozenset(seen), [frozenset(known) for known in earlier]) is answer


@pytest.mark.parametrize(
    ("side", "gone"), [(0.0, "n"), (90.0, "e"), (180.0, "s"), (270.0, "w"), (45.0, "ne")]
)
def test_a_side_is_what_lies_there(side: float, gone: str) -> None:
    """Around 60 north, across the line where longitude starts anew."""
    at = {"n": (62.0, -180.0), "e": (60.0, -176.0), "s": (58.0, 180.0), "w": (60.0, 176.0)}
    home = Place("HOME", Position(60.0, 180.0))
    targets = tuple(Target(Position(*at[name]), 1.0, (), name=name) for name in at)
    problem = PlanningProblem(targets, home, home, (), 1000.0, 1000.0)
    left = without(problem, [frozenset(at)], side, len(gone) / 4)
    assert {t.name for t in problem.targets} - {t.name for t in left.targets} == set(gone)
