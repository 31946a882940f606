"""What of a leg is flown level and at height, and what a search makes of it."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.geo.geodesic import destination
from overflight.geo.positions import Position
from overflight.performance.climb_descent import ASSUMED_RATES
from overflight.performance.flyable import fly
from overflight.performance.handling import Handling
from overflight.performance.turns import OVERFLIGHT_TURN, TECHNIQUES, TURN_SHORT
from overflight.planning.board import board_for
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.level import LevelFlight, level_flight
from overflight.planning.problem import Place, PlanningProblem, Route, Target
from overflight.planning.protocol import Budget
from overflight.planning.track.arrays import LANDINGS, VALUE, WORST, fill_flight, new_flight
from overflight.planning.track.arrays import new_looks as looks_for
from overflight.planning.track.begun import route_through
from overflight.planning.track.field import arena_for
from overflight.planning.track.planner import TrackPlanner
from overflight.planning.track.sight import measure
from overflight.sensing.swath import Strip
from overflight.sensing.track import beside

SPEED, HEIGHT = 450.0, 2000.0
BASE = Place("BASE", Position(lat=55.0, lon=37.0))


def flown(technique: str = OVERFLIGHT_TURN, run_in: float = 0.0) -> LevelFlight:
    handling = Handling(technique, run_in_seconds=run_in)
    return level_flight(SPEED, HEIGHT, handling, ASSUMED_RATES)


def spread(draw: int, sites: int, technique: str) -> PlanningProblem:
    """Sites of value 1 round one airfield, where turns matter: near each other."""
    lot = random.Random(draw)
    targets = tuple(
        Target(
            destination(BASE.position, lot.uniform(0, 360), lot.uniform(30, 350)),
            1.0,
            (Strip(0.0, 1.5),),
        )
        for _ in range(sites)
    )
    return PlanningProblem(
        targets, BASE, BASE, (BASE,), 2400.0, 1200.0, level=flown(technique, 30.0)
    )


def as_performance_has_it(
    asked: PlanningProblem, route: Route, technique: str
) -> tuple[set[int], list[float]]:
    """What ``performance.flyable`` shows of a route, and the range that is left of each stage."""
    flight = fly(
        route.path,
        route.landings,
        speed_km_h=SPEED,
        handling=Handling(technique),
        heights_m=[HEIGHT] * (len(route.path) - 1),
        range_km=asked.max_stage_km,
    )
    shown = set()
    for leg, (a, b) in zip(flight.legs, zip(route.path, route.path[1:], strict=False), strict=True):
        low, high = leg.shows_km
        along, across, _ = beside(a, b, [t.position for t in asked.targets])
        shown |= {
            i
            for i, t in enumerate(asked.targets)
            if low <= along[i] <= high and any(s.holds(across[i]) for s in t.strips)
        }
    left = [stage.range_left_km for stage in flight.stages]
    return shown, [km for km in left if km is not None]


@pytest.mark.parametrize("technique", TECHNIQUES)
@pytest.mark.parametrize("draw", [1, 2])
def test_what_a_plan_claims_is_seen_level_and_stages_keep_the_range(
    technique: str, draw: int
) -> None:
    asked = spread(draw, 24, technique)
    book = LegBook(asked)
    route = TrackPlanner().solve(asked, Budget(iterations=60, seed=1)).route
    assert violations(asked, route) == []
    shown, left = as_performance_has_it(asked, route, technique)
    assert book.seen(route) <= shown
    assert len(book.seen(route)) >= 8
    assert min(left) >= 0.0
    straight = LegBook(replace(asked, level=None))
    assert straight.value(route) >= book.value(route)


def test_a_search_that_knows_of_turns_shows_more_than_one_that_does_not() -> None:
    asked = spread(3, 24, OVERFLIGHT_TURN)
    book = LegBook(asked)
    aware = TrackPlanner().solve(asked, Budget(iterations=60, seed=1)).route
    blind = TrackPlanner().solve(replace(asked, level=None), Budget(iterations=60, seed=1)).route
    assert book.value(aware) >= book.value(blind) + 3


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(TECHNIQUES), st.integers(0, 9))
def test_the_kernel_counts_as_the_book_does(draw: int, technique: str, many: int) -> None:
    """Never more than the book but by what a sphere is wrong, and nearly always the same."""
    asked = replace(spread(draw % 4, 16, technique), simple_path=False)
    board, _ = board_for(asked)
    arena, looks, flight = arena_for(asked, board), looks_for(16), new_flight(16)
    lot = random.Random(draw)
    nodes = lot.sample(range(1, len(arena.points)), min(many, len(arena.points) - 1))
    seq = [0, *nodes, 0]
    if many > 4:
        seq.insert(3, 0)
    fill_flight(flight, seq)
    measure(arena.field, looks, flight)
    route = route_through(arena, flight)
    book = LegBook(asked)
    assert flight.sums[LANDINGS] == len(seq) - 1 - len(nodes)
    assert abs(flight.sums[VALUE] - book.value(route)) <= 1
    longest = max(book.stage_km(route.stage_path(i)) for i in range(len(route.stages)))
    assert longest - 0.5 <= flight.sums[WORST] <= longest * 1.01 + 1.0


def test_spans_of_a_corner_by_hand() -> None:
    """A quarter turn at 450 km/h and 25 degrees, 3.417 km wide, flown short: 3.417 km each side."""
    level = replace(flown(TURN_SHORT), climb_km=40.0, descent_km=30.0, run_in_km=0.0)
    bend = level.bend(90.0)
    radius = (450 / 3.6) ** 2 / (9.80665 * math.tan(math.radians(25))) / 1000
    assert level.radius_km == pytest.approx(radius)
    lead = radius + 450 * 5 / 3600
    assert (bend.before_km, bend.after_km) == pytest.approx((lead, lead))
    assert bend.extra_km == pytest.approx(radius * (math.pi / 2 - 2))
    (first, second) = level.spans([100.0, 200.0], [bend])
    assert first == pytest.approx((40.0, 100.0 - lead))
    assert second == pytest.approx((lead, 170.0))
    # A first leg that ends in the climb shows nothing, and the second not before the climb is over.
    first, second = level.spans([25.0, 200.0], [bend])
    assert first[0] > first[1]
    assert second[0] == pytest.approx(15.0)


def test_climbing_takes_of_the_range() -> None:
    """2,000 m at 5.08 m/s, three quarters of the speed: a quarter of 49 km each way is lost."""
    minutes = 2000.0 / 5.08 / 60.0
    level = flown()
    assert level.climb_km == pytest.approx(450.0 * 0.75 * minutes / 60.0)
    assert level.spent_km == pytest.approx(2 * 450.0 * 0.25 * minutes / 60.0)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_the_table_of_turns_is_on_the_safe_side(technique: str) -> None:
    level = flown(technique, 30.0)
    table = level.table()
    for angle in range(0, 181, 3):
        row = table[round(angle * (len(table) - 1) / 180)]
        for near in (angle - 0.3, angle, angle + 0.3):
            bend = level.bend(min(abs(near), 180.0))
            assert row[0] >= bend.before_km
            assert row[1] >= bend.after_km
            assert row[2] >= bend.extra_km - 1e-9
