"""Scans by a line scanner whose truth is known, marked SIMULATED.

Two kinds. ``target_scan``: a level pass over a target of hot bars on a cold panel, straight below.
``field_scan``: warm discs on rolling terrain, from an aircraft that rolls, pitches and yaws, for
the geometry. Radiance is Planck's, weakened on its way by the standard atmosphere, which adds its
own; the detector blurs over its field of view and adds noise; counts grow with radiance between two
black surfaces on board. Every figure is ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.infrared.atmosphere import Atmosphere, standard, transmission
from overflight.imagery.infrared.ground import Ground
from overflight.imagery.infrared.lines import ScanLines, ground_of
from overflight.imagery.infrared.radiance import radiance
from overflight.imagery.render import mark
from overflight.imagery.render.plate import bar_plate, through
from overflight.imagery.render.scene import LIGHT, BarsOnGround, drawn

Array = NDArray[np.float64]

_OVER = 4
_AIR_M = 1000.0


@dataclass(frozen=True, slots=True)
class Detector:
    """``ifov_mrad`` both ways; ``blur_px`` deviation of the optics; ``netd_k`` noise at 290 K;
    the black surfaces on board and their counts."""

    ifov_mrad: float = 0.5
    blur_px: float = 0.45
    netd_k: float = 0.08
    cold_k: float = 270.0
    hot_k: float = 310.0
    cold_count: float = 6_000.0
    hot_count: float = 56_000.0


def received(air: Atmosphere, kelvin: Any, height_m: float) -> Array:
    """Radiance that arrives from a black surface: weakened, and with the air's own added."""
    share = transmission(air)(height_m)
    warm, _ = standard(air.ground_m + min(height_m, _AIR_M) / 2.0)
    own = float(radiance(air.band, warm))
    return np.asarray(radiance(air.band, kelvin) * share + own * (1.0 - share))


def counts_of(
    sent: Array, detector: Detector, air: Atmosphere, random: np.random.Generator
) -> NDArray[np.uint16]:
    """Counts of radiances, with the detector's noise."""
    cold, hot = (float(radiance(air.band, k)) for k in (detector.cold_k, detector.hot_k))
    slope = float(radiance(air.band, 290.5) - radiance(air.band, 289.5))
    noisy = sent + random.standard_normal(sent.shape) * detector.netd_k * slope
    share = (noisy - cold) / (hot - cold)
    counts = detector.cold_count + share * (detector.hot_count - detector.cold_count)
    return np.asarray(np.clip(np.rint(counts), 0, 65535).astype(np.uint16))


def target_scan(
    detector: Detector, air: Atmosphere, thing: BarsOnGround, height_m: float, seed: int,
    *, cold_k: float = 288.0, hot_k: float = 294.0, shape: tuple[int, int] = (420, 360),
    marked: bool = True,
) -> NDArray[np.uint16]:  # fmt: skip
    """A scan of a target straight below: bars are hot, the panel between them is cold."""
    random = np.random.default_rng([seed, 31])
    gsd = detector.ifov_mrad * 1e-3 * height_m
    fine, box = bar_plate(shape, (gsd, gsd), thing, around=LIGHT, over=_OVER)
    dark = LIGHT / thing.contrast
    warmth = cold_k + (LIGHT - fine) / (LIGHT - dark) * (hot_k - cold_k)
    # Blur adds up light, not temperatures.
    fine_light = received(air, warmth, height_m)
    sent = through(fine_light, _OVER, (detector.blur_px, detector.blur_px))
    counts = counts_of(sent, detector, air, random)
    if marked:
        mark.burn(counts, [box])
    return counts


def size_for(detector: Detector, thing: BarsOnGround, height_m: float) -> tuple[int, int]:
    """Rows and columns that hold the target and the mark around it."""
    half = drawn(thing).half
    gsd = detector.ifov_mrad * 1e-3 * height_m
    wide = math.ceil(2.0 * half[0] / gsd) + 160
    return math.ceil(2.0 * half[1] / gsd) + 120, max(wide, 360)


