"""A route keeps what may lie over a part of the territory; a search blind to it is repaired."""

from __future__ import annotations

from itertools import pairwise

import pytest
from planning_samples import HOME, km, problem

from overflight.geo.positions import Position
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.problem import PartLimit
from overflight.planning.protocol import Budget
from overflight.planning.uncross import uncrossed
from peers.greedy import GreedyPlanner
from peers.pyvrp_planner import PyVRPPlanner


def north(a: Position, b: Position) -> float:
    """Rough length of a leg north of HOME: by the share of its latitudes."""
    low, high = sorted((a.lat, b.lat))
    if high <= HOME.position.lat:
        return 0.0
    share = 1.0 if low >= HOME.position.lat else (high - HOME.position.lat) / (high - low)
    return share * km(a, b)


@pytest.mark.parametrize("planner", [GreedyPlanner(), PyVRPPlanner()])
@pytest.mark.parametrize("most", [0.0, 400.0])
def test_the_limit_over_a_part_is_kept(planner: object, most: float) -> None:
    free = problem(1, 25)
    asked = problem(1, 25, parts=(PartLimit("the north", most + 1.0, north),))
    budget = Budget(iterations=100)
    before = planner.solve(free, budget).route  # type: ignore[attr-defined]
    used = sum(north(a, b) for a, b in pairwise(before.path))
    assert used > most + 1.0  # else the limit would change nothing
    assert any("the north" in line for line in violations(asked, before))
    route = planner.solve(asked, budget).route  # type: ignore[attr-defined]
    assert sum(north(a, b) for a, b in pairwise(route.path)) <= most + 1.0
    assert violations(asked, route) == []
    assert LegBook(asked).value(route) > 0


def test_where_even_the_bare_way_breaks_it_there_is_no_route() -> None:
    asked = problem(1, 5, parts=(PartLimit("everywhere", -1.0, km),))
    bare = GreedyPlanner().solve(problem(1, 5), Budget(iterations=1)).route
    assert uncrossed(LegBook(asked), bare) is None
