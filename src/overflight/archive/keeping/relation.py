"""What a bundle that comes in adds to what the archive has of it, or why it cannot be the same."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.contents import BUNDLE, Sealed
from overflight.archive.keeping.layout import COMMON, Settings
from overflight.archive.keeping.missions import EntryRow, FileRow, Mission, SealRow
from overflight.archive.keeping.stac_mission import collection_id
from overflight.errors import DataError
from overflight.record.manifest import MANIFEST, SIGNATURES, Identity
from overflight.record.portion import PORTION
from overflight.record.refused import Refused

_LOGGED = re.compile(rf"stage-\d\d/({re.escape(MANIFEST)}|{SIGNATURES}/[^/]+)")
_ANOTHER = (
    "Two histories of one bundle exist. Keep both copies, compare their manifests with both "
    "Parties, and find out with 'overflight log compare' which of them was logged."
)


@dataclass(frozen=True, slots=True)
class Adds:
    """What is new: seals and files, as rows of the mission ``known`` (None: it is new, and the
    rows have the number 0). ``part``: 0 for a bundle, or the portion's number."""

    known: Mission | None
    part: int
    seals: tuple[SealRow, ...]
    files: tuple[FileRow, ...]

    @property
    def entries(self) -> tuple[EntryRow, ...]:
        """What of it is logged: manifests and signatures; the list of a portion."""
        return tuple(
            EntryRow(row.mission, row.part, row.path, row.sha256)
            for row in self.files
            if (row.path == PORTION if row.part else _LOGGED.fullmatch(row.path))
        )

    @property
    def nothing(self) -> bool:
        return not self.seals and not self.files


def adds(
    connection: sqlite3.Connection, sealed: Sealed, digests: Mapping[str, str], now: dt.datetime
) -> Adds:
    """What of it the archive lacks. ``digests``: path -> SHA-256 of all that lies in it.

    Raises Refused (``other-history``, ``id-taken``) where it contradicts what is there.
    """
    identity = sealed.identity
    known = tables.find(connection, identity.id, identity.observing, identity.observed)
    if known is None:
        _refuse_taken(connection, identity)
        return _all(None, 0 if sealed.scope == BUNDLE else 1, sealed, digests, now)
    if known.marks != identity.marks:
        raise _other(sealed, f"it is marked {', '.join(identity.marks) or 'nothing'} there, "
                     f"{', '.join(known.marks) or 'nothing'} here")  # fmt: skip
    seals = tables.seals(connection, known.id)
    _refuse_history(seals, sealed)
    for row in tables.files(connection, known.id, None):
        entry = sealed.entries.get(row.path)
        if entry is not None and entry.sha256 != row.sha256:
            raise _other(sealed, f"{row.path} is another file there")
    part = _part(seals, sealed, digests)
    have = {row.path: row for row in tables.files(connection, known.id, part)}
    for path, sha256 in digests.items():
        if path in have and have[path].sha256 != sha256:
            raise _other(sealed, f"{path} is another file there")
    stages = {row.stage for row in seals if row.part == part}
    found = _all(known, part, sealed, digests, now)
    return Adds(
        known, part,
        tuple(row for row in found.seals if row.stage not in stages),
        tuple(row for row in found.files if row.path not in have),
    )  # fmt: skip


def _part(seals: Sequence[SealRow], sealed: Sealed, digests: Mapping[str, str]) -> int:
    """0 for a bundle; the number that a portion has, or gets."""
    if sealed.scope == BUNDLE:
        return 0
    same = [row.part for row in seals if row.part and row.document == digests[PORTION]]
    return same[0] if same else 1 + max(row.part for row in seals)


def _all(
    known: Mission | None, part: int, sealed: Sealed, digests: Mapping[str, str], now: dt.datetime
) -> Adds:
    number = 0 if known is None else known.id
    seals = tuple(
        SealRow(
            number, part, seal.stage, seal.manifest, seal.root, seal.size, seal.sealed_at, now,
            seal.manifest if part == 0 else digests[PORTION],
        )
        for seal in sealed.seals
    )  # fmt: skip
    files = tuple(
        FileRow(
            number, part, path,
            sealed.entries[path].role if path in sealed.entries else "",
            sealed.store.files[path].size, digests[path],
        )
        for path in sorted(digests)
    )  # fmt: skip
    return Adds(known, part, seals, files)


def _refuse_history(seals: Sequence[SealRow], sealed: Sealed) -> None:
    """A stage that both have must be the same stage; then each extends the one before it."""
    there = {seal.stage: seal for seal in sealed.seals}
    for row in seals:
        seal = there.get(row.stage)
        if seal is not None and (seal.manifest, seal.root) != (row.manifest, row.root):
            raise _other(sealed, f"stage {row.stage} has the root {seal.root[:16]} there, "
                         f"{row.root[:16]} here")  # fmt: skip
        if sealed.scope == BUNDLE and row.part == 0:
            continue
        last = sealed.last
        earlier, later = sorted(((row.stage, row.size), (last.stage, last.size)))
        if earlier[1] > later[1]:
            raise _other(sealed, f"stage {earlier[0]} has more files than stage {later[0]}")


def _refuse_taken(connection: sqlite3.Connection, identity: Identity) -> None:
    wanted = collection_id(identity)
    for one in tables.missions(connection):
        if one.collection == wanted:
            raise Refused(
                "id-taken", f"the archive has another mission by this id: {one.bundle}, "
                f"{one.observing} over {one.observed}", where=identity.id,
                remedy="Ask both sides for a bundle under an id of its own.",
            )  # fmt: skip


def _other(sealed: Sealed, why: str) -> Refused:
    return Refused(
        "other-history", f"the archive has a bundle of this name with another history: {why}",
        where=sealed.identity.id, remedy=_ANOTHER,
    )  # fmt: skip


def received_as(settings: Settings, sealed: Sealed, request: str) -> str:
    """How the holder came by it. Raises DataError where it has to be said under which request."""
    if settings.holder == COMMON:
        return tables.SHARED
    if request:
        return tables.DELIVERY
    if settings.holder == sealed.identity.observing:
        return tables.ORIGINAL
    if settings.holder == sealed.identity.observed:
        return tables.COPY
    raise DataError(
        f"{settings.holder} is neither of the two Parties of {sealed.identity.id} "
        f"({sealed.identity.observing}, {sealed.identity.observed})",
        remedy="Say under which request it was delivered: --request ID.",
    )
