"""What one seat hands to the other: one file for each thing done, and nothing of the rest.

A handover holds the move, its moment, what it says, and its documents whole. It is made from an
entry of the log and that entry's documents only; the private part of a folder is never read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overflight.errors import DataError, EvidenceError
from overflight.files import write_atomic
from overflight.formats.schema import validate
from overflight.formats.times import read_time, write_time
from overflight.mission.seat.folder import OUTBOX, Happened, Mission, Seat, content_of
from overflight.treaty.loader import load_treaty

HANDOVER_VERSION = 1


@dataclass(frozen=True, slots=True)
class Handover:
    """A handover as it was read: documents are (type, ending, content)."""

    move: str
    at: dt.datetime
    by: str
    facts: Mapping[str, str]
    documents: tuple[tuple[str, str, bytes], ...]


def name_of(entry: Happened) -> str:
    return f"{entry.number:03d}-{entry.move}.json"


def fill_outbox(seat: Seat) -> None:
    """Every own entry has its file in the outbox; one that a crash kept from it gets it now."""
    for entry in seat.happened:
        file = seat.folder / OUTBOX / name_of(entry)
        if not entry.received and not file.exists():
            write_atomic(file, handover_bytes(seat, entry))


def handover_bytes(seat: Seat, entry: Happened) -> bytes:
    """The file for the other seat. The same entry gives the same bytes."""
    mission = seat.mission
    document = {
        "kind": "mission-handover",
        "version": HANDOVER_VERSION,
        "mission": mission.id,
        "treaty": load_treaty(mission.treaty).id,  # not the folder that it lies in here
        "observing": mission.observing,
        "observed": mission.observed,
        "from": mission.seat,
        "marks": list(mission.marks),
        "move": entry.move,
        "at": write_time(entry.at),
        "by": entry.by,
        "facts": dict(entry.facts),
        "documents": [
            {
                "type": kept.type,
                "ending": Path(kept.file).suffix.removeprefix("."),
                "sha256": kept.sha256,
                "text": content_of(seat, kept).decode("utf-8"),
            }
            for kept in entry.documents
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def read_handover(document: Any, mission: Mission, *, file: str | None = None) -> Handover:
    """What the other seat handed over.

    Raises DataError for a file of another mission, from the wrong side, or with other marks, and
    EvidenceError for a document that is not the one its digest names.
    """
    validate(document, "mission-handover", file=file)
    for name, ours in (
        ("mission", mission.id),
        ("treaty", load_treaty(mission.treaty).id),
        ("observing", mission.observing),
        ("observed", mission.observed),
    ):
        if document[name] != ours:
            raise DataError(
                f"the handover is for {name} {document[name]!r}; this is {ours!r}",
                file=file,
                remedy="Receive it in the folder of its own mission.",
            )
    if document["from"] != mission.other:
        raise DataError(
            f"the handover comes from the {document['from']} side, which sits here",
            file=file,
            remedy="Receive what the other side put into its outbox.",
        )
    if tuple(document["marks"]) != mission.marks:
        said = ", ".join(document["marks"]) or "no mark"
        raise DataError(
            f"the handover bears {said}, this mission {', '.join(mission.marks) or 'no mark'}",
            file=file,
            remedy="A mark cannot be added or lost on the way: make both folders with the same.",
        )
    documents = []
    for part in document["documents"]:
        content = part["text"].encode("utf-8")
        if hashlib.sha256(content).hexdigest() != part["sha256"]:
            raise EvidenceError(
                f"the {part['type']} in the handover is not the one that its SHA-256 names",
                remedy="Ask the other side for the file again, and compare the digests.",
            )
        documents.append((part["type"], part["ending"], content))
    return Handover(
        document["move"],
        read_time(document["at"], where="/at", file=file),
        document["by"],
        dict(document["facts"]),
        tuple(documents),
    )
