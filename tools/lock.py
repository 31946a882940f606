"""Write requirements/*.txt: everything that make installs, pinned, transitive packages too.

    python3 tools/lock.py [PYTHON ...]

Each list is resolved by pip itself (``pip install --dry-run --report``) in a clean environment,
for every supported Python that is found on this machine. All lists are resolved together first,
so that a package has one version in all of them. Only names, versions and the Pythons they are
for are written: no index address, no path, no hash (docs/adr/0009-locks.md says why).
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
"""Versions of Python that the lists are for."""

SETS = {
    "build": "what builds and installs overflight itself",
    "runtime": "the default environment: what overflight needs to run",
    "dev": "tests and checks, on top of runtime",
    "docs": "the documentation, on top of runtime",
    "torture": "fuzzing, on top of dev; where there is no wheel, there is no fuzzing",
    "bench": "peers that benchmarks compare with, in an environment of their own",
}

EDITABLE = ("editables>=0.3",)
"""What the build backend asks for besides when the project is installed for development."""

Pins = dict[str, str]
"""Normalised name of a package -> version."""


def wanted(project: Mapping[str, object]) -> dict[str, list[str]]:
    """What pyproject.toml asks for, by list; a list that it does not state is left out."""
    table = project["project"]
    system = project["build-system"]
    assert isinstance(table, dict)
    assert isinstance(system, dict)
    extras = table.get("optional-dependencies", {})
    build = [*system["requires"], *EDITABLE]
    stated = {"build": build, "runtime": table["dependencies"], **extras}
    return {name: list(stated[name]) for name in SETS if name in stated}


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def interpreters(asked: Sequence[str]) -> dict[str, str]:
    """The Pythons to resolve for: version -> command."""
    found: dict[str, str] = {}
    for command in asked or ["python3", *(f"python{version}" for version in PYTHONS)]:
        if shutil.which(command) is None:
            continue
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        result = subprocess.run([command, "-c", code], capture_output=True, text=True, check=False)
        version = result.stdout.strip()
        if result.returncode == 0 and version in PYTHONS:
            found.setdefault(version, command)
    if not found:
        raise SystemExit(f"lock: none of Python {', '.join(PYTHONS)} was found on this machine")
    return {version: found[version] for version in PYTHONS if version in found}


def resolve(
    python: Path, requirements: Sequence[str], fixed: Pins
) -> tuple[Pins, dict[str, set[str]]]:
    """What pip would install into an empty environment, and which package asks for which."""
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text("".join(f"{n}=={v}\n" for n, v in fixed.items()), encoding="utf-8")
        report = Path(folder) / "report.json"
        command = [str(python), "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
        command += ["--dry-run", "--ignore-installed", "--only-binary", ":all:"]
        command += ["--report", str(report), "--constraint", str(constraints), *requirements]
        subprocess.run(command, check=True)
        installs = json.loads(report.read_text(encoding="utf-8"))["install"]
    pins: Pins = {}
    askers: dict[str, set[str]] = {}
    for item in installs:
        meta = item["metadata"]
        pins[normalise(meta["name"])] = meta["version"]
    for item in installs:
        meta = item["metadata"]
        for line in meta.get("requires_dist", ()):
            name = normalise(re.split(r"[\s;\[(<>=!~]", line, maxsplit=1)[0])
            if name in pins:
                askers.setdefault(name, set()).add(normalise(meta["name"]))
    return pins, askers


def lines(
    by_python: Mapping[str, Pins], askers: Mapping[str, set[str]], direct: set[str]
) -> list[str]:
    """The body of one list. A package that only some Pythons need carries a marker."""
    everywhere = list(by_python)
    rows = []
    for name in sorted({name for pins in by_python.values() for name in pins}):
        versions: dict[str, list[str]] = {}
        for python, pins in by_python.items():
            if name in pins:
                versions.setdefault(pins[name], []).append(python)
        for version, pythons in versions.items():
            marker = ""
            if pythons != everywhere:
                marker = " ; " + " or ".join(f'python_version == "{p}"' for p in pythons)
            asking = ", ".join(sorted(askers.get(name, ())))
            why = "" if name in direct else f"  # for {asking}"
            rows.append(f"{name}=={version}{marker}{why}")
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write requirements/*.txt")
    parser.add_argument("python", nargs="*", help="commands of the Pythons to resolve for")
    arguments = parser.parse_args(argv)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    sets = wanted(project)
    # Peers may want other versions than we do; they live elsewhere and are resolved alone.
    together = [line for name, reqs in sets.items() if name != "bench" for line in reqs]
    results: dict[str, dict[str, Pins]] = {name: {} for name in sets}
    askers: dict[str, dict[str, set[str]]] = {name: {} for name in sets}
    fixed: Pins = {}
    with tempfile.TemporaryDirectory() as folder:
        for version, command in interpreters(arguments.python).items():
            environment = Path(folder) / version
            subprocess.run([command, "-m", "venv", str(environment)], check=True)
            python = environment / "bin" / "python"
            # The oldest Python is the most constrained; the others follow it where they can.
            pins, _ = resolve(python, together, fixed)
            fixed = {**pins, **fixed}
            for name, requirements in sets.items():
                chosen, why = resolve(python, requirements, {} if name == "bench" else pins)
                results[name][version] = chosen
                for package, names in why.items():
                    askers[name].setdefault(package, set()).update(names)
            print(f"lock: Python {version}: {len(pins)} packages", file=sys.stderr)
    for name, by_python in results.items():
        direct = {normalise(re.split(r"[\s;\[(<>=!~]", r, maxsplit=1)[0]) for r in sets[name]}
        body = lines(by_python, askers[name], direct)
        head = [
            f"# {SETS[name][0].upper()}{SETS[name][1:]}.",
            "# Written by `make lock` from pyproject.toml; do not edit by hand.",
            f"# Resolved for Python {', '.join(by_python)}.",
        ]
        path = ROOT / "requirements" / f"{name}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([*head, *body]) + "\n", encoding="utf-8")
        print(f"lock: {path.relative_to(ROOT)}: {len(body)} lines", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
