"""What a log's entries say, and how entries lie together.

An entry is a few words in canonical JSON: what kind of thing it stands for, the SHA-256 of the
thing, and the moment stated for it. The thing itself stays where it is. To the tree an entry is
bytes; 256 of them lie in one file, each after its length in two bytes (C2SP tlog-tiles).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from overflight.errors import DataError
from overflight.record.instants import read_instant, write_instant
from overflight.record.refused import Refused

KINDS = ("bundle", "request", "delivery", "decision")
MAX_ENTRY_BYTES = 65_535
_FORM = re.compile(
    rb'\{"at":"(?P<at>[0-9TZ:-]{20})","kind":"log-entry","of":"(?P<of>[a-z]{1,20})",'
    rb'"sha256":"(?P<sha256>[0-9a-f]{64})","version":1\}'
)
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """``of``: one of KINDS. ``sha256``: of the thing, hex. ``at``: the moment stated, UTC."""

    of: str
    sha256: str
    at: dt.datetime


def write_entry(entry: Entry) -> bytes:
    """The bytes of an entry. Raises DataError for a kind or a digest that there is not."""
    if entry.of not in KINDS:
        raise DataError(f"{entry.of!r} is no kind of entry", remedy=f"One of {', '.join(KINDS)}.")
    if not _DIGEST.fullmatch(entry.sha256):
        raise DataError("this is no SHA-256", remedy="Give 64 digits in small hexadecimal.")
    return (
        f'{{"at":"{write_instant(entry.at)}","kind":"log-entry","of":"{entry.of}",'
        f'"sha256":"{entry.sha256}","version":1}}'
    ).encode("ascii")


def read_entry(data: bytes, where: str) -> Entry:
    """What an entry says. Raises Refused (``bad-entry``) for anything written in another way."""
    found = _FORM.fullmatch(data) if len(data) < 300 else None
    of = found["of"].decode("ascii") if found else ""
    if found is None or of not in KINDS:
        raise Refused("bad-entry", "this is no entry of a log of bundles", where=where)
    at = read_instant(found["at"].decode("ascii"), where)
    return Entry(of, found["sha256"].decode("ascii"), at)


def pack(entries: Iterable[bytes]) -> bytes:
    """Entries, each after its length. Raises OverflowError for one that is too long."""
    return b"".join([part for e in entries for part in (len(e).to_bytes(2, "big"), e)])


def unpack(data: bytes, count: int, where: str) -> list[bytes]:
    """The ``count`` entries that these bytes must be. Raises Refused (``bad-entries``)."""
    found: list[bytes] = []
    at, end = 0, len(data)
    while at < end and len(found) < count:
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > end or at > end:
            break
        found.append(data[start:at])
    if len(found) != count or at != end:
        raise Refused("bad-entries", f"these are not {count} whole entries", where=where)
    return found


def check_sizes(entries: Sequence[bytes]) -> None:
    """Raise DataError for an entry that a log cannot hold."""
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise DataError(
                f"an entry has {len(entry)} bytes; the most is {MAX_ENTRY_BYTES}",
                remedy="Log its SHA-256, not the thing itself.",
            )
