"""An archive whose ingest is cut short, and what must be left of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from archivekeeping import NOW, Desk, first_files, full, later_files, tree
from archivetracing import Disk, Done, compiled, points, traced
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.checking import check
from overflight.archive.keeping.desk import at_desk
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import open_archive
from overflight.archive.keeping.logged import entries_read

CODE = """
import sqlite3
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from archivekeeping import NOW
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import open_archive
from overflight.archive.keeping.logged import entries_read
root, said = Path(sys.argv[2]), Path(sys.argv[3])
reader = sqlite3.connect(root / "catalogue.sqlite")  # as a server has: then nothing is moved from
reader.execute("SELECT count(*) FROM missions").fetchone()  # the WAL when a writer is done
for bundle in sys.argv[4:]:
    ingest(open_archive(root), Path(bundle), NOW)
    with said.open("a") as stream:
        stream.write(bundle + "\\n")
"""
TESTS = str(Path(__file__).parent)


class Scene:
    """An archive with one mission at its first stage; three bundles that come in then: a new
    mission, the later stage of the old one, and another new one that shares files with both."""

    def __init__(self, root: Path) -> None:
        self.desk = Desk(root)
        self.disk = root / "disk"
        self.disk.mkdir()
        early = self.desk.mission("old", first_files())
        self.archive = self.desk.archive(name="disk/archive")
        ingest(self.archive, early, NOW)
        later = self.desk.mission("old", later_files())
        self.bundles = [full(self.desk, "new"), later, full(self.desk, "third")]
        self.expected = [
            {"M-old/2026": 1},
            {"M-old/2026": 1, "M-new/2026": 2},
            {"M-old/2026": 2, "M-new/2026": 2},
            {"M-old/2026": 2, "M-new/2026": 2, "M-third/2026": 2},
        ]

    @property
    def said(self) -> Path:
        return self.disk / "said"

    def arguments(self) -> list[str]:
        return [TESTS, str(self.archive.root), str(self.said), *map(str, self.bundles)]


class Traced:
    """A scene, what its ingests do to the disk, and the disk as it was before."""

    def __init__(self, root: Path, library: Path) -> None:
        self.left = root / "left"
        self.scene = Scene(root)
        before, model = tree(self.scene.disk), Disk(self.scene.disk)
        self.done = traced(library, self.scene.disk, CODE, *self.scene.arguments())
        for one in self.done:
            model.apply(one)
        assert tree(model.killed(self.left)) == tree(self.scene.disk), "the model is not the disk"
        shutil.rmtree(self.scene.disk)
        for name, data in before.items():
            place = self.scene.disk / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        for name in ("incoming", "access"):
            (self.scene.archive.root / name).mkdir(exist_ok=True)

    @classmethod
    def of(cls, root: Path) -> Traced | None:
        """None where there is no C compiler."""
        library = compiled(root)
        return None if library is None else cls(root, library)

    def disks(self, wanted: int) -> Iterator[tuple[int, Disk]]:
        """(operations done, the disk then) at points spread over all of it, the last one too."""
        model, chosen = Disk(self.scene.disk), set(points(len(self.done), wanted))
        for at, one in enumerate(self.done):
            if at in chosen:
                yield at, model
            model.apply(one)
        yield len(self.done), model


def acknowledged(done: Iterable[Done]) -> int:
    """How many bundles were acknowledged by then."""
    return sum(one.op == "write" and one.path == "said" for one in done)


def state_of(root: Path) -> dict[str, int]:
    """Mission -> its stage, as the catalogue has it."""
    with at_desk(open_archive(root)) as desk:
        found = tables.missions(desk.connection)
        for one in found:
            items = desk.connection.execute(
                "SELECT count(*) FROM items WHERE collection = ?", (one.collection,)
            ).fetchone()[0]
            assert items == one.items == (1 if one.stage == 1 else 2)
        return {one.bundle: one.stage for one in found}


def must_stand(root: Path, scene: Scene, told: int, *, go_on: bool = True) -> int:
    """Check what is left, twice; with ``go_on`` take in the rest. Returns how many had come in."""
    found = check(open_archive(root), NOW, scrub=True)
    assert found.problems == (), found
    state = state_of(root)
    assert state in scene.expected
    came = scene.expected.index(state)
    assert came >= told
    assert _logged(root) == 3 * sum(state.values())
    again = check(open_archive(root), NOW)
    assert (again.repaired, again.problems) == ((), ())
    if go_on:
        for bundle in scene.bundles:
            ingest(open_archive(root), bundle, NOW)
        last = check(open_archive(root), NOW, scrub=True, tidy=True)
        assert (last.problems, last.repaired, last.loose) == ((), (), (0, 0))
        assert state_of(root) == scene.expected[-1]
        assert _logged(root) == 18
    return came


def _logged(root: Path) -> int:
    """Entries of the log, each of another thing; of each stage its manifest and two signatures."""
    found = [entry.sha256 for _, entry in entries_read(root / "log")]
    assert len(found) == len(set(found))
    return len(found)
