"""Items and searches by chance from a seed: of every kind that tells catalogues apart."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

from overflight.archive.catalogue import Interval, Query, Sort

COLLECTIONS = ("alpha", "Beta", "gamma_1", "gamma-2", "Ölüm")
DAY = 86_400_000_000
_WORDS = ("red", "Red", "blue", "über", "a_b", "a%b", "10", "9", "x*y")


def collection(name: str) -> bytes:
    return json.dumps(
        {
            "type": "Collection",
            "stac_version": "1.1.0",
            "id": name,
            "description": name,
            "license": "other",
            "extent": {
                "spatial": {"bbox": [[-180, -90, 180, 90]]},
                "temporal": {"interval": [[None, None]]},
            },
            "links": [],
        },
        ensure_ascii=False,
    ).encode()


def item(name: str, where: str = "alpha", geometry: Any = None, **properties: Any) -> bytes:
    properties.setdefault("datetime", "2020-01-01T00:00:00Z")
    return json.dumps(
        {
            "type": "Feature",
            "stac_version": "1.1.0",
            "id": name,
            "collection": where,
            "geometry": geometry,
            "properties": properties,
            "links": [],
            "assets": {},
        },
        ensure_ascii=False,
    ).encode()


def items(seed: int, count: int) -> list[bytes]:
    rng = random.Random(seed)
    found = []
    for number in range(count):
        name = f"{rng.choice('aAbB')}{number:04d}"
        found.append(item(name, rng.choice(COLLECTIONS), _place(rng), **_properties(rng)))
    return found


def query(rng: random.Random, filters: bool = True) -> Query:
    made = Query(limit=rng.choice((1, 3, 7, 20, 200)))
    if rng.random() < 0.5:
        made = replace(made, bbox=_box(rng))
    elif rng.random() < 0.4:
        made = replace(made, intersects=_place(rng))
    if rng.random() < 0.5:
        made = replace(made, interval=_interval(rng))
    if rng.random() < 0.3:
        made = replace(made, collections=tuple(rng.sample(COLLECTIONS, rng.randint(1, 3))))
    if rng.random() < 0.1:
        names = [f"{a}{n:04d}" for n in range(40) for a in "aAbB"]
        made = replace(made, ids=tuple(rng.sample(names, 30)))
    if rng.random() < 0.4:
        made = replace(made, sortby=tuple(_sort(rng) for _ in range(rng.randint(1, 3))))
    if filters and rng.random() < 0.5:
        made = replace(made, filter=_filter(rng, 2))
    if rng.random() < 0.3:
        made = replace(made, missions=frozenset(rng.sample((1, 2, 3), 2)))
    return replace(made, matched=rng.random() < 0.3)


def _properties(rng: random.Random) -> dict[str, Any]:
    start = rng.randrange(40)
    hour = rng.choice(("00:00:00Z", "12:30:00.5Z", "23:59:59.999999Z", "06:00:00+02:00"))
    made: dict[str, Any] = {"datetime": f"2020-01-{start % 28 + 1:02d}T{hour}"}
    if rng.random() < 0.3:
        made["start_datetime"] = f"2020-01-{start % 28 + 1:02d}T00:00:00Z"
        made["end_datetime"] = f"2020-{rng.randint(2, 4):02d}-01T00:00:00Z"
        made["datetime"] = None
    for name, values in (
        ("gsd", (0.1, 0.3, 10, 9, 1.5)),
        ("eo:cloud_cover", (0, 10, 50.5, 100)),
        ("platform", _WORDS),
        ("colour", _WORDS),
        ("count", (1, 2, 10, 9.5)),
        ("flag", (True, False)),
        ("words", (["a", "b"], ["b"], ["c", "a"])),
        ("created", ("2020-01-01T00:00:00Z", "2021-06-01T00:00:00Z")),
    ):
        chance = rng.random()
        if chance < 0.75:
            made[name] = rng.choice(values)
        elif chance < 0.85:
            made[name] = None
    return made


def _place(rng: random.Random) -> dict[str, Any]:
    x, y = rng.randint(-36, 35) * 5.0, rng.randint(-16, 15) * 5.0
    size = rng.choice((0.0001, 1.0, 5.0, 20.0))
    kind = rng.random()
    if kind < 0.15:
        return {"type": "Point", "coordinates": [x, y]}
    if kind < 0.25:
        return {"type": "LineString", "coordinates": [[x, y], [x + size, y + size / 2]]}
    if kind < 0.35:
        east, west = _ring(180 - size, y, size, 5), _ring(-180, y, size, 5)
        return {"type": "MultiPolygon", "coordinates": [[east], [west]]}
    if kind < 0.6:
        ring = [[x, y], [x + size, y + size], [x - size / 3, y + size], [x, y]]
        return {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Polygon", "coordinates": [_ring(x, y, size, size)]}


def _ring(x: float, y: float, wide: float, high: float) -> list[list[float]]:
    return [[x, y], [x + wide, y], [x + wide, y + high], [x, y + high], [x, y]]


def _box(rng: random.Random) -> tuple[float, ...]:
    kind = rng.random()
    if kind < 0.15:
        return (-180.0, -90.0, 180.0, 90.0)
    west, south = rng.randint(-36, 34) * 5.0, rng.randint(-18, 16) * 5.0
    if kind < 0.3:
        return (
            rng.choice((165.0, 175.0)),
            south,
            rng.choice((-175.0, -160.0)),
            min(90.0, south + 30.0),
        )
    size = rng.choice((5.0, 0.00005, 40.0, 90.0))
    box = (west, south, min(180.0, west + size), min(90.0, south + size))
    return box if kind < 0.9 else (box[0], box[1], 0.0, box[2], box[3], 100.0)


def _interval(rng: random.Random) -> Interval:
    base = 1_577_836_800_000_000
    start = base + rng.randrange(40) * DAY
    end = start + rng.choice((0, DAY // 2, DAY - 1, 5 * DAY, 30 * DAY))
    return rng.choice((Interval(start, end), Interval(None, end), Interval(start, None)))


def _sort(rng: random.Random) -> Sort:
    name = rng.choice(
        ("datetime", "id", "collection", "properties.datetime", "gsd", "colour",
         "properties.eo:cloud_cover", "end_datetime", "created", "platform", "flag", "missing")
    )  # fmt: skip
    return Sort(name, rng.random() < 0.5)


def _filter(rng: random.Random, depth: int) -> dict[str, Any]:
    if depth and rng.random() < 0.45:
        op = rng.choice(("and", "or", "not"))
        count = 1 if op == "not" else rng.randint(2, 3)
        return {"op": op, "args": [_filter(rng, depth - 1) for _ in range(count)]}
    return rng.choice(_LEAVES)(rng)


def _named(name: str) -> dict[str, str]:
    return {"property": name}


def _compare(rng: random.Random) -> dict[str, Any]:
    name, values = rng.choice(
        (("gsd", (0.3, 9, 10)), ("count", (2, 9.5, 3)), ("colour", _WORDS), ("platform", _WORDS),
         ("id", ("a0003", "b0100", "A0200")), ("collection", COLLECTIONS), ("flag", (True,)),
         ("datetime", ({"timestamp": "2020-01-10T00:00:00Z"},)),
         ("created", ("2020-01-01T00:00:00Z",)), ("end_datetime", ("2020-02-01T00:00:00Z",)))
    )  # fmt: skip
    op = rng.choice(("=", "<>", "<", "<=", ">", ">="))
    return {"op": op, "args": [_named(name), rng.choice(values)]}


def _in(rng: random.Random) -> dict[str, Any]:
    name, values = rng.choice((("colour", _WORDS), ("gsd", (0.1, 9, 10)), ("id", ("a0001",))))
    among = rng.sample(values, min(3, len(values)))
    return {"op": "in", "args": [_named(name), among]}


def _between(rng: random.Random) -> dict[str, Any]:
    return {"op": "between", "args": [_named(rng.choice(("gsd", "count"))), 1, 9.7]}


def _null(rng: random.Random) -> dict[str, Any]:
    name = rng.choice(("gsd", "colour", "words", "missing", "flag"))
    return {"op": "isNull", "args": [_named(name)]}


def _like(rng: random.Random) -> dict[str, Any]:
    pattern = rng.choice(("r%", "%e%", "R_d", "a\\_b", "a\\%b", "%*%", "_b%", "ü%", "["))
    return {"op": "like", "args": [_named(rng.choice(("colour", "platform"))), pattern]}


def _array(rng: random.Random) -> dict[str, Any]:
    op = rng.choice(("a_contains", "a_containedby", "a_overlaps"))
    return {"op": op, "args": [_named("words"), rng.choice((["a"], ["a", "b"], ["c", "a", "b"]))]}


def _temporal(rng: random.Random) -> dict[str, Any]:
    op = rng.choice(
        ("t_before", "t_after", "t_during", "t_intersects", "t_equals", "t_disjoint", "t_contains",
         "t_starts", "t_finishes", "t_meets", "t_overlaps")
    )  # fmt: skip
    operand = rng.choice(
        ({"timestamp": "2020-01-10T12:30:00.5Z"}, {"date": "2020-01-10"},
         {"interval": ["2020-01-05T00:00:00Z", "2020-01-20T00:00:00Z"]},
         {"interval": ["..", "2020-01-08T00:00:00Z"]}, {"interval": ["2020-01-20", ".."]})
    )  # fmt: skip
    first: Any = _named(rng.choice(("datetime", "end_datetime", "created")))
    if rng.random() < 0.4:
        first = {"interval": [_named("start_datetime"), _named("end_datetime")]}
    return {"op": op, "args": [first, operand]}


def _spatial(rng: random.Random) -> dict[str, Any]:
    op = rng.choice(("s_intersects", "s_within", "s_disjoint", "s_contains", "s_touches"))
    other = _place(rng) if rng.random() < 0.6 else {"bbox": list(_box(rng)[:4])}
    if "bbox" in other and (other["bbox"][0] > other["bbox"][2] or other["bbox"][3] > 90):
        other = {"bbox": [0.0, 0.0, 40.0, 40.0]}
    return {"op": op, "args": [_named("geometry"), other]}


_LEAVES = (_compare, _compare, _in, _between, _null, _like, _array, _temporal, _spatial)
