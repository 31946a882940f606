"""A bar target read on a negative: on density as the eye sees it, and on the light that made it.

The reading that counts is made by eye on the original negative; what is computed here stands
beside it. The bar reader takes values that grow in proportion to light, so it is given exposure,
by way of the density curve; density, the other way round, is what an eye behind a magnifier has
before it. Both grow with light on a negative. The scanner's share of the blur is taken out: of all
Gaussian blurs of a negative, the one that this scanner would have shown with the bar width that was
read; its own width follows. The form of that blur is our assumption, and the result is not better
known than the scanner's blur is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.film.curve import Curve, density_at, exposure_of
from overflight.imagery.film.scanner import Scanner, density, transfer, transmittance
from overflight.terms.bar_reading import BarDirection, BarReading, BarTarget

Array = NDArray[np.float64]

INTENSITY, DENSITY = "intensity", "density"
_FINEST, _WIDEST = 0.35, 60.0
_BENT = 0.25
"""Share by which a width may be off for each unit of the scanner's variance over the negative's,
since the scanner blurs light behind the curve: from simulated bars of 5:1."""
_HIGHEST, _NODES = 2.0, 4001
"""Cycles a pixel up to which a bar's spectrum is followed, and how many frequencies."""


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """The negative's own narrowest bar in a direction, the scanner taken out: pixels, micrometres
    on the film, metres where the scale is known, each with a 95 % interval; None and ``why``."""

    direction: str
    bar_pixels: float | None
    bar_um: float | None
    interval_um: tuple[float, float] | None
    bar_m: float | None
    interval_m: tuple[float, float] | None
    why: str = ""


def values_of(
    counts: NDArray[Any], scanner: Scanner, curve: Curve | None, on: str
) -> NDArray[np.float32]:
    """What the bar reader is given, scaled to 0 to 60,000: exposure, or density above the least."""
    told = density(transmittance(counts, scanner))
    if on == DENSITY:
        low, high = np.percentile(told, [0.1, 99.9])
        return np.asarray((told - low) / max(high - low, 1e-6) * 55_000.0 + 2_500.0, np.float32)
    if curve is None:
        raise ImageError(
            "exposure is not known without the density curve of this film and process",
            remedy="Give the wedge that was processed with it, or read on density.",
        )
    light = 10.0 ** exposure_of(curve, told)
    high = float(np.percentile(light, 99.9))
    return np.asarray(np.minimum(light / high, 1.05) * 57_000.0, np.float32)


def straight_part(counts: NDArray[Any], scanner: Scanner, curve: Curve) -> float:
    """The share of pixels on the part of the curve whose slope is half of gamma or more."""
    told = density(transmittance(counts, scanner))
    good = curve.slope >= 0.5 * float(curve.slope.max())
    low, high = curve.density[good].min(), curve.density[good].max()
    return float(((told >= low) & (told <= high)).mean())


def read_bars(
    values: NDArray[Any], *, gsd: float | None, target: BarTarget | None, contrast: float,
    threshold: float, name: str,
) -> BarReading:  # fmt: skip
    """By the reader there is. Raises BarsRefused with its reason."""
    from overflight.imagery.bars.measure import Asked, measure

    return measure(
        values,
        Asked(contrast=contrast, threshold=threshold, gsd=gsd, target=target, top=65535.0,
              name=name),
    )  # fmt: skip


