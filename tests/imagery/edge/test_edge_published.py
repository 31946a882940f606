"""Edges whose sharpness others have published, and the pictures that they published it of."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image

from overflight.imagery.edge import measure
from shared_data import needs_shared, shared

pytestmark = [needs_shared, pytest.mark.slow]


def pixels(name: str) -> np.ndarray:
    with Image.open(shared(f"mtf/{name}")) as opened:
        return np.asarray(opened)


def test_an_edge_named_after_its_width_and_lean() -> None:
    # Its maker blurs each row with a Gaussian 2.101313 pixels wide at half height, without a pixel
    # (JorgeGIlG/MTF_Estimator, class Edge); across the edge that is narrower by the cosine.
    found = measure(pixels("mtf_estimator/myedge_angle_16.776550_fwhm_2.101313.tif"))
    deviation = 2.101313 * math.cos(math.radians(16.77655)) / (2 * math.sqrt(2 * math.log(2)))
    truth = math.sqrt(math.log(2) / 2) / (math.pi * deviation)
    assert truth == pytest.approx(0.21933, abs=5e-6)
    assert found.mtf50 == pytest.approx(truth, rel=5e-4)
    assert found.interval_95[0] <= truth <= found.interval_95[1]
    assert found.angle_degrees == pytest.approx(16.77655, abs=2e-3)


def test_a_calibration_target_seen_from_orbit() -> None:
    # figures/out_console.png of the same repository: lean 16.796370, MTF50 0.171712 along a row.
    name = "baotou_CALVAL_L0R_000000_20200328T032332_202003T032334_MTF_12196_7333.tif"
    chip = pixels(f"mtf_estimator/{name}")
    found = measure(np.ascontiguousarray(chip[14:40, 44:72]))
    across = 0.171712 / math.cos(math.radians(16.79637))
    assert found.mtf50 == pytest.approx(across, rel=0.05)
    assert found.angle_degrees == pytest.approx(16.79637, abs=0.3)
