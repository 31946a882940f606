"""Start-up stays light because heavy packages are imported by the function that needs them.

Counted, not timed: a stopwatch in a test fails on a busy machine and passes on a fast one. The
seconds are in benchmarks/startup.py.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "numpy",
    "shapely",
    "pyproj",
    "matplotlib",
    "pyvrp",
    "numba",
    "highspy",
    "reportlab",
    "jsonschema",
    "airportsdata",
    "rasterio",
    "pandas",
    "geopandas",
    "sqlite3",
    "PIL",
    "rasterio",
    "zstandard",
    "cryptography",
    "distributed",
    "cv2",
)

REPORT = f"""
import sys
heavy = {HEAVY!r}
print("HEAVY", sorted(name for name in heavy if name in sys.modules))
"""


def heavy_after(code: str) -> tuple[list[str], str]:
    """Which heavy packages a fresh interpreter has imported after ``code``; and what it printed."""
    result = subprocess.run(
        [sys.executable, "-c", f"{code}\n{REPORT}"], capture_output=True, text=True, check=True
    )
    *printed, last = result.stdout.splitlines()
    assert last.startswith("HEAVY ")
    return eval(last.removeprefix("HEAVY ")), "\n".join(printed)


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy, _ = heavy_after("import overflight")
    assert heavy == []


def test_the_check_sees_a_heavy_import() -> None:
    heavy, _ = heavy_after("import numpy")
    assert heavy == ["numpy"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["treaty", "--help"],
        ["treaty", "show", "--help"],
        ["plan", "make", "--help"],
        ["plan", "check", "--help"],
        ["demo", "--help"],
    ],
    ids=" ".join,
)
def test_asking_for_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "from overflight.cli.main import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit as leaving:\n"
        "    assert leaving.code == 0, leaving.code\n"
    )
    heavy, printed = heavy_after(code)
    assert heavy == []
    assert printed


def test_public_names_are_there_when_asked_for() -> None:
    import overflight

    for name in overflight.__all__:
        assert getattr(overflight, name) is not None
