"""Plain numbers that planning takes from an aircraft.

The range figure of an aircraft file is the distance usable between two landings, reserves
already taken off; its note says how it was arrived at. Still air: a head wind of a tenth of
the cruise speed costs a tenth of it, and no wind is known days ahead.
"""

from __future__ import annotations

import math

from overflight.errors import DataError, UnknownValueError
from overflight.terms.aircraft import Aircraft, Capability
from overflight.terms.values import CitedValue, Status
from overflight.units import Hours, Kilometres, KilometresPerHour


def capability(aircraft: Aircraft) -> Capability:
    """Usable range and cruise speed of ``aircraft``.

    Raises UnknownValueError when a figure is not known, DataError when it is not positive.
    """
    return Capability(
        range_km=_positive(aircraft, aircraft.range_km),
        cruise_km_h=_positive(aircraft, aircraft.cruise_km_h),
    )


def flying_hours(distance: Kilometres, cruise: KilometresPerHour) -> Hours:
    """Time to fly ``distance`` in still air at cruise, hours; turns and climb left out."""
    return distance / cruise


def _positive(aircraft: Aircraft, figure: CitedValue) -> float:
    if figure.value is None or figure.status is Status.UNKNOWN:
        raise UnknownValueError(
            f"{figure.key} of {aircraft.id} is not known",
            remedy="State it in an overlay's aircraft file, marked as assumed if it is.",
        )
    value = float(figure.value)
    if not (math.isfinite(value) and value > 0):
        raise DataError(
            f"{figure.key} of {aircraft.id} is {figure.value!r}",
            remedy="Give a figure above zero in the aircraft's file.",
        )
    return value
