"""The catalogue's file: opened so that a commit is on the disk when it returns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from overflight.errors import DataError

WAIT_S = 120.0
"""How long a commit waits for another."""


def connect(path: Path, *, new: bool = False) -> sqlite3.Connection:
    """A connection whose commits are flushed. Raises DataError where there is no file, unless it is
    ``new``."""
    if not new and not path.is_file():
        raise DataError(
            "the archive has no catalogue", file=path,
            remedy="Put catalogue.sqlite back from a backup; the objects and the log are sound "
            "without it, and what the log names and the catalogue lacks is told by 'overflight "
            "archive check'.",
        )  # fmt: skip
    with spoken(path):
        connection = sqlite3.connect(
            path, isolation_level=None, timeout=WAIT_S, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for as long as it is needed."""
    connection = connect(path)
    try:
        with spoken(path):
            yield connection
    finally:
        connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; on return it is on the disk."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """What SQLite says against the file, in words and with a remedy."""
    try:
        yield
    except sqlite3.OperationalError as error:
        words = str(error)
        if "locked" in words or "busy" in words:
            remedy = "Another process holds it; wait until it is done."
        elif "full" in words or "disk I/O" in words:
            remedy = "Make room on the disk and run it again; nothing of it was taken in."
        else:
            remedy = "Run 'overflight archive check'; put the file back from a backup if it is "\
                "not sound."  # fmt: skip
        raise DataError(f"the catalogue: {words}", file=path, remedy=remedy) from error
    except sqlite3.DatabaseError as error:
        raise DataError(
            f"the catalogue cannot be read: {error}", file=path,
            remedy="Put catalogue.sqlite (with its -wal, if there is one) back from a backup, and "
            "take in again what 'overflight archive check' then says is missing.",
        ) from error  # fmt: skip
