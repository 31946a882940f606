"""The journal: what is not sealed goes, what is sealed stays or is said to be changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logkeeping import House, entries, tree_over
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
    import shutil

    folder = tmp_path / "log"
    shutil.copytree(grown.folder, folder)
    data, middle = ends(grown)
    (folder / NAME).write_bytes(data[: middle + 100])
    with Log(folder) as log:
        assert log.size == 3
        assert log.append(entries(3, 4)) == 3
    with Log(folder) as log:
        assert (log.size, log.root()) == (7, tree_over(7).root())


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
        try:
            assert read_journal(tmp_path).end <= len(whole)
        except Refused:
            pass
