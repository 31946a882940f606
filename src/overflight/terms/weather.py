"""What a plan is worth under a forecast of cloud: expected, and at a chosen risk.

It tells what sites are worth and when they are seen, so it stays on the side that made the plan.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from overflight.units import Hours, Kilometres


@dataclass(frozen=True, slots=True)
class Odds:
    """How the value of a plan is drawn: at which risk, and by what assumptions.

    ``probability``: with it the value told is reached. Clouds over two sites hang together
    by exp(-distance / ``correlation_km``) and exp(-time between / ``correlation_hours``): 0 for
    each by itself, infinite for all alike. ``draws`` skies are drawn with ``seed``.
    """

    probability: float = 0.8
    correlation_km: Kilometres = 300.0
    correlation_hours: Hours = 6.0
    draws: int = 20_000
    seed: int = 1

    def __post_init__(self) -> None:
        lengths = (self.correlation_km, self.correlation_hours)
        if not 0.0 < self.probability < 1.0 or self.draws < 1:
            raise ValueError("a probability between 0 and 1, one draw or more")
        if any(math.isnan(length) or length < 0 for length in lengths):
            raise ValueError("lengths of correlation are 0 or more")


@dataclass(frozen=True, slots=True)
class SitePass:
    """The clearest pass of a site: when, by which sensor, and how likely it is seen then.

    ``cloud`` is the forecast's, 0 to 1, None where it does not say. ``clear`` is 1 for a sensor
    that no weather hinders, else 1 - cloud, and None where that is not known.
    """

    site: str
    sensor: str
    at: dt.datetime
    cloud: float | None
    clear: float | None


@dataclass(frozen=True, slots=True)
class WeatherValue:
    """``expected`` is the exact sum of value times probability over ``passes``.

    ``reached`` is what the plan is worth at least with ``odds.probability``, ``tail`` the mean
    of what it is worth in the other cases; both from draws. Sites whose weather is not known
    count with nothing in all three: they are lower bounds where ``unknown`` names any.
    ``if_clear`` is the value of all sites passed. ``rounds``: searches by which it was found.
    """

    source: str
    odds: Odds
    if_clear: float
    expected: float
    reached: float
    tail: float
    passes: tuple[SitePass, ...]
    rounds: int = 1

    @property
    def unknown(self) -> tuple[str, ...]:
        """Sites passed of which the forecast says nothing."""
        return tuple(p.site for p in self.passes if p.clear is None)
