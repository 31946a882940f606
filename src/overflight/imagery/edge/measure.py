"""Measure the sharpness of a picture across one edge in it.

    from overflight.imagery.edge import measure
    reading = measure(crop)          # (rows, columns), linear counts
    reading.mtf50, reading.interval_95

The crop is used as it is: every pixel enters one likelihood (``line``, ``noise``, ``fit``), no row
is shifted and nothing is resampled or windowed.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from overflight.imagery.edge import checks
from overflight.imagery.edge.average import Posterior, averaged
from overflight.imagery.edge.fit import TAUS, Candidate, Component, Setting, best, components
from overflight.imagery.edge.line import Line, Pixels, distances, illumination, refined, roughly
from overflight.imagery.edge.noise import Noise, inflation_of, noise_of
from overflight.imagery.edge.reading import EdgeReading, EdgeRefused
from overflight.imagery.edge.shapes import FAMILIES, Family
from overflight.imagery.edge.spread import FREQUENCIES, PERIOD, REACH, Profile, Sampler, binned

Array = NDArray[np.float64]

_TOP = int(1.5 * PERIOD)
"""How many frequencies a transfer is followed over: up to 1.5 cycles per pixel."""
_QUICK = ("gauss", "airy", "airy-gauss", "motion", "halo", "power")
_QUIET = 0.01
"""Noise, as a share of the contrast, below which edge and blur take a third turn."""
_OURS = 1e-4
"""Error of our own sums, as a share of the contrast; no picture is taken to be better."""


def measure(
    image: NDArray[np.generic],
    *,
    top: float | None = None,
    gamma: float = 1.0,
    jpeg: bool = True,
) -> EdgeReading:
    """Read one edge.

    Parameters: ``image`` (rows, columns), counts that grow in proportion to light; ``top`` the
    highest count possible (known by itself for unsigned integers); ``gamma`` g where counts grow
    as light^(1/g) instead; ``jpeg`` False leaves out the search for blocks of 8 x 8.
    Raises EdgeRefused (an ImageError) with a reason if the crop cannot carry an answer.
    """
    image = np.asarray(image)
    checks.require_picture(image)
    if top is None and image.dtype.kind == "u":
        top = float(2 ** (8 * image.dtype.itemsize) - 1)
    counts = image.astype(float)
    pixels = Pixels.of(_linear(counts, gamma, top))
    whole = pixels.value.reshape(image.shape)
    rough, explained = roughly(whole)
    checks.require_explained(explained)
    line = refined(pixels, rough)
    d = distances(pixels, line)
    checks.require_room(d, line.blur)
    checks.require_unclipped(image, d, line.blur, top)
    floor = (1.0 / 12.0 if image.dtype.kind in "ui" else 0.0) + (_OURS * line.contrast) ** 2
    line, noise, found = _fitted(pixels, line, floor)
    posterior_table = _table(found)
    d = distances(pixels, line)
    model = line.dark + line.contrast * (Sampler.at(d).of(posterior_table) + 0.5)
    residual = pixels.value / illumination(pixels, line) - model
    residual = residual.reshape(image.shape)
    share = math.sqrt(0.5 * (noise.dark + noise.light)) / line.contrast
    checks.require_quiet(share)
    checks.require_one_edge(residual / line.contrast, share)
    if jpeg and top == 255.0:
        checks.require_not_blocky(residual)
    inflation = inflation_of(residual)
    posterior = averaged(found, inflation)
    if not math.isfinite(posterior.mtf50):
        raise EdgeRefused(
            "no edge",
            "the transfer never falls to one half",
            remedy="Check that the picture is a photograph and not a drawing.",
        )
    return _reading(line, share, posterior, inflation, d, image.shape)


def _linear(counts: Array, gamma: float, top: float | None) -> Array:
    if gamma == 1.0:
        return counts
    if not 0.1 <= gamma <= 10.0:
        raise EdgeRefused("not an image", f"a gamma of {gamma:g}", remedy="Give 0.1 to 10.")
    scale = float(counts.max()) if top is None else top
    result: Array = scale * (np.maximum(counts, 0.0) / scale) ** gamma
    return result


def _starts(family: Family, blur: float) -> list[Array]:
    """Where to begin for an edge whose Gaussian blur, pixel included, is ``blur`` pixels."""
    s = math.sqrt(max(blur * blur - 0.09, 0.04))
    fc = 0.46 / s
    table: dict[str, list[tuple[float, ...]]] = {
        "gauss": [(s,)],
        "airy": [(fc,)],
        "airy-gauss": [(1.5 * fc, 0.7 * s)],
        "motion": [(0.7 * s, 2.4 * s), (0.3 * s, 3.3 * s)],
        "airy-motion": [(1.5 * fc, 2.4 * s)],
        "disc": [(0.4 * s, 1.8 * s), (0.7 * s, 1.3 * s)],
        "airy-disc": [(2.0 * fc, 1.6 * s)],
        "halo": [(0.75 * s, 0.35, 3.0)],
        "sharpened": [(1.2 * s, 0.3, 2.5)],
        "power": [(0.25 / s, 1.7)],
    }
    return [np.log(np.array(start)) for start in table[family.name]]


def _prepared(pixels: Pixels, line: Line, floor: float) -> tuple[Setting, Noise]:
    light = illumination(pixels, line)
    d = distances(pixels, line)
    inside = np.abs(d) <= REACH
    value = pixels.value / light
    noise = Noise(*noise_of(d[inside], value[inside], line.blur, floor))
    share = 0.5 + d / (3.0 * line.blur)
    profile: Profile = binned(d, value, noise.variance(share) / light**2, 2.0 + 6.0 * line.blur)
    return Setting(profile, line.normal, line.dark, line.contrast), noise


def _components(setting: Setting, blur: float, *, quick: bool) -> list[Component]:
    candidates: list[Candidate] = []
    for family in FAMILIES:
        if not quick or family.name in _QUICK:
            starts = _starts(family, blur)[: 1 if quick else None]
            tries = [best(setting, family, start) for start in starts]
            candidates.append(min(tries, key=lambda c: c.loss))
    return components(setting, candidates, blur, _TOP, (0.0,) if quick else TAUS)


def _table(found: list[Component]) -> Array:
    """The edge itself, averaged over components."""
    evidence = np.array([c.evidence for c in found])
    weight = np.exp(evidence - evidence.max())
    weight /= weight.sum()
    table: Array = weight @ np.stack([c.table for c in found])
    return table


def _fitted(pixels: Pixels, line: Line, floor: float) -> tuple[Line, Noise, list[Component]]:
    """Edge and blur in turns: a Gaussian's edge first, then the edge of what fits better."""
    for turn in range(3):
        setting, noise = _prepared(pixels, line, floor)
        line = refined(pixels, line, _table(_components(setting, line.blur, quick=True)))
        if turn > 0 and noise.dark + noise.light > 2.0 * (_QUIET * line.contrast) ** 2:
            break
    setting, noise = _prepared(pixels, line, floor)
    return line, noise, _components(setting, line.blur, quick=False)


