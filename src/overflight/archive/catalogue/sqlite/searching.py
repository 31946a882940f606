"""The ways in which a search finds its items, each cheap where another is dear.

    by collections  few items can be meant: each collection's own index, latest collection first
    walking         the index of time, newest first, until the page is full
    by boxes        the R*Tree, in slices of time that grow while little is found
    sorted          any other order: everything that can be meant, sorted

A walk is stopped after some thousand items that do not fit, and slices go on from there: a search
of the whole earth ends within the walk, one of a small place within few slices.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from overflight.archive.catalogue.shapes import Box, Shape
from overflight.archive.catalogue.sqlite.parts import Condition, Parameter
from overflight.archive.catalogue.sqlite.schema import BLOCK, MOST_BOXES, tick
from overflight.archive.catalogue.sqlite.zones import Chosen

FEW = 1_000
"""Items in the collections that can be meant, up to which the R*Tree is not worth asking."""
SEVERAL = 300
"""Collections that can be meant, up to which each is asked for its own."""
SLICE = 256
"""Items that a slice may hold, or two pages of them."""
WALK = 4_000
"""Items of any place, up to which a slice that is too full is walked along."""
STEP = 1_000
"""Items of the first part of a walk; each part is four times as long as the one before."""
HOPELESS = 20_000
"""Items that a walk would still look at, by what it found so far, where the R*Tree takes over."""
_COLUMNS = "i.key, i.start, i.collection, i.id, i.west, i.south, i.east, i.north"
_FETCH = 64

Row = tuple[int, int, str, str, int, int, int, int]
"""key, start, collection, id, west, south, east, north"""
Key = tuple[int, str, str]
"""start, collection, id"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to find. ``finish``: no item that ends before; ``beyond``: only what comes after this
    in the order; ``rest``: any other condition."""

    chosen: Chosen
    shape: Shape | None
    finish: int | None
    rest: tuple[Condition, ...]
    descending: bool
    beyond: Key | None

    @property
    def direction(self) -> str:
        return "DESC" if self.descending else "ASC"


def found(run: sqlite3.Connection, plan: Plan, want: int) -> list[Row]:
    """The first ``want`` rows in the order of time, collection and id."""
    if not plan.chosen.names or want <= 0:
        return []
    chosen = plan.chosen
    if chosen.all:
        return _walking(run, plan, want)
    if plan.shape is not None and chosen.items > FEW:
        return _by_boxes(run, plan, want, *_bounds(plan))
    if len(chosen.names) <= SEVERAL:
        return _by_collections(run, plan, want)
    return _walking(run, plan, want)


def conditions(plan: Plan, *, collections: bool = True) -> list[Condition]:
    """All that a row has to fulfil, but for the exact test of its outline.

    The plus signs keep SQLite from taking these bounds of time, which are the widest, for those
    that it looks up in an index.
    """
    chosen = plan.chosen
    made = [Condition("+i.start BETWEEN ? AND ?", (chosen.low, chosen.high))]
    if plan.finish is not None:
        made.append(Condition("i.finish >= ?", (plan.finish,)))
    if plan.beyond is not None:
        sign = "<" if plan.descending else ">"
        made.append(Condition(f"(+i.start, i.collection, i.id) {sign} (?, ?, ?)", plan.beyond))
    if plan.shape is not None:
        made.append(_in_boxes(plan.shape.boxes))
    if collections and not chosen.all:
        made.append(
            Condition(
                "i.collection IN (SELECT value FROM json_each(?))", (json.dumps(chosen.names),)
            )
        )
    return [*made, *plan.rest]


def exact(run: sqlite3.Connection, shape: Shape | None, rows: Sequence[Row]) -> list[Row]:
    """The rows whose outline truly meets the shape, in the same order."""
    if shape is None or not rows:
        return list(rows)
    import shapely

    unsure = [row for row in rows if not _within(row, shape.inner)]
    if not unsure:
        return list(rows)
    blobs = [
        run.execute("SELECT shape FROM items WHERE key = ?", (row[0],)).fetchone()[0]
        for row in unsure
    ]
    meets = shapely.intersects(shapely.from_wkb(blobs), shape.outline)
    out = {row[0] for row, does in zip(unsure, meets, strict=True) if not does}
    return [row for row in rows if row[0] not in out]


def joined(parts: Iterable[Condition]) -> tuple[str, list[Parameter]]:
    """Conditions as one WHERE, with their parameters."""
    kept = list(parts)
    where = " AND ".join(part.sql for part in kept) or "1"
    return where, [value for part in kept for value in part.parameters]


def bodies(parts: Iterable[Condition]) -> str:
    """The join that conditions on an item's content need."""
    needed = any(part.reads_body for part in parts)
    return " CROSS JOIN bodies b ON b.key = i.key" if needed else ""


