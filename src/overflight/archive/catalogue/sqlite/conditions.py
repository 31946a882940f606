"""CQL2 (OGC 21-065r2) as SQL with parameters over ``items i`` and ``bodies b``.

A condition is true, false or NULL as in SQL; only what is true is found. What pgSTAC answers is
answered here: a property of unknown kind is text, or a number where a number stands beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from overflight.archive.catalogue.moments import span_of
from overflight.archive.catalogue.ordering import field_name
from overflight.archive.catalogue.queryables import COLUMNS, NUMBER, TEXT, TIME
from overflight.archive.catalogue.shapes import geometry, of_bbox
from overflight.archive.catalogue.sqlite.functions import ARRAYS, SPATIAL, one_case, plain
from overflight.archive.catalogue.sqlite.parts import (
    BODY,
    Condition,
    Parameter,
    kind_of,
    property_of,
    refused,
)

MOST_DEPTH = 48
MOST_NODES = 5000
_COMPARE = {
    "=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
    "eq": "=", "neq": "<>", "!=": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=",
}  # fmt: skip
_ARITHMETIC = {"+": "+", "-": "-", "*": "*", "/": "/"}
_TEMPORAL = {
    "t_before": "{lh} < {rl}",
    "t_after": "{ll} > {rh}",
    "t_meets": "{lh} = {rl}",
    "t_metby": "{ll} = {rh}",
    "t_overlaps": "{ll} < {rl} AND {lh} > {rl} AND {lh} < {rh}",
    "t_overlappedby": "{ll} > {rl} AND {ll} < {rh} AND {lh} > {rh}",
    "t_starts": "{ll} = {rl} AND {lh} < {rh}",
    "t_startedby": "{ll} = {rl} AND {lh} > {rh}",
    "t_during": "{ll} > {rl} AND {lh} < {rh}",
    "t_contains": "{ll} < {rl} AND {lh} > {rh}",
    "t_finishes": "{ll} > {rl} AND {lh} = {rh}",
    "t_finishedby": "{ll} < {rl} AND {lh} = {rh}",
    "t_equals": "{ll} = {rl} AND {lh} = {rh}",
    "t_disjoint": "NOT ({ll} <= {rh} AND {lh} >= {rl})",
    "t_intersects": "{ll} <= {rh} AND {lh} >= {rl}",
}
_FOREVER = 2**62
_ALIKE = {"a_contained_by": "a_containedby", "anyinteracts": "t_intersects",
          "intersects": "s_intersects"}  # fmt: skip


def condition(document: object) -> Condition:
    """The SQL of a CQL2 expression. DataError for what is none, is too long or too deep."""
    _bounded(document)
    return _truth(document)


def _bounded(document: object) -> None:
    """DataError for an expression that is too deep or has too many parts."""
    level, depth, nodes = [document], 0, 0
    while level:
        nodes += len(level)
        depth += 1
        if depth > 3 * MOST_DEPTH or nodes > 20 * MOST_NODES:
            raise refused("the filter is too long or too deep")
        level = [
            inner
            for part in level
            if isinstance(part, dict | list)
            for inner in (part.values() if isinstance(part, dict) else part)
        ]


def _truth(node: object) -> Condition:
    """An expression that is true or false."""
    if isinstance(node, bool):
        return Condition(str(int(node)))
    op, args = _call(node)
    if op in ("and", "or"):
        if not args:
            raise refused(f"{op} needs conditions")
        return _joined(f" {op.upper()} ", [_truth(arg) for arg in args])
    if op == "not":
        return _wrapped("(NOT {0})", _truth(_some(op, args, 1)[0]))
    maker = _MAKERS.get(op)
    if maker is None:
        raise refused(f"the operator {op[:40]!r} is not known")
    return maker(op, args)


def _compare(op: str, args: Sequence[object]) -> Condition:
    left, right = _values(_some(op, args, 2))
    return _wrapped(f"({{0}} {_COMPARE[op]} {{1}})", left, right)


def _between(op: str, args: Sequence[object]) -> Condition:
    if len(args) == 2 and isinstance(args[1], list):
        args = [args[0], *args[1]]
    return _wrapped("({0} BETWEEN {1} AND {2})", *_values(_some(op, args, 3)))


def _in(op: str, args: Sequence[object]) -> Condition:
    value, among = _some(op, args, 2)
    if not isinstance(among, list) or len(among) > MOST_NODES:
        raise refused("in takes a value and a list of values")
    if not among:
        return Condition("0")
    first, *rest = _values([value, *among])
    return _wrapped("({0} IN {1})", first, _joined(", ", rest))


def _is_null(op: str, args: Sequence[object]) -> Condition:
    (arg,) = _some(op, args, 1)
    name = _named(arg)
    if name is None:
        raise refused("isNull takes a property")
    return _wrapped("({0} IS NULL)", property_of(name, kind_of(name) or TEXT))


def _like(op: str, args: Sequence[object]) -> Condition:
    value, pattern = _some(op, args, 2)
    change: list[str] = []
    while isinstance(pattern, dict) and pattern.get("op", "").lower() in _TEXT_FUNCTIONS:
        change.append(str(pattern["op"]).lower())
        (pattern,) = _some("like", pattern.get("args"), 1)
    if not isinstance(pattern, str):
        raise refused("like takes a value and a pattern")
    if kind_of(_named(value) or "") not in (None, TEXT) or _named(value) == "geometry":
        raise refused("like compares text only")
    for function in reversed(change):
        pattern = _PYTHON[function](pattern)
    return _wrapped("({0} GLOB {1})", _value(value, TEXT), Condition("?", (_glob(pattern),)))


def _array(op: str, args: Sequence[object]) -> Condition:
    name = _ALIKE.get(op, op)
    sides = [_array_side(arg) for arg in _some(op, args, 2)]
    return _wrapped(f"of_arrays('{name}', {{0}}, {{1}})", *sides)


def _array_side(arg: object) -> Condition:
    if isinstance(arg, list):
        return Condition("?", (json.dumps(arg),))
    name = _named(arg)
    if name is None or field_name(name) in COLUMNS:
        raise refused("an array operator takes a property or a list")
    path = property_of(name, TIME).parameters[0]
    return Condition(f"({BODY} -> ?)", (path,))


def _temporal(op: str, args: Sequence[object]) -> Condition:
    template = _TEMPORAL[_ALIKE.get(op, op)]
    (ll, lh), (rl, rh) = (_span(arg) for arg in _some(op, args, 2))
    ends = {"ll": ll, "lh": lh, "rl": rl, "rh": rh}
    parameters: list[Parameter] = []
    sql = template
    for place in sorted(
        (sql.find(f"{{{name}}}", at), name) for name in ends for at in _places(sql, name)
    ):
        parameters.extend(ends[place[1]].parameters)
    for name, end in ends.items():
        sql = sql.replace(f"{{{name}}}", end.sql)
    return Condition(f"({sql})", tuple(parameters))


def _places(template: str, name: str) -> list[int]:
    mark = f"{{{name}}}"
    return [at for at in range(len(template)) if template.startswith(mark, at)]


def _span(arg: object, inside: bool = False) -> tuple[Condition, Condition]:
    """First and last moment of a temporal operand."""
    name = _named(arg)
    if name is not None:
        if kind_of(name) not in (None, TIME):
            raise refused(f"the property {name[:60]!r} is no time")
        one = property_of(name, TIME)
        return one, one
    if isinstance(arg, dict) and not inside and isinstance(arg.get("interval"), list):
        ends = arg["interval"]
        if len(ends) != 2:
            raise refused("an interval has two ends")
        first = _number(-_FOREVER) if ends[0] in ("..", "") else _span(ends[0], True)[0]
        last = _number(_FOREVER) if ends[1] in ("..", "") else _span(ends[1], True)[1]
        if (
            not first.sql.strip("?")
            and not last.sql.strip("?")
            and (int(str(first.parameters[0])) > int(str(last.parameters[0])))
        ):
            raise refused("an interval ends before it starts")
        return first, last
    if isinstance(arg, dict) and isinstance(arg.get("timestamp"), str):
        moment = _number(_literal_time(arg))
        return moment, moment
    if isinstance(arg, dict):
        arg = arg.get("date")
    if isinstance(arg, str):
        low, high = span_of(arg)
        return _number(low), _number(high)
    raise refused("a temporal operator takes properties, timestamps, dates and intervals")


def _spatial(op: str, args: Sequence[object]) -> Condition:
    import shapely

    name = _ALIKE.get(op, op)
    place, other = _some(op, args, 2)
    if _named(place) is None and _named(other) is not None:
        place, other = other, place
        name = {"s_within": "s_contains", "s_contains": "s_within"}.get(name, name)
    if field_name(_named(place) or "") != "geometry":
        raise refused("a spatial operator takes geometry and a GeoJSON geometry")
    if isinstance(other, dict) and isinstance(other.get("bbox"), list):
        outline = of_bbox(other["bbox"]).outline
    elif isinstance(other, list):
        outline = of_bbox(other).outline
    else:
        outline = geometry(other, "the geometry in the filter")
    return Condition(f"of_shapes('{name}', i.shape, ?)", (shapely.to_wkb(outline),))


def _values(args: Sequence[object]) -> list[Condition]:
    """Values that are compared with one another, read as of one kind."""
    kinds = [kind for kind in (kind_of(_named(arg) or "") for arg in args) if kind]
    if any(isinstance(arg, dict) and ("timestamp" in arg or "date" in arg) for arg in args):
        kind = TIME
    elif kinds:
        kind = kinds[0]
    elif any(_is_number(arg) for arg in args):
        kind = NUMBER
    else:
        kind = TEXT
    return [_value(arg, kind) for arg in args]


def _value(arg: object, kind: str) -> Condition:
    name = _named(arg)
    if name is not None:
        if field_name(name) in COLUMNS and (kind_of(name) != kind or name == "geometry"):
            raise refused(f"{name} cannot be compared with that")
        return property_of(name, kind)
    if isinstance(arg, dict) and "op" in arg:
        return _function(arg)
    if kind == TIME:
        return _number(_literal_time(arg))
    if isinstance(arg, bool):
        return Condition("?", (str(arg).lower(),))
    if isinstance(arg, int | float) and math.isfinite(arg) and abs(arg) < 2**63:
        return Condition("?", (arg if kind == NUMBER else json.dumps(arg),))
    if isinstance(arg, str):
        return _read_number(arg) if kind == NUMBER else Condition("?", (arg,))
    raise refused(f"{str(arg)[:60]!r} is no value")


def _function(node: Mapping[str, Any]) -> Condition:
    op, args = _call(node)
    if op in _TEXT_FUNCTIONS:
        return _wrapped(f"{_TEXT_FUNCTIONS[op]}({{0}})", _value(_some(op, args, 1)[0], TEXT))
    if op in _ARITHMETIC:
        left, right = (_value(arg, NUMBER) for arg in _some(op, args, 2))
        if op == "/":
            return _wrapped("(CAST({0} AS REAL) / {1})", left, right)
        return _wrapped(f"({{0}} {op} {{1}})", left, right)
    raise refused(f"the function {op[:40]!r} is not known")


def _is_number(arg: object) -> bool:
    if isinstance(arg, dict):
        return arg.get("op") in _ARITHMETIC
    return isinstance(arg, int | float) and not isinstance(arg, bool)


def _read_number(text: str) -> Condition:
    try:
        return Condition("?", (float(text),))
    except ValueError:
        raise refused(f"{text[:60]!r} is no number") from None


def _literal_time(arg: object) -> int:
    if isinstance(arg, dict):
        arg = arg.get("timestamp", arg.get("date"))
    if not isinstance(arg, str):
        raise refused(f"{str(arg)[:60]!r} is no time")
    return span_of(arg)[0]


def _number(value: int) -> Condition:
    return Condition("?", (value,))


def _named(arg: object) -> str | None:
    if isinstance(arg, dict) and isinstance(arg.get("property"), str):
        return str(arg["property"])
    return None


def _call(node: object) -> tuple[str, Sequence[object]]:
    if not isinstance(node, dict) or not isinstance(node.get("op"), str):
        raise refused("the filter is no CQL2 expression")
    args = node.get("args")
    if not isinstance(args, list):
        raise refused(f"the operator {node['op'][:40]!r} has no list of arguments")
    return node["op"].lower(), args


def _some(op: str, args: object, count: int) -> Sequence[Any]:
    if not isinstance(args, list) or len(args) != count:
        raise refused(f"{op} takes {count} arguments")
    return args


def _wrapped(template: str, *parts: Condition) -> Condition:
    """The template with its parts in, in their order."""
    sql = template.format(*(part.sql for part in parts))
    return Condition(sql, tuple(value for part in parts for value in part.parameters))


def _joined(between: str, parts: Sequence[Condition]) -> Condition:
    sql = between.join(part.sql for part in parts)
    return Condition(f"({sql})", tuple(value for part in parts for value in part.parameters))


def _glob(pattern: str) -> str:
    """LIKE's pattern as GLOB's: only that one tells upper from lower case in SQLite."""
    found, escaped = [], False
    for letter in pattern:
        if letter == "\\" and not escaped:
            escaped = True
            continue
        wild = {"%": "*", "_": "?"}.get(letter) if not escaped else None
        found.append(wild or (f"[{letter}]" if letter in "*?[" else letter))
        escaped = False
    return "".join(found)


_TEXT_FUNCTIONS = {"casei": "of_case", "accenti": "of_accents", "upper": "upper", "lower": "lower"}
_PYTHON: Mapping[str, Callable[[str], str]] = {
    "casei": one_case, "accenti": plain, "upper": str.upper, "lower": str.lower
}  # fmt: skip
_MAKERS: Mapping[str, Callable[[str, Sequence[object]], Condition]] = {
    **dict.fromkeys(_COMPARE, _compare),
    **dict.fromkeys(_TEMPORAL, _temporal),
    **dict.fromkeys(SPATIAL, _spatial),
    **dict.fromkeys(ARRAYS, _array),
    "between": _between,
    "in": _in,
    "isnull": _is_null,
    "like": _like,
    "a_contained_by": _array,
    "anyinteracts": _temporal,
    "intersects": _spatial,
}
