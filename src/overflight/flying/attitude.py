"""How the aircraft lies in the air: roll from its turning, pitch from its climbing, and unrest.

The unrest is a first-order Gauss-Markov process on each axis (Gelb 1974, section 3.8): standard
deviation and correlation time, the same seed the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import TrackError
from overflight.performance.turns import STANDARD_GRAVITY
from overflight.units import Degrees, Seconds

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unrest:
    """Standard deviations of roll, pitch and yaw, degrees, and how long they hang together.

    The figures are ours: those of a stabilised turboprop in light turbulence, not of any type.
    """

    roll_deg: Degrees = 0.5
    pitch_deg: Degrees = 0.3
    yaw_deg: Degrees = 0.3
    correlation_s: Seconds = 3.0

    def __post_init__(self) -> None:
        numbers = (self.roll_deg, self.pitch_deg, self.yaw_deg, self.correlation_s)
        if not all(math.isfinite(x) and x >= 0 for x in numbers) or self.correlation_s == 0:
            raise TrackError(
                f"an unrest of {self.roll_deg:g}, {self.pitch_deg:g} and {self.yaw_deg:g} degrees "
                f"over {self.correlation_s:g} s",
                remedy="Give degrees of zero or more and a correlation time above zero.",
            )

    def sentence(self) -> str:
        return (
            f"Unrest of {self.roll_deg:g} degrees in roll, {self.pitch_deg:g} in pitch and "
            f"{self.yaw_deg:g} in yaw, correlated over {self.correlation_s:g} s: assumed."
        )


def unrest(
    count: int, step_s: Seconds, kind: Unrest, random: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Roll, pitch and yaw away from the mean, degrees, ``count`` samples ``step_s`` apart."""
    keep = math.exp(-step_s / kind.correlation_s)
    drawn = random.standard_normal((3, count))
    drawn[:, 1:] *= math.sqrt(1.0 - keep * keep)
    _remember(drawn, keep)
    return (
        drawn[0] * kind.roll_deg,
        drawn[1] * kind.pitch_deg,
        drawn[2] * kind.yaw_deg,
    )


def bank_deg(speed_m_s: Floats, turn_rate_rad_s: Floats) -> Floats:
    """The bank of a level turn, degrees, right positive: tan(bank) = v w / g."""
    return np.degrees(np.arctan(speed_m_s * turn_rate_rad_s / STANDARD_GRAVITY))


def smoothed(values: Floats, width: int) -> Floats:
    """The mean over ``width`` samples round each, ends held: rolling takes its time."""
    if width <= 1 or len(values) == 0:
        return values
    left = width // 2
    padded = np.concatenate(
        [np.full(left, values[0]), values, np.full(width - 1 - left, values[-1])]
    )
    sums = np.concatenate([[0.0], np.cumsum(padded)])
    return np.asarray((sums[width:] - sums[:-width]) / width)


def _remember(rows: Floats, keep: float) -> None:
    """Make each row x[i] += keep x[i-1], in place."""
    from overflight.flying.kernels import remember

    remember(rows, keep)
