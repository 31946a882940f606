"""What a route sees and whether it keeps its limits. Every planner is judged by this."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from overflight.geo.geodesic import distance_km, wgs84
from overflight.geo.positions import Position
from overflight.performance.turns import turn_angle_deg
from overflight.planning.detours import Detours
from overflight.planning.heights import Pass, StageFlown, stage_flown
from overflight.planning.level import Bend
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.simple_path import circling, exact_crossings
from overflight.sensing.track import beside, roughly_beside, unit_vectors
from overflight.units import Kilometres

Seen = frozenset[int]
"""Indices of targets."""

_METRE = 0.001
_MOST_STAGES = 50_000


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
        self._passed: dict[tuple[Position, Position], tuple[tuple[int, Kilometres], ...]] = {}
        self._courses: dict[tuple[Position, Position], tuple[float, float]] = {}
        self._bends: dict[tuple[Position, Position, Position], Bend] = {}
        self._stages: dict[tuple[Position, ...], tuple[Seen, Kilometres]] = {}
        self._flown_at: dict[tuple[Position, ...], StageFlown] = {}
        self._passes: dict[tuple[Position, Position], tuple[tuple[Pass, ...], ...]] = {}
        self.detours: Detours | None = None
        """Ways round what is blocked, where a planner has worked them out."""
        self.bends: set[Position] = set()
        """Fixes put in to go round something (``mending``)."""

    def valued(self, problem: PlanningProblem) -> LegBook:
        """A book for the same problem with other values: what is known of legs is shared."""
        book = type(self)(problem)
        book._length, book._seen, book._blocked = self._length, self._seen, self._blocked
        book._over, book.detours, book.bends = self._over, self.detours, self.bends
        book._passed, book._courses, book._bends = self._passed, self._courses, self._bends
        if self.problem.descends:  # at which heights legs are flown depends on the values
            book._passes = self._passes
        else:
            book._stages = self._stages
        return book

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

    @property
    def by_route(self) -> bool:
        """Whether what a leg shows depends on the rest of the route."""
        return self.problem.level is not None

    def seen(self, route: Route) -> Seen:
        """Targets that a route sees: level and at height, where the problem knows of that."""
        if self.problem.level is None:
            return self.seen_on(route.path)
        ways = (route.stage_path(i) for i in range(len(route.stages)))
        return frozenset[int]().union(*(self._stage(way)[0] for way in ways))

    def spans(self, way: Sequence[Position]) -> list[tuple[Kilometres, Kilometres]]:
        """From where to where each leg of a stage shows something, km along it."""
        lengths = [self.length(a, b) for a, b in pairwise(way)]
        level = self.problem.level
        if level is None:
            return [(-math.inf, math.inf)] * len(lengths)
        return [_inside(span) for span in level.spans(lengths, self._turns(way))]

    def stage_km(self, way: Sequence[Position]) -> Kilometres:
        """How much of the range a stage takes: its length, and what turns and climbs add."""
        if self.problem.level is None:
            return self.length_of(way)
        return self._stage(tuple(way))[1]

    def _stage(self, way: tuple[Position, ...]) -> tuple[Seen, Kilometres]:
        """What a stage sees level and at height, and what it takes of the range."""
        level = self.problem.level
        if level is None:
            return self.seen_on(way), self.length_of(way)
        if way not in self._stages:
            if len(self._stages) >= _MOST_STAGES:
                self._stages.clear()
                self._flown_at.clear()
            lengths = [self.length(a, b) for a, b in pairwise(way)]
            turns = self._turns(way)
            if self.problem.descends:
                flown = stage_flown(self, level, way, lengths, turns)
                self._flown_at[way] = flown
                self._stages[way] = flown.seen, flown.km
                return self._stages[way]
            found = set[int]()
            for a, b, span in zip(way, way[1:], level.spans(lengths, turns), strict=False):
                passed = self.passed(a, b)
                if passed:
                    low, high = _inside(span)
                    found.update(t for t, km in passed if low <= km <= high)
            length = math.fsum(lengths) + level.spent_km + sum(b.extra_km for b in turns)
            self._stages[way] = frozenset(found), length
        return self._stages[way]

    def flown(self, way: Sequence[Position]) -> StageFlown:
        """A stage at the heights from which it shows most, of a problem with lower ones."""
        self._stage(tuple(way))
        return self._flown_at[tuple(way)]

    def heights(self, route: Route) -> tuple[int, ...]:
        """The height of each leg by number (``LevelFlight.heights_m``); 0: the usual one."""
        if not self.problem.descends:
            return (0,) * (len(route.path) - 1)
        ways = (route.stage_path(i) for i in range(len(route.stages)))
        return tuple(number for way in ways for number in self.flown(way).heights)

    def passes(self, a: Position, b: Position) -> tuple[tuple[Pass, ...], ...]:
        """``passed`` for each height of the flight."""
        if (a, b) not in self._passes:
            level = self.problem.level
            many = 1 if level is None else len(level.heights_m)
            targets = self.problem.targets
            near = sorted(self.seen_from(a, b))
            rows: list[list[Pass]] = [[] for _ in range(many)]
            if near:
                along, across, _ = beside(a, b, [targets[i].position for i in near])
                for i, km, off in zip(near, along.tolist(), across.tolist(), strict=True):
                    for number, row in enumerate(rows):
                        if any(strip.holds(off) for strip in targets[i].strips_at(number)):
                            row.append((i, km))
            self._passes[a, b] = tuple(tuple(row) for row in rows)
        return self._passes[a, b]

    def passed(self, a: Position, b: Position) -> tuple[tuple[int, Kilometres], ...]:
        """Targets seen from ``a`` to ``b`` if all of that is flown level, and how far along."""
        if (a, b) not in self._passed:
            seen = sorted(self.seen_from(a, b))
            along = (
                beside(a, b, [self.problem.targets[i].position for i in seen])[0] if seen else ()
            )
            self._passed[a, b] = tuple(zip(seen, map(float, along), strict=True))
        return self._passed[a, b]

    def _turns(self, way: Sequence[Position]) -> list[Bend]:
        return [self._turn(*fixes) for fixes in zip(way, way[1:], way[2:], strict=False)]

    def _turn(self, a: Position, b: Position, c: Position) -> Bend:
        level = self.problem.level
        if level is None:
            return Bend(0.0, 0.0, 0.0)
        if (a, b, c) not in self._bends:
            angle = turn_angle_deg(self._course(a, b)[1], self._course(b, c)[0])
            self._bends[a, b, c] = level.bend(angle)
        return self._bends[a, b, c]

    def _course(self, a: Position, b: Position) -> tuple[float, float]:
        """Direction of a leg at its start and at its end, degrees."""
        if (a, b) not in self._courses:
            out, back, _ = wgs84().inv(a.lon, a.lat, b.lon, b.lat)
            self._courses[a, b] = (float(out), float(back) + 180.0)
        return self._courses[a, b]

    def value(self, route: Route) -> float:
        return self.value_of(self.seen(route))

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
        """Whether lengths are kept, over parts of the territory too, and the number of fixes."""
        if self.too_many_fixes(route):
            return False
        problem = self.problem
        if self.length_of(route.path) > problem.max_total_km:
            return False
        stages = range(len(route.stages))
        if any(self.stage_km(route.stage_path(i)) > problem.max_stage_km for i in stages):
            return False
        return not self.over_parts(route.path)

    def too_many_fixes(self, route: Route) -> int:
        """How many fixes a route has beyond those it may have; 0 for none."""
        most = self.problem.max_fixes
        return 0 if most is None else max(0, sum(map(len, route.stages)) - most)

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


def _inside(span: tuple[Kilometres, Kilometres]) -> tuple[Kilometres, Kilometres]:
    """A metre is kept from where a turn, a climb or a descent begins or ends."""
    return (span[0] + _METRE if span[0] > 0 else span[0]), span[1] - _METRE


def violations(problem: PlanningProblem, route: Route, book: LegBook | None = None) -> list[str]:
    """Every limit that ``route`` breaks, in words; empty for a lawful route."""
    book = book or LegBook(problem)
    found = []
    total = book.length_of(route.path)
    if total > problem.max_total_km:
        found.append(f"the path is {total:.3f} km long, over {problem.max_total_km:.3f} km")
    for i in range(len(route.stages)):
        length = book.stage_km(route.stage_path(i))
        if length > problem.max_stage_km:
            found.append(f"stage {i + 1} is {length:.3f} km, over {problem.max_stage_km:.3f} km")
    for part, over in book.over_parts(route.path):
        limit = problem.parts[part]
        found.append(f"{over:.3f} km lie over {limit.name}, over {limit.max_km:.3f} km")
    if book.too_many_fixes(route):
        found.append(f"{len(route.fixes)} fixes, over {problem.max_fixes}")
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
