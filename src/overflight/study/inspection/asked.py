"""A question of where to inspect, and its answer: what commands ask and reports tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from overflight.errors import DataError
from overflight.study.inspection.drawing import draw, draw_lots
from overflight.study.inspection.errors import Erring, with_errors
from overflight.study.inspection.errors import Stage as ErringStage
from overflight.study.inspection.files import Valued
from overflight.study.inspection.mixing import GAP, Mixed, relative_gap
from overflight.study.inspection.payoffs import Floats, Payoffs
from overflight.study.inspection.pool import Ints, Pool
from overflight.study.inspection.quotas import Allowed
from overflight.study.inspection.sequential import Sequential, Stage, play, schedule
from overflight.study.inspection.spreading import Spread, spread
from overflight.study.inspection.teams import fly_pool
from overflight.study.inspection.timeliness import Timely, timely

ROWS, COLUMNS = 25, 9
"""Of the plan in turn: stages from the first, and inspections left, that are told."""
_LARGE = 100_000
"""Up to so many sights of sites from routes a game is solved to the end, whatever gap will do."""
_SURE = 1e-9

Positions = tuple[tuple[float, float], ...]
"""Latitude and longitude of the points of a route."""


@dataclass(frozen=True, slots=True, eq=False)
class OverSites:
    """Sites one at a time. ``draws`` are sites (indices) of each draw asked for."""

    valued: Valued
    flights: int
    detect: float
    spread: Spread
    draws: tuple[tuple[int, ...], ...] = ()
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class OverRoutes:
    """Routes that show many sites.

    ``mixed`` is about the sites ``shown`` (indices into ``ids``); the rest are on no route, and who
    acts there is not seen. ``flown`` are the routes with a chance: names by set, ``draws`` numbers
    of sets. ``paths`` are the points of the routes where a planner found them.
    """

    ids: tuple[str, ...]
    values: Floats
    shown: tuple[int, ...]
    flights: int
    detect: float
    pool: Pool
    mixed: Mixed
    everywhere: bool
    limits: str = ""
    paths: tuple[Positions, ...] = ()
    draws: tuple[int, ...] = ()
    seed: int = 1
    gap_wanted: float = GAP
    never: tuple[int, ...] | None = None
    """Sites that no route can show (indices); None: all that are not ``shown``."""

    @property
    def unseen(self) -> tuple[int, ...]:
        """Sites, worth something, that no route shows."""
        shown = set(self.shown)
        return tuple(i for i in range(len(self.ids)) if i not in shown and self.values[i] > 0.0)

    @property
    def floor(self) -> float:
        """What is to be had at the best of the sites that no route shows."""
        return max((float(self.values[i]) for i in self.unseen), default=0.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which numbers the value lies, sites on no route among those to act at. A site
        that merely was not found to be on one counts above and not below."""
        never = self.unseen if self.never is None else self.never
        sure = max((float(self.values[i]) for i in never), default=0.0)
        return max(self.mixed.lower, sure), max(self.mixed.upper, self.floor)

    @property
    def gap(self) -> float:
        """Of the game over the sites that some route shows."""
        return relative_gap(self.mixed.lower, self.mixed.upper)

    @property
    def coverage(self) -> Floats:
        """The chance that each site is shown and found, shape (sites,)."""
        out = np.zeros(len(self.ids))
        out[list(self.shown)] = np.minimum(1.0, self.mixed.cover)
        return out

    def left(self, detect: float) -> float:
        """What is left to gain against these chances to fly if sites are found with ``detect``."""
        cover = np.zeros(len(self.shown))
        for column, x in zip(self.mixed.columns, self.mixed.x, strict=True):
            passes = np.bincount(
                np.concatenate([self.pool.of(r) for r in column.key]), minlength=cover.size
            )
            cover += x * (1.0 - (1.0 - detect) ** passes)
        worth = self.values[list(self.shown)]
        return max(self.floor, float((worth * (1.0 - cover)).max()))


