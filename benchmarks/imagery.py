"""How fast and how exactly frames are rectified, with gdalwarp beside it in the same run.

    python benchmarks/imagery.py [--megapixels 100] [--gdalwarp gdalwarp] [--runs 3] [--json]

Each case goes from an open, uncompressed, tiled TIFF to another on the same file system (--folder;
a memory disk by default), on one core. Ours: exact collinearity at every pixel; peer: gdalwarp with
an RPC fitted to the same camera (its largest residual is said), the same terrain and grid,
-et 0.125. The peer is a process of its own, less the time that it needs for a grid of 16 x 16
pixels; ours is timed inside one, compiled code warm, from opening the frame to closing the result
(`ours_process` is a whole process, interpreter's start and all). Seconds are processor time, the
least of some runs in turn; values are megapixels of the map a second. `max_error_px` is the largest
distance from collinearity worked out point by point, over windows that hold thousands of borders
between the terrain's cells. The cases cog-* are those of cog_writing.py, if pictures are at hand.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

CASES = tuple((c, b) for c in ("gray", "rgb") for b in ("bilinear", "cubic"))
BANDS = {"gray": 1, "rgb": 3}
PICTURES = [
    Path(__file__).resolve().parents[n] / "shared" / "data" / "imaging" / "brighton_beach"
    for n in (1, 2)
]
ONE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megapixels", type=float, default=100.0)
    parser.add_argument("--gdalwarp", default="gdalwarp", help="the peer's command")
    parser.add_argument("--pictures", type=Path, help="JPEGs of an aerial scene: writing COGs too")
    parser.add_argument("--gdal-translate", default="gdal_translate", help="its peer's command")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="for the files; a memory disk if there is one")
    parser.add_argument("--posts", type=float, default=30.0, help="metres between the terrain's")
    parser.add_argument("--noise", type=float, default=0.0, help="metres from post to post")
    parser.add_argument("--only", help="one case, such as rgb-cubic")
    parser.add_argument("--peer-error", action="store_true", help="measure the peer's error too")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        return child(arguments)
    memory = Path("/dev/shm")
    base = arguments.folder or (memory if memory.is_dir() else None)
    with tempfile.TemporaryDirectory(dir=base) as folder:
        if not (arguments.only or "").startswith("cog"):
            compare(arguments, Path(folder))
    pictures = arguments.pictures or next((p for p in PICTURES if p.is_dir()), None)
    peer = shutil.which(arguments.gdal_translate.split()[0])
    if pictures is None or peer is None or (arguments.only or "cog")[:3] != "cog":
        return 0
    return write_cogs(arguments, pictures)


def write_cogs(arguments: argparse.Namespace, pictures: Path) -> int:
    """The lines of cog_writing.py for one band and three; lossless, so no pixel is off."""
    for case in ("cog-rgb", "cog-gray"):
        command = [
            sys.executable, str(Path(__file__).with_name("cog_writing.py")), "--json",
            "--case", case, "--pictures", str(pictures),
            "--gdal-translate", arguments.gdal_translate, "--runs", str(arguments.runs),
        ]  # fmt: skip
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        for line in done.stdout.splitlines():
            row = {**json.loads(line), "unit": "MP/s", "max_error_px": 0.0}
            text = "  ".join(f"{k} {v}" for k, v in row.items())
            print(json.dumps(row) if arguments.json else text, flush=True)
    return 0


def compare(arguments: argparse.Namespace, folder: Path) -> None:
    from imagery_scene import fitted_rpc, scene, write_frame, write_terrain

    made = scene(arguments.megapixels, posts=arguments.posts, noise=arguments.noise)
    rpc, residual = fitted_rpc(made)
    write_terrain(made, folder / "dem.tif")
    megapixels = made.grid.columns * made.grid.rows / 1e6
    peer = shutil.which(arguments.gdalwarp.split()[0]) is not None
    about = {
        "rpc_residual_px": round(residual, 4),
        "core": processor(),
        "versions": versions(arguments.gdalwarp if peer else None),
        "megapixels": round(megapixels, 1),
    }
    for colour, sampling in CASES:
        if arguments.only and arguments.only != f"{colour}-{sampling}":
            continue
        frame = folder / f"{colour}.tif"
        if not frame.exists():
            write_frame(made, frame, BANDS[colour], rpc)
        ours, theirs, whole = [], [], []
        told: dict[str, Any] = {}
        for _ in range(arguments.runs):
            told, used = run_child(arguments, frame, sampling, folder)
            ours.append(told["seconds"])
            whole.append(used)
            if peer:
                theirs.append(run_peer(arguments.gdalwarp, made.grid, frame, sampling, folder))
        row = {
            "case": f"rectify-{colour}-{sampling}",
            "ours": round(megapixels / min(ours), 1),
            "peer": "gdalwarp RPC + DEM -et 0.125" if peer else None,
            "peer_value": round(megapixels / min(theirs), 1) if peer else None,
            "ratio": round(min(theirs) / min(ours), 2) if peer else None,
            "unit": "MP/s",
            "max_error_px": round(told["error"], 4),
            "ours_process": round(megapixels / min(whole), 1),
            "ours_peak_mb": told["peak_mb"],
            "seen": round(told["seen"], 3),
            **about,
        }
        if arguments.peer_error and peer:
            row |= peer_error(arguments.gdalwarp, made, rpc, folder)
        print(json.dumps(row) if arguments.json else "  ".join(f"{k} {v}" for k, v in row.items()))
        sys.stdout.flush()


def run_child(
    arguments: argparse.Namespace, frame: Path, sampling: str, folder: Path
) -> tuple[dict[str, Any], float]:
    """What the process that rectifies says, and the processor time of all of it, without the
    error's measurement."""
    command = [
        sys.executable, __file__, "--megapixels", str(arguments.megapixels),
        "--posts", str(arguments.posts), "--noise", str(arguments.noise), "--child",
        str(frame), str(folder / "dem.tif"), sampling, str(folder / "ours.tif"),
    ]  # fmt: skip
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, env={**os.environ, **ONE}, text=True
    )
    told = json.loads(done.stdout)
    return told, told["process"]


