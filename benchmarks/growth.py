"""How the cost of a plan grows with the number of sites: 50 to 5,000, made up by seed.

    .venv/bin/python benchmarks/growth.py [--seconds S] [--seeds K] [--sizes N,...] [--write-docs]
        [--kind nodes|geo]... [--core N] [--json]

Two kinds of problem, sites uniform, values 1, 2, 3, 5 or 8:

- ``nodes``: points of a square, a closed tour of about half the length of the shortest tour through
  all (0.7124 sqrt(n A): Johnson, McGeoch and Rothberg 1996);
- ``geo``: a box of 20 by 10 degrees on WGS84, a closed path of at most 4,000 km, a swath of 10 km
  to each side.

Each runs in a process of its own on one core. Seconds count from the start of the process; imports
and distances are in them. Shown are the first plan that observes anything, and the first that
is worth 99 % of what the search has at the end of its time; medians over the seeds. The latter
depends on the time that the search is given: it is planned to be cool at its end, not before. So
searches that are given a half, a quarter and so on of the time (down to about a second) are run
too: the shortest that comes to 99 % of the best final value is how long one has to wait.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZES = (50, 100, 200, 500, 1000, 2000, 5000)
KINDS = ("nodes", "geo")
CHART = "planning-growth.svg"
SHARE = 0.99
SHORTEST_S = 0.9
FIRST_AIM_S = 2.0
AIMED_SIZE = 5000


def draw(kind: str, n: int, seed: int):
    """A made-up instance."""
    import numpy as np
    from instances import DiscInstance, NodeInstance

    random = np.random.default_rng([seed, n])
    scores = random.choice([1.0, 2.0, 3.0, 5.0, 8.0], n)
    if kind == "nodes":
        xy = random.uniform(0.0, 10_000.0, (n, 2))
        limit = round(0.5 * 0.7124 * math.sqrt(n) * 10_000.0)
        return NodeInstance("", xy, scores, limit, 0, 0, "EUC_2D", None)
    sites = random.uniform((10.0, 50.0), (30.0, 60.0), (n, 2))
    home = np.array([20.0, 55.0])
    return DiscInstance("", sites, np.full(n, 10.0), scores, 4000.0, home, home, True, (), None)


def trace(kind: str, n: int, seed: int, seconds: float, begun: float) -> dict:
    """When the search had what value, s since the process began."""
    from overflight.planning.engine.api import solve_op
    from overflight.planning.engine.discs import solve_ceop_geodesic

    instance = draw(kind, n, seed)
    seen: list[tuple[float, float]] = []
    budget = {
        "seconds": seconds,
        "begun": begun,
        "seed": seed,
        "on_best": lambda result: seen.append((result.seconds, result.score)),
    }
    if kind == "nodes":
        last = solve_op(instance.distances(), instance.scores, instance.limit, **budget)
    else:
        what = (instance.centres, instance.radii, instance.scores, instance.limit)
        last = solve_ceop_geodesic(*what, instance.start, instance.end, **budget)
    seen.append((last.seconds, last.score))
    bare = float(instance.scores[0]) if kind == "nodes" else 0.0
    final = max(value for _, value in seen)
    if final <= bare:  # nothing observed in time
        at = last.seconds
        return {"first_s": at, "first_percent": 0.0, "to_99_s": at, "final": 0.0, "took_s": at}
    first = next((e for e in seen if e[1] > bare), seen[-1])
    to_99 = next(at for at, value in seen if value >= SHARE * final)
    return {
        "first_s": first[0],
        "first_percent": 100.0 * first[1] / final,
        "to_99_s": to_99,
        "final": final,
        "took_s": last.seconds,
    }


def measure(kind: str, n: int, options: argparse.Namespace) -> dict:
    """Medians over the seeds, each search in a fresh process."""
    found = []
    for seed in range(1, options.seeds + 1):
        given = options.seconds
        runs: dict[float, dict] = {}
        while given >= max(SHORTEST_S, options.seconds / 2**options.halvings):
            runs[given] = _traced(kind, n, seed, given, options.core)
            given /= 2.0
        final = max(run["final"] for run in runs.values())
        enough = min(r["took_s"] for r in runs.values() if r["final"] >= SHARE * final)
        found.append({**runs[options.seconds], "enough_s": enough, "final": final})
    row = {key: round(statistics.median(f[key] for f in found), 3) for key in found[0]}
    most = {"first_most_s": round(max(f["first_s"] for f in found), 3)}
    return {"kind": kind, "n": n, "seconds": options.seconds, "seeds": options.seeds, **row, **most}


def _traced(kind: str, n: int, seed: int, seconds: float, core: int) -> dict:
    """``trace`` in a process of its own; nothing is worth 0 when nothing was found in time."""
    call = [sys.executable, str(Path(__file__).resolve()), "--one", f"{kind},{n},{seed}"]
    call += ["--seconds", str(seconds), "--core", str(core)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{kind} {n}\n{done.stderr}")
    return json.loads(done.stdout)


def said(row: dict) -> str:
    return (
        f"{row['kind']:<8}{row['n']:>6}  first plan {row['first_s']:6.2f} s "
        f"({row['first_percent']:.0f} % of final)  99 % after {row['to_99_s']:6.2f} s "
        f"of {row['seconds']:g} s, by a search of {row['enough_s']:.1f} s"
    )


def plot(rows: list[dict], path: Path) -> None:
    """Seconds against n, both on logarithmic axes; the same rows give the same file."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams["svg.hashsalt"] = "overflight"
    figure, axes = pyplot.subplots(figsize=(7.5, 5.0), layout="constrained")
    names = {"nodes": "nodes in the plane", "geo": "swath of 10 km, WGS84"}
    for kind, colour in zip(KINDS, ("#c2410c", "#0369a1"), strict=True):
        here = [r for r in rows if r["kind"] == kind]
        if not here:
            continue
        n = [r["n"] for r in here]
        for key, marker, style, label in (
            ("enough_s", "o", "-", f"search that comes to 99 %: {names[kind]}"),
            ("to_99_s", ".", ":", f"99 % within the longest search: {names[kind]}"),
            ("first_s", "s", "--", f"first plan: {names[kind]}"),
        ):
            axes.plot(n, [r[key] for r in here], marker=marker, ls=style, color=colour, label=label)
    axes.axhline(FIRST_AIM_S, color="grey", lw=0.8, ls=":")
    axes.annotate("aim for the first plan", (50, FIRST_AIM_S), color="grey", va="bottom")
    axes.set(xscale="log", yscale="log", xlabel="sites", ylabel="seconds from the process' start")
    axes.set_xticks(SIZES, [f"{n:,}" for n in SIZES])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize="small")
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def main() -> int:
    from solvers import started

    begun = started()
    parser = argparse.ArgumentParser(description="How the cost of a plan grows")
    parser.add_argument("--seconds", type=float, default=32.0, help="of the longest search")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--halvings", type=int, default=5, help="shorter searches, at most")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--kind", action="append", choices=KINDS, default=[])
    parser.add_argument("--core", type=int)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-docs", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.core is None and hasattr(os, "sched_getaffinity"):
        options.core = max(os.sched_getaffinity(0))
    if options.one:
        os.sched_setaffinity(0, {options.core})
        kind, n, seed = options.one.split(",")
        print(json.dumps(trace(kind, int(n), int(seed), options.seconds, begun)))
        return 0
    import report

    subprocess.run([sys.executable, str(HERE / "solvers.py"), "--warm-up"], check=True)
    machine = report.machine(1, None)
    rows = []
    for kind in options.kind or KINDS:
        for n in (int(word) for word in options.sizes.split(",")):
            row = measure(kind, n, options)
            rows.append(row)
            print(json.dumps(row) if options.json else said(row), flush=True)
    slow = [r for r in rows if r["n"] == AIMED_SIZE and r["first_most_s"] >= FIRST_AIM_S]
    if not options.json and any(r["n"] == AIMED_SIZE for r in rows):
        print(f"first plan of {AIMED_SIZE} sites in under 2 s: {'not met' if slow else 'met'}")
    if options.write_docs:
        words = f"benchmarks/growth.py --seconds {options.seconds:g} --seeds {options.seeds}"
        document = {
            "command": f"{words} --write-docs",
            "date": dt.datetime.now(dt.UTC).date().isoformat(),
            "machine": machine["text"].split(";")[0],
            "load_before": machine["load_before"],
            "load_after": report.load(),
            "rows": rows,
        }
        body = json.dumps(document, indent=1)
        report.GROWTH.write_text(body + "\n", encoding="utf-8")
        plot(rows, report.GROWTH.with_name(CHART))
        report.write_page()
    return 0


if __name__ == "__main__":
    sys.exit(main())
