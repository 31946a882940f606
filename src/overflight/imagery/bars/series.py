"""Metres for pixels: which group of the target's diagram each group of the picture is.

The widest group found is taken for the widest of the diagram, unless a sample distance is given
and says otherwise. Within a direction the widths must then follow the diagram's steps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from overflight.imagery.bars.checks import BarsRefused
from overflight.imagery.bars.fit import Window
from overflight.terms.bar_reading import BarTarget

_OFF_STEP = 0.3


@dataclass(frozen=True, slots=True)
class Ground:
    """Metres for a pixel in each direction, and each window's bar width in metres."""

    metres_per_pixel: dict[int, float]
    widths_m: dict[int, float]
    note: str = ""


def by_distance(windows: list[Window], gsd: float) -> Ground:
    """Every pixel is ``gsd`` metres wide."""
    return Ground({0: gsd, 1: gsd}, {k: w.width * gsd for k, w in enumerate(windows)})


def by_series(windows: list[Window], target: BarTarget, gsd: float | None) -> Ground:
    """By the diagram's widths. Raises BarsRefused where the picture's do not follow them."""
    widths = sorted(target.bar_widths_m, reverse=True)
    logs = np.log(np.array(widths))
    found = np.log(np.array([w.width for w in windows]))
    sides = np.array([w.side for w in windows])
    best: tuple[float, int, dict[int, float]] | None = None
    for offset in range(len(widths)) if gsd else (0,):
        scales: dict[int, float] = {}
        misses = []
        for side in {*sides.tolist()}:
            own = found[sides == side]
            scale = logs[offset] - own.max()
            for _ in range(3):
                near = logs[np.abs((own + scale)[:, None] - logs).argmin(axis=1)]
                scale = float(np.median(near - own))
            scales[side] = scale
            misses += list(np.abs(own + scale - near))
        miss = float(np.median(misses))
        if gsd:
            miss += abs(float(np.mean([*scales.values()])) - math.log(gsd))
        if best is None or miss < best[0]:
            best = (miss, offset, scales)
    assert best is not None
    _, _, scales = best
    step = float(np.median(-np.diff(logs))) if len(widths) > 1 else 0.2
    index = np.abs((found + [scales[s] for s in sides])[:, None] - logs).argmin(axis=1)
    off = np.abs(found + [scales[s] for s in sides] - logs[index])
    # A diagram has a width once in each direction.
    again = len(index) - len({*zip(sides.tolist(), index.tolist(), strict=True)})
    if float(np.median(off)) > _OFF_STEP * step or again > len(index) / 3:
        raise BarsRefused(
            "another target",
            f"the widths of the bars do not follow the steps of {target.name}",
            remedy="Check the widths in the file, or leave it out and give --gsd.",
        )
    note = "" if gsd else (
        "the widest group in the picture is taken for the widest of the target; give --gsd, if "
        "only roughly, where it may be out of sight"
    )  # fmt: skip
    return Ground(
        {s: math.exp(v) for s, v in scales.items()},
        {k: widths[i] for k, i in enumerate(index)},
        note,
    )
