"""Seconds that a fresh interpreter needs for ``import overflight`` and ``overflight --help``.

    .venv/bin/python benchmarks/startup.py [--runs N] [--json]

Aims: 0.3 s for the import, 0.5 s for the help (median of ten, one core, warm disk). The bare
interpreter is measured too, because its share is not ours.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

CASES = {
    "python (bare)": ["-c", "pass"],
    "import overflight": ["-c", "import overflight"],
    "overflight --help": ["-m", "overflight", "--help"],
    "overflight plan make --help": ["-m", "overflight", "plan", "make", "--help"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one fresh interpreter, s."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure start-up")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    medians = {}
    for name, arguments in CASES.items():
        seconds(arguments)  # the first run writes byte code and fills the disk cache
        medians[name] = statistics.median(seconds(arguments) for _ in range(options.runs))
    if options.json:
        print(json.dumps({"benchmark": "startup", "runs": options.runs, "seconds": medians}))
        return 0
    for name, median in medians.items():
        print(f"{name:<32}{median:8.3f} s   median of {options.runs}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
