"""Mosaics: ours beside a plain paste, feathering, and OpenCV's stitching classes.

    python benchmarks/mosaic.py FRAMES [--json] [--keep DIR]

FRAMES is a folder of ``imagery process``, or of rectified GeoTIFFs on one grid. Each case runs in a
process of its own, on one thread, from files to a file, without the start of the interpreter. Rates
are by processor time, which a busy machine hardly changes. OpenCV takes its usual steps
(samples/python/stitching_detailed.py): gains by channel, graph-cut seams by colour at 0.1 megapixel
a frame, five bands; its result is written as an uncompressed GeoTIFF, which is quicker than a COG.

What is measured at every seam, against the frames as they came:

steps   differences of neighbouring pixels across the seam, over the mean of those that the two
        frames have in the same place: above 1 an edge, below 1 a smear
level   grey levels that the two sides (means of 16 x 16 pixels) are further apart, or closer, than
        the two frames have them, the 95th percentile
detail  differences of neighbouring pixels within 24 pixels of a seam, over those of the frame that
        the place is taken from, balanced as a whole: below 1 detail was lost
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

from overflight.imagery.mosaic.gather import sheets_of
from overflight.imagery.mosaic.make import Settings, make_mosaic, sources_path
from overflight.imagery.mosaic.sheets import Sheet, Shelf, laid_together

OURS = {
    "paste": Settings("none", "none", "nearest"),
    "paste-balanced": Settings("none", "light", "nearest"),
    "feather": Settings("feather", "none", "nearest"),
    "feather-balanced": Settings("feather", "light", "nearest"),
    "ours": Settings(),
}
BOX, NEAR = 16, 24


def opencv(sheets: tuple[Sheet, ...], out: Path) -> None:
    import cv2 as opencv_module

    cv2: Any = opencv_module
    cv2.setNumThreads(1)
    grid, placed = laid_together(sheets)
    images, masks = [], []
    with Shelf(placed) as shelf:
        for k, s in enumerate(placed):
            pixels, seen = shelf.read(k, s.row0, s.row1, s.col0, s.col1)
            images.append(np.ascontiguousarray(pixels if s.bands == 3 else pixels[:, :, [0, 0, 0]]))
            masks.append(np.where(seen, 255, 0).astype(np.uint8))
    corners = [(s.col0, s.row0) for s in placed]
    scale = min(1.0, (1e5 / max(m.size for m in masks)) ** 0.5)
    small = [cv2.resize(i, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for i in images]
    small_masks = [
        cv2.resize(m, (i.shape[1], i.shape[0]), interpolation=cv2.INTER_NEAREST)
        for m, i in zip(masks, small, strict=True)
    ]
    small_corners = [(round(x * scale), round(y * scale)) for x, y in corners]
    compensator = cv2.detail.ExposureCompensator_createDefault(
        cv2.detail.ExposureCompensator_CHANNELS
    )
    compensator.feed(small_corners, small, small_masks)
    even = []
    for k, image in enumerate(small):
        even.append(
            np.float32(compensator.apply(k, small_corners[k], image.copy(), small_masks[k]))
        )
    finder = cv2.detail_GraphCutSeamFinder("COST_COLOR")
    found = [
        m if isinstance(m, np.ndarray) else m.get()
        for m in finder.find(even, small_corners, [cv2.UMat(m).get() for m in small_masks])
    ]
    blender = cv2.detail_MultiBandBlender()
    blender.setNumBands(5)
    blender.prepare((0, 0, grid.columns, grid.rows))
    own = np.zeros((grid.rows, grid.columns), np.uint8)
    for k, s in enumerate(placed):
        image = compensator.apply(k, corners[k], images[k], masks[k])
        wide = cv2.resize(cv2.dilate(found[k], None), (s.grid.columns, s.grid.rows))
        mask = np.where(wide > 127, masks[k], 0).astype(np.uint8)
        blender.feed(image.astype(np.int16), mask, corners[k])
        part = own[s.row0 : s.row1, s.col0 : s.col1]
        part[(mask > 0) & (part == 0)] = k + 1
        images[k] = images[k][:0]
    mosaic, _ = blender.blend(None, None)
    mosaic = np.clip(mosaic, 0, 255).astype(np.uint8)
    for path, array in ((out, np.moveaxis(mosaic, 2, 0)), (sources_path(out), own[None])):
        with rasterio.open(
            path, "w", driver="GTiff", width=grid.columns, height=grid.rows, count=len(array),
            dtype="uint8", crs=grid.crs, transform=rasterio.Affine(*grid.transform), tiled=True,
        ) as file:  # fmt: skip
            file.write(array)


def one(case: str, folder: Path, out: Path) -> None:
    """Run a case and print its time and memory."""
    sheets = sheets_of([folder])
    runs = []
    for _ in range(2):  # the first compiles, or loads what was compiled
        start, busy = time.perf_counter(), time.process_time()
        if case == "opencv":
            opencv(sheets, out)
        else:
            make_mosaic(sheets, out, OURS[case])
        runs.append((time.process_time() - busy, time.perf_counter() - start))
    told = Path("/proc/self/status").read_text()  # getrusage counts the parent's, too
    peak = int(told.split("VmHWM:")[1].split()[0]) / 1024
    print(json.dumps({"cpu_s": min(runs)[0], "wall_s": min(runs)[1], "peak_mb": peak}))


def judged(sheets: tuple[Sheet, ...], out: Path) -> dict[str, float]:
    """The three measures, over all seams of a mosaic."""
    _, placed = laid_together(sheets)
    with rasterio.open(out) as source:
        mosaic = np.moveaxis(source.read(), 0, 2).astype(np.float32)
    with rasterio.open(sources_path(out)) as source:
        own = source.read(1).astype(np.int32) - 1
    steps, levels, kept = np.zeros(2), [], np.zeros(2)
    with Shelf(placed) as shelf:
        shown = [shelf.read(k, s.row0, s.row1, s.col0, s.col1) for k, s in enumerate(placed)]
    for turned in (False, True):
        m, o = (mosaic.transpose(1, 0, 2), own.T) if turned else (mosaic, own)
        rows, columns = np.nonzero((o[:, 1:] != o[:, :-1]) & (o[:, 1:] >= 0) & (o[:, :-1] >= 0))
        keep = (
            (rows > BOX) & (rows < o.shape[0] - BOX)
            & (columns > BOX) & (columns < o.shape[1] - BOX - 1)
        )  # fmt: skip
        for r, c in zip(rows[keep], columns[keep], strict=True):
            both = []
            for k in (int(o[r, c]), int(o[r, c + 1])):
                s, (pixels, seen) = placed[k], shown[k]
                p, v = (pixels.transpose(1, 0, 2), seen.T) if turned else (pixels, seen)
                top, left = (s.col0, s.row0) if turned else (s.row0, s.col0)
                part = np.s_[r - top - 8 : r - top + 8, c - left - 15 : c - left + 17]
                inside = r - top >= 8 and c - left >= 15
                if not inside or v[part].shape != (16, 32) or not v[part].all():
                    break
                both.append(p[part].astype(np.float32))
            if len(both) < 2:
                continue
            here = m[r - 8 : r + 8, c - 15 : c + 17]
            bright = max(here.mean(), 1.0)
            both = [b * (bright / max(b.mean(), 1.0)) for b in both]
            steps += [
                np.abs(here[8, 16] - here[8, 15]).mean(),
                np.mean([np.abs(b[8, 16] - b[8, 15]).mean() for b in both]),
            ]
            apart = [b[:, 16:].mean() - b[:, :16].mean() for b in (here, *both)]
            low, high = sorted(apart[1:])
            levels.append(max(0.0, low - apart[0], apart[0] - high))
    near = _near(own)
    for k, s in enumerate(placed):
        inside = np.s_[s.row0 : s.row1, s.col0 : s.col1]
        mine = (own[inside] == k) & near[inside] & shown[k][1]
        mine = mine[:, 1:] & mine[:, :-1]
        if not mine.any():
            continue
        raw, now = shown[k][0].astype(np.float32), mosaic[inside]
        ratio = now[:, 1:][mine].mean() / max(raw[:, 1:][mine].mean(), 1.0)
        kept += [
            np.abs(np.diff(now, axis=1))[mine].sum(),
            ratio * np.abs(np.diff(raw, axis=1))[mine].sum(),
        ]
    return {
        "steps": steps[0] / steps[1],
        "level": float(np.percentile(levels, 95)),
        "detail": kept[0] / kept[1],
    }


def _near(own: np.ndarray) -> np.ndarray:
    border = np.zeros(own.shape, bool)
    for a, b in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        border[a] |= (own[a] != own[b]) & (own[a] >= 0) & (own[b] >= 0)
    total = border.astype(np.int32).cumsum(0).cumsum(1)
    wide = np.pad(total, ((1, 0), (1, 0)))
    rows, columns = (np.arange(n) for n in own.shape)
    r0, r1 = np.maximum(rows - NEAR, 0), np.minimum(rows + NEAR + 1, own.shape[0])
    c0, c1 = np.maximum(columns - NEAR, 0), np.minimum(columns + NEAR + 1, own.shape[1])
    sums = wide[r1][:, c1] - wide[r0][:, c1] - wide[r1][:, c0] + wide[r0][:, c0]
    near: np.ndarray = sums > 0
    return near


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("frames", type=Path)
    parser.add_argument("--cases", nargs="+", help="only these")
    parser.add_argument("--keep", type=Path, help="leave the mosaics here")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(arguments.one[0], arguments.frames, Path(arguments.one[1]))
        return
    sheets = sheets_of([arguments.frames])
    grid, placed = laid_together(sheets)
    frames_mp = sum(s.grid.rows * s.grid.columns for s in placed) / 1e6
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for case in arguments.cases or (*OURS, "opencv"):
            out = folder / f"{case}.tif"
            told = subprocess.run(
                [sys.executable, __file__, str(arguments.frames), "--one", case, str(out)],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            line: dict[str, Any] = {"case": f"mosaic-{case}", **json.loads(told.stdout)}
            line["frames_mp_s"] = frames_mp / line["cpu_s"]
            line["mosaic_mp_s"] = grid.rows * grid.columns / 1e6 / line["cpu_s"]
            line |= judged(sheets, out)
            if arguments.json:
                print(
                    json.dumps(
                        {
                            k: round(v, 3) if v != case and not isinstance(v, str) else v
                            for k, v in line.items()
                        }
                    ),
                    flush=True,
                )
            else:
                print(
                    "  ".join(
                        f"{k} {v:.3g}" if not isinstance(v, str) else f"{v:24}"
                        for k, v in line.items()
                    ),
                    flush=True,
                )


if __name__ == "__main__":
    main()
