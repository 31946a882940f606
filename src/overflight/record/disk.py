"""Putting something into a bundle so that it is there whole or not at all.

What is new is built in a folder beside the bundle, flushed to disk, and moved in by one rename.
A crash leaves that folder, never a bundle that is half one thing and half another; the next one who
writes beside that bundle takes it away.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path

from overflight.errors import DataError
from overflight.record.hashing import read_parts
from overflight.record.refused import Refused
from overflight.record.store import Extent


@contextmanager
def workshop(bundle: Path) -> Iterator[Path]:
    """A folder beside ``bundle``, on the same disk, to build in; gone afterwards."""
    above = bundle.absolute().parent
    above.mkdir(parents=True, exist_ok=True)
    prefix = f".{bundle.name}.unfinished-"
    _sweep(above, prefix)
    folder = Path(tempfile.mkdtemp(dir=above, prefix=prefix))
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    finally:
        os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(above: Path, prefix: str) -> None:
    """Take away what a crash left: a folder that nobody who is alive holds."""
    for left in above.iterdir():
        if not left.name.startswith(prefix) or left.is_symlink():
            continue
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, and flush it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_new(source: Path, target: Path) -> tuple[int, str]:
    """Copy a plain file and flush it; the size and the SHA-256 (hex) of what was written.

    Raises DataError for a source that is not there, Refused for a link or a device, or one that
    changes meanwhile.
    """
    try:
        extent = Extent(source, 0, source.lstat().st_size)
        return copy_extent(extent, target, str(source))
    except FileNotFoundError:
        raise DataError("there is no such file", file=source, remedy="Check the path.") from None
    except OSError as error:
        if source.is_symlink():
            words = "a link is not sealed; give the file itself"
            raise Refused("link", words, where=str(source)) from None
        raise DataError(
            f"it cannot be copied: {error.strerror}", file=source,
            remedy="Check your rights, and the room on the disk.",
        ) from None  # fmt: skip


def copy_extent(extent: Extent, target: Path, where: str) -> tuple[int, str]:
    """The same for bytes that lie in a bundle."""
    target.parent.mkdir(parents=True, exist_ok=True)
    found, size = hashlib.sha256(), 0
    parts = read_parts(extent)
    first = next(parts, b"")  # opens the source, before there is a target
    writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        for part in chain((first,), parts):
            found.update(part)
            size += len(part)
            write_all(writing, part)
        os.fsync(writing)
    finally:
        os.close(writing)
    if size != extent.size:
        raise Refused("changed", "it changed while it was copied", where=where)
    return size, found.hexdigest()


def move_in(built: Path, place: Path) -> None:
    """Give what was built its place by one rename, with its folders flushed before and after.

    Raises Refused (``exists``) where there is something already.
    """
    flush_folders(built)
    if place.exists() or place.is_symlink():
        raise _exists(place)
    try:
        built.rename(place)
    except OSError as error:
        if place.exists():
            raise _exists(place) from error
        raise
    flush(place.parent)


def _exists(place: Path) -> Refused:
    return Refused(
        "exists", "it is there already, and nothing in a bundle is written over",
        where=place.name, remedy="Look at it with 'overflight bundle show'.",
    )  # fmt: skip


def flush_folders(top: Path) -> None:
    """Flush the names in a folder and all below it; of a file, nothing (it was flushed)."""
    if top.is_dir():
        for folder, _, _ in os.walk(top, topdown=False):
            flush(Path(folder))


def flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it, however often that takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
