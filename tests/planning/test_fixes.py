"""Candidate fixes are whole minutes from which their site is seen, and no site themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from planning_samples import HOME, go, km, problem

from overflight.geo.positions import Position
from overflight.planning.board import MOST_NODES, board_for
from overflight.planning.fixes import candidates, minute_neighbours, nodes_for
from overflight.planning.problem import PlanningProblem, Target
from overflight.sensing.swath import Strip

positions = st.builds(Position, lat=st.floats(-85, 85), lon=st.floats(-180, 179.99))


@given(positions)
def test_neighbours_are_whole_minutes_and_the_nearest_comes_first(site: Position) -> None:
    found = minute_neighbours(site)
    assert len(found) == 9
    away = [km(site, fix) for fix in found]
    assert away == sorted(away)
    # Half a minute of latitude is 0.93 km at most, and no minute of longitude is longer.
    assert away[0] <= 0.94 * 2**0.5
    assert all(fix == fix.rounded_to_minutes() for fix in found)


@given(positions, st.floats(1.5, 30.0), st.floats(0.0, 0.5))
def test_from_a_candidate_the_site_lies_in_the_strip(
    site: Position, far: float, share: float
) -> None:
    near = far * share if far > 8 else 0.0
    found = list(candidates(Target(site, 1.0, (Strip(near, far),))))
    assert found
    assert all(near - 1e-6 <= km(site, fix) <= far + 1e-6 for fix in found)


def test_a_strip_too_narrow_for_whole_minutes_keeps_the_nearest() -> None:
    site = Position(55.0083, 37.0083)  # 0.9 km from the nearest minutes
    target = Target(site, 1.0, (Strip(0.0, 0.1),))
    assert list(candidates(target)) == []
    asked = PlanningProblem((target,), HOME, HOME, (), 500.0, 500.0)
    assert [node.position for node in nodes_for(asked)] == [Position(55.0, 37.0)]


def test_sites_that_share_a_minute_share_a_fix() -> None:
    strip = (Strip(0.0, 2.0),)
    a, b = Position(55.001, 37.001), Position(54.999, 36.999)
    asked = PlanningProblem(
        (Target(a, 2.0, strip), Target(b, 3.0, strip)), HOME, HOME, (), 500.0, 500.0
    )
    (node,) = nodes_for(asked)
    assert (node.targets, node.value) == ((0, 1), 5.0)


def test_what_cannot_be_seen_or_reached_or_flown_over_is_no_node() -> None:
    strip = (Strip(0.0, 2.0),)
    asked = PlanningProblem(
        (
            Target(go(HOME.position, 0, 100), 1.0, ()),
            Target(go(HOME.position, 0, 300), 1.0, strip),
            Target(go(HOME.position, 90, 100), 1.0, strip),
        ),
        HOME,
        HOME,
        (),
        500.0,
        500.0,
        fix_allowed=lambda fix: fix.lon < 37.5,
    )
    assert nodes_for(asked) == []


def test_of_too_many_the_least_worth_are_left_out_and_it_is_said() -> None:
    strip = (Strip(0.0, 2.0),)
    targets = tuple(
        Target(Position(54 + (k // 40) / 20, 35 + (k % 40) / 20), 1.0 + (k % 3), strip)
        for k in range(1000)
    )
    board, notes = board_for(PlanningProblem(targets, HOME, HOME, (), 5000.0, 5000.0))
    assert len(board.nodes) == MOST_NODES
    assert "1000 candidate fixes" in notes[0]
    kept = sorted(node.value for node in board.nodes)
    assert kept.count(3.0) == 333
    assert kept.count(2.0) == 333
    assert board_for(problem(1, 20))[1] == ()
