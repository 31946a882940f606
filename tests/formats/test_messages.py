"""Messages: text and document each give the other back; what is malformed is refused in place."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from formats.message_samples import NOTICE, book, documents
from overflight.errors import DataError
from overflight.formats.messages.document import (
    message_bytes,
    message_from_dict,
    message_to_dict,
    read_message,
)
from overflight.formats.messages.lines import WIDTH
from overflight.formats.messages.reading import read_text
from overflight.formats.messages.related import (
    derive,
    document_from_messages,
    message_from_document,
)
from overflight.formats.messages.schema import message_schema
from overflight.formats.messages.text import message_text
from overflight.terms.messages import Message, MessageType

CASES = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "messages.toml").read_text(encoding="utf-8")
)
AIRCRAFT = "An-30B, one framing camera AFA-41/10 and one framing camera AFA-41/7.5"
TYPES = list(book().types.values())


def message(document: dict[str, Any]) -> Message:
    return message_from_dict(copy.deepcopy(document), book())


def text_of(one: Message, **how: bool) -> str:
    return message_text(one, book().types[one.type], **how)


# --- there and back


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.id)
@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_text_and_document_give_each_other_back(kind: MessageType, data: st.DataObject) -> None:
    document = data.draw(documents(kind))
    one = message(document)
    assert message_to_dict(one) == document
    for ascii_only in (False, True):
        text = text_of(one, ascii_only=ascii_only)
        again = read_text(text.encode(), book())
        assert again == one
        assert message_bytes(again) == message_bytes(one)
        assert text_of(again, ascii_only=ascii_only) == text
        assert max(map(len, text.splitlines())) <= WIDTH
        assert text.isascii() or not ascii_only
    assert read_message(message_bytes(one), book()) == one


@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_no_text_can_pass_for_an_entry(data: st.DataObject) -> None:
    """Only headings stand in columns 0 and 2, whatever the fields hold."""
    kind = book().types["flight-notification"]
    for line in text_of(message(data.draw(documents(kind)))).split("\n"):
        if line and not line.startswith("      "):
            assert re.match(
                r"(\*\*\* (EXERCISE|SIMULATED) \*\*\*$|FORMAT: |[1-8]\. [A-Z/ ]+:|9\. END$"
                r"|[A-H]\. [A-Z -]+: VI\.I\.5|  [A-H](\(\d+\))?\d+\. [A-Z][A-Za-z -]+:)",
                line,
            ), line


def test_the_text_is_the_one_that_people_read() -> None:
    text = CASES["good"]
    assert text_of(read_text(text.encode(), book())) == text
    one = read_text(text.encode(), book())
    assert one.remarks == "The airfield is closed from 18:00.\nFuel is to be ordered."
    assert one.content["acknowledged_aircraft"] == AIRCRAFT
    assert (one.marks, one.earlier) == (("EXERCISE",), ("DEU 2021/014",))


def test_line_ends_and_trailing_blanks_of_other_systems_are_read() -> None:
    text = CASES["good"]
    mailed = "\r\n".join(f"{line}  " for line in text.split("\n"))
    assert read_text(mailed.encode(), book()) == read_text(text.encode(), book())


# --- what is malformed


@pytest.mark.parametrize("case", CASES["bad"], ids=lambda case: case["name"])
def test_a_malformed_message_is_refused_with_its_place(case: dict[str, Any]) -> None:
    text = CASES["good"]
    assert case["old"] in text
    with pytest.raises(DataError) as caught:
        read_text(text.replace(case["old"], case["new"], 1).encode(), book())
    told = caught.value
    assert case["says"] in f"{told.message} {told.remedy}"
    assert told.remedy and told.line is not None
    if "line" in case:
        assert told.line == case["line"]
    if "where" in case:
        assert told.where == case["where"]


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 700), st.sampled_from(["", "\n", " ", "x", ":", "\\", "8", "é"]))
def test_a_damaged_message_is_refused_or_says_something_else(place: int, put: str) -> None:
    """Never a crash; and nothing that writes the same text."""
    text = CASES["good"]
    damaged = text[:place] + put + text[place + 1 :]
    try:
        one = read_text(damaged.encode(), book())
    except DataError as error:
        assert error.remedy
    else:
        assert (text_of(one) == text) == (one == read_text(text.encode(), book()))


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\xff\xfe\x00", b"*** EXERCISE ***\n", b"9. END\n"]
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(DataError):
        read_text(data, book())


BAD_DOCUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "no such day": ({"sent": "2021-02-30T06:00:00Z"}, "/sent"),
    "not in UTC": ({"sent": "2021-02-20T06:00:00+03:00"}, "/sent"),
    "to nobody": ({"to": []}, "/to"),
    "to itself": ({"to": ["DEU"]}, "/to"),
    "a type that is none": ({"type": "protest"}, "/type"),
    "another regime": ({"treaty": "two-neighbours"}, "/treaty"),
    "a field too many": ({"colour": "red"}, "/colour"),
    "an empty remark": ({"remarks": ""}, "/remarks"),
    "a mark that is no word": ({"marks": ["*** x ***"]}, "/marks/0"),
    "a control character": ({"remarks": "a\x07"}, "/remarks"),
}


@pytest.mark.parametrize("case", BAD_DOCUMENTS)
def test_a_bad_document_gets_its_place(case: str) -> None:
    changes, place = BAD_DOCUMENTS[case]
    with pytest.raises(DataError) as caught:
        message({**NOTICE, **changes})
    assert caught.value.where == place


@pytest.mark.parametrize("item", ["personnel", "inspection", "flight_distance_km"])
def test_what_the_paragraph_asks_for_must_be_there(item: str) -> None:
    document = copy.deepcopy(NOTICE)
    del document["content"][item]
    with pytest.raises(DataError, match="missing") as caught:
        message(document)
    assert caught.value.where == f"/content/{item}"


def test_a_notice_to_all_goes_to_all() -> None:
    document = {**NOTICE, "type": "aircraft-deletion", "to": ["RUS"],
                "content": {"aircraft": "An-30B", "effective": "2021-12-01"}}  # fmt: skip
    with pytest.raises(DataError, match="all other States Parties"):
        message(document)


# --- the treaty's types, held against its text


@pytest.mark.parametrize(
    ("name", "paragraph", "letters"),
    [
        ("flight-notification", "VI.I.5", "ABCDEFGH"),
        ("certification-notice", "Ann.D.I.3", "ABCDEF"),
        ("certification-participants", "Ann.D.I.5", "ABC"),
        ("copies-request", "IX.IV.1", "ABCDEF"),
        ("certification-report", "Ann.D.IV.1", "ABCDEF"),
    ],
)
def test_items_follow_the_subparagraphs(name: str, paragraph: str, letters: str) -> None:
    items = {item.letter: item for item in book().types[name].items}
    for letter in letters:
        cited = [citation.paragraph for citation in items[letter].citations]
        assert f"{paragraph}({letter})" in cited


@pytest.mark.parametrize(
    "paragraph",
    [
        "VI.I.5", "VI.I.6", "VI.I.8", "VII.2", "VI.II.6", "VI.I.21", "VIII.I.3", "VIII.I.6",
        "VIII.I.4", "VIII.I.5", "VIII.II.4", "VIII.II.5", "VI.II.7", "III.I.9", "III.II.2(A)",
        "Ann.H.1", "Ann.H.3", "Ann.H.4", "Ann.L.II.1", "Ann.D.I.3", "Ann.D.I.4", "Ann.D.I.5",
        "Ann.D.I.6", "Ann.D.IV.1", "V.2", "V.3", "IV.12", "Ann.E.4", "XIII.I.1", "XIII.I.2",
    ],
)  # fmt: skip
def test_every_notice_of_the_treaty_has_a_type(paragraph: str) -> None:
    assert any(paragraph in kind.paragraphs.split(", ") for kind in TYPES)


def test_personal_data_only_where_a_paragraph_asks_for_it() -> None:
    asked = {"VI.I.5(H)", "Ann.F.I.2(A)", "Ann.D.I.5(A)", "XIII.I.1", "XIII.I.2"}
    found = {item.citations[0].paragraph for kind in TYPES for item in kind.items if item.personal}
    assert found == asked


def test_only_one_official_number_is_claimed() -> None:
    assert {kind.id: kind.official for kind in TYPES if kind.official} == {
        "quota-transfer": "OS FORMAT 1"
    }


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.id)
def test_each_schema_is_one(kind: MessageType) -> None:
    schema = message_schema(book(), kind)
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == kind.title
    json.dumps(schema)


# --- the documents of a mission


def test_a_notification_is_filled_from_its_messages() -> None:
    """Instants are those of VI.I.5, VI.I.6, VI.I.8 and VII.2, each from the message that is it."""
    notice = message(NOTICE)
    told = derive(
        notice, book().types["flight-intention"], book(), number="DEU 2021/015", to=("ALL",),
        add={"observed": "RUS"},
    )  # fmt: skip
    transit = message(
        {
            **NOTICE, "type": "transit-notification", "number": "DEU 2021/016", "to": ["POL"],
            "sent": "2021-05-15T06:05:00Z",
            "content": {"observed": "RUS", "originates_in": "DEU", "along_ats_routes": True,
                        "transit_aircraft": "A319"},
        }
    )  # fmt: skip
    answer = read_text(CASES["good"].encode(), book())
    filled = document_from_messages([notice, told, transit, answer], book(), "notification")
    assert filled == {
        "kind": "notification", "version": 1, "treaty": "open-skies", "marks": ["EXERCISE"],
        "observing": "DEU", "observed": "RUS",
        "sent": "2021-05-15T06:00:00Z",
        "acknowledged": "2021-05-15T20:00:00Z",
        "all_parties_notified": "2021-05-15T06:00:00Z",
        "point_of_entry": "Kubinka", "start_airfield": None,
        "arrival_at_point_of_entry": "2021-05-19T07:00:00Z",
        "inspection": {"place": "Kubinka", "begins": "2021-05-19T09:00:00Z"},
        "diplomatic_clearance": "DC 4711", "aircraft_provided_by": "RUS",
        "acknowledged_aircraft": AIRCRAFT,
        "unrefuelled_range_km": 2600, "flight_distance_km": 5500,
        "personnel": NOTICE["content"]["personnel"],
        "transit": [{"state": "POL", "notified": "2021-05-15T06:05:00Z", "originates_in": "DEU",
                     "along_ats_routes": True}],
    }  # fmt: skip


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(data=st.data())
@pytest.mark.parametrize("name", ["flight-notification", "mission-report"])
def test_what_a_document_holds_comes_back_from_the_message(name: str, data: st.DataObject) -> None:
    kind = book().types[name]
    first = message(data.draw(documents(kind)))
    filled = document_from_messages([first], book(), kind.document)
    again = message_from_document(filled, kind, book(), number="GBR 2021/001", to=first.to)
    assert document_from_messages([again], book(), kind.document) == filled
    assert again.marks == first.marks


def test_a_local_time_of_a_document_is_written_in_utc() -> None:
    document = document_from_messages([message(NOTICE)], book(), "notification")
    document["arrival_at_point_of_entry"] = "2021-05-19T10:00:00+03:00"
    kind = book().types["flight-notification"]
    again = message_from_document(document, kind, book(), number="DEU 2021/014")
    assert again.content["arrival_at_point_of_entry"] == "2021-05-19T07:00:00Z"


def test_no_person_is_named_in_a_message_made_for_others() -> None:
    """VI.I.8 and VII.2 ask for no names: nothing of item H is carried over."""
    notice = message(NOTICE)
    more = {"observed": "RUS", "originates_in": "DEU", "along_ats_routes": True,
            "transit_aircraft": "A319"}  # fmt: skip
    for name, to in (("flight-intention", "ALL"), ("transit-notification", "POL")):
        add = more if name.startswith("transit") else {"observed": "RUS"}
        one = derive(notice, book().types[name], book(), number="DEU 1", to=(to,), add=add)
        text = text_of(one)
        for value in NOTICE["content"]["personnel"][0].values():
            assert len(value) < 3 or value == "DEU" or value not in text
        assert (one.marks, one.earlier) == (notice.marks, (notice.number,))


def test_personal_data_stays_out_of_a_type_that_does_not_ask_for_it() -> None:
    """Even where it has a list of the same name with the same fields."""
    kind = book().types["flight-notification"]
    people = next(item for item in kind.items if item.records == "personnel")
    fields = tuple(replace(one, personal=False, required=False) for one in people.fields)
    open_item = replace(people, fields=fields, required=False)
    items = tuple(open_item if item is people else item for item in kind.items)
    other = replace(kind, id="open-notice", items=items)
    wider = replace(book(), types={**book().types, "open-notice": other})
    made = derive(message(NOTICE), other, wider, number="DEU 1", to=("RUS",))
    assert "personnel" not in made.content
    assert made.content["point_of_entry"] == "Kubinka"


def test_a_text_is_no_longer_than_the_document_that_it_fills_can_hold() -> None:
    document = {**NOTICE, "content": {**NOTICE["content"], "point_of_entry": "x" * 101}}
    with pytest.raises(DataError, match="100") as caught:
        message(document)
    assert caught.value.where == "/content/point_of_entry"


def test_messages_that_fill_nothing_are_told() -> None:
    with pytest.raises(DataError, match="none of these"):
        document_from_messages([message(NOTICE)], book(), "mission-report")
    with pytest.raises(DataError, match="no document"):
        document_from_messages([message(NOTICE)], book(), "letter")
