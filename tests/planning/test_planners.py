"""Every planner keeps every limit, and its sites are really seen: judged by GeographicLib."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_samples import HOME, Wall, go, km, legs, off_leg_km, problem

from overflight.errors import PlanError
from overflight.planning.evaluate import LegBook, violations
from overflight.planning.problem import Place, PlanningProblem, Route, Solution
from overflight.planning.protocol import Budget, RoutePlanner
from overflight.planning.track.planner import TrackPlanner
from overflight.sensing.swath import Strip
from peers.greedy import GreedyPlanner
from peers.pyvrp_planner import PyVRPPlanner

PLANNERS: list[RoutePlanner] = [GreedyPlanner(), PyVRPPlanner(), TrackPlanner()]
FEW = Budget(iterations=60, seed=1)


def judge(asked: PlanningProblem, route: Route) -> None:
    """The limits again, by GeographicLib where it can tell."""
    stages = [
        sum(km(a, b) for a, b in pairwise(way))
        for way in (route.stage_path(i) for i in range(len(route.stages)))
    ]
    assert sum(stages) <= asked.max_total_km + 1e-6
    assert max(stages) <= asked.max_stage_km + 1e-6
    assert route.stations[0] == asked.start
    assert route.stations[-1] == asked.end
    assert len(set(route.fixes)) == len(route.fixes)
    for fix in route.fixes:
        assert fix.lat * 60 == pytest.approx(round(fix.lat * 60), abs=1e-6)
        assert fix.lon * 60 == pytest.approx(round(fix.lon * 60), abs=1e-6)
    assert violations(asked, route) == []
    book = LegBook(asked)
    for a, b in legs(route):
        for index in book.seen_from(a, b):
            target = asked.targets[index]
            nearest = off_leg_km(a, b, target.position)
            assert nearest <= max(strip.far_km for strip in target.strips) + 1e-4


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
@settings(max_examples=6)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(1, 30),
    total=st.floats(300, 3500),
    stage=st.floats(300, 3500),
    far=st.sampled_from([0.7, 2.0, 15.0]),
)
def test_limits_are_kept_on_random_problems(
    planner: RoutePlanner, seed: int, count: int, total: float, stage: float, far: float
) -> None:
    asked = problem(seed, count, total=total, stage=stage, strip=Strip(0.0, far))
    try:
        found = planner.solve(asked, FEW)
    except PlanError:
        reach = min(total, stage) / 2
        near = [t for t in asked.targets if km(HOME.position, t.position) < reach - 5.0]
        assert not near or far < 2.0
        return
    judge(asked, found.route)
    assert LegBook(asked).value(found.route) > 0


def test_a_fix_that_shows_nothing_is_no_reason_to_fly() -> None:
    """A metre to each side: whole minutes do not lead so near to a site."""
    asked = problem(1, 3, total=600.0, stage=600.0, strip=Strip(0.0, 0.001))
    with pytest.raises(PlanError, match="no site can be observed"):
        GreedyPlanner().solve(asked, FEW)


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_the_way_back_is_not_the_way_out(planner: RoutePlanner) -> None:
    """One site: out and back on one line would pass every point of it twice (VI.II.4(G))."""
    asked = problem(3, 1, total=1800.0, stage=1800.0)
    route = planner.solve(asked, FEW).route
    judge(asked, route)
    assert len(route.fixes) == 2
    (out, across, back) = legs(route)
    assert km(*across) < 5.0
    assert off_leg_km(*back, out[1]) > 0.5


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_leg_passes_a_wall(planner: RoutePlanner, seed: int) -> None:
    wall = Wall(lon=38.0, south=50.0, north=57.5)
    asked = problem(seed, 30, blocked=wall)
    route = planner.solve(asked, FEW).route
    judge(asked, route)
    assert not any(wall.passes(a, b) for a, b in legs(route))
    assert LegBook(asked).value(route) > 0


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_the_same_seed_and_iterations_give_the_same_route(planner: RoutePlanner) -> None:
    asked = problem(4, 30, total=3000.0, stage=1200.0)
    first, second = (planner.solve(asked, Budget(iterations=300, seed=7)) for _ in range(2))
    assert first.route == second.route
    assert first.report.iterations == second.report.iterations


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_pyvrp_sees_no_less_than_the_baseline(seed: int) -> None:
    asked = problem(seed, 40, total=3000.0, stage=1300.0)
    book = LegBook(asked)
    greedy = book.value(GreedyPlanner().solve(asked, FEW).route)
    better = book.value(PyVRPPlanner().solve(asked, Budget(iterations=800, seed=1)).route)
    assert better >= greedy


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_stopped_at_once_it_still_gives_a_lawful_route(planner: RoutePlanner) -> None:
    asked = problem(5, 30)
    found = planner.solve(asked, Budget(seconds=60.0), stop=lambda: True)
    judge(asked, found.route)
    assert found.report.stopped_early
    assert found.report.seconds < 10.0


def test_ctrl_c_in_the_middle_gives_the_best_so_far() -> None:
    asked = problem(6, 30, total=3000.0, stage=1200.0)
    calls = iter(range(10**9))

    def stop() -> bool:
        if next(calls) > 200:
            raise KeyboardInterrupt
        return False

    found = PyVRPPlanner().solve(asked, Budget(iterations=100_000), stop=stop)
    judge(asked, found.route)
    assert found.report.stopped_early
    assert 0 < found.report.iterations < 100_000


def test_a_budget_of_seconds_is_kept() -> None:
    found = PyVRPPlanner().solve(problem(7, 30), Budget(seconds=0.5))
    assert found.report.seconds < 3.0


def test_progress_is_a_short_line_with_the_value_so_far() -> None:
    said: list[str] = []
    asked = problem(8, 25)
    found = PyVRPPlanner().solve(asked, FEW, progress=said.append)
    assert said
    assert all("\n" not in line and len(line) < 80 for line in said)
    assert f"{LegBook(asked).value(found.route):g}" in said[-1]


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_petals_around_one_airfield_when_range_is_short(planner: RoutePlanner) -> None:
    asked = problem(9, 40, total=3000.0, stage=1000.0)
    route = planner.solve(asked, FEW).route
    judge(asked, route)
    assert len(route.stages) >= 3
    assert {station.code for station in route.stations} == {"HOME"}


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_from_one_airfield_to_another_by_way_of_a_third(planner: RoutePlanner) -> None:
    middle = Place("MID", go(HOME.position, 90, 800))
    end = Place("END", go(HOME.position, 90, 1600))
    asked = problem(10, 30, total=2200.0, stage=1000.0, stations=[middle])
    asked = PlanningProblem(
        asked.targets, HOME, end, (HOME, middle), asked.max_total_km, asked.max_stage_km
    )
    route = planner.solve(asked, FEW).route
    judge(asked, route)
    assert [station.code for station in route.stations][-2:] == ["MID", "END"]


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_an_end_out_of_range_is_a_plan_error(planner: RoutePlanner) -> None:
    end = Place("END", go(HOME.position, 90, 1600))
    asked = PlanningProblem(problem().targets, HOME, end, (HOME,), 3000.0, 1000.0)
    with pytest.raises(PlanError, match="more than the 1,000 km"):
        planner.solve(asked, FEW)


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_a_blocked_way_is_a_plan_error_that_says_so(planner: RoutePlanner) -> None:
    end = Place("END", go(HOME.position, 90, 300))
    wall = Wall(38.0, -90, 90)
    asked = PlanningProblem(problem().targets, HOME, end, (HOME,), 3000.0, 1000.0, blocked=wall)
    with pytest.raises(PlanError, match="blocked"):
        planner.solve(asked, FEW)


@pytest.mark.parametrize("planner", PLANNERS, ids=lambda p: p.name)
def test_nothing_to_see_is_a_plan_error(planner: RoutePlanner) -> None:
    asked = problem(1, 10, total=50.0, stage=50.0)
    with pytest.raises(PlanError, match="no site can be observed"):
        planner.solve(asked, FEW)
    blind = PlanningProblem(
        tuple(type(t)(t.position, t.value, ()) for t in problem().targets),
        HOME,
        HOME,
        (HOME,),
        2000.0,
        2000.0,
    )
    with pytest.raises(PlanError, match="no site can be observed"):
        planner.solve(blind, FEW)


def test_sites_beside_the_way_need_no_fix() -> None:
    """Two far sites and a row between them, just off the line: two fixes show all."""
    from overflight.planning.problem import Target

    strip = (Strip(0.0, 6.0),)
    out = [go(go(HOME.position, 60, d), 150, 4.0) for d in (200, 260, 320, 380, 440)]
    asked = PlanningProblem(
        tuple(Target(p, 1.0, strip) for p in out), HOME, HOME, (HOME,), 1000.0, 1000.0
    )
    route = PyVRPPlanner().solve(asked, FEW).route
    assert len(LegBook(asked).seen_on(route.path)) == 5
    assert len(route.fixes) <= 2


def test_a_sensor_that_sees_to_the_side_only_is_flown_past_its_site() -> None:
    asked = problem(11, 15, strip=Strip(3.0, 12.0), total=2500.0, stage=2500.0)
    route = PyVRPPlanner().solve(asked, Budget(iterations=300)).route
    judge(asked, route)
    seen = LegBook(asked).seen_on(route.path)
    assert seen
    for index in seen:
        away = [off_leg_km(a, b, asked.targets[index].position) for a, b in legs(route)]
        assert any(3.0 - 1e-4 <= d <= 12.0 + 1e-4 for d in away)


def test_the_solver_stays_behind_the_seam() -> None:
    """Asking and judging need no solver, and nothing of it comes out."""
    code = (
        "import sys; import overflight.mission.plan, overflight.planning.evaluate; "
        "sys.exit('numba' in sys.modules or 'pyvrp' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    found = PyVRPPlanner().solve(problem(2, 8), FEW)
    assert type(found) is Solution
    modules = {type(part).__module__ for part in (found.route, *found.route.path, found.report)}
    assert not any(name.startswith("pyvrp") for name in modules)
