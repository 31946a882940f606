"""A scanner of film: counts to transmittance and density, and how much it blurs.

Counts grow in proportion to the light that passes: ``dark`` is the count of no light, ``white`` the
one through nothing. Density is -log10 of transmittance. The blur is a Gaussian behind a square
pixel, the same in both directions; it acts on light, not on density.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError, SensorError

Array = NDArray[np.float64]

DENSEST = 4.5
"""Density given to pixels that let no more light through than the scanner's own dark."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """``pixel_um``: a pixel's side on the film; ``blur_px``: standard deviation, None unknown."""

    pixel_um: float
    dark: float
    white: float
    blur_px: float | None = None

    def __post_init__(self) -> None:
        sound = all(math.isfinite(v) for v in (self.pixel_um, self.dark, self.white))
        if not (sound and 0.1 <= self.pixel_um <= 1000.0 and 0.0 <= self.dark < self.white):
            raise SensorError(
                f"a scanner of {self.pixel_um:g} um a pixel, dark {self.dark:g}, "
                f"white {self.white:g}",
                remedy="Give a pixel's side in micrometres, and white above dark, as counts.",
            )
        if self.blur_px is not None and not 0.0 <= self.blur_px <= 20.0:
            raise SensorError(
                f"a blur of {self.blur_px:g} pixels", remedy="Give 0 to 20, or an edge."
            )


def transmittance(counts: NDArray[Any], scanner: Scanner) -> Array:
    """The share of light that passes; may lie a little outside of 0 to 1 by noise."""
    return np.asarray((counts.astype(np.float64) - scanner.dark) / (scanner.white - scanner.dark))


def density(light: NDArray[Any]) -> Array:
    """-log10 of transmittances, at most ``DENSEST``."""
    return np.asarray(-np.log10(np.maximum(np.asarray(light, dtype=np.float64), 10.0**-DENSEST)))


def transfer(scanner: Scanner, fx: Any, fy: Any) -> Array:
    """The scanner's own share of contrast at frequencies in cycles a pixel; 1 at zero."""
    if scanner.blur_px is None:
        raise SensorError(
            "how much the scanner blurs is not known",
            remedy="Give scanner.blur_px, or scanner.edge: the scan of a knife edge.",
        )
    gauss = np.exp(-2.0 * (math.pi * scanner.blur_px) ** 2 * (fx * fx + fy * fy))
    return np.asarray(gauss * np.sinc(fx) * np.sinc(fy))


def blur_of_edge(counts: NDArray[Any], top: float) -> tuple[float, tuple[float, float]]:
    """The blur from the scan of a knife edge on the scanner's glass, pixels, and its 95 % interval.

    By the frequency where transfer is a half, without the pixel's own square. Raises ImageError
    where the edge cannot be read, or is sharper than a pixel alone.
    """
    from overflight.imagery.edge import measure

    reading = measure(counts, top=top)
    angle = math.radians(reading.direction_degrees)
    found = [_blur(f, angle) for f in (reading.mtf50, *reading.interval_95)]
    return found[0], (found[2], found[1])


def _blur(half_at: float, angle: float) -> float:
    square = float(np.sinc(half_at * math.cos(angle)) * np.sinc(half_at * math.sin(angle)))
    if square <= 0.5:
        raise ImageError(
            f"the edge keeps half its contrast at {half_at:.3f} cycles a pixel, more than a "
            "pixel's square lets through",
            remedy="Scan the edge without sharpening, at the resolution of the film's scans.",
        )
    return math.sqrt(math.log(square / 0.5) / 2.0) / (math.pi * half_at)
