"""Whether a folder can be written to, found out before the work whose results it is to take."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

from overflight.errors import DataError


def require_writable(folder: Path, inside: Sequence[str] = ()) -> None:
    """Raise DataError unless files can be written in ``folder`` and its folders ``inside``.

    It is tried, not guessed: rights do not tell of a disk that is full or read-only. Nothing
    stays behind, neither files nor folders that were not there.
    """
    made: list[Path] = []
    try:
        for place in (folder, *(folder / name for name in inside)):
            _make(place, made)
            with tempfile.NamedTemporaryFile(dir=place, prefix=".overflight-"):
                pass
    except OSError as error:
        raise DataError(
            f"nothing can be written there: {error.strerror or error}",
            file=folder,
            remedy="Name a folder that you may write to with --out DIR.",
        ) from None
    finally:
        for place in reversed(made):
            with contextlib.suppress(OSError):  # somebody else has put something there meanwhile
                place.rmdir()


def _make(folder: Path, made: list[Path]) -> None:
    """Make a folder with those above it; each that was not there is added to ``made``."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir()
        made.append(place)
