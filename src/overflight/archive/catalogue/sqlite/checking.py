"""Whether the tables of the catalogue agree with one another and with the items themselves."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from overflight.archive.catalogue.reading import Row, read_item
from overflight.archive.catalogue.shapes import Box
from overflight.archive.catalogue.sqlite.schema import BLOCK, MOST_BOXES, tick
from overflight.errors import DataError

_MOST = 20

_QUESTIONS = (
    ("SELECT id FROM items i WHERE NOT EXISTS (SELECT 1 FROM bodies b WHERE b.key = i.key)",
     "item {} is listed and not kept"),
    ("SELECT key FROM bodies b WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.key = b.key)",
     "an item is kept and not listed (key {})"),
    (f"SELECT key FROM boxes x WHERE NOT EXISTS (SELECT 1 FROM items i "
        f"WHERE i.key BETWEEN (x.key >> {MOST_BOXES}) << {BLOCK} "
        f"AND ((x.key >> {MOST_BOXES}) << {BLOCK}) + {(1 << BLOCK) - 1})",
     "the index of places has an item that is none (key {})"),
    ("SELECT id FROM items i WHERE NOT EXISTS "
     "(SELECT 1 FROM collections c WHERE c.id = i.collection)", "item {} has no collection"),
    ("SELECT id FROM collections c WHERE (items, first, latest, last) IS NOT (SELECT count(*), "
     "min(start), max(start), max(finish) FROM items i WHERE i.collection = c.id)",
     "collection {} does not know what it has"),
)  # fmt: skip


def problems(run: sqlite3.Connection) -> tuple[str, ...]:
    """In words, at most 20 of a kind."""
    found = [
        f"SQLite: {row[0]}"
        for row in run.execute(f"PRAGMA integrity_check({_MOST})")
        if row[0] != "ok"
    ]
    found += [
        f"the index of places: {row[0]}"
        for row in run.execute("SELECT rtreecheck('boxes')")
        if row[0] != "ok"
    ]
    for sql, words in _QUESTIONS:
        found += [words.format(row[0]) for row in run.execute(f"{sql} LIMIT {_MOST}")]
    return (*found, *_differing(run))


def _differing(run: sqlite3.Connection) -> list[str]:
    """Items whose rows are not what their own JSON says."""
    found: list[str] = []
    places: dict[int, list[tuple[int, ...]]] = {}
    for key, *sides in run.execute("SELECT key, west, south, east, north, begun, ended FROM boxes"):
        places.setdefault(key >> MOST_BOXES, []).append(tuple(sides))
    rows = run.execute(
        "SELECT i.key, i.id, i.collection, i.start, i.finish, i.west, i.south, i.east, i.north, "
        "i.shape, CAST(b.body AS BLOB) FROM items i JOIN bodies b ON b.key = i.key"
    )
    for key, *told, body in rows:
        if len(found) >= _MOST:
            break
        try:
            row = read_item(body)
        except DataError as error:
            found.append(f"item {told[0]}: {error.message}")
            continue
        if told != _told(row):
            found.append(f"item {told[0]} is found by something else than it says")
        if not all(_held(row, box, places.get(key >> BLOCK, [])) for box in row.boxes):
            found.append(f"item {told[0]} is not in the index of places")
    return found


def _told(row: Row) -> list[object]:
    boxes = row.boxes
    sides: list[object] = [None] * 4
    if boxes:
        sides = [
            min(b.west for b in boxes), min(b.south for b in boxes),
            max(b.east for b in boxes), max(b.north for b in boxes),
        ]  # fmt: skip
    return [row.name, row.collection, row.start, row.finish, *sides, row.shape]


def _held(row: Row, box: Box, places: Sequence[tuple[int, ...]]) -> bool:
    """Whether one of the places of its block holds the box and the time of an item."""
    return any(
        west <= box.west and south <= box.south and east >= box.east and north >= box.north
        and begun <= tick(row.start) and ended >= tick(row.finish)
        for west, south, east, north, begun, ended in places
    )  # fmt: skip
