"""Taking in a sealed bundle, or a portion that was delivered: all of it, or nothing.

    1  it is verified, with the archive's own ring of keys, and held against what it says of itself
    2  its files are put among the objects; what is there already is not written again
    3  one transaction enters the mission, its files and its items: before it the mission is not in
       the archive, after it the mission is
    4  the log gets its entry; only then is it acknowledged

Whatever is cut short before 3 leaves files that nobody refers to, and before 4 a mission that
``logged.settle`` logs when the archive is next used.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from overflight.archive.keeping import logged
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.contents import BUNDLE, Sealed, documents, sealed_in, verify
from overflight.archive.keeping.desk import Desk, at_desk
from overflight.archive.keeping.facts import Facts, facts_of
from overflight.archive.keeping.layout import Archive, committing, using
from overflight.archive.keeping.missions import Mission
from overflight.archive.keeping.objects import Objects
from overflight.archive.keeping.relation import Adds, adds, received_as
from overflight.archive.keeping.stac import items_of
from overflight.archive.keeping.stac_mission import collection_id, collection_of
from overflight.archive.keeping.stores import coming_in, objects_of
from overflight.archive.keeping.view import store_of
from overflight.errors import DataError
from overflight.record.hashing import digests
from overflight.record.log.keeping import Log
from overflight.record.refused import Refused

Told = Callable[[str, int], None]
"""Called with what is being done (verifying, copying) and the bytes since the last call."""
_SPARE = 1 << 20
"""Bytes that stay free on the disk, for the catalogue and the log."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in. ``stages``, ``files``: how many were new; ``bytes``: new among the
    objects; ``logged``: index of its last entry in the log. ``new``: the mission was not there."""

    mission: Mission
    new: bool
    stages: int
    files: int
    bytes: int
    logged: int

    @property
    def nothing(self) -> bool:
        """It was all there."""
        return not self.stages and not self.files


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows from the sealed files: facts, items and their collection as JSON."""

    facts: Facts
    collection: bytes
    items: tuple[bytes, ...]


def ingest(
    archive: Archive,
    path: Path,
    now: dt.datetime,
    *,
    request: str = "",
    told: Told | None = None,
) -> Taken:
    """Take in the bundle or portion at ``path``, or what is new of it; on return it is on disk.

    ``request``: under which it was delivered to the holder. Raises Refused for one that is not
    intact, lies, or contradicts what is there; DataError where there is no room or no right.
    """
    objects = objects_of(archive)
    sealed = verify(path, archive.keys, now, _of(told, "verifying"))
    known = received_as(archive.settings, sealed, request)
    found = _digests(sealed)
    with using(archive), at_desk(archive) as desk:
        first = adds(desk.connection, sealed, found, now)
        with coming_in(archive) as folder:
            derived = derive(desk, objects, sealed, first, folder)
            size = 0
            if not first.nothing:
                size = _put(archive, objects, sealed, first, folder, _of(told, "copying"))
            return _commit(
                desk, objects, sealed, first, derived, found, known, request, size, now,
                folder,
            )  # fmt: skip


def _of(told: Told | None, what: str) -> Callable[[int], None] | None:
    if told is None:
        return None
    said = told
    return lambda size: said(what, size)


def _digests(sealed: Sealed) -> dict[str, str]:
    """SHA-256 of everything that lies in it; of the sealed files as the manifest has it, for the
    copy is held against that."""
    found = {path: entry.sha256 for path, entry in sealed.present.items()}
    around = {path: x for path, x in sealed.store.files.items() if path not in sealed.entries}
    own, problems = digests(around)
    if problems:
        raise Refused(problems[0].code, problems[0].message, where=problems[0].where)
    return found | own


def derive(
    desk: Desk, objects: Objects, sealed: Sealed, new: Adds, folder: Path
) -> Derived:  # fmt: skip
    """The facts and items of the mission with what is new of it. Raises Refused where it lies."""
    parts = [sealed]
    if new.known is not None:
        parts += _others(desk, objects, new, sealed, folder)
    return derived_from(parts, desk.archive.settings.treaty)


def derived_from(parts: list[Sealed], treaty: str) -> Derived:
    """The same parts give the same bytes."""
    gone = frozenset().union(*(part.redacted for part in parts))
    parts = [replace(part, redacted=gone) for part in parts]
    ordered = sorted(parts, key=lambda p: (p.scope != BUNDLE, p.last.stage, p.last.root))
    read = documents(ordered)
    facts = facts_of(read, treaty)
    items = items_of(ordered, read, facts, treaty)
    collection = collection_of(ordered[0].identity, facts, items)
    return Derived(facts, _bytes(collection), tuple(_bytes(item) for item in items))


