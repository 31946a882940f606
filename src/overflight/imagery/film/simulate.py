"""Film whose truth is known: exposed, developed, scanned, and marked SIMULATED.

Grains are made developable by enough light each, with sensitivities spread log-normally, so that
density follows a cumulated Gaussian of log exposure between base with fog and the most there is:
another form than any that is fitted. Light is blurred before it exposes; the grain is uncorrelated
over lengths that are scanned, with a variance of density that grows with density (Selwyn, Nutting);
the scanner blurs light, adds photon and reading noise, and counts. Every figure is ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.film.scanner import Scanner
from overflight.imagery.film.wedge import Box
from overflight.imagery.render import mark
from overflight.imagery.render.plate import bar_plate, through
from overflight.imagery.render.scene import BarsOnGround

Array = NDArray[np.float64]

_OVER = 3
_ERF = np.vectorize(math.erf, otypes=[np.float64])


@dataclass(frozen=True, slots=True)
class Film:
    """A film and its process. ``base`` base and fog; ``most`` density above it; ``middle``
    log10 exposure (lux seconds) of half of it; ``width`` standard deviation of log10 sensitivity;
    ``selwyn_um`` granularity at density 1 above base; ``blur_um`` deviation of its own blur."""

    base: float = 0.12
    most: float = 3.0
    middle: float = -1.2
    width: float = 0.75
    selwyn_um: float = 0.85
    blur_um: float = 5.0

    @property
    def gamma(self) -> float:
        """The greatest slope of density over log10 exposure."""
        return self.most / (self.width * math.sqrt(2.0 * math.pi))

    def density(self, log_exposure: Any) -> Array:
        z = (np.asarray(log_exposure, dtype=np.float64) - self.middle) / self.width
        return np.asarray(self.base + self.most * 0.5 * (1.0 + _ERF(z / math.sqrt(2.0))))

    def granularity(self, density: Any) -> Array:
        """Selwyn's, micrometres, at a density."""
        above = np.maximum(np.asarray(density, dtype=np.float64) - self.base, 0.0)
        return np.asarray(self.selwyn_um * np.sqrt(0.05 + above))

    @property
    def speed_x(self) -> float:
        """log10 exposure where density is 0.3 above base and fog, by halving."""
        low, high = self.middle - 6.0 * self.width, self.middle
        for _ in range(80):
            at = (low + high) / 2.0
            low, high = (at, high) if self.density(at) < self.base + 0.3 else (low, at)
        return high


@dataclass(frozen=True, slots=True)
class Scan:
    """How film is scanned: ``electrons`` through nothing, ``read`` noise in electrons."""

    scanner: Scanner
    electrons: float = 120_000.0
    read: float = 20.0


def developed(exposure: Array, film: Film, random: np.random.Generator, pixel_um: float) -> Array:
    """Transmittance of film at each fine sample of ``pixel_um``, grain and all."""
    density = film.density(np.log10(np.maximum(exposure, 1e-12)))
    relative = math.log(10.0) * film.granularity(density) / pixel_um
    # Gamma keeps light above zero, with this mean and variance.
    shape = 1.0 / np.maximum(relative, 1e-6) ** 2
    return np.asarray(10.0**-density * random.gamma(shape) / shape)


def scanned(
    light: Array, scan: Scan, random: np.random.Generator, over: int = _OVER
) -> NDArray[np.uint16]:
    """Counts of fine transmittances, ``over`` by ``over`` to a pixel."""
    blur = scan.scanner.blur_px or 0.0
    pixels = np.maximum(through(light, over, (blur, blur)), 0.0)
    electrons = pixels * scan.electrons
    noise = random.standard_normal(pixels.shape) * np.sqrt(electrons + scan.read**2)
    span = scan.scanner.white - scan.scanner.dark
    counts = scan.scanner.dark + (electrons + noise) / scan.electrons * span
    return np.asarray(np.clip(np.rint(counts), 0, 65535).astype(np.uint16))


