"""Fair, then most: leximin over the Parties' shares of what they asked for, then the most flights.

A distribution is better than another if its least share is larger; if those are equal, if fewer
Parties have it; then if the next larger share is larger, and so on. That order compares, level by
level, how many Parties are above it; so each step is one programme: as many Parties above the
level as can be, with all that was won at lower levels kept. ``steps[i][k]`` says that Party i has
more than k of what it asked for; the count above level v is that of the level before plus what
changes there. That the steps of a Party follow each other needs no rows of its own: a solution
that left one out would win more at a lower level by putting it back. Without such rows a
distribution without shared flights is a flow in a network, whose linear relaxation is whole.
Levels at which the last answer has nobody need no programme: the count above cannot grow there.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from overflight.errors import PlanError
from overflight.procedure.distribution.problem import Problem
from overflight.procedure.distribution.solver import Answer, Programme, add_rows

FAIRNESS = ("flights", "priority")
"""Shares of all flights asked for; or first of those of the first priority, then of those of the
first two, and so on."""

ORDERS = ("fair", "most")
"""What comes first: the fair distribution and the most among those, or simply the most."""

_NO_WAY = "What stands from last year leaves no way; leave out --no-agreement."


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: what was maximised, what was reached, the most it could have been."""

    what: str
    reached: int
    bound: int

    @property
    def proved(self) -> bool:
        return self.reached >= self.bound


@dataclass(frozen=True, slots=True)
class Solution:
    """Flights granted to each wish, and every step with its proof."""

    flights: tuple[int, ...]
    stages: tuple[Stage, ...]

    @property
    def proved(self) -> bool:
        return all(stage.proved for stage in self.stages)


def solve(
    problem: Problem,
    *,
    fairness: str = "flights",
    order: str = "fair",
    targets: Sequence[int] | None = None,
    seed: int = 0,
    seconds: float = 60.0,
    clock: Callable[[], float] = time.monotonic,
) -> Solution:
    """The distribution.

    ``targets`` are flights to come near to, wish by wish, among equally good distributions.
    What is still tied is drawn by lot with ``seed``. ``seconds`` bounds the whole; where they
    run out the stages say which step is not proved.
    """
    if not problem.wishes:
        return Solution((), ())
    search = _Search(problem, seed, clock() + seconds, clock)
    return search.run(fairness, order, targets)


class _Search:
    def __init__(
        self, problem: Problem, seed: int, until: float, clock: Callable[[], float]
    ) -> None:
        self.problem, self.seed, self.until, self.clock = problem, seed, until, clock
        self.programme = Programme()
        self.stages: list[Stage] = []
        self.answer: Answer | None = None
        for number, wish in enumerate(problem.wishes):
            low = wish.flights if number in problem.settled else 0
            self.programme.variable(low, wish.flights)
        self.count = len(problem.wishes)
        add_rows(self.programme, problem.rows, lambda n: n)
        self.priorities = sorted({w.priority for w in problem.wishes})

    def run(self, fairness: str, order: str, targets: Sequence[int] | None) -> Solution:
        if order == "fair":
            levels = self.priorities if fairness == "priority" else self.priorities[-1:]
            for level in levels:
                words = "" if len(levels) == 1 else f", priority {level} or above"
                _Fair(self, level, words).run()
        self._most()
        if targets is not None:
            self._near(targets)
        self._lots()
        stages = tuple(self.stages)
        whole = all(stage.proved for stage in stages)
        return Solution(self.flights() if whole else filled(self.problem, self.flights()), stages)

    def flights(self) -> tuple[int, ...]:
        if self.answer is None:
            return (0,) * self.count
        return tuple(round(v) for v in self.answer.values[: self.count])

    def maximise(self, terms: dict[int, float], known: int | None = None) -> Answer:
        left = self.until - self.clock()
        if left <= 0 and self.answer is not None:
            return Answer(self.answer.values, 0.0, math.inf)
        try:
            answer = self.programme.maximise(terms, left, known=known)
        except PlanError:
            if self.answer is None:
                raise
            return Answer(self.answer.values, 0.0, math.inf)
        if answer is None:
            raise PlanError("no distribution keeps all limits", remedy=_NO_WAY)
        if answer.values:
            self.answer = answer
        return answer

    def step(self, what: str, terms: dict[int, float]) -> None:
        """Maximise; keep what is won as a row, and write the stage down."""
        answer = self.maximise(terms)
        values = self.answer.values if self.answer else ()
        reached = round(sum(c * round(values[n]) for n, c in terms.items()))
        highest = sum(c * self.highest(n) for n, c in terms.items() if c > 0)
        self.note(what, reached, min(answer.bound, highest))
        self.programme.at_least(list(terms.items()), reached)

    def highest(self, column: int) -> int:
        """What a wish gets at the most."""
        return self.problem.wishes[column].flights if column < self.count else 0

    def note(self, what: str, reached: int, bound: float) -> None:
        """Write a stage down; ``bound`` is finite: the solver's, or what can be at the most."""
        self.stages.append(Stage(what, reached, max(reached, math.floor(bound + 1e-6))))

    def _most(self) -> None:
        self.step("flights granted", dict.fromkeys(range(self.count), 1.0))
        for level in self.priorities[:-1]:
            wishes = enumerate(self.problem.wishes)
            terms = {n: 1.0 for n, w in wishes if w.priority <= level}
            self.step(f"flights granted, priority {level} or above", terms)

    def _near(self, targets: Sequence[int]) -> None:
        """The least sum of distances from the targets, in flights."""
        away: dict[int, float] = {}
        for number, target in enumerate(targets):
            most = max(target, self.problem.wishes[number].flights)
            column = self.programme.variable(0, most, whole=False)
            self.programme.at_most([(number, 1.0), (column, -1.0)], target)
            self.programme.at_least([(number, 1.0), (column, 1.0)], target)
            away[column] = -1.0
        self.step("nearness to the proportionate increase", away)

    def _lots(self) -> None:
        """Among what is still tied: as the lots fall."""
        ranks = list(range(1, self.count + 1))
        random.Random(self.seed).shuffle(ranks)
        self.step("lots", {n: float(rank) for n, rank in enumerate(ranks)})


