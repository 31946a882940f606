"""What the planner finds for 500 sites over European Russia, and that the check agrees with it.

    .venv/bin/python benchmarks/sites500.py [--sites N] [--seconds S] [--seed N] [--json]

Sites are points drawn by seed inside the territory, with values drawn by seed: places that mean
nothing. Everything else goes through the command line, as a user would. Aim: a plan for 500 sites
after 30 s of search on one core, in which ``overflight plan check`` finds no breach.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ON = "2021-05-19"
EUROPEAN_RUSSIA = (27.0, 43.0, 66.0, 70.0)  # west, south, east, north


def overflight(*arguments: str, allowed: tuple[int, ...] = (0,)) -> tuple[str, int, float]:
    """Run a command on one core: its standard output, exit status and wall time in s."""
    one_core = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    start = time.perf_counter()
    result = subprocess.run(
        [sys.executable, "-m", "overflight", *arguments],
        env=one_core,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode not in allowed:
        raise SystemExit(f"overflight {' '.join(arguments)}\n{result.stderr}")
    return result.stdout, result.returncode, time.perf_counter() - start


def draw_sites(count: int, seed: int) -> str:
    """CSV of ``count`` points of the territory, values 1 to 8, the same for the same seed."""
    from overflight.formats.sites import sites_to_csv
    from overflight.geo.positions import Position
    from overflight.terms.sites import Site
    from overflight.treaty.geography import geography
    from overflight.treaty.loader import load_treaty

    inside = geography(load_treaty("open-skies").on(dt.date.fromisoformat(ON)), "RUS").in_territory
    west, south, east, north = EUROPEAN_RUSSIA
    rng = random.Random(seed)
    sites: list[Site] = []
    while len(sites) < count:
        place = Position(lat=rng.uniform(south, north), lon=rng.uniform(west, east))
        if inside(place):
            value = float(rng.choice((1, 2, 3, 5, 8)))
            sites.append(Site(id=f"B{len(sites) + 1:04d}", position=place, value=value))
    return sites_to_csv(sites)


def measure(sites: int, seconds: float, seed: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "sites.csv"
        plan_file = Path(folder) / "working-plan.json"
        listed.write_text(draw_sites(sites, seed), encoding="utf-8")
        out, _, planning = overflight(
            *("plan", "make", str(listed), "--observing", "DEU", "--observed", "RUS", "--on", ON),
            *("--aircraft", "saab-340b", "--from", "UUMB", "--seconds", str(seconds)),
            *("--seed", str(seed), "--json"),
            allowed=(0, 1, 3),
        )
        plan = json.loads(out)
        plan_file.write_text(out, encoding="utf-8")
        out, status, checking = overflight(
            "plan", "check", str(plan_file), "--json", allowed=(0, 1, 3)
        )
        findings = json.loads(out)
    return {
        "sites": len(plan["sites"]),
        "sites_observed": len(plan["sites_observed"]),
        "value_observed": plan["value_observed"],
        "value_total": plan["value_total"],
        "flight_distance_km": round(plan["flight_distance_km"], 1),
        "maximum_flight_distance_km": plan["maximum_flight_distance_km"],
        "search_s": seconds,
        "plan_make_s": round(planning, 1),
        "plan_check_s": round(checking, 1),
        "verdict": findings["verdict"],
        "breaches": [f["rule"] for f in findings["findings"] if f["verdict"] == "breach"],
        "exit_status": status,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure a whole plan")
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.sites, options.seconds, options.seed)
    if options.json:
        print(json.dumps({"benchmark": "sites500", **result}))
        return 0
    for name, value in result.items():
        print(f"{name:<32}{value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
