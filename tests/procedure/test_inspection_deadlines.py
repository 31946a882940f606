"""The clocks of inspections, on time, a minute late, absent: tests/cases/inspection_deadlines.toml.

Expected hours come from the fact sheet and the paragraphs that it names, not from the data files.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest

from overflight.procedure.machine import (
    Event,
    Machine,
    Passed,
    Refusal,
    State,
    begin,
    machine_of,
    options,
    overdue,
    passed,
    replay,
    step,
)
from overflight.treaty.loader import load_treaty

Case = dict[str, Any]
FILE = Path(__file__).parent.parent / "cases" / "inspection_deadlines.toml"
CASES: Case = tomllib.loads(FILE.read_text(encoding="utf-8"))
BASE = {"cfe": "2003-05-01T00:00:00Z", "inf": "1990-05-01T00:00:00Z"}
MINUTE = dt.timedelta(minutes=1)
INSTANTS = {"eta", "airspace-entry", "entry-time", "new-eta", "eliminated"}


class Visit:
    """A visit as far as its case says: the machine, and the state after what comes before."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.base = dt.datetime.fromisoformat(case.get("base", BASE[case["treaty"]]))
        self.machine = machine_of(load_treaty(case["treaty"]), "mission", self.base.date())
        self.state = begin(self.machine)
        lines = CASES["visits"][case["treaty"]][case["visit"]] if "visit" in case else []
        for line in (*lines, *case.get("before", ())):
            at, text = line.split(" ", 1)
            self.state = self.does(text, self.hour(at))

    def hour(self, text: str | float) -> dt.datetime:
        return self.base + dt.timedelta(hours=float(text))

    @property
    def due(self) -> dt.datetime:
        if "due_at" in self.case:
            return dt.datetime.fromisoformat(self.case["due_at"])
        return self.hour(self.case["due"])

    def event(self, text: str, at: dt.datetime) -> Event:
        move, by, *said = text.split()
        facts = dict(item.split("=") for item in said)
        told = {k: self.hour(v).isoformat() if k in INSTANTS else v for k, v in facts.items()}
        return Event(move, at, by, told)

    def does(self, text: str, at: dt.datetime) -> State:
        after = step(self.machine, self.state, self.event(text, at))
        assert not isinstance(after, Refusal), after
        return after

    def found(self, state: State, now: dt.datetime) -> Passed | None:
        every = passed(self.machine, state, now)
        return next((p for p in every if p.limit == self.case["limit"]), None)


def severity(case: Case) -> str:
    words = {"right": "right-arises", "lapses": "lapses"}
    return next((said for key, said in words.items() if key in case), "breach")


@pytest.mark.parametrize("case", CASES["case"], ids=lambda c: f"{c['treaty']} {c['row']}")
def test_on_time_and_a_minute_off(case: Case) -> None:
    visit, early = Visit(case), case.get("early", False)
    due = visit.due
    kept = visit.does(case["do"], due)
    assert visit.found(kept, due + dt.timedelta(days=400)) is None
    off = due - MINUTE if early else due + MINUTE
    finding = visit.found(visit.does(case["do"], off), due + MINUTE)
    assert finding is not None
    assert finding.kind == ("early" if early else "late")
    assert finding.severity == severity(case)
    assert (finding.due, finding.seconds) == (due, 60)
    assert finding.owner
    assert finding.cite


@pytest.mark.parametrize(
    "case",
    [c for c in CASES["case"] if not c.get("early") and "no_absent" not in c],
    ids=lambda c: f"{c['treaty']} {c['row']}",
)
def test_absent(case: Case) -> None:
    visit = Visit(case)
    due = visit.hour(case["absent_due"]) if "absent_due" in case else visit.due
    assert visit.found(visit.state, due) is None
    finding = visit.found(visit.state, due + MINUTE)
    assert finding is not None
    assert (finding.kind, finding.seconds) == ("absent", 60)
    assert case["limit"] in {d.limit for d in overdue(visit.machine, visit.state, due + MINUTE)}
    assert case["limit"] not in {d.limit for d in overdue(visit.machine, visit.state, due)}


@pytest.mark.parametrize("case", [c for c in CASES["case"] if "opens" in c], ids=lambda c: c["row"])
def test_what_a_missed_deadline_opens(case: Case) -> None:
    visit = Visit(case)
    due, move = visit.due, case["opens"].split()[0]
    refused = step(visit.machine, visit.state, visit.event(case["opens"], due))
    assert isinstance(refused, Refusal)
    assert refused.opens == due + dt.timedelta(seconds=1)
    acts = {act.move: act for act in options(visit.machine, visit.state, due).acts}
    assert acts[move].opens == due + dt.timedelta(seconds=1)
    after = visit.does(case["opens"], due + MINUTE)
    ended = after if after.final else conclude(visit.machine, after, due + 2 * MINUTE)
    assert ended.facts["quota"] == "does-not-count"


def conclude(machine: Machine, state: State, at: dt.datetime) -> State:
    after = step(machine, state, Event("depart", at, "observing"))
    assert not isinstance(after, Refusal), after
    return after


@pytest.mark.parametrize("case", CASES["told"], ids=lambda c: c["row"])
def test_a_moment_that_is_told(case: Case) -> None:
    visit = Visit(case)
    at, kept = visit.hour(12), case["kept"]
    beyond = kept + (1 if case["kind"] == "late" else -1) / 60
    assert visit.found(visit.does(case["do"].format(kept), at), at) is None
    finding = visit.found(visit.does(case["do"].format(beyond), at), at)
    assert finding is not None
    assert (finding.kind, finding.seconds) == (case["kind"], 60)


