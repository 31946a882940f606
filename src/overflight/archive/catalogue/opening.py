"""Which catalogue an archive has: the file in its folder, or a database elsewhere."""

from __future__ import annotations

from pathlib import Path

from overflight.archive.catalogue.protocol import Catalogue
from overflight.errors import DataError

_SCHEMES = ("postgresql://", "postgres://")


def open_catalogue(path: Path, database: str = "", *, new: bool = False) -> Catalogue:
    """The catalogue in ``path``, or in the database of that URL where one is given.

    ``new`` makes its tables where they are not there. DataError for a URL of another kind.
    """
    if not database:
        from overflight.archive.catalogue.sqlite import SqliteCatalogue

        return SqliteCatalogue(path, new=new)
    if not database.startswith(_SCHEMES):
        raise DataError(
            "the database's URL is of no kind that is known",
            remedy="Give postgresql://user@host/name, or leave it out for SQLite.",
        )
    from overflight.archive.catalogue.pgstac import PgstacCatalogue

    return PgstacCatalogue(database, new=new)
