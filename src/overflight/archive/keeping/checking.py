"""Whether an archive is whole: what the log says came in is there, as it was sealed.

What a crash leaves is put right here and told: entries of the log that were still to come, what was
being taken in, items whose mission never came into being. What is lost or changed is a problem.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from overflight.archive.asking.checking import examine_access
from overflight.archive.catalogue.protocol import Catalogue, Query
from overflight.archive.keeping import logged
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.contents import Sealed, sealed_in
from overflight.archive.keeping.desk import Desk, at_desk
from overflight.archive.keeping.ingest import derived_from
from overflight.archive.keeping.layout import Archive, alone, committing
from overflight.archive.keeping.mending import mend, problem_of, unsound
from overflight.archive.keeping.missions import FileRow, Mission, SealRow
from overflight.archive.keeping.objects import Objects
from overflight.archive.keeping.stores import objects_of, sweep
from overflight.archive.keeping.view import extents
from overflight.errors import OverflightError
from overflight.record.judging import judge
from overflight.record.manifest import Manifest
from overflight.record.portion import check_portion, read_portion
from overflight.record.refused import Problem, Refused
from overflight.record.ring import Ring
from overflight.record.stages import Stages, companions, read_stages
from overflight.record.statements import read_ring
from overflight.record.store import Store

INTACT, BROKEN = "intact", "broken"
Told = Callable[[str, int], None]
_PAGE = 1000
NOT_COVERED = (
    "that what the files say is true: the seals say that nobody changed them",
    "whether others were shown the same log: compare checkpoints with them",
)
NOT_READ = "the contents of the files: only whether they are there with their sizes (--scrub)"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. ``repaired``: what a crash left and was put right; ``mended``: objects
    that got a sound copy; ``notes``: what is no problem and may be of use. ``loose``: objects
    (number, bytes) that nothing refers to."""

    verdict: str
    missions: int
    files: int
    objects: int
    bytes: int
    scrubbed: bool
    problems: tuple[Problem, ...]
    repaired: tuple[str, ...]
    mended: tuple[str, ...]
    notes: tuple[str, ...]
    loose: tuple[int, int]
    not_covered: tuple[str, ...]


def check(
    archive: Archive,
    now: dt.datetime,
    *,
    scrub: bool = False,
    mend_from: Sequence[Path] = (),
    tidy: bool = False,
    told: Told | None = None,
) -> Checked:
    """Check an archive, put right what a crash left, and mend it from other copies.

    ``mend_from``: archives, bundles or portions that may have sound copies. ``tidy``: take away
    what nothing refers to. Raises DataError for an archive that cannot be read at all.
    """
    ring, objects = read_ring(archive.keys), objects_of(archive)
    problems: list[Problem] = []
    repaired: list[str] = []
    with at_desk(archive) as desk:
        connection = desk.connection
        problems += _database(connection, whole=scrub)
        with committing(archive):
            repaired += [
                f"incoming/{n}: begun and not finished, taken away" for n in sweep(archive)
            ]
        repaired += _settled(desk, now, problems)
        wrong, count, size = unsound(connection, objects, scrub=scrub, told=_of(told))
        mended, notes = mend(archive, objects, wrong, mend_from) if wrong else ([], [])
        gone = {one.sha256 for one in mended}
        problems += [problem_of(connection, one) for one in wrong if one.sha256 not in gone]
        with desk.catalogue() as catalogue:
            problems += [Problem("catalogue-damaged", words) for words in catalogue.check()]
            problems += _missions(desk, catalogue, objects, ring, now, scrub=scrub)
            repaired += _orphans(desk, catalogue)
        wrong_there, put_right = examine_access(archive, now)
        problems += wrong_there
        repaired += put_right
        files = connection.execute("SELECT count(*) FROM files").fetchone()[0]
        missions = len(tables.missions(connection))
        loose = _loose(desk, objects, tidy=tidy)
    if tidy and loose[0]:
        notes.append(f"{loose[0]} files that nothing refers to were taken away")
        loose = (0, 0)
    return Checked(
        BROKEN if problems else INTACT, missions, files, count, size, scrub,
        tuple(dict.fromkeys(problems)), tuple(repaired), tuple(one.sha256 for one in mended),
        tuple(notes), loose, NOT_COVERED if scrub else (NOT_READ, *NOT_COVERED),
    )  # fmt: skip


