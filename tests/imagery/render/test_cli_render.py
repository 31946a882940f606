"""``imagery render``, and the mark from a rendered frame through all that may be done with it."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import rasterio
import rasterio.shutil
from PIL import Image
from word_read import WORD, read, shrunk

from overflight.report.outgoing import plan_bytes
from plan_by_hand import plan

pytestmark = [
    pytest.mark.slow,
    # rasterio itself multiplies as affine 3.1 no longer likes.
    pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning"),
]
Cli = Callable[..., Any]
GROUND_M, SAMPLE_M = 120.0, 0.25
CAMERA = """\
[camera]
id = "vertical"
name = "Simulated frame camera"
kind = "digital-framing"
mounting = "INT1V"
focal_mm = {focal}
pitch_um = 9.6
pixels_across = 800
pixels_along = 600
"""


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a simulated flight, a camera, and two rendered frames of it."""
    from overflight.cli.main import main

    folder = tmp_path_factory.mktemp("render")
    (folder / "plan.json").write_bytes(plan_bytes(plan()))
    assert main(["flight", "simulate", str(folder / "plan.json"), "--out", str(folder / "flight"),
                 "--frames", "vertical=20", "--json"]) == 0  # fmt: skip
    row = (folder / "flight" / "exposures.csv").read_text().splitlines()[-5].split(",")
    focal = 9.6e-3 * (float(row[5]) - GROUND_M) / SAMPLE_M
    (folder / "camera.toml").write_text(CAMERA.format(focal=focal))
    (folder / "number").write_text(row[1])
    assert main([str(part) for part in render_command(folder, "frames")]) == 0
    return folder


def render_command(folder: Path, out: str, *more: object) -> list[object]:
    number = int((folder / "number").read_text())
    return [
        "imagery", "render", folder / "flight", "--camera", folder / "camera.toml",
        "--flat", GROUND_M, "--out", folder / out, "--frames", f"{number}-{number + 1}",
        "--target-at-middle", "0.3", "--json", *more,
    ]  # fmt: skip


def process(cli: Cli, folder: Path, frames: str, out: str, *more: object) -> Any:
    return cli(
        "imagery", "process", folder / frames, "--camera", folder / "camera.toml",
        "--flat", GROUND_M, "--out", folder / out, "--no-measure", *more,
    )  # fmt: skip


def on_track(folder: Path) -> tuple[object, ...]:
    return "--track", folder / "flight", "--flight", "OS1001"


def quarters(picture: np.ndarray) -> list[np.ndarray]:
    rows, columns = (size // 2 for size in picture.shape[:2])
    return [picture[r : r + rows, c : c + columns] for r in (0, rows) for c in (0, columns)]


def pictures(folder: Path, name: str) -> list[Path]:
    found = sorted((folder / name).glob("*.tif"))
    assert found
    return found


def test_a_frame_says_it_in_pixels_tags_and_the_truth_beside_it(flown: Path) -> None:
    for path in pictures(flown, "frames"):
        image = Image.open(path)
        assert image.getexif()[270].startswith("SIMULATED")
        pixels = np.asarray(image)
        for quarter in quarters(pixels):
            assert read(quarter, 4.0) == WORD
        for quarter in quarters(shrunk(pixels, 2)):
            assert read(quarter, 2.0) == WORD
    truth = json.loads((flown / "frames" / "truth.json").read_text())
    assert truth["marks"] == ["SIMULATED"]
    assert all(frame["marks"] == ["SIMULATED"] for frame in truth["frames"])


def test_the_same_seed_gives_the_same_bytes(cli: Cli, flown: Path) -> None:
    assert cli(*render_command(flown, "again")).status == 0
    for path in (flown / "frames").iterdir():
        assert path.read_bytes() == (flown / "again" / path.name).read_bytes()
    assert cli(*render_command(flown, "other", "--seed", "2")).status == 0
    for path in pictures(flown, "frames"):
        assert path.read_bytes() != (flown / "other" / path.name).read_bytes()


def test_no_option_leaves_it_out(cli: Cli, flown: Path) -> None:
    """The options are these; those that change the picture, as far as they go, keep the word."""
    told = cli("imagery", "render", "--help").out
    options = {word.strip("[],") for word in told.split() if word.startswith(("--", "[--"))}
    assert options == {
        "--help", "--camera", "--out", "--sensor", "--frames", "--dem", "--flat", "--geoid",
        "--scene", "--target-at-middle", "--bits", "--blur", "--seed", "--json",
    }  # fmt: skip
    rows = [
        f"[[disc]]\nlat = {lat}\nlon = {lon}\ndiameter_m = 20.0\n" for lat, lon in around(flown)
    ]
    (flown / "scene.toml").write_text("seed = 3\n" + "".join(rows))
    assert cli(
        *render_command(flown, "most", "--blur", "10", "--bits", "16", "--scene",
                        flown / "scene.toml")
    ).status == 0  # fmt: skip
    for path in pictures(flown, "most"):
        with rasterio.open(path) as raster:
            assert raster.dtypes == ("uint16",)
            pixels = raster.read(1) / 257.0
        for quarter in quarters(pixels):
            assert WORD in {read(quarter, 4.0), read(quarter, 2.0)}


def around(folder: Path) -> list[tuple[float, float]]:
    """A place every 42 m about the middle of the first frame: discs side by side all over it."""
    first = json.loads((folder / "frames" / "truth.json").read_text())["frames"][0]
    wide = math.cos(math.radians(first["lat"]))
    return [
        (first["lat"] + 42.0 * i / 111_200.0, first["lon"] + 42.0 * j / 111_200.0 / wide)
        for i in range(-2, 3)
        for j in range(-2, 3)
    ]


def test_a_flight_that_was_not_simulated_is_not_rendered(cli: Cli, flown: Path) -> None:
    shutil.copytree(flown / "flight", flown / "real" / "flight")
    path = flown / "real" / "flight" / "exposures.csv"
    lines = path.read_text().replace("SIMULATED", "").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if line.strip(" #\n")))
    for name in ("camera.toml", "number"):
        shutil.copy(flown / name, flown / "real" / name)
    told = cli(*render_command(flown / "real", "frames"))
    assert told.status == 2
    assert "simulated flights only" in told.err or "SIMULATED" in told.err
    assert not list((flown / "real").glob("frames/*.tif"))


