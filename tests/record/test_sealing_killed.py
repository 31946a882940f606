"""kill -9 in the middle of sealing and signing: before or after, never half.

A child process does the work and kills itself right before, or right after, its n-th change of the
disk (a file created or written, a flush, a rename, a folder made). Over fifty such points in all;
each must leave a bundle that checks as it did before, or as it does afterwards.
"""

from __future__ import annotations

import os
import shutil
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bundles import FILES, IDENTITY, Table, codes, day
from overflight.record.sealing import Addition, seal_first, seal_next
from overflight.record.stages import read_stages
from overflight.record.store import open_store

CHANGES = ("open", "write", "fsync", "rename", "mkdir", "rmdir", "unlink", "replace")


def counting(stop: int, after: bool) -> list[int]:
    """Patch os so that the n-th change is the last thing that this process does."""
    count = [0]

    def patch(name: str, real: Callable[..., Any]) -> None:
        def patched(*args: Any, **words: Any) -> Any:
            if name == "open" and not (len(args) > 1 and args[1] & os.O_CREAT):
                return real(*args, **words)
            count[0] += 1
            if count[0] == stop and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            mine = count[0]
            try:
                return real(*args, **words)
            finally:
                if mine == stop and after:
                    os.kill(os.getpid(), signal.SIGKILL)

        setattr(os, name, patched)

    for name in CHANGES:
        patch(name, getattr(os, name))
    return count


def forked() -> int:
    """os.fork; what later Pythons warn of (threads of other tests) does not matter to a child that
    seals and ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def killed_at(stop: int, work: Callable[[], object], *, after: bool) -> bool:
    """Whether a child that does the work was killed at that change, or was done before."""
    child = forked()
    if child == 0:
        status = 1
        try:
            counting(stop, after)
            work()
            status = 0
        finally:
            os._exit(status)
    _, how = os.waitpid(child, 0)
    assert os.WIFSIGNALED(how) or os.waitstatus_to_exitcode(how) == 0
    return os.WIFSIGNALED(how)


def swept(folder: Path) -> int:
    """Take away what the dead left, so that the next one makes the same changes; how much."""
    left = [path for path in folder.iterdir() if "unfinished" in path.name]
    for path in left:
        shutil.rmtree(path)
    return len(left)


def additions(files: dict[str, bytes]) -> list[Addition]:
    return [Addition(name, name.split("/")[0], content) for name, content in files.items()]


def changes_of(work: Callable[[], object]) -> int:
    """How many changes of the disk the work makes: the first stop that is never reached."""
    read, write = os.pipe()
    child = forked()
    if child == 0:
        real = os.write
        count = counting(0, False)
        try:
            work()
            real(write, str(count[0]).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    said = os.read(read, 20)
    os.close(read)
    return int(said)


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the n-th change is the same one each time."""
    monkeypatch.setattr("overflight.record.sealing.cores", lambda: 1)


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_a_first_stage_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    table = Table(tmp_path)

    def work() -> None:
        seal_first(table.bundle, IDENTITY, additions(FILES), title="x", at=day(2))

    points = changes_of(work)
    shutil.rmtree(table.bundle)
    seen = []
    for stop in range(1, points + 1):
        assert killed_at(stop, work, after=stop % 2 == 0)
        swept(tmp_path)
        seen.append(table.bundle.exists())
        if seen[-1]:
            assert codes(table.check()) == ["signature-missing"]
            shutil.rmtree(table.bundle)
    assert points >= 25
    assert seen == sorted(seen)
    assert {True, False} == set(seen)
    assert killed_at(points // 2, work, after=True)
    work()  # takes away what the dead left
    assert swept(tmp_path) == 0


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_a_next_stage_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.seal()
    table.both_sign(day(2, 1))
    kept = tmp_path / "kept"
    shutil.copytree(table.bundle, kept)
    more = {f"frame/{n}.tif": b"frame %d" % n for n in range(4)}

    def work() -> None:
        seal_next(table.bundle, additions(more), title="x", at=day(5))

    points = changes_of(work)
    seen = []
    for stop in range(1, points + 1):
        shutil.rmtree(table.bundle)
        shutil.copytree(kept, table.bundle)
        assert killed_at(stop, work, after=True)
        swept(tmp_path)
        stages = len(read_stages(open_store(table.bundle)).manifests)
        found = table.check()
        assert codes(found) == ([] if stages == 1 else ["signature-missing"]), stop
        assert found.files == (3 if stages == 1 else 7)
        seen.append(stages)
    assert points >= 25
    assert seen == sorted(seen)
    assert set(seen) == {1, 2}


@pytest.mark.parametrize("party", ["AAA", "BBB"], ids=["first", "second"])
def test_a_signature_is_there_whole_or_not_at_all(tmp_path: Path, party: str) -> None:
    table = Table(tmp_path)
    table.seal()
    if party == "BBB":
        table.sign("AAA", "observing", day(3))
    role = "observing" if party == "AAA" else "observed"
    kept = tmp_path / "kept"
    shutil.copytree(table.bundle, kept)

    def work() -> None:
        table.sign(party, role, day(3))

    seen = []
    for stop in range(1, changes_of(work) + 1):
        shutil.rmtree(table.bundle)
        shutil.copytree(kept, table.bundle)
        assert killed_at(stop, work, after=True)
        swept(tmp_path)
        found = table.check()
        assert codes(found) in (["signature-missing"], [])
        assert all(one.counts for one in found.signatures)
        seen.append(len(found.signatures))
    assert seen == sorted(seen)
    assert len(set(seen)) == 2


def test_everything_is_flushed_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a power cut may undo is not in a bundle: each file and folder before the rename, and
    the folder above after it."""
    flushed: list[str] = []
    renamed: list[tuple[int, str]] = []
    real_fsync, real_rename = os.fsync, os.rename

    def fsync(descriptor: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real_fsync(descriptor)

    def rename(source: Any, target: Any, **words: Any) -> None:
        renamed.append((len(flushed), str(source)))
        real_rename(source, target, **words)

    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not tell which file a descriptor is")
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    table = Table(tmp_path)
    source_file = tmp_path / "frame.tif"
    source_file.write_bytes(b"a frame that lies elsewhere")
    added = [*additions(FILES), Addition("frame/1.tif", "frame", source_file)]
    flushed.clear()
    renamed.clear()
    seal_first(table.bundle, IDENTITY, added, title="x", at=day(2))
    ((before, source),) = renamed
    inside = {path.relative_to(table.bundle).as_posix() for path in table.bundle.rglob("*")}
    assert {f"{source}/{path}" for path in inside} <= set(flushed[:before])
    assert str(table.bundle.parent) in flushed[before:]
