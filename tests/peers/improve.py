"""Taking parts of a lawful route out and filling it anew, whatever planner it came from.

Large-neighbourhood search (Shaw, "Using constraint programming and local search methods to solve
vehicle routing problems", CP 1998): every draft is lawful, so nothing is lost afterwards to
borders, to crossings or to hours, as it is when a search does not know of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from overflight.geo.positions import Position
from overflight.planning.arrange import rearranged
from overflight.planning.evaluate import LegBook
from overflight.planning.fixes import Node
from overflight.planning.mending import mended, without_point
from overflight.planning.problem import Place, Route
from overflight.planning.refine import Away, dropped, filled, lawful_with, merged, pulled, snapped
from overflight.planning.simple_path import legs_of
from overflight.planning.timing import TimedBook, has_hours, seen_by
from overflight.planning.uncross import route_of, uncrossed, waypoints

_SLACK = 0.03
"""A draft that shows less by no more than this part may be where the search goes on."""
_PATIENCE = 30
"""Drafts without a better route after which the search goes back to the best."""
_LANDING, _PETAL, _THINNED = 0.1, 0.2, 0.45
"""Below these draws: one more landing, one more petal, many fixes out; else a few in a row."""
_IN_TIME, _HURRIED_FIRST = 0.6, 0.3
"""Part of the drafts that are filled with an eye on the hours; the others may come too late."""
_HALF = 0.5
_ONE_MORE = 0.1
_LONGEST = 8
"""Most fixes taken out at once."""


def improved(
    book: LegBook,
    route: Route,
    nodes: Sequence[Node],
    lot: random.Random,
    go_on: Callable[[], bool],
) -> Route:
    """A lawful route no worse than ``route``, itself lawful; ``go_on`` is asked before each draft.

    What is drawn from ``lot`` decides the drafts: the same draws, the same route.
    """
    filler = _Filler(book, nodes, lot)
    best = current = route
    waited = 0
    while go_on():
        base = _with_room(book, current, nodes, lot)
        draft = current if base is None else filler.filled(base)
        neat = draft
        if book.score(draft) > book.score(current) or book.value(draft) > book.value(best):
            neat = rearranged(book, merged(book, dropped(book, draft)))
        if book.score(neat) > book.score(best):
            best = filler.polished(neat)
            current = draft if filler.timed else best
            waited = 0
            continue
        waited += 1
        if waited % _PATIENCE == 0:
            current = best
        elif _promise(book, draft) >= (1.0 - _SLACK) * _promise(book, best):
            current = draft
    return best


class _Filler:
    """Fills routes, where hours count in one of several ways drawn by lot."""

    def __init__(self, book: LegBook, nodes: Sequence[Node], lot: random.Random) -> None:
        self.book, self.nodes, self.lot = book, nodes, lot
        self.away = Away(nodes)
        self.timed = isinstance(book, TimedBook)
        self.ageless = LegBook(book.problem) if self.timed else book
        targets = book.problem.targets
        self.hurried = [n for n in nodes if any(has_hours(targets[i]) for i in n.targets)]
        self.away_hurried = Away(self.hurried)

    def filled(self, base: Route) -> Route:
        """Filled, and with one more petal, filled too, where that shows more."""
        full = self._filled(base)
        missed = [n for n in self.nodes if not seen_by(self.book, full).issuperset(n.targets)]
        if not missed or self.lot.random() >= _ONE_MORE:
            return full
        more = _with_petal(self.book, full, self.lot.choice(missed).position, self.lot)
        if more is None:
            return full
        return max(full, self._filled(more), key=self.book.score)

    def _filled(self, base: Route) -> Route:
        """With an eye on the hours, those that have some first or not; or late, then put right."""
        way = self.lot.random() if self.timed else 1.0
        if self.timed and way >= _IN_TIME:
            late = filled(self.ageless, base, self.nodes, self.lot, self.away)
            return rearranged(self.book, late)
        if way < _HURRIED_FIRST:
            base = filled(self.book, base, self.hurried, self.lot, self.away_hurried)
        return filled(self.book, base, self.nodes, self.lot, self.away)

    def polished(self, route: Route) -> Route:
        """The route snapped, pulled and filled; each step leaves it no worse."""
        route = pulled(self.book, snapped(self.book, route))
        return filled(self.book, route, self.nodes, None, self.away)


def _promise(book: LegBook, route: Route) -> float:
    return book.promise(route) if isinstance(book, TimedBook) else book.value(route)


def _with_room(
    book: LegBook, route: Route, nodes: Sequence[Node], lot: random.Random
) -> Route | None:
    """The route with room for other fixes; None when the draw does not give a lawful one."""
    draw = lot.random()
    if not route.fixes or draw < _LANDING:
        return _with_landing(book, route, lot)
    if draw < _PETAL:
        return _with_petal(book, route, lot.choice(nodes).position, lot) if nodes else None
    if draw < _THINNED:
        return _thinned(book, route, lot)
    return _cut(book, route, lot)


def _thinned(book: LegBook, route: Route, lot: random.Random) -> Route:
    """Without a part of all fixes, drawn one by one."""
    part = lot.uniform(0.1, 0.7)
    for fix in route.fixes:
        if lot.random() >= part:
            continue
        route = _without_fix(book, route, fix) or route
    return route


def _with_petal(book: LegBook, route: Route, fix: Position, lot: random.Random) -> Route | None:
    """With one more stage, from an airfield where it lands to a fix and back, when it suits."""
    without = _without_fix(book, route, fix)
    if without is None or len(without.stages) >= book.problem.max_stages:
        return None
    slot = lot.randrange(len(without.stations))
    home = without.stations[slot]
    longer = Route(
        (*without.stations[:slot], home, *without.stations[slot:]),
        (*without.stages[:slot], (fix,), *without.stages[slot:]),
    )
    if home.position == fix or not book.within_limits(longer):
        return None
    petal = uncrossed(book, longer)
    return petal if petal is not None and fix in petal.fixes else None


def _without_fix(book: LegBook, route: Route, fix: Position) -> Route | None:
    points = waypoints(route)
    if fix not in points:
        return route
    return _lawful(book, route, route_of(without_point(book, points, points.index(fix))))


def _cut(book: LegBook, route: Route, lot: random.Random) -> Route | None:
    """Without a few fixes in a row; of more, where without so few it would not be lawful."""
    stage = lot.choice([k for k, fixes in enumerate(route.stages) if fixes])
    old = route.stages[stage]
    count = lot.randint(1, min(len(old), _LONGEST))
    first = lot.randrange(len(old) - count + 1)
    for more in range(len(old) - count + 1):
        begin, end = max(0, first - more // 2), first + count + (more + 1) // 2
        kept = (*old[:begin], *old[end:])
        gap = Route(route.stations, (*route.stages[:stage], kept, *route.stages[stage + 1 :]))
        lawful = _lawful(book, route, gap.tidy())
        if lawful is not None:
            return lawful
    return None


def _with_landing(book: LegBook, route: Route, lot: random.Random) -> Route | None:
    """With one more landing somewhere, where a fix or nothing was."""
    problem = book.problem
    if len(route.stages) >= problem.max_stages:
        return None
    place = lot.choice(tuple(dict.fromkeys((problem.start, *problem.stations, problem.end))))
    points = waypoints(route)
    slot = lot.randrange(1, len(points))
    instead = int(not isinstance(points[slot], Place) and lot.random() < _HALF)
    return _lawful(book, route, route_of([*points[:slot], place, *points[slot + instead :]]))


def _lawful(book: LegBook, old: Route, new: Route) -> Route | None:
    """The route ``new`` with ways round what is blocked, if it is as lawful as ``old`` is."""
    bent = mended(book, new)
    known = set(legs_of(old.path))
    fresh = [leg for leg in legs_of(bent.path) if leg not in known]
    return bent if lawful_with(book, bent, fresh) else None
