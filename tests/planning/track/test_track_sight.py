"""What the compiled search counts, against GeographicLib, the clock and the exact crossings."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_samples import HOME, go, km, off_leg_km, problem

from overflight.planning.board import board_for
from overflight.planning.problem import Place, PlanningProblem, Route
from overflight.planning.schedule import Assumptions, FlightClock
from overflight.planning.simple_path import exact_crossings
from overflight.planning.track.anneal import lawful
from overflight.planning.track.arrays import (
    HOURS,
    LENGTH,
    SIMPLE,
    VALUE,
    WORST,
    Flight,
    fill_flight,
    new_flight,
    new_looks,
)
from overflight.planning.track.crossing import first_crossing
from overflight.planning.track.field import Arena, arena_for
from overflight.planning.track.sight import look, measure
from overflight.sensing.swath import Strip

FAR = Place("FAR", go(HOME.position, 60.0, 900.0))


def arena_of(asked: PlanningProblem) -> Arena:
    return arena_for(asked, board_for(asked)[0])


def flight_of(arena: Arena, points: list[int]) -> Flight:
    flight = new_flight(len(arena.field.value))
    fill_flight(flight, points)
    measure(arena.field, new_looks(len(arena.field.value)), flight)
    return flight


@settings(max_examples=8)
@given(
    seed=st.integers(0, 1000),
    strip=st.sampled_from(
        [Strip(0.0, 2.0), Strip(0.0, 40.0), Strip(3.0, 30.0, left=False), Strip(5.0, 25.0)]
    ),
)
def test_a_leg_sees_what_lies_in_the_strip_beside_it(seed: int, strip: Strip) -> None:
    """Never more than there is; less only within 1 % and 50 m of an edge."""
    arena = arena_of(problem(seed, 25, strip=strip))
    looks = new_looks(25)
    draw = random.Random(seed)
    for _ in range(15):
        a, b = draw.sample(range(len(arena.points)), 2)
        at = look(arena.field, looks, a, b)
        first = looks.first[at]
        seen = set(looks.targets[first : first + looks.number[at]].tolist())
        for index, target in enumerate(problem(seed, 25, strip=strip).targets):
            off = off_leg_km(arena.points[a], arena.points[b], target.position)
            if index in seen:
                assert strip.near_km - 1e-3 <= off <= strip.far_km + 1e-3
            elif strip.left and strip.right:
                ends = min(km(arena.points[p], target.position) for p in (a, b))
                inner = strip.near_km * 1.01 + 0.05 < off < strip.far_km * 0.99 - 0.05
                beyond_an_end = abs(ends - off) < 0.05
                assert not inner or beyond_an_end


def test_a_sensor_on_the_left_sees_only_there() -> None:
    left = Strip(0.0, 30.0, right=False)
    asked = problem(3, 60, strip=left)
    arena = arena_of(asked)
    looks = new_looks(60)
    a, b = (int(i) for i in np.unravel_index(np.argmax(arena.field.km), arena.field.km.shape))
    both = []
    for there, back in ((a, b), (b, a)):
        at = look(arena.field, looks, there, back)
        first = looks.first[at]
        both.append(frozenset(looks.targets[first : first + looks.number[at]].tolist()))
    one, other = both
    assert one
    assert other
    # What lies on the line itself is left of both; nothing else is.
    assert all(
        off_leg_km(arena.points[a], arena.points[b], asked.targets[i].position) < 0.5
        for i in one & other
    )


def test_lengths_and_stages_are_those_of_the_legs() -> None:
    asked = problem(5, 12, stations=(FAR,))
    arena = arena_of(asked)
    p = len(arena.places)
    points = [0, p, p + 3, 1, p + 5, 0]
    flight = flight_of(arena, points)
    legs = [km(arena.points[a], arena.points[b]) for a, b in pairwise(points)]
    assert flight.sums[LENGTH] == pytest.approx(sum(legs), abs=1e-3)
    assert flight.sums[WORST] == pytest.approx(max(sum(legs[:3]), sum(legs[3:])), abs=1e-3)


@pytest.mark.parametrize("flying_day", [10.0, 3.0])
def test_hours_are_those_of_the_timetable(flying_day: float) -> None:
    clock = FlightClock(450.0, dt.date(2021, 5, 19), Assumptions(flying_day=flying_day))
    target = problem(7, 12).targets[0]
    asked = replace(problem(7, 12, stations=(FAR,)), clock=clock)
    asked = replace(asked, targets=(replace(target, opens=0.0, closes=100.0), *asked.targets[1:]))
    arena = arena_of(asked)
    p = len(arena.places)
    points = [0, p, p + 3, 1, p + 5, 0, p + 1, p + 2, 0]
    flight = flight_of(arena, points)
    stages: list[list[float]] = [[]]
    for a, b in pairwise(points):
        stages[-1].append(km(arena.points[a], arena.points[b]))
        if b < p:
            stages.append([])
    _, arrives = clock.hours(stages[:-1])
    assert flight.sums[HOURS] == pytest.approx(arrives[-1], abs=1e-4)


def test_what_comes_too_late_is_worth_nothing() -> None:
    clock = FlightClock(450.0, dt.date(2021, 5, 19), Assumptions())
    asked = replace(problem(7, 12), clock=clock)
    late = tuple(replace(t, opens=-5.0, closes=-4.0) for t in asked.targets)
    arena = arena_of(replace(asked, targets=(*late[:6], *asked.targets[6:])))
    p = len(arena.places)
    everything = flight_of(arena, [0, *range(p, len(arena.points)), 0])
    assert everything.sums[VALUE] <= sum(t.value for t in asked.targets[6:]) + 1e-9
    assert everything.sums[VALUE] > 0


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_crossings_are_those_of_the_exact_judge(seed: int) -> None:
    asked = problem(seed, 9)
    arena = arena_of(asked)
    p = len(arena.places)
    draw = random.Random(seed)
    points = draw.sample(range(p, len(arena.points)), 5)
    flight = flight_of(arena, [0, *points, 0])
    none = np.full(len(arena.points), -1, np.int32)
    ours = first_crossing(arena.field, flight, none)[0] >= 0
    fixes = tuple(arena.points[i] for i in points)
    theirs = bool(exact_crossings(Route((HOME, HOME), (fixes,))))
    assert ours == theirs


def test_a_flight_that_crosses_itself_is_lawful_only_where_that_is_allowed() -> None:
    asked = problem(1, 9)
    arena = arena_of(asked)
    p = len(arena.places)
    looks = new_looks(9)
    flight = new_flight(9)
    draw = random.Random(2)
    while True:
        points = draw.sample(range(p, len(arena.points)), 5)
        fixes = tuple(arena.points[i] for i in points)
        if exact_crossings(Route((HOME, HOME), (fixes,))):
            break
    fill_flight(flight, [0, *points, 0])
    arena.field.limits[:2] = 1e9
    assert not lawful(arena.field, looks, flight)
    arena.field.counts[SIMPLE] = 0
    assert lawful(arena.field, looks, flight)
