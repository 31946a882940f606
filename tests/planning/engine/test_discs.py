"""The search over discs: closed forms, limits kept, crossings counted, WGS84 by pyproj."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pyproj import Geod
from shapely import LineString, Point, Polygon

from overflight.errors import PlanError
from overflight.planning.engine.discs import solve_ceop, solve_ceop_geodesic


def seen_score(path, centres, radii, scores) -> float:
    line = LineString(path)
    return sum(
        s
        for c, r, s in zip(centres, radii, scores, strict=True)
        if line.distance(Point(c)) <= r + 1e-9
    )


def test_a_disc_is_seen_in_passing_without_a_detour():
    result = solve_ceop(
        [[5, 1], [5, 9]], [1.5, 1.0], [3, 4], 10.0, [0, 0], [10, 0], iterations=2000
    )
    assert result.score == 3
    assert result.length == pytest.approx(10.0)


def test_one_disc_is_reached_exactly_when_the_limit_allows_the_shortest_way_to_its_edge():
    # From (0, 0) to the edge of a disc of radius 2 around (5, 6) and on to (10, 0): up to (5, 4).
    shortest = 2.0 * math.hypot(5.0, 4.0)
    call = ([[5, 6]], [2.0], [1.0])
    ends = ([0, 0], [10, 0])
    assert solve_ceop(*call, shortest - 1e-3, *ends, iterations=4000).score == 0
    assert solve_ceop(*call, shortest + 1e-3, *ends, iterations=4000).score == 1


@pytest.mark.parametrize("seed", range(3))
def test_score_and_length_are_what_an_independent_measure_says(seed):
    draw = np.random.default_rng(seed)
    centres, radii = draw.random((80, 2)) * 100, draw.random(80) * 6 + 1
    scores = draw.integers(1, 9, 80).astype(float)
    result = solve_ceop(centres, radii, scores, 250.0, [0, 0], [0, 0], iterations=8000, seed=seed)
    assert result.length <= 250.0
    assert result.length == pytest.approx(LineString(result.path).length, abs=1e-9)
    assert result.score == seen_score(result.path, centres, radii, scores) > 0
    again = solve_ceop(centres, radii, scores, 250.0, [0, 0], [0, 0], iterations=8000, seed=seed)
    assert again.path == result.path


def test_an_end_out_of_reach_is_an_error_with_a_remedy():
    with pytest.raises(PlanError) as error:
        solve_ceop([[5, 1]], [1], [1], 9.0, [0, 0], [10, 0], iterations=10)
    assert error.value.remedy


def test_it_stops_when_asked():
    result = solve_ceop([[5, 1]], [1], [1], 90.0, [0, 0], [10, 0], seconds=60, stop=lambda: True)
    assert result.stopped and result.seconds < 20


@pytest.mark.parametrize(("longitude", "latitude"), [(10.0, 52.0), (179.0, 66.0), (-30.0, 0.0)])
def test_geodesic_paths_keep_the_limit_and_see_what_they_claim(longitude, latitude):
    draw = np.random.default_rng(3)
    centres = np.array([longitude, latitude]) + (draw.random((60, 2)) - 0.5) * [8.0, 5.0]
    centres[:, 0] = (centres[:, 0] + 180.0) % 360.0 - 180.0
    scores = draw.integers(1, 6, 60).astype(float)
    ends = centres[0], centres[1]
    earth = Geod(ellps="WGS84")
    limit = earth.inv(*ends[0], *ends[1])[2] / 1000 + 700.0
    result = solve_ceop_geodesic(centres, np.full(60, 10.0), scores, limit, *ends, iterations=8000)
    lon, lat = np.array(result.path).T
    length = earth.line_length(lon, lat) / 1000
    assert length <= limit and result.length == pytest.approx(length)
    assert np.allclose(result.path[0], ends[0]) and np.allclose(result.path[-1], ends[1])
    dense = [result.path[0]]
    for a, b in zip(result.path[:-1], result.path[1:], strict=True):
        pieces = int(earth.inv(*a, *b)[2] / 300) + 1
        dense += [*earth.npts(*a, *b, pieces), b]
    lon, lat = np.array(dense).T
    score = 0.0
    for c, s in zip(centres, scores, strict=True):
        n = len(lon)
        d = earth.inv(lon, lat, np.full(n, c[0]), np.full(n, c[1]))[2]
        score += s if d.min() <= 10_000.0 else 0.0
    assert score >= result.score > scores[:2].sum()


def test_hazards_are_flown_round():
    centres = np.array([[12.0, 50.0], [15.0, 51.2], [18.0, 50.0]])
    hazard = [(14.0, 49.0), (16.0, 49.0), (16.0, 50.8), (14.0, 50.8)]
    result = solve_ceop_geodesic(
        *(centres, np.full(3, 10.0), np.ones(3), 800.0, [10.0, 50.0], [20.0, 50.0]),
        hazards=[hazard],
        iterations=6000,
    )
    assert result.score == 3
    assert LineString(result.path).intersection(Polygon(hazard)).length == 0.0
