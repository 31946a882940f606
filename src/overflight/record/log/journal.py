"""The journal: a batch is whole on disk, and known to be, before anybody is told that it is logged.

    head      64 bytes   magic, size and root of the tree that the tiles on disk hold, check
    batch     64 bytes   magic, index of the first entry, how many, bytes of what follows, check
              bytes      the entries, each after its length; zeros up to a multiple of 64
              64 bytes   seal: magic, SHA-256 over all of the batch before it

A batch is written without its seal and flushed; then the seal is written and flushed. A seal lies
within one sector, so it is there or not. What is not sealed was never acknowledged, and is cut off
when the log is opened next. What is sealed and does not hold has been changed afterwards: that is
never cut, but said.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from overflight.files import write_atomic
from overflight.record.log.entries import unpack
from overflight.record.refused import Refused

NAME = "journal"
MAX_BATCH = 65_536
MAX_BATCH_BYTES = 32 * 1024 * 1024
MAX_JOURNAL_BYTES = 512 * 1024 * 1024
_BLOCK = 64
_HEAD, _BATCH, _SEAL = b"ofl-head", b"ofl-part", b"ofl-seal"


@dataclass(frozen=True, slots=True)
class Found:
    """A journal as it lies there: the tree below it, and its sealed batches, up to ``end``."""

    size: int
    root: bytes
    batches: tuple[tuple[int, list[bytes]], ...]
    end: int


def start_journal(folder: Path, size: int, root: bytes) -> None:
    """Put a journal without batches in the place of the one that is there, at once and durably."""
    head = _HEAD + size.to_bytes(8, "big") + root
    write_atomic(folder / NAME, head + hashlib.sha256(head).digest()[:16])


def read_journal(folder: Path) -> Found:
    """What the journal holds. Raises Refused (``journal-damaged``, ``no-log``)."""
    path = folder / NAME
    try:
        if path.stat().st_size > MAX_JOURNAL_BYTES:
            raise _damaged(path, "it is larger than any that is written", 0)
        data = path.read_bytes()
    except FileNotFoundError:
        raise Refused(
            "no-log", "there is no log here that can be written to", where=str(folder),
            remedy="Begin one with 'overflight log init', or check the path.",
        ) from None  # fmt: skip
    head = data[:_BLOCK]
    if len(head) < _BLOCK or head[:8] != _HEAD:
        raise _damaged(path, "its beginning is missing", 0)
    if head[48:] != hashlib.sha256(head[:48]).digest()[:16]:
        raise _damaged(path, "its beginning was changed", 0)
    size, root = int.from_bytes(head[8:16], "big"), head[16:48]
    batches = []
    end, following = _BLOCK, size
    for first, entries, stop in _sealed(path, data):
        if first != following:
            raise _damaged(path, "a batch is missing", end)
        batches.append((first, entries))
        end, following = stop, first + len(entries)
    return Found(size, root, tuple(batches), end)


def _sealed(path: Path, data: bytes) -> Iterator[tuple[int, list[bytes], int]]:
    """(first index, entries, where it ends) of each sealed batch."""
    at = _BLOCK
    while at < len(data):
        head = data[at : at + _BLOCK]
        first, count, length = (int.from_bytes(head[a:b], "big") for a, b in _FIELDS)
        if len(head) < _BLOCK or head != _batch_head(first, count, length):
            if _has_seal(data, at):
                raise _damaged(path, "the beginning of a batch was changed", at)
            return
        seal_at = at + _BLOCK + _padded(length)
        seal = data[seal_at : seal_at + _BLOCK]
        if len(seal) < _BLOCK or seal == bytes(_BLOCK):
            if seal_at + _BLOCK < len(data):
                raise _damaged(path, "a batch in its midst is not sealed", at)
            return
        found = hashlib.sha256(memoryview(data)[at:seal_at]).digest()
        if seal != _SEAL + found + bytes(24):
            raise _damaged(path, "a sealed batch was changed", at)
        body = data[at + _BLOCK : at + _BLOCK + length]
        at = seal_at + _BLOCK
        yield first, unpack(body, count, str(path)), at


def _batch_head(first: int, count: int, length: int) -> bytes:
    head = _BATCH + first.to_bytes(8, "big") + count.to_bytes(4, "big") + length.to_bytes(4, "big")
    return head + hashlib.sha256(head).digest()[:16] + bytes(24)


def _has_seal(data: bytes, at: int) -> bool:
    """Whether a seal stands where one can, after ``at``."""
    place = data.find(_SEAL, at)
    while place >= 0 and place % _BLOCK:
        place = data.find(_SEAL, place + 1)
    return place >= 0


_FIELDS = ((8, 16), (16, 20), (20, 24))


class Journal:
    """A journal that is open for writing, cut to what is sealed."""

    __slots__ = ("_descriptor", "_end")

    def __init__(self, folder: Path, end: int) -> None:
        self._descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CLOEXEC)
        self._end = end
        if os.fstat(self._descriptor).st_size > end:
            os.ftruncate(self._descriptor, end)
            os.fsync(self._descriptor)

    @property
    def end(self) -> int:
        """Bytes that are in use."""
        return self._end

    def write(self, first: int, count: int, body: bytes) -> None:
        """Put a batch on disk and seal it. Raises OSError; the batch is not there then."""
        head = _batch_head(first, count, len(body))
        gap = bytes(_padded(len(body)) - len(body))
        found = hashlib.sha256(head)
        found.update(body)
        found.update(gap)
        at = _put(self._descriptor, head + body + gap, self._end)
        os.fsync(self._descriptor)
        at = _put(self._descriptor, _SEAL + found.digest() + bytes(24), at)
        os.fsync(self._descriptor)
        self._end = at

    def close(self) -> None:
        os.close(self._descriptor)


def _put(descriptor: int, data: bytes, at: int) -> int:
    view = memoryview(data)
    while view:
        done = os.pwrite(descriptor, view, at)
        view, at = view[done:], at + done
    return at


def _padded(length: int) -> int:
    return -(-length // _BLOCK) * _BLOCK


def _damaged(path: Path, why: str, at: int) -> Refused:
    return Refused(
        "journal-damaged", f"{why} (byte {at})", where=str(path),
        remedy="Entries that were acknowledged lie in it. Copy the folder, compare it with a "
        "backup, and put the sound file back; nothing is cut off by itself.",
    )  # fmt: skip
