"""``overflight sensor show``, ``footprint`` and ``hmin`` as they are typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.formats.schema import validate

Cli = Callable[..., Any]

CAMERA = """\
[camera]
id = "frame"
name = "Frame camera"
kind = "digital-framing"
mounting = "INT1V"
focal_mm = 100
pitch_um = 5
pixels_across = 20000
pixels_along = 12000
exposure_s = 0.002
interval_s = 2
"""
RADAR = """\
[camera]
id = "radar"
name = "Radar"
kind = "radar"
mounting = "INT2R30"
near_deg = 45
swath_km = 20
range_resolution_m = 2
azimuth_resolution_m = 3
"""
READINGS = "pass,height_m,bar_m,direction,modulation,difference_k\n" + "".join(
    f"{i},1500,{bar},{direction},0.5,6\n"
    for i in range(1, 6)
    for bar, direction in ((0.25, "along"), (0.30, "across"))
)


@pytest.fixture
def camera(tmp_path: Path) -> str:
    path = tmp_path / "camera.toml"
    path.write_text(CAMERA, encoding="utf-8")
    return str(path)


@pytest.fixture
def readings(tmp_path: Path) -> str:
    path = tmp_path / "readings.csv"
    path.write_text(READINGS, encoding="utf-8")
    return str(path)


def document(run: Any, schema: str) -> dict[str, Any]:
    assert run.status == 0, run.err
    found: dict[str, Any] = json.loads(run.out)
    validate(found, schema)
    return found


def test_a_camera_from_a_height(camera: str, cli: Cli) -> None:
    words = ("sensor", "show", camera, "--height", "2000", "--speed", "360")
    found = document(cli(*words, "--json"), "sensor-model")
    assert found["figures"]["ground_sample_centre_across_m"] == pytest.approx(0.1)
    assert found["swath_km"]["width"] == pytest.approx(2.0)
    assert found["planning"]["sides"] == "both"
    text = cli(*words).out
    assert "our model" in text and "swath 2.000 km" in text


def test_the_height_of_a_model_is_marked_as_ours(camera: str, cli: Cli) -> None:
    words = ("sensor", "show", camera, "--height", "2000", "--limit", "0.3")
    found = document(cli(*words, "--json"), "sensor-model")
    # A pixel of 5 um at 100 mm is 0.3 m from 6,000 m.
    assert found["figures"]["model_h_min_m"] == pytest.approx(6000.0)
    assert "measured" in found["our_models"]["model_h_min_m"]
    assert cli(*words[:-1], "0").status == 2


def test_a_camera_needs_a_height(camera: str, cli: Cli) -> None:
    run = cli("sensor", "show", camera)
    assert run.status == 2
    assert "--height" in run.err


def test_the_sensors_of_an_aircraft_and_where_they_stand(cli: Cli) -> None:
    words = ("sensor", "show", "a319-oh", "--on")
    before = document(cli(*words, "2022-01-15", "--json"), "sensor-aircraft")
    after = document(cli(*words, "2022-12-01", "--json"), "sensor-aircraft")
    standing = {s["id"]: s["standing"] for s in before["sensors"]}
    assert standing["digicam-low"] == "designated, not certified"
    assert {s["id"]: s["standing"] for s in after["sensors"]}["digicam-low"] == "certified"
    figures = after["sensors"][0]["figures"]
    assert figures["h_min_m"]["status"] == "assumed"
    assert figures["focal_mm"] == {"value": None, "status": "unknown"}
    assert "assumed" in cli(*words, "2022-12-01").out


def test_an_aircraft_whose_range_is_unknown_still_shows_its_sensors(cli: Cli) -> None:
    found = document(cli("sensor", "show", "oc-135b", "--on", "2015-01-01", "--json"),
                     "sensor-aircraft")  # fmt: skip
    height = found["sensors"][0]["figures"]["operating_height_m"]
    assert height == {"value": 914.4, "status": "public"}


def test_figures_of_an_overlay_are_marked_private(tmp_path: Path, cli: Cli) -> None:
    folder = tmp_path / "overlay" / "aircraft"
    folder.mkdir(parents=True)
    (folder / "oc-135b.toml").write_text(
        '[[sensor]]\nid = "ka-91c"\nfocal_mm = 457\n', encoding="utf-8"
    )
    words = ("sensor", "show", "oc-135b", "--on", "2015-01-01", "--json")
    found = document(cli(*words, "--overlay", str(tmp_path / "overlay")), "sensor-aircraft")
    figures = {s["id"]: s["figures"] for s in found["sensors"]}
    assert figures["ka-91c"]["focal_mm"] == {"value": 457, "status": "private"}


def test_a_footprint_is_geojson_cut_at_180_degrees(camera: str, cli: Cli) -> None:
    words = ("sensor", "footprint", camera, "--at", "66,179.999", "--height", "2000")
    found = document(cli(*words, "--json"), "sensor-footprint")
    assert len(found["geometry"]["coordinates"]) == 2
    lons = [x for polygon in found["geometry"]["coordinates"] for x, _ in polygon[0]]
    assert min(lons) >= -180.0 and max(lons) <= 180.0
    assert found["properties"]["sides_km"] == pytest.approx([2.0, 1.2, 2.0, 1.2], rel=1e-3)
    assert "179°" in cli(*words).out


def test_a_radar_covers_a_strip(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "radar.toml"
    path.write_text(RADAR, encoding="utf-8")
    words = ("sensor", "footprint", str(path), "--at", "60,100", "--height", "5000")
    assert "--length" in cli(*words).err
    found = document(cli(*words, "--length", "30", "--json"), "sensor-footprint")
    assert found["properties"]["sides_km"][0] == pytest.approx(20.0)
    assert min(x for x, _ in found["properties"]["corners"]) > 100.0
    tilted = cli(*words, "--length", "30", "--roll", "5")
    assert tilted.status == 2


def test_h_min_of_video_with_what_it_rests_on(readings: str, cli: Cli) -> None:
    words = ("sensor", "hmin", readings, "--method", "video", "--on", "2015-01-01")
    found = document(cli(*words, "--json"), "sensor-h-min")
    assert found["h_min_m"] == pytest.approx(1800.0)  # 1500 * 0.30 / 0.25
    assert found["limit_m"] == 0.3 and found["limit_cite"].startswith("IV.2(B)")
    assert [d["number"] for d in found["decisions"]] == ["14"]
    assert found["our_model"] and found["doubts"] == []
    text = cli(*words).out
    assert "OUR MODEL" in text and "14" in text


@pytest.mark.parametrize(
    ("method", "more", "numbers", "limit"),
    [
        ("digital", (), ["on digital cameras"], 0.3),
        ("film", ("--agreed-modulation", "0.5"), ["3"], 0.3),
        ("infrared", ("--exponent", "0.5"), ["15", "4/07"], 0.5),
    ],
)
def test_the_other_methods_say_that_they_are_ours(
    readings: str, cli: Cli, method: str, more: tuple[str, ...], numbers: list[str], limit: float
) -> None:
    words = ("sensor", "hmin", readings, "--method", method, *more, "--on", "2015-01-01")
    found = document(cli(*words, "--json"), "sensor-h-min")
    assert found["our_model"] and found["ours"]
    assert [d["number"] for d in found["decisions"]] == numbers
    assert found["limit_m"] == limit
    assert "OUR MODEL" in cli(*words).out


def test_what_is_not_public_must_be_stated(readings: str, cli: Cli) -> None:
    film = cli("sensor", "hmin", readings, "--method", "film")
    assert film.status == 2 and "--agreed-modulation" in film.err
    words = ("sensor", "hmin", readings, "--method", "video", "--terrain", "300,450")
    unknown = cli(*words)
    assert unknown.status == 3 and "margin" in unknown.err
    found = document(cli(*words, "--margin", "100", "--json"), "sensor-h-min")
    assert [a["altitude_m"] for a in found["altitudes"]] == pytest.approx([2350.0])
    assert {"13", "16/02"} < {d["number"] for d in found["decisions"]}


# rasterio 1.4 multiplies transforms in a way that affine 3 means to give up.
@pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")
def test_terrain_from_a_raster_out_to_50_km(tmp_path: Path, readings: str, cli: Cli) -> None:
    rasterio = pytest.importorskip("rasterio")
    import numpy as np

    heights = np.zeros((40, 60), dtype="float32")
    heights[13, 30] = 1200.0  # 55.67 N 39.02 E: some 40 km beside the leg
    heights[2, 30] = 4000.0  # 56.8 N: far beyond 50 km
    path = tmp_path / "dem.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=60, height=40, count=1, dtype="float32",
        crs="EPSG:4326", transform=rasterio.transform.from_origin(36.0, 57.0, 0.1, 0.1),
    ) as grid:  # fmt: skip
        grid.write(heights, 1)
    words = ("sensor", "hmin", readings, "--method", "video", "--margin", "0", "--json")
    file = ("--terrain-file", str(path), "--route", "55.3,38.5", "55.3,39.5")
    found = document(cli(*words, *file), "sensor-h-min")
    assert found["altitudes"][0]["altitude_m"] == pytest.approx(3000.0)
    assert cli(*words, "--terrain-file", str(path)).status == 2
    off = cli(*words, "--terrain-file", str(path), "--route", "10,10", "11,11")
    assert off.status == 3


def test_bad_input_is_told(tmp_path: Path, camera: str, readings: str, cli: Cli) -> None:
    for words in (
        ("show", str(tmp_path / "none.toml"), "--height", "1000"),
        ("show", readings + ".toml", "--height", "1000"),
        ("show", "no-such-aircraft"),
        ("show", camera, "--height=-5"),
        ("show", camera, "--height", "1000", "--haze", "2"),
        ("show", camera, "--height", "1000", "--speed", "360", "--overlap", "1"),
        ("show", camera, "--height", "1000", "--speed", "0"),
        ("footprint", camera, "--at", "95,0", "--height", "1000"),
        ("footprint", camera, "--at", "0,0", "--height", "1000", "--roll", "80"),
        ("hmin", camera, "--method", "video"),
        ("hmin", readings, "--method", "video", "--limit", "0"),
        ("hmin", readings, "--method", "video", "--route", "55,38", "55,39"),
    ):
        run = cli("sensor", *words)
        assert run.status == 2, (words, run.err)
        assert "->" in run.err
