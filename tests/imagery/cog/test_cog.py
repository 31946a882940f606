"""Our GeoTIFFs, read by GDAL and held against rio-cogeo's rules and numpy's means."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import ImageError
from overflight.imagery.cog import CogWriter, read_marks, write_cog
from overflight.imagery.rectify.grid import MapGrid
from overflight.terms.track import SIMULATED

# rasterio itself multiplies as affine 3.1 no longer likes.
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")


def grid(rows: int, columns: int, crs: str = "EPSG:32637") -> MapGrid:
    return MapGrid(crs, 400_000.5, 6_200_000.25, 0.25, columns, rows)


def picture(rows: int, columns: int, bands: int, dtype: Any, seed: int = 1) -> np.ndarray:
    top = np.iinfo(dtype).max
    random = np.random.default_rng(seed)
    shape = (rows, columns) if bands == 1 else (rows, columns, bands)
    return random.integers(0, top, shape, dtype=dtype, endpoint=True)


@settings(max_examples=25)
@given(
    rows=st.integers(1, 300),
    columns=st.integers(1, 300),
    tile=st.sampled_from([16, 64, 112, 256]),
    bands=st.sampled_from([1, 3, 4]),
    dtype=st.sampled_from([np.uint8, np.uint16]),
    masked=st.booleans(),
    big=st.booleans(),
)
def test_gdal_reads_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: int, columns: int, tile: int, bands: int,
    dtype: Any, masked: bool, big: bool,
) -> None:  # fmt: skip
    path = tmp_path_factory.mktemp("cog") / "a.tif"
    pixels = picture(rows, columns, bands, dtype)
    mask = np.full((rows, columns), 255, np.uint8)
    if masked:
        mask[: rows // 2, : columns // 2 + 1] = 0
    with CogWriter(path, grid(rows, columns), bands, dtype, big=big, tile=tile) as writer:
        for r in range(0, rows, tile):
            for c in range(0, columns, tile):
                part = np.s_[r : r + tile, c : c + tile]
                writer.write(r, c, pixels[part], mask[part] if masked else None)
    with rasterio.open(path) as source:
        assert source.crs.to_epsg() == 32637
        assert tuple(source.transform)[:6] == (0.25, 0, 400_000.5, 0, -0.25, 6_200_000.25)
        seen = np.moveaxis(source.read(), 0, -1).reshape(rows, columns, bands)
        expected = np.where(mask[..., None] > 0, pixels.reshape(rows, columns, bands), 0)
        np.testing.assert_array_equal(seen, expected)
        np.testing.assert_array_equal(source.dataset_mask(), mask)
        assert source.nodata is None
    assert path.read_bytes()[2:4] == (b"+\0" if big else b"*\0")


def test_it_is_valid_for_rio_cogeo(tmp_path: Path) -> None:
    from rio_cogeo.cogeo import cog_validate

    pixels = picture(1300, 2100, 3, np.uint8)
    mask = np.full((1300, 2100), 255, np.uint8)
    mask[:50] = 0
    for name, seen in (("whole", None), ("masked", mask)):
        path = tmp_path / f"{name}.tif"
        write_cog(path, pixels, seen, grid(1300, 2100))
        valid, errors, warnings = cog_validate(path, strict=True)
        assert (valid, errors, warnings) == (True, [], [])


def test_overviews_are_means_of_what_is_seen(tmp_path: Path) -> None:
    rows, columns = 1030, 777
    pixels = picture(rows, columns, 3, np.uint16)
    mask = np.where(picture(rows, columns, 1, np.uint8) > 90, 255, 0).astype(np.uint8)
    write_cog(tmp_path / "a.tif", pixels, mask, grid(rows, columns))
    with rasterio.open(tmp_path / "a.tif", overview_level=0) as source:
        found = np.moveaxis(source.read(), 0, -1).astype(float)
        found_mask = source.dataset_mask()
    weight = np.pad(mask > 0, ((0, 0), (0, 1))).astype(float)
    value = np.pad(pixels.astype(float), ((0, 0), (0, 1), (0, 0))) * weight[..., None]
    count = np.sum([weight[a::2, b::2] for a in (0, 1) for b in (0, 1)], axis=0)
    total = np.sum([value[a::2, b::2] for a in (0, 1) for b in (0, 1)], axis=0)
    with np.errstate(invalid="ignore"):
        mean = np.where(count[..., None] > 0, total / count[..., None], 0.0)
    assert found.shape == mean.shape
    assert np.abs(found - mean).max() <= 0.5 + 1e-9
    np.testing.assert_array_equal(found_mask > 0, count > 0)


def test_the_same_bytes_whatever_the_workers(tmp_path: Path) -> None:
    pixels = picture(1100, 1500, 3, np.uint8)
    for workers in (1, 2, 3):
        write_cog(tmp_path / f"{workers}.tif", pixels, None, grid(1100, 1500), workers=workers)
    assert len({p.read_bytes() for p in tmp_path.iterdir()}) == 1


def test_tiles_that_go_to_disk_make_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = picture(1500, 1500, 3, np.uint8)
    write_cog(tmp_path / "memory.tif", pixels, None, grid(1500, 1500))
    monkeypatch.setattr("overflight.imagery.cog.writer._MOST_HELD", 100_000)
    write_cog(tmp_path / "disk.tif", pixels, None, grid(1500, 1500))
    assert (tmp_path / "memory.tif").read_bytes() == (tmp_path / "disk.tif").read_bytes()


def test_texts_and_marks_come_back(tmp_path: Path) -> None:
    texts = {"A": 'x < y & "z" > \u00e9', "TIFFTAG_IMAGEDESCRIPTION": "frame 7"}
    path = tmp_path / "a.tif"
    write_cog(path, picture(9, 9, 1, np.uint8), None, grid(9, 9), metadata=texts,
              marks=(SIMULATED,))  # fmt: skip
    with rasterio.open(path) as source:
        tags = source.tags()
    assert tags["A"] == texts["A"]
    assert tags["TIFFTAG_IMAGEDESCRIPTION"] == "SIMULATED frame 7"
    assert tags["TIFFTAG_SOFTWARE"].startswith("overflight ")
    assert read_marks(path) == (SIMULATED,)


def test_what_is_not_seen_tells_nothing(tmp_path: Path) -> None:
    pixels = np.full((20, 20), 77, np.uint8)
    write_cog(tmp_path / "a.tif", pixels, np.zeros((20, 20), np.uint8), grid(20, 20))
    with rasterio.open(tmp_path / "a.tif") as source:
        assert not source.read().any()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bands": 2}, "2 bands"),
        ({"dtype": np.float32}, "float32"),
        ({"crs": "+proj=laea +lat_0=3"}, "EPSG"),
        ({"crs": "nonsense"}, "EPSG"),
        ({"crs": "EPSG:7415"}, "EPSG"),  # with heights: RD New and NAP
        ({"tile": 100}, "tiles of 100"),
        ({"marks": ["TWO WORDS"]}, "mark"),
        ({"metadata": {"TIFFTAG_DATETIME": "2021-07-15T09:30Z"}}, "time"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path: Path, change: Any, said: str) -> None:
    given = {"bands": 1, "dtype": np.uint8, "crs": "EPSG:32637"} | change
    crs = given.pop("crs")
    with pytest.raises(ImageError, match=said):
        CogWriter(tmp_path / "a.tif", grid(9, 9, crs), **given)


@pytest.mark.parametrize(
    ("pixels", "mask", "said"),
    [
        (np.zeros((9, 9)), None, "float64"),
        (np.zeros((9, 8), np.uint8), None, "comes next"),
        (np.zeros((9, 9), np.uint8), np.zeros((9, 8), np.uint8), "a mask of"),
    ],
)
def test_a_tile_of_another_kind_is_refused(
    tmp_path: Path, pixels: Any, mask: Any, said: str
) -> None:
    with (
        pytest.raises(ImageError, match=said),
        CogWriter(tmp_path / "a.tif", grid(9, 9), 1, np.uint8) as writer,
    ):
        writer.write(0, 0, pixels, mask)
    assert list(tmp_path.iterdir()) == []


def test_marks_are_read_from_the_description_alone_and_from_no_broken_file(tmp_path: Path) -> None:
    """A program that rewrites the file may drop GDAL's metadata; the mark outlives it."""
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", width=2, height=2, count=1, dtype="uint8",
        crs="EPSG:32637", transform=rasterio.Affine(1, 0, 5, 0, -1, 5),
    ) as out:  # fmt: skip
        out.update_tags(TIFFTAG_IMAGEDESCRIPTION="frame 7, SIMULATED")
    assert read_marks(tmp_path / "a.tif") == (SIMULATED,)
    (tmp_path / "b.tif").write_bytes(b"II*\0")
    with pytest.raises(ImageError, match="not read"):
        read_marks(tmp_path / "b.tif")


