"""How a frame looked at the ground, and where the Sun stood."""

from __future__ import annotations

import math

import numpy as np

from overflight.geo.earth_fixed import from_earth_fixed, north_east_down
from overflight.terms.frame_product import ViewAngles
from overflight.terms.frames import OrientedFrame
from overflight.units import Degrees, Seconds

_STRAIGHT_DOWN_DEG = 0.01
_J2000_S = 946728000.0
"""2000-01-01T12:00:00Z in seconds since 1970."""


def view_angles(frame: OrientedFrame) -> ViewAngles:
    """Of the optical axis at the projection centre; the Sun's where the time is known.

    The azimuth is that of the view extension: clockwise from north, from the point below the
    aircraft to the scene; None where the camera looks straight down. An axis above the horizon
    counts as 90 degrees, the most that the extension has.
    """
    lat, lon, _ = (float(v) for v in from_earth_fixed(frame.exterior.eye))
    north, east, down = north_east_down(lat, lon) @ frame.exterior.axes[2]
    off = math.degrees(math.atan2(math.hypot(north, east), down))
    azimuth = math.degrees(math.atan2(east, north)) % 360.0 if off > _STRAIGHT_DOWN_DEG else None
    sun = (None, None) if frame.time_s is None else sun_position(frame.time_s, lat, lon)
    return ViewAngles(min(off, 90.0), azimuth, *sun)


def sun_position(time_s: Seconds, lat: Degrees, lon: Degrees) -> tuple[Degrees, Degrees]:
    """Azimuth (clockwise from north) and true elevation of the Sun's centre.

    The Sun by "Low precision formulas for the Sun's coordinates" (The Astronomical Almanac,
    section C: 0.01 degrees between 1950 and 2050), sidereal time by section B. Without
    refraction and parallax.
    """
    days = (time_s - _J2000_S) / 86400.0
    mean_longitude = 280.460 + 0.9856474 * days
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(
        mean_longitude + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2.0 * anomaly)
    )
    obliquity = math.radians(23.439 - 0.0000004 * days)
    sun = np.array(
        [
            math.cos(longitude),
            math.cos(obliquity) * math.sin(longitude),
            math.sin(obliquity) * math.sin(longitude),
        ]
    )
    sidereal = math.radians((280.46061837 + 360.98564736629 * days) % 360.0)
    turn = np.array(
        [
            [math.cos(sidereal), math.sin(sidereal), 0.0],
            [-math.sin(sidereal), math.cos(sidereal), 0.0],
            [0.0, 0.0, 1.0],
        ]
    )
    north, east, down = north_east_down(lat, lon) @ (turn @ sun)
    azimuth = math.degrees(math.atan2(east, north)) % 360.0
    return azimuth, math.degrees(math.asin(max(-1.0, min(1.0, -down))))
