"""Small made-up regimes for the tests of this room."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from overflight.treaty.loader import load_treaty
from overflight.treaty.model import Treaty

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def deposits() -> Treaty:
    """The regime that waits for deposits."""
    return load_treaty(FIXTURES / "deposits")


@pytest.fixture
def overlaid() -> Treaty:
    """The same under the private folder."""
    return load_treaty(FIXTURES / "deposits", FIXTURES / "overlay")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the regime's folder that a test may spoil."""
    return Path(shutil.copytree(FIXTURES / "deposits", tmp_path / "deposits"))


@pytest.fixture
def spoil(copied: Path) -> Callable[[str, str, str], Path]:
    """Replace text that occurs in a file of the copy; return the folder."""

    def replace(file: str, old: str, new: str) -> Path:
        path = copied / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return copied

    return replace
