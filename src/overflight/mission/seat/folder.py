"""The folder of a seat on disk.

    seat.json      which mission this is, and which side sits here; never changes
    log.jsonl      what happened, in order (overflight.logs): the one source of the mission's state
    documents/     every document sent or received, numbered like its entry in the log
    outbox/        what to hand over to the other side: one file for each thing done
    private/       working plans, own sites, notes: nothing here is ever read to write a document

A document is on disk before the log names it with its SHA-256. A crash in between leaves a file
that no entry names; it is passed over, and its number is used again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from overflight.errors import DataError
from overflight.files import read_bounded, write_atomic
from overflight.formats.strict_json import load_json
from overflight.formats.times import read_time, write_time
from overflight.logs import append, read_log, sole_writer

SEAT_VERSION = 1
SEAT, LOG, DOCUMENTS, OUTBOX, PRIVATE = (
    "seat.json", "log.jsonl", "documents", "outbox", "private",
)  # fmt: skip
SEATS = ("observing", "observed")


@dataclass(frozen=True, slots=True)
class Mission:
    """Which mission: its treaty, the two sides, what each document of it must say.

    ``id`` is what both sides call it. ``readings`` are those chosen; ``marks`` (EXERCISE,
    SIMULATED) stand on every document. ``seat`` is the side that sits here.
    """

    id: str
    treaty: str
    observing: str
    observed: str
    seat: str
    readings: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The State or group that sits here."""
        return self.observing if self.seat == "observing" else self.observed

    @property
    def other(self) -> str:
        return "observed" if self.seat == "observing" else "observing"


