"""A certificate: how far a plan can be from the best there is.

It tells what sites are worth, so it stays on the side that made the plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from overflight.units import Seconds


@dataclass(frozen=True, slots=True)
class Certificate:
    """``value`` is reached, no plan is worth more than ``bound``; ``how`` says in a sentence why.

    ``seconds``: wall time it took.
    """

    value: float
    bound: float
    how: str
    seconds: Seconds

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and self.bound >= self.value >= 0.0):
            raise ValueError("a certificate has 0 <= value <= bound")

    @property
    def gap(self) -> float:
        """By which part of the value a better plan could be better at most: 0.01 is 1 %.

        0 when the plan is the best; infinite when nothing is seen but something might be.
        """
        if self.bound <= self.value:
            return 0.0
        return self.bound / self.value - 1.0 if self.value > 0.0 else math.inf

    @property
    def optimal(self) -> bool:
        """Whether no plan is worth more."""
        return self.bound <= self.value

    @property
    def percent(self) -> float:
        """The value as a percentage of the bound: the plan is at least that good."""
        return 100.0 if self.optimal else 100.0 * self.value / self.bound

    def __str__(self) -> str:
        if self.optimal:
            return f"value {self.value:g}, no plan is worth more; {self.how}"
        return (
            f"value {self.value:g}, no plan is worth more than {self.bound:g} "
            f"(at least {math.floor(self.percent * 10) / 10:.1f} % of the best); {self.how}"
        )
