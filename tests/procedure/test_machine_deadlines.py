"""Every deadline on time, a minute late, and absent: tests/cases/deadlines.toml."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from overflight.procedure.machine import (
    Event,
    Refusal,
    begin,
    machine_of,
    options,
    overdue,
    passed,
    step,
)
from overflight.treaty.loader import load_treaty

FILE = Path(__file__).parent.parent / "cases" / "deadlines.toml"
CASES = tomllib.loads(FILE.read_text(encoding="utf-8"))
BASE = dt.datetime(2003, 5, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
INSTANTS = {"eta", "scheduled-start"}


def hour(text: str | float) -> dt.datetime:
    return BASE + dt.timedelta(hours=float(text))


def event(text: str, at: dt.datetime) -> Event:
    move, by, *said = text.split()
    facts = dict(item.split("=") for item in said)
    return Event(
        move, at, by, {k: hour(v).isoformat() if k in INSTANTS else v for k, v in facts.items()}
    )


def played(case):
    """The machine, and the state after what comes before."""
    machine = machine_of(load_treaty("open-skies"), case.get("process", "mission"), BASE.date())
    state = begin(machine, case.get("year", 0))
    lines = [*CASES["missions"].get(case.get("mission", ""), [])]
    if "replace_last" in case:
        lines[-1] = case["replace_last"]
    for line in [*lines, *case["before"]] if "before" in case else lines:
        at, text = line.split(" ", 1)
        after = step(machine, state, event(text, hour(at)))
        assert not isinstance(after, Refusal), after
        state = after
    return machine, state


def moment_of(case) -> dt.datetime:
    return dt.datetime.fromisoformat(case["due_at"]) if "due_at" in case else hour(case["due"])


def found(machine, state, case, now):
    return next((p for p in passed(machine, state, now) if p.limit == case["limit"]), None)


def with_case(test):
    return pytest.mark.parametrize("case", CASES["case"], ids=lambda c: c["row"])(test)


def severity(case) -> str:
    words = {"right": "right-arises", "lapses": "lapses"}
    return next((said for key, said in words.items() if key in case), "breach")


@with_case
def test_on_time_and_a_minute_off(case):
    if "at_once" in case or "absent_only" in case:
        return
    machine, state = played(case)
    due, early = moment_of(case), case.get("early", False)
    if due < (state.at or due):  # owed before something that has already happened
        due = state.at
    kept = step(machine, state, event(case["do"], due))
    assert not isinstance(kept, Refusal), kept
    if due == moment_of(case):
        assert found(machine, kept, case, due + dt.timedelta(days=400)) is None
    off = step(machine, state, event(case["do"], due - MINUTE if early else due + MINUTE))
    assert not isinstance(off, Refusal), off
    finding = found(machine, off, case, due + MINUTE)
    assert finding is not None
    assert finding.kind == ("early" if early else "late")
    assert finding.severity == severity(case)
    assert finding.due == moment_of(case)
    assert finding.owner
    assert finding.cite
    if due == moment_of(case):
        assert finding.seconds == 60


@with_case
def test_absent(case):
    machine, state = played(case)
    now = state.at or BASE
    if "at_once" in case:
        duty = next(d for d in options(machine, state, now).duties if d.limit == case["limit"])
        assert duty.at_once
        assert duty.due is None
        after = step(machine, state, event(case["do"], now))
        assert case["limit"] not in {d.limit for d in options(machine, after, now).duties}
        assert found(machine, state, case, now + dt.timedelta(days=30)) is None
    elif case.get("early"):
        late = found(machine, state, case, now + dt.timedelta(days=400))
        assert (late is not None) == case.get("absent_only", False)
    else:
        if case["limit"] == "notice":  # nothing is owed before somebody wants to fly
            return
        due = moment_of(case)
        assert found(machine, state, case, due) is None
        finding = found(machine, state, case, due + MINUTE)
        assert finding is not None
        assert (finding.kind, finding.seconds) == ("absent", 60)
        assert case["limit"] in {d.limit for d in overdue(machine, state, due + MINUTE)}
        assert case["limit"] not in {d.limit for d in overdue(machine, state, due)}


@pytest.mark.parametrize("case", [c for c in CASES["case"] if "opens" in c], ids=lambda c: c["row"])
def test_what_a_missed_deadline_opens(case):
    machine, state = played(case)
    due = moment_of(case)
    refused = step(machine, state, event(case["opens"], due))
    assert isinstance(refused, Refusal)
    assert refused.opens == due + dt.timedelta(seconds=1)
    assert refused.paragraph
    move = case["opens"].split()[0]
    acts = {act.move: act for act in options(machine, state, due).acts}
    assert acts[move].opens == due + dt.timedelta(seconds=1)
    assert not isinstance(step(machine, state, event(case["opens"], due + MINUTE)), Refusal)


def test_every_timed_limit_has_a_case():
    machine = machine_of(load_treaty("open-skies"), "mission", BASE.date())
    named = {case["limit"] for case in CASES["case"]}
    timed = {x.id for x in machine.process.limits if x.clock is not None or x.at_once}
    assert timed <= named
