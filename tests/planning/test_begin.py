"""A search that begins with a route gives one that is worth no less, or a lawful one instead."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planning_samples import problem

from overflight.planning.board import board_for
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.protocol import Budget
from overflight.planning.track.begun import points_of
from overflight.planning.track.field import arena_for
from overflight.planning.track.planner import TrackPlanner

LITTLE = Budget(iterations=5, seed=3)


def found(asked: PlanningProblem, budget: Budget, begin: Route | None = None) -> Route:
    return TrackPlanner(begin).solve(asked, budget).route


@pytest.mark.parametrize("seed", [4, 6])
def test_no_worse_than_what_it_begins_with(seed: int) -> None:
    asked = problem(seed, 120, total=3000.0, stage=3000.0)
    book = LegBook(asked)
    good = found(asked, Budget(iterations=600, seed=1))
    assert book.score(good) > book.score(found(asked, LITTLE))
    again = found(asked, LITTLE, good)
    assert book.score(again) >= book.score(good)
    assert violations(asked, again) == []


def test_stopped_at_once_it_gives_what_it_began_with_or_better() -> None:
    asked = problem(5, 40, total=3000.0, stage=1200.0)
    book = LegBook(asked)
    good = found(asked, Budget(iterations=600, seed=1))
    again = TrackPlanner(good).solve(asked, Budget(seconds=60.0), stop=lambda: True).route
    assert book.value(again) >= book.value(good)


def test_a_route_that_is_too_long_by_now_is_cut() -> None:
    asked = problem(4, 50, total=3000.0, stage=1200.0)
    good = found(asked, Budget(iterations=300, seed=1))
    shorter = replace(asked, max_total_km=2500.0)
    assert violations(shorter, good)
    assert violations(shorter, found(shorter, LITTLE, good)) == []


def test_a_route_from_elsewhere_is_no_beginning() -> None:
    asked = problem(4, 30)
    elsewhere = replace(asked.start, code="ELSE")
    foreign = Route((elsewhere, elsewhere), (found(asked, LITTLE).fixes,))
    board, _ = board_for(asked)
    assert points_of(arena_for(asked, board), foreign) is None
    assert found(asked, LITTLE, foreign) == found(asked, LITTLE)


def test_a_route_over_the_arena_s_own_points_is_found_in_it() -> None:
    asked = problem(4, 30)
    board, _ = board_for(asked)
    arena = arena_for(asked, board)
    nodes = [arena.points[i] for i in (1, 3, 2)]
    points = points_of(arena, Route((asked.start, asked.end), (tuple(nodes),)))
    assert points == [0, 1, 3, 2, 0]


def test_ctrl_c_after_a_stop_is_passed_on() -> None:
    """Once, the best so far is wanted; twice, nothing more is."""
    asked = problem(6, 60, total=3000.0, stage=1200.0)
    calls = 0

    def impatient() -> bool:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return calls > 3

    with pytest.raises(KeyboardInterrupt):
        TrackPlanner().solve(asked, Budget(iterations=5000), stop=impatient)