def _reading(
    line: Line,
    noise: float,
    posterior: Posterior,
    inflation: float,
    d: Array,
    shape: tuple[int, ...],
) -> EdgeReading:
    turn = math.degrees(line.normal) % 90.0
    lean = min(turn, 90.0 - turn)
    direction = (math.degrees(line.normal) + 180.0) % 360.0 - 180.0
    half = 0.5 * min(
        shape[1] / max(abs(math.sin(line.normal)), 1e-9),
        shape[0] / max(abs(math.cos(line.normal)), 1e-9),
    )
    notes = []
    near = np.abs(d) < 1.0
    phases = np.unique((d[near] * 8.0).astype(np.intp)).size
    if phases < 12 or lean < 1.0:
        notes.append(f"the edge leans by {lean:.1f} degrees: few phases of the pixel grid are seen")
    if inflation > 1.3:
        notes.append(
            f"neighbouring pixels are alike: the interval is {math.sqrt(inflation):.1f} times as "
            "wide as for noise of single pixels"
        )
    if posterior.mtf50 > 0.64:
        notes.append("sharper than square pixels can be: the picture has been sharpened")
    elif float(posterior.transfer.max()) > 1.02:
        notes.append(
            f"the transfer rises to {float(posterior.transfer.max()):.2f}: the picture has been "
            "sharpened"
        )
    if posterior.shapeless > 0.5:
        notes.append("no family of blurs explains the edge; its shape is read off the picture")
    return EdgeReading(
        mtf50=posterior.mtf50,
        interval_95=posterior.interval,
        frequencies=FREQUENCIES[: posterior.transfer.size].copy(),
        transfer=posterior.transfer,
        transfer_low=posterior.low,
        transfer_high=posterior.high,
        angle_degrees=lean,
        direction_degrees=direction,
        bow_pixels=line.b2 * half * half,
        dark=line.dark,
        light=line.dark + line.contrast,
        noise=noise,
        pixels=int((np.abs(d) <= REACH).sum()),
        blurs=posterior.families,
        notes=tuple(notes),
    )
