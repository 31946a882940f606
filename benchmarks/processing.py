"""Frames through the whole of ``imagery process``: one worker, two, a Dask cluster of two.

    python benchmarks/processing.py FRAMES -- --camera camera.toml --flat 158.5 --date 2016-06-23

What follows "--" goes to ``overflight imagery process``. Each way runs in a process of its own,
into a folder of its own, and has to give the same bytes; times are wall clock, start included.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "process.jsonl"
    }


def run(frames: list[str], rest: list[str], out: Path) -> float:
    command = [
        sys.executable, "-m", "overflight", "imagery", "process", *frames, *rest,
        "--out", str(out), "--json",
    ]  # fmt: skip
    begun = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"imagery process ended with {done.returncode}")
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("frames", nargs="+")
    parser.add_argument("--json", action="store_true")
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    given, rest = parser.parse_args(words[:cut]), words[cut + 1 :]
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        run(given.frames[:1], rest, base / "warm" / "run")  # compiled before the clock runs
        seconds = {
            "one worker": run(given.frames, rest, base / "one" / "run"),
            "two workers": run(given.frames, [*rest, "--workers", "2"], base / "two" / "run"),
            "Dask, two workers": with_dask(given.frames, rest, base / "dask" / "run"),
        }
        made = [digests(base / way / "run") for way in ("one", "two", "dask")]
        same = made[0] == made[1] == made[2]
        for way, taken in seconds.items():
            row = {
                "case": way,
                "frames": len(given.frames),
                "seconds": round(taken, 2),
                "ratio": round(seconds["one worker"] / taken, 2),
                "same_bytes": same,
            }
            text = "  ".join(f"{k} {v}" for k, v in row.items())
            print(json.dumps(row) if given.json else text, flush=True)


def with_dask(frames: list[str], rest: list[str], out: Path) -> float:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1", protocol="tcp"
    ) as cluster:
        return run(frames, [*rest, "--dask", cluster.scheduler_address], out)


if __name__ == "__main__":
    main()