def test_the_copy_its_overviews_and_its_thumbnail_say_it(cli: Cli, flown: Path) -> None:
    assert process(cli, flown, "frames", "out", *on_track(flown)).status in (0, 1, 3)
    told = json.loads((flown / "out" / "processed.json").read_text())
    for frame in told["frames"]:
        assert frame["marks"] == ["SIMULATED"]
        item = json.loads((flown / "out" / "frames" / frame["item"]).read_text())
        asset = item["assets"]["thumbnail"]
        small = Image.open(flown / "out" / "frames" / asset["href"])
        assert asset["type"] == "image/jpeg"
        assert asset["title"].startswith("SIMULATED")
        assert max(small.size) <= 512
        assert small.info["comment"] == b"SIMULATED"
        for quarter in quarters(np.asarray(small.convert("L"))):
            assert WORD in {read(quarter, dot) for dot in (2.0, 3.0)}
    # In the copy the words lie as the frame was flown; the frame's own are found turned back.
    with rasterio.open(flown / "out" / "frames" / told["frames"][0]["copy"]) as raster:
        assert raster.tags()["OVERFLIGHT_MARKS"] == "SIMULATED"
        assert raster.tags()["TIFFTAG_IMAGEDESCRIPTION"].startswith("SIMULATED")


def heading_up(copy: Path, frame: Path, folder: Path) -> np.ndarray:
    """The copy turned so that the words lie level, by the frame's truth and PROJ's convergence of
    the meridian."""
    truth = json.loads((folder / "frames" / "truth.json").read_text())
    axes = next(f["axes"] for f in truth["frames"] if f["file"] == frame.name)
    lat, lon = (next(f[k] for f in truth["frames"] if f["file"] == frame.name)
                for k in ("lat", "lon"))  # fmt: skip
    la, lo = math.radians(lat), math.radians(lon)
    east = np.array([-math.sin(lo), math.cos(lo), 0.0])
    north = np.array([-math.sin(la) * math.cos(lo), -math.sin(la) * math.sin(lo), math.cos(la)])
    right = np.array(axes[0])
    turn = math.degrees(math.atan2(right @ north, right @ east))
    with rasterio.open(copy) as raster:
        image = Image.fromarray(raster.read(1))
        grid = pyproj.Proj(raster.crs.to_wkt())
    turn += grid.get_factors(lon, lat).meridian_convergence
    return np.asarray(image.rotate(-turn, Image.Resampling.BICUBIC, expand=True))


def test_words_come_through_rectification_turned(cli: Cli, flown: Path) -> None:
    process(cli, flown, "frames", "out", *on_track(flown), "--pixel", SAMPLE_M)
    told = json.loads((flown / "out" / "processed.json").read_text())
    for path, frame in zip(pictures(flown, "frames"), told["frames"], strict=True):
        level = heading_up(flown / "out" / "frames" / frame["copy"], path, flown)
        for quarter in quarters(level):
            assert WORD in {read(quarter, dot) for dot in (3.8, 3.9, 4.0, 4.1, 4.2)}