def own_limit(found: BarDirection, bars: int, scanner: Scanner, level: float) -> OwnLimit:
    """Without the scanner's blur: ``level`` is the transfer at which bars are just told apart."""
    if scanner.blur_px is None:
        return OwnLimit(found.direction, None, None, None, None, None,
                        "the scanner's blur is not known")  # fmt: skip
    angle = math.radians(found.normal_deg)
    f = np.arange(_NODES) / (_NODES - 1) * _HIGHEST
    scan = transfer(scanner, f * math.cos(angle), f * math.sin(angle))

    def own(width: float) -> float:
        blur = _blur_behind(f, scan, width, bars, level)
        gauss = np.exp(-2.0 * (math.pi * blur * f) ** 2)
        return _width(lambda w: _bars(f, gauss, w, bars), level) or _FINEST

    read = found.bar_width_pixels
    if found.limited_by == "sampling" or _blur_behind(f, scan, read, bars, level) <= 0.0:
        return OwnLimit(found.direction, None, None, None, None, None,
                        "finer than the scan shows: scan it finer")  # fmt: skip
    middle = own(read)
    low, high = (own(w) for w in found.bar_width_interval_95)
    film = _blur_behind(f, scan, read, bars, level)
    allowed = _BENT * (scanner.blur_px**2 + 1.0 / 12.0) / film**2
    low, high = low * (1.0 - allowed), high * (1.0 + allowed)
    um, scale = scanner.pixel_um, found.metres_per_pixel
    return OwnLimit(
        found.direction, middle, middle * um, (low * um, high * um),
        None if scale is None else middle * scale,
        None if scale is None else (low * scale, high * scale),
    )  # fmt: skip


def _blur_behind(f: Array, scan: Array, width: float, bars: int, level: float) -> float:
    """The deviation of a Gaussian in front of the scanner, pixels, with which bars of ``width`` are
    just told apart; 0 where the scanner alone blurs as much."""
    low, high = 0.0, width
    if _bars(f, scan, width, bars) <= level:
        return 0.0
    for _ in range(30):
        middle = (low + high) / 2.0
        left = _bars(f, scan * np.exp(-2.0 * (math.pi * middle * f) ** 2), width, bars)
        low, high = (middle, high) if left > level else (low, middle)
    return low


def _bars(f: Array, left: Array, width: float, count: int) -> float:
    """What is left of the modulation of ``count`` bars: each gap's middle against its neighbours'
    (as ``imagery.bars.blur`` has it), by the spectrum of the bars."""
    fine = (f[1:] + f[:-1]) / 2.0
    through = (left[1:] + left[:-1]) / 2.0
    bars = (np.arange(count) - (count - 1) / 2.0) * 2.0 * width
    gaps = (bars[1:] + bars[:-1]) / 2.0

    def waves(x: Any) -> Array:
        phases = 2.0 * math.pi * fine * (x[:, None, None] - bars[None, :, None])
        return np.asarray(np.cos(phases).sum(axis=1))

    peaks, valleys = waves(bars), waves(gaps)
    drop = ((peaks[1:] + peaks[:-1]) / 2.0 - valleys).mean(axis=0)
    spectrum = 2.0 * np.sin(math.pi * fine * width) / (math.pi * fine) * drop
    return float((through * spectrum).sum() * (f[1] - f[0]))


def _width(at: Callable[[float], float], level: float) -> float | None:
    """The narrowest width, pixels, whose bars keep ``level``, coming from wide ones."""
    high = _WIDEST
    if at(high) < level:
        return None
    low = high
    while low > _FINEST:
        low = max(high / 1.06, _FINEST)
        if at(low) < level:
            break
        high = low
    else:
        return None
    for _ in range(20):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if at(middle) >= level else (middle, high)
    return high


def magnified(
    counts: NDArray[Any], box: tuple[int, int, int, int], times: int
) -> NDArray[np.uint8]:
    """A part of the negative for the eye, each pixel ``times`` as large, stretched to its own
    darkest and lightest hundredth; nothing is sharpened or smoothed."""
    from overflight.imagery.film.wedge import cut

    part = cut(counts, box).astype(np.float64)
    low, high = np.percentile(part, [1.0, 99.0])
    grey = np.clip((part - low) / max(high - low, 1.0) * 255.0, 0.0, 255.0).astype(np.uint8)
    return np.asarray(np.kron(grey, np.ones((times, times), dtype=np.uint8)))


def modulation_in_density(curve: Curve, middle_x: float, contrast: float) -> float:
    """The difference of density that bars of a contrast make around an exposure: what is lost
    where the curve is flat is not seen by eye either."""
    half = math.log10(contrast) / 2.0
    ends = density_at(curve, np.array([middle_x - half, middle_x + half]))
    return float(ends[1] - ends[0])
