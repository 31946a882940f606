"""What the lines of planning.py come to: a summary a class of instances, and the page in docs/.

The page holds text written by hand and parts between markers that are written from
docs/assets/planning-benchmarks.json (results only, no instance) and planning-growth.json.

    .venv/bin/python benchmarks/report.py      # writes the parts of the page again
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "reference" / "planning-benchmarks.md"
RESULTS = DOCS / "assets" / "planning-benchmarks.json"
GROWTH = DOCS / "assets" / "planning-growth.json"
SOLVERS = {
    "overflight": "overflight",
    "pyvrp": "PyVRP",
    "ortools": "OR-Tools",
    "greedy": "greedy",
}


Line = dict[str, Any]
"""A line of planning.py, or another JSON object."""


@dataclass(frozen=True)
class Run:
    """One run of planning.py: how long an instance was given, on what, by which command."""

    seconds: float
    machine: Line
    command: str
    lines: list[Line]
    bounds: list[Line]


@dataclass(frozen=True)
class Target:
    """What a class of instances should reach, as text and as a test of its percentages by name."""

    text: str
    met: Callable[[dict[str, float]], bool]


@dataclass(frozen=True)
class Class:
    """Instances that share a target; ``long`` is the target from 60 s on."""

    title: str
    holds: Callable[[Line], bool]
    short: Target
    long: Target


def _mean_at_least(least: float, text: str) -> Target:
    return Target(text, lambda p: mean(p.values()) >= least - 1e-9)


def _named(least: dict[str, float], text: str) -> Target:
    """Every instance that a pattern names reaches its least; those of no name count for nothing."""
    return Target(
        text,
        lambda p: all(v >= least[k] for name, v in p.items() for k in least if name.startswith(k)),
    )


_OPTIMAL = Target("all optimal, in 2 s", lambda p: min(p.values()) >= 100.0 - 1e-9)
CLASSES = (
    Class(
        "OPLib, n ≤ 400",
        lambda e: e["set"] == "oplib" and e["n"] <= 400,
        _mean_at_least(99.8, "mean gap ≤ 0.2 %"),
        _mean_at_least(99.9, "mean gap ≤ 0.1 %"),
    ),
    Class(
        "OPLib, 400 < n ≤ 1100",
        lambda e: e["set"] == "oplib" and 400 < e["n"] <= 1100,
        _mean_at_least(99.0, "mean gap ≤ 1.0 %"),
        _mean_at_least(99.6, "mean gap ≤ 0.4 %"),
    ),
    Class(
        "OPLib, n > 1100",
        lambda e: e["set"] == "oplib" and e["n"] > 1100,
        Target("each ≥ 98 %", lambda p: min(p.values()) >= 98.0),
        _named({"pr2392": 102.0, "fnl4461": 100.0}, "pr2392 ≥ 102 %, fnl4461 ≥ 100 %"),
    ),
    Class("Chao, Tsiligirides", lambda e: e["set"] == "chao", _OPTIMAL, _OPTIMAL),
    Class(
        "Close-enough",
        lambda e: e["set"] == "ceop",
        Target(
            "mean ≥ 105 %, none below 100",
            lambda p: mean(p.values()) >= 105.0 and min(p.values()) >= 100.0,
        ),
        Target(
            "mean ≥ 106 %, none below 100",
            lambda p: mean(p.values()) >= 106.0 and min(p.values()) >= 100.0,
        ),
    ),
    Class(
        "Geodesic",
        lambda e: e["set"] == "geo",
        _mean_at_least(102.0, "mean ≥ 102 %"),
        _mean_at_least(104.0, "mean ≥ 104 %"),
    ),
)


@dataclass(frozen=True)
class Row:
    """One class by one solver; ``met`` is None for peers."""

    title: str
    solver: str
    count: int
    of: int
    mean: float | None
    least: float | None
    worst: str
    target: str
    met: bool | None
    slowest: float


def summary(lines: Sequence[Line], bounds: Sequence[Line], seconds: float) -> list[Row]:
    """A row for each class and solver that there are lines of; a wrong answer counts as 0 %."""
    rows = []
    for one in CLASSES:
        target = one.long if seconds >= 60.0 else one.short
        for solver in SOLVERS:
            here = [e for e in lines if e["solver"] == solver and one.holds(e)]
            if not here:
                continue
            percents = {f"{e['instance']}": (e["percent"] or 0.0) for e in here if e["best_known"]}
            worst = min(percents, key=lambda k: percents[k]) if percents else ""
            rows.append(
                Row(
                    *(one.title, solver, len(percents), len(here)),
                    mean(percents.values()) if percents else None,
                    percents[worst] if percents else None,
                    *(worst, target.text if solver == "overflight" else ""),
                    target.met(percents) if percents and solver == "overflight" else None,
                    max(e["seconds"] for e in here),
                )
            )
    gaps = {b["instance"]: b["gap_percent"] for b in bounds if b["gap_percent"] is not None}
    if gaps:
        most = 1.0 if seconds >= 60.0 else 1.5
        worst = max(gaps, key=lambda k: gaps[k])
        rows.append(
            Row(
                *("Certificate, n ≤ 200 (gap)", "overflight", len(gaps), len(bounds)),
                *(mean(gaps.values()), gaps[worst], worst, f"each gap ≤ {most} %"),
                *(gaps[worst] <= most, max(b["seconds"] for b in bounds)),
            )
        )
    return rows


def _figures(row: Row) -> tuple[str, str, str]:
    if row.mean is None or row.least is None:
        return "", "", ""
    met = "" if row.met is None else "met" if row.met else "not met"
    return f"{row.mean:.2f} %", f"{row.least:.2f} %", met


def plain(rows: Iterable[Row]) -> list[str]:
    """The summary for a terminal."""
    out = ["", f"{'class':<28}{'solver':<12}{'of known':>9}{'mean':>10}{'worst':>10}  target"]
    for row in rows:
        average, least, met = _figures(row)
        out.append(
            f"{row.title:<28}{SOLVERS[row.solver]:<12}{row.count:>4} of{row.of:>3}"
            f"{average:>10}{least:>10}  {row.target}{': ' if met else ''}{met}"
        )
    return out


# -- the machine ---------------------------------------------------------------------------


def load() -> str:
    return " ".join(f"{v:.2f}" for v in os.getloadavg()) if hasattr(os, "getloadavg") else "?"


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"model name\s*:\s*(.+)", text)
    speed = re.search(r"cpu MHz\s*:\s*(\d+)", text)
    name = found.group(1).strip() if found else platform.machine()
    return f"{name}, {speed.group(1)} MHz" if speed else name


def machine(jobs: int, peer_python: str | None) -> Line:
    """What the numbers depend on, and the load there was from others."""
    code = (
        "import importlib.metadata as m, json, sys\nout = {}\n"
        "for n in sys.argv[1:]:\n try: out[n] = m.version(n)\n"
        " except m.PackageNotFoundError: pass\n"
        "print(json.dumps(out))"
    )
    found: dict[str, str] = {}
    environments = ((sys.executable, ("numba", "numpy")), (peer_python, ("pyvrp", "ortools")))
    for python, wanted in environments:
        if python is None:
            continue
        call = [python, "-c", code, *wanted]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        found |= json.loads(done.stdout or "{}")
    versions = ", ".join(f"{n} {v}" for n, v in found.items())
    each = "one at a time on one core" if jobs == 1 else f"{jobs} at a time, each on a core"
    text = (
        f"{_cpu()}, {os.cpu_count()} cores, {platform.system()}, Python "
        f"{platform.python_version()}, {versions}; instances {each}"
    )
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return {"text": text, "date": today, "load_before": load()}


def command(options: argparse.Namespace) -> str:
    """The command of a run, the instances' folder left open."""
    words = ["benchmarks/planning.py --instances DIR", f"--seconds {options.seconds:g}"]
    words += [f"--set {name}" for name in options.set]
    words += [f"--only {name}" for name in options.only]
    words += [f"--min-nodes {options.min_nodes}"] if options.min_nodes else []
    words += [f"--max-nodes {options.max_nodes}"] if options.max_nodes < 10**9 else []
    words += [f"--peer {name}" for name in options.peer]
    words += [f"--seed {options.seed}"] if options.seed != 1 else []
    words += [f"--jobs {options.jobs}"] if options.jobs > 1 else []
    words += ["--certificate"] if options.certificate else []
    return " ".join([*words, "--write-docs"])


