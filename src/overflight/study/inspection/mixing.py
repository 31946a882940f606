"""The best random choice among routes that show many sites at once, with a certified gap.

A game of two sides with one sum: the one flies ``n`` routes, the other acts at one site and gains
its value unless a flight shows it. Column generation: a linear programme (``master``) over the
routes known so far gives chances to fly and to hide; against these chances to hide the best answer
is sought among all routes (a ``Pricer``) and comes in. Two numbers bound the value of the game at
any moment::

    upper:  max over sites of v_s (1 - cover_s), what is left to gain against the chances to fly
    lower:  sum of y_s v_s less the most that any n routes can show of y_s v_s

The lower one holds for any chances ``y`` to hide, so that also those of a programme not finished,
or smoothed ones (Wentges 1997; they keep the prices from jumping), give a true bound.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from overflight.errors import DataError
from overflight.study.inspection.master import Column, Master
from overflight.study.inspection.payoffs import Floats
from overflight.study.inspection.pool import Pool

Clock = Callable[[], float]
GAP = 0.01
"""The part of the value by which the two bounds may differ, unless asked otherwise."""

_SMOOTH = 0.6
"""The part of the best chances so far in those that answers are sought to."""
_AT_ONCE = 40
_WARM = 150
"""Rounds of multiplicative weights before the first programme, where answers cost nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Columns that show much of some prizes, and what no ``n`` of all columns can exceed (infinite
    where that was not worked out)."""

    columns: tuple[Column, ...]
    most: float


class Pricer(Protocol):
    """Finds what to fly against given chances to hide."""

    @property
    def cheap(self) -> bool:
        """Whether hundreds of answers are no trouble."""
        ...

    @property
    def proving(self) -> float:
        """The part of all time that is kept for a bound at the end; 0: every answer has one."""
        ...

    def harder(self) -> bool:
        """Search longer from now on, as nothing new came; whether that may help."""
        ...

    def answer(self, prizes: Floats, flights: int, columns: int, *, prove: bool) -> Answer:
        """About ``columns`` columns that show much of ``prizes`` (m,), the best first.

        ``prove``: work out the bound too, also where that takes long.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """Chances ``x`` to fly ``columns``; ``cover`` (m,) what they show of each site, ``hidden`` (m,)
    the chances to hide behind the lower bound.

    The value of the game, what the side that hides gains, lies from ``lower`` to ``upper``.
    """

    columns: tuple[Column, ...]
    x: Floats
    cover: Floats
    hidden: Floats
    lower: float
    upper: float
    rounds: int
    seconds: float

    @property
    def gap(self) -> float:
        """The part of the upper bound by which the lower one may still be wrong."""
        return relative_gap(self.lower, self.upper)


def relative_gap(lower: float, upper: float) -> float:
    """(upper - lower) / upper; 0 where nothing is left to gain."""
    return max(0.0, upper - lower) / upper if upper > 0.0 else 0.0


def mixed(
    values: Floats,
    flights: int,
    pricer: Pricer,
    *,
    gap: float = GAP,
    seconds: float = 60.0,
    first: tuple[Column, ...] = (),
    bound: tuple[float, Floats] | None = None,
    most: float = 1.0,
    clock: Clock = time.monotonic,
) -> Mixed:
    """Chances for ``flights`` of all columns that ``pricer`` knows, within ``gap`` of the best.

    ``values`` (m,), all above 0. ``cover`` may count a site more than once where several flights
    show it: see ``teams``. Ends after ``seconds`` with the bounds that it has. ``most`` is how
    often one column may fly, ``bound`` a lower bound known already and its chances to hide.
    Raises DataError for no flights or no sites.
    """
    if flights < 1 or not values.size:
        raise DataError(
            f"there is nothing to choose for {flights} flights and {values.size} sites",
            remedy="Give at least one flight, and one site that is worth something.",
        )
    begun = clock()
    state = _State(values, flights, Master(values, flights, most))
    if bound is not None:
        state.lower, state.hidden = bound
    state.master.add(first)
    if pricer.cheap:
        _warm(state, pricer, begun + 0.1 * seconds, clock)
    elif not first:
        state.priced(pricer, values / values.sum())
    proving = 1.0 - pricer.proving
    while True:
        left = proving * seconds - (clock() - begun)
        point = state.master.solve(left) if left > 0.0 else None
        if point is None:
            break
        state.rounds += 1
        state.offer(point.x)
        if relative_gap(state.lower, state.upper) <= gap:
            break
        smooth = state.smoothed(point.hidden)
        if state.priced(pricer, smooth) or state.priced(pricer, point.hidden):
            continue
        if not pricer.harder():
            break
    if pricer.proving and relative_gap(state.lower, state.upper) > gap:
        _prove(state, pricer, gap, lambda: clock() - begun >= seconds)
    x, cover = state.best
    used = np.flatnonzero(x > 0.0)
    columns = tuple(state.master.columns[i] for i in used.tolist())
    return Mixed(
        columns,
        x[used],
        cover,
        state.hidden,
        max(0.0, min(state.lower, state.upper)),
        state.upper,
        state.rounds,
        clock() - begun,
    )


