"""What each sensor's readings give: H_min, or for a radar its ground resolution.

Certification rests on readings by eye. Where a sensor has any, they alone enter, and what was
computed is set beside; where it has none, the computed ones enter and are called so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from overflight.errors import OverflightError, SensorError, UnknownValueError
from overflight.mission.certification.images import Measured
from overflight.sensing import h_min
from overflight.sensing.h_min import HMin, Reading
from overflight.sensing.interval import Mean, mean_of
from overflight.terms.certification import COMPUTED, RADAR, VISUAL, TestedSensor
from overflight.units import Metres

_RADAR_OURS = (
    "The resolution stated is the mean of the readings with Student's interval; how impulse "
    "response and object separation relate is not public: our model.",
)


@dataclass(frozen=True, slots=True)
class SensorResult:
    """Of one sensor. ``basis``: "visual", "computed" or "" (nothing read). ``h_min`` or, for a
    radar, ``resolution``; both None where they cannot be told, with the reason in ``why_not``.
    ``compared``: what the readings of the other kind give, for comparison only. ``per_reading``
    is the H_min of each reading that entered, by its place in the list of readings."""

    sensor: TestedSensor
    limit_m: Metres
    limit_cite: str
    basis: str
    h_min: HMin | None = None
    resolution: Mean | None = None
    why_not: str = ""
    compared: HMin | None = None
    per_reading: tuple[tuple[int, Metres], ...] = ()

    @property
    def value_m(self) -> Metres | None:
        """H_min, or the radar's resolution; None where neither can be told."""
        if self.h_min is not None:
            return self.h_min.value_m
        return None if self.resolution is None else self.resolution.value

    @property
    def low_m(self) -> Metres | None:
        """Lower end of the 95 % interval of H_min; None where there is none."""
        if self.h_min is None or self.h_min.mean.interval is None:
            return None
        return self.h_min.mean.interval[0]

    @property
    def ours(self) -> tuple[str, ...]:
        if self.h_min is not None:
            return self.h_min.ours
        return _RADAR_OURS if self.resolution is not None else ()


def result_of(
    sensor: TestedSensor, readings: Sequence[Measured], limit_m: Metres, limit_cite: str
) -> SensorResult:
    """What the readings of this sensor (others are passed over) give."""
    own = [
        (n, m) for n, m in enumerate(readings)
        if m.line.sensor == sensor.id and m.bar_m is not None
    ]  # fmt: skip
    by = {how: [(n, m) for n, m in own if m.line.how == how] for how in (VISUAL, COMPUTED)}
    basis = VISUAL if by[VISUAL] else COMPUTED if by[COMPUTED] else ""
    if not basis:
        return SensorResult(sensor, limit_m, limit_cite, "", why_not="Nothing was read.")
    used = by[basis]
    if sensor.method == RADAR:
        mean = mean_of([m.bar_m for _, m in used if m.bar_m is not None])
        return SensorResult(sensor, limit_m, limit_cite, basis, resolution=mean)
    try:
        found = h_min_of(sensor, [m for _, m in used], limit_m)
    except OverflightError as error:
        why = f"{error.message}. {error.remedy}"
        return SensorResult(sensor, limit_m, limit_cite, basis, why_not=why)
    each = tuple((n, v) for (n, _), v in zip(used, found.per_image, strict=True))
    compared = None
    if basis == VISUAL and by[COMPUTED]:
        try:
            compared = h_min_of(sensor, [m for _, m in by[COMPUTED]], limit_m)
        except OverflightError:
            compared = None
    return SensorResult(
        sensor, limit_m, limit_cite, basis, found, compared=compared, per_reading=each
    )


def h_min_of(sensor: TestedSensor, readings: Sequence[Measured], limit_m: Metres) -> HMin:
    """H_min by the sensor's method. SensorError or UnknownValueError where it cannot be told."""
    rows = [
        Reading(
            m.line.flown,
            m.line.height_m,
            m.bar_m,
            m.direction,
            m.line.modulation,
            m.line.difference_k,
        )
        for m in readings
        if m.bar_m is not None
    ]
    return h_min_by(sensor.method, sensor.parameters, rows, limit_m)


def h_min_by(
    method: str, given: Mapping[str, float], rows: Sequence[Reading], limit_m: Metres
) -> HMin:
    """H_min by a method with its parameters (those of ``TestedSensor``)."""
    if method == h_min.VIDEO:
        return h_min.video_h_min(rows, limit_m)
    if method == h_min.DIGITAL:
        return h_min.digital_h_min(rows, limit_m)
    if method == h_min.FILM:
        if "agreed_contrast" not in given:
            raise UnknownValueError(
                "the contrast agreed for film is not public",
                remedy="Give agreed_contrast of the sensor, within the treaty's bounds.",
            )
        return h_min.film_h_min(
            rows,
            limit_m,
            agreed_modulation=modulation_of(given["agreed_contrast"]),
            exponent=given.get("exponent", h_min.FILM_EXPONENT),
        )
    if method == h_min.INFRARED:
        if "agreed_difference_k" not in given:
            raise UnknownValueError(
                "no agreed temperature difference is given",
                remedy="Give agreed_difference_k of the sensor.",
            )
        return h_min.infrared_h_min(
            rows,
            limit_m,
            agreed_difference_k=given["agreed_difference_k"],
            transmission=h_min.exponential_transmission(given.get("extinction_per_km", 0.0)),
            exponent=given.get("exponent"),
        )
    raise SensorError(f"{method!r} is no method of H_min", remedy="Give a known method.")


def modulation_of(contrast: float) -> float:
    """M = (C - 1) / (C + 1): 0.231 for 1.6:1, 0.6 for 4:1."""
    return (contrast - 1.0) / (contrast + 1.0)
