"""What a route sees when its hours count: sites that are there to be seen for a while only.

Where no target has hours of its own, all this is ``LegBook``. Otherwise a target counts when a
leg passes it within its hours, by the timetable of the route and the best start for it: the whole
minute at which most value is seen, the one nearest to the usual start among equals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from overflight.geo.positions import Position
from overflight.planning.evaluate import LegBook, Seen
from overflight.planning.problem import PlanningProblem, Route, Target
from overflight.sensing.track import beside
from overflight.units import Hours, Kilometres

_GUARD: Hours = 2.0 / 3600.0
"""Kept from the edges of a target's hours, because timetables are in whole seconds."""
_MINUTES = 60.0
_FAR_OFF: Hours = 4.0
_PART_OF_NEARLY = 0.5
_MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class InTime:
    """The best start of a route, minutes after the usual one, and what is then seen.

    ``nearly`` is a part of the value of what is passed out of hours, the more the less it misses.
    """

    minutes: int
    seen: Seen
    nearly: float = 0.0


@dataclass(frozen=True, slots=True)
class _Leg:
    """Length, all targets seen, and those with hours: at which part of the leg, 0 to 1."""

    km: Kilometres
    seen: Seen
    passed: tuple[tuple[int, float], ...]


class TimedBook(LegBook):
    """A ``LegBook`` whose ``value`` and ``score`` count what is seen within its hours only."""

    def __init__(self, problem: PlanningProblem) -> None:
        super().__init__(problem)
        self._timed = frozenset(i for i, t in enumerate(problem.targets) if has_hours(t))
        self._legs: dict[tuple[Position, Position], _Leg] = {}
        self._in_time: dict[Route, InTime] = {}

    def value(self, route: Route) -> float:
        return self.value_of(self.in_time(route).seen)

    def promise(self, route: Route) -> float:
        """The value and what is nearly in time: by this a search finds its way."""
        found = self.in_time(route)
        return self.value_of(found.seen) + found.nearly

    def in_time(self, route: Route) -> InTime:
        """See ``InTime``; worked out once for each route."""
        if route not in self._in_time:
            if len(self._in_time) >= _MOST_KEPT:
                self._in_time.clear()
            self._in_time[route] = self._look_at_clock(route)
        return self._in_time[route]

    def _look_at_clock(self, route: Route) -> InTime:
        clock, targets = self.problem.clock, self.problem.targets
        flown = [self._level(way) for way in _ways(route)]
        legs = [leg for stage in flown for leg in stage]
        seen = frozenset[int]().union(*(leg.seen for leg in legs))
        if clock is None or not any(leg.passed for leg in legs):
            return InTime(0, seen)
        departs, arrives = clock.hours([[leg.km for leg in stage] for stage in flown])
        first, last = clock.starts(arrives[-1])
        hours: dict[int, list[Hours]] = {}
        for leg, leaves, comes in zip(legs, departs, arrives, strict=True):
            for index, share in leg.passed:
                hours.setdefault(index, []).append(leaves + (comes - leaves) * share)
        spans: dict[int, list[tuple[int, int]]] = {}
        for index, passes in sorted(hours.items()):
            opens, closes = targets[index].opens + _GUARD, targets[index].closes - _GUARD
            fits = [
                (_minutes_up(max(first, opens - at)), _minutes_down(min(last, closes - at)))
                for at in passes
            ]
            spans[index] = [(low, high) for low, high in fits if low <= high]
        usual = _minutes_down(min(0.0, last)) if first <= last else 0
        wanted = [(found, targets[index].value) for index, found in spans.items() if found]
        minutes = _best_minute(wanted, usual)
        kept = {i for i, found in spans.items() if any(a <= minutes <= b for a, b in found)}
        nearly = 0.0
        for index in sorted(hours.keys() - kept):
            moments = [at + minutes / _MINUTES for at in hours[index]]
            nearly += _PART_OF_NEARLY * targets[index].value * _closeness(targets[index], moments)
        return InTime(minutes, (seen - self._timed) | kept, nearly)

    @property
    def by_route(self) -> bool:
        return True

    def _level(self, way: Sequence[Position]) -> list[_Leg]:
        """The legs of a stage with what is seen where they are flown level and at height."""
        legs = [self._flown(a, b) for a, b in pairwise(way)]
        if self.problem.level is None:
            return legs
        if self.problem.descends:
            return [
                _only(leg, frozenset(target for target, _ in shown))
                for leg, shown in zip(legs, self.flown(way).shown, strict=True)
            ]
        found = []
        for leg, (a, b), (low, high) in zip(legs, pairwise(way), self.spans(way), strict=True):
            seen = frozenset(t for t, km in self.passed(a, b) if low <= km <= high)
            found.append(_only(leg, seen))
        return found

    def _flown(self, a: Position, b: Position) -> _Leg:
        if (a, b) not in self._legs:
            seen = self.seen_from(a, b)
            found = sorted(seen & self._timed)
            passed: tuple[tuple[int, float], ...] = ()
            if found:
                along, _, length = beside(a, b, [self.problem.targets[i].position for i in found])
                passed = tuple(
                    (i, min(max(float(km) / length, 0.0), 1.0))
                    for i, km in zip(found, along, strict=True)
                )
            self._legs[a, b] = _Leg(self.length(a, b), seen, passed)
        return self._legs[a, b]


