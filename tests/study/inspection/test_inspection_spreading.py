"""Sites one at a time: against linear programming, and draws counted out."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import chi2

from overflight.errors import DataError
from overflight.study.inspection.drawing import TICKS, comb, draw, draw_lots, every_draw, ticks
from overflight.study.inspection.payoffs import Payoffs, by_value
from overflight.study.inspection.spreading import Spread, spread


def least(game: Payoffs, looks: int) -> float:
    """min k: k >= unseen - c (unseen - seen), sum c <= looks, 0 <= c <= 1, by HiGHS."""
    m = game.sites
    rows = np.hstack([-np.diag(game.unseen - game.seen), -np.ones((m, 1))])
    rows = np.vstack([rows, [*np.ones(m), 0.0]])
    found = linprog(
        [0.0] * m + [1.0], A_ub=rows, b_ub=[*-game.unseen, looks],
        bounds=[(0, 1)] * m + [(None, None)], method="highs",
    )  # fmt: skip
    return float(found.fun)


def best_commitment(game: Payoffs, looks: int) -> float:
    """The looking side's best, one programme for each site that may be acted at (Conitzer and
    Sandholm 2006): independent of the order in which ORIGAMI takes sites."""
    m, best = game.sites, -np.inf
    gain = game.unseen - game.seen
    for site in range(m):
        rows, limits = [[1.0] * m], [float(looks)]
        for other in range(m):
            row = [0.0] * m
            row[other] -= gain[other]
            row[site] += gain[site]
            rows.append(row)
            limits.append(game.unseen[site] - game.unseen[other])
        goal = [0.0] * m
        goal[site] = -(game.caught[site] - game.lost[site])
        found = linprog(goal, A_ub=rows, b_ub=limits, bounds=[(0, 1)] * m, method="highs")
        if found.status == 0:
            best = max(best, float(game.lost[site] - found.fun))
    return float(best)


def random_game(seed: int) -> tuple[Payoffs, int]:
    random = np.random.default_rng(seed)
    m = int(random.integers(1, 30))
    looks = int(random.integers(0, m + 3))
    if seed % 3 == 0:
        return by_value(random.integers(0, 6, m).astype(float)), looks
    if seed % 3 == 1:
        return by_value(random.random(m), float(random.random())), looks
    seen, lost = random.normal(size=m), random.normal(size=m)
    unseen = seen + random.random(m) * (random.random(m) > 0.2)
    return Payoffs(unseen, seen, lost, lost + random.random(m)), looks


@pytest.mark.parametrize("seed", range(60))
def test_what_is_left_to_gain_is_that_of_the_programme(seed: int) -> None:
    game, looks = random_game(seed)
    found = spread(game, looks)
    assert found.acting == pytest.approx(least(game, looks), abs=1e-9)
    assert found.coverage.min() >= 0.0 and found.coverage.max() <= 1.0
    assert found.coverage.sum() <= looks + 1e-9
    if game.zero_sum:
        assert found.coverage.sum() == pytest.approx(min(looks, game.sites), abs=1e-9)
        assert found.looking == pytest.approx(-found.acting, abs=1e-12)


@pytest.mark.parametrize("seed", range(2, 62, 3))
def test_a_game_of_four_payoffs_is_solved_for_the_looking_side(seed: int) -> None:
    game, looks = random_game(seed)
    if game.sites <= 12:
        found = spread(game, looks)
        assert found.looking == pytest.approx(best_commitment(game, looks), abs=1e-7)


def test_by_hand() -> None:
    """Values 5, 4, 1 and one look: (1 - p) 5 = p 4, so p = 5/9 and 20/9 is left."""
    found = spread(by_value([5.0, 4.0, 1.0]), 1)
    assert found.coverage == pytest.approx([5 / 9, 4 / 9, 0.0], abs=1e-15)
    assert found.acting == pytest.approx(20 / 9, abs=1e-14)
    assert (found.site, found.tied) == (0, 2)


@pytest.mark.parametrize("values", ["uniform", "heavy"])
def test_many_sites(values: str) -> None:
    """At 100,000 sites: no site outside pays more, those inside all the same, chances add up."""
    random = np.random.default_rng(3)
    worth = random.random(100_000) if values == "uniform" else random.pareto(1.5, 100_000)
    for looks in (1, 40, 20_000):
        found = spread(by_value(worth), looks)
        left = worth * (1.0 - found.coverage)
        inside = found.coverage > 0.0
        assert found.coverage.sum() == pytest.approx(looks, rel=1e-12)
        assert np.ptp(left[inside]) <= 1e-9 * worth.max()
        assert left[~inside].max() <= found.acting + 1e-12


def test_more_looks_than_sites_see_all() -> None:
    found = spread(by_value([3.0, 0.0]), 5)
    assert found.coverage.tolist() == [1.0, 1.0] and found.acting == 0.0


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=20), st.integers(1, 20))
def test_one_look_more_never_leaves_more(values: list[float], looks: int) -> None:
    here: Spread = spread(by_value(values), looks)
    assert spread(by_value(values), looks + 1).acting <= here.acting + 1e-12


@pytest.mark.parametrize(
    "wrong",
    [lambda: by_value([1.0, -1.0]), lambda: by_value([1.0], 1.5), lambda: by_value([np.nan]),
     lambda: spread(by_value([1.0]), -1), lambda: spread(by_value([]), 1),
     lambda: Payoffs(*(np.array([x]) for x in (0.0, 1.0, 0.0, 0.0))),
     lambda: Payoffs(*(np.array([x]) for x in (1.0, 0.0, 1.0, 0.0)))],
)  # fmt: skip
def test_what_is_no_game_is_refused(wrong: object) -> None:
    with pytest.raises(DataError):
        wrong()  # type: ignore[operator]


# --- draws


@pytest.mark.parametrize("seed", range(12))
def test_marginals_are_exact(seed: int) -> None:
    """All that can be drawn, counted out: each site's ticks are just those it should have."""
    game, looks = random_game(seed)
    lengths = ticks(spread(game, looks).coverage)
    total = np.zeros(game.sites, dtype=object)
    weight = 0
    sizes = set()
    for ticks_of_it, sites in every_draw(lengths):
        weight += ticks_of_it
        total[sites] += ticks_of_it
        sizes.add(sites.size)
        assert len(set(sites.tolist())) == sites.size
    assert weight == TICKS
    assert (total == lengths).all()
    if game.zero_sum:
        assert sizes == {min(looks, game.sites)}


