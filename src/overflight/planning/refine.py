"""Make a route see more for its length without a solver: snap, drop, merge, pull, fill.

A solver sees fixes; these steps see sites. Each takes a lawful route to a lawful one that sees
no less value.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from overflight.geo.geodesic import azimuth_deg, destination, distance_km, wgs84
from overflight.geo.positions import Position
from overflight.planning.arrange import rearranged
from overflight.planning.evaluate import LegBook
from overflight.planning.fixes import Node, minute_neighbours
from overflight.planning.mending import mended, with_fix
from overflight.planning.obstacles import nothing_observable
from overflight.planning.problem import PlanningProblem, Route
from overflight.planning.simple_path import LegEnds, first_crossing, legs_of, may_cross
from overflight.planning.timing import TimedBook, book_for, seen_by
from overflight.planning.uncross import uncrossed
from overflight.sensing.track import beside
from overflight.units import Kilometres

_PULLS = (1.0, 0.7, 0.4, 0.2)
"""Parts of the way from a fix towards the straight line between its neighbours."""
_WORTH_PULLING_KM = 2.0
_ROUNDS = 4
_SLOTS_TRIED = 4
"""Slots in which each fix is tried, those with the least detour first."""
_LUCK = 0.5
_MOST_TIMED = 60
"""Insertions looked at where each takes a timetable to judge."""
_MOST_JUDGED = 300
"""The same where the route is turned and climbed along."""
_METRE = 0.001
_NOTHING = 1e-9
"""Differences of value below this are rounding."""


def settle(book: LegBook, route: Route, nodes: Sequence[Node]) -> Route | None:
    """A lawful route that sees all this one can be made to see; None when none comes of it."""
    straight = uncrossed(book, mended(book, route))
    if straight is None:
        return None
    best = straight
    for _ in range(_ROUNDS):
        before = book.score(best)
        best = rearranged(book, snapped(book, best))
        best = dropped(book, best)
        best = merged(book, best)
        best = pulled(book, best)
        best = filled(book, best, nodes)
        if book.score(best) <= before:
            break
    if book.problem.simple_path and first_crossing(best):
        again = uncrossed(book, best)
        best = straight if again is None or book.score(again) < book.score(straight) else again
    return best if best.fixes or best.stations[0] != best.stations[-1] else None


def require_fixes(problem: PlanningProblem, route: Route | None) -> Route:
    """The route, if it shows anything. Raises PlanError otherwise."""
    if route is not None and book_for(problem).value(route) > 0:
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
            if sight.by_route or sight.gain(gone, fresh) >= -_NOTHING:
                idle.append((_length(book, gone) - _length(book, fresh), -stage, -slot, fresh))
        for _, stage, slot, fresh in sorted(idle, reverse=True):
            shorter = _with_fixes(route, -stage, -slot, 1, ()).tidy()
            kept = not sight.by_route or book.value(shorter) >= book.value(route) - _NOTHING
            if kept and lawful_with(book, shorter, fresh):
                route = shorter
                break
        else:
            return route


def merged(book: LegBook, route: Route) -> Route:
    """Without the landings that serve nothing: the stages they part make one that is lawful."""
    landing = 1
    while landing < len(route.stations) - 1:
        before, after = route.stages[landing - 1], route.stages[landing]
        one = Route(
            (*route.stations[:landing], *route.stations[landing + 1 :]),
            (*route.stages[: landing - 1], (*before, *after), *route.stages[landing + 1 :]),
        )
        a = before[-1] if before else route.stations[landing - 1].position
        b = after[0] if after else route.stations[landing + 1].position
        if book.value(one) >= book.value(route) - _NOTHING and lawful_with(book, one, [(a, b)]):
            route = one
        else:
            landing += 1
    return route


def snapped(book: LegBook, route: Route) -> Route:
    """Each fix that fails to show a site beside it moved by a minute or two, where that helps."""
    for stage, slot in _slots(route):
        here = route.stages[stage][slot]
        for reach in (1, 2):
            if book.unseen_near(here, book.seen(route)):
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


def filled(
    book: LegBook,
    route: Route,
    nodes: Sequence[Node],
    lot: random.Random | None = None,
    away: Away | None = None,
) -> Route:
    """With more fixes, as long as there is distance left for them, most value per km first.

    With ``lot`` the order is drawn: value per km with some luck. ``away`` keeps distances between
    calls.
    """
    away = away or Away(nodes)
    while True:
        sight = Sight(book, route)
        for stage, slot, fix in _insertions(book, route, nodes, away, lot):
            longer, fresh = with_fix(book, route, stage, slot, fix)
            gain = sight.change([(fresh[0][0], fresh[-1][1])], fresh, longer)
            if gain > _NOTHING and lawful_with(book, longer, fresh):
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
        self.by_route = book.by_route
        self.value = book.value(route) if self.by_route else 0.0
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

    def change(self, gone: Iterable[LegEnds], fresh: Iterable[LegEnds], offer: Route) -> float:
        """Change of value when ``offer``, which differs by these legs, takes the route's place."""
        return self.book.value(offer) - self.value if self.by_route else self.gain(gone, fresh)


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
        moved = _with_fixes(route, stage, slot, 1, (place,))
        gain, length = sight.change(gone, fresh, moved), _length(book, fresh)
        better = gain > rate[0] or (gain >= rate[0] - 2 * _NOTHING and length < -rate[1] - _METRE)
        if better and lawful_with(book, moved, fresh):
            best, rate = moved, (max(gain, _NOTHING), -length)
    return best


def _insertions(
    book: LegBook, route: Route, nodes: Sequence[Node], away: Away, lot: random.Random | None
) -> list[tuple[int, int, Position]]:
    """Where fixes that show something new cost least: stage, slot, fix; the best first.

    A few slots for each fix, because the least detour may be blocked or cross another leg.
    """
    problem = book.problem
    seen, taken = seen_by(book, route), set(route.path)
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
    rows: list[NDArray[np.float64]] = []
    where: list[tuple[int, int]] = []
    for stage in range(len(route.stages)):
        way = route.stage_path(stage)
        room = min(spare, problem.max_stage_km - book.stage_km(way))
        for slot, (a, b) in enumerate(legs_of(way)):
            detour = away.of(a)[wanted] + away.of(b)[wanted] - book.length(a, b)
            rows.append(np.where(detour <= room, detour, np.inf))
            where.append((stage, slot))
    detours = np.array(rows)
    best = np.argsort(detours, axis=0, kind="stable")[:_SLOTS_TRIED]
    offers: list[tuple[float, int, tuple[int, int, Position]]] = []
    for column, number in enumerate(wanted.tolist()):
        luck = 1.0 if lot is None else math.exp(lot.gauss(0.0, _LUCK))
        for row in best[:, column].tolist():
            km = float(detours[row, column])
            if math.isfinite(km):
                rate = luck * float(gain[number]) / max(km, _METRE)
                offers.append((-rate, len(offers), (*where[row], nodes[number].position)))
    most = _MOST_TIMED if isinstance(book, TimedBook) else _MOST_JUDGED if book.by_route else None
    return [offer for _, _, offer in sorted(offers)[:most]]


class Away:
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