def of_block(box: str) -> str:
    """The items whose block has a box of this key, to be joined. Without NOT INDEXED, SQLite takes
    the index of time for the better one."""
    first = f"(({box} >> {MOST_BOXES}) << {BLOCK})"
    return f"items i NOT INDEXED ON i.key BETWEEN {first} AND {first} + {(1 << BLOCK) - 1}"


def _in_boxes(boxes: Sequence[Box]) -> Condition:
    one = "i.west <= ? AND i.east >= ? AND i.south <= ? AND i.north >= ?"
    sql = " OR ".join(f"({one})" for _ in boxes)
    return Condition(
        f"({sql})", tuple(v for b in boxes for v in (b.east, b.west, b.north, b.south))
    )


def _within(row: Row, inner: Sequence[Box]) -> bool:
    west, south, east, north = row[4:8]
    return any(
        box.west <= west and east <= box.east and box.south <= south and north <= box.north
        for box in inner
    )


def _batches(cursor: sqlite3.Cursor) -> Iterator[list[Row]]:
    while rows := cursor.fetchmany(_FETCH):
        yield rows


def _by_collections(run: sqlite3.Connection, plan: Plan, want: int) -> list[Row]:
    parts = conditions(plan, collections=False)
    where, values = joined(parts)
    sql = (
        f"SELECT {_COLUMNS} FROM items i INDEXED BY items_by_collection{bodies(parts)} "
        f"WHERE i.collection = ? AND i.start BETWEEN ? AND ? AND {where} "
        f"ORDER BY i.start {plan.direction}, i.id {plan.direction}"
    )
    chosen, bounds = plan.chosen, _bounds(plan)
    reach = list(zip(chosen.latest if plan.descending else chosen.first, chosen.names, strict=True))
    reach.sort(reverse=plan.descending)
    rows: list[Row] = []
    for edge, name in reach:
        if len(rows) >= want and _before(rows[want - 1][1], edge, plan.descending):
            break
        mine: list[Row] = []
        for batch in _batches(run.execute(sql, (name, *bounds, *values))):
            mine += exact(run, plan.shape, batch)
            if len(mine) >= want:
                break
        if mine:
            rows = _ordered(rows + mine, plan.descending)[:want]
    return rows


def _walking(run: sqlite3.Connection, plan: Plan, want: int) -> list[Row]:
    rows: list[Row] = []
    low, high = _bounds(plan)
    step, looked = STEP, 0
    while low <= high:
        edge = _edge(run, low, high, step, plan.descending)
        first, last = (edge, high) if plan.descending else (low, edge)
        rows += _walk(run, plan, want - len(rows), first, last)
        if len(rows) >= want:
            break
        low, high = (low, edge - 1) if plan.descending else (edge + 1, high)
        looked += step
        if plan.shape is not None and looked * (want - len(rows)) > HOPELESS * len(rows):
            return rows + _by_boxes(run, plan, want - len(rows), low, high)
        step *= 4
    return rows


def _walk(run: sqlite3.Connection, plan: Plan, want: int, first: int, last: int) -> list[Row]:
    """Along the index of time from one start to the other, until there are enough."""
    parts = conditions(plan)
    where, values = joined(parts)
    sql = (
        f"SELECT {_COLUMNS} FROM items i INDEXED BY items_by_time{bodies(parts)} "
        f"WHERE i.start BETWEEN ? AND ? AND {where} ORDER BY i.start {plan.direction}, "
        f"i.collection {plan.direction}, i.id {plan.direction}"
    )
    rows: list[Row] = []
    for batch in _batches(run.execute(sql, (first, last, *values))):
        rows += exact(run, plan.shape, batch)
        if len(rows) >= want:
            return rows[:want]
    return rows


def _bounds(plan: Plan) -> tuple[int, int]:
    """First and last start that can still come, on the page that is asked for."""
    low, high = plan.chosen.low, plan.chosen.high
    if plan.beyond is None:
        return low, high
    if plan.descending:
        return low, min(high, plan.beyond[0])
    return max(low, plan.beyond[0]), high


