"""The record of accesses: who wanted what, when, and what was decided. It is only added to.

    access/accesses-000001.jsonl    one access a line, canonical JSON; each line has the SHA-256 of
                                    the line before it, the first of a file that of the file before

A line that was changed, taken out or put in breaks the chain. Lines that are cut off at the end
leave it whole, so the digest of the last line goes into the archive's log from time to time
(``head``, and ``asking.settling``); whoever has an earlier head sees whether it is still there.

Several writers may add, threads or processes: whatever waits is written and flushed together, so
that a flush is shared by all who wait for it.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.record import canonical
from overflight.record.disk import flush
from overflight.record.instants import read_instant, write_instant
from overflight.record.refused import Refused

KIND = "archive-access"
START = "0" * 64
MOST_BYTES = 64 * 1024 * 1024
"""Bytes of one file; then the next one is begun."""
MOST_LINE = 16_384
LOCK = ".writing"
_NAME = re.compile(r"accesses-(\d{6})\.jsonl")
_TEXTS = ("asker", "level", "what", "answer", "cite", "purpose", "by")


@dataclass(frozen=True, slots=True)
class Access:
    """One access. ``level``: what was wanted (find, request, open, deliver). ``what``: of which it
    was wanted: a search, an item, a file. ``mission``: its bundle, or "". ``answer``, ``cite``: the
    decision and its paragraph. ``by``: the person or machine that acted for the asker, or "".
    ``number`` counts from 0 over the whole record."""

    at: dt.datetime
    asker: str
    level: str
    what: str
    answer: str
    mission: str = ""
    cite: str = ""
    purpose: str = ""
    by: str = ""
    number: int = -1

    def as_dict(self) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in _TEXTS}
        return {"at": write_instant(self.at), "mission": self.mission, "number": self.number} | said


@dataclass(frozen=True, slots=True)
class Head:
    """How far a record goes: how many accesses, and the SHA-256 of the last line."""

    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _End:
    """Where the next line goes."""

    file: int
    size: int
    head: Head


class Journal:
    """The record of one archive, open for adding. Use as a context manager or ``close`` it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._end: _End | None = None
        self._stream: int | None = None
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._lock = os.open(folder / LOCK, flags, 0o600)
        except OSError as error:
            raise _unwritten(folder, error) from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        if self._stream is not None:
            os.close(self._stream)
            self._stream = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def add(self, accesses: Sequence[Access]) -> Head:
        """Record these, in one write and one flush; on return they are on the disk.

        Raises DataError where they cannot be written: then nothing may be handed out. Raises
        Refused for a record that was changed.
        """
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            try:
                return self._add(accesses)
            finally:
                fcntl.flock(self._lock, fcntl.LOCK_UN)
        except OSError as error:
            self._end = None
            raise _unwritten(self.folder, error) from error

    def _add(self, accesses: Sequence[Access]) -> Head:
        end = self._here()
        lines, head = [], end.head
        for access in accesses:
            line = line_of(replace(access, number=head.count), head.sha256)
            lines.append(line)
            head = Head(head.count + 1, hashlib.sha256(line).hexdigest())
        if not lines:
            return head
        data = b"".join(line + b"\n" for line in lines)
        if end.size and end.size + len(data) > MOST_BYTES:
            end = _End(end.file + 1, 0, end.head)
            self._open(end)
        assert self._stream is not None
        try:
            _write_all(self._stream, data)
            os.fsync(self._stream)
        except OSError:
            os.ftruncate(self._stream, end.size)  # nobody was told of it
            raise
        self._end = _End(end.file, end.size + len(data), head)
        return head

    def _here(self) -> _End:
        """Where it ends; looked up anew where another process has written meanwhile."""
        end = self._end
        if end is not None and self._stream is not None:
            later = self.folder / _name(end.file + 1)
            if os.fstat(self._stream).st_size == end.size and not later.exists():
                return end
        end, torn = _find_end(self.folder)
        self._open(end)
        assert self._stream is not None
        if torn:
            os.ftruncate(self._stream, end.size)
            os.fsync(self._stream)
        self._end = end
        return end

    def _open(self, end: _End) -> None:
        if self._stream is not None:
            os.close(self._stream)
            self._stream = None
        path = self.folder / _name(end.file)
        new = not path.exists()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._stream = os.open(path, flags, 0o600)
        if new:
            flush(self.folder)


def line_of(access: Access, before: str) -> bytes:
    """The line of an access after the line with that SHA-256. What is too long is cut."""
    said = access.as_dict()
    for key in ("what", "mission", "by", "asker", "cite"):
        said[key] = _fit(said[key])
    return canonical.dumps({"kind": KIND, "before": before, **said})


