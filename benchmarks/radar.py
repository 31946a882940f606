"""Back-projection: pulses times pixels a second, and that it finds what was put in.

    .venv/bin/python benchmarks/radar.py [--size N] [--pulses N] [--workers N] [--json]

The peer is a numpy loop over pulses: distances to all pixels, two linear interpolations, one
complex exponential, as public Python packages for radar images do it (RITSAR's ``backprojection``
has just these steps, but is written for Python 2 and for spotlight data, so it is not run here).
Both sum the same compressed pulses over the same pixels, all pulses for every pixel. The difference
of both images is told beside the rates; then one whole ``focus`` from echoes to image, with the
widths that were found against their closed forms.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from overflight.imagery.elevation import Terrain
from overflight.imagery.radar.compress import compression
from overflight.imagery.radar.focus import FocusAsked, focus
from overflight.imagery.radar.kernel import back_project
from overflight.imagery.radar.measure import measure
from overflight.imagery.radar.simulate import (
    LaidReflector,
    RadarScene,
    laid_out,
    reflector_places,
    simulated,
)
from overflight.sensing.impulse import HAMMING, UNIFORM, azimuth_width_m, range_width_m
from overflight.terms.radar import RadarAbout

BAND_MHZ, DOPPLER_HZ, SPEED = 50.0, 33.0, 120.0


def scene() -> RadarScene:
    about = RadarAbout("SAR-BENCH", 9600.0, BAND_MHZ, "left", "VV", simulated=True)
    laid = [LaidReflector(f"{i}{j}", 90.0 * i, 90.0 * j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return RadarScene(
        about, 50.0, 10.0, 30.0, 5000.0, SPEED, 55.0, tuple(laid), length_m=500.0, width_m=500.0,
        sway_m=2.0, noise_m2=2000.0,
    )  # fmt: skip


def pixels_around(of: RadarScene, size: int) -> Any:
    """(rows, 3, columns), 2 m apart on the plane through the reflectors."""
    places = reflector_places(of)
    middle, along, across = places[4], places[7] - places[4], places[5] - places[4]
    steps = 2.0 * (np.arange(size) - size / 2)
    unit = [v / np.linalg.norm(v) for v in (along, across)]
    grid = middle[:, None, None] + unit[0][:, None, None] * steps[None, :, None]
    return np.ascontiguousarray(np.moveaxis(grid + unit[1][:, None, None] * steps, 0, 1))


def ours(echoes: Any, antennas: Any, pixels: Any, numbers: Any, workers: int) -> Any:
    rows, _, columns = pixels.shape
    out = [np.zeros((rows, columns), dtype=np.float32) for _ in range(3)]
    table = np.concatenate([[0.0], np.ones(99), [0.0]]).astype(np.float32)
    ahead = np.tile(np.array([1.0, 0.0, 0.0]), (rows, 1))
    reach = np.tile(np.array([0, len(antennas)]), (rows, 1))
    parts = [slice(k, k + 8) for k in range(0, rows, 8)]

    def some(r: slice) -> None:
        back_project(
            echoes[0], echoes[1], antennas, pixels[r], ahead[r], table, numbers, reach[r],
            out[0][r], out[1][r], out[2][r],
        )  # fmt: skip

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(some, parts))
    return out[0] + 1j * out[1]


def peer(compressed: Any, antennas: Any, pixels: Any, numbers: Any) -> Any:
    places = np.moveaxis(pixels, 1, 2).reshape(-1, 3)
    ranges = numbers[0] + np.arange(compressed.shape[1]) / numbers[1]
    image = np.zeros(len(places), dtype=np.complex128)
    for echo, antenna in zip(compressed, antennas, strict=True):
        away = np.linalg.norm(places - antenna, axis=1)
        value = np.interp(away, ranges, echo.real) + 1j * np.interp(away, ranges, echo.imag)
        image += value * np.exp(2j * np.pi * numbers[2] * away)
    return image.reshape(pixels.shape[0], pixels.shape[2])


def timed(call: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    found = call()
    return time.perf_counter() - start, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=200)
    parser.add_argument("--pulses", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    of = scene()
    history = simulated(of, 150.0, 1)
    filtered = compression(history, UNIFORM)
    part = slice(100, 100 + arguments.pulses)
    compressed = filtered(history.echoes[part])
    antennas = np.ascontiguousarray(history.track.xyz_m[part])
    pixels = pixels_around(of, arguments.size)
    numbers = np.array([filtered.first_m, filtered.per_m, 2.0 / of.about.wavelength_m, 1e-6])
    echoes = [np.ascontiguousarray(v) for v in (compressed.real, compressed.imag)]
    work = arguments.size**2 * len(antennas)
    ours(echoes, antennas[:2], pixels[:8], numbers, 1)  # compiles
    found: dict[str, Any] = {"pulse_pixels": work}
    times = {}
    for workers in sorted({1, arguments.workers}):
        seconds, image = min(
            (timed(lambda w=workers: ours(echoes, antennas, pixels, numbers, w)) for _ in range(3)),
            key=lambda v: v[0],
        )
        times[f"ours_{workers}"] = work / seconds / 1e6
    seconds, theirs = timed(lambda: peer(compressed, antennas, pixels, numbers))
    times["numpy"] = work / seconds / 1e6
    found["million_a_second"] = {key: round(value, 1) for key, value in times.items()}
    found["difference"] = float(np.abs(image - theirs).max() / np.abs(theirs).max())
    asked = FocusAsked(DOPPLER_HZ, HAMMING, UNIFORM, workers=arguments.workers)
    seconds, whole = timed(lambda: focus(history, asked))
    found["focus"] = {
        "seconds": round(seconds, 2), "pulses": history.echoes.shape[0],
        "pixels": list(whole.pixels.shape),
    }  # fmt: skip
    reading = measure(whole, Terrain.level(of.ground_m), laid_out(of))
    lone = [r for r in reading.reflectors if not r.notes]
    for key, value, told in (
        ("range", [r.range.width_m for r in lone], range_width_m(BAND_MHZ * 1e6, HAMMING)),
        (
            "azimuth",
            [r.azimuth.width_m for r in lone],
            azimuth_width_m(DOPPLER_HZ, whole.speed_m_s),
        ),
    ):
        worst = max(abs(v / told - 1.0) for v in value) if value else math.nan
        found[key] = {"closed_form_m": round(told, 4), "worst_error": round(worst, 5)}
    found["reflectors"] = len(lone)
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        for key, value in found.items():
            print(f"{key}: {value}")


if __name__ == "__main__":
    main()
