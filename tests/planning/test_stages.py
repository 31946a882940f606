"""Where to land on the way: how distance is shared out, and which sequences are offered."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning_samples import HOME, Wall, go, problem

from overflight.errors import PlanError
from overflight.planning.board import board_for, reachable_places
from overflight.planning.problem import Place, PlanningProblem
from overflight.planning.stages import split, stage_plans


@given(
    st.lists(st.floats(0, 900), min_size=1, max_size=6),
    st.floats(0, 6000),
    st.floats(500, 1500),
    st.booleans(),
)
def test_shares_keep_every_limit_and_waste_nothing(
    ferry: list[float], total: float, longest: float, even: bool
) -> None:
    shares = split(ferry, total, longest, None if even else range(len(ferry)))
    if shares is None:
        assert math.fsum(ferry) > total or max(ferry) > longest
        return
    assert all(least <= share <= longest for least, share in zip(ferry, shares, strict=True))
    assert math.fsum(shares) <= total + 1e-6
    used_up = math.fsum(shares) >= total - 1e-3
    assert used_up or all(share >= longest - 1e-3 for share in shares)


def test_a_full_stage_is_full_and_not_a_hair_more() -> None:
    """Found by chance: here a + (b - a) is more than b in floating point."""
    least, longest = 1.9996000000000436, 515.0000000000001
    assert least + (longest - least) > longest
    assert split([least, 0.0], 900.0, longest, range(2)) == (
        longest,
        pytest.approx(900.0 - longest),
    )


def test_in_order_the_first_stages_are_full() -> None:
    assert split([0, 0, 0, 0], 5494.5, 1700.0, range(4)) == (1700, 1700, 1700, 394.5)


def test_no_more_landings_than_range_demands_and_one() -> None:
    asked = problem(1, 20, total=2900.0, stage=1000.0)
    board, _ = board_for(asked)
    counts = {len(plan.limits) for plan in stage_plans(asked, board)}
    assert counts == {3, 4}
    one = problem(1, 20, total=900.0, stage=1000.0)
    assert {len(plan.limits) for plan in stage_plans(one, board_for(one)[0])} == {1}


def test_a_plan_may_land_at_any_station_within_reach() -> None:
    near, far = Place("NEAR", go(HOME.position, 0, 400)), Place("FAR", go(HOME.position, 0, 1200))
    asked = problem(1, 20, total=2400.0, stage=1000.0, stations=[near, far])
    board, _ = board_for(asked)
    visited = {
        place.code for plan in stage_plans(asked, board, 100) for place in plan.stations(board)
    }
    assert visited == {"HOME", "NEAR", "FAR"}  # FAR by way of NEAR: 400, 800, and back
    short = problem(1, 20, total=2300.0, stage=1000.0, stations=[near, far])
    assert {place.code for place in reachable_places(short)} == {"HOME", "NEAR"}


def test_petals_may_hang_on_every_station() -> None:
    near = Place("NEAR", go(HOME.position, 0, 400))
    asked = problem(1, 20, total=2900.0, stage=1000.0, stations=[near])
    board, _ = board_for(asked)
    codes = {
        tuple(place.code for place in plan.stations(board))
        for plan in stage_plans(asked, board, 1000)
    }
    assert ("HOME", "NEAR", "NEAR", "HOME") in codes
    assert ("HOME", "HOME", "NEAR", "HOME") in codes
    assert ("HOME", "NEAR", "HOME", "HOME") in codes


def test_never_a_hop_that_is_blocked() -> None:
    east = Place("EAST", go(HOME.position, 90, 400))
    wall = Wall(38.0, -90, 90)
    asked = problem(1, 20, total=2900.0, stage=1000.0, stations=[east], blocked=wall)
    board, _ = board_for(asked)
    assert all(
        place == HOME for plan in stage_plans(asked, board) for place in plan.stations(board)
    )


def test_the_error_says_what_is_in_the_way() -> None:
    end = Place("END", go(HOME.position, 90, 900))
    sites = problem().targets
    far = PlanningProblem(sites, HOME, end, (), 3000.0, 800.0)
    with pytest.raises(PlanError, match="900 km, more than the 800 km"):
        stage_plans(far, board_for(far)[0])
    long = PlanningProblem(sites, HOME, end, (), 850.0, 1000.0)
    with pytest.raises(PlanError, match="at most 850 km"):
        stage_plans(long, board_for(long)[0])
    blocked = PlanningProblem(sites, HOME, end, (), 3000.0, 1000.0, blocked=Wall(38.0, -90, 90))
    with pytest.raises(PlanError, match="blocked"):
        stage_plans(blocked, board_for(blocked)[0])
