"""SHA-256 of many files at once: one thread a core, large reads.

hashlib lets go of the interpreter's lock while it digests, and so does a read; threads therefore
run side by side. Large files begin first, so that no core waits for the last one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from overflight.record.refused import Problem, Refused
from overflight.record.store import Extent, open_extent

READ_BYTES = 1 << 20
_BATCH = 64
"""Small files handed to a thread at once."""
Row = TypeVar("Row")
Said = TypeVar("Said")
Told = Callable[[int], None]
"""Called with the bytes done since the last call, from any thread."""


def digest(extent: Extent, told: Told | None = None) -> str:
    """SHA-256 of the bytes, hex. Raises Refused (``changed``, ``special-file``) or OSError."""
    descriptor = open_extent(extent)
    try:
        _expect_sequential(descriptor, extent)
        buffer = bytearray(min(READ_BYTES, max(extent.size, 1)))
        view, found = memoryview(buffer), hashlib.sha256()
        at, end = extent.offset, extent.offset + extent.size
        while at < end:
            got = os.preadv(descriptor, [view[: end - at]], at)
            if not got:
                raise Refused("changed", "it became shorter while it was read")
            found.update(view[:got])
            at += got
            if told is not None:
                told(got)
        if extent.whole and os.pread(descriptor, 1, end):
            raise Refused("changed", "it became longer while it was read")
    finally:
        os.close(descriptor)
    return found.hexdigest()


def digests(
    files: Mapping[str, Extent], *, workers: int | None = None, told: Told | None = None
) -> tuple[dict[str, str], list[Problem]]:
    """SHA-256 of each file by its path, and what could not be read."""
    found: dict[str, str] = {}
    problems: list[Problem] = []

    def one(path: str) -> tuple[str, str | Problem]:
        try:
            return path, digest(files[path], told)
        except Refused as error:
            return path, Problem(error.code, error.problem.message, path)
        except OSError as error:
            return path, Problem("unreadable", f"it cannot be read: {error.strerror}", path)

    by_size = sorted(files, key=lambda path: -files[path].size)
    for path, said in spread(one, by_size, lambda path: files[path].size, workers):
        if isinstance(said, Problem):
            problems.append(said)
        else:
            found[path] = said
    return found, problems


def spread(
    one: Callable[[Row], Said],
    rows: Iterable[Row],
    size: Callable[[Row], int],
    workers: int | None = None,
) -> Iterator[Said]:
    """What ``one`` says of each row, in their order, by several threads. ``size``: bytes of a row;
    small ones are handed over many at a time, as handing over takes longer than they do."""
    batches: list[list[Row]] = []
    room = 0
    for row in rows:
        room -= size(row)
        if not batches or room < 0 or len(batches[-1]) == _BATCH:
            batches.append([])
            room = READ_BYTES - size(row)
        batches[-1].append(row)

    def some(batch: list[Row]) -> list[Said]:
        return [one(row) for row in batch]

    with ThreadPoolExecutor(workers or cores()) as pool:
        for found in pool.map(some, batches):
            yield from found


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_parts(extent: Extent) -> Iterator[bytes]:
    """The bytes in order, part by part. Raises Refused where they change meanwhile."""
    descriptor = open_extent(extent)
    try:
        _expect_sequential(descriptor, extent)
        at, end = extent.offset, extent.offset + extent.size
        while at < end:
            part = os.pread(descriptor, min(READ_BYTES, end - at), at)
            if not part:
                raise Refused("changed", "it became shorter while it was read")
            at += len(part)
            yield part
        if extent.whole and os.pread(descriptor, 1, end):
            raise Refused("changed", "it became longer while it was read")
    finally:
        os.close(descriptor)


def _expect_sequential(descriptor: int, extent: Extent) -> None:
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, extent.offset, extent.size, os.POSIX_FADV_SEQUENTIAL)
