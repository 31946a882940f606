"""How far the image moves during an exposure, and how far that is on the ground."""

from __future__ import annotations

import math

from overflight.errors import SensorError
from overflight.units import Degrees, KilometresPerHour, Metres, Seconds

_KM_H = 3.6
"""km/h in one m/s."""


def ground_blur_m(
    speed_km_h: KilometresPerHour, exposure_s: Seconds, *, compensated: float = 0.0
) -> Metres:
    """Way over the ground during the exposure, v t, less the part that the camera compensates.

    ``compensated`` is the share of the motion that image motion compensation takes out, 0 to 1.
    """
    if not 0.0 <= compensated <= 1.0:
        raise SensorError(
            f"a share of {compensated:g} of the motion is compensated",
            remedy="Give a share from 0 (none) to 1 (all).",
        )
    if speed_km_h < 0 or exposure_s < 0:
        raise SensorError(
            "a speed or an exposure is negative", remedy="Give numbers of zero or more."
        )
    return speed_km_h / _KM_H * exposure_s * (1.0 - compensated)


def image_blur_um(
    focal_mm: float,
    height_m: Metres,
    speed_km_h: KilometresPerHour,
    exposure_s: Seconds,
    *,
    compensated: float = 0.0,
) -> float:
    """Motion of the image of the ground straight below during the exposure: v t f / h."""
    metres = ground_blur_m(speed_km_h, exposure_s, compensated=compensated)
    return metres * focal_mm * 1000.0 / height_m


def turning_blur_um(focal_mm: float, rate_deg_s: Degrees, exposure_s: Seconds) -> float:
    """Motion of the image at its centre while the aircraft turns about itself: f w t."""
    return abs(focal_mm * 1000.0 * math.radians(rate_deg_s) * exposure_s)


def longest_exposure_s(
    speed_km_h: KilometresPerHour, blur_m: Metres, *, compensated: float = 0.0
) -> Seconds:
    """Longest exposure that blurs the ground by at most ``blur_m``; inf when nothing moves."""
    way = ground_blur_m(speed_km_h, 1.0, compensated=compensated)
    return blur_m / way if way else math.inf
