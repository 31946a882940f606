"""Where the demo writes: its own entries of a folder are replaced whole, all else is left alone.

Everything is made in a folder inside and moved in at the end, so that an old result stands until
the new one is there. What is there under a name of the demo's, and was not made by it, is refused.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from overflight.errors import DataError
from overflight.files import write_atomic
from overflight.mission.documents import HOME, RELEASE

NEW, OLD, MADE = ".demo-new", ".demo-old", "demo.json"


@contextmanager
def replaced(out: Path, entries: tuple[str, ...]) -> Iterator[Path]:
    """A new folder to write ``entries`` to; afterwards they stand in ``out`` in place of the old.

    Raises DataError where an entry was not made by the demo. After an error nothing has changed.
    """
    _refuse_foreign(out, entries)
    new, old = out / NEW, out / OLD
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        old.mkdir()
        write_atomic(out / MADE, json.dumps({"kind": "demo-made", "version": 1}) + "\n")
        for name in entries:
            if (out / name).exists():
                (out / name).rename(old / name)
            if (new / name).exists():
                (new / name).rename(out / name)
    finally:
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)


def _refuse_foreign(out: Path, entries: tuple[str, ...]) -> None:
    if (out / MADE).is_file():
        return
    # A plan's two folders may be an older demo's, which left no word of itself.
    plain = {HOME, RELEASE}
    for name in entries:
        there = out / name
        if there.exists() and not (name in plain and _a_plan(there)):
            raise DataError(
                "this is not the demo's, which would replace it", file=there,
                remedy="Name another folder with --out DIR, or move it away.",
            )  # fmt: skip


def _a_plan(folder: Path) -> bool:
    """Whether a folder holds nothing but what a plan's documents are called."""
    known = {
        "map.png", "map.svg", "sites.csv", "working-plan.json", "working-plan.txt",
        "flight-plan.txt", "mission-plan.geojson", "mission-plan.gpx", "mission-plan.json",
        "mission-plan.kml", "mission-plan.pdf",
    }  # fmt: skip
    return folder.is_dir() and all(one.name in known for one in folder.iterdir())
