"""Paths, tiles and entries as C2SP tlog-tiles has them; the log against the tree of ``merkle``."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logkeeping import NOW, House, all_places, entries, entry, tree_over
from overflight.errors import DataError
from overflight.record.log.comparing import view_of
from overflight.record.log.entries import (
    MAX_ENTRY_BYTES,
    Entry,
    pack,
    read_entry,
    unpack,
    write_entry,
)
from overflight.record.log.frontier import Frontier
from overflight.record.log.journal import MAX_BATCH
from overflight.record.log.keeping import Log, make_log
from overflight.record.log.reading import TileFolder, tiled_tree
from overflight.record.log.tiles import ENTRIES, Place, read_place
from overflight.record.refused import Refused


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (Place(0, 1234067), "tile/0/x001/x234/067"),  # the example of the specification
        (Place(3, 0), "tile/3/000"),
        (Place(0, 273, 112), "tile/0/273.p/112"),
        (Place(ENTRIES, 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_a_tile_lies_where_the_specification_has_it(place: Place, path: str) -> None:
    assert place.path == path
    assert read_place(path) == place


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    found = list(all_places(70_000))
    assert [sum(p.level == level and p.width == 256 for p in found) for level in (0, 1, 2)] == [
        273, 1, 0,
    ]  # fmt: skip
    partial = [(p.level, p.width) for p in found if p.width < 256]
    assert partial == [(0, 112), (1, 17), (2, 1)]
    assert [(p.level, p.width) for p in all_places(256)] == [(0, 256), (1, 1)]


@pytest.mark.parametrize(
    "path",
    ["tile/0/1", "tile/0/x001/67", "tile/0/001/067", "tile/00/001", "tile/64/001", "tile/0/000.p/0",
     "tile/0/000.p/256", "tile/0/000.p/05", "tile/0/../000", "/tile/0/000", "tile/0/x000/001",
     "tile/entries/000/", "tile/0/000.p/1/2", "tile/0/٠٠٠", "tile/-1/000"],
)  # fmt: skip
def test_no_other_path_is_taken(path: str) -> None:
    with pytest.raises(Refused) as caught:
        read_place(path)
    assert caught.value.code == "bad-path"


@given(st.text(max_size=40) | st.from_regex(r"tile/[0-9]{1,2}/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]+)?"))
def test_a_path_is_of_one_tile_or_of_none(path: str) -> None:
    with suppress(Refused):
        assert read_place(path).path == path


def test_an_entry_is_written_in_one_way() -> None:
    made = Entry("decision", "ab" * 32, dt.datetime(2026, 5, 19, 14, 30, tzinfo=dt.UTC))
    data = write_entry(made)
    assert data == (
        b'{"at":"2026-05-19T14:30:00Z","kind":"log-entry","of":"decision","sha256":"'
        + b"ab" * 32 + b'","version":1}'
    )  # fmt: skip
    assert read_entry(data, "entry") == made


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", entry(1) + b"\n", entry(1).replace(b"request", b"gift"),
     entry(1).replace(b"2026-05", b"2026-13"), entry(1).replace(b'"at":', b'"at": '),
     entry(1).replace(b":1}", b":2}"), entry(1).upper()],
)  # fmt: skip
def test_another_entry_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        read_entry(data, "entry")


def test_what_is_no_entry_is_not_written() -> None:
    for wrong in (Entry("gift", "ab" * 32, NOW), Entry("bundle", "AB" * 32, NOW)):
        with pytest.raises(DataError):
            write_entry(wrong)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_packed_entries_are_unpacked(found: list[bytes]) -> None:
    assert unpack(pack(found), len(found), "tile") == found


@given(st.binary(max_size=200), st.integers(0, 256))
def test_any_bytes_are_entries_or_refused(data: bytes, count: int) -> None:
    try:
        assert pack(unpack(data, count, "tile")) == data
    except Refused as error:
        assert error.code == "bad-entries"
    with suppress(Refused):
        read_entry(data, "entry")


@given(st.lists(st.integers(0, 300), min_size=1, max_size=6))
def test_the_edge_has_the_root_of_the_whole_tree(batches: list[int]) -> None:
    found, done = Frontier(), 0
    tree = tree_over(sum(batches))
    from overflight.record.log.frontier import leaf_hashes

    for count in batches:
        found.extend(leaf_hashes(entries(done, count)))
        done += count
        assert (found.size, found.root()) == (done, tree.root(done))


SIZES = (1, 2, 255, 256, 257, 511, 512, 700, 1300)


def test_a_log_has_the_tree_of_its_entries_at_every_checkpoint(tmp_path: Path) -> None:
    house, tree, done = House(tmp_path), tree_over(SIZES[-1]), 0
    for size in SIZES:
        house.grow(size - done)
        done = size
        signed = house.sign().checkpoint
        assert (signed.size, signed.root) == (size, tree.root(size))
        for place in all_places(size):
            data = (house.folder / place.path).read_bytes()
            start = place.index * 256
            if place.level == 0:
                assert data == b"".join(tree.levels[0][start : start + place.width])
            else:
                assert data == b"".join(tree.levels[8][start : start + place.width])
    read = tiled_tree(TileFolder(house.folder), SIZES[-1])
    for size in SIZES:
        assert read.root(size) == tree.root(size)
        assert read.consistency(size) == tree.consistency(size)
        assert read.inclusion(size - 1) == tree.inclusion(size - 1)
    assert house.check().verdict == "intact"


def test_a_log_is_the_same_however_it_was_batched(tmp_path: Path) -> None:
    one, other = House(tmp_path / "1"), House(tmp_path / "2")
    one.grown(600)
    for count in (1, 254, 2, 0, 343):
        other.grown(count)
    for place in all_places(600):
        assert (one.folder / place.path).read_bytes() == (other.folder / place.path).read_bytes()
    last = Place(ENTRIES, 2, 600 - 512)
    assert TileFolder(other.folder).entries(last) == entries(512, 88)


def test_partial_tiles_stay_for_signed_sizes_until_the_tile_is_full(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.grown(10)
    house.grow(5)
    house.grown(5)
    there = sorted(p.name for p in (house.folder / "tile/0/000.p").iterdir())
    assert there == ["10", "20"]  # 15 was never signed for
    house.grown(236)
    assert not (house.folder / "tile/0/000.p").exists()
    assert tiled_tree(TileFolder(house.folder), 10).root() == tree_over(10).root()


def test_entries_of_a_batch_are_there_before_and_after_it_is_opened_again(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.grow(300)
    house.grow(3)
    with Log(house.folder) as log:
        assert (log.size, log.settled, log.root()) == (303, 0, tree_over(303).root())
        log.settle()
    with Log(house.folder) as log:
        assert (log.size, log.settled, log.root()) == (303, 303, tree_over(303).root())


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    house = House(tmp_path)
    with Log(house.folder), pytest.raises(DataError, match="another process"):
        Log(house.folder)
    house.grow(1)


def test_what_is_too_large_is_not_logged(tmp_path: Path) -> None:
    house = House(tmp_path)
    with Log(house.folder) as log:
        for wrong in ([b"x" * (MAX_ENTRY_BYTES + 1)], [b""] * (MAX_BATCH + 1)):
            with pytest.raises(DataError):
                log.append(wrong)
        log.append([b"x" * MAX_ENTRY_BYTES, b""])
        assert log.size == 2
    house.sign()
    assert house.check().kinds == {"other": 2}


def test_a_log_is_not_begun_over_another(tmp_path: Path) -> None:
    house = House(tmp_path)
    for origin, operator in (("other.example", "AAA"), ("../x", "AAA"), ("a.example", "aaa")):
        with pytest.raises(DataError):
            make_log(house.folder if "other" in origin else tmp_path / "new", origin, operator)


def test_the_same_tree_is_signed_once_and_by_a_new_key_again(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.grown(3)
    first = house.witness()
    with Log(house.folder) as log:
        log.take(first.note.lines[1:])
    assert len(house.sign().note.lines) == 2
    house.table.rotate("AAA", NOW)
    assert len(house.sign().note.lines) == 3
    assert view_of(house.folder).signed.checkpoint.size == 3
    assert house.check(witnesses=1).verdict == "intact"
