"""Anybody's view of a log's folder: its tiles, as strictly as they are defined, and its tree."""

from __future__ import annotations

import errno
import os
import stat
from collections import OrderedDict
from pathlib import Path

from overflight.record.log.entries import MAX_ENTRY_BYTES, unpack
from overflight.record.log.tiles import ENTRIES, HASH_BYTES, WIDTH, Place, split_hashes
from overflight.record.merkle import Tree, node_hash
from overflight.record.refused import Refused

_KEPT = 128


class TileFolder:
    """Tiles below a folder, which may be anybody's."""

    __slots__ = ("root",)

    def __init__(self, root: Path) -> None:
        self.root = root

    def hashes(self, place: Place) -> list[bytes]:
        """The hashes of a tile. A partial one that was replaced is cut from the full one.

        Raises Refused: ``tile-missing``, ``bad-tile``, ``oversized-tile``, ``link``.
        """
        data, found = self._read(place, WIDTH * HASH_BYTES)
        if len(data) != found.width * HASH_BYTES:
            raise Refused(
                "bad-tile", f"it has {len(data)} bytes, not {found.width * HASH_BYTES}",
                where=found.path,
            )  # fmt: skip
        return split_hashes(data[: place.width * HASH_BYTES])

    def entries(self, place: Place) -> list[bytes]:
        """The entries of a tile of entries. Raises the same, and ``bad-entries``."""
        data, found = self._read(place, WIDTH * (2 + MAX_ENTRY_BYTES))
        return unpack(data, found.width, found.path)[: place.width]

    def _read(self, place: Place, most: int) -> tuple[bytes, Place]:
        for one in dict.fromkeys((place, Place(place.level, place.index))):
            data = self.file(one.path, most)
            if data is not None:
                return data, one
        raise Refused("tile-missing", "this tile is not there", where=place.path)

    def file(self, path: str, most: int) -> bytes | None:
        """The bytes of a file below the folder; None where there is none. Raises the same."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self.root / path, flags)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise Refused(
                    "link", "this is a link; a log is made of files of its own", where=path
                ) from None
            raise
        try:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                raise Refused("bad-tile", "this is no plain file", where=path)
            if about.st_size > most:
                raise Refused(
                    "oversized-tile", f"it has {about.st_size} bytes; the most is {most}",
                    where=path,
                )  # fmt: skip
            with os.fdopen(os.dup(descriptor), "rb") as stream:
                return stream.read(most + 1)
        finally:
            os.close(descriptor)


class TiledTree(Tree):
    """The tree of a folder of tiles, read as far as a question needs. Nothing of it is trusted:
    who asks compares the root, or the proof, with what was signed."""

    __slots__ = ("_rows", "_size", "folder")

    def __init__(self, folder: TileFolder, size: int) -> None:
        super().__init__()
        self.folder, self._size = folder, size
        self._rows: OrderedDict[Place, list[list[bytes]]] = OrderedDict()

    def __len__(self) -> int:
        return self._size

    def append(self, leaf: bytes) -> int:  # noqa: ARG002
        raise TypeError("a tree that is read does not grow")

    def leaf(self, index: int) -> bytes:
        """The hash of a leaf. Raises ValueError for one that is not there."""
        self._within(index + 1, self._size)
        return self._over(index, index + 1)

    def _over(self, start: int, end: int) -> bytes:
        width = end - start
        if width & (width - 1) == 0 and start % width == 0:
            level, above = divmod(width.bit_length() - 1, 8)
            at = start >> (8 * level)
            return self._tile(level, at // WIDTH)[above][(at % WIDTH) >> above]
        middle = start + (1 << ((width - 1).bit_length() - 1))
        return node_hash(self._over(start, middle), self._over(middle, end))

    def _tile(self, level: int, index: int) -> list[list[bytes]]:
        """The hashes of a tile, and of all whole subtrees over them, row by row."""
        there = self._size >> (8 * level)
        place = Place(level, index, min(WIDTH, there - index * WIDTH))
        if place in self._rows:
            self._rows.move_to_end(place)
            return self._rows[place]
        rows = [self.folder.hashes(place)]
        while len(rows[-1]) > 1:
            row = rows[-1]
            rows.append([node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)])
        self._rows[place] = rows
        if len(self._rows) > _KEPT:
            self._rows.popitem(last=False)
        return rows


def tiled_tree(folder: TileFolder, size: int) -> TiledTree:
    """The tree of that size."""
    return TiledTree(folder, size)


def entry_at(folder: TileFolder, size: int, index: int) -> bytes:
    """Entry ``index`` of the tree of that size. Raises Refused."""
    tile = index // WIDTH
    place = Place(ENTRIES, tile, min(WIDTH, size - tile * WIDTH))
    return folder.entries(place)[index - tile * WIDTH]
