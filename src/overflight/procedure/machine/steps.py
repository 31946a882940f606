"""One step: a move is made, or refused with its paragraph and what could be done instead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from overflight.procedure.machine.compiled import Machine, RunMove
from overflight.procedure.machine.limits import begin_again, begun, due_at, fits, over_by
from overflight.procedure.machine.states import (
    Event,
    Refusal,
    Run,
    State,
    freeze,
    moment,
    read_seconds,
    seconds,
    thaw,
    written,
)
from overflight.treaty.problems import did_you_mean

ABOUT, UNTIL = "about", "until"
"""What a move of agreement says: the name of what is agreed, and until when it holds."""


def step(machine: Machine, state: State, event: Event) -> State | Refusal:
    """The state after ``event``, or why it cannot be. Pure; ``state`` stays as it is."""
    run = thaw(machine, state)
    refusal = advance(machine, run, event.move, seconds(event.at), event.by, event.facts)
    return freeze(machine, run) if refusal is None else refusal


def advance(
    machine: Machine, run: Run, name: str, at: int, by: str, said: Mapping[str, str]
) -> Refusal | None:
    """Make the move in ``run`` and return None; or leave ``run`` as it is and return a refusal."""
    move = machine.moves.get(name)
    if move is None:
        why = f"there is no move {name!r}; {did_you_mean(name, machine.moves)}"
        return Refusal(name, why, instead=_instead(machine, run, at, by))
    wrong = _shut(machine, run, move, at, by)
    if wrong:
        return _refuse(machine, run, move, at, wrong, by)
    facts = run.facts
    instants: tuple[tuple[int, int], ...] = ()
    if said or move.requires:
        heard = _heard(machine, move, run, said)
        if isinstance(heard, str):
            return _refuse(machine, run, move, at, heard, by)
        facts, instants = heard
    if move.when and not fits(move.when, facts):
        return _refuse(machine, run, move, at, _unfit(machine, move, facts), by)
    if not _arisen(machine, run, move, at):
        return _too_soon(machine, run, move, at, by)
    if move.move.of_agreement:
        until = said.get(UNTIL)
        run.agreed[said[ABOUT]] = None if until is None else read_seconds(until)
    if move.clears:
        begin_again(machine, run, move, at)
    _make(run, move, at, facts, instants)
    return None


def closed(machine: Machine, state: State, name: str, at: dt.datetime, by: str) -> Refusal | None:
    """Why ``by`` cannot make the move now, whatever would be said with it; None: it could be made,
    or there is no such move."""
    run, now = thaw(machine, state), seconds(at)
    move = machine.moves.get(name)
    if move is None:
        return None
    wrong = _shut(machine, run, move, now, by)
    if wrong:
        return _refuse(machine, run, move, now, wrong, by)
    return None if _arisen(machine, run, move, now) else _too_soon(machine, run, move, now, by)


def _shut(machine: Machine, run: Run, move: RunMove, at: int, by: str) -> str:
    """What keeps ``by`` from the move: its moment, the phase, its part, marks; "" nothing."""
    if run.at is not None and at < run.at:
        return f"it is dated {written(at)}, before the last event ({written(run.at)})"
    if not move.phases >> run.phase & 1:
        return f"the process is past or before it: {machine.process.phases[run.phase].title}"
    return _who(machine, run, move, by) or _marks(machine, run, move)


def _arisen(machine: Machine, run: Run, move: RunMove, at: int) -> bool:
    return not move.missed or any(over_by(machine, machine.limits[n], run, at) for n in move.missed)


def _make(
    run: Run, move: RunMove, at: int, facts: list[int], instants: tuple[tuple[int, int], ...]
) -> None:
    to, sets = move.to, move.sets
    if sets or move.cases:
        if facts is run.facts:
            facts = facts.copy()
        for masks, case_to, case_sets in move.cases:
            if fits(masks, facts):
                to = case_to if case_to >= 0 else to
                sets = (*sets, *case_sets)
                break
        for number, code in sets:
            facts[number] = code
    run.facts = facts
    for number, value in instants:
        run.marks[number] = value
    if move.mark >= 0 and run.marks[move.mark] is None:
        run.marks[move.mark] = at
        if move.counts:
            run.times[move.mark] = run.times.get(move.mark, 0) + 1
    if to >= 0:
        run.phase = to
    run.at = at


def _who(machine: Machine, run: Run, move: RunMove, by: str) -> str:
    who = move.who or move.actor_roles[run.facts[move.actor]]
    if by == who or (who == "either" and by in machine.process.roles):
        return ""
    meant = f"the {who} side" if who not in ("either", "both") else f"{who} side(s)"
    return f"it is for {meant} to do, not for {by!r}" if who else "nobody has this part yet"


def _marks(machine: Machine, run: Run, move: RunMove) -> str:
    for number in move.needs:
        if run.marks[number] is None and move.move.agreement not in run.agreed:
            return f"it needs first: {machine.marks[number]}"
    for number in move.unless:
        if run.marks[number] is not None:
            return f"it was done: {machine.marks[number]}"
    return ""


def _heard(
    machine: Machine, move: RunMove, run: Run, said: Mapping[str, str]
) -> tuple[list[int], tuple[tuple[int, int], ...]] | str:
    """Facts and instants after what the event says, or what is wrong with it."""
    facts, instants = run.facts, []
    for name in move.requires:
        if name not in said:
            codes = machine.agreements if name == ABOUT else move.says.get(name, (0, {}))[1]
            return f"it must say {name!r}" + (f", one of: {', '.join(codes)}" if codes else "")
    for name, value in said.items():
        known = move.says.get(name)
        if known is not None:
            number, codes = known
            code = codes.get(value)
            if code is None:
                return f"{name} cannot be {value!r}; one of: {', '.join(codes)}"
            if facts is run.facts:
                facts = facts.copy()
            facts[number] = code
        elif name in move.instants:
            at = read_seconds(value)
            if at is None:
                return f"{name} = {value!r} is not an instant (2002-01-01T12:00:00Z)"
            instants.append((move.instants[name], at))
        elif not (move.move.of_agreement and name in (ABOUT, UNTIL)):
            names = [*move.says, *move.instants]
            return f"it says nothing about {name!r}; {did_you_mean(name, names, 'Take it out.')}"
    if move.move.of_agreement:
        if said[ABOUT] not in machine.agreements:
            return (
                f"the text does not let them agree otherwise about {said[ABOUT]!r}; "
                f"about: {', '.join(machine.agreements)}"
            )
        if UNTIL in said and read_seconds(said[UNTIL]) is None:
            return f"{UNTIL} = {said[UNTIL]!r} is not an instant (2002-01-01T12:00:00Z)"
    return facts, tuple(instants)


def _unfit(machine: Machine, move: RunMove, facts: list[int]) -> str:
    for number, mask in move.when:
        if not mask >> facts[number] & 1:
            fact, values = machine.process.facts[number], machine.values[number]
            fitting = " or ".join(v for code, v in enumerate(values) if mask >> code & 1)
            return f"{fact.words}: {values[facts[number]]}, where it takes {fitting}"
    raise AssertionError("some condition does not hold")


def _too_soon(machine: Machine, run: Run, move: RunMove, at: int, by: str) -> Refusal:
    opens = opening(machine, run, move)
    limit = machine.limits[move.missed[0]].limit
    why = f"the right has not arisen: {limit.what} ({machine.limits[move.missed[0]].cite})"
    if opens is not None and opens > at:
        why += f"; it arises after {written(opens - 1)}"
    return _refuse(machine, run, move, at, why, by, None if opens is None else moment(opens))


def opening(machine: Machine, run: Run, move: RunMove) -> int | None:
    """The first second at which a limit that opens ``move`` would be passed; None: unknown."""
    moments = []
    for number in move.missed:
        limit = machine.limits[number]
        due = due_at(limit, run) if begun(limit, run) else None
        if due is not None and over_by(machine, limit, run, due + 1):
            moments.append(due + 1)
    return min(moments) if moments else None


def _refuse(
    machine: Machine,
    run: Run,
    move: RunMove,
    at: int,
    why: str,
    by: str,
    opens: dt.datetime | None = None,
) -> Refusal:
    return Refusal(move.move.id, why, move.cite, _instead(machine, run, at, by), opens)


def _instead(machine: Machine, run: Run, at: int, by: str) -> tuple[str, ...]:
    """What ``by`` can do instead; of somebody without a part in the process, what anybody can."""
    anybody = by not in machine.process.roles
    return tuple(
        name
        for name, move in machine.moves.items()
        if is_open(machine, run, move, at)
        and (anybody or by in machine.roles_of(move.move.by, run.facts))
    )


def is_open(machine: Machine, run: Run, move: RunMove, at: int) -> bool:
    """Whether somebody can make the move at ``at``, saying what fits."""
    if not move.phases >> run.phase & 1 or _marks(machine, run, move):
        return False
    if not move.who and not move.actor_roles[run.facts[move.actor]]:
        return False
    said = {number for number, _ in move.says.values()}
    if not all(m >> run.facts[n] & 1 for n, m in move.when if n not in said):
        return False
    return _arisen(machine, run, move, at)
