"""Flights planned together: lawful each, counted once, and better than one after the other."""

from __future__ import annotations

import itertools
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_samples import HOME, NARROW, Wall, go, km, problem

from overflight.errors import PlanError
from overflight.planning.board import board_for
from overflight.planning.engine.tours import new_random
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.problem import Place, PlanningProblem, Target
from overflight.planning.protocol import Budget
from overflight.planning.together.search import Together, fly_together
from overflight.planning.together.shares import shares_of
from overflight.planning.track.anneal import fill_pool
from overflight.planning.track.arrays import new_flight
from overflight.planning.track.field import arena_for
from overflight.planning.track.planner import TrackPlanner
from overflight.sensing.swath import Strip

SHORT = Budget(iterations=120, seed=1)


def union(problems: list[PlanningProblem], found: Together) -> float:
    """Value of what the flights see, each target once, counted here."""
    worth: dict[object, float] = {}
    for asked, route in zip(problems, found.routes, strict=True):
        for index in LegBook(asked).seen_on(route.path) if route else ():
            worth[asked.targets[index].position] = asked.targets[index].value
    return sum(worth.values())


def best_of_all(asked: PlanningProblem, flights: int, limit: float) -> float:
    """The most that so many round trips see, by trying all sets of targets and all orders."""
    spots = [t.position for t in asked.targets]
    reached = []
    for size in range(1, len(spots) + 1):
        for chosen in itertools.combinations(range(len(spots)), size):
            ways = itertools.permutations(chosen)
            path = ([HOME.position, *(spots[i] for i in way), HOME.position] for way in ways)
            if min(sum(km(a, b) for a, b in pairwise(p)) for p in path) <= limit:
                reached.append(frozenset(chosen))
    unions = (frozenset().union(*sets) for sets in itertools.combinations(reached, flights))
    return max(sum(asked.targets[i].value for i in seen) for seen in unions)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(2, 25),
    flights=st.integers(1, 3),
    stage=st.floats(500, 2500),
    far=st.sampled_from([2.0, 10.0]),
    most=st.sampled_from([None, 3, 6]),
    walled=st.booleans(),
)
def test_each_flight_is_lawful_and_targets_count_once(
    seed: int, count: int, flights: int, stage: float, far: float, most: int | None, walled: bool
) -> None:
    asked = problem(seed, count, total=1800.0, stage=stage, strip=Strip(0.0, far))
    asked = replace(asked, max_fixes=most)
    if walled:
        asked = replace(asked, blocked=Wall(lon=38.0, south=50.0, north=57.5))
    problems = [asked] * flights
    try:
        found = fly_together(problems, SHORT)
    except PlanError as error:
        assert "no site can be observed" in error.message
        return
    assert len(found.routes) == flights
    for route in found.routes:
        if route is None:
            continue
        assert violations(asked, route) == []
        assert sum(km(a, b) for a, b in pairwise(route.path)) <= asked.max_total_km + 1e-6
        assert most is None or len(route.fixes) <= most
    assert found.value == pytest.approx(union(problems, found))
    assert found.value >= found.in_turn > 0


def opposite() -> PlanningProblem:
    """The best single flight sees both near sites; then each far one needs a flight of its own."""
    spots = [(270, 200, 6.0), (270, 480, 5.0), (90, 200, 6.0), (90, 480, 5.0)]
    targets = tuple(
        Target(go(HOME.position, azimuth, away), value, (NARROW,)) for azimuth, away, value in spots
    )
    return PlanningProblem(targets, HOME, HOME, (HOME,), 1000.0, 1000.0)


def test_what_one_flight_after_the_other_cannot_see() -> None:
    asked = opposite()
    book = LegBook(asked)
    first = book.seen_on(TrackPlanner().solve(asked, SHORT).route.path)
    assert book.value_of(first) == 12.0
    left = tuple(replace(t, value=0.0) if i in first else t for i, t in enumerate(asked.targets))
    second = TrackPlanner().solve(replace(asked, targets=left), SHORT).route
    assert book.value_of(first | book.seen_on(second.path)) == 17.0
    assert fly_together([asked, asked], SHORT).value == 22.0


