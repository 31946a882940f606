"""Legs flown lower than others: which heights show most, and what a search makes of them."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_samples import EARTH, go

from overflight.geo.positions import Position
from overflight.performance.climb_descent import ASSUMED_RATES
from overflight.performance.flyable import fly
from overflight.performance.handling import Handling
from overflight.performance.turns import OVERFLIGHT_TURN
from overflight.planning.descents import descended
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.level import LevelFlight, level_flight
from overflight.planning.problem import Pace, Place, PlanningProblem, Route, Target
from overflight.planning.protocol import Budget
from overflight.planning.timing import TimedBook
from overflight.planning.track.planner import TrackPlanner
from overflight.sensing.lower import widest
from overflight.sensing.swath import Strip

HIGH, LOW = 4000.0, 2000.0
SPEED = 450.0
WIDE, NARROW = Strip(0.0, 3.0), Strip(0.0, 1.5)
SOUTH = Place("SOUTH", Position(lat=55.0, lon=37.0))
NORTH = Place("NORTH", Position(lat=56.0, lon=37.0))

BY_HAND = LevelFlight(
    technique=OVERFLIGHT_TURN,
    radius_km=3.4,
    roll_km=0.6,
    intercept_deg=30.0,
    climb_km=10.0,
    descent_km=8.0,
    spent_km=4.0,
    height_m=HIGH,
    lower_m=(LOW,),
)
"""Up to 4,000 m takes 10 km, down from it 8 km; so 5 and 4 km between the two heights."""


def coarse(km: float, value: float, off: float = 2.5) -> Target:
    """A site to be had from either height, so far up the meridian and off it to the east."""
    return Target(_beside(km, off), value, (WIDE,), at_heights=((WIDE,), (NARROW,)))


def fine(km: float, value: float, off: float = 0.0) -> Target:
    """A site to be had from the lower height only."""
    at = ((), (NARROW,))
    return Target(_beside(km, off), value, widest(at), at_heights=at, pass_m=LOW)


def _beside(km: float, off: float) -> Position:
    on = go(SOUTH.position, 0.0, km)
    return go(on, 90.0, off) if off else on


def up_the_meridian(*targets: Target, fixes: int | None = None) -> PlanningProblem:
    """111.4 km from south to north, whole minutes on the way, and 5 m to spare."""
    length = EARTH.Inverse(55.0, 37.0, 56.0, 37.0)["s12"] / 1000.0
    return PlanningProblem(
        targets, SOUTH, NORTH, (), length + 0.005, 1200.0, max_fixes=fixes, level=BY_HAND
    )


# One site 60 km on needs the lower height. From there the sites 2.5 km aside are out of sight.
@pytest.mark.parametrize(
    ("fixes", "value"),
    [
        (0, 6.0),  # one leg: both coarse ones from high up, or the fine one from below
        (1, 8.0),  # down at a fix and low to the end, or low from the start
        (2, 11.0),  # down at one and, once up again, on from another
        (None, 11.0),
    ],
)
def test_a_lower_pass_between_two_fixes(fixes: int | None, value: float) -> None:
    asked = up_the_meridian(coarse(20, 3), fine(60, 5), coarse(90, 3), fixes=fixes)
    route = TrackPlanner().solve(asked, Budget(iterations=40, seed=1)).route
    book = LegBook(asked)
    assert violations(asked, route) == []
    assert book.value(route) == value


@pytest.mark.parametrize(
    ("gap", "values", "value"),
    [
        (12.0, (5.0, 3.0), 8.0),  # 5 km to climb, and a whole minute is never 2 km off
        (3.0, (5.0, 3.0), 5.0),  # no room to climb between them: the fine one is worth more
        (3.0, (3.0, 5.0), 5.0),  # the coarse one is
        (0.0, (1.0, 3.0), 3.0),  # what drops out of the strip is worth more than the pass
    ],
)
def test_climbs_take_ground(gap: float, values: tuple[float, float], value: float) -> None:
    asked = up_the_meridian(fine(60, values[0]), coarse(60 + gap, values[1]))
    route = TrackPlanner().solve(asked, Budget(iterations=40, seed=1)).route
    assert LegBook(asked).value(route) == value


def _south_of_the_site(a: Position, b: Position, height: float) -> bool:
    return height < HIGH and max(a.lat, b.lat) < 55.4


def test_where_the_aircraft_may_not_go_low_it_does_not() -> None:
    asked = up_the_meridian(fine(60, 5), coarse(90, 3))
    kept = replace(asked, low_allowed=_south_of_the_site)
    route = TrackPlanner().solve(kept, Budget(iterations=40, seed=1)).route
    book = LegBook(kept)
    assert book.value(route) == 3
    assert set(book.heights(route)) == {0}
    assert LegBook(asked).value(TrackPlanner().solve(asked, Budget(iterations=40)).route) == 8


def test_a_height_for_every_leg_and_where_it_is_held() -> None:
    """Down over the 4 km after the first fix, up over the 5 km before the second."""
    asked = up_the_meridian(coarse(20, 3), fine(60, 5), coarse(90, 3))
    fixes = (Position(lat=55.5, lon=37.0), Position(lat=55 + 37 / 60, lon=37.0))
    route = Route((SOUTH, NORTH), (fixes,))
    book = LegBook(asked)
    assert book.heights(route) == (0, 1, 0)
    lengths = [book.length(a, b) for a, b in pairwise(route.path)]
    spans, spent = BY_HAND.profile(lengths, [BY_HAND.bend(0.0)] * 2, (0, 1, 0)) or ([], 0.0)
    assert spans[0] == pytest.approx((10.0, lengths[0]))
    assert spans[1] == pytest.approx((4.0, lengths[1] - 5.0))
    assert spans[2] == pytest.approx((0.0, lengths[2] - 8.0))
    assert spent == pytest.approx(4.0 * 1.5)  # 6,000 m of climbing instead of 4,000
    # Two fixes 7.4 km apart leave no room to go down and up again between them.
    assert BY_HAND.profile([50.0, 7.4, 50.0], [BY_HAND.bend(0.0)] * 2, (0, 1, 0)) is None


def test_without_lower_heights_nothing_is_asked_about_them() -> None:
    plain = replace(up_the_meridian(coarse(20, 3)), level=replace(BY_HAND, lower_m=()))
    route = Route((SOUTH, NORTH), ((),))
    assert LegBook(plain).heights(route) == (0,)
    assert descended(LegBook(plain), route, ()) is route


def test_hours_count_for_low_passes_too() -> None:
    class Clock:
        def hours(self, stages):  # type: ignore[no-untyped-def]
            ends = [sum(stages[0][: i + 1]) / SPEED for i in range(len(stages[0]))]
            return [0.0, *ends[:-1]], ends

        def starts(self, _hours: float) -> tuple[float, float]:
            return 0.0, 0.0

        def over(self) -> float:
            return 24.0

        def pace(self) -> Pace:
            raise AssertionError

    fixes = (Position(lat=55.5, lon=37.0), Position(lat=55 + 37 / 60, lon=37.0))
    route = Route((SOUTH, NORTH), (fixes,))
    for opens, value in ((0.1, 8.0), (0.5, 3.0)):  # passed 0.133 hours after the start
        timed = replace(fine(60, 5), opens=opens, closes=1.0)
        asked = replace(up_the_meridian(coarse(20, 3), timed), clock=Clock())
        assert TimedBook(asked).value(route) == value


# --- any route: the heights are the best there are, by another reckoning ------------------------

FLOWN = level_flight(SPEED, HIGH, Handling(run_in_seconds=0.0), ASSUMED_RATES, lower=(LOW,))


def scattered(draw: int, fixes: int) -> tuple[PlanningProblem, Route]:
    """A flight round SOUTH with sites beside its legs, some of them to be had from low only."""
    lot = random.Random(draw)
    turned = lot.uniform(0, 360)
    points = [
        go(SOUTH.position, turned + 90.0 * i / max(fixes - 1, 1), lot.uniform(120, 260))
        for i in range(fixes)
    ]
    route = Route((SOUTH, SOUTH), (tuple(p.rounded_to_minutes() for p in points),))
    targets = []
    for i, (a, b) in enumerate(pairwise(route.path)):
        line = EARTH.InverseLine(a.lat, a.lon, b.lat, b.lon)
        for _ in range(3):
            # Not where only the climb from the airfield, or the descent to it, keeps one high.
            first = 80e3 if i == 0 else 0.05 * line.s13
            last = line.s13 - (80e3 if i == fixes else 0.05 * line.s13)
            on = line.Position(lot.uniform(first, last))
            at = go(
                Position(lat=on["lat2"], lon=on["lon2"]), on["azi2"] + 90.0, lot.uniform(0, 2.8)
            )
            strips = ((), (NARROW,)) if lot.random() < 0.3 else ((WIDE,), (NARROW,))
            targets.append(
                Target(at, lot.choice((1.0, 2.0, 3.0)), widest(strips), at_heights=strips)
            )
    return PlanningProblem(
        tuple(targets), SOUTH, SOUTH, (SOUTH,), 5000.0, 5000.0, level=FLOWN
    ), route


def shown_by_performance(
    asked: PlanningProblem, route: Route, heights: tuple[float, ...]
) -> frozenset[int]:
    """What ``performance.flyable`` shows of a route whose legs are flown at these heights."""
    flight = fly(
        route.path,
        route.landings,
        speed_km_h=SPEED,
        handling=Handling(run_in_seconds=0.0),
        heights_m=heights,
    )
    seen = set()
    for leg, height, (a, b) in zip(flight.legs, heights, pairwise(route.path), strict=True):
        low, high = leg.shows_km
        for i, target in enumerate(asked.targets):
            along, off = _foot(a, b, target.position)
            strips = target.strips_at(0 if height == HIGH else 1)
            if low <= along <= high and any(strip.holds(off) for strip in strips):
                seen.add(i)
    return frozenset(seen)


@cache
def _foot(a: Position, b: Position, point: Position) -> tuple[float, float]:
    """How far along a leg the point nearest to ``point`` lies, and how far off that is, km."""
    line = EARTH.InverseLine(a.lat, a.lon, b.lat, b.lon)
    low, high = 0.0, line.s13
    for _ in range(40):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        if _away(line, one, point) < _away(line, other, point):
            high = other
        else:
            low = one
    at = (low + high) / 2
    on = line.Position(at)
    to = EARTH.Inverse(on["lat2"], on["lon2"], point.lat, point.lon)
    right = ((to["azi1"] - on["azi2"]) % 360.0) < 180.0
    return at / 1000.0, to["s12"] / 1000.0 * (1.0 if right else -1.0)


def _away(line: object, metres: float, point: Position) -> float:
    on = line.Position(metres)  # type: ignore[attr-defined]
    return float(EARTH.Inverse(on["lat2"], on["lon2"], point.lat, point.lon)["s12"])


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_heights_are_the_best_of_all_by_the_flight_as_performance_flies_it(
    draw: int, fixes: int
) -> None:
    asked, route = scattered(draw, fixes)
    book = LegBook(asked)
    chosen = tuple(HIGH if number == 0 else LOW for number in book.heights(route))
    assert book.seen(route) <= shown_by_performance(asked, route, chosen)
    best = max(
        book.value_of(shown_by_performance(asked, route, heights))
        for heights in product((HIGH, LOW), repeat=fixes + 1)
    )
    assert book.value(route) == best


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_putting_in_descents_never_loses_and_stays_lawful(draw: int) -> None:
    asked, route = scattered(draw, 3)
    asked = replace(asked, max_total_km=LegBook(asked).length_of(route.path) + 30.0)
    book = LegBook(asked)
    if violations(asked, route, book):
        return
    longer = descended(book, route, ())
    assert violations(asked, longer) == []
    assert book.value(longer) >= book.value(route)