def field_scan(
    lines: ScanLines, ground: Ground, detector: Detector, air: Atmosphere,
    discs: Array, seed: int, marked: bool = True,
) -> NDArray[np.uint16]:  # fmt: skip
    """A scan over terrain with warm discs: rows of ``discs`` are x, y, radius (m) and kelvin."""
    random = np.random.default_rng([seed, 32])
    fine = 3
    sent = np.zeros((lines.count, lines.samples))
    offsets = (np.arange(fine) + 0.5) / fine - 0.5
    for a in offsets:
        for b in offsets:
            i, j = np.meshgrid(
                np.arange(lines.count) + a, np.arange(lines.samples) + b, indexing="ij"
            )
            seen = ground_of(lines, np.clip(i.ravel(), 0, lines.count - 1), j.ravel(), ground)
            warm = 288.0 + 1.5 * np.sin(seen[:, 0] / 23.0) * np.sin(seen[:, 1] / 31.0)
            for x, y, radius, kelvin in discs:
                inside = np.hypot(seen[:, 0] - x, seen[:, 1] - y) <= radius
                warm = np.where(inside, kelvin, warm)
            warm = np.where(np.isfinite(warm), warm, 288.0)
            height = float(np.mean(lines.z) - np.mean(ground.span))
            sent += received(air, warm, height).reshape(sent.shape)
    counts = counts_of(sent / fine**2, detector, air, random)
    if marked:
        mark.burn(counts)
    return counts


def flown(
    count: int, samples: int, height_m: float, ifov_mrad: float, seed: int,
    *, heading_deg: float = 30.0, shake_deg: float = 1.5, scale: float = 1.0,
) -> ScanLines:  # fmt: skip
    """Lines of an aircraft that goes straight and shakes smoothly: ``shake_deg`` at most."""
    random = np.random.default_rng([seed, 33])
    t = np.linspace(0.0, 1.0, count)
    spacing = ifov_mrad * 1e-3 * height_m
    along = (np.arange(count) - (count - 1) / 2.0) * spacing * scale
    heading = math.radians(heading_deg)

    def shaking() -> Array:
        phases, turns = random.uniform(0.0, 2.0 * math.pi, 3), random.uniform(0.5, 2.5, 3)
        waves = sum(np.sin(2.0 * math.pi * k * t + p) for k, p in zip(turns, phases, strict=True))
        return np.asarray(np.radians(shake_deg) * waves / 3.0)

    step = ifov_mrad * 1e-3
    return ScanLines(
        np.asarray(along * math.sin(heading), np.float64),
        np.asarray(along * math.cos(heading), np.float64),
        height_m + 5.0 * np.sin(2.0 * math.pi * t), heading + shaking(), shaking() * 0.5, shaking(),
        -step * (samples - 1) / 2.0, step, samples, scale,
    )  # fmt: skip


def true_height(
    detector: Detector, air: Atmosphere, width_m: float, difference_k: float, sure: float
) -> float:
    """The greatest height at which bars of a width are told apart: where the difference that
    arrives, times what blur and field of view leave of it, is ``sure`` times the noise.

    By transfer functions, for three bars; no picture takes part.
    """
    share = transmission(air)
    f = (np.arange(4000) + 0.5) / 4000 * 3.0
    system = np.exp(-2.0 * (math.pi * detector.blur_px * f) ** 2) * np.sinc(f)

    def left(width: float) -> float:
        at, gaps = np.array([-2.0, 0.0, 2.0]) * width, np.array([-1.0, 1.0]) * width
        waves = [np.cos(2.0 * math.pi * f * (x[:, None, None] - at[None, :, None])).sum(axis=1)
                 for x in (at, gaps)]  # fmt: skip
        drop = ((waves[0][1:] + waves[0][:-1]) / 2.0 - waves[1]).mean(axis=0)
        spectrum = 2.0 * np.sin(math.pi * f * width) / (math.pi * f) * drop
        return float((system * spectrum).sum() * (f[1] - f[0]))

    low, high = 20.0, 15_000.0
    for _ in range(60):
        height = (low + high) / 2.0
        width_px = width_m / (detector.ifov_mrad * 1e-3 * height)
        enough = width_px >= 1.0 and (
            difference_k * share(height) * left(width_px) >= sure * detector.netd_k
        )
        low, high = (height, high) if enough else (low, height)
    return low
