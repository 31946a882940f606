"""What is built is whole: the wheel carries every data file, and the bare command answers."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "overflight"
NOT_SHIPPED = {"__pycache__", ".mypy_cache", ".ruff_cache"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="the build backend is in requirements/build.txt")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "wheel", str(ROOT)]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    result = subprocess.run(command + options, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_carries_every_file_of_the_package(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    ours = {
        f"overflight/{path.relative_to(SOURCE).as_posix()}"
        for path in SOURCE.rglob("*")
        if path.is_file() and not NOT_SHIPPED & set(path.parts)
    }
    assert ours <= inside


@pytest.mark.slow
def test_the_wheel_carries_the_data_that_the_program_reads(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    for folder, ending in (
        ("overflight/data/treaties/open-skies/", ".toml"),
        ("overflight/data/aircraft/", ".toml"),
        ("overflight/data/borders/", ".gpkg"),
        ("overflight/data/scenarios/", ".toml"),
        ("overflight/formats/schemas/", ".json"),
    ):
        assert any(n.startswith(folder) and n.endswith(ending) for n in inside), (folder, ending)
    assert "overflight/py.typed" in inside


@pytest.mark.slow
def test_the_wheel_answers_without_its_dependencies(wheel: Path, tmp_path: Path) -> None:
    """``--help`` and ``--version`` need nothing but Python: start-up imports nothing heavy."""
    unpacked = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(unpacked)
    for option, word in (("--version", "overflight "), ("--help", "NOUN")):
        # -S: no site-packages, so nothing is there but the standard library and the wheel.
        code = (
            f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
            f"sys.argv = ['overflight', {option!r}]\n"
            "import overflight.__main__"
        )
        result = subprocess.run(
            [sys.executable, "-S", "-E", "-c", code],
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        assert word in result.stdout


@pytest.mark.slow
def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode()
        (entry,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
        assert "overflight = overflight.cli.main:main" in archive.read(entry).decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Python: >=3.11" in metadata
