"""Which tokens of this machine's own were given out, and which of them are good no more.

    ARCHIVE/access/tokens.json    {"kind": "archive-tokens", "version": 1, "tokens": [...]}

A token is good by its signature; being revoked is what stands here. Those whose time is over are
forgotten.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from overflight.archive.keeping.layout import Archive
from overflight.errors import DataError
from overflight.files import read_bounded, write_atomic

BOOK = "tokens.json"
_LOCK = ".tokens"
_KIND = "archive-tokens"


@dataclass(frozen=True, slots=True)
class Given:
    """A token that was given out. Times in seconds since 1970; ``revoked`` is 0 where it is not."""

    id: str
    user: str
    issued: int
    expires: int
    revoked: int = 0


def book_file(archive: Archive) -> Path:
    """Where they are written down."""
    return archive.access / BOOK


def read_book(path: Path) -> tuple[Given, ...]:
    """All of them, as they were given; none where there is no such file. DataError."""
    if not path.exists():
        return ()
    try:
        said = json.loads(read_bounded(path))
        if said["kind"] != _KIND or said["version"] != 1:
            raise ValueError(path.name)
        return tuple(_given(row) for row in said["tokens"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DataError(
            "this is no list of tokens", file=path, remedy="Put it back from a backup; or delete "
            "it together with identity.key, then all tokens are refused and made anew.",
        ) from None  # fmt: skip


def _given(row: Mapping[str, Any]) -> Given:
    found = Given(**row)
    texts, numbers = (found.id, found.user), (found.issued, found.expires, found.revoked)
    if not all(type(t) is str for t in texts) or not all(type(n) is int for n in numbers):
        raise TypeError(found.id)
    return found


def add(archive: Archive, given: Given, now: float) -> None:
    """Write down a token before it is handed over."""
    with _written(archive) as rows:
        rows[:] = [one for one in rows if one.expires > now] + [given]


def revoke(archive: Archive, names: Sequence[str], now: float) -> tuple[Given, ...]:
    """Have these tokens, by id, or all of these users, refused from now on. Returns those that were
    good until now. DataError for a name that is neither a token's nor has any."""
    with _written(archive) as rows:
        known = {one.id for one in rows} | {one.user for one in rows}
        for name in names:
            if name not in known:
                raise DataError(
                    f"no token, and no user with one, is called {name!r}", file=book_file(archive),
                    remedy="See overflight archive token ARCHIVE --list.",
                )  # fmt: skip
        hit = [one for one in rows if {one.id, one.user} & set(names)]
        done = tuple(one for one in hit if not one.revoked and one.expires > now)
        rows[:] = [replace(o, revoked=int(now)) if o in done else o for o in rows]
    return done


def to_dict(rows: Sequence[Given]) -> dict[str, Any]:
    """The list as a document."""
    return {"kind": _KIND, "version": 1, "tokens": [asdict(one) for one in rows]}


@contextlib.contextmanager
def _written(archive: Archive) -> Iterator[list[Given]]:
    lock = os.open(archive.access / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rows = list(read_book(book_file(archive)))
        yield rows
        text = json.dumps(to_dict(rows), indent=1) + "\n"
        write_atomic(book_file(archive), text, mode=0o600)
    finally:
        os.close(lock)
