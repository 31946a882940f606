"""How true the measured bar width and its interval are, and how long a large frame takes.

    python benchmarks/bars.py accuracy --images 500      within one step of the series
    python benchmarks/bars.py coverage --images 2000     does the 95 % interval hold the truth
    python benchmarks/bars.py layout --images 100 --seed 60000   with the place of every group
    python benchmarks/bars.py jpeg                       what compression does
    python benchmarks/bars.py frame                      100 megapixels, 8 and 16 bits

Pictures come from the synthetic camera of the tests; the truth is reckoned from its transfer
function, not from the pictures. The same seed gives the same figures.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

# In place of this folder, whose own imagery.py would hide the tests' folder of that name.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from imagery.camera.cases import Case, random_case
from imagery.camera.exposure import expose, jpeg, light, view
from imagery.camera.optics import Optics, limiting_width
from imagery.camera.scene import stepped_target
from overflight.errors import ImageError
from overflight.imagery.bars.measure import CONTRAST, THRESHOLD, Asked, measure
from overflight.terms.bar_reading import BarPlace, BarTarget

AGREED = (CONTRAST - 1.0) / (CONTRAST + 1.0)


def one(case: Case) -> dict[str, Any]:
    """What was measured of a picture against its truth, for each direction."""
    frame = case.frame()
    start = time.process_time()
    try:
        reading = measure(frame, Asked(top=float(np.iinfo(frame.dtype).max)))
    except ImageError as error:
        return {"refused": str(error).split(":")[0], "snr": case.exposure.snr}
    rows = []
    for d in reading.directions:
        truth = case.truth(d.normal_deg, agreed=AGREED, threshold=THRESHOLD)
        low, high = d.bar_width_interval_95
        rows.append(
            {
                "truth": truth,
                "found": d.bar_width_pixels,
                "held": low - 1e-6 <= truth <= high + 1e-6,
                "steps": abs(math.log(d.bar_width_pixels / truth)) / math.log(case.target.ratio),
                "width": math.log(high / low),
            }
        )
    return {"rows": rows, "snr": case.exposure.snr, "cpu": time.process_time() - start}


def run(first: int, images: int) -> dict[str, Any]:
    answers = []
    for seed in range(first, first + images):
        answers.append(one(random_case(seed)))
        if sys.stderr.isatty():
            print(f"\r{seed - first + 1}/{images}", end="", file=sys.stderr)
    read = [a for a in answers if "rows" in a]
    rows = [r for a in read for r in a["rows"]]
    # Pixels, not blur, set the end there: the answer is 1 whatever the blur, and always right.
    blurred = [r for r in rows if r["truth"] > 1.0]
    worst = [max(r["steps"] for r in a["rows"]) for a in read]
    return {
        "images": images,
        "refused": dict(Counter(a["refused"] for a in answers if "refused" in a)),
        "within_one_step": sum(w <= 1.0 for w in worst) / images,
        "worst_steps": max(worst),
        "median_error": float(np.median([abs(math.log(r["found"] / r["truth"])) for r in blurred])),
        "coverage": float(np.mean([r["held"] for r in blurred])),
        "coverage_all": float(np.mean([r["held"] for r in rows])),
        "readings": len(blurred),
        "bias_in_deviations": float(
            np.mean([math.log(r["found"] / r["truth"]) / (r["width"] / 3.92) for r in blurred])
        ),
        "coverage_by_snr": {
            f"{low:g}-{high:g}": float(
                np.mean([
                    r["held"] for a in read if low <= a["snr"] < high
                    for r in a["rows"] if r["truth"] > 1.0
                ])
            )
            for low, high in ((10, 20), (20, 45), (45, 101))
            if any(low <= a["snr"] < high for a in read)
        },
        "cpu_seconds": float(np.median([a["cpu"] for a in read])),
    }  # fmt: skip


def with_places(first: int, images: int) -> dict[str, Any]:
    """With a diagram that says where groups are: is the narrowest one told apart the right one."""
    steps, held = [], []
    for seed in range(first, first + images):
        case = random_case(seed)
        groups = case.target.groups
        places = tuple(BarPlace(g.width, g.x, g.y, g.normal, g.length) for g in groups)
        target = BarTarget("made", tuple(case.target.widths), case.bars, 5.0, places)
        frame = case.frame()
        reading = measure(frame, Asked(top=float(np.iinfo(frame.dtype).max), target=target))
        for d in reading.directions:
            truth = case.truth(d.normal_deg, agreed=AGREED, threshold=THRESHOLD)
            low, high = d.bar_width_interval_95
            if truth > 1.0:
                held.append(low <= truth <= high)
            told = [w for w in target.bar_widths_m if w / (d.metres_per_pixel or 1.0) >= truth]
            if told and d.smallest_bar_m is not None:
                off = math.log(d.smallest_bar_m / min(told)) / math.log(case.target.ratio)
                steps.append(abs(off))
    return {
        "images": images,
        "directions": len(steps),
        "smallest_within_one_step": float(np.mean(np.array(steps) < 1.01)),
        "coverage": float(np.mean(held)),
        "readings": len(held),
    }


def compressed(images: int) -> list[dict[str, Any]]:
    """The same 8-bit pictures through JPEG."""
    rows = []
    for quality in (95, 90, 80, 70, 60):
        off, held, refused = [], [], 0
        for seed in range(9000, 9000 + images):
            case = random_case(seed)
            frame = case.frame()
            eight = (frame // 257).astype(np.uint8) if frame.dtype == np.uint16 else frame
            try:
                reading = measure(jpeg(eight, quality), Asked(top=255.0, jpeg_quality=quality))
            except ImageError:
                refused += 1
                continue
            for d in reading.directions:
                truth = case.truth(d.normal_deg, agreed=AGREED, threshold=THRESHOLD)
                low, high = d.bar_width_interval_95
                off.append(math.log(d.bar_width_pixels / truth) / math.log(case.target.ratio))
                held.append(low <= truth <= high)
        rows.append(
            {
                "quality": quality,
                "refused": refused,
                "mean_steps": float(np.mean(off)) if off else None,
                "worst_steps": float(np.max(np.abs(off))) if off else None,
                "coverage": float(np.mean(held)) if held else None,
            }
        )
    return rows


def large_frame(bits: int, side: int = 10_000) -> tuple[Any, float]:
    """A frame of fields, roads and noise with a target in it, and the truth along x."""
    rng = np.random.default_rng(3)
    target = stepped_target(0.8, 2 ** (1 / 6), 16)
    _, _, wide, high = target.panel
    patch = 400
    seen = view(10.0, 23.0, (wide / 2, high / 2), (patch / 2, patch / 2), tilt_deg=15.0)
    optics = Optics(1.5, 0.7)
    case = random_case(1)
    exposure = case.exposure.__class__(bits=12 if bits == 16 else 8, snr=40.0)
    made = expose(
        light(target, seen, optics, (patch, patch)), exposure,
        white=target.white, black=target.black, seed=5,
    )  # fmt: skip
    full = np.iinfo(made.dtype).max
    fields = rng.uniform(0.15, 0.6, (side // 250, side // 250)).astype(np.float32)
    frame = np.empty((side, side), made.dtype)
    for r in range(0, side, 250):
        row = np.repeat(fields[r // 250], 250)[None, :] * np.ones((250, 1), np.float32)
        row += rng.normal(0, 0.03, row.shape).astype(np.float32)
        for _ in range(60):
            x, y = int(rng.integers(0, side - 60)), int(rng.integers(0, 240))
            w, h = int(rng.integers(2, 60)), int(rng.integers(1, 10))
            row[y : y + h, x : x + w] = rng.uniform(0.05, 0.9)
        frame[r : r + 250] = (np.clip(row, 0, 1) * full).astype(made.dtype)
    frame[7000 : 7000 + patch, 2000 : 2000 + patch] = made
    return frame, limiting_width(optics, 3, 23.0, agreed=AGREED, threshold=THRESHOLD)


def timed_frames() -> list[dict[str, Any]]:
    rows = []
    for bits in (16, 8):
        frame, truth = large_frame(bits)
        measure(frame[6900:7500, 1900:2500], Asked(top=float(np.iinfo(frame.dtype).max)))
        start, cpu = time.perf_counter(), time.process_time()
        reading = measure(frame, Asked(top=float(np.iinfo(frame.dtype).max)))
        rows.append(
            {
                "bits": bits,
                "seconds": time.perf_counter() - start,
                "cpu_seconds": time.process_time() - cpu,
                "found": reading.finest.bar_width_pixels,
                "truth": truth,
            }
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("accuracy", "coverage", "layout", "jpeg", "frame"))
    parser.add_argument("--images", type=int)
    parser.add_argument("--seed", type=int)
    arguments = parser.parse_args()
    if arguments.what == "frame":
        answer: Any = timed_frames()
    elif arguments.what == "layout":
        answer = with_places(arguments.seed or 60_000, arguments.images or 100)
    elif arguments.what == "jpeg":
        answer = compressed(arguments.images or 20)
    else:
        images = arguments.images or (500 if arguments.what == "accuracy" else 2000)
        first = arguments.seed if arguments.seed is not None else 20_000
        answer = run(first, images)
    print(json.dumps(answer, indent=2))


if __name__ == "__main__":
    main()