# -- the page ------------------------------------------------------------------------------


def write(run: Run) -> None:
    """Keep a run's results (instead of those of the same seconds and solvers); write the page."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"runs": []}
    new = asdict(run)
    key = run.seconds, _alone(run.lines)
    runs = [r for r in kept["runs"] if (r["seconds"], _alone(r["lines"])) != key] + [new]
    runs.sort(key=lambda r: (r["seconds"], not _alone(r["lines"])))
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    body = ",\n".join(_dump(r) for r in runs)
    RESULTS.write_text(f'{{"runs": [\n{body}\n]}}\n', encoding="utf-8")
    write_page()


def _alone(lines: Sequence[Line]) -> bool:
    """Whether no peer was asked."""
    return all(line["solver"] == "overflight" for line in lines)


def _dump(run: Line) -> str:
    """One line an instance, so that a change of one shows as one line."""
    rest = {k: v for k, v in run.items() if k not in ("lines", "bounds")}
    lists = [
        f'"{name}": [\n' + ",\n".join(json.dumps(e) for e in run[name]) + "\n]"
        for name in ("lines", "bounds")
    ]
    return json.dumps(rest)[:-1] + ", " + ", ".join(lists) + "}"


def write_page() -> None:
    """Write the parts between markers again from the files of results."""
    text = PAGE.read_text(encoding="utf-8")
    if RESULTS.exists():
        runs = [Run(**r) for r in json.loads(RESULTS.read_text(encoding="utf-8"))["runs"]]
        text = _between(text, "results", "\n".join(_run_part(run) for run in runs))
    if GROWTH.exists():
        growth = json.loads(GROWTH.read_text(encoding="utf-8"))
        text = _between(text, "growth", _growth_part(growth))
    PAGE.write_text(text, encoding="utf-8")


def _between(text: str, name: str, part: str) -> str:
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, rest = text.split(begin)
    return f"{head}{begin}\n\n{part}\n\n{end}{rest.split(end)[1]}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    line = "|" + "|".join("---:" if h.endswith(".") else "---" for h in head) + "|"
    top = "| " + " | ".join(h.rstrip(".") for h in head) + " |"
    return [top, line, *("| " + " | ".join(row) + " |" for row in rows)]


def _run_part(run: Run) -> str:
    rows = summary(run.lines, run.bounds, run.seconds)
    machine = run.machine
    out = [
        f"### {run.seconds:g} s an instance, {'alone' if _alone(run.lines) else 'beside peers'}",
        "",
        f"`{run.command}`",
        "",
        f"{machine['date']}. {machine['text']}. Load average of the machine "
        f"{machine['load_before']} before and {machine.get('load_after', '?')} after.",
        "",
    ]
    head = ("class", "solver", "instances.", "mean.", "worst.", "slowest, s.", "target", "met?")
    table = []
    for row in rows:
        average, least, met = _figures(row)
        count = f"{row.count}" if row.count == row.of else f"{row.count} (of {row.of})"
        title = row.title if row.solver == "overflight" else ""
        name = SOLVERS[row.solver]
        table.append((title, name, count, average, least, f"{row.slowest:.1f}", row.target, met))
    out += _table(head, table)
    out += ["", '??? note "Every instance (% of the value to compare with)"', ""]
    out += [f"    {line}" for line in _each(run.lines)]
    if run.bounds:
        out += ["", '??? note "Every certificate"', ""]
        names = ("instance", "n.", "best known.", "bound.", "gap, %.", "seconds.")
        keys = ("instance", "n", "best_known", "bound", "gap_percent", "seconds")
        lines = _table(names, ([str(b[k]) for k in keys] for b in run.bounds))
        out += [f"    {line}" for line in lines]
    return "\n".join([*out, ""])


def _each(lines: Sequence[Line]) -> list[str]:
    """A table of every instance with all solvers beside each other."""
    solvers = [s for s in SOLVERS if any(e["solver"] == s for e in lines)]
    by: dict[tuple[str, str], dict[str, Line]] = {}
    for line in lines:
        by.setdefault((line["set"], line["instance"]), {})[line["solver"]] = line
    rows = []
    for (_, name), found in by.items():
        first = next(iter(found.values()))
        known = "" if first["best_known"] is None else f"{first['best_known']:g}"
        cells = [name, str(first["n"]), known]
        for solver in solvers:
            one = found.get(solver)
            if one is None:
                cells.append("")
            elif one["score"] is None:
                cells.append("wrong: " + one["error"].replace("|", "/"))
            elif one["percent"] is None:
                cells.append(f"value {one['score']:g}")
            else:
                cells.append(f"{one['percent']:.2f}")
        ours = found.get("overflight")
        rows.append([*cells, f"{ours['seconds']:.1f}" if ours else ""])
    names = [SOLVERS[s] + "." for s in solvers]
    return _table(["instance", "n.", "compared with.", *names, "ours, s."], rows)


def _growth_part(growth: Line) -> str:
    head = (
        "kind",
        "n.",
        "first plan, s.",
        "its value, %.",
        "99 % reached, s.",
        "of, s.",
        "search that comes to 99 %, s.",
    )
    rows = [
        (
            r["kind"],
            str(r["n"]),
            f"{r['first_s']:.2f}",
            f"{r['first_percent']:.1f}",
            f"{r['to_99_s']:.1f}",
            f"{r['seconds']:g}",
            f"{r['enough_s']:.1f}",
        )
        for r in growth["rows"]
    ]
    said = f"`{growth['command']}`\n\n{growth['date']}. {growth['machine']}. Load average "
    said += f"{growth['load_before']} before and {growth['load_after']} after."
    return "\n".join([said, "", *_table(head, rows)])


if __name__ == "__main__":
    write_page()
