"""Lay a private folder over a regime: what is known to one side and not public.

The overlay is a folder of the same files, any of them, each with any of its rows. Its rows go
before the rows they contradict and are added to the rest; every value they give is marked
private, and the source they name is taken for private whatever it says of itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from overflight.treaty.dated import Span, overlaps, without
from overflight.treaty.rows import Row, Tables
from overflight.treaty.schema import FILES, Table

_ONCE = (
    "signature",
    "ratification",
    "accession",
    "succession",
    "notice-of-withdrawal",
    "withdrawal",
)
"""Events of which a later word on the same State replaces the earlier."""


def table_of(qualified: str) -> Table:
    """The table that "file.toml/name" names."""
    file, name = qualified.split("/")
    return FILES[file][name]


def lay_over(base: Tables, overlay: Tables) -> Tables:
    """The rows of ``base`` with those of ``overlay`` before them. Neither is changed."""
    merged: Tables = {name: list(rows) for name, rows in base.items()}
    for name, rows in overlay.items():
        base_rows = merged.get(name, [])
        if name == "parties.toml/event":
            merged[name] = [*_events_left(base_rows, rows), *rows]
        else:
            merged[name] = merge(table_of(name), base_rows, rows)
    return merged


def is_partial(row: Row, table: Table, base: Iterable[Row]) -> bool:
    """Whether an overlay's row only adds to a row of the base that has the same identity."""
    if not row.private or "from" in table.keys or not table.identity:
        return False
    return any(identity(table, row) == identity(table, other) for other in base)


def identity(table: Table, row: Row) -> tuple[object, ...]:
    """What tells this row from others of its table."""
    return tuple(_plain(row.data.get(name, "")) for name in table.identity)


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def merge(table: Table, base: list[Row], rows: list[Row]) -> list[Row]:
    """The rows of one table with ``rows`` laid over ``base``."""
    if table.single:
        return [_update(base[0], rows[0], table)] if base else rows
    if "from" in table.keys:
        return [*_dated_left(table, base, rows), *rows]
    if not table.identity:
        return [*base, *rows]
    known = {identity(table, row): row for row in base}
    for row in rows:
        key = identity(table, row)
        known[key] = _update(known[key], row, table) if key in known else row
    return list(known.values())


def _update(old: Row, new: Row, table: Table) -> Row:
    """One row out of two; the new row's place is kept, for messages."""
    nested = {name: list(rows) for name, rows in old.nested.items()}
    for name, rows in new.nested.items():
        inner = table.nested.get(name)
        before = nested.get(name, [])
        if inner is not None and "from" not in inner.keys and not inner.identity:
            nested[name] = [*before, *rows]  # a history goes on
        elif inner is not None and inner.identity:
            nested[name] = merge(inner, before, rows)
        else:
            nested[name] = [*_dated_left(None, before, rows), *rows]
    # Only a row whose own keys the overlay changed becomes private; one that it merely gives a
    # further distance keeps its public name and place.
    private = old.private or bool(set(new.data) - set(table.identity))
    return Row({**old.data, **new.data}, new.file, new.path, private, nested)


def _events_left(base: list[Row], rows: list[Row]) -> list[Row]:
    replaced = {
        (row.data.get("state"), row.data.get("kind"))
        for row in rows
        if row.data.get("kind") in _ONCE
    }
    return [row for row in base if (row.data.get("state"), row.data.get("kind")) not in replaced]


def _dated_left(table: Table | None, base: list[Row], rows: list[Row]) -> list[Row]:
    """The base's rows, cut where a row of the overlay for the same thing holds."""
    left = list(base)
    for new in rows:
        kept: list[Row] = []
        for old in left:
            kept.extend(_cut(old, new) if _same(table, old, new) else [old])
        left = kept
    return left


def _same(table: Table | None, old: Row, new: Row) -> bool:
    if table is not None and identity(table, old) != identity(table, new):
        return False
    same_condition = old.data.get("condition", "") == new.data.get("condition", "")
    reading = new.data.get("reading", "")
    # A private value without a reading is what holds, whichever public reading one takes.
    return same_condition and (not reading or reading == old.data.get("reading", ""))


def _cut(old: Row, new: Row) -> list[Row]:
    a, b = span(old.data), span(new.data)
    if a is None or b is None or not overlaps(a, b):
        return [old]
    return [
        replace(old, data={**old.data, "from": first, "until": "open" if last is None else last})
        for first, last in without(a, b)
    ]


def span(data: Mapping[str, object]) -> Span | None:
    """The span of a dated row; None when its dates are not in order."""
    first, last = data.get("from"), data.get("until", "open")
    if not isinstance(first, dt.date):
        return None
    if last == "open":
        return (first, None)
    return (first, last) if isinstance(last, dt.date) and first <= last else None