def filled(problem: Problem, flights: Sequence[int]) -> tuple[int, ...]:
    """What a search cut short left lying: one flight more for each wish in turn, the most wanted
    first, as long as every limit has room."""
    have = list(flights)
    of: list[list[tuple[int, int]]] = [[] for _ in have]
    for number, row in enumerate(problem.rows):
        for wish, coefficient in row.terms:
            of[wish].append((number, coefficient))
    room = [row.most - sum(c * have[n] for n, c in row.terms) for row in problem.rows]
    order = sorted(range(len(have)), key=lambda n: problem.wishes[n].priority)
    more = True
    while more:
        more = False
        for n in order:
            if have[n] < problem.wishes[n].flights and all(room[r] >= c for r, c in of[n]):
                have[n] += 1
                for r, c in of[n]:
                    room[r] -= c
                more = True
    return tuple(have)


class _Fair:
    """Leximin over the shares of the wishes down to a priority."""

    def __init__(self, search: _Search, level: int, words: str) -> None:
        self.search, self.programme, self.words = search, search.programme, words
        wishes = search.problem.wishes
        counted = [n for n, w in enumerate(wishes) if w.priority <= level]
        self.of: dict[str, list[int]] = {}
        for n in counted:
            for holder in wishes[n].holders:
                self.of.setdefault(holder, []).append(n)
        wanted = search.problem.wanted
        self.asked = {
            party: min(total, wanted.get(party, total))
            for party, numbers in self.of.items()
            for total in (sum(wishes[n].flights for n in numbers),)
        }
        self.pull: dict[int, float] = {}
        self.above: dict[Fraction, int] = {}
        self._rows()

    def _rows(self) -> None:
        """Steps of each Party, and the count of Parties above each level."""
        programme, total = self.programme, sum(self.asked.values())
        changes: dict[Fraction, list[tuple[int, float]]] = {}
        for party, asked in self.asked.items():
            steps = [programme.variable(0, 1) for _ in range(asked)]
            have = [(n, -1.0) for n in self.of[party]]
            programme.at_most([*((y, 1.0) for y in steps), *have], 0.0)
            for k, y in enumerate(steps):
                self.pull[y] = (1 - k / asked) * 0.4 / total
                change = changes.setdefault(Fraction(k, asked), [])
                change.append((y, 1.0))
                if k:
                    change.append((steps[k - 1], -1.0))
        before: list[tuple[int, float]] = []
        for level in sorted(changes):
            count = programme.variable(0, len(self.asked), whole=False)
            row = [(count, 1.0), *((y, -c) for y, c in changes[level]), *before]
            programme.at_most(row, 0.0)
            self.above[level] = count
            before = [(count, -1.0)]

    def run(self) -> None:
        self.search.maximise(self.pull)
        parties = len(self.asked)
        for level, column in self.above.items():
            counts = self._counts(level)
            if level != 0 and not counts[1]:
                won = counts[0]
            elif counts[1]:
                answer = self.search.maximise({**self.pull, column: 1.0}, counts[0])
                won = self._counts(level)[0]
                what = f"Parties above {_said(level)} of what they asked{self.words}"
                self.search.note(what, won, min(answer.bound, parties))
            else:
                won = parties
            self.programme.bounds(column, won, parties)

    def _counts(self, level: Fraction) -> tuple[int, int]:
        """How many Parties are above the level, and how many at it."""
        flights = self.search.flights()
        above = at = 0
        for party, numbers in self.of.items():
            have, mark = sum(flights[n] for n in numbers), level * self.asked[party]
            above += have > mark
            at += have == mark
        return above, at


def _said(level: Fraction) -> str:
    return "none" if level == 0 else f"{level.numerator}/{level.denominator}"