def test_a_geographic_system_is_written_as_one(tmp_path: Path) -> None:
    at = MapGrid("EPSG:4326", 37.5, 55.75, 1e-6, 9, 9)
    write_cog(tmp_path / "a.tif", picture(9, 9, 1, np.uint8), None, at)
    with rasterio.open(tmp_path / "a.tif") as source:
        assert source.crs.is_geographic
        assert source.crs.to_epsg() == 4326
        assert source.transform.c == 37.5


def test_classic_and_big_are_chosen_by_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """42 in the header of a classic TIFF, 43 in a BigTIFF's. The bound is lowered: a real file of
    4 GB takes minutes."""
    pixels = picture(300, 300, 3, np.uint8)
    write_cog(tmp_path / "a.tif", pixels, None, grid(300, 300))
    monkeypatch.setattr("overflight.imagery.cog.writer._CLASSIC_MOST", 100_000)
    write_cog(tmp_path / "b.tif", pixels, None, grid(300, 300))
    assert [(tmp_path / name).read_bytes()[2] for name in ("a.tif", "b.tif")] == [42, 43]
    with (
        pytest.raises(ImageError, match="classic"),
        CogWriter(tmp_path / "c.tif", grid(300, 300), 3, np.uint8, big=False) as writer,
    ):
        writer.write(0, 0, pixels)
    assert not (tmp_path / "c.tif").exists()


