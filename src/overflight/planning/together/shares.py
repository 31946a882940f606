"""Which flight sees what, when several fly over the same targets and each counts once."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from overflight.planning.evaluate import LegBook
from overflight.planning.problem import PlanningProblem, Route, Target
from overflight.planning.timing import book_for, seen_by

Rows = NDArray[np.int64]
Routes = tuple[Route | None, ...]
"""A route for each flight; None for one that shows nothing."""


@dataclass(frozen=True, eq=False)
class Shares:
    """The targets of all flights, numbered through: ``rows[i][k]`` is target k of flight i.

    Targets of two flights are the same when they have one name and one position. ``worth`` (n,)
    is what each counts for.
    """

    problems: tuple[PlanningProblem, ...]
    rows: tuple[Rows, ...]
    worth: NDArray[np.float64]
    books: tuple[LegBook, ...]
    """A book for each flight; flights with the same problem share theirs."""

    def seen(self, flight: int, route: Route | None) -> frozenset[int]:
        """Numbers of the targets that a flight sees on a route, in time."""
        if route is None:
            return frozenset()
        row = self.rows[flight]
        return frozenset(int(row[k]) for k in seen_by(self.books[flight], route))

    def value(self, seen: Iterable[int]) -> float:
        return math.fsum(float(self.worth[k]) for k in sorted(set(seen)))

    def left_to(self, flight: int, seen: Collection[int]) -> PlanningProblem:
        """The problem of a flight to which targets that others see are worth nothing."""
        problem, row = self.problems[flight], self.rows[flight]
        taken = set(seen)
        targets = tuple(
            replace(t, value=0.0) if int(k) in taken else t
            for t, k in zip(problem.targets, row, strict=True)
        )
        return replace(problem, targets=targets)

    def book_left_to(self, flight: int, seen: Collection[int]) -> LegBook:
        """The book of that problem, with what is known of legs."""
        return self.books[flight].valued(self.left_to(flight, seen))

    def by_others(self, flight: int, routes: Sequence[Route | None]) -> frozenset[int]:
        """What all flights but one see."""
        return frozenset[int]().union(
            *(self.seen(i, route) for i, route in enumerate(routes) if i != flight)
        )

    def score(self, routes: Sequence[Route | None]) -> tuple[float, float]:
        """To be maximised: value seen by all together, then shortness (whole metres)."""
        seen = frozenset[int]().union(*(self.seen(i, route) for i, route in enumerate(routes)))
        km = math.fsum(
            book.length_of(route.path)
            for book, route in zip(self.books, routes, strict=True)
            if route is not None
        )
        return (self.value(seen), -float(round(km * 1000.0)))


def shares_of(problems: Sequence[PlanningProblem]) -> Shares:
    """Number the targets of all flights."""
    numbers: dict[tuple[str, object], int] = {}
    worth: list[float] = []
    rows = []
    books: dict[int, LegBook] = {}
    for problem in problems:
        row = []
        for target in problem.targets:
            number = numbers.setdefault(_key(target), len(numbers))
            if number == len(worth):
                worth.append(float(target.value))
            row.append(number)
        rows.append(np.array(row, dtype=np.int64))
        books.setdefault(id(problem), book_for(problem))
    return Shares(
        tuple(problems),
        tuple(rows),
        np.array(worth),
        tuple(books[id(problem)] for problem in problems),
    )


def _key(target: Target) -> tuple[str, object]:
    return (target.name, target.position)
