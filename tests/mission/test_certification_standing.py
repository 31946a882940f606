"""How far a certification is: real ones (tests/cases/certifications.toml), and each limit."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import DataError
from overflight.formats.certification_file import read_certification
from overflight.formats.schema import validate
from overflight.mission.certification.answers import standing_document
from overflight.mission.certification.standing import CertificationStanding, standing_of
from overflight.treaty.loader import load_treaty

FILE = Path(__file__).parents[1] / "cases" / "certifications.toml"
CASES = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
HEAD = """
[certification]
id = "X"
treaty = "open-skies"
certifying = "DEU"
aircraft = "x"
begins = 2031-05-31
ends = 2031-06-06
"""
ORDER = (
    ("notify-certification", "2031-04-01", "DEU"),
    ("announce-participation", "2031-04-11", "POL"),
    ("name-participants", "2031-05-01", "POL"),
    ("provide-sensor-information", "2031-05-17", "DEU"),
    ("begin-certification", "2031-05-31", "DEU"),
    ("give-test-data", "2031-05-31", "DEU"),
    ("list-equipment", "2031-05-31", "POL"),
    ("begin-ground-examination", "2031-06-01T06:00:00Z", "DEU"),
    ("end-ground-examination", "2031-06-01T14:00:00Z", "DEU"),
    ("brief-on-flight", "2031-06-02", "DEU"),
    ("examine-in-flight", "2031-06-03", "DEU"),
    ("end-certification", "2031-06-06", "DEU"),
    ("draw-up-report", "2031-06-06", "DEU"),
    ("sign-report", "2031-06-06", "POL"),
    ("leave", "2031-06-07", "POL"),
    ("send-copies", "2031-06-10", "DEU"),
)
"""On the last day for each: 1 April is 60 days before 31 May, 1 May 30 days, 17 May 14 days, and
11 April ten days after 1 April."""


def written(order: Any, parties: tuple[str, ...] = ("POL",)) -> bytes:
    text = HEAD + "".join(f'[[participant]]\nparty = "{p}"\n' for p in parties)
    for move, at, by in order:
        text += f'[[event]]\nmove = "{move}"\nat = {at}\nby = "{by}"\n'
        if move == "notify-certification":
            text += "period-begins = 2031-05-31\n"
        if move == "agree":
            text += 'about = "ground-examination"\n'
    return text.encode()


def stands(source: bytes, at: str = "2031-07-01T00:00:00Z") -> CertificationStanding:
    certification = read_certification(source)
    return standing_of(
        load_treaty(certification.treaty), certification, dt.datetime.fromisoformat(at)
    )


def moved(**changes: str) -> list[tuple[str, str, str]]:
    """The order with other days, in the order of days."""
    rows = [(m, changes.get(m.replace("-", "_"), at), by) for m, at, by in ORDER]
    return sorted(rows, key=lambda row: row[1])


@pytest.mark.parametrize(
    ("case", "one"),
    [(c, a) for c in CASES for a in c["at"]],
    ids=[f"{c['name']} {a['on']}" for c in CASES for a in c["at"]],
)
def test_what_happened(case: dict[str, Any], one: dict[str, Any]) -> None:
    found = stands(case["file"].encode(), f"{one['on']}T12:00:00Z")
    assert (found.verdict, found.usable) == (one["verdict"], one["usable"])
    assert list(found.disputed_by) == one.get("disputed_by", [])
    if "since" in one:
        assert found.since is not None and found.since.date() == one["since"]
    document = standing_document(found)
    validate(document, "certification-standing")
    assert document["cite"].startswith(one.get("cite", ""))
    for party in document["parties"]:
        assert [p["limit"] for p in party["not_kept"]] == one["not_kept"]


def test_the_certified_aircraft_is_the_one_of_the_treatys_own_events() -> None:
    """The day that the process gives is the day on which the data call it certified again."""
    view = load_treaty("open-skies").on
    assert view(dt.date(2018, 9, 23)).aircraft_standing("tu-214on").standing != "certified"
    assert view(dt.date(2018, 9, 24)).aircraft_standing("tu-214on").standing == "certified"


def test_on_the_last_day_of_each_limit_all_is_kept() -> None:
    found = stands(written(ORDER))
    assert (found.verdict, found.parties[0].passed) == ("certified", ())


@pytest.mark.parametrize(
    ("changes", "limit", "severity", "days"),
    [
        ({"notify_certification": "2031-04-02"}, "certification-notice", "breach", 1),
        ({"announce_participation": "2031-04-12"}, "participation", "lapses", 1),
        ({"name_participants": "2031-05-03"}, "participants", "breach", 2),
        ({"provide_sensor_information": "2031-05-18"}, "sensor-information", "breach", 1),
        (
            dict.fromkeys(
                ("end_certification", "draw_up_report", "sign_report", "leave"), "2031-06-08"
            ),
            "certification-period",
            "breach",
            1,
        ),
    ],
)
def test_a_day_late(changes: dict[str, str], limit: str, severity: str, days: int) -> None:
    """60, 30 and 14 days before the period, 10 after the notice; seven days from 31 May end with
    7 June."""
    found = stands(written(moved(**changes)))
    passed = found.parties[0].passed
    assert [(p.limit, p.severity, p.seconds) for p in passed] == [(limit, severity, days * 86400)]


def test_ground_examination_has_three_periods_of_eight_hours() -> None:
    ground = [
        row
        for day in ("02", "03", "04", "05")
        for row in (
            ("begin-ground-examination", f"2031-06-{day}T06:00:00Z", "DEU"),
            ("end-ground-examination", f"2031-06-{day}T14:00:01Z", "DEU"),
        )
    ]
    early = list(ORDER[:9])
    three = stands(written([*early, *ground[:4]]), "2031-06-04T20:00:00Z")
    assert three.parties[0].state.facts["ground"] == "third-done"
    assert [p.limit for p in three.parties[0].passed] == ["ground-period", "ground-period"]
    with pytest.raises(DataError, match=r"Ann\.D\.II\.2"):
        stands(written([*early, *ground[:6]]))
    further = ("agree-further-period", "2031-06-03T20:00:00Z", "all")
    stands(written([*early, *ground[:4], further, *ground[4:6]]))
    agreed = ("agree", "2031-06-02T10:00:00Z", "all")
    longer = stands(written([*early, ground[0], agreed, ground[1]]), "2031-06-03T20:00:00Z")
    assert longer.parties[0].passed == ()


def test_nobody_takes_part() -> None:
    alone = [row for row in ORDER if row[2] == "DEU" and row[0] in (
        "notify-certification", "begin-certification", "examine-in-flight")]  # fmt: skip
    alone += [
        ("end-certification-alone", "2031-06-04", "DEU"),
        ("complete-report-alone", "2031-06-04", "DEU"),
        ("send-copies", "2031-06-05", "DEU"),
    ]
    found = stands(written(alone, ()))
    assert found.verdict == "certified"
    # One that is named but never said so takes no part either; its silence only lapses.
    named = stands(written(alone))
    assert named.verdict == "certified"
    assert {p.severity for p in named.parties[0].passed} == {"lapses"}


def test_one_of_two_has_not_said() -> None:
    both = [(m, at, "participating" if by == "POL" else by) for m, at, by in ORDER[:13]]
    open_ = stands(written([*both, ORDER[13]], ("POL", "CAN")))
    assert (open_.verdict, open_.usable, open_.unsigned) == ("open", False, ("CAN",))
    disputed = ("refuse-report", "2031-06-07", "CAN")
    blocked = stands(written([*both, ORDER[13], disputed], ("POL", "CAN")))
    assert (blocked.verdict, blocked.disputed_by) == ("blocked", ("CAN",))


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ([ORDER[4]], "begin-certification by DEU"),
        ([*ORDER[:1], ("sign-report", "2031-04-02", "POL")], "sign-report by POL"),
        ([*ORDER[:1], ("announce-participation", "2031-04-02", "ITA")], "takes no part"),
        ([*ORDER[:1], ("fly-away", "2031-04-02", "DEU")], "no move"),
        ([("examine-in-flight", "2031-06-03", "DEU")], "examine-in-flight"),
    ],
)
def test_what_cannot_be_is_refused(order: Any, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        stands(written(order))
    assert caught.value.remedy
