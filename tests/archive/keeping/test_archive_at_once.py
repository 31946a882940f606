"""Several at once, a disk without room, and other places for the files."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archivekeeping import NOW, Desk, first_files, full, later_files, tree
from archivekilling import TESTS
from overflight.archive.keeping import ingest as module
from overflight.archive.keeping.checking import check
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import Archive, alone, using
from overflight.archive.keeping.remote import RemoteObjects
from overflight.errors import DataError

CODE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from archivekeeping import NOW
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import open_archive
print("ready", flush=True)
sys.stdin.readline()
for bundle in sys.argv[3:]:
    taken = ingest(open_archive(Path(sys.argv[2])), Path(bundle), NOW)
    print(taken.new, taken.stages, taken.files, flush=True)
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def together(archive: Archive, *lists: list[Path]) -> list[list[str]]:
    """What children say that take in these, each its own list, all at the same time."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CODE, TESTS, str(archive.root), *map(str, bundles)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for bundles in lists
    ]  # fmt: skip
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    said = []
    for child in children:
        out, err = child.communicate()
        assert child.returncode == 0, err
        said.append(out.splitlines())
    return said


@pytest.mark.slow
def test_the_same_bundle_twice_at_once(desk: Desk) -> None:
    archive, bundle = desk.archive(), full(desk)
    said = together(archive, [bundle], [bundle], [bundle])
    assert sorted(line for lines in said for line in lines) == [
        "False 0 0", "False 0 0", "True 2 15"
    ]  # fmt: skip
    found = check(archive, NOW, scrub=True)
    assert (found.problems, found.repaired, found.missions) == ((), (), 1)


@pytest.mark.slow
def test_different_bundles_at_once(desk: Desk) -> None:
    archive = desk.archive()
    early = desk.mission("old", first_files())
    ingest(archive, early, NOW)
    later = desk.mission("old", later_files())
    said = together(
        archive, [full(desk, "a"), later], [later, full(desk, "b")], [full(desk, "c")],
        [full(desk, "d")],
    )  # fmt: skip
    lines = [line for lines in said for line in lines]
    assert sorted(lines) == ["False 0 0", "False 1 8", *["True 2 15"] * 4]
    found = check(archive, NOW, scrub=True, tidy=True)
    assert (found.problems, found.repaired, found.missions) == ((), (), 5)
    assert found.notes == ()


