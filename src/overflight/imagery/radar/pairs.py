"""Power along the line through two reflectors of an image, from which their separation is told."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.radar.response import CHIP, Chip
from overflight.sensing.separation import shares


def profile(
    pixels: NDArray[Any], first: tuple[float, float], second: tuple[float, float]
) -> list[float]:
    """Power at the places of ``sensing.separation.shares`` on the line from one place (row, column)
    to another. Raises ImageError beyond the image."""
    rows, columns = pixels.shape
    a, b = np.asarray(first), np.asarray(second)
    for place in (a, b):
        if not (1 <= place[0] < rows - 1 and 1 <= place[1] < columns - 1):
            raise ImageError(
                "a reflector of a pair lies beyond the image",
                remedy="Give an image that shows both, or leave the pair out of the diagram.",
            )
    middle = 0.5 * (a + b)
    chip = Chip(pixels, round(float(middle[0])), round(float(middle[1])), CHIP)
    line = a[None, :] + np.asarray(shares())[:, None] * (b - a)[None, :]
    return [
        float(np.abs(chip.at(np.array([row]), np.array([column]))[0, 0]) ** 2)
        for row, column in line
    ]