def child(arguments: argparse.Namespace) -> int:
    from imagery_scene import scene
    from plain_tiff import PlainTiff

    from overflight.imagery.elevation import Terrain
    from overflight.imagery.rectify.frame import Rectifier
    from overflight.imagery.sources import open_source

    frame, dem, sampling, out = arguments.child
    begun = time.process_time()
    made = scene(arguments.megapixels, posts=arguments.posts, noise=arguments.noise)
    making = time.process_time() - begun

    def run(first: int | None = None) -> tuple[float, Any]:
        start, seen = time.process_time(), 0
        source = open_source(frame)
        rectifier = Rectifier(made.frame, source, Terrain.read(dem), made.grid, sampling=sampling)
        with PlainTiff(Path(out), made.grid, source.bands, source.dtype) as file:
            for row0, _, pixels, mask in rectifier.tiles():
                if first is not None and row0 >= first:
                    break
                seen += int(np.count_nonzero(mask))
                file.write(pixels)
        spent = time.process_time() - start
        return spent, (seen / made.grid.columns / made.grid.rows, rectifier)

    cold, _ = run()
    process = time.process_time() - making
    warm, (seen, rectifier) = run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        json.dumps(
            {
                "seconds": min(cold, warm),
                "process": process,
                "peak_mb": peak,
                "seen": seen,
                "error": largest_error(rectifier),
            }
        )
    )
    return 0