def test_a_degraded_and_a_coarse_copy_say_it_again(cli: Cli, flown: Path) -> None:
    """Where a blur or large pixels take the frame's own words away, they are written anew."""
    (flown / "decision.toml").write_text(
        '[decision]\nnumber = "1/30"\ndate = 2030-01-01\ncite = "an exercise"\nlimit_m = 4.0\n'
    )
    degrade = ("--decision", flown / "decision.toml", "--own-resolution", "0.3")
    for name, more in (("degraded", degrade), ("coarse", ("--pixel", "0.9"))):
        assert process(cli, flown, "frames", name, *on_track(flown), *more).status in (0, 1, 3)
        told = json.loads((flown / name / "processed.json").read_text())
        for frame in told["frames"]:
            item = json.loads((flown / name / "frames" / frame["item"]).read_text())
            lineage = item["properties"]["processing:lineage"]
            assert lineage.endswith("SIMULATED written over the copy.")
            with rasterio.open(flown / name / "frames" / frame["copy"]) as raster:
                pixels = raster.read(1)
            middle = pixels[pixels.shape[0] // 3 :, pixels.shape[1] // 3 :]
            assert WORD in {read(middle, dot) for dot in (1.0, 2.0, 3.0, 4.0, 5.0)}


def test_a_copy_without_room_for_it_is_set_aside(cli: Cli, flown: Path) -> None:
    assert process(cli, flown, "frames", "dots", *on_track(flown), "--pixel", "20").status == 2
    told = json.loads((flown / "dots" / "processed.json").read_text())
    assert not told["frames"]
    assert all("no room to say SIMULATED" in one["reason"] for one in told["set_aside"])
    assert not list((flown / "dots" / "frames").glob("*.tif"))


def stripped(flown: Path, name: str) -> Path:
    """The rendered frames without any metadata, as PNG and as JPEG."""
    folder = flown / name
    folder.mkdir(exist_ok=True)
    for number, path in enumerate(pictures(flown, "frames")):
        pixels = Image.fromarray(np.asarray(Image.open(path)))
        pixels.save(folder / f"p{number}.{'png' if number else 'jpg'}", quality=60)
    assert all(b"SIMULATED" not in path.read_bytes() for path in folder.iterdir())
    return folder


def poses(flown: Path) -> Path:
    """Orientations of a stranger's making: they say nothing of a simulation."""
    truth = json.loads((flown / "frames" / "truth.json").read_text())
    rows = ["filename latitude longitude altitude roll pitch yaw"]
    for number, frame in enumerate(truth["frames"]):
        ending = "png" if number else "jpg"
        place = f"{frame['lat']} {frame['lon']} {frame['height_m']}"
        rows.append(f"p{number}.{ending} {place} 0 0 0")
    (flown / "poses.txt").write_text("\n".join(rows) + "\n")
    return flown / "poses.txt"


def test_pixels_alone_make_everything_after_them_simulated(cli: Cli, flown: Path) -> None:
    stripped(flown, "stripped")
    run = process(
        cli, flown, "stripped", "found", "--orientation", poses(flown), "--date", "2021-05-19"
    )
    assert run.status in (0, 1, 3), run.err
    told = json.loads((flown / "found" / "processed.json").read_text())
    assert [frame["marks"] for frame in told["frames"]] == [["SIMULATED"], ["SIMULATED"]]
    for path in (flown / "found").rglob("*"):
        if path.is_file() and path.parent.name != "originals" and path.name != "process.lock":
            assert b"SIMULATED" in path.read_bytes(), path.name


def test_an_annotation_of_pixels_that_say_it_says_it(cli: Cli, flown: Path) -> None:
    """Exposures that hide where they come from do not make the sidecar forget it."""
    stripped(flown, "stripped")
    (flown / "exposures.csv").write_text(
        "time,file,lat,lon,height_m,roll_deg,pitch_deg,heading_deg\n"
        "2021-05-19T10:00:00Z,p0.jpg,55.6,36.6,2000,0,0,90\n"
        "2021-05-19T10:00:20Z,p1.png,55.7,36.6,2000,0,0,90\n"
    )
    run = cli(
        "imagery", "annotate", flown / "stripped", "--exposures", flown / "exposures.csv",
        "--camera", flown / "camera.toml", "--flight", "OS1001", "--ground", GROUND_M,
        "--out", flown / "sidecars", "--json",
    )  # fmt: skip
    assert run.status == 0, run.err
    assert json.loads(run.out)["marks"] == ["SIMULATED"]
    sidecars = list((flown / "sidecars").iterdir())
    assert len(sidecars) == 2
    for path in sidecars:
        document = json.loads(path.read_text())
        assert document["marks"] == ["SIMULATED"]
        assert document["line"].startswith("SIMULATED")


def test_other_peoples_cog_of_a_frame_says_it(flown: Path) -> None:
    """GDAL's own driver: overviews by averaging, the description as it was."""
    for path in pictures(flown, "frames"):
        with rasterio.open(path) as raster:
            rasterio.shutil.copy(raster, flown / "theirs.tif", driver="COG", blocksize=128,
                                 overview_resampling="average")  # fmt: skip
        with rasterio.open(flown / "theirs.tif", overview_level=0) as small:
            assert small.tags()["TIFFTAG_IMAGEDESCRIPTION"].startswith("SIMULATED")
            for quarter in quarters(small.read(1)):
                assert read(quarter, 2.0) == WORD
