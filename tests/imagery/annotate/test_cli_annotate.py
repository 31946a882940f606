"""``overflight imagery annotate`` and ``check-annotation``, and that originals stay as they are."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from imagery_annotated import BEGUN_S, SIMULATION, flown, forms
from PIL import Image

from overflight.errors import DataError
from overflight.formats.flight_files import exposures_to_csv
from overflight.formats.schema import validate
from overflight.formats.tracks.writing import track_bytes
from overflight.imagery.annotate.sidecars import exif_time, frame_number, read_annotations
from overflight.imagery.annotate.tags import tags
from overflight.terms.track import FrameExposure

Cli = Callable[..., Any]

CAMERA = """\
[camera]
id = "cam1"
name = "Frame camera"
kind = "digital-framing"
mounting = "INT1V"
focal_mm = 80.0
pitch_um = 4.0
pixels_across = 1000
pixels_along = 800
"""


@pytest.fixture
def flight(tmp_path: Path) -> Path:
    """Ten frames, ten seconds apart, of a simulated flight, with its files."""
    folder = tmp_path / "flight"
    folder.mkdir()
    track = flown(SIMULATION)
    (folder / "track.csv").write_bytes(track_bytes(track, folder / "track.csv"))
    rows = [
        FrameExposure(
            "cam1", n, BEGUN_S + 60.0 + 10.0 * n, 48.0 + (60.0 + 10.0 * n) * 0.0018, 11.5, 3000.0,
            1.2, -0.5, 358.0,
        )
        for n in range(1, 11)
    ]  # fmt: skip
    text = exposures_to_csv(rows, track.marks)
    (folder / "exposures.csv").write_text(text, encoding="utf-8")
    (tmp_path / "camera.toml").write_text(CAMERA, encoding="utf-8")
    frames = tmp_path / "frames"
    frames.mkdir()
    for n in range(1, 11):
        picture = np.full((8, 10), n, dtype=np.uint8)
        Image.fromarray(picture).save(frames / f"f_{n:04d}.tif")
    return tmp_path


def state(folder: Path) -> dict[str, tuple[str, int, int]]:
    return {
        p.name: (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns, p.stat().st_mode)
        for p in folder.iterdir()
    }


def annotate(cli: Cli, flight: Path, *more: str) -> Any:
    return cli(
        "imagery", "annotate", flight / "frames", "--track", flight / "flight",
        "--camera", flight / "camera.toml", "--flight", "OS1001", "--out", flight / "out", *more,
    )  # fmt: skip


def check(cli: Cli, flight: Path, *files: Path, more: tuple[str, ...] = ()) -> Any:
    return cli(
        "imagery", "check-annotation", *files, "--track", flight / "flight",
        "--camera", flight / "camera.toml", "--ground", "500", *more,
    )  # fmt: skip


def test_sidecars_are_written_and_originals_are_not_touched(cli: Cli, flight: Path) -> None:
    before = state(flight / "frames")
    run = annotate(cli, flight, "--ground", "500", "--magazine", "1")
    assert run.status == 0, run.err
    assert state(flight / "frames") == before
    first = run.out.splitlines()[0]
    assert first == (
        "SIMULATED OS1001 OFTD INT1V FOCAL 80MM 2021-05-19T10:01Z 02500M 48.13N 011.50E "
        "HEADING 358 ROLL 1.2R PITCH 0.5D DRIFT 2.0R GROUNDSPEED 721KM MAG 1 FRAME 1"
    )
    written = sorted((flight / "out").iterdir())
    assert [p.name for p in written] == [f"f_{n:04d}.annotation.json" for n in range(1, 11)]
    document = json.loads(written[0].read_text(encoding="utf-8"))
    validate(document, "frame-annotation")
    digest, size = before["f_0001.tif"][0], (flight / "frames" / "f_0001.tif").stat().st_size
    assert document["frame"] == {
        "name": "f_0001.tif", "sensor": "cam1", "bytes": size, "sha256": digest,
    }  # fmt: skip
    assert document["marks"] == ["SIMULATED"]
    assert check(cli, flight, flight / "out", more=("--copies",)).status == 0


def test_the_same_again_gives_the_same_bytes(cli: Cli, flight: Path) -> None:
    assert annotate(cli, flight, "--ground", "500").status == 0
    first = {p.name: p.read_bytes() for p in (flight / "out").iterdir()}
    assert annotate(cli, flight, "--ground", "500").status == 0
    assert {p.name: p.read_bytes() for p in (flight / "out").iterdir()} == first


def test_styles_and_what_is_missing_are_told(cli: Cli, flight: Path) -> None:
    run = annotate(
        cli, flight, "--height-unit", "ft", "--speed-unit", "nm", "--position", "minutes"
    )
    assert run.status == 0
    assert "48 08N 011 30E" in run.out and "389NM" in run.out
    assert "not annotated: height: the height of the ground is not known" in run.err
    run = annotate(cli, flight, "--ground", "500", "--height-unit", "ft", "--json")
    document = json.loads(run.out)
    validate(document, "frame-annotations")
    assert "08202F" in document["annotated"][0]["line"]


def test_breaches_are_found_and_told_with_their_paragraph(cli: Cli, flight: Path) -> None:
    assert annotate(cli, flight, "--ground", "500").status == 0
    lines = [
        json.loads(p.read_text(encoding="utf-8"))["line"]
        for p in sorted((flight / "out").iterdir())
    ]
    lines[3] = lines[3].replace("48.1", "49.1")
    lines[5] = lines[5].replace("ROLL 1.2R ", "")
    text = flight / "theirs.txt"
    text.write_text("\n".join(lines), encoding="utf-8")
    run = check(cli, flight, text)
    assert run.status == 1
    assert "theirs.txt:4" in run.out and "Ann.B.App.1.7" in run.out and "no roll" in run.out
    run = check(cli, flight, text, more=("--json",))
    document = json.loads(run.out)
    validate(document, "findings")
    assert document["verdict"] == "breach"
    assert check(cli, flight, text, more=("--flight", "OS1002")).status == 1
    undetermined = cli("imagery", "check-annotation", flight / "out", "--date", "2021-05-19")
    assert undetermined.status == 3


def test_tags_of_a_copy_are_read_back_from_the_file(cli: Cli, flight: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    assert annotate(cli, flight, "--ground", "500").status == 0
    (read,) = read_annotations(flight / "out" / "f_0001.annotation.json", forms())
    copy = flight / "copy.tif"
    with rasterio.open(
        copy, "w", driver="GTiff", width=4, height=4, count=1, dtype="uint8",
        crs="EPSG:32632", transform=rasterio.Affine(1.0, 0.0, 686000.0, 0.0, -1.0, 5390000.0),
    ) as out:  # fmt: skip
        out.write(np.ones((1, 4, 4), dtype=np.uint8))
        out.update_tags(**tags(read.annotation, forms()))
    assert check(cli, flight, copy, more=("--part",)).status == 0
    (again,) = read_annotations(copy, forms())
    assert dict(again.texts) == dict(read.texts) and again.annotation.simulated
    with rasterio.open(copy, "r+") as out:
        out.update_tags(OVERFLIGHT_ROLL="9.0L")
    run = check(cli, flight, copy, more=("--part",))
    assert run.status == 1 and "roll is told twice" in " ".join(run.out.split())


def test_copies_that_the_cog_writer_makes_bear_the_annotation(cli: Cli, flight: Path) -> None:
    pytest.importorskip("rasterio")
    from overflight.imagery.cog.writer import read_marks, write_cog
    from overflight.imagery.rectify.grid import MapGrid

    before = state(flight / "frames")
    assert annotate(cli, flight, "--ground", "500").status == 0
    (read,) = read_annotations(flight / "out" / "f_0003.annotation.json", forms())
    copy = flight / "f_0003.cog.tif"
    grid = MapGrid("EPSG:32632", 686000.0, 5390000.0, 1.0, 40, 30)
    seen = np.full((30, 40), 255, dtype=np.uint8)
    note = read.annotation
    write_cog(copy, seen // 2, seen, grid, metadata=tags(note, forms()), marks=note.marks)
    (again,) = read_annotations(copy, forms())
    assert not again.faults and dict(again.texts) == dict(read.texts)
    assert again.annotation.marks == read_marks(copy) == SIMULATION
    assert state(flight / "frames") == before


def test_frames_that_cannot_be_annotated_are_set_aside(cli: Cli, flight: Path) -> None:
    Image.fromarray(np.zeros((4, 4), dtype=np.uint8)).save(flight / "frames" / "extra.tif")
    Image.fromarray(np.zeros((4, 4), dtype=np.uint8)).save(flight / "frames" / "f_0099.tif")
    run = annotate(cli, flight, "--ground", "500", "--json")
    assert run.status == 2
    document = json.loads(run.out)
    validate(document, "frame-annotations")
    assert len(document["annotated"]) == 10
    reasons = {one["frame"]: one["reason"] for one in document["set_aside"]}
    assert "no number in its name" in reasons["extra"]
    assert "no exposure number 99" in reasons["f_0099"]
    run = annotate(cli, flight, "--ground", "5000")
    assert run.status == 2 and "below the ground" in run.err


def test_times_come_from_exif_where_there_are_no_exposures(cli: Cli, flight: Path) -> None:
    (flight / "flight" / "exposures.csv").unlink()
    for path in (flight / "frames").iterdir():
        path.unlink()
    exif = Image.Exif()
    told = exif.get_ifd(0x8769)
    told[0x9003], told[0x9011], told[0x9291] = "2021:05:19 12:05:29", "+02:00", "25"
    picture = flight / "frames" / "DSC_0007.jpg"
    Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).save(picture, exif=exif)
    assert exif_time(picture) == BEGUN_S + 329.25
    run = annotate(cli, flight, "--ground", "500")
    assert run.status == 0
    assert "10:05Z" in run.out and run.out.rstrip().endswith("FRAME 7")
    Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).save(picture)
    run = annotate(cli, flight)
    assert run.status == 2 and "which zone" in run.err and "--exposures" in run.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--flight", "NS1001"), "no reference number"),
        (("--medium", "XX"), "no recording medium"),
        (("--terrain", "nowhere.tif"), "nowhere.tif"),
        (("--treaty", "cfe"), "no rules on the annotation"),
        (("--exposures", "nowhere.csv"), "nowhere.csv"),
        (("--camera", "nowhere.toml"), "nowhere.toml"),
        (("--track", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_bad_words_are_answered_with_a_remedy(
    cli: Cli, flight: Path, words: tuple[str, str], told: str
) -> None:
    run = annotate(cli, flight, *words)
    assert run.status == 2 and told in run.err and "->" in run.err
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{}"),
        ("a.json", b"\xff\xfe"),
        ("a.tif", b"II*\0"),
        ("a.txt", b""),
        ("a.txt", b"\x80"),
        ("empty", None),
    ],
)
def test_files_that_are_no_annotations_are_refused(
    cli: Cli, flight: Path, name: str, content: bytes | None
) -> None:
    path = flight / name
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    run = check(cli, flight, path)
    assert run.status == 2 and name in run.err and "->" in run.err


@pytest.mark.parametrize(
    "text",
    [
        "sensor,number\ncam1,1",
        "sensor,number,time\ncam1,one,2021-05-19T10:00:00Z",
        "sensor,number,time\ncam1,١,2021-05-19T10:00:00Z",
        "sensor,number,time\ncam1,1,yesterday",
        "sensor,number,time,lat\ncam1,1,2021-05-19T10:00:00Z,91",
        "sensor,number,time,roll_deg\ncam1,1,2021-05-19T10:00:00Z,nan",
        "sensor,number,time\n,1,2021-05-19T10:00:00Z",
        "sensor,number,time",
        "",
    ],
)
def test_bad_exposures_are_refused_with_the_line(cli: Cli, flight: Path, text: str) -> None:
    path = flight / "bad.csv"
    path.write_text(text, encoding="utf-8")
    run = annotate(cli, flight, "--exposures", str(path))
    assert run.status == 2 and "bad.csv:" in run.err


def test_numbers_of_frames_are_the_last_in_their_names() -> None:
    assert frame_number("2021-05-19_f0012") == 12
    assert frame_number("DSC00007_left") == 7
    assert frame_number("frame") is None
    assert frame_number("f12345678") is None
    assert frame_number("f١٢") is None


def test_exposures_are_read_as_a_flight_s_folder_has_them(flight: Path) -> None:
    from overflight.formats.annotation_exposures import read_exposures

    read, marks = read_exposures(flight / "flight" / "exposures.csv")
    assert marks == SIMULATION and [e.number for e in read] == list(range(1, 11))
    assert read[0].time_s == BEGUN_S + 70.0 and read[0].pitch_deg == -0.5


def test_legs_come_with_the_exposures_and_are_counted_from_one_in_the_file(tmp_path: Path) -> None:
    from overflight.formats.annotation_exposures import read_exposures

    rows = [FrameExposure("cam1", n, BEGUN_S, 48.0, 11.5, 3000.0, 0.0, 0.0, 0.0, leg)
            for n, leg in ((1, 0), (2, 3), (3, -1))]  # fmt: skip
    (tmp_path / "e.csv").write_text(exposures_to_csv(rows, ()), encoding="utf-8")
    assert [e.leg for e in read_exposures(tmp_path / "e.csv")[0]] == [0, 3, -1]
    (tmp_path / "e.csv").write_text("sensor,number,time,leg\ncam1,1,2021-05-19T10:00:00Z,x\n")
    with pytest.raises(DataError, match="no leg"):
        read_exposures(tmp_path / "e.csv")


def test_exposures_may_name_the_files(cli: Cli, flight: Path) -> None:
    """As the help of --exposures says: time and file. Names decide, not the numbers in them."""
    frames = flight / "named"
    frames.mkdir()
    for name in ("east", "west", "north 7"):
        Image.fromarray(np.full((8, 10), 1, dtype=np.uint8)).save(frames / f"{name}.tif")
    whole = int(BEGUN_S)
    times = {"east.tif": 100, "WEST.TIF": 70}
    rows = [
        f"{name},{dt.datetime.fromtimestamp(whole + s, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
        for name, s in times.items()
    ]
    (flight / "files.csv").write_text("file,time\n" + "\n".join(rows) + "\n")
    told = cli(
        "imagery", "annotate", frames, "--track", flight / "flight", "--exposures",
        flight / "files.csv", "--camera", flight / "camera.toml", "--flight", "OS1001",
        "--ground", "500", "--out", flight / "out", "--json",
    )  # fmt: skip
    document = json.loads(told.out)
    assert [Path(one["frame"]).stem for one in document["set_aside"]] == ["north 7"]
    assert "not among the files" in document["set_aside"][0]["reason"]
    times_told = {
        Path(one["frame"]).stem: json.loads((flight / "out" / one["sidecar"]).read_text())[
            "values"
        ]["time"]
        for one in document["annotated"]
    }
    apart = dt.datetime.fromisoformat(times_told["east"]) - dt.datetime.fromisoformat(
        times_told["west"]
    )
    assert apart.total_seconds() == 30
