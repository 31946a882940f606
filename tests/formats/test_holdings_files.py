"""Ledgers of holdings as CSV and JSON: read back as they were, mistakes with their place."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.formats.holdings_files import (
    holding_from_dict,
    holding_to_dict,
    holdings_csv,
    holdings_document,
    holdings_rows,
)
from overflight.formats.schema import validate
from overflight.terms.holdings import HoldingEntry

words = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=0, max_size=8)
remarks = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=20).map(
    str.strip
)
codes = st.sampled_from(("", "POL", "HUN"))
days = st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1))
entries = st.builds(
    HoldingEntry,
    number=st.just(0),
    date=days,
    valid=days,
    kind=words.filter(bool),
    party=codes,
    zone=words,
    category=words,
    status=words,
    unit=remarks,
    items=st.none() | st.integers(0, 900_000),
    to=codes,
    to_zone=words,
    notified=st.none() | days,
    corrects=st.none() | st.integers(1, 50),
    remark=remarks,
)


def first_is_no_comment(found: list[HoldingEntry]) -> bool:
    return not any(entry.kind.startswith("#") for entry in found)


@given(st.lists(entries, min_size=1, max_size=4).filter(first_is_no_comment))
def test_csv_and_json_are_read_back(tmp_path_factory: Any, found: list[HoldingEntry]) -> None:
    folder = tmp_path_factory.mktemp("holdings")
    document = holdings_document("cfe", found)
    validate(json.loads(json.dumps(document)), "holdings")
    for name, text in (("a.csv", holdings_csv(found)), ("a.json", json.dumps(document))):
        file = folder / name
        file.write_text(text, encoding="utf-8")
        again = [HoldingEntry(**{"number": 0, **row}) for row in holdings_rows(file)]
        assert again == found


@given(entries)
def test_a_line_of_the_ledger_is_read_back(entry: HoldingEntry) -> None:
    row = holding_to_dict(entry)
    validate(json.loads(json.dumps(row)), "holdings-entry")
    assert holding_from_dict(row) == entry


BAD = {
    "no day": ("kind,party,items,valid\nexchanged,POL,5,\n", "valid is missing", 2),
    "bad day": ("kind,party,items,valid\nexchanged,POL,5,1997-02-30\n", "not a date", 2),
    "half an item": ("kind,party,items,valid\nexchanged,POL,1.5,1997-01-01\n", "whole number", 2),
    "no code": ("kind,party,items,valid\n\nexchanged,Poland,5,1997-01-01\n", "code of a State", 3),
    "other column": ("kind,party,items,valid,colour\n", "is not read", 1),
    "no kind": ("kind,party,items,valid\n,POL,5,1997-01-01\n", "kind is missing", 2),
    "no column": ("kind,party,valid\n", "'items' is missing", 1),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_a_mistake_has_its_line(tmp_path: Path, case: str) -> None:
    text, message, line = BAD[case]
    file = tmp_path / "a.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message) as caught:
        holdings_rows(file)
    assert caught.value.line == line and caught.value.remedy


def test_a_mistake_in_json_has_its_place(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    row = {"kind": "exchanged", "party": "POL", "items": -5, "valid": "1997-01-01"}
    file.write_text(json.dumps({"kind": "holdings", "version": 1, "entries": [row]}))
    with pytest.raises(DataError) as caught:
        holdings_rows(file)
    assert caught.value.where == "/entries/0/items"
