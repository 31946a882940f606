"""Writing a lossless Cloud Optimized GeoTIFF: ours beside GDAL's COG driver.

    python benchmarks/cog_writing.py --pictures DIR [--gdal-translate PROGRAM] [--json]

The picture is an aerial scene of 100 megapixels, laid together from the JPEGs in DIR (for instance
the frames of brighton_beach), in an uncompressed tiled TIFF in the page cache, from which both
sides read. Both write the full resolution, averaged overviews and, where the case says so, a mask.
Peers are a gdal_translate and the GDAL inside rasterio, which starts nothing; each with and without
its predictor. Rates are megapixels a second of wall clock, one thread each unless two are named;
sides take turns, and the best of --runs counts. TMPDIR on a memory disk leaves the disk out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import rasterio
import rasterio.shutil
from PIL import Image

from overflight.imagery.cog import TILE, CogWriter, TiledWriter, write_tiled
from overflight.imagery.rectify.grid import MapGrid

ROWS, COLUMNS = 8400, 12000
PREDICTORS = {"zstd-1": "NO", "zstd-1-predictor": "YES"}


def scene(folder: Path) -> np.ndarray:
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".jpg", ".jpeg"))
    if not files:
        raise SystemExit(f"no JPEG in {folder}")
    out = np.zeros((ROWS, COLUMNS, 3), np.uint8)
    row = number = 0
    while row < ROWS:
        column, tall = 0, ROWS
        while column < COLUMNS:
            part = np.asarray(Image.open(files[number % len(files)]).convert("RGB"))
            number += 1
            part = part[: ROWS - row, : COLUMNS - column]
            out[row : row + part.shape[0], column : column + part.shape[1]] = part
            column, tall = column + part.shape[1], min(tall, part.shape[0])
        row += tall
    return out


def turned(grid: MapGrid) -> np.ndarray:
    """The mask of a rectified frame: a rectangle turned by eleven degrees."""
    angle = np.radians(11.0)
    y = (np.arange(grid.rows, dtype=np.float32) / grid.rows - 0.5)[:, None]
    x = (np.arange(grid.columns, dtype=np.float32) / grid.columns - 0.5)[None, :]
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return np.where((np.abs(u) < 0.42) & (np.abs(v) < 0.42), 255, 0).astype(np.uint8)


class Plain:
    """The tiles of an uncompressed file that TiledWriter wrote, in its order."""

    def __init__(self, path: Path, bands: int, masked: bool) -> None:
        self._bytes = np.memmap(path, mode="r")
        self._bands, self._masked = bands, masked
        with rasterio.open(path) as source:
            self._first = int(source.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=1))

    def each(self, grid: MapGrid, write: Callable[..., None]) -> None:
        size, at = TILE * TILE * self._bands, self._first
        shape = (TILE, TILE) if self._bands == 1 else (TILE, TILE, self._bands)
        for row in range(0, grid.rows, TILE):
            for column in range(0, grid.columns, TILE):
                part = np.s_[: min(TILE, grid.rows - row), : min(TILE, grid.columns - column)]
                pixels, mask = self._bytes[at : at + size].reshape(shape)[part], None
                at += size
                if self._masked:
                    bits = self._bytes[at : at + TILE * TILE // 8]
                    mask = np.unpackbits(bits).reshape(TILE, TILE)[part]
                    at += TILE * TILE // 8
                write(row, column, pixels, mask)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--gdal-translate", default="gdal_translate", help="a command; words")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--case", help="only this one")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    pixels = scene(given.pictures)
    tool = given.gdal_translate.split()
    version = subprocess.run([*tool, "--version"], capture_output=True, text=True, check=True)
    stock = version.stdout.split(",")[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case, bands, masked, threads in (
            ("cog-rgb", 3, False, 1),
            ("cog-rgb-mask", 3, True, 1),
            ("cog-gray", 1, False, 1),
            ("cog-rgb-2-threads", 3, False, 2),
        ):
            if given.case not in (None, case):
                continue
            held = pixels if bands == 3 else np.ascontiguousarray(pixels[..., 1])
            sizes, times = measured(folder, held, masked, threads, tool, given.runs)
            report(case, sizes, times, stock, given.json)
        if given.case in (None, "tiled-rgb"):
            plain(folder, pixels, tool, given.runs, stock, given.json)


def measured(
    folder: Path, pixels: np.ndarray, masked: bool, threads: int, tool: list[str], runs: int
) -> tuple[dict[str, int], dict[str, float]]:
    """Bytes and the least seconds of each side."""
    bands = 1 if pixels.ndim == 2 else pixels.shape[2]
    grid = MapGrid("EPSG:32637", 4e5, 6.2e6, 0.1, pixels.shape[1], pixels.shape[0])
    plain, out = folder / "plain.tif", folder / "out.tif"
    write_tiled(plain, pixels, turned(grid) if masked else None, grid)
    source = Plain(plain, bands, masked)

    def ours() -> None:
        with CogWriter(out, grid, bands, pixels.dtype, workers=threads) as writer:
            source.each(grid, writer.write)

    def options(predictor: str) -> dict[str, str]:
        return {
            "COMPRESS": "ZSTD", "LEVEL": "1", "PREDICTOR": predictor,
            "OVERVIEW_RESAMPLING": "AVERAGE", "NUM_THREADS": str(threads),
        }  # fmt: skip

    def stock(predictor: str) -> None:
        words = [w for k, v in options(predictor).items() for w in ("-co", f"{k}={v}")]
        subprocess.run([*tool, "-q", "-of", "COG", *words, str(plain), str(out)], check=True)

    def inside(predictor: str) -> None:
        rasterio.shutil.copy(plain, out, driver="COG", **options(predictor))

    sides: dict[str, Callable[[], None]] = {"ours": ours}
    for peer, predictor in PREDICTORS.items():
        sides[f"stock {peer}"] = lambda p=predictor: stock(p)
        sides[f"rasterio {peer}"] = lambda p=predictor: inside(p)
    ours()  # compiled before the clock runs
    return turns(sides, out, runs)


def turns(
    sides: dict[str, Callable[[], None]], out: Path, runs: int
) -> tuple[dict[str, int], dict[str, float]]:
    sizes: dict[str, int] = {}
    times: dict[str, float] = {}
    for _ in range(runs):
        for side, work in sides.items():
            out.unlink(missing_ok=True)
            begun = time.perf_counter()
            work()
            times[side] = min(times.get(side, 1e9), time.perf_counter() - begun)
            sizes[side] = out.stat().st_size
    return sizes, times


def plain(
    folder: Path, pixels: np.ndarray, tool: list[str], runs: int, stock: str, as_json: bool
) -> None:
    """The uncompressed tiled file, out of one."""
    grid = MapGrid("EPSG:32637", 4e5, 6.2e6, 0.1, COLUMNS, ROWS)
    first, out = folder / "plain.tif", folder / "out.tif"
    write_tiled(first, pixels, None, grid)
    source = Plain(first, 3, False)

    def ours() -> None:
        with TiledWriter(out, grid, 3, np.uint8) as writer:
            source.each(grid, writer.write)

    said = [w for o in ("TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512") for w in ("-co", o)]

    def theirs() -> None:
        subprocess.run([*tool, "-q", *said, str(first), str(out)], check=True)

    report("tiled-rgb", *turns({"ours": ours, "stock": theirs}, out, runs), stock, as_json)


def report(
    case: str, sizes: dict[str, int], times: dict[str, float], stock: str, as_json: bool
) -> None:
    """A line a peer."""
    for side in times:
        if side == "ours":
            continue
        named = side.replace("stock", stock)
        named = named.replace("rasterio", f"rasterio {rasterio.__version__}, GDAL "
                              f"{rasterio.__gdal_version__},")  # fmt: skip
        line = {
            "case": case,
            "ours": round(ROWS * COLUMNS / 1e6 / times["ours"], 1),
            "peer": named,
            "peer_value": round(ROWS * COLUMNS / 1e6 / times[side], 1),
            "ratio": round(times[side] / times["ours"], 2),
            "size_ratio": round(sizes["ours"] / sizes[side], 3),
        }
        if as_json:
            print(json.dumps(line), flush=True)
        else:
            print("  ".join(f"{k} {v}" for k, v in line.items()), flush=True)


if __name__ == "__main__":
    main()
