"""Film of known truth: wedge found, curve, grain and scanner recovered within 5 %."""

from __future__ import annotations

import math

import numpy as np
import pytest
from film_made import FILM, SCAN, SCANNER, THROUGH_NOTHING, TRUTH, WEDGE, held
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import ImageError, SensorError
from overflight.imagery.film.curve import exposure_of, exposures, fit_curve
from overflight.imagery.film.grain import grain_of
from overflight.imagery.film.negative import _bars, _width, own_limit
from overflight.imagery.film.scanner import Scanner, blur_of_edge, density, transmittance
from overflight.imagery.film.simulate import edge_scan, wedge_scan
from overflight.imagery.film.wedge import Step, cut, find_wedge, read_steps
from overflight.imagery.render.marked import borne
from overflight.imagery.sources import Held
from overflight.terms.bar_reading import BarDirection


@pytest.mark.slow
def test_intervals_hold_the_truth() -> None:
    """Six wedges: of intervals of 95 %, four or fewer would hold once in 30 runs. Two hundred are
    drawn by tests/torture/test_sensor_coverage.py."""
    count = held(range(6))
    assert set(count) == set(TRUTH)
    assert min(count.values()) >= 5, count


@pytest.mark.parametrize("upright", [False, True])
def test_the_wedge_is_found_among_words(upright: bool) -> None:
    (counts,), box, _ = wedge_scan(FILM, SCAN, WEDGE, THROUGH_NOTHING, 3, upright=upright)
    assert borne(Held(counts))[0] == 4
    found = find_wedge(counts, SCANNER, 21)
    step = max(box[2:]) / 21
    assert np.abs(np.array(found) - np.array(box)).max() < 0.2 * step


def test_without_ends_no_wedge_is_guessed() -> None:
    """Unexposed film beside the least steps looks as they do."""
    (counts,), box, _ = wedge_scan(FILM, SCAN, WEDGE, THROUGH_NOTHING - 2.4, 4, marked=False)
    x, y, width, height = box
    bare = counts[y + 8 : y + height - 8, x : x + width].copy()
    plain = np.full((bare.shape[0], 200), int(bare[:, :30].mean()), bare.dtype)
    with pytest.raises(ImageError, match="both its ends"):
        find_wedge(np.hstack([plain, bare, plain]), SCANNER, 21)


def test_density_of_a_step_is_that_of_its_mean_light() -> None:
    """Half the pixels let all through, half a hundredth: -log10(0.505), not the mean of 0 and 2."""
    cells = np.where(np.indices((40, 21 * 40)).sum(axis=0) % 2, 60_000, 200 + 598)
    steps = read_steps(cells.astype(np.uint16), SCANNER, (0, 0, 21 * 40, 40), 21)
    assert steps[4].density == pytest.approx(-math.log10(0.505), abs=0.002)


def test_a_straight_line_has_its_slope() -> None:
    x = np.linspace(0.0, 3.0, 21)
    steps = [Step(k + 1, 0.2 + 0.8 * float(v), 0.002, (0, 0, 1, 1)) for k, v in enumerate(x)]
    curve = fit_curve(steps, x, absolute=False)
    assert curve.gamma.value == pytest.approx(0.8, abs=0.01)
    assert curve.base_fog.value is None  # it still rises: how low it goes is not known
    assert curve.speed.value is None
    assert exposure_of(curve, np.array([1.4]))[0] == pytest.approx(1.5, abs=0.01)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.1, 1.0), st.floats(-2.0, 2.0))
def test_exposures_rise_from_the_densest_step(increment: float, nothing: float) -> None:
    wedge = increment * np.arange(21)
    x = exposures(wedge, nothing)
    assert np.all(np.diff(x) > 0.0)
    assert x[-1] == pytest.approx(nothing)
    assert exposures(wedge, None)[0] == 0.0


def test_steps_that_do_not_rise_make_no_curve() -> None:
    steps = [Step(k, 0.3, 0.01, (0, 0, 1, 1)) for k in range(21)]
    with pytest.raises(SensorError, match="do not rise"):
        fit_curve(steps, np.arange(21) * 0.15, absolute=False)


