"""Satellite accesses, ours and skyfield's way, on the same orbits and places.

    python benchmarks/study_coverage.py [--json] [--peer PYTHON]

Ours: 2,000 sites, 50 made-up orbits, 10 days. The peer is skyfield's own search
(EarthSatellite.find_events), which knows altitudes above the horizon and takes one pair at a time;
it is given ``--pairs`` pairs of satellite and site, and both sides' time is told by pair and day.
skyfield is no dependency: --peer names a Python that has it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from overflight.study.coverage.satellites import accesses, read_tle

TLE = Path(__file__).parents[1] / "examples" / "studies" / "made-up-orbits.tle"
BEGIN = dt.datetime(2021, 3, 8, tzinfo=dt.UTC)
_PEER = """
import sys, time, json
from skyfield.api import load, EarthSatellite, wgs84
lines = open(sys.argv[1]).read().splitlines()
ts = load.timescale(builtin=True)
t0, t1 = ts.utc(2021, 3, 8), ts.utc(2021, 3, 18)
pairs = int(sys.argv[2])
begun = time.perf_counter()
found = 0
for n in range(pairs):
    k = n % 50
    sat = EarthSatellite(lines[3 * k + 1], lines[3 * k + 2], lines[3 * k], ts)
    place = wgs84.latlon(42 + n % 30, 30 + 3 * (n % 50))
    found += int((sat.find_events(place, t0, t1, altitude_degrees=58.0)[1] == 1).sum())
print(json.dumps({"seconds": time.perf_counter() - begun, "found": found}))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peer", metavar="PYTHON", help="a Python with skyfield")
    parser.add_argument("--pairs", type=int, default=100)
    arguments = parser.parse_args()
    chance = np.random.default_rng(1)
    lat, lon = chance.uniform(42, 72, 2000), chance.uniform(28, 180, 2000)
    orbits = read_tle(TLE)
    accesses(orbits[:1], lat[:5], lon[:5], BEGIN, 1, off_nadir_deg=30)  # compiles
    begun = time.perf_counter()
    found = accesses(orbits, lat, lon, BEGIN, 10, off_nadir_deg=30, min_sun_deg=10)
    ours = time.perf_counter() - begun
    row = {
        "case": "2000 sites x 50 satellites x 10 days",
        "ours": round(ours, 2),
        "unit": "s",
        "accesses": len(found.jd),
        "peer": None,
        "peer_value": None,
        "ratio": None,
    }
    if arguments.peer:
        run = subprocess.run(
            [arguments.peer, "-c", _PEER, str(TLE), str(arguments.pairs)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        peer = json.loads(run.stdout)["seconds"] / arguments.pairs * 2000 * 50
        row |= {
            "peer": f"skyfield find_events, from {arguments.pairs} pairs",
            "peer_value": round(peer, 1),
            "ratio": round(peer / ours, 1),
        }
    if arguments.json:
        print(json.dumps(row))
    else:
        print("\n".join(f"{key:12} {value}" for key, value in row.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
