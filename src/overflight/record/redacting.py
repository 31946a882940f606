"""Taking out files that both Parties agreed to take out. Their digests stay under the seals."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from overflight.errors import DataError
from overflight.record.checking import allowed_absent
from overflight.record.disk import flush
from overflight.record.judging import judge
from overflight.record.manifest import Manifest
from overflight.record.ring import Ring
from overflight.record.sealing import Addition, redaction, seal_next
from overflight.record.stages import read_stages
from overflight.record.store import open_store


def agree_to_redact(
    bundle: Path, names: list[str], agreement: Path, *, at: dt.datetime
) -> Manifest:
    """Seal the stage that lets these files be absent; the agreement is a file of it.

    Nothing is taken out before both have signed that stage. Raises DataError for a name that the
    bundle does not have.
    """
    stages = read_stages(open_store(bundle))
    where = {m.path(e): e for m in stages.manifests for e in m.entries}
    by_name = {entry.name: (path, entry.sha256) for path, entry in where.items()}
    for name in names:
        if name not in by_name:
            raise DataError(
                f"the bundle has no {name!r}",
                remedy="'overflight bundle show' lists the names.",
            )
    number = len(stages.manifests) + 1
    filed = f"agreement/{number:02d}-{agreement.name}"
    acts = [redaction(*by_name[name], filed) for name in sorted(set(names))]
    return seal_next(
        bundle, [Addition(filed, "agreement", agreement)], title="Redaction by agreement", at=at,
        acts=acts,
    )  # fmt: skip


def carry_out(bundle: Path, ring: Ring, now: dt.datetime) -> list[str]:
    """Remove the files whose redaction both have signed; their paths. Raises DataError for none.

    Each removal is whole by itself; when it is cut short, it can be carried out again.
    """
    store = open_store(bundle)
    stages = read_stages(store)
    signatures, _ = judge(store, stages, ring, now)
    gone = sorted(path for path in allowed_absent(stages, signatures) if path in store.files)
    if not gone:
        raise DataError(
            "there is nothing to take out", file=bundle,
            remedy="Have the redaction signed by both Parties first: overflight bundle sign.",
        )  # fmt: skip
    for path in gone:
        place = bundle / path
        place.unlink()
        flush(place.parent)
        _remove_empty(place.parent, bundle)
    return gone


def _remove_empty(folder: Path, bundle: Path) -> None:
    """An empty folder has no seal; take it away, and those above it that are empty then."""
    while folder != bundle and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
        flush(folder)
