"""Coverage-guided fuzzing of what reads foreign bytes about a log. Needs atheris.

    python tests/torture/fuzz_log.py [-max_total_time=900] [CORPUS]

The first byte chooses the reader. Nothing but a Refused may come out of any.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports():
    from overflight.record.log.checkpoints import read_checkpoint
    from overflight.record.log.entries import pack, read_entry, unpack
    from overflight.record.log.journal import NAME, read_journal
    from overflight.record.log.notes import read_lines, read_note, read_vkey
    from overflight.record.log.proofs import (
        consistency_holds,
        fork_holds,
        inclusion_holds,
        read_consistency,
        read_fork,
        read_inclusion,
        write_consistency,
        write_fork,
        write_inclusion,
    )
    from overflight.record.log.tiles import read_place
    from overflight.record.refused import Refused

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-log-"))


def note(data: bytes) -> None:
    assert read_note(data, "fuzz").data == data


def checkpoint(data: bytes) -> None:
    found = read_checkpoint(data, "fuzz")
    assert found.data == data and found.checkpoint.text == found.note.text


def inclusion(data: bytes) -> None:
    found = read_inclusion(data, "fuzz")
    assert write_inclusion(found) == data
    inclusion_holds(found)


def consistency(data: bytes) -> None:
    found = read_consistency(data, "fuzz")
    assert write_consistency(found).strip() == data.strip()
    consistency_holds(found)


def fork(data: bytes) -> None:
    found = read_fork(data, "fuzz")
    assert write_fork(found).strip() == data.strip()
    fork_holds(found)


def tile_of_entries(data: bytes) -> None:
    assert pack(unpack(data[1:], data[0] + 1 if data else 1, "fuzz")) == data[1:]


def path(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    assert read_place(text).path == text


def vkey(data: bytes) -> None:
    read_vkey(data.decode("utf-8", "replace"))


def journal(data: bytes) -> None:
    (FOLDER / NAME).write_bytes(data)
    read_journal(FOLDER)


READERS = (
    note, checkpoint, inclusion, consistency, fork, tile_of_entries, path, vkey, journal,
    lambda data: read_entry(data, "fuzz"), lambda data: read_lines(data, "fuzz"),
)  # fmt: skip


def one(data: bytes) -> None:
    if not data:
        return
    with suppress(Refused):
        READERS[data[0] % len(READERS)](data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
