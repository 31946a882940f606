"""The rooms import downwards only, stay pure where they say so, and stay small.

The layers themselves are written in pyproject.toml; import-linter holds them.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "overflight"

SOFT_CAP = 400
KNOWINGLY_LONGER: dict[str, str] = {}
"""Modules past the soft cap: path under src/overflight, and why it is still one idea."""

CLOCKS = {"now", "utcnow", "today"}


def modules() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_no_room_imports_upwards() -> None:
    code = "import importlinter.cli as c; raise SystemExit(c.lint_imports(no_cache=True))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 kept, 0 broken" in result.stdout


def test_only_the_command_line_looks_at_the_clock() -> None:
    """Time is an argument: what a check says must not depend on when it is asked."""
    found = [
        f"{name}:{node.lineno}"
        for name, text in modules()
        if not name.startswith(("cli/", "web/"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
    ]
    assert found == []


def test_modules_stay_short() -> None:
    """Past 400 lines a module mostly holds two ideas; name it above if it does not."""
    longer = {
        name: len(text.splitlines())
        for name, text in modules()
        if len(text.splitlines()) > SOFT_CAP and name not in KNOWINGLY_LONGER
    }
    assert longer == {}
