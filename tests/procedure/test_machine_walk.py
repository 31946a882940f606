"""An exhaustive walk over every process: no dead end, no duty without an owner, no open quota."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from overflight.procedure.machine import machine_of, options, processes_of
from overflight.procedure.machine.states import Run, freeze, moment, written
from overflight.procedure.machine.steps import advance, opening
from overflight.treaty.loader import load_treaty

REGIMES = {
    "open-skies": dt.date(2003, 5, 1),
    "cfe": dt.date(2003, 5, 1),
    "inf": dt.date(1990, 5, 1),
}
NOW, FAR = 1_051_747_200, 1_051_747_200 + 40 * 366 * 86400
PROCESSES = [(name, process) for name in REGIMES for process in processes_of(load_treaty(name))]


class Walk:
    """Every state of a process but for what decides nothing: side moves that nothing asks about,
    facts that only they or the moves that say them read, and how long ago a mark was set."""

    def __init__(self, regime: str, process: str) -> None:
        self.machine = machine_of(load_treaty(regime), process, REGIMES[regime])
        moves = self.machine.process.moves
        asked = {mark for m in moves for mark in m.needs}
        self.steps = [
            m for m in moves
            if (m.to or m.sets or m.cases or m.mark in asked or m.missed) and not m.of_agreement
        ]  # fmt: skip
        read: set[str] = {a.fact for a in self.machine.process.actors if a.name != "developer"}
        for m in self.steps:
            conditions = [m.when, *(case.when for case in m.cases)]
            read |= {f for c in conditions for f in c if f not in m.requires}
            asked |= {mark for mark in m.unless if mark == m.mark}
        read |= {f.name for f in self.machine.process.facts if f.settled}
        for limit in self.machine.process.limits:
            if any(limit.id in m.missed for m in self.steps):
                asked |= {*limit.ends, limit.clock.mark, limit.begins} - {""}
        self.facts = [n for n, name in enumerate(self.machine.facts) if name in read]
        self.marks = [n for n, name in enumerate(self.machine.marks) if name in asked]
        self.start = (self.machine.begins, (), tuple(0 for _ in self.facts))
        self.after: dict[tuple, set] = {}
        self._walk()

    def run(self, node) -> Run:
        run = Run(self.machine, 2004)
        run.phase, run.at = node[0], NOW
        for number in node[1]:
            run.marks[number] = NOW
        for number, code in zip(self.facts, node[2], strict=True):
            run.facts[number] = code
        return run

    def node(self, run: Run):
        marks = tuple(n for n in self.marks if run.marks[n] is not None)
        return run.phase, marks, tuple(run.facts[n] for n in self.facts)

    def said(self, move):
        names = list(self.machine.moves[move.id].says)
        values = [self.machine.moves[move.id].says[n][1] for n in names]
        for chosen in itertools.product(*values):
            facts = dict(zip(names, chosen, strict=True))
            yield facts | dict.fromkeys(move.instants, written(NOW))

    def _walk(self) -> None:
        todo = [self.start]
        while todo:
            node = todo.pop()
            if node in self.after:
                continue
            self.after[node] = set()
            for move, at in itertools.product(self.steps, (NOW, FAR)):
                if move.missed == () and at == FAR:
                    continue
                if not self.machine.moves[move.id].phases >> node[0] & 1:
                    continue
                for facts in self.said(move):
                    run = self.run(node)
                    roles = (*self.machine.process.roles, "both")
                    if any(not advance(self.machine, run, move.id, at, by, facts) for by in roles):
                        following = self.node(run)
                        self.after[node].add(following)
                        todo.append(following)

    def final(self, node) -> bool:
        return bool(self.machine.final >> node[0] & 1)


@pytest.fixture(scope="module", params=PROCESSES, ids="/".join)
def walk(request):
    return Walk(*request.param)


def test_a_final_state_can_be_reached_from_every_state(walk):
    good = {node for node in walk.after if walk.final(node)}
    while True:
        more = {n for n, following in walk.after.items() if n not in good and following & good}
        if not more:
            break
        good |= more
    assert good == set(walk.after)


def test_somebody_can_act_in_every_state_or_a_deadline_opens_a_move(walk):
    for node in walk.after:
        if walk.final(node):
            continue
        run = walk.run(node)
        acts = options(walk.machine, freeze(walk.machine, run), moment(NOW)).acts
        opening_later = [opening(walk.machine, run, m) for m in walk.machine.moves.values()]
        assert acts or any(opening_later), walk.machine.phases[node[0]]
        assert all(act.by and act.cite for act in acts)


def test_every_duty_has_an_owner_and_a_paragraph(walk):
    for node in walk.after:
        duties = options(walk.machine, freeze(walk.machine, walk.run(node)), moment(FAR)).duties
        for duty in duties:
            assert duty.owner, duty
            assert duty.cite, duty
            assert duty.if_not, duty


def test_quota_and_data_are_settled_in_the_end_and_never_unsettled(walk):
    settled = {f.name: f.settled for f in walk.machine.process.facts if f.settled}
    for node, following in walk.after.items():
        facts = freeze(walk.machine, walk.run(node)).facts
        for name, values in settled.items():
            if walk.final(node):
                assert facts[name] in values, walk.machine.phases[node[0]]
            if facts[name] in values:
                for other in following:
                    assert freeze(walk.machine, walk.run(other)).facts[name] == facts[name]


def test_all_phases_are_reached_and_final_ones_are_not_left(walk):
    assert {node[0] for node in walk.after} == set(range(len(walk.machine.phases)))
    for node, following in walk.after.items():
        if walk.final(node):
            assert {other[0] for other in following} <= {node[0]}
