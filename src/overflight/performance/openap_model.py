"""Rates of climb and fuel flow from OpenAP, for the types that it knows.

OpenAP (Sun, Hoekstra and Ellerbroek, "OpenAP: An Open-Source Aircraft Performance Model for Air
Transportation Studies and Simulations", Aerospace 7 (2020) 104) is LGPL v3 and its data GPL v3,
so it is nothing that overflight brings along: whoever wants its figures installs it. Only a type
that it models itself counts: its "synonyms" (a jet standing in for a turboprop) are no knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from overflight.errors import UnknownValueError
from overflight.performance.climb_descent import VerticalRates
from overflight.performance.fuel import FuelModel
from overflight.units import M_PER_FT, KilometresPerHour, Metres

_KM_H_PER_KT = 1.852
_M_S_PER_FT_MIN = M_PER_FT / 60.0
_REMEDY = (
    "Leave fuel and rates out (the plan then says that they are not known), or give a flow and "
    "rates of your own."
)


@dataclass(frozen=True, slots=True)
class OpenAPFlow:
    """``FuelFlow`` of one type: thrust that balances drag and climb, clean, standard atmosphere."""

    model: Any

    def __call__(
        self, mass_kg: float, airspeed: KilometresPerHour, height_m: Metres, vertical_m_s: float, /
    ) -> float:
        per_second = self.model.enroute(
            mass=mass_kg,
            tas=airspeed / _KM_H_PER_KT,
            alt=height_m / M_PER_FT,
            vs=vertical_m_s / _M_S_PER_FT_MIN,
        )
        return float(per_second) * 3600.0


def openap_fuel(icao_type: str, take_off_kg: float | None = None) -> FuelModel:
    """Fuel model of an ICAO type designator; take-off mass the type's greatest unless given.

    Raises UnknownValueError when OpenAP is not installed or does not model the type itself.
    """
    openap = _openap(icao_type)
    kind = icao_type.strip().lower()
    data = openap.prop.aircraft(kind, use_synonym=False)
    mass = float(data["mtow"]) if take_off_kg is None else take_off_kg
    note = "its greatest" if take_off_kg is None else "given"
    return FuelModel(
        flow=OpenAPFlow(openap.FuelFlow(kind, use_synonym=False)),
        take_off_kg=mass,
        usable_kg=float(data["mfc"]),
        basis=f"Fuel by OpenAP's model of the {icao_type.upper()}, take-off mass {mass:,.0f} kg "
        f"({note}); clean, standard atmosphere, no allowance for what is built on for observing.",
    )


def openap_rates(icao_type: str, cruise: KilometresPerHour) -> VerticalRates:
    """Mean rates of climb and descent at low level (below constant airspeed) of a type.

    Raises UnknownValueError as ``openap_fuel`` does.
    """
    openap = _openap(icao_type)
    kind = icao_type.strip().lower()
    seen = openap.WRAP(kind, use_synonym=False)
    airspeed = float(seen.climb_const_vcas()["default"]) * 3.6
    return VerticalRates(
        climb_m_s=abs(float(seen.climb_vs_pre_concas()["default"])),
        descent_m_s=abs(float(seen.descent_vs_post_concas()["default"])),
        speed_fraction=min(airspeed / cruise, 1.0),
        basis=f"Climb and descent as OpenAP found them in flights of the {icao_type.upper()}.",
        assumed=False,
    )


def _openap(icao_type: str) -> Any:
    try:
        openap: Any = import_module("openap")
    except ImportError:
        raise UnknownValueError(
            f"nothing is known of how the {icao_type} climbs and what fuel it burns: the package "
            "openap is not installed",
            remedy=f"Install openap (LGPL, its data GPL). {_REMEDY}",
        ) from None
    if icao_type.strip().lower() not in openap.prop.available_aircraft(use_synonym=False):
        raise UnknownValueError(f"OpenAP does not model the {icao_type}", remedy=_REMEDY)
    return openap
