"""Closed forms of a point's response, against tables and against scipy's windows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.signal import windows

from overflight.errors import SensorError
from overflight.sensing.impulse import (
    HAMMING,
    UNIFORM,
    Weighting,
    azimuth_width_m,
    range_width_m,
    response_of,
    taylor,
    weighting,
    width_deviation,
)

HARRIS = [("uniform", 0.89, -13.0), ("hamming", 1.30, -43.0)]
"""F. J. Harris, Proc. IEEE 66 (1978), Table I: 3 dB bandwidth in bins, highest side lobe in dB."""


@pytest.mark.parametrize(("name", "width", "side_lobe"), HARRIS)
def test_width_and_side_lobe_are_those_of_the_table(
    name: str, width: float, side_lobe: float
) -> None:
    found = response_of(weighting(name))
    assert found.width == pytest.approx(width, abs=0.006)
    assert found.pslr_db == pytest.approx(side_lobe, abs=0.5)


def test_a_sinc() -> None:
    """Highest side lobe -13.26 dB, first zero at 1, and 9.7 dB of all side lobes: 10.2 of those
    within ten widths (Cumming and Wong 2005, section 2.3.4, say about 10)."""
    found = response_of(UNIFORM)
    assert found.width == pytest.approx(0.8859, abs=1e-4)
    assert found.null == pytest.approx(1.0, abs=2e-3)
    assert found.pslr_db == pytest.approx(-13.26, abs=0.01)
    assert -10.5 < found.islr_db < -9.6


@pytest.mark.parametrize(("nbar", "db"), [(4, -30.0), (5, -35.0), (6, -40.0)])
def test_taylor_is_that_of_scipy(nbar: int, db: float) -> None:
    n = 4096
    theirs = windows.taylor(n, nbar, -db, norm=False)
    own = taylor(nbar, db)
    mine = np.array([own.at((k + 0.5) / n - 0.5) for k in range(n)])
    assert mine / mine.mean() == pytest.approx(theirs / theirs.mean(), abs=1e-3)
    assert response_of(own).pslr_db == pytest.approx(db, abs=0.5)


@pytest.mark.parametrize("of", [UNIFORM, HAMMING, taylor(5, -35.0)], ids=lambda w: w.name)
def test_the_response_is_the_transform_of_the_weighting(of: Weighting) -> None:
    x = (np.arange(20_000) + 0.5) / 20_000 - 0.5
    w = np.array([of.at(float(v)) for v in x])
    for u in (0.0, 0.3, 0.9, 1.5, 4.2):
        assert of.response(u) == pytest.approx(
            float((w * np.cos(2 * np.pi * u * x)).mean()), abs=1e-5
        )


def test_bins_share_the_band_out() -> None:
    n = 37
    total = sum(HAMMING.mean(k / n, 1.0 / n) for k in range(-30, 31)) / n
    assert total == pytest.approx(1.0, abs=1e-12)
    assert UNIFORM.mean(0.5, 0.2) == pytest.approx(0.5)


def test_widths_in_metres() -> None:
    assert range_width_m(50e6) == pytest.approx(0.8859 * 299_792_458 / 100e6, rel=1e-4)
    assert azimuth_width_m(40.0, 120.0) == pytest.approx(0.8859 * 3.0, rel=1e-4)


@pytest.mark.parametrize("name", ["hann", "taylor 1 -30", "taylor 5 5", "taylor x y", ""])
def test_what_is_no_weighting(name: str) -> None:
    with pytest.raises(SensorError):
        weighting(name)


def test_the_deviation_of_a_width_is_that_of_trials() -> None:
    """Clutter of the band's own weighting, 30 dB under the peak: 4,000 widths read off."""
    rng = np.random.default_rng(1)
    n, trials, level = 64, 4000, 10.0 ** (-30.0 / 20.0)
    waves = np.arange(-n // 2, n // 2) / n  # a band of 1 and a period of 64
    keep = np.abs(waves) < 0.5
    u = np.arange(-120, 121) / 100.0
    turns = np.exp(2j * np.pi * np.outer(u, waves[keep]))
    clean = np.array([UNIFORM.response(float(v)) for v in u])
    noise = rng.standard_normal((trials, keep.sum(), 2)) @ np.array([1.0, 1j])
    values = clean + level * (noise @ turns.T) / math.sqrt(2.0 * keep.sum())
    power = np.abs(values) ** 2
    power /= power[:, [120]]
    widths = []
    for row in power:
        right, left = row[120:], row[120::-1]
        ends = [int(np.flatnonzero(side < 0.5)[0]) for side in (right, left)]
        widths.append(
            sum(
                k - 1 + (s[k - 1] - 0.5) / (s[k - 1] - s[k])
                for k, s in zip(ends, (right, left), strict=True)
            )
            / 100.0
        )
    w = response_of(UNIFORM).width
    slope = (
        -2.0
        * math.sqrt(0.5)
        * (UNIFORM.response(w / 2 + 1e-4) - UNIFORM.response(w / 2 - 1e-4))
        / 2e-4
    )
    told = level * width_deviation(w, slope, UNIFORM.response(w / 2), UNIFORM.response(w))
    assert float(np.std(widths)) == pytest.approx(told, rel=0.08)


def test_a_peak_without_flanks() -> None:
    with pytest.raises(SensorError):
        width_deviation(1.0, 0.0, 0.5, 0.1)
