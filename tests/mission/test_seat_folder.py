"""A seat's folder: documents before entries, nothing lost, nothing of the private part read."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.mission.seat.folder import (
    Mission,
    Seat,
    content_of,
    create,
    known_digests,
    open_seat,
    record,
)

MISSION = Mission("DEU-RUS-1", "open-skies", "DEU", "RUS", "observing", {"crimea": "ukraine"})
AT = dt.datetime(2021, 5, 14, 8, tzinfo=dt.UTC)


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return create(tmp_path / "deu", MISSION)


def notified(seat: Seat, text: bytes = b"hello\n") -> Seat:
    return record(
        seat, "notify", AT, "observing", facts={"x": 1},
        documents=[("flight-notification", "txt", text)],
    )  # fmt: skip


def test_what_was_made_is_read_again(seat: Seat) -> None:
    assert open_seat(seat.folder).mission == MISSION
    assert seat.mission.code == "DEU"
    assert seat.mission.other == "observed"


def test_an_entry_and_its_document(seat: Seat) -> None:
    after = notified(seat)
    (entry,) = after.happened
    assert (entry.move, entry.at, entry.by, entry.facts) == ("notify", AT, "observing", {"x": 1})
    (kept,) = entry.documents
    assert kept.file == "documents/001-flight-notification.txt"
    assert kept.sha256 == hashlib.sha256(b"hello\n").hexdigest()
    assert content_of(after, kept) == b"hello\n"
    assert known_digests(after) == {kept.sha256: 1}
    assert after.document("flight-notification") == kept
    assert after.document("other") is None


def test_the_log_can_be_read_and_compared_line_by_line(seat: Seat) -> None:
    notified(notified(seat), b"second\n")
    lines = (seat.folder / "log.jsonl").read_text().splitlines()
    assert len(lines) == 2
    assert json.loads(lines[0])["at"] == "2021-05-14T08:00:00Z"


def test_two_writers_from_the_same_state_cannot_both_write(seat: Seat) -> None:
    notified(seat)
    with pytest.raises(DataError, match="somebody else"):
        notified(seat, b"other\n")
    (entry,) = open_seat(seat.folder).happened
    assert content_of(open_seat(seat.folder), entry.documents[0]) == b"hello\n"


def test_a_log_that_lost_what_was_handed_over(seat: Seat) -> None:
    notified(notified(seat), b"second\n")
    (seat.folder / "outbox/002-notify.json").write_text("{}")
    log = seat.folder / "log.jsonl"
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(DataError, match=r"1 entries, and 002-notify.json was handed over"):
        open_seat(seat.folder)


def test_a_document_changed_afterwards_is_found_out(seat: Seat) -> None:
    after = notified(seat)
    (kept,) = after.happened[0].documents
    (seat.folder / kept.file).write_bytes(b"forged\n")
    with pytest.raises(DataError, match="SHA-256 differs"):
        content_of(after, kept)


def test_a_document_that_no_entry_names_is_passed_over(seat: Seat) -> None:
    """As a crash leaves it between the document and the entry."""
    (seat.folder / "documents/001-flight-notification.txt").write_bytes(b"half")
    after = notified(seat, b"whole\n")
    assert content_of(after, after.happened[0].documents[0]) == b"whole\n"


@pytest.mark.parametrize("file", ["../private/plan.json", "/etc/passwd", "documents/../seat.json"])
def test_a_log_cannot_name_files_elsewhere(seat: Seat, file: str) -> None:
    from overflight.logs import append

    append(
        seat.folder / "log.jsonl",
        {
            "at": "2021-05-14T08:00:00Z", "move": "x", "by": "observed", "received": True,
            "facts": {}, "documents": [{"type": "t", "file": file, "sha256": "0" * 64}],
        },
    )  # fmt: skip
    with pytest.raises(DataError) as caught:
        open_seat(seat.folder)
    assert caught.value.line == 1


def test_a_seat_is_never_overwritten(seat: Seat, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="already"):
        create(seat.folder, MISSION)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").write_text("x")
    with pytest.raises(DataError, match="not empty"):
        create(tmp_path / "full", MISSION)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no mission"):
        open_seat(tmp_path)


def test_the_private_part_is_for_its_owner(seat: Seat) -> None:
    assert (seat.folder / "private").stat().st_mode & 0o077 == 0


KILLED = """
import datetime as dt, sys
from pathlib import Path
from overflight.mission.seat.folder import open_seat, record
seat = open_seat(Path(sys.argv[1]))
at = dt.datetime(2021, 5, 14, 8, tzinfo=dt.UTC)
while True:
    n = len(seat.happened)
    seat = record(seat, "m", at, "observing", documents=[("doc", "txt", b"%d " % n * 5000)])
    print(n + 1, flush=True)
"""


@pytest.mark.slow
def test_killed_at_any_moment_nothing_acknowledged_is_lost(seat: Seat) -> None:
    said = 0
    for round_ in range(5):
        command = [sys.executable, "-c", KILLED, str(seat.folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.03 + 0.017 * round_)
            os.kill(process.pid, signal.SIGKILL)
            told = process.stdout.read().split()
        said = int(told[-1]) if told else said
        after = open_seat(seat.folder)
        assert len(after.happened) >= said
        for entry in after.happened:
            for kept in entry.documents:
                assert content_of(after, kept)


def test_a_handover_does_not_say_where_the_regime_lies(tmp_path: Path) -> None:
    """A regime of one's own is named by its id; its folder is nobody else's business."""
    from overflight.mission.seat.acts import act
    from overflight.treaty.loader import load_treaty

    folder = tmp_path / "SECRET-FOLDER"
    shutil.copytree(load_treaty("open-skies").folder, folder)
    seat = create(tmp_path / "deu", Mission("M", str(folder), "DEU", "RUS", "observing"))
    notice = {
        "point_of_entry": "UUMB", "arrival_at_point_of_entry": "2021-05-17T09:00:00Z",
        "inspection": {"place": "Kubinka", "begins": "2021-05-17T12:00:00Z"},
        "diplomatic_clearance": "X1", "flight_distance_km": 400,
        "personnel": [{
            "name": "A", "gender": "f", "date_of_birth": "1980-02-03", "place_of_birth": "B",
            "passport_number": "1", "passport_issuer": "DEU", "function": "operator",
        }],
    }  # fmt: skip
    act(seat, "notify", AT, content=notice)
    (file,) = (seat.folder / "outbox").iterdir()
    assert "SECRET" not in file.read_text()
    assert json.loads(file.read_text())["treaty"] == "open-skies"
