"""Searches whose answers are known beforehand: from STAC API, CQL2 and GeoJSON as they are written.

The table is catalogue_cases.toml; where pgSTAC can be had, test_catalogue_pgstac goes further.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import catalogue_made as made
import pytest

from overflight.archive.catalogue import Fields, Page, Query, Sort
from overflight.archive.catalogue.cql2 import read_text
from overflight.archive.catalogue.moments import interval
from overflight.archive.catalogue.sqlite import SqliteCatalogue
from overflight.errors import DataError

TABLE = tomllib.loads((Path(__file__).parent / "catalogue_cases.toml").read_text())
SMALL = 1e-7


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteCatalogue]:
    one = SqliteCatalogue(tmp_path_factory.mktemp("made") / "catalogue.sqlite", new=True)
    with one.writing() as writing:
        for number, name in enumerate(("east", "west"), 1):
            mine = [row for row in TABLE["item"] if row["collection"] == name]
            writing.add(
                number,
                [made.collection(name)],
                [made.item(r["id"], name, r.get("geometry"), **r["properties"]) for r in mine],
            )
    yield one
    one.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    one = SqliteCatalogue(tmp_path / "catalogue.sqlite", new=True)
    yield one
    one.close()


def ids(page: Page) -> list[str]:
    return [json.loads(item)["id"] for item in page.items]


def query_of(row: dict[str, Any]) -> Query:
    made_of = Query(limit=row.get("limit", 100), matched=True)
    for name in ("collections", "ids", "bbox"):
        if name in row:
            made_of = replace(made_of, **{name: tuple(row[name])})
    if "intersects" in row:
        made_of = replace(made_of, intersects=row["intersects"])
    if "datetime" in row:
        made_of = replace(made_of, interval=interval(row["datetime"]))
    if "filter" in row:
        made_of = replace(made_of, filter=read_text(row["filter"]))
    if "missions" in row:
        made_of = replace(made_of, missions=frozenset(row["missions"]))
    sorts = tuple(Sort(s.lstrip("+-"), s.startswith("-")) for s in row.get("sortby", ()))
    return replace(made_of, sortby=sorts)


@pytest.mark.parametrize("row", TABLE["search"], ids=lambda row: row["name"])
def test_answers_are_those_of_the_table(catalogue: SqliteCatalogue, row: dict[str, Any]) -> None:
    page = catalogue.search(query_of(row))
    assert ids(page) == row["found"], row["source"]
    assert page.matched == len(row["found"])


@pytest.mark.parametrize("row", TABLE["search"], ids=lambda row: row["name"])
def test_pages_of_one_are_the_same_forwards_and_back(
    catalogue: SqliteCatalogue, row: dict[str, Any]
) -> None:
    query = replace(query_of(row), limit=1)
    page, seen = catalogue.search(query), []
    while page.items:
        seen += ids(page)
        if not page.next:
            break
        page = catalogue.search(replace(query, token=page.next))
    assert seen == row["found"]
    while page.previous:
        page = catalogue.search(replace(query, token=page.previous))
        seen.pop()
        assert ids(page) == seen[-1:]
    assert len(seen) <= 1


@pytest.mark.parametrize("row", TABLE["refused"], ids=lambda row: row["name"])
def test_what_cannot_be_answered_is_refused_with_a_remedy(
    catalogue: SqliteCatalogue, row: dict[str, Any]
) -> None:
    with pytest.raises(DataError) as raised:
        if "bytes" in row:
            with catalogue.writing() as writing:
                writing.add(3, [made.collection("south")], [row["bytes"].encode()])
        else:
            catalogue.search(replace(query_of(row), token=row.get("token", "")))
    assert row["words"] in str(raised.value)
    assert raised.value.remedy
    assert catalogue.mission_of("south") is None


def test_items_come_back_byte_for_byte(empty: SqliteCatalogue) -> None:
    body = made.item("a").replace(b'"id": "a"', b'"id":   "a", "x": 1.10, "y": "\\u00fc"')
    with empty.writing() as writing:
        writing.add(1, [made.collection("alpha")], [body])
    assert empty.search(Query()).items == (body,)
    assert empty.item("alpha", "a", None) == body


def test_fields_leave_out_and_keep_in(catalogue: SqliteCatalogue) -> None:
    fields = Fields(include=("properties.gsd", "geometry"), exclude=("geometry.coordinates",))
    (item,) = catalogue.search(Query(ids=("e1",), fields=fields)).items
    assert json.loads(item) == {
        "type": "Feature", "id": "e1", "collection": "east",
        "properties": {"gsd": 0.3}, "geometry": {"type": "Polygon"},
    }  # fmt: skip
    (item,) = catalogue.search(Query(ids=("e1",), fields=Fields(exclude=("properties",)))).items
    assert "properties" not in json.loads(item)
    assert "links" in json.loads(item)


@pytest.mark.parametrize("side", range(4))
def test_an_item_is_found_at_its_very_edge_and_not_beyond(
    empty: SqliteCatalogue, side: int
) -> None:
    """Numbers that neither 32-bit floats nor decimals of 1e-7 degree can hold."""
    west, south, east, north = 10.123456789012, 50.1, 10.223456789012, 50.3333333333333
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    with empty.writing() as writing:
        writing.add(
            1,
            [made.collection("alpha")],
            [made.item("a", "alpha", {"type": "Polygon", "coordinates": [ring]})],
        )
    touching = (
        (west - 1, south, west, north), (west, south - 1, east, south),
        (east, south, east + 1, north), (west, north, east, north + 1),
    )[side]  # fmt: skip
    assert ids(empty.search(Query(bbox=touching))) == ["a"]
    away = list(touching)
    away[(side + 2) % 4] += -SMALL / 1000 if side < 2 else SMALL / 1000
    assert ids(empty.search(Query(bbox=tuple(away)))) == []


def test_a_reader_who_may_find_nothing_finds_nothing(catalogue: SqliteCatalogue) -> None:
    nobody: frozenset[int] = frozenset()
    assert catalogue.search(Query(missions=nobody, matched=True)) == Page((), matched=0)
    assert catalogue.collections(nobody) == ()
    assert catalogue.collection("east", nobody) is None
    assert catalogue.item("east", "e1", nobody) is None
    assert catalogue.item("east", "e1", frozenset({2})) is None
    assert catalogue.item("east", "e1", frozenset({1})) is not None


def test_a_transaction_that_fails_leaves_nothing(empty: SqliteCatalogue) -> None:
    good = [made.item("a"), made.item("b")]
    with empty.writing() as writing:
        writing.add(1, [made.collection("alpha")], good)
    with pytest.raises(DataError, match="twice"), empty.writing() as writing:
        writing.add(2, [made.collection("beta")], [made.item("c", "beta"), made.item("c", "beta")])
    with pytest.raises(DataError, match="another mission"), empty.writing() as writing:
        writing.add(2, [made.collection("alpha")], [])
    assert ids(empty.search(Query())) == ["b", "a"]
    assert empty.check() == ()


def test_what_is_added_again_is_replaced_and_what_is_removed_is_gone(
    empty: SqliteCatalogue,
) -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    moved = {"type": "Polygon", "coordinates": [[[50, 0], [51, 0], [51, 1], [50, 0]]]}
    for place in (square, moved):
        with empty.writing() as writing:
            writing.add(1, [made.collection("alpha")], [made.item("a", "alpha", place)])
    assert ids(empty.search(Query(bbox=(0, 0, 2, 2)))) == []
    assert ids(empty.search(Query(bbox=(50, 0, 52, 2)))) == ["a"]
    assert empty.check() == ()
    with empty.writing() as writing:
        writing.remove(1)
    assert empty.search(Query(matched=True)) == Page((), matched=0)
    assert empty.collections(None) == ()
    assert empty.check() == ()


def test_check_finds_an_item_that_no_index_has(empty: SqliteCatalogue, tmp_path: Path) -> None:
    import sqlite3

    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    with empty.writing() as writing:
        writing.add(1, [made.collection("alpha")], [made.item("a", "alpha", square)])
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as run:
        run.execute("DELETE FROM boxes")
        run.execute("UPDATE items SET start = start + 1")
    run.close()
    assert any("index of places" in words for words in empty.check())
    assert any("something else than it says" in words for words in empty.check())