def _of(told: Told | None) -> Callable[[int], None] | None:
    if told is None:
        return None
    said = told
    return lambda size: said("scrubbing", size)


def _database(connection: sqlite3.Connection, *, whole: bool) -> list[Problem]:
    """What SQLite finds in its own file."""
    word = "integrity_check" if whole else "quick_check"
    rows = [row[0] for row in connection.execute(f"PRAGMA {word}")]
    found = [] if rows == ["ok"] else [str(row) for row in rows]
    found += [f"a row of {row[0]} refers to none" for row in
              connection.execute("PRAGMA foreign_key_check")]  # fmt: skip
    return [Problem("catalogue-damaged", words, "catalogue.sqlite") for words in found]


def _settled(desk: Desk, now: dt.datetime, problems: list[Problem]) -> list[str]:
    """Log what was committed and not logged; hold the log against the seals, both ways."""
    archive, connection = desk.archive, desk.connection
    try:
        with committing(archive), logged.writing(archive) as log:
            rows = logged.settle(archive, connection, log, now)
        known = dict(logged.entries_read(archive.log))
    except Refused as error:
        problems.append(error.problem)
        return []
    entries = tables.entries(connection)
    for row in entries:
        entry = known.get(-1 if row.logged is None else row.logged)
        if entry is None or entry.sha256 != row.sha256:
            where = f"{_named(connection, row.mission)}: {row.path}"
            problems.append(
                Problem("log-differs", f"it is not entry {row.logged} of the log", where)
            )
    here = {row.sha256 for row in entries}
    for index, entry in known.items():
        if entry.of == logged.BUNDLE and entry.sha256 not in here:
            words = (
                f"entry {index} of the log says that a bundle was taken in, and it is not in the "
                f"catalogue (its manifest or a signature has the SHA-256 {entry.sha256})"
            )
            problems.append(Problem("mission-lost", words, "catalogue.sqlite"))
    at = {row.sha256: row.logged for row in entries}
    return [
        f"{_named(connection, row.mission)}, {row.path}: taken in, and not logged before "
        f"something was cut short; it is entry {at[row.sha256]} of the log now"
        for row in rows
    ]


def _named(connection: sqlite3.Connection, number: int) -> str:
    found = tables.mission(connection, number)
    return found.bundle if found is not None else f"mission {number}"


def _missions(
    desk: Desk, catalogue: Catalogue, objects: Objects, ring: Ring, now: dt.datetime, *,
    scrub: bool,
) -> Iterator[Problem]:  # fmt: skip
    """Each mission: its seals as they lie there, and the rows and items that follow from them."""
    for mission in tables.missions(desk.connection):
        parts: list[Sealed] = []
        with TemporaryDirectory(prefix="overflight-check-") as folder:
            for part in sorted({r.part for r in tables.seals(desk.connection, mission.id)}):
                rows = tables.files(desk.connection, mission.id, part)
                wanted = rows if scrub else [row for row in rows if not row.role]
                here = extents(wanted, objects, Path(folder))
                store = Store(desk.archive.objects, here)
                seals = [
                    r for r in tables.seals(desk.connection, mission.id) if r.part == part
                ]  # fmt: skip
                found = _sealed_part(mission, part, store, rows, seals, ring, now)
                if scrub and part and not found:
                    gone = {path for one in parts for path in one.redacted}
                    found = [p for p in check_portion(store, ring, now).problems
                             if (p.code, p.where in gone) != ("missing", True)]  # fmt: skip
                yield from found
                if scrub and not found:
                    parts.append(sealed_in(store))
            yield from _items(desk, catalogue, mission, parts if scrub else None)


