"""From phase history to a single-look complex image in slant range and azimuth.

Pixels lie where a straight track through the places flown (least squares) would see them at zero
Doppler, on ground of one height; each echo is laid back along the way that was really flown. The
image keeps the phase of the nearest distance, as such images do: a point with a phase of its own
of zero has -4 pi R / lambda at its peak.

Which pulses are laid back follows each pixel, and an edge there, seen from a point beside it, is a
chirp: cut hard, it would leave the image no narrow band. So some more pulses are taken on either
side with a soft end, and the band of Doppler asked for is cut out of the image afterwards, with
its weighting: what a point then becomes is the closed form of ``sensing.impulse``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import SensorError
from overflight.imagery.elevation import Terrain
from overflight.imagery.radar.compress import Compression, compression
from overflight.imagery.radar.geometry import across, angles_on, positions
from overflight.sensing.impulse import UNIFORM, Weighting
from overflight.terms.radar import LIGHT_M_S, PhaseHistory, RadarImage, RadarTrack
from overflight.units import Metres, Seconds

Floats = NDArray[np.float64]
_TABLE = 2048
_ROWS = 32
_NODES = 128
_WHOLE, _SOFT = 1.0, 4.0
_GUARD = 24.0
"""Widths of zeros after the last row, so that the band's ends do not meet."""
_PULSES = 512
_BLOCK = 512
_MOST = 200_000_000


@dataclass(frozen=True, slots=True)
class FocusAsked:
    """What to make: the band of Doppler kept, weightings, spacings in metres (None: 0.7 of what
    the band resolves), rows from and up to in seconds of the track, ranges (None: all of it)."""

    doppler_hz: float
    range_weighting: Weighting = UNIFORM
    azimuth_weighting: Weighting = UNIFORM
    range_m: Metres | None = None
    line_m: Metres | None = None
    between_s: tuple[Seconds, Seconds] | None = None
    slant_m: tuple[Metres, Metres] | None = None
    workers: int = 1


def straight(track: RadarTrack) -> tuple[RadarTrack, float]:
    """The straight track of even speed nearest to one flown, and that speed."""
    t0 = float(track.time_s.mean())
    t = track.time_s - t0
    middle = track.xyz_m.mean(axis=0)
    speed = (t @ (track.xyz_m - middle)) / (t @ t)
    ends = np.array([track.time_s[0], track.time_s[-1]])
    return RadarTrack(ends, middle + (ends - t0)[:, None] * speed), float(np.linalg.norm(speed))


def focus(
    history: PhaseHistory, asked: FocusAsked, progress: Callable[[float], None] | None = None
) -> RadarImage:
    """The image. Raises SensorError where the track is too short for the band asked for, or the
    band wider than the pulses sample."""
    grid = _grid(history, asked)
    wide = back_projected(history, grid, asked, progress)
    pixels, line_s = _cut(wide, grid, asked)
    return RadarImage(
        history.about,
        pixels,
        grid.track,
        grid.first_s,
        line_s,
        grid.near_m,
        grid.range_m,
        history.ground_m,
        asked.doppler_hz,
        asked.range_weighting.name,
        asked.azimuth_weighting.name,
    )


def _grid(history: PhaseHistory, asked: FocusAsked) -> RadarImage:
    """An image of zeros with the geometry that echoes are laid back on: its rows hold the wider
    band."""
    line, speed = straight(history.track)
    rate = (len(history.track.time_s) - 1) / (line.time_s[1] - line.time_s[0])
    if not 0.0 < asked.doppler_hz <= rate:
        raise SensorError(
            f"a Doppler band of {asked.doppler_hz:g} Hz with {rate:.1f} pulses a second",
            remedy="Ask for a band above zero and no wider than the pulses sample.",
        )
    per_us = LIGHT_M_S * 0.5e-6
    first = per_us * history.first_us
    last = first + per_us * (history.echoes.shape[1] - 1) / history.sample_mhz
    half_m = 0.5 * per_us * history.pulse_us
    near, far = asked.slant_m or (first + half_m, last - half_m)
    if not 0.0 < near < far:
        raise SensorError(
            "no range is covered by whole pulses",
            remedy="Record longer after each pulse, or give the ranges to focus.",
        )
    range_m = asked.range_m or 0.7 * per_us / history.about.bandwidth_mhz
    band = _Band.of(history, asked, near, speed)
    aperture = far * band.outer * history.about.wavelength_m / 2.0 / speed
    begin, end = asked.between_s or (line.time_s[0] + aperture / 2, line.time_s[1] - aperture / 2)
    line_s = 1.0 / (1.1 * band.outer * speed)
    rows, columns = int((end - begin) / line_s) + 1, int((far - near) / range_m) + 1
    if end <= begin:
        raise SensorError(
            f"the track is shorter than the {aperture:.1f} s that this band takes",
            remedy="Ask for a narrower band of Doppler, or fly longer.",
        )
    if (rows + _GUARD / (asked.doppler_hz * line_s)) * columns > _MOST:
        raise SensorError(
            f"{rows} x {columns} pixels with a band of {asked.doppler_hz:g} Hz",
            remedy="Ask for a part of it, or for a wider band.",
        )
    empty: NDArray[np.complex64] = np.zeros((rows, columns), dtype=np.complex64)
    return RadarImage(history.about, empty, line, begin, line_s, near, range_m, history.ground_m)


