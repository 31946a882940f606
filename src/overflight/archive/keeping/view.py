"""A mission of the archive as the bundle that it came as: checked and portioned like one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from overflight.archive.keeping.layout import Archive
from overflight.archive.keeping.missions import FileRow, files, seals
from overflight.archive.keeping.objects import Objects
from overflight.record.store import Extent, Store

PICTURES = ("frame-original", "frame", "duplicate")


def parts_held(connection: sqlite3.Connection, mission: int) -> tuple[int, ...]:
    """0 where the bundle is here, and the number of each portion."""
    return tuple(sorted({row.part for row in seals(connection, mission)}))


def store_of(
    archive: Archive,
    connection: sqlite3.Connection,
    objects: Objects,
    mission: int,
    part: int = 0,
    *,
    folder: Path,
    paths: Iterable[str] | None = None,
) -> Store:
    """The bundle (part 0), or a portion, with its files where the objects are.

    ``paths``: only these, beside what belongs to the seals. ``folder``: where objects are fetched
    to that lie elsewhere. What is not there is not among the files.
    """
    wanted = None if paths is None else set(paths)
    rows = [
        row
        for row in files(connection, mission, part)
        if wanted is None or not row.role or row.path in wanted
    ]
    return Store(archive.objects, extents(rows, objects, folder))


def extents(rows: Iterable[FileRow], objects: Objects, folder: Path) -> dict[str, Extent]:
    """Where the bytes of these files are, as far as they are there at all."""
    found = {}
    for row in rows:
        size = objects.size(row.sha256)
        if size is not None:
            found[row.path] = Extent(objects.local(row.sha256, folder), 0, size)
    return found
