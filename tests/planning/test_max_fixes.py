"""A limit on the number of fixes: kept always, and what it costs on small problems."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_samples import HOME, Wall, go, km, problem

from overflight.errors import PlanError
from overflight.planning.board import board_for
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.few import best_of_few
from overflight.planning.problem import Place, PlanningProblem, Route, Target
from overflight.planning.protocol import Budget
from overflight.planning.refine import settle
from overflight.planning.track.arrays import FIXES, new_flight, new_looks
from overflight.planning.track.field import arena_for
from overflight.planning.track.moves import fixes_of
from overflight.planning.track.planner import TrackPlanner
from overflight.planning.track.sight import measure
from overflight.planning.veil import veiled
from overflight.sensing.swath import Strip

FEW = Budget(iterations=60, seed=1)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(1, 30),
    stage=st.floats(500, 3500),
    most=st.integers(1, 12),
    walled=st.booleans(),
    simple=st.booleans(),
)
def test_no_plan_has_more_fixes_than_it_may(
    seed: int, count: int, stage: float, most: int, walled: bool, simple: bool
) -> None:
    wall = Wall(lon=38.0, south=53.0, north=57.0)
    corners = [wall_end for lat in (52.9, 57.1) for wall_end in _corner(lat)]
    asked = problem(seed, count, total=3000.0, stage=stage, strip=Strip(0.0, 5.0))
    asked = replace(asked, max_fixes=most, simple_path=simple)
    if walled:
        asked = replace(asked, blocked=wall, corners=lambda _points, /: corners)
    try:
        found = TrackPlanner().solve(asked, FEW).route
    except PlanError as error:
        assert "fixes" in error.message or error.remedy
        return
    assert 1 <= sum(len(stage) for stage in found.stages) <= most
    assert violations(asked, found) == []
    assert len(veiled(LegBook(asked), found, seed).fixes) <= most


def _corner(lat: float) -> list:
    return [
        type(HOME.position)(lat=lat, lon=lon).rounded_to_minutes() for lon in (37.9, 38.0, 38.1)
    ]


def test_a_route_with_a_fix_too_many_is_not_lawful() -> None:
    asked = problem(3, 10)
    fixes = tuple(go(HOME.position, a, 100).rounded_to_minutes() for a in (0, 60, 120))
    route = Route((HOME, HOME), (fixes,))
    assert violations(replace(asked, max_fixes=3), route) == []
    assert violations(replace(asked, max_fixes=2), route) == ["3 fixes, over 2"]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), simple=st.booleans())
def test_more_fixes_show_no_less_where_that_is_exact(seed: int, simple: bool) -> None:
    values = []
    for most in (1, 2, 3, 4, 5, None):
        asked = replace(problem(seed, 5, total=2500.0, stage=2500.0), max_fixes=most)
        asked = replace(asked, simple_path=simple)
        try:
            found = TrackPlanner().solve(asked, FEW)
        except PlanError:
            values.append(0.0)
        else:
            values.append(LegBook(asked).value(found.route))
    assert values == sorted(values)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("most", [2, 3, 4])
def test_the_best_few_fixes_are_those_that_trying_all_gives(seed: int, most: int) -> None:
    """All orders of all sets of at most so many fixes, one stage, crossings allowed."""
    asked = replace(problem(seed, 6, total=1800.0, stage=1800.0), max_fixes=most, simple_path=False)
    board, _ = board_for(asked)
    book = LegBook(asked)
    found = best_of_few(book, board, hopeful=False)
    assert found.proven
    spots = [node.position for node in board.nodes]
    best = 0.0
    for size in range(1, most + 1):
        for order in itertools.permutations(spots, size):
            path = [HOME.position, *order, HOME.position]
            if sum(km(a, b) for a, b in itertools.pairwise(path)) <= asked.max_total_km:
                best = max(best, book.value_of(book.seen_on(path)))
    assert found.value == pytest.approx(best)


def test_out_and_back_takes_two_fixes_where_the_path_may_not_come_back() -> None:
    asked = problem(3, 1, total=1800.0, stage=1800.0)
    with pytest.raises(PlanError, match="at most 1 fixes") as failed:
        TrackPlanner().solve(replace(asked, max_fixes=1), FEW)
    assert "--max-fixes" in failed.value.remedy
    route = TrackPlanner().solve(replace(asked, max_fixes=2), FEW).route
    assert len(route.fixes) == 2
    crossing = replace(asked, max_fixes=1, simple_path=False)
    assert len(TrackPlanner().solve(crossing, FEW).route.fixes) == 1


def test_the_way_round_something_counts() -> None:
    """A site behind a wall: two corners on the way out, and back, besides the fix itself."""
    wall = Wall(lon=38.0, south=53.0, north=58.0)
    corners = _corner(52.9)
    asked = PlanningProblem(
        (Target(go(HOME.position, 90, 250), 5.0, (Strip(0.0, 2.0),)),),
        HOME,
        HOME,
        (HOME,),
        2500.0,
        2500.0,
        simple_path=False,
        blocked=wall,
        corners=lambda _points, /: corners,
    )
    free = TrackPlanner().solve(asked, FEW).route
    assert len(free.fixes) > 1
    exactly = replace(asked, max_fixes=len(free.fixes))
    assert violations(exactly, TrackPlanner().solve(exactly, FEW).route) == []
    with pytest.raises(PlanError, match="fixes"):
        TrackPlanner().solve(replace(asked, max_fixes=1), FEW)


def test_fixes_of_a_flight_are_counted_with_those_that_it_will_take() -> None:
    other = Place("MID", go(HOME.position, 90, 300))
    asked = replace(problem(3, 12, stations=[other]), max_fixes=4)
    board, _ = board_for(asked)
    arena = arena_for(asked, board)
    flight = new_flight(len(asked.targets))
    looks = new_looks(len(asked.targets))
    first, middle = board.place_row(HOME), board.place_row(other)
    a, b = board.first_node, board.first_node + 1
    rows = {
        (first, a, b, first): 2,
        (first, a, first): 2,  # out and back: a second fix opens it
        (first, a, first, b, middle, first): 3,
        (first, middle, first): 1,  # parted by a fix
    }
    for points, count in rows.items():
        flight.size[0] = len(points)
        flight.seq[: len(points)] = points
        measure(arena.field, looks, flight)
        assert fixes_of(arena.field, flight) == count
    free = arena_for(replace(asked, max_fixes=None), board).field
    assert free.counts[FIXES] > 1_000_000


def test_settling_takes_out_what_shows_least() -> None:
    asked = replace(problem(9, 12, total=6000.0, stage=6000.0), max_fixes=4)
    board, _ = board_for(asked)
    order = sorted(
        (node.position for node in board.nodes),
        key=lambda p: np.arctan2(p.lat - HOME.position.lat, p.lon - HOME.position.lon),
    )
    found = settle(LegBook(asked), Route((HOME, HOME), (tuple(order),)), board.nodes)
    assert found is not None
    assert len(found.fixes) <= 4
    assert violations(asked, found) == []
