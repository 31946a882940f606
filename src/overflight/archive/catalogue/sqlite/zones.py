"""How far each collection reaches in place and time: most searches leave most of them out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from overflight.archive.catalogue.protocol import Query
from overflight.archive.catalogue.shapes import WORLD, Box

_COLUMNS = (
    "id, mission, items, first, latest, last, longest, coalesce(west, ?1), coalesce(south, ?1), "
    "coalesce(east, ?2), coalesce(north, ?2)"
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Collections that a search can find something in, latest first. ``all``: it is all that the
    catalogue has. ``low``, ``high``: starts of their items that can be found lie between."""

    names: tuple[str, ...]
    latest: tuple[int, ...]
    first: tuple[int, ...]
    items: int
    low: int
    high: int
    all: bool

    def stretches(self) -> Iterator[tuple[int, int]]:
        """First and latest start of what is together in time, latest first."""
        edges = zip(self.first, self.latest, strict=True)
        begun, done = next(edges)
        for first, latest in edges:
            if latest < begun:
                yield begun, done
                begun, done = first, latest
            begun = min(begun, first)
        yield begun, done


class Zones:
    """The reach of all collections, as arrays: int64[n] each, n collections by name."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        import numpy as np

        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM collections WHERE items > 0 ORDER BY id",
            (WORLD.east, WORLD.west),
        ).fetchall()
        self._names: Any = np.array([row[0] for row in rows], dtype=object)
        table = np.array([row[1:] for row in rows], dtype=np.int64).reshape(len(rows), 10)
        (self._mission, self._items, self._first, self._latest, self._last, self._longest,
         self._west, self._south, self._east, self._north) = table.T  # fmt: skip

    def choose(self, query: Query, boxes: Sequence[Box] | None) -> Chosen:
        """Those where the search can find anything at all. ``boxes``: None is everywhere."""
        import numpy as np

        may = np.ones(len(self._names), dtype=bool)
        if query.missions is not None:
            allowed = np.fromiter(query.missions, dtype=np.int64, count=len(query.missions))
            may &= np.isin(self._mission, allowed)
        if query.collections is not None:
            asked = set(query.collections)
            may &= np.fromiter((name in asked for name in self._names), bool, len(self._names))
        start = end = None
        if query.interval is not None:
            start, end = query.interval.start, query.interval.end
        if end is not None:
            may &= self._first <= end
        if start is not None:
            may &= self._last >= start
        if boxes is not None:
            met = np.zeros_like(may)
            for box in boxes:
                met |= (
                    (self._west <= box.east) & (self._east >= box.west)
                    & (self._south <= box.north) & (self._north >= box.south)
                )  # fmt: skip
            may &= met
        at = np.flatnonzero(may)
        if not len(at):
            return Chosen((), (), (), 0, 0, 0, all=False)
        at = at[np.argsort(-self._latest[at], kind="stable")]
        low, high = int(self._first[at].min()), int(self._latest[at[0]])
        if start is not None:
            low = max(low, start - int(self._longest[at].max()))
        return Chosen(
            tuple(self._names[at]),
            tuple(self._latest[at].tolist()),
            tuple(self._first[at].tolist()),
            int(self._items[at].sum()),
            low,
            high if end is None else min(high, end),
            all=len(at) == len(self._names),
        )
