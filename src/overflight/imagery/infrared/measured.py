"""Passes of a line scanner over a temperature target, read; triplets; H_min by iteration."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError, OverflightError, UnknownValueError
from overflight.imagery.film.wedge import cut
from overflight.imagery.frames_in import grey, read_frame
from overflight.imagery.infrared.asked import Blackbodies, InfraredAsked, PassAsked
from overflight.imagery.infrared.radiance import Band, radiance, temperature
from overflight.imagery.process.marks import marks_of_picture
from overflight.sensing.h_min import HMin, Reading, infrared_h_min
from overflight.terms.bar_reading import BarGroup, BarReading

Array = NDArray[np.float64]

_CONTRAST = 1.6
_SPAN = 60_000.0


@dataclass(frozen=True, slots=True)
class PassRead:
    """A pass: the narrowest bar told apart, metres, by eye (``by_eye``) or computed; the difference
    of hot and cold bars as it arrived and on the ground, kelvin; the share that arrived; None and
    ``why`` where it cannot be told."""

    asked: PassAsked
    sha256: str
    bar_m: float | None
    by_eye: bool
    arrived_k: float | None
    difference_k: float | None
    share: float
    signal_to_noise: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Triplet:
    """The greatest height at which bars of a width were resolved, the difference there. ``next_m``:
    the least height above it at which they were not."""

    width_m: float
    height_m: float
    next_m: float
    difference_k: float
    flown: str


@dataclass(frozen=True, slots=True)
class InfraredRead:
    """Everything. ``h_min`` None, and ``why``, where the triplets do not carry one.

    A greatest height is known to the next height that was flown: ``next_h_min`` is what follows
    from those, and the truth lies between. ``by_pass`` takes each pass's own narrowest bar instead,
    read between the groups, with no such steps: not the decision's triplets.
    """

    asked: InfraredAsked
    passes: tuple[PassRead, ...]
    triplets: tuple[Triplet, ...]
    h_min: HMin | None
    next_h_min: HMin | None
    by_pass: HMin | None
    why: str
    marks: tuple[str, ...]


def measure_infrared(
    asked: InfraredAsked, limit_m: float, agreed_k: float | None, exponent: float | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> InfraredRead:  # fmt: skip
    """Read all passes. ``agreed_k``: the agreed temperature difference of the regime, if known."""
    share = asked.transmission
    passes: list[PassRead] = []
    marks: set[str] = set()
    for one in asked.passes:
        say(f"pass {one.name}")
        passes.append(_pass(one, asked, share(one.height_m)))
        if one.scan is not None:
            marks.update(marks_of_picture(one.scan))
    triplets = triplets_of(asked.widths_m, passes)

    def solved(rows: list[Reading], m: float | None) -> tuple[HMin | None, str]:
        try:
            if agreed_k is None:
                raise UnknownValueError(
                    "the agreed temperature difference is not known of this regime",
                    remedy="Give another day, or another regime.",
                )
            found = infrared_h_min(
                rows, limit_m, agreed_difference_k=agreed_k, transmission=share, exponent=m
            )
        except OverflightError as error:
            return None, f"{error.message}. {error.remedy}"
        return found, ""

    h_min, why = solved(
        [Reading(t.flown, t.height_m, t.width_m, "", None, t.difference_k) for t in triplets],
        exponent,
    )
    m = None if h_min is None else dict(h_min.parameters)["exponent"]
    above, _ = solved(
        [Reading(t.flown, t.next_m, t.width_m, "", None, t.difference_k) for t in triplets], m
    )
    each, _ = solved(
        [Reading(p.asked.name, p.asked.height_m, p.bar_m, "", None, p.difference_k)
         for p in passes if p.bar_m is not None and p.difference_k is not None],
        exponent,
    )  # fmt: skip
    return InfraredRead(asked, tuple(passes), triplets, h_min, above, each, why,
                        tuple(sorted(marks)))  # fmt: skip


def triplets_of(widths_m: tuple[float, ...], passes: list[PassRead]) -> tuple[Triplet, ...]:
    """For each width of the target, and each difference of temperature that was flown (alike within
    15 %), the pass from the greatest height that resolved it.

    A width that was resolved in the highest pass of all is left out: how much higher it would
    have been is not known. Where a pass failed below one that resolved, the lower one counts for
    nothing: the greatest height is what is asked for.
    """
    known = [p for p in passes if p.bar_m is not None and p.difference_k is not None]
    found = []
    for group in _alike(known):
        for width in widths_m:
            held = [p for p in group if (p.bar_m or math.inf) <= width * (1.0 + 1e-9)]
            if not held:
                continue
            best = max(held, key=lambda p: p.asked.height_m)
            above = [p.asked.height_m for p in group if p.asked.height_m > best.asked.height_m]
            if not above:
                continue
            found.append(Triplet(width, best.asked.height_m, min(above),
                                 float(best.difference_k or 0.0), best.asked.name))  # fmt: skip
    return tuple(found)


def _alike(passes: list[PassRead]) -> list[list[PassRead]]:
    """Passes by the difference of temperature of the target, within 15 % of the least."""
    groups: list[list[PassRead]] = []
    for one in sorted(passes, key=lambda p: p.difference_k or 0.0):
        first = groups[-1][0].difference_k if groups else None
        if first is not None and (one.difference_k or 0.0) <= 1.15 * first:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _pass(one: PassAsked, asked: InfraredAsked, share: float) -> PassRead:
    def without(why: str, digest: str = "") -> PassRead:
        return PassRead(
            one, digest, one.eye_m, one.eye_m is not None, None, one.difference_k, share, None, why
        )

    if one.scan is None:
        return without("" if one.difference_k else "no scan, and no difference of temperature")
    digest = _digest(one)
    if asked.bodies is None and one.difference_k is None:
        return without("without its black surfaces a scan tells no temperatures", digest)
    frame = read_frame(one.scan)
    whole = frame.pixels if frame.pixels.ndim == 2 else grey(frame)
    counts = whole if one.box is None else np.ascontiguousarray(cut(whole, one.box))
    gsd = asked.ifov_mrad * 1e-3 * one.height_m
    try:
        kelvin = temperatures(counts, asked.bodies, asked.band)
        reading = _bars(kelvin, gsd, asked.sure, one.name)
    except OverflightError as error:
        return without(error.message, digest)
    arrived = None if asked.bodies is None else difference_of(kelvin, reading)
    difference = one.difference_k
    if difference is None and arrived is not None:
        difference = arrived / share
    widths = [d.ground_resolution_m for d in reading.directions if d.ground_resolution_m]
    bar = one.eye_m if one.eye_m is not None else max(widths)
    return PassRead(one, digest, bar, one.eye_m is not None, arrived, difference, share,
                    reading.signal_to_noise)  # fmt: skip


def temperatures(counts: NDArray[Any], bodies: Blackbodies | None, band: Band) -> Array:
    """Radiation temperatures, kelvin, by the two black surfaces; counts as they are without."""
    if bodies is None:
        return counts.astype(np.float64)
    cold, hot = float(radiance(band, bodies.cold_k)), float(radiance(band, bodies.hot_k))
    share = (counts - bodies.cold_count) / (bodies.hot_count - bodies.cold_count)
    return temperature(band, cold + share * (hot - cold))


def _bars(kelvin: Array, gsd: float, sure: float, name: str) -> BarReading:
    """The bars of a target, told apart where they differ by ``sure`` times a sample's noise.

    Hot bars may be light or dark in the picture. The signal to noise that the threshold needs is
    read in a first reading. Raises BarsRefused with its reason.
    """
    from overflight.imagery.bars.measure import Asked, measure

    low, high = np.percentile(kelvin, [0.2, 99.8])
    values = ((kelvin - low) / max(high - low, 1e-9) * 0.8 + 0.1) * _SPAN
    pixels = np.asarray(np.clip(values, 0.0, 65535.0), np.float32)
    asked = Asked(contrast=_CONTRAST, gsd=gsd, name=name)
    first = measure(pixels, asked)
    level = min(0.9, sure / first.signal_to_noise)
    again = Asked(contrast=_CONTRAST, threshold=level * asked.agreed_modulation, gsd=gsd, name=name)
    return measure(pixels, again)


def difference_of(kelvin: Array, reading: BarReading) -> float:
    """The difference of hot and cold bars as it arrived, kelvin: the middle bar of the widest
    groups against the gaps beside it, with what blur took from them given back."""
    wide = sorted(reading.groups, key=lambda g: -g.bar_width_pixels)[:4]
    found = [abs(_step(kelvin, g, reading)) / g.transfer for g in wide if g.transfer > 0.5]
    if not found:
        raise DataError("no group of the target is wide enough for its temperature",
                        remedy="Give difference_k, as measured on the ground.")  # fmt: skip
    return float(np.median(found))


def _step(kelvin: Array, group: BarGroup, reading: BarReading) -> float:
    normal = next(
        math.radians(d.normal_deg) for d in reading.directions if d.direction == group.direction
    )
    w = group.bar_width_pixels
    middle = 0.0 if reading.bars % 2 else w

    def at(off: float) -> float:
        along = np.linspace(-1.2 * w, 1.2 * w, 25)
        x = group.x + off * math.cos(normal) - along * math.sin(normal)
        y = group.y + off * math.sin(normal) + along * math.cos(normal)
        rows, columns = kelvin.shape
        c, r = np.clip(x, 0, columns - 1.001), np.clip(y, 0, rows - 1.001)
        c0, r0 = c.astype(int), r.astype(int)
        a, b = c - c0, r - r0
        upper = kelvin[r0, c0] * (1 - a) + kelvin[r0, c0 + 1] * a
        lower = kelvin[r0 + 1, c0] * (1 - a) + kelvin[r0 + 1, c0 + 1] * a
        return float((upper * (1 - b) + lower * b).mean())

    return at(middle) - (at(middle - w) + at(middle + w)) / 2.0


def _digest(one: PassAsked) -> str:
    if one.scan is None:
        return ""
    try:
        with one.scan.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"it cannot be opened ({error.strerror})", file=one.scan,
                        remedy="Check the path.") from None  # fmt: skip
