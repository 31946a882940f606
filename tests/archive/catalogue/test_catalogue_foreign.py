"""Bytes of strangers: filters, tokens, geometries, items. Each is answered or refused in words."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import catalogue_made as made
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.archive.catalogue import Query, Sort
from overflight.archive.catalogue.cql2 import MOST_LETTERS, read_text
from overflight.archive.catalogue.moments import interval, microseconds
from overflight.archive.catalogue.reading import read_item
from overflight.archive.catalogue.sqlite import SqliteCatalogue
from overflight.errors import DataError

WORDS = (
    "a", "gsd", "geometry", "datetime", "id", "AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "IS",
    "NULL", "(", ")", ",", "=", "<>", "-", "*", "/", "^", "1", "1e308", "'x'", "'", '"', "TRUE",
    "POINT", "POLYGON", "BBOX", "INTERVAL", "TIMESTAMP", "DATE", "'..'", "'2020-01-01'",
    "S_INTERSECTS", "T_AFTER", "A_CONTAINS", "CASEI", "\x00", "é", ".", ":", "\\",
)  # fmt: skip
LEAF = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(("and", "not", "=", "in", "like", "between", "isNull", "casei", "+", "/",
                       "s_within", "t_during", "a_overlaps", "gsd", "datetime", "geometry",
                       "2020-01-01", "..", "Point", "Polygon"))
)  # fmt: skip
KEYS = st.sampled_from(
    ("op", "args", "property", "timestamp", "date", "interval", "bbox", "type", "coordinates", "x")
)
TREE = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)
OPS = st.sampled_from(
    ("and", "or", "not", "=", "<", "in", "like", "between", "isnull", "s_within", "t_during",
     "a_contains", "+")
)  # fmt: skip
CALL = st.fixed_dictionaries(
    {"op": OPS, "args": st.lists(TREE | st.fixed_dictionaries({"property": LEAF}), max_size=3)}
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteCatalogue]:
    one = SqliteCatalogue(tmp_path_factory.mktemp("foreign") / "catalogue.sqlite", new=True)
    with one.writing() as writing:
        writing.add(1, [made.collection(n) for n in made.COLLECTIONS], made.items(3, 60))
    yield one
    one.close()


def answered(catalogue: SqliteCatalogue, query: Query) -> bool:
    try:
        catalogue.search(query)
    except DataError as error:
        assert error.remedy
        return False
    return True


@given(words=st.lists(st.sampled_from(WORDS), max_size=12))
def test_any_words_are_a_filter_or_refused(catalogue: SqliteCatalogue, words: list[str]) -> None:
    try:
        found = read_text(" ".join(words))
    except DataError as error:
        assert error.remedy
    else:
        answered(catalogue, Query(filter=found, matched=True))


@given(document=TREE | CALL)
def test_any_json_is_a_filter_or_refused(catalogue: SqliteCatalogue, document: object) -> None:
    answered(catalogue, Query(filter=document, matched=True))  # type: ignore[arg-type]


@given(document=TREE)
def test_any_json_is_a_place_or_refused(catalogue: SqliteCatalogue, document: object) -> None:
    answered(catalogue, Query(intersects=document))  # type: ignore[arg-type]


@given(token=st.text(max_size=40), field=st.text(max_size=8))
def test_any_token_and_any_field_are_taken_or_refused(
    catalogue: SqliteCatalogue, token: str, field: str
) -> None:
    answered(catalogue, Query(token=token))
    answered(catalogue, Query(sortby=(Sort(field),), token=token))


@given(document=TREE)
def test_any_json_is_an_item_or_refused(document: object) -> None:
    whole = {"type": "Feature", "id": "a", "collection": "b", "geometry": document,
             "properties": {"datetime": "2020-01-01T00:00:00Z"}}  # fmt: skip
    for one in (document, whole, {**whole, "geometry": None, "properties": document}):
        try:
            row = read_item(json.dumps(one).encode())
        except DataError as error:
            assert error.remedy
        else:
            assert row.start <= row.finish


@pytest.mark.parametrize(
    "text",
    [
        "NOT " * (MOST_LETTERS // 4 - 2) + "a=1",
        "(" * 9000,
        "-" * 9000 + "1=1",
        "a=1" + " OR a=1" * 1200,
    ],
    ids=["nots", "brackets", "signs", "alternatives"],
)
def test_long_filters_end_in_words(catalogue: SqliteCatalogue, text: str) -> None:
    try:
        found = read_text(text)
    except DataError as error:
        assert error.remedy
    else:
        answered(catalogue, Query(filter=found))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        # RFC 3339, 5.8; the leap second is the first of the next day, as in PostgreSQL
        ("1985-04-12T23:20:50.52Z", 482196050_520000),
        ("1996-12-19T16:39:57-08:00", 851042397_000000),
        ("1990-12-31T23:59:60Z", 662688000_000000),
        ("1990-12-31T15:59:60-08:00", 662688000_000000),
        ("1937-01-01T12:00:27.87+00:20", -1041337172_130000),
        # PostgreSQL rounds to microseconds
        ("2020-01-01t00:00:00.0000005z", 1577836800_000000),
        ("2020-01-01T00:00:00.0000015Z", 1577836800_000002),
        ("2020-01-01T00:00:00.9999999Z", 1577836801_000000),
    ],
)
def test_times_are_read_as_rfc_3339_has_them(text: str, count: int) -> None:
    assert microseconds(text) == count
    assert interval(text).start == interval(text).end == count


def test_without_orjson_the_same_is_read_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from overflight.archive.catalogue import reading

    bodies = made.items(5, 40)
    known = [read_item(body) for body in bodies]
    monkeypatch.setitem(sys.modules, "orjson", None)
    monkeypatch.setattr(reading, "parse", reading._parser())
    assert [read_item(body) for body in bodies] == known
    for bad in (bodies[0].replace(b"{}", b"NaN"), b"\xff{}", b"[" * 100_000, bodies[0][:-1]):
        with pytest.raises(DataError, match="no JSON"):
            read_item(bad)
