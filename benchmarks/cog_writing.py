"""Writing a lossless Cloud Optimized GeoTIFF: ours beside GDAL's COG driver, one core each.

    python benchmarks/cog_writing.py --pictures DIR [--gdal-translate PROGRAM] [--json]

The picture is an aerial scene of 100 megapixels, laid together from the JPEGs in DIR (for instance
the frames of brighton_beach). Both write full resolution and averaged overviews, from a picture
that is open: ours from memory, GDAL from an uncompressed tiled TIFF in the page cache. Rates are
megapixels a second of wall clock, the best of --runs; GDAL's include its start (some 30 ms).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image

from overflight.imagery.cog import write_cog
from overflight.imagery.rectify.grid import MapGrid

ROWS, COLUMNS = 8400, 12000
PEERS = {"zstd-1": ["PREDICTOR=NO"], "zstd-1-predictor": ["PREDICTOR=YES"]}


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--gdal-translate", default="gdal_translate", help="a command; words")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    pixels = scene(given.pictures)
    grid = MapGrid("EPSG:32637", 400_000.0, 6_200_000.0, 0.1, COLUMNS, ROWS)
    megapixels = ROWS * COLUMNS / 1e6
    tool = given.gdal_translate.split()
    version = subprocess.run([*tool, "--version"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain, ours, theirs = (folder / f"{n}.tif" for n in ("plain", "ours", "theirs"))
        with rasterio.open(
            plain, "w", driver="GTiff", width=COLUMNS, height=ROWS, count=3, dtype="uint8",
            crs=grid.crs, transform=rasterio.Affine(*grid.transform), tiled=True,
            blockxsize=512, blockysize=512, interleave="pixel",
        ) as out:  # fmt: skip
            out.write(np.moveaxis(pixels, -1, 0))
        small = MapGrid("EPSG:32637", 4e5, 6.2e6, 0.1, 1100, 600)
        write_cog(ours, pixels[:600, :1100], None, small)  # compiled before the clock runs
        for bands in (3, 1):
            held = pixels if bands == 3 else np.ascontiguousarray(pixels[..., 1])
            taken = []
            for _ in range(given.runs):
                begun = time.perf_counter()
                write_cog(ours, held, None, grid)
                taken.append(time.perf_counter() - begun)
            rate = megapixels / min(taken)
            for peer, options in PEERS.items():
                said = ["COMPRESS=ZSTD", "LEVEL=1", "OVERVIEW_RESAMPLING=AVERAGE", "NUM_THREADS=1"]
                words = [word for option in [*said, *options] for word in ("-co", option)]
                band = [] if bands == 3 else ["-b", "2"]
                taken = []
                for _ in range(given.runs):
                    begun = time.perf_counter()
                    subprocess.run(
                        [*tool, "-q", "-of", "COG", *band, *words, str(plain), str(theirs)],
                        check=True,
                    )
                    taken.append(time.perf_counter() - begun)
                other = megapixels / min(taken)
                line = {
                    "case": f"cog-{'rgb' if bands == 3 else 'gray'}",
                    "ours": round(rate, 1),
                    "peer": f"{version.stdout.split(',')[0]} {peer}",
                    "peer_value": round(other, 1),
                    "ratio": round(rate / other, 2),
                    "size_ratio": round(ours.stat().st_size / theirs.stat().st_size, 3),
                }
                if given.json:
                    print(json.dumps(line), flush=True)
                else:
                    print("  ".join(f"{k} {v}" for k, v in line.items()), flush=True)


if __name__ == "__main__":
    main()
