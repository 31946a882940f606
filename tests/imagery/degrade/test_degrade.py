"""Copies degraded under a decision: how much, and that it is what the decision asks."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest

from overflight.errors import DataError, ImageError
from overflight.imagery.degrade import Decision, blur_m, degraded, read_decision, told_apart

GOOD = """\
[decision]
number = "Decision 9/30"
date = 2030-02-01
cite = "Consultative Commission, 9/30, paragraph 2"
limit_m = 0.3
"""


def wave(width_px: float, size: int = 512) -> np.ndarray:
    """Bars as a sine: light and dark of ``width_px`` pixels each, 16 bits."""
    x = np.arange(size)
    line = 30_000 + 20_000 * np.sin(math.pi * (x + 0.5) / width_px)
    return np.broadcast_to(line.round().astype(np.uint16), (64, size)).copy()


def modulation(picture: np.ndarray) -> float:
    """The amplitude at the wave's own frequency, the edges left out."""
    line = picture[32, 100:-100].astype(float)
    return float((line.max() - line.min()) / 2.0)


def blurred(picture: np.ndarray, sigma: float) -> np.ndarray:
    mask = np.full(picture.shape, 255, np.uint8)

    def block(a: int, b: int, c: int, d: int) -> tuple[np.ndarray, np.ndarray]:
        return picture[a:b, c:d], mask[a:b, c:d]

    return degraded(block, picture.shape, sigma)(0, picture.shape[0], 0, picture.shape[1])[0]


@pytest.mark.parametrize("own", [0.10, 0.2, 0.28])
def test_bars_of_the_limit_are_just_told_apart_after_it(own: float) -> None:
    """A frame whose transfer is a Gaussian through ``own`` gets the transfer T at the limit."""
    limit, pixel = 0.3, 0.05
    sigma_own = own / math.pi * math.sqrt(-2.0 * math.log(told_apart()))
    seen = blurred(wave(limit / pixel), sigma_own / pixel)
    after = blurred(seen, blur_m(own, limit) / pixel)
    assert modulation(after) / modulation(wave(limit / pixel)) == pytest.approx(
        told_apart(), rel=0.03
    )


def test_nothing_is_sharpened() -> None:
    for width in (2.0, 3.0, 6.0, 12.0, 40.0):
        assert modulation(blurred(wave(width), 1.7)) <= modulation(wave(width)) + 1.0


def test_a_frame_that_is_not_sharper_stays_as_it_is() -> None:
    assert blur_m(0.31, 0.30) == 0.0
    assert blur_m(0.30, 0.30) == 0.0
    with pytest.raises(ImageError):
        blur_m(float("nan"), 0.3)


def test_how_the_picture_is_cut_makes_no_difference() -> None:
    random = np.random.default_rng(3)
    picture = random.integers(0, 255, (90, 110, 3), dtype=np.uint8)
    mask = np.where(random.random((90, 110)) > 0.2, 255, 0).astype(np.uint8)

    def block(a: int, b: int, c: int, d: int) -> tuple[np.ndarray, np.ndarray]:
        return picture[a:b, c:d], mask[a:b, c:d]

    give = degraded(block, (90, 110), 2.2)
    whole, seen = give(0, 90, 0, 110)
    np.testing.assert_array_equal(seen, mask)
    for row in range(0, 90, 32):
        for column in range(0, 110, 32):
            part, _ = give(row, row + 32, column, column + 32)
            np.testing.assert_array_equal(part, whole[row : row + 32, column : column + 32])
    assert not whole[mask == 0].any()


def test_a_plain_picture_stays_plain_up_to_its_edge() -> None:
    picture = np.full((40, 40), 200, np.uint8)
    assert (blurred(picture, 3.0) == 200).all()


def test_a_decision_is_read_with_all_that_makes_it_one(tmp_path: Path) -> None:
    path = tmp_path / "decision.toml"
    path.write_text(GOOD)
    assert read_decision(path) == Decision(
        "Decision 9/30", dt.date(2030, 2, 1), "Consultative Commission, 9/30, paragraph 2", 0.3
    )


@pytest.mark.parametrize("key", ["number", "date", "cite", "limit_m"])
def test_without_any_of_it_there_is_no_decision(tmp_path: Path, key: str) -> None:
    path = tmp_path / "decision.toml"
    path.write_text("\n".join(line for line in GOOD.splitlines() if not line.startswith(key)))
    with pytest.raises(DataError, match="number, its date"):
        read_decision(path)


@pytest.mark.parametrize("text", ["", "[decision", "[decision]\nwhy = 1\n", "decision = 3\n"])
def test_what_is_no_decision_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "decision.toml"
    path.write_text(text)
    with pytest.raises(DataError):
        read_decision(path)
