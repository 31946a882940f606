"""The search over discs against closed forms and exhaustive search; its counts against shapely."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from pyproj import Geod
from shapely import LineString, Point, Polygon, contains_xy

from overflight.errors import PlanError
from overflight.planning.engine import (
    disc_grid,
    disc_search,
    disc_tighten,
    legs,
    plane,
    sweep,
    tours,
)
from overflight.planning.engine.discs import solve_ceop, solve_ceop_geodesic
from overflight.planning.engine.spending import Spending

FLAT = np.array([1.0, 0, 0, 0, 0, 0])


def both(limit: float) -> float:
    """What is seen from the origin and back of two discs that overlap, mirrored at the x axis."""
    return solve_ceop(
        [[10, 3], [10, -3]], [5, 5], [1, 1], limit, [0, 0], [0, 0], iterations=6000
    ).score


def test_two_overlapping_discs_are_seen_from_the_near_corner_of_their_lens():
    # Circles of radius 5 around (10, 3) and (10, -3) meet at (10 - 4, 0). The way there and back
    # is shortest: along either circle |p| shrinks by 3 parts of 5 and |y| grows by 4.
    assert both(12.0 + 1e-3) == 2
    assert both(12.0 - 1e-3) == 1


@pytest.mark.parametrize(("radius", "seen"), [(3.0 + 1e-9, 2), (3.0 - 1e-6, 0)])
def test_a_straight_way_between_two_discs_sees_both_or_none(radius, seen):
    result = solve_ceop(
        [[10, 3], [10, -3]], [radius] * 2, [1, 1], 20.0, [0, 0], [20, 0], iterations=1000
    )
    assert result.score == seen
    assert result.length == pytest.approx(20.0, abs=1e-12)


def shortest_through(centres, radii, start, end) -> float:
    """The shortest way over a point of every circle, any order: 720 points a circle, exhaustive.

    A path from outside that comes into a disc crosses its edge, so edges are enough.
    """
    turn = np.linspace(0.0, 2.0 * np.pi, 720, endpoint=False)
    edge = [
        c + r * np.column_stack([np.cos(turn), np.sin(turn)])
        for c, r in zip(centres, radii, strict=True)
    ]
    best = math.inf
    for order in itertools.permutations(range(len(edge))):
        way = np.hypot(*(edge[order[0]] - start).T)
        for a, b in itertools.pairwise(order):
            gap = edge[a][:, None, :] - edge[b][None, :, :]
            way = (way[:, None] + np.hypot(gap[..., 0], gap[..., 1])).min(axis=0)
        best = min(best, float((way + np.hypot(*(edge[order[-1]] - end).T)).min()))
    return best


@pytest.mark.parametrize("seed", range(6))
def test_tiny_cases_are_solved_as_exhaustive_search_solves_them(seed):
    draw = np.random.default_rng(seed)
    centres, radii = draw.random((3, 2)) * 10 + [3, 3], draw.random(3) + 0.5
    start, end = np.zeros(2), np.array([16.0, 0.0])
    shortest = shortest_through(centres, radii, start, end)
    for limit, all_seen in ((shortest * 1.0005, True), (shortest * 0.999, False)):
        result = solve_ceop(centres, radii, np.ones(3), limit, start, end, iterations=15000)
        assert (result.score == 3) is all_seen


def random_path(seed: int) -> tuple[legs.Discs, legs.Path]:
    draw = np.random.default_rng(seed)
    xy, r = draw.random((60, 2)) * 100, draw.random(60) * 8
    walls, corners = np.zeros((0, 4)), np.zeros((0, 2))
    discs = disc_grid.grid_discs(*xy.T, r, draw.random(60), FLAT, walls, corners)
    path = legs.new_path(60)
    points = draw.random((12, 2)) * 120 - 10
    path.x[:12], path.y[:12] = points.T
    path.counts[legs.SIZE] = 12
    legs.recount(path, discs)
    return discs, path


def touched_by(discs: legs.Discs, path: legs.Path) -> np.ndarray:
    """How many legs touch each disc, by shapely."""
    m = path.counts[legs.SIZE]
    points = np.column_stack([path.x[:m], path.y[:m]])
    lines = [LineString(pair) for pair in itertools.pairwise(points)]
    return np.array(
        [
            sum(line.distance(Point(x, y)) <= r for line in lines)
            for x, y, r in zip(discs.x, discs.y, discs.r, strict=True)
        ]
    )


@pytest.mark.parametrize("seed", range(5))
def test_counts_of_legs_stay_right_through_changes(seed):
    discs, path = random_path(seed)
    assert path.touched.tolist() == touched_by(discs, path).tolist()
    reach = float(discs.r.max())
    legs.splice(path, discs, 3, 6, 1, 50.0, 40.0, reach)
    legs.splice(path, discs, 5, 5, 1, 10.0, 90.0, reach)
    legs.splice(path, discs, 2, 4, 0, 0.0, 0.0, reach)
    touched = touched_by(discs, path)
    assert path.touched.tolist() == touched.tolist()
    assert path.sums[legs.SCORE] == pytest.approx(discs.score[touched > 0].sum())
    m = path.counts[legs.SIZE]
    line = LineString(np.column_stack([path.x[:m], path.y[:m]]))
    assert path.sums[legs.LENGTH] == pytest.approx(line.length)


@pytest.mark.parametrize("seed", range(8))
def test_tightening_shortens_and_loses_nothing(seed):
    discs, path = random_path(seed)
    reach = float(discs.r.max())
    before, length = path.touched > 0, float(path.sums[legs.LENGTH])
    disc_tighten.tighten_around(path, discs, 6, 5, reach)
    legs.recount(path, discs)
    assert path.sums[legs.LENGTH] < length
    assert not (before & (path.touched == 0)).any()


def test_moves_begin_anywhere_while_hot_and_mostly_near_the_path_when_cold():
    xy = np.array(list(itertools.product(range(20), range(20))), dtype=float) * 10.0
    none = np.zeros((0, 4)), np.zeros((0, 2))
    discs = disc_grid.grid_discs(*xy.T, np.full(400, 3.0), np.ones(400), FLAT, *none)
    path = legs.new_path(400)
    path.x[:2], path.y[:2] = (0.0, 40.0), (0.0, 0.0)
    path.counts[legs.SIZE] = 2
    legs.recount(path, discs)  # the five discs of one row from the corner on
    random = tours.new_random(1)

    def share(spent: float) -> float:
        drawn = [sweep._centre(path, discs, spent, random) for _ in range(4000)]
        return float((path.touched[drawn] > 0).mean())

    assert share(0.0) == pytest.approx(5 / 400, abs=0.006)  # three standard deviations
    assert share(1.0) > 2 * 5 / 400


def test_random_numbers_of_one_seed_give_one_geodesic_path():
    call = (
        [[10.0, 50.0], [11.0, 51.0]],
        [10.0, 10.0],
        [1.0, 2.0],
        400.0,
        [9.0, 50.0],
        [12.0, 50.0],
    )
    first, second = (solve_ceop_geodesic(*call, iterations=2000, seed=4) for _ in range(2))
    assert first.path == second.path and first.score == 3


def test_nothing_to_see_leaves_the_straight_way():
    flat = solve_ceop(np.zeros((0, 2)), [], [], 10.0, [0, 0], [6, 8], iterations=50)
    assert flat.score == 0 and flat.length == pytest.approx(10.0)
    round_ = solve_ceop_geodesic(
        np.zeros((0, 2)), [], [], 500.0, [10.0, 50.0], [12.0, 50.0], iterations=50
    )
    true = Geod(ellps="WGS84").inv(10.0, 50.0, 12.0, 50.0)[2] / 1000.0
    assert round_.score == 0 and round_.length == pytest.approx(true, rel=1e-6)


LONG_EDGE = [(10.0, 60.0), (20.0, 60.0), (20.0, 63.0), (10.0, 63.0)]
"""Along its southern edge the geodesic runs 12 km north of the parallel."""


@pytest.mark.parametrize("geodesic", [True, False])
def test_a_long_edge_is_kept_out_of_in_either_reading(geodesic):
    earth = Geod(ellps="WGS84")
    result = solve_ceop_geodesic(
        *([[15.0, 63.5]], [15.0], [1.0], 1500.0, [15.0, 59.0], [8.0, 61.0]),
        hazards=[LONG_EDGE],
        iterations=4000,
    )
    assert result.score == 1
    ring = LONG_EDGE
    if geodesic:
        ring = []
        for a, b in itertools.pairwise([*LONG_EDGE, LONG_EDGE[0]]):
            ring += [a, *earth.npts(*a, *b, 100)]
    dense = []
    for a, b in itertools.pairwise(result.path):
        dense += [a, *earth.npts(*a, *b, 50)]
    assert not contains_xy(Polygon(ring), *np.array(dense).T).any()


def test_outlines_of_hazards_hold_both_readings_of_long_edges():
    earth = Geod(ellps="WGS84")
    flat = plane.Plane.around(np.array(LONG_EDGE))
    (outline,) = plane.hazard_rings(flat, [LONG_EDGE])
    area = Polygon(outline).buffer(0.3)
    for a, b in itertools.pairwise([*LONG_EDGE, LONG_EDGE[0]]):
        geodesic = np.array(earth.npts(*a, *b, 50))
        degrees = np.linspace(a, b, 50)
        assert contains_xy(area, *flat.forward(geodesic).T).all()
        assert contains_xy(area, *flat.forward(degrees).T).all()


def test_only_a_path_whose_true_length_fits_is_kept():
    draw = np.random.default_rng(5)
    walls, corners = np.zeros((0, 4)), np.zeros((0, 2))
    xy = draw.random((40, 2)) * 100
    discs = disc_grid.grid_discs(*xy.T, np.full(40, 4.0), np.ones(40), FLAT, walls, corners)
    limit = 250.0

    def longer(path: legs.Path) -> float:
        """By how much the true length is more: a little for every waypoint."""
        return 1.0 + 0.003 * (int(path.counts[legs.SIZE]) - 2)

    search = disc_search.Search(
        *(discs, limit, np.zeros((2, 2)), tours.new_random(1), Spending(iterations=60000)),
        *(disc_search.Tuning(), None, lambda path: limit / longer(path)),
    )
    best = search.solve()
    assert best.sums[legs.SCORE] > 5
    assert best.sums[legs.LENGTH] * longer(best) <= limit


def test_an_end_inside_a_hazard_is_an_error_with_a_remedy():
    with pytest.raises(PlanError) as error:
        solve_ceop_geodesic(
            *([[15.0, 63.5]], [15.0], [1.0], 1500.0, [15.0, 61.0], [8.0, 61.0]),
            hazards=[LONG_EDGE],
            iterations=10,
        )
    assert error.value.remedy


def test_random_numbers_fill_the_unit_interval():
    state = tours.new_random(7)
    drawn = np.array([tours.uniform(state) for _ in range(2000)])
    assert drawn.min() >= 0.0 and drawn.max() < 1.0 and abs(drawn.mean() - 0.5) < 0.03
