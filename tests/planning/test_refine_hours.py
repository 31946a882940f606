"""Sites that are there to be seen for a while only: flown when they are, or not counted."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import replace
from itertools import pairwise

import pytest
from planning_samples import HOME, NARROW, go, km, problem

from overflight.errors import PlanError
from overflight.planning.board import board_for
from overflight.planning.evaluate import violations
from overflight.planning.problem import Place, PlanningProblem, Route, Target
from overflight.planning.protocol import Budget, RoutePlanner
from overflight.planning.refine import settle
from overflight.planning.schedule import Assumptions, FlightClock
from overflight.planning.timing import TimedBook, book_for, start_of
from peers.greedy import GreedyPlanner
from peers.improve import improved
from peers.pyvrp_planner import PyVRPPlanner

DAY = dt.date(2021, 5, 19)
CRUISE = 450.0
SOME = Budget(iterations=100, seed=1)
PLANNERS: list[RoutePlanner] = [GreedyPlanner(), PyVRPPlanner()]


def site(azimuth: float, away: float, opens: float = -math.inf, closes: float = math.inf) -> Target:
    place = go(HOME.position, azimuth, away).rounded_to_minutes()
    return Target(place, 1.0, (NARROW,), opens, closes, f"S{azimuth:g}")


def asked(*targets: Target, total: float = 3000.0, stage: float = 1500.0) -> PlanningProblem:
    clock = FlightClock(CRUISE, DAY, Assumptions())
    return replace(problem(1, 1, total=total, stage=stage), targets=targets, clock=clock)


def passed_at(plan: PlanningProblem, route: Route, target: Target, start: float) -> list[float]:
    """Hours after the usual start at which the path comes within 2 km, by GeographicLib."""
    assert plan.clock is not None
    ways = [route.stage_path(i) for i in range(len(route.stages))]
    lengths = [[km(a, b) for a, b in pairwise(way)] for way in ways]
    departs, _ = plan.clock.hours(lengths)
    found = []
    for (a, _), leaves in zip(pairwise(route.path), departs, strict=True):
        if km(a, target.position) <= 2.0:
            found.append(start + leaves)
    return found


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_the_start_waits_for_a_site(planner: RoutePlanner) -> None:
    late = site(90, 300, opens=5.0, closes=5.5)
    plan = asked(late, site(0, 300))
    route = planner.solve(plan, SOME).route
    book = book_for(plan)
    assert violations(plan, route) == []
    assert book.value(route) == 2.0
    start = start_of(book, route)
    assert start > 0
    assert any(5.0 <= at <= 5.5 for at in passed_at(plan, route, late, start))


def test_nothing_waits_where_no_hours_count() -> None:
    plan = asked(site(90, 300), site(0, 300))
    book = book_for(plan)
    assert not isinstance(book, TimedBook)
    assert start_of(book, PyVRPPlanner().solve(plan, SOME).route) == 0.0


@pytest.mark.parametrize(("first", "last"), [(0, 180), (180, 0)])
def test_stages_are_flown_in_the_order_of_their_hours(first: int, last: int) -> None:
    """Two petals that one stage cannot hold: each has a site that only one order of them shows."""
    plan = asked(
        site(first, 500, closes=2.0), site(last, 500, opens=4.0), total=2200.0, stage=1100.0
    )
    route = PyVRPPlanner().solve(plan, SOME).route
    assert len(route.stages) == 2
    assert book_for(plan).value(route) == 2.0


def test_a_route_is_turned_round_for_its_hours() -> None:
    """East first is what is given; west is seen early only when it is flown the other way."""
    east, north, west = site(90, 400), site(0, 400), site(270, 400, opens=0.5, closes=1.0)
    plan = asked(east, north, west, stage=2500.0)
    given = Route((HOME, HOME), ((east.position, north.position, west.position),))
    book = book_for(replace(plan, clock=_Fixed(CRUISE, DAY, Assumptions())))
    assert book.value(given) == 2.0
    settled = settle(book, given, [])
    assert settled is not None
    assert book.value(settled) == 3.0
    assert settled.fixes[0].lon < HOME.position.lon


class _Fixed(FlightClock):
    """The flight may begin at its usual hour only."""

    def starts(self, hours: float, /) -> tuple[float, float]:
        del hours
        return 0.0, 0.0


def test_what_comes_too_late_is_not_flown_to() -> None:
    gone = site(90, 700, closes=0.5)
    plan = replace(asked(gone, site(0, 300)), clock=_Fixed(CRUISE, DAY, Assumptions()))
    route = PyVRPPlanner().solve(plan, SOME).route
    assert book_for(plan).value(route) == 1.0
    assert all(km(fix, gone.position) > 100.0 for fix in route.fixes)


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_hours_on_another_day_are_a_plan_error_that_names_the_sites(planner: RoutePlanner) -> None:
    plan = asked(site(90, 300, opens=24.0 * 8), site(0, 300, closes=-24.0 * 8))
    with pytest.raises(PlanError, match=r"not within the hours.*2 of 2 sites: S90, S0") as caught:
        planner.solve(plan, SOME)
    assert "hours" in caught.value.remedy


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_a_flight_elsewhere_that_shows_nothing_is_a_plan_error(planner: RoutePlanner) -> None:
    """There is a way from start to end; nothing lies along it: no plan."""
    end = Place("END", go(HOME.position, 90, 300))
    plan = replace(asked(site(270, 900)), end=end, max_total_km=700.0)
    with pytest.raises(PlanError, match=r"beyond the 700 km.*S270"):
        planner.solve(plan, SOME)


def test_taking_out_and_filling_finds_more_and_stays_lawful() -> None:
    base = problem(5, 20, total=2500.0, stage=1300.0)
    hours = [(-math.inf, math.inf), (1.0, 4.0), (3.0, 9.0)]
    targets = tuple(
        replace(t, opens=hours[i % 3][0], closes=hours[i % 3][1])
        for i, t in enumerate(base.targets)
    )
    plan = replace(base, targets=targets, clock=FlightClock(CRUISE, DAY, Assumptions()))
    book = book_for(plan)
    whole = GreedyPlanner().solve(plan, SOME).route
    given = settle(book, Route((HOME, HOME), (whole.fixes[:2],)), [])
    assert given is not None
    steps = iter(range(6))
    nodes = board_for(plan)[0].nodes
    better = improved(book, given, nodes, random.Random(1), lambda: next(steps, 9) < 5)
    assert violations(plan, better) == []
    assert book.value(better) > book.value(given)
