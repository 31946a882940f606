"""The search over tours: several annealed starts, then children of two, annealed again.

Every annealing begins with more length than is allowed and is squeezed down to the limit while it
cools, so that the limit does not freeze the shape of the tour too early. A child is one parent
with everything added that the other sees (union), squeezed in the same way (drop).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.planning.engine import anneal as kernel
from overflight.planning.engine import shorten, tours
from overflight.planning.engine import state as place
from overflight.planning.engine.spending import Spending
from overflight.planning.engine.tours import Matrix, Random, Scores, Tour

WIDER = 2.0
"""Every other start may stray this much further: it leaves basins the rest cannot."""
LONG_CHILD = 2.0
"""With two starts only, the time left makes one long child rather than two short ones."""
WARM_PART = 0.02
WARM_ITERATIONS = 5000
HASTE_PER_NODE = 250.0
"""Iterations a node below which a search begins cooler and with less length to spare."""
ALPHAS = (0.5, 1.0, 1.5, 2.0, 3.0)
COOL, WARM = 0.5, 2.0
"""Heats to begin with when there is half of that time, and when there is all of it."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Temperatures and prices in units of the mean score and of score per length."""

    hot: float = 4.0
    cold: float = 0.1
    price: float = 0.02
    removal: float = 10.0
    string: int = 10
    second: float = 0.3
    slack: float = 0.3
    penalty: float = 1.0
    polish: float = 1.0
    width: int = 8
    child_hot: float = 1.0
    child_slack: float = 0.1
    starts: int = 8
    starts_share: float = 0.5
    run_per_node: float = 400.0
    child_part: float = 1.0


def heat_for(hot: float, time_enough: float) -> float:
    """How hot to begin, at most ``hot``, given the time in units of ``HASTE_PER_NODE``.

    What has no time to cool ends worse than what never was hot; four units are enough for any heat.
    """
    spare = (0.5, 1.0, 1.5, 4.0)
    heats = (min(COOL, hot), min(WARM, hot), min(WARM, hot), hot)
    return float(np.interp(time_enough, spare, heats))


@dataclass
class Member:
    tour: Tour
    score: float
    length: float

    def better(self, other: Member | None) -> bool:
        return other is None or (self.score, -self.length) > (other.score, -other.length)


