"""A sideways-looking synthetic aperture radar over flat ground.

Ground resolution across the flight path is the slant one divided by the sine of the angle from
the vertical: best at the far edge. It does not depend on height; where the swath lies does. How
resolution by impulse response relates to the separation of two objects was left to a commission
and is not public; the treaty itself (Article IV, paragraph 2(D)) equates one pair of values,
3 m and 5 m, and nothing here goes beyond that pair.
"""

from __future__ import annotations

import math

from overflight.errors import SensorError
from overflight.sensing.frame import Scale, Swath, require_positive
from overflight.terms.camera import RIGHT, Radar
from overflight.units import Degrees, Metres


def radar_swath(radar: Radar, height_m: Metres) -> Swath:
    """Ground covered on the side it looks to: ``swath_km`` from h tan(near)."""
    require_positive(height_m=height_m, swath_km=radar.swath_km)
    if not 0.0 < radar.near_deg < 90.0:
        raise SensorError(
            f"the near edge lies {radar.near_deg:g} degrees from the vertical",
            remedy="A radar looks to the side: give near_deg above 0 and below 90.",
        )
    near = height_m * math.tan(math.radians(radar.near_deg)) / 1000.0
    far = near + radar.swath_km
    return Swath(near, far) if radar.side == RIGHT else Swath(-far, -near)


def far_deg(radar: Radar, height_m: Metres) -> Degrees:
    """Angle of the far edge from the vertical."""
    edges = radar_swath(radar, height_m)
    return math.degrees(math.atan2(max(map(abs, edges)) * 1000.0, height_m))


def radar_resolution_m(radar: Radar, look_deg: Degrees) -> Scale:
    """Resolution on the ground by impulse response, at an angle from the vertical."""
    if not 0.0 < look_deg < 90.0:
        raise SensorError(
            f"a look angle of {look_deg:g} degrees", remedy="Give one above 0 and below 90."
        )
    across = radar.range_resolution_m / math.sin(math.radians(look_deg))
    return Scale(radar.azimuth_resolution_m, across)
