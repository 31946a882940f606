"""The impulse response of one reflector: peak, widths at half power, side lobes.

A chip around the peak is taken as the band-limited function that its samples stand for: zeros are
put into the gap of its spectrum, wherever the centre of Doppler lies, and values between samples
follow exactly (A. Freeman, SAR calibration: an overview, IEEE Trans. GRS 30, 1992; I. G. Cumming,
F. H. Wong, Digital Processing of Synthetic Aperture Radar Data, 2005, section 2.3.4). Side lobes
count from the first minimum on either side up to ten widths from the peak.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import ImageError
from overflight.sensing.impulse import width_deviation

Floats = NDArray[Any]
CHIP = 64
"""Samples of a chip each way, where the image has as many."""
_LEAST = 16
_FINE = 32
_WIDTHS = 10.0
LEAST_CONTRAST_DB = 15.0
"""Below it the width's interval, which is of first order, is not stated."""
_LEFT = 0.004
"""Share of a width that the ends of the chip may move it by: part of every interval."""
_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Profile:
    """One cut, in samples: width at half power and its standard deviation (None: not stated)."""

    width: float
    deviation: float | None
    pslr_db: float
    islr_db: float

    def interval(self, spacing: float) -> tuple[float, float] | None:
        """95 %, in the unit of ``spacing``."""
        if self.deviation is None:
            return None
        half = _95 * self.deviation
        return (self.width - half) * spacing, (self.width + half) * spacing


@dataclass(frozen=True, slots=True)
class Point:
    """A peak between samples, its complex value, power over the clutter's, and both cuts."""

    row: float
    column: float
    value: complex
    clutter: float
    along_rows: Profile
    along_columns: Profile

    @property
    def contrast_db(self) -> float:
        return 10.0 * math.log10(abs(self.value) ** 2 / max(self.clutter, 1e-300))


