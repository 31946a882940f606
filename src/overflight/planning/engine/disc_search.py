"""The course of a search over discs: runs of annealing, what each starts from, how hot it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.planning.engine import legs, sweep, tours
from overflight.planning.engine.spending import Spending

Floats = NDArray[np.float64]

DEARER = 1.6
"""Every other start takes length for so much dearer: which price serves best differs."""
WIDER = 4.0
"""Every other start may stray this much further beyond the limit."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """In units of the mean score and of score per length."""

    hot: float = 4.0
    cold: float = 0.05
    price: float = 0.35
    """While little of the score is reached; ``cheap`` when nearly all is."""
    cheap: float = 0.2
    penalty: float = 1.0
    slack: float = 0.05
    longest: int = 14
    slides: float = 0.25
    tries: int = 4
    tight: float = 0.02
    elsewhere: float = 1.0
    starts: int = 8
    """At most, and at least two; one for every ``each`` iterations a disc."""
    each: float = 800.0
    starts_share: float = 0.6
    anew: float = 0.25
    """Part of the later runs that begin from the first path once more, where there are many."""
    child: float = 0.15
    """Part of the budget that a run from a found path takes, at most."""


@dataclass
class Search:
    """One search: some runs from the first path, then runs from the best of what they found."""

    discs: legs.Discs
    limit: float
    first: Floats
    """The path to begin with, shape (m, 2), start and end in it."""
    random: tours.Random
    spending: Spending
    tuning: Tuning
    on_best: Callable[[legs.Path], None] | None
    calibrate: Callable[[legs.Path], float] | None = None
    """The limit to search with, given the best path (its true length may differ a little)."""

    def solve(self) -> legs.Path:
        self.best = self.fresh()
        legs.recount(self.best, self.discs)
        tuning = self.tuning
        self.run(self.fresh(), tuning.cold, 0.0, 0.02)
        pool = []
        begin = self.spending.spent
        room = self.spending.total_iterations / (tuning.each * self.discs.x.size)
        starts = max(2, min(tuning.starts, round(room)))
        part = (1.0 - begin) * tuning.starts_share / starts
        for i in range(starts):
            slack = tuning.slack * (WIDER if i % 2 else 1.0)
            dear = DEARER if i % 2 else 1.0
            pool.append(self.run(self.fresh(), tuning.hot, slack, begin + (i + 1) * part, dear))
        while self.spending.spent < 1.0:
            pool.sort(key=lambda p: -float(p.sums[legs.SCORE]))
            size = len(pool)
            if starts == tuning.starts and tours.uniform(self.random) < tuning.anew:
                slack = tuning.slack * (1.0 + (WIDER - 1.0) * tours.uniform(self.random))
                until = min(1.0, self.spending.spent + part)
                other = self.run(self.fresh(), tuning.hot, slack, until)
                if other.sums[legs.SCORE] > pool[-1].sums[legs.SCORE]:
                    pool[-1] = other
                continue
            at = min(tours.below(self.random, size), tours.below(self.random, size))
            draw = tours.uniform(self.random)
            path = legs.new_path(self.discs.x.size)
            legs.copy_path(pool[at], path)
            until = min(1.0, self.spending.spent + min(part, tuning.child))
            dear = 0.7 + (DEARER - 0.5) * tours.uniform(self.random)
            heat = tuning.hot * (0.2 + 0.8 * draw)
            child = self.run(path, heat, tuning.slack * draw, until, dear)
            if child.sums[legs.SCORE] >= pool[at].sums[legs.SCORE]:
                pool[at] = child
        return self.best

    def fresh(self) -> legs.Path:
        path = legs.new_path(self.discs.x.size)
        m = len(self.first)
        path.x[:m], path.y[:m] = self.first.T
        path.counts[legs.SIZE] = m
        return path

    def take(self, found: legs.Path) -> None:
        """Keep a better path if its true length fits; else search on with the limit it shows."""
        if self.calibrate is not None:
            bound = self.calibrate(found)
            if found.sums[legs.LENGTH] > bound:
                self.limit = min(self.limit, bound) * (1.0 - 1e-6)
                found.sums[:] = (np.inf, -1.0)
                return
        legs.copy_path(found, self.best)
        if self.on_best is not None:
            self.on_best(self.best)

    def run(
        self, path: legs.Path, hot: float, slack: float, until: float, dear: float = 1.0
    ) -> legs.Path:
        """Anneal from a path until a part of the budget is spent; the best of this run.

        Length costs ``dear`` times its usual price.
        """
        tuning = self.tuning
        until = min(1.0, until)
        if self.calibrate is not None:
            self.limit = self.calibrate(self.best)
        best = legs.new_path(self.discs.x.size)
        legs.copy_path(self.fresh(), best)
        legs.recount(best, self.discs)
        if best.sums[legs.LENGTH] > self.limit:
            best.sums[legs.SCORE] = -1.0
        mean = max(float(self.discs.score.mean()), 1e-12)
        reached = max(float(self.best.sums[legs.SCORE]), 0.2 * float(self.discs.score.sum()))
        rate = reached / self.limit
        share = reached / max(float(self.discs.score.sum()), 1e-12)
        price = tuning.price + share * (tuning.cheap - tuning.price)
        heat = sweep.Heat(
            max(hot, tuning.cold) * mean,
            tuning.cold * mean,
            dear * price * rate,
            tuning.penalty * rate,
            slack * self.limit,
            tuning.longest,
            tuning.slides,
            tuning.tries,
            tuning.tight,
            tuning.elsewhere,
        )
        spending = self.spending
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
            sweep.anneal(path, best, self.discs, self.limit, heat, self.random, count, done, then)
            spending.took(count, spending.clock() - clock)
            done = then
            if best.sums[legs.SCORE] > self.best.sums[legs.SCORE] + 1e-9:
                self.take(best)
        return best