@pytest.mark.parametrize("seed", [2, 3, 5, 8, 13])
def test_two_flights_see_no_less_than_trying_all_gives(seed: int) -> None:
    asked = replace(problem(seed, 6, total=1300.0, stage=1300.0), simple_path=False)
    most = best_of_all(asked, 2, asked.max_total_km - 10.0)
    assert fly_together([asked, asked], Budget(iterations=300, seed=1)).value >= most


def test_flights_with_limits_of_their_own() -> None:
    east = Place("EAST", go(HOME.position, 90, 400))
    near = problem(4, 20, total=1500.0, stage=900.0)
    far = replace(near, start=east, end=east, stations=(east, HOME), max_total_km=900.0)
    found = fly_together([near, far], SHORT)
    assert found.routes[0] is not None
    assert found.routes[1] is not None
    assert violations(near, found.routes[0]) == []
    assert violations(far, found.routes[1]) == []
    assert {found.routes[0].stations[0], found.routes[0].stations[-1]} == {HOME}
    assert found.routes[1].stations[0] == east
    assert found.value == pytest.approx(union([near, far], found))


def test_the_same_seed_gives_the_same_routes() -> None:
    asked = problem(6, 20, total=2000.0, stage=1200.0)
    first, second = (fly_together([asked] * 2, Budget(iterations=200, seed=3)) for _ in range(2))
    assert first.routes == second.routes
    assert first.report.iterations == second.report.iterations


def test_a_flight_to_which_nothing_is_left_has_no_route() -> None:
    asked = problem(1, 2, total=4000.0, stage=4000.0)
    found = fly_together([asked] * 3, SHORT)
    assert found.value == sum(t.value for t in asked.targets)
    assert sum(route is None for route in found.routes) == 2


def test_stopped_at_once_there_are_lawful_routes() -> None:
    asked = problem(5, 20)
    found = fly_together([asked] * 2, Budget(seconds=60.0), stop=lambda: True)
    assert found.report.stopped_early
    assert found.report.seconds < 20.0
    assert all(r is None or violations(asked, r) == [] for r in found.routes)
    assert found.value > 0


def test_interrupted_it_gives_what_it_has() -> None:
    asked = problem(6, 20)
    calls = iter(range(10**9))

    def stop() -> bool:
        if next(calls) == 12:
            raise KeyboardInterrupt
        return False

    found = fly_together([asked] * 2, Budget(iterations=100_000, seed=1), stop=stop)
    assert found.report.stopped_early
    assert found.value > 0


def test_nothing_to_see_is_a_plan_error() -> None:
    asked = problem(1, 10, total=50.0, stage=50.0)
    with pytest.raises(PlanError, match="no site can be observed"):
        fly_together([asked, asked], SHORT)


def test_targets_are_the_same_by_name_and_place() -> None:
    one = problem(1, 3)
    other = replace(one, targets=tuple(reversed(one.targets)), max_total_km=1000.0)
    shares = shares_of([one, other])
    assert shares.worth.tolist() == [t.value for t in one.targets]
    assert shares.rows[1].tolist() == [2, 1, 0]
    assert [t.value for t in shares.left_to(1, {0, 1}).targets] == [one.targets[2].value, 0.0, 0.0]


def test_what_others_see_is_not_wanted() -> None:
    asked = problem(3, 12)
    board, _ = board_for(asked)
    arena, flight = arena_for(asked, board), new_flight(len(asked.targets))
    arena.field.value[:] = 0.0
    arena.field.value[5] = 2.0
    pool, marked = np.zeros(40, np.int32), np.zeros(len(asked.targets), np.bool_)
    assert fill_pool(arena.field, flight, 0, pool, marked, new_random(1)) == 1
    assert pool[0] == 5
