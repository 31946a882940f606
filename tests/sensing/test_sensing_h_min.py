"""H_min: the decided relation, our models by hand, intervals that hold what they promise."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import SensorError, UnknownValueError
from overflight.sensing.altitude import TerrainPair, altitudes_to_fly
from overflight.sensing.h_min import (
    HMin,
    Reading,
    digital_h_min,
    exponential_transmission,
    film_h_min,
    fitted_exponent,
    infrared_h_min,
    per_image_m,
    video_h_min,
)
from overflight.sensing.interval import mean_of, rises, student_between, student_quantile

# --- the interval

# NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, upper critical values.
STUDENT = [
    (0.95, 1, 12.706), (0.95, 2, 4.303), (0.95, 3, 3.182), (0.95, 4, 2.776), (0.95, 5, 2.571),
    (0.95, 9, 2.262), (0.95, 10, 2.228), (0.95, 30, 2.042), (0.95, 100, 1.984),
    (0.90, 4, 2.132), (0.99, 5, 4.032), (0.998, 7, 4.785),
]  # fmt: skip


@pytest.mark.parametrize(("confidence", "degrees", "t"), STUDENT)
def test_student_as_it_is_tabulated(confidence: float, degrees: int, t: float) -> None:
    assert student_quantile(confidence, degrees) == pytest.approx(t, abs=6e-4)


@given(st.floats(0.0, 50.0), st.integers(1, 200))
def test_student_as_scipy_has_it(t: float, degrees: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    known = stats.t.cdf(t, degrees) - stats.t.cdf(-t, degrees)
    assert student_between(t, degrees) == pytest.approx(known, abs=1e-9)


def test_a_mean_by_hand() -> None:
    # 1, 2, 3: mean 2, deviation 1, half width 4.303 / sqrt(3) = 2.484.
    mean = mean_of([1.0, 2.0, 3.0])
    assert (mean.value, mean.deviation) == pytest.approx((2.0, 1.0))
    assert mean.interval == pytest.approx((2.0 - 2.484, 2.0 + 2.484), abs=1e-3)
    assert mean_of([5.0]).interval is None
    with pytest.raises(SensorError):
        mean_of([])
    with pytest.raises(SensorError):
        student_quantile(0.95, 0)


def test_a_95_percent_interval_holds_the_truth_in_95_percent() -> None:
    # Five passes with an error of 3 % each, 2,000 certifications: 95 % within 1.1 %.
    random = np.random.default_rng(20020101)
    held = 0
    for _ in range(2000):
        bars = 0.3 * 1500.0 / 2000.0 / (1.0 + 0.03 * random.standard_normal(5))
        found = digital_h_min([Reading(str(i), 1500.0, b) for i, b in enumerate(bars)], 0.3)
        assert found.mean.interval is not None
        held += found.mean.interval[0] <= 2000.0 <= found.mean.interval[1]
    assert 0.93 <= held / 2000 <= 0.97


def test_a_slope_is_told_from_chance() -> None:
    # Anscombe's first set (1973): slope 0.5, standard error 0.118, t = 4.24 with 9 degrees.
    x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0]
    y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    assert rises(x, y)
    assert rises(x, y, 0.997) and not rises(x, y, 0.999)  # its published p is 0.00217
    assert not rises(x[:3], y[:3])
    assert not rises([5.0] * 5, y[:5])


def test_heights_that_do_not_agree_are_told() -> None:
    def doubts(*rows: tuple[float, float]) -> tuple[str, ...]:
        return digital_h_min([Reading(str(i), *row) for i, row in enumerate(rows)], 0.3).doubts

    even = [(1000.0, 0.25), (1500.0, 0.376), (2000.0, 0.499), (2500.0, 0.626), (3000.0, 0.749)]
    assert doubts(*even) == ()
    hazy = [(h, bar * (1.0 + (h - 1000.0) / 4000.0)) for h, bar in even]
    assert any("proportion" in text for text in doubts(*hazy))


# --- video: the relation for one image is the decided one


def test_the_decided_relation_for_one_image() -> None:
    # Decision Fourteen, part V, 2(A): H_min = H_i L_a / L_ij, here 1500 * 30 / 25.
    assert per_image_m(1500.0, 0.25, 0.30) == pytest.approx(1800.0)
    assert per_image_m(1500.0, 0.30, 0.30) == pytest.approx(1500.0)


def video(*bars: tuple[float, float]) -> HMin:
    """Passes with bars along and across."""
    readings = [
        Reading(str(i), 1500.0, bar, direction)
        for i, pair in enumerate(bars)
        for bar, direction in zip(pair, ("along", "across"), strict=True)
    ]
    return video_h_min(readings, 0.30)


def test_the_direction_that_resolves_better_decides() -> None:
    found = video((0.25, 0.30), (0.25, 0.30), (0.25, 0.30), (0.25, 0.30), (0.25, 0.30))
    assert found.value_m == pytest.approx(1800.0)
    assert found.direction == "along"
    assert found.per_image[:2] == pytest.approx((1800.0, 1500.0))
    assert found.doubts == ()
    assert found.our_model  # how images are combined is not public
    assert any("decided" in text for text in found.settled)


def test_fewer_than_five_passes_are_told() -> None:
    found = video((0.25, 0.30), (0.26, 0.30))
    assert any("5" in doubt for doubt in found.doubts)
    lone = video_h_min([Reading(str(i), 1500.0, 0.3, "along") for i in range(5)], 0.3)
    assert any("across" in doubt for doubt in lone.doubts)


def test_images_of_one_pass_count_once() -> None:
    # Passes of 1,000 and 2,000 m: 1,500 m on the mean, however often the second was read.
    first = Reading("1", 1000.0, 0.3)
    again = [Reading("2", 2000.0, 0.3)] * 9
    found = digital_h_min([first, *again], 0.3)
    assert found.value_m == pytest.approx(1500.0)
    assert found.mean.count == 2


@given(
    st.lists(st.tuples(st.floats(500.0, 9000.0), st.floats(0.1, 1.0)), min_size=1, max_size=8),
    st.floats(1.01, 3.0),
)
def test_a_sharper_picture_means_flying_higher(rows: list[tuple[float, float]], k: float) -> None:
    readings = [Reading(str(i), h, bar) for i, (h, bar) in enumerate(rows)]
    sharper = [replace(r, bar_m=r.bar_m / k) for r in readings]
    found = digital_h_min(readings, 0.3).value_m
    assert digital_h_min(sharper, 0.3).value_m == pytest.approx(k * found)
    low, high = min(h * 0.3 / b for h, b in rows), max(h * 0.3 / b for h, b in rows)
    assert low * 0.999999 <= found <= high * 1.000001


# --- film: our model, its exponent an argument


def test_film_by_hand() -> None:
    # 1500 * 30/25 * (0.36 / 0.64)^0.5 = 1800 * 0.75.
    reading = Reading("1", 1500.0, 0.25, modulation=0.64)
    found = film_h_min([reading], 0.30, agreed_modulation=0.36, exponent=0.5)
    assert found.value_m == pytest.approx(1350.0)
    assert dict(found.parameters) == {"agreed_modulation": 0.36, "exponent": 0.5}
    assert any("not found" in text for text in found.ours)
    assert not any("decided" in text for text in found.settled)


def test_film_needs_what_is_not_public() -> None:
    reading = Reading("1", 1500.0, 0.25, modulation=0.64)
    for agreed in (0.22, 0.61, math.nan):  # Annex D, Appendix 1, III.2: 0.23 to 0.6
        with pytest.raises(SensorError):
            film_h_min([reading], 0.3, agreed_modulation=agreed)
    with pytest.raises(SensorError, match="no modulation"):
        film_h_min([replace(reading, modulation=None)], 0.3, agreed_modulation=0.3)
    odd = film_h_min([reading], 0.3, agreed_modulation=0.3, exponent=0.9)
    assert any("outside" in doubt for doubt in odd.doubts)


# --- infra-red: our inference


def infrared(readings: list[Reading], k: float, m: float | None) -> HMin:
    return infrared_h_min(
        readings,
        0.5,
        agreed_difference_k=3.0,
        transmission=exponential_transmission(k),
        exponent=m,
    )


def test_infrared_by_hand_in_clear_air() -> None:
    # 800 * 50/40 * (3/12)^0.5 = 1000 * 0.5.
    found = infrared([Reading("1", 800.0, 0.4, difference_k=12.0)], 0.0, 0.5)
    assert found.value_m == pytest.approx(500.0)
    assert any("inference" in text for text in found.ours)
    assert found.limit_m == 0.5


def test_infrared_in_haze_solves_its_own_equation() -> None:
    # H = 1000 exp(-m k H): Lambert's W, H = W(1000 m k) / (m k), with m k = 0.5 * 0.4 a km.
    found = infrared([Reading("1", 800.0, 0.4, difference_k=3.0)], 0.4, 0.5)
    special = pytest.importorskip("scipy.special")
    assert found.value_m == pytest.approx(1000.0 * special.lambertw(0.2).real / 0.2)


def test_the_exponent_is_found_again() -> None:
    readings = [
        Reading(str(i), 1000.0 * t**0.4, 0.5, difference_k=t) for i, t in enumerate((1.0, 3.0, 9.0))
    ]
    assert fitted_exponent(readings) == pytest.approx(0.4)
    assert dict(infrared(readings, 0.0, None).parameters)["exponent"] == pytest.approx(0.4)
    steep = [replace(r, height_m=1000.0 * float(r.difference_k or 0) ** 2) for r in readings]
    assert fitted_exponent(steep) == 1.0  # kept within 0 to 1, as the decision has it
    with pytest.raises(UnknownValueError):
        fitted_exponent(readings[:1])


def test_infrared_refuses_what_cannot_be() -> None:
    with pytest.raises(SensorError, match="temperature"):
        infrared([Reading("1", 800.0, 0.4)], 0.0, 0.5)
    with pytest.raises(SensorError):
        infrared([], 0.0, 0.5)
    with pytest.raises(SensorError):
        exponential_transmission(-1.0)


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf])
def test_numbers_that_cannot_be_are_refused(wrong: float) -> None:
    with pytest.raises(SensorError):
        per_image_m(wrong, 0.3, 0.3)
    with pytest.raises(SensorError):
        per_image_m(1500.0, wrong, 0.3)


# --- the altitude to fly


def test_altitude_by_hand() -> None:
    # OSCC.DEC/16/02, Section IV: the higher of both sides counts; H_min 2,000 m, margin 150 m.
    flown = altitudes_to_fly(2000.0, [TerrainPair(300.0, 450.0), TerrainPair(900.0, -20.0)], 150.0)
    assert [s.altitude_m for s in flown] == [2600.0, 3050.0]
    assert [s.terrain_m for s in flown] == [450.0, 900.0]


def test_the_corrections_are_not_public_and_must_be_stated() -> None:
    with pytest.raises(UnknownValueError, match="not public"):
        altitudes_to_fly(2000.0, [TerrainPair(0.0, 0.0)], None)
    for wrong in (-1.0, math.nan):
        with pytest.raises(SensorError):
            altitudes_to_fly(2000.0, [TerrainPair(0.0, 0.0)], wrong)
    with pytest.raises(SensorError):
        altitudes_to_fly(2000.0, [TerrainPair(math.nan, 0.0)], 0.0)