@dataclass(frozen=True, slots=True)
class _Band:
    """Bands along the track in cycles a metre: what is asked for, up to where all pulses count
    whole, and where the soft end stops."""

    asked: float
    flat: float
    outer: float

    @classmethod
    def of(cls, history: PhaseHistory, asked: FocusAsked, near: Metres, speed: float) -> _Band:
        """A point's edge smears over sqrt(2 / (lambda R)) in frequency."""
        wave = history.about.wavelength_m
        own, smear = asked.doppler_hz / speed, math.sqrt(2.0 / (wave * near))
        outer = own + _SOFT * smear
        if outer * wave / 4.0 >= 0.9:
            raise SensorError("the band takes more than a half circle", remedy="Ask for less.")
        return cls(own, own + _WHOLE * smear, outer)

    def table(self, pulse: float) -> tuple[NDArray[np.float32], float]:
        """Weights over the band at even steps, each its mean over what one pulse stands for
        (``pulse``, cycles a metre), a zero at both ends; and the band that the table spans."""
        span = self.outer + pulse
        fine = np.linspace(-0.5 * self.outer, 0.5 * self.outer, 8 * _TABLE + 1)
        ramp = (np.abs(fine) - 0.5 * self.flat) / (0.5 * (self.outer - self.flat))
        values = 0.5 + 0.5 * np.cos(np.pi * np.clip(ramp, 0.0, 1.0))
        step = fine[1] - fine[0]
        sums = np.concatenate([[0.0], np.cumsum(0.5 * (values[1:] + values[:-1])) * step])
        x = np.linspace(-0.5 * span, 0.5 * span, _TABLE - 1)
        upper, lower = (np.interp(x + d, fine, sums) for d in (0.5 * pulse, -0.5 * pulse))
        inner = (upper - lower) / pulse
        return np.concatenate([[0.0], inner, [0.0]]).astype(np.float32), span

    @property
    def whole(self) -> float:
        """The weights' integral, cycles a metre."""
        return 0.5 * (self.flat + self.outer)


def back_projected(
    history: PhaseHistory,
    grid: RadarImage,
    asked: FocusAsked,
    progress: Callable[[float], None] | None = None,
) -> NDArray[np.complex64]:
    """Pixels of ``grid`` from the echoes, in blocks of rows and pulses so that memory stays bounded
    by the image itself and not by its pixels' places."""
    rows, columns = grid.pixels.shape
    filtered = compression(history, asked.range_weighting)
    speed, wave = grid.speed_m_s, history.about.wavelength_m
    band = _Band.of(history, asked, grid.near_m, speed)
    rate = (len(history.track.time_s) - 1) / float(np.ptp(history.track.time_s))
    middle = grid.near_m + 0.5 * grid.range_m * columns
    table, span = band.table(2.0 / wave * speed / rate / middle)
    reach = _reach(history, grid, span * wave / 2.0)
    turns = 2.0 / wave
    numbers = np.array([filtered.first_m, filtered.per_m, turns, turns / span])
    image = np.empty((rows, columns), dtype=np.complex64)
    for row in range(0, rows, _BLOCK):
        part = slice(row, min(row + _BLOCK, rows))
        own = replace(grid, first_s=grid.first_s + row * grid.line_s, pixels=grid.pixels[part])
        place, ahead, pixels = _places(history, own)
        sums = _summed(history, filtered, pixels, ahead, table, numbers, reach[part], asked.workers)
        turn = turns * np.linalg.norm(pixels - place[:, :, None], axis=1)
        sums *= np.exp(-2j * np.pi * (turn - np.round(turn)))
        image[part] = sums * (band.whole / band.asked)
        if progress is not None:
            progress(part.stop / rows)
    return image


def _summed(
    history: PhaseHistory, filtered: Compression, pixels: Any, ahead: Any, table: Any,
    numbers: Any, reach: Any, workers: int,
) -> NDArray[np.complex128]:  # fmt: skip
    """The mean of the pulses that count for each pixel of some rows."""
    shape = (pixels.shape[0], pixels.shape[2])
    out = [np.zeros(shape, dtype=np.float32) for _ in range(3)]
    for begin in range(int(reach.min()), int(reach.max()), _PULSES):
        end = min(begin + _PULSES, int(reach.max()))
        echoes = _compressed(filtered, history, begin, end)
        antennas = np.ascontiguousarray(history.track.xyz_m[begin:end])
        own = np.clip(reach, begin, end) - begin
        _block(echoes, antennas, pixels, ahead, table, numbers, own, out, workers)
    real, imag, weight = out
    mean: NDArray[np.complex128] = (real + 1j * imag) / np.where(weight > 0.0, weight, 1.0)
    return mean.astype(np.complex128)


