"""Modulation transfer: against a pupil's own autocorrelation, textbook values, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import SensorError, UnknownValueError
from overflight.sensing.mtf import (
    THRESHOLD,
    bar_mm,
    bar_width_m,
    contrast_of_modulation,
    diffraction,
    gaussian,
    modulation_of_contrast,
    resolved_lpmm,
    sinc,
    system_mtf,
)
from overflight.terms.camera import FrameCamera

PIXELS = FrameCamera("d", "pixels", "digital-framing", 80.0, 40.0, 40.0, pitch_um=5.0)


@pytest.mark.parametrize(
    ("contrast", "modulation", "digits"),
    [(5.0, 0.66, 0.007), (1.6, 0.23, 0.005), (4.0, 0.6, 0.005), (1000.0, 1.0, 0.005)],
)
def test_contrasts_as_the_treaty_prints_them(
    contrast: float, modulation: float, digits: float
) -> None:
    # Annex D, Appendix 1, I.2 and III.2; Annex B, I.2(F)(4). It cuts 0.667 to 0.66.
    assert modulation_of_contrast(contrast) == pytest.approx(modulation, abs=digits)
    assert contrast_of_modulation(modulation_of_contrast(contrast)) == pytest.approx(contrast)


def test_diffraction_is_the_autocorrelation_of_a_round_pupil() -> None:
    # A disc of radius 1 laid on itself, shifted: the share of common area, counted on a grid.
    step = 0.002
    grid = np.arange(-1.0, 1.0, step) + step / 2
    x, y = np.meshgrid(grid, grid)
    disc = x * x + y * y <= 1.0
    for shift in (0.0, 0.3, 0.9, 1.5):  # in pupil radii; the cut-off is a shift of 2
        common = (disc & ((x - shift) ** 2 + y * y <= 1.0)).sum() / disc.sum()
        assert diffraction(shift / 2.0, 1.0, 1e6) == pytest.approx(common, abs=2e-3)
    assert diffraction(0.5, 1.0, 1e6) == pytest.approx(0.3910, abs=5e-5)  # Goodman, fig. 6.7


def test_diffraction_ends_at_its_cut_off() -> None:
    # f/5.6 at 550 nm: 1 / (5.6 * 0.00055 mm) = 324.675 line pairs per millimetre.
    assert diffraction(324.6, 5.6, 550.0) > 0.0
    assert diffraction(324.7, 5.6, 550.0) == 0.0


def test_a_detector_element_at_its_nyquist_frequency() -> None:
    assert sinc(100.0, 5.0) == pytest.approx(2.0 / math.pi)  # half a line pair each
    assert sinc(200.0, 5.0) == pytest.approx(0.0, abs=1e-12)  # a whole one: nothing is left
    assert sinc(0.0, 5.0) == 1.0


def test_a_sinc_is_the_mean_of_a_wave_over_the_element() -> None:
    x = np.linspace(-2.5e-3, 2.5e-3, 100_001)  # 5 um in mm
    wave = np.cos(2 * np.pi * 37.0 * x)
    assert sinc(37.0, 5.0) == pytest.approx(float(wave.mean()), abs=1e-4)


def test_a_gaussian_passes_through_its_resolving_power() -> None:
    assert gaussian(40.0, 40.0, 0.04) == pytest.approx(0.04)
    assert gaussian(20.0, 40.0, 0.04) == pytest.approx(0.04**0.25)


def test_pixels_alone_resolve_a_bar_of_one_pixel() -> None:
    # At the Nyquist frequency 0.64 of the modulation is left, so the grid itself is the end.
    found = resolved_lpmm(system_mtf(PIXELS), modulation=0.6)
    assert found == pytest.approx(100.0)
    assert bar_mm(found) == pytest.approx(0.005)
    # From 1,600 m at 80 mm a millimetre is 20 m: a bar of 5 um is 0.1 m, the ground sample.
    assert bar_width_m(found, 20.0) == pytest.approx(0.1)


def test_motion_ends_resolution_before_its_first_zero() -> None:
    # Motion of 20 um has its first zero at 50 line pairs; what comes back beyond is no resolution.
    found = resolved_lpmm(system_mtf(PIXELS, motion_um=20.0))
    assert 45.0 < found < 50.0
    assert sinc(75.0, 20.0) * sinc(75.0, 5.0) > THRESHOLD  # it does come back


def test_black_and_white_exchanged_are_no_resolution() -> None:
    # Motion of 28 um: zero at 35.7 line pairs, then up to 0.21 of the modulation, exchanged.
    assert sinc(1500.0 / 28.0, 28.0) == pytest.approx(2.0 / (3.0 * math.pi))
    assert 33.0 < resolved_lpmm(system_mtf(PIXELS, motion_um=28.0)) < 35.7


def test_bars_of_less_contrast_by_hand() -> None:
    # 0.04^((f/40)^2) M = 0.04 with M = 0.2 = 0.04^(1/2): f = 40 / sqrt(2).
    film = FrameCamera("f", "film", "framing", 150.0, 230.0, 230.0, film_lpmm=40.0)
    found = resolved_lpmm(system_mtf(film), modulation=0.2)
    assert found == pytest.approx(40.0 / math.sqrt(2.0))


def test_film_resolves_its_declared_power_at_full_contrast() -> None:
    film = FrameCamera("f", "film", "framing", 150.0, 230.0, 230.0, film_lpmm=40.0)
    assert resolved_lpmm(system_mtf(film)) == pytest.approx(40.0)
    # With a lens of the same power both Gaussians multiply: 40 / sqrt(2).
    both = FrameCamera("f", "f", "framing", 150.0, 230.0, 230.0, film_lpmm=40.0, lens_lpmm=40.0)
    assert resolved_lpmm(system_mtf(both)) == pytest.approx(40.0 / math.sqrt(2.0))
    assert system_mtf(both).modelled == ("lens", "film")
    assert system_mtf(PIXELS).modelled == ()


def test_the_sharpest_film_that_can_be_written_is_answered_at_once() -> None:
    film = FrameCamera("f", "film", "framing", 150.0, 230.0, 230.0, film_lpmm=1e9)
    assert resolved_lpmm(system_mtf(film)) == pytest.approx(1e9)


@given(st.floats(0.0, 30.0), st.floats(0.1, 1.0), st.floats(0.2, 1.0))
def test_nothing_makes_a_picture_sharper(motion: float, haze: float, modulation: float) -> None:
    clear = resolved_lpmm(system_mtf(PIXELS), modulation=1.0)
    worse = system_mtf(PIXELS, motion_um=motion, haze_leaves=haze)
    if modulation * haze > THRESHOLD:
        assert resolved_lpmm(worse, modulation=modulation) <= clear
    for frequency in (0.0, 10.0, 50.0, 99.0):
        assert 0.0 <= worse.at(frequency) <= 1.0


def test_what_cannot_be_told_is_refused() -> None:
    with pytest.raises(UnknownValueError, match="how sharp"):
        system_mtf(FrameCamera("x", "x", "framing", 80.0, 40.0, 40.0))
    with pytest.raises(SensorError, match="never exceed"):
        resolved_lpmm(system_mtf(PIXELS), modulation=0.03)
    with pytest.raises(SensorError):
        resolved_lpmm(system_mtf(PIXELS), threshold=0.0)
    with pytest.raises(SensorError):
        system_mtf(PIXELS, haze_leaves=0.0)
    with pytest.raises(SensorError):
        modulation_of_contrast(0.5)
    with pytest.raises(SensorError):
        contrast_of_modulation(1.0)
