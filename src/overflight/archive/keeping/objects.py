"""Every file of an archive once, under its SHA-256. What is under a digest has that digest.

A file is written beside the objects, digested while it is written, flushed, and only then given its
name by a rename; many at a time share the flushes of the folders.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from overflight.errors import DataError
from overflight.record.disk import flush, write_all
from overflight.record.hashing import READ_BYTES, digest, read_parts, spread
from overflight.record.log.keeping import flush_files
from overflight.record.refused import Refused
from overflight.record.store import Extent

Told = Callable[[int], None]
"""Called with the bytes done since the last call, from any thread."""
_NAME = re.compile(r"[0-9a-f]{64}")


class Objects(Protocol):
    """Where the files are. Digests are SHA-256 in small hexadecimal."""

    def size(self, sha256: str) -> int | None:
        """Bytes of an object; None where it is not there."""

    def put(self, wanted: Mapping[str, Extent], incoming: Path, told: Told | None = None) -> int:
        """Keep these files under these digests; the bytes that were new.

        All of it is safe on return. What is there already and sound stays, what is rotten is
        replaced. Raises Refused (``changed``) for a file that has not the digest it should.
        """

    def parts(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes, or a range of them. Raises DataError where the object is not there."""

    def digest(self, sha256: str, told: Told | None = None) -> str:
        """The SHA-256 that the object has. Raises DataError where it is not there or not to be
        read."""

    def local(self, sha256: str, folder: Path) -> Path:
        """The object as a file: its own, or a copy made in ``folder``. Raises DataError."""

    def listing(self) -> Iterator[tuple[str, int]]:
        """(digest, bytes) of every object, in no order."""

    def remove(self, digests: Iterable[str]) -> None:
        """Take objects away that nothing refers to."""


class FolderObjects:
    """Objects in a folder: objects/ab/abcd..."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where the object lies, or would."""
        return self.root / sha256[:2] / sha256

    def size(self, sha256: str) -> int | None:
        try:
            return self.path(sha256).lstat().st_size
        except OSError:
            return None

    def put(self, wanted: Mapping[str, Extent], incoming: Path, told: Told | None = None) -> int:
        if not wanted:
            return 0
        new = _copied(self._lacking(wanted, told), incoming, told)
        built = {sha256: incoming / sha256 for sha256 in new}
        flush_files(list(built.values()))
        folders: set[Path] = set()
        for sha256, file in built.items():
            place = self.path(sha256)
            if place.parent not in folders:
                place.parent.mkdir(exist_ok=True)
                folders.add(place.parent)
            file.rename(place)
        # Also of what another is putting there at this moment: its flush may still be to come.
        for folder in sorted(folders | {self.path(sha256).parent for sha256 in wanted}):
            flush(folder)
        flush(self.root)
        return sum(wanted[sha256].size for sha256 in new)

    def _lacking(self, wanted: Mapping[str, Extent], told: Told | None) -> dict[str, Extent]:
        """What is not there, or not sound."""

        def sound(sha256: str) -> bool:
            try:
                return self.digest(sha256, told) == sha256
            except DataError:
                return False

        here = [sha256 for sha256, extent in wanted.items() if self.size(sha256) == extent.size]
        fine = spread(sound, here, lambda sha256: wanted[sha256].size)
        kept = {sha256 for sha256, yes in zip(here, fine, strict=True) if yes}
        return {sha256: extent for sha256, extent in wanted.items() if sha256 not in kept}

    def parts(self, sha256: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        size = self.size(sha256)
        if size is None:
            raise lacking(sha256)
        left = size - start if length is None else min(length, size - start)
        with self.path(sha256).open("rb") as stream:
            stream.seek(start)
            while left > 0 and (part := stream.read(min(READ_BYTES, left))):
                left -= len(part)
                yield part

    def digest(self, sha256: str, told: Told | None = None) -> str:
        size = self.size(sha256)
        if size is None:
            raise lacking(sha256)
        try:
            return digest(Extent(self.path(sha256), 0, size), told)
        except (OSError, Refused) as error:
            why = error.strerror if isinstance(error, OSError) else error.problem.message
            raise DataError(
                f"it cannot be read: {why}", file=self.path(sha256),
                remedy="Mend it from another copy: overflight archive check --scrub --mend-from.",
            ) from None  # fmt: skip

    def local(self, sha256: str, folder: Path) -> Path:  # noqa: ARG002
        if self.size(sha256) is None:
            raise lacking(sha256)
        return self.path(sha256)

    def listing(self) -> Iterator[tuple[str, int]]:
        for shelf in sorted(os.scandir(self.root), key=lambda e: e.name):
            if not shelf.is_dir(follow_symlinks=False):
                continue
            for entry in os.scandir(shelf.path):
                if _NAME.fullmatch(entry.name) and entry.name[:2] == shelf.name:
                    yield entry.name, entry.stat(follow_symlinks=False).st_size

    def remove(self, digests: Iterable[str]) -> None:
        folders = set()
        for sha256 in digests:
            place = self.path(sha256)
            place.unlink(missing_ok=True)
            folders.add(place.parent)
        for folder in folders:
            flush(folder)


def lacking(sha256: str) -> DataError:
    """The object is not there."""
    return DataError(
        f"the archive has no file with SHA-256 {sha256}",
        remedy="Find out what is missing: overflight archive check; --mend-from puts it back.",
    )


def _copied(
    wanted: Mapping[str, Extent], incoming: Path, told: Told | None
) -> tuple[str, ...]:  # fmt: skip
    """Copy files into ``incoming``, each under its digest; the digests."""

    def one(row: tuple[str, Extent]) -> str:
        copy_as(row[0], row[1], incoming / row[0], told)
        return row[0]

    largest_first = sorted(wanted.items(), key=lambda row: -row[1].size)
    return tuple(spread(one, largest_first, lambda row: row[1].size))


def copy_as(sha256: str, extent: Extent, target: Path, told: Told | None = None) -> None:
    """Copy bytes that must have that digest; not flushed. Raises Refused (``changed``)."""
    found = hashlib.sha256()
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    writing = os.open(target, flags, 0o444)
    try:
        for part in read_parts(extent):
            found.update(part)
            write_all(writing, part)
            if told is not None:
                told(len(part))
    finally:
        os.close(writing)
    if found.hexdigest() != sha256:
        raise Refused(
            "changed", "it changed while it was taken in", where=extent.file.name,
            remedy="Leave the bundle alone meanwhile, and take it in again.",
        )  # fmt: skip
