"""The calendar file, read back by the icalendar library and held against RFC 5545's line rules."""

from __future__ import annotations

import datetime as dt

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.formats.ics import timeline_to_ics
from overflight.terms.timeline import Entry, Happening, Timeline, ordered

NOW = dt.datetime(2021, 5, 17, 21, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
NAMES = {"observing": "DEU", "observed": "RUS"}
CITE = "VI.II.6 (Treaty on Open Skies)"


def timeline(*entries: Entry, **fields: object) -> Timeline:
    return Timeline("DEU over RUS", NOW, ordered(list(entries)), NAMES, **fields)  # type: ignore[arg-type]


def events(given: Timeline) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(timeline_to_ics(given))
    return [part for part in calendar.walk("VEVENT") if isinstance(part, icalendar.Event)]


def due(id_: str = "answer", **fields: object) -> Entry:
    given = {
        "who": "observed", "what": "accepts the plan, or proposes changes; in 4 h", "cite": CITE,
        "due": NOW + 3 * HOUR, "if_not": "The observing Party may decline.",
    }  # fmt: skip
    return Entry(id_, Happening.DUE, **{**given, **fields})  # type: ignore[arg-type]


def test_what_is_due_ends_at_its_deadline_and_rings_before_it() -> None:
    (event,) = events(timeline(due()))
    assert event.decoded("dtend") == NOW + 3 * HOUR
    assert event.decoded("dtstart") < event.decoded("dtend")
    assert str(event["summary"]) == "DUE - RUS: accepts the plan, or proposes changes; in 4 h"
    assert CITE in str(event["description"])
    assert "If not: The observing Party may decline." in str(event["description"])
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("trigger") == -HOUR


def test_what_was_done_begins_at_its_moment_and_does_not_ring() -> None:
    entry = Entry("ack", Happening.LATE, "observed", "acknowledges", CITE, at=NOW - HOUR)
    (event,) = events(timeline(entry))
    assert event.decoded("dtstart") == NOW - HOUR
    assert str(event["summary"]).startswith("LATE - RUS")
    assert not event.walk("VALARM")


def test_an_entry_keeps_its_identity_when_it_changes() -> None:
    before, after = timeline(due()), timeline(due(due=NOW + 9 * HOUR))
    assert events(before)[0]["uid"] == events(after)[0]["uid"]
    assert len({str(e["uid"]) for e in events(timeline(due("a"), due("b")))}) == 2


def test_marks_are_in_every_title() -> None:
    given = timeline(due(), marks=("EXERCISE",))
    assert all(str(e["summary"]).startswith("EXERCISE - ") for e in events(given))
    assert b"X-WR-CALNAME:EXERCISE" in timeline_to_ics(given)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), max_size=300))
def test_any_text_comes_back_and_no_line_is_too_long(words: str) -> None:
    data = timeline_to_ics(timeline(due(what=words, if_not="")))
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")
    calendar = icalendar.Calendar.from_ical(data)
    (event,) = calendar.walk("VEVENT")
    assert str(event["summary"]) == f"DUE - RUS: {words}"


def test_line_ends_in_a_text_cannot_add_lines() -> None:
    hostile = due(what="x\r\nEND:VEVENT\r\nBEGIN:VEVENT\nSUMMARY:forged")
    assert len(events(timeline(hostile))) == 1


@pytest.mark.parametrize("zone", [dt.UTC, dt.timezone(dt.timedelta(hours=3))])
def test_instants_are_written_in_utc(zone: dt.timezone) -> None:
    given = timeline(due(due=dt.datetime(2021, 5, 18, 0, tzinfo=dt.UTC).astimezone(zone)))
    assert b"DTEND:20210518T000000Z" in timeline_to_ics(given)
