"""Messages for the tests: any message of a type, and texts that try to be something else."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Any

from hypothesis import strategies as st

from overflight.formats.messages.document import put
from overflight.terms.messages import Field, Item, MessageBook, MessageType
from overflight.treaty.loader import load_treaty
from overflight.treaty.messages import message_book

_NOT_IN_JSON = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CHARS = st.characters(exclude_categories=("Cs",)).filter(lambda c: not _NOT_IN_JSON.match(c))
_HOSTILE = st.sampled_from(
    [
        "NONE", "9. END", "\n9. END\n", "8. REMARKS: NONE", "A. POINT OF ENTRY: x",
        "*** EXERCISE ***", "  A1. Point of entry: UUMB", "        ", "\\", "\\\\", "\\u{4e}",
        "\\.", "\\_", "\n", "\n\n", "\r\n", "\t", " ", "  ", "a b", "x" * 61, "x" * 62, "y" * 90,
        ": ", "\u00a0", "\u2028", "\u202e", "\u200b", "\u0301", "Köln", "Ржев", "東京", "\ufeff",
        "\x85", "\U0001f6e9",
    ]
)  # fmt: skip
LONG_TEXTS = st.one_of(
    st.lists(st.one_of(_HOSTILE, st.text(_CHARS, max_size=12)), min_size=1, max_size=6)
    .map("".join)
    .filter(bool),
    _HOSTILE,
)
TEXTS = LONG_TEXTS.map(lambda text: text[:100])
"""As long as every document holds."""

CODES = st.sampled_from(["DEU", "RUS", "BLX", "POL"])
NUMBERS = st.from_regex(r"[A-Z]{3} 20[0-9]{2}/[0-9]{3}", fullmatch=True)
INSTANTS = st.integers(700_000_000, 4_000_000_000).map(
    lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
)
_LIMIT = 1_000_000_000_000
_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "code": CODES,
    "instant": INSTANTS,
    "date": st.dates(dt.date(1900, 1, 1), dt.date(2099, 1, 1)).map(str),
    "number": st.one_of(st.integers(0, _LIMIT), st.floats(0, _LIMIT)),
    "whole": st.integers(0, _LIMIT),
    "flag": st.booleans(),
}


@cache
def book() -> MessageBook:
    return message_book(load_treaty("open-skies"))


def _single(field: Field) -> st.SearchStrategy[Any]:
    return st.sampled_from(field.choices) if field.choices else _KINDS[field.kind]


@st.composite
def _value(draw: st.DrawFn, field: Field) -> Any:
    if field.many:
        return draw(st.lists(_single(field), min_size=int(field.required), max_size=3))
    if not field.required and draw(st.integers(0, 4)) == 0:
        return None
    return draw(_single(field))


@st.composite
def _record(draw: st.DrawFn, item: Item) -> dict[str, Any]:
    chosen = [f for f in item.fields if f.required or draw(st.booleans())] or [item.fields[0]]
    return {field.name: draw(_value(field)) for field in chosen}


@st.composite
def documents(draw: st.DrawFn, kind: MessageType) -> dict[str, Any]:
    """Any message of the type, as its JSON document."""
    content: dict[str, Any] = {}
    for item in kind.items:
        if item.records:
            if item.required or draw(st.booleans()):
                least = int(item.required)
                content[item.records] = draw(st.lists(_record(item), min_size=least, max_size=3))
            continue
        for field in item.fields:
            if field.required or draw(st.booleans()):
                put(content, field.name, draw(_value(field)))
    known = [code for code in kind.to if code in book().addressees]
    document: dict[str, Any] = {
        "kind": "message", "version": 1, "treaty": "open-skies", "type": kind.id,
        "number": draw(NUMBERS), "sent": draw(INSTANTS), "by": "GBR",
        "to": [*known, *draw(st.lists(CODES, min_size=not known, max_size=3, unique=True))],
        "content": content,
    }  # fmt: skip
    earlier = draw(st.lists(NUMBERS, max_size=8, unique=True))
    marks = draw(st.lists(st.sampled_from(["EXERCISE", "SIMULATED"]), max_size=2, unique=True))
    if earlier:
        document["earlier"] = earlier
    if draw(st.booleans()):
        document["remarks"] = draw(LONG_TEXTS)
    if marks:
        document["marks"] = marks
    return document


NOTICE: dict[str, Any] = {
    "kind": "message",
    "version": 1,
    "treaty": "open-skies",
    "type": "flight-notification",
    "number": "DEU 2021/014",
    "sent": "2021-05-15T06:00:00Z",
    "by": "DEU",
    "to": ["RUS"],
    "content": {
        "point_of_entry": "Kubinka",
        "start_airfield": None,
        "arrival_at_point_of_entry": "2021-05-19T07:00:00Z",
        "inspection": {"place": "Kubinka", "begins": "2021-05-19T09:00:00Z"},
        "diplomatic_clearance": "DC 4711",
        "aircraft_provided_by": "DEU",
        "flight_distance_km": 5500,
        "personnel": [
            {
                "name": "Anna Example",
                "gender": "f",
                "date_of_birth": "1980-02-28",
                "place_of_birth": "Köln",
                "passport_number": "C01X00T47",
                "passport_issuer": "DEU",
                "function": "mission commander",
            }
        ],
    },
    "marks": ["EXERCISE"],
}
