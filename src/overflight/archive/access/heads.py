"""The head of the record of accesses in the archive's log: so its end cannot be cut off unseen.

access/heads/COUNT.json     how many accesses there were, and the SHA-256 of the last line; the
                            SHA-256 of this document has an entry in the log
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re

from overflight.archive.access import journal
from overflight.archive.access.journal import Head
from overflight.archive.keeping import logged
from overflight.archive.keeping.layout import Archive
from overflight.errors import DataError
from overflight.files import write_atomic
from overflight.record import canonical
from overflight.record.instants import write_instant
from overflight.record.log.entries import Entry

FOLDER = "heads"
_HEAD = re.compile(r"(\d{1,15}):([0-9a-f]{64})")


def log_head(archive: Archive, now: dt.datetime) -> int:
    """Read the whole record, keep its head, and log it; the entry's index. Raises Refused."""
    head = journal.head(archive.access)
    document = canonical.dumps(
        {
            "kind": "access-head", "version": 1, "archive": archive.settings.id,
            "count": head.count, "sha256": head.sha256, "at": write_instant(now),
        }
    )  # fmt: skip
    folder = archive.access / FOLDER
    folder.mkdir(exist_ok=True)
    write_atomic(folder / f"{head.count:012d}.json", document)
    return logged.append(
        archive, [Entry("decision", hashlib.sha256(document).hexdigest(), now)]
    )  # fmt: skip


def read_head(text: str) -> Head:
    """COUNT:SHA256 as it was noted. Raises DataError for anything else."""
    found = _HEAD.fullmatch(text)
    if found is None:
        raise DataError(f"{ascii(text)[:80]} is no head", remedy="Write COUNT:SHA256.")
    return Head(int(found[1]), found[2])
