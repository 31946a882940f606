"""Whether access/ is whole: the record of accesses, and what is kept of requests, against the log.

A record that was cut off at its end is found by the heads of it that the log has; a document of a
request that was changed, planted or taken away by its entry in the log.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from overflight.archive.access import journal
from overflight.archive.access.heads import FOLDER as HEADS
from overflight.archive.access.journal import Head
from overflight.archive.asking import register
from overflight.archive.asking.documents import DECISION, DELIVERY, REQUEST
from overflight.archive.keeping import logged
from overflight.archive.keeping.layout import Archive, committing
from overflight.errors import OverflightError
from overflight.record.log.entries import Entry
from overflight.record.refused import Problem, Refused

_WORDS = {"request": REQUEST, "decision": DECISION, "delivery": DELIVERY}
_Log = Mapping[int, Entry]


def examine_access(archive: Archive, now: dt.datetime) -> tuple[list[Problem], list[str]]:
    """What is wrong there; and what a crash left and was put right, in words."""
    try:
        before = {one.sha256 for _, one in logged.entries_read(archive.log)}
        with committing(archive):
            register.settle(archive, now)
        entries = dict(logged.entries_read(archive.log))
    except Refused as error:
        return [error.problem], []
    except OverflightError as error:
        return [_damaged(error, "access/asked")], []
    problems: list[Problem] = []
    kept: set[str] = set()
    problems += _heads(archive, entries, kept)
    problems += _asked(archive, entries, kept)
    problems += [
        Problem("asked-lost", f"entry {index} of the log is a {_WORDS[entry.of]} that is not kept "
                f"any more (SHA-256 {entry.sha256})", "access")
        for index, entry in entries.items()
        if entry.of in _WORDS and entry.sha256 not in kept
    ]  # fmt: skip
    new = [at for at, one in entries.items() if one.of in _WORDS and one.sha256 not in before]
    return problems, [
        f"access/asked: a {_WORDS[entries[at].of]} was kept, and not logged before something was "
        f"cut short; it is entry {at} of the log now"
        for at in new
    ]


def _heads(archive: Archive, entries: _Log, kept: set[str]) -> Iterator[Problem]:
    """The record of accesses against itself and against every head of it that was logged."""
    known = {entry.sha256 for entry in entries.values()}
    heads: dict[int, tuple[str, str]] = {}
    folder = archive.access / HEADS
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        where = f"access/{HEADS}/{path.name}"
        head, sha256 = _head(path)
        kept.add(sha256)
        if head is not None and sha256 in known:  # one that a crash left unlogged proves nothing
            heads[head.count] = (head.sha256, where)
    try:
        seen = dict(journal.digests(archive.access, frozenset(heads)))
    except Refused as error:
        yield error.problem
        return
    for count, (sha256, where) in heads.items():
        if count and seen.get(count) != sha256:
            yield Problem(
                "access-lost", f"the record of accesses is not the one that had {count} accesses "
                "at this head: lines are missing, or it was written anew", where,
            )  # fmt: skip


def _head(path: Path) -> tuple[Head | None, str]:
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    try:
        said = json.loads(data)
        return Head(int(said["count"]), str(said["sha256"])), digest
    except (ValueError, KeyError, TypeError):
        return None, digest


def _asked(archive: Archive, entries: _Log, kept: set[str]) -> Iterator[Problem]:
    """Every document of every request: to be read, and with the entry that it says it has."""
    folder = archive.access / register.FOLDER
    for below in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not below.is_dir() or below.name.startswith("."):
            continue
        where = f"access/{register.FOLDER}/{below.name}"
        try:
            register.asked(archive, below.name)
        except OverflightError as error:
            yield _damaged(error, where)
        for kind, of in register.ENTRY_OF.items():
            path = below / f"{kind}.json"
            if not path.is_file():
                continue
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            kept.add(digest)
            index = register.index_of(below, kind)
            entry = None if index is None else entries.get(index)
            if entry is None or (entry.of, entry.sha256) != (of, digest):
                words = f"it is not what entry {index} of the log is: it was changed or planted"
                yield Problem("log-differs", words, f"{where}/{path.name}")


def _damaged(error: OverflightError, where: str) -> Problem:
    return Problem("asked-damaged", error.message, where)
