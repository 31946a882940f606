"""What a sensor resolves on the ground, away from the height at which it was certified.

The model is ours. The treaty fixes ground resolution at H_min only (Article IV, paragraph 2);
away from it we scale with the slant distance:

    resolution(h, off) = resolution(H_min) * (h / H_min) / cos(theta),   tan(theta) = off / h

the width a fixed angle covers, measured across the line of sight. It leaves out haze, motion,
and the further stretching of the ground near the horizon. A sensor whose resolution does not
depend on height (synthetic aperture radar; H_min is None) keeps its figure everywhere.
"""

from __future__ import annotations

import math

from overflight.terms.aircraft import Sensor
from overflight.units import Kilometres, Metres


def ground_resolution_m(
    sensor: Sensor, height_m: Metres, off_track_km: Kilometres = 0.0
) -> Metres | None:
    """Bar width that ``sensor`` resolves ``off_track_km`` beside the track, metres.

    None when no figure is known for the sensor.
    """
    if sensor.resolution_at_h_min_m is None:
        return None
    if sensor.h_min_m is None:
        return sensor.resolution_at_h_min_m
    slant = math.hypot(height_m, off_track_km * 1000.0)
    return sensor.resolution_at_h_min_m * slant / sensor.h_min_m


def reach_km(sensor: Sensor, height_m: Metres, needed_m: Metres) -> Kilometres | None:
    """Farthest off track at which ``sensor`` still resolves ``needed_m``, km.

    None when it does not even below the aircraft, or when its resolution is not known.
    """
    if sensor.resolution_at_h_min_m is None:
        return None
    if sensor.h_min_m is None:
        return math.inf if sensor.resolution_at_h_min_m <= needed_m else None
    slant = needed_m / sensor.resolution_at_h_min_m * sensor.h_min_m
    if slant < height_m:
        return None
    return math.sqrt(slant * slant - height_m * height_m) / 1000.0
