"""Merkle trees as in RFC 6962 section 2.1, and their proofs as RFC 9162 section 2.1 checks them.

A leaf's hash is SHA-256(0x00 || data), an inner node's SHA-256(0x01 || left || right); the tree
over n leaves splits at the largest power of two below n. So a tree that grows keeps every hash of
its complete subtrees: ``Tree`` stores those alone, and answers for each size that it once had.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf, 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of the node above two, 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that only grows. ``levels[k][i]`` is the hash over leaves i * 2^k to (i+1) * 2^k."""

    __slots__ = ("levels",)

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self.levels[0])

    def append(self, leaf: bytes) -> int:
        """Add the hash of a leaf; return its index."""
        self.levels[0].append(leaf)
        level = 0
        while len(self.levels[level]) % 2 == 0:
            pair = self.levels[level][-2:]
            level += 1
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(node_hash(*pair))
        return len(self) - 1

    def root(self, size: int | None = None) -> bytes:
        """Root over the first ``size`` leaves (all). Raises ValueError for more than there are."""
        size = len(self) if size is None else size
        self._within(0, size)
        return self._over(0, size) if size else EMPTY

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of leaf ``index`` in the tree of ``size``, from the leaf up.

        Raises ValueError for a leaf that is not in it.
        """
        size = len(self) if size is None else size
        self._within(index + 1, size)
        path: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """Proof that the tree of ``first`` leaves is the beginning of the one of ``second``.

        Raises ValueError unless 0 < first <= second <= what there is.
        """
        second = len(self) if second is None else second
        self._within(first, second)
        if first < 1:
            raise ValueError("a tree without leaves is the beginning of every other")
        path: list[bytes] = []
        start, end, known = 0, second, True
        while first != end:
            middle = start + _split(end - start)
            if first <= middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(start, middle))
                start, known = middle, False
        if not known:
            path.append(self._over(start, end))
        return path[::-1]

    def _within(self, first: int, second: int) -> None:
        if not 0 <= first <= second <= len(self):
            raise ValueError(f"no {first} of {second} leaves: there are {len(self)}")

    def _over(self, start: int, end: int) -> bytes:
        """Hash over leaves start to end, of which start is where such a subtree can begin."""
        width = end - start
        if width & (width - 1) == 0 and start % width == 0:
            level = width.bit_length() - 1
            return self.levels[level][start >> level]
        middle = start + _split(width)
        return node_hash(self._over(start, middle), self._over(middle, end))


def _split(width: int) -> int:
    """The largest power of two below ``width``, which is at least 2."""
    return 1 << ((width - 1).bit_length() - 1)


def includes(root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``leaf`` (its hash) is leaf ``index`` of the tree with that size and root.

    RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size or any(len(part) != 32 for part in (leaf, *proof)):
        return False
    at, last, found = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(part, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, part)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def extends(
    old_root: bytes, old_size: int, new_root: bytes, new_size: int, proof: Sequence[bytes]
) -> bool:
    """Whether the old tree is the beginning of the new one. RFC 9162 section 2.1.4.2.

    The empty tree begins every other, so nothing is shown by a proof from it: False.
    """
    if not 0 < old_size <= new_size or any(len(part) != 32 for part in proof):
        return False
    if old_size == new_size:
        return old_root == new_root and not proof
    path = [*proof] if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        return False
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(part, old), node_hash(part, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, part)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
