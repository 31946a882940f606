"""Which routes fly together: chances for single routes made into a lottery over sets of n.

``mixed`` says how often each route should fly, as if a site that two flights show were shown twice.
Here sets of n routes are drawn, and a site counts as shown or not. The first sets come from a comb
over the routes (``drawing``), with routes that show the same sites next to one another, so that
they seldom fly together; more come by column generation with a greedy search. The bound of
``mixed`` holds for sets too: no set shows more than its routes one by one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from overflight.errors import DataError
from overflight.study.inspection.drawing import every_draw, ticks
from overflight.study.inspection.master import Column
from overflight.study.inspection.mixing import GAP, Answer, Clock, Mixed, PoolPricer, mixed
from overflight.study.inspection.payoffs import Floats
from overflight.study.inspection.pool import Ints, Pool

_STARTS = 4
_MOST_SETS = 4000


@dataclass(frozen=True, slots=True, eq=False)
class TeamPricer:
    """Sets of ``flights`` routes of a pool that show much together: greedy, then exchanges."""

    pool: Pool
    flights: int
    detect: float = 1.0

    @property
    def cheap(self) -> bool:
        return False

    @property
    def proving(self) -> float:
        return 0.0

    def harder(self) -> bool:
        return False

    def answer(self, prizes: Floats, flights: int, columns: int, *, prove: bool) -> Answer:  # noqa: ARG002
        worths = self.detect * self.pool.worths(prizes)
        best = np.argsort(-worths, kind="stable")
        teams = [self._from(int(first), prizes) for first in best[: min(_STARTS, best.size)]]
        most = float(worths[best[: self.flights]].sum()) * (1.0 + 1e-12)
        teams.sort(key=lambda c: -float(prizes[c.sites] @ c.seen))
        return Answer(tuple(teams), most)

    def _from(self, first: int, prizes: Floats) -> Column:
        team = [first]
        while len(team) < self.flights:
            team.append(self._next(team, prizes))
        for _ in range(self.flights):  # each in its turn makes room for what is best without it
            rest = team[1:]
            team = [*rest, self._next(rest, prizes)]
        return self.column(team)

    def _next(self, team: Sequence[int], prizes: Floats) -> int:
        left = prizes.copy()
        for route in team:
            left[self.pool.of(route)] *= 1.0 - self.detect
        worths = self.pool.worths(left)
        worths[list(team)] = -1.0
        return int(np.argmax(worths))

    def column(self, routes: Iterable[int]) -> Column:
        """What routes show together."""
        team = tuple(sorted(int(r) for r in routes))
        passes = np.bincount(
            np.concatenate([self.pool.of(r) for r in team]), minlength=self.pool.sites
        )
        sites = np.flatnonzero(passes).astype(np.int64)
        missed = np.power(1.0 - self.detect, passes[sites].astype(np.float64))
        return Column(team, sites, np.asarray(1.0 - missed, dtype=np.float64))


def fly_pool(
    pool: Pool,
    values: Floats,
    flights: int,
    *,
    detect: float = 1.0,
    gap: float = GAP,
    seconds: float = 60.0,
    clock: Clock = time.monotonic,
) -> Mixed:
    """A lottery over sets of ``flights`` routes of a pool. ``x`` adds up to 1, ``cover`` is the
    chance that a site is shown. ``values`` (m,), all above 0. Raises DataError for more flights
    than routes."""
    if flights > pool.routes:
        raise DataError(
            f"{flights} flights cannot take different routes out of {pool.routes}",
            remedy="Give more routes or fewer flights.",
        )
    part = 1.0 if flights == 1 else 0.6
    alone = mixed(
        values, flights, PoolPricer(pool, detect), gap=gap * part, seconds=seconds * part,
        clock=clock,
    )  # fmt: skip
    if flights == 1:
        return alone
    return together(pool, values, alone, flights, detect, gap, seconds - alone.seconds, clock)


def together(
    pool: Pool,
    values: Floats,
    alone: Mixed,
    flights: int,
    detect: float,
    gap: float,
    seconds: float,
    clock: Clock = time.monotonic,
) -> Mixed:
    """The lottery over sets that comes closest to ``alone``; its columns are routes of ``pool``."""
    pricer = TeamPricer(pool, flights, detect)
    first = tuple(_combed(pricer, alone, values))
    found = mixed(
        values, 1, pricer, gap=gap, seconds=max(1.0, seconds), first=first,
        bound=(alone.lower, alone.hidden), clock=clock,
    )  # fmt: skip
    return replace(found, rounds=found.rounds + alone.rounds, seconds=found.seconds + alone.seconds)


def _combed(pricer: TeamPricer, alone: Mixed, values: Floats) -> Iterable[Column]:
    """Sets by a comb over the routes, alike next to alike."""
    routes = np.array([column.key[0] for column in alone.columns], dtype=np.int64)
    order = _alike([column.sites for column in alone.columns], values)
    lengths = ticks(np.minimum(1.0, alone.x[order]))
    for number, (_, drawn) in enumerate(every_draw(lengths)):
        if number >= _MOST_SETS:
            break
        if drawn.size == pricer.flights:
            yield pricer.column(routes[order[drawn]])


def _alike(rows: Sequence[Ints], values: Floats) -> Ints:
    """An order in which each row is followed by the one, of those left, most like it."""
    table = np.zeros((len(rows), values.size))
    for i, row in enumerate(rows):
        table[i, row] = values[row] ** 0.5
    norm = np.maximum(1e-300, np.sqrt((table * table).sum(axis=1)))
    like = (table @ table.T) / np.outer(norm, norm)
    left = np.ones(len(rows), dtype=bool)
    order = [0]
    left[0] = False
    while len(order) < len(rows):
        order.append(int(np.argmax(np.where(left, like[order[-1]], -1.0))))
        left[order[-1]] = False
    return np.array(order, dtype=np.int64)