def _reaches(run: sqlite3.Connection, plan: Plan, low: int, high: int) -> bool:
    """Whether there are more items of any place between two starts than one walks along."""
    edge = _edge(run, low, high, WALK, plan.descending)
    return edge != (low if plan.descending else high)


def _edge(run: sqlite3.Connection, low: int, high: int, step: int, descending: bool) -> int:
    """The start of the item that lies ``step`` items away, or the end of what there is."""
    order = "DESC" if descending else "ASC"
    row = run.execute(
        "SELECT start FROM items INDEXED BY items_by_time WHERE start BETWEEN ? AND ? "
        f"ORDER BY start {order} LIMIT 1 OFFSET ?",
        (low, high, step),
    ).fetchone()
    if row is None:
        return low if descending else high
    return int(row[0])


def _by_boxes(run: sqlite3.Connection, plan: Plan, want: int, low: int, high: int) -> list[Row]:
    """Slices of the R*Tree, from one end of the time that is left to the other: one for whatever
    is together in time, and parts of it where that holds more than a few pages."""
    rows: list[Row] = []
    stretches = list(plan.chosen.stretches())
    for begun, done in stretches if plan.descending else reversed(stretches):
        first, last = max(begun, low), min(done, high)
        if first <= last and len(rows) < want:
            rows += _stretch(run, plan, want - len(rows), first, last)
    return rows[:want]


def _stretch(run: sqlite3.Connection, plan: Plan, want: int, first: int, last: int) -> list[Row]:
    """One stretch of time, by halving what is too full: where what came of it fills the page, or
    in the middle. What has few items of any place is walked along."""
    rows: list[Row] = []
    most = max(SLICE, 2 * want)
    here, end = (last, first) if plan.descending else (first, last)
    full: int | None = None  # from here to there are more than ``most``
    edge = end
    while len(rows) < want and (here >= end if plan.descending else here <= end):
        part = (edge, here) if plan.descending else (here, edge)
        met = _slice(run, plan, *part, most)
        if len(met) > most and edge != here and _reaches(run, plan, *part):
            full = edge
            guess = _ordered(met, plan.descending)[want][1]
            nearer = 10 * abs(guess - here) < 9 * abs(edge - here)
            middle = (edge + here) // 2
            edge = guess if nearer else middle if middle != edge else here
            continue
        if len(met) > most:
            rows += _walk(run, plan, want - len(rows), *part)
        for batch in _cut(_ordered(met, plan.descending) if len(met) <= most else []):
            rows += exact(run, plan.shape, batch)
        here = edge - 1 if plan.descending else edge + 1
        if full is None or (here <= full if plan.descending else here >= full):
            full, edge = None, end
        else:
            edge = (here + full) // 2
    return rows


def _slice(run: sqlite3.Connection, plan: Plan, first: int, last: int, most: int) -> list[Row]:
    """What the R*Tree has of the plan between two starts, in no order: all of it, or if that are
    more than ``most`` any of them, one more than that."""
    assert plan.shape is not None
    parts = conditions(plan)
    where, values = joined(parts)
    sql = (
        f"SELECT {_COLUMNS} FROM boxes x CROSS JOIN {of_block('x.key')}{bodies(parts)} "
        "WHERE x.west <= ? AND x.east >= ? AND x.south <= ? AND x.north >= ? "
        "AND x.begun <= ? AND x.ended >= ? "
        f"AND i.start BETWEEN ? AND ? AND {where}"
    )
    ended = tick(first if plan.finish is None else max(first, plan.finish))
    met: dict[int, Row] = {}  # an item whose block has many boxes comes more than once
    for box in plan.shape.boxes:
        place = (box.east, box.west, box.north, box.south, tick(last), ended)
        for row in run.execute(sql, (*place, first, last, *values)):
            met[row[0]] = row
            if len(met) > most:
                return list(met.values())
    return list(met.values())


def _cut(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for at in range(0, len(rows), _FETCH):
        yield rows[at : at + _FETCH]


def _ordered(rows: Iterable[Row], descending: bool) -> list[Row]:
    return sorted(rows, key=lambda row: row[1:4], reverse=descending)


def _before(start: int, edge: int, descending: bool) -> bool:
    """Whether an item of that start comes before everything from the edge on."""
    return start > edge if descending else start < edge
