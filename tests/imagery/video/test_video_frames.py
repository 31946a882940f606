"""Recordings read frame by frame; frames picked; a damaged one told as such."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from overflight.errors import DataError
from overflight.imagery.render.scene import BarsOnGround
from overflight.imagery.video.frames import (
    marks_of_recording,
    open_recording,
    y4m_bytes,
)
from overflight.imagery.video.pick import middle_of, offset, pick_frame
from overflight.imagery.video.simulate import Pass, VideoCamera, pass_frames, true_bar_px


def by_hand(header: bytes, frames: list[bytes]) -> bytes:
    return header + b"".join(b"FRAME\n" + data for data in frames)


@pytest.mark.parametrize(
    ("colours", "chroma", "sample"),
    [("C420jpeg", 2 * 2 * 2, 1), ("C422", 2 * 2 * 3, 1), ("C444", 2 * 4 * 3, 1), ("Cmono", 0, 1),
     ("C420p10", 2 * 2 * 2, 2), ("Cmono16", 0, 2), ("C411", 2 * 1 * 3, 1), ("", 2 * 2 * 2, 1)],
)  # fmt: skip
def test_only_the_luminance_is_read(tmp_path: Path, colours: str, chroma: int, sample: int) -> None:
    """Frames of 4 x 3 written byte by byte as the format's description has it."""
    path = tmp_path / "a.y4m"
    luma = [np.arange(12) + 20 * k for k in range(3)]
    kind = np.uint8 if sample == 1 else "<u2"
    frames = [v.astype(kind).tobytes() + b"\x80" * (chroma * sample) for v in luma]
    path.write_bytes(by_hand(f"YUV4MPEG2 W4 H3 F25:1 Ip A1:1 {colours}\n".encode(), frames))
    found = open_recording(path)
    assert found.count == 3
    assert found.rate == 25.0
    for number in (2, 0, 1):
        assert found.luma(number).tolist() == luma[number].reshape(3, 4).tolist()
    with pytest.raises(DataError, match="no frame 3"):
        found.luma(3)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"RIFF....AVI LIST", "no recording"),
        (b"YUV4MPEG2 H3\n", "no size"),
        (b"YUV4MPEG2 W4 H3 It\n", "interlaced"),
        (b"YUV4MPEG2 W4 H3 C9000\n", "colours"),
        (b"YUV4MPEG2 W4 H3 Cmono\nFRAME\n" + bytes(11), "damaged"),
        (b"YUV4MPEG2 W4 H3 Cmono\n", "damaged"),
        (b"YUV4MPEG2 W4 H3 Cmono\nFRAMX\n" + bytes(12), "no plain line"),
    ],
)
def test_what_is_no_recording_is_told(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.y4m"
    path.write_bytes(data)
    with pytest.raises(DataError, match=said):
        open_recording(path).luma(0)


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("y4m") / "a.y4m"
    path.write_bytes(b"YUV4MPEG2 " + data)
    try:
        recording = open_recording(path)
        for number in range(min(recording.count, 3)):
            recording.luma(number)
    except DataError as error:
        assert error.remedy


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    for k in (2, 0, 1):
        Image.fromarray(np.full((20, 30), 40 * k, np.uint8)).save(tmp_path / f"f{k}.png")
    found = open_recording(tmp_path)
    assert [int(found.luma(k)[0, 0]) for k in range(3)] == [0, 40, 80]
    with pytest.raises(DataError, match="no pictures"):
        (tmp_path / "empty").mkdir()
        open_recording(tmp_path / "empty")


def test_the_mark_is_seen_in_header_and_pixels(tmp_path: Path) -> None:
    frames = pass_frames(VideoCamera(), Pass("1", 1000.0, frames=1), BarsOnGround(0, 0), 1)
    for name, comment in (("a.y4m", "SIMULATED"), ("b.y4m", "")):
        (tmp_path / name).write_bytes(y4m_bytes(frames, 25, comment))
        assert marks_of_recording(open_recording(tmp_path / name), 0) == ("SIMULATED",)
    plain = np.full((576, 720), 90, np.uint8)
    (tmp_path / "c.y4m").write_bytes(y4m_bytes([plain], 25))
    assert marks_of_recording(open_recording(tmp_path / "c.y4m"), 0) == ()


@pytest.mark.slow
def test_the_frame_nearest_to_the_middle_is_picked(tmp_path: Path) -> None:
    camera, thing = VideoCamera(), BarsOnGround(0.0, 0.0, widest_m=1.0)
    frames = pass_frames(camera, Pass("1", 1000.0, 0.05, 3.0, 7, 50.0), thing, 2)
    path = tmp_path / "a.y4m"
    path.write_bytes(y4m_bytes(frames[1:], 25))  # the middle one is now number 2
    sight = pick_frame(open_recording(path))
    assert sight.number == 2
    assert sight.off == pytest.approx(0.05, abs=0.02)


def test_offset_is_the_larger_share() -> None:
    assert offset((101, 201), 100.0, 50.0) == 0.0
    assert offset((101, 201), 100.0 + 50.25, 50.0) == pytest.approx(0.25)
    assert offset((101, 201), 110.0, 90.4) == pytest.approx(40.4 / 101)
    assert middle_of([0, 1, 2, 3, 4, 90]) == 2.5


def test_the_true_width_is_that_of_an_ideal_detector_alone() -> None:
    """Without a lens's blur a pixel's square keeps sinc(1 / 2w) of the first wave of wide bars: at
    four pixels, 0.974 of it; widths from the literature of the slit function, found again."""
    sharp = VideoCamera(blur_px=1e-6)
    soft = VideoCamera(blur_px=2.0)
    softer = VideoCamera(blur_px=4.0)
    assert true_bar_px(sharp, 0.18) < 1.0
    # Where a Gaussian rules, the width grows in proportion to it.
    assert true_bar_px(softer, 0.18) / true_bar_px(soft, 0.18) == pytest.approx(2.0, rel=0.02)
