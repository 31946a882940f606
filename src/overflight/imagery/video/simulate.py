"""Passes of a video camera over a target, whose truth is known, marked SIMULATED.

The camera is a lens with a Gaussian blur over square detector elements, with photon and reading
noise and 8 bits; the aircraft goes straight, so the target moves down the picture, turned by the
angle between track and target. Every figure is ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.render import mark
from overflight.imagery.render.plate import AROUND, bar_plate, through
from overflight.imagery.render.scene import BarsOnGround, drawn

_OVER = 3


@dataclass(frozen=True, slots=True)
class VideoCamera:
    """``focal_mm`` and ``pitch_um``: lens and detector element; ``blur_px``: deviation of the
    lens's blur; ``electrons`` of white; ``rate`` frames a second."""

    rows: int = 576
    columns: int = 720
    focal_mm: float = 75.0
    pitch_um: float = 8.0
    blur_px: float = 0.7
    electrons: float = 20_000.0
    read: float = 15.0
    rate: int = 25

    def gsd(self, height_m: float) -> float:
        """Ground that a pixel covers, metres."""
        return height_m * self.pitch_um * 1e-3 / self.focal_mm


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass: height above the target, how far the target lies to the right of the track at the
    nearest, as a share of the frame's width, the angle of its axes, the number of frames."""

    name: str
    height_m: float
    aside: float = 0.0
    turned_deg: float = 0.0
    frames: int = 9
    step_px: float = 40.0


def pass_frames(
    camera: VideoCamera, one: Pass, thing: BarsOnGround, seed: int, marked: bool = True
) -> list[NDArray[np.uint8]]:
    """The frames; the target is nearest to the middle in the middle one."""
    random = np.random.default_rng([seed, 21])
    shape = (camera.rows, camera.columns)
    gsd = camera.gsd(one.height_m)
    middle = (one.frames - 1) / 2.0
    found = []
    for number in range(one.frames):
        row = (camera.rows - 1) / 2.0 + (number - middle) * one.step_px
        column = (camera.columns - 1) / 2.0 + one.aside * camera.columns
        light, box = _light(camera, thing, gsd, (row, column), one.turned_deg)
        electrons = light * camera.electrons
        noise = random.standard_normal(shape) * np.sqrt(electrons + camera.read**2)
        codes = np.clip(np.rint((electrons + noise) / camera.electrons * 255.0), 0, 255)
        counts = codes.astype(np.uint8)
        if marked:
            mark.burn(counts, [box])
        found.append(counts)
    return found


def _light(
    camera: VideoCamera, thing: BarsOnGround, gsd: float, middle: tuple[float, float], turn: float
) -> tuple[NDArray[np.float64], mark.Box]:
    """The light of a frame, worked out where the target is, and the box of it."""
    light = np.full((camera.rows, camera.columns), AROUND)
    half = max(drawn(thing).half) / gsd * math.sqrt(2.0) + 12.0
    top, left = (max(0, int(m - half)) for m in middle)
    bottom, right = (
        min(size, int(m + half) + 1) for m, size in zip(middle, light.shape, strict=True)
    )
    if bottom - top < 8 or right - left < 8:
        return light, (0, 1, 0, 1)
    inside = (middle[0] - top, middle[1] - left)
    fine, box = bar_plate(
        (bottom - top, right - left), (gsd, gsd), thing, middle=inside, turned_deg=turn, over=_OVER
    )
    seen = through(fine, _OVER, (camera.blur_px, camera.blur_px))
    light[top:bottom, left:right] = np.maximum(seen, 0.0)
    return light, (box[0] + top, box[1] + top, box[2] + left, box[3] + left)


def true_bar_px(camera: VideoCamera, level: float) -> float:
    """The narrowest bar of which ``level`` of the modulation is left, pixels: lens and detector by
    their transfer functions; no search in pictures takes part."""
    f = (np.arange(6000) + 0.5) / 6000 * 3.0
    system = np.exp(-2.0 * (math.pi * camera.blur_px * f) ** 2) * np.sinc(f)

    def left(width: float) -> float:
        # Three bars: the first and last peaks to the gaps beside the middle one.
        at = np.array([-2.0, 0.0, 2.0]) * width
        gaps = np.array([-1.0, 1.0]) * width
        waves = [np.cos(2.0 * math.pi * f * (x[:, None, None] - at[None, :, None])).sum(axis=1)
                 for x in (at, gaps)]  # fmt: skip
        drop = ((waves[0][1:] + waves[0][:-1]) / 2.0 - waves[1]).mean(axis=0)
        spectrum = 2.0 * np.sin(math.pi * f * width) / (math.pi * f) * drop
        return float((system * spectrum).sum() * (f[1] - f[0]))

    low, high = 0.5, 20.0
    for _ in range(60):
        width = (low + high) / 2.0
        low, high = (width, high) if left(width) < level else (low, width)
    return high