def _fit(text: str) -> str:
    """At most 2000 characters of text that canonical JSON can hold."""
    import unicodedata

    plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return unicodedata.normalize("NFC", plain[:2000])


def read(folder: Path) -> Iterator[Access]:
    """All accesses, in order, each line held against the one before.

    A last line that was cut short (it was never acknowledged) is left out. Raises Refused
    (``access-changed``) at the first line that does not follow.
    """
    for access, _ in _lines(folder):
        yield access


def head(folder: Path) -> Head:
    """How far the record goes, all of it read and held against itself. Raises Refused."""
    found = Head(0, START)
    for access, sha256 in _lines(folder):
        found = Head(access.number + 1, sha256)
    return found


def extends(folder: Path, earlier: Head) -> bool:
    """Whether the record still has all that it had at an earlier head. Raises Refused."""
    if earlier.count == 0:
        return True
    for access, sha256 in _lines(folder):
        if access.number + 1 == earlier.count:
            return sha256 == earlier.sha256
    return False


def digests(folder: Path, counts: frozenset[int]) -> Iterator[tuple[int, str]]:
    """(count, SHA-256 of the last line) where the record had that many accesses; all of it is read
    and held against itself. Raises Refused."""
    for access, sha256 in _lines(folder):
        if access.number + 1 in counts:
            yield access.number + 1, sha256


def _lines(folder: Path) -> Iterator[tuple[Access, str]]:
    before, number = START, 0
    numbers = _files(folder)
    for at, file in enumerate(numbers):
        if file != at + 1:
            raise _changed(_name(at + 1), 0, "the file is missing")
        name = _name(file)
        data = (folder / name).read_bytes()
        lines = data.split(b"\n")
        if lines[-1] and at + 1 < len(numbers):
            raise _changed(name, len(lines), "the last line is cut off")
        for row, line in enumerate(lines[:-1], 1):
            access, named = _read_line(line, name, row)
            if named != before or access.number != number:
                raise _changed(name, row, "it does not follow the line before it")
            before = hashlib.sha256(line).hexdigest()
            number += 1
            yield access, before


def _read_line(line: bytes, name: str, row: int) -> tuple[Access, str]:
    try:
        said = canonical.loads(line, name, most_bytes=MOST_LINE)
        known = {"kind", "before", "at", "mission", "number", *_TEXTS}
        texts = {key: said[key] for key in (*_TEXTS, "mission", "before")}
        if set(said) != known or said["kind"] != KIND or type(said["number"]) is not int:
            raise ValueError(name)
        if not all(isinstance(text, str) for text in texts.values()):
            raise TypeError(name)
        at = read_instant(said["at"], name)
    except (Refused, KeyError, TypeError, ValueError):
        raise _changed(name, row, "it is no access as they are written") from None
    before = texts.pop("before")
    return Access(at=at, number=said["number"], **texts), before


def _find_end(folder: Path) -> tuple[_End, bool]:
    """Where the next line goes, by the last line alone; and whether something is cut short."""
    numbers = _files(folder)
    if not numbers:
        return _End(1, 0, Head(0, START)), False
    for file in reversed(numbers):
        name = _name(file)
        data = (folder / name).read_bytes()
        whole = data.rfind(b"\n") + 1
        torn = whole < len(data)
        if torn and file != numbers[-1]:
            raise _changed(name, 0, "the last line is cut off")
        if whole:
            start = data.rfind(b"\n", 0, whole - 1) + 1
            last = data[start : whole - 1]
            access, _ = _read_line(last, name, data.count(b"\n", 0, whole))
            found = Head(access.number + 1, hashlib.sha256(last).hexdigest())
            if file == numbers[-1]:
                return _End(file, whole, found), torn
            return _End(numbers[-1], 0, found), True
    return _End(numbers[-1], 0, Head(0, START)), True


def _files(folder: Path) -> list[int]:
    found = (_NAME.fullmatch(entry.name) for entry in os.scandir(folder))
    return sorted(int(match[1]) for match in found if match)


def _name(number: int) -> str:
    return f"accesses-{number:06d}.jsonl"


def _write_all(stream: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(stream, view) :]


def _changed(name: str, row: int, why: str) -> Refused:
    return Refused(
        "access-changed", why, where=f"access/{name}" + (f", line {row}" if row else ""),
        remedy="The record of accesses was changed. Keep it as it is, and find out who could write "
        "to the archive's folder; a backup and the heads in the log show what it was.",
    )  # fmt: skip


def _unwritten(folder: Path, error: OSError) -> DataError:
    return DataError(
        f"an access cannot be recorded: {error.strerror}", file=folder,
        remedy="Make room on the disk, and check your rights; without a record nothing is handed "
        "out.",
    )  # fmt: skip