def _cut(image: NDArray[Any], grid: RadarImage, asked: FocusAsked) -> tuple[Any, Seconds]:
    """The band of Doppler asked for, weighted, and the time from row to row that holds it."""
    speed = grid.speed_m_s
    line_s = asked.line_m / speed if asked.line_m else 0.7 / asked.doppler_hz
    rows, guard = image.shape[0], int(_GUARD / (asked.doppler_hz * grid.line_s))
    length = rows + guard
    kept = int(length * grid.line_s / line_s)
    kept = max(2, min(length, kept) // 2 * 2)
    line_s = length * grid.line_s / kept
    if 1.0 / line_s < asked.doppler_hz:
        raise SensorError(
            f"rows {line_s * speed:.2f} m apart do not hold a band of {asked.doppler_hz:g} Hz",
            remedy=f"Ask for rows at most {speed / asked.doppler_hz:.2f} m apart.",
        )
    band = np.fft.fft(image, length, axis=0)
    waves = np.fft.fftfreq(length, grid.line_s) / asked.doppler_hz
    share = abs(float(waves[1]))
    weight = np.array([asked.azimuth_weighting.mean(float(x), share) for x in waves])
    band *= (weight[:, None]).astype(np.float32)
    half = kept // 2
    short = np.concatenate([band[:half], band[-half:]], axis=0)
    short *= kept / length
    done = np.fft.ifft(short, axis=0)
    return done[: int((rows - 1) * grid.line_s / line_s) + 1].astype(np.complex64), line_s


def _places(history: PhaseHistory, grid: RadarImage) -> tuple[Floats, Floats, Floats]:
    """Antenna at zero Doppler (rows, 3), direction of flight (rows, 3), pixels (rows, 3, columns).

    On level ground the angle from the vertical changes slowly from row to row: it is found in some
    and taken straight between them; the range is kept as it is.
    """
    rows, columns = grid.pixels.shape
    times = grid.first_s + np.arange(rows) * grid.line_s
    place, speed = positions(grid.track, times)
    ahead = speed / np.linalg.norm(speed, axis=1, keepdims=True)
    level = Terrain.level(history.ground_m)
    nodes = np.unique(np.append(np.arange(0, rows, _NODES), rows - 1))
    every = np.arange(columns, dtype=np.float64)
    node = angles_on(grid, nodes[:, None], every[None, :], level)
    low = np.clip(np.searchsorted(nodes, np.arange(rows), side="right") - 1, 0, len(nodes) - 2)
    low = np.maximum(low, 0)
    high = np.minimum(low + 1, len(nodes) - 1)
    share = (np.arange(rows) - nodes[low]) / np.maximum(nodes[high] - nodes[low], 1)
    angle = node[low] + share[:, None] * (node[high] - node[low])
    down, side = across(place, speed, grid.about.side)
    slant = (grid.near_m + grid.range_m * every)[None, None, :]
    cosine, sine = np.cos(angle)[:, None, :], np.sin(angle)[:, None, :]
    pixels = place[:, :, None] + slant * (cosine * down[:, :, None] + sine * side[:, :, None])
    if not np.isfinite(pixels).all():
        raise SensorError(
            "some ranges do not reach the ground",
            remedy="Begin at a range above the aircraft's height, and check ground_m.",
        )
    return place, np.ascontiguousarray(ahead), pixels


def _reach(history: PhaseHistory, grid: RadarImage, sines: float) -> Any:
    """Pulses from and up to before for each row; ``sines``: the band that counts at all."""
    rows, columns = grid.pixels.shape
    far = grid.near_m + grid.range_m * (columns - 1)
    sine = min(0.5 * sines, 0.95)
    half = 1.02 * far * sine / math.sqrt(1.0 - sine * sine) / grid.speed_m_s
    times = grid.first_s + np.arange(rows) * grid.line_s
    first = np.searchsorted(history.track.time_s, times - half)
    last = np.searchsorted(history.track.time_s, times + half)
    return np.stack([first, last], axis=1).astype(np.int64)


def _compressed(filtered: Compression, history: PhaseHistory, begin: int, end: int) -> Any:
    echoes = filtered(history.echoes[begin:end])
    return np.ascontiguousarray(echoes.real), np.ascontiguousarray(echoes.imag)


def _block(
    echoes: Any, antennas: Any, pixels: Any, ahead: Any, table: Any, numbers: Any, reach: Any,
    out: list[Any], workers: int,
) -> None:  # fmt: skip
    from overflight.imagery.radar.kernel import back_project

    def some(row: int) -> None:
        r = slice(row, row + _ROWS)
        back_project(
            echoes[0], echoes[1], antennas, pixels[r], ahead[r], table, numbers, reach[r],
            out[0][r], out[1][r], out[2][r],
        )  # fmt: skip

    starts = range(0, pixels.shape[0], _ROWS)
    if workers == 1:
        for row in starts:
            some(row)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(some, starts))
