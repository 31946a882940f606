"""Whatever is thrown at a reader, it answers with what it read or with a DataError."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import DataError
from overflight.formats.hazards import read_hazards
from overflight.formats.plan_json import (
    mission_plan_to_dict,
    read_mission_plan,
    working_plan_to_dict,
)
from overflight.formats.sites import read_sites
from strategies import sample_plan, sample_working_plan

READERS: dict[str, Callable[[bytes], object]] = {
    "plan": read_mission_plan,
    "hazards": read_hazards,
    "sites": read_sites,
    "csv": lambda data: read_sites(data, "csv"),
    "gpkg": lambda data: read_sites(data, "gpkg"),
}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)

PLAN = mission_plan_to_dict(sample_plan())
WORKING = working_plan_to_dict(sample_working_plan())
AREAS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": "A",
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[30, 50], [31, 50], [31, 51], [30, 50]]],
            },
            "properties": {"value": 3, "name": "A", "earliest": "2021-05-19T07:00:00Z"},
        }
    ],
}


def read_or_refuse(reader: str, data: bytes) -> None:
    with contextlib.suppress(DataError):
        READERS[reader](data)


@pytest.mark.parametrize("reader", sorted(READERS))
@given(data=st.binary(max_size=200))
def test_bytes(reader: str, data: bytes) -> None:
    read_or_refuse(reader, data)
    read_or_refuse(reader, b"SQLite format 3\x00" + data)


@given(st.text(alphabet="latlon,;\t\n\"'0123456789.-é \x00", max_size=80))
def test_csv_text(text: str) -> None:
    read_or_refuse("csv", b"lat,lon,value,earliest\n" + text.encode())


@pytest.mark.parametrize(
    ("reader", "document"),
    [("plan", PLAN), ("plan", WORKING), ("hazards", AREAS), ("sites", AREAS)],
    ids=["plan", "working plan", "hazards", "sites"],
)
@settings(max_examples=50)
@given(data=st.data())
def test_a_document_with_anything_in_one_place(
    reader: str, document: dict[str, Any], data: st.DataObject
) -> None:
    changed: Any = copy.deepcopy(document)
    here, depth = changed, data.draw(st.integers(0, 6))
    for _ in range(depth):
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(here[key], (dict, list)) or not here[key]:
            break
        here = here[key]
    keys = list(here) if isinstance(here, dict) else list(range(len(here)))
    key = data.draw(st.sampled_from(keys))
    if data.draw(st.booleans()):
        here[key] = data.draw(anything)
    else:
        del here[key]
    text = json.dumps(changed, ensure_ascii=data.draw(st.booleans()))
    read_or_refuse(reader, text.encode(errors="surrogatepass"))
