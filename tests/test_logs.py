"""The log: numbered, chained, one writer at a time, and nothing acknowledged is ever lost."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.logs import append, read_log

WRITER = """
import sys
from pathlib import Path
from overflight.logs import append
path, name = Path(sys.argv[1]), sys.argv[2]
for k in range(int(sys.argv[3])):
    append(path, {"who": name, "k": k, "text": "x" * 3000})
    print(k, flush=True)
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def three(path: Path) -> list[bytes]:
    for k in range(3):
        append(path, {"k": k})
    return path.read_bytes().splitlines(keepends=True)


def test_there_is_no_log_yet(tmp_path: Path) -> None:
    assert read_log(tmp_path / "log.jsonl").records == ()
    assert not (tmp_path / "log.jsonl").exists()


def test_a_line_is_json_and_names_the_one_before(tmp_path: Path) -> None:
    first, second, _ = three(tmp_path / "log.jsonl")
    own = hashlib.sha256(b'{"n": 1, "k": 0, "after": "0000000000000000"}').hexdigest()[:16]
    assert json.loads(first) == {"n": 1, "k": 0, "after": "0" * 16, "sum": own}
    digest = hashlib.sha256(first.rstrip(b"\n")).hexdigest()[:16]
    assert json.loads(second)["after"] == digest


@given(
    st.lists(st.dictionaries(st.text().filter(lambda k: k not in ("n", "after", "sum")), st.text()))
)
def test_what_went_in_comes_out(tmp_path_factory: pytest.TempPathFactory, records: list) -> None:  # type: ignore[type-arg]
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    for number, record in enumerate(records):
        assert append(path, record, seen=number).last == number + 1
    assert list(read_log(path).records) == records


def test_every_way_to_tear_the_last_line_loses_that_line_only(tmp_path: Path) -> None:
    whole = b"".join(three(tmp_path / "log.jsonl"))
    keep = whole.rindex(b"\n", 0, -1) + 1
    for cut in range(keep, len(whole)):
        path = tmp_path / f"{cut}.jsonl"
        path.write_bytes(whole[:cut])
        read = read_log(path)
        assert [r["k"] for r in read.records] == [0, 1]
        assert read.torn == whole[keep:cut]
        done = append(path, {"k": "new"})
        assert (done.last, done.cut_off) == (3, whole[keep:cut])
        assert [r["k"] for r in read_log(path).records] == [0, 1, "new"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: [lines[0], lines[2]], 2),  # one lost
        (lambda lines: [lines[1], lines[2]], 1),  # the first lost
        (lambda lines: [lines[0].replace(b"0,", b"7,"), lines[1], lines[2]], 1),  # one changed
        (lambda lines: [*lines[:2], lines[2].replace(b"2,", b"7,", 1)], 3),  # the last one changed
        (lambda lines: [lines[0], lines[2], lines[1]], 2),  # put in another order
        (lambda lines: [lines[0], b"[]\n", lines[2]], 2),
        (lambda lines: [b"\xff\n", lines[1], lines[2]], 1),
    ],
)
def test_a_log_changed_by_hand_is_refused(tmp_path: Path, change, line: int) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "log.jsonl"
    path.write_bytes(b"".join(change(three(path))))
    with pytest.raises(DataError) as caught:
        read_log(path)
    assert caught.value.line == line


def test_a_writer_that_saw_less_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    three(path)
    before = path.read_bytes()
    with pytest.raises(DataError, match="somebody else"):
        append(path, {"k": 9}, seen=2)
    assert path.read_bytes() == before


@pytest.mark.parametrize("record", [{"n": 1}, {"after": "x"}, {"sum": ""}])
def test_the_logs_own_words_are_taken(tmp_path: Path, record: dict[str, object]) -> None:
    with pytest.raises(DataError):
        append(tmp_path / "log.jsonl", record)


def test_a_long_last_line_is_found(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    append(path, {"k": 0})
    append(path, {"text": "ß" * 200_000})
    assert append(path, {"k": 2}, seen=2).last == 3
    assert len(read_log(path).records) == 3


def test_two_writers_do_not_interleave(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    both = [writer(path, "a", 60), writer(path, "b", 60)]
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    records = read_log(path).records
    for name in "ab":
        assert [r["k"] for r in records if r["who"] == name] == list(range(60))


@pytest.mark.slow
def test_killed_at_any_moment_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    acknowledged = 0
    for round_ in range(6):
        with writer(path, str(round_), 100_000) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.05 + 0.013 * round_)
            os.kill(process.pid, signal.SIGKILL)
            said = process.stdout.read().split()
        mine = [r["k"] for r in read_log(path).records if r["who"] == str(round_)]
        assert mine == list(range(len(mine)))
        assert len(mine) >= int(said[-1] if said else 0) + 1
        acknowledged += len(mine)
    assert len(read_log(path).records) == acknowledged


FULL = """
import resource, signal, sys
from pathlib import Path
from overflight.errors import DataError
from overflight.logs import append
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10,) * 2)
try:
    append(path, {"k": "much longer than ten bytes"})
except DataError as error:
    sys.exit(str(error))
"""


def test_a_full_disk_leaves_the_log_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    before = b"".join(three(path))
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False
    )
    assert "it is as it was before" in done.stderr
    assert path.read_bytes() == before
