"""What a mission is in the ledger of quotas. Expected: Articles III and VIII, Annexes F and L of
the Treaty on Open Skies: which flights count, and by which paragraph."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overflight.errors import DataError
from overflight.mission.quota_entry import to_enter
from overflight.mission.seat.folder import Mission, Seat, create, record
from overflight.procedure.ledger import Ledger, standing
from overflight.procedure.rulebook import Rulebook
from overflight.terms.quotas import Entry
from overflight.treaty.loader import load_treaty

Cli = Callable[..., Any]
BASE = dt.datetime(2003, 5, 1, tzinfo=dt.UTC)
NOTICE = "0 notify observing eta=72"
TO_PLAN = (
    NOTICE, "0 inform-all observing", "5 acknowledge observed", "72 arrive observing",
    "73 complete-formalities observed", "73 begin-inspection observed",
    "75 reach-airfield observing", "76 submit-plan observing scheduled-start=100",
)  # fmt: skip
TO_START = (
    *TO_PLAN, "78 end-inspection observed", "79 accept-plan observed",
    "79 file-flight-plan observing", "100 start observing",
)  # fmt: skip
RUSSIAN_AIRCRAFT = "0 notify observing eta=72 provider=observed"
ON_THEIRS = (
    RUSSIAN_AIRCRAFT, *TO_PLAN[1:5], "73 begin-inspection observing", *TO_PLAN[6:],
    "78 end-inspection observing", "79 accept-plan observed", "79 file-flight-plan observed",
    "100 start observing",
)  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return Rulebook(load_treaty("open-skies"))


def seat(folder: Path, moves: tuple[str, ...], *, marks: tuple[str, ...] = ()) -> Seat:
    found = create(folder, Mission("OS1", "open-skies", "DEU", "RUS", "observing", {}, marks))
    for text in moves:
        hour, move, by, *said = text.split()
        facts = dict(item.split("=") for item in said)
        for name in ("eta", "scheduled-start"):
            if name in facts:
                facts[name] = (BASE + dt.timedelta(hours=int(facts[name]))).isoformat()
        found = record(found, move, BASE + dt.timedelta(hours=int(hour)), by, facts=facts)
    return found


def ledger(rules: Rulebook) -> Ledger:
    """Germany holds three flights over the group (Annex A.II.1)."""
    day = dt.date(2003, 1, 1)
    return Ledger(rules, [Entry(0, day, 2003, "distributed", "DEU", "RUS", 3)])


NOW, ENTERED = BASE + dt.timedelta(days=60), dt.date(2003, 5, 20)


@pytest.mark.parametrize(
    ("moves", "kind", "paragraphs", "left"),
    [
        ((NOTICE,), "notified", {"VI.I.5"}, 2),
        ((*TO_START, "110 complete observing"), "flown", {"III.I.8"}, 2),
        ((NOTICE, "10 withdraw observing"), "withdrawn", {"III.I.8"}, 3),
        (
            (NOTICE, "97 prohibit-late observed"),
            "prohibited",
            {"VIII.I.2", "VIII.I.3"},
            3,
        ),
        (
            (*TO_PLAN, "77 prohibit-after-inspection observed"),
            "prohibited",
            {"Ann.F.I.9", "VIII.I.3"},
            3,
        ),
        ((*TO_PLAN, "85 decline observing"), "declined", {"VIII.I.5"}, 3),
        (
            (*TO_PLAN, "78 end-inspection observed", "78 cancel-equipment-left observing"),
            "declined",
            {"Ann.F.I.8", "VIII.I.5"},
            3,
        ),
        (
            (*TO_START, "104 curtail observing cause=sensor"),
            "curtailed-counted",
            {"VIII.II.5"},
            2,
        ),
        ((*ON_THEIRS, "104 curtail observing cause=sensor"), "notified", {"VIII.II.5"}, 2),
        (
            (
                *ON_THEIRS,
                "104 curtail observing cause=sensor",
                "105 decide-quota observing count=no",
            ),
            "curtailed-not-counted",
            {"VIII.II.5"},
            3,
        ),
        (
            (
                *ON_THEIRS,
                "104 curtail observing cause=sensor",
                "105 decide-quota observing count=yes",
            ),
            "curtailed-counted",
            {"VIII.II.5"},
            2,
        ),
        (
            (*TO_START, "104 curtail observing cause=force-majeure"),
            "notified",
            {"VIII.II.5"},
            2,
        ),
    ],
)  # fmt: skip
def test_what_each_end_is_under_which_paragraph(
    tmp_path: Path,
    rules: Rulebook,
    moves: tuple[str, ...],
    kind: str,
    paragraphs: set[str],
    left: int,
) -> None:
    """Counted or not: III.I.8, VIII.I.3, VIII.I.5, VIII.II.5; of three flights so many are left."""
    book = ledger(rules)
    (entry,) = to_enter(seat(tmp_path / "deu", moves), book, NOW, ENTERED).entries
    done = book.append(entry)
    assert (done.kind, done.observer, done.observed, done.flights) == (kind, "DEU", "RUBY", 1)
    assert paragraphs <= {cite.partition(" (")[0] for cite in done.cites}
    assert standing(book, "DEU", "RUS", ENTERED).left == left


def test_a_flight_outside_quota_counts_against_none_and_is_entered_once(
    tmp_path: Path, rules: Rulebook
) -> None:
    """Annex L.III.4."""
    first = "0 notify observing eta=72 quota_flight=outside"
    mission = seat(tmp_path / "deu", (first, *TO_START[1:], "110 complete observing"))
    book = ledger(rules)
    (entry,) = to_enter(mission, book, NOW, ENTERED).entries
    assert book.append(entry).kind == "outside-quota"
    assert any("Ann.L.III.4" in cite for cite in entry.cites)
    assert standing(book, "DEU", "RUS", ENTERED).left == 3
    assert to_enter(mission, book, NOW, ENTERED).entries == ()


def test_the_end_takes_the_place_of_the_notification_and_the_years_of_both_are_one(
    tmp_path: Path, rules: Rulebook
) -> None:
    mission = seat(tmp_path / "deu", (*TO_START, "110 complete observing"))
    book = ledger(rules)
    early = BASE + dt.timedelta(hours=20)
    (entry,) = to_enter(mission, book, early, dt.date(2003, 5, 2)).entries
    assert book.append(entry).kind == "notified"
    found = to_enter(mission, book, early, dt.date(2003, 5, 2))
    assert (found.entries, found.settled) == ((), False)
    (entry,) = to_enter(mission, book, NOW, ENTERED).entries
    assert book.append(entry).kind == "flown"
    assert book.open_refs == ()
    assert standing(book, "DEU", "RUS", ENTERED).left == 2


def test_quarter_and_year_are_those_of_the_flight_whenever_it_is_entered(
    tmp_path: Path, rules: Rulebook
) -> None:
    mission = seat(tmp_path / "deu", (*TO_START, "110 complete observing"))
    (entry,) = to_enter(mission, ledger(rules), NOW, dt.date(2004, 1, 10)).entries
    assert (entry.year, entry.quarter) == (2003, 2)


def test_another_end_in_the_ledger_is_told_and_not_passed_over(
    tmp_path: Path, rules: Rulebook
) -> None:
    mission = seat(tmp_path / "deu", (*TO_START, "110 complete observing"))
    book = ledger(rules)
    book.append(Entry(0, ENTERED, 2003, "declined", "DEU", "RUS", ref="OS1"))
    with pytest.raises(DataError, match="declined by entry 2"):
        to_enter(mission, book, NOW, ENTERED)


def test_a_mission_that_was_not_notified_has_nothing_to_enter(
    tmp_path: Path, rules: Rulebook
) -> None:
    found = to_enter(seat(tmp_path / "deu", ()), ledger(rules), NOW, ENTERED)
    assert found.entries == () and "OS1" in found.why


def test_as_it_is_typed(tmp_path: Path, cli: Cli) -> None:
    seat(tmp_path / "deu", (*TO_START, "110 complete observing"))
    file = str(tmp_path / "ledger.jsonl")
    give = ("--ledger", file, "--date", "2003-05-20")
    cli("quota", "record", "distributed", "DEU", "RUS", "--flights", "3", *give)
    words = ("quota", "enter", "--mission", str(tmp_path / "deu"), *give)
    run = cli(*words, "--at", "2003-05-02T00:00:00Z")
    assert run.status == 0 and "notified" in run.out
    assert cli(*words, "--json").status == 0
    before = Path(file).read_bytes()
    again = cli(*words)
    assert again.status == 0 and "entry 3, flown" in again.err
    assert Path(file).read_bytes() == before
    asked = ("quota", "standing", "DEU", "RUS", "--on", "2003-05-20", "--ledger", file, "--json")
    assert json.loads(cli(*asked).out)["left"] == 2


def test_an_exercise_enters_no_real_ledger(tmp_path: Path, cli: Cli) -> None:
    seat(tmp_path / "deu", (NOTICE,), marks=("EXERCISE",))
    file = tmp_path / "ledger.jsonl"
    words = ("quota", "enter", "--mission", str(tmp_path / "deu"), "--ledger", str(file))
    run = cli(*words)
    assert run.status == 2 and "EXERCISE" in run.err and not file.exists()
    assert cli(*words, "--marked", "--date", "2003-05-02").status == 0
    assert "EXERCISE" in file.read_text(encoding="utf-8")
