"""Searches in an order that no index has, searches for ids, and counting."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from overflight.archive.catalogue.ordering import TIME
from overflight.archive.catalogue.protocol import Sort
from overflight.archive.catalogue.queryables import TEXT
from overflight.archive.catalogue.sqlite.parts import (
    Condition,
    Parameter,
    kind_of,
    property_of,
)
from overflight.archive.catalogue.sqlite.schema import MOST_BOXES
from overflight.archive.catalogue.sqlite.searching import (
    Plan,
    Row,
    bodies,
    conditions,
    exact,
    joined,
    of_block,
)
from overflight.archive.catalogue.tokens import Value

_FETCH = 256
_FEW = 4_000
"""Blocks."""
_ROW = "i.key, i.start, i.collection, i.id, i.west, i.south, i.east, i.north"

Sorted = tuple[Row, tuple[Value, ...]]
"""A row, and the values that it is sorted by."""


def found(
    run: sqlite3.Connection,
    plan: Plan,
    order: Sequence[Sort],
    want: int,
    *,
    ids: Sequence[str] | None = None,
    beyond: Sequence[Value] | None = None,
) -> list[Sorted]:
    """The first ``want`` rows in ``order``, after the values ``beyond``."""
    if not plan.chosen.names or want <= 0:
        return []
    fields = [_field(one) for one in order]
    parts = [*conditions(plan), *_ids(ids)]
    if beyond is not None:
        parts.append(_after(fields, order, beyond))
    source = _source(plan, [*parts, *fields], ids)
    placed = _placed(run, plan) if ids is None else None
    if placed is not None:
        source = f"FROM {placed.sql}{bodies([*parts, *fields])}"
    else:
        parts.append(_bounds(plan))
    where, values = joined(parts)
    by = ", ".join(
        f"{at + 9} {'DESC NULLS FIRST' if one.descending else 'ASC NULLS LAST'}"
        for at, one in enumerate(order)
    )
    columns = ", ".join((_ROW, *(field.sql for field in fields)))
    cursor = run.execute(
        f"SELECT {columns} {source} WHERE {where} ORDER BY {by}",
        [
            *(v for field in fields for v in field.parameters),
            *(placed.parameters if placed is not None else ()),
            *values,
        ],
    )
    rows: list[Sorted] = []
    while len(rows) < want and (batch := cursor.fetchmany(_FETCH)):
        kept = {row[0] for row in exact(run, plan.shape, [row[:8] for row in batch])}
        rows += [(row[:8], tuple(row[8:])) for row in batch if row[0] in kept]
    return rows[:want]


def count(run: sqlite3.Connection, plan: Plan, ids: Sequence[str] | None = None) -> int:
    """How many there are, on all pages together (``plan.beyond`` is not looked at)."""
    if not plan.chosen.names:
        return 0
    parts = [*conditions(plan), *_ids(ids), _bounds(plan)]
    source = _source(plan, parts, ids)
    placed = _placed(run, plan) if ids is None else None
    if placed is not None:
        source, parts = f"FROM {placed.sql}{bodies(parts)}", parts[:-1]
    where, values = joined(parts)
    values = [*(placed.parameters if placed is not None else ()), *values]
    if plan.shape is None:
        return int(run.execute(f"SELECT count(*) {source} WHERE {where}", values).fetchone()[0])
    inside = " OR ".join(
        "(i.west >= ? AND i.east <= ? AND i.south >= ? AND i.north <= ?)" for _ in plan.shape.inner
    )
    sides = [v for b in plan.shape.inner for v in (b.west, b.east, b.south, b.north)]
    surely = 0
    if inside:
        sql = f"SELECT count(*) {source} WHERE {where} AND ({inside})"
        surely = int(run.execute(sql, [*values, *sides]).fetchone()[0])
        where, values = f"{where} AND NOT ({inside})", [*values, *sides]
    cursor = run.execute(f"SELECT {_ROW} {source} WHERE {where}", values)
    while batch := cursor.fetchmany(_FETCH):
        surely += len(exact(run, plan.shape, batch))
    return surely


def _source(plan: Plan, parts: Sequence[Condition], ids: Sequence[str] | None) -> str:
    """The index that leaves least to look at. SQLite has no statistics to choose it by."""
    if ids is not None:
        return f"FROM items i INDEXED BY items_by_name{bodies(parts)}"
    few = 20 * len(plan.chosen.names) < plan.chosen.items
    if not plan.chosen.all and few:
        return f"FROM items i INDEXED BY items_by_collection{bodies(parts)}"
    return f"FROM items i INDEXED BY items_by_time{bodies(parts)}"


def _placed(run: sqlite3.Connection, plan: Plan) -> Condition | None:
    """What to select from, by the R*Tree, where it has little for the place; None where a scan
    is as cheap."""
    if plan.shape is None:
        return None
    one = "x.west <= ? AND x.east >= ? AND x.south <= ? AND x.north >= ?"
    sides = tuple(v for b in plan.shape.boxes for v in (b.east, b.west, b.north, b.south))
    union = " UNION ALL ".join(f"SELECT x.key FROM boxes x WHERE {one}" for _ in plan.shape.boxes)
    count = f"SELECT count(*) FROM ({union} LIMIT {_FEW + 1})"
    if run.execute(count, sides).fetchone()[0] > _FEW:
        return None
    blocks = f"(SELECT DISTINCT key >> {MOST_BOXES} << {MOST_BOXES} AS key FROM ({union})) p"
    return Condition(f"{blocks} CROSS JOIN {of_block('p.key')}", sides)


def _bounds(plan: Plan) -> Condition:
    return Condition("i.start BETWEEN ? AND ?", (plan.chosen.low, plan.chosen.high))


def _ids(ids: Sequence[str] | None) -> list[Condition]:
    if ids is None:
        return []
    return [Condition("i.id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),))]


def _field(one: Sort) -> Condition:
    kind = kind_of(one.field)
    found = property_of(one.field, kind or TEXT)
    return Condition("i.start") if one.field == TIME else found


def _after(
    fields: Sequence[Condition], order: Sequence[Sort], values: Sequence[Value]
) -> Condition:
    """Only what comes after these values. NULL is the largest of all, as in PostgreSQL."""
    ways: list[str] = []
    told: list[Parameter] = []
    same: list[str] = []
    before: list[Parameter] = []
    for field, one, value in zip(fields, order, values, strict=True):
        sign = "<" if one.descending else ">"
        here: list[Parameter] = list(field.parameters)
        way = ""
        if value is None:
            way = f"{field.sql} IS NOT NULL" if one.descending else ""
        elif one.descending:
            way, here = f"{field.sql} < ?", [*here, value]
        else:
            way = f"({field.sql} {sign} ? OR {field.sql} IS NULL)"
            here = [*here, value, *field.parameters]
        if way:
            ways.append(" AND ".join((*same, way)))
            told += [*before, *here]
        same.append(f"{field.sql} IS ?")
        before += [*field.parameters, value]
    return Condition("(" + " OR ".join(f"({way})" for way in ways) + ")", tuple(told))
