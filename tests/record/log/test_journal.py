"""The journal: what is not sealed goes, what is sealed stays or is said to be changed."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logkeeping import House, entries, tree_over
from overflight.errors import DataError
from overflight.record.log.journal import NAME, read_journal, start_journal
from overflight.record.log.keeping import Log
from overflight.record.merkle import EMPTY
from overflight.record.refused import Refused


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Two sealed batches of 3 and 2."""
    house = House(tmp_path_factory.mktemp("journal"))
    house.grow(3)
    house.grow(2)
    return house


def ends(house: House) -> tuple[bytes, int]:
    """The journal's bytes, and where its first batch ends."""
    data = (house.folder / NAME).read_bytes()
    return data, data.index(b"ofl-part", 65)


def test_a_batch_that_was_cut_anywhere_is_not_there(grown: House, tmp_path: Path) -> None:
    data, middle = ends(grown)
    for cut in range(middle, len(data)):
        (tmp_path / NAME).write_bytes(data[:cut])
        assert [first for first, _ in read_journal(tmp_path).batches] == [0]
        assert read_journal(tmp_path).end == middle


def test_a_batch_whose_seal_is_all_zeros_is_not_there(grown: House, tmp_path: Path) -> None:
    data, middle = ends(grown)
    (tmp_path / NAME).write_bytes(data[:-64] + bytes(64))
    assert read_journal(tmp_path).end == middle


def test_a_seal_that_reached_the_disk_alone_seals_nothing(
    grown: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written between two flushes may reach the disk in any order, so one of several
    writes may be all that is there."""
    folder = tmp_path / "log"
    shutil.copytree(grown.folder, folder)
    safe = [(folder / NAME).read_bytes()]
    found: list[int] = []
    pwrite, fsync = os.pwrite, os.fsync

    def alone(descriptor: int, data: bytes, at: int) -> int:
        left = bytearray(safe[0].ljust(at + len(data), b"\0"))
        left[at : at + len(data)] = data
        (tmp_path / NAME).write_bytes(left)
        found.append(len(read_journal(tmp_path).batches))
        return pwrite(descriptor, data, at)

    def flushed(descriptor: int) -> None:
        fsync(descriptor)
        safe[0] = (folder / NAME).read_bytes()

    with Log(folder) as log, monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", alone)
        patch.setattr(os, "fsync", flushed)
        log.append(entries(5, 2))
    assert found == [2, 3]  # the entries alone, then the seal above them


def test_a_flipped_bit_is_said_and_never_cut(grown: House, tmp_path: Path) -> None:
    data, _ = ends(grown)
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << (at % 8)
        (tmp_path / NAME).write_bytes(changed)
        with pytest.raises(Refused) as caught:
            read_journal(tmp_path)
        assert caught.value.code == "journal-damaged", at


def test_what_is_cut_is_logged_anew(grown: House, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    shutil.copytree(grown.folder, folder)
    data, middle = ends(grown)
    (folder / NAME).write_bytes(data[: middle + 100])
    with Log(folder) as log:
        assert log.size == 3
        assert log.append(entries(3, 4)) == 3
    with Log(folder) as log:
        assert (log.size, log.root()) == (7, tree_over(7).root())


@pytest.mark.parametrize("full_at", [1, 2])
def test_a_full_disk_loses_the_batch_alone(
    grown: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_at: int
) -> None:
    folder = tmp_path / "log"
    shutil.copytree(grown.folder, folder)
    calls, pwrite = [0], os.pwrite

    def full(descriptor: int, data: bytes, at: int) -> int:
        calls[0] += 1
        if calls[0] == full_at:
            pwrite(descriptor, bytes(data)[:20], at)
            raise OSError(errno.ENOSPC, "no room")
        return pwrite(descriptor, data, at)

    with Log(folder) as log, monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="no room"):
            log.append(entries(5, 2))
        with pytest.raises(DataError, match="closed"):
            log.append(entries(5, 2))
    with Log(folder) as log:
        assert log.append(entries(5, 2)) == 5
        assert log.root() == tree_over(7).root()


def test_without_a_journal_there_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        read_journal(tmp_path)
    assert caught.value.code == "no-log"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_are_a_journal_or_refused(tmp_path: Path, data: bytes) -> None:
    start_journal(tmp_path, 0, EMPTY)
    head = (tmp_path / NAME).read_bytes()
    for whole in (data, head + data, head + b"ofl-part" + data):
        (tmp_path / NAME).write_bytes(whole)
        with suppress(Refused):
            assert read_journal(tmp_path).end <= len(whole)
