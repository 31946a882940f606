"""Flights in hand of the compiled search, each with its own limits, over targets that they share.

Flights with the same problem share its board, its field and what is known of its legs. Before a
flight is worked on, targets that others see are set to be worth nothing to it, so that what the
search gains on one flight is what all of them gain.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.errors import PlanError
from overflight.planning.board import Board, board_for
from overflight.planning.engine.tours import Random, new_random
from overflight.planning.evaluate import LegBook
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.together.shares import Rows, Shares
from overflight.planning.track.anneal import anneal, lawful, mend
from overflight.planning.track.arrays import (
    LATER,
    LENGTH,
    OVER,
    TIMED,
    VALUE,
    Flight,
    Looks,
    fill_flight,
    new_flight,
    new_looks,
)
from overflight.planning.track.begun import bare_points, route_through
from overflight.planning.track.field import Arena, arena_for
from overflight.planning.track.moves import copy_flight
from overflight.units import Hours, Kilometres, Seconds

Flags = NDArray[np.bool_]

_PRICE = 0.02
"""Of the mean value of a flight, for its whole length: what a km costs."""
_NOTHING = 1e-9


@dataclass
class Table:
    """What flights with one problem share."""

    problem: PlanningProblem
    board: Board
    arena: Arena
    looks: Looks
    notes: tuple[str, ...]


@dataclass
class Aloft:
    """One flight in hand. ``rows`` number its targets among those of all flights."""

    table: Table
    book: LegBook
    rows: Rows
    now: Flight
    best: Flight
    trial: Flight
    bare: list[int]
    later: Hours = 0.0

    def seen(self, count: int) -> Flags:
        """Which of all ``count`` targets it sees now."""
        flags = np.zeros(count, dtype=bool)
        flags[self.rows[self.now.tally > 0]] = True
        return flags

    def route(self) -> Route:
        return route_through(self.table.arena, self.now)


@dataclass
class Fleet:
    """All flights, and the best that they see together so far (``kept``: copies of them)."""

    shares: Shares
    flights: list[Aloft]
    random: Random
    best: float = -1.0
    length: Kilometres = 0.0
    kept: list[Flight] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return int(self.shares.worth.size)

    @property
    def mean(self) -> float:
        """Mean value of a target."""
        return max(_NOTHING, float(self.shares.worth.mean())) if self.count else 1.0

    def seen_besides(self, number: int) -> Flags:
        """Which targets are seen by any flight but one."""
        flags = np.zeros(self.count, dtype=bool)
        for i, aloft in enumerate(self.flights):
            if i != number:
                flags |= aloft.seen(self.count)
        return flags

    def work_on(self, number: int, trials: int, hot: float, cold: float) -> Seconds:
        """Anneal one flight for so many trials, at temperatures in mean values of a target.

        Returns how long that took, what is done besides apart.
        """
        aloft = self.flights[number]
        arena, looks = aloft.table.arena, aloft.table.looks
        besides = self.seen_besides(number)
        self._turn_to(aloft, besides)
        if not self._measured(aloft, aloft.now):
            fill_flight(aloft.now, aloft.bare)
            if not self._measured(aloft, aloft.now):
                return 0.0
        copy_flight(aloft.now, aloft.best)
        price = _PRICE * max(self.best / len(self.flights), self.mean)
        begun = time.perf_counter()
        anneal(
            arena.field,
            looks,
            aloft.now,
            aloft.best,
            aloft.trial,
            self.random,
            trials,
            self.mean * hot,
            self.mean * cold,
            price / aloft.table.problem.max_total_km,
        )
        took = time.perf_counter() - begun
        self._judge(aloft)
        others = float(self.shares.worth[besides].sum())
        self._keep(number, others + float(aloft.best.sums[VALUE]))
        return took

    def ground(self, numbers: Sequence[int]) -> None:
        """Set flights to their bare ways."""
        for number in numbers:
            aloft = self.flights[number]
            fill_flight(aloft.now, aloft.bare)
            self._turn_to(aloft, np.zeros(self.count, dtype=bool))
            self._measured(aloft, aloft.now)

    def forget(self) -> None:
        """Keep no best: what comes next is counted for itself."""
        self.best, self.length, self.kept = -1.0, 0.0, []

    def land(self) -> None:
        """Go back to the best that was kept."""
        for aloft, flight in zip(self.flights, self.kept, strict=False):
            copy_flight(flight, aloft.now)

    def _turn_to(self, aloft: Aloft, besides: Flags) -> None:
        """Make the field that of one flight: values that others leave, and its own start."""
        problem, own = aloft.table.problem, aloft.table.arena.field
        own.value[:] = np.where(besides[aloft.rows], 0.0, self.shares.worth[aloft.rows])
        if problem.clock is not None and own.counts[TIMED]:
            own.limits[LATER], own.limits[OVER] = aloft.later, problem.clock.over() - aloft.later

    def _measured(self, aloft: Aloft, flight: Flight) -> bool:
        """Measure a flight, mending it where it has to be; False where that does not help."""
        field_, looks = aloft.table.arena.field, aloft.table.looks
        if lawful(field_, looks, flight):
            return True
        mend(field_, looks, flight, self.random)
        return bool(lawful(field_, looks, flight))

    def _judge(self, aloft: Aloft) -> None:
        """Legs looked at on the ellipsoid; with a leg that cannot be flown so, mended."""
        arena, looks = aloft.table.arena, aloft.table.looks
        changed = arena.judge(aloft.book, aloft.best) if aloft.best.size[0] else False
        changed |= arena.judge(aloft.book, aloft.now)
        if not changed:
            return
        looks.keys[:] = -1
        looks.fill[:] = 0
        self._measured(aloft, aloft.now)
        if aloft.best.size[0] and not self._measured(aloft, aloft.best):
            copy_flight(aloft.now, aloft.best)

    def _keep(self, number: int, value: float) -> None:
        """Remember all flights where, with the best of this one, they see more than ever."""
        chosen = [a.best if i == number else a.now for i, a in enumerate(self.flights)]
        length = float(sum(flight.sums[LENGTH] for flight in chosen))
        if value < self.best - _NOTHING or (
            value <= self.best + _NOTHING and length > self.length - 1e-3
        ):
            return
        if not self.kept:
            self.kept = [new_flight(a.rows.size) for a in self.flights]
        for flight, kept in zip(chosen, self.kept, strict=True):
            copy_flight(flight, kept)
        self.best, self.length = value, length


def fleet_for(shares: Shares, seed: int) -> Fleet:
    """All flights on the ground. Raises PlanError where one cannot reach its end."""
    tables: dict[int, Table] = {}
    flights: list[Aloft] = []
    notes: list[str] = []
    for problem, book, rows in zip(shares.problems, shares.books, shares.rows, strict=True):
        if id(problem) not in tables:
            board, said = board_for(problem)
            arena = arena_for(problem, board)
            looks = new_looks(len(problem.targets))
            tables[id(problem)] = Table(problem, board, arena, looks, said)
            notes += said
        table = tables[id(problem)]
        book.detours = table.board.detours
        count = len(problem.targets)
        flights.append(
            Aloft(
                table,
                book,
                rows,
                new_flight(count),
                new_flight(count),
                new_flight(count),
                _bare(table),
            )
        )
    fleet = Fleet(shares, flights, new_random(seed), notes=tuple(dict.fromkeys(notes)))
    fleet.ground(range(len(flights)))
    return fleet


def _bare(table: Table) -> list[int]:
    points = bare_points(table.problem, table.board)
    if points is None:
        raise PlanError(
            f"no way leads from {table.problem.start.code} to {table.problem.end.code} without a "
            "fix, and flights planned together begin with one",
            remedy="Plan these flights one by one, or end where they start.",
        )
    return points
