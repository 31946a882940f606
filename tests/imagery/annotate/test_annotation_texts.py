"""Annotations written and read: against the forms of Annex B, Appendix 1, and there and back."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imagery_annotated import BEGUN_S, forms

from overflight.errors import DataError
from overflight.formats.annotation_json import (
    FrameFile,
    annotation_from_dict,
    annotation_to_dict,
)
from overflight.formats.annotation_parse import parse_annotation, parse_annotations
from overflight.formats.annotation_text import item_text, item_texts, one_line, tidy
from overflight.formats.schema import validate
from overflight.imagery.annotate.rounding import disagreeing
from overflight.imagery.annotate.tags import annotation_of_tags, tags
from overflight.terms import annotation as terms
from overflight.terms.annotation import Annotation, Style
from overflight.terms.camera import Mounting

CASES = tomllib.loads((Path(__file__).parent / "annotation_cases.toml").read_text("utf-8"))


def of_case(case: dict[str, Any]) -> Annotation:
    values = dict(case.get("values", {}))
    if "mounting" in case:
        place, pointing, *rest = case["mounting"]
        angle = rest[0] if rest and pointing != "fan" else None
        values["mounting"] = Mounting(place, pointing, angle, *rest[1:])
    return Annotation(**values)


@pytest.mark.parametrize("case", CASES["item"], ids=lambda c: f"{c['paragraph']}-{c['text']}")
def test_items_are_written_as_the_paragraph_says(case: dict[str, Any]) -> None:
    style = Style(**case.get("style", {}))
    assert item_text(case["item"], of_case(case), forms(), style) == case["text"]
    assert forms().forms[case["item"]].cite.startswith(case["paragraph"] + " ")


@pytest.mark.parametrize("case", CASES["item"], ids=lambda c: f"{c['paragraph']}-{c['text']}")
def test_items_are_read_back_within_their_rounding(case: dict[str, Any]) -> None:
    item, text = case["item"], case["text"]
    read = parse_annotation(f"{item.replace('-', ' ')}: {text}".lower(), forms())
    assert not read.faults
    assert read.texts == {item: text}
    assert not disagreeing(item, text, read.annotation, of_case(case))


@pytest.mark.parametrize("case", CASES["wrong"], ids=lambda c: c["text"])
def test_what_is_not_in_its_form_is_told_with_the_paragraph(case: dict[str, Any]) -> None:
    read = parse_annotation(case["text"], forms())
    assert read.faults
    told = " ".join(fault.cite for fault in read.faults)
    assert case["paragraph"] in told
    assert not [item for item in read.annotation.items if item != terms.FOCAL]


def test_other_layouts_mean_the_same() -> None:
    one = "OS1001 OFBP INT2L45 152MM 2021-05-19T10:32Z 03000M 48.12N 011.58E HDG 273 FRAME 7"
    others = (
        "flight reference: os1001; sensor: ofbp; config=INT2L45\nfocal length 152 mm\n\n"
        "date 2021-05-19, time 10:32Z | height 03000M\nposition 48.12N, 011.58E\n"
        "TRUE HEADING: 273\nframe number: 7",
        "FRAME 7|HEADING 273|48.12N/011.58E|03000M|191032Z MAY 2021|FL 152|INT2L45|OFBP|OS1001",
        "# remark\nOS1001 OFBP INT2L45 FOCAL 152MM 19 MAY 2021 1032Z AGL 03000M 48.12N011.58E "
        "HDG 273 FRM 7",
    )
    first = parse_annotation(one, forms())
    assert not first.faults and first.annotation.frame == 7
    for text in others:
        read = parse_annotation(text, forms())
        assert not read.faults, text
        assert replace(read.annotation, day_s=None) == first.annotation, text


def test_letters_that_only_look_like_letters_are_none() -> None:
    """Upper case makes an I of a dotless i, and an S of a long one."""
    for text in ("ınt1v", "oſ1001", "４８.12N 011.58E"):
        read = parse_annotation(text, forms())
        assert read.faults and not read.annotation.items


def test_dates_carry_on_and_midnight_is_the_next_day() -> None:
    text = "OS1001 OFBP INT1V 80MM 2021-12-31\n\nFRAME 1 23:59Z ROLL 1L\nFRAME 2 00:00Z ROLL 1L\n"
    leader, first, second = parse_annotations(text, forms())
    assert leader.annotation.flight == "OS1001" and first.annotation.flight is None
    assert second.annotation.time_s == 1640995200.0  # 2022-01-01T00:00:00Z
    assert (first.annotation.time_s or 0) == 1640995200.0 - 60.0
    (alone,) = parse_annotations("FRAME 1 TIME 23:59", forms())
    assert alone.annotation.time_s is None
    assert "no date" in alone.faults[0].message


def test_what_is_told_twice_and_differs_is_a_fault() -> None:
    read = parse_annotation("03000M height 03000M", forms())
    assert not read.faults
    read = parse_annotation("03000M height 03001M", forms())
    assert "twice" in read.faults[0].message and "Ann.B.App.1.6" in read.faults[0].cite


def test_marks_are_read_wherever_they_stand() -> None:
    for text in ("SIMULATED FRAME 1", "# simulated flight\nFRAME 1", "FRAME 1 simulated"):
        assert parse_annotation(text, forms()).annotation.marks == ("SIMULATED",), text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"height_agl_m": 100000.0}, "height"),
        ({"height_agl_m": -1.0}, "height"),
        ({"speed_km_h": 1000.0}, "groundspeed"),
        ({"lat": 90.1, "lon": 0.0}, "latitude"),
        ({"lat": 0.0, "lon": float("nan")}, "finite"),
        ({"roll_deg": 1e300}, "roll"),
        ({"flight": "OS12"}, "flight reference"),
        ({"time_s": 1e20}, "calendar"),
        ({"magazine": -1}, "magazine"),
        ({"mounting": Mounting("", "vertical")}, "sensor configuration"),
    ],
)
def test_values_that_no_form_holds_are_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        item_texts(Annotation(**values), forms())
    assert caught.value.remedy


def numbers(low: float, high: float) -> st.SearchStrategy[float | None]:
    return st.none() | st.floats(low, high, allow_nan=False)


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    place = draw(st.booleans())
    sensor = draw(st.booleans())
    return Annotation(
        flight=draw(st.none() | st.from_regex(r"OS[0-9]{4}", fullmatch=True)),
        category=draw(st.sampled_from(forms().categories)) if sensor else None,
        medium=draw(st.sampled_from(forms().media)) if sensor else None,
        mounting=draw(st.sampled_from([None, Mounting("INT3", "right", 30)])),
        focal_mm=draw(numbers(1.0, 2000.0)),
        time_s=draw(numbers(0.0, 4e9)),
        height_agl_m=draw(numbers(0.0, 30000.0)),
        lat=draw(st.floats(-90.0, 90.0)) if place else None,
        lon=draw(st.floats(-180.0, 180.0)) if place else None,
        heading_deg=draw(numbers(0.0, 359.99)),
        roll_deg=draw(numbers(-60.0, 60.0)),
        pitch_deg=draw(numbers(-60.0, 60.0)),
        drift_deg=draw(numbers(-60.0, 60.0)),
        speed_km_h=draw(numbers(0.0, 999.0)),
        swath_km=draw(numbers(0.0, 100.0)),
        polarisations=draw(st.sampled_from([(), ("HH",), ("HH", "HV")])),
        magazine=draw(st.none() | st.integers(1, 999)),
        frame=draw(st.none() | st.integers(1, 999999)),
        marks=draw(st.sampled_from([(), ("SIMULATED",)])),
    )


STYLES = st.builds(
    Style, st.sampled_from("MF"), st.sampled_from(["decimal", "minutes"]), st.just("KM")
)


@settings(max_examples=150, deadline=None)
@given(annotations(), STYLES)
def test_a_line_is_read_back_within_its_rounding(note: Annotation, style: Style) -> None:
    texts = item_texts(note, forms(), style)
    line = one_line(note, forms(), style)
    read = parse_annotation(line, forms())
    assert not read.faults
    assert read.annotation.marks == note.marks
    for item, text in texts.items():
        if item != terms.DATE:
            assert not disagreeing(item, text, read.annotation, tidy(note)), (item, text)
    again = tags(note, forms(), style)
    assert all(text.isascii() for text in again.values())
    from_tags = annotation_of_tags(again, forms())
    if texts or note.marks:
        assert from_tags is not None
        assert not from_tags.faults and dict(from_tags.texts) == texts


@settings(max_examples=60, deadline=None)
@given(annotations(), STYLES)
def test_a_sidecar_is_read_back_as_it_was_written(note: Annotation, style: Style) -> None:
    document = annotation_to_dict(note, forms(), FrameFile("f.tif"), style=style)
    validate(json.loads(json.dumps(document)), "frame-annotation")
    read = annotation_from_dict(document)
    assert annotation_to_dict(read.annotation, forms(), FrameFile("f.tif"), style=style) == document


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="OSINTV 0123456789.:NEMF\n,", max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    for read in parse_annotations(text, forms()):
        assert read.annotation.items or read.faults or read.annotation.marks or read.texts


def test_a_very_long_text_is_read_in_time_and_with_few_words() -> None:
    (read,) = parse_annotations("x " * 100_000, forms())
    assert len(read.faults) <= 20


def test_a_sidecar_that_was_altered_is_refused_or_told() -> None:
    note = Annotation(flight="OS1001", time_s=BEGUN_S, roll_deg=1.0)
    document = annotation_to_dict(note, forms(), FrameFile("f.tif"))
    for change in (
        {"kind": "other"},
        {"values": document["values"] | {"lat": 91}},
        {"values": document["values"] | {"time": "2021-02-30T00:00:00Z"}},
        {"values": document["values"] | {"mounting": "INT1Q"}},
        {"items": [*document["items"], {"item": "roll", "text": "2.0R", "cite": ""}]},
        {"extra": 1},
    ):
        with pytest.raises(DataError) as caught:
            annotation_from_dict(document | change)
        assert caught.value.remedy
    lost = document | {"line": "SIMULATED " + document["line"]}
    assert annotation_from_dict(lost).annotation.simulated
