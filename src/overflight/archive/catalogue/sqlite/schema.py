"""The tables of the catalogue.

    collections  a collection as it is sent, whose mission it is, and how far its items reach:
                 first and latest start, last finish, longest time, box
    items        what an item is found by; two covering indexes in the order of answers
    bodies       an item as it is sent
    boxes        R*Tree by box and time, of blocks of 8 items that came one after the other and
                 so lie side by side: an eighth of the work, and what a block lets through is
                 tested item by item. Items key // 8 have the boxes key // 16: one, where they do
                 lie side by side, or up to 16

Boxes and times are whole numbers here: an R*Tree of floats has 24 bits, this one 32.
"""

from __future__ import annotations

import sqlite3

BLOCK = 3
"""Bits: an item's key without its last three is its block."""
MOST_BOXES = 4
"""Bits: a box's key without its last four is its block."""
TICK = 2_000_000
"""Microseconds in a unit of the R*Tree's time; 2**31 of them are 136 years."""
MILLENNIUM = 946_684_800_000_000
"""2000-01-01T00:00Z, where the R*Tree's time is 0."""
_MOST = 2**31 - 1

SCHEMA = """
CREATE TABLE IF NOT EXISTS collections (
  id TEXT PRIMARY KEY,
  mission INTEGER NOT NULL,
  items INTEGER NOT NULL,
  first INTEGER,
  latest INTEGER,
  last INTEGER,
  west INTEGER,
  south INTEGER,
  east INTEGER,
  north INTEGER,
  longest INTEGER,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS collections_of_mission ON collections (mission);
CREATE TABLE IF NOT EXISTS items (
  key INTEGER PRIMARY KEY,
  collection TEXT NOT NULL,
  id TEXT NOT NULL,
  start INTEGER NOT NULL,
  finish INTEGER NOT NULL,
  west INTEGER,
  south INTEGER,
  east INTEGER,
  north INTEGER,
  shape BLOB
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS items_by_name ON items (id, collection);
CREATE INDEX IF NOT EXISTS items_by_time
  ON items (start, collection, id, finish, west, east, south, north);
CREATE INDEX IF NOT EXISTS items_by_collection
  ON items (collection, start, id, finish, west, east, south, north);
CREATE TABLE IF NOT EXISTS bodies (
  key INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE IF NOT EXISTS boxes
  USING rtree_i32(key, west, east, south, north, begun, ended);
"""

PAGE_BYTES = 16_384
CACHE = "PRAGMA cache_size = -65536"
"""64 MiB; SQLite's own 2 MiB hold no index of a large catalogue."""
WRITING = (CACHE, "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 4000")
READING = (CACHE, "PRAGMA temp_store = MEMORY", "PRAGMA query_only = ON")


def create(connection: sqlite3.Connection) -> None:
    """Make the tables where they are not there. A new file gets pages that fit items."""
    connection.executescript(f"PRAGMA page_size = {PAGE_BYTES};{SCHEMA}")


def tick(microseconds: int) -> int:
    """The R*Tree's time of an instant, rounded down; what is out of its reach is at its end."""
    return max(-_MOST - 1, min(_MOST, (microseconds - MILLENNIUM) // TICK))
