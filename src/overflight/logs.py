"""An append-only log of JSON lines that survives a crash and has one writer at a time.

What ``append`` returned from is on disk. Every line carries its number (``n``, from 1) and, as
``after``, the beginning of the SHA-256 of the line before it, so that a line lost, changed or put
between others is found; ``sum``, its own digest, tells that the last line was changed. It guards
against mishaps, not against somebody who works the digests out anew. A last line that a crash left
unfinished was never acknowledged: readers pass over it, and the next writer cuts it off.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from overflight.errors import DataError

FIRST = "0" * 16
"""What the first line says it comes after."""

_OWN = ("n", "after", "sum")
_SUM = b', "sum": "%b"}'
_WINDOW = 1 << 16


@dataclass(frozen=True, slots=True)
class LogRead:
    """The records of a log in their order, each without ``n``, ``after`` and ``sum``.

    ``torn`` is the unfinished last line that was passed over, in bytes; empty: there was none.
    """

    records: tuple[dict[str, Any], ...]
    torn: bytes = b""


@dataclass(frozen=True, slots=True)
class Appended:
    """``last`` is the number of the log's last record now; ``cut_off`` what a crash had left."""

    last: int
    cut_off: bytes = b""


def read_log(path: Path) -> LogRead:
    """All records of the log at ``path``; none where there is no such file.

    Raises DataError, with the line, for anything but an unfinished end.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return LogRead(())
    except OSError as error:
        _refuse(f"the log cannot be read ({error.strerror})", path, "Check the path and rights.")
    whole, torn = _finished(content)
    after, records = FIRST, []
    for number, line in enumerate(whole.split(b"\n")[:-1], 1):
        record = _parsed(line, path, number)
        if record.pop("n") != number:
            _refuse("the number of this line is not its place in the log", path, _PUT_BACK, number)
        if record.pop("after") != after:
            _refuse(
                "the line before this one is not the one that was there", path, _PUT_BACK, number
            )
        records.append(record)
        after = _digest(line)
    return LogRead(tuple(records), torn)


def append(path: Path, record: Mapping[str, Any], *, seen: int | None = None) -> Appended:
    """Write ``record`` behind the last one and return once it is on disk.

    ``seen`` is the number of records that the writer knew when it decided; if others were written
    since, nothing is appended and DataError says so. None: whatever is there.
    """
    with _locked(path) as descriptor:
        size = os.fstat(descriptor).st_size
        kept, last, after = _end(descriptor, size, path)
        torn = _slice(descriptor, kept, size)
        if seen is not None:
            _refuse_others(path, last, seen)
        _write(descriptor, kept, _line(record, last + 1, after, path) + b"\n", path)
        return Appended(last + 1, torn)


@contextmanager
def sole_writer(path: Path, *, seen: int) -> Iterator[None]:
    """Nobody else who asks for this writes to the log at ``path``, or to files that belong to its
    entries, until it is left. Raises DataError where the log has not ``seen`` records."""
    with _locked(path.with_name(f".{path.name}.lock")):
        _refuse_others(path, len(read_log(path).records), seen)
        yield


def _refuse_others(path: Path, last: int, seen: int) -> None:
    if seen != last:
        _refuse(
            f"somebody else wrote to the log meanwhile: it has {last} records, not {seen}",
            path,
            "Look at what is there now, and repeat the command if it still applies.",
        )


_PUT_BACK = "The log was changed by hand or damaged: put back a copy of the file."


def _refuse(message: str, path: Path, remedy: str, line: int | None = None) -> NoReturn:
    raise DataError(message, file=path, line=line, remedy=remedy)


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:16]


def _line(record: Mapping[str, Any], number: int, after: str, path: Path) -> bytes:
    if taken := [key for key in _OWN if key in record]:
        _refuse(f"a record may not hold {taken[0]!r}", path, "Give the field another name.")
    whole = {"n": number, **record, "after": after}
    line = json.dumps(whole, ensure_ascii=False, allow_nan=False).encode("utf-8")
    return line[:-1] + _SUM % _digest(line).encode()


def _parsed(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict) or not all(key in record for key in _OWN):
        _refuse("this line is not a record of a log", path, _PUT_BACK, number)
    own = record.pop("sum")
    said = _SUM % str(own).encode()
    if not line.endswith(said) or _digest(line[: -len(said)] + b"}") != own:
        _refuse("this line is not as it was written", path, _PUT_BACK, number)
    return record


def _finished(content: bytes) -> tuple[bytes, bytes]:
    end = content.rfind(b"\n") + 1
    return content[:end], content[end:]


def _slice(descriptor: int, begin: int, end: int) -> bytes:
    parts = []
    while begin < end and (part := os.pread(descriptor, end - begin, begin)):
        parts.append(part)
        begin += len(part)
    return b"".join(parts)


def _end(descriptor: int, size: int, path: Path) -> tuple[int, int, str]:
    """Where the last finished line ends, its number, and its digest; looks at the end only."""
    window = _WINDOW
    while True:
        begin = max(0, size - window)
        whole, _ = _finished(_slice(descriptor, begin, size))
        before = whole.rfind(b"\n", 0, -1)
        if begin == 0 or before >= 0:
            break
        window *= 2
    if not whole:
        return 0, 0, FIRST
    line = whole[before + 1 : -1]
    record = _parsed(line, path, whole.count(b"\n") if begin == 0 else 0)
    return begin + len(whole), int(record["n"]), _digest(line)


def _write(descriptor: int, at: int, content: bytes, path: Path) -> None:
    try:
        os.ftruncate(descriptor, at)
        done = 0
        while done < len(content):
            done += os.pwrite(descriptor, content[done:], at + done)
        os.fsync(descriptor)
    except OSError as error:
        os.ftruncate(descriptor, at)
        _refuse(
            f"the log cannot be written ({error.strerror}); it is as it was before",
            path,
            "Make room on the disk, or check the rights, and repeat the command.",
        )


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The log, open for this process alone, made if it is not there yet."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        _refuse(f"the log cannot be opened ({error.strerror})", path, "Check the path and rights.")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if made:
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        yield descriptor
    finally:
        os.close(descriptor)
