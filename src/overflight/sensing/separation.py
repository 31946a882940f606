"""Object separation of two points: the dip of power between them, from one look or from several.

Two reflectors in one image interfere. In phase they melt together, in opposite phase a null stands
between them however near they are; which of the two happens changes with a quarter of a wavelength
of range between them. Only the mean of looks whose phases differ tells what the radar separates: it
tends to the sum of both powers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from overflight.sensing.interval import mean_of

BEFORE, AFTER, POINTS = -0.5, 1.5, 81
"""A profile runs from so far before the first reflector to so far after the second, in units of
the way between them, in so many points."""
_NEAR = 0.45
LEAST_LOOKS = 4


def shares() -> list[float]:
    """Where the points of a profile lie: 0 at the first reflector, 1 at the second."""
    step = (AFTER - BEFORE) / (POINTS - 1)
    return [BEFORE + step * k for k in range(POINTS)]


def dip_of(profile: Sequence[float]) -> float:
    """How far power falls between two peaks, each nearer its reflector than the other, below the
    weaker of them, decibels; 0 where there are no two peaks."""
    first, between, second, peaks = _places(profile)
    weaker = min(profile[first], profile[second])
    if not peaks or not weaker > profile[between]:
        return 0.0
    return min(10.0 * math.log10(weaker / max(profile[between], 1e-30)), 200.0)


def _places(profile: Sequence[float]) -> tuple[int, int, int, bool]:
    """Of the first peak, of the least power between and of the second peak; whether both are
    peaks: where they are not, the reflectors' own places and the middle stand for them."""
    at, tops = shares(), []
    for reflector in (0.0, 1.0):
        own = [k for k, s in enumerate(at) if abs(s - reflector) <= _NEAR]
        k = max(own, key=lambda n: profile[n])
        if k in (own[0], own[-1]):
            ends = [min(range(POINTS), key=lambda n: abs(at[n] - s)) for s in (0.0, 0.5, 1.0)]
            return ends[0], ends[1], ends[2], False
        tops.append(k)
    between = min(range(tops[0], tops[1] + 1), key=lambda n: profile[n])
    return tops[0], between, tops[1], True


def told_apart(profiles: Sequence[Sequence[float]], needed_db: float) -> bool | None:
    """Whether the mean of looks has the dip that is asked for; None where looks are too few or
    differ too much to tell.

    Each look gives power between less the share of the weaker peak's that a dip leaves, at the
    places of the mean profile; Student's interval of these lies below zero, above it, or neither.
    """
    if len(profiles) < LEAST_LOOKS:
        return None
    mean = mean_profile(profiles)
    first, between, second, _ = _places(mean)
    weaker = first if mean[first] <= mean[second] else second
    left = 10.0 ** (-max(needed_db, 0.0) / 10.0)
    found = mean_of([p[between] - left * p[weaker] for p in profiles])
    assert found.interval is not None
    if found.interval[1] < 0.0:
        return True
    return False if found.interval[0] >= 0.0 else None


def mean_profile(profiles: Sequence[Sequence[float]]) -> list[float]:
    """Of several looks at one pair."""
    return [math.fsum(values) / len(values) for values in zip(*profiles, strict=True)]
