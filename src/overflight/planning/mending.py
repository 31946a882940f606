"""Ways round put into a route where its legs are blocked.

The fixes at which such a way bends show nothing, and the same corner may be wanted twice: out and
back round one obstacle. A path that must not come back to a point then bends at another whole
minute beside it. ``LegBook.bends`` remembers these fixes, so that none of them is taken for one
that is there to see something.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from overflight.geo.positions import Position
from overflight.planning.evaluate import LegBook
from overflight.planning.fixes import minute_neighbours
from overflight.planning.problem import Place, Route
from overflight.planning.simple_path import LegEnds, may_cross

_ASIDE_MINUTES = 3


def mended(book: LegBook, route: Route) -> Route:
    """The route with ways round its blocked legs; those that have none stay as they are."""
    if book.detours is None or not book.blocked_on(route.path):
        return route
    flown = _Flown(book, route)
    stages = []
    for index in range(len(route.stages)):
        way = route.stage_path(index)
        mends: list[Position] = []
        for a, b in pairwise(way):
            mends += [*flown.bends(a, b), b]
        stages.append(tuple(mends[:-1]))
    return Route(route.stations, tuple(stages))


def with_fix(
    book: LegBook, route: Route, stage: int, slot: int, fix: Position
) -> tuple[Route, list[LegEnds]]:
    """The route with one more fix, and ways round where legs to it are blocked; the new legs."""
    way = route.stage_path(stage)
    before, after = way[slot], way[slot + 1]
    flown = _Flown(book, route, fix)
    out = flown.bends(before, fix)
    back = flown.bends(fix, after)
    stages, old = list(route.stages), route.stages[stage]
    stages[stage] = (*old[:slot], *out, fix, *back, *old[slot:])
    return (
        Route(route.stations, tuple(stages)),
        list(pairwise([before, *out, fix, *back, after])),
    )


def without_point(
    book: LegBook, points: Sequence[Place | Position], k: int
) -> list[Place | Position]:
    """Points without the one at ``k`` and without the bends on the way to it and from it."""
    first, last = k, k + 1
    while points[first - 1] in book.bends:
        first -= 1
    while points[last] in book.bends:
        last += 1
    return [*points[:first], *points[last:]]


class _Flown:
    """Where a route goes already, for ways that must not go there again."""

    def __init__(self, book: LegBook, route: Route, *more: Position) -> None:
        self.book = book
        self.points = {*route.path, *more}
        self.landings = {station.position for station in route.stations}
        self._route = route
        self._legs: list[LegEnds] | None = None

    def bends(self, a: Position, b: Position) -> list[Position]:
        """Where the way from ``a`` to ``b`` bends; empty for a free leg, and where no way is."""
        book = self.book
        if book.detours is None or a == b or not book.blocked(a, b):
            return []
        way = book.detours.way(a, b)
        if way is None:
            return []
        bends: list[Position] = []
        for corner, after in pairwise([*way.bends, b]):
            before = bends[-1] if bends else a
            again = corner in self.points or corner in bends
            bends.append(self._aside(before, corner, after) if again else corner)
        self.points.update(bends)
        self.legs.extend(pairwise([a, *bends, b]))
        book.bends.update(bends)
        return bends

    @property
    def legs(self) -> list[LegEnds]:
        if self._legs is None:
            free = (leg for leg in pairwise(self._route.path) if leg[0] != leg[1])
            self._legs = [leg for leg in free if not self.book.blocked(*leg)]
        return self._legs

    def _aside(self, before: Position, corner: Position, after: Position) -> Position:
        """A whole minute beside a corner that serves as well; the corner where there is none.

        One whose legs meet no other goes first; a crossing can be mended, two legs along each
        other cannot.
        """
        book = self.book
        beside = sorted(
            (book.length(before, place) + book.length(place, after), place)
            for place in minute_neighbours(corner, _ASIDE_MINUTES)
            if place not in self.points and book.problem.fix_allowed(place)
        )
        exempt = frozenset(self.landings | {before, after})
        meeting = []
        for _, place in beside:
            legs = ((before, place), (place, after))
            if any(may_cross(leg, self.legs, exempt) for leg in legs):
                meeting.append(place)
            elif not book.blocked(before, place) and not book.blocked(place, after):
                return place
        for place in meeting:
            if not book.blocked(before, place) and not book.blocked(place, after):
                return place
        return corner
