"""The tables of missions, in the same file as the items, so that both come into being together.

missions   what each is and what access to it is decided on
seals      each stage or portion that was taken in, and its entry in the log (logged: index)
files      every file by its path in the bundle, and the object that it is
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from overflight.record.instants import read_instant, write_instant

SCHEMA = """
CREATE TABLE IF NOT EXISTS missions (
  id INTEGER PRIMARY KEY,
  collection TEXT NOT NULL UNIQUE,
  bundle TEXT NOT NULL,
  observing TEXT NOT NULL,
  observed TEXT NOT NULL,
  marks TEXT NOT NULL,
  treaty TEXT NOT NULL,
  flown TEXT,
  aircraft_state TEXT NOT NULL,
  sensors TEXT NOT NULL,
  counted INTEGER,
  kind TEXT NOT NULL,
  received_as TEXT NOT NULL,
  request TEXT NOT NULL,
  root TEXT NOT NULL,
  size INTEGER NOT NULL,
  stage INTEGER NOT NULL,
  items INTEGER NOT NULL,
  UNIQUE (bundle, observing, observed)
) STRICT;
CREATE TABLE IF NOT EXISTS seals (
  mission INTEGER NOT NULL REFERENCES missions (id),
  part INTEGER NOT NULL,
  stage INTEGER NOT NULL,
  manifest TEXT NOT NULL,
  root TEXT NOT NULL,
  size INTEGER NOT NULL,
  sealed_at TEXT NOT NULL,
  taken_at TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (mission, part, stage)
) STRICT;
CREATE TABLE IF NOT EXISTS entries (
  mission INTEGER NOT NULL REFERENCES missions (id),
  part INTEGER NOT NULL,
  path TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  logged INTEGER,
  PRIMARY KEY (mission, part, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_to_log ON entries (mission) WHERE logged IS NULL;
CREATE TABLE IF NOT EXISTS files (
  mission INTEGER NOT NULL REFERENCES missions (id),
  part INTEGER NOT NULL,
  path TEXT NOT NULL,
  role TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (mission, part, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_by_digest ON files (sha256);
"""
ORIGINAL, COPY, DELIVERY, SHARED = "original", "copy", "delivery", "shared"
"""received_as: the observing Party's own, the observed Party's, one that was delivered under a
request, one given to a common archive."""


@dataclass(frozen=True, slots=True)
class Mission:
    """A mission as the archive knows it. ``bundle``: what both sides call it. ``root``, ``size``:
    of the last seal's tree. ``flown``: day of the flight, None unknown. ``aircraft_state``,
    ``kind``, ``treaty``: "" unknown. ``counted``: against both quotas, None unknown. ``request``:
    under which it was delivered, or ""."""

    id: int
    collection: str
    bundle: str
    observing: str
    observed: str
    marks: tuple[str, ...]
    treaty: str
    flown: dt.date | None
    aircraft_state: str
    sensors: tuple[str, ...]
    counted: bool | None
    kind: str
    received_as: str
    request: str
    root: str
    size: int
    stage: int
    items: int


@dataclass(frozen=True, slots=True)
class SealRow:
    """A stage (part 0), or the seal of the part-th portion, that was taken in. ``document``:
    SHA-256 of what it stands in, the manifest or the portion's list."""

    mission: int
    part: int
    stage: int
    manifest: str
    root: str
    size: int
    sealed_at: dt.datetime
    taken_at: dt.datetime
    document: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """What is logged of a bundle: a manifest, a signature, a portion's list. ``logged``: at which
    index of the log, None not yet."""

    mission: int
    part: int
    path: str
    sha256: str
    logged: int | None = None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a bundle: its path there, its role ("" for what belongs to the seals)."""

    mission: int
    part: int
    path: str
    role: str
    size: int
    sha256: str


_COLUMNS = (
    "id, collection, bundle, observing, observed, marks, treaty, flown, aircraft_state, sensors, "
    "counted, kind, received_as, request, root, size, stage, items"
)


def create(connection: sqlite3.Connection) -> None:
    """Make the tables, where they are not there."""
    connection.executescript(SCHEMA)


def missions(connection: sqlite3.Connection) -> tuple[Mission, ...]:
    """All missions, in the order in which they came."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM missions ORDER BY id")
    return tuple(_mission(row) for row in rows)


def mission(connection: sqlite3.Connection, number: int) -> Mission | None:
    """One mission by its number in this archive."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM missions WHERE id = ?",
        (number,),
    ).fetchone()
    return None if row is None else _mission(row)


def find(
    connection: sqlite3.Connection, bundle: str, observing: str, observed: str
) -> Mission | None:
    """The mission of that bundle."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM missions WHERE bundle = ? AND observing = ? AND observed = ?",
        (bundle, observing, observed),
    ).fetchone()
    return None if row is None else _mission(row)


def put_mission(connection: sqlite3.Connection, one: Mission) -> int:
    """Enter a mission (id 0), or what is new of one; its number."""
    values = (
        one.collection, one.bundle, one.observing, one.observed, _list(one.marks), one.treaty,
        None if one.flown is None else one.flown.isoformat(), one.aircraft_state,
        _list(one.sensors), one.counted, one.kind, one.received_as, one.request, one.root,
        one.size, one.stage, one.items,
    )  # fmt: skip
    names = _COLUMNS.split(", ")[1:]
    if one.id:
        told = ", ".join(f"{name} = ?" for name in names)
        connection.execute(f"UPDATE missions SET {told} WHERE id = ?", (*values, one.id))
        return one.id
    marks = ", ".join("?" * len(names))
    done = connection.execute(
        f"INSERT INTO missions ({', '.join(names)}) VALUES ({marks})",
        values,
    )
    return int(done.lastrowid or 0)


def put_seals(connection: sqlite3.Connection, rows: Iterable[SealRow]) -> None:
    """Enter stages or portions that are new."""
    connection.executemany(
        "INSERT INTO seals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (r.mission, r.part, r.stage, r.manifest, r.root, r.size, write_instant(r.sealed_at),
             write_instant(r.taken_at), r.document)
            for r in rows
        ),
    )  # fmt: skip


