"""What a filter lets leave out, and a search as pgSTAC is asked it."""

from __future__ import annotations

from pathlib import Path

import pytest

from overflight.archive.catalogue import Interval, Query, Sort, open_catalogue
from overflight.archive.catalogue.cql2 import read_text
from overflight.archive.catalogue.moments import interval
from overflight.archive.catalogue.narrowing import narrowed
from overflight.archive.catalogue.pgstac import search_document
from overflight.errors import DataError

JANUARY = interval("2020-01-01T00:00:00Z/2020-02-01T00:00:00Z")


def of(text: str, query: Query | None = None) -> Query:
    from dataclasses import replace

    return narrowed(replace(query or Query(), filter=read_text(text)))


@pytest.mark.parametrize(
    "text",
    [
        "datetime >= TIMESTAMP('2020-01-01T00:00:00Z') AND datetime < "
        "TIMESTAMP('2020-02-01T00:00:00Z')",
        "T_INTERSECTS(datetime, INTERVAL('2020-01-01T00:00:00Z', '2020-02-01T00:00:00Z'))",
        "datetime BETWEEN TIMESTAMP('2020-01-01T00:00:00Z') AND TIMESTAMP('2020-02-01T00:00:00Z')",
        "a = 1 AND (b = 2 AND T_DURING(datetime, "
        "INTERVAL('2020-01-01T00:00:00Z', '2020-02-01T00:00:00Z')))",
    ],
)
def test_times_that_have_to_hold_become_an_interval(text: str) -> None:
    assert of(text).interval == JANUARY


@pytest.mark.parametrize(
    "text",
    [
        "datetime > TIMESTAMP('2020-01-01T00:00:00Z') OR a = 1",
        "NOT datetime > TIMESTAMP('2020-01-01T00:00:00Z')",
        "end_datetime > TIMESTAMP('2020-01-01T00:00:00Z')",
        "T_DISJOINT(datetime, INTERVAL('2020-01-01T00:00:00Z', '2020-02-01T00:00:00Z'))",
        "S_DISJOINT(geometry, BBOX(0, 0, 1, 1))",
        "collection <> 'x'",
        "NOT collection = 'x'",
    ],
)
def test_what_need_not_hold_leaves_nothing_out(text: str) -> None:
    query = of(text)
    assert (query.interval, query.bbox, query.intersects, query.collections) == (None,) * 4


def test_place_and_collections_are_taken_and_those_asked_for_stay() -> None:
    text = "S_WITHIN(geometry, BBOX(0, 0, 1, 1)) AND collection IN ('a', 'b')"
    assert of(text).bbox == (0, 0, 1, 1)
    assert of(text).collections == ("a", "b")
    asked = Query(bbox=(5, 5, 6, 6), collections=("b", "c"), interval=Interval(7, None))
    query = of(text + " AND datetime <= TIMESTAMP('1970-01-01T00:00:01Z')", asked)
    assert query.bbox == (5, 5, 6, 6)
    assert query.collections == ("b",)
    assert query.interval == Interval(7, 1_000_000)


def test_a_search_as_pgstac_is_asked_it() -> None:
    asked = search_document(
        Query(
            bbox=(170, -10, -170, 10),
            interval=Interval(0, None),
            sortby=(Sort("properties.gsd"),),
            limit=3,
        ),
        ["a"],
    )
    assert asked["intersects"]["type"] == "MultiPolygon"
    assert asked["datetime"] == "1970-01-01T00:00:00+00:00/.."
    assert asked["collections"] == ["a"]
    assert [(s["field"], s["direction"]) for s in asked["sortby"]] == [
        ("gsd", "asc"), ("collection", "asc"), ("id", "asc"),
    ]  # fmt: skip


@pytest.mark.parametrize("token", ["next:zz:00", "../x", "next:61:62; drop"])
def test_a_token_that_is_none_never_reaches_pgstac(token: str) -> None:
    with pytest.raises(DataError, match="token"):
        search_document(Query(token=token), None)


def test_a_database_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no kind"):
        open_catalogue(tmp_path / "x", "mysql://host/db")
    with pytest.raises(DataError, match="no catalogue"):
        open_catalogue(tmp_path / "x")
