"""Two points told apart: Rayleigh's dip, and looks whose interference averages out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from overflight.sensing.impulse import UNIFORM
from overflight.sensing.separation import dip_of, shares, told_apart

RAYLEIGH_DB = 20.0 * math.log10(math.pi / (2.0 * math.sqrt(2.0)))
"""Two equal sinc^2 at the distance of their first zero add up to 8 / pi^2 in the middle."""


def _look(distance: float, phase: float) -> list[float]:
    """Two equal points at so many 1 / B from each other, seen with a phase between them."""
    out = []
    for s in shares():
        first = UNIFORM.response(s * distance)
        second = UNIFORM.response((s - 1.0) * distance) * np.exp(1j * phase)
        out.append(float(abs(first + second) ** 2))
    return out


def _power(distance: float) -> list[float]:
    return [
        UNIFORM.response(s * distance) ** 2 + UNIFORM.response((s - 1.0) * distance) ** 2
        for s in shares()
    ]


def test_rayleigh_s_dip() -> None:
    assert dip_of(_power(1.0)) == pytest.approx(RAYLEIGH_DB, abs=0.01)
    assert abs(RAYLEIGH_DB - 0.912) < 5e-4


def test_nearer_points_have_no_dip() -> None:
    assert dip_of(_power(0.6)) == 0.0


def test_one_look_shows_interference() -> None:
    """In opposite phase a null stands between points at any distance; in phase they melt."""
    assert dip_of(_look(0.8, math.pi)) > 20.0
    assert dip_of(_look(0.8, 0.0)) == 0.0


def test_looks_of_all_phases_tell() -> None:
    rng = np.random.default_rng(3)
    phases = rng.uniform(-math.pi, math.pi, 60)
    assert told_apart([_look(1.6, p) for p in phases], RAYLEIGH_DB) is True
    assert told_apart([_look(0.7, p) for p in phases], RAYLEIGH_DB) is False


def test_few_looks_do_not() -> None:
    assert told_apart([_look(1.6, p) for p in (0.0, 1.0, 2.0)], RAYLEIGH_DB) is None
    assert told_apart([_look(1.0, p) for p in (0.0, 1.5, 3.0, 4.5)], RAYLEIGH_DB) is None


def test_what_is_told_holds() -> None:
    """Of 100 campaigns of eight looks at points below the limit, few call them apart."""
    rng = np.random.default_rng(4)
    wrong = 0
    for _ in range(100):
        looks = [_look(0.95, p) for p in rng.uniform(-math.pi, math.pi, 8)]
        wrong += told_apart(looks, RAYLEIGH_DB) is True
    assert wrong <= 5
