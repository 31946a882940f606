"""Collections and items into the tables, within a transaction that is open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from overflight.archive.catalogue.reading import Row, read_collection, read_item
from overflight.archive.catalogue.shapes import Box
from overflight.archive.catalogue.sqlite.schema import BLOCK, CACHE, MOST_BOXES, tick
from overflight.errors import DataError

_BATCH = 512
_SPREAD = 4
"""How much longer, west to east and south to north, the box of many is than that of one."""
_SMALL = 1_000_000
"""A tenth of a degree: what is closer together than this times four is always one box."""
_INSERT_ITEM = "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_BOX = "INSERT INTO boxes VALUES (?, ?, ?, ?, ?, ?, ?)"
_INSERT_BODY = "INSERT INTO bodies VALUES (?, ?)"
_EXTENT = """
UPDATE collections SET (items, first, latest, last, longest, west, south, east, north) = (
  SELECT count(*), min(start), max(start), max(finish), max(finish - start),
    min(west), min(south), max(east), max(north)
  FROM items WHERE collection = collections.id
) WHERE mission = ?
"""


class SqliteWriting:
    """Writing on a connection whose transaction somebody else began and will end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, mission: int, collections: Sequence[bytes], items: Iterable[bytes]) -> int:
        """See protocol.Writing."""
        run = self._connection
        run.execute(CACHE)
        for body in collections:
            self._keep_collection(mission, body)
        mine = {
            name: bool(count)
            for name, count in run.execute(
                "SELECT id, items FROM collections WHERE mission = ?", (mission,)
            )
        }
        last = int(run.execute("SELECT coalesce(max(key), 0) FROM items").fetchone()[0])
        key = (((last >> BLOCK) + 1) << BLOCK) - 1
        seen: set[tuple[str, str]] = set()
        batch: list[tuple[int, Row]] = []
        for body in items:
            row = read_item(body)
            name = (row.collection, row.name)
            if row.collection not in mine:
                raise DataError(
                    f"item {row.name} is of collection {row.collection}, which is none of its "
                    "mission's",
                    remedy="Give the collection with the items.",
                )
            if name in seen:
                raise DataError(f"item {row.name} is there twice", remedy="Name each item once.")
            seen.add(name)
            if mine[row.collection]:
                self._drop_item(*name)
            key += 1
            batch.append((key, row))
            if len(batch) == _BATCH:
                self._insert(batch)
                batch = []
        self._insert(batch)
        run.execute(_EXTENT, (mission,))
        return len(seen)

    def remove(self, mission: int) -> None:
        """See protocol.Writing."""
        of_mission = "collection IN (SELECT id FROM collections WHERE mission = ?)"
        keys = f"SELECT key FROM items WHERE {of_mission}"
        run = self._connection
        run.execute(f"DELETE FROM bodies WHERE key IN ({keys})", (mission,))
        for box in range(1 << MOST_BOXES):
            run.execute(
                f"DELETE FROM boxes WHERE key IN (SELECT DISTINCT ((key >> {BLOCK}) << "
                f"{MOST_BOXES}) + {box} FROM items WHERE {of_mission})",
                (mission,),
            )
        run.execute(f"DELETE FROM items WHERE {of_mission}", (mission,))
        run.execute("DELETE FROM collections WHERE mission = ?", (mission,))

    def _keep_collection(self, mission: int, body: bytes) -> None:
        name = read_collection(body)
        kept = self._connection.execute(
            "SELECT mission FROM collections WHERE id = ?", (name,)
        ).fetchone()
        if kept is not None and kept[0] != mission:
            raise DataError(f"collection {name} is another mission's", remedy="Give it another id.")
        self._connection.execute(
            "INSERT INTO collections (id, mission, items, body) VALUES (?, ?, 0, ?) "
            "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (name, mission, body.decode()),
        )

    def _drop_item(self, collection: str, name: str) -> None:
        run = self._connection
        found = run.execute(
            "SELECT key FROM items WHERE id = ? AND collection = ?", (name, collection)
        ).fetchone()
        if found is None:
            return
        run.execute("DELETE FROM bodies WHERE key = ?", found)
        run.execute("DELETE FROM items WHERE key = ?", found)
        block = found[0] >> BLOCK
        first = block << BLOCK
        left = run.execute(
            "SELECT 1 FROM items WHERE key BETWEEN ? AND ?", (first, first + (1 << BLOCK) - 1)
        ).fetchone()
        if left is None:
            boxes = range(block << MOST_BOXES, (block + 1) << MOST_BOXES)
            run.executemany("DELETE FROM boxes WHERE key = ?", [(box,) for box in boxes])

    def _insert(self, batch: Sequence[tuple[int, Row]]) -> None:
        run = self._connection
        run.executemany(_INSERT_ITEM, [_item_values(key, row) for key, row in batch])
        run.executemany(_INSERT_BODY, [(key, row.body.decode()) for key, row in batch])
        size = 1 << BLOCK
        blocks = (batch[at : at + size] for at in range(0, len(batch), size))
        run.executemany(_INSERT_BOX, [box for block in blocks for box in _box_values(block)])


def _item_values(key: int, row: Row) -> tuple[object, ...]:
    boxes = row.boxes
    sides: tuple[int | None, ...] = (None, None, None, None)
    if boxes:
        sides = (
            min(box.west for box in boxes), min(box.south for box in boxes),
            max(box.east for box in boxes), max(box.north for box in boxes),
        )  # fmt: skip
    return (key, row.collection, row.name, row.start, row.finish, *sides, row.shape)


def _box_values(block: Sequence[tuple[int, Row]]) -> list[tuple[int, ...]]:
    """The boxes of the items of one block: as few as do not become much longer for it."""
    boxes = [box for _, row in block for box in row.boxes]
    if not boxes:
        return []
    first = (block[0][0] >> BLOCK) << MOST_BOXES
    begun = tick(min(row.start for _, row in block))
    ended = tick(max(row.finish for _, row in block))
    return [
        (first + at, box.west, box.east, box.south, box.north, begun, ended)
        for at, box in enumerate(_merged(boxes))
    ]


def _merged(boxes: Sequence[Box]) -> list[Box]:
    found = [boxes[0]]
    for box in boxes[1:]:
        last = found[-1]
        west, south = min(last.west, box.west), min(last.south, box.south)
        east, north = max(last.east, box.east), max(last.north, box.north)
        longest = max(box.east - box.west + box.north - box.south, _SMALL)
        if east - west + north - south <= _SPREAD * longest:
            found[-1] = Box(west, south, east, north)
        else:
            found.append(box)
    return found
