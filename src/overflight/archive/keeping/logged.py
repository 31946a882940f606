"""The archive's log, as the archive writes to it: what was taken in has its entry.

Logged are the manifest of each stage and the signatures under it, and the list of each portion, by
their SHA-256. A mission is committed first and logged then. In between, its entries stand in the
catalogue without an index; whoever takes something in next, and every check, logs what is left,
each once.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from overflight.archive.keeping.database import transaction
from overflight.archive.keeping.layout import Archive
from overflight.archive.keeping.missions import EntryRow, set_logged, unlogged
from overflight.errors import DataError
from overflight.record.log.entries import Entry, read_entry, write_entry
from overflight.record.log.journal import MAX_BATCH, read_journal
from overflight.record.log.keeping import Log
from overflight.record.log.reading import TileFolder
from overflight.record.log.tiles import ENTRIES, WIDTH, Place
from overflight.record.refused import Refused

BUNDLE = "bundle"
_TRIES, _PAUSE_S = 600, 0.05


@contextmanager
def writing(archive: Archive) -> Iterator[Log]:
    """The log, open for writing; waits for another who writes to it. Raises as ``Log`` does."""
    for _ in range(_TRIES):
        try:
            log = Log(archive.log)
            break
        except DataError as error:
            if not _is_held(error):
                raise
            time.sleep(_PAUSE_S)
    else:
        log = Log(archive.log)
    with log:
        yield log


def _is_held(error: DataError) -> bool:
    return error.message.startswith("another process")


def all_entries(folder: Path) -> Iterator[tuple[int, bytes]]:
    """(index, entry) of all that is acknowledged, signed for already or not. Raises Refused."""
    found = read_journal(folder)
    tiles = TileFolder(folder)
    for tile in range(-(-found.size // WIDTH)):
        width = min(WIDTH, found.size - tile * WIDTH)
        for at, entry in enumerate(tiles.entries(Place(ENTRIES, tile, width))):
            yield tile * WIDTH + at, entry
    for first, entries in found.batches:
        yield from enumerate(entries, first)


def entries_read(folder: Path) -> Iterator[tuple[int, Entry]]:
    """(index, entry) of all that is acknowledged and can be read. Raises Refused."""
    for index, data in all_entries(folder):
        with suppress(Refused):
            yield index, read_entry(data, "")


def bundles_logged(folder: Path) -> dict[str, int]:
    """SHA-256 of what the log says came in -> the index of its first entry."""
    found: dict[str, int] = {}
    for index, entry in entries_read(folder):
        if entry.of == BUNDLE:
            found.setdefault(entry.sha256, index)
    return found


def settle(
    archive: Archive, connection: sqlite3.Connection, log: Log, now: dt.datetime
) -> tuple[EntryRow, ...]:
    """Log what is committed and not logged yet, and note where it stands; those rows.

    May be cut short anywhere, and be done again.
    """
    rows = unlogged(connection)
    if not rows:
        return ()
    known = bundles_logged(archive.log)
    new = [row for row in rows if row.sha256 not in known]
    for start in range(0, len(new), MAX_BATCH):
        batch = new[start : start + MAX_BATCH]
        first = log.append([write_entry(Entry(BUNDLE, row.sha256, now)) for row in batch])
        known |= {row.sha256: first + at for at, row in enumerate(batch)}
    with transaction(connection):
        set_logged(connection, [(row, known[row.sha256]) for row in rows])
    return rows


def append(archive: Archive, entries: Sequence[Entry]) -> int:
    """Log requests, deliveries and decisions; the index of the first."""
    with writing(archive) as log:
        return log.append([write_entry(entry) for entry in entries])
