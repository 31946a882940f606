"""How the aircraft is handled: what a crew decides, and what is assumed where nobody said."""

from __future__ import annotations

import math
from dataclasses import dataclass

from overflight.errors import DataError
from overflight.performance.turns import OVERFLIGHT_TURN, TECHNIQUES
from overflight.units import Degrees, Seconds

CHOOSE = "choose"
"""At each fix the technique that passes the fewest sites in a turn; of two alike "turn short"."""


@dataclass(frozen=True, slots=True)
class Handling:
    """Turn technique (or ``CHOOSE``), bank, intercept angle, time to roll, run-in to a site.

    Bank of 25 degrees: ICAO Doc 8168, Volume II takes it for turns in holding and approach (15
    en route); 5 s to put the bank on: its Table I-2-3-1. Half a minute of level flight before
    the first site of a leg is ours.
    """

    technique: str = OVERFLIGHT_TURN
    bank_deg: Degrees = 25.0
    intercept_deg: Degrees = 30.0
    roll_seconds: Seconds = 5.0
    run_in_seconds: Seconds = 30.0

    def __post_init__(self) -> None:
        if self.technique not in (*TECHNIQUES, CHOOSE):
            raise DataError(
                f"{self.technique!r} is no turn technique that can be reckoned",
                remedy=f"Give one of: {', '.join((*TECHNIQUES, CHOOSE))}.",
            )
        if not (
            0 < self.bank_deg <= 60
            and 0 < self.intercept_deg <= 90
            and 0 <= self.roll_seconds < math.inf
            and 0 <= self.run_in_seconds < math.inf
        ):
            raise DataError(
                f"turns with {self.bank_deg:g} degrees of bank, an intercept at "
                f"{self.intercept_deg:g} degrees, {self.roll_seconds:g} s to roll and "
                f"{self.run_in_seconds:g} s of run-in",
                remedy="Give a bank up to 60 and an intercept up to 90 degrees, both above zero, "
                "and times of zero or more.",
            )

    def sentence(self) -> str:
        return (
            f"Turns with {self.bank_deg:g} degrees of bank, {self.roll_seconds:g} s to put it on "
            f"or take it off, an overflown leg intercepted at {self.intercept_deg:g} degrees, and "
            f"{self.run_in_seconds:g} s of level flight before the first site of a leg: assumed."
        )
