"""Which store of objects an archive has, and where what comes in is put meanwhile."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from overflight.archive.keeping.layout import Archive, committing
from overflight.archive.keeping.objects import FolderObjects, Objects


def objects_of(archive: Archive) -> Objects:
    """The store of the archive: its folder, or the one that its settings name."""
    if not archive.settings.store:
        return FolderObjects(archive.objects)
    from overflight.archive.keeping.remote import RemoteObjects

    return RemoteObjects(archive.settings.store)


@contextmanager
def coming_in(archive: Archive) -> Iterator[Path]:
    """A new folder below incoming/, held for as long as it is used, gone afterwards."""
    with committing(archive):
        archive.incoming.mkdir(exist_ok=True)
        sweep(archive)
        folder = Path(tempfile.mkdtemp(dir=archive.incoming))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        yield folder
    finally:
        os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)


def sweep(archive: Archive) -> list[str]:
    """Take away what a crash left in incoming/: folders that nobody who is alive holds."""
    gone = []
    for left in sorted(archive.incoming.iterdir()):
        if left.is_symlink() or not left.is_dir():
            continue
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
                gone.append(left.name)
            finally:
                os.close(lock)
    return gone
