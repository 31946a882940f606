"""How low a pass has to be: heights at which sites can be had that cannot from the usual height.

From the usual height, the largest H_min of all sensors in use, a sensor with a lower H_min may not
resolve what a site needs. Lower down it does, with the sensors switched off that may not work
there. Of the heights that will do, the one taken is that from which the ground resolved is widest:

    h = slant cos(far),   slant = needed / resolution(H_min) * H_min

where the whole view resolves just what is needed; never under the sensor's H_min.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from overflight.sensing.heights import serving
from overflight.sensing.swath import Strip, strip_resolving, strips_for
from overflight.terms.aircraft import Sensor
from overflight.units import Metres

STEP_M = 50.0
"""Heights are whole steps of this, where they are not an H_min."""
MOST_LOWER = 3
"""Lower heights that a flight has at most."""

Permitted = Callable[[Metres], Metres]
"""A height that may be flown instead of one, not lower."""


def as_it_is(height: Metres, /) -> Metres:
    """A ``Permitted`` that changes nothing."""
    return height


def pass_height_m(
    sensors: Sequence[Sensor], usual_m: Metres, needed_m: Metres, permitted: Permitted = as_it_is
) -> Metres | None:
    """The height below ``usual_m`` from which most ground is resolved to ``needed_m``.

    None where no sensor resolves that from any height it may work at.
    """
    found: list[tuple[float, Metres]] = []
    for sensor in sensors:
        height = _best(sensor, usual_m, needed_m, permitted)
        if height is not None and height < usual_m:
            strip = strip_resolving(sensor, height, needed_m)
            if strip is not None and strip.far_km > strip.near_km:
                found.append((round(strip.far_km, 6), height))
    return max(found)[1] if found else None


def lower_heights_m(
    sensors: Sequence[Sensor],
    usual_m: Metres,
    worth: Mapping[Metres, float],
    permitted: Permitted = as_it_is,
    most: int = MOST_LOWER,
) -> tuple[Metres, ...]:
    """Heights for sites that need the resolutions in ``worth`` (with what they are worth), m.

    The highest first, ``most`` of them: of more, those nearest to each other give way to the
    lower one where that serves the same sites, then those for which least is worth it.
    """
    best = {need: pass_height_m(sensors, usual_m, need, permitted) for need in worth}
    heights = sorted({h for h in best.values() if h is not None}, reverse=True)
    while len(heights) > most:
        pairs = sorted(pairwise(heights), key=lambda p: (p[0] - p[1], -p[1]))
        gone = next((high for high, low in pairs if _serves(sensors, best, high, low)), None)
        if gone is None:
            gone = min(heights, key=lambda h: (_worth_at(worth, best, h), -h))
        heights.remove(gone)
    return tuple(heights)


def strips_at(
    sensors: Sequence[Sensor], height_m: Metres, needed_m: Metres | None
) -> tuple[Strip, ...]:
    """The strips from a height at which only some of the sensors may work."""
    return strips_for(serving(sensors, height_m), height_m, needed_m)


def widest(choices: Sequence[Sequence[Strip]]) -> tuple[Strip, ...]:
    """The strips of several heights together, without those that lie within another."""
    strips = list(dict.fromkeys(strip for choice in choices for strip in choice))
    return tuple(
        strip for strip in strips if not any(_within(strip, o) for o in strips if o != strip)
    )


def _best(sensor: Sensor, usual: Metres, needed: Metres, permitted: Permitted) -> Metres | None:
    if sensor.resolution_at_h_min_m is None or sensor.h_min_m is None:
        return None  # what it resolves is not known, or the same from every height
    slant = needed / sensor.resolution_at_h_min_m * sensor.h_min_m
    height = min(slant * math.cos(math.radians(sensor.far_deg)), usual)
    height = max(sensor.h_min_m, math.floor(height / STEP_M + 1e-9) * STEP_M)
    return permitted(height)


def _serves(
    sensors: Sequence[Sensor], best: Mapping[Metres, Metres | None], high: Metres, low: Metres
) -> bool:
    """Whether all that the higher height is for can be had from the lower one."""
    needs = [need for need, height in best.items() if height == high]
    return all(strips_at(sensors, low, need) for need in needs)


def _worth_at(
    worth: Mapping[Metres, float], best: Mapping[Metres, Metres | None], height: Metres
) -> float:
    return math.fsum(value for need, value in worth.items() if best[need] == height)


def _within(inner: Strip, outer: Strip) -> bool:
    return (
        outer.near_km <= inner.near_km
        and inner.far_km <= outer.far_km
        and (outer.left or not inner.left)
        and (outer.right or not inner.right)
    )
