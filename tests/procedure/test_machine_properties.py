"""Random moves at random times: refusals change nothing, finals are never left, acts are open."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from overflight.errors import DataError, UnknownValueError
from overflight.procedure.machine import (
    Event,
    Refusal,
    State,
    begin,
    machine_of,
    next_deadline,
    options,
    overdue,
    passed,
    read_event,
    replay,
    replay_lines,
    step,
)
from overflight.treaty.loader import load_treaty

BASE = dt.datetime(2003, 5, 1, tzinfo=dt.UTC)
TREATY = load_treaty("open-skies")
MISSION = machine_of(TREATY, "mission", BASE.date())
ROLES = ("observing", "observed", "both", "nobody")


def ahead() -> dict[str, set[str]]:
    """Phase -> itself and the phases that can still come."""
    found = {phase.id: {phase.id} for phase in MISSION.process.phases}
    steps = [
        (begin, to)
        for m in MISSION.process.moves
        for begin in m.phases
        for to in {m.to, *(case.to for case in m.cases)} - {""}
    ]
    for _ in found:
        for start, to in steps:
            for seen in found.values():
                if start in seen:
                    seen.add(to)
    return found


AHEAD = ahead()


class Missions(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state, self.now, self.done = begin(MISSION), BASE, []

    @rule(minutes=st.sampled_from([1, 30, 60, 240, 241, 480, 1440, 1441, 5760, 10080]))
    def wait(self, minutes):
        self.now += dt.timedelta(minutes=minutes)

    def facts(self, move, data):
        says = MISSION.moves[move].says
        facts = {n: data.draw(st.sampled_from(list(codes))) for n, (_, codes) in says.items()}
        later = (self.now + dt.timedelta(hours=data.draw(st.integers(0, 100)))).isoformat()
        facts |= dict.fromkeys(MISSION.moves[move].instants, later)
        if move == "agree":
            facts["about"] = data.draw(st.sampled_from(MISSION.agreements))
        return facts

    @rule(data=st.data())
    def anything(self, data):
        move = data.draw(st.sampled_from(list(MISSION.moves)))
        event = Event(move, self.now, data.draw(st.sampled_from(ROLES)), self.facts(move, data))
        before = self.state.as_dict()
        after = step(MISSION, self.state, event)
        assert self.state.as_dict() == before
        if isinstance(after, State):
            assert not self.state.final or after.phase == self.state.phase
            self.state = after
            self.done.append(event)
        else:
            assert after.paragraph
            assert after.why

    @precondition(lambda self: not self.state.final)
    @rule(data=st.data())
    def something_open(self, data):
        acts = options(MISSION, self.state, self.now).acts
        act = data.draw(st.sampled_from([act for act in acts if act.opens is None]))
        by = "both" if act.together else act.by[0]
        event = Event(act.move, self.now, by, self.facts(act.move, data))
        after = step(MISSION, self.state, event)
        assert isinstance(after, State), after
        self.state = after
        self.done.append(event)

    @invariant()
    def overdue_is_passed_and_absent(self):
        late = {d.limit for d in overdue(MISSION, self.state, self.now)}
        absent = {p.limit for p in passed(MISSION, self.state, self.now) if p.kind == "absent"}
        assert late <= absent
        coming = next_deadline(MISSION, self.state, self.now)
        assert coming is None or coming.due >= self.now

    @invariant()
    def what_is_still_to_be_done_can_still_be_done(self):
        """A duty without an hour, whose moves lie behind, is not kept: it does not stay open."""
        for duty in options(MISSION, self.state, self.now).duties:
            if duty.due is not None or duty.not_before is not None:
                continue
            ends = next(x.ends for x in MISSION.process.limits if x.id == duty.limit)
            ways = [m for m in MISSION.process.moves if {m.mark, *m.instants} & set(ends)]
            assert any(set(m.phases) & AHEAD[self.state.phase] for m in ways), duty.limit

    @invariant()
    def replaying_gives_the_same(self):
        assert replay(MISSION, self.done).as_dict() == self.state.as_dict()


TestMissions = Missions.TestCase
TestMissions.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def said(**more):
    base = {"move": "notify", "at": "2003-05-01T00:00:00Z", "by": "observing"}
    return base | {"facts": {"eta": "2003-05-04T00:00:00Z"}} | more


def test_lines_of_many_missions_are_replayed_apart():
    import json

    lines = [json.dumps(said(mission=name)) for name in ("a", "b")]
    lines.append(json.dumps(said(mission="a", move="withdraw", facts={})))
    states = replay_lines(MISSION, lines, key="mission")
    assert {name: s.phase for name, s in states.items()} == {"a": "withdrawn", "b": "notified"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON"),
        ("[]", "not an event"),
        ('{"move": "notify", "at": "2003-05-01T00:00:00", "by": "observing"}', "not an event"),
        ('{"move": "arrive", "at": "2003-05-01T00:00:00Z", "by": "observing"}', "arrive"),
    ],
)
def test_a_line_that_does_not_fit_is_named(line, words):
    with pytest.raises(DataError, match=words) as caught:
        replay_lines(MISSION, [line])
    assert caught.value.line == 1
    assert caught.value.remedy


def test_refusals_say_what_is_wrong_and_what_else_could_be_done():
    state = step(MISSION, begin(MISSION), read_event(said()))
    cases = [
        (Event("acknowlege", BASE, "observed"), "Did you mean 'acknowledge'"),
        (Event("acknowledge", BASE, "observing"), "not for 'observing'"),
        (Event("acknowledge", BASE, "observed", {"provider": "X"}), "cannot be 'X'"),
        (Event("acknowledge", BASE, "observed", {"eta": "x"}), "says nothing about 'eta'"),
        (Event("arrive", BASE - dt.timedelta(seconds=1), "observing"), "before the last event"),
        (Event("agree", BASE, "both", {"about": "notice"}), "does not let them agree"),
        (Event("agree", BASE, "both", {}), "must say 'about'"),
        (Event("agree", BASE, "both", {"about": "arrival", "until": "x"}), "not an instant"),
    ]
    for event, words in cases:
        refusal = step(MISSION, state, event)
        assert isinstance(refusal, Refusal)
        assert words in refusal.why
        assert "agree" in refusal.instead
        assert ("arrive" in refusal.instead) == (event.by != "observed")


def test_agreed_otherwise_until_another_moment():
    hour = dt.timedelta(hours=1)
    state = step(MISSION, begin(MISSION), read_event(said()))
    until = (BASE + 100 * hour).isoformat()
    state = step(MISSION, state, Event("agree", BASE, "both", {"about": "arrival", "until": until}))
    late = Event("prohibit-late", BASE + 99 * hour, "observed")
    assert isinstance(step(MISSION, state, late), Refusal)
    late = Event("prohibit-late", BASE + 101 * hour, "observed")
    assert step(MISSION, state, late).phase == "prohibition"


def test_a_third_of_the_causes_lets_the_observing_party_choose():
    """VIII.II.5(A)-(D), for either provider: worked out by hand."""
    h = dt.timedelta(hours=1)
    chosen = set()
    for provider in ("observing", "observed"):
        for cause in ("weather-safety", "technical", "medical", "medical-observed",
                      "force-majeure", "sensor"):  # fmt: skip
            state = replay(MISSION, [
                Event("notify", BASE, "observing",
                      {"eta": (BASE + 72 * h).isoformat(), "provider": provider}),
                Event("arrive", BASE + 72 * h, "observing"),
                Event("reach-airfield", BASE + 72 * h, "observing"),
                Event("submit-plan", BASE + 73 * h, "observing",
                      {"scheduled-start": (BASE + 97 * h).isoformat()}),
                Event("accept-plan", BASE + 74 * h, "observed"),
                Event("file-flight-plan", BASE + 74 * h, provider),
                Event("start", BASE + 97 * h, "observing"),
                Event("curtail", BASE + 98 * h, "observing", {"cause": cause}),
            ])  # fmt: skip
            if state.facts["quota"] == "undecided":
                chosen.add((provider, cause))
                no = Event("decide-quota", BASE + 99 * h, "observing", {"count": "no"})
                assert step(MISSION, state, no).facts["data"] == "not-kept"  # VIII.II.6
            else:
                assert state.facts["quota"] == "counts"
                assert state.facts["data"] == "kept"
    assert chosen == {
        ("observed", "sensor"), ("observed", "technical"),
        ("observing", "medical-observed"), ("observed", "medical-observed"),
        ("observing", "force-majeure"), ("observed", "force-majeure"),
    }  # fmt: skip


def test_times_without_a_zone_and_unknown_processes_are_refused():
    with pytest.raises(DataError, match="time zone"):
        step(MISSION, begin(MISSION), Event("notify", BASE.replace(tzinfo=None), "observing"))
    with pytest.raises(DataError, match="no process 'misson'") as caught:
        machine_of(TREATY, "misson", BASE.date())
    assert "mission" in caught.value.remedy
    with pytest.raises(DataError, match="none of 'mission'"):
        step(MISSION, begin(machine_of(TREATY, "personnel", BASE.date())), read_event(said()))


def test_a_regime_without_processes_says_so():
    import dataclasses

    bare = dataclasses.replace(TREATY, processes=())
    with pytest.raises((DataError, UnknownValueError), match="describes no process") as caught:
        machine_of(bare, "mission", BASE.date())
    assert "procedure.toml" in str(caught.value)
