"""Coverage-guided fuzzing of what reads foreign bytes about a log. Needs atheris.

    python tests/torture/fuzz_log.py [-max_total_time=900] [CORPUS]

The first byte chooses the reader. Nothing but a Refused may come out of any, and what is read and
written again is what came in. ``seeds`` puts one sound document of each kind into a folder.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

with atheris.instrument_imports(include=["overflight"]):
    from overflight.errors import DataError
    from overflight.record.log.audit import audit
    from overflight.record.log.checkpoints import read_checkpoint
    from overflight.record.log.comparing import FORKED, compare, view_of
    from overflight.record.log.entries import pack, read_entry, unpack, write_entry
    from overflight.record.log.journal import NAME, read_journal
    from overflight.record.log.keeping import ABOUT, CHECKPOINT, read_about
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
    from overflight.record.log.proving import consistency as prove_consistency
    from overflight.record.log.proving import inclusion as prove_inclusion
    from overflight.record.log.reading import TileFolder
    from overflight.record.log.tiles import ENTRIES, Place, read_place
    from overflight.record.log.trust import judge_checkpoint
    from overflight.record.log.verdict import check
    from overflight.record.log.witness import last_seen, state_file
    from overflight.record.refused import Refused

from logkeeping import NOW, ORIGIN, House, entries

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-log-"))
SIZE = 300


def note(data: bytes) -> None:
    assert read_note(data, "fuzz").data == data


def checkpoint(data: bytes) -> None:
    found = read_checkpoint(data, "fuzz")
    assert found.data == data and found.checkpoint.text == found.note.text
    _, problems = judge_checkpoint(found, TRUST, NOW)
    assert problems or found.note.text == SAMPLES["checkpoint"].split(b"\n\n")[0] + b"\n"


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
    text = data.decode("utf-8", "replace")
    assert read_vkey(text).vkey == text


def journal(data: bytes) -> None:
    (FOLDER / NAME).write_bytes(data)
    read_journal(FOLDER)


def entry(data: bytes) -> None:
    assert write_entry(read_entry(data, "fuzz")) == data


def about(data: bytes) -> None:
    (FOLDER / ABOUT).write_bytes(data)
    with suppress(DataError):
        read_about(FOLDER)


def state(data: bytes) -> None:
    """What a witness has of the log, changed under its hands."""
    state_file(FOLDER, ORIGIN).write_bytes(data)
    found = last_seen(FOLDER, ORIGIN)
    assert found is None or found.checkpoint.origin == ORIGIN


def tile(data: bytes) -> None:
    """The bytes in the place of one file of a sound log: named, unless they are what was there."""
    place = PLACES[data[0] % len(PLACES)] if data else PLACES[0]
    with suppress(DataError):
        with changed(place, data[1:]):
            found = audit(TileFolder(LOG), AT)
        assert bool(found.problems) == (data[1:] != FILES[place])


def document(data: bytes) -> None:
    """Whatever may be handed to 'log check': a verdict, whatever it is."""
    (FOLDER / "document").write_bytes(data)
    found = check(FOLDER / "document", TRUST, NOW, before=BEFORE)
    if found.verdict == "intact":
        assert found.origin == ORIGIN


class changed:  # noqa: N801  # read as a function where it is used
    """One file of the log, replaced for a while."""

    def __init__(self, place: str, data: bytes) -> None:
        self.path, self.data, self.sound = LOG / place, data, FILES[place]

    def __enter__(self) -> None:
        self.path.write_bytes(self.data)

    def __exit__(self, *_: object) -> None:
        self.path.write_bytes(self.sound)


READERS: dict[str, Callable[[bytes], object]] = {
    "note": note, "checkpoint": checkpoint, "inclusion": inclusion, "consistency": consistency,
    "fork": fork, "tile-of-entries": tile_of_entries, "path": path, "vkey": vkey,
    "journal": journal, "entry": entry, "lines": lambda data: read_lines(data, "fuzz"),
    "about": about, "state": state, "tile": tile, "document": document,
}  # fmt: skip


def samples(house: House) -> dict[str, bytes]:
    """One sound document of each kind."""
    before = house.grown(200)
    house.grow(SIZE - 200)
    shutil.copy(house.folder / NAME, house.root / NAME)
    house.sign()
    signed = house.witness("BBB")
    (house.folder / CHECKPOINT).write_bytes(signed.data)
    view = view_of(house.folder)
    shutil.copytree(house.folder, house.root / "other")
    (house.root / "first").write_bytes(before.data)
    proof = prove_consistency(before, view)
    other = House(house.root / "again")
    other.table = house.table
    forked = other.grown(SIZE + 1, salt="x")
    two = compare(view_of(other.folder), view, house.trust(), NOW)
    assert two.verdict == FORKED and two.proof is not None and forked
    return {
        "note": signed.data, "checkpoint": signed.data, "inclusion": prove_inclusion(view, 7),
        "consistency": proof, "fork": two.proof,
        "tile-of-entries": bytes([4]) + pack(entries(0, 5)), "path": b"tile/entries/x001/067.p/3",
        "vkey": house.check().signatures[0].vkey.encode(),
        "journal": (house.root / NAME).read_bytes(), "entry": entries(0, 1)[0],
        "lines": signed.data.split(b"\n\n")[1], "about": (house.folder / ABOUT).read_bytes(),
        "state": signed.data, "tile": bytes(1) + signed.data, "document": proof,
    }  # fmt: skip


def seeds(folder: Path) -> None:
    """Write the samples there, each behind the byte that chooses its reader."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(READERS):
        (folder / f"seed-{name}").write_bytes(bytes([number]) + SAMPLES[name])
    for number, name in enumerate(("checkpoint", "inclusion", "fork")):
        (folder / f"seed-document-{number}").write_bytes(
            bytes([list(READERS).index("document")]) + SAMPLES[name]
        )


HOUSE = House(FOLDER / "house")
SAMPLES = samples(HOUSE)
LOG, TRUST = HOUSE.folder, HOUSE.trust()
BEFORE = read_checkpoint((HOUSE.root / "first").read_bytes(), "first")
AT = view_of(LOG).signed.checkpoint
PLACES = tuple(
    place.path
    for place in (Place(0, 0), Place(0, 1, SIZE - 256), Place(1, 0, 1), Place(ENTRIES, 0),
                  Place(ENTRIES, 1, SIZE - 256))
)  # fmt: skip
FILES = {place: (LOG / place).read_bytes() for place in PLACES}
ORDER = tuple(READERS.values())


def one(data: bytes) -> None:
    if data:
        with suppress(Refused):
            ORDER[data[0] % len(ORDER)](data[1:])


if __name__ == "__main__":
    corpus = [Path(a) for a in sys.argv[1:] if not a.startswith("-")]
    if corpus and not corpus[0].is_file():  # a file is one input, to be run again
        seeds(corpus[0])
    if not corpus:
        seeds(FOLDER / "seeds")
        sys.argv.append(str(FOLDER / "seeds"))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
