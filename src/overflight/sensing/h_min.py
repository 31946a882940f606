"""H_min: the least height above ground at which a sensor may work, from readings of a target.

What is public of the methods, and what is ours (facts: section 6.3 and 6.4 of the fact sheet):

- Video (Decision Fourteen): for image i and bars along or across the track, h_i = H_i L_a / L_ij,
  and at least five images of different passes. How the values are combined was not seen.
- Infra-red (Decision Fifteen, since replaced by Decision 4/07, of which only definitions were
  seen): the quantities are known, the formula is not. The form used is our inference.
- Film (Decision Three): not found. A power law of contrast, our model.
- Digital cameras: not found. The relation for video with the resolved bar, our model.

Where the combination is not known we take the mean for each direction of bars and keep the
larger one, since neither direction may resolve better than the limit. Images of one pass share
its air and its motion, so their mean counts once; the interval is Student's t over the passes,
taken as independent. Every result says what of it is ours.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from overflight.errors import SensorError, UnknownValueError
from overflight.sensing.frame import require_positive
from overflight.sensing.interval import Mean, mean_of, rises
from overflight.units import Metres

VIDEO, INFRARED, DIGITAL, FILM = "video", "infrared", "digital", "film"
METHODS = (VIDEO, INFRARED, DIGITAL, FILM)
DIRECTIONS = ("along", "across")

VIDEO_IMAGES = 5
"""Fewest images, of different passes, for certification (Decision Fourteen, part IV)."""

FILM_EXPONENT = 0.45
"""Middle of the 0.3 to 0.6 that FOA C 30666-9.4 gives for a "corrected" exponent. Our choice."""
FILM_EXPONENTS = (0.3, 0.6)
FILM_MODULATIONS = (0.23, 0.6)
"""Bounds of the agreed modulation (Annex D, Appendix 1, Section III, paragraph 2)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The smallest bar told apart in one image of a target.

    ``flown`` names the pass over the target. ``modulation`` is the target's as it reaches the
    aircraft (film), ``difference_k`` the radiation temperature difference of its bars, corrected
    for the atmosphere (infra-red).
    """

    flown: str
    height_m: Metres
    bar_m: Metres
    direction: str = ""
    modulation: float | None = None
    difference_k: float | None = None


@dataclass(frozen=True, slots=True)
class HMin:
    """H_min by a method. ``per_image`` are the readings' own values, in their order.

    ``settled`` and ``ours`` say what is public of the method and what is our model; ``doubts``
    what this set of readings lacks. ``parameters`` are the numbers that entered.
    """

    method: str
    limit_m: Metres
    value_m: Metres
    mean: Mean
    direction: str
    per_image: tuple[Metres, ...]
    readings: tuple[Reading, ...]
    settled: tuple[str, ...]
    ours: tuple[str, ...]
    doubts: tuple[str, ...]
    parameters: tuple[tuple[str, float], ...] = ()

    @property
    def our_model(self) -> bool:
        return bool(self.ours)


def per_image_m(height_m: Metres, bar_m: Metres, limit_m: Metres) -> Metres:
    """H_i L_a / L_ij: the height at which this image would have resolved just the limit."""
    require_positive(height_m=height_m, bar_m=bar_m, limit_m=limit_m)
    return height_m * limit_m / bar_m


def video_h_min(readings: Sequence[Reading], limit_m: Metres) -> HMin:
    """Of a video camera: the decided relation for each image, combined by our model."""
    values = [per_image_m(r.height_m, r.bar_m, limit_m) for r in readings]
    doubts = _doubts(readings, fewest=VIDEO_IMAGES)
    for direction in DIRECTIONS:
        if readings and all(r.direction != direction for r in readings):
            doubts.append(f"No bars {direction} the track were read; the method asks for both.")
    settled = (
        "The relation for one image, H_i L_a / L_ij, is the decided one.",
        f"At least {VIDEO_IMAGES} images of different passes, as decided.",
    )
    return _combined(VIDEO, limit_m, readings, values, settled, (_COMBINATION,), doubts)


def digital_h_min(readings: Sequence[Reading], limit_m: Metres) -> HMin:
    """Of a digital frame camera, by resolved bar width. No decision on it is public."""
    values = [per_image_m(r.height_m, r.bar_m, limit_m) for r in readings]
    settled = ("Ground resolution is the smallest bar that is told apart, not a pixel.",)
    ours = (
        "No decision on digital cameras is public: the relation for one image, H_i L_a / L_i, is "
        "taken over from video cameras, without a correction of contrast.",
        _COMBINATION,
    )
    return _combined(DIGITAL, limit_m, readings, values, settled, ours, _doubts(readings))


def film_h_min(
    readings: Sequence[Reading],
    limit_m: Metres,
    *,
    agreed_modulation: float,
    exponent: float = FILM_EXPONENT,
) -> HMin:
    """Of a film camera: the mean of H_i (L_a / L_i) (K_a / K_i)^m. Our model throughout.

    ``agreed_modulation`` K_a is not public and must be given, within the treaty's bounds.
    Raises SensorError outside them, or for a reading without modulation.
    """
    low, high = FILM_MODULATIONS
    if not low <= agreed_modulation <= high:
        raise SensorError(
            f"an agreed modulation of {agreed_modulation:g}",
            remedy=f"The treaty bounds it: from {low:g} (1.6:1) to {high:g} (4:1).",
        )
    if not 0.0 <= exponent <= 1.0:
        raise SensorError(
            f"an exponent of {exponent:g}", remedy="Give one from 0 to 1; 0.3 to 0.6 is reported."
        )
    values = []
    for reading in readings:
        if reading.modulation is None or not 0.0 < reading.modulation <= 1.0:
            raise SensorError(
                f"pass {reading.flown!r} has no modulation of its target between 0 and 1",
                remedy="Give the modulation of the target as it reaches the aircraft.",
            )
        base = per_image_m(reading.height_m, reading.bar_m, limit_m)
        values.append(base * (agreed_modulation / reading.modulation) ** exponent)
    settled = ("The agreed modulation lies from 0.23 to 0.6; its value is not public.",)
    ours = (
        "The decided formula for film was not found: a power law of the target's modulation with "
        f"the exponent {exponent:g} is our model (0.3 to 0.6 is reported).",
        _COMBINATION,
    )
    doubts = _doubts(readings)
    if not FILM_EXPONENTS[0] <= exponent <= FILM_EXPONENTS[1]:
        doubts.append(f"The exponent {exponent:g} lies outside the reported 0.3 to 0.6.")
    parameters = (("agreed_modulation", agreed_modulation), ("exponent", exponent))
    return _combined(FILM, limit_m, readings, values, settled, ours, doubts, parameters)


def infrared_h_min(
    readings: Sequence[Reading],
    limit_m: Metres,
    *,
    agreed_difference_k: float,
    transmission: Callable[[Metres], float],
    exponent: float | None = None,
) -> HMin:
    """Of an infra-red line scanner: H = mean of H_i (L_a / L_i) (T_a t(H) / T_i)^m, our inference.

    ``transmission`` t gives the share of radiation that passes from the ground to a height, by an
    agreed standard atmosphere that is not public. The exponent m, from 0 to 1, is fitted to the
    readings by least squares unless given. H is on both sides; since t falls with height there is
    one solution, which is found by halving.
    """
    require_positive(agreed_difference_k=agreed_difference_k)
    for reading in readings:
        if reading.difference_k is None or reading.difference_k <= 0.0:
            raise SensorError(
                f"pass {reading.flown!r} has no temperature difference above zero",
                remedy="Give the difference of hot and cold bars, corrected for the atmosphere.",
            )
    fitted = exponent is None
    m = fitted_exponent(readings) if exponent is None else exponent
    if not 0.0 <= m <= 1.0:
        raise SensorError(f"an exponent of {m:g}", remedy="Give one from 0 to 1.")

    def values_at(height_m: Metres) -> list[Metres]:
        passed = transmission(height_m)
        if not 0.0 < passed <= 1.0:
            raise SensorError(
                f"a transmission of {passed:g} at {height_m:.0f} m",
                remedy="Give one above 0, at most 1, that falls with height.",
            )
        return [
            per_image_m(r.height_m, r.bar_m, limit_m)
            * (agreed_difference_k * passed / float(r.difference_k or 0.0)) ** m
            for r in readings
        ]

    if not readings:
        raise SensorError("there are no readings", remedy="Give at least one.")
    low, high = 0.0, math.fsum(values_at(0.0)) / len(readings)
    for _ in range(100):
        middle = (low + high) / 2.0
        below = middle < math.fsum(values_at(middle)) / len(readings)
        low, high = (middle, high) if below else (low, middle)
    settled = (
        "The quantities: greatest heights, bar widths, temperature differences, an agreed "
        "difference and an exponent from 0 to 1.",
    )
    ours = (
        "The decided formula was not readable: its form is our inference from its quantities. "
        "The decision was since replaced by another, of which only definitions are known.",
        f"The interval leaves out that the exponent ({m:.3g}) is "
        + ("fitted to the same readings." if fitted else "given."),
    )
    parameters = (("agreed_difference_k", agreed_difference_k), ("exponent", m))
    return _combined(
        INFRARED, limit_m, readings, values_at(high), settled, ours, _doubts(readings),
        parameters, by_pass=False,
    )  # fmt: skip


def fitted_exponent(readings: Sequence[Reading]) -> float:
    """The m of H / L ~ T^m by least squares of the logarithms, kept within 0 to 1.

    Raises UnknownValueError where the readings share one temperature difference.
    """
    x = [math.log(r.difference_k) for r in readings if r.difference_k]
    y = [math.log(r.height_m / r.bar_m) for r in readings if r.difference_k]
    middle = math.fsum(x) / len(x) if x else 0.0
    spread = math.fsum((v - middle) ** 2 for v in x)
    if spread < 1e-9:
        raise UnknownValueError(
            "the readings share one temperature difference, from which no exponent follows",
            remedy="Give the exponent, or readings at several temperature differences.",
        )
    slope = math.fsum((a - middle) * b for a, b in zip(x, y, strict=True)) / spread
    return min(max(slope, 0.0), 1.0)


def exponential_transmission(per_km: float) -> Callable[[Metres], float]:
    """exp(-k h): an even atmosphere. The agreed standard atmosphere is not public: our model."""
    if not (math.isfinite(per_km) and per_km >= 0.0):
        raise SensorError(
            f"an extinction of {per_km:g} for a kilometre", remedy="Give zero or more."
        )
    return lambda height_m: math.exp(-per_km * height_m / 1000.0)


_COMBINATION = (
    "How the values of single images are combined is not public: the mean for each direction of "
    "bars over the passes, then the larger one, with Student's interval, is our model."
)


_NOT_IN_PROPORTION = (
    "The values change with height by more than chance: bars did not grow in proportion to "
    "height, and one mean over all heights does not describe them."
)


def _combined(
    method: str,
    limit_m: Metres,
    readings: Sequence[Reading],
    values: Sequence[Metres],
    settled: Iterable[str],
    ours: Iterable[str],
    doubts: Iterable[str],
    parameters: tuple[tuple[str, float], ...] = (),
    *,
    by_pass: bool = True,
) -> HMin:
    groups: dict[str, dict[str, list[Metres]]] = defaultdict(lambda: defaultdict(list))
    for i, (reading, value) in enumerate(zip(readings, values, strict=True)):
        where = (reading.direction, reading.flown) if by_pass else ("", str(i))
        groups[where[0]][where[1]].append(value)
    if not groups:
        raise SensorError("there are no readings", remedy="Give at least one.")
    means = {
        direction: mean_of([math.fsum(group) / len(group) for group in passes.values()])
        for direction, passes in groups.items()
    }
    direction = max(means, key=lambda d: means[d].value)
    heights, found = zip(
        *(
            (reading.height_m, value)
            for reading, value in zip(readings, values, strict=True)
            if not by_pass or reading.direction == direction
        ),
        strict=True,
    )
    if rises(heights, found):
        doubts = (*doubts, _NOT_IN_PROPORTION)
    return HMin(
        method, limit_m, means[direction].value, means[direction], direction, tuple(values),
        tuple(readings), tuple(settled), tuple(ours), tuple(doubts), parameters,
    )  # fmt: skip


def _doubts(readings: Sequence[Reading], *, fewest: int = 2) -> list[str]:
    doubts = []
    passes = len({reading.flown for reading in readings})
    if passes < fewest:
        what = "one pass" if passes == 1 else f"{passes} passes"
        why = f"the method asks for at least {fewest}" if fewest > 2 else "no interval follows"
        doubts.append(f"Read from {what} only: {why}.")
    return doubts
