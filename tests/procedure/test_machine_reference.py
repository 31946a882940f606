"""The machine against the reference written by hand from the articles: 10,000 random histories."""

from __future__ import annotations

import datetime as dt
import importlib.util
import random
import sys
from pathlib import Path

import pytest

from overflight.procedure.machine import Event, Refusal, begin, machine_of, passed, step
from overflight.treaty.loader import load_treaty


def _reference():
    """The module beside this one, which is no package."""
    file = Path(__file__).with_name("reference.py")
    spec = importlib.util.spec_from_file_location("procedure_reference", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


ref = _reference()
DAY = dt.date(2003, 5, 1)
ZERO = int(dt.datetime(2003, 5, 1, tzinfo=dt.UTC).timestamp())
HOUR = 3600
PAUSES = (0, 0, 60, HOUR, HOUR, 3 * HOUR, 4 * HOUR, 4 * HOUR + 60, 8 * HOUR, 24 * HOUR)
INSTANTS = {"notify": "eta", "submit-plan": "scheduled-start"}


@pytest.fixture(scope="module")
def machine():
    return machine_of(load_treaty("open-skies"), "mission", DAY)


def iso(at: int) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat()


def facts_of(rng: random.Random, move: str) -> dict[str, str]:
    """What such a move says; now and then something that it cannot say."""
    either = ("observing", "observed")
    said = {
        "notify": {
            "provider": rng.choice(either), "visas": rng.choice(("standing", "on-arrival")),
            "start_field": rng.choice(("entry", "elsewhere")),
            "quota_flight": rng.choice(("inside", "inside", "inside", "outside")),
        },
        "curtail": {"cause": rng.choice(ref.CAUSES), "developer": rng.choice((*either, "none"))},
        "curtail-by-pilot": {"cause": rng.choice(ref.CAUSES)},
        "complete": {"developer": rng.choice((*either, "none")),
                     "end_field": rng.choice(("exit", "elsewhere"))},
        "deviate": {"cause": rng.choice((*ref.DEVIATIONS, "sensor"))},
        "propose-changes": {"ground": rng.choice((*ref.CHANGES, "none"))},
        "decide-quota": {"count": rng.choice(("yes", "no"))},
        "report-delay": {"delay": "weather"},
        "agree": {"about": rng.choice((*ref.OTHERWISE, "plan-agreement"))},
    }.get(move, {})  # fmt: skip
    if move == "acknowledge" and rng.random() < 0.2:
        return {"provider": rng.choice(either)}
    return said


def history(machine, seed: int) -> tuple[int, str, set[str]]:
    """One random history through both; moves made, the last phase, limits passed in the end."""
    rng = random.Random(seed)
    mine, theirs = begin(machine), ref.Reference()
    now, made = ZERO, 0
    for _ in range(rng.randint(5, 45)):
        now += rng.choice(PAUSES) if rng.random() < 0.5 else 0
        open_now = theirs.open_moves(now)
        ready = [m for m in open_now if m not in ref.RARE]
        move = rng.choice(ref.MOVES if rng.random() < 0.15 or not ready else ready)
        by = rng.choice(("observing", "observed", "both"))
        if rng.random() < 0.9 and move != "agree":
            by = open_now.get(move, by).replace("either", rng.choice(("observing", "observed")))
        said = facts_of(rng, move)
        instant = now + rng.choice((-4, 20, 24, 25, 71, 72, 73, 96)) * HOUR
        texts = said | ({INSTANTS[move]: iso(instant)} if move in INSTANTS else {})
        after = step(machine, mine, Event(move, dt.datetime.fromtimestamp(now, dt.UTC), by, texts))
        done = theirs.do(move, now, by, said, instant)
        told = f"seed {seed}: {move} by {by} saying {said} in {theirs.phase}: {after}"
        assert isinstance(after, Refusal) != done, told
        if done:
            mine, made = after, made + 1
            assert mine.phase == theirs.phase, told
    for later in (0, HOUR, 30 * 24 * HOUR):
        found = passed(machine, mine, dt.datetime.fromtimestamp(now + later, dt.UTC))
        late = {f.limit for f in found if f.kind != "early"}
        assert late == theirs.late(now + later), f"seed {seed}"
        assert {f.limit for f in found if f.kind == "early"} == theirs.early(), f"seed {seed}"
    assert (mine.facts["quota"], mine.facts["data"]) == (theirs.quota, theirs.data), f"seed {seed}"
    return made, mine.phase, {f.limit for f in found}


@pytest.mark.slow
def test_ten_thousand_histories_agree(machine):
    phases, limits, made = set(), set(), 0
    for seed in range(10_000):
        moves, phase, late = history(machine, seed)
        made += moves
        phases.add(phase)
        limits |= late
    assert made > 100_000
    assert phases == {phase.id for phase in machine.process.phases} - {"idle"}
    timed = {limit.id for limit in machine.process.limits if limit.clock is not None}
    assert limits == timed, "every limit in time was passed in some history"


def test_some_histories_agree(machine):
    assert sum(history(machine, seed)[0] for seed in range(20_000, 20_300)) > 1000


def test_the_reference_knows_every_move(machine):
    assert set(ref.MOVES) == set(machine.moves)
