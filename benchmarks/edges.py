"""MTF50 of slanted edges against their exact values, and against a peer where there is one.

    .venv/bin/python benchmarks/edges.py [--count N] [--coverage N] [--set DIR] [--peer PROGRAM]
                                         [--peer-options WORDS] [--like N]
                                         [--generator PROGRAM] [--jobs N] [--json]

Edges are those of tests/imagery/edge/made_edges.py: seven kinds of blur, MTF50 0.05 to 0.6 cycles
per pixel, 2 to 43 degrees, all eight ways to turn a picture. At 0, 1 and 5 % noise, ``--count``
edges each, straight and evenly lit. ``--coverage`` counts how many of that many 95 % intervals hold
the truth, on edges that are bowed and unevenly lit, with 0 to 5 % noise (the full number is 2,000).
``--set`` is a folder with truth.json. ``--peer`` is MTF Mapper's ``mtf_mapper``, which measures the
same pictures (``--single-roi -q``); it is GPL, a program beside ours, and never part of it.
``--like`` draws that many edges at each noise with the eight blurs of the set in truth.json, at any
angle. ``--generator`` is MTF Mapper's ``mtf_generate_rectangle``: squares whose MTF50 it prints, in
Gaussian blur and behind a lens limited by diffraction; 72 edges in crops of 72 x 72 pixels.

Aims: the 95th percentile of the error at most 0.75 of the peer's; 93 to 97 % of intervals.
"""

from __future__ import annotations

import argparse
import functools
import json
import re
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "imagery" / "edge"))

from made_edges import Edge, airy, drawn, frequency_at, picture, system

from overflight.errors import OverflightError
from overflight.imagery.edge import measure

NOISES = (0.0, 0.01, 0.05)
LIKE: tuple[tuple[str, dict[str, float]], ...] = (
    ("gauss", {"s": 0.4}), ("gauss", {"s": 0.8}), ("gauss", {"s": 1.5}),
    ("airy", {"fc": 0.7}), ("airy", {"fc": 1.2}),
    ("motion", {"s": 0.5, "L": 1.5}), ("motion", {"s": 0.5, "L": 3.0}),
    ("jitter", {"s": 0.5, "a": 0.35, "s2": 2.0}),
)  # fmt: skip
SIDE, HALF = 160, 36
PITCH_UM, WAVE_UM = 4.73, 0.55


def ours(image: Any) -> tuple[float, float, float, float]:
    """MTF50, its interval, and seconds of this processor; nan where refused."""
    start = time.process_time()
    try:
        found = measure(image)
    except OverflightError as refused:
        print(refused.message, file=sys.stderr)
        return (np.nan,) * 4
    return found.mtf50, *found.interval_95, time.process_time() - start


def peers(program: tuple[str, ...] | None, image: Any) -> float:
    """The peer's MTF50, nan where it gives none."""
    if program is None:
        return np.nan
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "edge.png"
        Image.fromarray(image).save(file)
        subprocess.run(
            [program[0], "--single-roi", "-q", *program[1:], str(file), folder],
            capture_output=True,
            check=False,
            timeout=300,
        )
        values = Path(folder) / "edge_mtf_values.txt"
        lines = values.read_text().splitlines() if values.exists() else []
        return float(lines[0].split()[3]) if lines else np.nan


def made(program: tuple[str, ...] | None, task: tuple[int, float, bool]) -> tuple[float, ...]:
    """Truth, ours (four numbers) and the peer's, of one made edge."""
    seed, noise, plain = task
    edge = drawn(seed, noise, plain=plain)
    image = picture(edge)
    return edge.mtf50, *ours(image), peers(program, image)


def like(program: tuple[str, ...] | None, edge: Edge) -> tuple[float, ...]:
    image = picture(edge)
    return edge.mtf50, *ours(image), peers(program, image)


def like_edges(count: int, noise: float) -> list[Edge]:
    rng = np.random.default_rng(6)
    return [
        Edge(
            *LIKE[n % len(LIKE)], float(rng.uniform(2, 43)), noise, int(rng.integers(8)),
            offset=float(rng.uniform(-2, 2)), seed=17_000 + n,
        )
        for n in range(count)
    ]  # fmt: skip


