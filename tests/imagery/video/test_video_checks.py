"""What was decided on video cameras, point by point; H_min from passes of known truth."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from overflight.formats.schema import validate
from overflight.imagery.render.scene import BarsOnGround
from overflight.imagery.video.asked import PassAsked, VideoAsked
from overflight.imagery.video.document import video_document
from overflight.imagery.video.frames import y4m_bytes
from overflight.imagery.video.measured import VALUES, PassRead, checks_of, measure_video
from overflight.imagery.video.simulate import Pass, VideoCamera, pass_frames, true_bar_px
from overflight.terms.values import CitedValue
from overflight.treaty.loader import load_treaty

Cli = Callable[..., Any]
ASKED = VideoAsked(
    "x", "certification", "vertical", None, "greatest", True, True, 8, 1.0, None, "horizontal",
    1.6, 0.04, (),
)  # fmt: skip


@pytest.fixture(scope="module")
def values() -> dict[str, CitedValue]:
    view = load_treaty("open-skies").on(dt.date(2015, 1, 1))
    return {v.key: v for v in view.values if v.key in VALUES}


def image(name: str, axes: float | None = 5.0, centre: float | None = 10.0) -> PassRead:
    asked = PassAsked(name, Path("a"), 0, 1000.0, 0.0, None, {"along": 0.3, "across": 0.3})
    return PassRead(asked, "a", "0" * 64, 0, False, axes, centre, asked.eye, {}, None)


FIVE = [image(str(k)) for k in range(5)]


def verdicts(asked: VideoAsked, passes: list[PassRead], values: Any) -> dict[str, str]:
    return {c.asks: c.verdict for c in checks_of(asked, passes, values)}


def test_all_that_is_decided_is_met(values: dict[str, CitedValue]) -> None:
    found = checks_of(ASKED, FIVE, values)
    assert {c.verdict for c in found} == {"compliant", "does not apply"}
    assert all(c.cite for c in found)


@pytest.mark.parametrize(
    ("asked", "passes", "asks", "verdict"),
    [
        (ASKED, FIVE[:4], "images", "breach"),
        (ASKED, [*FIVE[:4], image("0")], "images", "breach"),  # five images of four passes
        (replace(ASKED, purpose="demonstration"), FIVE[:1], "images", "does not apply"),
        (ASKED, [*FIVE[:4], image("9", axes=20.5)], "axes", "breach"),
        (ASKED, [*FIVE[:4], image("9", axes=19.5)], "axes", "compliant"),
        (ASKED, [*FIVE[:4], image("9", axes=None)], "axes", "undetermined"),
        (ASKED, [*FIVE[:4], image("9", centre=25.5)], "centre", "breach"),
        (replace(ASKED, mounting="oblique", tilt_deg=50.0), [image("9", centre=40.0)], "centre",
         "does not apply"),
        (replace(ASKED, mounting="oblique", tilt_deg=60.0), FIVE, "stands", "compliant"),
        (replace(ASKED, mounting="oblique", tilt_deg=60.5), FIVE, "stands", "breach"),
        (replace(ASKED, mounting="oblique", tilt_deg=61.0, stands="vertical"), FIVE, "stands",
         "compliant"),
        (replace(ASKED, mounting="oblique"), FIVE, "stands", "undetermined"),
        (replace(ASKED, zoom="other"), FIVE, "zoom", "breach"),
        (replace(ASKED, zoom=""), FIVE, "zoom", "undetermined"),
        (replace(ASKED, bits=6), FIVE, "bits", "breach"),
        (replace(ASKED, original=None), FIVE, "original", "undetermined"),
        (ASKED, [replace(p, eye={}, reading=object()) for p in FIVE], "visual", "undetermined"),
        (replace(ASKED, purpose="dispute"), [replace(p, eye={}, reading=object()) for p in FIVE],
         "visual", "undetermined"),
        (replace(ASKED, purpose="demonstration"), [replace(FIVE[0], eye={}, reading=object())],
         "visual", "compliant"),
    ],
)  # fmt: skip
def test_each_point(
    values: dict[str, CitedValue], asked: VideoAsked, passes: Any, asks: str, verdict: str
) -> None:
    assert verdicts(asked, passes, values)[asks] == verdict


def test_without_a_regimes_decision_nothing_is_assumed() -> None:
    found = verdicts(ASKED, FIVE, {})
    assert found["images"] == found["axes"] == found["centre"] == "undetermined"


@pytest.mark.slow
def test_h_min_of_two_passes(tmp_path: Path, values: dict[str, CitedValue]) -> None:
    """Two passes, one frame each; five passes with frames to pick from are in tests/torture."""
    camera, thing = VideoCamera(rows=420, columns=420), BarsOnGround(0.0, 0.0, widest_m=0.8)
    passes = []
    for number, height in enumerate((1000.0, 1200.0)):
        frames = pass_frames(camera, Pass(str(number), height, 0.05, 4.0, 1), thing, number)
        path = tmp_path / f"{number}.y4m"
        path.write_bytes(y4m_bytes(frames, camera.rate, "SIMULATED"))
        passes.append(PassAsked(str(number), path, None, height, 0.0, camera.gsd(height), {}))
    asked = replace(ASKED, purpose="demonstration", passes=tuple(passes))
    found = measure_video(asked, values, 0.3)
    assert found.marks == ("SIMULATED",)
    assert found.by_eye is None
    assert found.computed is not None
    width = true_bar_px(camera, 0.04 / (0.6 / 2.6) / (1.0 - 0.028))
    true = 0.3 * camera.focal_mm / (camera.pitch_um * 1e-3) / width
    assert found.computed.value_m == pytest.approx(true, rel=0.05)
    for one in found.passes:
        assert one.frame == 0
        assert one.track_off_deg == pytest.approx(4.0, abs=1.0)
        assert one.centre_off_percent == pytest.approx(5.0, abs=4.0)
    validate(video_document(found, 0.3, {}), "sensor-video")


def test_as_typed(cli: Cli, tmp_path: Path) -> None:
    """Readings by eye of five pictures that nobody could compute."""
    Image.fromarray(np.full((60, 60), 90, np.uint8)).save(tmp_path / "plain.png")
    rows = "".join(
        f'[[pass]]\nname = "{k}"\nrecording = "plain.png"\nheight_m = {900 + 10 * k}\n'
        f"eye_along_m = {0.3 * (900 + 10 * k) / 1000}\n"
        for k in range(5)
    )
    file = tmp_path / "video.toml"
    file.write_text('[video]\nmounting = "vertical"\n' + rows)
    done = cli("sensor", "video", str(file), "--on", "2015-01-01", "--json")
    assert done.status == 3
    answer = json.loads(done.out)
    validate(answer, "sensor-video")
    assert answer["h_min_m"] == pytest.approx(1000.0)  # H_i L_a / L_ij, alike in every pass
    assert answer["marks"] == []
    checks = {c["asks"]: c["verdict"] for c in answer["checks"]}
    assert checks["images"] == checks["visual"] == "compliant"
    assert checks["axes"] == checks["bits"] == "undetermined"
    assert all(p["why"] for p in answer["passes"])
    done = cli("sensor", "video", str(file), "--on", "2015-01-01")
    assert "H_min: 1000 m above ground" in done.out
