"""How large the default environment is, and that nothing enormous came in with it.

Counts the files of every distribution that requirements/runtime.txt names, as installed beside
this Python, and of overflight itself; what tests and documentation add is left out. Fails above
the limit, or when a framework that nobody chose is pinned.

    .venv/bin/python tools/env_size.py
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MB = 900.0
UNWANTED = ("torch", "tensorflow", "jax")


def pinned(name: str) -> tuple[str, ...]:
    """Names of the packages in a list of requirements/."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(re.findall(r"^([a-z0-9][a-z0-9.-]*)==", text, flags=re.MULTILINE))


def size_mb(package: Distribution) -> float:
    """Megabytes (10^6 bytes) of a distribution's files, compiled modules included."""
    return sum(_bytes(Path(str(file.locate()))) for file in package.files or ()) / 1e6


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def main() -> int:
    sizes: dict[str, float] = {}
    missing: list[str] = []
    for name in pinned("runtime"):
        try:
            sizes[name] = size_mb(distribution(name))
        except PackageNotFoundError:
            missing.append(name)  # a marker kept it out of this Python
    own = ROOT / "src" / "overflight"
    sizes["overflight"] = (
        sum(_bytes(p) for p in own.rglob("*") if "__pycache__" not in p.parts) / 1e6
    )
    total = sum(sizes.values())
    largest = ", ".join(f"{n} {mb:.0f}" for n, mb in sorted(sizes.items(), key=lambda i: -i[1])[:4])
    count = len(sizes)
    print(f"default environment: {total:.0f} of {LIMIT_MB:.0f} MB, {count} packages ({largest})")
    unwanted = [name for name in UNWANTED if name in pinned("runtime") + pinned("dev")]
    if unwanted:
        print(f"pinned, and nobody chose it: {', '.join(unwanted)}", file=sys.stderr)
    if len(missing) > 3:
        print(f"not installed beside this Python: {', '.join(missing)}", file=sys.stderr)
        return 1
    return 1 if unwanted or total > LIMIT_MB else 0


if __name__ == "__main__":
    sys.exit(main())
