"""Make a route see more for its length without a solver: snap, drop, pull, fill.

A solver sees fixes; these steps see sites. Each takes a lawful route to a lawful one that sees
no less value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from overflight.geo.geodesic import azimuth_deg, destination, distance_km, wgs84
from overflight.geo.positions import Position
from overflight.planning.evaluate import LegBook
from overflight.planning.fixes import Node, minute_neighbours
from overflight.planning.obstacles import nothing_observable
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.simple_path import LegEnds, first_crossing, legs_of, may_cross
from overflight.planning.uncross import uncrossed
from overflight.sensing.track import beside
from overflight.units import Kilometres

_PULLS = (1.0, 0.7, 0.4, 0.2)
"""Parts of the way from a fix towards the straight line between its neighbours."""
_WORTH_PULLING_KM = 2.0
_ROUNDS = 4
_METRE = 0.001
_NOTHING = 1e-9
"""Differences of value below this are rounding."""


def settle(book: LegBook, route: Route, nodes: Sequence[Node]) -> Route | None:
    """A lawful route that sees all this one can be made to see; None when none comes of it."""
    straight = uncrossed(book, route)
    if straight is None:
        return None
    best = straight
    for _ in range(_ROUNDS):
        before = book.score(best)
        best = snapped(book, best)
        best = dropped(book, best)
        best = pulled(book, best)
        best = filled(book, best, nodes)
        if book.score(best) <= before:
            break
    if book.problem.simple_path and first_crossing(best):
        again = uncrossed(book, best)
        best = straight if again is None or book.score(again) < book.score(straight) else again
    return best if best.fixes or best.stations[0] != best.stations[-1] else None


def require_fixes(problem: PlanningProblem, route: Route | None) -> Route:
    """The route, if it goes anywhere. Raises PlanError otherwise."""
    if route is not None and (route.fixes or problem.start.code != problem.end.code):
        return route
    raise nothing_observable(problem)


def dropped(book: LegBook, route: Route) -> Route:
    """Without the fixes that add nothing: all that is seen by way of them is seen anyway.

    A petal whose only fix goes is no stage any more.
    """
    while True:
        sight = Sight(book, route)
        idle = []
        for stage, slot in _slots(route):
            before, here, after = route.stage_path(stage)[slot : slot + 3]
            gone = [(before, here), (here, after)]
            fresh = [] if before == after else [(before, after)]
            if sight.gain(gone, fresh) >= -_NOTHING:
                idle.append((_length(book, gone) - _length(book, fresh), -stage, -slot, fresh))
        for _, stage, slot, fresh in sorted(idle, reverse=True):
            shorter = _with_fixes(route, -stage, -slot, 1, ()).tidy()
            if lawful_with(book, shorter, fresh):
                route = shorter
                break
        else:
            return route


def snapped(book: LegBook, route: Route) -> Route:
    """Each fix that fails to show a site beside it moved by a minute or two, where that helps."""
    for stage, slot in _slots(route):
        here = route.stages[stage][slot]
        for reach in (1, 2):
            if book.unseen_near(here, book.seen_on(route.path)):
                options = [place for place in minute_neighbours(here, reach) if place != here]
                route = _best_move(book, route, stage, slot, options)
    return route


def pulled(book: LegBook, route: Route) -> Route:
    """Each fix moved towards the line between its neighbours, as far as the sites stay in sight."""
    if book.furthest_km < _WORTH_PULLING_KM:
        return route
    for stage, slot in _slots(route):
        before, here, after = route.stage_path(stage)[slot : slot + 3]
        middle = _foot(before, after, here)
        options = [_between(here, middle, part).rounded_to_minutes() for part in _PULLS]
        route = _best_move(book, route, stage, slot, list(dict.fromkeys(options)))
    return route


def filled(book: LegBook, route: Route, nodes: Sequence[Node]) -> Route:
    """With more fixes, as long as there is distance left for them, most value per km first."""
    away = _Away(nodes)
    while True:
        sight = Sight(book, route)
        for stage, slot, fix in _insertions(book, route, nodes, away):
            longer = _with_fixes(route, stage, slot, 0, (fix,))
            before, _, after = longer.stage_path(stage)[slot : slot + 3]
            fresh = [(before, fix), (fix, after)]
            if sight.gain([(before, after)], fresh) > _NOTHING and lawful_with(book, longer, fresh):
                route = longer
                break
        else:
            return route


def lawful_with(book: LegBook, route: Route, fresh: Sequence[LegEnds]) -> bool:
    """Whether a route that was lawful but for the ``fresh`` legs is lawful."""
    if not book.within_limits(route) or any(a == b for a, b in fresh):
        return False
    if any(book.blocked(a, b) for a, b in fresh) or book.circles(route.path) is not None:
        return False
    if not book.problem.simple_path:
        return True
    exempt = frozenset(station.position for station in route.stations)
    legs = legs_of(route.path)
    for leg in fresh:
        others = list(legs)
        others.remove(leg)
        if may_cross(leg, others, exempt):
            return False
    return True


class Sight:
    """What each leg of a route adds to what the others show."""

    def __init__(self, book: LegBook, route: Route) -> None:
        self.book = book
        self.counts: Counter[int] = Counter()
        for a, b in legs_of(route.path):
            self.counts.update(book.seen_from(a, b))

    def gain(self, gone: Iterable[LegEnds], fresh: Iterable[LegEnds]) -> float:
        """Change of value when legs ``gone`` give way to legs ``fresh``."""
        local = Counter(target for leg in gone for target in self.book.seen_from(*leg))
        lost = {target for target, n in local.items() if self.counts[target] == n}
        new = {target for leg in fresh for target in self.book.seen_from(*leg)}
        won = {target for target in new if self.counts[target] - local[target] <= 0}
        return self.book.value_of(won - lost) - self.book.value_of(lost - won)


def _slots(route: Route) -> Iterator[tuple[int, int]]:
    for stage, fixes in enumerate(route.stages):
        for slot in range(len(fixes)):
            yield stage, slot


def _length(book: LegBook, legs: Iterable[LegEnds]) -> Kilometres:
    return sum(book.length(a, b) for a, b in legs)


def _with_fixes(
    route: Route, stage: int, slot: int, instead: int, fixes: tuple[Position, ...]
) -> Route:
    """The route with ``fixes`` in a stage instead of the ``instead`` fixes from ``slot`` on."""
    stages, old = list(route.stages), route.stages[stage]
    stages[stage] = (*old[:slot], *fixes, *old[slot + instead :])
    return Route(route.stations, tuple(stages))


def _best_move(
    book: LegBook, route: Route, stage: int, slot: int, options: Sequence[Position]
) -> Route:
    """The route with one fix moved to the best of ``options``, or as it is."""
    before, here, after = route.stage_path(stage)[slot : slot + 3]
    gone = [(before, here), (here, after)]
    sight, now = Sight(book, route), _length(book, gone)
    taken = set(route.path)
    best, rate = route, (_NOTHING, -now)
    for place in options:
        if place in taken or not book.problem.fix_allowed(place):
            continue
        fresh = [(before, place), (place, after)]
        gain, length = sight.gain(gone, fresh), _length(book, fresh)
        better = gain > rate[0] or (gain >= rate[0] - 2 * _NOTHING and length < -rate[1] - _METRE)
        moved = _with_fixes(route, stage, slot, 1, (place,))
        if better and lawful_with(book, moved, fresh):
            best, rate = moved, (max(gain, _NOTHING), -length)
    return best


def _insertions(
    book: LegBook, route: Route, nodes: Sequence[Node], away: _Away
) -> list[tuple[int, int, Position]]:
    """Where each fix that shows something new costs least: stage, slot, fix; the best first."""
    problem = book.problem
    seen, taken = book.seen_on(route.path), set(route.path)
    spare = problem.max_total_km - book.length_of(route.path)
    gain = np.array(
        [
            0.0 if node.position in taken else book.value_of(set(node.targets) - seen)
            for node in nodes
        ]
    )
    wanted = np.flatnonzero(gain > 0)
    if not len(wanted) or spare <= 0:
        return []
    best = np.full(len(nodes), np.inf)
    where = np.full((len(nodes), 2), -1)
    for stage in range(len(route.stages)):
        way = route.stage_path(stage)
        room = min(spare, problem.max_stage_km - book.length_of(way))
        for slot, (a, b) in enumerate(legs_of(way)):
            detour = away.of(a) + away.of(b) - book.length(a, b)
            better = (detour <= room) & (detour < best)
            best[better] = detour[better]
            where[better] = (stage, slot)
    rate = np.where(np.isfinite(best), gain / np.maximum(best, _METRE), 0.0)
    order = [int(i) for i in np.argsort(-rate, kind="stable") if rate[i] > 0]
    return [(int(where[i][0]), int(where[i][1]), nodes[i].position) for i in order]


class _Away:
    """Distances from points to all nodes, km, each point's worked out once."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._lon = np.array([node.position.lon for node in nodes])
        self._lat = np.array([node.position.lat for node in nodes])
        self._known: dict[Position, NDArray[np.float64]] = {}

    def of(self, point: Position) -> NDArray[np.float64]:
        if point not in self._known:
            lon, lat = np.full_like(self._lon, point.lon), np.full_like(self._lat, point.lat)
            metres = wgs84().inv(lon, lat, self._lon, self._lat)[2]
            self._known[point] = np.asarray(metres) / 1000.0
        return self._known[point]


def _foot(a: Position, b: Position, point: Position) -> Position:
    """The point of the leg a-b nearest to ``point``; its nearer end when that is not on the leg."""
    if a == b:
        return a
    along, _, length = beside(a, b, [point])
    return destination(a, azimuth_deg(a, b), min(max(float(along[0]), 0.0), length))


def _between(a: Position, b: Position, part: float) -> Position:
    """The point at ``part`` of the way from ``a`` to ``b``."""
    away = distance_km(a, b)
    return a if away == 0 else destination(a, azimuth_deg(a, b), part * away)
