"""The catalogue and the tables of missions, opened together and written in one transaction.

Embedded, both are in one file and one commit is all. With a database elsewhere its commit comes
first and the file's last: until the file has the mission nobody may find what belongs to it, and
``checking`` takes out items whose mission never came into being.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from overflight.archive.catalogue.opening import open_catalogue
from overflight.archive.catalogue.protocol import Catalogue, Writing
from overflight.archive.catalogue.sqlite.schema import create
from overflight.archive.catalogue.sqlite.writing import SqliteWriting
from overflight.archive.keeping import missions
from overflight.archive.keeping.database import connect, spoken, transaction
from overflight.archive.keeping.layout import Archive


@dataclass(frozen=True, slots=True)
class Desk:
    """``connection``: to the archive's own file, with missions, seals and files."""

    archive: Archive
    connection: sqlite3.Connection

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction over missions and items; durable on return, undone by any error."""
        if not self.archive.settings.database:
            with transaction(self.connection):
                yield SqliteWriting(self.connection)
            return
        with (
            transaction(self.connection),
            self.catalogue() as catalogue,
            catalogue.writing() as writing,
        ):
            yield writing

    @contextmanager
    def catalogue(self) -> Iterator[Catalogue]:
        """The catalogue, to be read."""
        catalogue = open_catalogue(self.archive.database, self.archive.settings.database)
        try:
            yield catalogue
        finally:
            catalogue.close()


@contextmanager
def at_desk(archive: Archive) -> Iterator[Desk]:
    """The archive's own file, for as long as it is needed."""
    with spoken(archive.database):
        connection = connect(archive.database)
        try:
            yield Desk(archive, connection)
        finally:
            connection.close()


def make_database(archive: Archive) -> None:
    """The file with its tables, empty; durable on return."""
    with spoken(archive.database):
        connection = connect(archive.database, new=True)
        try:
            create(connection)  # before WAL: it sets the size of a page
            missions.create(connection)
            connection.execute("PRAGMA journal_mode = WAL")
        finally:
            connection.close()
