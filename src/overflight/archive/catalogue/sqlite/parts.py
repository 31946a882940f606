"""Parts of SQL with their parameters, and an item's properties as such parts."""

from __future__ import annotations

from dataclasses import dataclass

from overflight.archive.catalogue import queryables
from overflight.archive.catalogue.ordering import field_name
from overflight.archive.catalogue.queryables import COLUMNS, KINDS, NUMBER, TEXT, TIME
from overflight.errors import DataError

BODY = "b.body"
"""The item as it is sent, in a query that joins ``bodies b``."""

Parameter = str | int | float | bytes | None


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL and its parameters, in order. ``reads_body``: it looks into the items themselves."""

    sql: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def reads_body(self) -> bool:
        return BODY in self.sql


def property_of(name: str, kind: str) -> Condition:
    """The SQL of a property as text, number or time; of columns as they are."""
    bare = field_name(name)
    if bare in COLUMNS:
        column = "shape" if bare == "geometry" else COLUMNS[bare]
        return Condition(f"i.{column}")
    parts = queryables.path_of(bare)
    if any(letter in part for part in parts for letter in '"\\'):
        raise refused(f"the property {bare[:60]!r} cannot be looked for")
    path = "$" + "".join(f'."{part}"' for part in parts)
    text = f"({BODY} ->> ?)"
    if kind == NUMBER:
        return Condition(
            f"(CASE json_type({BODY}, ?) WHEN 'integer' THEN {text} WHEN 'real' THEN {text} END)",
            (path,) * 3,
        )
    if kind == TIME:
        return Condition(f"of_moment{text}", (path,))
    return Condition(
        f"(CASE json_type({BODY}, ?) WHEN 'text' THEN {text} WHEN 'null' THEN NULL "
        f"ELSE {BODY} -> ? END)",
        (path,) * 3,
    )


def kind_of(name: str) -> str | None:
    """What a field is known to be; None where nothing is known."""
    bare = field_name(name)
    if bare in ("datetime", "end_datetime"):
        return TIME
    return TEXT if bare in COLUMNS else KINDS.get(bare)


def refused(words: str) -> DataError:
    """The error of a filter that is not understood."""
    return DataError(words, remedy="Write the filter in CQL2, as text or as JSON.")
