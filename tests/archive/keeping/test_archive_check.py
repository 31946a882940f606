"""What a check finds, puts right and mends; each kind of harm is told, none is made worse."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from archivekeeping import NOW, Desk, first_files, full, later_files, tree
from overflight.archive.keeping.checking import Checked, check
from overflight.archive.keeping.ingest import ingest
from overflight.archive.keeping.layout import Archive
from overflight.errors import DataError
from overflight.record.log.entries import Entry, write_entry
from overflight.record.log.keeping import Log


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def archive(desk: Desk) -> Archive:
    archive = desk.archive()
    ingest(archive, full(desk), NOW)
    ingest(archive, desk.mission("two", first_files()), NOW)
    return archive


def codes(found: Checked) -> list[str]:
    assert (found.verdict == "intact") == (not found.problems)
    return sorted({problem.code for problem in found.problems})


def object_of(archive: Archive, file: Path) -> Path:
    """Where the archive has what is in a file of a bundle."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return archive.objects / digest[:2] / digest


def rot(place: Path) -> None:
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 4
    place.chmod(0o644)
    place.write_bytes(data)


def sql(archive: Archive, text: str) -> None:
    with sqlite3.connect(archive.database) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(text)
    connection.close()


def test_a_sound_archive(archive: Archive) -> None:
    for scrub in (False, True):
        found = check(archive, NOW, scrub=scrub)
        assert (found.verdict, found.missions, found.loose) == ("intact", 2, (0, 0))
        assert found.files == 15 + 7


def test_rot_is_found_by_scrubbing_and_named(archive: Archive, tmp_path: Path) -> None:
    rot(object_of(archive, tmp_path / "one/stage-02/files/frame/0001.tif"))
    assert codes(check(archive, NOW)) == []
    found = check(archive, NOW, scrub=True)
    assert codes(found) == ["object-changed"]
    assert "M-one/2026: stage-02/files/frame/0001.tif" in found.problems[0].message


def lose(place: Path) -> None:
    place.unlink()


def shorten(place: Path) -> None:
    place.chmod(0o644)
    place.write_bytes(place.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [rot, lose, shorten])
@pytest.mark.parametrize("source", ["bundle", "archive", "portion", "file"])
def test_a_sound_copy_mends(
    desk: Desk, archive: Archive, tmp_path: Path, harm: Callable[[Path], None], source: str
) -> None:
    from overflight.record.packing import pack
    from overflight.record.store import open_store

    bundle = tmp_path / "one"
    copy = {"bundle": bundle, "archive": tmp_path / "other", "file": tmp_path / "one.tar"}.get(
        source, tmp_path / "part"
    )
    if source == "archive":
        ingest(desk.archive("BBB", "other"), bundle, NOW)
    elif source == "file":
        pack(open_store(bundle), copy)
    elif source == "portion":
        desk.portion(bundle, ["frame/0001.tif"], "part")
    before = tree(archive.objects)
    place = object_of(archive, bundle / "stage-02/files/frame/0001.tif")
    harm(place)
    found = check(archive, NOW, scrub=True, mend_from=[copy])
    assert (found.verdict, found.mended) == ("intact", (place.name,))
    assert tree(archive.objects) == before
    assert check(archive, NOW, scrub=True).mended == ()


def test_seals_that_are_gone_are_mended_too(archive: Archive, tmp_path: Path) -> None:
    bundle = tmp_path / "one"
    for path in bundle.rglob("*"):
        if path.is_file() and "files" not in path.parts:
            object_of(archive, path).unlink(missing_ok=True)
    found = check(archive, NOW)
    assert "object-missing" in codes(found)
    assert check(archive, NOW, mend_from=[bundle]).verdict == "intact"


def test_a_copy_that_has_rotted_too_mends_nothing(
    desk: Desk, archive: Archive, tmp_path: Path
) -> None:
    bundle = tmp_path / "one"
    other = desk.archive("BBB", "other")
    ingest(other, bundle, NOW)
    file = bundle / "stage-02/files/frame/0001.tif"
    for one in (archive, other):
        rot(object_of(one, file))
    before = tree(archive.objects)
    found = check(archive, NOW, scrub=True, mend_from=[other.root])
    assert codes(found) == ["object-changed"]
    assert "not sound either" in found.notes[0]
    assert tree(archive.objects) == before
    again = check(archive, NOW, scrub=True, mend_from=[other.root, bundle])
    assert (again.verdict, len(again.mended)) == ("intact", 1)


def test_taking_in_again_mends_what_it_meets(desk: Desk, archive: Archive, tmp_path: Path) -> None:
    """Another mission that shares a file with one whose copy has rotted puts a sound one there."""
    place = object_of(archive, tmp_path / "one/stage-01/files/frame-original/0001.tif")
    rot(place)
    ingest(archive, desk.mission("three", first_files()), NOW)
    assert check(archive, NOW, scrub=True).verdict == "intact"


def test_mending_from_nothing(archive: Archive, tmp_path: Path) -> None:
    object_of(archive, tmp_path / "one/stage-01/manifest.json").unlink()
    with pytest.raises(DataError):
        check(archive, NOW, mend_from=[tmp_path / "nowhere"])


