"""Where the Sun stands: good to 0.01 degrees from 1950 to 2050 (Astronomical Almanac, page C5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def gmst(jd: Floats) -> Floats:
    """Greenwich mean sidereal time, radians, of UT1 taken as UTC (Aoki et al. 1982, IAU 1982)."""
    t = (jd - 2451545.0) / 36525.0
    seconds = (
        67310.54841 + (876600.0 * 3600.0 + 8640184.812866) * t + 0.093104 * t**2 - 6.2e-6 * t**3
    )
    return np.asarray(np.mod(np.radians(seconds / 240.0), 2.0 * np.pi))


def sun_direction(jd: Floats) -> Floats:
    """Unit vectors to the Sun in the Earth-fixed frame, shape (n, 3); ``jd``: Julian dates UTC."""
    n = jd - 2451545.0
    mean = np.radians(np.mod(280.460 + 0.9856474 * n, 360.0))
    anomaly = np.radians(np.mod(357.528 + 0.9856003 * n, 360.0))
    lon = mean + np.radians(1.915) * np.sin(anomaly) + np.radians(0.020) * np.sin(2 * anomaly)
    tilt = np.radians(23.439 - 0.0000004 * n)
    x, y, z = np.cos(lon), np.cos(tilt) * np.sin(lon), np.sin(tilt) * np.sin(lon)
    angle = gmst(jd)
    return np.stack(
        (np.cos(angle) * x + np.sin(angle) * y, -np.sin(angle) * x + np.cos(angle) * y, z), axis=-1
    )


def elevation_deg(jd: Floats, lat_deg: Floats, lon_deg: Floats) -> Floats:
    """How high the Sun stands above the horizon, degrees, without refraction; shape (n,)."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    up = np.stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)), axis=-1)
    sine = np.sum(up * sun_direction(jd), axis=-1)
    return np.asarray(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))))