def largest_error(rectifier: Any, windows: int = 12, edge: int = 256) -> float:
    from overflight.imagery.rectify.exact import positions

    grid, worst = rectifier.grid, 0.0
    rng = np.random.default_rng(5)
    for _ in range(windows):
        row0 = int(rng.integers(0, max(1, grid.rows - edge)))
        col0 = int(rng.integers(0, max(1, grid.columns - edge)))
        found = rectifier.places(
            row0, min(row0 + edge, grid.rows), col0, min(col0 + edge, grid.columns)
        )
        rows, columns = np.indices(found.shape[:2])
        x = grid.left + grid.size * (col0 + columns + 0.5)
        y = grid.top - grid.size * (row0 + rows + 0.5)
        exact = positions(rectifier.frame, rectifier.terrain, grid.crs, x.ravel(), y.ravel())
        off = np.hypot(*np.moveaxis(found.reshape(-1, 2) - exact, -1, 0))
        if np.isfinite(off).any():
            worst = max(worst, float(np.nanmax(off)))
    return worst


def peer_error(command: str, made: Any, rpc: Any, folder: Path) -> dict[str, float]:
    """The peer's largest and middle distance from collinearity, told by a frame whose two bands
    are its own columns and rows: between them bilinear is exact."""
    import rasterio
    from imagery_scene import write_ramp
    from rasterio.windows import Window

    from overflight.imagery.rectify.exact import positions

    frame, out, grid = folder / "ramp.tif", folder / "ramp_out.tif", made.grid
    write_ramp(made, frame, rpc)
    subprocess.run(peer_command(command, grid, frame, "bilinear", out), check=True)
    rng, off, edge = np.random.default_rng(5), [], 256
    with rasterio.open(out) as file:
        for _ in range(24):
            row0, col0 = (int(rng.integers(0, count - edge)) for count in grid.shape)
            found = file.read(window=Window(col0, row0, edge, edge)).reshape(2, -1).T
            rows, columns = np.indices((edge, edge))
            x = grid.left + grid.size * (col0 + columns.ravel() + 0.5)
            y = grid.top - grid.size * (row0 + rows.ravel() + 0.5)
            exact = positions(made.frame, made.terrain, grid.crs, x, y)
            inside = ((exact > 2.0) & (exact < made.frame.interior.columns - 2.0)).all(axis=1)
            off.append(np.hypot(*(found - exact)[inside].T))
    for path in (frame, out):
        path.unlink()
    away = np.concatenate(off)
    return {
        "peer_max_error_px": round(float(away.max()), 3),
        "peer_median_error_px": round(float(np.median(away)), 4),
        "peer_share_beyond_an_eighth": round(float((away > 0.125).mean()), 4),
    }


def peer_command(command: str, grid: Any, frame: Path, sampling: str, out: Path) -> list[str]:
    left, bottom, right, top = grid.bounds
    return [
        *command.split(), "-q", "-overwrite", "-rpc", "-to", f"RPC_DEM={frame.parent / 'dem.tif'}",
        "-to", "RPC_DEMINTERPOLATION=bilinear", "-et", "0.125", "-r", sampling, "-t_srs", grid.crs,
        "-te", *(repr(value) for value in (left, bottom, right, top)),
        "-ts", str(grid.columns), str(grid.rows), "-wo", "NUM_THREADS=1", "-wm", "2000",
        "--config", "GDAL_CACHEMAX", "1000", "-co", "TILED=YES", "-co", "BLOCKXSIZE=512",
        "-co", "BLOCKYSIZE=512", "-co", "BIGTIFF=IF_SAFER", str(frame), str(out),
    ]  # fmt: skip


def run_peer(command: str, grid: Any, frame: Path, sampling: str, folder: Path) -> float:
    middle = grid.window(
        grid.rows // 2, grid.rows // 2 + 16, grid.columns // 2, grid.columns // 2 + 16
    )
    out = folder / "theirs.tif"
    return timed(peer_command(command, grid, frame, sampling, out)) - timed(
        peer_command(command, middle, frame, sampling, folder / "small.tif")
    )


def timed(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if "model name" in line), "")


def versions(command: str | None) -> str:
    import numba
    import rasterio

    ours = f"numpy {np.__version__}, numba {numba.__version__}, rasterio {rasterio.__version__}"
    if command is None:
        return ours
    said = subprocess.run([*command.split(), "--version"], stdout=subprocess.PIPE, text=True)
    return f"{said.stdout.strip()}; {ours}"


if __name__ == "__main__":
    raise SystemExit(main())
