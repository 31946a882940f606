"""Run every benchmark of this folder, one after the other, each in a process of its own.

    .venv/bin/python benchmarks/run.py [--instances DIR] [--seconds S] [--write-docs]

Without published instances only what needs none is measured. ``--write-docs`` puts the results of
the planner into docs/reference/planning-benchmarks.md and takes longer: growth.py then runs in
full. On one core the published instances with all peers take about half an hour at 10 s and three
and a half hours at 60 s.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def commands(options: argparse.Namespace) -> list[list[str]]:
    """File and arguments of each benchmark."""
    docs = ["--write-docs"] if options.write_docs else []
    growth = docs or ["--seconds", "8", "--halvings", "3", "--seeds", "1"]
    found = [["startup.py"], ["ledger.py"], ["distribution.py"]]
    found += [["sites500.py"], ["growth.py", *growth]]
    if options.instances is None:
        print("no published instances given (--instances DIR): planning.py is left out")
        return found
    peers = [word for name in ("pyvrp", "ortools", "greedy") for word in ("--peer", name)]
    planning = ["planning.py", "--instances", str(options.instances), "--certificate", *peers]
    return [*found, [*planning, "--seconds", f"{options.seconds:g}", *docs]]


def main() -> int:
    parser = argparse.ArgumentParser(description="Run every benchmark")
    parser.add_argument("--instances", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--write-docs", action="store_true")
    worst = 0
    for name, *rest in commands(parser.parse_args()):
        print(f"--- {name}", flush=True)
        call = [sys.executable, str(HERE / name), *rest]
        worst = max(worst, subprocess.run(call, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
