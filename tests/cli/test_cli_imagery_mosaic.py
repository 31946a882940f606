"""``imagery mosaic`` at the command line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from overflight.formats.schema import validate
from overflight.imagery.cog import read_marks, write_cog
from overflight.imagery.rectify.grid import MapGrid
from overflight.terms.track import SIMULATED

Cli = Callable[..., Any]
CRS = "EPSG:32637"
GAINS = (0.9, 1.1, 1.0)


def ground() -> NDArray[np.float64]:
    y, x = np.mgrid[0:240, 0:480]
    hills = (
        np.sin(x / 37.0) + np.cos(y / 29.0) + np.random.default_rng(7).normal(size=x.shape) / 3.0
    )
    return np.asarray(125.0 + 20.0 * hills)


def write_frames(folder: Path, marks: tuple[str, ...] = ()) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for k, gain in enumerate(GAINS):
        part = np.rint(ground()[:, 130 * k : 130 * k + 220] * gain).astype(np.uint8)
        grid = MapGrid(CRS, 5e5 + 65.0 * k, 6.2e6, 0.5, 220, 240)
        write_cog(folder / f"f-{k + 1}.tif", part, None, grid, marks=marks)
        paths.append(folder / f"f-{k + 1}.tif")
    return paths


@pytest.fixture
def processed(tmp_path: Path) -> Path:
    """What ``imagery process`` leaves, as far as it is read: two frames of leg 1, one of leg 2."""
    paths = write_frames(tmp_path / "in" / "frames")
    told = [{"copy": p.name, "leg": leg} for p, leg in zip(paths, (1, 1, 2), strict=True)]
    (tmp_path / "in" / "processed.json").write_text(json.dumps({"frames": told}))
    return tmp_path / "in"


def test_a_folder_becomes_a_mosaic_with_its_papers(
    cli: Cli, processed: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "m.tif"
    before = {p: p.read_bytes() for p in processed.rglob("*") if p.is_file()}
    told = cli("imagery", "mosaic", processed, "--out", out, "--balance", "gain", "--json")
    assert told.status == 0
    document = json.loads(told.out)
    validate(document, "mosaic")
    assert document == json.loads(out.with_suffix(".json").read_text())
    assert [f["frame"] for f in document["frames"]] == ["f-1", "f-2", "f-3"]
    gains = np.array([f["gains"][0] for f in document["frames"]])
    np.testing.assert_allclose(gains / gains[2], GAINS, rtol=0.01)
    for frame in document["frames"]:
        path = processed / "frames" / frame["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == frame["sha256"]
    for name, digest in (("file", "sha256"), ("sources", "sources_sha256")):
        data = (out.parent / document[name]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == document[digest]
    with rasterio.open(out.parent / document["sources"]) as source:
        counts = np.bincount(source.read(1).ravel(), minlength=4)
    assert [f["pixels"] for f in document["frames"]] == counts[1:].tolist()
    assert {p: p.read_bytes() for p in processed.rglob("*") if p.is_file()} == before


def test_the_frames_of_one_leg(cli: Cli, processed: Path, tmp_path: Path) -> None:
    told = cli("imagery", "mosaic", processed, "--out", tmp_path / "m.tif", "--leg", 1)
    assert told.status == 0 and "from 2 frames" in told.out
    told = cli("imagery", "mosaic", processed, "--out", tmp_path / "x.tif", "--leg", 3)
    assert told.status == 2 and "legs 1, 2" in told.err
    told = cli("imagery", "mosaic", processed / "frames", "--out", tmp_path / "x.tif", "--leg", 1)
    assert told.status == 2 and "imagery process" in told.err


def test_simulated_and_real_frames_only_by_mixed(cli: Cli, tmp_path: Path) -> None:
    real = write_frames(tmp_path / "real")
    made = write_frames(tmp_path / "made", (SIMULATED,))
    frames = (made[0].rename(tmp_path / "s.tif"), real[1])
    out = tmp_path / "m.tif"
    told = cli("imagery", "mosaic", *frames, "--out", out)
    assert told.status == 2 and "--mixed" in told.err and not out.exists()
    told = cli("imagery", "mosaic", *frames, "--out", out, "--mixed")
    assert told.status == 0 and SIMULATED in told.out
    assert SIMULATED in read_marks(out)
    document = json.loads(out.with_suffix(".json").read_text())
    assert document["marks"] == [SIMULATED]
    assert sorted(len(f["marks"]) for f in document["frames"]) == [0, 1]


@pytest.mark.parametrize(
    ("out", "said"),
    [("f-1.tif", "written over"), ("m.jpg", "a mosaic is a GeoTIFF"), ("f-1.TIFF/m.tif", "->")],
)
def test_places_where_no_mosaic_goes(cli: Cli, tmp_path: Path, out: str, said: str) -> None:
    paths = write_frames(tmp_path)
    (tmp_path / "f-1.TIFF").write_bytes(b"")
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    told = cli("imagery", "mosaic", *paths, "--out", tmp_path / out)
    assert told.status == 2 and said in told.err and "Traceback" not in told.err
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_what_is_no_frame(cli: Cli, tmp_path: Path) -> None:
    paths = write_frames(tmp_path / "in")
    (tmp_path / "in" / "g.tif").write_bytes(paths[0].read_bytes()[:500])
    told = cli("imagery", "mosaic", tmp_path / "in", "--out", tmp_path / "m.tif")
    assert told.status == 2 and "g.tif" in told.err and "->" in told.err
    (tmp_path / "empty").mkdir()
    told = cli("imagery", "mosaic", tmp_path / "empty", "--out", tmp_path / "m.tif")
    assert told.status == 2 and "no picture" in told.err
