"""How sharp a frame is by a target in it, and what a decision of the parties does to its copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from overflight.errors import ImageError
from overflight.imagery.degrade import blur_m
from overflight.imagery.process.job import FrameJob
from overflight.imagery.process.sharpness import Measured
from overflight.terms.frames import Floats, OrientedFrame
from overflight.units import Metres

_SIDE_PX = 8.0
_MOST_SEARCHED = 150_000_000
"""Pixels: what is searched for a target lies in memory whole."""


def measured_in(job: FrameJob, frame: OrientedFrame, terrain: Any) -> tuple[Measured | None, str]:
    """The bar width of a target in the original, on the ground; or why there is none."""
    from overflight.imagery.bars.checks import BarsRefused
    from overflight.imagery.bars.measure import Asked, measure
    from overflight.imagery.frames_in import grey, read_frame

    pixels = frame.interior.columns * frame.interior.rows
    if pixels > _MOST_SEARCHED:
        return None, f"{pixels / 1e6:.0f} megapixels are too many to search for a target"
    try:
        read = read_frame(job.path)
        values: Any = read.pixels if read.pixels.ndim == 2 else grey(read)
        asked = Asked(
            target=job.settings.target, top=float(read.top), jpeg_quality=read.jpeg_quality,
            name=job.name,
        )  # fmt: skip
        reading = measure(values, asked)
    except (BarsRefused, ImageError) as error:
        return None, error.message
    found: list[Measured] = []
    for direction in reading.directions:
        if direction.ground_resolution_m is not None and direction.ground_interval_95 is not None:
            low, high = direction.ground_interval_95
            found.append(Measured(direction.ground_resolution_m, low, high))
            continue
        scale = _metres_a_pixel(frame, terrain, reading.centre, direction.normal_deg)
        if scale is None:
            return None, "the target lies where the terrain has no height"
        low, high = direction.bar_width_interval_95
        found.append(Measured(direction.bar_width_pixels * scale, low * scale, high * scale))
    return min(found, key=lambda each: each.width_m), ""


@dataclass(frozen=True, slots=True)
class Degrading:
    """What is done to the copy under a decision: nothing, if there is none."""

    sigma_m: float = 0.0
    decision: str = ""
    steps: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def degrading_of(job: FrameJob, measured: Measured | None) -> Degrading:
    decision = job.settings.decision
    if decision is None:
        return Degrading()
    own = job.settings.own_m if measured is None else measured.width_m
    if own is None:
        raise ImageError(
            f"how sharp {job.name} is cannot be told, so it cannot be made as blurred as "
            f"{decision.number} asks",
            remedy="Give --own-resolution M from the sensor's certification, or lay out a target.",
        )
    sigma = blur_m(own, decision.limit_m)
    source = "given" if measured is None else "measured"
    step = (
        f"Copy degraded under decision {decision.named}: from bars of {own:.3f} m ({source}) by a "
        f"Gaussian of {sigma:.3f} m."
        if sigma > 0.0
        else f"Decision {decision.named} leaves the copy as it is: its bars are {own:.3f} m."
    )
    return Degrading(
        sigma, decision.named if sigma > 0.0 else "", (step,), {"OVERFLIGHT_DEGRADED": step}
    )


def achieved(job: FrameJob, copy: Path, pixel_m: Metres) -> tuple[Measured | None, str]:
    """The bar width that a degraded copy shows of the target in it; or why that cannot be told."""
    import rasterio

    from overflight.imagery.bars.checks import BarsRefused
    from overflight.imagery.bars.measure import Asked, measure

    with rasterio.open(copy) as raster:
        if raster.width * raster.height > _MOST_SEARCHED:
            return None, "the copy is too large to search for the target"
        values = raster.read(1 if raster.count < 3 else 2)
    asked = Asked(
        target=job.settings.target, gsd=pixel_m, top=float(np.iinfo(values.dtype).max),
        name=copy.name,
    )  # fmt: skip
    try:
        reading = measure(values, asked)
    except (BarsRefused, ImageError) as error:
        return None, error.message
    found = [
        Measured(each.ground_resolution_m, *each.ground_interval_95)
        for each in reading.directions
        if each.ground_resolution_m is not None and each.ground_interval_95 is not None
    ]
    return min(found, key=lambda each: each.width_m, default=None), "" if found else "no metres"


def achieved_told(
    job: FrameJob, copy: Path, pixel_m: Metres, degrading: Degrading, measured: Measured | None
) -> tuple[Measured | None, tuple[str, ...]]:
    """What a degraded copy shows where the frame had a target in view, and the words for it."""
    if degrading.sigma_m <= 0.0 or measured is None:
        return None, ()
    found, why = achieved(job, copy, pixel_m)
    if found is None:
        return None, (f"What the copy resolves could not be measured: {why}.",)
    return found, (
        f"Measured in the copy: bars of {found.width_m:.3f} m ({found.low_m:.3f} to "
        f"{found.high_m:.3f} m).",
    )


def _metres_a_pixel(
    frame: OrientedFrame, terrain: Any, centre: tuple[float, float], normal_deg: float
) -> float | None:
    """Metres on the ground for one pixel at ``centre`` in a direction of the picture."""
    from overflight.imagery.rectify.footprint import meets_terrain

    angle = np.radians(normal_deg)
    step = _SIDE_PX * np.array([np.cos(angle), np.sin(angle)])
    middle = np.array(centre) + 0.5
    ends: Floats = meets_terrain(frame, terrain, np.stack([middle - step, middle + step]))
    metres = float(np.linalg.norm(ends[1] - ends[0])) / (2.0 * _SIDE_PX)
    return metres if np.isfinite(metres) else None