@dataclass(frozen=True, slots=True)
class InTurn:
    """Inspections one after the other, without errors and with them. ``plan``: chances to inspect
    at the first ``ROWS`` stages, by up to ``COLUMNS`` inspections left."""

    game: Sequential
    stage: Stage
    plan: tuple[tuple[Fraction, ...], ...]
    erring: Erring | None = None
    erring_stage: ErringStage | None = None
    allowed: Allowed | None = None
    given: frozenset[str] = field(default_factory=frozenset)

    @property
    def value(self) -> Fraction:
        """What the inspected side gains."""
        return self.erring_stage.payoffs[1] if self.erring_stage else self.stage.value


@dataclass(frozen=True, slots=True)
class InTime:
    """One inspection that nobody sees coming."""

    dates: int
    timely: Timely


Found = OverSites | OverRoutes | InTurn | InTime


def over_sites(
    valued: Valued, flights: int, *, detect: float = 1.0, draws: int = 0, seed: int = 1
) -> OverSites:
    """Where to look, ``flights`` sites at a time."""
    found = spread(valued.payoffs, flights)
    drawn = tuple(tuple(d.tolist()) for d in draw(found.coverage, draws, seed)) if draws else ()
    return OverSites(valued, flights, detect, found, drawn, seed)


def over_pool(
    pool: Pool,
    ids: Sequence[str],
    payoffs: Payoffs,
    flights: int,
    *,
    detect: float = 1.0,
    gap: float = GAP,
    seconds: float = 60.0,
    draws: int = 0,
    seed: int = 1,
) -> OverRoutes:
    """Which routes of a pool to fly, ``flights`` at a time. Raises DataError where one side's gain
    is not the other's loss, and where no route shows a site of any value."""
    values = payoffs.unseen
    if (payoffs.lost != -values).any():
        raise DataError(
            "over routes only games are solved in which one side gains what the other loses",
            remedy="Give one value a site.",
        )
    seen = np.zeros(len(ids), dtype=bool)
    seen[pool.shown] = True
    shown = np.flatnonzero(seen & (values > 0.0)).astype(np.int64)
    if not shown.size:
        raise DataError(
            "no route shows a site that is worth anything", remedy="Give other routes or values."
        )
    thin = restricted(pool, shown)
    sure = gap if thin.shown.size > _LARGE else min(gap, _SURE)
    found = fly_pool(thin, values[shown], flights, detect=detect, gap=sure, seconds=seconds)
    return OverRoutes(
        tuple(ids), values, tuple(shown.tolist()), flights, detect, thin, found, False,
        draws=drawn_sets(found, draws, seed), seed=seed, gap_wanted=gap,
    )  # fmt: skip


def restricted(pool: Pool, shown: Ints) -> Pool:
    """The pool about the sites ``shown`` (indices, ascending) alone, numbered anew."""
    number = np.full(pool.sites, -1, dtype=np.int64)
    number[shown] = np.arange(shown.size)
    new = number[pool.shown]
    before = np.concatenate([[0], np.cumsum(new >= 0)])
    return Pool(int(shown.size), before[pool.starts], new[new >= 0], pool.names)


def drawn_sets(found: Mixed, draws: int, seed: int) -> tuple[int, ...]:
    """Numbers of columns drawn by their chances."""
    if not draws:
        return ()
    return tuple(draw_lots(found.x / found.x.sum(), draws, seed).tolist())


def in_turn(
    game: Sequential,
    erring: Erring | None = None,
    allowed: Allowed | None = None,
    given: frozenset[str] = frozenset(),
) -> InTurn:
    """How to spread a number of inspections over the stages of a period."""
    stage = None
    if erring is not None:
        state = (game.stages, min(game.inspections, game.stages), min(game.violations, game.stages))
        stage = with_errors(game, erring)[state]
    return InTurn(game, play(game), schedule(game, ROWS, COLUMNS), erring, stage, allowed, given)


def in_time(dates: int) -> InTime:
    """When to inspect once, unannounced."""
    return InTime(dates, timely(dates))