def test_two_scans_tell_grain_from_noise() -> None:
    """A scanner so dim that its noise is twice the grain's: one scan says it cannot tell."""
    from overflight.imagery.film.simulate import Scan

    dim = Scan(SCANNER, electrons=600.0, read=5.0)
    scans, _, fog = wedge_scan(FILM, dim, WEDGE, THROUGH_NOTHING, 5, second=True, marked=False)
    patches = [transmittance(cut(s, fog), SCANNER) for s in scans]
    both = grain_of(patches[:1], SCANNER, patches[1:])
    assert both.selwyn_um == pytest.approx(TRUTH["grain"], rel=0.12)
    assert both.interval is not None
    assert both.interval[0] <= TRUTH["grain"] <= both.interval[1]
    light = 10.0**-FILM.base * 600.0
    assert both.noise == pytest.approx(math.sqrt(light + 25.0) / light / math.log(10.0), rel=0.05)


@pytest.mark.slow
def test_the_scanners_blur_from_a_knife_edge() -> None:
    counts, box = edge_scan(SCAN, 1)
    found, (low, high) = blur_of_edge(np.ascontiguousarray(cut(counts, box)), 65535.0)
    assert found == pytest.approx(0.5, rel=0.05)
    assert low <= 0.5 <= high


def direction(width: float) -> BarDirection:
    return BarDirection("along", 0.0, 6, width, (width * 0.97, width * 1.03), None, None, 0.08,
                        None, None, "blur", ())  # fmt: skip


def test_the_scanner_is_taken_out_of_a_bar_width() -> None:
    """A negative blurred by 1.5 pixels behind a scanner blurred by 1: both widths from the same
    transfer functions by quadrature; the first must come back from the second."""
    scanner = Scanner(4.0, 0.0, 60_000.0, 1.0)
    f, level = np.linspace(0.0, 2.0, 4001), 0.18
    own = np.exp(-2.0 * (math.pi * 1.5 * f) ** 2)
    scan = np.exp(-2.0 * (math.pi * f) ** 2) * np.sinc(f)
    alone = _width(lambda w: _bars(f, own, w, 3), level)
    together = _width(lambda w: _bars(f, own * scan, w, 3), level)
    assert alone is not None
    assert together is not None
    found = own_limit(direction(together), 3, scanner, level)
    assert found.bar_um == pytest.approx(alone * 4.0, rel=0.005)
    assert found.bar_m == pytest.approx(alone * 0.08, rel=0.005)
    assert own_limit(direction(1.0), 3, scanner, level).bar_um is None


def test_the_measure_of_bars_is_that_of_a_picture_of_bars() -> None:
    """``_bars`` by frequencies against bars drawn, blurred and looked at in the picture itself."""
    width, blur, fine = 3.0, 1.2, 40
    x = (np.arange(120 * fine) + 0.5) / fine - 60.0
    dark = (np.abs(x) < width / 2) | (np.abs(np.abs(x) - 2 * width) < width / 2)
    kernel = np.exp(-0.5 * (np.arange(-8 * fine, 8 * fine + 1) / (blur * fine)) ** 2)
    seen = np.convolve(dark, kernel / kernel.sum(), mode="same")
    bar = [seen[np.argmin(np.abs(x - at))] for at in (-2 * width, 0.0, 2 * width)]
    gap = [seen[np.argmin(np.abs(x - at))] for at in (-width, width)]
    drawn = np.mean([(bar[k] + bar[k + 1]) / 2 - gap[k] for k in range(2)])
    f = np.linspace(0.0, 2.0, 4001)
    gauss = np.exp(-2.0 * (math.pi * blur * f) ** 2)
    assert _bars(f, gauss, width, 3) == pytest.approx(drawn, abs=0.003)


def test_density_is_minus_log_of_light() -> None:
    assert density(np.array([1.0, 0.1, 0.0])).tolist() == pytest.approx([0.0, 1.0, 4.5])
