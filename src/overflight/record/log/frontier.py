"""The growing edge of a tree: the hashes of its partial tiles, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from overflight.record.log.tiles import WIDTH, Place, peaks, subtree
from overflight.record.merkle import EMPTY, node_hash


@dataclass(frozen=True, slots=True)
class Full:
    """A tile that has become full, and its bytes."""

    place: Place
    data: bytes


class Frontier:
    """A tree that grows by leaves' hashes and gives out each tile as it becomes full."""

    __slots__ = ("levels", "size")

    def __init__(self) -> None:
        self.size = 0
        self.levels: list[list[bytes]] = [[]]

    @property
    def room(self) -> int:
        """How many leaves the last tile still takes, 1 to 256."""
        return WIDTH - len(self.levels[0])

    def extend(self, leaves: Iterable[bytes]) -> list[Full]:
        """Add hashes of leaves; the tiles that they fill, from the left and the leaves up."""
        full: list[Full] = []
        for leaf in leaves:
            self.size += 1
            self.levels[0].append(leaf)
            if len(self.levels[0]) == WIDTH:
                self._carry(full)
        return full

    def extend_tile(self, leaves: Sequence[bytes]) -> list[Full]:
        """The same for no more leaves than there is room for, faster."""
        full: list[Full] = []
        self.levels[0] += leaves
        self.size += len(leaves)
        if len(self.levels[0]) == WIDTH:
            self._carry(full)
        return full

    def _carry(self, full: list[Full]) -> None:
        level = 0
        while len(self.levels[level]) == WIDTH:
            hashes = self.levels[level]
            index = (self.size >> (8 * (level + 1))) - 1
            full.append(Full(Place(level, index), b"".join(hashes)))
            self.levels[level] = []
            level += 1
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(subtree(hashes))

    def partial(self) -> list[Full]:
        """The tiles that are not full, from the leaves up."""
        return [
            Full(Place(level, self.size >> (8 * (level + 1)), len(hashes)), b"".join(hashes))
            for level, hashes in enumerate(self.levels)
            if hashes
        ]

    def root(self) -> bytes:
        """The root over all leaves so far."""
        found = b""
        for hashes in self.levels:
            for peak in reversed(peaks(hashes)):
                found = node_hash(peak, found) if found else peak
        return found or EMPTY


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """The hashes of leaves (RFC 6962), for many."""
    sha256 = hashlib.sha256
    return [sha256(b"\x00" + entry).digest() for entry in entries]
