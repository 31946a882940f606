"""What is read in a point whose closed form is known, between samples and under clutter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.radar.find import bright_points
from overflight.imagery.radar.response import Chip, measure_point
from overflight.sensing.impulse import Weighting, response_of, weighting

CELL = 0.7
"""Widths 1 / B that a sample is long."""


def _point(
    row: float, column: float, down: Weighting, across: Weighting, phase: float = 0.0, n: int = 96,
    doppler: float = 0.0,
) -> NDArray[np.complex128]:  # fmt: skip
    r = np.array([down.response((k - row) * CELL) for k in range(n)])
    c = np.array([across.response((k - column) * CELL) for k in range(n)])
    turn = np.exp(2j * np.pi * doppler * (np.arange(n) - row))
    return np.outer(r * turn, c) * 10.0 * np.exp(1j * phase)


@pytest.mark.parametrize("name", ["uniform", "hamming", "taylor 5 -35"])
@pytest.mark.parametrize("part", [0.0, 0.31, 0.5])
def test_widths_side_lobes_place_and_phase(name: str, part: float) -> None:
    down, across = weighting(name), weighting("hamming")
    pixels = _point(48.0 + part, 47.0 - part, down, across, phase=0.7)
    found = measure_point(pixels, round(48.0 + part), round(47.0 - part))
    assert found.row == pytest.approx(48.0 + part, abs=2e-3)
    assert found.column == pytest.approx(47.0 - part, abs=2e-3)
    assert np.angle(found.value) == pytest.approx(0.7, abs=1e-3)
    assert abs(found.value) == pytest.approx(10.0, rel=2e-3)
    for cut, of in ((found.along_rows, down), (found.along_columns, across)):
        told = response_of(of)
        assert cut.width * CELL == pytest.approx(told.width, rel=2e-3)
        assert cut.pslr_db == pytest.approx(told.pslr_db, abs=0.3)
        assert cut.islr_db == pytest.approx(told.islr_db, abs=0.5)


@settings(max_examples=15, deadline=None)
@given(
    doppler=st.floats(-0.5, 0.5),
    part=st.floats(-0.5, 0.5),
    phase=st.floats(-3.0, 3.0),
)
def test_the_centre_of_doppler_may_lie_anywhere(doppler: float, part: float, phase: float) -> None:
    of = weighting("uniform")
    pixels = _point(48.0 + part, 48.0, of, of, phase, doppler=doppler)
    found = measure_point(pixels, *np.unravel_index(int(np.abs(pixels).argmax()), pixels.shape))
    assert found.row == pytest.approx(48.0 + part, abs=4e-3)
    assert found.along_rows.width * CELL == pytest.approx(response_of(of).width, rel=4e-3)


def _clutter(rng: Any, n: int, of: Weighting) -> NDArray[np.complex128]:
    """Speckle of power 1 through the same weighting as a point."""
    waves = np.fft.fftfreq(n) / CELL
    keep = np.array([of.mean(float(x), 1.0 / (n * CELL)) for x in waves])
    white = rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n))
    found = np.fft.ifft2(white * np.outer(keep, keep))
    return found / np.sqrt(np.mean(np.abs(found) ** 2))


@pytest.mark.parametrize("contrast_db", [20.0, 32.0])
def test_intervals_hold_what_they_claim(contrast_db: float) -> None:
    """95 % of 240 intervals, two a point: between 92 and 99 in a hundred."""
    rng = np.random.default_rng(7)
    of, inside = weighting("uniform"), 0
    told = response_of(of).width
    for _ in range(120):
        part = rng.uniform(-0.5, 0.5, 2)
        pixels = _point(48.0 + part[0], 48.0 + part[1], of, of)
        pixels = pixels + _clutter(rng, 96, of) * 10.0 * 10.0 ** (-contrast_db / 20.0)
        found = (
            measure_point(pixels, 48, 48)
            if np.abs(part).max() < 0.4
            else measure_point(pixels, *_highest(pixels))
        )
        for cut in (found.along_rows, found.along_columns):
            interval = cut.interval(CELL)
            assert interval is not None
            inside += interval[0] <= told <= interval[1]
    assert 0.92 * 240 <= inside <= 0.995 * 240


def _highest(pixels: NDArray[Any]) -> tuple[int, int]:
    near = np.abs(pixels[46:51, 46:51])
    i, j = np.unravel_index(int(near.argmax()), near.shape)
    return int(i) + 46, int(j) + 46


def test_a_faint_point_has_no_interval() -> None:
    rng = np.random.default_rng(8)
    of = weighting("hamming")
    pixels = _point(48.0, 48.0, of, of) + 3.0 * _clutter(rng, 96, of)
    found = measure_point(pixels, *_highest(pixels))
    assert found.contrast_db < 15.0
    assert found.along_rows.deviation is None


def test_no_peak_and_no_room() -> None:
    of = weighting("uniform")
    pixels = _point(48.0, 48.0, of, of)
    with pytest.raises(ImageError):
        Chip(pixels[:10, :10], 5, 5)
    with pytest.raises(ImageError):
        measure_point(np.zeros((64, 64), dtype=np.complex64), 32, 32)
    pixels[50, 50] = np.nan
    with pytest.raises(ImageError):
        measure_point(pixels, 48, 48)


def test_side_lobes_are_no_reflectors() -> None:
    of = weighting("uniform")
    pixels = _point(40.0, 40.4, of, of, n=128) + 0.5 * _point(90.3, 70.0, of, of, n=128)
    assert bright_points(pixels, (CELL, CELL)) == [(40, 40), (90, 70)]


def test_nothing_bright_in_speckle() -> None:
    pixels = _clutter(np.random.default_rng(2), 256, weighting("uniform"))
    assert bright_points(pixels, (CELL, CELL)) == []
