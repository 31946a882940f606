"""What a catalogue is asked and what it answers; kept by SQLite or by pgSTAC alike.

Order and meaning are those of pgSTAC 0.10 in a database of C collation: newest first, then by
collection and id, both descending; a bbox is met by the geometry, not by its box; an instant or
an interval is met by every item whose time overlaps it, ends included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

DEFAULT_LIMIT = 10
MOST_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Interval:
    """Closed, in microseconds since 1970-01-01T00:00Z. None is without end on that side."""

    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Sort:
    """One field to sort by: ``datetime``, ``id``, ``collection`` or a property's name."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """What of an item to send: paths with dots, ``properties.gsd``."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A search. None is "whichever"; an empty tuple or set is "none of them".

    bbox        (west, south, east, north) or with heights, which are not looked at; west may lie
                east of east: then it crosses the antimeridian
    intersects  a GeoJSON geometry; bbox and intersects exclude one another
    filter      CQL2 as JSON (``cql2.read_text`` makes it of CQL2 text)
    token       as a page gave it, for the same search
    missions    the missions that the asker may find
    matched     whether to count all that there are
    """

    collections: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    bbox: tuple[float, ...] | None = None
    intersects: Mapping[str, Any] | None = None
    interval: Interval | None = None
    filter: Mapping[str, Any] | None = None
    sortby: tuple[Sort, ...] = ()
    fields: Fields | None = None
    limit: int = DEFAULT_LIMIT
    token: str = ""
    missions: frozenset[int] | None = None
    matched: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Items as JSON, in order; tokens of the pages beside it ("" where there is none)."""

    items: tuple[bytes, ...]
    next: str = ""
    previous: str = ""
    matched: int | None = None


class Writing(Protocol):
    """One transaction. Nothing of it is there for others until it ends without an error."""

    def add(self, mission: int, collections: Sequence[bytes], items: Iterable[bytes]) -> int:
        """Keep collections and items, each as JSON, under a mission's number. Returns how many
        items there were. What the mission has by the same name is replaced.

        DataError for an item without id, time or one of the mission's collections, for the same
        item twice, and for a collection that another mission has.
        """
        ...

    def remove(self, mission: int) -> None:
        """Take out all collections and items of a mission."""
        ...


class Catalogue(Protocol):
    """Kept collections and items. Every reader says whose eyes it reads for: ``missions`` are
    the missions that the asker may find, None is all of them."""

    def collections(self, missions: frozenset[int] | None) -> tuple[bytes, ...]:
        """The collections that the asker may find, by id."""
        ...

    def collection(self, name: str, missions: frozenset[int] | None) -> bytes | None:
        """One collection; None where there is none that the asker may find."""
        ...

    def item(self, collection: str, name: str, missions: frozenset[int] | None) -> bytes | None:
        """One item; None where there is none that the asker may find."""
        ...

    def mission_of(self, collection: str) -> int | None:
        """The mission that a collection belongs to; None for an unknown one."""
        ...

    def search(self, query: Query) -> Page:
        """One page. DataError for a query that cannot be answered."""
        ...

    def writing(self) -> AbstractContextManager[Writing]:
        """A transaction: committed at the end of ``with``, undone by any error."""
        ...

    def check(self) -> tuple[str, ...]:
        """What is wrong inside the catalogue itself, in words; nothing where all is well."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
