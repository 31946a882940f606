"""Run every benchmark of this folder, one after the other, each in a process of its own.

.venv/bin/python benchmarks/run.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = ("startup.py", "planning.py")


def main() -> int:
    worst = 0
    for name in BENCHMARKS:
        print(f"--- {name}", flush=True)
        worst = max(
            worst, subprocess.run([sys.executable, str(HERE / name)], check=False).returncode
        )
    return worst


if __name__ == "__main__":
    sys.exit(main())