def test_gdal_counts_the_same_checksums(tmp_path: Path) -> None:
    """As in a file that GDAL wrote: by the GDAL in rasterio, and by the system's where it has
    one, which is another release."""
    pixels = picture(700, 600, 3, np.uint8)
    mask = np.full((700, 600), 255, np.uint8)
    mask[:99] = 0
    write_cog(tmp_path / "a.tif", pixels, mask, grid(700, 600))
    with rasterio.open(
        tmp_path / "b.tif", "w", driver="GTiff", width=600, height=700, count=3, dtype="uint8",
        crs="EPSG:32637", transform=rasterio.Affine(1, 0, 5, 0, -1, 5),
    ) as out:  # fmt: skip
        out.write(np.moveaxis(np.where(mask[..., None] > 0, pixels, 0), -1, 0))
    with rasterio.open(tmp_path / "b.tif") as source:
        sums = [source.checksum(band) for band in (1, 2, 3)]
    with rasterio.open(tmp_path / "a.tif") as source:
        assert [source.checksum(band) for band in (1, 2, 3)] == sums
    tool = shutil.which("gdalinfo")
    if tool is None:
        return
    told = subprocess.run(
        [tool, "-checksum", str(tmp_path / "a.tif")], capture_output=True, text=True, check=True
    )
    assert told.stderr == ""
    assert [int(n) for n in re.findall(r"Checksum=(\d+)", told.stdout)][:3] == sums
    assert "LAYOUT=COG" in told.stdout


@pytest.mark.slow
def test_a_large_picture_is_never_wholly_in_memory(tmp_path: Path) -> None:
    """270 MB of noise that nothing makes smaller, in less than half of that."""
    code = (
        "import resource, sys; import numpy as np; from pathlib import Path\n"
        "import overflight.imagery.cog.writer as w\n"
        "from overflight.imagery.rectify.grid import MapGrid\n"
        "w._MOST_HELD = 16 * 2**20\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "rng = np.random.default_rng(1)\n"
        "def go(n):\n"
        "  g = MapGrid('EPSG:32637', 0., 0., 1., n, n)\n"
        "  with w.CogWriter(Path(sys.argv[1]), g, 3, np.uint8) as out:\n"
        "    for r in range(0, n, 512):\n"
        "      out.write_rows(r, rng.integers(0, 255, (min(512, n - r), n, 3), dtype=np.uint8))\n"
        "go(600); before = peak(); go(9500); print(peak() - before)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.tif")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (tmp_path / "a.tif").stat().st_size > 270e6
    assert float(told.stdout) < 135


@pytest.mark.slow
def test_killed_at_any_moment_the_name_holds_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    code = (
        "import sys; import numpy as np; from pathlib import Path\n"
        "from overflight.imagery.cog import write_cog\n"
        "from overflight.imagery.rectify.grid import MapGrid\n"
        "p = np.random.default_rng(1).integers(0, 255, (900, 900), dtype=np.uint8)\n"
        "while True:\n"
        "  write_cog(Path(sys.argv[1]), p, None, MapGrid('EPSG:32637', 0., 0., 1., 900, 900))\n"
        "  print(flush=True)\n"
    )
    whole = None
    for extra in (0.0, 0.003, 0.007, 0.013):
        child = subprocess.Popen(
            [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(3):
            child.stdout.readline()
        time.sleep(extra)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        whole = whole or path.read_bytes()
        assert path.read_bytes() == whole
    with rasterio.open(path) as source:
        assert source.read(1).shape == (900, 900)


def test_tiles_out_of_order_or_missing_leave_no_file(tmp_path: Path) -> None:
    tile = np.zeros((512, 512), np.uint8)
    with (
        pytest.raises(ImageError, match="comes next"),
        CogWriter(tmp_path / "a.tif", grid(1024, 1024), 1, np.uint8) as writer,
    ):
        writer.write(0, 512, tile)
    with (
        pytest.raises(ImageError, match="1 of 4 tiles"),
        CogWriter(tmp_path / "a.tif", grid(1024, 1024), 1, np.uint8) as writer,
    ):
        writer.write(0, 0, tile)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    write_cog(path, picture(9, 9, 1, np.uint8), None, grid(9, 9))
    before = path.read_bytes()
    code = (
        "import resource, signal, sys; import numpy as np; from pathlib import Path\n"
        "from overflight.imagery.cog import write_cog\n"
        "from overflight.imagery.rectify.grid import MapGrid\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "p = np.random.default_rng(1).integers(0, 255, (900, 900), dtype=np.uint8)\n"
        "try: write_cog(Path(sys.argv[1]), p, None, MapGrid('EPSG:32637', 0., 0., 1., 900, 900))\n"
        "except OSError as e: print('refused', e.errno)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith("refused")
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]