def test_another_takes_in_the_same_in_between(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at what is new and the commit."""
    archive, bundle = desk.archive(), full(desk)
    real, first = module._put, []

    def put(*given: Any) -> int:
        if not first:
            first.append(True)
            ingest(archive, bundle, NOW)
        return real(*given)

    monkeypatch.setattr(module, "_put", put)
    assert ingest(archive, bundle, NOW).nothing
    assert check(archive, NOW, scrub=True).problems == ()


def test_nobody_tidies_while_something_comes_in(desk: Desk) -> None:
    archive = desk.archive()
    with using(archive), pytest.raises(DataError) as caught:
        check(archive, NOW, tidy=True)
    assert "taken in" in caught.value.message
    with alone(archive), pytest.raises(DataError), alone(archive):
        pass


# --- no room ------------------------------------------------------------------------------------


def state(archive: Archive) -> tuple[bytes, dict[str, bytes]]:
    return archive.database.read_bytes(), tree(archive.log)


def test_too_little_room_is_told_before_anything_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, bundle = desk.archive(), full(desk)
    before = state(archive)
    room = type("Usage", (), {"free": 10_000})
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: room)
    with pytest.raises(DataError) as caught:
        ingest(archive, bundle, NOW)
    assert "MB" in caught.value.message and "room" in caught.value.remedy
    assert (state(archive), tree(archive.objects)) == (before, {})


@pytest.mark.parametrize("room", [0, 1000, 9000, 20_000])
def test_the_disk_is_full_while_files_are_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    archive, bundle = desk.archive(), full(desk)
    before, left, write = state(archive), [room], os.write

    def full_write(descriptor: int, data: bytes) -> int:
        if left[0] < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left[0] -= len(data)
        return write(descriptor, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full_write)
        with pytest.raises(DataError) as caught:
            ingest(archive, bundle, NOW)
    assert "room" in caught.value.remedy
    assert (state(archive), tree(archive.objects), tree(archive.incoming)) == (before, {}, {})
    assert ingest(archive, bundle, NOW).new
    assert check(archive, NOW, scrub=True).loose == (0, 0)


def test_the_disk_is_full_when_the_catalogue_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from overflight.archive.keeping import desk as desks

    archive, bundle = desk.archive(), full(desk)
    log, real = tree(archive.log), desks.connect

    def small(*given: Any, **words: Any) -> Any:
        connection = real(*given, **words)
        connection.execute("PRAGMA max_page_count = 1")  # what there is, and no page more
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(desks, "connect", small)
        large = desk.mission("large", first_files(), later_files(pad="x" * 50_000))
        with pytest.raises(DataError) as caught:
            ingest(archive, large, NOW)
    assert "full" in caught.value.message and "room" in caught.value.remedy
    assert tree(archive.log) == log
    found = check(archive, NOW, scrub=True)
    assert (found.problems, found.missions) == ((), 0)
    assert found.loose[0] > 0
    assert ingest(archive, bundle, NOW).new


# --- files elsewhere ----------------------------------------------------------------------------


def test_files_in_an_object_store(desk: Desk, tmp_path: Path) -> None:
    pytest.importorskip("obstore")
    archive = desk.archive(store=f"file://{tmp_path}/bucket")
    taken = ingest(archive, desk.mission("one", first_files()), NOW)
    assert taken.new
    ingest(archive, desk.mission("one", later_files()), NOW)
    assert tree(archive.objects) == {}
    assert check(archive, NOW, scrub=True).problems == ()
    plain = desk.archive("AAA", "plain")
    ingest(plain, tmp_path / "one", NOW)
    assert tree(tmp_path / "bucket") == tree(plain.objects)
    one = next(iter(sorted(tree(plain.objects))))
    (tmp_path / "bucket" / one).write_bytes(b"rot")
    assert check(archive, NOW).verdict == "broken"
    assert check(archive, NOW, mend_from=[plain.root]).verdict == "intact"
    assert check(plain, NOW, scrub=True, mend_from=[archive.root]).mended == ()


def test_an_object_store_in_memory(tmp_path: Path) -> None:
    store = pytest.importorskip("obstore.store").MemoryStore()
    objects = RemoteObjects("memory://", store)
    import hashlib

    from overflight.record.store import Extent

    data = b"x" * 100_000
    digest = hashlib.sha256(data).hexdigest()
    (tmp_path / "f").write_bytes(data)
    wanted = {digest: Extent(tmp_path / "f", 0, len(data))}
    assert objects.size(digest) is None
    assert objects.put(wanted, tmp_path) == len(data)
    assert objects.put(wanted, tmp_path) == 0
    assert objects.size(digest) == len(data)
    assert b"".join(objects.parts(digest, 10, 20)) == data[10:30]
    assert objects.digest(digest) == digest
    assert list(objects.listing()) == [(digest, len(data))]
    objects.remove([digest])
    assert objects.size(digest) is None
    with pytest.raises(DataError):
        objects.digest(digest)
    with pytest.raises(DataError):
        list(objects.parts(digest))


def test_an_object_store_that_does_not_answer(desk: Desk) -> None:
    pytest.importorskip("obstore")
    with pytest.raises(DataError) as caught:
        desk.archive(name="far", store="unknown://host/x")
    assert caught.value.remedy
    assert not (desk.root / "far").exists()


def test_the_disk_is_full_when_the_log_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mission is in the archive then; it is not acknowledged, and a check logs it."""
    archive, bundle = desk.archive(), full(desk)

    def full_write(*given: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full_write)
        with pytest.raises(DataError) as caught:
            ingest(archive, bundle, NOW)
    assert "it is in the archive" in caught.value.message
    assert "archive check" in caught.value.remedy
    found = check(archive, NOW, scrub=True)
    assert (found.problems, found.missions, len(found.repaired)) == ((), 1, 6)
    assert ingest(archive, bundle, NOW).nothing
