"""The height above ground at which all sensors in use may work together."""

from __future__ import annotations

from collections.abc import Sequence

from overflight.terms.aircraft import Sensor
from overflight.units import Metres


def flight_height_m(sensors: Sequence[Sensor]) -> Metres | None:
    """Least height that lets no sensor exceed its limit: the largest H_min (VI.II.4(D)).

    Below the largest H_min one of the sensors would resolve too much. None when the height
    binds none of them.
    """
    bound = [sensor.h_min_m for sensor in sensors if sensor.h_min_m is not None]
    return max(bound, default=None)


def serving(sensors: Sequence[Sensor], height_m: Metres) -> tuple[Sensor, ...]:
    """The sensors that may work at ``height_m`` above ground."""
    return tuple(s for s in sensors if s.h_min_m is None or height_m >= s.h_min_m)
