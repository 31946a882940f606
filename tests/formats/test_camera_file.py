"""Camera files: read, written back, and refused with the key that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from overflight.errors import DataError, OverflightError
from overflight.formats.camera_file import camera_from, camera_table, read_camera
from overflight.terms.camera import FrameCamera, LineScanner, PanoramicCamera, Radar

FRAME = {
    "id": "f", "name": "Frame", "kind": "digital-framing", "focal_mm": 80, "pitch_um": 4,
    "pixels_across": 25000, "pixels_along": 15000,
}  # fmt: skip
SWEEP = {"id": "p", "name": "Sweep", "kind": "panoramic", "focal_mm": 300, "along_mm": 60,
         "half_scan_deg": 40}  # fmt: skip
LINES = {"id": "l", "name": "Lines", "kind": "line-scanner", "ifov_across_mrad": 0.5,
         "ifov_along_mrad": 0.5, "left_deg": -45, "right_deg": 45}  # fmt: skip
RADAR = {"id": "r", "name": "Radar", "kind": "radar", "near_deg": 45, "swath_km": 20,
         "range_resolution_m": 2, "azimuth_resolution_m": 3}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "type_"),
    [(FRAME, FrameCamera), (SWEEP, PanoramicCamera), (LINES, LineScanner), (RADAR, Radar)],
)
def test_each_kind_is_read_and_written_back(table: dict[str, Any], type_: type) -> None:
    camera = camera_from(table | {"assumed": ["name"]})
    assert isinstance(camera, type_)
    assert camera_from(camera_table(camera)) == camera


def test_pixels_become_millimetres() -> None:
    camera = camera_from(FRAME)
    assert isinstance(camera, FrameCamera)
    assert (camera.across_mm, camera.along_mm) == pytest.approx((100.0, 60.0))


def test_a_mounting_tells_the_tilt_and_the_side() -> None:
    assert camera_from(FRAME | {"mounting": "INT1L30"}).tilt_deg == -60.0  # type: ignore[union-attr]
    kept = camera_from(FRAME | {"mounting": "INT1L30", "tilt_deg": -59.6})
    assert kept.tilt_deg == -59.6  # type: ignore[union-attr]
    assert camera_from(FRAME | {"mounting": "V", "tilt_deg": 3}).tilt_deg == 3.0  # type: ignore[union-attr]
    assert camera_from(RADAR | {"mounting": "PODCR30"}).side == "right"  # type: ignore[union-attr]
    fan = camera_from(FRAME | {"mounting": "INT1F31", "tilt_deg": -40})
    assert fan.tilt_deg == -40.0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("table", "where"),
    [
        ({}, "kind"),
        (FRAME | {"kind": "lens"}, "kind"),
        (FRAME | {"kind": ["framing"]}, "kind"),
        (FRAME | {"focal": 80}, "focal"),
        (FRAME | {"focal_mm": 0}, "focal_mm"),
        (FRAME | {"focal_mm": "80"}, "focal_mm"),
        (FRAME | {"focal_mm": True}, "focal_mm"),
        (FRAME | {"focal_mm": float("nan")}, "focal_mm"),
        (FRAME | {"across_mm": 100}, "pixels_across"),
        (FRAME | {"name": ""}, "name"),
        (FRAME | {"mounting": "X"}, "mounting"),
        (FRAME | {"mounting": "L30", "tilt_deg": 60}, "tilt_deg"),
        (FRAME | {"mounting": "V", "tilt_deg": 6}, "tilt_deg"),
        (FRAME | {"assumed": "name"}, "assumed"),
        ({k: v for k, v in FRAME.items() if k != "pitch_um"}, "pixels_across"),
        ({k: v for k, v in FRAME.items() if k != "focal_mm"}, "focal_mm"),
        (SWEEP | {"half_scan_deg": 90}, "half_scan_deg"),
        (SWEEP | {"pixels_across": 5}, "pixels_across"),
        (LINES | {"left_deg": 50}, "left_deg"),
        (LINES | {"right_deg": 90}, "left_deg"),
        (RADAR | {"side": "both"}, "side"),
        (RADAR | {"side": "left", "mounting": "R30"}, "side"),
    ],
)
def test_a_mistake_is_told_with_its_key(table: dict[str, Any], where: str) -> None:
    with pytest.raises(DataError) as caught:
        camera_from(table, "camera.toml")
    assert (caught.value.file, caught.value.where) == ("camera.toml", where)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "data", [b"", b"camera = 1", b"[camera", b"\xff\xfe", b"[camera]\n", b"x = " + b"[" * 3000]
)
def test_a_file_that_is_no_camera_is_refused(data: bytes) -> None:
    with pytest.raises(OverflightError):
        read_camera(data)