def wedge_scan(
    film: Film, scan: Scan, densities: Any, log_through_nothing: float, seed: int,
    *, step_px: int = 36, tall_px: int = 90, margin_px: int = 60, upright: bool = False,
    second: bool = False, marked: bool = True,
) -> tuple[list[NDArray[np.uint16]], Box, Box]:  # fmt: skip
    """Scans of a wedge on unexposed film, framed by a dark line: counts, the wedge's box, and the
    box of unexposed film. ``second`` scans the same film twice."""
    random = np.random.default_rng([seed, 12])
    steps = np.sort(densities)[::-1]
    rows, columns = tall_px + 3 * margin_px, step_px * len(steps) + 2 * margin_px
    exposure = np.full((rows, columns), 1e-9)
    line = 4
    top, left = margin_px, margin_px
    exposure[top - line : top + tall_px + line, left - line : columns - left + line] = 1e3
    each = np.repeat(10.0 ** (log_through_nothing - steps), step_px)
    exposure[top : top + tall_px, left : columns - left] = each
    fine = np.kron(exposure, np.ones((_OVER, _OVER)))
    light = developed(fine, film, random, scan.scanner.pixel_um / _OVER)
    box = (left, top, step_px * len(steps), tall_px)
    fog = (left, top + tall_px + margin_px // 2, step_px * len(steps) // 3, margin_px)
    keep = [(top - 6, top + tall_px + 6, left - 6, columns - left + 6),
            (fog[1], fog[1] + fog[3], fog[0], fog[0] + fog[2])]  # fmt: skip
    if upright:
        box, fog = (box[1], box[0], box[3], box[2]), (fog[1], fog[0], fog[3], fog[2])
        keep = [(k[2], k[3], k[0], k[1]) for k in keep]
    found = []
    for _ in range(1 + second):
        counts = scanned(light, scan, random)
        if upright:
            counts = np.ascontiguousarray(counts.T)
        if marked:
            mark.burn(counts, keep)
        found.append(counts)
    return found, box, fog


def target_scan(
    film: Film, scan: Scan, thing: BarsOnGround, metres_per_um: float, middle_x: float, seed: int,
    shape: tuple[int, int] = (700, 800), marked: bool = True,
) -> NDArray[np.uint16]:  # fmt: skip
    """The scan of a bar target on a negative: ``metres_per_um`` on the ground for a micrometre of
    film, ``middle_x`` the log10 exposure of a reflectance of 0.3."""
    random = np.random.default_rng([seed, 13])
    pixel = scan.scanner.pixel_um
    scale = metres_per_um * pixel
    fine, box = bar_plate(shape, (scale, scale), thing, over=_OVER)
    blur = film.blur_um / pixel
    exposure = _soft(fine, blur * _OVER) / 0.3 * 10.0**middle_x
    counts = scanned(developed(exposure, film, random, pixel / _OVER), scan, random)
    if marked:
        mark.burn(counts, [box])
    return counts


def edge_scan(
    scan: Scan, seed: int, size: int = 360, lean_deg: float = 5.0
) -> tuple[NDArray[np.uint16], Box]:
    """A knife edge on the scanner's glass, open beside closed, and the box in its middle that no
    word of the mark is written over."""
    random = np.random.default_rng([seed, 14])
    at = (np.arange(size * _OVER * 2) + 0.5) / (_OVER * 2) - size / 2.0
    x = at[None, :] * math.cos(math.radians(lean_deg)) + at[:, None] * math.sin(
        math.radians(lean_deg)
    )
    light = np.where(x > 0.0, 0.8, 0.08)
    counts = scanned(light, scan, random, _OVER * 2)
    side = 160
    low = (size - side) // 2
    mark.burn(counts, [(low, low + side, low, low + side)])
    return counts, (low, low, side, side)


def _soft(fine: Array, deviation: float) -> Array:
    edge = math.ceil(4.0 * deviation) + 1
    padded = np.pad(fine, edge, mode="edge")
    fy = np.fft.fftfreq(padded.shape[0])[:, None]
    fx = np.fft.rfftfreq(padded.shape[1])[None, :]
    gauss = np.exp(-2.0 * (math.pi * deviation) ** 2 * (fx * fx + fy * fy))
    out = np.fft.irfft2(np.fft.rfft2(padded) * gauss, s=padded.shape)
    return np.asarray(np.maximum(out[edge:-edge, edge:-edge], 1e-9))