@dataclass
class Search:
    """One node problem: nodes are numbered 0 .. n - 1, ``fixed`` must be visited, in this order."""

    distance: Matrix
    scores: Scores
    limit: float
    fixed: Tour
    random: Random
    spending: Spending
    near: NDArray[np.int32]
    tuning: Tuning = field(default_factory=Tuning)
    on_best: Callable[[Member], None] | None = None
    base_length: float = 0.0
    """The part of a tour's length that is no way at all (see ``api``)."""
    best: Member | None = None

    # -- pieces -----------------------------------------------------------------------------

    def construct(self) -> list[Member]:
        """Greedy tours, best first."""
        n = self.distance.shape[0]
        alphas = ALPHAS if n < 1500 else ALPHAS[1:3]
        found = [self.best] if self.best is not None else []
        for alpha in alphas:
            tour = tours.construct(
                self.distance, self.scores, self.limit, self.fixed, alpha, self.near
            )
            found.append(self.member(tour))
            self.offer(found[-1])
            if self.spending.spent >= 1.0:
                break
        return sorted(found, key=lambda m: (-m.score, m.length))

    def member(self, tour: Tour) -> Member:
        length = float(tours.tour_length(self.distance, tour, tour.size))
        return Member(tour, float(self.scores[tour].sum()), length)

    def offer(self, member: Member) -> None:
        if member.length <= self.limit and member.better(self.best):
            self.best = member
            if self.on_best is not None:
                self.on_best(member)

    def settings(self, hot: float, slack: float) -> kernel.Settings:
        tuning = self.tuning
        mean = max(float(self.scores.mean()), 1e-12)
        known = self.best.score if self.best is not None else float(self.scores.sum())
        ratio = known / max(self.room, 1e-9)
        return kernel.Settings(
            max(hot, tuning.cold) * mean,
            tuning.cold * mean,
            tuning.price * ratio,
            tuning.removal,
            tuning.string,
            tuning.second,
            slack * self.room,
            tuning.penalty * ratio,
            self.room,
            tuning.polish,
            int(min(tuning.width, self.near.shape[1])),
        )

    @property
    def room(self) -> float:
        """The length there is to use."""
        return self.limit - self.base_length

    def run(self, tour: Tour, hot: float, slack: float, until: float) -> Member:
        """Anneal from a tour until the given part of the budget is spent; the best found."""
        state = place.new_state(self.distance.shape[0], self.fixed, self.random)
        place.load(state, tour, self.distance, self.scores, self.limit)
        kernel.polish(state, self.distance, self.scores, self.limit, self.near)
        settings = self.settings(hot, slack)
        spending = self.spending
        until = min(until, 1.0)
        begin = spending.spent
        done = 0.0
        while done < 1.0:
            now = spending.spent
            if now >= until:
                break
            count = spending.chunk(until)
            part = count / max(1.0, spending.total_iterations)
            done = min(1.0, (now - begin) / max(1e-12, until - begin))
            then = min(1.0, (now + part - begin) / max(1e-12, until - begin))
            clock = spending.clock()
            kernel.anneal(
                state,
                self.distance,
                self.scores,
                self.limit,
                self.near,
                settings,
                count,
                done,
                then,
            )
            spending.took(count, spending.clock() - clock)
            done = then
            best_score = state.values[place.BEST_SCORE]
            if self.best is None or best_score > self.best.score:
                self.offer(self._best_of(state))
        if state.values[place.LENGTH] <= self.limit:
            kernel.polish(state, self.distance, self.scores, self.limit, self.near)
        if state.values[place.BEST_SCORE] < 0.0:
            return self.best or self.member(self.fixed)
        member = self._best_of(state)
        self.offer(member)
        return member

    def _best_of(self, state: place.State) -> Member:
        return self.member(state.best[: state.counts[place.BEST_SIZE]].copy())

    def union(self, one: Member, other: Member) -> Tour:
        """All nodes of both parents, ordered by the first; longer than allowed."""
        return np.asarray(shorten.join(self.distance, self.near, one.tour, other.tour))

    # -- the whole --------------------------------------------------------------------------

    def solve(self) -> Member:
        """Spend the budget; the best tour."""
        tuning = self.tuning
        seeds = self.construct()
        n = self.distance.shape[0]
        if n <= self.fixed.size + 1 or self.best is None:
            return self.best or self.member(self.fixed)
        self.warm_up(seeds[0])
        begin = self.spending.spent
        per_run = tuning.run_per_node * n / max(1.0, self.spending.total_iterations)
        starts = int(min(tuning.starts, max(1.0, tuning.starts_share / per_run)))
        time_enough = self.spending.total_iterations / n / HASTE_PER_NODE
        ease = min(1.0, max(0.0, 2.0 * time_enough - 1.0))
        hot = heat_for(tuning.hot, time_enough)
        slack = tuning.slack * ease
        share = tuning.starts_share if starts > 1 else 1.0
        run_part = (1.0 - begin) * share / starts
        population = []
        for i in range(starts):
            until = begin + (i + 1) * run_part if starts > 1 else 1.0
            seed = seeds[i % len(seeds)]
            wide = WIDER if i % 2 else 1.0
            population.append(self.run(seed.tour, hot, wide * slack, until))
        longer = LONG_CHILD if starts <= 2 else 1.0
        child_part = run_part * longer * tuning.child_part
        while self.spending.spent < 1.0:
            self.breed(population, min(1.0, self.spending.spent + child_part))
        return self.best

    def warm_up(self, member: Member) -> None:
        """A few iterations at low heat, to learn the rate."""
        if self.spending.seconds is None:
            return
        most = self.spending.spent + WARM_PART
        while self.spending.done < WARM_ITERATIONS and self.spending.spent < most:
            self.run(member.tour, self.tuning.cold, 0.0, self.spending.spent + 0.1 * WARM_PART)

    def breed(self, population: list[Member], until: float) -> None:
        """One child of two members (or a re-annealed single one) joins, the worst leaves."""
        tuning = self.tuning
        size = len(population)
        i = min(tours.below(self.random, size), tours.below(self.random, size))
        j = tours.below(self.random, size)
        population.sort(key=lambda m: (-m.score, m.length))
        first, second = population[i], population[j]
        same = i == j or np.array_equal(np.sort(first.tour), np.sort(second.tour))
        if same:
            child = self.run(first.tour, tuning.hot, tuning.slack, until)
        else:
            tour = self.union(first, second)
            child = self.run(tour, tuning.child_hot, tuning.child_slack, until)
        chosen = np.sort(child.tour)
        for at, member in enumerate(population):
            if np.array_equal(chosen, np.sort(member.tour)):
                if child.better(member):
                    population[at] = child
                return
        population.append(child)
        population.sort(key=lambda m: (-m.score, m.length))
        if len(population) > max(4, tuning.starts):
            population.pop()