def drop_files(connection: sqlite3.Connection, number: int, paths: Iterable[str]) -> None:
    """Forget files that both Parties agreed to take out, also where a portion had them."""
    connection.executemany(
        "DELETE FROM files WHERE mission = ? AND path = ?", ((number, path) for path in paths)
    )


def put_entries(connection: sqlite3.Connection, rows: Iterable[EntryRow]) -> None:
    """Enter what is to be logged."""
    connection.executemany(
        "INSERT INTO entries VALUES (?, ?, ?, ?, ?)",
        ((r.mission, r.part, r.path, r.sha256, r.logged) for r in rows),
    )


def put_files(connection: sqlite3.Connection, rows: Iterable[FileRow]) -> None:
    """Enter files that are new."""
    connection.executemany(
        "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)",
        ((r.mission, r.part, r.path, r.role, r.size, r.sha256) for r in rows),
    )


def seals(connection: sqlite3.Connection, number: int | None = None) -> tuple[SealRow, ...]:
    """What was taken in of a mission, or of all, in the order in which it came."""
    where, values = ("", ()) if number is None else (" WHERE mission = ?", (number,))
    rows = connection.execute(f"SELECT * FROM seals{where} ORDER BY mission, part, stage", values)
    return tuple(_seal(row) for row in rows)


def _seal(row: Sequence[Any]) -> SealRow:
    mission, part, stage, manifest, root, size, sealed_at, taken_at, document = row
    moments = read_instant(sealed_at, "seals"), read_instant(taken_at, "seals")
    return SealRow(mission, part, stage, manifest, root, size, *moments, document)


def entries(connection: sqlite3.Connection, number: int | None = None) -> tuple[EntryRow, ...]:
    """What was, or is to be, logged of a mission, or of all, in the order of the log."""
    where, values = ("", ()) if number is None else (" WHERE mission = ?", (number,))
    rows = connection.execute(f"SELECT * FROM entries{where} ORDER BY mission, part, path", values)
    return tuple(EntryRow(*row) for row in rows)


def unlogged(connection: sqlite3.Connection) -> tuple[EntryRow, ...]:
    """What was taken in and is not known to be in the log yet."""
    rows = connection.execute(
        "SELECT * FROM entries WHERE logged IS NULL ORDER BY mission, part, path"
    )
    return tuple(EntryRow(*row) for row in rows)


def set_logged(connection: sqlite3.Connection, rows: Iterable[tuple[EntryRow, int]]) -> None:
    """Note at which index of the log these are; all of them at once."""
    connection.executemany(
        "UPDATE entries SET logged = ? WHERE mission = ? AND part = ? AND path = ?",
        [(index, row.mission, row.part, row.path) for row, index in rows],
    )


def files(
    connection: sqlite3.Connection, number: int, part: int | None = 0
) -> tuple[FileRow, ...]:  # fmt: skip
    """The files of a mission's bundle (part 0), of its part-th portion, or of all (None)."""
    one, values = ("", (number,)) if part is None else (" AND part = ?", (number, part))
    rows = connection.execute(
        f"SELECT * FROM files WHERE mission = ?{one} ORDER BY part, path", values
    )
    return tuple(FileRow(*row) for row in rows)


def sizes(connection: sqlite3.Connection, number: int) -> tuple[int, int]:
    """(files, bytes) of a mission, each object counted once."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(size), 0) FROM "
        "(SELECT DISTINCT sha256, size FROM files WHERE mission = ?)",
        (number,),
    ).fetchone()
    return int(row[0]), int(row[1])


def objects_known(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """(digest, bytes) of every object that a file refers to, each once."""
    yield from connection.execute("SELECT DISTINCT sha256, size FROM files")


def paths_of(connection: sqlite3.Connection, sha256: str) -> tuple[tuple[str, str], ...]:
    """(bundle, path) of the files that an object is."""
    rows = connection.execute(
        "SELECT m.bundle, f.path FROM files f JOIN missions m ON m.id = f.mission "
        "WHERE f.sha256 = ? ORDER BY m.id, f.path",
        (sha256,),
    )
    return tuple((row[0], row[1]) for row in rows)


def files_of(connection: sqlite3.Connection, sha256: str) -> tuple[FileRow, ...]:
    """The files of all missions that an object is."""
    rows = connection.execute(
        "SELECT * FROM files WHERE sha256 = ? ORDER BY mission, part, path", (sha256,)
    )
    return tuple(FileRow(*row) for row in rows)


def _list(texts: Sequence[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)


@lru_cache(maxsize=1024)
def _words(text: str) -> tuple[str, ...]:
    """Marks or sensors; missions have few different ones."""
    return tuple(json.loads(text))


def _mission(row: Sequence[Any]) -> Mission:
    (number, collection, bundle, observing, observed, marks, treaty, flown, aircraft, sensors,
     counted, kind, received, request, root, size, stage, items) = row  # fmt: skip
    return Mission(
        number, collection, bundle, observing, observed, _words(marks), treaty,
        None if flown is None else dt.date.fromisoformat(flown), aircraft,
        _words(sensors), None if counted is None else bool(counted), kind, received,
        request, root, size, stage, items,
    )  # fmt: skip
