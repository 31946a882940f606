"""From the plan to the measured picture: simulate, render, process, and know the truth of it all.

The camera is one that just reaches the limit from the height of the plan: its blur is chosen with
the tests' own optics (tests/imagery/camera), which share nothing with what is tested.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import rasterio

from overflight.report.outgoing import plan_bytes
from plan_by_hand import plan

sys.path.insert(0, str(Path(__file__).parent))
from camera.optics import Optics, bar_transfer

pytestmark = [
    pytest.mark.slow,
    # rasterio itself multiplies as affine 3.1 no longer likes.
    pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning"),
]
Cli = Callable[..., Any]
LIMIT_M, STEP = 0.30, 2.0 ** (1.0 / 6.0)
SAMPLE_M, GROUND_M = 0.215, 120.0
CONTRAST, THRESHOLD = 1.6, 0.04

CAMERA = """\
[camera]
id = "vertical"
name = "Simulated frame camera"
kind = "digital-framing"
mounting = "INT1V"
focal_mm = {focal}
pitch_um = 9.6
pixels_across = 1600
pixels_along = 1200
"""


def blur_for(width_px: float) -> float:
    """The Gaussian, pixels, with which bars so wide are just told apart at the agreed contrast."""
    wanted = THRESHOLD / ((CONTRAST - 1.0) / (CONTRAST + 1.0))
    low, high = 0.1, 3.0
    for _ in range(50):
        middle = (low + high) / 2.0
        transfer = bar_transfer(Optics(math.inf, middle), width_px, 3, 0.0)
        low, high = (middle, high) if transfer > wanted else (low, middle)
    return low


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    from overflight.cli.main import main

    folder = tmp_path_factory.mktemp("loop")
    (folder / "plan.json").write_bytes(plan_bytes(plan()))
    flight = folder / "flight"
    assert main(["flight", "simulate", str(folder / "plan.json"), "--out", str(flight),
                 "--frames", "vertical=20", "--json"]) == 0  # fmt: skip
    rows = (flight / "exposures.csv").read_text().splitlines()
    height = float(rows[-5].split(",")[5]) - GROUND_M
    number = int(rows[-5].split(",")[1])
    camera = folder / "camera.toml"
    camera.write_text(CAMERA.format(focal=9.6e-3 * height / SAMPLE_M))
    blur = blur_for(LIMIT_M / SAMPLE_M)
    common = ["--camera", str(camera), "--flat", str(GROUND_M)]
    assert main(["imagery", "render", str(flight), *common, "--out", str(folder / "frames"),
                 "--frames", f"{number}-{number + 1}", "--target-at-middle", str(LIMIT_M),
                 "--blur", str(blur), "--seed", "4", "--json"]) == 0  # fmt: skip
    status = main(["imagery", "process", str(folder / "frames"), *common, "--track", str(flight),
                   "--flight", "OS1001", "--pixel", str(SAMPLE_M), "--out",
                   str(folder / "out"), "--json"])  # fmt: skip
    assert status in (0, 1, 3)
    yield folder, json.loads((folder / "out" / "processed.json").read_text())


def test_the_measured_resolution_is_the_limit_within_a_step(
    flown: tuple[Path, dict[str, Any]],
) -> None:
    measured = flown[1]["frames"][0]["resolution"]
    assert measured is not None, flown[1]["frames"][0]["not_measured"]
    assert LIMIT_M / STEP < measured["bar_width_m"] < LIMIT_M * STEP
    low, high = measured["interval_95"]
    assert low < measured["bar_width_m"] < high


def test_positions_are_right_within_half_a_ground_sample(
    flown: tuple[Path, dict[str, Any]],
) -> None:
    folder, document = flown
    truth = json.loads((folder / "frames" / "truth.json").read_text())
    things = [t for t in truth["scene"] if t["kind"] == "disc"]
    found = 0
    for frame in document["frames"]:
        with rasterio.open(folder / "out" / "frames" / frame["copy"]) as copy:
            pixels = copy.read(1).astype(float)
            to_map = pyproj.Transformer.from_crs("EPSG:4326", copy.crs, always_xy=True)
            for thing in things:
                x, y = to_map.transform(thing["lon"], thing["lat"])
                column, row = ~copy.transform @ (x, y)
                size = thing["diameter_m"] / SAMPLE_M
                half = round(0.85 * size)
                r, c = round(row), round(column)
                if not (half < r < copy.height - half and half < c < copy.width - half):
                    continue
                part = pixels[r - half : r + half, c - half : c + half]
                level = (part.max() + np.median(part[:2])) / 2.0
                weight = np.clip(part - level, 0.0, None)
                if part.min() == 0.0 or weight.sum() == 0.0:
                    continue
                rows, columns = np.mgrid[: 2 * half, : 2 * half] + 0.5
                off_row = (rows * weight).sum() / weight.sum() + r - half - row
                off_column = (columns * weight).sum() / weight.sum() + c - half - column
                assert math.hypot(off_row, off_column) < 0.5
                found += 1
    assert found >= 4


def test_the_mark_is_in_everything(flown: tuple[Path, dict[str, Any]]) -> None:
    folder, document = flown
    assert document["marks"] == ["SIMULATED"]
    for path in (folder / "out").rglob("*"):
        if path.is_file():
            assert b"SIMULATED" in path.read_bytes(), path.name


def test_a_copy_degraded_under_a_decision_shows_what_it_allows(
    flown: tuple[Path, dict[str, Any]],
) -> None:
    """Measured again in the copy: bars of the decision's limit are the narrowest told apart."""
    from overflight.cli.main import main
    from overflight.imagery.bars.measure import Asked, measure

    folder, document = flown
    limit = 0.42
    (folder / "decision.toml").write_text(
        f'[decision]\nnumber = "1/30"\ndate = 2030-01-01\ncite = "an exercise"\nlimit_m = {limit}\n'
    )
    main([
        "imagery", "process", str(folder / "frames"), "--camera", str(folder / "camera.toml"),
        "--flat", str(GROUND_M), "--track", str(folder / "flight"), "--flight", "OS1001",
        "--pixel", str(SAMPLE_M), "--decision", str(folder / "decision.toml"),
        "--own-resolution", "0.3", "--out", str(folder / "degraded"), "--json",
    ])  # fmt: skip
    told = json.loads((folder / "degraded" / "processed.json").read_text())
    name = told["frames"][0]["copy"]
    assert "1/30 of 2030-01-01" in told["frames"][0]["degraded_by"]
    with rasterio.open(folder / "degraded" / "frames" / name) as copy:
        tags, pixels = copy.tags(), copy.read(1)
    assert "1/30 of 2030-01-01" in tags["OVERFLIGHT_DEGRADED"]
    reading = measure(pixels, Asked(gsd=SAMPLE_M, top=255.0))
    found = reading.finest.ground_resolution_m
    assert found is not None
    assert limit / STEP < found < limit * STEP
    achieved = told["frames"][0]["resolution_of_copy"]
    assert limit / STEP < achieved["bar_width_m"] < limit * STEP
    item = json.loads((folder / "degraded" / "frames" / told["frames"][0]["item"]).read_text())
    assert "Measured in the copy: bars of 0.4" in item["properties"]["processing:lineage"]
    assert document["frames"][0]["resolution_of_copy"] is None
    with rasterio.open(folder / "out" / "frames" / name) as copy:
        before = measure(copy.read(1), Asked(gsd=SAMPLE_M, top=255.0)).finest.ground_resolution_m
    assert before is not None
    assert before < found / STEP
    kept = folder / "degraded" / "originals" / f"{document['frames'][0]['frame']}.tif"
    assert kept.read_bytes() == (folder / "frames" / kept.name).read_bytes()
