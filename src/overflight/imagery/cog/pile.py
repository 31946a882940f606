"""Compressed tiles laid aside until it is known where in the file they stand."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO


class Pile:
    """Tiles of one directory with their lengths: in memory until told to spill to a nameless file
    in ``folder``, which a crash leaves nothing of.

    Each tile stands between its size, in four bytes, and its own last four bytes again: what
    GDAL's ghost area promises.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._spilt = 0
        self._held: list[bytes] = []
        self.lengths: list[int] = []

    def add(self, data: bytes) -> int:
        """Lay a tile aside; returns how many bytes that takes."""
        self._held += [len(data).to_bytes(4, "little"), data, data[-4:]]
        self.lengths.append(len(data))
        return len(data) + 8

    def spill(self) -> None:
        """Out of memory, onto the disk."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - lives on
        self._file.writelines(self._held)
        self._spilt += sum(map(len, self._held))
        self._held.clear()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._held.clear()

    @property
    def total(self) -> int:
        return sum(self.lengths) + 8 * len(self.lengths)

    def places(self, start: int) -> list[int]:
        """Where each tile is once the pile lies at ``start``: behind its four bytes of size."""
        found, at = [], start
        for length in self.lengths:
            found.append(at + 4)
            at += length + 8
        return found

    def pour(self, into: IO[bytes]) -> None:
        """All of it, in order, at the end of ``into``."""
        if self._file is not None:
            self._file.flush()
            into.flush()
            at = 0
            while at < self._spilt:
                most = min(self._spilt - at, 1 << 30)
                moved = os.sendfile(into.fileno(), self._file.fileno(), at, most)
                if moved == 0:
                    raise OSError("the tiles laid aside ended early")
                at += moved
            into.seek(0, os.SEEK_END)
        into.writelines(self._held)
