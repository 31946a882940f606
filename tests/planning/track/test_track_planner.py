"""The search as a whole: the same seed the same route, never worse with more, stopped at any time.

That every limit is kept on random problems is in ``test_planners``, for all planners.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from planning_samples import HOME, Wall, go, problem

from overflight.geo.positions import Position
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.problem import Place, Solution
from overflight.planning.protocol import Budget
from overflight.planning.schedule import Assumptions, FlightClock
from overflight.planning.timing import book_for
from overflight.planning.track.planner import TrackPlanner
from peers.greedy import GreedyPlanner

ASKED = problem(11, 40, total=2600.0, stage=1400.0)


def solved(iterations: int = 300, seed: int = 1, **changes: object) -> Solution:
    return TrackPlanner().solve(
        replace(ASKED, **changes),  # type: ignore[arg-type]
        Budget(iterations=iterations, seed=seed),
    )


def test_the_same_seed_gives_the_same_route() -> None:
    assert solved().route == solved().route


def test_it_shows_more_than_cheapest_insertion() -> None:
    """Deceptively little to ask, and what a search is for: more on every one of these."""
    for seed in (1, 2, 3, 4, 5):
        asked = problem(seed, 60, total=2200.0, stage=1200.0)
        book = LegBook(asked)
        ours = TrackPlanner().solve(asked, Budget(iterations=500)).route
        greedy = GreedyPlanner().solve(asked, Budget(iterations=1)).route
        assert book.value(ours) >= book.value(greedy)


def test_everything_in_reach_is_seen_when_there_is_distance_enough() -> None:
    asked = problem(4, 30, total=20_000.0, stage=20_000.0)
    route = TrackPlanner().solve(asked, Budget(iterations=500)).route
    assert LegBook(asked).value(route) == sum(t.value for t in asked.targets)


def test_a_station_is_landed_at_where_range_demands_it() -> None:
    """Sites 1,600 km away, stages of 2,000 km: only by way of the airfield between."""
    between = Place("MID", go(HOME.position, 90.0, 900.0))
    targets = tuple(
        replace(t, position=go(HOME.position, 88.0 + i / 10, 1500.0 + 10 * i))
        for i, t in enumerate(problem(1, 12).targets)
    )
    asked = replace(
        problem(1, 12, total=4500.0, stage=2000.0, stations=(between,)), targets=targets
    )
    route = TrackPlanner().solve(asked, Budget(iterations=500)).route
    assert [s.code for s in route.stations].count("MID") == 2
    assert LegBook(asked).value(route) == sum(t.value for t in targets)
    assert violations(asked, route) == []


def test_what_is_asked_to_stop_stops_with_a_lawful_route() -> None:
    found = TrackPlanner().solve(ASKED, Budget(seconds=3600.0), stop=lambda: True)
    assert found.report.stopped_early
    assert found.route.fixes
    assert violations(ASKED, found.route) == []


def test_a_wall_between_is_not_flown_through() -> None:
    wall = Wall(HOME.position.lon - 1.0, 30.0, 80.0)
    asked = replace(ASKED, blocked=wall)
    route = TrackPlanner().solve(asked, Budget(iterations=300)).route
    assert violations(asked, route) == []
    assert LegBook(asked).value(route) < LegBook(ASKED).value(solved().route)


def test_many_sites_behind_a_wall_are_reached_round_its_end() -> None:
    """More than are planned exactly, and every one of them only by a way that bends."""
    wall = Wall(go(HOME.position, 90.0, 100.0).lon, 54.0, 57.0)
    ends = tuple(Position(lat=lat, lon=wall.lon).rounded_to_minutes() for lat in (53.9, 57.1))
    corners = tuple(
        replace(end, lon=end.lon + aside).rounded_to_minutes()
        for end in ends
        for aside in (-0.2, 0.2)
    )
    targets = tuple(
        replace(target, position=go(HOME.position, 80.0 + 2.0 * i, 220.0 + 9.0 * i))
        for i, target in enumerate(problem(1, 14).targets)
    )
    asked = replace(
        problem(1, 14, total=5000.0, stage=2500.0),
        targets=targets,
        blocked=wall,
        corners=lambda points: corners if len(points) else (),
    )
    assert all(wall.passes(HOME.position, target.position) for target in targets)
    route = TrackPlanner().solve(asked, Budget(iterations=500)).route
    assert violations(asked, route) == []
    assert LegBook(asked).value(route) == sum(target.value for target in targets)


def test_hours_steer_the_search() -> None:
    """East before noon, west after: either way round is as short, one order is in time."""
    clock = FlightClock(500.0, dt.date(2021, 5, 19), Assumptions())
    spots = [(90.0, 0.2), (60.0, 0.2), (0.0, None), (300.0, 1.6), (270.0, 1.6)]
    targets = []
    for number, (azimuth, opens) in enumerate(spots * 2):
        base = problem(1, 1).targets[0]
        place = go(HOME.position, azimuth, 300.0 + 8.0 * (number // 5))
        hours = {} if opens is None else {"opens": opens, "closes": opens + 1.2}
        targets.append(replace(base, position=place, value=1.0, **hours))
    for turned in (targets, [replace(t, position=_mirrored(t.position)) for t in targets]):
        asked = replace(
            problem(1, 1, total=2500.0, stage=2500.0), targets=tuple(turned), clock=clock
        )
        route = TrackPlanner().solve(asked, Budget(iterations=800)).route
        assert book_for(asked).value(route) == pytest.approx(10.0)


def _mirrored(position: Position) -> Position:
    return replace(position, lon=2 * HOME.position.lon - position.lon)
