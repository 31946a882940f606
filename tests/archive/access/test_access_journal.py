"""The record of accesses: nobody changes it unseen, whoever waits shares a flush, crashes cut only
what was never acknowledged."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundles import day
from overflight.archive.access import journal
from overflight.archive.access.journal import START, Access, Head, Journal, extends, head, read
from overflight.archive.access.together import Recorder
from overflight.errors import DataError
from overflight.record.refused import Refused

FIRST = "accesses-000001.jsonl"


def one(number: int, **other: Any) -> Access:
    said = {"asker": "FRA", "level": "open", "what": f"file {number}", "answer": "allowed"}
    return Access(day(2), **(said | other))


def add(folder: Path, count: int) -> Head:
    with Journal(folder) as record:
        return record.add([one(n) for n in range(count)])


def test_it_is_a_chain_that_anybody_can_check(tmp_path: Path) -> None:
    """With nothing but json and hashlib: each line names the SHA-256 of the one before."""
    with Journal(tmp_path) as record:
        record.add([one(0), one(1)])
        last = record.add([one(2, mission="M-7/2026", cite="IX.IV.1", by="a clerk")])
    before = "0" * 64
    lines = (tmp_path / FIRST).read_bytes().splitlines()
    for number, line in enumerate(lines):
        said = json.loads(line)
        assert (said["number"], said["before"]) == (number, before)
        before = hashlib.sha256(line).hexdigest()
    assert last == Head(3, before) == head(tmp_path)
    assert said["mission"] == "M-7/2026" and said["at"] == "2026-05-02T00:00:00Z"
    assert (tmp_path / FIRST).stat().st_mode & 0o077 == 0


def test_it_goes_on_where_it_ended(tmp_path: Path) -> None:
    add(tmp_path, 2)
    assert add(tmp_path, 3).count == 5
    assert [a.number for a in read(tmp_path)] == list(range(5))


@pytest.mark.parametrize("change", ["answer", "taken", "put", "swapped", "number", "not-json"])
def test_a_change_is_seen(tmp_path: Path, change: str) -> None:
    add(tmp_path, 4)
    path = tmp_path / FIRST
    lines = path.read_bytes().splitlines(keepends=True)
    if change == "answer":
        lines[1] = lines[1].replace(b"allowed", b"denied!")
    elif change == "taken":
        del lines[1]
    elif change == "put":
        lines.insert(1, lines[0])
    elif change == "swapped":
        lines[1], lines[2] = lines[2], lines[1]
    elif change == "number":
        lines[0] = lines[0].replace(b'"number":0', b'"number":9')
    else:
        lines[2] = b"{\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(Refused) as caught:
        head(tmp_path)
    assert caught.value.code == "access-changed"


def test_what_is_cut_off_at_the_end_is_missed_by_who_has_a_head(tmp_path: Path) -> None:
    early, late = add(tmp_path, 2), add(tmp_path, 2)
    assert extends(tmp_path, early) and extends(tmp_path, late)
    path = tmp_path / FIRST
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    assert head(tmp_path).count == 3
    assert extends(tmp_path, early) and not extends(tmp_path, late)
    assert extends(tmp_path, Head(0, START))


@pytest.mark.parametrize("kept", [1, 40, -2])
def test_a_line_that_a_crash_cut_short_was_never_acknowledged(tmp_path: Path, kept: int) -> None:
    add(tmp_path, 2)
    path = tmp_path / FIRST
    line = path.read_bytes().splitlines()[0]
    with path.open("ab") as stream:
        stream.write(line[:kept])
    assert [a.number for a in read(tmp_path)] == [0, 1]
    assert add(tmp_path, 1).count == 3
    assert [a.what for a in read(tmp_path)] == ["file 0", "file 1", "file 0"]


def test_a_file_that_is_full_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 1000)
    for _ in range(5):
        add(tmp_path, 3)
    assert len(list(tmp_path.glob("accesses-*"))) > 2
    assert head(tmp_path).count == 15
    (tmp_path / "accesses-000002.jsonl").unlink()
    with pytest.raises(Refused):
        head(tmp_path)


def test_two_writers_see_each_other(tmp_path: Path) -> None:
    with Journal(tmp_path) as left, Journal(tmp_path) as right:
        for _ in range(3):
            left.add([one(0)])
            right.add([one(1), one(2)])
    assert [a.number for a in read(tmp_path)] == list(range(9))


def test_many_at_once_share_flushes_and_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushes = []
    really = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (flushes.append(fd), really(fd)))
    with Recorder(tmp_path) as recorder:
        threads = [
            threading.Thread(target=lambda k=k: [
                recorder.record([one(k * 100 + n)]) for n in range(25)
            ])
            for k in range(8)
        ]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        many = [recorder.note([one(n)]) for n in range(1000)]
        assert max(future.result().count for future in many) == 1200
    assert len(flushes) < 600
    found = [a.what for a in read(tmp_path)]
    assert len(found) == 1200
    for k in range(8):  # what one asked for stands in the order in which it asked
        mine = [w for w in found[:200] if k * 100 <= int(w[5:]) < k * 100 + 25]
        assert mine == sorted(mine, key=lambda w: int(w[5:]))


def test_after_the_end_nothing_is_taken(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    waits = recorder.note([one(0)])
    recorder.close()
    recorder.close()
    assert waits.result().count == 1
    with pytest.raises(DataError):
        recorder.note([one(1)])


def test_who_waits_is_told_that_it_cannot_be_recorded(tmp_path: Path) -> None:
    with Recorder(tmp_path) as recorder:
        recorder.record([one(0)])
        path = tmp_path / FIRST
        path.write_bytes(path.read_bytes().replace(b"allowed", b"denied!").replace(b"}", b")"))
        with path.open("ab") as stream:
            stream.write(b"x\n")
        with pytest.raises(Refused):
            recorder.record([one(1)])


FULL = """
import resource, signal, sys
sys.path[:0] = {path!r}
from pathlib import Path
from overflight.archive.access.journal import Journal
from test_access_journal import one
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
from overflight.errors import DataError
done = 0
with Journal(Path({folder!r})) as record:
    try:
        while True:
            done = record.add([one(n) for n in range(3)]).count
    except DataError as error:
        print(done, error.remedy)
