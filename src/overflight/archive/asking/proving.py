"""Whether what an archive keeps of requests is what its log has of them.

A document of the register counts only with its entry: one that was planted, changed or taken from
another archive has none, and gives nobody anything.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from overflight.archive.asking.documents import DELIVERY
from overflight.archive.asking.register import ENTRY_OF, FOLDER, Asked, entries
from overflight.archive.keeping.layout import Archive
from overflight.errors import DataError
from overflight.record.log.entries import Entry, read_entry
from overflight.record.log.journal import read_journal
from overflight.record.log.reading import TileFolder
from overflight.record.log.tiles import ENTRIES, WIDTH, Place
from overflight.record.refused import Problem, Refused


def entry_at(log: Path, index: int) -> Entry | None:
    """The entry of a log at that index; None where it has none. Raises Refused for a log that is
    damaged."""
    found = read_journal(log)
    if index < found.size:
        tile, at = divmod(index, WIDTH)
        width = min(WIDTH, found.size - tile * WIDTH)
        data = TileFolder(log).entries(Place(ENTRIES, tile, width))[at]
        return read_entry(data, str(index))
    for first, batch in found.batches:
        if first <= index < first + len(batch):
            return read_entry(batch[index - first], str(index))
    return None


def problems(archive: Archive, one: Asked) -> tuple[Problem, ...]:
    """What is wrong with the documents of one request, held against the archive's log."""
    known = entries(archive, one.id)
    found = []
    for kind in ENTRY_OF:
        path = archive.access / FOLDER / one.id / f"{kind}.json"
        if not path.is_file():
            continue
        where = f"access/{FOLDER}/{one.id}/{path.name}"
        if kind not in known:
            found.append(Problem("not-logged", "it has no entry in the log yet", where))
        elif not _logged(archive, kind, path, known[kind]):
            found.append(Problem("log-differs", "the log has something else in its place", where))
    return tuple(found)


def delivered(archive: Archive, one: Asked) -> bool:
    """Whether a delivery is kept and the log has it."""
    known = entries(archive, one.id)
    path = archive.access / FOLDER / one.id / f"{DELIVERY}.json"
    if one.delivery is None or DELIVERY not in known:
        return False
    return _logged(archive, DELIVERY, path, known[DELIVERY])


def _logged(archive: Archive, kind: str, path: Path, index: int) -> bool:
    try:
        entry = entry_at(archive.log, index)
    except (Refused, DataError):
        return False
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return entry is not None and (entry.of, entry.sha256) == (ENTRY_OF[kind], digest)
