"""Radiance and air against published figures, and against closed forms."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import SensorError
from overflight.imagery.infrared.atmosphere import (
    Atmosphere,
    extinction_per_km,
    standard,
    transmission,
    water_ppmv,
)
from overflight.imagery.infrared.radiance import (
    Band,
    radiance,
    slope_weights,
    spectral,
    temperature,
)

WINDOW = Band(8.0, 12.0)


@pytest.mark.parametrize(
    ("altitude", "kelvin", "pascal"),
    [
        # U.S. Standard Atmosphere 1976, table I.
        (0.0, 288.150, 101_325.0),
        (1_000.0, 281.651, 89_876.0),
        (5_000.0, 255.676, 54_048.0),
        (11_000.0, 216.774, 22_700.0),
        (15_000.0, 216.650, 12_112.0),
    ],
)
def test_the_standard_atmosphere_is_that_of_the_table(
    altitude: float, kelvin: float, pascal: float
) -> None:
    found = standard(altitude)
    assert found[0] == pytest.approx(kelvin, abs=0.002)
    assert found[1] == pytest.approx(pascal, rel=2e-4)


def test_water_vapour_at_the_ground_is_six_grams() -> None:
    """5.9 g/m^3, the sea-level value of the 1976 standard's profile in the AFGL report."""
    grams = water_ppmv(0.0) * 1e-6 * 101_325.0 / (461.5 * 288.15) * 1000.0
    assert grams == pytest.approx(5.9, abs=0.05)


def test_the_continuum_at_ten_micrometres() -> None:
    """By hand after Roberts and others at 1000 / cm: C = 4.18 + 5578 exp(-7.87) = 6.31; 5.9 g/m^3
    are 0.59 g/cm^2 in a kilometre; pressures 0.00775 and 0.992 atm; 1.18 for 288 K."""
    near = Atmosphere(Band(9.99, 10.01))
    by_hand = 0.59 * 6.31 * math.exp(1800 * (1 / 288.15 - 1 / 296)) * (0.00775 + 0.002 * 0.992)
    assert extinction_per_km(near, 0.0).mean() == pytest.approx(by_hand, rel=0.01)


def test_planck_adds_up_to_stefan_boltzmann() -> None:
    """Over all wavelengths sigma T^4 / pi; 96.9 % of it lies below 15,000 um K (any table)."""
    total = float(radiance(Band(0.5, 50.0), 300.0))
    assert total == pytest.approx(0.9689 * 5.670374e-8 * 300.0**4 / math.pi, rel=2e-3)


def test_wien() -> None:
    """The peak of spectral radiance at 2897.77 um K."""
    waves = np.linspace(8.0, 12.0, 4001)
    assert waves[np.argmax(spectral(waves, 290.0))] == pytest.approx(2897.77 / 290.0, abs=0.002)


@settings(deadline=None, max_examples=50)
@given(st.floats(160.0, 440.0))
def test_temperature_comes_back(kelvin: float) -> None:
    assert float(temperature(WINDOW, radiance(WINDOW, kelvin))) == pytest.approx(kelvin, abs=1e-6)


def test_weights_are_one_together() -> None:
    assert slope_weights(WINDOW, 288.0).sum() == pytest.approx(1.0)


@settings(deadline=None, max_examples=15)
@given(st.floats(0.0, 3000.0), st.floats(0.0, 0.5), st.floats(0.0, 3.0))
def test_less_arrives_from_farther(ground: float, aerosol: float, water: float) -> None:
    share = transmission(Atmosphere(WINDOW, ground, aerosol, water))
    values = [share(h) for h in (0.0, 200.0, 1000.0, 5000.0)]
    assert values[0] == pytest.approx(1.0)
    assert all(a >= b > 0.0 for a, b in pairwise(values))


def test_aerosol_alone_is_closed_form() -> None:
    """Without water: exp(-k 1.2 km (1 - exp(-H / 1.2 km)))."""
    share = transmission(Atmosphere(WINDOW, 0.0, 0.2, 0.0))
    assert share(2000.0) == pytest.approx(
        math.exp(-0.2 * 1.2 * (1.0 - math.exp(-2.0 / 1.2))), rel=1e-4
    )


def test_a_band_outside_of_the_model_is_refused() -> None:
    with pytest.raises(SensorError, match="holds from"):
        Atmosphere(Band(3.0, 5.0))
