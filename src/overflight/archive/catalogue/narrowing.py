"""What a filter says of place, time and collection, so that indexes can be asked for it.

The filter is tested all the same; narrowing only leaves out what it would refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from overflight.archive.catalogue.moments import span_of
from overflight.archive.catalogue.ordering import TIME, field_name
from overflight.archive.catalogue.protocol import Interval, Query

_MEETING = frozenset(
    {"s_intersects", "intersects", "s_within", "s_contains", "s_equals", "s_touches", "s_overlaps",
     "s_crosses"}
)  # fmt: skip
_NOT_BEFORE = frozenset({">", ">=", "=", "gt", "gte", "eq", "t_after", "t_equals"})
_NOT_AFTER = frozenset({"<", "<=", "=", "lt", "lte", "eq", "t_before", "t_equals"})
_MOST = 50


def narrowed(query: Query) -> Query:
    """The same search with the conditions of its filter, where all have to hold, as bbox or
    intersects, interval and collections. The filter has to be one that was understood."""
    for op, args in _all_of(query.filter, 0):
        name = _field(args)
        if name == "geometry" and op in _MEETING:
            query = _placed(query, args[1])
        elif name == "collection" and op in ("=", "eq", "in"):
            query = _of_collections(query, args[1] if op == "in" else [args[1]])
        elif name == TIME:
            query = _timed(query, op, args[1:])
    return query


def _all_of(node: Any, depth: int) -> Iterator[tuple[str, list[Any]]]:
    if not isinstance(node, Mapping) or depth > _MOST:
        return
    op, args = str(node.get("op")).lower(), node.get("args")
    if op == "and" and isinstance(args, list):
        for part in args:
            yield from _all_of(part, depth + 1)
    elif isinstance(args, list) and len(args) > 1:
        yield op, args


def _field(args: list[Any]) -> str:
    first = args[0]
    name = first.get("property") if isinstance(first, Mapping) else None
    return field_name(name) if isinstance(name, str) else ""


def _placed(query: Query, place: Any) -> Query:
    if query.bbox is not None or query.intersects is not None:
        return query
    if isinstance(place, Mapping) and isinstance(place.get("bbox"), list):
        place = place["bbox"]
    if isinstance(place, list):
        return replace(query, bbox=tuple(place))
    if isinstance(place, Mapping) and "type" in place:
        return replace(query, intersects=place)
    return query


def _of_collections(query: Query, names: Any) -> Query:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return query
    kept = [one for one in names if query.collections is None or one in query.collections]
    return replace(query, collections=tuple(kept))


def _timed(query: Query, op: str, operands: list[Any]) -> Query:
    """An item that starts within begins no later than the end and ends no sooner than the start."""
    if op in ("t_intersects", "t_during", "anyinteracts") and isinstance(operands[0], Mapping):
        ends = operands[0].get("interval")
        if not isinstance(ends, list) or len(ends) != 2:
            return query
        low, high = _moments(ends[0]), _moments(ends[1])
    elif op == "between" and len(operands) == 2:
        low, high = _moments(operands[0]), _moments(operands[1])
    elif op in _NOT_BEFORE | _NOT_AFTER:
        one = _moments(operands[0])
        low, high = one if op in _NOT_BEFORE else None, one if op in _NOT_AFTER else None
    else:
        return query
    old = query.interval or Interval(None, None)
    starts = [one for one in (old.start, None if low is None else low[0]) if one is not None]
    finishes = [one for one in (old.end, None if high is None else high[1]) if one is not None]
    return replace(query, interval=Interval(max(starts, default=None), min(finishes, default=None)))


def _moments(operand: Any) -> tuple[int, int] | None:
    if isinstance(operand, Mapping):
        operand = operand.get("timestamp", operand.get("date"))
    return span_of(operand) if isinstance(operand, str) and operand not in ("", "..") else None