"""


def test_a_full_disk_is_said_and_leaves_a_whole_record(tmp_path: Path) -> None:
    """A file that may not grow, as on a full disk: what was acknowledged is there, no more."""
    script = FULL.format(path=[str(Path(__file__).parent), *sys.path], folder=str(tmp_path))
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    count, remedy = ran.stdout.split(" ", 1)
    assert "room" in remedy
    assert head(tmp_path).count == int(count) > 0


KILLED = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from overflight.archive.access.journal import Journal
from test_access_journal import one
with Journal(Path({folder!r})) as record:
    while True:
        print(record.add([one(n) for n in range(7)]).count, flush=True)
"""


def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    script = KILLED.format(path=[str(Path(__file__).parent), *sys.path], folder=str(tmp_path))
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            told = 0
            for _ in range(20):
                told = int(process.stdout.readline())
            process.kill()
            rest = process.stdout.read().split()
        acknowledged = int(rest[-1]) if rest and len(rest[-1]) >= len(str(told)) else told
        assert head(tmp_path).count >= acknowledged
        add(tmp_path, 1)


TEXT = st.text(max_size=50)


@settings(max_examples=40, deadline=None)
@given(TEXT, TEXT, TEXT)
def test_whatever_is_asked_can_be_recorded(
    tmp_path_factory: pytest.TempPathFactory, asker: str, what: str, by: str
) -> None:
    folder = tmp_path_factory.mktemp("access")
    with Journal(folder) as record:
        record.add([one(0, asker=asker, what=what, by=by), one(1)])
    assert head(folder).count == 2


def test_a_text_without_end_is_cut(tmp_path: Path) -> None:
    with Journal(tmp_path) as record:
        record.add([one(0, what="\udcff" + "é" * 100_000)])
    (found,) = read(tmp_path)
    assert 1000 < len(found.what) <= 2000
