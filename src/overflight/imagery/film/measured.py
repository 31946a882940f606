"""All that is measured of one film: from its file and scans to what a document says."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DataError, OverflightError
from overflight.imagery.film.asked import FilmAsked, TargetAsked, WedgeAsked
from overflight.imagery.film.checks import Check, Met, against, checked, seen_of, steps_against
from overflight.imagery.film.curve import Curve, exposures, fit_curve
from overflight.imagery.film.grain import Grain, grain_of
from overflight.imagery.film.negative import (
    DENSITY,
    INTENSITY,
    OwnLimit,
    own_limit,
    read_bars,
    straight_part,
    values_of,
)
from overflight.imagery.film.scanner import Scanner, blur_of_edge, transmittance
from overflight.imagery.film.wedge import Box, Step, cut, find_wedge, patch_density, read_steps
from overflight.imagery.frames_in import grey, read_frame
from overflight.imagery.process.marks import marks_of_picture
from overflight.terms.bar_reading import BarReading
from overflight.terms.checklists import Checklist

_VEIL = 0.028
_WIDE = 40


@dataclass(frozen=True, slots=True, eq=False)
class WedgeRead:
    """The wedge: its box, whether it was found or given, steps, curve, grain of its steps."""

    box: Box
    found: bool
    steps: tuple[Step, ...]
    curve: Curve | None
    grain: tuple[Grain, ...]


@dataclass(frozen=True, slots=True)
class BarsRead:
    """The target on exposure or on density: a reading with the negative's own limits, or why
    there is none."""

    on: str
    reading: BarReading | None
    own: tuple[OwnLimit, ...]
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FilmRead:
    """Everything. ``blur`` is the scanner's and its interval where it was measured."""

    asked: FilmAsked
    scanner: Scanner
    blur_interval: tuple[float, float] | None
    wedge: WedgeRead | None
    met: tuple[Met, ...]
    bars: tuple[BarsRead, ...]
    straight: float | None
    checks: tuple[Check, ...]
    marks: tuple[str, ...]
    digests: tuple[tuple[str, str], ...]


def measure_film(
    asked: FilmAsked, checklist: Checklist | None, wanted_steps: int | None,
    say: Callable[[str], None] = lambda _: None,
) -> FilmRead:  # fmt: skip
    """Measure what the file gives. Raises DataError or ImageError for scans that cannot be read;
    a target that cannot be read is said to be so."""
    paths = [p for p in (
        asked.edge,
        asked.wedge and asked.wedge.image, asked.wedge and asked.wedge.again,
        asked.target and asked.target.image,
    ) if p]  # fmt: skip
    if not paths:
        raise DataError("nothing to measure", remedy="Give [wedge], [target] or both.")
    blur, interval = asked.blur_px, None
    if asked.edge is not None:
        say("the scanner's edge")
        counts, top = counts_of(asked.edge)
        if asked.edge_box is not None:
            counts = np.ascontiguousarray(cut(counts, asked.edge_box))
        blur, interval = blur_of_edge(counts, top)
    scanner = Scanner(asked.pixel_um, asked.dark, asked.white, blur)
    wedge = None
    if asked.wedge is not None:
        say("the wedge")
        wedge = _wedge(asked.wedge, scanner, wanted_steps)
    curve = None if wedge is None else wedge.curve
    met = against(curve, asked.declared)
    if wedge is not None:
        met += steps_against(wedge.steps, asked.densities, asked.densities_tolerance)
    bars: tuple[BarsRead, ...] = ()
    straight = None
    if asked.target is not None:
        say("the target")
        bars, straight = _target(asked.target, scanner, curve)
    number = None if wedge is None else len(wedge.steps)
    seen = seen_of(number, wanted_steps, met, {m.name for m in met if m.declared is not None})
    marks = sorted({m for p in paths for m in marks_of_picture(p)})
    return FilmRead(
        asked, scanner, interval, wedge, met, bars, straight,
        checked(checklist, asked.processing, seen), tuple(marks),
        tuple((p.name, _digest(p)) for p in paths),
    )  # fmt: skip


def counts_of(path: Path) -> tuple[NDArray[Any], float]:
    """Counts of a scan, one value a pixel, and the highest there can be."""
    frame = read_frame(path)
    counts = frame.pixels if frame.pixels.ndim == 2 else grey(frame)
    return counts, float(frame.top)


def _digest(path: Path) -> str:
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _wedge(asked: WedgeAsked, scanner: Scanner, wanted: int | None) -> WedgeRead:
    counts, _ = counts_of(asked.image)
    number = len(asked.densities) if asked.densities else (wanted or 21)
    box = asked.box or find_wedge(counts, scanner, number)
    steps = read_steps(counts, scanner, box, number)
    fog = None
    if asked.unexposed is not None:
        fog = patch_density(transmittance(cut(counts, asked.unexposed), scanner))
    curve = None
    if asked.densities is not None:
        x = exposures(asked.densities, asked.log_exposure)
        curve = fit_curve(steps, x, absolute=asked.log_exposure is not None, fog=fog)
    again = None if asked.again is None else counts_of(asked.again)[0]
    if again is not None and again.shape != counts.shape:
        raise DataError(
            "the second scan has another size", file=asked.again, remedy="Scan the same again."
        )
    grain = []
    if scanner.blur_px is not None:
        for place in [s.box for s in steps] + ([asked.unexposed] if asked.unexposed else []):
            if min(place[2], place[3]) < _WIDE:
                continue
            patch = transmittance(cut(counts, place), scanner)
            second = [] if again is None else [transmittance(cut(again, place), scanner)]
            grain.append(grain_of([patch], scanner, second))
    return WedgeRead(box, asked.box is None, steps, curve, tuple(grain))


def _target(
    asked: TargetAsked, scanner: Scanner, curve: Curve | None
) -> tuple[tuple[BarsRead, ...], float | None]:
    whole, _ = counts_of(asked.image)
    counts = whole if asked.box is None else np.ascontiguousarray(cut(whole, asked.box))
    gsd = None
    if asked.height_m is not None and asked.focal_mm is not None:
        gsd = scanner.pixel_um * 1e-3 * asked.height_m / asked.focal_mm
    agreed = (asked.contrast - 1.0) / (asked.contrast + 1.0)
    level = asked.threshold / agreed / (1.0 - _VEIL)
    found = []
    for on in (INTENSITY, DENSITY):
        try:
            reading = read_bars(
                values_of(counts, scanner, curve, on), gsd=gsd, target=asked.diagram,
                contrast=asked.contrast, threshold=asked.threshold, name=asked.image.name,
            )  # fmt: skip
        except OverflightError as error:
            found.append(BarsRead(on, None, (), f"{error.message}. {error.remedy}"))
            continue
        own = tuple(own_limit(d, reading.bars, scanner, level) for d in reading.directions)
        found.append(BarsRead(on, reading, own))
    straight = None if curve is None else straight_part(counts, scanner, curve)
    return tuple(found), straight


def finest_m(bars: BarsRead) -> float | None:
    """The ground resolution of the negative itself, metres, the finer direction; None unknown."""
    widths = [o.bar_m for o in bars.own if o.bar_m is not None and math.isfinite(o.bar_m)]
    return min(widths, default=None)