class Chip:
    """A square cut of an image as a band-limited function of row and column."""

    def __init__(self, pixels: NDArray[Any], row: int, column: int, size: int = CHIP) -> None:
        rows, columns = pixels.shape
        size = min(size, rows, columns) // 2 * 2
        if size < _LEAST:
            raise ImageError(
                f"an image of {rows} x {columns} samples is too small to measure a point in",
                remedy=f"Give {_LEAST} samples or more each way.",
            )
        self.row0 = min(max(row - size // 2, 0), rows - size)
        self.column0 = min(max(column - size // 2, 0), columns - size)
        self.size = size
        cut = pixels[self.row0 : self.row0 + size, self.column0 : self.column0 + size]
        self.samples = np.asarray(cut, dtype=np.complex128)
        if not np.isfinite(self.samples).all():
            raise ImageError(
                "the image has holes beside the reflector", remedy="Cut the image off its edges."
            )
        self.spectrum = np.fft.fft2(self.samples) / size**2
        power = np.abs(self.spectrum) ** 2
        self.waves = tuple(_waves(power.sum(axis=1 - axis)) for axis in (0, 1))

    def at(self, rows: Floats, columns: Floats) -> NDArray[np.complex128]:
        """Values on a grid of rows and columns of the image, between samples."""
        left = np.exp(2j * np.pi / self.size * np.outer(rows - self.row0, self.waves[0]))
        right = np.exp(2j * np.pi / self.size * np.outer(self.waves[1], columns - self.column0))
        found: NDArray[np.complex128] = _product(_product(left, self.spectrum), right)
        return found

    def line(self, axis: int, across: float) -> NDArray[np.complex128]:
        """Spectrum of the cut along ``axis`` (0: from row to row) where the other is ``across``."""
        other = 1 - axis
        start = self.column0 if axis == 0 else self.row0
        turn = np.exp(2j * np.pi / self.size * (across - start) * self.waves[other])
        how = "ij,j->i" if axis == 0 else "ij,i->j"
        found: NDArray[np.complex128] = np.einsum(how, self.spectrum, turn)
        return found

    def peak(self, row: float, column: float, within: float = 1.0) -> tuple[float, float]:
        """The highest point near a place: two finer and finer grids, then a parabola."""
        step = within / 16.0
        for _ in range(3):
            rows = row + step * np.arange(-16, 17)
            columns = column + step * np.arange(-16, 17)
            power = np.abs(self.at(rows, columns)) ** 2
            i, j = np.unravel_index(int(power.argmax()), power.shape)
            row, column = float(rows[i]), float(columns[j])
            step /= 8.0
        return row, column

    def clutter(self, row: float, column: float) -> float:
        """Mean power of what is far from the peak along both axes, by its median."""
        away = self.size / 5.0
        r = np.abs(np.arange(self.size) + self.row0 - row) > away
        c = np.abs(np.arange(self.size) + self.column0 - column) > away
        far = np.abs(self.samples[np.ix_(r, c)]) ** 2
        return float(np.median(far) / math.log(2.0)) if far.size else 0.0


def _product(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.complex128]:
    """A product of small matrices on this thread: a library that starts others takes longer."""
    found: NDArray[np.complex128] = np.einsum("ij,jk->ik", a, b)
    return found


def _waves(power: Floats) -> Floats:
    """Wave numbers of a spectrum, cut open opposite its centre of power."""
    n = power.shape[0]
    k = np.arange(n)
    centre = np.angle(np.sum(power * np.exp(2j * np.pi * k / n))) * n / (2.0 * np.pi)
    waves: Floats = k - n * np.round((k - centre) / n)
    return waves


def measure_point(pixels: NDArray[Any], row: int, column: int, size: int = CHIP) -> Point:
    """Everything about the point whose highest sample is at ``row`` and ``column``.

    Raises ImageError where no peak stands there, or the image is too small.
    """
    chip = Chip(pixels, row, column, size)
    at_row, at_column = chip.peak(row, column)
    value = complex(chip.at(np.array([at_row]), np.array([at_column]))[0, 0])
    if not abs(value) > 0.0 or abs(at_row - row) > 1.0 or abs(at_column - column) > 1.0:
        raise ImageError(
            f"no peak stands at row {row}, column {column}",
            remedy="Give the place of the reflector's highest sample.",
        )
    clutter = chip.clutter(at_row, at_column)
    ratio = clutter / abs(value) ** 2
    along = profile(chip, 0, at_row, at_column, ratio)
    across = profile(chip, 1, at_column, at_row, ratio)
    return Point(at_row, at_column, value, clutter, along, across)


def profile(chip: Chip, axis: int, peak: float, across: float, ratio: float) -> Profile:
    """The cut through a peak along one axis. ``ratio``: clutter's power over the peak's."""
    start = chip.row0 if axis == 0 else chip.column0
    spectrum = chip.line(axis, across)
    inside = min(peak - start, start + chip.size - 1 - peak)
    reach = int(inside * _FINE)
    x = np.arange(-reach, reach + 1) / _FINE
    waves = chip.waves[axis]
    turns = np.exp(2j * np.pi / chip.size * np.outer(peak - start + x, waves))
    values = np.einsum("ij,j->i", turns, spectrum)
    power = np.abs(values) ** 2
    power /= power[reach]
    right, left = power[reach:], power[reach::-1]
    up, down = _half(right), _half(left)
    if up is None or down is None:
        raise ImageError(
            "the peak does not fall to half its power within the chip",
            remedy="Give a picture with more room around the reflector.",
        )
    width = (up[0] + down[0]) / _FINE
    slope = 0.5 * (up[1] + down[1]) * _FINE
    pslr, islr = _side_lobes(right, left, width)
    deviation = None
    if -10.0 * math.log10(max(ratio, 1e-30)) >= LEAST_CONTRAST_DB:
        at_half, at_width = (
            _correlation(spectrum, waves, chip.size, d) for d in (width / 2, width)
        )
        noise = width_deviation(width, slope, at_half, at_width) * math.sqrt(ratio)
        deviation = math.hypot(noise, _LEFT * width / 2.0)
    return Profile(width, deviation, pslr, islr)


def _half(power: Floats) -> tuple[float, float] | None:
    """Steps from the peak to half power, and the fall of power there for a step."""
    below = np.flatnonzero(power < 0.5)
    if not below.size:
        return None
    k = int(below[0])
    fall = float(power[k - 1] - power[k])
    return k - 1 + (float(power[k - 1]) - 0.5) / fall, fall


def _side_lobes(right: Floats, left: Floats, width: float) -> tuple[float, float]:
    """Highest side lobe and side lobes' energy over the main lobe's, decibels."""
    far = int(_WIDTHS * width * _FINE)
    highest, main, rest = 0.0, 0.0, 0.0
    for side in (right[: far + 1], left[: far + 1]):
        rising = np.flatnonzero(np.diff(side) > 0.0)
        null = int(rising[0]) if rising.size else len(side) - 1
        highest = max(highest, float(side[null:].max()))
        main += float(side[:null].sum()) - 0.5 * float(side[0])
        rest += float(side[null:].sum())
    return 10.0 * math.log10(max(highest, 1e-30)), 10.0 * math.log10(max(rest / main, 1e-30))


def _correlation(spectrum: Any, waves: Floats, size: int, distance: float) -> float:
    """Of clutter with the band's own weighting, over a distance in samples; its real part, at the
    centre of the band."""
    power = np.abs(spectrum) ** 2
    centre = float(np.sum(power * waves) / power.sum())
    turn = np.cos(2.0 * np.pi * (waves - centre) * distance / size)
    return float(np.sum(power * turn) / power.sum())
