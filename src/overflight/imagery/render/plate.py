"""A bar target laid flat in front of a sensor, without an Earth under it: for simulators.

What a camera, a scanner of film or a line scanner makes of a target is simulated from the same
plate: reflectances at points, several to a pixel, of the target of ``scene`` turned by an angle.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.render.mark import Box
from overflight.imagery.render.scene import BarsOnGround, drawn

Array = NDArray[np.float64]

AROUND = 0.3
"""Reflectance of the ground beside a target."""


def bar_plate(
    shape: tuple[int, int],
    metres_per_pixel: tuple[float, float],
    thing: BarsOnGround,
    *,
    middle: tuple[float, float] | None = None,
    turned_deg: float = 0.0,
    around: float = AROUND,
    over: int = 8,
) -> tuple[Array, Box]:
    """Reflectances, (rows * over, columns * over), and the pixels that the target takes up.

    ``metres_per_pixel`` along rows (down) and along columns (to the right); ``middle`` (row,
    column) of the target, the picture's own unless given; ``turned_deg`` clockwise in the picture;
    ``around``: reflectance of the ground beside it.
    """
    rows, columns = shape
    centre = ((rows - 1) / 2.0, (columns - 1) / 2.0) if middle is None else middle
    shapes = drawn(thing)
    down = ((np.arange(rows * over) + 0.5) / over - 0.5 - centre[0]) * metres_per_pixel[0]
    right = ((np.arange(columns * over) + 0.5) / over - 0.5 - centre[1]) * metres_per_pixel[1]
    turn = math.radians(turned_deg)
    cosine, sine = math.cos(turn), math.sin(turn)
    light = np.full((rows * over, columns * over), around)
    if turned_deg == 0.0:
        for x0, y0, x1, y1, value in shapes.rectangles:
            # Rows go down and the target's front goes up.
            r0, r1 = np.searchsorted(down, [-y1, -y0])
            c0, c1 = np.searchsorted(right, [x0, x1])
            light[r0:r1, c0:c1] = value
    else:
        x = right[None, :] * cosine + down[:, None] * sine
        y = right[None, :] * sine - down[:, None] * cosine
        for x0, y0, x1, y1, value in shapes.rectangles:
            light[(x >= x0) & (x < x1) & (y >= y0) & (y < y1)] = value
    half = shapes.half
    tall = abs(half[1] * cosine) + abs(half[0] * sine)
    wide = abs(half[0] * cosine) + abs(half[1] * sine)
    r, c = tall / metres_per_pixel[0] + 4.0, wide / metres_per_pixel[1] + 4.0
    box = (
        max(0, int(centre[0] - r)), min(rows, int(centre[0] + r) + 1),
        max(0, int(centre[1] - c)), min(columns, int(centre[1] + c) + 1),
    )  # fmt: skip
    return light, box


def through(fine: Array, over: int, blur_px: tuple[float, float], motion_px: float = 0.0) -> Array:
    """Pixels of a fine picture: a Gaussian (deviations down and to the right, pixels), motion down
    the columns, and the mean over each pixel's square. Edges are continued.

    The mean of few samples lets a little more through than the square itself, which is made good.
    """
    edge = math.ceil(4.0 * max(*blur_px, motion_px / 2.0, 0.5)) * over
    padded = np.pad(fine, edge, mode="edge")
    fy = np.fft.fftfreq(padded.shape[0])[:, None] * over
    fx = np.fft.rfftfreq(padded.shape[1])[None, :] * over
    transfer = np.exp(-2.0 * math.pi**2 * ((blur_px[0] * fy) ** 2 + (blur_px[1] * fx) ** 2))
    transfer = transfer * np.sinc(motion_px * fy) * _square(fy, over) * _square(fx, over)
    out = np.fft.irfft2(np.fft.rfft2(padded) * transfer, s=padded.shape)[edge:-edge, edge:-edge]
    rows, columns = out.shape[0] // over, out.shape[1] // over
    return np.asarray(out.reshape(rows, over, columns, over).mean(axis=(1, 3)))


def _square(f: Any, over: int) -> Array:
    """A pixel's square over the mean of its samples, at frequencies in cycles a pixel."""
    return np.asarray(np.sinc(f / over))
