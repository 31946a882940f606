"""Fixes give no site away, and moving them costs nothing that was seen and breaks no limit."""

from __future__ import annotations

import statistics

import pytest
from planning_samples import go, km, problem

from overflight.planning.evaluate import LegBook, violations
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.protocol import Budget
from overflight.planning.veil import given_away, veiled
from overflight.sensing.swath import Strip
from peers.greedy import GreedyPlanner


def found(asked: PlanningProblem) -> Route:
    return GreedyPlanner().solve(asked, Budget(iterations=1)).route


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_moved_fixes_show_as_much_and_keep_every_limit(seed: int) -> None:
    asked = problem(seed, 40, strip=Strip(0.0, 3.4))
    route, book = found(asked), LegBook(asked)
    moved = veiled(book, route, seed)
    assert violations(asked, moved) == []
    assert book.value(moved) >= book.value(route)
    sites = [target.position for target in asked.targets]
    nearest = {site.rounded_to_minutes() for site in sites}
    assert sum(fix in nearest for fix in route.fixes) > len(route.fixes) / 2  # worth veiling
    assert sum(fix in nearest for fix in moved.fixes) <= 0.05 * len(moved.fixes)
    away = [min(km(fix, site) for site in sites) for fix in moved.fixes]
    assert statistics.median(away) > 1.0


def test_the_seed_draws_the_fixes() -> None:
    asked = problem(2, 30, strip=Strip(0.0, 3.4))
    route, book = found(asked), LegBook(asked)
    assert veiled(book, route, 7) == veiled(LegBook(asked), route, 7)
    assert veiled(book, route, 7) != veiled(book, route, 8)


def test_where_the_strip_allows_nothing_else_the_nearest_minute_stays_and_is_counted() -> None:
    asked = problem(1, 12, strip=Strip(0.0, 1.1))
    route, book = found(asked), LegBook(asked)
    moved = veiled(book, route, 1)
    assert book.value(moved) >= book.value(route)
    nearest = {target.position.rounded_to_minutes() for target in asked.targets}
    left = sum(fix in nearest for fix in moved.fixes)
    assert given_away(asked, moved) == left > 0


def test_sites_stay_comfortably_inside_the_strip() -> None:
    asked = problem(3, 1, strip=Strip(0.0, 3.4))
    (site,) = (target.position for target in asked.targets)
    route = found(asked)
    moved = veiled(LegBook(asked), route, 5)
    assert moved != route
    assert min(km(fix, site) for fix in moved.fixes) <= 0.9 * 3.4
    assert go(site, 0.0, 0.0) not in moved.fixes
