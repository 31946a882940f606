"""Missions played through both seats by the command line: whole, late, prohibited, curtailed.

Times and paragraphs: Articles VI and VIII and Annex F of the Treaty on Open Skies. Each side has a
folder; what passes between them are the files of an outbox.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import icalendar
import pytest

from overflight.mission.seat.folder import open_seat
from overflight.report.outgoing import plan_bytes, plan_digest
from plan_by_hand import plan

Cli = Callable[..., Any]
NOTICE = {
    "point_of_entry": "UUMB", "arrival_at_point_of_entry": "2021-05-17T09:00:00Z",
    "inspection": {"place": "Kubinka", "begins": "2021-05-17T12:00:00Z"},
    "diplomatic_clearance": "X1", "aircraft_provided_by": "DEU", "aircraft": "saab-340b",
    "flight_distance_km": 400,
    "personnel": [{
        "name": "Anna Beispiel", "gender": "female", "date_of_birth": "1980-02-03",
        "place_of_birth": "Bonn", "passport_number": "C01X00T47", "passport_issuer": "DEU",
        "function": "operator",
    }],
}  # fmt: skip


@dataclass
class Table:
    """Both seats at one table: ``deu`` observes, ``rus`` is observed."""

    cli: Cli
    root: Path
    covers: bool = True
    """Whether the aircraft comes from outside, so that its covers are looked at on arrival."""

    def __post_init__(self) -> None:
        (self.root / "notice.json").write_text(json.dumps(NOTICE))
        (self.root / "plan.json").write_bytes(plan_bytes(self.plan()))
        for folder, seat in (("deu", "observing"), ("rus", "observed")):
            made = self.cli(
                "mission", "new", self.root / folder, "--id", "M1", "--seat", seat,
                "--observing", "DEU", "--observed", "RUS", "--exercise",
            )  # fmt: skip
            assert made.status == 0, made.err

    @staticmethod
    def plan() -> Any:
        return replace(plan(), marks=("EXERCISE",))

    def does(self, who: str, *words: Any, at: str, fails: bool = False) -> Any:
        """One act, and its handover to the other side."""
        verb, *rest = words
        given = self.cli("mission", verb, self.root / who, *rest, "--at", f"2021-05-{at}:00Z")
        assert (given.status != 0) == fails, given.err or given.out
        if not fails:
            other = "rus" if who == "deu" else "deu"
            taken = self.cli("mission", "receive", self.root / other, self.root / who / "outbox")
            assert taken.status == 0, taken.err
        return given

    def status(self, who: str, at: str) -> dict[str, Any]:
        given = self.cli(
            "mission", "status", self.root / who, "--at", f"2021-05-{at}:00Z", "--json"
        )
        assert given.status == 0, given.err
        document: dict[str, Any] = json.loads(given.out)
        return document

    def phase(self, at: str) -> str:
        """The phase, on which both seats agree."""
        states = [self.status(who, at)["state"] for who in ("deu", "rus")]
        assert states[0]["phase"] == states[1]["phase"]
        assert states[0]["marks"] == states[1]["marks"]
        assert states[0]["facts"] == states[1]["facts"]
        return str(states[0]["phase"])

    def late(self, who: str, at: str) -> set[tuple[str, str]]:
        return {(p["limit"], p["severity"]) for p in self.status(who, at)["not_kept"]}

    def to_the_plan(self, *, answered: str = "15T07:00") -> None:
        """Notified, acknowledged, arrived, plan submitted at 10:30 on the 17th."""
        self.does("deu", "notify", "--content", self.root / "notice.json", at="14T08:00")
        self.does("deu", "do", "inform-all", at="14T08:00")
        self.does("rus", "answer", at=answered)
        self.does("deu", "do", "arrive", at="17T09:00")
        if self.covers:
            self.does("deu", "do", "inspect-covers-entry", at="17T09:00")
        self.does("deu", "do", "reach-airfield", at="17T09:00")
        self.does("rus", "do", "complete-formalities", at="17T10:00")
        self.does("deu", "propose", self.root / "plan.json", at="17T10:30")

    def to_the_flight(self) -> None:
        self.to_the_plan()
        self.does("rus", "accept", at="17T13:00")
        self.does("deu", "do", "file-flight-plan", at="17T13:00")
        self.does("deu", "start", at="19T07:00")


@pytest.fixture
def table(cli: Cli, tmp_path: Path) -> Table:
    return Table(cli, tmp_path)


def changes(table: Table, **change: Any) -> Path:
    """Proposed changes; which plan they answer the mission knows."""
    given = {
        "legs": [1, 1], "cause": "weather", "reason": "Fog until nine.",
        "evidence": {"weather": "fog"}, "departs": "2021-05-19T09:00:00Z",
    }  # fmt: skip
    file = table.root / "changes.json"
    file.write_text(json.dumps({"changes": [{**given, **change}]}))
    return file


# --- a whole mission ---------------------------------------------------------------------------


@pytest.mark.slow
def test_a_whole_mission_on_time(table: Table) -> None:
    table.to_the_plan()
    assert table.phase("17T11:00") == "planned"
    table.does("rus", "counter", changes(table), at="17T13:00")
    table.does("deu", "accept", at="17T14:00")
    agreed = open_seat(table.root / "rus").document("mission-plan")
    assert agreed is not None
    document = json.loads((table.root / "rus" / agreed.file).read_text())
    assert document["times"]["commencement"] == "2021-05-19T09:00:00Z"
    table.does("deu", "do", "file-flight-plan", at="17T14:00")
    table.does("deu", "start", at="19T09:00")
    table.does("deu", "land", at="19T11:00")
    assert table.phase("19T11:00") == "landed"
    table.does("deu", "do", "arrive-exit", at="19T11:00")
    table.does("rus", "do", "sign-report", at="19T13:00")
    table.does("deu", "do", "inspect-covers-exit", at="20T10:00")
    table.does("deu", "do", "depart", at="20T10:00")
    report = {
        "observed": "RUS", "date": "2021-05-19", "time": "0900-1100", "route": "as agreed",
        "profile": "2000 m", "weather": "clear", "amount_of_data": "1 h", "covers": "in place",
        "signed_by": ["DEU", "RUS"], "signed_at": "UUMB", "signed": "2021-05-19T13:00:00Z",
        "observation_periods": [{
            "sensor": "vertical", "begins": "2021-05-19T09:00:00Z",
            "ends": "2021-05-19T11:00:00Z", "place": "route",
        }],
    }  # fmt: skip
    (table.root / "report.json").write_text(json.dumps(report))
    table.does("deu", "report", "--content", table.root / "report.json", at="25T10:00")
    assert table.phase("25T10:00") == "completed"
    assert table.late("deu", "25T10:00") == set()
    facts = table.status("rus", "25T10:00")["state"]["facts"]
    assert (facts["quota"], facts["data"]) == ("counts", "kept")


def test_each_step_says_who_is_next_and_by_when(table: Table) -> None:
    table.to_the_plan()
    given = table.cli("mission", "status", table.root / "rus", "--at", "2021-05-17T11:00:00Z")
    assert "EXERCISE - M1: DEU over RUS" in given.out
    words = " ".join(given.out.split())
    assert "RUS 2021-05-17T14:30:00Z 3 h 30 min accepts the mission plan" in words
    assert "[VI.II.6]" in words
    assert max(map(len, given.out.splitlines())) <= 80


# --- late ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answered", "late"), [("15T08:00", False), ("15T08:01", True)])
def test_an_acknowledgement_a_minute_late(table: Table, answered: str, late: bool) -> None:
    table.does("deu", "notify", "--content", table.root / "notice.json", at="14T08:00")
    given = table.does("rus", "answer", at=answered)
    assert ("late: due 2021-05-15T08:00:00Z [VI.I.6" in given.out) == late
    assert (("acknowledgement", "breach") in table.late("deu", answered)) == late


def test_a_notice_too_short(table: Table) -> None:
    given = table.does("deu", "notify", "--content", table.root / "notice.json", at="14T09:01")
    assert "VI.I.5" in given.out
    assert ("notice", "breach") in table.late("rus", "14T10:00")


# --- prohibited, declined ------------------------------------------------------------------------


def test_a_flight_prohibited_for_lateness(table: Table) -> None:
    table.does("deu", "notify", "--content", table.root / "notice.json", at="14T08:00")
    words = (
        "prohibit", "--move", "prohibit-late", "--set", "ground=late-arrival",
        "--set", "paragraph=VIII.I.2", "--set", "facts=Not arrived.",
    )  # fmt: skip
    too_soon = ("--set", "prohibited=2021-05-18T09:00:00Z")
    refused = table.does("rus", *words, *too_soon, at="18T09:00", fails=True)
    assert "VIII.I.2" in refused.err
    assert "2021-05-18T09:00:01Z" in refused.err
    table.does("rus", *words, "--set", "prohibited=2021-05-18T09:01:00Z", at="18T09:01")
    assert table.phase("18T10:00") == "prohibition"
    assert table.status("deu", "18T10:00")["state"]["facts"]["quota"] == "does-not-count"


def test_declining_for_want_of_agreement_opens_after_eight_hours(table: Table) -> None:
    table.to_the_plan()
    words = (
        "decline", "--move", "decline", "--set", "ground=no-agreement-on-plan",
        "--set", "explanation=No agreement.", "--set", "declined=2021-05-17T18:31:00Z",
    )  # fmt: skip
    refused = table.does("deu", *words, at="17T18:30", fails=True)
    assert "VIII.I.5" in refused.err
    table.does("deu", *words, at="17T18:31")
    facts = table.status("rus", "17T19:00")["state"]["facts"]
    assert (facts["quota"], facts["data"]) == ("does-not-count", "not-kept")


# --- curtailed -----------------------------------------------------------------------------------


def test_a_sensor_fails_on_the_observed_partys_aircraft(cli: Cli, tmp_path: Path) -> None:
    """VIII.II.5(A): the observing Party decides whether it counts; VIII.II.6: and keeps the data
    only then."""
    table = Table(cli, tmp_path, covers=False)
    given = {**NOTICE, "aircraft_provided_by": "RUS"}
    (tmp_path / "notice.json").write_text(json.dumps(given))
    table.to_the_plan()
    table.does("rus", "accept", at="17T13:00")
    table.does("rus", "do", "file-flight-plan", at="17T13:00")
    table.does("deu", "start", at="19T07:00")
    table.does(
        "deu", "curtail", "--fact", "cause=sensor", "--set", "curtailed=2021-05-19T08:00:00Z",
        "--set", "decided_by=observing", "--set", "ground=sensor", "--set", "facts=Camera failed.",
        "--set", "observing_decides=true", at="19T08:00",
    )  # fmt: skip
    assert table.status("rus", "19T08:00")["state"]["facts"]["quota"] == "undecided"
    table.does(
        "deu", "do", "decide-quota", "--set", "counts=false", "--set", "data_retained=false",
        at="19T10:00",
    )  # fmt: skip
    facts = table.status("rus", "19T10:00")["state"]["facts"]
    assert (facts["quota"], facts["data"]) == ("does-not-count", "not-kept")


# --- the two seats -------------------------------------------------------------------------------


def test_a_side_cannot_act_for_the_other(table: Table) -> None:
    table.does("deu", "notify", "--content", table.root / "notice.json", at="14T08:00")
    refused = table.does("deu", "do", "acknowledge", "--set", "received=2021-05-14T08:00:00Z",
                         at="14T09:00", fails=True)  # fmt: skip
    assert "observed side" in refused.err


def test_nothing_private_is_handed_over(table: Table) -> None:
    (table.root / "deu/private/wishes.txt").write_text("SECRET-WISH")
    (table.root / "rus/private/own.csv").write_text(
        "id,name,lat,lon,value\ndepot,SECRET-DEPOT,56.0,35.2,5\n"
    )
    table.to_the_plan()
    table.cli("mission", "kit", table.root / "rus", "--sites", table.root / "rus/private/own.csv")
    table.does("rus", "counter", changes(table), at="17T13:00")
    for file in (*table.root.glob("*/outbox/*"), *table.root.glob("deu/documents/*")):
        assert "SECRET" not in file.read_text()


def test_only_what_is_released_of_a_working_plan_is_submitted(table: Table) -> None:
    """The bytes that are handed over are those of the mission plan that was given."""
    table.to_the_plan()
    kept = open_seat(table.root / "rus").document("mission-plan")
    assert kept is not None
    from overflight.formats.plan_json import read_mission_plan

    handed = read_mission_plan(table.root / "rus" / kept.file)
    submitted = replace(table.plan().times, submitted=handed.times.submitted)
    assert handed == replace(table.plan(), times=submitted)
    assert plan_digest(handed) == kept.sha256


def test_a_plan_without_the_missions_mark_is_refused(table: Table) -> None:
    (table.root / "plan.json").write_bytes(plan_bytes(plan()))
    with pytest.raises(AssertionError, match="marks"):
        table.to_the_plan()


def test_receiving_again_changes_nothing(table: Table) -> None:
    table.to_the_plan()
    before = (table.root / "rus/log.jsonl").read_bytes()
    table.cli("mission", "receive", table.root / "rus", table.root / "deu/outbox")
    assert (table.root / "rus/log.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda d: d.update(mission="M2"), "for mission 'M2'"),
        (lambda d: d.update({"from": "observed"}), "sits here"),
        (lambda d: d.update(marks=[]), "bears no mark"),
        (lambda d: d["documents"][0].update(text="x"), "SHA-256"),
        (lambda d: d.update(documents=[]), "holds 0"),
        (lambda d: d["facts"].update(provider="observed"), "by the facts"),
        (lambda d: d.update(move="start"), "past or before"),
    ],
)
def test_a_forged_handover_is_refused(table: Table, spoil: Any, words: str) -> None:
    table.cli("mission", "notify", table.root / "deu", "--content", table.root / "notice.json",
              "--at", "2021-05-14T08:00:00Z")  # fmt: skip
    file = table.root / "deu/outbox/001-notify.json"
    document = json.loads(file.read_text())
    spoil(document)
    file.write_text(json.dumps(document))
    given = table.cli("mission", "receive", table.root / "rus", file)
    assert given.status != 0
    assert words in given.err
    assert not (table.root / "rus/log.jsonl").exists()


def test_a_message_that_came_as_text(table: Table) -> None:
    table.cli("mission", "notify", table.root / "deu", "--content", table.root / "notice.json",
              "--at", "2021-05-14T08:00:00Z")  # fmt: skip
    text = table.root / "deu/documents/001-flight-notification.txt"
    given = table.cli("mission", "receive", table.root / "rus", text)
    assert given.status == 0, given.err
    assert table.phase("14T09:00") == "notified"


def test_an_outbox_that_a_crash_emptied_is_filled_again(table: Table) -> None:
    table.does("deu", "notify", "--content", table.root / "notice.json", at="14T08:00")
    first = table.root / "deu/outbox/001-notify.json"
    before = first.read_bytes()
    first.unlink()
    table.does("deu", "do", "inform-all", at="14T08:00")
    assert first.read_bytes() == before


def test_the_timeline_in_three_forms(table: Table) -> None:
    table.to_the_plan()
    asked = ("mission", "timeline", table.root / "rus", "--at", "2021-05-17T11:00:00Z")
    assert "accepts the mission plan" in " ".join(table.cli(*asked).out.split())
    assert table.cli(*asked, "--to", "png").raw[:4] == b"\x89PNG"
    calendar = icalendar.Calendar.from_ical(table.cli(*asked, "--to", "ics").raw)
    due = [e for e in calendar.walk("VEVENT") if "DUE" in str(e["summary"])]
    assert any("RUS: accepts the mission plan" in str(e["summary"]) for e in due)


def test_what_is_due_at_once_is_in_the_timeline(table: Table) -> None:
    """VI.I.8: at the same time as the observed Party; once there, it is overdue."""
    table.does("deu", "notify", "--content", table.root / "notice.json", at="14T08:00")
    asked = ("mission", "timeline", table.root / "deu", "--json", "--at")
    for at, kind in (("2021-05-14T09:00:00Z", "due"), ("2021-05-17T10:00:00Z", "overdue")):
        if kind == "overdue":
            table.does("deu", "do", "arrive", at="17T09:00")
        entries = json.loads(table.cli(*asked, at).out)["entries"]
        (entry,) = [e for e in entries if e["id"] == "informed"]
        assert entry["kind"] == kind


def test_what_it_costs(table: Table) -> None:
    table.to_the_plan()
    rates = {
        "kind": "cost-rates", "version": 1, "currency": "EUR",
        "rates": [{"id": "l", "per": "landing", "amount": 10, "paid_by": "observed"}],
    }  # fmt: skip
    (table.root / "rates.json").write_text(json.dumps(rates))
    given = table.cli("mission", "cost", table.root / "rus", "--rates", table.root / "rates.json")
    assert "observed Party: 20.00 EUR" in given.out


def test_a_past_moment_knows_nothing_of_what_came_after(table: Table) -> None:
    table.to_the_plan()
    assert table.phase("15T12:00") == "notified"
    given = table.cli("mission", "timeline", table.root / "rus", "--at", "2021-05-15T12:00:00Z")
    assert "submits the mission plan" not in given.out


# --- what a message says and what its move does are one thing -------------------------------------


def test_what_follows_from_the_move_need_not_be_said(table: Table) -> None:
    """VIII.I.2: the moment, the ground and the paragraph of a prohibition for lateness."""
    table.does("deu", "notify", "--content", table.root / "notice.json", at="14T08:00")
    words = ("prohibit", "--move", "prohibit-late", "--set", "facts=Not arrived.")
    table.does("rus", *words, at="18T09:01")
    kept = open_seat(table.root / "deu").document("prohibition")
    assert kept is not None
    text = (table.root / "deu" / kept.file).read_text()
    assert "Prohibited: 2021-05-18T09:01:00Z" in text
    assert "Ground: late-arrival" in text
    assert ": VIII.I.2\n" in text


def test_a_prohibition_cannot_speak_of_lateness_before_the_right_has_arisen(table: Table) -> None:
    table.does("deu", "notify", "--content", table.root / "notice.json", at="14T08:00")
    words = (
        "prohibit", "--move", "prohibit", "--set", "ground=late-arrival", "--set", "facts=Late.",
        "--set", "paragraph=VIII.I.2",
    )  # fmt: skip
    refused = table.does("rus", *words, at="17T10:00", fails=True)
    assert "'late-arrival'; with 'prohibit' it is 'not-in-compliance'" in refused.err


def test_a_curtailment_and_the_decision_hang_together(cli: Cli, tmp_path: Path) -> None:
    """VIII.II.5: whether the observing Party decides follows from the cause; VIII.II.6: data is
    retained only if the flight counts."""
    table = Table(cli, tmp_path)
    table.to_the_flight()
    words = (
        "curtail", "--set", "decided_by=observing", "--set", "ground=sensor",
        "--set", "facts=Camera failed.",
    )  # fmt: skip
    wrong = (*words, "--set", "observing_decides=true")  # its own aircraft: VIII.II.5(A) is not met
    refused = table.does("deu", *wrong, at="19T08:00", fails=True)
    assert "with 'curtail' it is no" in refused.err
    other = table.does("deu", *words, "--fact", "cause=technical", at="19T08:00", fails=True)
    assert "cause is 'technical' by the facts and 'sensor' by the message" in other.err
    table.does("deu", *words, at="19T08:00")
    facts = table.status("rus", "19T08:00")["state"]["facts"]
    assert (facts["cause"], facts["quota"], facts["data"]) == ("sensor", "counts", "kept")


def test_the_pilot_of_the_observed_partys_aircraft_curtails(cli: Cli, tmp_path: Path) -> None:
    """VIII.II.4 and 5(B)."""
    table = Table(cli, tmp_path, covers=False)
    (tmp_path / "notice.json").write_text(json.dumps({**NOTICE, "aircraft_provided_by": "RUS"}))
    table.to_the_plan()
    table.does("rus", "accept", at="17T13:00")
    table.does("rus", "do", "file-flight-plan", at="17T13:00")
    table.does("deu", "start", at="19T07:00")
    table.does("rus", "deviate", "--set", "ground=technical", "--set", "facts=An engine.",
               "--set", "begins=2021-05-19T07:30:00Z", at="19T07:30")  # fmt: skip
    table.does("rus", "curtail", "--set", "ground=technical", "--set", "facts=An engine.",
               at="19T08:00")  # fmt: skip
    assert table.status("deu", "19T08:00")["state"]["facts"]["quota"] == "undecided"
    words = ("do", "decide-quota", "--set", "counts=false")
    refused = table.does("deu", *words, "--set", "data_retained=true", at="19T10:00", fails=True)
    assert "VIII.II.6" in refused.err
    table.does("deu", *words, at="19T10:00")
    assert table.status("rus", "19T10:00")["state"]["facts"]["data"] == "not-kept"


# --- one side cannot speak for both ---------------------------------------------------------------


def test_what_both_agreed_is_taken_in_by_the_word_of_both(table: Table) -> None:
    table.does("deu", "notify", "--content", table.root / "notice.json", at="14T08:00")
    for about in ("flight-window", "departure"):
        done = table.cli("mission", "do", table.root / "deu", "agree", "--fact", f"about={about}",
                         "--at", "2021-05-14T09:00:00Z")  # fmt: skip
        assert done.status == 0, done.err
    taking = ("mission", "receive", table.root / "rus", table.root / "deu/outbox")
    refused = table.cli(*taking)
    assert refused.status == 2
    assert "'flight-window': nothing was taken in" in refused.err
    assert len(open_seat(table.root / "rus").happened) == 1
    for _ in range(2):
        assert table.cli(*taking, "--agreed").status == 0
        agreed = table.status("rus", "14T10:00")["state"]["agreed"]
        assert set(agreed) == {"flight-window", "departure"}
        assert len(open_seat(table.root / "rus").happened) == 3


def test_a_message_of_another_mission_is_refused(table: Table) -> None:
    table.cli("mission", "new", table.root / "other", "--id", "M2", "--seat", "observing",
              "--observing", "DEU", "--observed", "RUS", "--exercise")  # fmt: skip
    table.cli("mission", "notify", table.root / "other", "--content", table.root / "notice.json",
              "--at", "2021-05-14T08:00:00Z")  # fmt: skip
    text = table.root / "other/documents/001-flight-notification.txt"
    given = table.cli("mission", "receive", table.root / "rus", text)
    assert given.status == 2
    assert "of mission 'M2'; this is 'M1'" in given.err


# --- words --------------------------------------------------------------------------------------


def test_what_is_not_open_is_said_before_what_is_missing(table: Table) -> None:
    refused = table.does("rus", "answer", at="14T08:00", fails=True)
    assert "past or before it: Not yet notified [VI.I.6]" in refused.err
    table.does("deu", "notify", "--content", table.root / "notice.json", at="14T08:00")
    refused = table.does("rus", "start", at="14T08:00", fails=True)
    assert "Open to you: acknowledge, agree, prohibit." in refused.err


def test_too_early_is_not_called_late(table: Table) -> None:
    table.to_the_plan()
    table.does("rus", "accept", at="17T13:00")
    table.does("deu", "do", "file-flight-plan", at="17T13:00")
    given = table.does("deu", "start", at="18T10:29")
    assert "too early: not before 2021-05-18T10:30:00Z [VI.II.4(E)]" in given.out
