"""The embedded catalogue: one file of SQLite with an R*Tree and indexes in the order of answers.

In a transaction of one's own: ``schema.create(connection)`` once, then
``writing_on(connection).add(mission, collections, items)``.
"""

from __future__ import annotations

import sqlite3

from overflight.archive.catalogue.sqlite.keeping import SqliteCatalogue
from overflight.archive.catalogue.sqlite.writing import SqliteWriting

__all__ = ["SqliteCatalogue", "SqliteWriting", "writing_on"]


def writing_on(connection: sqlite3.Connection) -> SqliteWriting:
    """Writing within the transaction that is open on a connection."""
    return SqliteWriting(connection)
