"""Entries as JSON and back; wishes from CSV."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.formats.quota_files import (
    entry_from_dict,
    entry_to_dict,
    read_quarter_wishes,
    read_wishes,
)
from overflight.formats.schema import validate
from overflight.terms.quotas import Entry

TEXT = st.text(max_size=12)
CODES = st.lists(st.sampled_from(["DEU", "RUS"]), max_size=2).map(tuple)
ENTRIES = st.builds(
    Entry,
    number=st.integers(0, 10**6),
    date=st.dates(),
    year=st.integers(1900, 2999),
    kind=TEXT,
    observer=TEXT,
    observed=TEXT,
    flights=st.integers(0, 100),
    shared_with=CODES,
    also_over=CODES,
    to=TEXT,
    agreed=CODES,
    quarter=st.one_of(st.none(), st.integers(1, 4)),
    cites=st.lists(TEXT, max_size=2).map(tuple),
    ref=TEXT,
    corrects=st.one_of(st.none(), st.integers(1, 99)),
    despite=TEXT,
    remark=TEXT,
)


@given(ENTRIES)
def test_an_entry_comes_back_from_json_as_it_was(entry: Entry) -> None:
    row = json.loads(json.dumps(entry_to_dict(entry)))
    if entry.kind:
        assert entry_from_dict(row) == entry
        validate_entry(row)


def validate_entry(row: dict[str, object]) -> None:
    from jsonschema import Draft202012Validator

    from overflight.formats.schema import load_schema

    Draft202012Validator(load_schema("quota-entry")).validate(row)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"date": "2003-01-01", "year": 2003},
        {"date": "2003-13-01", "year": 2003, "kind": "flown"},
        {"date": 5, "year": 2003, "kind": "flown"},
        {"date": "2003-01-01", "year": True, "kind": "flown"},
        {"date": "2003-01-01", "year": 2003, "kind": "flown", "shared_with": "DEU"},
        {"date": "2003-01-01", "year": 2003, "kind": "flown", "shared_with": [1]},
        {"date": "2003-01-01", "year": 2003, "kind": "flown", "wings": 2},
    ],
)
def test_what_is_no_entry_is_refused_with_its_line(row: dict[str, object]) -> None:
    with pytest.raises(DataError) as caught:
        entry_from_dict(row, file="ledger.jsonl", line=7)
    assert (caught.value.file, caught.value.line) == ("ledger.jsonl", 7)


def test_csv_and_json_say_the_same(tmp_path: Path) -> None:
    table, tree = tmp_path / "a.csv", tmp_path / "a.json"
    table.write_text(
        "Observer;Observed;Flights;Shared with\n# a remark\n\nDEU;POL;2;FRA+GBR\n", "utf-8"
    )
    row = {"observer": "DEU", "observed": "POL", "flights": 2, "shared_with": ["FRA", "GBR"]}
    document = {"kind": "quota-requests", "version": 1, "flights": [row]}
    validate(document, "quota-requests")
    tree.write_text(json.dumps(document), "utf-8")
    (one,), (two,) = read_wishes(table), read_wishes(tree)
    assert one.line == 4 and two.line is None
    assert (one.holders, one.flights, one.priority) == (("DEU", "FRA", "GBR"), 2, 1)
    assert (two.holders, two.flights, two.priority) == (("DEU", "FRA", "GBR"), 2, 1)


def test_plans_by_quarter_with_a_time_in_any_zone(tmp_path: Path) -> None:
    file = tmp_path / "plans.csv"
    file.write_text(
        "observer,observed,quarter,start,outside_quota\nDEU,POL,1,2010-02-01T03:00:00+03:00,yes\n",
        "utf-8",
    )
    (plan,) = read_quarter_wishes(file)
    assert plan.start == dt.datetime(2010, 2, 1, tzinfo=dt.UTC)
    assert plan.outside_quota and plan.flights == 1
    file.write_text("observer,observed,quarter,start\nDEU,POL,1,2010-02-01T03:00:00\n", "utf-8")
    with pytest.raises(DataError, match="zone") as caught:
        read_quarter_wishes(file)
    assert caught.value.line == 2
