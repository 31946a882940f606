"""What a year of flights sees: alarms out of n flights, with and without a breach.

The model, which is an input and not a fact: in a year each side flies ``flights`` times over the
other. A flight raises an alarm with chance ``detect`` if there is a breach in that year and with
chance ``false_alarm`` if there is none, each flight independent of the others. Flights that look at
the same place with the same sensor are not independent; for them this is too hopeful.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from overflight.errors import DataError
from overflight.study.reciprocity.chain import N
from overflight.study.reciprocity.play import Errors

MOST_FLIGHTS = 100


@dataclass(frozen=True, slots=True)
class Watch:
    """A year's flights of each side over the other."""

    flights: int
    detect: Fraction
    false_alarm: Fraction

    def __post_init__(self) -> None:
        if not 0 <= self.flights <= MOST_FLIGHTS:
            raise DataError(
                f"{self.flights} flights a year: 0 to {MOST_FLIGHTS} can be reckoned",
                remedy="Give a smaller number.",
            )
        if not 0 <= self.false_alarm <= self.detect <= 1:
            raise DataError(
                f"a false alarm ({self.false_alarm}) is likelier than a detection ({self.detect})",
                remedy="Give chances with 0 <= false alarm <= detection <= 1.",
            )

    def errors(self, k: int, noise: Fraction, *, public: bool) -> Errors:
        """The year's errors where ``k`` alarms or more count as a breach."""
        if not 1 <= k <= self.flights:
            raise DataError(
                f"{k} alarms of {self.flights} flights", remedy="Give K from 1 to the flights."
            )
        seen = tail(alarms(self.flights, self.detect), k)
        false = tail(alarms(self.flights, self.false_alarm), k)
        return Errors(noise, false, 1 - seen, public)


def alarms(flights: int, chance: N) -> list[N]:
    """Chances of 0, 1, ..., n alarms out of n flights (binomial)."""
    clear = 1 - chance
    return [math.comb(flights, k) * chance**k * clear ** (flights - k) for k in range(flights + 1)]


def tail(chances: Sequence[N], k: int) -> N:
    """Chance of k alarms or more."""
    return sum(chances[k + 1 :], chances[k])
