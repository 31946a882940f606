"""Bytes and names that can be written in one way only."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import EvidenceError
from overflight.record.canonical import dumps, loads
from overflight.record.names import alike, check_name, check_names, fault_of
from overflight.record.refused import Refused

NAMES = tomllib.loads((Path(__file__).parent / "fixtures" / "names.toml").read_text("utf-8"))


@pytest.mark.parametrize("row", NAMES["bad"], ids=lambda row: ascii(row["name"]))
def test_a_bad_name_is_refused(row: dict[str, str]) -> None:
    with pytest.raises(EvidenceError) as caught:
        check_name(row["name"])
    assert isinstance(caught.value, Refused)
    assert caught.value.code == "bad-name"
    assert row["why"] in caught.value.message
    assert caught.value.message.isascii()  # nothing invisible reaches a terminal


@pytest.mark.parametrize("name", NAMES["good"])
def test_a_plain_name_is_taken(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["a" * 141, "é" * 71, "/".join("a" * 17), "x" * 150])
def test_a_name_out_of_measure_is_refused(name: str) -> None:
    assert fault_of(name)


@pytest.mark.parametrize("pair", NAMES["alike"], ids=ascii)
def test_two_names_that_some_take_for_one_are_refused(pair: list[str]) -> None:
    for order in (pair, pair[::-1]):
        with pytest.raises(Refused) as caught:
            check_names(order)
        assert caught.value.code in ("alike-name", "bad-name")
    assert check_name(pair[0])


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        check_names(["a/b", "a/b"])
    assert caught.value.code == "duplicate-name"


@given(st.text(max_size=30))
def test_a_name_that_is_taken_leads_nowhere_else(name: str) -> None:
    if not fault_of(name):
        path = Path("root") / name
        assert ".." not in path.parts
        assert not Path(name).is_absolute()
        assert alike(name) == alike(name.upper()) or alike(name.casefold()) == alike(name)


def test_canonical_bytes_are_those_of_rfc_8785() -> None:
    # RFC 8785 section 3.2.2 (strings, literals) and 3.2.3 (order), for the part that is used here.
    value = {"string": '€$\u000f\nA\'B"\\\\"/', "literals": [None, True, False], "a": 1}
    said = '{"a":1,"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert dumps(value) == said.encode("utf-8")
    assert loads(dumps(value), "x") == value


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"a": 1}', "not-canonical"),
        (b'{"b":1,"a":2}', "not-canonical"),
        (b'{"a":1,"a":1}', "not-canonical"),
        (b'{"a":1}\n', "not-canonical"),
        (b'\xef\xbb\xbf{"a":1}', "not-json"),
        (b'{"a":"\\u0041"}', "not-canonical"),
        (b'{"a":1.5}', "not-json"),
        (b'{"a":1e3}', "not-json"),
        (b'{"a":NaN}', "not-json"),
        (b'{"a":9007199254740992}', "not-canonical"),
        (b'{"a":-0}', "not-canonical"),
        (b'{"a":"\\ud800"}', "not-canonical"),
        ('{"a":"e\u0301"}'.encode(), "not-canonical"),
        ('{"\u00e9":1}'.encode(), "not-canonical"),
        (b"[" * 100_000, "not-json"),
        (b"[" * 5000 + b"]" * 5000, "not-json"),
        (b"9" * 5000, "not-json"),
        (b"", "not-json"),
        (b"\xff", "not-json"),
    ],
)
def test_another_way_to_write_it_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        loads(data, "x")
    assert caught.value.code in (code, "not-json" if data.startswith(b"[") else code)


def test_a_document_that_would_fill_the_memory_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Refused) as caught:
        loads(b"[" + b"{}," * 100 + b"{}]", "x", most_values=100)
    assert caught.value.code == "too-large"
    with pytest.raises(Refused) as caught:
        loads(b"[" + b"1," * 3_100_000 + b"1]", "x")
    assert caught.value.code == "too-large"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=126), max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_VALUES)
def test_what_can_be_written_is_read_again(value: object) -> None:
    try:
        data = dumps(value)
    except ValueError:
        return
    assert loads(data, "x") == value
    assert json.loads(data) == value
