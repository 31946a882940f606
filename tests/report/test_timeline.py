"""The timeline as text and picture: order, what is late, widths, and the same bytes again."""

from __future__ import annotations

import datetime as dt

import pytest

from overflight.errors import DataError
from overflight.report.timeline import timeline_picture, timeline_text
from overflight.terms.timeline import Entry, Happening, Timeline, ordered

NOW = dt.datetime(2021, 5, 17, 21, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
CITE = "VI.II.6 (Treaty on Open Skies); VIII.I.4 (Treaty on Open Skies)"
ENTRIES = ordered(
    [
        Entry("agree", Happening.DUE, "both", "agree", CITE, due=NOW + 3 * HOUR),
        Entry("answer", Happening.OVERDUE, "observed", "answers", CITE, due=NOW - HOUR,
              if_not="The observing Party may decline."),
        Entry("plan", Happening.DONE, "observing", "submits the plan", CITE, at=NOW - 5 * HOUR),
        Entry("start", Happening.OPENS, "observing", "begins the flight", CITE, at=NOW + 19 * HOUR),
    ]
)  # fmt: skip
GIVEN = Timeline(
    "DEU over RUS", NOW, ENTRIES, {"observing": "DEU", "observed": "RUS", "both": "DEU and RUS"}
)


def test_entries_stand_in_the_order_of_time() -> None:
    assert [entry.id for entry in GIVEN.entries] == ["plan", "answer", "agree", "start"]


def test_what_is_late_comes_first_in_words() -> None:
    text = timeline_text(GIVEN)
    first = next(line for line in text.splitlines() if "OVERDUE" in line)
    assert first.startswith("OVERDUE by 1 h 00 min: RUS - answers")
    assert "The observing Party may decline." in text
    assert "3 h 00 min" in text
    assert "[VI.II.6, VIII.I.4]" in " ".join(text.split())


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits_the_terminal(width: int) -> None:
    assert max(map(len, timeline_text(GIVEN, width).splitlines())) <= width


def test_a_name_cannot_rewrite_the_terminal() -> None:
    evil = Timeline("x\x1b[2Jy", NOW, ENTRIES, {"observed": "\x1b[31mRUS"})
    assert "\x1b" not in timeline_text(evil)


def test_the_picture_is_the_same_again_and_shows_all_entries() -> None:
    png, svg = timeline_picture(GIVEN), timeline_picture(GIVEN, "svg")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert png == timeline_picture(GIVEN)
    assert svg == timeline_picture(GIVEN, "svg")
    more = Timeline(GIVEN.title, NOW, (*ENTRIES, *ENTRIES), GIVEN.names)
    tall = int.from_bytes(timeline_picture(more)[20:24], "big")
    assert tall > int.from_bytes(png[20:24], "big")


def test_marks_are_drawn() -> None:
    marked = Timeline(GIVEN.title, NOW, ENTRIES, GIVEN.names, ("SIMULATED",))
    assert timeline_picture(marked) != timeline_picture(GIVEN)
    assert "SIMULATED" in timeline_text(marked)


def test_an_empty_timeline_can_be_drawn() -> None:
    empty = Timeline("nothing yet", NOW, (), {})
    assert timeline_picture(empty)
    assert "nothing yet" in timeline_text(empty)


def test_another_form_is_refused() -> None:
    with pytest.raises(DataError, match="bmp"):
        timeline_picture(GIVEN, "bmp")
