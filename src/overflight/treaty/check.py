"""Hold a row against its table: keys, types, dates, units. Every mistake is reported."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard

from overflight.treaty.problems import Problem, did_you_mean
from overflight.treaty.rows import Row
from overflight.treaty.schema import LIMIT, Key, Table

_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")
_CODE = re.compile(r"^[A-Z][A-Z0-9]{1,7}$")
_ICAO = re.compile(r"^[A-Z][A-Z0-9]{3}$")
_READING = re.compile(r"^[a-z0-9-]+=[a-z0-9-]+$")


def check_row(row: Row, table: Table, *, partial: bool = False) -> Iterator[Problem]:
    """The mistakes in one row and in the rows nested in it.

    ``partial`` rows (an overlay's, laid over a row that has the rest) need not be complete.
    """
    yield from _missing(row, table, partial)
    for name, value in row.data.items():
        key = table.keys.get(name)
        if key is not None:
            yield from _check_value(row, name, value, key)
        elif not table.free:
            yield from _unknown_key(row, name, value, table)
    yield from _check_dates(row, table)
    if table.value:
        yield from _check_held_value(row, table, partial)
    for name, rows in row.nested.items():
        inner = table.nested.get(name, LIMIT)
        for child in rows:
            yield from check_row(child, inner)


def _missing(row: Row, table: Table, partial: bool) -> Iterator[Problem]:
    needed = set(table.identity) if partial else set(table.keys)
    for name, key in table.keys.items():
        if key.required and name in needed and name not in row.data:
            if name == "cite" and row.private:
                continue  # an overlay's rows are private; their source may stay unnamed
            yield row.problem(f"the key {name!r} is missing", f"Add {name} = {_example(key)}.")


def _unknown_key(row: Row, name: str, value: Any, table: Table) -> Iterator[Problem]:
    known = {*table.keys, *table.nested}
    if name in table.nested or (table.limits and isinstance(value, list)):
        remedy = f"Write its rows as [[{row.path[0]}.{name}]]."
        yield row.problem(f"{name!r} is not a list of tables", remedy, name)
        return
    remedy = did_you_mean(name, known - set(row.data) or known, "Take it out, or use 'note'.")
    yield row.problem(f"no key {name!r} is read here", remedy, name)


def _check_value(row: Row, name: str, value: Any, key: Key) -> Iterator[Problem]:
    wrong = _KINDS[key.kind](value)
    if wrong:
        shown = repr(value) if len(repr(value)) < 60 else repr(value)[:57] + "..."
        yield row.problem(f"{name} = {shown} is not {wrong}", f"Write {_example(key)}.", name)
        return
    said = value if isinstance(value, list) else [value]
    for word in said if key.choices else ():
        if word not in key.choices:
            remedy = did_you_mean(word, key.choices)
            if "Known" not in remedy:
                remedy += f" One of: {', '.join(key.choices)}."
            yield row.problem(f"{name} cannot be {word!r}", remedy, name)


def _check_dates(row: Row, table: Table) -> Iterator[Problem]:
    for first, last in (("from", "until"), ("date_from", "date_to"), ("roles_from", "roles_until")):
        a, b = row.data.get(first), row.data.get(last)
        if is_date(a) and is_date(b) and b < a:
            remedy = "Put the earlier day first; 'until' is the last day on which the row holds."
            yield row.problem(f"{last} = {b} lies before {first} = {a}", remedy, last)
    if "date_from" not in table.keys:
        return
    exact, span = "date" in row.data, {"date_from", "date_to"} & set(row.data)
    if exact and span:
        yield row.problem(
            "both a date and an interval are given",
            "Keep 'date' if the day is known, else 'date_from' and 'date_to'.",
            min(span),
        )
    elif not exact and len(span) < 2:
        yield row.problem(
            "there is no date",
            "Add date = 2002-01-01, or date_from and date_to if the day is not known.",
        )


def _check_held_value(row: Row, table: Table, partial: bool) -> Iterator[Problem]:
    unknown = row.data.get("status") == "unknown"
    value = row.data.get(table.value)
    if unknown:
        if value is not None:
            yield row.problem(
                f"status is unknown, but {table.value} = {value!r} is given",
                "Take the value out, or give the status under which it holds.",
                table.value,
            )
        if not row.data.get("note"):
            yield row.problem(
                "a value stated as unknown has no note",
                "Add note = what was looked for and not found.",
                "status",
            )
    elif value is None:
        if not partial:
            yield row.problem(
                f"the key {table.value!r} is missing",
                f'Add {table.value}, or status = "unknown" and a note.',
            )
    elif table.positive and isinstance(value, (int, float)) and not value > 0:
        yield row.problem(
            f"{table.value} = {value!r} is not above zero", "Give a positive number.", table.value
        )
    sourced = row.private or row.data.get("cite")
    if row.data.get("status") in ("enacted", "decided") and not sourced:
        yield row.problem("the value has no source", 'Add cite = ["source-id paragraph"].')
    if isinstance(value, (list, dict)) and not value:
        yield row.problem(f"{table.value} is empty", "Give the value.", table.value)


def is_code(value: object) -> bool:
    """Whether this is the code of a State or group: capital letters and digits."""
    return isinstance(value, str) and _CODE.match(value) is not None


def is_date(value: object) -> TypeGuard[dt.date]:
    """Whether this is a plain date, not an instant."""
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _number(value: object, low: float = -math.inf, high: float = math.inf) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and low <= value <= high
    )


def _texts(value: object, shape: re.Pattern[str] | None = None) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, str) and item.strip() and (shape is None or shape.match(item))
        for item in value
    )


def _matches(shape: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and shape.match(value) is not None


def _finite(value: object) -> bool:
    return _number(value) if isinstance(value, float) else value not in ("", None)


def _test(holds: Callable[[Any], bool], otherwise: str) -> Callable[[Any], str]:
    return lambda value: "" if holds(value) else otherwise


_KINDS: Mapping[str, Callable[[Any], str]] = {
    "text": _test(lambda v: isinstance(v, str) and bool(v.strip()), "text"),
    "id": _test(_matches(_ID), "a short name without spaces"),
    "code": _test(_matches(_CODE), "a code of capital letters"),
    "icao": _test(_matches(_ICAO), "an ICAO location indicator (four letters)"),
    "reading": _test(_matches(_READING), 'a reading, "NAME=OPTION"'),
    "texts": _test(_texts, "a list of texts"),
    "codes": _test(lambda v: _texts(v, _CODE) and bool(v), "a list of codes of capital letters"),
    "cite": _test(_texts, "a list of citations"),
    "date": _test(is_date, "a date"),
    "until": _test(lambda v: v == "open" or is_date(v), 'a date or "open"'),
    "flag": _test(lambda v: isinstance(v, bool), "true or false"),
    "whole": _test(lambda v: _number(v, 0) and isinstance(v, int), "a whole number from 0"),
    "number": _test(_number, "a number"),
    "lat": _test(lambda v: _number(v, -90, 90), "a latitude, -90 to 90"),
    "lon": _test(lambda v: _number(v, -180, 180), "a longitude, -180 to 180"),
    "table": _test(lambda v: isinstance(v, dict), "a table, { key = value }"),
    "any": _test(_finite, "a value"),
}
"""Kind of a key -> what is wrong with a value of it ("" when nothing is)."""

_EXAMPLES = {
    "id": '"short-name"',
    "code": '"ABC"',
    "icao": '"ABCD"',
    "reading": '"name=option"',
    "texts": '["one", "two"]',
    "codes": '["ABC", "DEF"]',
    "cite": '["text I.1"]: a source id, a space, the paragraph',
    "date": "2002-01-01",
    "until": '2005-12-31 or "open"',
    "flag": "true or false",
    "whole": "a whole number",
    "number": "a number",
    "lat": "decimal degrees between -90 and 90",
    "lon": "decimal degrees between -180 and 180",
    "table": "{ key = value }",
}


def _example(key: Key) -> str:
    if key.choices and key.kind == "text":
        return " or ".join(f'"{choice}"' for choice in key.choices)
    return _EXAMPLES.get(key.kind, '"..."')