class _State:
    """The programme and the best bounds so far."""

    def __init__(self, values: Floats, flights: int, master: Master) -> None:
        self.values, self.flights, self.master = values, flights, master
        self.lower, self.upper = 0.0, float(values.max())
        self.hidden = np.where(values == values.max(), 1.0, 0.0)
        self.hidden /= self.hidden.sum()
        self.best: tuple[Floats, Floats] = (np.zeros(0), np.zeros(values.size))
        self.rounds = 0
        self.middle = (1.0 / values) / float((1.0 / values).sum())

    def smoothed(self, hidden: Floats) -> Floats:
        """Chances to hide that do not jump: nearer to the best so far or, while no answer has given
        a bound, to those of the rounds before."""
        if self.lower > 0.0:
            return _SMOOTH * self.hidden + (1.0 - _SMOOTH) * hidden
        self.middle = _SMOOTH * self.middle + (1.0 - _SMOOTH) * hidden
        return self.middle

    def offer(self, x: Floats) -> None:
        """Chances to fly: the upper bound, where it is better."""
        cover = self.master.cover(x)
        upper = max(0.0, float((self.values * (1.0 - cover)).max()))
        if upper <= self.upper or not self.best[0].size:
            self.upper, self.best = upper, (x, cover)

    def bounded(self, hidden: Floats, most: float) -> None:
        """Chances to hide, and the most that flights show of them: the lower bound."""
        lower = float(hidden @ self.values) - most
        if lower > self.lower:
            self.lower, self.hidden = lower, hidden

    def priced(self, pricer: Pricer, hidden: Floats, *, prove: bool = False) -> int:
        """Answers to ``hidden`` come in; how many are new."""
        answer = pricer.answer(hidden * self.values, self.flights, _AT_ONCE, prove=prove)
        self.bounded(hidden, answer.most)
        return self.master.add(answer.columns)


def _prove(state: _State, pricer: Pricer, gap: float, over: Callable[[], bool]) -> None:
    """Bounds by chances to hide near the programme's, and the columns that come of them, until the
    gap is closed, nothing new comes, or time is over."""
    while (point := state.master.solve(60.0)) is not None:
        state.offer(point.x)
        if over() or relative_gap(state.lower, state.upper) <= gap:
            return
        smooth = state.smoothed(point.hidden) if state.lower > 0.0 else point.hidden
        if state.priced(pricer, smooth, prove=True):
            continue
        if over() or not state.priced(pricer, point.hidden, prove=True):
            return


def _warm(state: _State, pricer: Pricer, until: float, clock: Clock) -> None:
    """Multiplicative weights (Freund and Schapire 1999): where to hide is learnt from what is
    flown. Gives the programme good columns to begin with, and a first lower bound."""
    values, flights = state.values, state.flights
    cover = np.zeros(values.size)
    scale = float(values.max())
    hidden = np.full(values.size, 1.0 / values.size)
    for played in range(1, _WARM + 1):
        answer = pricer.answer(hidden * values, flights, flights, prove=False)
        state.bounded(hidden, answer.most)
        state.master.add(answer.columns)
        for column in answer.columns[:flights]:
            cover[column.sites] += column.seen
        gains = values * (1.0 - np.minimum(1.0, cover / played)) / scale
        sharp = 4.0 * (played * np.log(values.size + 1.0)) ** 0.5
        hidden = np.exp(sharp * (gains - gains.max()))
        hidden /= hidden.sum()
        if clock() > until:
            break


@dataclass(frozen=True, slots=True, eq=False)
class PoolPricer:
    """The best routes of a pool by looking at all of them: exact. A flight shows what it passes
    with chance ``detect``."""

    pool: Pool
    detect: float = 1.0

    @property
    def cheap(self) -> bool:
        return True

    @property
    def proving(self) -> float:
        return 0.0

    def harder(self) -> bool:
        return False

    def answer(self, prizes: Floats, flights: int, columns: int, *, prove: bool) -> Answer:  # noqa: ARG002
        worths = self.detect * self.pool.worths(prizes)
        wanted = min(max(flights, columns), worths.size)
        best = np.argpartition(-worths, wanted - 1)[:wanted]
        best = best[np.argsort(-worths[best], kind="stable")]
        # a little more than the sum, by more than its rounding
        most = float(worths[best[:flights]].sum()) * (1.0 + 1e-12)
        return Answer(tuple(self.column(int(r)) for r in best), most)

    def column(self, route: int) -> Column:
        """The column of a route."""
        sites = self.pool.of(route)
        return Column((route,), sites, np.full(sites.size, self.detect))
