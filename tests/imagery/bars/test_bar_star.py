"""Siemens stars from the synthetic camera: transfer and its crossings against the optics'."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imagery.camera.exposure import Exposure, _paint, blurred, expose
from imagery.camera.optics import Optics
from overflight.formats.schema import validate
from overflight.imagery.bars.checks import BarsRefused
from overflight.imagery.bars.star import measure_star

pytestmark = pytest.mark.slow  # the camera's compiled painter
FREQUENCIES = np.linspace(0.01, 0.5, 1000)


def star(cycles: int, optics: Optics, snr: float = 40.0, radius: float = 105.0) -> np.ndarray:
    parts, size, centre = 5, 240, np.array([118.3, 121.6])
    canvas = np.full((size * parts, size * parts), 0.5)
    for k in range(cycles):
        turns = 2 * math.pi / cycles * (k + np.array([0.0, 0.25, 0.5]))
        rim = centre + radius * np.c_[np.cos(turns), np.sin(turns)]
        _paint(canvas, np.vstack([centre[None, :], rim]), 0.1, float(parts))
    exposure = Exposure(snr=snr)
    return expose(blurred(canvas, optics, parts), exposure, white=0.5, black=0.1, seed=2)


def mean_transfer(optics: Optics) -> np.ndarray:
    return np.mean([optics.along(FREQUENCIES, a) for a in range(0, 180, 5)], axis=0)


@pytest.mark.parametrize(
    ("cycles", "optics"),
    [(36, Optics(1.5, 0.6)), (18, Optics(1.2, 0.9)), (60, Optics(math.inf, 0.7))],
)
def test_a_star_gives_the_mean_transfer_of_all_directions(cycles: int, optics: Optics) -> None:
    found = measure_star(star(cycles, optics), top=65535.0)
    truth = mean_transfer(optics)
    assert found.cycles == cycles
    # Paint at 118.3 covers the part of the pixel whose centre is at 117.8.
    assert found.centre == pytest.approx((117.8, 121.1), abs=0.2)
    for frequency, transfer, error in found.transfer:
        if frequency < 0.4:
            expected = float(np.interp(frequency, FREQUENCIES, truth))
            assert transfer == pytest.approx(expected, abs=4 * error + 0.035)
    half = float(np.interp(-0.5, -truth, FREQUENCIES))
    assert found.mtf50 == pytest.approx(half, rel=0.04)
    assert found.mtf50_interval_95 is not None
    assert found.mtf50_interval_95[0] < half < found.mtf50_interval_95[1]
    assert f"star of {cycles} cycles" in found.text()
    assert found.document()["mtf50_cycles_per_pixel"] == pytest.approx(found.mtf50, abs=1e-4)


def test_no_star_is_said_so() -> None:
    noise = np.random.default_rng(0).normal(1000, 50, (200, 200))
    with pytest.raises(BarsRefused, match="no target"):
        measure_star(noise, top=65535.0)
    with pytest.raises(BarsRefused, match="too few pixels"):
        measure_star(noise[:20, :20], top=65535.0)


def test_a_star_as_it_is_asked_for(cli: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "star.png"
    Image.fromarray(star(36, Optics(1.5, 0.6))).save(path)
    done = cli("sensor", "resolution", str(path), "--star", "--json")
    assert done.status == 0, done.err
    answer = json.loads(done.out)
    validate(answer, "sensor-star")
    low, high = answer["interval_95"]
    assert low < answer["mtf50_cycles_per_pixel"] < high
    small = cli("sensor", "resolution", str(path), "--star", "--crop", "0,0,20,20", "--json")
    assert small.status == 2
    assert "too few pixels" in json.loads(small.out)["message"]
