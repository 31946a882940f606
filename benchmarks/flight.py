"""How fast a flight is simulated, and a track read, mended and held against its plan.

    python benchmarks/flight.py PLAN [--rate 10] [--points 1000000] [--json]

One core, compiled code warm (first runs are not counted). There is no published peer for any of
these; for reading alone numpy.loadtxt (C) reads the same columns in the same run.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("plan", type=Path)
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()

    from overflight.flying.audit import measure
    from overflight.flying.repair import repair
    from overflight.flying.simulate import Options, simulate
    from overflight.formats.plan_json import read_mission_plan
    from overflight.formats.tracks.csv_read import read_csv_track
    from overflight.formats.tracks.csv_track import track_to_csv
    from overflight.performance.handling import Handling
    from overflight.performance.planned import fly_plan

    plan = read_mission_plan(arguments.plan)
    flight, simulating = timed(lambda: simulate(plan, Options(rate_hz=arguments.rate)))
    data, writing = timed(lambda: track_to_csv(flight.track))
    rate = arguments.points / len(flight.track) * arguments.rate
    big = track_to_csv(simulate(plan, Options(rate_hz=rate)).track)
    recorded, reading = timed(lambda: read_csv_track(big, "benchmark"))
    _, numpys = timed(lambda: by_numpy(big), runs=1)
    mended, mending = timed(lambda: repair(recorded))
    swings = fly_plan(plan, handling=Handling("overflight turn"))
    ground = np.zeros(len(mended.track))
    _, auditing = timed(lambda: measure(plan, mended, swings, ground_m=ground))
    rows = [
        ("simulate", len(flight.track), simulating, None),
        ("write CSV", len(flight.track), writing, None),
        ("read CSV", len(recorded.track), reading, numpys),
        ("mend", len(recorded.track), mending, None),
        ("audit (facts)", len(recorded.track), auditing, None),
    ]
    for name, points, seconds, peer in rows:
        row = {"case": name, "points": points, "seconds": round(seconds, 3)}
        row |= (
            {} if peer is None else {"numpy_s": round(peer, 3), "ratio": round(peer / seconds, 2)}
        )
        print(json.dumps(row) if arguments.json else "  ".join(f"{k} {v}" for k, v in row.items()))
    del data
    return 0


def timed(run: Callable[[], Any], runs: int = 3) -> tuple[Any, float]:
    """The answer, and the least processor time of some runs after a first."""
    answer = run() if runs > 1 else None
    least = float("inf")
    for _ in range(runs):
        begun = time.process_time()
        answer = run()
        least = min(least, time.process_time() - begun)
    return answer, least


def by_numpy(data: bytes) -> Any:
    head = data.find(b"\ntime,") + 1
    body = io.StringIO(data[data.find(b"\n", head) + 1 :].decode())
    kinds = [("time", "U24"), *((name, float) for name in ("lat", "lon", "h", "r", "p", "hd"))]
    return np.loadtxt(body, delimiter=",", dtype=kinds, usecols=range(7))


if __name__ == "__main__":
    raise SystemExit(main())
