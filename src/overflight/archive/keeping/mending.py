"""Objects that are not there or have changed, and sound copies of them from elsewhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from overflight.archive.keeping.layout import ABOUT, Archive, open_archive, using
from overflight.archive.keeping.missions import objects_known, paths_of
from overflight.archive.keeping.objects import Objects
from overflight.archive.keeping.stores import coming_in, objects_of
from overflight.errors import DataError
from overflight.record.hashing import cores, digests
from overflight.record.portion import PORTION, read_portion
from overflight.record.refused import Problem, Refused
from overflight.record.stages import read_stages
from overflight.record.store import Extent, open_store

Told = Callable[[int], None]
_MOST_PATHS = 3


@dataclass(frozen=True, slots=True)
class Unsound:
    """An object that is not as it was taken in: "missing", "changed" or "unreadable"."""

    sha256: str
    size: int
    code: str
    words: str


def unsound(
    connection: sqlite3.Connection, objects: Objects, *, scrub: bool, told: Told | None = None
) -> tuple[list[Unsound], int, int]:
    """What is wrong among the objects that missions refer to; how many there are, their bytes.

    ``scrub``: every one is read and digested; without it, whether it is there and has its size.
    """

    def one(row: tuple[str, int]) -> Unsound | None:
        sha256, size = row
        now = objects.size(sha256)
        if now is None:
            return Unsound(sha256, size, "object-missing", "the file is not there")
        if now != size:
            words = f"it has {now} bytes, {size} were taken in"
            return Unsound(sha256, size, "object-changed", words)
        if not scrub:
            return None
        try:
            found = objects.digest(sha256, told)
        except DataError as error:
            return Unsound(sha256, size, "object-unreadable", error.message)
        if found != sha256:
            return Unsound(sha256, size, "object-changed", "its SHA-256 is another: it has rotted")
        return None

    known = list(objects_known(connection))
    with ThreadPoolExecutor(cores()) as pool:
        wrong = [found for found in pool.map(one, known, chunksize=16) if found is not None]
    return wrong, len(known), sum(size for _, size in known)


def problem_of(connection: sqlite3.Connection, one: Unsound) -> Problem:
    """The problem with the names of the files that the object is."""
    named = [f"{bundle}: {path}" for bundle, path in paths_of(connection, one.sha256)]
    more = f" and {len(named) - _MOST_PATHS} more" if len(named) > _MOST_PATHS else ""
    told = ", ".join(named[:_MOST_PATHS]) + more
    return Problem(one.code, f"{one.words} ({told})", f"objects/{one.sha256[:2]}/{one.sha256}")


def mend(
    archive: Archive, objects: Objects, wrong: Sequence[Unsound], sources: Iterable[Path]
) -> tuple[list[Unsound], list[str]]:
    """Put sound copies in the place of what is wrong; what was mended, and what to tell.

    A copy is digested before it takes its place. Raises DataError for a source that is neither a
    bundle nor an archive.
    """
    mended: list[Unsound] = []
    told: list[str] = []
    left = {one.sha256: one for one in wrong}
    for source in sources:
        with using(archive), coming_in(archive) as folder:
            for sha256, extent in _copies(source, left, folder).items():
                try:
                    objects.put({sha256: extent}, folder)
                except Refused:
                    told.append(f"{source}: its copy of {sha256[:16]} is not sound either")
                    continue
                mended.append(left.pop(sha256))
    return mended, told


def _copies(source: Path, wanted: Iterable[str], folder: Path) -> dict[str, Extent]:
    """Where a source has these objects, by its own word."""
    if (source / ABOUT).is_file():
        objects = objects_of(open_archive(source))
        found = {}
        for sha256 in wanted:
            size = objects.size(sha256)
            if size is not None:
                found[sha256] = Extent(objects.local(sha256, folder), 0, size)
        return found
    store = open_store(source)
    if PORTION in store.files:
        named = {row.path: row.entry.sha256 for row in read_portion(store)[1]}
    else:
        named = {path: entry.sha256 for path, entry in read_stages(store).paths.items()}
    around, _ = digests({path: x for path, x in store.files.items() if path not in named})
    by_digest = {sha256: path for path, sha256 in (named | around).items() if path in store.files}
    return {s: store.files[by_digest[s]] for s in wanted if s in by_digest}