@dataclass(frozen=True, slots=True)
class Kept:
    """A document of the mission: what it is, where it lies in the folder, its SHA-256."""

    type: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of the log: a move, when, by whom, what was said, and its documents.

    ``received`` tells that the other side did it and handed over the document.
    """

    number: int
    move: str
    at: dt.datetime
    by: str
    facts: Mapping[str, Any]
    documents: tuple[Kept, ...]
    received: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """The folder as it was read: ``torn`` is an unfinished entry that a crash left."""

    folder: Path
    mission: Mission
    happened: tuple[Happened, ...]
    torn: bytes = b""

    @property
    def private(self) -> Path:
        return self.folder / PRIVATE

    def document(self, type_: str) -> Kept | None:
        """The newest document of a type; None where there is none yet."""
        for entry in reversed(self.happened):
            for kept in entry.documents:
                if kept.type == type_:
                    return kept
        return None


def create(folder: Path, mission: Mission) -> Seat:
    """A new folder for one side. Raises DataError if there is one already."""
    if mission.seat not in SEATS:
        raise DataError(
            f"{mission.seat!r} is no seat", remedy=f"Choose one of {' or '.join(SEATS)}."
        )
    if (folder / SEAT).exists():
        raise DataError(
            "there is a mission in this folder already",
            file=folder,
            remedy="Name another folder; a seat is never overwritten.",
        )
    if folder.exists() and any(folder.iterdir()):
        raise DataError(
            "the folder is not empty", file=folder, remedy="Name a new or an empty folder."
        )
    for name in (DOCUMENTS, OUTBOX, PRIVATE):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / PRIVATE).chmod(0o700)
    written = {
        "kind": "mission-seat",
        "version": SEAT_VERSION,
        "id": mission.id,
        "treaty": mission.treaty,
        "observing": mission.observing,
        "observed": mission.observed,
        "seat": mission.seat,
        "readings": dict(mission.readings),
        "marks": list(mission.marks),
    }
    write_atomic(folder / SEAT, json.dumps(written, ensure_ascii=False, indent=2) + "\n")
    return Seat(folder, mission, ())


def open_seat(folder: Path) -> Seat:
    """Read a folder. Raises DataError, with file and line, for one that is not whole."""
    from overflight.formats.schema import validate

    file = folder / SEAT
    if not file.exists():
        raise DataError(
            "there is no mission in this folder",
            file=folder,
            remedy="Make one with 'overflight mission new', or name the folder of seat.json.",
        )
    document = load_json(read_bounded(file), str(file))
    validate(document, "mission-seat", file=file)
    mission = Mission(
        document["id"],
        document["treaty"],
        document["observing"],
        document["observed"],
        document["seat"],
        dict(document["readings"]),
        tuple(document["marks"]),
    )
    log = read_log(folder / LOG)
    happened = tuple(
        _happened(number, record, folder / LOG) for number, record in enumerate(log.records, 1)
    )
    _refuse_lost(folder, len(happened))
    return Seat(folder, mission, happened, log.torn)


def _refuse_lost(folder: Path, entries: int) -> None:
    """What was handed over was in the log before: a log that ends earlier has lost entries."""
    last = max((p.name for p in (folder / OUTBOX).glob("[0-9][0-9][0-9]-*.json")), default="000")
    if int(last[:3]) > entries:
        raise DataError(
            f"the log has {entries} entries, and {last} was handed over: entries are missing",
            file=folder / LOG,
            remedy="Put back a copy of the file; take files that are not yours out of the outbox.",
        )


def record(
    seat: Seat,
    move: str,
    at: dt.datetime,
    by: str,
    *,
    facts: Mapping[str, Any] | None = None,
    documents: Sequence[tuple[str, str, bytes]] = (),
    received: bool = False,
) -> Seat:
    """Write what happened, and return the folder as it is then.

    ``documents`` are (type, ending of the file's name, content). When this returns, all of it is on
    disk. Raises DataError if the log was written to since ``seat`` was read.
    """
    seen = len(seat.happened)
    kept = []
    with sole_writer(seat.folder / LOG, seen=seen):  # or a rival would put its documents over ours
        for place, (type_, ending, content) in enumerate(documents):
            suffix = f"-{place + 1}" if place else ""
            name = f"{seen + 1:03d}{suffix}-{type_}.{ending}"
            write_atomic(seat.folder / DOCUMENTS / name, content)
            kept.append(Kept(type_, f"{DOCUMENTS}/{name}", hashlib.sha256(content).hexdigest()))
        entry = {
            "at": write_time(at),
            "move": move,
            "by": by,
            "received": received,
            "facts": dict(facts or {}),
            "documents": [{"type": k.type, "file": k.file, "sha256": k.sha256} for k in kept],
        }
        append(seat.folder / LOG, entry, seen=seen)
    return open_seat(seat.folder)


def content_of(seat: Seat, kept: Kept) -> bytes:
    """The bytes of a document, held against the digest in the log. DataError if they differ."""
    file = seat.folder / kept.file
    content = read_bounded(file)
    if hashlib.sha256(content).hexdigest() != kept.sha256:
        raise DataError(
            "the document is not the one that the log names: its SHA-256 differs",
            file=file,
            remedy="Put back the file as it was; the other side's copy has the same digest.",
        )
    return content


def known_digests(seat: Seat) -> Mapping[str, int]:
    """SHA-256 of every document of the log -> number of its entry."""
    return {kept.sha256: entry.number for entry in seat.happened for kept in entry.documents}


def _happened(number: int, record: Mapping[str, Any], file: Path) -> Happened:
    try:
        documents = tuple(Kept(d["type"], d["file"], d["sha256"]) for d in record["documents"])
        for kept in documents:
            if Path(kept.file).parts[:1] != (DOCUMENTS,) or len(Path(kept.file).parts) != 2:
                raise ValueError(kept.file)
        return Happened(
            number,
            record["move"],
            read_time(record["at"], where="at", file=file, line=number),
            record["by"],
            dict(record["facts"]),
            documents,
            bool(record["received"]),
        )
    except (KeyError, TypeError, ValueError):
        raise DataError(
            "this entry is not one of a mission",
            file=file,
            line=number,
            remedy="The log was changed by hand or damaged: put back a copy of the file.",
        ) from None
