"""Writing files so that nothing is half there: temporary file, fsync, rename."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from overflight.errors import DataError

MAX_INPUT_BYTES = 64 * 1024 * 1024
"""Largest document we read into memory; a bigger one is refused before it is opened."""


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Write ``content`` to ``path`` so that a reader, or a crash, sees all of it or none of it.

    The bytes are flushed to disk before the rename, and the folder after it. ``mode`` are the
    file's permissions, from the moment it has its name.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name}.", suffix=".tmp"
    )
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_bounded(path: Path, *, limit: int = MAX_INPUT_BYTES) -> bytes:
    """Read a whole file, refusing one larger than ``limit`` bytes.

    Raises DataError if it is missing, not a file, unreadable or too large.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise DataError("this is a folder, not a file", file=path, remedy="Name a file.")
        if size > limit:
            raise DataError(
                f"the file has {size / 1e6:.0f} MB; the most that is read is {limit / 1e6:.0f} MB",
                file=path,
                remedy="Give a smaller file, for instance only the area and the columns needed.",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            "there is no such file",
            file=path,
            remedy="Check the path, or give '-' to read standard input.",
        ) from None
    except PermissionError:
        raise DataError(
            "the file may not be read", file=path, remedy="Change its permissions, or copy it."
        ) from None
