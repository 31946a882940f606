"""Certificates of plans: a bound no lawful plan exceeds, and what is said about it."""

from __future__ import annotations

import dataclasses
import math
import random

import pytest
from planning_samples import HOME, NARROW, go, km, problem

from overflight.errors import PlanError
from overflight.planning.bound.certificate import Certificate, bound_for, certificate_for_nodes
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.problem import Place, PlanningProblem, Route, Target
from overflight.sensing.swath import Strip


def drawn_routes(task: PlanningProblem, seed: int) -> list[Route]:
    """Lawful routes over some targets' nearest whole minutes, in random order."""
    rng = random.Random(seed)
    found = []
    for _ in range(80):
        some = rng.sample(task.targets, rng.randint(1, min(6, len(task.targets))))
        fixes = [target.position.rounded_to_minutes() for target in some]
        route = Route((task.start, task.end), (tuple(dict.fromkeys(fixes)),))
        if not violations(task, route):
            found.append(route)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_lawful_route_is_worth_more(seed):
    task = problem(seed, 14, total=2600.0, stage=2600.0, strip=Strip(0.0, 15.0))
    book = LegBook(task)
    routes = drawn_routes(task, seed)
    assert len(routes) > 5
    certificate = bound_for(task, 0.0, 1.0)
    assert certificate.bound >= max(book.value(route) for route in routes)
    assert certificate.bound <= sum(target.value for target in task.targets)


def test_a_single_site_counts_from_where_its_strip_can_see_it():
    """A site 500 km away seen from 20 km off: 960 km there and back, not a kilometre less."""
    at = go(HOME.position, 40.0, 500.0)
    for total, value in ((959.5, 0.0), (960.5, 3.0)):
        task = dataclasses.replace(
            problem(count=0, total=total), targets=(Target(at, 3.0, (Strip(0.0, 20.0), NARROW)),)
        )
        assert bound_for(task, 0.0, 1.0).bound == value


def test_a_stage_has_to_reach_the_site_from_an_airfield():
    at = go(HOME.position, 40.0, 500.0)
    task = dataclasses.replace(
        problem(count=0, total=2000.0, stage=900.0), targets=(Target(at, 3.0, (NARROW,)),)
    )
    assert bound_for(task, 0.0, 1.0).bound == 0.0
    nearer = Place("NEAR", go(HOME.position, 40.0, 300.0))
    assert bound_for(dataclasses.replace(task, stations=(HOME, nearer)), 0.0, 1.0).bound == 3.0


def test_what_no_sensor_resolves_is_worth_nothing():
    task = problem(count=0)
    blind = dataclasses.replace(task, targets=(Target(HOME.position, 5.0, ()),))
    certificate = bound_for(blind, 0.0, 1.0)
    assert (certificate.bound, certificate.gap, certificate.optimal) == (0.0, 0.0, True)
    assert bound_for(task, 0.0, 1.0).bound == 0.0


def test_all_seen_is_the_best_there_is():
    task = problem(4, 10, total=9000.0, stage=9000.0)
    total = sum(target.value for target in task.targets)
    certificate = bound_for(task, total, 1.0)
    assert certificate.optimal and certificate.gap == 0.0 and certificate.percent == 100.0
    assert "no plan is worth more" in str(certificate)


def test_another_end_and_an_end_out_of_reach():
    away = Place("AWAY", go(HOME.position, 90.0, 400.0))
    task = dataclasses.replace(problem(2, 8, total=450.0), end=away)
    assert bound_for(task, 0.0, 1.0).bound >= 0.0
    with pytest.raises(PlanError) as error:
        bound_for(dataclasses.replace(task, max_total_km=km(HOME.position, away.position) - 1), 0.0)
    assert error.value.remedy


def test_it_says_how_it_was_obtained():
    certificate = bound_for(problem(1, 14, total=1600.0, stage=1600.0), 1.0, 1.0)
    assert "1,600 km from HOME to HOME" in certificate.how
    assert "linear relaxation" in certificate.how and "limits left out" in certificate.how


def test_gap_and_percent():
    certificate = Certificate(80.0, 100.0, "as an example", 0.0)
    assert certificate.gap == pytest.approx(0.25) and certificate.percent == pytest.approx(80.0)
    assert "at least 80.0 % of the best" in str(certificate)
    assert Certificate(0.0, 5.0, "", 0.0).gap == math.inf
    for value, bound in ((5.0, 4.0), (-1.0, 4.0), (math.nan, 4.0)):
        with pytest.raises(ValueError, match="certificate"):
            Certificate(value, bound, "", 0.0)


def test_nodes_have_a_certificate_too():
    distance = [[0.0, 1.0, 5.0], [1.0, 0.0, 5.0], [5.0, 5.0, 0.0]]
    certificate = certificate_for_nodes(distance, [0.0, 1.0, 9.0], 2.0, value=1.0)
    assert certificate.optimal and certificate.bound == 1.0
    assert "1 out of reach" in certificate.how
