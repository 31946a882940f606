"""The power goes: what was not flushed may be lost. A disk that forgets all of it, or parts.

Between two flushes a disk may have kept the names and not the contents, the contents and not the
names, both, or neither. Whatever it kept, what was acknowledged must be there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from logkeeping import House, entries
from logkilling import must_stand
from overflight.record.log.keeping import Log

BATCHES = (4, 0, 3, 2, 250, 0, 1)


class ForgetfulDisk:
    """Watches the flushes below ``root``: which contents and which names are safe.

    A file is known by a number of its own, since a disk gives an inode of a removed file away.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.numbers: dict[int, int] = {}
        self.contents: dict[int, bytes] = {}
        self.names: dict[Path, dict[str, int]] = {}
        self.flushes = self.last = 0
        for folder, _, files in os.walk(root):
            self._see_folder(Path(folder))
            for name in files:
                self._see_file(Path(folder) / name)

    def opened(self, descriptor: int, flags: int) -> None:
        """A file that is new, or was emptied, has nothing that is safe."""
        about = os.fstat(descriptor)
        if flags & (os.O_CREAT | os.O_TRUNC) and about.st_size == 0:
            self.last += 1
            self.numbers[about.st_ino] = self.last
            self.contents[self.last] = b""

    def flushed(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            self._see_folder(path)
        else:
            self._see_file(path)
        self.flushes += 1

    def _number(self, inode: int) -> int:
        if inode not in self.numbers:
            self.last += 1
            self.numbers[inode] = self.last
        return self.numbers[inode]

    def _see_folder(self, folder: Path) -> None:
        self.names[folder] = {e.name: self._number(e.inode()) for e in os.scandir(folder)}

    def _see_file(self, path: Path) -> None:
        self.contents[self._number(path.stat().st_ino)] = path.read_bytes()

    def after_the_cut(self, target: Path, *, names: bool, contents: bool) -> Path:
        """What is left; ``names``, ``contents``: even of what was not flushed."""
        shutil.rmtree(target, ignore_errors=True)
        now = {self._number(p.stat().st_ino): p for p in self.root.rglob("*")}
        self._rebuild(self.root, target, now, names, contents)
        return target

    def _rebuild(
        self, source: Path, target: Path, now: dict[int, Path], names: bool, contents: bool
    ) -> None:
        target.mkdir()
        found = self.names.get(source, {})
        if names and source.is_dir():
            found = {p.name: self._number(p.stat().st_ino) for p in source.iterdir()}
        for name, number in found.items():
            # A folder that is new may have the inode, and so the number, of a file that is gone.
            there, folder = now.get(number), source / name
            if folder in self.names or (there == folder and folder.is_dir()):
                self._rebuild(source / name, target / name, now, names, contents)
            elif contents and there is not None and there.is_file():
                (target / name).write_bytes(there.read_bytes())
            else:
                (target / name).write_bytes(self.contents.get(number, b""))


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[House, ForgetfulDisk]]:
    house = House(tmp_path)
    house.grown(250)
    found = ForgetfulDisk(house.folder)
    fsync, opens = os.fsync, os.open

    def watched_fsync(descriptor: int) -> None:
        fsync(descriptor)
        found.flushed(descriptor)

    def watched_open(path: Any, flags: int, *more: Any, **words: Any) -> int:
        descriptor = opens(path, flags, *more, **words)
        found.opened(descriptor, flags)
        return descriptor

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", watched_fsync)
        patch.setattr(os, "open", watched_open)
        yield house, found


@pytest.mark.parametrize("names", [False, True])
@pytest.mark.parametrize("contents", [False, True])
def test_what_was_acknowledged_outlives_a_power_cut(
    disk: tuple[House, ForgetfulDisk], tmp_path: Path, names: bool, contents: bool
) -> None:
    house, found = disk
    acknowledged, signed, sizes = 250, 250, [250]
    with Log(house.folder) as log:
        for count in BATCHES:
            if count:
                log.append(entries(log.size, count))
            else:
                signed = log.checkpoint(house.key()).checkpoint.size
            acknowledged = log.size
            sizes.append(acknowledged)
            left = found.after_the_cut(tmp_path / "left", names=names, contents=contents)
            must_stand(left, house.key(), house.trust(), sizes, acknowledged, signed)
    assert found.flushes >= 2 * sum(map(bool, BATCHES)) + 10


@pytest.mark.slow
@pytest.mark.parametrize("names", [False, True])
def test_a_cut_at_any_flush_leaves_a_log(
    disk: tuple[House, ForgetfulDisk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: bool
) -> None:
    house, found = disk
    told = [250, 250]
    watch, checking, cuts = found.flushed, [False], [0]

    def flushed(descriptor: int) -> None:
        watch(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if checking[0] or not path.is_relative_to(house.folder):
            return
        checking[0] = True
        for contents in (False, True):
            left = found.after_the_cut(tmp_path / "left", names=names, contents=contents)
            must_stand(left, house.key(), house.trust(), (250, 254, 257, 259, 509, 510), *told)
            cuts[0] += 1
        checking[0] = False

    monkeypatch.setattr(found, "flushed", flushed)
    with Log(house.folder) as log:
        for count in BATCHES:
            if count:
                log.append(entries(log.size, count))
            else:
                told[1] = log.checkpoint(house.key()).checkpoint.size
            told[0] = log.size
    assert cuts[0] >= 50
