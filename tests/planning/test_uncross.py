"""Routes that cross themselves, and what becomes of them."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_samples import HOME, go, problem

from overflight.geo.crossings import crossings
from overflight.geo.positions import Position
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.problem import Place, Route, Target
from overflight.planning.refine import settle
from overflight.planning.simple_path import (
    circling,
    exact_crossings,
    first_crossing,
    legs_of,
    may_cross,
)
from overflight.planning.uncross import route_of, uncrossed, waypoints
from overflight.sensing.swath import Strip


def ring(order: list[int], radius: float = 200.0) -> tuple[Position, ...]:
    """Corners of a hexagon around a point east of HOME, in the order asked for."""
    centre = go(HOME.position, 90, 400)
    return tuple(go(centre, 60 * k, radius).rounded_to_minutes() for k in order)


def loop(*stages: tuple[Position, ...]) -> Route:
    return Route((HOME,) * (len(stages) + 1), stages)


def test_a_bow_tie_is_untied() -> None:
    route = loop(ring([5, 1, 0, 2, 3, 4]))
    assert exact_crossings(route)
    asked = problem(total=9000.0, stage=9000.0)
    book = LegBook(asked)
    free = uncrossed(book, route)
    assert free is not None
    assert violations(asked, free) == []
    assert set(free.fixes) == set(route.fixes)  # by turning round, not by leaving out
    assert book.length_of(free.path) < book.length_of(route.path)


def test_petals_that_cross_are_parted_without_loss() -> None:
    north, south = go(HOME.position, 20, 300), go(HOME.position, 160, 300)
    further_north, further_south = go(HOME.position, 40, 500), go(HOME.position, 140, 500)
    first = (north, further_south)
    second = (south, further_north)
    route = loop(
        tuple(p.rounded_to_minutes() for p in first), tuple(p.rounded_to_minutes() for p in second)
    )
    assert exact_crossings(route)
    asked = problem(total=9000.0, stage=2500.0)
    free = uncrossed(LegBook(asked), route)
    assert free is not None
    assert violations(asked, free) == []
    assert set(free.fixes) == set(route.fixes)


def test_a_fix_passed_twice_is_a_crossing() -> None:
    a, b, c, d = ring([0, 1, 2, 3])
    asked = problem(total=9000.0, stage=9000.0)
    route = loop((a, b, c, a, d))
    assert violations(asked, route)
    free = uncrossed(LegBook(asked), route)
    assert free is not None
    assert violations(asked, free) == []


def test_landing_again_at_the_same_airfield_is_none() -> None:
    a, b, c, d = ring([0, 1, 2, 3])
    assert crossings(loop((a, b), (c, d)).path)
    assert exact_crossings(loop((a, b), (c, d))) == []


def test_the_same_leg_out_and_back_is_one_though_it_joins_airfields() -> None:
    near = Place("NEAR", go(HOME.position, 90, 300))
    assert exact_crossings(Route((HOME, near, HOME), ((), ())))
    assert first_crossing(Route((HOME, near, HOME), ((), ()))) == (0, 1)
    beside = go(HOME.position, 100, 150)
    assert first_crossing(Route((HOME, near, HOME), ((), (beside,)))) is None


def test_flying_over_an_airfield_without_landing_is_one() -> None:
    over = Place("OVER", go(HOME.position, 90, 300))
    beyond = go(HOME.position, 90, 600)
    route = Route((HOME, over, HOME), ((), (beyond, go(HOME.position, 80, 500))))
    assert exact_crossings(route) == []
    # Out over the airfield, back to it to land: the leg home leads past HOME's own departure.
    assert exact_crossings(Route((HOME, over, HOME), ((beyond,), ())))


def test_the_lenient_reading_leaves_crossings() -> None:
    route = loop(ring([5, 1, 0, 2, 3, 4]))
    asked = problem(total=9000.0, stage=9000.0, simple_path=False)
    assert uncrossed(LegBook(asked), route) == route


def test_what_is_too_long_loses_the_least_worth_first() -> None:
    route = loop(ring([0, 1, 2, 3, 4, 5]))
    asked = problem(total=1400.0, stage=1400.0)
    free = uncrossed(LegBook(asked), route)
    assert free is not None
    assert 0 < len(free.fixes) < 6
    assert violations(asked, free) == []


@settings(max_examples=15)
@given(
    seed=st.integers(0, 10**6),
    fixes=st.integers(2, 10),
    petals=st.integers(1, 3),
    total=st.floats(800, 6000),
)
def test_any_tangle_comes_out_lawful(seed: int, fixes: int, petals: int, total: float) -> None:
    rng = random.Random(seed)
    reach = min(600.0, total / 2 - 10.0)
    stages = tuple(
        tuple(
            go(HOME.position, rng.uniform(0, 360), rng.uniform(20, reach)).rounded_to_minutes()
            for _ in range(fixes)
        )
        for _ in range(petals)
    )
    asked = replace(
        problem(total=total, stage=total, circling_km=25.0),
        targets=tuple(Target(fix, 1.0, (Strip(0.0, 2.0),)) for stage in stages for fix in stage),
    )
    free = settle(LegBook(asked), loop(*stages), [])
    assert free is not None
    assert violations(asked, free) == []


points = st.builds(Position, lat=st.floats(50, 54), lon=st.floats(30, 36))


@settings(max_examples=50)
@given(st.lists(points, min_size=4, max_size=7, unique=True))
def test_the_quick_guard_never_misses_what_the_exact_test_finds(path: list[Position]) -> None:
    found = crossings(path)
    legs = legs_of(path)
    quick = any(
        may_cross(leg, [other for other in legs if other != leg], frozenset()) for leg in legs
    )
    assert quick or not found or all(c.kind == "overlap" and c.leg_j == c.leg_i + 1 for c in found)


@settings(max_examples=50)
@given(st.lists(points, min_size=3, max_size=8), st.booleans())
def test_the_quick_answer_is_the_exact_one(fixes: list[Position], petals: bool) -> None:
    half = len(fixes) // 2
    stages = (tuple(fixes[:half]), tuple(fixes[half:])) if petals else (tuple(fixes),)
    route = Route((HOME,) * (len(stages) + 1), stages)
    if any(a == b for a, b in legs_of(route.path)):
        return
    all_of_them = {(i, j) for i, j, _ in exact_crossings(route)}
    first = first_crossing(route)
    assert first in all_of_them if all_of_them else first is None


def test_the_quick_guard_lets_a_plain_path_pass() -> None:
    a, b, c, d = ring([0, 1, 2, 3])
    legs = legs_of((a, b, c, d))
    assert not may_cross(legs[0], legs[1:], frozenset())
    assert may_cross((a, c), [(b, d)], frozenset())


_ROUND = (0, 72, 144, 216, 288, 0, 73, 145)


def test_circling_is_a_full_turn_within_a_small_radius() -> None:
    circle = [go(HOME.position, azimuth, 8.0) for azimuth in _ROUND]
    path = [go(HOME.position, 300, 80), *circle, go(HOME.position, 200, 80)]
    assert circling(path, 25.0, 360.0) is not None
    assert circling(path, 2.0, 360.0) is None
    assert circling(path, 0.0, 360.0) is None
    wide = [go(HOME.position, azimuth, 100.0) for azimuth in _ROUND]
    assert circling(wide, 25.0, 360.0) is None
    zigzag = [go(go(HOME.position, 0, 4.0 * k), 90, 4.0 * (k % 2)) for k in range(12)]
    assert circling(zigzag, 25.0, 360.0) is None


def test_a_circling_route_is_straightened() -> None:
    circle = tuple(
        go(go(HOME.position, 90, 300), azimuth, 8.0).rounded_to_minutes() for azimuth in _ROUND
    )
    asked = problem(total=9000.0, stage=9000.0, circling_km=25.0, simple_path=False)
    route = loop((*circle, go(HOME.position, 60, 500).rounded_to_minutes()))
    assert violations(asked, route)
    free = uncrossed(LegBook(asked), route)
    assert free is not None
    assert violations(asked, free) == []
    assert uncrossed(LegBook(replace(asked, circling_km=0.0)), route) == route


@pytest.mark.parametrize("stages", [((),), (ring([0, 1]), ()), (ring([0]), (), ring([3]))])
def test_a_route_as_a_list_and_back(stages: tuple[tuple[Position, ...], ...]) -> None:
    assert route_of(waypoints(loop(*stages))) == loop(*stages).tidy()
