"""What a route sees and whether it keeps its limits. Every planner is judged by this."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from overflight.geo.geodesic import distance_km
from overflight.geo.positions import Position
from overflight.planning.detours import Detours
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.simple_path import circling, exact_crossings
from overflight.sensing.track import beside, roughly_beside, unit_vectors
from overflight.units import Kilometres

Seen = frozenset[int]
"""Indices of targets."""

_METRE = 0.001


class LegBook:
    """Lengths, sights and blocks of single legs of one problem, each worked out once.

    A target is seen from a leg when the foot of the perpendicular from it lies on the leg and
    the distance lies in one of its strips: what is only ahead of a turn does not count.
    """

    def __init__(self, problem: PlanningProblem) -> None:
        self.problem = problem
        self._vectors = unit_vectors([target.position for target in problem.targets])
        self._reach = np.array(
            [max((s.far_km for s in target.strips), default=-1.0) for target in problem.targets]
        )
        self.furthest_km = float(self._reach.max(initial=-1.0))
        self._length: dict[tuple[Position, Position], Kilometres] = {}
        self._seen: dict[tuple[Position, Position], Seen] = {}
        self._blocked: dict[tuple[Position, Position], bool] = {}
        self._over: dict[tuple[int, Position, Position], Kilometres] = {}
        self.detours: Detours | None = None
        """Ways round what is blocked, where a planner has worked them out."""
        self.bends: set[Position] = set()
        """Fixes put in to go round something (``mending``)."""

    def length(self, a: Position, b: Position) -> Kilometres:
        key = (a, b) if a <= b else (b, a)
        if key not in self._length:
            self._length[key] = distance_km(a, b)
        return self._length[key]

    def length_of(self, path: Sequence[Position]) -> Kilometres:
        return math.fsum(self.length(a, b) for a, b in pairwise(path))

    def over_part(self, part: int, a: Position, b: Position) -> Kilometres:
        """How much of a leg lies over the part to which ``problem.parts[part]`` sets a limit."""
        key = (part, a, b) if a <= b else (part, b, a)
        if key not in self._over:
            self._over[key] = self.problem.parts[part].length(a, b)
        return self._over[key]

    def over_parts(self, path: Sequence[Position]) -> list[tuple[int, Kilometres]]:
        """The parts over which too much of ``path`` lies: index, km."""
        lengths = (
            (i, math.fsum(self.over_part(i, a, b) for a, b in pairwise(path)))
            for i in range(len(self.problem.parts))
        )
        return [(i, km) for i, km in lengths if km > self.problem.parts[i].max_km]

    def excess_over_parts(self, path: Sequence[Position]) -> Kilometres:
        """By how much ``path`` is too long over parts of the territory, in all; 0 for none."""
        return math.fsum(km - self.problem.parts[i].max_km for i, km in self.over_parts(path))

    def seen_from(self, a: Position, b: Position) -> Seen:
        """Targets seen while flying from ``a`` to ``b``."""
        if (a, b) not in self._seen:
            self._seen[a, b] = self._look(a, b)
        return self._seen[a, b]

    def seen_on(self, path: Sequence[Position]) -> Seen:
        seen: set[int] = set()
        for a, b in pairwise(path):
            seen |= self.seen_from(a, b)
        return frozenset(seen)

    def unseen_near(self, point: Position, seen: Seen) -> bool:
        """Whether a target that could be seen from about ``point`` is not among ``seen``."""
        if self.furthest_km < 0:
            return False
        (here,) = unit_vectors([point])
        near = roughly_beside(here, here, self._vectors, self.furthest_km)
        return any(
            int(i) not in seen
            and self._reach[i] >= 0
            and self.length(point, self.problem.targets[i].position) <= self._reach[i] + 3.0
            for i in near
        )

    def value_of(self, targets: Iterable[int]) -> float:
        return sum(self.problem.targets[index].value for index in sorted(targets))

    def value(self, route: Route) -> float:
        return self.value_of(self.seen_on(route.path))

    def score(self, route: Route) -> tuple[float, float]:
        """To be maximised: value seen, then shortness (whole metres)."""
        return (self.value(route), -float(round(self.length_of(route.path) / _METRE)))

    def blocked(self, a: Position, b: Position) -> bool:
        return self.blocked_on((a, b))

    def blocked_on(self, path: Sequence[Position]) -> bool:
        """Whether any leg of ``path`` is blocked."""
        unknown = [
            (a, b) if a <= b else (b, a)
            for a, b in pairwise(path)
            if ((a, b) if a <= b else (b, a)) not in self._blocked
        ]
        if unknown:
            points = list(dict.fromkeys(point for leg in unknown for point in leg))
            index = {point: i for i, point in enumerate(points)}
            matrix = self.problem.blocked(points)
            for a, b in unknown:
                self._blocked[a, b] = bool(matrix[index[a], index[b]])
        return any(self._blocked[(a, b) if a <= b else (b, a)] for a, b in pairwise(path))

    def circles(self, path: Sequence[Position]) -> tuple[int, int] | None:
        """First and last index of a stretch of ``path`` that circles; None: it does not."""
        return circling(path, self.problem.circling_km, self.problem.circling_deg)

    def within_limits(self, route: Route) -> bool:
        """Whether total and stage lengths are kept, and those over parts of the territory."""
        lengths = [self.length_of(route.stage_path(i)) for i in range(len(route.stages))]
        problem = self.problem
        if sum(lengths) > problem.max_total_km or max(lengths) > problem.max_stage_km:
            return False
        return not self.over_parts(route.path)

    def _look(self, a: Position, b: Position) -> Seen:
        if a == b or self.furthest_km < 0:
            return frozenset()
        ends = unit_vectors([a, b])
        near = roughly_beside(ends[0], ends[1], self._vectors, self.furthest_km)
        near = near[self._reach[near] >= 0]
        if not len(near):
            return frozenset()
        targets = [self.problem.targets[i] for i in near]
        along, across, length = beside(a, b, [target.position for target in targets])
        on_leg = (along >= -_METRE) & (along <= length + _METRE)
        return frozenset(
            int(i)
            for i, target, ok, off in zip(near, targets, on_leg, across, strict=True)
            if ok and any(strip.holds(off) for strip in target.strips)
        )


def violations(problem: PlanningProblem, route: Route, book: LegBook | None = None) -> list[str]:
    """Every limit that ``route`` breaks, in words; empty for a lawful route."""
    book = book or LegBook(problem)
    found = []
    total = book.length_of(route.path)
    if total > problem.max_total_km:
        found.append(f"the path is {total:.3f} km long, over {problem.max_total_km:.3f} km")
    for i in range(len(route.stages)):
        length = book.length_of(route.stage_path(i))
        if length > problem.max_stage_km:
            found.append(f"stage {i + 1} is {length:.3f} km, over {problem.max_stage_km:.3f} km")
    for part, over in book.over_parts(route.path):
        limit = problem.parts[part]
        found.append(f"{over:.3f} km lie over {limit.name}, over {limit.max_km:.3f} km")
    if len(route.stages) > problem.max_stages:
        found.append(f"{len(route.stages)} stages, over {problem.max_stages}")
    if route.stations[0] != problem.start or route.stations[-1] != problem.end:
        found.append("the path does not begin and end where it should")
    allowed = {problem.start, problem.end, *problem.stations}
    found += [f"{s.code} is no place to land" for s in route.stations if s not in allowed]
    for a, b in pairwise(route.path):
        if a == b:
            found.append(f"a leg of no length at {a.human()}")
        elif book.blocked(a, b):
            found.append(f"the leg {a.human()} to {b.human()} is blocked")
    for fix in route.fixes:
        if fix != fix.rounded_to_minutes():
            found.append(f"{fix.human()} is not a whole minute of arc")
        if not problem.fix_allowed(fix):
            found.append(f"{fix.human()} may not be a fix")
    if book.circles(route.path) is not None:
        found.append("the path circles around a point")
    if problem.simple_path:
        found += [
            f"legs {i + 1} and {j + 1} cross at {at.human()}" for i, j, at in exact_crossings(route)
        ]
    return found
