"""An archive held open for many: who asks, what it may have, what was asked and what goes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from overflight.archive.access.book import Book, Known
from overflight.archive.access.journal import Access
from overflight.archive.access.together import Recorder
from overflight.archive.catalogue.opening import open_catalogue
from overflight.archive.keeping import missions as tables
from overflight.archive.keeping.database import opened
from overflight.archive.keeping.layout import Archive
from overflight.archive.keeping.missions import FileRow
from overflight.archive.keeping.stores import objects_of
from overflight.terms.access import FIND
from overflight.web.archive.identity import Identity
from overflight.web.archive.people import Person
from overflight.web.archive.pictures import Gallery


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came in. ``path``: the parts of the path that are names. ``base``: the
    address of the service, without a slash at its end."""

    method: str
    url: str
    base: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    person: Person
    noted: list[str] = field(default_factory=list)
    """The answers that were recorded of it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of an object, to be sent as they lie there."""

    sha256: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out."""

    body: bytes | Piece
    media: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Served:
    """Use from any number of threads; ``close`` it at the end."""

    def __init__(self, archive: Archive, treaty: str | Path | None = None) -> None:
        self.archive = archive
        self.identity = Identity(archive)
        self.book = Book(archive, treaty)
        self.catalogue = open_catalogue(archive.database, archive.settings.database)
        self.objects = objects_of(archive)
        self.gallery = Gallery(archive, self.objects)
        self._recorder = Recorder(archive.access)

    def close(self) -> None:
        """Write what waits to be recorded, and let go of all."""
        self._recorder.close()
        self.gallery.close()
        self.catalogue.close()
        self.book.close()

    def known(self, person: Person) -> Known:
        """What it may have today."""
        return self.book.of(person.asker, moment().date())

    def note(
        self, asked: Asked, level: str, what: str, answer: str, mission: str = "", cite: str = ""
    ) -> Future[object]:
        """Have an access recorded; wait for the future before anything is handed out."""
        who = asked.person
        asked.noted.append(answer)
        access = Access(
            moment(), who.asker.code, level, what, answer, mission, cite, who.asker.purpose,
            who.name,
        )  # fmt: skip
        return self._recorder.note([access])  # type: ignore[return-value]

    def note_finding(self, asked: Asked, known: Known, what: str) -> Future[object]:
        """The same of a search or a look at what the catalogue says."""
        return self.note(asked, FIND, what, "allowed" if known.sight.found else "denied")

    def files_of(self, sha256: str) -> tuple[FileRow, ...]:
        """The files that an object is."""
        with opened(self.archive.database) as connection:
            return tables.files_of(connection, sha256)

    def bundle(self, number: int) -> tuple[str, tuple[str, ...]]:
        """What both sides call a mission, and its marks."""
        for one in self.book.missions():
            if one.id == number:
                return one.bundle, one.marks
        return "", ()


def moment() -> dt.datetime:
    """Now."""
    return dt.datetime.now(dt.UTC)