def square(
    task: tuple[str, tuple[str, ...] | None, str, float, float],
) -> list[tuple[float, ...]]:
    """The four edges of one square of the generator. Its noise is 1 % of the contrast."""
    from PIL import Image

    generator, program, kind, value, degrees = task
    blur = (
        ["-p", "gaussian", "-m", str(value)] if kind == "gaussian" else
        ["-p", "airy-box", "--aperture", str(value), "--pixel-pitch", str(PITCH_UM)]
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "square.png"
        said = subprocess.run(
            [generator, "--b16", *blur, "-a", str(degrees), "-d", str(SIDE), "-r", "1",
             "-n", "0.007", "-s", "3" if kind == "gaussian" else "5", "-c", "0.3",
             "-o", str(file)],
            capture_output=True, check=True, text=True,
        ).stdout  # fmt: skip
        with Image.open(file) as opened:
            image = np.asarray(opened)
    found = re.search(r"MTF50 = ([0-9.]+)", said)
    assert found, said
    printed = float(found.group(1))
    if kind != "gaussian":
        # It prints the value across a column; its square pixel is narrower across a leaning edge.
        lens = airy(PITCH_UM / (WAVE_UM * value))
        upright, leaning = (frequency_at(system(lens, a), 0.5) for a in (0.0, degrees))
        assert abs(printed / upright - 1.0) < 1e-4
        printed *= leaning / upright
    rows = []
    middle = (np.array(image.shape) - 1) / 2
    for quarter in range(4):
        angle = np.pi / 2 * quarter - np.radians(degrees)
        y = round(float(middle[0] + SIDE / 2 * np.sin(angle)))
        x = round(float(middle[1] + SIDE / 2 * np.cos(angle)))
        crop = np.ascontiguousarray(image[y - HALF : y + HALF, x - HALF : x + HALF])
        rows.append((printed, *ours(crop), peers(program, crop)))
    return rows


def shared(program: tuple[str, ...] | None, task: tuple[str, float]) -> tuple[float, ...]:
    from PIL import Image

    with Image.open(task[0]) as opened:
        image = np.asarray(opened)
    return task[1], *ours(image), peers(program, image)


def row(name: str, found: list[tuple[float, ...]]) -> dict[str, Any]:
    """Errors in per cent, 95th percentile and median; a refusal counts as an error of 100 %."""
    table = np.array(found)
    truth = table[:, 0]
    error = np.nan_to_num(np.abs(table[:, 1] / truth - 1.0), nan=1.0)
    inside = (table[:, 2] <= truth) & (truth <= table[:, 3])
    result: dict[str, Any] = {
        "set": name,
        "edges": len(found),
        "p95_percent": 100.0 * float(np.percentile(error, 95)),
        "median_percent": 100.0 * float(np.median(error)),
        "intervals_that_hold_percent": 100.0 * float(inside.mean()),
        "refused": int(np.isnan(table[:, 1]).sum()),
        "seconds": float(np.nanmedian(table[:, 4])),
    }
    if not np.isnan(table[:, 5]).all():
        other = np.nan_to_num(np.abs(table[:, 5] / truth - 1.0), nan=1.0)
        result["peer_p95_percent"] = 100.0 * float(np.percentile(other, 95))
        result["peer_median_percent"] = 100.0 * float(np.median(other))
        result["share_of_peer"] = result["p95_percent"] / result["peer_p95_percent"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--coverage", type=int, default=0)
    parser.add_argument("--set", type=Path)
    parser.add_argument("--peer")
    parser.add_argument("--peer-options", default="", help="for instance '--esf-model loess'")
    parser.add_argument("--like", type=int, default=0)
    parser.add_argument("--generator")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    peer = None
    if arguments.peer:
        peer = (arguments.peer, *shlex.split(arguments.peer_options))
    rows = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for noise in NOISES:
            tasks = [(seed, noise, True) for seed in range(arguments.count)]
            job = functools.partial(made, peer)
            if tasks:
                rows.append(row(f"made, {noise:.0%} noise", list(pool.map(job, tasks))))
        if arguments.set:
            truth = json.loads((arguments.set / "truth.json").read_text())
            files = [(str(arguments.set / e["file"]), e["mtf50"]) for e in truth]
            job = functools.partial(shared, peer)
            rows.append(row(f"{arguments.set.name}, from its files", list(pool.map(job, files))))
        for noise in NOISES if arguments.like else ():
            job = functools.partial(like, peer)
            edges = like_edges(arguments.like, noise)
            rows.append(row(f"blurs of that set, {noise:.0%} noise", list(pool.map(job, edges))))
        if arguments.generator:
            for kind, values in (("gaussian", (0.1, 0.2, 0.3)), ("airy-box", (4.0, 8.0, 16.0))):
                squares = [
                    (arguments.generator, peer, kind, v, a) for a in (4.0, 17.0, 33.0)
                    for v in values
                ]  # fmt: skip
                found = [edge for four in pool.map(square, squares) for edge in four]
                rows.append(row(f"mtf_generate_rectangle, {kind}", found))
        if arguments.coverage:
            noises = np.random.default_rng(20).uniform(0.0, 0.05, arguments.coverage)
            tasks = [(10_000 + k, float(noise), False) for k, noise in enumerate(noises)]
            job = functools.partial(made, None)
            rows.append(row("bowed, shaded, 0 to 5 % noise", list(pool.map(job, tasks))))
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return
    for entry in rows:
        print(
            ", ".join(f"{k} {v:.3g}" if isinstance(v, float) else f"{v}" for k, v in entry.items())
        )


if __name__ == "__main__":
    main()
