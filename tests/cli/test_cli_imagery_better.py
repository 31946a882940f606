"""``imagery process``: positions made better by ground control and by the camera's clock."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

Cli = Callable[..., Any]
pytestmark = [
    pytest.mark.slow,
    # rasterio itself multiplies as affine 3.1 no longer likes.
    pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning"),
]
EAST, NORTH, HEIGHT, GROUND = 500_000.0, 6_200_000.0, 1_100.0, 100.0
CRS = "EPSG:32637"
FOCAL = 2_000.0
"""Pixels: 50 mm over 25 micrometres; a pixel is half a metre on the ground."""
CAMERA = """\
[camera]
id = "frame"
name = "A frame camera"
kind = "digital-framing"
mounting = "INT1V"
focal_mm = 50.0
pitch_um = 25.0
pixels_across = 240
pixels_along = 180
"""


def picture(seed: int) -> Image.Image:
    values = np.random.default_rng(seed).integers(60, 200, (180, 240), dtype=np.uint8)
    return Image.fromarray(values)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "camera.toml").write_text(CAMERA)
    return tmp_path


def sighted(x: float, y: float, east: float, north: float) -> tuple[float, float]:
    """The pixel of a place on the ground, for a camera looking straight down, rows to the south.

    Lengths on the ground are those of the map over 0.9996, the scale on UTM's central meridian."""
    scale = FOCAL / (HEIGHT - GROUND) / 0.9996
    return 120.0 + scale * (x - east), 90.0 - scale * (y - north)


def told(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "processed.json").read_text())
    return found


def process(cli: Cli, folder: Path, *more: object) -> Any:
    return cli(
        "imagery", "process", folder / "in", "--out", folder / "out", "--camera",
        folder / "camera.toml", "--flat", GROUND, "--no-measure", *more,
    )  # fmt: skip


def test_control_puts_frames_right_and_check_points_tell_how_well(cli: Cli, folder: Path) -> None:
    """Orientations that are wrong by 12 m and 0.2 degrees; five points, one of them to check."""
    rows, control = ["filename x y z omega phi kappa"], ["name,x,y,z,image,column,row,check,crs"]
    for k in range(2):
        name, east = f"f-{k + 1}.tif", EAST + 60.0 * k
        picture(k).save(folder / "in" / name)
        rows.append(f"{name} {east + 9.0} {NORTH - 8.0} {HEIGHT} 0.2 0 0")
        for j, (dx, dy) in enumerate([(-50, -35), (50, -35), (50, 35), (-50, 35), (20, 5)]):
            x, y = east + dx, NORTH + dy
            column, row = sighted(x, y, east, NORTH)
            check = "true" if j == 4 else ""
            control.append(f"p{k}{j},{x},{y},{GROUND},{name},{column:.3f},{row:.3f},{check},{CRS}")
    (folder / "orientation.txt").write_text("\n".join(rows) + "\n")
    (folder / "control.csv").write_text("\n".join(control) + "\n")
    given = ("--orientation", folder / "orientation.txt", "--orientation-crs", CRS,
             "--date", "2021-05-19")  # fmt: skip
    run = process(cli, folder, *given, "--control", folder / "control.csv")
    assert run.status in (0, 3), run.err
    block = told(folder)["orientation"]["adjustment"]
    assert sum(point["check"] for point in block["points"]) == 2
    assert block["check_px"] < 0.2
    assert block["check_m"] < 0.1
    assert all("adjusted by control" in f["position_source"] for f in told(folder)["frames"])
    assert "check" in run.out


def test_the_offset_of_the_cameras_clock_is_found_and_used(cli: Cli, folder: Path) -> None:
    """A camera that is 2.5 s late on a curved path; the places in its frames tell it."""
    begun = dt.datetime(2021, 5, 19, 10, tzinfo=dt.UTC)

    def place(second: float) -> tuple[float, float, float]:
        """A circle of 3 km at 80 m/s: latitude, longitude, heading."""
        turn = 80.0 * second / 3_000.0
        lat = 55.9 + math.degrees(3_000.0 * math.sin(turn) / 6_371_000.0)
        wide = math.cos(math.radians(55.9))
        lon = 39.0 + math.degrees(3_000.0 * (1.0 - math.cos(turn)) / 6_371_000.0) / wide
        return lat, lon, math.degrees(turn) % 360.0

    points = ["# datum: ellipsoid", "time,lat,lon,height_m,roll_deg,pitch_deg,heading_deg"]
    for second in range(200):
        lat, lon, heading = place(second)
        at = begun + dt.timedelta(seconds=second)
        points.append(f"{at:%Y-%m-%dT%H:%M:%SZ},{lat:.8f},{lon:.8f},{HEIGHT},0,0,{heading:.4f}")
    (folder / "track.csv").write_text("\n".join(points) + "\n")
    for k in range(8):
        second = 20.0 + 18.0 * k
        lat, lon, _ = place(second + 2.5)
        exif = Image.Exif()
        at = begun + dt.timedelta(seconds=second)
        times = exif.get_ifd(0x8769)
        times[0x9003], times[0x9011] = f"{at:%Y:%m:%d %H:%M:%S}", "+00:00"
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2], gps[3], gps[4] = "N", sexagesimal(lat), "E", sexagesimal(lon)
        gps[5], gps[6] = b"\0", HEIGHT
        picture(k).save(folder / "in" / f"g-{k + 1}.jpg", exif=exif, quality=95)
    run = process(cli, folder, "--track", folder / "track.csv", "--time-offset", "estimate")
    assert run.status in (0, 3), run.err
    clock = told(folder)["orientation"]["clock"]
    assert clock["seconds"] == pytest.approx(2.5, abs=0.05)
    assert clock["interval_95"][0] <= 2.5 <= clock["interval_95"][1] + 0.01
    assert "the camera's clock: +2.50 s" in run.out
    sidecar = folder / "out" / "frames" / "g-4.annotation.json"
    values = json.loads(sidecar.read_text())["values"]
    assert values["lat"] == pytest.approx(place(20.0 + 18.0 * 3 + 2.5)[0], abs=1e-5)


def sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60.0)
    return float(whole), float(minutes), (degrees - whole - minutes / 60.0) * 3600.0
