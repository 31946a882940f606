"""Why a wish was cut: the limits that are full, and who would have to give way, tried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from overflight.errors import PlanError
from overflight.procedure.distribution.problem import Problem, Row
from overflight.procedure.distribution.solver import Programme, add_rows
from overflight.procedure.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Full:
    """A limit that leaves no room for one more: in words, with its paragraph."""

    kind: str
    text: str
    cite: str


@dataclass(frozen=True, slots=True)
class GivesWay:
    """Flights that a wish would lose if one more were granted to another."""

    wish: int
    before: int
    after: int


def full_limits(
    rules: Rulebook, on: dt.date, problem: Problem, flights: Sequence[int], wish: int
) -> tuple[Full, ...]:
    """The limits under which ``wish`` cannot have one more, everything else as granted."""
    found: dict[str, Full] = {}
    for row in problem.rows:
        step = dict(row.terms).get(wish, 0)
        used = sum(c * flights[n] for n, c in row.terms)
        if step > 0 and used + step > row.most:
            full = _in_words(rules, on, problem, flights, row)
            found.setdefault(full.text, full)
    return tuple(found.values())


def _in_words(
    rules: Rulebook, on: dt.date, problem: Problem, flights: Sequence[int], row: Row
) -> Full:
    limit = rules.need(row.kind)
    held: dict[str, int] = {}
    for n, c in row.terms:
        if flights[n] and c > 0:
            other = problem.wishes[n]
            key = "+".join(other.holders) if row.kind == "passive" else other.observed
            held[key] = held.get(key, 0) + flights[n]
    shares = ", ".join(f"{key} {n}" for key, n in sorted(held.items()))
    name = rules.name(row.who)
    if row.kind == "passive":
        text = f"{name}'s passive quota of {row.limit} is full: {shares}"
        share = rules.percent(limit, on)
        if share not in (None, 100):
            text = f"the {row.limit} flights that {name} accepts, {share} per cent of its passive "
            text += f"quota rounded down, are taken: {shares}"
    elif row.kind == "own-total":
        text = f"{name} may hold {row.limit} flights in all, its passive quota: {shares}"
        if row.most < row.limit:
            text += f"; {row.limit - row.most} stand from last year"
    elif row.limit < 0:
        total = sum(flights[n] for n, w in enumerate(problem.wishes) if row.who in w.holders)
        have = sum(flights[n] for n, c in row.terms if problem.wishes[n].observed == row.whom)
        text = f"{name} has {have} over {row.whom}, as many as half of its own {total} allows"
        option = rules.readings.get(limit.reading, "")
        text += f" (reading {limit.reading}={option})"
    else:
        of = row.whom if row.part == "other" else row.who
        text = f"{name} may fly at most {row.limit} over {row.whom}: half of {of}'s passive quota"
        if row.part == "own" and limit.reading:
            text += f" (reading {limit.reading}={rules.readings.get(limit.reading, '')})"
    return Full(row.kind, text, limit.cite)


class Trial:
    """Grants one more to a wish and finds the fewest flights that others would lose."""

    def __init__(self, problem: Problem, flights: Sequence[int]) -> None:
        self.problem, self.flights = problem, tuple(flights)
        self.programme = Programme()
        for number, wish in enumerate(problem.wishes):
            low = wish.flights if number in problem.settled else 0
            self.programme.variable(low, wish.flights)
        add_rows(self.programme, problem.rows, lambda n: n)
        self.lost: dict[int, float] = {}
        for number, have in enumerate(self.flights):
            column = self.programme.variable(0, have, whole=False)
            self.programme.at_least([(column, 1.0), (number, 1.0)], have)
            self.lost[column] = -1.0
        # Of equally small losses, the first in the order of the wishes: the same answer each time.
        count = len(self.flights)
        self.goal = {c: -1.0 - 0.05 * i / max(1, count) for i, c in enumerate(self.lost)}

    def one_more(self, wish: int, seconds: float) -> tuple[GivesWay, ...] | None:
        """Who gives way; None where nothing can: the wish is at its end whatever others lose."""
        have, most = self.flights[wish], self.problem.wishes[wish].flights
        low = most if wish in self.problem.settled else 0
        self.programme.bounds(wish, have + 1, most)
        try:
            answer = self.programme.maximise(self.goal, seconds)
        except PlanError:
            return ()
        finally:
            self.programme.bounds(wish, low, most)
        if answer is None:
            return None
        now = [round(v) for v in answer.values[: len(self.flights)]]
        return tuple(
            GivesWay(n, before, after)
            for n, (before, after) in enumerate(zip(self.flights, now, strict=True))
            if after < before
        )
