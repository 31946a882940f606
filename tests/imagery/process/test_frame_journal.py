"""The journal of a run: nothing acknowledged is lost, nothing torn or stale is believed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.imagery.process.journal import DONE, NAME, SET_ASIDE, Journal, Outcome

PICTURE = b"a picture"
DIGEST = hashlib.sha256(PICTURE).hexdigest()


def done(name: str = "a") -> Outcome:
    return Outcome(name, DONE, "source", "settings", {"frames/a.tif": DIGEST}, {"gsd_m": 0.1})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "a.tif").write_bytes(PICTURE)
    return tmp_path


def test_what_was_added_is_known_to_the_next_run(folder: Path) -> None:
    with Journal(folder) as journal:
        journal.add(done())
    with Journal(folder) as journal:
        assert journal.still_good("a", "source", "settings") == done()
        assert journal.still_good("b", "source", "settings") is None


def test_another_source_or_setting_is_done_again(folder: Path) -> None:
    with Journal(folder) as journal:
        journal.add(done())
        assert journal.still_good("a", "another", "settings") is None
        assert journal.still_good("a", "source", "another") is None


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_file_that_is_not_as_it_was_written_is_done_again(folder: Path, harm: str) -> None:
    with Journal(folder) as journal:
        journal.add(done())
        if harm == "changed":
            (folder / "frames" / "a.tif").write_bytes(b"A picture")
        else:
            (folder / "frames" / "a.tif").unlink()
        assert journal.still_good("a", "source", "settings") is None


def test_a_frame_set_aside_is_tried_again(folder: Path) -> None:
    with Journal(folder) as journal:
        journal.add(Outcome("a", SET_ASIDE, "source", "settings", reason="truncated"))
        assert journal.still_good("a", "source", "settings") is None


def test_every_cut_of_the_file_keeps_the_whole_lines_before_it(folder: Path) -> None:
    with Journal(folder) as journal:
        journal.add(done("a"))
        first = journal.path.stat().st_size
        journal.add(done("b"))
    whole = (folder / NAME).read_bytes()
    for cut in range(len(whole) + 1):
        (folder / NAME).write_bytes(whole[:cut])
        with Journal(folder) as journal:
            assert (journal.still_good("a", "source", "settings") is not None) == (cut >= first)
            known_b = journal.still_good("b", "source", "settings") is not None
            assert known_b == (cut == len(whole))
            journal.add(done("c"))  # goes after the cut, on a line of its own
        with Journal(folder) as journal:
            assert journal.still_good("c", "source", "settings") is not None


def test_a_foreign_line_is_refused_with_its_number(folder: Path) -> None:
    (folder / NAME).write_text('{"frame": "a"}\n')
    with pytest.raises(DataError, match="not one that was written here") as refused:
        Journal(folder)
    assert refused.value.line == 1


def test_two_runs_do_not_share_a_folder(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from overflight.imagery.process.journal import Journal\n"
        "from overflight.errors import DataError\n"
        "try: Journal(Path(sys.argv[1]))\n"
        "except DataError as e: print(e.message)\n"
    )
    with Journal(folder):
        told = subprocess.run(
            [sys.executable, "-c", code, os.fspath(folder)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert "another run" in told.stdout
