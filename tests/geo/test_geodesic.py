"""Geodesics against published solutions and against GeographicLib's own code."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import authority
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.geo.geodesic import (
    azimuth_deg,
    densify,
    destination,
    distance_km,
    distance_matrix_km,
    leg_lengths_km,
    length_km,
)
from overflight.geo.positions import Position

CASES = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "geodtest.toml").read_text(encoding="utf-8")
)["geodesic"]

positions = st.builds(
    Position,
    lat=st.floats(-90, 90).map(lambda v: round(v, 6)),
    lon=st.floats(-180, 180).map(lambda v: round(v, 6)),
)


def ends(case: dict[str, Any]) -> tuple[Position, Position]:
    return (
        Position(lat=case["lat1"], lon=case["lon1"]),
        Position(lat=case["lat2"], lon=case["lon2"]),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['s12']:.0f}m")
def test_published_geodesics(case: dict[str, Any]) -> None:
    a, b = ends(case)
    assert distance_km(a, b) * 1000 == pytest.approx(case["s12"], abs=1e-6)
    there = destination(a, case["azi1"], case["s12"] / 1000)
    assert authority.km(there, b) * 1000 < 1e-6
    turn = (azimuth_deg(a, b) - case["azi1"] + 180) % 360 - 180
    # Near the poles and the antipodes the direction is less certain than the length.
    assert abs(turn) < 1e-6
    assert 0 <= azimuth_deg(a, b) < 360


@given(positions, positions)
def test_distance_is_geographiclibs_and_symmetric(a: Position, b: Position) -> None:
    assert distance_km(a, b) == pytest.approx(authority.km(a, b), abs=1e-9)
    assert distance_km(a, b) == pytest.approx(distance_km(b, a), abs=1e-9)
    assert distance_km(a, a) == 0.0


@given(positions, positions, positions)
def test_triangle_inequality(a: Position, b: Position, c: Position) -> None:
    assert distance_km(a, c) <= distance_km(a, b) + distance_km(b, c) + 1e-6


@given(positions, positions, st.floats(20, 900))
def test_densify_keeps_length_and_spacing(a: Position, b: Position, step: float) -> None:
    points = densify(a, b, step)
    whole = authority.km(a, b)
    assert points[0] == a and points[-1] == b
    assert length_km(points) == pytest.approx(whole, rel=1e-9, abs=1e-6)
    assert all(authority.km(p, q) <= step * (1 + 1e-9) + 1e-6 for p, q in pairwise(points))


def test_matrix_and_legs_agree_with_single_distances() -> None:
    points = [Position(lat=10.0 * i - 40, lon=37.0 * i) for i in range(9)]
    matrix = distance_matrix_km(points)
    assert np.array_equal(matrix, matrix.T) and not matrix.diagonal().any()
    assert matrix[2, 7] == pytest.approx(authority.km(points[2], points[7]), abs=1e-9)
    assert leg_lengths_km(points) == pytest.approx(
        [authority.km(p, q) for p, q in pairwise(points)], abs=1e-9
    )
    assert length_km(points[:1]) == 0.0
