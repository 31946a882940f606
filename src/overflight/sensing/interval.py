"""A confidence interval for the mean of some readings: Student's t, in closed form.

For a whole number n of degrees of freedom the distribution is a finite sum (Abramowitz and
Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4), with a = atan(t / sqrt(n)):

    n odd    A = 2/pi (a + sin(a) (cos(a) + 2/3 cos(a)^3 + ... ))
    n even   A = sin(a) (1 + 1/2 cos(a)^2 + (1 3)/(2 4) cos(a)^4 + ... )

where A is the chance of a value between -t and t.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from overflight.errors import SensorError


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of ``count`` readings, their standard deviation, and an interval for the mean.

    One reading has neither: both are None.
    """

    value: float
    count: int
    deviation: float | None
    interval: tuple[float, float] | None


def student_between(t: float, degrees: int) -> float:
    """Chance that Student's t with that many degrees of freedom lies within -t..t, t >= 0."""
    angle = math.atan2(t, math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = degrees % 2
    term = cosine if odd else 1.0
    total = 0.0
    for k in range(1, degrees // 2 + 1):
        total += term
        term *= cosine * cosine * (2 * k / (2 * k + 1) if odd else (2 * k - 1) / (2 * k))
    return 2.0 / math.pi * (angle + sine * total) if odd else sine * total


@lru_cache(maxsize=256)
def student_quantile(confidence: float, degrees: int) -> float:
    """The t within which the given share lies, on both sides: 12.706 for 0.95 and 1."""
    if degrees < 1 or not 0.0 < confidence < 1.0:
        raise SensorError(
            f"no interval of {confidence:g} with {degrees} degrees of freedom",
            remedy="Give a confidence between 0 and 1 and at least two readings.",
        )
    low, high = 0.0, 1.0
    while student_between(high, degrees) < confidence:
        high *= 2.0
    for _ in range(80):
        middle = (low + high) / 2.0
        low, high = (
            (middle, high) if student_between(middle, degrees) < confidence else (low, middle)
        )
    return (low + high) / 2.0


def mean_of(values: Sequence[float], confidence: float = 0.95) -> Mean:
    """Mean, standard deviation and interval of one or more readings taken as independent."""
    if not values:
        raise SensorError("there are no readings", remedy="Give at least one.")
    n = len(values)
    mean = math.fsum(values) / n
    if n == 1:
        return Mean(mean, 1, None, None)
    deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
    half = student_quantile(confidence, n - 1) * deviation / math.sqrt(n)
    return Mean(mean, n, deviation, (mean - half, mean + half))


def rises(x: Sequence[float], y: Sequence[float], confidence: float = 0.95) -> bool:
    """Whether y changes with x more than chance explains: a least-squares slope and its t test.

    False with fewer than four readings, or where x does not vary: nothing can be told then.
    """
    n = len(x)
    if n < 4:
        return False
    x0, y0 = math.fsum(x) / n, math.fsum(y) / n
    spread = math.fsum((a - x0) ** 2 for a in x)
    if spread <= 1e-12 * max(x0 * x0, 1e-300):
        return False
    slope = math.fsum((a - x0) * (b - y0) for a, b in zip(x, y, strict=True)) / spread
    rest = math.fsum((b - y0 - slope * (a - x0)) ** 2 for a, b in zip(x, y, strict=True))
    error = math.sqrt(rest / (n - 2) / spread)
    return abs(slope) > student_quantile(confidence, n - 2) * error + 1e-9 * abs(y0 / x0)
