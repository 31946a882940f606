"""A message on paper: all of it is there, its marks on every page, the same bytes each time."""

from __future__ import annotations

import copy
import io
from typing import Any

import pytest
from pypdf import PdfReader

from formats.message_samples import NOTICE, book
from overflight.formats.messages.document import message_from_dict
from overflight.report.message_pdf import message_pdf


def printed(
    document: dict[str, Any], names: dict[str, str] | None = None
) -> tuple[bytes, list[str]]:
    message = message_from_dict(copy.deepcopy(document), book())
    data = message_pdf(message, book().types[message.type], names=names)
    pages = [" ".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(data)).pages]
    return data, pages


def test_the_whole_message_is_on_it() -> None:
    data, pages = printed(NOTICE, {"DEU": "Germany", "RUS": "Russia"})
    text = " ".join(pages)
    for words in ("DEU 2021/014", "Germany (DEU)", "Russia (RUS)", "VI.I.5(H)", "Anna Example",
                  "C01X00T47", "5500 km", "2021-05-19T09:00:00Z", "EXERCISE"):  # fmt: skip
        assert words in text
    assert printed(NOTICE, {"DEU": "Germany", "RUS": "Russia"})[0] == data


def test_marks_stand_on_every_page() -> None:
    document = copy.deepcopy(NOTICE)
    document["content"]["personnel"] *= 80
    document["marks"] = ["EXERCISE", "SIMULATED"]
    _, pages = printed(document)
    assert len(pages) > 2
    assert all("EXERCISE" in page and "SIMULATED" in page for page in pages)


def test_a_long_remark_and_mark_up_are_printed_as_they_are() -> None:
    document = {**NOTICE, "remarks": "<b>bold</b> & more\n" + "many words " * 1500}
    _, pages = printed(document)
    assert "<b>bold</b> & more" in " ".join(pages)


@pytest.mark.parametrize("signed", ["mission-report", "certification-report", "plan-acceptance"])
def test_there_is_a_box_for_everyone_who_signs(signed: str) -> None:
    from overflight.cli.message import _blank

    kind = book().types[signed]
    _, pages = printed(_blank(book(), kind))
    text = " ".join(pages)
    for role in kind.signed:
        assert f"For the {role}" in text


@pytest.mark.parametrize("name", sorted(book().types))
def test_every_type_can_be_printed(name: str) -> None:
    from overflight.cli.message import _blank

    kind = book().types[name]
    _, pages = printed(_blank(book(), kind))
    text = " ".join(pages)
    for item in kind.items:
        assert f"{item.letter}. {item.title}" in text


def test_no_word_is_broken_where_the_page_is_wide_enough() -> None:
    """Seven columns, an instant among them."""
    change = {
        "leg": "1", "ground": "weather", "paragraph": "weather affects flight safety, VIII.I.4(A)",
        "facts": "Fog until nine. (weather fog)", "kind": "time",
        "change": "from 2021-05-19T09:00:00Z on", "still_observed": True,
    }  # fmt: skip
    document = {
        **NOTICE, "type": "plan-changes", "by": "RUS", "to": ["DEU"],
        "content": {
            "plan": "P", "digest": "0", "proposed": "2021-05-17T13:00:00Z", "changes": [change],
        },
    }  # fmt: skip
    _, pages = printed(document)
    for word in ("Ground", "weather", "changes", "observed", "2021-05-19T09:00:00Z"):
        assert word in pages[0]
