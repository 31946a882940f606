"""Bar targets in pictures of a camera whose truth is known by construction."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imagery.camera.cases import Case, random_case
from imagery.camera.exposure import Exposure, expose, jpeg, light, view
from imagery.camera.optics import Optics, bar_transfer, limiting_width
from imagery.camera.scene import stepped_target
from overflight.errors import SensorError
from overflight.formats.bar_reading_json import (
    bar_reading_document,
    bar_reading_from,
    read_bar_reading,
)
from overflight.formats.bar_target_file import read_bar_target
from overflight.formats.schema import validate
from overflight.imagery.bars import blur
from overflight.imagery.bars.checks import BarsRefused
from overflight.imagery.bars.measure import CONTRAST, THRESHOLD, Asked, measure
from overflight.terms.bar_reading import BarReading, BarTarget

pytestmark = pytest.mark.slow  # compiled kernels
AGREED = (CONTRAST - 1.0) / (CONTRAST + 1.0)
RATIO = 2 ** (1 / 6)


def picture(
    optics: Optics, *, snr: float = 60.0, tilt: float = 0.0, turn: float = 8.0, bits: int = 12,
    white: float = 0.7, seed: int = 4, steps: int = 14, widest: float = 0.8, mirrored: bool = False,
) -> np.ndarray:  # fmt: skip
    target = stepped_target(widest, RATIO, steps)
    _, _, wide, high = target.panel
    size = int(math.hypot(wide, high) * 10 + 24)
    seen = view(
        10.0, turn, (wide / 2, high / 2), (size / 2, size / 2), tilt_deg=tilt, mirrored=mirrored
    )
    image = light(target, seen, optics, (size, size))
    return expose(image, Exposure(bits=bits, snr=snr, white=white), white=0.5, black=0.1, seed=seed)


def asked(frame: np.ndarray, **more: object) -> Asked:
    return Asked(top=float(np.iinfo(frame.dtype).max), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def blurred() -> np.ndarray:
    return picture(Optics(1.6, 0.8))


@pytest.fixture(scope="module")
def reading(blurred: np.ndarray) -> BarReading:
    return measure(blurred, asked(blurred, gsd=0.1))


def steps_off(reading: BarReading, case: Case) -> list[float]:
    return [
        abs(
            math.log(
                d.bar_width_pixels / case.truth(d.normal_deg, agreed=AGREED, threshold=THRESHOLD)
            )
        )
        / math.log(case.target.ratio)
        for d in reading.directions
    ]


@pytest.mark.parametrize("sigma", [0.5, 0.9, 1.5])
def test_transfer_of_bars_agrees_with_the_camera_s(sigma: float) -> None:
    # The same Gaussian as its two parameters say: exp(-(f/f0)^2), f0 = 1 / (pi sigma sqrt 2).
    theta = np.zeros(blur.PARAMETERS)
    theta[0], theta[1] = math.log(1 / (math.pi * sigma * math.sqrt(2))), math.log(2.0)
    for width in (1.0, 1.7, 4.0, 15.0):
        for count in (2, 3, 5):
            truth = bar_transfer(Optics(math.inf, sigma), width, count, 30.0)
            assert blur.bar_transfer(theta, math.radians(30.0), width, count) == pytest.approx(
                truth, abs=2e-3
            )


def test_both_directions_are_true_to_one_in_a_hundred(reading: BarReading) -> None:
    truth = limiting_width(Optics(1.6, 0.8), 3, 8.0, agreed=AGREED, threshold=THRESHOLD)
    assert {d.direction for d in reading.directions} == {"along", "across"}
    for d in reading.directions:
        assert d.bar_width_pixels == pytest.approx(truth, rel=0.015)
        low, high = d.bar_width_interval_95
        assert low < truth < high
        assert d.ground_resolution_m == pytest.approx(0.1 * d.bar_width_pixels)
        assert d.limited_by == "blur"
        widths = [g.bar_width_pixels for g in reading.groups if g.direction == d.direction]
        assert d.smallest_bar_pixels == min(w for w in widths if w >= d.bar_width_pixels)


def test_each_group_keeps_the_contrast_that_the_optics_leave(reading: BarReading) -> None:
    for g in reading.groups:
        truth = bar_transfer(Optics(1.6, 0.8), g.bar_width_pixels, 3, 8.0)
        assert g.transfer == pytest.approx(truth, abs=max(4 * g.error, 0.02))
        assert g.told_apart == (
            g.bar_width_pixels >= reading.direction(g.direction).bar_width_pixels
        )  # type: ignore[union-attr]


def test_motion_widens_one_direction_only() -> None:
    optics = Optics(2.0, 0.5, motion=2.5, motion_deg=0.0)
    frame = picture(optics, turn=0.0)
    found = measure(frame, asked(frame))
    across, along = found.direction("across"), found.direction("along")
    assert across is not None and along is not None
    # x runs across the track: what smears along x smears "across".
    assert across.bar_width_pixels > 1.3 * along.bar_width_pixels
    truth = limiting_width(optics, 3, 0.0, agreed=AGREED, threshold=THRESHOLD)
    assert across.bar_width_pixels == pytest.approx(truth, rel=0.02)
    turned = measure(frame, asked(frame, track_deg=90.0))
    assert turned.direction("along").bar_width_pixels == across.bar_width_pixels  # type: ignore[union-attr]


def test_less_contrast_needs_wider_bars(blurred: np.ndarray, reading: BarReading) -> None:
    much = measure(blurred, asked(blurred, contrast=4.0))
    for d in reading.directions:
        other = much.direction(d.direction)
        assert other is not None and other.bar_width_pixels < d.bar_width_pixels
        truth = limiting_width(Optics(1.6, 0.8), 3, d.normal_deg, agreed=0.6, threshold=THRESHOLD)
        assert other.bar_width_pixels == pytest.approx(truth, rel=0.03)


def test_a_sharp_camera_is_limited_by_its_pixels() -> None:
    frame = picture(Optics(3.0, 0.2))
    found = measure(frame, asked(frame))
    assert [d.limited_by for d in found.directions] == ["sampling", "sampling"]
    assert found.finest.bar_width_pixels == 1.0


def test_random_pictures_lie_within_one_step_and_intervals_hold_the_truth() -> None:
    held, worst = [], []
    for seed in range(300, 316):
        case = random_case(seed)
        frame = case.frame()
        found = measure(frame, asked(frame))
        assert found.bars == case.bars, seed
        worst.append(max(steps_off(found, case)))
        for d in found.directions:
            truth = case.truth(d.normal_deg, agreed=AGREED, threshold=THRESHOLD)
            low, high = d.bar_width_interval_95
            if truth > 1.0:
                held.append(low <= truth <= high)
    assert max(worst) < 1.0
    # 95 % of 28 or so, less three deviations (0.041 each); all 2,000 in benchmarks/bars.py.
    assert len(held) > 20
    assert np.mean(held) > 0.82


def test_light_bars_on_dark_and_mirrored_frames_read_the_same(reading: BarReading) -> None:
    frame = picture(Optics(1.6, 0.8))
    negative = (65535 - frame.astype(np.int64)).astype(np.uint16)
    found = measure(negative, asked(negative))
    assert not found.dark_bars
    assert found.finest.bar_width_pixels == pytest.approx(reading.finest.bar_width_pixels, rel=0.02)
    flipped = np.ascontiguousarray(frame[:, ::-1])
    again = measure(flipped, asked(flipped))
    assert again.finest.bar_width_pixels == pytest.approx(reading.finest.bar_width_pixels, rel=0.02)


def test_metres_come_from_the_target_s_diagram(blurred: np.ndarray) -> None:
    target = BarTarget("apron", tuple(0.8 / RATIO**k for k in range(14)))
    found = measure(blurred, asked(blurred, target=target))
    for d in found.directions:
        assert d.metres_per_pixel == pytest.approx(0.1, rel=0.005)
    for g in found.groups:
        assert g.bar_width_m == pytest.approx(0.1 * g.bar_width_pixels, rel=0.02)
    wrong = BarTarget("other", (2.0, 0.9, 0.4))
    with pytest.raises(BarsRefused, match="another target"):
        measure(blurred, asked(blurred, target=wrong))


# -- what cannot carry an answer -------------------------------------------------------------


def refusal(frame: np.ndarray, **more: object) -> str:
    with pytest.raises(BarsRefused) as caught:
        measure(frame, asked(frame, **more))
    assert caught.value.remedy
    return caught.value.reason


def test_no_target() -> None:
    rng = np.random.default_rng(0)
    assert refusal((rng.normal(2000, 100, (300, 300))).astype(np.uint16)) == "no target"
    assert refusal(np.full((200, 200), 7, np.uint8)) == "no target"
    stripes = np.tile(np.repeat([20, 200], 4), 40).astype(np.uint8)
    assert refusal(np.repeat(stripes[None, :], 300, axis=0)) == "no target"


def test_two_targets(blurred: np.ndarray) -> None:
    two = np.hstack([blurred, blurred])
    assert refusal(two) == "two targets"
    first, second = (measure(two, asked(two, number=n)) for n in (1, 2))
    assert abs(first.centre[0] - second.centre[0]) == pytest.approx(blurred.shape[1], abs=2)
    with pytest.raises(SensorError, match="no target 3"):
        measure(two, asked(two, number=3))


def test_clipped() -> None:
    assert refusal(picture(Optics(1.6, 0.8), white=1.05)) == "clipped"


def test_too_blurred() -> None:
    frame = picture(Optics(1.6, 3.6), widest=0.5, steps=6, snr=200)
    assert refusal(frame) in ("too blurred", "no target")


def test_compressed_too_much() -> None:
    frame = picture(Optics(1.6, 0.8), bits=8)
    assert refusal(jpeg(frame, 50), jpeg_quality=50.0) == "JPEG artefacts"


def test_too_small_and_senseless_questions(blurred: np.ndarray) -> None:
    assert refusal(blurred[:10, :10]) == "not an image"
    for more in ({"contrast": 1.0}, {"threshold": 0.5}, {"gsd": -1.0}):
        with pytest.raises(SensorError):
            measure(blurred, asked(blurred, **more))


# -- documents -------------------------------------------------------------------------------


def test_the_document_follows_its_schema_and_comes_back(
    reading: BarReading, blurred: np.ndarray, tmp_path: Path
) -> None:
    import json

    document = bar_reading_document(reading)
    validate(document, "sensor-bars")
    assert document["ground_resolution_m"] == pytest.approx(
        reading.finest.ground_resolution_m, rel=1e-5
    )
    low, high = document["interval_95"]
    assert low < document["ground_resolution_m"] < high
    path = tmp_path / "reading.json"
    path.write_text(json.dumps(document))
    back = read_bar_reading(path)
    assert bar_reading_document(back) == document
    assert bar_reading_from(document).directions[0].direction == reading.directions[0].direction
    plain = bar_reading_document(measure(blurred, asked(blurred)))
    validate(plain, "sensor-bars")
    assert "ground_resolution_m" not in plain
    assert plain["interval_95"][0] < plain["bar_width_pixels"] < plain["interval_95"][1]


def test_cli(cli, blurred: np.ndarray, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    import json

    path = tmp_path / "frame.png"
    Image.fromarray(blurred).save(path)
    diagram = tmp_path / "target.toml"
    diagram.write_text('[target]\nname = "apron"\nwidest_m = 0.8\nratio = 1.122462\ngroups = 14\n')
    done = cli("sensor", "resolution", str(path), "--target-file", str(diagram), "--json")
    assert done.status == 0, done
    document = json.loads(done.out)
    validate(document, "sensor-bars")
    assert 0.1 < document["ground_resolution_m"] < 0.2
    text = cli("sensor", "resolution", str(path))
    assert text.out.startswith("narrowest bar 1.")
    assert read_bar_target(diagram).bar_widths_m[1] == pytest.approx(0.7127, abs=1e-4)
    blank = tmp_path / "blank.png"
    Image.fromarray(np.full((80, 80), 9, np.uint8)).save(blank)
    refused = cli("sensor", "resolution", str(blank), "--json")
    assert refused.status == 2
    assert json.loads(refused.out)["message"].startswith("no target")
