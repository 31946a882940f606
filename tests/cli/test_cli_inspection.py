"""Inspections played through both seats by the command line, under two regimes: the same verbs.

Times and paragraphs: Protocol on Inspection, sections IV to XII; for the other regime the history
of its inspections. Each side has a folder; what passes between them are the files of an outbox.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import icalendar
import pytest

from overflight.cli.mission_verbs import VERBS
from overflight.errors import EvidenceError
from overflight.mission.seat.acts import act, receive
from overflight.mission.seat.folder import open_seat
from overflight.treaty.loader import available_treaties, load_treaty

Cli = Callable[..., Any]
NOTICE = {
    "point_of_entry": "Minsk", "arrival": "2003-05-06T08:00:00Z", "means": "commercial-flight",
    "first": "declared-site", "conducted": ["foot", "vehicle"], "designation_after_h": 2,
    "language": "English", "report_language": "English", "further": 1,
    "people": [{
        "name": "Anna Beispiel", "role": "inspector", "gender": "female", "born": "1970-02-03",
        "birthplace": "Bonn", "passport": "C01X00T47",
    }],
}  # fmt: skip
SHORT = {"point_of_entry": "Moscow", "arrival": "1990-05-02T08:00:00Z", "inspects": "short-notice"}
FOOT = ("--set", 'conducted=["foot"]')


@dataclass
class Table:
    """Both seats at one table: ``us`` inspects, ``them`` is inspected."""

    cli: Cli
    root: Path
    treaty: str
    month: str
    notice: dict[str, Any]
    codes: tuple[str, str]

    def __post_init__(self) -> None:
        (self.root / "notice.json").write_text(json.dumps(self.notice))
        for folder, seat in (("us", "inspecting"), ("them", "inspected")):
            made = self.cli(
                "mission", "new", self.root / folder, "--id", "I1", "--treaty", self.treaty,
                "--seat", seat, "--inspecting", self.codes[0], "--inspected", self.codes[1],
                "--exercise",
            )  # fmt: skip
            assert made.status == 0, made.err

    def does(self, who: str, *words: Any, at: str, fails: bool = False) -> Any:
        """One act, and its handover to the other side."""
        verb, *rest = words
        given = self.cli("mission", verb, self.root / who, *rest, "--at", f"{self.month}-{at}:00Z")
        assert (given.status != 0) == fails, given.err or given.out
        if not fails:
            other = "them" if who == "us" else "us"
            taken = self.cli("mission", "receive", self.root / other, self.root / who / "outbox")
            assert taken.status == 0, taken.err
        return given

    def status(self, who: str, at: str) -> dict[str, Any]:
        given = self.cli(
            "mission", "status", self.root / who, "--at", f"{self.month}-{at}:00Z", "--json"
        )
        assert given.status == 0, given.err
        document: dict[str, Any] = json.loads(given.out)
        return document


@pytest.fixture
def table(cli: Cli, tmp_path: Path) -> Table:
    return Table(cli, tmp_path, "cfe", "2003-05", NOTICE, ("DEU", "BLR"))


def to_the_site(t: Table) -> None:
    t.does("us", "notify", "--move", "notify", "--content", t.root / "notice.json", at="04T10:00")
    t.does("them", "answer", at="04T12:30")
    t.does("them", "do", "copy-notification", at="04T12:30")
    t.does("us", "arrive", at="06T08:30")
    t.does("us", "name", "--set", "site=Barracks", *FOOT, at="06T10:30")
    t.does("them", "reach", at="06T19:00")


def inspected(t: Table) -> None:
    to_the_site(t)
    t.does("them", "do", "give-diagram", at="06T19:05")
    t.does("us", "do", "choose-object", at="06T19:30")
    t.does("them", "do", "begin-briefing", at="06T19:30")
    t.does("them", "do", "end-briefing", at="06T20:20")
    t.does("us", "report", "--set", "site=Barracks", "--set", "departs=2003-05-07T18:30:00Z",
           "--set", 'observed=[{"number": 31, "type": "T-72"}]', at="07T17:00")  # fmt: skip


def test_two_inspections_and_a_refusal_between_them(table: Table) -> None:
    t = table
    inspected(t)
    t.does("them", "countersign", at="07T17:45")
    t.does("us", "name", "--move", "name-further-area", "--set", "boundary=Square", *FOOT,
           at="07T17:45")  # fmt: skip
    t.does("them", "refuse", at="07T19:00")
    t.does("them", "do", "assure", at="07T19:10")
    t.does("us", "name", "--move", "name-other-site", "--set", "site=Depot", *FOOT, at="07T19:30")
    t.does("them", "reach", at="08T02:00")
    t.does("us", "report", "--set", "site=Depot", "--set", "departs=2003-05-08T15:00:00Z",
           at="08T14:00")  # fmt: skip
    t.does("them", "countersign", at="08T14:30")
    t.does("us", "conclude", at="08T14:30")
    t.does("us", "return", at="08T20:00")
    t.does("us", "depart", at="09T10:00")
    for who in ("us", "them"):
        status = t.status(who, "09T12:00")
        assert status["state"]["phase"] == "departed"
        assert status["state"]["facts"]["quota"] == "counts"
        assert [p["limit"] for p in status["not_kept"]] == []
    assert t.status("us", "09T12:00")["state"] == t.status("them", "09T12:00")["state"]


def test_both_hold_the_same_copy_of_the_report(table: Table) -> None:
    """POI XII.7: each side retains one copy."""
    inspected(table)
    table.does("them", "countersign", "--set", 'comments=["A wall was open."]', at="07T17:45")
    ours, theirs = (open_seat(table.root / who) for who in ("us", "them"))
    for type_ in ("inspection-report", "report-countersignature"):
        a, b = ours.document(type_), theirs.document(type_)
        assert a is not None and b is not None
        assert a.sha256 == b.sha256
        assert (ours.folder / a.file).read_bytes() == (theirs.folder / b.file).read_bytes()
    report, signature = ours.document("inspection-report"), ours.document("report-countersignature")
    assert report is not None and signature is not None
    signed = (ours.folder / signature.file).read_text()
    assert report.sha256 in "".join(signed.replace("\\\n", "").split())  # a long line is folded


def test_a_signature_under_another_copy_is_refused(table: Table, tmp_path: Path) -> None:
    import datetime as dt

    inspected(table)
    them, at = open_seat(tmp_path / "them"), dt.datetime(2003, 5, 7, 17, 45, tzinfo=dt.UTC)
    with pytest.raises(EvidenceError, match="another inspection-report"):
        act(them, "countersign", at, content={"copy": "0" * 64})
    # The other side holds what comes against its own copy, too.
    signed = act(them, "countersign", at)
    kept = signed.document("report-countersignature")
    report = signed.document("inspection-report")
    assert kept is not None and report is not None
    text = (signed.folder / kept.file).read_text().replace(report.sha256[:40], "0" * 40)
    assert "0" * 40 in text
    with pytest.raises(EvidenceError, match="another inspection-report"):
        receive(open_seat(tmp_path / "us"), text.encode())


def test_late_at_the_site(table: Table) -> None:
    """Nine hours from the naming (VII.8), then a right to cancel (XI.2), and no quota counted."""
    t = table
    t.does("us", "notify", "--move", "notify", "--content", t.root / "notice.json", at="04T10:00")
    t.does("us", "arrive", at="06T08:30")
    t.does("us", "name", "--set", "site=Barracks", *FOOT, at="06T10:30")
    refused = t.does("us", "cancel", "--move", "cancel-late", at="06T19:30", fails=True)
    assert "2003-05-06T19:30:01Z" in refused.err
    assert "POI XI.2" in refused.err
    t.does("us", "cancel", at="06T19:31")
    status = t.status("them", "06T20:00")
    assert status["state"]["facts"]["quota"] == "does-not-count"
    assert {p["limit"] for p in status["not_kept"]} >= {"acknowledgement", "team-at-site"}


def test_the_timeline_tells_what_was_late_in_each_round(table: Table, cli: Cli) -> None:
    t = table
    inspected(t)
    t.does("them", "countersign", at="07T18:30")  # half an hour late (XII.1)
    t.does("us", "name", "--move", "name-further-site", "--set", "site=Depot", *FOOT, at="07T18:30")
    t.does("them", "reach", at="08T01:00")
    words = ("mission", "timeline", t.root / "us", "--at", "2003-05-08T02:00:00Z")
    entries = json.loads(cli(*words, "--json").out)["entries"]
    late = [e["id"] for e in entries if e["kind"] == "done late"]
    assert [name.split("-", 1)[1] for name in late] == ["countersign"]
    assert "DEU inspects BLR" in cli(*words).out
    for fmt, begins in (("svg", b"<?xml"), ("ics", b"BEGIN:VCALENDAR")):
        out = t.root / f"line.{fmt}"
        assert cli(*words, "--to", fmt, "--out", out).status == 0
        assert out.read_bytes().startswith(begins)
    calendar = icalendar.Calendar.from_ical((t.root / "line.ics").read_bytes())
    summaries = [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")]
    assert any("completes the inspection of a declared site" in text for text in summaries)
    assert all("EXERCISE" in text for text in summaries)


def test_a_short_notice_inspection(cli: Cli, tmp_path: Path) -> None:
    """Nine hours to the site, twenty-four at it."""
    t = Table(cli, tmp_path, "inf", "1990-05", SHORT, ("USA", "RUS"))
    t.does("us", "notify", "--move", "notify", "--content", t.root / "notice.json", at="01T10:00")
    t.does("them", "answer", at="01T10:30")
    t.does("us", "arrive", at="02T08:00")
    t.does("us", "name", "--set", "site=Base", "--set", "coordinates=55N 40E", at="02T14:00")
    given = t.does("them", "reach", at="02T23:01")
    assert "late: due 1990-05-02T23:00:00Z" in given.out
    t.does("us", "report", "--set", "site=Base", at="03T20:00")
    t.does("them", "countersign", at="03T21:00")
    t.does("us", "depart", at="04T08:00")
    status = t.status("us", "04T09:00")
    assert status["state"]["final"]
    assert status["state"]["facts"]["quota"] == "counts"
    assert [p["limit"] for p in status["not_kept"]] == ["team-at-site"]


@pytest.mark.parametrize("treaty", available_treaties())
def test_every_verb_of_the_data_is_a_word_of_the_command(treaty: str) -> None:
    verbs = {m.verb for p in load_treaty(treaty).processes for m in p.moves if m.verb}
    assert verbs <= set(VERBS)