def test_a_catalogue_from_before_is_told_by_the_log(desk: Desk, tmp_path: Path) -> None:
    """A backup put back that lacks a mission: the log knows of it, and taking it in heals."""
    archive = desk.archive()
    ingest(archive, desk.mission("two", first_files()), NOW)
    shutil.copy(archive.database, tmp_path / "backup")
    bundle = full(desk)
    ingest(archive, bundle, NOW)
    shutil.copy(tmp_path / "backup", archive.database)
    found = check(archive, NOW)
    assert codes(found) == ["mission-lost"]
    assert len(found.problems) == 6
    ingest(archive, bundle, NOW)
    assert check(archive, NOW, scrub=True).verdict == "intact"


def test_an_entry_that_no_ingest_made_is_told(archive: Archive) -> None:
    with Log(archive.log) as log:
        log.append([write_entry(Entry("bundle", "0" * 64, NOW))])
        log.append([write_entry(Entry("request", "1" * 64, NOW))])
    assert codes(check(archive, NOW)) == ["asked-lost", "mission-lost"]


def test_a_log_from_before_is_told(desk: Desk, tmp_path: Path) -> None:
    archive = desk.archive()
    shutil.copytree(archive.log, tmp_path / "backup")
    ingest(archive, full(desk), NOW)
    shutil.rmtree(archive.log)
    shutil.copytree(tmp_path / "backup", archive.log)
    assert codes(check(archive, NOW)) == ["log-differs"]


def test_a_log_that_is_gone_is_told(archive: Archive) -> None:
    (archive.log / "journal").unlink()
    assert "no-log" in codes(check(archive, NOW))


def test_a_mission_that_is_not_logged_yet_is_logged_once(archive: Archive) -> None:
    """As a crash between commit and log leaves it, and one between log and note."""
    log = tree(archive.log)
    sql(archive, "UPDATE entries SET logged = NULL WHERE path LIKE 'stage-02/%'")
    found = check(archive, NOW)
    assert (found.verdict, len(found.repaired)) == ("intact", 3)
    assert "M-one/2026, stage-02/manifest.json" in found.repaired[0]
    assert tree(archive.log) == log
    assert check(archive, NOW).repaired == ()


ROWS = {
    "a digest": ("UPDATE files SET sha256 = (SELECT sha256 FROM files WHERE path LIKE "
                 "'%frame/0002.tif') WHERE path LIKE '%frame/0001.tif'", "rows-differ"),
    "a file more": ("INSERT INTO files SELECT 2, 0, 'x', 'frame', size, sha256 FROM files "
                    "WHERE path LIKE '%frame/0002.tif'", "rows-differ"),
    "a file less": ("DELETE FROM files WHERE path LIKE '%frame/0002.tif'", "rows-differ"),
    "a root": (f"UPDATE seals SET root = '{'0' * 64}' WHERE stage = 2", "rows-differ"),
    "an entry": (f"UPDATE entries SET sha256 = '{'0' * 64}' WHERE path LIKE 'stage-02/m%'",
                 "log-differs"),
    "an item less": ("DELETE FROM items WHERE id = 'F_00001'", "items-differ"),
    "an item changed": ("UPDATE bodies SET body = replace(body, 'frame 1', 'frame 9')",
                        "items-differ"),
    "a mission less": ("DELETE FROM missions WHERE id = 2", "catalogue-damaged"),
}  # fmt: skip


@pytest.mark.parametrize("harm", ROWS)
def test_rows_that_were_changed_are_told(archive: Archive, harm: str) -> None:
    text, code = ROWS[harm]
    sql(archive, text)
    assert code in codes(check(archive, NOW, scrub=True))


def test_a_catalogue_that_is_damaged_is_told(archive: Archive) -> None:
    data = bytearray(archive.database.read_bytes())
    data[len(data) // 2 :] = b"\xff" * (len(data) - len(data) // 2)
    archive.database.write_bytes(data)
    try:
        assert "catalogue-damaged" in codes(check(archive, NOW))
    except DataError as error:
        assert "backup" in error.remedy or "check" in error.remedy


def test_a_catalogue_that_is_gone_is_told(archive: Archive) -> None:
    archive.database.unlink()
    with pytest.raises(DataError) as caught:
        check(archive, NOW)
    assert "backup" in caught.value.remedy
    assert not archive.database.exists()


def test_what_was_cut_short_is_taken_away(archive: Archive) -> None:
    left = archive.incoming / "tmpabc"
    left.mkdir()
    (left / "x").write_bytes(b"half")
    digest = hashlib.sha256(b"loose").hexdigest()
    place = archive.objects / digest[:2] / digest
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"loose")
    found = check(archive, NOW)
    assert (found.verdict, found.loose) == ("intact", (1, 5))
    assert not left.exists() and place.exists()
    assert "tmpabc" in found.repaired[0]
    assert check(archive, NOW, tidy=True).loose == (0, 0)
    assert not place.exists()
    assert check(archive, NOW, scrub=True).verdict == "intact"


def test_a_key_that_turns_out_to_be_compromised_is_told(desk: Desk, archive: Archive) -> None:
    from bundles import day
    from overflight.record.keeping import put_statement
    from overflight.record.statements import read_history

    desk.revoke("AAA", "compromised", day(19), day(1, 1))
    last = read_history(desk.ring, "AAA")[-1]
    put_statement(archive.keys, (desk.ring / f"AAA/{last.number:04d}.dsse.json").read_bytes())
    assert "key-compromised" in codes(check(archive, NOW))


def test_extending_after_a_loss_does_not_hide_it(
    desk: Desk, archive: Archive, tmp_path: Path
) -> None:
    lose(object_of(archive, tmp_path / "two/stage-01/manifest.json"))
    ingest(archive, desk.mission("two", later_files()), NOW)
    assert "object-missing" in codes(check(archive, NOW))