@pytest.mark.parametrize(("told", "kind"), [(120, None), (120 + 1 / 60, "late"), (None, "absent")])
def test_departure_from_a_certification_is_told_a_day_before(
    told: float | None, kind: str | None
) -> None:
    """24 hours before the departure at 144 (POI IX.8)."""
    before = ["143 give-report observing", "143.5 countersign observed", "144 conclude observing"]
    if told is not None:
        before.insert(0, f"{told} tell-departure observing")
    visit = Visit(
        {"treaty": "cfe", "visit": "certification", "limit": "departure-told", "before": before}
    )
    finding = visit.found(visit.state, visit.hour(145))
    assert (finding.kind if finding else None) == kind


def test_ten_days_in_the_country_are_the_most() -> None:
    """48 h + 36 h a further inspection: 228 h with five, 240 (and not 264) with six (POI II.17)."""
    before, at = [], 42
    for further in range(7):
        name = "name-further-site" if further else "name-site"
        before += [f"{at} {name} observing", f"{at + 1} reach observed"]
        before += [f"{at + 2} give-report observing", f"{at + 2} countersign observed"]
        at += 2
    for inspections, hours in ((1, 48), (2, 84), (6, 228), (7, 240)):
        case = {"treaty": "cfe", "visit": "arrived", "limit": "in-country"}
        visit = Visit(case | {"before": before[: 4 * inspections]})
        due = visit.hour(40 + hours)
        assert visit.found(visit.state, due) is None, inspections
        assert visit.found(visit.state, due + MINUTE) is not None, inspections


def test_what_was_late_in_an_earlier_inspection_stays_on_record() -> None:
    """The team at the first site two hours late (POI VII.8), then a second inspection in time."""
    before = [
        "53 reach observed", "60 give-report observing", "60.5 countersign observed",
        "60.5 name-further-site observing", "65 reach observed", "70 give-report observing",
        "72 countersign observed",
    ]  # fmt: skip
    visit = Visit({"treaty": "cfe", "visit": "named", "limit": "team-at-site", "before": before})
    late = {p.limit: p for p in passed(visit.machine, visit.state, visit.hour(72))}
    assert late["team-at-site"].seconds == 2 * 3600
    assert late["team-at-site"].done == visit.hour(53)
    assert late["countersignature"].done == visit.hour(72)  # an hour too late, of the second report
    assert visit.state.facts["quota"] == "counts"


def test_a_log_run_again_gives_the_same_state() -> None:
    """With what was late before, how often a mark was set, and what was not counted."""
    lines = [
        *CASES["visits"]["cfe"]["named"], "53 reach observed", "60 give-report observing",
        "60.5 countersign observed", "60.5 name-further-area observing", "61.5 refuse observed",
        "62 name-other-site observing",
    ]  # fmt: skip
    visit = Visit({"treaty": "cfe", "limit": "", "before": lines})
    events = [visit.event(text, visit.hour(at)) for at, text in (x.split(" ", 1) for x in lines)]
    again = replay(visit.machine, events)
    assert again == visit.state
    assert [(p.limit, p.over) for p in again.past] == [("team-at-site", 2 * 3600)]
    assert again.times == {"site-named": 2}
    assert again.spared == {"in-country": 3 * 3600}  # two on the way (VII.8), one to the refusal
    found = {p.limit for p in passed(visit.machine, again, visit.hour(62))}
    assert found == {p.limit for p in passed(visit.machine, visit.state, visit.hour(62))}


def test_a_refusal_counts_against_no_quota_and_leaves_a_choice() -> None:
    """POI VIII.9(B): another area or site, or the end; no quota is counted."""
    case = {"treaty": "cfe", "visit": "asked", "limit": "assurance"}
    visit = Visit(case | {"before": ["43 refuse observed"]})
    now = visit.hour(43)
    found = options(visit.machine, visit.state, now)
    moves = {act.move for act in found.acts if "observing" in act.by}
    assert {"name-other-site", "name-other-area", "conclude"} <= moves
    assert [d.owner for d in found.duties if d.limit == "assurance"] == [("observed",)]
    ended = Visit(case | {"before": ["43 refuse observed", "44 conclude observing"]})
    assert ended.state.facts["quota"] == "does-not-count"


def test_a_declared_site_cannot_be_refused() -> None:
    """POI VII.1."""
    visit = Visit({"treaty": "cfe", "visit": "named", "limit": ""})
    refused = step(visit.machine, visit.state, visit.event("refuse observed", visit.hour(43)))
    assert isinstance(refused, Refusal)


@pytest.mark.parametrize(("treaty", "special"), [
    ("cfe", {"new-arrival", "arrival-moved-latest", "arrival-moved-earliest", "departure-told"}),
    ("inf", set()),
])  # fmt: skip
def test_every_timed_limit_has_a_case(treaty: str, special: set[str]) -> None:
    day = dt.datetime.fromisoformat(BASE[treaty]).date()
    machine = machine_of(load_treaty(treaty), "mission", day)
    named = {c["limit"] for c in CASES["case"] if c["treaty"] == treaty} | special
    assert {x.id for x in machine.process.limits if x.clock is not None} <= named
