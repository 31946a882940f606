"""Real pictures: an 1951 USAF target through a microscope, and frames without any target.

Published widths (MIL-STD-150A, 5.1.1.7): element e of group g has 2^(g + (e - 1) / 6) line pairs
for a millimetre. The pictures are test data, beside the checkout and not part of it.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from overflight.imagery.bars.checks import BarsRefused
from overflight.imagery.bars.measure import Asked, measure
from overflight.imagery.frames_in import grey, read_frame
from shared_data import SHARED, needs_shared

DATA = SHARED or Path()
pytestmark = [pytest.mark.slow, needs_shared]
STEP = math.log(2) / 6


def codes_of(path: Path) -> np.ndarray:
    """The values behind a false-colour rendering; 0 where a pixel has none of its colours."""
    import matplotlib as mpl

    colours = (mpl.colormaps["viridis"](np.arange(256))[:, :3] * 255).round()
    pixels = read_frame(path).pixels[..., :3]
    seen, which = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
    far = ((seen[:, None, :].astype(float) - colours) ** 2).sum(axis=-1)
    codes = far.argmin(axis=1)
    codes[far.min(axis=1) > 400] = 0
    return codes.astype(np.uint8)[which.reshape(pixels.shape[:2])]


@pytest.mark.parametrize(("name", "least"), [("test_1_render.png", 28), ("test_2_render.png", 28)])
def test_widths_follow_the_published_series(name: str, least: int) -> None:
    reading = measure(codes_of(DATA / "mtf" / "usaf1951" / name), Asked(top=255.0))
    assert not reading.dark_bars
    assert reading.bars == 3
    assert len(reading.groups) >= least
    for direction in ("along", "across"):
        widths = np.array([g.bar_width_pixels for g in reading.groups if g.direction == direction])
        steps = np.log(widths) / STEP
        # The series' phase by a circular mean; what is left is how far each is off its step.
        phase = np.angle(np.exp(2j * math.pi * steps).sum()) / (2 * math.pi)
        off = (steps - phase + 0.5) % 1.0 - 0.5
        assert np.median(np.abs(off)) < 0.2, off
        assert reading.direction(direction).bar_width_pixels > 1.0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "name",
    [
        "brighton_beach/DJI_0020.JPG",
        "brighton_beach/DJI_0029.JPG",
        "boruszyn/img_4858.jpg",
        "boruszyn/img_4928.jpg",
        "mtf/sfrmat5/Test_edge1_mono.tif",
    ],
)
def test_where_there_is_no_target_there_is_no_number(name: str) -> None:
    frame = read_frame(DATA / name)
    with pytest.raises(BarsRefused, match="no target"):
        measure(grey(frame).astype(np.float32), Asked(top=float(frame.top)))
