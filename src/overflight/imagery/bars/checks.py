"""When a picture cannot carry an answer, and why."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.imagery.bars.fit import Window

REASONS = (
    "no target",
    "two targets",
    "clipped",
    "too few pixels",
    "too blurred",
    "JPEG artefacts",
    "too much noise",
    "not an image",
    "another target",
)

_CLIPPED_SHARE = 0.01
_FLAT_SHARE = 0.25
"""Share of a frame's pixels on one end of its codes that says it was exposed wrongly."""

_TIMES_NEXT = 3.0
POOR_JPEG = 78.0
FAIR_JPEG = 90.0
_BLOCKY = 1.35
_JPEG_SPREAD = 6e-4
"""What a step of quality below 100 adds to the deviation of a width's logarithm: from pictures of
known truth, which come out too wide by that much (benchmarks/bars.py jpeg)."""


class BarsRefused(ImageError):
    """The frame cannot carry an answer. ``reason`` is one of REASONS."""

    def __init__(self, reason: str, message: str, *, remedy: str) -> None:
        super().__init__(f"{reason}: {message}", remedy=remedy)
        self.reason = reason


def refuse_flat(pixels: NDArray[Any]) -> None:
    """Raises where a frame without a target mostly stands at an end of the scale."""
    for end, word in ((pixels.max(), "highest"), (pixels.min(), "lowest")):
        share = float(np.mean(pixels == end))
        at_an_end = float(end) == 0.0 or _is_full_scale(float(end))
        if share > _FLAT_SHARE and at_an_end:
            which = f"the {word} code in the frame, {end:g}" if share < 1.0 else f"code {end:g}"
            raise BarsRefused(
                "clipped",
                f"no target was found, and {share:.0%} of the pixels stand at {which}",
                remedy="Expose so that neither light nor dark bars reach the end of the scale.",
            )


def refuse_clipped(windows: list[Window], noise: float, top: float) -> None:
    """Raises where many pixels pile up on the highest or lowest code."""
    values = np.concatenate([w.values for w in windows])
    for end, word in ((float(values.max()), "light"), (float(values.min()), "dark")):
        at_end = float(np.mean(values == end))
        inward = values[values != end]
        if at_end < _CLIPPED_SHARE or not inward.size:
            continue
        following = float(inward.max() if word == "light" else inward.min())
        step = abs(end - following)
        near = np.abs(values - end) <= max(step, noise / 4.0)
        next_share = float(np.mean(near)) - at_end
        outermost = end in (0.0, top) or _is_full_scale(end)
        piled = at_end > _TIMES_NEXT * max(next_share, 1e-9) and noise > 1.5 * step
        if (outermost and noise > 0.3) or piled:
            raise BarsRefused(
                "clipped",
                f"{at_end:.0%} of the pixels of the {word} bars stand at code {end:.0f}",
                remedy="Expose so that neither light nor dark bars reach the end of the scale.",
            )


def _is_full_scale(code: float) -> bool:
    """Of 10 to 16 bits, low or shifted up into 16."""
    whole = {2**b - 1 for b in range(8, 17)} | {(2**b - 1) << (16 - b) for b in range(8, 16)}
    return code in whole


def refuse_jpeg(
    pixels: NDArray[Any], windows: list[Window], quality: float | None
) -> tuple[str, ...]:
    """Raises where blocks of 8 x 8 show; notes otherwise."""
    remedy = "Use the frame as the camera stored it, without loss, or JPEG of high quality."
    if quality is not None and quality < POOR_JPEG:
        raise BarsRefused("JPEG artefacts", f"the file has quality {quality:.0f}", remedy=remedy)
    blocks = blockiness(pixels, windows)
    if blocks > _BLOCKY:
        raise BarsRefused(
            "JPEG artefacts",
            f"steps at every eighth pixel are {blocks:.2f} times those elsewhere",
            remedy=remedy,
        )
    if quality is not None and quality < FAIR_JPEG:
        return (
            f"JPEG of quality {quality:.0f}: the narrowest bars have lost some contrast; the "
            "interval is widened for it",
        )
    return ()


def jpeg_deviation(quality: float | None) -> float:
    """Of the logarithm of a width; 0 for frames stored without loss."""
    return 0.0 if quality is None else _JPEG_SPREAD * max(100.0 - quality, 0.0)


def blockiness(pixels: NDArray[Any], windows: list[Window]) -> float:
    """Steps across the borders of 8 x 8 blocks over those elsewhere, about the target; 1: none.

    Second differences, which bars and shades hardly have where the ground is even.
    """
    xs, ys = [w.seen.x for w in windows], [w.seen.y for w in windows]
    most = max(w.seen.radius for w in windows)
    r0, r1 = max(int(min(ys) - most), 0), int(max(ys) + most) + 1
    c0, c1 = max(int(min(xs) - most), 0), int(max(xs) + most) + 1
    part = pixels[r0:r1, c0:c1].astype(float)
    ratios = []
    for data, start in ((part, c0), (part.T, r0)):
        step = np.abs(data[:, 1:-2] - data[:, 2:-1] - (data[:, :-3] - data[:, 3:]) / 3.0)
        if step.shape[1] < 32:
            continue
        border = (np.arange(step.shape[1]) + start + 1) % 8 == 7
        calm = np.minimum(step, np.percentile(step, 60))
        elsewhere = float(calm[:, ~border].mean())
        if elsewhere > 0:
            ratios.append(float(calm[:, border].mean()) / elsewhere)
    return math.prod(ratios) ** (1 / len(ratios)) if ratios else 1.0
