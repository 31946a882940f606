"""How often and how much at once one user may ask, so that the others get their turn."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

from overflight.errors import OverflightError

MOST_NAMES = 10_000


class TooOftenError(OverflightError):
    """More than one user may ask. ``wait_s``: after which there is room again."""

    http_status = 429

    def __init__(self, wait_s: int) -> None:
        super().__init__("you ask more often than one user may", remedy=f"Ask again in {wait_s} s.")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Rate:
    """``a_second`` in the long run, and ``at_once`` after a rest. 0 a second: without bound."""

    a_second: float
    at_once: int


class Buckets:
    """A bucket of tokens for each name; those longest unused are forgotten, full as they are."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now: float) -> int:
        """Take one: 0, or the seconds until there is one. ``now``: of a clock that only goes
        forward, seconds."""
        rate = self._rate
        if rate.a_second <= 0:
            return 0
        left, then = self._left.pop(name, (float(rate.at_once), now))
        left = min(float(rate.at_once), left + (now - then) * rate.a_second)
        enough = left >= 1.0
        self._left[name] = (left - 1.0 if enough else left, now)
        if len(self._left) > MOST_NAMES:
            self._left.popitem(last=False)
        return 0 if enough else max(1, math.ceil((1.0 - left) / rate.a_second))

    def check(self, name: str, now: float) -> None:
        """Take one. TooOftenError where there is none."""
        wait = self.take(name, now)
        if wait:
            raise TooOftenError(wait)
