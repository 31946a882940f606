"""``imagery process`` at the command line: what comes out, going on after a stop, bad input."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from PIL import Image

from overflight.formats.schema import validate

Cli = Callable[..., Any]
# rasterio itself multiplies as affine 3.1 no longer likes.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning"),
]
EAST, NORTH, HEIGHT = 500_000.0, 6_200_000.0, 1_100.0
COLUMNS, ROWS = 240, 180
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


def smooth(seed: int, dtype: Any = np.uint8) -> np.ndarray:
    coarse = np.random.default_rng(seed).uniform(0.1, 0.9, (8, 10)).astype(np.float32)
    picture = np.asarray(Image.fromarray(coarse).resize((COLUMNS, ROWS), Image.Resampling.BICUBIC))
    return np.clip(picture * np.iinfo(dtype).max, 0, np.iinfo(dtype).max).astype(dtype)


def write_dem(path: Path, hole: bool = False) -> None:
    size, posts = 50.0, 120
    left, top = EAST - size * posts / 2, NORTH + size * posts / 2
    y, x = np.mgrid[:posts, :posts]
    heights = (100.0 + 10.0 * np.sin(x / 9.0) + 6.0 * np.cos(y / 7.0)).astype(np.float32)
    if hole:
        heights[60, 60] = -9999.0
    with rasterio.open(
        path, "w", driver="GTiff", width=posts, height=posts, count=1, dtype="float32",
        crs="EPSG:32637", transform=rasterio.Affine(size, 0, left, 0, -size, top), nodata=-9999.0,
    ) as out:  # fmt: skip
        out.write(heights, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    rows = ["filename x y z omega phi kappa"]
    for k in range(3):
        Image.fromarray(smooth(k)).save(tmp_path / "in" / f"f-{k + 1}.tif")
        rows.append(f"f-{k + 1}.tif {EAST + 40 * k} {NORTH} {HEIGHT} 0.4 -0.3 {30 * k}")
    (tmp_path / "orientation.txt").write_text("\n".join(rows) + "\n")
    (tmp_path / "camera.toml").write_text(CAMERA)
    write_dem(tmp_path / "dem.tif")
    return tmp_path


def process(cli: Cli, folder: Path, *more: object, out: str = "out", frames: Any = None) -> Any:
    return cli(
        "imagery", "process", *(frames or [folder / "in"]), "--out", folder / out,
        "--orientation", folder / "orientation.txt", "--orientation-crs", "EPSG:32637",
        "--camera", folder / "camera.toml", "--date", "2021-05-19", "--no-measure",
        *(() if "--flat" in more else ("--dem", folder / "dem.tif")), *more,
    )  # fmt: skip


def document(folder: Path, out: str = "out") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / out / "processed.json").read_text())
    return found


def test_every_frame_becomes_a_picture_on_the_map(cli: Cli, folder: Path) -> None:
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (folder / "in").iterdir()}
    told = process(cli, folder, "--json")
    assert told.status == 0  # half a metre a sample: nothing finer than the limit can be seen
    found = json.loads(told.out)
    validate(found, "processed")
    assert [f["frame"] for f in found["frames"]] == ["f-1", "f-2", "f-3"]
    assert {f["verdict"] for one in found["frames"] for f in one["findings"]} == {"compliant"}
    for one in found["frames"]:
        assert one["ground_sample_m"] == pytest.approx(0.5, rel=0.03)  # 1 km, 25 um, 50 mm
        for name, digest in one["files"].items():
            assert hashlib.sha256((folder / "out" / name).read_bytes()).hexdigest() == digest
        item = json.loads((folder / "out" / "frames" / one["item"]).read_text())
        validate(item, "frame-item")
        assert (folder / "out" / "frames" / item["assets"]["original"]["href"]).is_file()
    after = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (folder / "in").iterdir()}
    assert before == after
    collection = json.loads((folder / "out" / "collection.json").read_text())
    for link in (link for link in collection["links"] if link["rel"] == "item"):
        assert (folder / "out" / link["href"]).is_file()


def test_a_second_run_makes_nothing_again_and_what_was_harmed_anew(cli: Cli, folder: Path) -> None:
    process(cli, folder)
    copies = sorted((folder / "out" / "frames").glob("*.tif"))
    stamps = [p.stat().st_mtime_ns for p in copies]
    told = process(cli, folder)
    assert "3 of them in an earlier run" in told.out
    assert [p.stat().st_mtime_ns for p in copies] == stamps
    good = copies[1].read_bytes()
    copies[1].write_bytes(good[:-1])
    told = process(cli, folder)
    assert "2 of them in an earlier run" in told.out
    assert copies[1].read_bytes() == good
    told = process(cli, folder, "--pixel", "1.0")
    assert "earlier run" not in told.out


def test_several_processes_give_the_same_bytes(cli: Cli, folder: Path) -> None:
    process(cli, folder, out="one/run")
    process(cli, folder, "--workers", "2", out="two/run")
    names = sorted(p.relative_to(folder / "one") for p in (folder / "one").rglob("*.tif"))
    assert len(names) == 6
    for name in names:
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()
    assert document(folder, "one/run") == document(folder, "two/run")


def aside(folder: Path) -> dict[str, str]:
    return {one["frame"]: one["reason"] for one in document(folder)["set_aside"]}


def test_a_broken_frame_is_set_aside_and_the_rest_goes_on(cli: Cli, folder: Path) -> None:
    Image.fromarray(smooth(5)).save(folder / "in" / "f-4.jpg")
    whole = (folder / "in" / "f-4.jpg").read_bytes()
    (folder / "in" / "f-4.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "in" / "f-5.tif").write_bytes(b"II*\0 this is no picture")
    text = (folder / "orientation.txt").read_text()
    text += f"f-4.jpg {EAST} {NORTH} {HEIGHT} 0 0 0\nf-5.tif {EAST} {NORTH} {HEIGHT} 0 0 0\n"
    (folder / "orientation.txt").write_text(text)
    told = process(cli, folder)
    assert told.status == 2
    assert len(document(folder)["frames"]) == 3
    assert set(aside(folder)) == {"f-4", "f-5"}
    assert "damaged or ends early" in aside(folder)["f-4"]


def test_a_frame_without_a_position_says_so(cli: Cli, folder: Path) -> None:
    told = cli(
        "imagery", "process", folder / "in", "--out", folder / "out", "--camera",
        folder / "camera.toml", "--dem", folder / "dem.tif", "--date", "2021-05-19",
    )  # fmt: skip
    assert told.status == 2
    assert "has no position" in aside(folder)["f-1"]
    assert "--orientation FILE" in document(folder)["set_aside"][0]["remedy"]


def test_the_wrong_camera_is_seen(cli: Cli, folder: Path) -> None:
    text = (folder / "camera.toml").read_text()
    (folder / "camera.toml").write_text(text.replace("pixels_across = 240", "pixels_across = 300"))
    assert process(cli, folder).status == 2
    assert "240 x 180 pixels" in aside(folder)["f-1"]
    turned = text.replace("pixels_across = 240", "pixels_across = 180")
    (folder / "camera.toml").write_text(turned.replace("pixels_along = 180", "pixels_along = 240"))
    process(cli, folder)
    assert "turned by a quarter" in document(folder)["set_aside"][0]["remedy"]


@pytest.mark.parametrize(
    ("pose", "said"),
    [
        (f"{EAST} {NORTH} {HEIGHT} 180 0 0", "sky"),  # looks up
        (f"{EAST + 90_000} {NORTH} {HEIGHT} 0 0 0", "do not reach"),  # off the elevations
        (f"{EAST} {NORTH} 20 0 0 0", ""),  # below the ground
    ],
)
def test_what_sees_no_ground_is_set_aside(cli: Cli, folder: Path, pose: str, said: str) -> None:
    lines = (folder / "orientation.txt").read_text().splitlines()
    lines[1] = f"f-1.tif {pose}"
    (folder / "orientation.txt").write_text("\n".join(lines) + "\n")
    assert process(cli, folder).status == 2
    assert set(aside(folder)) == {"f-1"}
    assert said in aside(folder)["f-1"]
    assert "a fault of ours" not in aside(folder)["f-1"]


def test_the_sky_in_a_frame_is_left_out_of_it(cli: Cli, folder: Path) -> None:
    lines = (folder / "orientation.txt").read_text().splitlines()
    lines[1] = f"f-1.tif {EAST} {NORTH} {HEIGHT} 75 0 0"
    (folder / "orientation.txt").write_text("\n".join(lines) + "\n")
    text = (folder / "camera.toml").read_text().replace("focal_mm = 50.0", "focal_mm = 5.0")
    (folder / "camera.toml").write_text(text)
    process(cli, folder, "--pixel", "20", "--flat", "100")
    one = document(folder)["frames"][0]
    assert one["frame"] == "f-1"
    with rasterio.open(folder / "out" / "frames" / one["copy"]) as copy:
        seen = copy.dataset_mask() > 0
    assert seen.any()
    assert not seen.all()


def test_a_hole_in_the_elevations_is_a_hole_in_the_picture(cli: Cli, folder: Path) -> None:
    write_dem(folder / "dem.tif", hole=True)
    process(cli, folder)
    holed = 0
    for one in document(folder)["frames"]:
        with rasterio.open(folder / "out" / "frames" / one["copy"]) as copy:
            column, row = ~copy.transform @ (EAST + 20.0, NORTH - 20.0)
            mask = copy.dataset_mask()
            if 0 <= row < copy.height and 0 <= column < copy.width:
                assert mask[int(row), int(column)] == 0
                holed += 1
            assert mask.any()
    assert holed


def test_bytes_in_the_wrong_order_are_refused(cli: Cli, folder: Path) -> None:
    wide = smooth(7, np.uint16)
    for name, pixels in (("f-1", wide), ("f-2", wide.byteswap())):
        Image.fromarray(pixels).save(folder / "in" / f"{name}.tif")
    assert process(cli, folder).status == 2
    assert list(aside(folder)) == ["f-2"]
    assert "wrong order" in aside(folder)["f-2"]
    with rasterio.open(folder / "out" / "frames" / "f-1.tif") as copy:
        assert copy.dtypes == ("uint16",)


def test_a_time_that_the_track_does_not_cover(cli: Cli, folder: Path) -> None:
    head = "time,lat,lon,height_m,roll_deg,pitch_deg,heading_deg\n"
    points = "".join(
        f"2021-05-19T08:00:{s:02d}Z,55.9{s:02d},37.0,{HEIGHT},0,0,0\n" for s in range(10)
    )
    (folder / "track.csv").write_text("# datum: ellipsoid\n" + head + points)
    (folder / "exposures.csv").write_text(
        "sensor,number,time\nframe,1,2021-05-19T08:00:05Z\nframe,2,2021-05-19T08:00:12.5Z\n"
        "frame,3,2021-05-19T07:59:00Z\n"
    )
    told = cli(
        "imagery", "process", folder / "in", "--out", folder / "out", "--track",
        folder / "track.csv", "--camera", folder / "camera.toml", "--flat", "100", "--no-measure",
    )  # fmt: skip
    assert told.status == 2
    assert "3.5 s after the last point" in aside(folder)["f-2"]
    assert "60.0 s before the first point" in aside(folder)["f-3"]
    assert [one["frame"] for one in document(folder)["frames"]] == ["f-1"]


def test_a_frame_finer_than_the_limit_from_below_h_min_is_a_breach(cli: Cli, folder: Path) -> None:
    text = (folder / "camera.toml").read_text().replace("focal_mm = 50.0", "focal_mm = 120.0")
    (folder / "camera.toml").write_text(text)
    told = process(cli, folder, "--h-min", "1500")
    assert told.status == 1
    assert "BREACH" in told.out
    assert "IV.2" in told.out
    finding = document(folder)["frames"][0]["findings"][0]
    assert finding["limit"] == 0.3
    assert finding["measured"] == pytest.approx(0.3 * 1000 / 1500, rel=0.05)
    assert process(cli, folder, "--h-min", "800").status == 0
    assert process(cli, folder).status == 3


def test_frames_inside_the_results_are_refused(cli: Cli, folder: Path) -> None:
    told = process(cli, folder, out="in")
    assert told.status == 2
    assert "lies in the folder that the results go to" in told.err


def test_what_is_missing_is_named(cli: Cli, folder: Path) -> None:
    told = cli("imagery", "process", folder / "in", "--out", folder / "out")
    assert told.status == 2
    assert "--date" in told.err or "--dem" in told.err
    shutil.rmtree(folder / "in")
    assert "no such file" in process(cli, folder).err


def test_two_frames_of_one_number_do_not_overwrite_each_other(cli: Cli, folder: Path) -> None:
    shutil.copy(folder / "in" / "f-1.tif", folder / "in" / "g-1.tif")
    text = (folder / "orientation.txt").read_text()
    (folder / "orientation.txt").write_text(text + f"g-1.tif {EAST} {NORTH} {HEIGHT} 0 0 0\n")
    process(cli, folder)
    items = [one["item"] for one in document(folder)["frames"]]
    assert len(set(items)) == 4
    assert all((folder / "out" / "frames" / item).is_file() for item in items)


def test_where_no_frame_finds_its_place_each_says_why(cli: Cli, folder: Path) -> None:
    """A track that ends before all of them: not a word about the day, but about the track."""
    (folder / "track.csv").write_text(
        "# SIMULATED\n# datum: ellipsoid\ntime,lat,lon,height_m,roll_deg,pitch_deg,heading_deg\n"
        + "".join(
            f"2021-05-19T10:00:{s:02d}Z,55.9{s:02d},39.0,1100,0,0,0\n" for s in range(0, 50, 10)
        )
    )
    (folder / "exposures.csv").write_text("file,time\n" + "".join(
        f"f-{k}.tif,2021-05-19T11:00:0{k}Z\n" for k in (1, 2, 3)
    ))  # fmt: skip
    told = cli(
        "imagery", "process", folder / "in", "--out", folder / "out", "--track",
        folder / "track.csv", "--camera", folder / "camera.toml", "--dem", folder / "dem.tif",
    )  # fmt: skip
    assert told.status == 2
    reasons = aside(folder)
    assert set(reasons) == {"f-1", "f-2", "f-3"}
    assert all("after the last point of the track" in reason for reason in reasons.values())


def test_a_flight_without_exposures_leaves_the_times_to_the_frames(cli: Cli, folder: Path) -> None:
    """``flight simulate`` without --frames writes a file of exposures that has no line."""
    (folder / "flight").mkdir()
    (folder / "flight" / "track.csv").write_text(
        "# SIMULATED\n# datum: ellipsoid\ntime,lat,lon,height_m,roll_deg,pitch_deg,heading_deg\n"
        "2021-05-19T10:00:00Z,55.9,39.0,1100,0,0,0\n2021-05-19T10:00:10Z,55.91,39.0,1100,0,0,0\n"
    )
    (folder / "flight" / "exposures.csv").write_text("# SIMULATED\nsensor,number,time,marks\n")
    told = cli(
        "imagery", "process", folder / "in", "--out", folder / "out", "--track",
        folder / "flight", "--camera", folder / "camera.toml", "--dem", folder / "dem.tif",
    )  # fmt: skip
    assert told.status == 2
    assert all("does not say when it was taken" in reason for reason in aside(folder).values())
    assert len(aside(folder)) == 3