def _sealed_part(
    mission: Mission, part: int, store: Store, rows: Sequence[FileRow], seals: Sequence[SealRow],
    ring: Ring, now: dt.datetime,
) -> list[Problem]:  # fmt: skip
    """The seals of a bundle or a portion against the ring and against the rows."""
    try:
        if part:
            entries = {row.path: row.entry for row in read_portion(store)[1]}
            problems: list[Problem] = []
        else:
            stages = read_stages(store)
            entries = dict(stages.paths)
            problems = [*stages.problems(), *_of_stages(store, stages, ring, now)]
            problems += _rows_of_seals(stages, seals)
    except Refused as error:
        return [Problem(error.code, error.problem.message, f"{mission.bundle}: "
                        f"{error.problem.where}")]  # fmt: skip
    if not part:
        here = {row.path for row in rows} | set(stages.redacted)
        problems += [Problem("rows-differ", "it was sealed, and the catalogue does not have it", p)
                     for p in entries if p not in here]  # fmt: skip
    for row in rows:
        entry = entries.get(row.path)
        if entry is None and row.role:
            problems.append(Problem("rows-differ", "no seal knows of this file", row.path))
        if entry is not None and (entry.sha256, entry.size) != (row.sha256, row.size):
            problems.append(Problem("rows-differ", "the catalogue has another digest", row.path))
    return [Problem(p.code, p.message, f"{mission.bundle}: {p.where}") for p in problems]


def _of_stages(store: Store, stages: Stages, ring: Ring, now: dt.datetime) -> Iterator[Problem]:
    for manifest in stages.manifests:
        yield from companions(store, manifest)
    yield from judge(store, stages, ring, now)[1]


def _rows_of_seals(stages: Stages, seals: Sequence[SealRow]) -> Iterator[Problem]:
    there = {m.stage: (str(stages.seals[m.stage - 1]["manifest"]), m) for m in stages.manifests}
    for row in seals:
        digest, manifest = there.get(row.stage, ("", None))
        if manifest is None or not _same(row, digest, manifest):
            yield Problem("rows-differ", "the catalogue has another seal", f"stage-{row.stage:02d}")


def _same(row: SealRow, digest: str, manifest: Manifest) -> bool:
    return (row.manifest, row.root, row.size) == (digest, manifest.root, manifest.size)


def _items(
    desk: Desk, catalogue: Catalogue, mission: Mission, parts: list[Sealed] | None
) -> Iterator[Problem]:
    """The items as they are found against those that follow from the sealed files."""
    query = Query(collections=(mission.collection,), limit=1, matched=True)
    matched = catalogue.search(query).matched
    if matched != mission.items:
        words = f"{matched} items are found, {mission.items} were taken in"
        yield Problem("items-differ", words, mission.bundle)
        return
    if not parts:
        return
    try:
        derived = derived_from(parts, desk.archive.settings.treaty)
    except OverflightError as error:
        yield Problem("items-differ", error.message, mission.bundle)
        return
    if sorted(_all_items(catalogue, mission)) != sorted(derived.items):
        words = "the items in the catalogue are not those that were sealed"
        yield Problem("items-differ", words, mission.bundle)


def _all_items(catalogue: Catalogue, mission: Mission) -> Iterator[bytes]:
    token = ""
    while True:
        query = Query(collections=(mission.collection,), limit=_PAGE, token=token)
        page = catalogue.search(query)
        yield from page.items
        token = page.next
        if not token:
            return


def _orphans(desk: Desk, catalogue: Catalogue) -> list[str]:
    """Take out collections whose mission never came into being (a database elsewhere)."""
    import json

    known = {one.id for one in tables.missions(desk.connection)}
    found = {}
    for body in catalogue.collections(None):
        name = str(json.loads(body)["id"])
        number = catalogue.mission_of(name)
        if number is not None and number not in known:
            found[number] = name
    for number in found:
        with desk.writing() as writing:
            writing.remove(number)
    return [f"{name}: items without a mission, taken out" for name in found.values()]


def _loose(desk: Desk, objects: Objects, *, tidy: bool) -> tuple[int, int]:
    """Objects that no mission refers to: what was cut short before its commit left them."""

    def found() -> dict[str, int]:
        known = {sha256 for sha256, _ in tables.objects_known(desk.connection)}
        return {sha256: size for sha256, size in objects.listing() if sha256 not in known}

    if not tidy:
        loose = found()
    else:
        with alone(desk.archive):
            loose = found()
            objects.remove(loose)
    return len(loose), sum(loose.values())
