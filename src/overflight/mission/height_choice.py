"""The height that was asked for, and the lower heights of a flight where its sites need them."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace

from overflight.errors import DataError, SensorError
from overflight.formats.releasable import FIGURES, discreet_height, sensors_with
from overflight.mission.setting import Setting
from overflight.mission.withheld import discreet
from overflight.sensing.heights import flight_height_m
from overflight.sensing.lower import lower_heights_m, pass_height_m
from overflight.sensing.swath import strips_for
from overflight.units import Metres

AUTO, FIXED = "auto", "fixed"
_ASK = "Give auto, fixed, a height in metres (3000), or auto:3000."


@dataclass(frozen=True, slots=True)
class HeightChoice:
    """``usual_m`` is the height above ground to fly at (None: the least that all sensors in use
    may work at), ``descend`` whether legs may be flown lower where a site needs it."""

    usual_m: Metres | None = None
    descend: bool = True

    @classmethod
    def read(cls, text: str) -> HeightChoice:
        """Out of "auto", "fixed", "3000" (one height) or "auto:3000". Raises DataError."""
        word, _, number = text.strip().partition(":")
        if word in (AUTO, FIXED):
            return cls(_metres(number) if number else None, word == AUTO)
        return cls(_metres(word), False)


def as_asked(setting: Setting, height: str) -> Setting:
    """The setting at heights, and a speed, that may be seen, as ``HeightChoice`` reads them."""
    choice = HeightChoice.read(height)
    return with_passes(discreet(at_height(setting, choice)), choice)


def at_height(setting: Setting, choice: HeightChoice) -> Setting:
    """The setting at the height asked for. Raises SensorError below a sensor's H_min."""
    if choice.usual_m is None:
        return setting
    least = flight_height_m(setting.sensors)
    if least is not None and choice.usual_m < least:
        binding = [s.id for s in setting.sensors if (s.h_min_m or 0.0) > choice.usual_m]
        raise SensorError(
            f"{choice.usual_m:g} m above ground is below H_min of {', '.join(binding)}",
            remedy="Fly higher, or leave those sensors out (--sensors).",
        )
    return replace(setting, height_m=choice.usual_m, height_asked=True)


def with_passes(setting: Setting, choice: HeightChoice) -> Setting:
    """The setting with the lower heights that its sites need, and where each could be had.

    A height that would show a private H_min is raised like any other of a plan.
    """
    secret = sensors_with(setting.view.private_sensor_fields(setting.plane.id), FIGURES)
    bounds = [(s.h_min_m, s.id in secret) for s in setting.sensors if s.h_min_m is not None]

    def permitted(height: Metres, /) -> Metres:
        return discreet_height(height, bounds)

    worth: defaultdict[Metres, float] = defaultdict(float)
    for site in setting.sites:
        need = site.resolution_m
        if need is not None and not strips_for(setting.sensors, setting.height_m, need):
            worth[need] += site.value
    if not worth:
        return setting
    found = {n: pass_height_m(setting.sensors, setting.height_m, n, permitted) for n in worth}
    passes = {need: height for need, height in found.items() if height is not None}
    lower: tuple[Metres, ...] = ()
    if choice.descend:
        lower = lower_heights_m(setting.sensors, setting.height_m, worth, permitted)
    return replace(setting, passes=passes, lower_m=lower)


def descents_said(setting: Setting, heights: tuple[Metres, ...]) -> list[str]:
    """What a plan with lower passes says of them; nothing where there is none."""
    low = [height for height in heights if height < setting.height_m]
    if not low:
        return []
    names = ", ".join(f"{height:g} m" for height in sorted(set(low), reverse=True))
    return [
        f"{len(low)} of {len(heights)} legs are flown lower than {setting.height_m:g} m above "
        f"ground, at {names}, for sites that need it; sensors that may not work there are off. "
        "Whoever reads the plan sees which legs these are."
    ]


def _metres(text: str) -> Metres:
    try:
        height = float(text)
    except ValueError:
        height = math.nan
    if not (math.isfinite(height) and height > 0.0):
        raise DataError(f"{text!r} is no height above ground", remedy=_ASK)
    return height
