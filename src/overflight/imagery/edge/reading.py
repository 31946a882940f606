"""What an edge says of a picture's sharpness, or why it says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError

Array = NDArray[np.float64]

REASONS = (
    "no edge",
    "two edges",
    "clipped",
    "too small",
    "too blurred",
    "JPEG artefacts",
    "too much noise",
    "not an image",
)


class EdgeRefused(ImageError):
    """The crop cannot carry an answer. ``reason`` is one of REASONS."""

    def __init__(self, reason: str, message: str, *, remedy: str) -> None:
        super().__init__(f"{reason}: {message}", remedy=remedy)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class EdgeReading:
    """The sharpness across one edge.

    Frequencies are cycles per pixel; ``transfer`` and the 95 % band around it have one value for
    each. ``angle_degrees`` is how far the edge leans from the nearer of row and column. ``noise``
    is a pixel's standard deviation as a share of the contrast. ``blurs`` names the families that
    explain the edge, with their posterior probabilities.
    """

    mtf50: float
    interval_95: tuple[float, float]
    frequencies: Array
    transfer: Array
    transfer_low: Array
    transfer_high: Array
    angle_degrees: float
    direction_degrees: float
    bow_pixels: float
    dark: float
    light: float
    noise: float
    pixels: int
    blurs: tuple[tuple[str, float], ...]
    notes: tuple[str, ...]

    def at(self, frequency: float) -> float:
        """Transfer at a frequency, between the tabulated ones by straight lines."""
        return float(np.interp(frequency, self.frequencies, self.transfer))

    def document(self) -> dict[str, Any]:
        """As JSON. Angles in degrees, levels in counts."""

        def rounded(values: Array) -> list[float]:
            return [round(float(v), 5) for v in values]

        return {
            "mtf50_cycles_per_pixel": self.mtf50,
            "interval_95": list(self.interval_95),
            "angle_degrees": round(self.angle_degrees, 4),
            "direction_degrees": round(self.direction_degrees, 4),
            "bow_pixels": round(self.bow_pixels, 4),
            "dark": self.dark,
            "light": self.light,
            "noise_share_of_contrast": self.noise,
            "pixels": self.pixels,
            "blurs": [{"family": name, "probability": p} for name, p in self.blurs],
            "notes": list(self.notes),
            "mtf": {
                "cycles_per_pixel": rounded(self.frequencies),
                "transfer": rounded(self.transfer),
                "low_95": rounded(self.transfer_low),
                "high_95": rounded(self.transfer_high),
            },
        }
