"""Discs in a grid: near and overlapping discs against scipy's k-d tree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from overflight.planning.engine import disc_grid

FLAT = np.array([1.0, 0, 0, 0, 0, 0])


def in_grid(xy, r, score):
    return disc_grid.grid_discs(*xy.T, r, score, FLAT, np.zeros((0, 4)), np.zeros((0, 2)))


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 120),
    st.sampled_from([0.0, 0.02, 0.3, 3.0]),
    st.sampled_from([0.01, 1.0, 50.0]),
)
def test_near_and_overlapping_discs_are_those_a_tree_finds(seed, n, widest, stretched):
    draw = np.random.default_rng(seed)
    xy = draw.random((n, 2)) * [stretched, 1.0]
    r = draw.random(n) * widest
    discs = in_grid(xy, r, draw.random(n))
    tree = cKDTree(np.column_stack([discs.x, discs.y]))
    k = min(n - 1, disc_grid.NEAR)
    assert discs.near.shape == (n, k)
    for i in range(n):
        begin, end = discs.first[i], discs.first[i + 1]
        around = tree.query_ball_point(tree.data[i], discs.r[i] + discs.r.max())
        apart = np.hypot(*(tree.data[around] - tree.data[i]).T)
        rows = sorted(
            j for j, d in zip(around, apart, strict=True) if j != i and d < r_sum(discs, i, j)
        )
        assert discs.other[begin:end].tolist() == rows
        if k:
            found, _ = tree.query(tree.data[i], k + 1)
            apart = np.hypot(*(tree.data[discs.near[i]] - tree.data[i]).T)
            assert i not in discs.near[i] and len(set(discs.near[i].tolist())) == k
            assert apart == pytest.approx(np.sort(found)[1:], abs=1e-12)


def r_sum(discs, i, j) -> float:
    return float(discs.r[i] + discs.r[j])


def test_equal_places_are_told_apart_and_every_disc_keeps_its_score():
    xy = np.zeros((7, 2))
    discs = in_grid(xy, np.arange(7.0), np.arange(7.0) * 10)
    assert sorted(zip(discs.r.tolist(), discs.score.tolist(), strict=True)) == [
        (float(i), 10.0 * i) for i in range(7)
    ]
    for i in range(7):
        assert sorted(discs.near[i].tolist()) == [j for j in range(7) if j != i]
    still = int(np.flatnonzero(discs.r == 0.0)[0])
    others = discs.other[discs.first[still] : discs.first[still + 1]]
    assert sorted(others.tolist()) == [j for j in range(7) if j != still]
