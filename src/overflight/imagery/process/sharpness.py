"""Whether a frame is sharper than the limit of its sensor's category.

Three kinds of evidence, the strongest first:

1. a calibration target in the frame: the bar width measured in it, with its interval;
2. the sensor's minimum height: a frame from below it is sharper than the limit;
3. the ground sample alone: no bar narrower than one sample can be told from its neighbours (one
   sample a bar is the sampling limit), so a frame whose samples are all as wide as the limit
   cannot be sharper. Smaller samples prove nothing: optics, motion and haze may still blur them.

The original stays as it is whatever the answer: making it blurrier would hide a breach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from overflight.terms.findings import Finding, Verdict
from overflight.units import Metres


@dataclass(frozen=True, slots=True)
class SharpnessRule:
    """The rule as the treaty's data write it, and the limit of the category with its citation."""

    id: str
    title: str
    cite: str
    limit_m: Metres
    limit_cite: str
    h_min_m: Metres | None = None
    h_min_source: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """The bar width that a target in the frame shows, metres, with its 95 % interval."""

    width_m: Metres
    low_m: Metres
    high_m: Metres


def held_against(
    rule: SharpnessRule,
    frame: str,
    *,
    sample_m: Metres,
    height_m: Metres | None,
    measured: Measured | None,
    place: Mapping[str, Any] | None = None,
) -> Finding:
    """The finding for one frame: ``sample_m`` is its smallest ground sample, ``height_m`` the
    camera's height above the ground that it looks at."""
    if measured is not None:
        verdict, message, value = _by_target(rule, measured)
        needs: tuple[str, ...] = ("a narrower interval",) if verdict == _OPEN else ()
    elif rule.h_min_m is not None and height_m is not None:
        verdict, message, value = _by_height(rule, height_m)
        needs = ()
    else:
        verdict, message, value = _by_sample(rule, sample_m)
        needs = ("a calibration target in view, or the sensor's H_min",) if verdict == _OPEN else ()
    return Finding(
        rule=rule.id,
        title=rule.title,
        verdict=verdict,
        message=f"{frame}: {message}",
        cite=rule.cite,
        limit_cite=rule.limit_cite,
        measured=value,
        limit=rule.limit_m,
        unit="m",
        place=place,
        where=frame,
        phase="imagery",
        needs=needs,
    )


_OPEN = Verdict.UNDETERMINED


def _by_target(rule: SharpnessRule, seen: Measured) -> tuple[Verdict, str, Metres]:
    told = (
        f"the target in it shows bars of {seen.width_m:.3f} m "
        f"(95 %: {seen.low_m:.3f} to {seen.high_m:.3f} m)"
    )
    if seen.high_m < rule.limit_m:
        return Verdict.BREACH, f"{told}, sharper than {rule.limit_m:g} m", seen.width_m
    if seen.low_m >= rule.limit_m:
        return Verdict.COMPLIANT, f"{told}, no sharper than {rule.limit_m:g} m", seen.width_m
    return _OPEN, f"{told}, and {rule.limit_m:g} m lies between these", seen.width_m


def _by_height(rule: SharpnessRule, height_m: Metres) -> tuple[Verdict, str, Metres]:
    least = rule.h_min_m or 0.0
    told = f"taken {height_m:.0f} m above ground; H_min is {least:.0f} m ({rule.h_min_source})"
    # The ground resolution there, in proportion to height from the limit at H_min.
    width = rule.limit_m * height_m / least
    if height_m < least:
        return Verdict.BREACH, f"{told}: about {width:.3f} m, sharper than the limit", width
    return Verdict.COMPLIANT, told, width


def _by_sample(rule: SharpnessRule, sample_m: Metres) -> tuple[Verdict, str, Metres]:
    if sample_m >= rule.limit_m:
        message = f"no ground sample is smaller than {sample_m:.3f} m, so no narrower bar is seen"
        return Verdict.COMPLIANT, message, sample_m
    message = (
        f"ground samples of {sample_m:.3f} m could show less than {rule.limit_m:g} m; whether they "
        "do cannot be told from geometry"
    )
    return _OPEN, message, sample_m
