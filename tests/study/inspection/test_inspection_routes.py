"""Routes that show many sites: against the whole programme, all sets, and all routes counted."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from overflight.errors import DataError
from overflight.planning.bound.disc_bound import disc_distances
from overflight.study.inspection.asked import over_pool
from overflight.study.inspection.mixing import PoolPricer, mixed
from overflight.study.inspection.nodes import fly_points
from overflight.study.inspection.payoffs import by_value
from overflight.study.inspection.pool import Pool, pool_of
from overflight.study.inspection.teams import fly_pool


def whole_programme(seen: np.ndarray, values: np.ndarray) -> float:
    """min U: v_s (1 - sum_r a_rs x_r) <= U, sum x = 1, x >= 0; ``seen`` (routes, sites)."""
    routes, sites = seen.shape
    rows = np.hstack([-(seen * values).T, -np.ones((sites, 1))])
    found = linprog(
        [0.0] * routes + [1.0], A_ub=rows, b_ub=-values, A_eq=[[1.0] * routes + [0.0]],
        b_eq=[1.0], bounds=[(0, None)] * routes + [(0, None)], method="highs",
    )  # fmt: skip
    return float(found.fun)


def random_pool(seed: int, sites: int, routes: int) -> tuple[Pool, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    table = random.random((routes, sites)) < 0.3
    table[np.arange(sites) % routes, np.arange(sites)] = True
    values = random.integers(1, 10, sites).astype(float)
    return pool_of([np.flatnonzero(row) for row in table], sites), table.astype(float), values


def sets_of(table: np.ndarray, size: int, detect: float) -> np.ndarray:
    """What every set of that many routes shows: chance by site."""
    return np.array([
        1.0 - (1.0 - detect) ** table[list(team)].sum(axis=0)
        for team in itertools.combinations(range(len(table)), size)
    ])  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("flights", "detect"), [(1, 1.0), (1, 0.6), (2, 1.0), (3, 0.7)])
def test_bounds_hold_the_value_over_all_sets(seed: int, flights: int, detect: float) -> None:
    pool, table, values = random_pool(seed, 9, 7)
    true = whole_programme(sets_of(table, flights, detect), values)
    found = fly_pool(pool, values, flights, detect=detect, gap=1e-9, seconds=20.0)
    assert found.lower <= true + 1e-9
    assert found.upper >= true - 1e-9
    if flights == 1:
        assert found.gap <= 1e-8
    # the upper bound is what the lottery really leaves
    cover = np.zeros(9)
    for column, x in zip(found.columns, found.x, strict=True):
        cover += x * (1.0 - (1.0 - detect) ** table[list(column.key)].sum(axis=0))
    assert found.x.sum() == pytest.approx(1.0, abs=1e-9)
    assert float((values * (1.0 - cover)).max()) == pytest.approx(found.upper, abs=1e-9)
    assert cover == pytest.approx(found.cover, abs=1e-9)


def test_a_pool_of_single_sites_is_the_game_over_sites() -> None:
    from overflight.study.inspection.spreading import spread

    values = np.array([5.0, 4.0, 3.0, 1.0])
    pool = pool_of([[0], [1], [2], [3]], 4)
    for flights in (1, 2, 3):
        found = fly_pool(pool, values, flights, gap=1e-9, seconds=10.0)
        best = spread(by_value(values), flights)
        assert found.upper == pytest.approx(best.acting, abs=1e-8)
        assert found.lower == pytest.approx(best.acting, abs=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_the_gap_is_kept_and_the_lower_bound_is_a_bound(seed: int) -> None:
    pool, table, values = random_pool(seed, 60, 150)
    found = mixed(values, 1, PoolPricer(pool), gap=0.01)
    true = whole_programme(table, values)
    assert found.gap <= 0.01
    assert found.lower <= true + 1e-9 <= found.upper + 2e-9
    assert found.hidden.sum() == pytest.approx(1.0)
    best = float((table @ (found.hidden * values)).max())
    assert float(found.hidden @ values) - best == pytest.approx(found.lower, abs=1e-9)


def test_sites_on_no_route_are_said_and_count() -> None:
    pool = pool_of([[0], [1]], 4)
    found = over_pool(pool, ["a", "b", "c", "d"], by_value([4.0, 4.0, 3.0, 0.0]), 1, draws=4)
    assert found.unseen == (2,)
    assert found.bounds == (3.0, 3.0)
    assert found.mixed.upper == pytest.approx(2.0, abs=1e-9)
    assert found.coverage == pytest.approx([0.5, 0.5, 0.0, 0.0], abs=1e-9)
    assert found.left(0.5) == pytest.approx(3.0)
    assert len(found.draws) == 4


def test_a_site_that_was_only_not_found_is_no_lower_bound() -> None:
    """A search that did not show a site proves nothing; a sensor that cannot does."""
    pool = pool_of([[0], [1]], 3)
    found = over_pool(pool, ["a", "b", "c"], by_value([4.0, 4.0, 9.0]), 1)
    assert found.bounds == pytest.approx((9.0, 9.0))
    sought = replace(found, everywhere=True, never=())
    assert sought.bounds == pytest.approx((2.0, 9.0))
    assert replace(sought, never=(2,)).bounds == pytest.approx((9.0, 9.0))


@pytest.mark.slow
def test_two_thousand_sites_ten_thousand_routes() -> None:
    """Strips across a square: the gap that is asked for, and bounds reckoned anew."""
    random = np.random.default_rng(1)
    places, values = random.random((2000, 2)), random.integers(1, 11, 2000).astype(float)
    rows = []
    for _ in range(10_000):
        ends = random.random((4, 2))
        shown = np.zeros(2000, dtype=bool)
        for a, b in itertools.pairwise(ends):
            way = b - a
            length = float(np.hypot(*way))
            along = (places - a) @ way / length
            off = np.abs((places - a) @ np.array([-way[1], way[0]])) / length
            shown |= (along >= 0) & (along <= length) & (off < 0.006)
        rows.append(np.flatnonzero(shown))
    pool = pool_of(rows, 2000)
    found = over_pool(pool, [str(i) for i in range(2000)], by_value(values), 1)
    assert found.gap <= 0.01
    shown = list(found.shown)
    best = max(float((found.mixed.hidden * values[shown])[found.pool.of(r)].sum())
               for r in range(found.pool.routes))  # fmt: skip
    lower = float(found.mixed.hidden @ values[shown]) - best
    assert found.mixed.lower <= lower + 1e-9
    assert float((values * (1.0 - found.coverage))[shown].max()) <= found.mixed.upper + 1e-9


# --- all routes


def every_route(distance: np.ndarray, limit: float) -> np.ndarray:
    """What each set of points on some closed way within the limit shows, counted out."""
    m = len(distance) - 1
    rows = []
    for size in range(1, m + 1):
        for group in itertools.combinations(range(m), size):
            length = min(
                sum(distance[a, b] for a, b in itertools.pairwise((m, *order, m)))
                for order in itertools.permutations(group)
            )
            if length <= limit * (1 + 1e-12):
                rows.append([float(i in group) for i in range(m)])
    return np.array(rows)


@pytest.mark.parametrize("seed", range(3))
def test_over_all_routes_the_bounds_hold_the_value(seed: int) -> None:
    random = np.random.default_rng(seed)
    places = np.vstack([random.random((6, 2)), [[0.5, 0.5]]])
    distance = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    values = random.integers(1, 9, 6).astype(float)
    true = whole_programme(every_route(distance, 1.6), values)
    found = fly_points(distance, values, 1.6, gap=1e-6, seconds=10.0, iterations=300).mixed
    assert found.lower <= true + 1e-7
    assert found.upper == pytest.approx(true, abs=1e-6)
    assert found.gap <= 1e-5


def test_a_bound_leaves_out_what_has_no_prize() -> None:
    """Where the best hide at two sites of thirty, one proof over these two is enough."""
    random = np.random.default_rng(5)
    places = np.vstack([random.random((30, 2)), [[0.5, 0.5]]])
    distance = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    values = random.integers(1, 9, 30).astype(float)
    found = fly_points(distance, values, 2.5, seconds=20.0, iterations=500).mixed
    assert found.gap <= 0.01
    # an equilibrium at two sites that no tour shows both: half of what either is worth
    far = np.flatnonzero(found.hidden > 1e-9)
    if far.size == 2:
        a, b = far
        assert distance[30, a] + distance[a, b] + distance[b, 30] > 2.5


@pytest.mark.parametrize("seed", range(3))
def test_an_easier_game_never_leaves_more(seed: int) -> None:
    """Discs in place of points: distances shortened by the radii, which are no metric."""
    random = np.random.default_rng(seed)
    places = np.vstack([random.random((6, 2)), [[0.5, 0.5]]])
    distance = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    values = random.integers(1, 9, 6).astype(float)
    true = whole_programme(every_route(distance, 1.6), values)
    for radius in (0.0, 0.02, 0.3):
        radii = np.append(np.full(6, radius), 0.0)
        near = disc_distances(distance, radii)
        found = fly_points(near, values, 1.6, gap=1e-6, seconds=10.0, iterations=300, apart=True,
                           alone=True).mixed  # fmt: skip
        anew = whole_programme(every_route(near, 1.6), values)
        assert found.lower <= anew + 1e-7 <= true + 2e-7
        assert found.upper == pytest.approx(anew, abs=1e-6)
        if radius == 0.0:
            assert found.lower == pytest.approx(true, abs=1e-5)


def test_a_point_out_of_reach_is_refused() -> None:
    distance = np.array([[0.0, 3.0], [3.0, 0.0]])
    with pytest.raises(DataError):
        fly_points(distance, np.ones(1), 5.0)


@pytest.mark.parametrize(
    "wrong",
    [lambda: pool_of([], 3), lambda: pool_of([[3]], 3), lambda: pool_of([[-1]], 3),
     lambda: fly_pool(pool_of([[0]], 1), np.ones(1), 2),
     lambda: mixed(np.ones(1), 0, PoolPricer(pool_of([[0]], 1))),
     lambda: over_pool(pool_of([[]], 1), ["a"], by_value([1.0]), 1)],
)  # fmt: skip
def test_what_is_no_pool_is_refused(wrong: object) -> None:
    with pytest.raises(DataError):
        wrong()  # type: ignore[operator]
