"""A mission under a regime of two invented neighbours: the same machine, other files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from overflight.procedure.machine import Event, Refusal, State, begin, machine_of, passed, step
from overflight.treaty.loader import load_treaty

FOLDER = Path(__file__).parents[2] / "examples" / "two-neighbours"
BEGINS = dt.datetime(2026, 5, 15, 8, tzinfo=dt.UTC)
ETA = "2026-05-17T09:00:00Z"
STEPS = (
    ("notify", 0, "observing"),
    ("acknowledge", 12, "observed"),
    ("submit-plan", 50, "observing"),
    ("accept-plan", 53, "observed"),
    ("start", 62, "observing"),
    ("complete", 66, "observing"),
    ("report", 66 + 5 * 24, "observing"),
)
MACHINE = machine_of(load_treaty(FOLDER), "mission", BEGINS.date())


def played(later: dict[str, float] | None = None) -> State:
    state = begin(MACHINE)
    for move, hours, by in STEPS:
        at = BEGINS + dt.timedelta(hours=hours + (later or {}).get(move, 0.0))
        said = {"eta": ETA} if move == "notify" else {}
        after = step(MACHINE, state, Event(move, at, by, said))
        assert not isinstance(after, Refusal), after
        state = after
    return state


def late(state: State) -> set[str]:
    assert state.at is not None
    return {p.limit for p in passed(MACHINE, state, state.at)}


def test_on_time() -> None:
    state = played()
    assert (state.phase, state.facts["quota"], late(state)) == ("completed", "counts", set())


@pytest.mark.parametrize(
    ("move", "minutes", "limit"),
    [
        ("notify", 61, "notice"),  # 48 h before arrival; there is an hour to spare
        ("acknowledge", 1, "acknowledgement"),  # 12 h
        ("accept-plan", 1, "plan-answer"),  # 3 h
        ("start", -1, "start-after-plan"),  # 12 h after the plan
        ("report", 1, "report"),  # 5 days
    ],
)
def test_a_minute_out_of_time(move: str, minutes: int, limit: str) -> None:
    assert limit in late(played({move: minutes / 60}))
    spared = minutes - 1 if minutes > 0 else minutes + 1
    assert limit not in late(played({move: spared / 60}))
