"""A demonstration flight: do a day's few readings confirm the H_min of certification?

What the text asks is that the capability is that of certification. What follows is our statistics:

- q is the day's H_min over the certified one, by the means of each pass.
- Its 95 % interval is Student's for the difference of two means of logarithms, with the spread of
  certification and of the day pooled; where certification left no spread, of the day alone.
- The spread is never taken as less than that of a reading within a step of the target's series,
  ln(step) / sqrt(12): five equal readings do not make a certain one.
- Sharper than certified, as the observed side fears: confirmed if all of the interval lies at or
  below one step of the target; not confirmed if all of it lies above; else it cannot be told.
  Blunter, as the observing side fears of an aircraft that it is given: the same below.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from overflight.errors import SensorError
from overflight.sensing.h_min import Reading
from overflight.sensing.interval import student_quantile
from overflight.units import Metres

STEP = 2.0 ** (1.0 / 6.0)
"""Ratio of neighbouring bars of a target if none is given: six steps to a halving. Our choice."""
CONFIDENCE = 0.95
SIDES = ("observed", "observing")
CONFIRMED, NOT_CONFIRMED, OPEN = "confirmed", "not confirmed", "cannot be told"


@dataclass(frozen=True, slots=True)
class Certified:
    """The certified H_min, and what is known of its spread: the standard deviation of single
    passes and their number (None, 0: not known; the number is then taken as exact)."""

    h_min_m: Metres
    deviation_m: Metres | None = None
    passes: int = 0


@dataclass(frozen=True, slots=True)
class Demonstration:
    """``ratio`` is the day's H_min over the certified one, with ``interval_95`` (None: one pass
    and no spread to go by). ``margin`` is the ratio up to which no difference is told."""

    verdict: str
    side: str
    certified: Certified
    day_m: Metres
    passes: int
    direction: str
    ratio: float
    interval_95: tuple[float, float] | None
    margin: float
    degrees: int
    why: str
    ours: tuple[str, ...]


def demonstrated(
    readings: Sequence[Reading],
    values: Sequence[Metres],
    certified: Certified,
    *,
    side: str = "observed",
    step: float = STEP,
) -> Demonstration:
    """What the day's readings say to ``side``. ``values`` are their own H_min, by the method of
    certification, in their order. SensorError for values that cannot be meant."""
    if side not in SIDES:
        raise SensorError(f"{side!r} is no side", remedy=f"One of {', '.join(SIDES)}.")
    if not 1.0 < step <= 2.0:
        raise SensorError(
            f"a step of {step:g} between bars", remedy="Give the ratio of neighbours, 1 to 2."
        )
    if not readings:
        raise SensorError("there are no readings", remedy="Give at least one.")
    if certified.h_min_m <= 0.0:
        raise SensorError("a certified H_min of zero or less", remedy="Give metres, above zero.")
    direction, values = _day(readings, values)
    ratio = math.exp(math.fsum(math.log(v) for v in values) / len(values)) / certified.h_min_m
    interval, degrees = _interval(values, certified, ratio, step)
    verdict, why = _verdict(side, interval, step)
    ours: tuple[str, ...] = (
        "How few readings confirm an H_min is not public: Student's interval for the ratio of two "
        "means, and one step of the target as the least difference told, are our model.",
        f"The step between bars is taken as {step:.3f}.",
    )
    if certified.deviation_m is None or certified.passes < 2:
        ours += ("The certified H_min is taken as exact: its spread was not given.",)
    return Demonstration(
        verdict,
        side,
        certified,
        ratio * certified.h_min_m,
        len(values),
        direction,
        ratio,
        interval,
        step,
        degrees,
        why,
        ours,
    )


def _day(readings: Sequence[Reading], values: Sequence[Metres]) -> tuple[str, list[Metres]]:
    """Direction of bars whose H_min is larger, and each pass's mean in it."""
    groups: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for r, value in zip(readings, values, strict=True):
        groups[r.direction][r.flown].append(value)
    means = {
        direction: [math.fsum(v) / len(v) for v in passes.values()]
        for direction, passes in groups.items()
    }
    chosen = max(means, key=lambda d: math.fsum(means[d]) / len(means[d]))
    return chosen, means[chosen]


def _interval(
    values: Sequence[Metres], certified: Certified, ratio: float, step: float
) -> tuple[tuple[float, float] | None, int]:
    n = len(values)
    logs = [math.log(v) for v in values]
    middle = math.fsum(logs) / n
    squares = math.fsum((v - middle) ** 2 for v in logs)
    degrees, share = n - 1, 1.0 / n
    if certified.deviation_m is not None and certified.passes >= 2:
        relative = certified.deviation_m / certified.h_min_m
        squares += (certified.passes - 1) * relative**2
        degrees += certified.passes - 1
        share += 1.0 / certified.passes
    if degrees < 1:
        return None, 0
    spread = math.sqrt(max(squares / degrees, math.log(step) ** 2 / 12.0))
    half = student_quantile(CONFIDENCE, degrees) * spread * math.sqrt(share)
    return (ratio * math.exp(-half), ratio * math.exp(half)), degrees


def _verdict(side: str, interval: tuple[float, float] | None, step: float) -> tuple[str, str]:
    if interval is None:
        return OPEN, "One pass has no spread, and that of certification was not given."
    low, high = interval
    if side == "observing":
        low, high = 1.0 / high, 1.0 / low
    worse = "sharper" if side == "observed" else "blunter"
    if high <= step:
        return CONFIRMED, f"It is no {worse} than certified by a step of the target."
    if low > step:
        return NOT_CONFIRMED, f"It is {worse} than certified by more than a step of the target."
    return OPEN, f"It may be {worse} than certified by more than a step of the target, or not."
