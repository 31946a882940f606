"""How fast frames must follow one another, and how much ground is covered in an hour."""

from __future__ import annotations

import math

from overflight.errors import SensorError
from overflight.sensing.frame import require_positive
from overflight.units import Kilometres, KilometresPerHour, Metres, Seconds

_KM_H = 3.6
"""km/h in one m/s."""


def forward_overlap(length_m: Metres, speed_km_h: KilometresPerHour, interval_s: Seconds) -> float:
    """Share of a frame's length that the next one sees again: 1 - v T / l; negative is a gap."""
    require_positive(length_m=length_m, speed_km_h=speed_km_h, interval_s=interval_s)
    return 1.0 - speed_km_h / _KM_H * interval_s / length_m


def interval_for(length_m: Metres, speed_km_h: KilometresPerHour, overlap: float) -> Seconds:
    """Time between frames of ``length_m`` that overlap by a share of 0 up to 1: l (1 - o) / v."""
    require_positive(length_m=length_m, speed_km_h=speed_km_h)
    if not 0.0 <= overlap < 1.0:
        raise SensorError(
            f"frames cannot overlap by {overlap:g}",
            remedy="Give a share of at least 0 and below 1, e.g. 0.6.",
        )
    return length_m * (1.0 - overlap) * _KM_H / speed_km_h


def fastest_km_h(length_m: Metres, interval_s: Seconds, overlap: float) -> KilometresPerHour:
    """Greatest groundspeed at which frames ``interval_s`` apart still overlap by that share."""
    require_positive(length_m=length_m, interval_s=interval_s)
    return interval_for(length_m, 1.0, overlap) / interval_s


def frames_for(leg_km: Kilometres, length_m: Metres, overlap: float) -> int:
    """Frames that cover a leg end to end with at least that overlap."""
    require_positive(length_m=length_m)
    rest = max(0.0, leg_km * 1000.0 - length_m)
    return 1 + math.ceil(rest / (length_m * (1.0 - overlap)) - 1e-9)


def velocity_over_height(speed_km_h: KilometresPerHour, height_m: Metres) -> float:
    """Groundspeed over height, radians per second: what a camera's cycle rate is bound by."""
    require_positive(height_m=height_m)
    return speed_km_h / _KM_H / height_m


def area_rate_km2_h(width_km: Kilometres, speed_km_h: KilometresPerHour) -> float:
    """Ground that a swath sweeps over in an hour."""
    return width_km * speed_km_h
