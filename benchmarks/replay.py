"""Replay of 100,000 missions' histories, JSON parsing included, on one core.

    python benchmarks/replay.py [--missions N] [--peer]

The histories are those of a whole mission (18 events), a prohibited, a declined and a curtailed
one, in turn: 14 events on average; every mission has its own hours. ``--peer`` runs the phases of a
tenth of the same events, parsed beforehand, through the package ``transitions`` where it is
installed, and this program's machine over the same: the ratio compares the stepping alone, the
making of models or runs included. The peer only keeps the phase; it knows no clock, role or fact.
Seconds are those of the processor, so that others' work does not count.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import time

from overflight.procedure.machine import Machine, machine_of, replay_lines
from overflight.procedure.machine.replay import _parts
from overflight.procedure.machine.states import Run
from overflight.procedure.machine.steps import advance
from overflight.treaty.loader import load_treaty

BASE = dt.datetime(2003, 5, 1, tzinfo=dt.UTC)
BEFORE = (
    "0 notify observing", "0 inform-all observing", "5 acknowledge observed",
    "72 arrive observing", "72 inspect-covers-entry both", "73 complete-formalities observed",
    "73 begin-inspection observed", "75 reach-airfield observing", "76 submit-plan observing",
    "78 end-inspection observed",
)  # fmt: skip
FLOWN = (*BEFORE, "79 accept-plan observed", "79 file-flight-plan observing", "100 start observing")
AFTER = (
    "112 inspect-covers-exit both", "112 sign-report both", "113 depart observing",
    "150 provide-report observing",
)  # fmt: skip
HISTORIES = (
    (*FLOWN, "110 complete observing", *AFTER),
    (*BEFORE[:3], "97 prohibit-late observed", "98 state-facts observed",
     "120 explain-prohibition observed"),
    (*BEFORE, "85 decline observing", "85 note-declining observing", "86 depart observing",
     "90 explain-declining observing"),
    (*FLOWN, "104 curtail observing cause=technical", *AFTER),
)  # fmt: skip
INSTANTS = {"notify": ("eta", 72), "submit-plan": ("scheduled-start", 100)}


def lines(missions: int) -> list[bytes]:
    """A log of so many missions, one after the other."""
    made = []
    for number in range(missions):
        begins = BASE + dt.timedelta(hours=number % 500)
        for text in HISTORIES[number % len(HISTORIES)]:
            hour, move, by, *said = text.split()
            facts = dict(item.split("=") for item in said)
            if move in INSTANTS:
                name, after = INSTANTS[move]
                facts[name] = (begins + dt.timedelta(hours=after)).isoformat()
            at = (begins + dt.timedelta(hours=int(hour))).isoformat().replace("+00:00", "Z")
            event = {"mission": str(number), "move": move, "at": at, "by": by, "facts": facts}
            made.append(json.dumps(event).encode())
    return made


def stepping(machine: Machine, log: list[bytes]) -> float:
    """Seconds for the steps alone, over events parsed beforehand."""
    events = [(d["mission"], *_parts(d, 0)) for d in map(json.loads, log)]
    begun = time.process_time()
    runs: dict[str, Run] = {}
    for mission, move, at, by, said in events:
        run = runs.get(mission) or runs.setdefault(mission, Run(machine))
        assert advance(machine, run, move, at, by, said) is None
    return time.process_time() - begun


def peer(machine: Machine, log: list[bytes]) -> float | None:
    """Seconds that ``transitions`` takes for the phases of the same histories."""
    try:
        from transitions import Machine as Peer  # type: ignore[import-not-found]
    except ImportError:
        return None
    events = [(d["mission"], d["move"]) for d in map(json.loads, log)]
    moves = [m for m in machine.process.moves if not m.of_agreement]

    class Model:
        pass

    graph = Peer(
        states=list(machine.phases), initial=machine.process.begins, auto_transitions=False
    )
    for m in moves:
        for phase in m.phases:
            to = "departed" if (m.id, phase) == ("depart", "landed") else m.to or "="
            graph.add_transition(m.id, phase, to)
    begun = time.process_time()
    models: dict[str, Model] = {}
    for mission, move in events:
        model = models.get(mission)
        if model is None:
            model = models[mission] = Model()
            graph.add_model(model)
        model.trigger(move)  # type: ignore[attr-defined]
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--missions", type=int, default=100_000)
    parser.add_argument("--peer", action="store_true")
    given = parser.parse_args()
    machine = machine_of(load_treaty("open-skies"), "mission", BASE.date())
    log = lines(given.missions)
    begun = time.process_time()
    states = replay_lines(machine, log, key="mission")
    spent = time.process_time() - begun
    assert all(state.final for state in states.values())
    print(f"{given.missions} missions, {len(log)} events: {spent:.2f} s, parsing included")
    if given.peer:
        few = log[: len(log) // 10]
        ours, theirs = stepping(machine, few), peer(machine, few)
        told = "not installed" if theirs is None else f"{theirs:.2f} s, {theirs / ours:.1f} times"
        print(f"steps alone, {len(few)} events: {ours:.2f} s; transitions: {told}")


if __name__ == "__main__":
    main()
