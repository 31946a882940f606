"""The planner's search on published instances, beside its peers in the same run.

    .venv/bin/python benchmarks/planning.py --instances DIR [--seconds S] [--json]
        [--set oplib|chao|ceop|geo|all]... [--peer pyvrp|ortools|greedy]... [--only TEXT]...
        [--min-nodes N] [--max-nodes N] [--seed N] [--core N] [--jobs N]
        [--certificate] [--write-docs]

A line an instance (and solver): instance, n, score, length, limit, best_known, percent, seconds.
Each is solved in a process of its own that is bound to one core; ``seconds`` is the wall time of
that process from its start to its end, with import, reading, distances and the loading of compiled
code in it. A first process, which is not counted, sees to it that the code is compiled. Length and
score are taken again here, by other code than the search's (checks.py).

DIR is any folder with instances in it or in folders below it (instances.py says which formats);
where no value to compare with is beside them, best_known and percent are null. With --json
standard output holds those lines only, one JSON document each; the rest goes to standard error.
Peers run in .venv-bench if it is there (``make bench`` makes it), else in this environment, and
are left out with a word if they are not installed. The exit status is 1 when an answer was wrong.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import queue
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from checks import Wrong, checked
from instances import CORRECTED, SETS, Entry, entries
from solvers import PEERS

import report

HERE = Path(__file__).resolve().parent
BENCH_PYTHON = HERE.parent / ".venv-bench" / "bin" / "python"
CHAO_SECONDS = 2.0
"""What the small instances are given for the published table: their aim is for 2 s."""
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def python_for(solver: str, peers: Path | None) -> str:
    """The interpreter that a solver runs in."""
    if solver == "overflight":
        return sys.executable
    return str(peers or (BENCH_PYTHON if BENCH_PYTHON.exists() else sys.executable))


def installed(solver: str, python: str) -> bool:
    """Whether a peer can be asked."""
    modules = {"pyvrp": "pyvrp", "ortools": "ortools.constraint_solver", "greedy": "numpy"}
    call = [python, "-c", f"import {modules[solver]}, pyproj"]
    return subprocess.run(call, capture_output=True, check=False).returncode == 0


def run_one(
    entry: Entry, solver: str, seconds: float, options: argparse.Namespace, core: int
) -> dict:
    """The line of one instance and solver."""
    call = [python_for(solver, options.peer_python), str(HERE / "solvers.py")]
    call += ["--instances", str(options.instances), "--one", entry.key, "--solver", solver]
    call += ["--seconds", str(seconds), "--seed", str(options.seed), "--core", str(core)]
    begun = time.monotonic()
    done = subprocess.run(
        call, env={**os.environ, **ONE_CORE}, capture_output=True, text=True, check=False
    )
    took = time.monotonic() - begun
    instance = entry.read()
    line = {
        "instance": entry.name,
        "n": len(instance.scores),
        "score": None,
        "length": None,
        "limit": instance.limit,
        "best_known": entry.best_known,
        "percent": None,
        "seconds": round(took, 2),
        "solver": solver,
        "set": entry.set,
        "asked_seconds": seconds,
    }
    if entry.name in CORRECTED:
        line["note"] = "best_known corrected: the published value is impossible"
    if entry.ratio is not None:
        line["note"] = "limit made up: no table gives a budget"
    if done.returncode != 0:
        return {**line, "error": (done.stderr.strip().splitlines() or ["no answer"])[-1]}
    try:
        score, length = checked(instance, json.loads(done.stdout))
    except Wrong as wrong:
        return {**line, "error": str(wrong)}
    percent = round(100.0 * score / entry.best_known, 3) if entry.best_known else None
    return {**line, "score": score, "length": round(length, 6), "percent": percent}


def show(line: dict, as_json: bool) -> None:
    if as_json:
        print(json.dumps(line), flush=True)
        return
    head = f"{line['instance']:<40}{line['solver']:<11}n {line['n']:<5}"
    if line["score"] is None:
        print(f"{head}WRONG: {line['error']}", flush=True)
        return
    percent = "" if line["percent"] is None else f"{line['percent']:8.2f} %"
    print(
        f"{head}score {line['score']:<10g}length {line['length']:<11.6g}"
        f"of {line['limit']:<9g}{percent:>10}  {line['seconds']:5.1f} s",
        flush=True,
    )


def certificate(options: argparse.Namespace, core: int) -> list[dict]:
    """Lines of certificate.py for the node instances up to 200 nodes."""
    call = [sys.executable, str(HERE / "certificate.py"), "--instances", str(options.instances)]
    call += ["--seconds", str(options.seconds), "--wall", "--json", "--core", str(core)]
    call += ["--only", ",".join(options.only)]
    done = subprocess.run(
        call, env={**os.environ, **ONE_CORE}, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        say(f"certificate: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the planner's search beside its peers")
    parser.add_argument("--instances", type=Path, required=True, help="folder, or one file")
    parser.add_argument("--seconds", type=float, default=10.0, help="wall time an instance")
    parser.add_argument("--set", action="append", choices=(*SETS, "all"), default=[])
    parser.add_argument("--peer", action="append", choices=PEERS, default=[])
    parser.add_argument(
        "--only", action="append", default=[], help="instances whose name holds this"
    )
    parser.add_argument("--min-nodes", type=int, default=0)
    parser.add_argument("--max-nodes", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--core", type=int, help="number of the core to use (default: the last)")
    parser.add_argument("--jobs", type=int, default=1, help="instances at a time, each on a core")
    parser.add_argument("--peer-python", type=Path, help="interpreter that has the peers")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--certificate", action="store_true", help="upper bounds too")
    parser.add_argument(
        "--write-docs", action="store_true", help="put the result into docs/ (Chao: 2 s)"
    )
    return parser.parse_args(arguments)


def cores(options: argparse.Namespace) -> list[int]:
    """The cores to use: the last ones this process may use, or the one asked for."""
    if hasattr(os, "sched_getaffinity"):
        allowed = sorted(os.sched_getaffinity(0), reverse=True)
    else:
        allowed = list(range(os.cpu_count() or 1))
    if options.core is not None:
        if options.core not in allowed:
            raise SystemExit(f"--core {options.core}: this process may use {sorted(allowed)}.")
        allowed = [options.core]
    return allowed[: max(1, options.jobs)]


def chosen(options: argparse.Namespace) -> list[Entry]:
    sets = SETS if not options.set or "all" in options.set else options.set
    found = [
        e
        for e in entries(options.instances)
        if e.set in sets
        and (not options.only or any(part in e.name for part in options.only))
        and options.min_nodes <= len(e.read().scores) <= options.max_nodes
    ]
    if not found:
        raise SystemExit(f"{options.instances}: no instance to solve (see instances.py).")
    return found


def main(arguments: list[str] | None = None) -> int:
    options = parsed(arguments)
    work = chosen(options)
    peers = []
    for peer in dict.fromkeys(options.peer):
        if installed(peer, python_for(peer, options.peer_python)):
            peers.append(peer)
        else:
            say(f"{peer}: left out, it is not installed (requirements/bench.txt)")
    free: queue.Queue[int] = queue.Queue()
    for core in cores(options):
        free.put(core)
    begun = time.monotonic()
    subprocess.run([sys.executable, str(HERE / "solvers.py"), "--warm-up"], check=True)
    say(f"warm-up: {time.monotonic() - begun:.1f} s, not counted; compiled code is kept")
    machine = report.machine(len(cores(options)), python_for("ortools", options.peer_python))
    say(f"machine: {machine['text']}")

    def solved(entry: Entry) -> list[dict]:
        core = free.get()
        try:
            small = options.write_docs and entry.set == "chao"
            seconds = min(options.seconds, CHAO_SECONDS) if small else options.seconds
            lines = []
            for solver in ("overflight", *peers):
                if solver == "overflight" or not getattr(entry.read(), "hazards", ()):
                    lines.append(run_one(entry, solver, seconds, options, core))
                    show(lines[-1], options.json)
            return lines
        finally:
            free.put(core)

    with ThreadPoolExecutor(max_workers=len(cores(options))) as pool:
        lines = [line for found in pool.map(solved, work) for line in found]
    bounds = certificate(options, cores(options)[0]) if options.certificate else []
    rows = report.summary(lines, bounds, options.seconds)
    for text in report.plain(rows):
        (say if options.json else print)(text)
    if options.write_docs:
        run = report.Run(options.seconds, machine, report.command(options), lines, bounds)
        report.write(dataclasses.replace(run, machine={**machine, "load_after": report.load()}))
    return 1 if any(line["score"] is None for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
