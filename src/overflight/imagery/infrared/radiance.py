"""Between temperature and what a black surface sends in a band of wavelengths: Planck's law.

    L(T) = int c1 / (pi l^5 (exp(c2 / (l T)) - 1)) dl,  l from one edge of the band to the other

with c1 = 2 pi h c^2 and c2 = h c / k (CODATA 2018). A radiation temperature is the T whose L is
what was received.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import SensorError

Array = NDArray[np.float64]

_C1L = 1.191042972e-16
"""2 h c^2, W m^2 per steradian."""
_C2 = 1.438776877e-2
"""h c / k, m K."""
COLDEST, HOTTEST = 150.0, 450.0
_NODES = 401
_STEPS = 60


@dataclass(frozen=True, slots=True)
class Band:
    """Wavelengths from and to, micrometres."""

    low_um: float
    high_um: float

    def __post_init__(self) -> None:
        if not 0.5 <= self.low_um < self.high_um <= 50.0:
            raise SensorError(
                f"a band from {self.low_um:g} to {self.high_um:g} um",
                remedy="Give two wavelengths in micrometres, as 8 and 12.",
            )

    @property
    def nodes_um(self) -> Array:
        return np.linspace(self.low_um, self.high_um, _STEPS + 1)


def spectral(wavelength_um: Any, kelvin: Any) -> Array:
    """Planck's radiance, W per square metre, steradian and metre of wavelength."""
    wave = np.asarray(wavelength_um, dtype=np.float64) * 1e-6
    return np.asarray(
        _C1L / (wave**5 * np.expm1(_C2 / (wave * np.asarray(kelvin, dtype=np.float64))))
    )


def radiance(band: Band, kelvin: Any) -> Array:
    """W per square metre and steradian in the band, for temperatures of any shape."""
    table = _table(band)
    return np.asarray(np.interp(np.asarray(kelvin, dtype=np.float64), table[0], table[1]))


def temperature(band: Band, sent: Any) -> Array:
    """The radiation temperature, kelvin, of a band's radiance."""
    table = _table(band)
    return np.asarray(np.interp(np.asarray(sent, dtype=np.float64), table[1], table[0]))


@lru_cache(maxsize=32)
def _table(band: Band) -> Array:
    kelvin = np.linspace(COLDEST, HOTTEST, _NODES * 4)
    wave = band.nodes_um
    values = spectral(wave[None, :], kelvin[:, None])
    step = (wave[1] - wave[0]) * 1e-6
    total = (values[:, 1:] + values[:, :-1]).sum(axis=1) / 2.0 * step
    return np.vstack([kelvin, total])


def slope_weights(band: Band, kelvin: float) -> Array:
    """How much each wavelength of the band tells of a small difference of temperature: dL/dT, made
    up to one."""
    wave = band.nodes_um
    rise = spectral(wave, kelvin + 0.5) - spectral(wave, kelvin - 0.5)
    rise[[0, -1]] /= 2.0
    return np.asarray(rise / rise.sum())
