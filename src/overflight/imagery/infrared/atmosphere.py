"""How much of a temperature difference arrives: a standard atmosphere, stated whole.

The standard atmosphere on which the decision rests is not public. In its place, marked as ours:

- pressure and temperature: U.S. Standard Atmosphere 1976 to 20 km (its layers of geopotential
  height, equations 33a and 33b);
- water vapour: the profile of Anderson and others, AFGL-TR-86-0110 (1986), "U.S. Standard 1976",
  in parts per million of volume each kilometre, logarithms between;
- absorption by the continuum of water vapour from 8 to 14 micrometres: Roberts, Selby and Biberman,
  Applied Optics 15 (1976) 2085:
  k = w C(v) exp(1800 (1 / T - 1 / 296)) (p_w + 0.002 (p - p_w)), C = 4.18 + 5578 exp(-0.00787 v)
  with w in g/cm^2, pressures in atmospheres, v in wave numbers;
- aerosol: an extinction at the ground that is given, falling to 1/e over 1.2 km.

Lines of absorption (carbon dioxide, ozone) are left out: the figure is an upper bound, close in the
window between 8 and 12 micrometres and below a few kilometres. Of a band, each wavelength counts as
much as it tells of a small difference of temperature at 288 K.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import SensorError
from overflight.imagery.infrared.radiance import Band, slope_weights

Array = NDArray[np.float64]

_G0, _GAS, _EARTH = 9.80665, 287.05287, 6_356_766.0
_LAYERS = ((0.0, 288.15, -0.0065, 101_325.0), (11_000.0, 216.65, 0.0, 22_632.06))
_WATER_PPMV = (
    7745.0, 6071.0, 4631.0, 3182.0, 2158.0, 1397.0, 925.4, 572.0, 366.7, 158.3, 69.96, 36.13,
    19.06, 10.85, 5.927, 5.0, 3.95, 3.85, 3.825, 3.85, 3.9,
)  # fmt: skip
HIGHEST = 20_000.0
_AEROSOL_M = 1200.0
_STEP_M = 25.0
_WINDOW = (7.5, 14.5)
_WATER_GAS = 461.5
_ATM = 101_325.0


@dataclass(frozen=True, slots=True)
class Atmosphere:
    """``band``; ``ground_m`` of the target above sea; ``aerosol_per_km`` at the ground; ``water``
    times the standard profile; 0 none."""

    band: Band
    ground_m: float = 0.0
    aerosol_per_km: float = 0.0
    water: float = 1.0

    def __post_init__(self) -> None:
        if not (_WINDOW[0] <= self.band.low_um and self.band.high_um <= _WINDOW[1]):
            raise SensorError(
                f"the model of the atmosphere holds from {_WINDOW[0]:g} to {_WINDOW[1]:g} um",
                remedy="Give a band within, or the transmission yourself (extinction_per_km).",
            )
        if not (-500.0 <= self.ground_m <= 9000.0 and 0.0 <= self.aerosol_per_km <= 50.0):
            raise SensorError("an atmosphere that is none", remedy="Give metres and km^-1.")
        if not 0.0 <= self.water <= 10.0:
            raise SensorError(
                f"{self.water:g} times the water", remedy="Give 0 to 10; 1 is the standard."
            )


def standard(altitude_m: float) -> tuple[float, float]:
    """Temperature, kelvin, and pressure, pascal, at a geometric altitude up to 20 km."""
    if not -1000.0 <= altitude_m <= HIGHEST:
        raise SensorError(f"an altitude of {altitude_m:g} m", remedy="Give up to 20,000 m.")
    h = _EARTH * altitude_m / (_EARTH + altitude_m)
    base, warm, lapse, below = _LAYERS[0] if h < _LAYERS[1][0] else _LAYERS[1]
    kelvin = warm + lapse * (h - base)
    if lapse:
        return kelvin, below * (warm / kelvin) ** (_G0 / (_GAS * lapse))
    return kelvin, below * math.exp(-_G0 * (h - base) / (_GAS * warm))


def water_ppmv(altitude_m: float) -> float:
    """Water vapour of the standard profile, parts per million of volume."""
    km = np.arange(len(_WATER_PPMV))
    at = min(max(altitude_m / 1000.0, 0.0), float(km[-1]))
    return float(np.exp(np.interp(at, km, np.log(_WATER_PPMV))))


def extinction_per_km(air: Atmosphere, altitude_m: float) -> Array:
    """At each wavelength of the band, for a kilometre."""
    kelvin, pascal = standard(altitude_m)
    vapour = air.water * water_ppmv(altitude_m) * 1e-6 * pascal
    grams_cm2 = vapour / (_WATER_GAS * kelvin) * 0.1 * 1000.0  # kg/m^3 over a kilometre
    number = 1e4 / air.band.nodes_um
    continuum = (4.18 + 5578.0 * np.exp(-7.87e-3 * number)) * math.exp(
        1800.0 * (1.0 / kelvin - 1.0 / 296.0)
    )
    pressure = (vapour + 0.002 * (pascal - vapour)) / _ATM
    aerosol = air.aerosol_per_km * math.exp(-max(altitude_m - air.ground_m, 0.0) / _AEROSOL_M)
    return np.asarray(grams_cm2 * continuum * pressure + aerosol)


def transmission(air: Atmosphere) -> Callable[[float], float]:
    """t(H): the share of a small temperature difference that arrives H metres above the target,
    straight up. 1 at 0, falling; at most up to 20 km above sea."""
    top = HIGHEST - air.ground_m
    heights = np.arange(0.0, top, _STEP_M)
    middles = [extinction_per_km(air, air.ground_m + float(h) + _STEP_M / 2.0)
               for h in heights[:-1]]  # fmt: skip
    depth = np.vstack([np.zeros(len(air.band.nodes_um)),
                       np.cumsum(np.array(middles) * _STEP_M / 1000.0, axis=0)])  # fmt: skip
    through = np.exp(-depth) @ slope_weights(air.band, 288.0)
    return lambda height_m: float(np.interp(height_m, heights, through))
