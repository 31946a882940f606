"""procedure.toml: what it may say, and each mistake with its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from overflight.errors import DataError
from overflight.procedure.machine import Refusal, begin, machine_of, read_event, step
from overflight.treaty.loader import load_treaty
from overflight.treaty.scaffold import new_regime
from overflight.treaty.validate import validate

BAD = {
    "a move from a phase that there is not": ('from = ["idle"]', 'from = ["idel"]', "'idle'"),
    "a move to a phase that there is not": ('to = "notified"', 'to = "notifed"', "'notified'"),
    "a role that there is not": ('owner = "both"', 'owner = "others"', "role 'others'"),
    "a deadline that there is not": (
        'minus = "deadline.notice"', 'minus = "deadline.notise"', "'deadline.notice'",
    ),
    "a clock with two beginnings": (
        'due = { mark = "eta", minus', 'due = { mark = "eta", calendar = "deadline.notice", minus',
        "no clock",
    ),
    "a clock on a mark that nobody sets": (
        'plus = "deadline.start-after-plan" }\nagreement',
        'plus = "deadline.start-after-plan", longer = "delay" }\nagreement', "go together",
    ),
    "a key of a clock that is not read": (
        '{ mark = "eta", plus', '{ mark = "eta", after = 1, plus', "key 'after'",
    ),
    "a fact that there is not": (
        'sets = { quota = "counts" }', 'sets = { quotta = "counts" }', "fact 'quotta'",
    ),
    "a value that a fact has not": (
        'sets = { quota = "counts" }', 'sets = { quota = "count" }', "value of quota 'count'",
    ),
    "a message that there is not": (
        'document = "flight-notification"', 'document = "flight-notice"', "message",
    ),
    "a duty that leaves no mark": ('mark = "flight-ended"\n', "", "leaves no mark"),
    "two moves of one name": ('id = "decline"', 'id = "notify"', "two moves"),
    "a process without an end": ("final = true", "final = false", "has no end"),
    "a severity that there is not": (
        'if_not = "The notice is short."', 'if_not = "x"\nseverity = "bad"', "severity",
    ),
    "a limit that nothing begins": (
        'due = { mark = "eta", minus = "deadline.notice" }\n', "", "nothing begins",
    ),
    "a limit with two kinds of time": (
        'if_not = "The notice is short."', 'if_not = "x"\nat_once = true', "no other time",
    ),
    "what a message says of itself, without one": (
        'document = "flight-notification"', 'content = { a = "b" }', "without a message",
    ),
    "a source that there is not": (
        'if_not = "The notice is short."\ncite = ["text 5.1"]',
        'if_not = "x"\ncite = ["txt 5.1"]', "txt",
    ),
}  # fmt: skip


@pytest.fixture
def regime(tmp_path: Path) -> Path:
    new_regime(tmp_path / "regime")
    return tmp_path / "regime"


def test_the_process_of_a_new_regime_runs(regime: Path) -> None:
    assert validate(regime) == ()
    machine = machine_of(load_treaty(regime), "mission", dt.date(2031, 5, 1))
    state = begin(machine)
    for move, day in (("notify", 1), ("submit-plan", 2), ("start", 3), ("complete", 3)):
        facts = {"eta": "2031-05-04T00:00:00Z"} if move == "notify" else {}
        at = f"2031-05-0{day}T00:00:00Z"
        after = step(
            machine, state, read_event({"move": move, "at": at, "by": "observing", "facts": facts})
        )
        assert not isinstance(after, Refusal), after
        state = after
    assert (state.final, state.facts["quota"]) == (True, "counts")


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_told_with_its_line(regime: Path, case: str) -> None:
    old, new, says = BAD[case]
    file = regime / "procedure.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    problems = validate(regime)
    told = [p for p in problems if says in f"{p.message} {p.remedy}"]
    assert told, problems
    assert told[0].file.endswith("procedure.toml")
    assert told[0].line is not None
    with pytest.raises(DataError):
        load_treaty(regime)