def test_ticks_are_the_chances() -> None:
    found = spread(by_value(np.random.default_rng(8).random(500)), 37)
    lengths = ticks(found.coverage)
    assert int(lengths.sum()) == 37 * TICKS
    assert np.abs(lengths / TICKS - found.coverage).max() < 1e-10


def test_draws_follow_the_chances() -> None:
    """Chi-square over the sites of 20,000 draws of 3 out of 12, seed fixed. Draws of one are not
    independent of one another, which makes the sum smaller, not larger, than chi-square's."""
    found = spread(by_value(np.arange(1.0, 13.0)), 3)
    times = 20_000
    seen = np.zeros(12)
    for sites in draw(found.coverage, times, seed=5):
        assert sites.size == 3
        seen[sites] += 1
    some = found.coverage > 0
    expected = found.coverage[some] * times
    variance = expected * (1.0 - found.coverage[some])
    off = (seen[some] - expected)[variance > 1.0] ** 2 / variance[variance > 1.0]
    assert off.sum() < chi2.ppf(0.999, off.size)
    assert (seen[~some] == 0).all()


def test_lots_follow_their_weights() -> None:
    weights = np.array([0.5, 0.3, 0.15, 0.05])
    drawn = np.bincount(draw_lots(weights, 20_000, 3), minlength=4)
    expected = weights * 20_000
    assert float(((drawn - expected) ** 2 / expected).sum()) < chi2.ppf(0.999, 3)
    assert draw_lots(weights, 5, 3).tolist() == draw_lots(weights, 5, 3).tolist()


def test_a_comb_by_hand() -> None:
    lengths = ticks(np.array([0.5, 0.75, 0.75]))
    assert comb(lengths, 0).tolist() == [0, 1]
    assert comb(lengths, TICKS // 2).tolist() == [1, 2]
    assert comb(lengths, TICKS // 4).tolist() == [0, 2]
    assert Fraction(int(lengths[1]), TICKS) == Fraction(3, 4)
