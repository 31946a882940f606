"""The real pictures beside the checkout: test data that not all licences let into a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "imaging"
SHARED = _BESIDE if _BESIDE.exists() else None

needs_shared = pytest.mark.skipif(
    SHARED is None, reason="the shared pictures are not beside this checkout"
)
"""Such a test may skip in CI too: what it reads is not part of the repository."""


def shared(name: str) -> Path:
    """A file or folder of the shared pictures, by its path there."""
    assert SHARED is not None, "decorate the test with needs_shared"
    return SHARED / name