def _others(
    desk: Desk, objects: Objects, new: Adds, sealed: Sealed, folder: Path
) -> list[Sealed]:  # fmt: skip
    """What the archive has of the mission beside this: portions, a bundle with later stages."""
    assert new.known is not None
    found = []
    for row in {row.part: row for row in tables.seals(desk.connection, new.known.id)}.values():
        if row.part == new.part and row.stage <= sealed.last.stage:
            continue
        store = store_of(
            desk.archive, desk.connection, objects, new.known.id, row.part, folder=folder
        )
        with suppress(Refused):  # it was verified when it came in; what it lost, check tells
            found.append(sealed_in(store))
    return found


def _bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _put(
    archive: Archive, objects: Objects, sealed: Sealed, new: Adds, folder: Path,
    told: Callable[[int], None] | None,
) -> int:  # fmt: skip
    """The new files among the objects; bytes written. Raises DataError for a full disk."""
    wanted = {row.sha256: sealed.store.files[row.path] for row in new.files}
    needed = sum(x.size for sha256, x in wanted.items() if objects.size(sha256) != x.size)
    free = shutil.disk_usage(archive.root).free
    if needed + _SPARE > free:
        raise DataError(
            f"the bundle needs {needed / 1e6:.1f} MB more, the disk has {free / 1e6:.1f} MB",
            file=archive.root, remedy="Make room on the disk, or use an object store "
            "(archive init --store URL); nothing of it was taken in.",
        )  # fmt: skip
    try:
        return objects.put(wanted, folder, told)
    except OSError as error:
        raise DataError(
            f"it cannot be written: {error.strerror}", file=archive.root,
            remedy="Make room on the disk, and check your rights; nothing of it was taken in.",
        ) from error  # fmt: skip


def _commit(
    desk: Desk, objects: Objects, sealed: Sealed, new: Adds, derived: Derived,
    found: dict[str, str], received: str, request: str, size: int, now: dt.datetime, folder: Path,
) -> Taken:  # fmt: skip
    archive, connection = desk.archive, desk.connection
    with committing(archive), logged.writing(archive) as log:
        again = adds(connection, sealed, found, now)
        if again != new:  # another has taken in the same, or more of it, meanwhile
            new, derived = again, derive(desk, objects, sealed, again, folder)
        number = 0 if new.known is None else new.known.id
        if not new.nothing:
            mission = _mission(sealed, new, derived, received, request)
            with desk.writing() as writing:
                number = _enter(connection, mission, new, sealed.redacted)
                if mission.id or archive.settings.database:
                    # a database elsewhere may have items of a mission that was killed before its
                    # own commit, under the number that this one gets
                    writing.remove(number)
                writing.add(number, [derived.collection], derived.items)
        _log(desk, log, now)
    kept = tables.mission(connection, number)
    assert kept is not None
    index = max(row.logged or 0 for row in tables.entries(connection, number))
    return Taken(kept, new.known is None, len(new.seals), len(new.files), size, index)


def _log(desk: Desk, log: Log, now: dt.datetime) -> None:
    try:
        logged.settle(desk.archive, desk.connection, log, now)
    except OSError as error:
        raise DataError(
            f"it is in the archive, and its entry cannot be written to the log: {error.strerror}",
            file=desk.archive.log, remedy="Make room on the disk, and check your rights; then "
            "run 'overflight archive check', which logs it.",
        ) from error  # fmt: skip


def _enter(
    connection: sqlite3.Connection, mission: Mission, new: Adds, redacted: frozenset[str]
) -> int:  # fmt: skip
    number = tables.put_mission(connection, mission)
    tables.put_seals(connection, (replace(row, mission=number) for row in new.seals))
    tables.put_files(connection, (replace(row, mission=number) for row in new.files))
    tables.drop_files(connection, number, redacted)
    tables.put_entries(connection, (replace(row, mission=number) for row in new.entries))
    return number


def _mission(
    sealed: Sealed, new: Adds, derived: Derived, received: str, request: str
) -> Mission:  # fmt: skip
    """The row of the mission as it is then."""
    identity, facts, last = sealed.identity, derived.facts, sealed.last
    known = new.known
    later = known is not None and known.stage > last.stage
    root, size, stage = (
        (known.root, known.size, known.stage) if known is not None and later
        else (last.root, last.size, last.stage)
    )  # fmt: skip
    return Mission(
        0 if known is None else known.id, collection_id(identity), identity.id,
        identity.observing, identity.observed, identity.marks, facts.treaty, facts.flown,
        facts.aircraft_state, facts.sensors, facts.counted, facts.kind,
        received if known is None else known.received_as,
        request if known is None else known.request, root, size, stage, len(derived.items),
    )  # fmt: skip