def _only(leg: _Leg, seen: Seen) -> _Leg:
    """The leg where no more than that is seen."""
    passed = tuple(entry for entry in leg.passed if entry[0] in seen)
    return replace(leg, seen=seen, passed=passed)


def book_for(problem: PlanningProblem) -> LegBook:
    """The book that counts what the problem counts."""
    timed = problem.clock is not None and any(has_hours(target) for target in problem.targets)
    return TimedBook(problem) if timed else LegBook(problem)


def has_hours(target: Target) -> bool:
    """Whether a target is there to be seen for a while only."""
    return target.opens != -math.inf or target.closes != math.inf


def seen_by(book: LegBook, route: Route) -> Seen:
    """What a route sees, in time where that counts."""
    return book.in_time(route).seen if isinstance(book, TimedBook) else book.seen(route)


def start_of(book: LegBook, route: Route) -> Hours:
    """The best start of a route, hours after the usual one."""
    return book.in_time(route).minutes / _MINUTES if isinstance(book, TimedBook) else 0.0


def could_be_in_time(problem: PlanningProblem, target: Target) -> bool:
    """Whether a flight could pass a target within its hours at all."""
    if problem.clock is None or not has_hours(target):
        return True
    first, _ = problem.clock.starts(0.0)
    return (
        target.opens <= target.closes
        and target.closes >= first
        and target.opens <= problem.clock.over()
    )


def _ways(route: Route) -> list[tuple[Position, ...]]:
    return [route.stage_path(i) for i in range(len(route.stages))]


def _closeness(target: Target, hours: Sequence[Hours]) -> float:
    """1 for a pass within a target's hours, less the more it misses them, 0 far off."""
    miss = min(max(target.opens - at, at - target.closes, 0.0) for at in hours)
    return max(0.0, 1.0 - miss / _FAR_OFF)


def _best_minute(wanted: Sequence[tuple[list[tuple[int, int]], float]], usual: int) -> int:
    """The minute that lies in spans of most value; of equals the one nearest to the usual."""
    steps: dict[int, float] = {}
    for spans, value in wanted:
        reached: int | None = None
        for low, high in sorted(spans):
            begins = low if reached is None else max(low, reached + 1)
            if begins <= high:
                steps[begins] = steps.get(begins, 0.0) + value
                steps[high + 1] = steps.get(high + 1, 0.0) - value
                reached = high
    marks = sorted(steps)
    level = 0.0
    here = math.fsum(v for spans, v in wanted if any(a <= usual <= b for a, b in spans))
    best = (round(here, 9), 0, usual)
    for mark, following in pairwise([*marks, math.inf]):
        level += steps[int(mark)]
        # Within a stretch of one value, the minute nearest to the usual.
        minute = int(min(max(usual, mark), following - 1)) if following < math.inf else int(mark)
        best = max(best, (round(level, 9), -abs(minute - usual), minute))
    return best[2]


def _minutes_up(hours: Hours) -> int:
    return math.ceil(min(max(hours, -1e6), 1e6) * _MINUTES - 1e-9)


def _minutes_down(hours: Hours) -> int:
    return math.floor(min(max(hours, -1e6), 1e6) * _MINUTES + 1e-9)
