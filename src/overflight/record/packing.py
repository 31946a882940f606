"""A bundle from a folder into a single file, and back."""

from __future__ import annotations

import os
from pathlib import Path

from overflight.errors import DataError
from overflight.record.disk import copy_extent, flush, move_in, workshop
from overflight.record.names import check_apart
from overflight.record.refused import Refused
from overflight.record.store import Store
from overflight.record.ustar import write_archive


def pack(store: Store, target: Path) -> None:
    """Write the bundle as one tar file; the same bundle gives the same bytes.

    Raises Refused for what may not be in a bundle, and ``exists`` where there is a file.
    """
    if not store.is_folder:
        raise DataError("this is a single file already", file=store.root, remedy="Copy it.")
    _refuse_problems(store)
    if target.exists() or target.is_symlink():
        raise Refused("exists", "it is there already", where=target.name, remedy="Name another.")
    with workshop(target) as folder:
        built = folder / "bundle.tar"
        writing = os.open(built, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            write_archive(store.files, writing)
            os.fsync(writing)
        finally:
            os.close(writing)
        move_in(built, target)


def unpack(store: Store, target: Path) -> None:
    """Write the files of a single-file bundle into a new folder, which appears whole.

    Nothing is written for an archive that may not be read; see ``ustar.read_archive``.
    """
    if store.is_folder:
        raise DataError("this is a folder already", file=store.root, remedy="Copy it.")
    _refuse_problems(store)
    check_apart(store.files)
    if target.exists() or target.is_symlink():
        raise Refused("exists", "it is there already", where=target.name, remedy="Name another.")
    with workshop(target) as folder:
        built = folder / "bundle"
        built.mkdir()
        for path, extent in store.files.items():
            copy_extent(extent, built / path, path)
        move_in(built, target)
    flush(target.absolute().parent)


def _refuse_problems(store: Store) -> None:
    if store.problems:
        first = store.problems[0]
        raise Refused(first.code, first.message, where=first.where)
