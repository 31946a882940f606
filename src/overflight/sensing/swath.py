"""The strip of ground that a sensor sees from a straight leg.

Flat ground under the aircraft: from height h the view reaches sideways from h tan(near) to
h tan(far). At the heights and angles of observation flights (under 11 km, under 80 degrees)
the Earth's curvature moves the far edge outwards by less than 4 %; leaving it out only
makes a plan claim less than is seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import SensorError
from overflight.sensing.resolution import reach_km
from overflight.terms.aircraft import Sensor
from overflight.units import Kilometres, Metres

SIDES = ("both", "left", "right")


@dataclass(frozen=True, slots=True)
class Strip:
    """Ground seen beside a leg: from ``near_km`` to ``far_km`` off track, left, right or both."""

    near_km: Kilometres
    far_km: Kilometres
    left: bool = True
    right: bool = True

    def holds(self, across_km: Kilometres) -> bool:
        """Whether a point ``across_km`` off track (positive: right of it) is seen."""
        return bool(self.holds_each(np.array([across_km]))[0])

    def holds_each(self, across_km: NDArray[np.float64]) -> NDArray[np.bool_]:
        """``holds`` for many points, shape (n,) to (n,)."""
        off = np.abs(across_km)
        side = ((across_km >= 0) & self.right) | ((across_km <= 0) & self.left)
        return np.asarray((off >= self.near_km) & (off <= self.far_km) & side, dtype=bool)


def ground_strip(sensor: Sensor, height_m: Metres) -> Strip:
    """What ``sensor`` sees of the ground from ``height_m`` above it.

    Raises SensorError when its angles or side make no strip.
    """
    if sensor.sides not in SIDES or not 0 <= sensor.near_deg < sensor.far_deg < 90:
        raise SensorError(
            f"sensor {sensor.id!r} sees from {sensor.near_deg:g} to {sensor.far_deg:g} degrees "
            f"on side {sensor.sides!r}, which is no strip of ground",
            remedy="Give 0 <= near_deg < far_deg < 90 and sides = both, left or right.",
        )
    height_km = height_m / 1000.0
    return Strip(
        near_km=height_km * math.tan(math.radians(sensor.near_deg)),
        far_km=height_km * math.tan(math.radians(sensor.far_deg)),
        left=sensor.sides != "right",
        right=sensor.sides != "left",
    )


def strip_resolving(sensor: Sensor, height_m: Metres, needed_m: Metres | None) -> Strip | None:
    """The part of the strip in which ``sensor`` resolves ``needed_m``; None where there is none."""
    strip = ground_strip(sensor, height_m)
    if needed_m is None:
        return strip
    reach = reach_km(sensor, height_m, needed_m)
    if reach is None or reach < strip.near_km:
        return None
    return Strip(strip.near_km, min(strip.far_km, reach), strip.left, strip.right)


def strips_for(
    sensors: Sequence[Sensor], height_m: Metres, needed_m: Metres | None
) -> tuple[Strip, ...]:
    """The strips of all sensors that serve a site which needs ``needed_m`` (None: any will do)."""
    found = (strip_resolving(sensor, height_m, needed_m) for sensor in sensors)
    return tuple(dict.fromkeys(strip for strip in found if strip is not None))
